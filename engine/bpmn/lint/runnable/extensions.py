"""Vendor extensions: what is read but not acted upon is said, never dropped in silence."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.element_names import CAMUNDA, ZEEBE
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, child, tag_of
from engine.bpmn.reading.extensions import (
    APPLIED_CAMUNDA,
    APPLIED_CAMUNDA_ATTRIBUTES,
    APPLIED_ZEEBE,
)
from engine.ground.text import Text

FAMILY = Family("runnable", "extensions", Text("ส่วนขยายของโปรแกรมวาดผัง", "Modeler extensions"))

PREFIXES = {ZEEBE: "zeebe", CAMUNDA: "camunda"}
# These make something happen in another engine; without them the process means something else.
ACTING = {
    "executionListener", "executionListeners", "taskListener", "taskListeners", "connector",
    "class", "delegateExpression", "expression", "adHoc", "linkedResources", "formData",
    "calledElementVersion", "caseRef", "variableMappingClass", "variableMappingDelegateExpression",
    "resource", "conditionalFilter", "failedJobRetryTimeCycle", "errorEventDefinition",
}  # fmt: skip
# Written on elements where they only describe, or repeat a default.
HARMLESS = {"asyncBefore", "asyncAfter", "exclusive", "jobPriority", "modelerTemplate"}
LOOPING = {"collection", "elementVariable", "loopCharacteristics", "subscription"}


def _unread(element: Element) -> Iterator[str]:
    for attribute in element.attrib:
        name = etree.QName(str(attribute))
        read = APPLIED_CAMUNDA_ATTRIBUTES | LOOPING
        if name.namespace == CAMUNDA and name.localname not in read:
            yield f"camunda:{name.localname}"
    holder = child(element, "extensionElements")
    for part in () if holder is None else holder.iterchildren(etree.Element):
        name = etree.QName(part)
        applied = APPLIED_ZEEBE if name.namespace == ZEEBE else APPLIED_CAMUNDA
        if name.namespace in PREFIXES and name.localname not in applied | LOOPING:
            yield f"{PREFIXES[name.namespace]}:{name.localname}"


def _all(subject: Subject) -> Iterator[tuple[Element, str, str]]:
    for element in subject.tree.elements:
        if tag_of(element) != "definitions":
            for name in _unread(element):
                yield element, name, name.partition(":")[2]


@FAMILY.rule(
    "extension-acting",
    Text("ส่วนขยาย {name} ไม่ถูกทำ", "The extension {name} is not carried out."),
    Text(
        "ส่วนขยายนี้สั่งงานในระบบอื่น หากละเลยกระบวนงานจะหมายถึงอย่างอื่น",
        "It makes something happen in another engine; "
        "ignoring it would change the process's meaning.",
    ),
    Text("ลบออก แล้ววาดเป็นขั้นตอนให้เห็น", "Remove it and draw what it does as a step."),
)
def extension_acting(subject: Subject) -> Iterator[Hit]:
    yield from (at(element, name=name) for element, name, local in _all(subject) if local in ACTING)


@FAMILY.rule(
    "extension-unread",
    Text("ส่วนขยาย {name} ไม่มีผลในระบบนี้", "The extension {name} has no effect here."),
    Text("สิ่งที่อ่านแต่ไม่ใช้ต้องบอกให้รู้", "What is read but not used is said."),
    Text("ลบออก หากไม่ต้องการใช้ที่อื่น", "Remove it unless another system needs it."),
    severity="warning",
)
def extension_unread(subject: Subject) -> Iterator[Hit]:
    known = ACTING | HARMLESS
    yield from (
        at(element, name=name) for element, name, local in _all(subject) if local not in known
    )
