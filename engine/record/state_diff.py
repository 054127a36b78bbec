"""Two stored states of a case compared: which token stands elsewhere, which variable is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.ground.canonical import dumps, loads
from engine.ground.text import Text

LONGEST = 60
UNREADABLE = Text("สถานะที่เก็บไว้อ่านไม่ได้", "the stored state cannot be read")
OTHER = Text("รูปแบบของสถานะที่เก็บไว้ต่างจากผลของคำสั่ง", "the stored state is written otherwise")
EXTRA = Text(
    "ที่ {element}: สถานะที่เก็บไว้มีโทเคนที่คำสั่งไม่ได้ให้", "at {element}: the commands give no token here"
)
MISSING = Text(
    "ที่ {element}: คำสั่งให้โทเคนที่สถานะที่เก็บไว้ไม่มี",
    "at {element}: the token that the commands give is gone",
)
VARIABLE = Text(
    "ที่ {element}: ตัวแปร {variable} เก็บไว้เป็น {stored} แต่คำสั่งให้ {found}",
    "at {element}: the variable {variable} is stored as {stored}, the commands give {found}",
)
FACT = Text(
    "ที่ {element}: {variable} เก็บไว้เป็น {stored} แต่คำสั่งให้ {found}",
    "at {element}: {variable} is stored as {stored}, the commands give {found}",
)
Row = tuple[str, dict[str, Any], dict[str, Any]]  # element, facts, variables


def state_differences(stored: str, found: str) -> list[Text]:
    """What differs between the stored state and the one that the commands give."""
    try:
        mine = _tokens(loads(stored))
    except (ValueError, TypeError, LookupError, AttributeError):
        return [UNREADABLE]
    return list(_differences(mine, _tokens(loads(found)))) or [OTHER]


def _tokens(state: Any) -> dict[tuple[int, int], Row]:
    """Every token by scope and number."""
    tokens = {}
    for scope in state["scopes"]:
        for number, _, element, standing, facts, variables, *gone in scope["tokens"]:
            about = {"state": standing, **facts, **({"gone": gone} if gone else {})}
            tokens[int(scope["root"]), int(number)] = (str(element), about, dict(variables))
    return tokens


def _differences(
    stored: Mapping[tuple[int, int], Row], found: Mapping[tuple[int, int], Row]
) -> Iterator[Text]:
    for key in sorted({*stored, *found}):
        mine, theirs = stored.get(key), found.get(key)
        if mine is None or theirs is None:
            there = mine or theirs
            assert there is not None
            yield (MISSING if mine is None else EXTRA).format(element=there[0])
            continue
        yield from _compared(FACT, mine[0], mine[1], theirs[1])
        yield from _compared(VARIABLE, mine[0], mine[2], theirs[2])


def _compared(
    what: Text, element: str, stored: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Text]:
    for name in sorted({*stored, *found}):
        mine, theirs = _spelled(stored, name), _spelled(found, name)
        if mine != theirs:
            facts = {"element": element, "variable": name, "stored": mine, "found": theirs}
            yield what.format(**facts)


def _spelled(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "–"
    text = dumps(values[name])
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
