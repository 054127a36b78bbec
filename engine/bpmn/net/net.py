"""All moves from a marking: the transitions of its tokens, alone and joined."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.bpmn.model import Flow, Process
from engine.bpmn.net.marking import Firing, Marking, Token, Transition, fire, is_inside
from engine.bpmn.net.nodes import Gives, Nodes
from engine.bpmn.net.places import Place, Places

REMEMBERED = 20_000  # markings whose moves are kept: most cases of a process go the same ways
MOST_EARLY, MOST_LATE = 2, 1 << 30  # tokens of one kind: two tell an explorer as much as many

Tokens = Mapping[Token, int]


class Net:
    """The token game of one process, and late also of those that it calls."""

    def __init__(self, processes: Mapping[str, Process], key: str, *, early: bool = False) -> None:
        self.key = key
        self.most = MOST_EARLY if early else MOST_LATE
        self.places = Places(processes, key, early=early)
        self.nodes = Nodes(self.places)
        self.elements = {  # by what the history calls them
            node.drawn or node.id: node
            for process in self.places.processes.values()
            for node in process.body.walk()
        }
        self._moves: dict[Marking, tuple[Firing, ...]] = {}
        self._joins: dict[Token, tuple[Place, ...]] = {}
        self._offered: dict[tuple[str, str], list[Gives]] = {}

    # ── markings ───────────────────────────────────────────────────────────────────────────

    def start(self) -> Marking:
        return tuple((token, 1) for token in self.places.entry(self.key))

    def is_over(self, marking: Marking) -> bool:
        """Whether no token is left that would still have to move."""
        return all(token.kind == "may" for token, _ in marking)

    def carried(self, marking: Marking, target: Net, renamed: Mapping[str, str]) -> Marking:
        """The same tokens on another version of the diagram, after a migration."""
        moved: Counter[Token] = Counter()
        for token, count in marking:
            scope = "/".join(renamed.get(part, part) for part in token.scope.split("/"))
            moved[Token(scope, token.kind, renamed.get(token.name, token.name))] += count
        return tuple(sorted((t, n) for t, n in moved.items() if target.knows(t)))

    def knows(self, token: Token) -> bool:
        try:
            drawn = self.places.drawn(token.scope)
        except KeyError:
            return False
        if token.kind in ("flow", "may"):
            return token.name in drawn.flows
        return token.kind == "entry" or token.name in drawn.nodes

    # ── moves ──────────────────────────────────────────────────────────────────────────────

    def moves(self, marking: Marking) -> tuple[Firing, ...]:
        """All that may happen next; that it is enough of something first, as who goes by a record
        tries the last of what shows nothing first."""
        found = self._moves.get(marking)
        if found is None:
            if len(self._moves) > REMEMBERED:
                self._moves.clear()
            found = self._moves[marking] = tuple(self._all_moves(dict(marking)))
        return found

    def _all_moves(self, tokens: Tokens) -> Iterator[Firing]:
        seen: set[tuple[str, str]] = set()
        for token in sorted(tokens, key=lambda token: token.kind != "enough"):
            for each in self.nodes.transitions(token):
                yield from self._fired(tokens, each)
            for place in self.joins(token):
                key = (place.scope, place.node.id)
                if key not in seen:
                    seen.add(key)
                    for joining in self.joining(tokens, place):
                        yield from self._fired(tokens, joining)

    def _fired(self, tokens: Tokens, by: Transition) -> Iterator[Firing]:
        after = fire(tokens, by, self.most)
        if after is not None:
            yield Firing(by.shows, by.node, after, by.asked)

    # ── joins ──────────────────────────────────────────────────────────────────────────────

    def joins(self, token: Token) -> tuple[Place, ...]:
        """The joins before which a token stands."""
        if token not in self._joins:
            drawn = self.places.drawn(token.scope)
            nodes = (drawn.nodes[id] for id in drawn.reached(token))
            found = (Place(token.scope, node) for node in nodes if drawn.is_join(node))
            self._joins[token] = tuple(found) if token.kind != "entry" else ()
        return self._joins[token]

    def joining(self, tokens: Tokens, place: Place) -> Iterator[Transition]:
        """The ways in which the tokens before a join may enter it together."""
        node = place.node
        offers = [[t for t in offer if t in tokens] for offer in self._offers(place)]
        if node.tag == "parallelGateway":
            for takes in itertools.product(*offers):
                yield from self.nodes.entered(place, takes)
            return
        arrived = [offer[0] for offer in offers if offer]
        sure = [token for token in arrived if token.kind != "pick"]
        for some in (sure, arrived) if len(sure) < len(arrived) else (sure,):
            takes = tuple(dict.fromkeys(some))
            undecided = self._undecided(tokens, place, takes)
            if takes and undecided is not None:
                for each in self.nodes.entered(place, takes):
                    yield replace(each, drops=(*each.drops, *undecided))

    def _offers(self, place: Place) -> list[Gives]:
        """For each flow into a join the tokens that may stand on it."""
        key = (place.scope, place.node.id)
        if key not in self._offered:
            flows = self.places.drawn(place.scope).into[place.node.id]
            self._offered[key] = [_offers(place.scope, flow) for flow in flows]
        return self._offered[key]

    def _undecided(self, tokens: Tokens, place: Place, takes: Gives) -> Gives | None:
        """What was not chosen if an inclusive join goes on now: all that may still come to it.
        None if something surely may come (BPMN 2.0.2, table 13.3)."""
        scope, node = place
        drawn = self.places.drawn(scope)
        full, empty = set[str](), set[str]()
        for flow, offer in zip(drawn.into[node.id], self._offers(place), strict=True):
            there = any(token in takes for token in offer)
            (full if there else empty).update(drawn.upstream(node.id, flow))
        coming = empty - full
        found = [t for t in tokens if t not in takes and self._may_come(t, place, coming)]
        return tuple(found) if all(token.kind == "may" for token in found) else None

    def _may_come(self, token: Token, join: Place, coming: set[str]) -> bool:
        scope, node = join
        if token.kind == "undo" or not is_inside(token.scope, scope):
            return False
        if token.scope != scope:
            return token.scope[len(scope) + 1 :].partition("/")[0] in coming
        drawn = self.places.drawn(scope)
        stands = drawn.reached(token) or [token.name]
        # One that has still to choose may also choose another way.
        others = [id for id in stands if id != node.id]
        return bool(others) and all(id in coming for id in others)


def _offers(scope: str, flow: Flow) -> tuple[Token, ...]:
    """The tokens that may stand on a flow."""
    kinds = (("flow", flow.id), ("may", flow.id), ("pick", flow.source))
    return tuple(Token(scope, kind, name) for kind, name in kinds)
