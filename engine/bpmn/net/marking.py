"""Tokens, the transitions that move them, and what is left when one has fired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.bpmn.model import Node

ENTERED, LEFT = "+", "-"
PERHAPS = ("may", "enough")  # the kinds that tell of a choice which the record will show


class Token(NamedTuple):
    """Where a token stands: the kinds are told in the room's first words."""

    scope: str
    kind: str
    name: str


Marking = tuple[tuple[Token, int], ...]
NOWHERE: Marking = ()


class Symbol(NamedTuple):
    """That an element was entered (`+`) or left (`-`), as the history writes it."""

    sign: str
    element: str


@dataclass(frozen=True, slots=True)
class Transition:
    """What moves tokens, and how.

    `still`: while this token remains, the scope is neither idle nor emptied by this transition, and
    nothing is dropped, as another token is in the same node. What is not `asked` is believed when
    it is recorded.
    """

    node: Node
    takes: tuple[Token, ...]
    gives: tuple[Token, ...] = ()
    shows: Symbol | None = None
    withdraws: tuple[Token, ...] = ()  # one of each, if it is there
    drops: tuple[Token, ...] = ()  # all of each
    clears: str = ""  # the scope that is emptied, with all inside
    idle: str = ""  # the scope in which nothing may be going on
    still: Token | None = None
    without: Token | None = None  # it cannot fire where this token is
    asked: bool = True


class Firing(NamedTuple):
    """A move: what the history shows of it (nothing, if None) and where it leads."""

    shows: Symbol | None
    node: Node
    after: Marking
    asked: bool = True


def fire(tokens: Mapping[Token, int], by: Transition, most: int) -> Marking | None:
    """The marking after a transition, None if it cannot fire; no more than `most` of one token."""
    rest = dict(tokens)
    for token in by.takes:
        if token not in rest:
            return None
        _take(rest, token)
    alone = by.still is None or by.still not in rest
    if alone and by.without is not None and by.without in rest:
        return None
    if by.idle and alone and any(t.scope == by.idle and t.kind != "may" for t in rest):
        return None
    for token in by.withdraws:
        _take(rest, token)
    if alone:
        rest = {t: n for t, n in rest.items() if t not in by.drops}
    if by.clears and alone:
        rest = {t: n for t, n in rest.items() if not is_inside(t.scope, by.clears)}
    for token in by.gives:
        # One perhaps is as good as many: a loop must not pile them up.
        rest[token] = 1 if token.kind in PERHAPS else min(rest.get(token, 0) + 1, most)
    return tuple(sorted(rest.items()))


def _take(tokens: dict[Token, int], token: Token) -> None:
    count = tokens.pop(token, 0)
    if count > 1:
        tokens[token] = count - 1


def is_inside(scope: str, outer: str) -> bool:
    return scope == outer or scope.startswith(f"{outer}/")
