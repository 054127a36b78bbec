"""A process with its scopes inside each other: which node stands where, and what leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.bpmn.desugar import begins_by_itself, desugar, throw_in_turn, undoing_start
from engine.bpmn.model import Flow, Node, Process, Scope
from engine.bpmn.net.marking import Token, is_inside

JOBS = ("serviceTask", "sendTask", "businessRuleTask", "callActivity", "scriptTask", "userTask")


class Place(NamedTuple):
    """A node in its scope."""

    scope: str
    node: Node


class Drawn:
    """One scope as it is drawn, with what is asked of it over and over."""

    def __init__(self, scope: Scope, called: tuple[str, ...]) -> None:
        self.nodes = scope.nodes
        self.called = called  # the processes on the way here: none is opened inside itself
        known = [
            flow
            for flow in scope.flows.values()
            if flow.source in scope.nodes and flow.target in scope.nodes
        ]  # the others are told by the standard's rules
        self.flows: dict[str, Flow] = {flow.id: flow for flow in known}
        self.into: dict[str, list[Flow]] = {id: [] for id in scope.nodes}
        self.out_of: dict[str, list[Flow]] = {id: [] for id in scope.nodes}
        self.guards: dict[str, list[Node]] = {id: [] for id in scope.nodes}
        self.rivals: dict[str, list[Flow]] = {}  # node -> the flows of the gateway before it
        for flow in known:
            self.into[flow.target].append(flow)
            self.out_of[flow.source].append(flow)
        for node in scope.nodes.values():
            if node.attached_to in scope.nodes:
                self.guards[node.attached_to].append(node)
            if node.tag == "eventBasedGateway":
                self.rivals |= {f.target: self.out_of[node.id] for f in self.out_of[node.id]}
        starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
        starts.sort(key=lambda node: bool(node.events))
        self.entries = starts or begins_by_itself(scope)
        self._upstream: dict[str, set[str]] = {}

    def is_join(self, node: Node) -> bool:
        joins = node.tag in ("parallelGateway", "inclusiveGateway")
        return joins and len(self.into[node.id]) > 1

    def upstream(self, join: str, flow: Flow) -> set[str]:
        """The nodes from which a token can come by this flow without passing the join."""
        if flow.id not in self._upstream:
            found: set[str] = set()
            pending = [flow.source]
            while pending:
                current = pending.pop()
                if current in found or current == join:
                    continue
                found.add(current)
                pending.extend(back.source for back in self.into[current])
                if self.nodes[current].attached_to in self.nodes:
                    pending.append(self.nodes[current].attached_to)
            self._upstream[flow.id] = found
        return self._upstream[flow.id]

    def reached(self, token: Token) -> list[str]:
        """The nodes that a token on its way may enter."""
        if token.kind == "entry":
            return [node.id for node in self.entries]
        if token.kind == "pick":
            return list(dict.fromkeys(flow.target for flow in self.out_of[token.name]))
        if token.kind in ("flow", "may"):
            return [self.flows[token.name].target]
        return []


class Places:
    """The scopes of one process by name, opened when they are first asked for."""

    def __init__(self, processes: Mapping[str, Process], key: str, *, early: bool) -> None:
        self.key = key
        self.early = early
        self.processes = {id: throw_in_turn(desugar(each)) for id, each in processes.items()}
        self._drawn = {key: Drawn(self.processes[key].body, (key,))}

    def drawn(self, scope: str) -> Drawn:
        """Raises KeyError if there is no such scope."""
        if scope not in self._drawn:
            outer, _, name = scope.rpartition("/")
            around = self.drawn(outer) if outer else None
            if around is None or not self.body(outer, around.nodes[name]):
                raise KeyError(scope)
            node = around.nodes[name]
            called = around.called
            if node.scope is None:
                called = (*called, node.extensions.called_process)
            inside = node.scope or self.processes[called[-1]].body
            self._drawn[scope] = Drawn(inside, called)
            if not node.inserted:  # the one empty start event (13.3.4), not any of several
                del self._drawn[scope].entries[1:]
        return self._drawn[scope]

    def body(self, scope: str, node: Node) -> str:
        """The name of the scope inside a node, "" if it has none that is played."""
        called = node.extensions.called_process
        if node.scope is None and (self.early or called not in self.processes):
            return ""
        if node.scope is None and (node.tag != "callActivity" or self._calls_itself(scope, called)):
            return ""
        return f"{scope}/{node.id}"

    def _calls_itself(self, scope: str, called: str) -> bool:
        return called in self.drawn(scope).called

    def around(self, scope: str) -> Place | None:
        """The node whose body a scope is, None for the whole process."""
        outer, _, name = scope.rpartition("/")
        return Place(outer, self.drawn(outer).nodes[name]) if outer else None

    def whole(self, scope: str) -> str:
        """The scope as it was drawn: the body that was put around it for the sake of its event
        subprocesses, with these beside it."""
        around = self.around(scope)
        while around is not None and around.node.inserted:
            scope = around.scope
            around = self.around(scope)
        return scope

    def holder(self, place: Place) -> Token:
        """The token that is in an activity as a whole."""
        loops = place.node.loop is not None and not self.early
        return Token(place.scope, "each" if loops else "at", place.node.id)

    def enough(self, place: Place) -> tuple[Token, ...]:
        """The token that stands beside an activity as a whole once one of its items is done, if
        a completion condition may end the others."""
        loop = place.node.loop
        ends = loop is not None and loop.kind == "parallel" and loop.condition and not self.early
        return (Token(place.scope, "enough", place.node.id),) if ends else ()

    def stays(self, scope: str, node: Node) -> bool:
        """Whether a token can be in a node for a while."""
        if node.tag.endswith("Gateway"):
            return False
        return lasts(node) or bool(self.body(scope, node) or self.drawn(scope).guards[node.id])

    def entry(self, scope: str) -> tuple[Token, ...]:
        """The token that begins a scope; nothing goes on in one that is empty."""
        return (Token(scope, "entry", ""),) if scope and self.drawn(scope).entries else ()

    # ── events that watch ──────────────────────────────────────────────────────────────────

    def watching(self, scope: str, node: Node) -> Iterator[Node]:
        """The boundary events of a node that may happen without anything thrown inside."""
        body = self.body(scope, node)
        for guard in self.drawn(scope).guards[node.id]:
            kind = guard.event_kind()
            aside = kind in ("compensate", "cancel") or (kind == "escalation" and body)
            if not aside and not (kind == "error" and body and self._is_thrown_only(body)):
                yield guard

    def _is_thrown_only(self, body: str) -> bool:
        """Whether errors can only come from error end events inside, from no job."""
        inside = [place.node for place in self.walk(body)]
        thrown = any(e.kind == "error" for n in inside if n.tag == "endEvent" for e in n.events)
        return thrown and not any(node.tag in JOBS for node in inside)

    def walk(self, scope: str) -> Iterator[Place]:
        for node in self.drawn(scope).nodes.values():
            yield Place(scope, node)
            body = self.body(scope, node)
            if body:
                yield from self.walk(body)

    def catcher(self, scope: str, kind: str, code: str) -> tuple[Place, Node] | None:
        """The activity around, and its boundary event that takes what is thrown in a scope."""
        place = self.around(scope)
        while place is not None:
            guards = self.drawn(place.scope).guards[place.node.id]
            for wanted in (code, ""):
                for guard in guards:
                    if any(e.kind == kind and e.name == wanted for e in guard.events):
                        return place, guard
            place = self.around(place.scope)
        return None

    # ── compensation ───────────────────────────────────────────────────────────────────────

    def undone(self, scope: str, only: str) -> list[Place]:
        """What a throw event in a scope may undo, the last drawn first."""
        return list(self._undone(self._concerned(scope), only))

    def _concerned(self, scope: str) -> str:
        """The scope whose activities are undone: around an event subprocess, if it is in one."""
        place = self.around(scope)
        while place is not None and (place.node.handler or place.node.triggered_by_event):
            scope = place.scope
            place = self.around(scope)
        return scope

    def _undone(self, scope: str, only: str) -> Iterator[Place]:
        nodes = self.drawn(scope).nodes
        for node in reversed(list(nodes.values())):
            body = self.body(scope, node)
            if node.tag == "boundaryEvent" and node.event_kind() == "compensate":
                if not only or node.attached_to == only:
                    yield Place(scope, node)
                    if node.undone_by in nodes:
                        yield Place(scope, nodes[node.undone_by])
            elif body and (node.inserted or not only or node.id == only):
                yield from self._undone_inside(node, body, only if node.inserted else "")

    def _undone_inside(self, node: Node, body: str, only: str) -> Iterator[Place]:
        inside = self.drawn(body).nodes.values()
        handler = next((inner for inner in inside if undoing_start(inner) is not None), None)
        if handler is not None:
            yield Place(body, handler)
        elif not (node.for_compensation or node.handler):
            yield from self._undone(body, only)

    def opened_again(self, scope: str, undone: list[Place]) -> Iterator[Place]:
        """The activities that were completed and are opened once more, to undo what is inside."""
        seen = {self._concerned(scope)}
        for inner in undone:
            name = inner.scope
            while name not in seen and is_inside(name, self._concerned(scope)):
                seen.add(name)
                place = self.around(name)
                assert place is not None, "the scope concerned is outside of it"
                if not place.node.inserted:
                    yield place
                name = place.scope


def lasts(node: Node) -> bool:
    """Whether the history tells of a node twice, when it is entered and when it is left."""
    if node.tag in ("sendTask", "serviceTask", "intermediateThrowEvent", "endEvent"):
        return bool(node.extensions.job_type)
    if node.tag == "intermediateCatchEvent":
        return bool(node.events)
    return node.is_activity and node.tag not in ("task", "manualTask")
