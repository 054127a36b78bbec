"""The token game over the plain model: which markings a process can reach, without running it.

Conditions are left open, so every side of every decision is walked; every boundary event may happen
or not. Steps that cannot influence each other are not tried in every order: a token that no other
token can hinder moves alone, those closest to the start first, so that tokens which could meet do.
Whatever ends other tokens (terminate, errors) moves last, so that nothing seems dead because of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import NamedTuple

from engine.bpmn.desugar import begins_by_itself, desugar
from engine.bpmn.lint.undone import undone
from engine.bpmn.model import Flow, Node, Process, Scope

MOST_MARKINGS = 5_000
MANY_WAYS = 4  # of an inclusive choice: beyond, only each way alone and all together are tried


class Place(NamedTuple):
    """A token about to enter a node by a flow.

    Two marks stand for flows: "@" says that a subprocess is running, "!" that it has just finished.
    """

    node: str
    via: str


Marking = tuple[tuple[Place, int], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From one marking to another, through these elements."""

    passed: tuple[str, ...]
    target: Marking


@dataclass(slots=True)
class Board:
    """All that was reached: the steps from each marking, and what is wrong with some of them."""

    starts: list[Marking] = field(default_factory=list)
    steps: dict[Marking, list[Step]] = field(default_factory=dict)
    came_from: dict[Marking, tuple[Marking, tuple[str, ...]]] = field(default_factory=dict)
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


class Game:
    """The rules of the game for one process."""

    def __init__(self, process: Process) -> None:
        self.process = desugar(process)
        self.nodes: dict[str, Node] = {}
        self.scope_of: dict[str, Scope] = {}
        self.parent: dict[str, str] = {}  # node id -> id of the subprocess around it, "" at the top
        self.boundaries: dict[str, list[Node]] = defaultdict(list)
        self.into: dict[str, list[Flow]] = defaultdict(list)
        self.out_of: dict[str, list[Flow]] = defaultdict(list)
        self.upstream: dict[str, set[str]] = {}  # flow id -> nodes that lead to it
        self._index(self.process.body, "")
        self.rank = self._ranks()

    def _index(self, scope: Scope, parent: str) -> None:
        for flow in scope.flows.values():
            if flow.source not in scope.nodes or flow.target not in scope.nodes:
                continue  # told by the standard's rules
            self.into[flow.target].append(flow)
            self.out_of[flow.source].append(flow)
        for node in scope.nodes.values():
            self.nodes[node.id] = node
            self.scope_of[node.id] = scope
            self.parent[node.id] = parent
            if node.attached_to:
                self.boundaries[node.attached_to].append(node)
            if node.scope is not None:
                self._index(node.scope, node.id)

    def _entries(self, scope: Scope) -> list[Node]:
        starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
        if starts:
            return sorted(starts, key=lambda node: bool(node.events))
        return begins_by_itself(scope)[:1]

    def _ranks(self) -> dict[str, int]:
        """Reverse postorder from the start: a node's rank is above those that lead to it."""
        order: list[str] = []
        seen: set[str] = set()
        for entry in self._entries(self.process.body):
            stack: list[tuple[str, Iterator[str]]] = []
            if entry.id not in seen:
                seen.add(entry.id)
                stack.append((entry.id, self._next(entry)))
            while stack:
                node_id, following = stack[-1]
                unseen = next((n for n in following if n not in seen), None)
                if unseen is None:
                    order.append(node_id)
                    stack.pop()
                else:
                    seen.add(unseen)
                    stack.append((unseen, self._next(self.nodes[unseen])))
        return {node_id: rank for rank, node_id in enumerate(reversed(order))}

    def _next(self, node: Node) -> Iterator[str]:
        inner = self._entries(node.scope) if node.scope is not None else []
        yield from (flow.target for flow in self.out_of[node.id])
        yield from (other.id for other in chain(self.boundaries[node.id], inner))

    # -- moves ------------------------------------------------------------------------------------

    def starts(self) -> list[Marking]:
        return [((Place(node.id, ""), 1),) for node in self._entries(self.process.body)]

    def moves(self, marking: Marking, board: Board) -> list[Step]:
        """What can happen next: all alternatives of one token, [] when nothing can."""
        places = dict(marking)
        tokens = sorted((p for p in places if p.via != "@"), key=self._urgency)
        for place in tokens:
            if self._waits_for_others(place) and not self._may_join(places, place):
                continue
            return self._expand(places, place, board)
        return []

    def _urgency(self, place: Place) -> tuple[int, int, str]:
        node = self.nodes[place.node]
        kinds = {event.kind for event in node.events}
        late = 0
        if self._waits_for_others(place):
            late = 2 if node.tag == "inclusiveGateway" else 1
        elif kinds & {"terminate", "error", "cancel"} and node.tag == "endEvent":
            late = 3
        return late, self.rank.get(place.node, 0), place.via

    def _waits_for_others(self, place: Place) -> bool:
        node = self.nodes[place.node]
        if node.tag not in ("parallelGateway", "inclusiveGateway"):
            return False
        return len(self.into[node.id]) > 1

    def _may_join(self, places: dict[Place, int], place: Place) -> bool:
        incoming = self.into[place.node]
        empty = [flow for flow in incoming if Place(place.node, flow.id) not in places]
        if not empty or self.nodes[place.node].tag == "parallelGateway":
            return not empty
        return not any(self._may_still_come(places, place.node, flow) for flow in empty)

    def _may_still_come(self, places: dict[Place, int], join: str, flow: Flow) -> bool:
        """Whether a token elsewhere can still arrive by this flow without passing the join."""
        upstream = self._upstream(join, flow)
        return any(self._ancestor_in(place.node, upstream) for place in places)

    def _upstream(self, join: str, flow: Flow) -> set[str]:
        if flow.id in self.upstream:
            return self.upstream[flow.id]
        upstream = self.upstream[flow.id] = set()
        pending = [flow.source]
        scope = self.scope_of[join]
        while pending:
            current = pending.pop()
            if current in upstream or current == join:
                continue
            upstream.add(current)
            pending.extend(back.source for back in self.into[current])
            if scope.nodes[current].attached_to:
                pending.append(scope.nodes[current].attached_to)
        return upstream

    def _ancestor_in(self, node_id: str, wanted: set[str]) -> bool:
        while node_id:
            if node_id in wanted:
                return True
            node_id = self.parent[node_id]
        return False

    def _expand(self, places: dict[Place, int], place: Place, board: Board) -> list[Step]:
        node = self.nodes[place.node]
        rest = Counter(places)
        joined = [place]
        if self._waits_for_others(place):
            flows = self.into[node.id]
            joined = [p for f in flows if (p := Place(node.id, f.id)) in places]
        rest.subtract(joined)
        board.entered.add(node.id)
        return [
            Step(passed, self._settled(after, board))
            for passed, after in self._happenings(node, rest, board, finished=place.via == "!")
        ]

    def _happenings(
        self, node: Node, rest: Counter[Place], board: Board, *, finished: bool
    ) -> Iterator[tuple[tuple[str, ...], Counter[Place]]]:
        """What may happen when a token enters a node: the passed elements and the tokens after."""
        if finished:
            yield from (((), rest + left) for left in self._leave(node, Counter()))
            return
        for passed, after in self._work(node, rest, board):
            yield (node.id, *passed), after
        for boundary in self.boundaries[node.id]:
            if not self._happens_by_itself(node, boundary):
                continue
            board.entered.add(boundary.id)
            for left in self._leave(boundary, Counter()):
                if boundary.interrupting:
                    yield (node.id, boundary.id), rest + left
                    continue
                for passed, after in self._work(node, rest, board):
                    yield (node.id, boundary.id, *passed), after + left

    def _happens_by_itself(self, node: Node, boundary: Node) -> bool:
        """Whether a boundary event comes from outside, not from an event thrown in the body."""
        kind = boundary.event_kind()
        if kind in ("compensate", "cancel"):
            return False
        if kind == "escalation":
            return node.scope is None
        if kind == "error" and node.scope is not None:
            throws = [e for n in node.scope.walk() for e in n.events if n.tag == "endEvent"]
            jobs = any(n.tag in JOBS for n in node.scope.walk())
            return jobs or not any(event.kind == "error" for event in throws)
        return True

    def _work(
        self, node: Node, rest: Counter[Place], board: Board
    ) -> Iterator[tuple[tuple[str, ...], Counter[Place]]]:
        if node.scope is not None:
            entries = self._entries(node.scope)
            # A body that a rewrite added is begun at any start event of what was drawn.
            for entry in entries if node.inserted else entries[:1]:
                yield (), rest + Counter({Place(node.id, "@"): 1, Place(entry.id, ""): 1})
            return
        kinds = {event.kind for event in node.events}
        if node.tag in ("endEvent", "intermediateThrowEvent") and kinds & {"compensate", "cancel"}:
            yield from self._undone(node, rest, board)
        elif node.tag == "endEvent" and "terminate" in kinds:
            yield (), self._without(rest, self.parent[node.id])
        elif node.tag == "endEvent" and "error" in kinds:
            yield from self._thrown(node, rest, "error", board)
        elif node.tag in ("endEvent", "intermediateThrowEvent") and "escalation" in kinds:
            yield from self._thrown(node, rest, "escalation", board)
        else:
            yield from (((), rest + left) for left in self._leave(node, Counter()))

    def _undone(
        self, node: Node, rest: Counter[Place], board: Board
    ) -> Iterator[tuple[tuple[str, ...], Counter[Place]]]:
        """A compensation: what undoes the activities of the scope is done as one step."""
        only = next((e.activity for e in node.events if e.kind == "compensate"), "")
        passed = list(undone(self._concerned(node), only))
        board.entered.update(passed)
        if any(event.kind == "cancel" for event in node.events):
            for names, after in self._thrown(node, rest, "cancel", board):
                yield (*passed, *names), after
            return
        yield from ((tuple(passed), rest + left) for left in self._leave(node, Counter()))

    def _concerned(self, node: Node) -> Scope:
        """The scope whose activities are undone: around an event subprocess, if it is in one."""
        holder = self.nodes.get(self.parent[node.id])
        while holder is not None and (holder.handler or holder.triggered_by_event):
            scope = self.scope_of[holder.id]
            holder = self.nodes.get(self.parent[holder.id])
            if holder is None or not (holder.handler or holder.triggered_by_event):
                return scope
        return self.scope_of[node.id]

    def _thrown(
        self, node: Node, rest: Counter[Place], kind: str, board: Board
    ) -> Iterator[tuple[tuple[str, ...], Counter[Place]]]:
        code = next(event.name for event in node.events if event.kind == kind)
        outer = self.parent[node.id]
        while outer:
            for guard in self.boundaries[outer]:
                if any(e.kind == kind and e.name in ("", code) for e in guard.events):
                    board.entered.add(guard.id)
                    yield from self._caught(node, guard, outer, rest)
                    return
            outer = self.parent[outer]
        if kind in ("error", "cancel"):
            yield (), Counter()  # nobody catches it: the instance fails
            return
        yield from (((), rest + left) for left in self._leave(node, Counter()))

    def _caught(
        self, node: Node, guard: Node, outer: str, rest: Counter[Place]
    ) -> Iterator[tuple[tuple[str, ...], Counter[Place]]]:
        for left in self._leave(guard, Counter()):
            if guard.interrupting:
                cleared = self._without(rest, outer)
                cleared.pop(Place(outer, "@"), None)
                yield (guard.id,), cleared + left
                continue
            for on in self._leave(node, Counter()):
                yield (guard.id,), rest + left + on

    def _without(self, places: Counter[Place], scope_node: str) -> Counter[Place]:
        """The marking without every token inside a scope ("" for the whole process)."""
        if not scope_node:
            return Counter()
        inside = {scope_node}
        return Counter(
            {
                place: count
                for place, count in places.items()
                if not self._ancestor_in(self.parent[place.node], inside)
            }
        )

    def _leave(self, node: Node, tokens: Counter[Place]) -> Iterator[Counter[Place]]:
        """The tokens that leave a node, one result for each way it may decide."""
        for flows in self._choices(node):
            yield tokens + Counter(Place(flow.target, flow.id) for flow in flows)

    def _choices(self, node: Node) -> Iterator[tuple[Flow, ...]]:
        flows = self.out_of[node.id]
        if node.tag in ("exclusiveGateway", "eventBasedGateway") and flows:
            yield from ((flow,) for flow in flows)
            return
        open_ = [f for f in flows if f.condition and f.id != node.default]
        if node.tag == "inclusiveGateway" and not open_:
            open_ = [f for f in flows if f.id != node.default]
        always = tuple(f for f in flows if f not in open_ and f.id != node.default)
        default = tuple(f for f in flows if f.id == node.default)
        if always or not open_:
            yield always or default
        elif default:
            yield default
        yield from ((*always, *some) for some in _subsets(open_))

    def _settled(self, tokens: Counter[Place], board: Board) -> Marking:
        """Close finished subprocesses, and keep counts small: two tokens tell as much as many."""
        tokens = +tokens
        for place in [p for p in tokens if p.via == "@"]:
            busy = any(self._ancestor_in(self.parent[other.node], {place.node}) for other in tokens)
            if not busy:
                del tokens[place]
                tokens[Place(place.node, "!")] += 1
        return tuple(sorted((place, min(count, 2)) for place, count in tokens.items()))


def explore(
    process: Process, budget: int = MOST_MARKINGS, starts: list[Marking] | None = None
) -> Board:
    """Every marking that can be reached from the start, or from some others, within the budget."""
    game, board = Game(process), Board()
    pending = game.starts() if starts is None else list(starts)
    board.starts = list(pending)
    while pending:
        marking = pending.pop()
        if marking in board.steps:
            continue
        if len(board.steps) >= budget:
            board.complete = False
            break
        board.steps[marking] = game.moves(marking, board)
        _judge(marking, board)
        for step in board.steps[marking]:
            if step.target not in board.steps and step.target not in board.came_from:
                board.came_from[step.target] = (marking, step.passed)
                pending.append(step.target)
    return board


def _judge(marking: Marking, board: Board) -> None:
    if marking and not board.steps[marking]:
        board.stuck.append(marking)
    for place, count in marking:
        if count > 1 and place.via != "@":
            board.doubled.setdefault(place.node, marking)


JOBS = ("serviceTask", "sendTask", "businessRuleTask", "callActivity", "scriptTask", "userTask")


def _subsets(flows: list[Flow]) -> Iterator[tuple[Flow, ...]]:
    sizes = range(1, len(flows) + 1) if len(flows) <= MANY_WAYS else (1, len(flows))
    for size in sizes:
        yield from combinations(flows, size)
