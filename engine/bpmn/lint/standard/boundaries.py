"""Boundary events: what they may hang on and what may trigger them."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    Tree,
    id_of,
    is_event_subprocess,
    is_true,
    scope_of,
    tag_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "boundaries", Text("เหตุการณ์ขอบ", "Boundary events"))

ALLOWED = {
    "message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal",
}  # fmt: skip


def _attached(tree: Tree) -> Iterator[tuple[Element, Element]]:
    for event in tree.all("boundaryEvent"):
        host = tree.find(event.get("attachedToRef"), event)
        if host is not None and tag_of(host) in words.ACTIVITIES:
            yield event, host


@FAMILY.rule(
    "boundary-detached",
    Text("เหตุการณ์ขอบไม่ได้ติดกับกิจกรรมใด", "A boundary event is attached to nothing."),
    Text(
        "เหตุการณ์ขอบเฝ้ากิจกรรมที่มันติดอยู่ (§10.5.4)",
        "It watches the activity it is attached to (§10.5.4).",
    ),
    Text("วางให้ติดขอบกิจกรรม", "Put it on the edge of an activity."),
)
def boundary_detached(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all("boundaryEvent"):
        if not event.get("attachedToRef"):
            yield at(event)


@FAMILY.rule(
    "boundary-scope",
    Text(
        "ติดกับ “{host}” ซึ่งอยู่คนละขอบเขต", "It is attached to {host!r}, which lies in another scope."
    ),
    Text(
        "เหตุการณ์ขอบอยู่ในกระบวนงานหรือกระบวนการย่อยเดียวกับกิจกรรมที่มันเฝ้า",
        "A boundary event lies in the same process or subprocess as its activity.",
    ),
    Text("ย้ายเหตุการณ์ไปไว้ที่เดียวกับกิจกรรม", "Move it to where its activity is."),
)
def boundary_scope(subject: Subject) -> Iterator[Hit]:
    for event, host in _attached(subject.tree):
        if scope_of(event) is not scope_of(host):
            yield at(event, host=id_of(host))


@FAMILY.rule(
    "boundary-host",
    Text(
        "ติดกับกระบวนการย่อยที่เริ่มด้วยเหตุการณ์ “{host}”",
        "It is attached to the event subprocess {host!r}.",
    ),
    Text(
        "กระบวนการย่อยที่เริ่มด้วยเหตุการณ์ไม่มีเส้นเข้าออก จึงไม่มีขอบให้ติด (§10.3.5)",
        "An event subprocess is outside of the normal "
        "flow and carries no boundary events (§10.3.5).",
    ),
    Text("ย้ายเหตุการณ์เข้าไปในกระบวนการย่อยนั้น", "Handle the event inside that subprocess."),
)
def boundary_host(subject: Subject) -> Iterator[Hit]:
    for event, host in _attached(subject.tree):
        if is_event_subprocess(host):
            yield at(event, host=id_of(host))


@FAMILY.rule(
    "boundary-incoming",
    Text("มีเส้น “{flow}” เข้าสู่เหตุการณ์ขอบ", "The flow {flow!r} leads into a boundary event."),
    Text(
        "เหตุการณ์ขอบเกิดจากเหตุของมันเท่านั้น (§10.5.4)",
        "A boundary event only happens by its trigger (§10.5.4).",
    ),
    Text("ต่อเส้นไปยังขั้นตอนอื่น", "Lead the flow elsewhere."),
)
def boundary_incoming(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all("boundaryEvent"):
        yield from (at(event, flow=id_of(flow)) for flow in subject.tree.incoming(event))


@FAMILY.rule(
    "boundary-trigger",
    Text("เหตุการณ์ขอบใช้ “{kind}” ไม่ได้", "A boundary event cannot be triggered by {kind}."),
    Text(
        "ใช้ข้อความ เวลา การยกระดับ ข้อผิดพลาด การยกเลิก การชดเชย เงื่อนไข หรือสัญญาณ (§10.5.4)",
        "Message, timer, escalation, error, cancel, compensation, condition or signal (§10.5.4).",
    ),
    Text("เลือกเหตุที่อนุญาต", "Choose an allowed trigger."),
)
def boundary_trigger(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all("boundaryEvent"):
        for kind in subject.tree.kinds(event):
            if kind not in ALLOWED:
                yield at(event, kind=words.name_of(kind))


@FAMILY.rule(
    "boundary-cancel-host",
    Text(
        "เหตุการณ์ขอบแบบยกเลิกติดกับ {kind} ซึ่งไม่ใช่ธุรกรรม",
        "A cancel boundary event is attached to a {kind}, which is no transaction.",
    ),
    Text("การยกเลิกมีเฉพาะในธุรกรรม (§10.5.4)", "Cancel only exists for transactions (§10.5.4)."),
    Text("เปลี่ยนชนิดเหตุการณ์หรือกิจกรรม", "Change the event or the activity."),
)
def boundary_cancel_host(subject: Subject) -> Iterator[Hit]:
    for event, host in _attached(subject.tree):
        if "cancel" in subject.tree.kinds(event) and tag_of(host) != "transaction":
            yield at(event, kind=words.name_of(tag_of(host)))


@FAMILY.rule(
    "boundary-interrupting",
    Text(
        "เหตุการณ์ขอบแบบ {kind} ต้องขัดจังหวะเสมอ (cancelActivity)",
        "A boundary event with {kind} is always interrupting (cancelActivity).",
    ),
    Text(
        "ข้อผิดพลาดและการยกเลิกหยุดกิจกรรมเสมอ ส่วนการชดเชยเกิดเมื่อกิจกรรมจบแล้ว (§10.5.4 ตาราง 10.92)",
        "Errors and cancellation end their activity, and compensation comes when it has ended "
        "(§10.5.4, table 10.92).",
    ),
    Text("ตั้ง cancelActivity เป็น true", "Set cancelActivity to true."),
)
def boundary_interrupting(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all("boundaryEvent"):
        if not is_true(event, "cancelActivity", default=True):
            kinds = [k for k in subject.tree.kinds(event) if k in ("error", "cancel", "compensate")]
            yield from (at(event, kind=words.name_of(kind)) for kind in kinds)
