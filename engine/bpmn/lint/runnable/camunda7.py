"""Camunda 7's extensions, and those of its kin: each element and attribute acts, or is told."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.element_names import CAMUNDA_LIKE
from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.extensions import ACTING, HARMLESS, LOOPING
from engine.bpmn.lint.runnable.zeebe import ACTS, REFUSED, SILENT, TOLD
from engine.bpmn.lint.tree import Element, child, tag_of
from engine.bpmn.reading.extensions import (
    APPLIED_CAMUNDA,
    APPLIED_CAMUNDA_ATTRIBUTES,
    SILENT_CAMUNDA_ATTRIBUTES,
    camunda,
)
from engine.ground.text import Text

FAMILY = Family("runnable", "camunda7", Text("ส่วนขยายของ Camunda 7", "Camunda 7's extensions"))

TASKS = ("serviceTask", "sendTask", "businessRuleTask")
FORMS = ("userTask", "startEvent")
# Where an attribute acts; elsewhere nobody reads it.
PLACES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("formKey", "formRef", "formRefBinding"), FORMS),
    **dict.fromkeys(("assignee", "candidateGroups", "candidateUsers"), ("userTask",)),
    **dict.fromkeys(("dueDate", "priority"), ("userTask",)),
    **dict.fromkeys(("decisionRef", "decisionRefBinding"), ("businessRuleTask",)),
    "mapDecisionResult": ("businessRuleTask",),
    "resultVariable": ("scriptTask", "businessRuleTask"),
    **dict.fromkeys(("topic", "type"), (*TASKS, "messageEventDefinition")),
    "calledElementBinding": ("callActivity",),
    **dict.fromkeys(("collection", "elementVariable"), ("multiInstanceLoopCharacteristics",)),
}
# The elements of the descriptor, and the attributes that those have which act.
ELEMENTS: dict[str, dict[str, str]] = {
    "in": {
        **dict.fromkeys(("source", "sourceExpression", "target", "variables"), ACTS),
        **dict.fromkeys(("businessKey", "local"), TOLD),
    },
    "out": {
        **dict.fromkeys(("source", "sourceExpression", "target", "variables"), ACTS),
        **dict.fromkeys(("businessKey", "local"), TOLD),
    },
    "properties": {},
    "property": {"name": ACTS, "value": ACTS, "id": SILENT},
    "inputOutput": {},
    "inputParameter": {"name": ACTS},
    "outputParameter": {"name": ACTS},
    "list": {},
    "map": {},
    "script": {},
    "connector": {},
    "errorEventDefinition": {},
    "failedJobRetryTimeCycle": {},
    "executionListener": {},
    "taskListener": {},
    "field": {},
    "formProperty": {},
    "formData": {},
    "potentialStarter": {},
}
INSIDE = {"property": "properties", "inputParameter": "inputOutput"}
INSIDE["outputParameter"] = "inputOutput"
# Parts of what is refused or told as a whole.
WITHIN = {"entry", "value", "formField", "validation", "constraint"}
COMPUTED = ("list", "map", "script")


def answer_for_element(name: str) -> str:
    """What becomes of an element of this name."""
    if INSIDE.get(name, name) in APPLIED_CAMUNDA:
        return ACTS
    return REFUSED if name in ACTING or name in COMPUTED else TOLD


def answer_for_attribute(name: str) -> str:
    """What becomes of an attribute of this name on an element of BPMN."""
    if name in HARMLESS | SILENT_CAMUNDA_ATTRIBUTES:
        return SILENT
    if name in APPLIED_CAMUNDA_ATTRIBUTES | LOOPING:
        return ACTS
    return REFUSED if name in ACTING else TOLD


# Every attribute that the descriptor puts on elements of BPMN.
ATTRIBUTES = (
    "diagramRelationId async asyncBefore asyncAfter exclusive jobPriority errorCodeVariable "
    "errorMessageVariable errorMessage formHandlerClass formKey formRef formRefBinding "
    "formRefVersion modelerTemplate modelerTemplateVersion initiator resultVariable resource "
    "candidateStarterGroups candidateStarterUsers versionTag historyTimeToLive "
    "isStartableInTasklist escalationCodeVariable assignee candidateUsers candidateGroups dueDate "
    "followUpDate priority calledElementBinding calledElementVersion calledElementVersionTag "
    "calledElementTenantId caseRef caseBinding caseVersion caseTenantId variableMappingClass "
    "variableMappingDelegateExpression expression class delegateExpression decisionRef "
    "decisionRefBinding decisionRefVersion mapDecisionResult decisionRefTenantId type topic "
    "taskPriority collection elementVariable variableName variableEvents"
).split()


@FAMILY.rule(
    "extension-elsewhere",
    Text("{name} บน {place} ไม่มีผล", "{name} does nothing on a {place}."),
    Text("สิ่งที่เขียนไว้ผิดที่จะไม่ถูกทำ", "What stands where nobody reads it is never carried out."),
    Text("ย้ายไปไว้ที่ {places} หรือลบออก", "Move it to: {places}; or remove it."),
    severity="warning",
)
def extension_elsewhere(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.elements:
        for attribute in map(etree.QName, map(str, element.attrib)):
            known = PLACES.get(attribute.localname, ())
            if attribute.namespace not in CAMUNDA_LIKE or not known or tag_of(element) in known:
                continue
            names = [words.name_of(place) for place in known]
            places = Text(" ".join(n.th for n in names), ", ".join(n.en for n in names))
            name = f"{CAMUNDA_LIKE[attribute.namespace]}:{attribute.localname}"
            yield at(element, name=name, place=words.name_of(tag_of(element)), places=places)


def _parts(element: Element) -> Iterator[tuple[Element, str, str]]:
    """Each extension of Camunda 7 on an element, with its local name and as it is written."""
    holder = child(element, "extensionElements")
    for part in () if holder is None else holder.iterchildren(etree.Element):
        name = etree.QName(part)
        if name.namespace in CAMUNDA_LIKE:
            yield part, name.localname, f"{CAMUNDA_LIKE[name.namespace]}:{name.localname}"


@FAMILY.rule(
    "mapping-computed",
    Text("{name} ในค่า {target} ไม่ถูกทำ", "{name} in the mapping of {target} is not carried out."),
    Text("ค่าจะกลายเป็นค่าว่าง", "The variable would become empty."),
    Text(
        "เขียนเป็น FEEL เช่น =[1, 2] หรือ ={{a: 1}}", "Write it in FEEL, such as =[1, 2] or ={{a: 1}}."
    ),
)
def mapping_computed(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.elements:
        for part, local, _ in _parts(element):
            for line in part.iterchildren(etree.Element) if local == "inputOutput" else ():
                for inner in map(etree.QName, line.iterchildren(etree.Element)):
                    if inner.namespace in CAMUNDA_LIKE and inner.localname in COMPUTED:
                        name = f"{CAMUNDA_LIKE[inner.namespace]}:{inner.localname}"
                        yield at(element, name=name, target=line.get("name", ""))


@FAMILY.rule(
    "payload-elsewhere",
    Text("{name} บน {place} ไม่ถูกทำ", "{name} on a {place} is not carried out."),
    Text("สัญญาณไม่นำตัวแปรไปด้วย ผู้รับจะไม่ได้ค่านี้", "A signal carries no variables: nobody gets them."),
    Text("ส่งด้วยข้อความ หรือลบออก", "Send a message, or remove it."),
)
def payload_elsewhere(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.elements:
        for _, local, name in _parts(element):
            if local in ("in", "out") and tag_of(element) != "callActivity":
                yield at(element, name=name, place=words.name_of(tag_of(element)))


@FAMILY.rule(
    "decision-result",
    Text("ผลของตารางในรูป {shape} ไม่ถูกทำ", "The result of the decision as {shape} is not made."),
    Text(
        "ที่นี่ผลคือค่าที่ DMN ให้ ไม่ใช่รายการของบริบท",
        "Here the result is the value that DMN gives, not a list of contexts.",
    ),
    Text(
        "ใช้ singleEntry หรือ collectEntries แล้วตรวจเงื่อนไขที่อ่านผลนั้น",
        "Use singleEntry or collectEntries, and look at the conditions that read the result.",
    ),
)
def decision_result(subject: Subject) -> Iterator[Hit]:
    for task in subject.tree.all("businessRuleTask"):
        shape = camunda(task, "mapDecisionResult")
        if shape not in ("", "singleEntry", "collectEntries"):
            yield at(task, shape=shape)
