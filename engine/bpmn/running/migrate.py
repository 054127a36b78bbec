"""Carries the tokens of a case over to the specs of another version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.running import state as stored
from engine.bpmn.running.compile import PASSAGE, Definition
from engine.bpmn.running.host import Data
from engine.bpmn.running.rewired import (
    CANNOT_UNDO,
    ELSEWHERE,
    GONE,
    NO_SCOPE,
    OTHER_KIND,
    UNDOING,
    CannotMove,
    Move,
    renamed,
    scope_name,
    shown,
    shown_name,
)
from engine.bpmn.running.specs import (
    BoundaryEvent,
    CatchEvent,
    FlowNode,
    ParallelGateway,
    drawn_name,
)
from engine.bpmn.running.tokens import LIVE, Case, Token


def carry_over(
    case: Case,
    source: Definition,
    target: Definition,
    mapping: Mapping[str, str],
    *,
    checks_wiring: bool = True,
    joins_again: bool = True,
) -> Case:
    """The same tokens and variables over the target's specs.

    Raises:
        CannotMove: a live token's element is missing, of another kind or wired otherwise in the
            target, so that the case could not go on there as drawn.
    """
    stored.compact(case)
    state = stored.dump(case)
    move = Move(source, target, mapping)
    for scope, data in zip(case.scopes(), state["scopes"], strict=True):
        _rename(scope, data, target, mapping)
        if checks_wiring:
            move.check(scope)
    moved = stored.load(state, target.spec, dict(target.subprocess_specs), case.instance)
    moved.host = case.host
    known = _known_guards(case, mapping)
    for scope in moved.scopes():
        _renew_guards(scope, known)
        if joins_again:
            _join_what_has_come(scope)
    return moved


def _join_what_has_come(scope: Any) -> None:
    """A join that waits for fewer now may have all that it waits for."""
    waiting = {token.task_spec.name: token.task_spec for token in scope.live()}
    for spec in waiting.values():
        if type(spec) is ParallelGateway and len(spec.incoming) > 1:
            spec.try_join(scope)


def _known_guards(case: Case, mapping: Mapping[str, str]) -> dict[Any, set[str]]:
    """The events on each live activity, by the target's names."""
    return {
        token.id: {renamed(boundary.name, mapping) for boundary in token.task_spec.boundaries}
        for token in case.all_live()
        if "guards" not in token.facts
    }


def _rename(scope: Any, data: Data, definition: Definition, mapping: Mapping[str, str]) -> None:
    name = scope_name(scope.spec.name, mapping)
    specs = definition.subprocess_specs.get(name)
    if specs is None:
        owner = scope.top_workflow.find(scope.parent_task_id)
        raise CannotMove(NO_SCOPE, scope.spec.name if owner is None else shown(owner.node))
    for row in data["tokens"]:
        row[2] = _place(scope, row, specs, definition, mapping)
    _rename_undo(data.get("undo", []), specs, definition, mapping)


def _rename_undo(
    lines: list[Any], specs: Any, definition: Definition, mapping: Mapping[str, str]
) -> None:
    """What was completed must be something that the target can undo too."""
    for line in lines:
        old, *inside = line
        line[0] = renamed(old, mapping)
        spec = specs.task_specs.get(line[0])
        again = specs.task_specs.get(f"{line[0]}~undo")
        if spec is None or (again is None if inside else spec.undoer is None):
            raise CannotMove(CANNOT_UNDO, shown_name(old))
        if inside:
            _rename_undo(inside[0], definition.subprocess_specs[again.spec], definition, mapping)


def _place(
    scope: Any, row: list[Any], target: Any, definition: Definition, mapping: Mapping[str, str]
) -> str:
    """The name of the token's place in the target."""
    old: FlowNode = scope.spec.task_specs[row[2]]
    name = renamed(row[2], mapping)
    new = target.task_specs.get(name)
    if not row[3] & LIVE:
        return name if new is not None else PASSAGE.id  # kept for its variables only
    if new is None:
        _refuse_lost(old, target, definition, mapping)
        row[3] = TaskState.CANCELLED  # the target does not watch any more
        return PASSAGE.id
    if "plan" in row[4]:
        raise CannotMove(UNDOING, shown(old.node))
    if type(new) is not type(old) or _event(new) != _event(old):
        raise CannotMove(OTHER_KIND, shown(old.node))
    return name


def _refuse_lost(
    old: FlowNode, target: Any, definition: Definition, mapping: Mapping[str, str]
) -> None:
    """Say where a place has gone; an event that watches an activity may be gone for good."""
    drawn = mapping.get(shown(old.node), shown(old.node))
    if old.name.startswith("~body."):
        raise CannotMove(NO_SCOPE, shown(old.node))
    if any(drawn_name(name) == drawn for name in target.task_specs):
        raise CannotMove(OTHER_KIND, shown(old.node))
    if definition.drawn(drawn) is not None:
        raise CannotMove(ELSEWHERE, shown(old.node))
    if not isinstance(old, BoundaryEvent):
        raise CannotMove(GONE, shown(old.node))


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
