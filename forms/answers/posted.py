"""From the flat names of a posted HTML form to nested answers, with no JavaScript needed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from forms.answers.situation import nothing
from forms.model.component import MULTIPLE_CHOICES, Component, level

SEPARATOR: Final = "-"
ACTION: Final = "_action"
ROW_MARK: Final = "_row"  # a row without any filled field is still a row
LIST_MARK: Final = "_list"  # a list whose last row was removed is still a list that was shown
KEPT_MARK: Final = "_kept"  # ids of files stored by an earlier post
NOT_ANSWERS: Final = frozenset({"csrf_token"})
MOST_ROWS: Final = 500


class MultiDict(Protocol):
    """What werkzeug gives for a posted form: several values under one name."""

    def __iter__(self) -> Any: ...

    def getlist(self, key: str) -> Sequence[str]: ...


Posted = MultiDict | Mapping[str, str | Sequence[str]]


def html_name(path: str) -> str:
    """`accused.0.name` as an input's name: `accused-0-name`."""
    return path.replace(".", SEPARATOR)


def parse(
    components: tuple[Component, ...],
    posted: Posted,
    files: Mapping[str, Sequence[str]] | None = None,
    *,
    ignore: Collection[str] = NOT_ANSWERS,
) -> dict[str, Any]:
    """Nested answers from posted names; a name of no field stays, for `load` to refuse.

    `files` holds the ids under which uploads of this post were stored, by path or by input name.
    Names that start with `_` are the page's own and left out.
    """
    values = {
        name: list(_values(posted, name))
        for name in posted
        if name not in ignore and not name.startswith("_")
    }
    for path, ids in (files or {}).items():
        if ids:
            values.setdefault(html_name(path) + SEPARATOR + KEPT_MARK, []).extend(ids)
    tree = _tree(values)
    return _answers(components, tree)


def _values(posted: Posted, name: str) -> Sequence[str]:
    if not isinstance(posted, Mapping) or hasattr(posted, "getlist"):
        return [str(value) for value in posted.getlist(name)]
    value = posted[name]
    return [value] if isinstance(value, str) else [str(item) for item in value]


_Tree = dict[str, Any]
_HERE: Final = ""  # the values that stand at a place of the tree, beside the places below it


def _tree(values: Mapping[str, list[str]]) -> _Tree:
    root: _Tree = {}
    for name, given in values.items():
        place = root
        for step in name.split(SEPARATOR)[:12]:  # deeper than any form nests
            place = place.setdefault(step or "?", {})
        place.setdefault(_HERE, []).extend(given)
    return root


def _answers(components: tuple[Component, ...], tree: _Tree) -> dict[str, Any]:
    known = {
        component.key: component
        for component in level(components)
        if component.key and component.type != "expression"
    }
    answers: dict[str, Any] = {}
    for key, place in tree.items():
        if key in known:
            answers |= _answer(known[key], place) | _strays(known[key], place)
        elif key != _HERE and not key.startswith("_"):
            answers[key] = _unknown(place)
    return answers


def _strays(component: Component, place: _Tree) -> dict[str, Any]:
    """Names below a field that has nothing below it: unknown, and not to be lost in silence."""
    if component.children:
        return {}
    strays = (step for step in place if step != _HERE and not step.startswith("_"))
    return {f"{component.key}{SEPARATOR}{step}": _unknown(place[step]) for step in strays}


def _unknown(place: _Tree) -> Any:
    return place[_HERE][0] if place.get(_HERE) else "?"


def _answer(component: Component, place: _Tree) -> dict[str, Any]:
    key, given = component.key, place.get(_HERE, [])
    if component.type == "dynamiclist":
        rows = _rows(component, place)
        return {key: given[0] if given and not rows else rows}
    if component.type == "group":
        return {key: _answers(component.children, place)}
    if component.type == "filepicker":
        return {key: place.get(KEPT_MARK, {}).get(_HERE, []) + [v for v in given if v]}
    if component.type == "checkbox":
        return {key: any(value not in ("", "false") for value in given)}
    if component.type in MULTIPLE_CHOICES:
        return {key: [value for value in given if value]}
    return {key: given[-1]} if given else {}


def _rows(component: Component, place: _Tree) -> list[dict[str, Any]]:
    # The number in a name only orders the rows: `accused-999999-name` makes one row, not a million.
    numbers = sorted((name for name in place if name.isascii() and name.isdigit()), key=_row_order)
    return [_answers(component.children, place[number]) for number in numbers[: MOST_ROWS + 1]]


def _row_order(number: str) -> tuple[int, str]:
    return len(number.lstrip("0")), number.lstrip("0")


def apply_action(
    components: tuple[Component, ...], answers: Mapping[str, Any], action: str
) -> dict[str, Any]:
    """Do what a button asks: `add:accused`, `remove:accused.1`; anything else changes nothing."""
    verb, _, path = action.partition(":")
    steps = path.split(".") if path else []
    changed: dict[str, Any] = _deep_copy(dict(answers))
    if verb == "add" and steps:
        rows, component = _rows_at(components, changed, steps)
        if rows is not None and component is not None and len(rows) < MOST_ROWS:
            rows.append({})
    elif verb == "remove" and len(steps) > 1 and steps[-1].isdigit():
        rows, _component = _rows_at(components, changed, steps[:-1])
        if rows is not None and int(steps[-1]) < len(rows):
            del rows[int(steps[-1])]
    return changed


def _rows_at(
    components: Iterable[Component], answers: dict[str, Any], steps: Sequence[str]
) -> tuple[list[Any] | None, Component | None]:
    here = {component.key: component for component in level(tuple(components)) if component.key}
    component = here.get(steps[0])
    if component is None or component.type not in ("dynamiclist", "group"):
        return None, None
    if not isinstance(answers.get(component.key), type(nothing(component))):
        answers[component.key] = nothing(component)
    value = answers[component.key]
    if len(steps) == 1:
        return (value, component) if component.type == "dynamiclist" else (None, None)
    if component.type == "group":
        return _rows_at(component.children, value, steps[1:])
    index = int(steps[1]) if steps[1].isdigit() else -1
    if not 0 <= index < len(value) or not isinstance(value[index], dict) or len(steps) < 3:
        return None, None
    return _rows_at(component.children, value[index], steps[2:])


def _deep_copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _deep_copy(item) for key, item in value.items()}
    return [_deep_copy(item) for item in value] if isinstance(value, list) else value
