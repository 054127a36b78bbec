"""Compensation and cancellation: what of it runs exactly as the standard says."""

from collections.abc import Iterator

from engine.bpmn.desugar import undoing_start
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, scopes_of
from engine.bpmn.lint.tree import children, process_of
from engine.bpmn.model import Node, Scope
from engine.ground.text import Text

FAMILY = Family("runnable", "undoing", Text("การชดเชยและการยกเลิก", "Compensation and cancellation"))

THROWING = ("endEvent", "intermediateThrowEvent")


def _throws(subject: Subject, kind: str) -> Iterator[tuple[Scope, Node]]:
    for scope, node in nodes_of(subject):
        if node.tag in THROWING and any(event.kind == kind for event in node.events):
            yield scope, node


@FAMILY.rule(
    "compensation-no-wait",
    Text(
        "สั่งชดเชยโดยไม่รอผล (waitForCompletion=false)",
        "It asks for compensation without waiting for it (waitForCompletion=false).",
    ),
    Text(
        "ขั้นตอนถัดไปจะเห็นข้อมูลที่ยังไม่ได้ย้อนคืน",
        "What follows would see data that are not undone yet.",
    ),
    Text(
        "ลบ waitForCompletion หรือวางในทางขนาน",
        "Remove waitForCompletion, or put the event on a parallel path.",
    ),
)
def compensation_no_wait(subject: Subject) -> Iterator[Hit]:
    for _, node in _throws(subject, "compensate"):
        if not all(event.waits for event in node.events):
            yield at(node.id)


@FAMILY.rule(
    "compensation-several",
    Text(
        "เหตุการณ์เดียวสั่งชดเชยหลายกิจกรรม",
        "One event asks for several compensations.",
    ),
    Text(
        "มาตรฐานไม่กำหนดลำดับระหว่างกัน",
        "The standard does not say in which order they happen.",
    ),
    Text("ใช้เหตุการณ์ละหนึ่งกิจกรรมเรียงต่อกัน", "Use one event after the other."),
)
def compensation_several(subject: Subject) -> Iterator[Hit]:
    for _, node in _throws(subject, "compensate"):
        kinds = [event.kind for event in node.events]
        if kinds.count("compensate") > 1 or "cancel" in kinds:
            yield at(node.id)


@FAMILY.rule(
    "compensation-beside",
    Text(
        "สั่งชดเชยในกระบวนการย่อยที่ทำงานคู่ไปกับเรื่อง",
        "Compensation is asked for beside a case that goes on.",
    ),
    Text(
        "ขั้นตอนที่จะย้อนคืนยังเดินต่ออยู่พร้อมกัน",
        "What is to be undone would go on being done at the same time.",
    ),
    Text(
        "ตั้งจุดเริ่มของกระบวนการย่อยให้ขัดจังหวะ (isInterrupting)",
        "Let the start event of the event subprocess interrupt (isInterrupting).",
    ),
)
def compensation_beside(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.triggered_by_event and node.scope is not None and not _interrupts(node.scope):
            yield from (at(n.id) for n in node.scope.nodes.values() if _asks(n))


def _interrupts(scope: Scope) -> bool:
    return all(node.interrupting for node in scope.nodes.values() if node.tag == "startEvent")


def _asks(node: Node) -> bool:
    return node.tag in THROWING and any(event.kind == "compensate" for event in node.events)


@FAMILY.rule(
    "compensation-watched",
    Text(
        "กิจกรรมชดเชย “{activity}” มีเหตุการณ์ขอบ",
        "An event watches over the compensation activity {activity!r}.",
    ),
    Text(
        "การชดเชยที่ถูกขัดจังหวะไม่มีทางไปต่อ (§10.7)",
        "Compensation that is interrupted has no way on (§10.7).",
    ),
    Text(
        "ใช้กระบวนการย่อยเป็นกิจกรรมชดเชย แล้ววางเหตุการณ์ไว้ข้างใน",
        "Make the activity a subprocess and put the event inside.",
    ),
)
def compensation_watched(subject: Subject) -> Iterator[Hit]:
    for scope, node in nodes_of(subject):
        host = scope.nodes.get(node.attached_to)
        if host is not None and host.for_compensation:
            yield at(node.id, activity=host.id)


@FAMILY.rule(
    "compensation-twice",
    Text(
        "“{activity}” ชดเชยได้สองทาง คือเหตุการณ์ขอบและกระบวนการย่อยข้างใน",
        "{activity!r} is undone in two ways: by a boundary event and by an event subprocess.",
    ),
    Text("กิจกรรมหนึ่งมีวิธีชดเชยเดียว (§10.7)", "An activity is undone in one way (§10.7)."),
    Text("เหลือทางเดียว", "Keep one of them."),
)
def compensation_twice(subject: Subject) -> Iterator[Hit]:
    for scope in scopes_of(subject):
        guarded = {n.attached_to for n in scope.nodes.values() if n.event_kind() == "compensate"}
        for node in scope.nodes.values():
            inner = node.scope.nodes.values() if node.scope is not None else ()
            if node.id in guarded and any(undoing_start(part) is not None for part in inner):
                yield at(node.id, activity=node.id)


@FAMILY.rule(
    "compensation-never",
    Text(
        "ไม่มีสิ่งใดชดเชยกระบวนงานนี้ได้ กระบวนการย่อยนี้จึงไม่มีวันทำงาน",
        "Nothing can undo this process, so this event subprocess never runs.",
    ),
    Text(
        "กระบวนงานที่จบแล้วชดเชยได้เฉพาะจากกระบวนงานที่เรียกมัน (§10.7)",
        "A completed process is only undone by the one that called it (§10.7).",
    ),
    Text("ย้ายเข้าในกระบวนการย่อยที่มันชดเชย", "Put it into the subprocess that it undoes."),
    severity="warning",
)
def compensation_never(subject: Subject) -> Iterator[Hit]:
    for process in executable(subject):
        if process.id not in subject.known.called:
            nodes = process.body.nodes.values()
            yield from (at(node.id) for node in nodes if undoing_start(node) is not None)


@FAMILY.rule(
    "cancel-nested",
    Text(
        "เหตุการณ์ยกเลิกอยู่ลึกกว่าธุรกรรมที่มันยกเลิก",
        "The cancel event lies deeper than the transaction that it cancels.",
    ),
    Text(
        "การยกเลิกเป็นจุดสิ้นสุดของธุรกรรมเอง (§10.3.5)",
        "Cancelling is an end of the transaction itself (§10.3.5).",
    ),
    Text(
        "ให้กระบวนการย่อยจบด้วยข้อผิดพลาด แล้วยกเลิกในธุรกรรม",
        "Let the inner subprocess end with an error, and cancel in the transaction.",
    ),
)
def cancel_nested(subject: Subject) -> Iterator[Hit]:
    for scope, node in _throws(subject, "cancel"):
        holder = subject.tree.by_id.get(scope.id)
        if holder is not None and not str(holder.tag).endswith("}transaction"):
            yield at(node.id)


@FAMILY.rule(
    "cancel-nobody",
    Text(
        "ธุรกรรม “{transaction}” ถูกยกเลิกได้ แต่ไม่มีเหตุการณ์ขอบแบบยกเลิก",
        "The transaction {transaction!r} can be cancelled, but has no cancel boundary event.",
    ),
    Text(
        "หลังยกเลิก เรื่องดำเนินต่อที่เหตุการณ์ขอบแบบยกเลิก (§10.3.5)",
        "After cancelling, the case goes on at the cancel boundary event (§10.3.5).",
    ),
    Text("เพิ่มเหตุการณ์ขอบแบบยกเลิก", "Add a cancel boundary event."),
)
def cancel_nobody(subject: Subject) -> Iterator[Hit]:
    for scope in scopes_of(subject):
        caught = {
            node.attached_to
            for node in scope.nodes.values()
            if any(event.kind == "cancel" for event in node.events)
        }
        for node in scope.nodes.values():
            inner = node.scope.nodes.values() if node.scope is not None else ()
            cancels = any(
                e.kind == "cancel" and n.tag == "endEvent" for n in inner for e in n.events
            )
            if node.tag == "transaction" and cancels and node.id not in caught:
                yield at(node.id, transaction=node.id)


@FAMILY.rule(
    "transaction-method",
    Text(
        "ธุรกรรมใช้วิธี “{method}” ซึ่งระบบไม่ทำ",
        "The transaction uses the method {method!r}, which is not carried out.",
    ),
    Text(
        "การยกเลิกธุรกรรมทำด้วยการชดเชยเท่านั้น (##Compensate)",
        "A transaction is cancelled by compensation alone (##Compensate).",
    ),
    Text("ใช้ ##Compensate แล้ววาดกิจกรรมชดเชย", "Use ##Compensate and draw what undoes each step."),
)
def transaction_method(subject: Subject) -> Iterator[Hit]:
    executables = {process.id for process in executable(subject)}
    for element in subject.tree.all("transaction"):
        process = process_of(element)
        method = element.get("method", "##Compensate")
        if process is None or process.get("id") not in executables:
            continue
        if method != "##Compensate" or children(element, "transactionProtocol"):
            yield at(element, method=method)
