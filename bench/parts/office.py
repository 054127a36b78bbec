"""The office's numbers: work list, tracking page, a task with its form, a case over HTTP."""

from __future__ import annotations

import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.browser import Browser, Visit
from bench.counting import counted
from bench.examples import examples, handled
from bench.installation import served_installation
from bench.load import answers
from bench.load.entry_points import PublicPage
from bench.load.people import Agency, Complainant, Officer
from bench.rows import Row, at_most, of_rounds
from engine.store.tables import Base, ProcessInstance, UserTask, UserTaskCandidate
from office.applications import application as applications
from office.cases import tasks
from office.cases.complainant import ACTOR as COMPLAINANT
from office.cases.register import Filed, file_case
from office.ground.tables import Case
from office.office import Office
from office.operations import demo
from office.operations.demo import DEMO_PASSWORD
from office.people.people import user_by_name
from web.app import build_app
from web.settings import WebSettings

OPEN_TASKS = (1_000, 10_000, 100_000)
LOOKS = 60
ROLE = "screening_head"
EXAMPLE = 3  # the fourth of the twelve: a grievance about a web site, up to its letter
Values = dict[str, Any]


def work_list_rows() -> Iterator[Row]:
    with an_office() as office:
        yield from _work_lists(office)


def desk_rows() -> Iterator[Row]:
    with an_office() as office:
        yield from _tracking(office)
        yield from _officer_task(office)


@contextmanager
def an_office() -> Iterator[Office]:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        office = Office.open(WebSettings(database_url=url, data_dir=Path(folder), demo=True))
        office.deploy_guideline()
        with office.engine.begin() as work:
            demo.add_demo_users(work)
        yield office
        office.close()


def _work_lists(office: Office) -> Iterator[Row]:
    """The whole page as the head of screening gets it, among ever more open tasks."""
    client = build_app(office=office).test_client()
    _sign_in(client, ROLE)
    p95: dict[int, float] = {}
    for upto in OPEN_TASKS:
        fill(office, upto)
        took = [_timed(lambda: _got(client, "/work")) * 1000 for _ in range(LOOKS)]
        p95[upto] = statistics.quantiles(took, n=20)[-1]
        yield Row(f"worklist/{upto}", f"work list page, {upto:,} open tasks, p95", p95[upto], "ms")
    few, many = OPEN_TASKS[0], OPEN_TASKS[-1]
    name = f"work list page, {many:,} open tasks against {few:,} (p95)"
    yield Row("worklist", name, p95[many] / p95[few], "×", at_most(1.5))


def _sign_in(client: FlaskClient, username: str) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False  # of this one client's application
    client.post("/sign-in", data={"username": username, "password": DEMO_PASSWORD})


def _got(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200, path


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _tracking(office: Office) -> Iterator[Row]:
    example = examples()[EXAMPLE]
    filed = _filed(office, example["complaint"])
    client = build_app(office=office).test_client()
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post("/track", data={"code": filed.tracking_code})
    took = [_timed(lambda: _got(client, "/case")) * 1000 for _ in range(LOOKS)]
    yield of_rounds("tracking", "tracking page", took, "ms")


def _filed(office: Office, complaint: Values) -> Filed:
    with office.begin() as work:
        application = applications.named(work, None, applications.PUBLIC)
        filed = file_case(work, office.services, application, complaint, actor=COMPLAINANT)
    office.run_due()
    return filed


def _officer_task(office: Office) -> Iterator[Row]:
    """Screening with its form: variables, the encrypted submission, clocks, the case's row."""
    example = examples()[EXAMPLE]
    with office.read() as work:
        user = user_by_name(work, ROLE)
    took, statements = [], 0
    for _ in range(10):
        filed = _filed(office, example["complaint"])
        with office.begin() as work:
            offered = tasks.work_list(work, office.services, user, scope="groups").items
            task = next(item.task_id for item in offered if item.receipt_no == filed.receipt_no)
            tasks.claim_task(work, task, user)
        given = handled("screen", example, {"screen": 1}, answers.today())

        def complete(task: str = task, given: Values = given) -> None:
            with office.begin() as work:
                tasks.complete_task(work, office.services, task, given, user)

        began = time.perf_counter()
        statements, _ = counted(office.engine.database, complete)
        took.append((time.perf_counter() - began) * 1000)
    yield of_rounds("office/completion", "screening completed with its form", took, "ms")
    name = "SQL statements of a task completed with its form"
    yield Row("statements/office", name, statements, "")


def http_rows() -> Iterator[Row]:
    """A complaint from the home page to its letter, by people at browsers, one after the other."""
    visits: list[Visit] = []
    with served_installation(officers=0) as installation:
        agency = Agency()

        def browser() -> Browser:
            return Browser("127.0.0.1", installation.port, visits.append)

        people = [_officer(browser(), agency, name) for name in installation.staff]
        for officer in people:
            officer.sign_in()
        took = [_one_case(browser(), agency, people) for _ in range(3)]
        yield of_rounds("case/http", "whole complaint over HTTP, every page of it", took, "s")
        wrong = sum(1 for visit in visits if not visit.expected)
        yield Row("case/http/errors", "errors in those complaints", wrong, "", at_most(0))
        yield Row("memory", "memory of a serving process after them", installation.memory, "MB")


def _officer(browser: Browser, agency: Agency, name: str) -> Officer:
    return Officer(browser, agency, name, random.Random(name))  # noqa: S311 - the same each time


def _one_case(browser: Browser, agency: Agency, people: list[Officer]) -> float:
    began = time.perf_counter()
    chance = random.Random(1)  # noqa: S311 - the same each time
    complainant = Complainant(browser, agency, agency.examples[EXAMPLE], chance)
    complainant.file(PublicPage(browser))
    while sum(officer.work(lambda: None) for officer in people):
        pass
    complainant.follow()
    browser.close()
    return time.perf_counter() - began


def fill(office: Office, upto: int) -> None:
    """Open tasks as the engine writes them, without walking a hundred thousand cases there."""
    with office.engine.begin() as work:
        there = work.session.scalar(sa.select(sa.func.count()).select_from(UserTask)) or 0
        made = [facts(work.now, number) for number in range(there, upto)]
        for kind, place in ((ProcessInstance, 0), (Case, 1), (UserTask, 2), (UserTaskCandidate, 3)):
            insert(work.session, kind, [each[place] for each in made])


def insert(session: Any, kind: type[Base], values: list[Values]) -> None:
    for start in range(0, len(values), 5_000):
        session.execute(sa.insert(kind), values[start : start + 5_000])


def facts(now: Any, number: int) -> tuple[Values, Values, Values, Values]:
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
