"""Carries the tokens of a case over to the specs of another version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn import state as stored
from engine.bpmn.compile import PASSAGE, Definition
from engine.bpmn.host import Data
from engine.bpmn.specs import BoundaryEvent, CatchEvent, FlowNode, drawn_name, name_of
from engine.bpmn.tokens import LIVE, Case, Token


class CannotMove(Exception):
    """A token stands where the target has no place for it; the text names the element."""


def carry_over(case: Case, definition: Definition, mapping: Mapping[str, str]) -> Case:
    """The same tokens and variables over the target's specs.

    Raises:
        CannotMove: a live token's element is missing or of another kind in the target.
    """
    stored.compact(case)
    state = stored.dump(case)
    for scope, data in zip(case.scopes(), state["scopes"], strict=True):
        _rename(scope, data, definition, mapping)
    moved = stored.load(state, definition.spec, dict(definition.subprocess_specs), case.instance)
    moved.host = case.host
    known = _known_guards(case, mapping)
    for scope in moved.scopes():
        _renew_guards(scope, known)
    return moved


def _known_guards(case: Case, mapping: Mapping[str, str]) -> dict[Any, set[str]]:
    """The events on each live activity, by the target's names."""
    return {
        token.id: {_renamed(boundary.name, mapping) for boundary in token.task_spec.boundaries}
        for token in case.all_live()
        if "guards" not in token.facts
    }


def _rename(scope: Any, data: Data, definition: Definition, mapping: Mapping[str, str]) -> None:
    name = _scope_name(scope.spec.name, mapping)
    specs = definition.subprocess_specs.get(name)
    if specs is None:
        raise CannotMove(f"{scope.spec.name}: the target has no such subprocess")
    for row in data["tokens"]:
        row[2] = _place(scope, row, specs, mapping)
    _rename_undo(data.get("undo", []), specs, definition, mapping)


def _rename_undo(
    lines: list[Any], specs: Any, definition: Definition, mapping: Mapping[str, str]
) -> None:
    """What was completed must be something that the target can undo too."""
    for line in lines:
        old, *inside = line
        line[0] = _renamed(old, mapping)
        spec = specs.task_specs.get(line[0])
        again = specs.task_specs.get(f"{line[0]}~undo")
        if spec is None or (again is None if inside else spec.undoer is None):
            raise CannotMove(f"{old}: it is done, and the target cannot undo it")
        if inside:
            _rename_undo(inside[0], definition.subprocess_specs[again.body], definition, mapping)


def _scope_name(name: str, mapping: Mapping[str, str]) -> str:
    return "/".join(_renamed(part, mapping) for part in name.split("/"))


def _renamed(name: str, mapping: Mapping[str, str]) -> str:
    """The target's name for a drawn node, or for a part that the compiler made of it."""
    drawn = drawn_name(name)
    return name_of(mapping.get(drawn, drawn)) + name[len(name_of(drawn)) :]


def _place(scope: Any, row: list[Any], target: Any, mapping: Mapping[str, str]) -> str:
    """The name of the token's place in the target."""
    old: FlowNode = scope.spec.task_specs[row[2]]
    base = row[2]
    name = _renamed(base, mapping)
    new = target.task_specs.get(name)
    if not row[3] & LIVE:
        return name if new is not None else PASSAGE.id  # kept for its variables only
    if isinstance(old, BoundaryEvent) and new is None:
        row[3] = TaskState.CANCELLED  # the target does not watch any more
        return PASSAGE.id
    if new is None:
        raise CannotMove(f"{base}: the target has no such element")
    if "plan" in row[4]:
        raise CannotMove(f"{base}: what it undoes is being undone just now")
    if type(new) is not type(old) or _event(new) != _event(old):
        raise CannotMove(f"{base}: it is of another kind in the target")
    return name


def _event(spec: Any) -> tuple[str, str] | None:
    if not isinstance(spec, CatchEvent):
        return None
    return spec.event.kind, spec.event.name


def _renew_guards(scope: Any, known: Mapping[Any, set[str]]) -> None:
    """Events on an activity that the source did not have begin to watch it now.

    One that it had watches already, or has happened: a reminder is not given twice.
    """
    activities: list[Token] = [t for t in scope.live() if "guards" not in t.facts]
    for token in activities:
        for boundary in token.task_spec.boundaries:
            if boundary.name not in known[token.id]:
                boundary.guard(token)
