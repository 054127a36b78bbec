"""The stored state of a case: tokens and their variables, compact, without any specification."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.running.host import SAME_AS_LOADED, Data
from engine.bpmn.running.tokens import Case, Subprocess, Token

VERSION = 1


def compact(case: Case) -> None:
    """Cut off what is finished. Live tokens stay, and where their branches part, and every token
    whose variables a later merge compares with; so a long case stays as small as a young one."""
    for scope in case.scopes():
        _compact_scope(scope)


def _compact_scope(scope: Any) -> None:
    keep: set[Token] = {scope.task_tree}
    seen: set[Token] = set()
    for token in scope.live():
        keep.add(token)
        line = token
        while line is not None and line not in seen:
            seen.add(line)
            line = line.before
        if line is not None:
            keep.add(line)  # here its branch parted from another
    keep.update(token for token in seen if "snapshot" in token.internal_data)
    if len(keep) < len(scope.tasks):
        _drop_all_but(scope, keep)


def _drop_all_but(scope: Any, keep: set[Token]) -> None:
    for token in [token for token in scope.tasks.values() if token not in keep]:
        del scope.tasks[token.id]
    scope.unfinished = [token for token in scope.unfinished if token in keep]
    for token in keep:
        parent = token.before
        while parent is not None and parent not in keep:
            parent = parent.before
        token.before, token._parent = parent, None if parent is None else parent.id
        token._children = []
    for token in scope.tasks.values():
        if token.before is not None:
            token.before._children.append(token.id)


def dump(case: Case) -> Data:
    """The state as JSON-able data; ids are numbers counted from the instance's own id."""
    if case.host.behaviour >= SAME_AS_LOADED:
        for scope in case.scopes():
            _put_in_order(scope)
    return {
        "v": VERSION,
        "n": case.counter,
        "scopes": [_dump_scope(case, scope) for scope in case.scopes()],
    }


def _dump_scope(case: Case, scope: Any) -> Data:
    out: Data = {
        "root": scope.task_tree.number,
        "tokens": [_dump_token(token) for token in scope.tasks.values()],
    }
    if scope.parent_task_id is not None:
        out["of"] = case.get_task_from_id(scope.parent_task_id).number
    if scope.result:
        out["result"] = scope.result
    if scope.aside:
        out["aside"] = scope.aside
    if scope.undo:
        out["undo"] = scope.undo
    return out


def _put_in_order(scope: Any) -> None:
    """The variables as a loaded case has them: first those of the token before. A replay goes on
    in memory where the case was loaded in between, and must come to the same bytes."""
    for token in scope.tasks.values():
        if token.before is not None:
            data = token.data
            first = {name: data[name] for name in token.before.data if name in data}
            token.data = {**first, **data}


def _dump_token(token: Token) -> list[Any]:
    parent = token.before
    row: list[Any] = [
        token.number,
        None if parent is None else parent.number,
        token.task_spec.name,
        token._state,
        token.internal_data,
    ]
    if parent is None:
        return [*row, token.data]
    changed, gone = _difference(parent.data, token.data)
    return [*row, changed, gone] if gone else [*row, changed]


def _difference(base: Data, data: Data) -> tuple[Data, list[str]]:
    changed = {
        name: value
        for name, value in data.items()
        if name not in base or (base[name] is not value and base[name] != value)
    }
    return changed, [name for name in base if name not in data]


def load(state: Data, spec: Any, subprocess_specs: dict[str, Any], instance: UUID) -> Case:
    """Rebuild a case over shared specs."""
    case = Case(spec, subprocess_specs, instance)
    case.counter = state["n"]
    top, *inner = state["scopes"]
    _load_scope(case, case, top)
    for stored in inner:
        owner = case.get_task_from_id(case.id_of(stored["of"]))
        body = subprocess_specs[owner.task_spec.spec]
        scope = Subprocess(body, owner.id, case)
        scope.belongs_to(owner)
        _load_scope(case, scope, stored)
    return case


def _load_scope(case: Case, scope: Case | Subprocess, stored: Data) -> None:
    scope.result = stored.get("result", {})
    scope.aside = stored.get("aside", {})
    scope.undo = stored.get("undo", [])
    for row in stored["tokens"]:
        number, parent, name, state, facts, data, *gone = row
        holder = None if parent is None else scope.tasks[case.id_of(parent)]
        identifier = case.id_of(number)
        token = Token(scope, scope.spec.task_specs[name], holder, state=state, id=identifier)
        scope.unfinished.append(token)
        token.number, token.internal_data = number, facts
        token.comes_from(holder)
        if holder is not None:
            data = {**holder.data, **data}
            for key in gone[0] if gone else ():
                data.pop(key, None)
        token.data = data
        if state == TaskState.WAITING:
            _go_on_waiting(case, token)
    scope.task_tree = scope.tasks[case.id_of(stored["root"])]


def _go_on_waiting(case: Case, token: Token) -> None:
    if "kind" in token.facts:
        case.event_manager.add_task(token)
    elif token.node.tag == "inclusiveGateway":
        case.joins.append(token)
