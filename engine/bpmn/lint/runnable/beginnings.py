"""Where a case and each of its scopes begin."""

from collections.abc import Iterator

from engine.bpmn.desugar import begins_by_itself
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, scopes_of
from engine.bpmn.model import Node, Process, Scope
from engine.ground.text import Text

FAMILY = Family("runnable", "beginnings", Text("จุดเริ่ม", "Beginnings"))


def _plain(scope: Scope) -> list[Node]:
    return [n for n in scope.nodes.values() if n.tag == "startEvent" and not n.events]


@FAMILY.rule(
    "no-start",
    Text("ไม่รู้ว่าเริ่มที่ใด", "It is not clear where this begins."),
    Text(
        "ไม่มีเหตุการณ์เริ่มต้น และทุกขั้นตอนมีเส้นเข้า จึงไม่มีขั้นตอนใดได้เริ่ม (§13.3.4)",
        "There is no start event and a flow leads to every step, so none ever begins (§13.3.4).",
    ),
    Text("เพิ่มเหตุการณ์เริ่มต้น", "Add a start event."),
)
def no_start(subject: Subject) -> Iterator[Hit]:
    for scope in scopes_of(subject):
        started = any(node.tag == "startEvent" for node in scope.nodes.values())
        if scope.nodes and not started and not begins_by_itself(scope):
            yield at(scope.id)


@FAMILY.rule(
    "several-starts",
    Text(
        "กระบวนการย่อยมีเหตุการณ์เริ่มต้น {count} จุด",
        "The subprocess has {count} start events.",
    ),
    Text(
        "กระบวนการย่อยเริ่มที่จุดเริ่มเดียว (§13.3.4)",
        "A subprocess begins at its only start event (§13.3.4).",
    ),
    Text("เหลือจุดเดียวแล้วแยกด้วยเกตเวย์", "Keep one and split behind it with a gateway."),
)
def several_starts(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.scope is None:
            continue
        starts = [inner for inner in node.scope.nodes.values() if inner.tag == "startEvent"]
        if len(starts) > 1:
            yield from (at(start.id, count=len(starts)) for start in starts)


@FAMILY.rule(
    "call-unclear",
    Text(
        "“{called}” ที่ถูกเรียกมีจุดเริ่มแบบไม่มีเหตุ {count} จุด",
        "{called!r}, which is called, has {count} plain start events.",
    ),
    Text(
        "การเรียกเริ่มที่จุดเริ่มจุดเดียว และไม่มีที่ให้บอกว่าจุดใด (§10.5.2)",
        "A call begins at one of them, and nothing says at which (§10.5.2).",
    ),
    Text(
        "เหลือจุดเริ่มแบบไม่มีเหตุจุดเดียวในกระบวนงานนั้น",
        "Keep one plain start event in that process.",
    ),
)
def call_unclear(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        called = subject.model.processes.get(node.extensions.called_process)
        if node.tag == "callActivity" and called is not None and len(_plain(called.body)) > 1:
            yield at(node.id, called=called.id, count=len(_plain(called.body)))


@FAMILY.rule(
    "start-choice",
    Text(
        "มีจุดเริ่มแบบไม่มีเหตุ {count} จุด ผู้เริ่มเรื่องต้องบอกว่าจุดใด",
        "There are {count} plain start events; whoever starts a case says at which.",
    ),
    Text(
        "แต่ละจุดเริ่มเป็นทางเริ่มของตนเอง เรื่องหนึ่งเริ่มที่จุดเดียว (§10.5.2)",
        "Each is a way to begin by itself, and a case begins at one of them (§10.5.2).",
    ),
    Text(
        "ไม่ต้องแก้ หากตั้งใจให้เลือกได้ (--start-event)",
        "Nothing to do if a choice is meant (--start-event).",
    ),
    severity="info",
)
def start_choice(subject: Subject) -> Iterator[Hit]:
    for process in executable(subject):
        yield from (at(node.id, count=len(_plain(process.body))) for node in _choices(process))


def _choices(process: Process) -> list[Node]:
    plain = _plain(process.body)
    return plain if len(plain) > 1 else []
