"""Every marking that a process can reach, without running it.

Steps that cannot influence each other are not tried in every order: a token that no other token can
hinder moves alone, those closest to the start first, so that tokens which could meet do. Whatever
ends other tokens (terminate, errors) moves last, so that nothing seems dead because of it. A step
is told as a reader sees it: a node is entered, perhaps a boundary event happens, and it is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.bpmn.model import Process
from engine.bpmn.net.marking import Marking, Token, Transition, fire
from engine.bpmn.net.net import Net
from engine.bpmn.net.places import Place

MOST_MARKINGS = 5_000
ENDING = {"terminate", "error", "cancel"}


@dataclass(frozen=True, slots=True)
class Step:
    """From one marking to another, through these elements."""

    passed: tuple[str, ...]
    target: Marking


@dataclass(slots=True)
class Board:
    """All that was reached: the steps from each marking, and what is wrong with some of them."""

    start: Marking
    steps: dict[Marking, list[Step]] = field(default_factory=dict)
    came_from: dict[Marking, tuple[Marking, tuple[str, ...]]] = field(default_factory=dict)
    standing: dict[Marking, tuple[str, ...]] = field(default_factory=dict)  # before which elements
    stuck: list[Marking] = field(default_factory=list)
    doubled: dict[str, Marking] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    complete: bool = True

    def path_to(self, marking: Marking) -> list[str]:
        """The elements passed on the way to a marking."""
        parts: list[tuple[str, ...]] = []
        while marking in self.came_from:
            marking, passed = self.came_from[marking]
            parts.append(passed)
        return [element for part in reversed(parts) for element in part]


# How many tokens stand in a scope: "at" a node, on a "flow", or in a "race" behind a gateway.
Standing = tuple[str, tuple[tuple[tuple[str, str], int], ...]]


def explore(process: Process, budget: int = MOST_MARKINGS, start: Standing | None = None) -> Board:
    """Every marking that can be reached from the start of the process, or from where the tokens of
    one of its scopes stand, as far as the budget goes."""
    game = _Exploration(Net({process.id: process}, process.id, early=True))
    board = Board(game.net.start() if start is None else game.standing(*start))
    pending = [board.start]
    while pending:
        marking = pending.pop()
        if marking in board.steps:
            continue
        if len(board.steps) >= budget:
            board.complete = False
            break
        moving = game.moving(marking)
        steps = board.steps[marking] = game.steps(dict(marking), moving)
        _check(board, marking, [(game.element(token), count) for token, count in moving])
        for step in steps:
            board.entered.update(step.passed)
            if step.target not in board.steps and step.target not in board.came_from:
                board.came_from[step.target] = (marking, step.passed)
                pending.append(step.target)
    return board


def _check(board: Board, marking: Marking, standing: list[tuple[str, int]]) -> None:
    board.standing[marking] = tuple(sorted(element for element, _ in standing))
    if marking and not board.steps[marking]:
        board.stuck.append(marking)
    for element in sorted(element for element, count in standing if count > 1):
        board.doubled.setdefault(element, marking)


class _Exploration:
    """In which order tokens move, and what a reader is told of it as one step."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.places = net.places
        self.ranks = self._ranks()
        self._elements: dict[Token, str] = {}
        self._urgent: dict[Token, tuple[int, int, str]] = {}

    def standing(self, scope: str, places: Iterable[tuple[tuple[str, str], int]]) -> Marking:
        """The marking of tokens that stand in a scope; what the drawing does not have is left."""
        found: dict[Token, int] = {}
        for (kind, name), count in places:
            names = [name]
            if kind == "race":
                names = [flow.id for flow in self.places.drawn(scope).out_of.get(name, ())]
            for each in names:
                token = Token(scope, "flow" if kind == "race" else kind, each)
                if self.net.knows(token):
                    found[token] = min(found.get(token, 0) + count, self.net.most)
        return tuple(sorted(found.items()))

    def moving(self, marking: Marking) -> list[tuple[Token, int]]:
        """The tokens that may have to move: all but those in a subprocess that is still running."""
        busy = {token.scope for token, _ in marking}
        return [
            (token, count)
            for token, count in marking
            if token.kind != "at" or f"{token.scope}/{token.name}" not in busy
        ]

    def steps(self, tokens: Mapping[Token, int], moving: list[tuple[Token, int]]) -> list[Step]:
        """What can happen next: all alternatives of one token, [] when nothing can."""
        for token in sorted((token for token, _ in moving), key=self._urgency):
            found = list(self._steps_of(tokens, token))
            if found:
                return found
        return []

    def element(self, token: Token) -> str:
        """The node that a token stands before, or in."""
        if token not in self._elements:
            reached = self.places.drawn(token.scope).reached(token)
            self._elements[token] = reached[0] if reached else token.name
        return self._elements[token]

    def _urgency(self, token: Token) -> tuple[int, int, str]:
        if token not in self._urgent:
            element = self.element(token)
            drawn = self.places.drawn(token.scope)
            node = drawn.nodes[element]
            late = 0
            if drawn.is_join(node):
                late = 2 if node.tag == "inclusiveGateway" else 1
            elif node.tag == "endEvent" and ENDING & {event.kind for event in node.events}:
                late = 3
            via = "!" if token.kind == "at" else token.name
            self._urgent[token] = late, self.ranks.get((token.scope, element), 0), via
        return self._urgent[token]

    # ── steps ──────────────────────────────────────────────────────────────────────────────

    def _steps_of(self, tokens: Mapping[Token, int], token: Token) -> Iterator[Step]:
        if token.kind == "at":
            place = Place(token.scope, self.places.drawn(token.scope).nodes[token.name])
            yield from self._leaving((), tokens, place)
            yield from self._caught_at(tokens, place)
            return
        joins = (t for place in self.net.joins(token) for t in self.net.joining(tokens, place))
        for entering in (*self.net.nodes.transitions(token), *joins):
            place = Place(token.scope, entering.node)
            passed = (entering.node.id, *self.net.nodes.undone_by(place))
            for entered in self._told(passed, tokens, entering):
                yield from self._after(entered, place)

    def _told(
        self, passed: tuple[str, ...], tokens: Mapping[Token, int], by: Transition
    ) -> Iterator[Step]:
        """A transition, and at once the boundary event that catches what it throws."""
        after = fire(tokens, by, self.net.most)
        if after is None:
            return
        thrown = next((token for token in by.gives if token.kind == "thrown"), None)
        if thrown is None:
            yield Step(passed, after)
            return
        for catching in self.net.nodes.transitions(thrown):
            yield from self._told((*passed, catching.node.id), dict(after), catching)

    def _after(self, entered: Step, place: Place) -> Iterator[Step]:
        """What follows at once when a node was entered: boundary events, and leaving it."""
        scope, node = place
        tokens = dict(entered.target)
        if not self.places.stays(scope, node):
            yield entered
            return
        passed = entered.passed
        yield from self._gone(entered, place)
        for catching in self.net.nodes.caught(place):
            for step in self._told((*passed, catching.node.id), tokens, catching):
                if catching.node.interrupting:
                    yield step
                else:
                    yield from self._gone(step, place)

    def _gone(self, step: Step, place: Place) -> Iterator[Step]:
        """A node without a body is left in the same step."""
        if self.places.entry(self.places.body(*place)):
            yield step
            return
        yield from self._leaving(step.passed, dict(step.target), place)

    def _leaving(
        self, passed: tuple[str, ...], tokens: Mapping[Token, int], place: Place
    ) -> Iterator[Step]:
        for leaving in self.net.nodes.leaving(place):
            yield from self._told(passed, tokens, leaving)

    def _caught_at(self, tokens: Mapping[Token, int], place: Place) -> Iterator[Step]:
        """A token that has stood in an activity from the start may be led away from it, too."""
        has_body = bool(self.places.entry(self.places.body(*place)))
        for catching in self.net.nodes.caught(place):
            for step in self._told((catching.node.id,), tokens, catching):
                if catching.node.interrupting:
                    yield step
                elif not has_body:
                    yield from self._leaving(step.passed, dict(step.target), place)

    # ── order ──────────────────────────────────────────────────────────────────────────────

    def _ranks(self) -> dict[tuple[str, str], int]:
        """Reverse postorder from the start: a node's rank is above those that lead to it."""
        order: list[tuple[str, str]] = []
        seen: set[tuple[str, str]] = set()
        for entry in self.places.drawn(self.net.key).entries:
            first = (self.net.key, entry.id)
            stack: list[tuple[tuple[str, str], Iterator[tuple[str, str]]]] = []
            if first not in seen:
                seen.add(first)
                stack.append((first, self._next(*first)))
            while stack:
                key, following = stack[-1]
                unseen = next((n for n in following if n not in seen), None)
                if unseen is None:
                    order.append(key)
                    stack.pop()
                else:
                    seen.add(unseen)
                    stack.append((unseen, self._next(*unseen)))
        return {key: rank for rank, key in enumerate(reversed(order))}

    def _next(self, scope: str, node_id: str) -> Iterator[tuple[str, str]]:
        drawn = self.places.drawn(scope)
        yield from ((scope, flow.target) for flow in drawn.out_of[node_id])
        yield from ((scope, guard.id) for guard in drawn.guards[node_id])
        body = self.places.body(scope, drawn.nodes[node_id])
        if body:
            yield from ((body, entry.id) for entry in self.places.drawn(body).entries)
