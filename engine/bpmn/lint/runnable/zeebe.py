"""Camunda 8's extensions: each element and attribute acts, or is told by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.element_names import ZEEBE
from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import nodes_of
from engine.bpmn.lint.tree import Element, child, is_true, process_of, tag_of
from engine.bpmn.model import Node
from engine.ground.text import Text

FAMILY = Family("runnable", "zeebe", Text("ส่วนขยายของ Camunda 8", "Camunda 8's extensions"))

ACTS, TOLD, REFUSED, SILENT = "acts", "is told", "is refused", "only describes"
EVENTS = ("startEvent", "intermediateCatchEvent", "boundaryEvent")
THROWN = ("intermediateThrowEvent", "endEvent")
JOBS = ("serviceTask", "sendTask", "businessRuleTask", *THROWN)
GIVEN = ("callActivity", "userTask", "scriptTask", *JOBS, "subProcess", "transaction")


@dataclass(frozen=True, slots=True)
class Extension:
    """What becomes of an element and of its attributes; () are the places of any element."""

    does: str
    attributes: Mapping[str, str]
    places: tuple[str, ...] = ()


def _acts(*attributes: str, places: tuple[str, ...], **others: str) -> Extension:
    return Extension(ACTS, {**dict.fromkeys(attributes, ACTS), **others}, places)


def _not(does: str) -> Extension:
    return Extension(does, {})


_BOUND = {"bindingType": ACTS, "versionTag": REFUSED}
_TEMPLATE = {"modelerConfigurationTemplate": SILENT, "modelerConfigurationName": SILENT}
TABLE: dict[str, Extension] = {
    "ioMapping": _acts(places=(*GIVEN, *EVENTS, "receiveTask")),
    "input": _acts("source", "target", places=("ioMapping",), **_TEMPLATE),
    "output": _acts("source", "target", places=("ioMapping",)),
    "subscription": _acts("correlationKey", places=("message",)),
    "taskHeaders": _acts(places=JOBS),
    "header": _acts("key", "value", places=("taskHeaders",), id=SILENT),
    "taskDefinition": _acts("type", "retries", places=JOBS),
    "loopCharacteristics": _acts(
        "inputCollection",
        "inputElement",
        "outputCollection",
        "outputElement",
        places=("multiInstanceLoopCharacteristics",),
    ),
    "calledElement": _acts(
        "processId",
        "propagateAllChildVariables",
        "propagateAllParentVariables",
        places=("callActivity",),
        processIdExpression=REFUSED,
        businessId=REFUSED,
        **_BOUND,
    ),
    "userTaskForm": _not(TOLD),
    "formDefinition": _acts(
        "formId",
        places=("userTask", "startEvent"),
        formKey=REFUSED,
        externalReference=REFUSED,
        **_BOUND,
    ),
    "linkedResources": _not(REFUSED),
    "userTask": _acts(places=("userTask",)),
    "calledDecision": _acts("decisionId", "resultVariable", places=("businessRuleTask",), **_BOUND),
    "assignmentDefinition": _acts(
        "assignee", "candidateGroups", "candidateUsers", places=("userTask",)
    ),
    "priorityDefinition": _acts("priority", places=("userTask",)),
    "jobPriorityDefinition": _not(TOLD),
    "taskSchedule": _acts("dueDate", places=("userTask",), followUpDate=TOLD),
    "properties": _acts(places=()),
    "property": _acts("name", "value", places=("properties",), **_TEMPLATE),
    "script": _acts("expression", "resultVariable", places=("scriptTask",)),
    "executionListeners": _not(REFUSED),
    "taskListeners": _not(REFUSED),
    "versionTag": Extension(SILENT, {"value": SILENT}, ("process",)),
    "adHoc": _not(REFUSED),
    "conditionalFilter": _not(REFUSED),
    "agentDefinition": _not(REFUSED),
    "publishMessage": _not(REFUSED),
}
# Written on elements of BPMN itself.
ATTRIBUTES = {
    "retryCounter": REFUSED,
    "modelerTemplate": SILENT,
    "modelerTemplateVersion": SILENT,
    "modelerTemplateIcon": SILENT,
}
# Parts of what is refused or told as a whole.
WITHIN = {"linkedResource", "executionListener", "taskListener"}
MERGED = {"properties", "taskHeaders", "ioMapping"}  # a second one adds to the first


def _running(subject: Subject) -> Iterator[Element]:
    """What stands in an executable process, or beside all of them."""
    for element in subject.tree.elements:
        process = element if tag_of(element) == "process" else process_of(element)
        if process is None or is_true(process, "isExecutable"):
            yield element


def _extensions(subject: Subject) -> Iterator[tuple[Element, str, list[Element]]]:
    """Each element of BPMN with the extensions on it, by their name."""
    for element in _running(subject):
        holder = child(element, "extensionElements")
        found: dict[str, list[Element]] = {}
        for part in () if holder is None else holder.iterchildren(f"{{{ZEEBE}}}*"):
            found.setdefault(etree.QName(part).localname, []).append(part)
        yield from ((element, name, parts) for name, parts in found.items())


def _written(subject: Subject) -> Iterator[tuple[Element, str, str, Element]]:
    """Each extension: the element of BPMN, what it stands in, its name and itself."""
    for element, name, parts in _extensions(subject):
        for part in parts:
            yield element, tag_of(element), name, part
            for inner in part.iterchildren(f"{{{ZEEBE}}}*"):
                yield element, name, etree.QName(inner).localname, inner


@FAMILY.rule(
    "extension-doubled",
    Text("มี zeebe:{name} มากกว่าหนึ่ง", "There is more than one zeebe:{name}."),
    Text("ใช้ได้เพียงหนึ่ง อีกอันจะถูกละเลย", "Only one of them could be used."),
    Text("รวมเป็นอันเดียว", "Keep one of them."),
)
def extension_doubled(subject: Subject) -> Iterator[Hit]:
    for element, name, parts in _extensions(subject):
        if len(parts) > 1 and name not in MERGED:
            yield at(element, name=name)


@FAMILY.rule(
    "extension-misplaced",
    Text("zeebe:{name} บน {place} ไม่มีผล", "zeebe:{name} does nothing on a {place}."),
    Text("สิ่งที่เขียนไว้ผิดที่จะไม่ถูกทำ", "What stands where nobody reads it is never carried out."),
    Text("ย้ายไปไว้ที่ {places} หรือลบออก", "Move it to: {places}; or remove it."),
)
def extension_misplaced(subject: Subject) -> Iterator[Hit]:
    for element, inside, name, _ in _written(subject):
        known = TABLE.get(name)
        if known is None or known.does != ACTS or not known.places or inside in known.places:
            continue
        names = [words.name_of(place) for place in known.places]
        places = Text(" ".join(n.th for n in names), ", ".join(n.en for n in names))
        yield at(element, name=name, place=words.name_of(inside), places=places)


@FAMILY.rule(
    "extension-attribute",
    Text("{name}={value} ไม่ถูกทำ", "{name}={value!r} is not carried out."),
    Text(
        "หากละเลยส่วนนี้ กระบวนงานจะหมายถึงอย่างอื่น",
        "Ignoring it would change the process's meaning.",
    ),
    Text(
        "ลบออก แบบฟอร์ม ตาราง และกระบวนงานที่ใช้ถูกตรึงไว้ตั้งแต่ติดตั้ง (formId, decisionId, processId)",
        "Remove it: forms, decisions and processes are named by formId, decisionId and processId "
        "and pinned when deployed.",
    ),
)
def extension_attribute(subject: Subject) -> Iterator[Hit]:
    for element, name, value, does in _attributes(subject):
        if does == REFUSED and value:
            yield at(element, name=name, value=value)


@FAMILY.rule(
    "extension-attribute-unread",
    Text("{name} ไม่มีผลในระบบนี้", "{name} has no effect here."),
    Text("สิ่งที่อ่านแต่ไม่ใช้ต้องบอกให้รู้", "What is read but not used is said."),
    Text("ลบออก หากไม่ต้องการใช้ที่อื่น", "Remove it unless another system needs it."),
    severity="warning",
)
def extension_attribute_unread(subject: Subject) -> Iterator[Hit]:
    for element, name, _, does in _attributes(subject):
        if does == TOLD:
            yield at(element, name=name)


def _attributes(subject: Subject) -> Iterator[tuple[Element, str, str, str]]:
    """Each attribute: the element of BPMN, its name, its value and what becomes of it."""
    for element, _, name, part in _written(subject):
        known = TABLE.get(name)
        if known is None or known.does == REFUSED:
            continue  # told as a whole
        for attribute, value in part.attrib.items():
            does = known.attributes.get(str(attribute), TOLD)
            if attribute == "bindingType" and value == "versionTag":
                does = REFUSED
            yield element, f"zeebe:{name} {attribute!s}", str(value), does
    for element in _running(subject):
        for attribute, value in element.attrib.items():
            qualified = etree.QName(str(attribute))
            if qualified.namespace == ZEEBE:
                does = ATTRIBUTES.get(qualified.localname, TOLD)
                yield element, f"zeebe:{qualified.localname}", str(value), does


# What ends its scope never comes to its outputs; what starts a process has no variables before.
ENDING = {"error", "terminate", "cancel", "compensate"}


@FAMILY.rule(
    "mapping-place",
    Text("{side} บน{place}นี้ไม่ถูกทำ", "The {side} mapping of this {place} is not carried out."),
    Text(
        "ค่าที่ไม่ถูกส่งทำให้ขั้นตอนถัดไปเห็นข้อมูลผิด",
        "A value that is not mapped leaves what follows with other data.",
    ),
    Text("ลบออก แล้วคำนวณในงานคำนวณ (script task)", "Remove it and compute it in a script task."),
)
def mapping_place(subject: Subject) -> Iterator[Hit]:
    for scope, node in nodes_of(subject):
        extensions, place = node.extensions, words.name_of(node.tag)
        if extensions.inputs and not _takes_inputs(node):
            yield at(node.id, side=Text("ค่าเข้า", "input"), place=place)
        starts = node.tag == "startEvent" and scope.id in subject.model.processes
        ends = {event.kind for event in node.events} & ENDING and node.tag in THROWN
        if extensions.outputs and (ends or (starts and node.events)):
            yield at(node.id, side=Text("ค่าออก", "output"), place=place)


def _takes_inputs(node: Node) -> bool:
    if node.is_event:
        return node.tag in THROWN and bool(node.extensions.job_type)
    return node.tag in GIVEN and bool(node.tag != "sendTask" or node.extensions.job_type)


@FAMILY.rule(
    "job-beside-event",
    Text("{place} แบบ {kind} มีชนิดงาน (taskDefinition)", "A {place} with {kind} has a job type."),
    Text(
        "งานแทนได้เฉพาะการส่งข้อความ เหตุการณ์ชนิดอื่นจะไม่ถูกส่ง",
        "A job can send a message in place of the event; nothing else would be thrown.",
    ),
    Text("ลบ taskDefinition หรือวางงานบริการไว้ก่อน", "Remove it, or put a service task before it."),
)
def job_beside_event(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.tag in THROWN and node.extensions.job_type:
            kind = node.event_kind()
            if kind != "message":
                yield at(node.id, place=words.name_of(node.tag), kind=words.name_of(kind))
