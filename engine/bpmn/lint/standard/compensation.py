"""Compensation: what undoes an activity, and who asks for it."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    Tree,
    id_of,
    is_event_subprocess,
    is_true,
    kind_of,
    scope_of,
    tag_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "compensation", Text("การชดเชย", "Compensation"))


def _boundaries(tree: Tree) -> Iterator[Element]:
    for event in tree.all("boundaryEvent"):
        if "compensate" in tree.kinds(event):
            yield event


def _handlers(tree: Tree, event: Element) -> list[Element]:
    found = []
    for line in tree.all("association"):
        source, target = tree.source(line), tree.target(line)
        if source is event and target is not None and tag_of(target) in words.ACTIVITIES:
            found.append(target)
    return found


@FAMILY.rule(
    "compensation-handler",
    Text(
        "เหตุการณ์ขอบแบบชดเชยมีกิจกรรมชดเชย {count} กิจกรรม",
        "The compensation boundary event has {count} handlers.",
    ),
    Text(
        "เชื่อมด้วยเส้นเชื่อมโยงไปยังกิจกรรมชดเชยเดียว (§10.7)",
        "An association leads to exactly one compensation activity (§10.7).",
    ),
    Text(
        "ลากเส้นเชื่อมโยงไปยังกิจกรรมชดเชยเดียว",
        "Draw one association to the activity that undoes the work.",
    ),
)
def compensation_handler(subject: Subject) -> Iterator[Hit]:
    for event in _boundaries(subject.tree):
        count = len(_handlers(subject.tree, event))
        if count != 1:
            yield at(event, count=count)


@FAMILY.rule(
    "compensation-unmarked",
    Text(
        "“{handler}” เป็นกิจกรรมชดเชยแต่ไม่ได้ตั้ง isForCompensation",
        "{handler!r} undoes work but is not marked isForCompensation.",
    ),
    Text(
        "กิจกรรมชดเชยอยู่นอกลำดับงานปกติ (§10.7)", "A handler stands outside of the normal flow (§10.7)."
    ),
    Text("ตั้ง isForCompensation เป็น true", "Set isForCompensation to true."),
)
def compensation_unmarked(subject: Subject) -> Iterator[Hit]:
    for event in _boundaries(subject.tree):
        for handler in _handlers(subject.tree, event):
            if not is_true(handler, "isForCompensation"):
                yield at(event, handler=id_of(handler))


@FAMILY.rule(
    "compensation-handler-scope",
    Text("กิจกรรมชดเชย “{handler}” อยู่คนละขอบเขต", "The handler {handler!r} lies in another scope."),
    Text(
        "กิจกรรมชดเชยอยู่ระดับเดียวกับกิจกรรมที่มันชดเชย (§10.7)",
        "A handler is on the level of what it undoes (§10.7).",
    ),
    Text("ย้ายกิจกรรมชดเชย", "Move the handler."),
)
def compensation_handler_scope(subject: Subject) -> Iterator[Hit]:
    for event in _boundaries(subject.tree):
        for handler in _handlers(subject.tree, event):
            if scope_of(handler) is not scope_of(event):
                yield at(event, handler=id_of(handler))


@FAMILY.rule(
    "compensation-flow",
    Text(
        "กิจกรรมหรือเหตุการณ์ชดเชยมีเส้นลำดับงาน",
        "A compensation activity or its boundary event has a sequence flow.",
    ),
    Text("การชดเชยอยู่นอกลำดับงานปกติ (§10.7)", "Compensation is outside of the normal flow (§10.7)."),
    Text("ลบเส้น ใช้เส้นเชื่อมโยงแทน", "Remove the flow; use an association."),
)
def compensation_flow(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for event in _boundaries(tree):
        if tree.outgoing(event):
            yield at(event)
    for activity in tree.all(*words.ACTIVITIES):
        connected = tree.incoming(activity) or tree.outgoing(activity)
        if is_true(activity, "isForCompensation") and connected:
            yield at(activity)


@FAMILY.rule(
    "compensation-orphan",
    Text("กิจกรรมชดเชยไม่มีเหตุการณ์ใดเรียก", "Nothing leads to this compensation activity."),
    Text(
        "กิจกรรมชดเชยทำงานผ่านเหตุการณ์ขอบแบบชดเชย (§10.7)",
        "It is reached from a compensation boundary event (§10.7).",
    ),
    Text(
        "ลากเส้นเชื่อมโยงจากเหตุการณ์ขอบแบบชดเชย",
        "Draw an association from a compensation boundary event.",
    ),
)
def compensation_orphan(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    reached = [handler for event in _boundaries(tree) for handler in _handlers(tree, event)]
    for activity in tree.all(*words.ACTIVITIES):
        handles = is_true(activity, "isForCompensation") and not is_event_subprocess(activity)
        if handles and not any(handler is activity for handler in reached):
            yield at(activity)


@FAMILY.rule(
    "compensation-target",
    Text(
        "“{activity}” ที่จะชดเชยไม่มีการชดเชย หรือมองไม่เห็นจากที่นี่",
        "{activity!r} has nothing that undoes it, or cannot be seen from here.",
    ),
    Text(
        "activityRef หมายถึงกิจกรรมในขอบเขตเดียวกันที่มีการชดเชย (§10.7, §10.5.6)",
        "activityRef means an activity of the same scope that has a handler (§10.7, §10.5.6).",
    ),
    Text(
        "เลือกกิจกรรมที่มีเหตุการณ์ขอบแบบชดเชย", "Choose an activity with a compensation boundary event."
    ),
)
def compensation_target(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    guarded = {event.get("attachedToRef") for event in _boundaries(tree)}
    for definition in tree.all("compensateEventDefinition"):
        target = tree.find(definition.get("activityRef"), definition)
        if target is None or tag_of(target) not in words.ACTIVITIES:
            continue
        undone = id_of(target) in guarded or tag_of(target) in (*words.SUBPROCESSES, "callActivity")
        if not undone or not _visible(target, definition):
            yield at(definition, activity=id_of(target))


def _visible(target: Element, definition: Element) -> bool:
    scope = scope_of(definition)
    while scope is not None:
        if scope_of(target) is scope:
            return True
        if not is_event_subprocess(scope):
            return False
        scope = scope_of(scope)
    return False


@FAMILY.rule(
    "compensation-catch-target",
    Text("เหตุการณ์รับการชดเชยระบุกิจกรรมเอง", "A catching compensation event names an activity."),
    Text("กิจกรรมมาจากที่ซึ่งเหตุการณ์ติดอยู่ (§10.5.6)", "It concerns what it is attached to (§10.5.6)."),
    Text("ลบ activityRef", "Remove activityRef."),
)
def compensation_catch_target(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all("boundaryEvent", "startEvent"):
        for definition in subject.tree.definitions(event):
            if kind_of(definition) == "compensate" and definition.get("activityRef"):
                host = event.get("attachedToRef")
                if definition.get("activityRef") != host:
                    yield at(event)
