"""Names and choices that an administrator types, checked in one place."""

import re
from collections.abc import Iterable

from webhooks.errors import NameRefused

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def is_name(name: str) -> bool:
    """Whether this can be the name of something here at all."""
    return _NAME.fullmatch(name) is not None


def checked_name(name: str) -> str:
    """A name that can stand in a URL."""
    if not is_name(name):
        raise NameRefused(name=name[:63], allowed="a-z 0-9 -")
    return name


def checked_choices(chosen: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """The choices, sorted and once each, all of them allowed."""
    known = list(allowed)
    for choice in chosen:
        if choice not in known:
            raise NameRefused(name=choice[:63], allowed=", ".join(known))
    return sorted(set(chosen))
