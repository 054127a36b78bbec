"""Is the record whole? Both chains of every case, what its row says, the files it ran under, and
the log of signed heads are worked out again and compared. Nothing is executed here: see replay."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from engine.ground.errors import InstanceNotFound
from engine.record.differences import Report
from engine.record.verification.administration import verify_administration
from engine.record.verification.deployments import verify_deployments
from engine.record.verification.instances import verify_cases
from engine.record.verification.log import verify_log
from engine.record.verification.stored_rows import as_finding, is_text, reading
from engine.record.verification.tables import verify_tables
from engine.store.machine import Machine
from engine.store.tables import ProcessInstance
from engine.store.work import Work

PAGE = 100  # cases per transaction: a bounded amount of memory, and one moment for each case


def verify(work: Work, instance_id: str) -> Report:
    """Check one case: both chains, its row, and the log's entries about it.

    Raises:
        InstanceNotFound: there is no such case.
    """
    if work.session.get(ProcessInstance, instance_id) is None:
        raise InstanceNotFound(instance_id=instance_id)
    (report,) = verify_cases(work, [instance_id])
    return report


def verify_common(machine: Machine) -> Report:
    """Check what belongs to no single case: that every table can be read, the deployed files, the
    chain of administration, the log and its signed heads."""
    report = Report()
    for check, table in (
        (verify_tables, "tables"),
        (verify_deployments, "deployment"),
        (verify_administration, "administration_event"),
        (verify_log, "log_entry"),
    ):
        with reading(machine) as work, as_finding(report, "", table):
            report.add(check(work))
    return report


def verify_all(machine: Machine, *, after: str = "") -> Iterator[tuple[str, Report]]:
    """Check every case in the order of its id, in constant memory; begins behind `after`.

    Each page of cases is read as of one moment, so that running cases give no false alarm.
    """
    while True:
        with reading(machine) as work:
            ids = list(itertools.islice(_ids(work, after), PAGE))
            reports = _checked(work, ids)
        if not ids:
            return
        yield from zip(ids, reports, strict=True)
        after = ids[-1]


def _checked(work: Work, ids: Sequence[str]) -> list[Report]:
    """What is found of these cases; should one of them stop the check of all, each by itself."""
    found: list[Report] = []
    with as_finding(Report(), "", ProcessInstance.__tablename__):
        found = list(verify_cases(work, ids))
    return found or [_alone(work, id) for id in ids]


def _alone(work: Work, id: str) -> Report:
    report = Report(instances=1)
    with as_finding(report, id, ProcessInstance.__tablename__):
        (report,) = verify_cases(work, [id])
    return report


def _ids(work: Work, after: str) -> Iterator[str]:
    """The ids of cases behind this one. What is no text is no case's id, and cannot be looked up by
    it: such a row is told where the tables are read."""
    query = sa.select(ProcessInstance.id).where(ProcessInstance.id > after)
    with work.session.scalars(
        query.order_by(ProcessInstance.id).execution_options(yield_per=PAGE)
    ) as found:
        yield from (id for id in found if is_text(id))
