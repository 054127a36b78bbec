"""Identity: every element that can be meant has one id, and every reference means something."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.standard.slots import references
from engine.bpmn.lint.tree import PICTURE, id_of, tag_of
from engine.ground.text import Text

FAMILY = Family("standard", "identity", Text("รหัสและการอ้างอิง", "Ids and references"))

NAMED = ("process", "participant", "sequenceFlow", "messageFlow", *words.FLOW_NODES)


@FAMILY.rule(
    "id-missing",
    Text("{kind} ไม่มีรหัส (id)", "A {kind} has no id."),
    Text(
        "เส้น ภาพ และประวัติของเรื่องอ้างถึงองค์ประกอบด้วยรหัส",
        "Flows, pictures and the history of cases mean an element by its id.",
    ),
    Text("กำหนด id ให้องค์ประกอบนี้", "Give it an id."),
)
def id_missing(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.all(*NAMED):
        if not id_of(element).strip():
            yield at(element, kind=words.name_of(tag_of(element)))


@FAMILY.rule(
    "id-duplicate",
    Text("รหัสนี้ใช้ซ้ำ {count} ครั้ง", "This id is used {count} times."),
    Text(
        "รหัสต้องไม่ซ้ำกันในแฟ้ม (BPMN 2.0.2 §8.3.1) มิฉะนั้นไม่รู้ว่าหมายถึงองค์ประกอบใด",
        "Ids are unique in a file (BPMN 2.0.2 §8.3.1); "
        "otherwise nobody knows which element is meant.",
    ),
    Text("เปลี่ยน id ให้ต่างกัน", "Change all but one of them."),
)
def id_duplicate(subject: Subject) -> Iterator[Hit]:
    seen: dict[str, int] = {}
    for element in subject.tree.root.iter(etree.Element):
        name = etree.QName(element)
        if id_of(element) and (tag_of(element) or name.namespace == PICTURE):
            seen[id_of(element)] = seen.get(id_of(element), 0) + 1
    yield from (at(name, count=count) for name, count in seen.items() if count > 1)


@FAMILY.rule(
    "reference-dangling",
    Text(
        "“{slot}” อ้างถึง “{target}” ซึ่งไม่มีในแฟ้ม", "{slot} refers to {target!r}, which does not exist."
    ),
    Text(
        "การอ้างถึงสิ่งที่ไม่มีทำให้แผนผังไม่มีความหมาย",
        "A diagram that refers to nothing has no meaning there.",
    ),
    Text(
        "แก้ให้อ้างถึงองค์ประกอบที่มีอยู่ หรือลบการอ้างออก",
        "Refer to an existing element or remove the reference.",
    ),
)
def reference_dangling(subject: Subject) -> Iterator[Hit]:
    for owner, slot, value, _ in references(subject.tree):
        elsewhere = slot == "calledElement" or subject.tree.is_foreign(value, owner)
        if not elsewhere and subject.tree.find(value, owner) is None:
            yield at(owner, slot=slot, target=value)


@FAMILY.rule(
    "reference-kind",
    Text(
        "“{slot}” อ้างถึง “{target}” ซึ่งเป็น {found} แต่ต้องเป็น {expected}",
        "{slot} refers to {target!r}, a {found}; it must be one of: {expected}.",
    ),
    Text(
        "BPMN กำหนดชนิดของสิ่งที่แต่ละการอ้างหมายถึงได้",
        "BPMN says which kind of element each reference may mean.",
    ),
    Text("เลือกองค์ประกอบให้ถูกชนิด", "Choose an element of the right kind."),
)
def reference_kind(subject: Subject) -> Iterator[Hit]:
    for owner, slot, value, expected in references(subject.tree):
        target = subject.tree.find(value, owner)
        if target is None or not expected or tag_of(target) in expected:
            continue
        found = words.name_of(tag_of(target) or etree.QName(target).localname)
        yield at(owner, slot=slot, target=value, found=found, expected=_short(expected))


def _short(expected: tuple[str, ...]) -> Text:
    if set(expected) >= set(words.FLOW_NODES):
        return Text("งาน เหตุการณ์ หรือเกตเวย์", "activity, event or gateway")
    if set(expected) >= set(words.ACTIVITIES):
        return Text("กิจกรรม", "activity")
    return words.names_of(expected)


@FAMILY.rule(
    "picture-dangling",
    Text("ภาพอ้างถึง “{target}” ซึ่งไม่มีในแฟ้ม", "The picture shows {target!r}, which does not exist."),
    Text(
        "ภาพที่ไม่ตรงกับกระบวนงานทำให้ผู้อ่านเข้าใจผิด",
        "A picture that shows more than the process misleads its readers.",
    ),
    Text(
        "ลบรูปที่ค้างอยู่ หรือบันทึกจากโปรแกรมวาดผังอีกครั้ง",
        "Remove the shape or save the file from the modeler again.",
    ),
    severity="warning",
)
def picture_dangling(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.root.iter(f"{{{PICTURE}}}*"):
        value = element.get("bpmnElement")
        if not value or subject.tree.is_foreign(value, element):
            continue
        if subject.tree.find(value, element) is None:
            yield at(element, target=value)


EDGES = (
    "sequenceFlow", "messageFlow", "association", "dataInputAssociation", "dataOutputAssociation",
    "conversationLink",
)  # fmt: skip


@FAMILY.rule(
    "picture-kind",
    Text("{kind} “{target}” วาดด้วย {shape} ไม่ได้", "A {kind} ({target!r}) is not drawn as {shape}."),
    Text(
        "เส้นวาดด้วย BPMNEdge สิ่งอื่นวาดด้วย BPMNShape (§12.2.3)",
        "Connections are drawn as BPMNEdge, all else as BPMNShape (§12.2.3).",
    ),
    Text("บันทึกแฟ้มจากโปรแกรมวาดผังอีกครั้ง", "Save the file from the modeler again."),
    severity="warning",
)
def picture_kind(subject: Subject) -> Iterator[Hit]:
    for shape in ("BPMNShape", "BPMNEdge"):
        for element in subject.tree.root.iter(f"{{{PICTURE}}}{shape}"):
            target = subject.tree.find(element.get("bpmnElement"), element)
            if target is None or not tag_of(target):
                continue
            if (tag_of(target) in EDGES) != (shape == "BPMNEdge"):
                kind = words.name_of(tag_of(target))
                yield at(element, kind=kind, target=id_of(target), shape=shape)
