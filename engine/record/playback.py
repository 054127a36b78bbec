"""A case step by step: every recorded event with the state it left behind.

Nothing here interprets a diagram. The recorded commands are run again by the engine itself, as
`engine.replay` does for the proof, and what the engine shows on the way is kept.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bpmn.model import Node
from engine.bpmn.running.compile import Definition
from engine.bpmn.running.execution import Execution
from engine.ground.canonical import digest
from engine.record import replay
from engine.store.tables import HistoryEvent, ProcessInstance
from engine.store.work import Work
from engine.turn.definitions import load_bundle

Data = dict[str, Any]
PLAYBACKS_KEPT = 32
# Recorded just before the data they bring reach the branch: to a reader both are one moment.
ACTS = frozenset({"task_completed", "job_completed", "message_received", "decision_evaluated"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token on a drawn element; `id` is also that of the user task or job it waits for."""

    id: str
    element_id: str
    process_key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """A timer, message or signal that was waited for, with the moment as believed then."""

    element_id: str
    kind: str
    name: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Frame:
    """The case at one moment."""

    definition_id: str
    tokens: tuple[Token, ...]
    awaited: tuple[Awaited, ...]
    variables: Mapping[str, Any]
    process_key: str = ""  # of the element the event speaks of
    flow: str = ""  # the sequence flow by which a token came
    given: Mapping[str, Any] | None = None  # what a decision was asked with


@dataclass(frozen=True, slots=True)
class Offer:
    """A user task as it was offered: to whom, due when, and the variables its form could see."""

    element_id: str
    candidate_groups: tuple[str, ...]
    due: datetime | None
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """One command done again: what it recorded, in order, and the case at rest after it."""

    seq: int
    kind: str
    variables: Mapping[str, Any]  # what was handed in
    entries: tuple[tuple[str, str, Frame], ...]  # type, element id
    rest: Frame
    is_recorded_state: bool


@dataclass(frozen=True, slots=True)
class Playback:
    """All moves of a case; `trouble` tells where doing it again came to a halt."""

    moves: Mapping[int, Move]
    offers: Mapping[str, Offer]  # by task id
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded event with the case as the event left it."""

    event: HistoryEvent
    frame: Frame
    before: Mapping[str, Any]  # the variables until then
    round: int  # how often the element had been entered, this time included
    is_proved: bool  # the state after its command is the recorded one


class Playbacks:
    """The cases played last, in memory only; a new command makes an old playback worthless."""

    def __init__(self, size: int = PLAYBACKS_KEPT) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Playback] = OrderedDict()

    def get(self, instance_id: str, head: str) -> Playback | None:
        with self._lock:
            found = self._kept.get((instance_id, head))
            if found is not None:
                self._kept.move_to_end((instance_id, head))
            return found

    def put(self, instance_id: str, head: str, playback: Playback) -> None:
        with self._lock:
            self._kept[instance_id, head] = playback
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def play(work: Work, instance_id: str) -> Playback:
    """Do a case again from its record, or take what was done for an earlier look."""
    instance = work.session.get_one(ProcessInstance, instance_id)
    kept = work.machine.cache(Playbacks).get(instance_id, instance.command_head)
    if kept is None:
        kept = _play(work, instance)
        work.machine.cache(Playbacks).put(instance_id, instance.command_head, kept)
    return kept


def steps(work: Work, instance_id: str, playback: Playback) -> list[Step]:
    """The case's events in order, each beside the frame that the re-execution gave for it."""
    query = sa.select(HistoryEvent).where(HistoryEvent.instance_id == instance_id)
    found: list[Step] = []
    rounds: Counter[str] = Counter()
    before: Mapping[str, Any] = {}
    pending: dict[int, list[tuple[str, str, Frame]]] = {
        seq: list(move.entries) for seq, move in playback.moves.items()
    }
    for event in work.session.scalars(query.order_by(HistoryEvent.seq)):
        move = playback.moves.get(event.command_seq)
        if move is None:
            break  # doing it again came to a halt before this event
        frame = _frame_of(event, pending[move.seq], move.rest)
        if event.type == "activity_entered":
            rounds[event.element_id] += 1
        round = max(rounds[event.element_id], 1) if event.element_id else 0
        found.append(Step(event, frame, before, round, move.is_recorded_state))
        before = frame.variables
    return found


def _frame_of(event: HistoryEvent, pending: list[tuple[str, str, Frame]], rest: Frame) -> Frame:
    """What the machine recorded has a frame of its own; what followed it (a task's row, an office's
    own event) finds the case at rest."""
    if pending and pending[0][:2] == (event.type, event.element_id):
        return pending.pop(0)[2]
    return pending[0][2] if pending else rest


def _play(work: Work, instance: ProcessInstance) -> Playback:
    moves: dict[int, Move] = {}
    execution: _Watched | None = None
    for command in replay.commands(work, instance.id):
        if execution is None:
            first = str(command.body.get("definition", instance.definition_id))
            bundle = load_bundle(work, first)
            execution = _Watched.begin(bundle.definition, instance.id)
            execution.definition_id = first
        try:
            if command.kind == "migrate":
                execution.definition_id = str(command.body["target"])
                bundle = load_bundle(work, execution.definition_id)
            state = replay.step(execution, command, bundle)
        except Exception as error:  # whatever stops it is shown in its place; the steps before stay
            return Playback(moves, execution.offered, f"{command.seq} {command.kind}: {error}")
        moves[command.seq] = Move(
            command.seq,
            command.kind,
            command.body.get("variables") or {},
            _with_what_they_brought(execution.frames),
            execution.frame(),
            digest(state) == command.state_hash,
        )
    return Playback(moves, {} if execution is None else execution.offered)


def _with_what_they_brought(
    entries: Sequence[tuple[str, str, Frame]],
) -> tuple[tuple[str, str, Frame], ...]:
    found = list(entries)
    for index in range(len(found) - 2, -1, -1):
        type, element, frame = found[index]
        if type in ACTS:
            brought = found[index + 1][2].variables
            found[index] = (type, element, replace(frame, variables=brought))
    return tuple(found)


class _Watched(Execution):
    """The engine's own execution of a case, looked at whenever it records something."""

    def __init__(self, case: Any, definition: Definition) -> None:
        super().__init__(case, definition)
        self.definition_id = ""
        self.offered: dict[str, Offer] = {}
        self.given: Mapping[str, Any] | None = None

    def enter(self, surroundings: Any) -> None:
        self.frames: list[tuple[str, str, Frame]] = []
        super().enter(surroundings)

    def record(self, type: str, node: Node, data: Mapping[str, Any] | None = None) -> None:
        count = len(self.changes.events)
        super().record(type, node, data)
        if len(self.changes.events) > count:
            frame = self._spoken_of(node, is_arrival=type == "activity_entered")
            self.frames.append((type, node.drawn or node.id, frame))

    def decide(self, decision: str, data: Mapping[str, Any], node: Node) -> Any:
        self.given = dict(data)
        try:
            return super().decide(decision, data, node)
        finally:
            self.given = None

    def offers(self) -> dict[UUID, Data]:
        found = super().offers()
        lent, results = self.surroundings, list(self.changes.results)
        # Looking must not ask the office for anything that the record does not hold.
        self.surroundings = replace(lent, call=lambda *_asked: None)
        for identifier, offer in found.items():
            token = self.changes.opened_tasks[identifier]
            self.offered[identifier.hex] = Offer(
                token.node.id,
                tuple(offer["candidate_groups"]),
                _moment(offer["due_date"]),
                token.task_spec.local(token),
            )
        self.surroundings, self.changes.results = lent, results
        return found

    def frame(self) -> Frame:
        """The case as it is now."""
        tokens = tuple(
            Token(token.id.hex, element, self.process_of(token), token.node.tag)
            for token, element in self.standing()
        )
        awaited = tuple(
            Awaited(
                token.node.drawn or token.node.id,
                token.facts["kind"],
                str(token.facts.get("name") or ""),
                _moment(token.facts.get("due")),
            )
            for token in self.waiting()
        )
        return Frame(self.definition_id, tokens, awaited, self.variables())

    def _spoken_of(self, node: Node, *, is_arrival: bool) -> Frame:
        """The case as it is now, with the token on the node that something is being said of: just
        before it is there, or just after it left, the case itself does not count it."""
        frame, token = self.frame(), self.latest_on(node)
        if token is None:
            return replace(frame, given=self.given)
        process = self.process_of(token)
        here = Token(token.id.hex, node.drawn or node.id, process, node.tag)
        is_new = is_arrival and all(each.id != here.id for each in frame.tokens)
        return replace(
            frame,
            tokens=(*frame.tokens, here) if is_new else frame.tokens,
            variables={**frame.variables, **token.workflow.changed(token)},
            process_key=process,
            flow=str(token.facts.get("flow") or "") if is_arrival else "",
            given=self.given,
        )


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
