"""What a next version draws otherwise where a case stands, so that it could not go on as drawn."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.bpmn.model import Node
from engine.bpmn.net import explore
from engine.bpmn.running.compile import Definition
from engine.bpmn.running.specs import (
    BoundaryEvent,
    EventBasedGateway,
    FlowNode,
    Join,
    MultiInstance,
    MultipleCatch,
    SubprocessTask,
    drawn_name,
    name_of,
)
from engine.bpmn.running.specs.flow_node import RESERVED
from engine.bpmn.running.tokens import Token
from engine.ground.text import Text

MOST_MARKINGS = 2_000  # looked at from where one case stands

GONE = Text("{element}: รุ่นใหม่ไม่มีขั้นตอนนี้", "{element}: the target has no such element")
ELSEWHERE = Text(
    "{element}: รุ่นใหม่ย้ายขั้นตอนนี้ไปอยู่ในกระบวนงานย่อยอื่นหรือขอบเขตอื่น",
    "{element}: it stands in another scope in the target",
)
OTHER_KIND = Text("{element}: รุ่นใหม่เปลี่ยนเป็นชนิดอื่น", "{element}: it is of another kind in the target")
NO_SCOPE = Text(
    "{element}: รุ่นใหม่ไม่มีกระบวนงานย่อยนี้ หรือไม่มีกระบวนงานย่อยตามเหตุการณ์ในนั้น",
    "{element}: the target has no such subprocess, or no event subprocesses in it",
)
UNDOING = Text(
    "{element}: กำลังยกเลิกผลของขั้นตอนอยู่ในขณะนี้",
    "{element}: what it undoes is being undone just now",
)
CANNOT_UNDO = Text(
    "{element}: ทำเสร็จแล้ว แต่รุ่นใหม่ยกเลิกผลของขั้นตอนนี้ไม่ได้",
    "{element}: it is done, and the target cannot undo it",
)
OTHER_HOST = Text(
    "{element}: รุ่นใหม่ติดเหตุการณ์นี้ไว้กับขั้นตอนอื่น ไม่ใช่ {host}",
    "{element}: in the target it is on another activity, not on {host}",
)
OTHER_CALL = Text(
    "{element}: รุ่นใหม่เรียกกระบวนงานอื่น", "{element}: it calls another process in the target"
)
OTHER_WAY_IN = Text(
    "{element}: เรื่องรออยู่ที่จุดรวมนี้แล้ว แต่รุ่นใหม่ไม่มีเส้นที่เรื่องเข้ามา",
    "{element}: the case waits at this join, and the flow it came by is another in the target",
)
WAITS_FOR_EVER = Text(
    "{element}: เมื่อย้ายไปแล้ว เรื่องจะค้างที่จุดนี้ตลอดไป",
    "{element}: moved there, the case would wait here for ever",
)
RUNS_TWICE = Text(
    "{element}: เมื่อย้ายไปแล้ว ขั้นตอนนี้จะทำงานซ้ำสองครั้ง",
    "{element}: moved there, the case would do this twice at the same time",
)
OTHER_ALTERNATIVES = Text(
    "{element}: รุ่นใหม่เปลี่ยนทางเลือกของเหตุการณ์ที่เรื่องรออยู่",
    "{element}: the target has other alternatives to the event that is awaited",
)


class CannotMove(Exception):
    """A token stands where the target has no place for it; the text names the element."""

    def __init__(self, text: Text, element: str, **facts: object) -> None:
        self.text = text.format(element=element, **facts)
        super().__init__(self.text.en)


def shown(node: Node) -> str:
    """The drawn element that a node stands for."""
    return shown_name(node.drawn or node.id)


def shown_name(name: str) -> str:
    """What people call it: ids that a rewrite made are shown to nobody."""
    identifier = drawn_name(name)
    return identifier.partition(".")[2] if identifier.startswith("~") else identifier


def renamed(name: str, mapping: Mapping[str, str]) -> str:
    """The target's name for a drawn node, or for a part that the compiler made of it."""
    if name in RESERVED:
        return name  # SpiffWorkflow's own, where a scope begins: a drawn node never has such a name
    drawn = drawn_name(name)
    return name_of(mapping.get(drawn, drawn)) + name[len(name_of(drawn)) :]


def scope_name(name: str, mapping: Mapping[str, str]) -> str:
    return "/".join(renamed(part, mapping) for part in name.split("/"))


@dataclass(frozen=True)
class Move:
    """From one version of a process to another."""

    source: Definition
    target: Definition
    mapping: Mapping[str, str]

    def check(self, scope: Any) -> None:
        """Refuse what the scope's tokens could not go on from; each has a place in the target.

        Raises:
            CannotMove: the first thing that is drawn otherwise where the case stands.
        """
        specs = self.target.subprocess_specs[scope_name(scope.spec.name, self.mapping)].task_specs
        for token in scope.live():
            self._check_token(token, specs)
        self._check_course(scope)

    def _check_token(self, token: Token, specs: Mapping[str, FlowNode]) -> None:
        old: Any = token.task_spec
        new: Any = specs.get(renamed(old.name, self.mapping))
        if new is None:
            return  # an event that watches no more: all others have a place
        if isinstance(old, BoundaryEvent) and "guards" in token.facts:
            self._check_host(token, new, specs)
        elif isinstance(old, Join) and "flow" in token.facts:
            self._check_way_in(token, new, specs)
        elif isinstance(old, SubprocessTask) and scope_name(old.spec, self.mapping) != new.spec:
            raise CannotMove(OTHER_CALL, shown(old.node))
        elif _repeats(old) != _repeats(new) or _triggers(old) != _triggers(new):
            raise CannotMove(OTHER_KIND, shown(old.node))
        if "race" in token.facts:
            self._check_race(token, specs)

    def _check_host(self, token: Token, new: Any, specs: Mapping[str, FlowNode]) -> None:
        host = token.task_spec.activity_of(token).task_spec
        there = specs.get(renamed(host.name, self.mapping))
        if there is None or new not in there.boundaries:
            raise CannotMove(OTHER_HOST, shown(token.node), host=shown(host.node))
        if len(token.task_spec.together) != len(new.together):
            raise CannotMove(OTHER_KIND, shown(token.node))

    def _check_way_in(self, token: Token, new: Any, specs: Mapping[str, FlowNode]) -> None:
        flow = token.facts["flow"]
        came_from = {renamed(n, self.mapping) for n in _sources(token.workflow.spec, flow)}
        if came_from != _sources_in(specs, flow, new.name) or len(new.incoming) < 2:
            raise CannotMove(OTHER_WAY_IN, shown(token.node))

    def _check_race(self, token: Token, specs: Mapping[str, FlowNode]) -> None:
        for gateway in _before(token):
            now = specs.get(renamed(gateway.name, self.mapping))
            ways = {renamed(way.target, self.mapping) for way in gateway.ways}
            if now is None or {way.target for way in now.ways} != ways:
                raise CannotMove(OTHER_ALTERNATIVES, shown(token.node))

    def _check_course(self, scope: Any) -> None:
        """Play the target from where the scope stands: no token may be stuck there, or doubled,
        where the source would have gone on."""
        name = scope.spec.name
        places = list(_places(scope))
        before = _outcome(self.source, name, tuple(sorted(Counter(places).items())))
        moved = Counter((kind, self._drawn(id)) for kind, id in places)
        after = _outcome(self.target, self._moved(name), tuple(sorted(moved.items())))
        stuck, doubled = ({self._drawn(node) for node in found} for found in before)
        for node in after.stuck:
            if node not in stuck:
                raise CannotMove(WAITS_FOR_EVER, shown_name(node))
        if after.doubled and not doubled:  # a step that was put behind one done twice is one more
            raise CannotMove(RUNS_TWICE, shown_name(after.doubled[0]))

    def _moved(self, scope: str) -> str:
        return "/".join(self._drawn(part) for part in scope.split("/"))

    def _drawn(self, node: str) -> str:
        return self.mapping.get(node, node)


def _repeats(spec: Any) -> str:
    """How the instances of an activity follow each other, once they have begun."""
    loop = spec.node.loop
    return loop.kind if loop is not None and isinstance(spec, MultiInstance) else ""


def _triggers(spec: Any) -> tuple[int, bool]:
    if not isinstance(spec, MultipleCatch):
        return 0, False
    return len(spec.parts), spec.node.parallel_multiple


def _sources(spec: Any, flow: str) -> set[str]:
    return {
        other.name
        for other in spec.task_specs.values()
        if any(way.flow == flow for way in getattr(other, "ways", ()))
    }


def _sources_in(specs: Mapping[str, FlowNode], flow: str, target: str) -> set[str]:
    return {
        other.name
        for other in specs.values()
        for way in getattr(other, "ways", ())
        if (way.flow, way.target) == (flow, target)
    }


def _before(token: Token) -> Iterator[EventBasedGateway]:
    for other in token.workflow.spec.task_specs.values():
        targets = [way.target for way in getattr(other, "ways", ())]
        if isinstance(other, EventBasedGateway) and token.task_spec.name in targets:
            yield other


def _places(scope: Any) -> Iterator[tuple[str, str]]:
    """Where the tokens of a scope stand: at a node, on a flow, or in a race behind a gateway."""
    raced: set[str] = set()
    for token in scope.live():
        facts = token.facts
        if "guards" in facts or token.task_spec.loop_owner is not None:
            continue
        if facts.get("race") in raced:
            continue
        if "race" in facts:
            raced.add(facts["race"])
            yield "race", next(gateway.node.id for gateway in _before(token))
        elif isinstance(token.task_spec, Join):
            yield "flow", facts["flow"]
        else:
            yield "at", token.node.id


@dataclass(frozen=True)
class _Question:
    key: tuple[object, ...]
    definition: Definition = field(compare=False)  # kept, so that its id stays its own
    scope: str = field(compare=False)
    places: tuple[tuple[tuple[str, str], int], ...] = field(compare=False)


class Outcome(NamedTuple):
    """Where a case may be stuck, and what it may do twice at the same time."""

    stuck: tuple[str, ...]
    doubled: tuple[str, ...]


def _outcome(
    definition: Definition, scope: str, places: tuple[tuple[tuple[str, str], int], ...]
) -> Outcome:
    return _play(_Question((id(definition), scope, places), definition, scope, places))


# Many cases stand at the same places, and each answer takes some time to find.
@functools.lru_cache(maxsize=256)
def _play(question: _Question) -> Outcome:
    definition, scope = question.definition, question.scope
    key = scope.partition("/")[0]
    process = {definition.process.id: definition.process, **definition.called}[key]
    board = explore(process, MOST_MARKINGS, start=(scope, question.places))
    stuck = [element for marking in board.stuck for element in board.standing[marking]]
    return Outcome(tuple(stuck), tuple(board.doubled))
