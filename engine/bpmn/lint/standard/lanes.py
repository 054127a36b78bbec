"""Lanes and links: who does what, and the two halves of a long arrow."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    Tree,
    children,
    id_of,
    is_inside,
    kind_of,
    scope_of,
    tag_of,
    text_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "lanes", Text("เลนและจุดเชื่อม", "Lanes and links"))


@FAMILY.rule(
    "lane-foreign-node",
    Text(
        "เลนอ้าง “{node}” ซึ่งอยู่นอกกระบวนงานของเลน",
        "The lane names {node!r}, which lies outside of its process.",
    ),
    Text(
        "เลนแบ่งขั้นตอนของกระบวนงานตนเอง (§10.8)",
        "A lane divides the steps of its own process (§10.8).",
    ),
    Text("ลบการอ้าง หรือย้ายขั้นตอน", "Remove the entry or move the step."),
)
def lane_foreign_node(subject: Subject) -> Iterator[Hit]:
    for lane in subject.tree.all("lane"):
        scope = scope_of(lane)
        for part in children(lane, "flowNodeRef"):
            node = subject.tree.find(text_of(part), part)
            if node is not None and scope is not None and not is_inside(node, scope):
                yield at(lane, node=id_of(node))


@FAMILY.rule(
    "lane-node-twice",
    Text("“{node}” อยู่ในเลน “{other}” ด้วย", "{node!r} is in the lane {other!r}, too."),
    Text(
        "ในชุดเลนเดียวกัน ขั้นตอนหนึ่งมีผู้รับผิดชอบเดียว (§10.8)",
        "Within one set of lanes a step has one owner (§10.8).",
    ),
    Text("ให้อยู่เลนเดียว", "Keep it in one lane."),
)
def lane_node_twice(subject: Subject) -> Iterator[Hit]:
    for lane_set in subject.tree.all("laneSet", "childLaneSet"):
        owner: dict[str, str] = {}
        for lane in children(lane_set, "lane"):
            for part in children(lane, "flowNodeRef"):
                other = owner.setdefault(text_of(part), id_of(lane))
                if other != id_of(lane):
                    yield at(lane, node=text_of(part), other=other)


@FAMILY.rule(
    "lane-place",
    Text("มีเลนใน {kind}", "There are lanes in a {kind}."),
    Text(
        "เลนอยู่ในกระบวนงานหรือกระบวนการย่อยเท่านั้น (§10.8)",
        "Lanes belong to processes and subprocesses (§10.8).",
    ),
    Text("ลบเลน", "Remove the lanes."),
)
def lane_place(subject: Subject) -> Iterator[Hit]:
    for lane_set in subject.tree.all("laneSet"):
        parent = lane_set.getparent()
        if parent is not None and tag_of(parent) not in ("process", *words.SUBPROCESSES):
            yield at(lane_set, kind=words.name_of(tag_of(parent)))


def _links(tree: Tree, tag: str) -> Iterator[tuple[Element, str]]:
    for event in tree.all(tag):
        for definition in tree.definitions(event):
            if kind_of(definition) == "link":
                yield event, definition.get("name", "")


def _halves(tree: Tree, tag: str, event: Element, name: str) -> list[Element]:
    scope = scope_of(event)
    return [
        other for other, named in _links(tree, tag) if named == name and scope_of(other) is scope
    ]


@FAMILY.rule(
    "link-name",
    Text("จุดเชื่อมไม่มีชื่อ", "The link has no name."),
    Text(
        "ชื่อบอกว่าจุดส่งคู่กับจุดรับใด (§10.5.4)",
        "The name pairs the throwing with the catching half (§10.5.4).",
    ),
    Text("ตั้งชื่อเดียวกันทั้งสองจุด", "Give both halves the same name."),
)
def link_name(subject: Subject) -> Iterator[Hit]:
    for tag in ("intermediateThrowEvent", "intermediateCatchEvent"):
        yield from (at(event) for event, name in _links(subject.tree, tag) if not name.strip())


@FAMILY.rule(
    "link-unpaired",
    Text(
        "จุดเชื่อม “{name}” ไม่มีอีกครึ่งหนึ่งในขอบเขตเดียวกัน",
        "The link {name!r} has no other half in the same scope.",
    ),
    Text(
        "จุดเชื่อมคือเส้นยาวที่ตัดเป็นสองครึ่งในกระบวนงานเดียวกัน (§10.5.4)",
        "A link is a long arrow cut in two, inside one process level (§10.5.4).",
    ),
    Text("เพิ่มจุดเชื่อมอีกครึ่งที่มีชื่อเดียวกัน", "Add the other half with the same name."),
)
def link_unpaired(subject: Subject) -> Iterator[Hit]:
    pair = ("intermediateThrowEvent", "intermediateCatchEvent")
    for tag, other in (pair, pair[::-1]):
        for event, name in _links(subject.tree, tag):
            if not _halves(subject.tree, other, event, name):
                yield at(event, name=name)


@FAMILY.rule(
    "link-ambiguous",
    Text("มีจุดเชื่อมรับ “{name}” หลายจุด", "There are several catching links {name!r}."),
    Text("จุดเชื่อมรับของชื่อหนึ่งมีได้จุดเดียว (§10.5.4)", "A name has one catching half (§10.5.4)."),
    Text("เปลี่ยนชื่อให้ต่างกัน", "Give them different names."),
)
def link_ambiguous(subject: Subject) -> Iterator[Hit]:
    for event, name in _links(subject.tree, "intermediateCatchEvent"):
        if len(_halves(subject.tree, "intermediateCatchEvent", event, name)) > 1:
            yield at(event, name=name)


@FAMILY.rule(
    "link-flow",
    Text("จุดเชื่อมมีเส้นในทิศที่ไม่ควรมี", "A flow is connected to the wrong side of the link."),
    Text(
        "จุดเชื่อมส่งไม่มีเส้นออก จุดเชื่อมรับไม่มีเส้นเข้า (§10.5.4)",
        "A throwing link has no outgoing, a catching one no incoming flow (§10.5.4).",
    ),
    Text("ลบเส้นนั้น", "Remove the flow."),
)
def link_flow(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for event, _ in _links(tree, "intermediateThrowEvent"):
        if tree.outgoing(event):
            yield at(event)
    for event, _ in _links(tree, "intermediateCatchEvent"):
        if tree.incoming(event):
            yield at(event)
