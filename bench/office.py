"""The office's numbers: the work list with few and with many open tasks (DESIGN.md §10)."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from complaints.models import Case
from complaints.office import Office
from complaints.people import User
from complaints.settings import OfficeSettings
from engine.models import Base, ProcessInstance, UserTask, UserTaskCandidate

Row = dict[str, Any]
FEW, MANY = 1_000, 100_000
LOOKS = 60
ROLE = "screening_head"


def rows() -> Iterator[Row]:
    with an_office() as office:
        few = work_list_p95(office, upto=FEW)
        many = work_list_p95(office, upto=MANY)
    yield {
        "name": f"work list page, {MANY:,} open tasks against {FEW:,} (p95)",
        "figure": many / few,
        "unit": "×",
        "goal": "≤ 1.5",
        "met": many / few <= 1.5,
    }
    yield {
        "name": f"work list page, {MANY:,} open tasks, p95",
        "figure": many * 1000,
        "unit": "ms",
        "goal": "–",
        "met": True,
    }


@contextmanager
def an_office() -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        office = Office.open(OfficeSettings(database_url=url, data_dir=Path(folder)))
        office.deploy_guideline()
        yield office
        office.close()


def work_list_p95(office: Office, *, upto: int) -> float:
    """Seconds, over some looks at the first page."""
    fill(office, upto)
    user = User("head", "head", "head", None, frozenset({ROLE}))
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        page = office.work_list(user, limit=50)
        taken.append(time.perf_counter() - began)
        assert len(page.items) == 50
    return statistics.quantiles(taken, n=20)[-1]


def fill(office: Office, upto: int) -> None:
    """Open tasks as the engine writes them, without walking a hundred thousand cases there."""
    with office.engine.begin() as work:
        there = work.session.scalar(sa.select(sa.func.count()).select_from(UserTask)) or 0
        made = [facts(work.now, number) for number in range(there, upto)]
        for kind, place in ((ProcessInstance, 0), (Case, 1), (UserTask, 2), (UserTaskCandidate, 3)):
            insert(work.session, kind, [each[place] for each in made])


def insert(session: Any, kind: type[Base], values: list[Row]) -> None:
    for start in range(0, len(values), 5_000):
        session.execute(sa.insert(kind), values[start : start + 5_000])


def facts(now: Any, number: int) -> tuple[Row, Row, Row, Row]:
    instance, case, task = uuid.uuid4().hex, uuid.uuid4().hex, uuid.uuid4().hex
    due = now + timedelta(minutes=number % 50_000)
    return (
        {
            "id": instance,
            "definition_id": "complaint:1",
            "business_key": case,
            "status": "running",
            "revision": 1,
            "state": "{}",
            "started_at": now,
        },
        {
            "id": case,
            "instance_id": instance,
            "receipt_no": f"รร.{number:06}/2569",
            "tracking_hash": uuid.uuid4().hex,
            "track": "G",
            "channel": "web",
            "identity_mode": "open",
            "subject": "เว็บไซต์/ข้อมูล/ระบบ",
            "classification": "ปกติ",
            "status": "SCREENING",
            "hidden_from": [],
            "co_units": [],
            "received_at": now,
            "legal_received_on": now.date(),
            "registered_at": now,
            "registered_by": "complainant",
        },
        {
            "id": task,
            "instance_id": instance,
            "definition_id": "complaint:1",
            "process_key": "complaint",
            "element_id": "screen",
            "name_th": "กลั่นกรองเรื่อง",
            "name_en": "Screen",
            "form": "f2_screening",
            "status": "open",
            "candidate_groups": [ROLE],
            "candidate_users": [],
            "separate_from": [],
            "properties": {},
            "created_at": now,
            "due_at": due,
        },
        {"kind": "group", "name": ROLE, "task_id": task},
    )
