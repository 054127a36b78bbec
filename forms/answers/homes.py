"""Where each answer lives: process variables, submission, identity vault or file store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from forms.answers.situation import Situation
from forms.model.component import Component, Home


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one form, each leaf in exactly one home.

    The rows of a list keep their place in every home that holds a part of them, so that row 2 of
    the vault is row 2 of the variables. `files` maps the path of a field to the ids of its files.
    """

    variables: dict[str, Any]
    submission: dict[str, Any]
    personal: dict[str, Any]
    files: dict[str, list[str]]
    personal_files: frozenset[str] = frozenset()  # the paths of those that say who a person is

    def merged(self) -> dict[str, Any]:
        """All homes as one set of answers again, for showing what was given."""
        whole = merge(self.variables, self.submission, self.personal)
        for path, ids in self.files.items():
            _put(whole, path.split("."), list(ids))
        return whole


def split(components: tuple[Component, ...], situation: Situation) -> Answers:
    """Send every visible answer to its home."""
    variables, submission, personal = (
        _part(components, situation.answers, situation, home, "")
        for home in ("variable", "submission", "personal")
    )
    found = list(_files(components, situation.answers, situation, ""))
    files = {path: ids for path, ids, _ in found}
    guarded = frozenset(path for path, _, is_personal in found if is_personal)
    return Answers(variables, submission, personal, files, guarded)


def _part(
    components: tuple[Component, ...],
    answers: Mapping[str, Any],
    situation: Situation,
    home: Home,
    prefix: str,
) -> dict[str, Any]:
    part: dict[str, Any] = {}
    for component in components:
        if situation.hides(prefix, component) or component.disabled:
            continue
        inner = component.children
        if component.type == "group" and not component.key:
            part.update(_part(inner, answers, situation, home, prefix))
        elif component.type == "group" and _houses(component, home):
            place = f"{prefix}{component.key}."
            part[component.key] = _part(inner, answers[component.key], situation, home, place)
        elif component.type == "dynamiclist" and _houses(component, home):
            part[component.key] = [
                _part(inner, row, situation, home, f"{prefix}{component.key}.{index}.")
                for index, row in enumerate(answers[component.key])
            ]
        elif not inner and component.key and component.home == home:
            part[component.key] = answers[component.key]
    return part


def _houses(component: Component, home: Home) -> bool:
    """Whether any leaf in it belongs to that home, answered or not."""
    if component.children:
        return any(_houses(child, home) for child in component.children)
    return bool(component.key) and component.home == home


def _files(
    components: tuple[Component, ...],
    answers: Mapping[str, Any],
    situation: Situation,
    prefix: str,
) -> Iterator[tuple[str, list[str], bool]]:
    for component in components:
        place = f"{prefix}{component.key}."
        if situation.hides(prefix, component) or component.disabled:
            continue
        if component.type == "filepicker":
            yield prefix + component.key, answers[component.key], component.is_personal
        elif component.type == "dynamiclist":
            for index, row in enumerate(answers[component.key]):
                yield from _files(component.children, row, situation, f"{place}{index}.")
        elif component.type == "group":
            inner = answers[component.key] if component.key else answers
            below = place if component.key else prefix
            yield from _files(component.children, inner, situation, below)


def merge(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Several homes as one set of answers; rows of a list are joined place by place."""
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            whole[key] = _joined(whole[key], value) if key in whole else _copy(value)
    return whole


def _joined(left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        return merge(left, right)
    if _are_rows(left) and _are_rows(right):
        longer = max(len(left), len(right))
        pairs = ((_row(left, index), _row(right, index)) for index in range(longer))
        return [merge(one, other) for one, other in pairs]
    return _copy(right)


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _row(rows: list[dict[str, Any]], index: int) -> dict[str, Any]:
    return rows[index] if index < len(rows) else {}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _put(whole: dict[str, Any], steps: list[str], value: Any) -> None:
    place: Any = whole
    for step, following in pairwise(steps):
        if isinstance(place, list):
            while len(place) <= int(step):
                place.append({})
            place = place[int(step)]
        else:
            place = place.setdefault(step, [] if following.isdigit() else {})
    place[steps[-1]] = value
