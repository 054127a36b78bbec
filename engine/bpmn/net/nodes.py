"""What each node does with the tokens that come to it, as transitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from engine.bpmn.model import Flow, Node
from engine.bpmn.net.marking import ENTERED, LEFT, Symbol, Token, Transition
from engine.bpmn.net.places import Place, Places, lasts

MANY_WAYS = 4  # of an inclusive choice: beyond, only each way alone and all together are tried
THROWN = {"terminate", "error", "escalation", "compensate", "cancel"}

Gives = tuple[Token, ...]


class Nodes:
    """The transitions of one process, each read from the drawing when it is first asked for."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.early = places.early
        self._from: dict[Token, tuple[Transition, ...]] = {}
        self._leaving: dict[tuple[str, str], tuple[Transition, ...]] = {}
        self._caught: dict[tuple[str, str], tuple[Transition, ...]] = {}
        self._inner: dict[str, Callable[[Token], Iterator[Transition]]] = {
            "at": self._from_at,
            "each": self._from_each,
            "enough": self._from_enough,
            "thrown": self._from_thrown,
            "undoing": self._from_undoing,
            "undo": self._from_undo,
        }

    def transitions(self, token: Token) -> tuple[Transition, ...]:
        """What this token may do by itself: all but joining with others."""
        if token not in self._from:
            inner = self._inner.get(token.kind)
            found = inner(token) if inner is not None else self._entering(token)
            self._from[token] = tuple(found)
        return self._from[token]

    # ── coming in ──────────────────────────────────────────────────────────────────────────

    def _entering(self, token: Token) -> Iterator[Transition]:
        drawn = self.places.drawn(token.scope)
        for node_id in drawn.reached(token):
            node = drawn.nodes[node_id]
            if token.kind != "entry" and drawn.is_join(node):
                continue
            yield from self.entered(Place(token.scope, node), (token,))

    def entered(self, place: Place, takes: Gives) -> Iterator[Transition]:
        scope, node = place
        if node.loop is not None and not self.early:
            yield Transition(node, takes, (self.places.holder(place),))
            return
        shows = _shown(ENTERED, node)
        if self.places.stays(scope, node):
            yield Transition(node, takes, self._inside(place), shows)
            return
        kinds = {event.kind for event in node.events}
        throws = node.tag in ("endEvent", "intermediateThrowEvent") and kinds & THROWN
        if throws:
            yield from self._thrown(place, takes, kinds)
            return
        for gives in self._ways(place):
            yield Transition(node, takes, gives, shows)

    def _inside(self, place: Place) -> Gives:
        at = Token(place.scope, "at", place.node.id)
        return (at, *self.places.entry(self.places.body(*place)))

    # ── going out ──────────────────────────────────────────────────────────────────────────

    def _ways(self, place: Place) -> list[Gives]:
        """The tokens that go out of a node, one result for each way it may decide."""
        scope, node = place
        drawn = self.places.drawn(scope)
        flows = drawn.out_of[node.id]
        if node.tag == "exclusiveGateway" and flows and not self.early:
            return [(Token(scope, "pick", node.id),)]
        if node.tag in ("exclusiveGateway", "eventBasedGateway") and flows and self.early:
            return [_on(scope, (flow,)) for flow in flows]
        default = tuple(flow for flow in flows if flow.id == node.default)
        always, open_ = _divided(node, flows)
        if not open_:
            return [_on(scope, always or default)]
        found = [_on(scope, always or default)] if always or default else []
        if self.early:
            return found + [_on(scope, (*always, *some)) for some in _subsets(open_)]
        for chosen in open_:  # this one surely, the others perhaps
            may = tuple(Token(scope, "may", f.id) for f in open_ if f is not chosen)
            found.append(_on(scope, (*always, chosen)) + may)
        return found

    def leaving(self, place: Place) -> tuple[Transition, ...]:
        """A node that was entered is left."""
        key = (place.scope, place.node.id)
        if key not in self._leaving:
            self._leaving[key] = tuple(self._left(place))
        return self._leaving[key]

    def _left(self, place: Place) -> Iterator[Transition]:
        scope, node = place
        at, body = Token(scope, "at", node.id), self.places.body(scope, node)
        left = Transition(
            node,
            (at,),
            shows=_shown(LEFT, node) if lasts(node) else None,
            withdraws=() if self.early else self._rivals(place),
            clears=body,
            idle=body,
            still=at,
        )
        if node.loop is not None and not self.early:
            # One item is done; perhaps that is enough.
            yield replace(left, gives=self.places.enough(place))
            return
        yield from (replace(left, gives=gives) for gives in self._ways(place))

    def _rivals(self, place: Place) -> Gives:
        """What waits behind the same event-based gateway."""
        flows = self.places.drawn(place.scope).rivals.get(place.node.id, ())
        others = [flow for flow in flows if flow.target != place.node.id]
        at = (Token(place.scope, "at", flow.target) for flow in others)
        return (*at, *_on(place.scope, others))

    def caught(self, place: Place) -> tuple[Transition, ...]:
        """The boundary events of an activity happen, from outside or by a job."""
        key = (place.scope, place.node.id)
        if key not in self._caught:
            self._caught[key] = tuple(self._happening(place))
        return self._caught[key]

    def _happening(self, place: Place) -> Iterator[Transition]:
        for guard in self.places.watching(*place):
            catching = self._catching(place, guard)
            for gives in self._ways(Place(place.scope, guard)):
                caught = replace(catching, gives=(*catching.gives, *gives))
                yield from self._begun(caught, gives) if guard.inserted else (caught,)

    def _begun(self, caught: Transition, gives: Gives) -> Iterator[Transition]:
        """An event subprocess is told from its own entering on: its event alone shows nothing."""
        if self.early:
            yield caught
            return
        (flow,) = gives
        kept = caught.gives[: -len(gives)]
        for entering in self.transitions(flow):
            shows, node = entering.shows, entering.node
            yield replace(caught, gives=(*kept, *entering.gives), shows=shows, node=node)

    def _catching(self, place: Place, guard: Node) -> Transition:
        holder = self.places.holder(place)
        shows = None if guard.inserted else _shown(ENTERED, guard)
        if not guard.interrupting:
            return Transition(guard, (holder,), (holder,), shows)
        if place.node.inserted:  # a handler that interrupts ends those beside it too
            return Transition(guard, (holder,), shows=shows, clears=place.scope)
        body = self.places.body(*place)
        if holder.kind == "each":
            items = (Token(place.scope, "at", place.node.id), *self.places.enough(place))
            return Transition(guard, (holder,), shows=shows, drops=items, clears=body)
        return Transition(guard, (holder,), shows=shows, clears=body, still=holder)

    def _from_at(self, token: Token) -> Iterator[Transition]:
        place = self._place(token)
        yield from self.leaving(place)
        if self.places.holder(place) == token:
            yield from self.caught(place)

    def _from_each(self, token: Token) -> Iterator[Transition]:
        """Once for each item; how many there are is not for the diagram to say."""
        place = self._place(token)
        scope, node = place
        inside = self._inside(place) if self.places.stays(scope, node) else ()
        yield Transition(node, (token,), (token, *inside), _shown(ENTERED, node))
        for gives in self._ways(place):
            items, perhaps = Token(scope, "at", node.id), self.places.enough(place)
            yield Transition(node, (token,), gives, drops=perhaps, without=items, still=token)
        yield from self.caught(place)

    def _from_enough(self, token: Token) -> Iterator[Transition]:
        """The completion condition holds: the items that were not done are ended, untold."""
        place = self._place(token)
        whole, items = self.places.holder(place), Token(place.scope, "at", place.node.id)
        body = self.places.body(*place)
        for gives in self._ways(place):
            yield Transition(
                place.node, (token, whole), gives, drops=(items,), clears=body, still=whole
            )

    def _place(self, token: Token) -> Place:
        return Place(token.scope, self.places.drawn(token.scope).nodes[token.name])

    # ── throwing and undoing ───────────────────────────────────────────────────────────────

    def _thrown(self, place: Place, takes: Gives, kinds: set[str]) -> Iterator[Transition]:
        scope, node = place
        shows = _shown(ENTERED, node)
        ends = node.tag == "endEvent"
        raised = [kind for kind in ("cancel", "error", "escalation") if kind in kinds]
        if "compensate" in kinds and "cancel" not in kinds and not self.early:
            yield Transition(node, takes, (Token(scope, "undoing", node.id),), shows)
        elif "terminate" in kinds and ends:
            yield Transition(node, takes, shows=shows, clears=self.places.whole(scope))
        elif raised and "compensate" not in kinds and (ends or "error" not in raised):
            yield from self._raised(place, takes, raised[0])
        else:
            yield from (Transition(node, takes, gives, shows) for gives in self._ways(place))

    def _raised(self, place: Place, takes: Gives, kind: str) -> Iterator[Transition]:
        """What is thrown goes outwards to the boundary event that takes it."""
        scope, node = place
        shows = _shown(ENTERED, node)
        code = next(event.name for event in node.events if event.kind == kind)
        found = self.places.catcher(scope, kind, code)
        if found is None and kind != "escalation":
            yield Transition(node, takes, shows=shows, clears=self.places.key)  # the instance fails
            return
        going_on = self._ways(place)
        if found is None:
            yield from (Transition(node, takes, gives, shows) for gives in going_on)
            return
        around, guard = found
        catching = self._catching(around, guard)
        thrown = (*catching.gives, Token(around.scope, "thrown", guard.id))
        for gives in [()] if guard.interrupting else going_on:
            yield replace(
                catching,
                node=node,
                takes=(*takes, *catching.takes),
                gives=(*thrown, *gives),
                shows=shows,
            )

    def _from_thrown(self, token: Token) -> Iterator[Transition]:
        place = self._place(token)
        scope, guard = place
        host = f"{scope}/{guard.attached_to}"
        cancelled = not self.early and any(event.kind == "cancel" for event in guard.events)
        shows = None if guard.inserted else _shown(ENTERED, guard)
        for gives in self._ways(place):
            yield Transition(guard, (token,), gives, shows, clears=host if cancelled else "")
        if cancelled:
            yield from self._undoing(token, host, "")

    def _from_undoing(self, token: Token) -> Iterator[Transition]:
        place = self._place(token)
        for gives in self._ways(place):
            yield Transition(place.node, (token,), gives)
        yield from self._undoing(token, place.scope, _only(place.node))

    def _undoing(self, token: Token, scope: str, only: str) -> Iterator[Transition]:
        """Which activities a compensation finds, and how often each was done, the record says."""
        undone = self.places.undone(scope, only)
        for place in (*undone, *self.places.opened_again(scope, undone)):
            inside: Gives = ()
            if lasts(place.node):
                inside = (Token(place.scope, "undo", place.node.id),)
            if place in undone:
                inside += self.places.entry(self.places.body(*place))
            shows = _shown(ENTERED, place.node)
            yield Transition(place.node, (token,), (token, *inside), shows, asked=False)

    def _from_undo(self, token: Token) -> Iterator[Transition]:
        place = self._place(token)
        body = self.places.body(*place)
        shows = _shown(LEFT, place.node)
        yield Transition(
            place.node, (token,), shows=shows, clears=body, idle=body, still=token, asked=False
        )

    def undone_by(self, place: Place) -> list[str]:
        """The ids that may be passed when a throw event undoes: told as one step, early."""
        kinds = {event.kind for event in place.node.events}
        throws = place.node.tag in ("endEvent", "intermediateThrowEvent")
        if not throws or not kinds & {"compensate", "cancel"}:
            return []
        undone = self.places.undone(place.scope, _only(place.node))
        return [id for each in undone for id in _ids(each.node)]


def _only(node: Node) -> str:
    """The one activity that a compensation is for, "" for all of its scope."""
    return next((event.activity for event in node.events if event.kind == "compensate"), "")


def _ids(node: Node) -> Iterator[str]:
    yield node.id
    yield from (inner.id for inner in node.scope.walk()) if node.scope is not None else ()


def _shown(sign: str, node: Node) -> Symbol | None:
    return None if node.inserted else Symbol(sign, node.drawn or node.id)


def _on(scope: str, flows: Iterable[Flow]) -> Gives:
    return tuple(Token(scope, "flow", flow.id) for flow in flows)


def _divided(node: Node, flows: list[Flow]) -> tuple[list[Flow], list[Flow]]:
    """The flows that are always taken, and those that are open to choice."""
    others = [flow for flow in flows if flow.id != node.default]
    if node.tag in ("parallelGateway", "eventBasedGateway"):
        return others, []
    open_ = [flow for flow in others if flow.condition]
    if node.tag == "inclusiveGateway" and not open_:
        open_ = others
    return [flow for flow in others if flow not in open_], open_


def _subsets(flows: list[Flow]) -> Iterator[tuple[Flow, ...]]:
    sizes = range(1, len(flows) + 1) if len(flows) <= MANY_WAYS else (1, len(flows))
    for size in sizes:
        yield from combinations(flows, size)
