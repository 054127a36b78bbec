"""Gateways: their direction, and what may follow an event-based one."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, Tree, id_of, is_true, tag_of
from engine.ground.text import Text

FAMILY = Family("standard", "gateways", Text("เกตเวย์", "Gateways"))

AWAITABLE = {"message", "timer", "signal", "conditional"}


@FAMILY.rule(
    "gateway-direction",
    Text(
        "ทิศทางเกตเวย์เป็น {direction} แต่มีเส้นเข้า {incoming} เส้น ออก {outgoing} เส้น",
        "Its direction is {direction}, but it has "
        "{incoming} incoming and {outgoing} outgoing flows.",
    ),
    Text(
        "Converging รวมหลายเส้นเข้าเป็นเส้นเดียว Diverging แยกเส้นเดียวเป็นหลายเส้น Mixed ทำทั้งสอง (§10.6.1)",
        "Converging merges, Diverging splits, Mixed does both (§10.6.1).",
    ),
    Text("แก้ทิศทางหรือแก้เส้น", "Correct the direction or the flows."),
)
def gateway_direction(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.all(*words.GATEWAYS):
        direction = node.get("gatewayDirection", "Unspecified")
        incoming, outgoing = len(tree.incoming(node)), len(tree.outgoing(node))
        if not _agrees(direction, incoming, outgoing):
            yield at(node, direction=direction, incoming=incoming, outgoing=outgoing)


def _agrees(direction: str, incoming: int, outgoing: int) -> bool:
    if direction == "Converging":
        return incoming > 1 and outgoing <= 1
    if direction == "Diverging":
        return incoming <= 1 and outgoing > 1
    return direction != "Mixed" or (incoming > 1 and outgoing > 1)


@FAMILY.rule(
    "gateway-pointless",
    Text(
        "เกตเวย์นี้มีเส้นเข้าไม่เกินหนึ่งและออกไม่เกินหนึ่ง", "This gateway neither splits nor merges anything."
    ),
    Text("เกตเวย์ต้องแยกหรือรวมเส้น (§10.6.1)", "A gateway splits or merges the flow (§10.6.1)."),
    Text("ลบเกตเวย์ หรือเพิ่มเส้นที่ขาด", "Remove it or add the missing flow."),
    severity="warning",
)
def gateway_pointless(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.all(*words.GATEWAYS):
        if tag_of(node) == "eventBasedGateway":
            continue
        if len(tree.incoming(node)) < 2 and len(tree.outgoing(node)) < 2:
            yield at(node)


@FAMILY.rule(
    "event-gateway-few",
    Text(
        "เกตเวย์รอเหตุการณ์มีเส้นออก {count} เส้น", "An event-based gateway has {count} outgoing flow(s)."
    ),
    Text(
        "ต้องมีอย่างน้อยสองเหตุการณ์ให้รอ (§10.6.6)",
        "It waits for the first of at least two events (§10.6.6).",
    ),
    Text(
        "เพิ่มเหตุการณ์ที่สอง หรือใช้เหตุการณ์รอเพียงอันเดียว",
        "Add a second event, or use a single catching event.",
    ),
)
def event_gateway_few(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.all("eventBasedGateway"):
        count = len(subject.tree.outgoing(node))
        if count < 2:
            yield at(node, count=count)


def _targets(tree: Tree) -> Iterator[tuple[Element, list[Element]]]:
    for node in tree.all("eventBasedGateway"):
        found = (tree.target(flow) for flow in tree.outgoing(node))
        yield node, [target for target in found if target is not None]


@FAMILY.rule(
    "event-gateway-target",
    Text(
        "หลังเกตเวย์รอเหตุการณ์มี “{target}” ซึ่งรอรับเหตุการณ์ไม่ได้",
        "{target!r} after an event-based gateway cannot be waited for.",
    ),
    Text(
        "สิ่งที่ตามมาต้องเป็นเหตุการณ์รอรับข้อความ เวลา สัญญาณ หรือเงื่อนไข หรืองานรอรับข้อความ (§10.6.6)",
        "What follows is a catching message, timer, signal "
        "or conditional event, or a receive task (§10.6.6).",
    ),
    Text("วางเหตุการณ์รอรับก่อนขั้นตอนนั้น", "Put a catching event before that step."),
)
def event_gateway_target(subject: Subject) -> Iterator[Hit]:
    for node, targets in _targets(subject.tree):
        yield from (at(node, target=id_of(t)) for t in targets if not _awaitable(subject.tree, t))


def _awaitable(tree: Tree, target: Element) -> bool:
    if tag_of(target) == "intermediateCatchEvent":
        kinds = set(tree.kinds(target))
        return bool(kinds) and kinds <= AWAITABLE
    return tag_of(target) == "receiveTask"


@FAMILY.rule(
    "event-gateway-mixed",
    Text(
        "เกตเวย์รอเหตุการณ์ใช้ทั้งเหตุการณ์ข้อความและงานรอรับข้อความ",
        "It is followed both by message events and by receive tasks.",
    ),
    Text("ต้องใช้แบบใดแบบหนึ่ง (§10.6.6)", "Only one of the two may be used (§10.6.6)."),
    Text("เปลี่ยนงานรอรับเป็นเหตุการณ์รอรับข้อความ", "Turn the receive tasks into message events."),
)
def event_gateway_mixed(subject: Subject) -> Iterator[Hit]:
    for node, targets in _targets(subject.tree):
        receives = any(tag_of(target) == "receiveTask" for target in targets)
        messages = any(
            "message" in subject.tree.kinds(t) for t in targets if tag_of(t) in words.EVENTS
        )
        if receives and messages:
            yield at(node)


@FAMILY.rule(
    "event-gateway-target-shared",
    Text(
        "“{target}” มีเส้นเข้าอื่นนอกจากเกตเวย์รอเหตุการณ์",
        "{target!r} has other incoming flows than from the gateway.",
    ),
    Text(
        "เหตุการณ์ที่เกตเวย์รอต้องเป็นของเกตเวย์นั้นเท่านั้น (§10.6.6)",
        "What the gateway waits for belongs to it alone (§10.6.6).",
    ),
    Text("ทำสำเนาเหตุการณ์สำหรับเส้นอื่น", "Use a copy of the event for the other flow."),
)
def event_gateway_target_shared(subject: Subject) -> Iterator[Hit]:
    for node, targets in _targets(subject.tree):
        yield from (at(node, target=id_of(t)) for t in targets if len(subject.tree.incoming(t)) > 1)


@FAMILY.rule(
    "event-gateway-receive-boundary",
    Text(
        "งานรอรับ “{target}” หลังเกตเวย์รอเหตุการณ์มีเหตุการณ์ขอบ",
        "The receive task {target!r} after an event-based gateway has a boundary event.",
    ),
    Text(
        "งานรอรับที่ใช้หลังเกตเวย์นี้ห้ามมีเหตุการณ์ขอบ (§10.6.6)",
        "Receive tasks used there have no boundary events (§10.6.6).",
    ),
    Text("ย้ายเหตุการณ์ขอบไปเป็นทางหนึ่งของเกตเวย์", "Make the boundary event one of the gateway's ways."),
)
def event_gateway_receive_boundary(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    guarded = {event.get("attachedToRef") for event in tree.all("boundaryEvent")}
    for node, targets in _targets(tree):
        yield from (at(node, target=id_of(t)) for t in targets if id_of(t) in guarded)


@FAMILY.rule(
    "event-gateway-instantiate",
    Text(
        "เกตเวย์ที่เริ่มกระบวนงาน (instantiate) มีเส้นเข้า",
        "A gateway that starts the process (instantiate) has an incoming flow.",
    ),
    Text(
        "เกตเวย์ที่เริ่มกระบวนงานอยู่เป็นลำดับแรก (§10.6.6)",
        "A gateway that starts a process comes first (§10.6.6).",
    ),
    Text("ลบเส้นเข้าหรือเครื่องหมาย instantiate", "Remove the flow or the mark instantiate."),
)
def event_gateway_instantiate(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.all("eventBasedGateway"):
        if is_true(node, "instantiate") and subject.tree.incoming(node):
            yield at(node)


@FAMILY.rule(
    "event-gateway-parallel",
    Text(
        "เกตเวย์รอเหตุการณ์แบบ Parallel ต้องเป็นจุดเริ่มกระบวนงาน",
        "A Parallel event-based gateway must start the process (instantiate).",
    ),
    Text(
        "แบบ Parallel ใช้ได้เมื่อ instantiate เป็น true เท่านั้น (§10.6.6)",
        "Parallel is only allowed with instantiate (§10.6.6).",
    ),
    Text("เปลี่ยนเป็น Exclusive", "Change it to Exclusive."),
)
def event_gateway_parallel(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.all("eventBasedGateway"):
        if node.get("eventGatewayType") == "Parallel" and not is_true(node, "instantiate"):
            yield at(node)
