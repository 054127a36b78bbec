"""Whether a case went the way of its diagram: nothing skipped, doubled, out of order or foreign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from engine.bpmn.conformance import Move, Observed, align
from engine.bpmn.model import Node
from engine.bpmn.net import ENTERED, LEFT, Marking, Symbol
from engine.ground.text import Text
from engine.store.tables import HistoryEvent
from office.audit.conformance.deviations import NOTICE, Deviation
from office.audit.conformance.record import Record, Stretch

SIGNS = {"activity_entered": ENTERED, "activity_completed": LEFT}
CLOSING = Text("การปิดเรื่อง", "the case is closed")


def check_course(record: Record) -> Iterator[Deviation]:
    """Compare the recorded steps with the diagram, version by version."""
    marking: Marking = record.stretches[0].version.net.start()
    for index, stretch in enumerate(record.stretches):
        if index:
            before = record.stretches[index - 1].version
            yield _migrated(record, before.definition.id, stretch)
            marking = before.net.carried(marking, stretch.version.net, stretch.renamed)
        is_last = index == len(record.stretches) - 1
        complete = is_last and record.instance.status == "completed"
        events = [event for event in stretch.events if event.type in SIGNS]
        trace = [Observed(Symbol(SIGNS[e.type], e.element_id), e.seq) for e in events]
        aligned = align(stretch.version.net, trace, marking, complete=complete)
        marking = aligned.marking
        yield from _told(record, stretch, events, aligned.moves)
        if not aligned.checked:
            yield _unchecked(record, events, aligned.moves)
    yield from _rounds(record)
    yield from _loose_records(record)


def _migrated(record: Record, source: str, stretch: Stretch) -> Deviation:
    event = stretch.events[0] if stretch.events else None
    target = stretch.version.definition.id
    return record.deviation("migrated", "", event, severity=NOTICE, source=source, target=target)


def _unchecked(record: Record, events: Sequence[HistoryEvent], moves: list[Move]) -> Deviation:
    position = moves[-1].position if moves else 0
    event = events[min(position, len(events) - 1)] if events else None
    seq = event.seq if event is not None else 0
    return record.deviation("unjudged", "", event, severity=NOTICE, seq=seq)


def _told(
    record: Record, stretch: Stretch, events: Sequence[HistoryEvent], moves: list[Move]
) -> Iterator[Deviation]:
    """The moves that do not fit, step by step: what is missing here and recorded there was done
    out of order."""
    extra = {m.symbol for m in moves if m.kind == "extra"}
    missing = {m.symbol for m in moves if m.kind == "missing"}
    told: set[tuple[str, str]] = set()
    for move in moves:
        element, kind = move.symbol.element, move.kind
        if kind == "fits" or (kind, element) in told or not _counts(stretch, move, moves):
            continue
        told.add((kind, element))
        event = events[move.position] if move.position < len(events) else None
        if kind == "missing":
            if move.symbol not in extra:
                yield _missing(record, element, event)
        elif move.symbol in missing:
            yield _out_of_order(record, events, moves, move)
        else:
            yield _extra(record, stretch, moves, move, event)


def _counts(stretch: Stretch, move: Move, moves: list[Move]) -> bool:
    """A gateway says nothing by itself when the steps around it are told; a leaving neither when
    its entering is."""
    node = stretch.version.net.elements.get(move.symbol.element)
    if move.symbol.sign == LEFT:
        entering = Symbol(ENTERED, move.symbol.element)
        return not any(m.symbol == entering and m.kind == move.kind for m in moves)
    if node is None or not node.is_gateway:
        return True
    steps = (m for m in moves if m.kind != "fits" and m.symbol.sign == ENTERED)
    return not any(
        _is_no_gateway(stretch.version.net.elements.get(m.symbol.element)) for m in steps
    )


def _is_no_gateway(node: Node | None) -> bool:
    return node is None or not node.is_gateway


def _missing(record: Record, element: str, event: HistoryEvent | None) -> Deviation:
    if event is None:
        ended = record.events[-1] if record.events else None
        return record.deviation("unfinished", element, ended)
    return record.deviation("skipped", element, event, next=_before(record, event))


def _out_of_order(
    record: Record, events: Sequence[HistoryEvent], moves: list[Move], move: Move
) -> Deviation:
    place = next(i for i, m in enumerate(moves) if m.kind == "missing" and m.symbol == move.symbol)
    position = moves[place].position
    if move.position < position:  # too early: after what should it have been done?
        done = [m.symbol.element for m in moves[:place] if m.kind == "fits"]
        step = record.step(done[-1])
        words = Text(f"หลัง “{step.th}”", f"after “{step.en}”")
    else:
        before = _before(record, events[position] if position < len(events) else None)
        words = Text(f"ก่อน{before.th}", f"before {before.en}")
    event = events[move.position]
    return record.deviation("out_of_order", move.symbol.element, event, place=words)


def _extra(
    record: Record,
    stretch: Stretch,
    moves: list[Move],
    move: Move,
    event: HistoryEvent | None,
) -> Deviation:
    element = move.symbol.element
    if element not in stretch.version.net.elements:
        return record.deviation("foreign", element, event)
    fits = any(m.kind == "fits" and m.symbol == move.symbol for m in moves)
    return record.deviation("doubled" if fits else "unexpected", element, event)


def _before(record: Record, event: HistoryEvent | None) -> Text:
    if event is None:
        return CLOSING
    step = record.step(event.element_id)
    return Text(f" “{step.th}”", f"“{step.en}”")


def _rounds(record: Record) -> Iterator[Deviation]:
    """Steps of people that were done more than once: the rounds that an auditor asks about."""
    done = [event for event in record.events if event.type == "task_completed"]
    counts = Counter(event.element_id for event in done)
    for element, count in counts.items():
        node = record.node(element)
        if count > 1 and node is not None and node.loop is None:
            last = next(event for event in reversed(done) if event.element_id == element)
            yield record.deviation("repeated", element, last, severity=NOTICE, count=count)


TASK_ACTS = ("task_claimed", "task_released", "task_reassigned", "task_completed")


def _loose_records(record: Record) -> Iterator[Deviation]:
    """Acts on a task that was never created, or was over already."""
    created: dict[str, str] = {}
    over: set[str] = set()
    for event in record.events:
        task = str(event.data.get("task", ""))
        if event.type == "task_created":
            created[task] = event.element_id
        elif event.type in TASK_ACTS:
            renamed = task in record.tasks and record.tasks[task].element_id == event.element_id
            known = task in created and (created[task] == event.element_id or renamed)
            if not known or task in over:
                yield record.deviation("loose_record", event.element_id, event, type=event.type)
            if event.type == "task_completed":
                over.add(task)
    if record.instance.status == "cancelled":
        ended = record.events[-1] if record.events else None
        yield record.deviation("cancelled", "", ended, severity=NOTICE)
