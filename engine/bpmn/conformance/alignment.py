"""The least that must have gone wrong: which steps of a record fit the diagram, which do not, and
which are missing between them (an alignment, after Adriansyah, van Dongen and van der Aalst)."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.bpmn.model import Node
from engine.bpmn.net import LEFT, NOWHERE, Marking, Net, Symbol

AHEAD = 6  # how many records behind a place that does not fit must fit again
BACK = (2, 16)  # how many before it are thought over again: few at first, more if that is dear
EFFORT = 3_000  # markings looked at for one such place
STEP, PASSAGE, END = 10, 8, 3  # the price of a step of work, of an event or gateway, of a leaving


@dataclass(frozen=True, slots=True)
class Observed:
    """One record: what it shows, and its number in the history."""

    symbol: Symbol
    seq: int


class Move(NamedTuple):
    """One step of the comparison.

    `fits`: record and diagram agree; `extra`: recorded, and the diagram does not allow it there;
    `missing`: the diagram asks for it before the next record, and it was not recorded.
    """

    kind: str
    symbol: Symbol
    position: int  # of the record; of a missing one, of the record before which it is missing


class Aligned(NamedTuple):
    """The moves, the marking after the last of them, and whether the effort was enough."""

    moves: list[Move]
    marking: Marking
    checked: bool


class _State(NamedTuple):
    position: int
    marking: Marking


_Trail = dict[_State, tuple[_State, Move | None]]


class _Found(NamedTuple):
    price: int
    trail: _Trail
    last: _State


def align(net: Net, trace: Sequence[Observed], start: Marking, *, complete: bool) -> Aligned:
    """Compare a record with the diagram from a marking on; a `complete` one must come to an end."""
    return _Alignment(net, [each.symbol for each in trace], complete).run(start)


class _Alignment:
    def __init__(self, net: Net, symbols: list[Symbol], complete: bool) -> None:
        self.net = net
        self.symbols = symbols
        self.complete = complete
        self.checked = True

    def run(self, start: Marking) -> Aligned:
        """Follow the record as long as it fits; where it does not, search around that place."""
        path = [_State(0, start)]
        moves: list[Move | None] = []
        while not self._is_done(path[-1]):
            if not self._follow(path, moves):
                self._search(path, moves)
        return Aligned([move for move in moves if move], path[-1].marking, self.checked)

    def _is_done(self, state: _State) -> bool:
        at_end = state.position == len(self.symbols)
        return at_end and (not self.complete or self.net.is_over(state.marking))

    # ── where it fits ──────────────────────────────────────────────────────────────────────

    def _follow(self, path: list[_State], moves: list[Move | None]) -> bool:
        """Go on from the end of the path without any deviation, as far as that leads."""
        first = path[-1]
        trail: _Trail = {}
        stack, seen, farthest = [first], {first}, first
        while stack:
            state = stack.pop()
            if state.position > farthest.position or self._is_done(state):
                farthest = state
            if self._is_done(state) or len(seen) > EFFORT:
                break
            for after, move in self._fitting(state):
                if after not in seen:
                    seen.add(after)
                    trail[after] = (state, move)
                    stack.append(after)
        _append(path, moves, trail, first, farthest)
        return self._is_done(farthest)

    def _fitting(self, state: _State) -> Iterator[tuple[_State, Move | None]]:
        at = state.position
        awaited = self.symbols[at] if at < len(self.symbols) else None
        sure = []
        for shows, _, after, _ in self.net.moves(state.marking):
            if shows is None:
                yield _State(at, after), None
            elif shows == awaited:
                sure.append(_State(at + 1, after))
        for after_state in sure:  # last, so that it is tried first
            yield after_state, Move("fits", self.symbols[at], at)

    # ── where it does not ──────────────────────────────────────────────────────────────────

    def _search(self, path: list[_State], moves: list[Move | None]) -> None:
        """The cheapest way past the place that does not fit, from a little before it to a little
        behind it; the path is replaced from there on."""
        stuck = path[-1].position
        goal = min(stuck + AHEAD, len(self.symbols))
        best: tuple[int, int, _Found] | None = None
        for back in BACK:
            begin = next(i for i, state in enumerate(path) if state.position >= stuck - back)
            found = self._cheapest(path[begin], goal)
            if found is not None and (best is None or found.price < best[0]):
                best = (found.price, begin, found)
            if best is not None and best[0] <= STEP + END:
                break  # one step too many or too few: nothing explains it better
        if best is None:
            self._give_up(path, moves)
            return
        _, begin, found = best
        del path[begin + 1 :], moves[begin:]
        _append(path, moves, found.trail, path[-1], found.last)

    def _cheapest(self, first: _State, goal: int) -> _Found | None:
        count = itertools.count()
        prices, trail = {first: 0}, _Trail()
        heap = [(0, 0, next(count), first)]
        for _ in range(EFFORT):
            if not heap:
                break
            price, _, _, state = heapq.heappop(heap)
            if price > prices[state]:
                continue
            if state.position == goal and (goal < len(self.symbols) or self._is_done(state)):
                return _Found(price, trail, state)
            for cost, after, move in self._any(state):
                if price + cost < prices.get(after, 1 << 30):
                    prices[after] = price + cost
                    trail[after] = (state, move)
                    heapq.heappush(heap, (price + cost, -after.position, next(count), after))
        return None

    def _give_up(self, path: list[_State], moves: list[Move | None]) -> None:
        """Say of the rest that it was not checked, rather than something untrue."""
        self.checked = False
        path.append(_State(len(self.symbols), NOWHERE))
        moves.append(None)

    def _any(self, state: _State) -> Iterator[tuple[int, _State, Move | None]]:
        at = state.position
        awaited = self.symbols[at] if at < len(self.symbols) else None
        if awaited is not None:
            known = self.net.elements.get(awaited.element)
            yield _price(awaited, known), _State(at + 1, state.marking), Move("extra", awaited, at)
        for shows, node, after, asked in self.net.moves(state.marking):
            if shows is None:
                yield 0, _State(at, after), None
                continue
            if shows == awaited:
                yield 0, _State(at + 1, after), Move("fits", shows, at)
            if asked and not node.inserted:  # an inserted one catches for a scope, when recorded
                yield from self._missing(at, shows, node, after)

    def _missing(
        self, at: int, shows: Symbol, node: Node, after: Marking
    ) -> Iterator[tuple[int, _State, Move]]:
        move = Move("missing", shows, at)
        if shows.sign == LEFT:
            yield 2 * END, _State(at, after), move
            return
        yield _price(shows, node), _State(at, after), move
        left = Symbol(LEFT, shows.element)
        # A step that was skipped was not left either.
        for shown, _, gone, _ in self.net.moves(after):
            if shown == left:
                yield _price(shows, node), _State(at, gone), move


def _price(symbol: Symbol, node: Node | None) -> int:
    if symbol.sign == LEFT:
        return END
    return STEP if node is None or node.is_activity else PASSAGE


def _append(
    path: list[_State], moves: list[Move | None], trail: _Trail, first: _State, last: _State
) -> None:
    found = []
    while last != first:
        before, move = trail[last]
        found.append((last, move))
        last = before
    for state, move in reversed(found):
        path.append(state)
        moves.append(move)
