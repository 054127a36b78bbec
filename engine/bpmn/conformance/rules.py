"""The rules by which a record is read against a diagram: where tokens may stand, what moves them.

Written from the standard over the plain model, apart from the engine that runs it: a mistake there
would not be found by its own rules. Conditions are left open; whether the recorded decisions led
where the case went is what a replay proves.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.bpmn.desugar import begins_by_itself, desugar
from engine.bpmn.model import Flow, Node, Process, Scope

ENTERED, LEFT = "+", "-"
REMEMBERED = 20_000  # markings whose moves are kept: most cases of a process go the same ways


class Spot(NamedTuple):
    """Where a token stands, within a scope.

    `flow`: on a flow; `pick`: behind an exclusive gateway, on one of its flows; `may`: on a flow
    that may or may not have been chosen; `at`: in a node; `each`: in a node that runs for each item
    of a list; `entry`: before the start of a scope; `undo`: in a node that undoes what was done.
    """

    scope: str
    kind: str
    name: str


Marking = tuple[tuple[Spot, int], ...]
NOWHERE: Marking = ()


class Symbol(NamedTuple):
    """That an element was entered (`+`) or left (`-`), as the history writes it."""

    sign: str
    element: str


class Happening(NamedTuple):
    """A move of the game: what the history shows of it (nothing, if None) and where it leads.

    What is not `asked` may happen and is only believed when it is recorded.
    """

    shows: Symbol | None
    node: Node
    after: Marking
    asked: bool = True


class Rules:
    """The game of one process and of those that it calls."""

    def __init__(self, processes: Mapping[str, Process], key: str) -> None:
        self.key = key
        self.scopes: dict[str, Scope] = {}
        self.nodes: dict[tuple[str, str], Node] = {}
        self.elements: dict[str, Node] = {}  # by what the history calls them
        self.into: dict[tuple[str, str], list[Flow]] = {}
        self.out_of: dict[tuple[str, str], list[Flow]] = {}
        self.guards: dict[tuple[str, str], list[Node]] = {}
        self.rivals: dict[tuple[str, str], list[str]] = {}
        self.undoers: list[tuple[str, Node]] = []  # what compensation may reach, off all flows
        self._known: dict[Marking, tuple[Happening, ...]] = {}
        for process in processes.values():
            self._index(desugar(process).body, process.id)

    def _index(self, scope: Scope, name: str) -> None:
        self.scopes[name] = scope
        for node in scope.nodes.values():
            place = (name, node.id)
            self.nodes[place] = node
            self.elements[node.drawn or node.id] = node
            self.into[place] = scope.incoming(node.id)
            self.out_of[place] = scope.outgoing(node.id)
            if _undoes(node):
                self.undoers.append((name, node))
            elif node.attached_to:
                self.guards.setdefault((name, node.attached_to), []).append(node)
            if node.scope is not None:
                self._index(node.scope, f"{name}/{node.id}")
            if node.tag == "eventBasedGateway":
                events = [flow.target for flow in scope.outgoing(node.id)]
                self.rivals.update({(name, event): events for event in events})

    # ── markings ───────────────────────────────────────────────────────────────────────────

    def start(self) -> Marking:
        return ((Spot(self.key, "entry", ""), 1),)

    def is_over(self, marking: Marking) -> bool:
        """Whether no token is left that would still have to move."""
        return all(spot.kind == "may" for spot, _ in marking)

    def carried(self, marking: Marking, target: Rules, renamed: Mapping[str, str]) -> Marking:
        """The same tokens on another version of the diagram, after a migration."""
        moved: Counter[Spot] = Counter()
        for spot, count in marking:
            scope = "/".join(renamed.get(part, part) for part in spot.scope.split("/"))
            moved[Spot(scope, spot.kind, renamed.get(spot.name, spot.name))] += count
        return _marking(Counter({s: n for s, n in moved.items() if target.knows(s)}))

    def knows(self, spot: Spot) -> bool:
        if spot.scope not in self.scopes:
            return False
        if spot.kind in ("flow", "may"):
            return spot.name in self.scopes[spot.scope].flows
        return spot.kind == "entry" or (spot.scope, spot.name) in self.nodes

    # ── moves ──────────────────────────────────────────────────────────────────────────────

    def moves(self, marking: Marking) -> tuple[Happening, ...]:
        """All that may happen next."""
        found = self._known.get(marking)
        if found is None:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            found = self._known[marking] = tuple(self._moves(marking))
        return found

    def _moves(self, marking: Marking) -> Iterator[Happening]:
        tokens = Counter(dict(marking))
        asked: set[tuple[str, str]] = set()
        for spot in tokens:
            for scope, node_id in self._reached(spot):
                if (scope, node_id) not in asked:
                    asked.add((scope, node_id))
                    yield from self._arrivals(tokens, scope, self.nodes[scope, node_id])
            if spot.kind in ("at", "each"):
                yield from self._inside(tokens, spot, self.nodes[spot.scope, spot.name])
            elif spot.kind == "undo":
                node = self.nodes[spot.scope, spot.name]
                rest = _marking(tokens - Counter([spot]))
                yield Happening(Symbol(LEFT, node.id), node, rest, asked=False)
        for scope, node in self.undoers:
            yield self._undone(tokens, scope, node)

    def _undone(self, tokens: Counter[Spot], scope: str, node: Node) -> Happening:
        """Compensation comes when it is asked for; which activities it finds, the record says."""
        inside: Counter[Spot] = Counter()
        if lasts(node):
            inside[Spot(scope, "undo", node.id)] += 1
        if node.triggered_by_event:
            inside[Spot(self._body(scope, node), "entry", "")] += 1
        shows = Symbol(ENTERED, node.id)
        return Happening(shows, node, _marking(tokens + inside), asked=False)

    def _reached(self, spot: Spot) -> Iterator[tuple[str, str]]:
        """The nodes that a token which is on its way may enter."""
        scope = self.scopes[spot.scope]
        if spot.kind == "entry":
            yield from ((spot.scope, node.id) for node in _entries(scope))
        elif spot.kind == "pick":
            yield from ((spot.scope, f.target) for f in self.out_of[spot.scope, spot.name])
        elif spot.kind in ("flow", "may"):
            yield spot.scope, scope.flows[spot.name].target

    def _arrivals(self, tokens: Counter[Spot], scope: str, node: Node) -> Iterator[Happening]:
        for taken in self._taken(tokens, scope, node):
            rest = tokens - taken
            if node.loop is not None:
                rest[Spot(scope, "each", node.id)] += 1
                yield Happening(None, node, _marking(rest))
                continue
            yield from self._entered(rest, scope, node)

    def _taken(self, tokens: Counter[Spot], scope: str, node: Node) -> Iterator[Counter[Spot]]:
        """The tokens that an entering takes: one, or at a join those of all its flows."""
        entry = Spot(scope, "entry", "")
        if entry in tokens and node in _entries(self.scopes[scope]):
            yield Counter([entry])
        flows = self.into[scope, node.id]
        offers = [[s for s in self._on(scope, flow) if s in tokens] for flow in flows]
        if node.tag == "parallelGateway" and len(flows) > 1:
            yield from (_all(choice) for choice in itertools.product(*offers))
        elif node.tag == "inclusiveGateway" and len(flows) > 1:
            arrived = [offer[0] for offer in offers if offer]
            sure = [spot for spot in arrived if spot.kind == "flow"]
            yield from (_all(some) for some in (sure, arrived) if some)
        else:
            yield from (Counter([spot]) for offer in offers for spot in offer)

    def _on(self, scope: str, flow: Flow) -> list[Spot]:
        picked = Spot(scope, "pick", flow.source)
        return [Spot(scope, "flow", flow.id), Spot(scope, "may", flow.id), picked]

    def _entered(self, rest: Counter[Spot], scope: str, node: Node) -> Iterator[Happening]:
        shows = None if node.inserted else Symbol(ENTERED, node.drawn or node.id)
        if lasts(node):
            inside = Counter([Spot(scope, "at", node.id)])
            inner = self._body(scope, node)
            if inner:
                inside[Spot(inner, "entry", "")] += 1
            yield Happening(shows, node, _marking(rest + inside))
            return
        if node.tag == "endEvent" and any(e.kind == "terminate" for e in node.events):
            yield Happening(shows, node, _marking(self._cleared(rest, scope)))
            return
        for left in self._leave(scope, node):
            yield Happening(shows, node, _marking(rest + left))

    def _inside(self, tokens: Counter[Spot], spot: Spot, node: Node) -> Iterator[Happening]:
        """What may happen while a token is in a node: it leaves, an event catches it, …"""
        scope = spot.scope
        if spot.kind == "each":
            yield from self._entered_again(tokens, scope, node)
        elif self._is_done(tokens, scope, node):
            yield from self._left(tokens - Counter([spot]), scope, node)
        watches = spot.kind == "each" or node.loop is None
        for guard in self.guards.get((scope, node.id), ()) if watches else ():
            shows = None if guard.inserted else Symbol(ENTERED, guard.drawn or guard.id)
            rest = self._withdrawn(tokens, spot, node) if guard.interrupting else Counter(tokens)
            for left in self._leave(scope, guard):
                yield Happening(shows, guard, _marking(rest + left))

    def _entered_again(self, tokens: Counter[Spot], scope: str, node: Node) -> Iterator[Happening]:
        """Once for each item; how many there are is not for the diagram to say."""
        shows = Symbol(ENTERED, node.id)
        if lasts(node):
            yield from self._entered(Counter(tokens), scope, node)
        else:
            yield Happening(shows, node, _marking(tokens))
        # Of two that run at once, the record does not say to which of them an item belongs.
        if Spot(scope, "at", node.id) not in tokens or tokens[Spot(scope, "each", node.id)] > 1:
            rest = tokens - Counter([Spot(scope, "each", node.id)])
            for left in self._leave(scope, node):
                yield Happening(None, node, _marking(rest + left))

    def _is_done(self, tokens: Counter[Spot], scope: str, node: Node) -> bool:
        inner = self._body(scope, node)
        busy = any(s.scope == inner and s.kind != "may" for s in tokens) if inner else False
        return not busy or tokens[Spot(scope, "at", node.id)] > 1

    def _left(self, rest: Counter[Spot], scope: str, node: Node) -> Iterator[Happening]:
        shows = None if node.inserted else Symbol(LEFT, node.drawn or node.id)
        for rival in self.rivals.get((scope, node.id), ()):
            rest = rest - Counter([Spot(scope, "at", rival)])
        if node.loop is not None:
            yield Happening(shows, node, _marking(rest))
            return
        for left in self._leave(scope, node):
            yield Happening(shows, node, _marking(rest + left))

    def _leave(self, scope: str, node: Node) -> Iterator[Counter[Spot]]:
        """The tokens that go out of a node, one result for each way it may decide."""
        flows = self.out_of[scope, node.id]
        if node.tag == "exclusiveGateway" and flows:
            yield Counter([Spot(scope, "pick", node.id)])
            return
        default = [f for f in flows if f.id == node.default]
        asked = [f for f in flows if f.condition and f not in default]
        if node.tag == "inclusiveGateway":
            asked = asked or [f for f in flows if f not in default]
        always = [f for f in flows if f not in asked and f not in default]
        if node.tag in ("parallelGateway", "eventBasedGateway") or not asked:
            yield Counter(Spot(scope, "flow", flow.id) for flow in always or default)
            return
        if always or default:
            yield Counter(Spot(scope, "flow", flow.id) for flow in always or default)
        for chosen in asked:  # this one surely, the others perhaps
            sure = Counter(Spot(scope, "flow", flow.id) for flow in (*always, chosen))
            yield sure + Counter(Spot(scope, "may", f.id) for f in asked if f is not chosen)

    def _body(self, scope: str, node: Node) -> str:
        if node.tag == "callActivity":
            called = node.extensions.called_process
            return called if called in self.scopes else ""
        return f"{scope}/{node.id}" if node.scope is not None else ""

    def _withdrawn(self, tokens: Counter[Spot], spot: Spot, node: Node) -> Counter[Spot]:
        """The marking without a node that is interrupted, and all that goes on inside it."""
        rest = tokens - Counter([spot])
        if spot.kind == "each":
            rest.pop(Spot(spot.scope, "at", node.id), None)
        if node.inserted:  # a handler that interrupts ends those beside it too
            return self._cleared(tokens, spot.scope)
        inner = self._body(spot.scope, node)
        still = Spot(spot.scope, "at", node.id) in rest
        return self._cleared(rest, inner) if inner and not still else rest

    def _cleared(self, tokens: Counter[Spot], scope: str) -> Counter[Spot]:
        rest = Counter({s: n for s, n in tokens.items() if s.scope != scope})
        for spot in tokens:
            if spot.scope == scope and spot.kind == "at":
                inner = self._body(scope, self.nodes[scope, spot.name])
                rest = self._cleared(rest, inner) if inner else rest
        return rest


def lasts(node: Node) -> bool:
    """Whether the history tells of a node twice, when it is entered and when it is left."""
    if node.tag in ("sendTask", "serviceTask", "intermediateThrowEvent"):
        return bool(node.extensions.job_type)
    if node.tag == "intermediateCatchEvent":
        return bool(node.events)
    return node.is_activity and node.tag not in ("task", "manualTask")


def _entries(scope: Scope) -> list[Node]:
    """Where a scope may begin: at one of its start events, or where nothing leads to."""
    starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
    return starts or begins_by_itself(scope)


def _undoes(node: Node) -> bool:
    """Whether a node stands off all flows, for compensation to reach it."""
    kinds = {event.kind for event in node.events}
    return node.for_compensation or node.triggered_by_event or _can_be_undone(node, kinds)


def _can_be_undone(node: Node, kinds: set[str]) -> bool:
    guard = node.tag == "boundaryEvent" and "compensate" in kinds
    return guard or (node.scope is not None and any(_undoes(n) for n in node.scope.walk()))


def _all(spots: tuple[Spot, ...] | list[Spot]) -> Counter[Spot]:
    return Counter(spots)


def _marking(tokens: Counter[Spot]) -> Marking:
    """One perhaps is as good as many: a loop must not pile them up."""
    kept = ((s, 1 if s.kind == "may" else n) for s, n in tokens.items() if n > 0)
    return tuple(sorted(kept))
