"""Many open cases in a moment: copies of one that was really filed, with keys and titles of their
own. Their record is not copied: they are there to be listed, not to be replayed."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from engine.store.tables import Base, ProcessInstance, UserTask, UserTaskCandidate
from engine.store.work import Work
from office.deadlines.tables import DeadlineRow, ReminderRow
from office.ground.services import Services
from office.ground.tables import Case
from office.vault.case_keys import case_key, issue_keys

Rows = list[dict[str, Any]]


def crowd(work: Work, services: Services, case_id: str, count: int) -> None:
    """Add so many copies of a case with its open tasks and deadlines."""
    case = work.session.get_one(Case, case_id)
    tasks = _rows(work, UserTask, UserTask.instance_id == case.instance_id)
    clocks = _rows(work, DeadlineRow, DeadlineRow.case_id == case_id)
    tables: dict[type[Base], Rows] = {
        ProcessInstance: _rows(work, ProcessInstance, ProcessInstance.id == case.instance_id),
        Case: _rows(work, Case, Case.id == case_id),
        UserTask: tasks,
        UserTaskCandidate: _rows(
            work, UserTaskCandidate, UserTaskCandidate.task_id.in_(row["id"] for row in tasks)
        ),
        DeadlineRow: clocks,
        ReminderRow: _rows(work, ReminderRow, ReminderRow.case_id == case_id),
    }
    title = f"complaint_case.title|{case_id}"
    words = case_key(work, services, case_id).decrypt(case.title or b"", title)
    copies: dict[type[Base], Rows] = {table: [] for table in tables}
    for number in range(count):
        ids = {old: uuid.uuid4().hex for old in (case_id, str(case.instance_id))}
        ids |= {row["id"]: uuid.uuid4().hex for row in (*tasks, *clocks)}
        for table, rows in tables.items():
            copies[table] += [
                {k: ids.get(v, v) if isinstance(v, str) else v for k, v in row.items()}
                for row in rows
            ]
        made = copies[Case][-1]
        made |= {
            "receipt_no": f"copy.{number}/{uuid.uuid4().hex[:6]}",
            "tracking_hash": uuid.uuid4().hex,
        }
    for table in (ProcessInstance, Case, UserTask, UserTaskCandidate, DeadlineRow, ReminderRow):
        work.session.execute(sa.insert(table), copies[table])
    for made in copies[Case]:
        issue_keys(work, services, made["id"])
    work.session.flush()  # the keys are read again below
    for made in copies[Case]:
        key, place = case_key(work, services, made["id"]), f"complaint_case.title|{made['id']}"
        encrypted = (
            sa.update(Case).where(Case.id == made["id"]).values(title=key.encrypt(words, place))
        )
        work.session.execute(encrypted)


def _rows(work: Work, table: type[Base], which: sa.ColumnElement[bool]) -> Rows:
    mapper = sa.inspect(table)
    attributes = [mapper.get_property_by_column(column).key for column in mapper.columns]
    found = work.session.scalars(sa.select(table).where(which))
    return [{name: getattr(row, name) for name in attributes} for row in found]
