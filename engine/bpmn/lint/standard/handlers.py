"""Handlers: for one happening there is one who takes care of it."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    Tree,
    children,
    id_of,
    is_event_subprocess,
    kind_of,
    tag_of,
    text_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "handlers", Text("ผู้รับเหตุการณ์", "Handlers"))

CODED = {"error": "errorRef", "escalation": "escalationRef"}


@FAMILY.rule(
    "handler-doubled",
    Text(
        "“{other}” รับ{kind}เดียวกันในขอบเขตเดียวกันอยู่แล้ว",
        "{other!r} already handles the same {kind} in this place.",
    ),
    Text(
        "ข้อผิดพลาดหรือการยกระดับหนึ่งมีผู้รับได้ผู้เดียวในแต่ละขอบเขต (§10.5.6)",
        "Within one scope an error or escalation has one handler (§10.5.6).",
    ),
    Text("รวมเป็นผู้รับเดียว", "Keep one handler."),
)
def handler_doubled(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for scope in tree.scopes():
        starts = [
            start
            for handler in children(scope, *words.SUBPROCESSES)
            if is_event_subprocess(handler)
            for start in children(handler, "startEvent")
        ]
        yield from _doubled(tree, starts)
    for events in _by_host(tree).values():
        yield from _doubled(tree, events)


def _by_host(tree: Tree) -> dict[str, list[Element]]:
    hosts: dict[str, list[Element]] = {}
    for event in tree.all("boundaryEvent"):
        hosts.setdefault(event.get("attachedToRef") or "", []).append(event)
    return hosts


def _doubled(tree: Tree, events: list[Element]) -> Iterator[Hit]:
    seen: dict[tuple[str, str], str] = {}
    for event in events:
        for definition in tree.definitions(event):
            kind = kind_of(definition)
            if kind not in CODED:
                continue
            key = (kind, definition.get(CODED[kind], ""))
            if key in seen:
                yield at(event, other=seen[key], kind=words.name_of(kind))
            seen.setdefault(key, id_of(event))


@FAMILY.rule(
    "boundary-doubled",
    Text(
        "กิจกรรมมีเหตุการณ์ขอบแบบ{kind}มากกว่าหนึ่ง",
        "The activity has more than one boundary event with {kind}.",
    ),
    Text(
        "กิจกรรมมีการชดเชยและการยกเลิกได้อย่างละหนึ่ง (§10.7)",
        "An activity has at most one compensation and one cancel event (§10.7).",
    ),
    Text("เหลืออันเดียว", "Keep one of them."),
)
def boundary_doubled(subject: Subject) -> Iterator[Hit]:
    for host, events in _by_host(subject.tree).items():
        for kind in ("compensate", "cancel"):
            same = [event for event in events if host and kind in subject.tree.kinds(event)]
            yield from (at(event, kind=words.name_of(kind)) for event in same[1:])


@FAMILY.rule(
    "call-start",
    Text(
        "“{called}” ที่ถูกเรียกไม่มีจุดเริ่มแบบไม่มีเหตุ",
        "{called!r}, which is called, has no plain start event.",
    ),
    Text(
        "การเรียกเริ่มกระบวนงานที่จุดเริ่มแบบไม่มีเหตุ (§10.5.2)",
        "A call starts a process at its plain start event (§10.5.2).",
    ),
    Text("เพิ่มจุดเริ่มแบบไม่มีเหตุ", "Give it a plain start event."),
)
def call_start(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for call in tree.all("callActivity"):
        called = tree.find(call.get("calledElement"), call)
        if called is None or tag_of(called) != "process":
            continue
        starts = children(called, "startEvent")
        if starts and all(tree.kinds(start) for start in starts):
            yield at(call, called=id_of(called))


@FAMILY.rule(
    "resource-parameter-missing",
    Text(
        "ไม่ได้กำหนดพารามิเตอร์บังคับ “{parameter}”",
        "The required parameter {parameter!r} is not bound.",
    ),
    Text(
        "พารามิเตอร์ที่บังคับของทรัพยากรต้องมีค่า (§8.4.10)",
        "A required parameter of a resource has a value (§8.4.10).",
    ),
    Text("กำหนดค่าให้พารามิเตอร์", "Bind it."),
)
def resource_parameter_missing(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for role in tree.all("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        bound = {part.get("parameterRef") for part in children(role, "resourceParameterBinding")}
        for part in children(role, "resourceRef"):
            resource = tree.find(text_of(part), part)
            for parameter in (
                children(resource, "resourceParameter") if resource is not None else ()
            ):
                required = parameter.get("isRequired") in ("true", "1")
                if required and id_of(parameter) not in bound:
                    yield at(role, parameter=id_of(parameter))


@FAMILY.rule(
    "cancel-uncaught",
    Text(
        "ธุรกรรมถูกยกเลิกได้ แต่ไม่มีเหตุการณ์ขอบแบบยกเลิกรับ",
        "The transaction can be cancelled, but it has no cancel boundary event.",
    ),
    Text(
        "การยกเลิกดำเนินต่อที่เหตุการณ์ขอบแบบยกเลิก (§10.3.5)",
        "After cancellation the process goes on at the cancel boundary event (§10.3.5).",
    ),
    Text("เพิ่มเหตุการณ์ขอบแบบยกเลิก", "Add one."),
    severity="warning",
)
def cancel_uncaught(subject: Subject) -> Iterator[Hit]:
    tree, hosts = subject.tree, _by_host(subject.tree)
    for transaction in tree.all("transaction"):
        thrown = any("cancel" in tree.kinds(end) for end in children(transaction, "endEvent"))
        guards = hosts.get(id_of(transaction), [])
        if thrown and not any("cancel" in tree.kinds(event) for event in guards):
            yield at(transaction)
