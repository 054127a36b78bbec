"""The two kinds of unit of work: one that writes and one that only reads."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator

from sqlalchemy.orm.exc import StaleDataError

from engine.bpmn.running.host import StepFailed
from engine.ground.errors import ConcurrentUpdate
from engine.store.database import unit_of_work
from engine.store.instances import write_instances
from engine.store.machine import Machine
from engine.store.work import Work


@contextlib.contextmanager
def begin(machine: Machine, *, report_incident: bool = True) -> Iterator[Work]:
    """One transaction for several verbs: commits at the end, or nothing has happened.

    When an automatic step of a case fails, whoever caused it reads why, and an incident tells
    an administrator too; timers and jobs report in their own way and pass False.

    Raises:
        StepFailed: what the diagram does next cannot be done; nothing was changed.
        ConcurrentUpdate: somebody else changed the same case first.
        DatabaseUnavailable: the database cannot be reached or written.
    """
    try:
        with unit_of_work(machine.database) as transaction:
            work = Work(machine, transaction, machine.clock.now(), by=machine.by)
            work.after_commit(lambda: _keep(work))
            transaction.info["work"] = weakref.ref(work)  # a circle would keep its cases in memory
            yield work
            work.finish()
            write_instances(work)
            if work.offers:
                machine.dispatch.bring(work, work.offers)
    except StaleDataError as error:
        raise ConcurrentUpdate from error
    except StepFailed as failed:
        if report_incident and failed.instance_id is not None:
            machine.report_incident(machine, failed.instance_id, failed)
        raise


@contextlib.contextmanager
def read(machine: Machine, *, snapshot: bool = False) -> Iterator[Work]:
    """A transaction in which nothing is written; a `snapshot` sees one moment throughout."""
    with unit_of_work(machine.database, readonly=True, snapshot=snapshot) as transaction:
        yield Work(machine, transaction, machine.clock.now(), is_readonly=True)


def _keep(work: Work) -> None:
    """Cases that this unit of work has moved stay in memory as they are now stored."""
    cases = work.machine.cases
    for instance in work.touched.values():
        execution = work.live.get(instance.id)
        if execution is not None and instance.status == "running":
            cases.put(instance.id, instance.revision, execution)
        elif execution is None and instance.is_written:
            cases.retag(instance.id, instance.revision - 1, instance.revision)
