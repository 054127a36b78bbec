"""How a diagram reads well: bpmnlint's advice, as remarks that stop nothing."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import PICTURE, child, id_of, is_event_subprocess, scope_of, tag_of
from engine.text import Text

FAMILY = Family("style", "style", Text("การวาดให้อ่านง่าย", "Style"))
FAMILIES = [FAMILY]


@FAMILY.rule(
    "style-name",
    Text("{kind} ไม่มีชื่อ", "A {kind} has no name."),
    Text("ผู้อ่านเข้าใจแผนผังจากชื่อ", "People understand a diagram by its names."),
    Text("ตั้งชื่อสั้น ๆ เช่น กริยากับกรรม", "Give it a short name, such as a verb and its object."),
    severity="info",
)
def style_name(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for element in tree.all(*words.FLOW_NODES, "participant", "lane"):
        merges = tag_of(element) in words.GATEWAYS and len(tree.outgoing(element)) < 2
        parallel = tag_of(element) in ("parallelGateway", "eventBasedGateway")
        unnamed = not (element.get("name") or "").strip()
        if unnamed and not merges and not parallel and not is_event_subprocess(element):
            yield at(element, kind=words.name_of(tag_of(element)))


@FAMILY.rule(
    "style-implicit-split",
    Text(
        "กิจกรรมแยกเป็น {count} ทางโดยไม่มีเกตเวย์",
        "An activity splits into {count} ways without a gateway.",
    ),
    Text("ผู้อ่านไม่รู้ว่าไปทุกทางหรือเลือกทาง", "Readers cannot see whether all ways or one are taken."),
    Text("วางเกตเวย์ให้เห็น", "Draw the gateway."),
    severity="info",
)
def style_implicit_split(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.all(*words.ACTIVITIES, *words.EVENTS):
        flows = [
            flow
            for flow in subject.tree.outgoing(node)
            if child(flow, "conditionExpression") is None and node.get("default") != id_of(flow)
        ]
        if len(flows) > 1:
            yield at(node, count=len(flows))


@FAMILY.rule(
    "style-join-and-split",
    Text("เกตเวย์เดียวทั้งรวมและแยกเส้น", "One gateway both joins and splits."),
    Text("แยกเป็นสองเกตเวย์อ่านง่ายกว่า", "Two gateways read more easily than one that does both."),
    Text("ใช้เกตเวย์รวมตามด้วยเกตเวย์แยก", "Use a joining gateway followed by a splitting one."),
    severity="info",
)
def style_join_and_split(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.all(*words.GATEWAYS):
        if len(subject.tree.incoming(node)) > 1 and len(subject.tree.outgoing(node)) > 1:
            yield at(node)


@FAMILY.rule(
    "style-not-drawn",
    Text("ไม่มีรูปในภาพ", "It is not in the picture."),
    Text("ขั้นตอนที่ไม่เห็นในภาพไม่มีใครรู้ว่ามี", "Nobody knows of a step that the picture does not show."),
    Text("เปิดในโปรแกรมวาดผังแล้ววาดให้ครบ", "Open it in the modeler and draw it."),
    severity="info",
)
def style_not_drawn(subject: Subject) -> Iterator[Hit]:
    shown = {
        (shape.get("bpmnElement") or "").rpartition(":")[2]
        for shape in subject.tree.root.iter(f"{{{PICTURE}}}BPMNShape", f"{{{PICTURE}}}BPMNEdge")
    }
    for node in subject.tree.all(*words.FLOW_NODES, "sequenceFlow"):
        if shown and id_of(node) not in shown and scope_of(node) is not None:
            yield at(node)
