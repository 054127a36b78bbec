"""The row of a running case: read and locked once in a unit of work, written once a turn."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from engine.ground.errors import ConcurrentUpdate, InstanceNotFound
from engine.store.statements import Query, Statement
from engine.store.tables import ProcessInstance, table
from engine.store.work import Instance, Work

CASE = table(ProcessInstance)


def new_instance(definition_id: str, business_key: str | None) -> Instance:
    return Instance(uuid.uuid4().hex, definition_id, business_key, "running", 1, None, 0, "", 0, "")


# What a turn has to know of the case; in the order of the class above.
COLUMNS = (
    CASE.c.id,
    CASE.c.definition_id,
    CASE.c.business_key,
    CASE.c.status,
    CASE.c.revision,
    CASE.c.ended_at,
    CASE.c.command_seq,
    CASE.c.command_head,
    CASE.c.event_seq,
    CASE.c.event_head,
)

_FIND = sa.select(*COLUMNS).where(CASE.c.id == sa.bindparam("instance"))
_LOCK = Query(_FIND.with_for_update())
_CLAIM = Query(_FIND.with_for_update(skip_locked=True))
_STATE = Query(sa.select(CASE.c.state).where(CASE.c.id == sa.bindparam("instance")))
_INSERT = Statement(sa.insert(CASE))

# The revision is the guard: whoever comes second touches no row.
_GUARD = (CASE.c.id == sa.bindparam("instance"), CASE.c.revision == sa.bindparam("before"))
_WRITTEN = [column.name for column in COLUMNS if column.name not in ("id", "business_key")]
_UPDATE = sa.update(CASE).where(*_GUARD).values({name: sa.bindparam(name) for name in _WRITTEN})
_WRITE = Statement(_UPDATE)
_WRITE_STATE = Statement(_UPDATE.values(state=sa.bindparam("state")))


def locked_instance(work: Work, instance_id: str) -> Instance:
    """The instance's row, locked against other writers until the end of the unit of work."""
    touched = work.touched.get(instance_id)
    if touched is not None:
        return touched
    found = _LOCK.first(work.transaction, {"instance": instance_id})
    if found is None:
        raise InstanceNotFound(instance_id=instance_id)
    return touch(work, Instance(*found))


def claim_instance(work: Work, instance_id: str) -> Instance | None:
    """The instance's row, locked, or None while somebody else is at work on it: never waits."""
    touched = work.touched.get(instance_id)
    if touched is not None:
        return touched
    found = _CLAIM.first(work.transaction, {"instance": instance_id})
    return None if found is None else touch(work, Instance(*found))


def touch(work: Work, instance: Instance) -> Instance:
    """From here on, this unit of work answers for the row."""
    work.touched[instance.id] = instance
    return instance


def stored_state(work: Work, instance: Instance) -> str:
    """The state that the last turn left."""
    found = _STATE.first(work.transaction, {"instance": instance.id})
    assert found is not None  # its row is locked
    return str(found[0])


def insert_instance(work: Work, instance: Instance) -> Instance:
    """A new case, written before anything can refer to it."""
    row = {name: getattr(instance, name) for name in (c.name for c in COLUMNS)}
    _INSERT.run(work.transaction, {**row, "state": "", "started_at": work.now})
    return touch(work, instance)


def write_instance(work: Work, instance: Instance) -> None:
    """Write what became of the case.

    Raises:
        ConcurrentUpdate: somebody else changed it first.
    """
    before = instance.revision
    instance.revision += 1
    row = {name: getattr(instance, name) for name in (*_WRITTEN, "state")}
    row.update(instance=instance.id, before=before)
    statement = _WRITE if instance.state is None else _WRITE_STATE
    if statement.run(work.transaction, row) != 1:
        raise ConcurrentUpdate
    instance.is_ahead, instance.is_written = False, True


def write_instances(work: Work) -> None:
    """Write the cases whose record has grown since they were written."""
    for instance in work.touched.values():
        if instance.is_ahead:
            write_instance(work, instance)
