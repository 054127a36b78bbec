"""A form's answers as they may be shown: what is not for the reader stands covered in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

from forms.model.component import Component, Home

COVER = "██████"
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
Data = dict[str, Any]


def covered(
    components: tuple[Component, ...], answers: Mapping[str, Any], shown: Collection[Home]
) -> Data:
    """The answers with every leaf covered whose home is not among those shown.

    That something was answered, and in how many rows, stays visible: it is part of the course.
    """
    found: Data = {}
    for component in components:
        if component.type == "group" and not component.key:
            found.update(covered(component.children, answers, shown))
        elif component.key in answers:
            found[component.key] = _covered(component, answers[component.key], shown)
    return found


def _covered(component: Component, value: Any, shown: Collection[Home]) -> Any:
    if component.type == "group":
        return covered(component.children, value if isinstance(value, Mapping) else {}, shown)
    if component.type == "dynamiclist":
        rows = value if isinstance(value, list) else []
        return [covered(component.children, row, shown) for row in rows if isinstance(row, Mapping)]
    if component.home in shown or value in (None, "", []) or component.type == "filepicker":
        return value
    return COVER


def nested(values: Mapping[str, Any]) -> Data:
    """`{"accused[0].name": "…"}` → `{"accused": [{"name": "…"}]}`: the vault's paths as answers."""
    whole: Data = {}
    for path, value in values.items():
        steps = [name or int(number) for name, number in _STEP.findall(path)]
        _put(whole, steps, value)
    return whole


def _put(whole: Data, steps: list[str | int], value: Any) -> None:
    place: Any = whole
    for step, following in pairwise(steps):
        fresh: Any = [] if isinstance(following, int) else {}
        if isinstance(place, list):
            place.extend({} for _ in range(int(step) + 1 - len(place)))
            place = place[int(step)]
        else:
            place = place.setdefault(step, fresh)
    if isinstance(place, list):
        place.extend("" for _ in range(int(steps[-1]) + 1 - len(place)))
        place[int(steps[-1])] = value
    else:
        place[steps[-1]] = value
