"""Vendor extensions: what is read but not acted upon is said, never dropped in silence."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.element_names import CAMUNDA, CAMUNDA_LIKE, TRUE, ZEEBE
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, child, is_true, process_of, tag_of
from engine.bpmn.reading.extensions import (
    APPLIED_CAMUNDA,
    APPLIED_CAMUNDA_ATTRIBUTES,
    APPLIED_ZEEBE,
)
from engine.ground.text import Text

FAMILY = Family("runnable", "extensions", Text("ส่วนขยายของโปรแกรมวาดผัง", "Modeler extensions"))

PREFIXES = {ZEEBE: "zeebe", **CAMUNDA_LIKE}
# These make something happen in another engine; without them the process means something else.
ACTING = {
    "executionListener", "executionListeners", "taskListener", "taskListeners", "connector",
    "class", "delegateExpression", "expression", "adHoc", "linkedResources", "formData",
    "calledElementVersion", "caseRef", "variableMappingClass", "variableMappingDelegateExpression",
    "resource", "conditionalFilter", "failedJobRetryTimeCycle", "errorEventDefinition",
    "formProperty", "field", "eventListener", "mailTo", "agentDefinition", "publishMessage",
}  # fmt: skip
# Written on elements where they only describe, or repeat a default.
HARMLESS = {"asyncBefore", "asyncAfter", "exclusive", "jobPriority", "modelerTemplate"}
LOOPING = {"collection", "elementVariable", "loopCharacteristics", "subscription"}


def _unread(element: Element) -> Iterator[str]:
    for attribute in element.attrib:
        name = etree.QName(str(attribute))
        read = APPLIED_CAMUNDA_ATTRIBUTES | LOOPING
        if name.namespace in CAMUNDA_LIKE and name.localname not in read:
            yield f"{CAMUNDA_LIKE[name.namespace]}:{name.localname}"
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
    "extension-kin",
    Text("ส่วนขยาย {name} ถูกอ่านเหมือน {like}", "The extension {name} is read like {like}."),
    Text(
        "Flowable, Activiti และ Operaton ใช้ส่วนขยายของ Camunda 7 ในชื่อของตนเอง",
        "Flowable, Activiti and Operaton write Camunda 7's extensions under names of their own.",
    ),
    Text("ไม่ต้องแก้ หากหมายถึงสิ่งเดียวกัน", "Nothing to do if the same is meant."),
    severity="info",
)
def extension_kin(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.elements:
        for part in (str(attribute) for attribute in element.attrib):
            name = etree.QName(part)
            kin = name.namespace in CAMUNDA_LIKE and name.namespace != CAMUNDA
            if kin and name.localname in APPLIED_CAMUNDA_ATTRIBUTES:
                prefix = CAMUNDA_LIKE[str(name.namespace)]
                like = f"camunda:{name.localname}"
                yield at(element, name=f"{prefix}:{name.localname}", like=like)


@FAMILY.rule(
    "call-unmapped",
    Text(
        "ส่วนขยาย {name} ของการเรียกไม่มีผลในระบบนี้",
        "What the call says in {name} has no effect here.",
    ),
    Text(
        "ใน Camunda 7 ตัวแปรเข้าออกงานเรียกเฉพาะที่จับคู่ไว้ (source กับ target หรือ variables=all)",
        "In Camunda 7 a call gives and takes only what is mapped: source with target, or "
        "variables=all.",
    ),
    Text("ลบออก หรือจับคู่ตัวแปรด้วย source และ target", "Remove it, or map source to target."),
    severity="warning",
)
def call_unmapped(subject: Subject) -> Iterator[Hit]:
    for call in subject.tree.all("callActivity"):
        holder = child(call, "extensionElements")
        for part in () if holder is None else holder.iterchildren(etree.Element):
            name = etree.QName(part)
            if name.namespace not in CAMUNDA_LIKE or name.localname not in ("in", "out"):
                continue
            prefix = f"{CAMUNDA_LIKE[str(name.namespace)]}:{name.localname}"
            if not (part.get("target") or part.get("variables") == "all"):
                yield at(call, name=f"{prefix} {' '.join(map(str, part.attrib))}".strip())
            elif part.get("local") in TRUE:
                yield at(call, name=f"{prefix} local")


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
    for element, name, local in _all(subject):
        if local in ACTING and _may_run(element):
            yield at(element, name=name)


def _may_run(element: Element) -> bool:
    """Whether it does not stand in a process that is a picture only."""
    process = process_of(element)
    return process is None or is_true(process, "isExecutable")


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
