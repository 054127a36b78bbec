"""Deadlines at their edges: two in the morning in Bangkok, after the day's end, two pauses, both
mixed directions of an extension, more time that makes nothing late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.clock import BANGKOK, TravellingClock
from engine.store.tables import OutboxMessage
from office.cases.case_listener import EVENT_TOPIC
from office.deadlines import changes, deadlines, extensions, legal_stays, pauses
from office.deadlines.changes import ExtensionTooLate
from office.deadlines.derivation import COMPLAINANT, Count, SlaRule, deadline_of, read_rule
from office.deadlines.holiday_table import current_calendar
from office.deadlines.working_days import Calendar
from office.ground.errors import CaseNotFound
from tests.calendar.test_clocks import GUIDELINE, HEAD, bangkok
from tests.calendar.test_clocks import clock_of as engines_clock
from tests.calendar.test_more_time import WHY, decide
from tests.calendar.test_reminders import ROWS, clock_of, walked
from tests.support.agency import Agency
from tests.walks.test_twelve_complaints import EXAMPLES

ASKED = "เอกสารอยู่กับหน่วยอื่น"


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    """The law of the clocks alone; its machine writes every moment in UTC."""
    clock.travel_to(bangkok(2026, 3, 16, 9).astimezone(UTC))
    options = {"functions": {"due": deadlines.due}, "listeners": [deadlines.watch_deadlines]}
    engine = Engine.open(sqlite_url, clock=clock, **options)
    engine.deploy({path.name: path.read_bytes() for path in sorted(GUIDELINE.iterdir())})
    yield engine
    engine.close()


def begun(engine: Engine) -> None:
    engine.start("hearing", {"track": "C", "again": False}, business_key="case-1")


def last_day(engine: Engine, key: str) -> str:
    return engines_clock(engine, key).due_at.astimezone(BANGKOK).date().isoformat()


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "ask_before", "in_time"),
    [
        (bangkok(2026, 3, 23, 23, 59), 2, True),  # the last day to ask, until midnight
        (bangkok(2026, 3, 24, 2), 2, False),  # in Greenwich it is still that day
        (bangkok(2026, 3, 25, 16, 30), 0, True),  # the deadline's own moment
        (bangkok(2026, 3, 25, 16, 31), 0, False),  # its day is not over, it is
        (bangkok(2026, 3, 26, 2), 0, False),
    ],
)
def test_more_time_is_asked_until_a_moment_in_bangkok(
    engine: Engine, asked: datetime, ask_before: int, in_time: bool
) -> None:
    begun(engine)

    def ask(moment: datetime) -> None:
        with engine.begin() as work:
            clock = changes.open_deadline(work, engines_clock(engine, "clarify").id)
            clock.rule = {**clock.rule, "ask_before": ask_before}
            changes.extend_deadline(work, clock.id, 5, reason=ASKED, actor=HEAD, asked_at=moment)

    for zone in (UTC, BANGKOK):
        if not in_time:
            with pytest.raises(ExtensionTooLate):
                ask(asked.astimezone(zone))
    if in_time:
        ask(asked.astimezone(UTC))
    assert last_day(engine, "clarify") == ("2026-04-01" if in_time else "2026-03-25")


# ── both mixed directions of an extension ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "days", "kind", "before", "after"),
    [
        # a step in calendar days moves a case in working days by the working days among them
        ("clarify", 10, "calendar", "2026-03-25", "2026-04-03"),
        ("clarify", 2, "calendar", "2026-03-25", "2026-03-27"),
        # a step in working days moves a case in calendar days as far as those reach
        ("overall", 5, "working", "2026-05-15", "2026-05-22"),
        # the same kind is the same number
        ("clarify", 3, "working", "2026-03-25", "2026-03-30"),
        ("overall", 10, "calendar", "2026-05-15", "2026-05-25"),
    ],
)
def test_a_case_takes_as_much_longer_as_its_step(
    engine: Engine, key: str, days: int, kind: str, before: str, after: str
) -> None:
    begun(engine)
    assert last_day(engine, key) == before

    with engine.begin() as work:
        id = engines_clock(engine, key).id
        changes.lengthen_deadline(work, id, days, kind, reason=ASKED, actor=HEAD)

    assert last_day(engine, key) == after


def test_the_case_is_extended_in_the_days_of_its_step(agency: Agency) -> None:
    case_id = walked(agency, ROWS["9 fact-finding"])
    step, whole = (clock_of(agency, case_id, key) for key in ("find_facts", "overall"))
    kinds = [read_rule(clock.key, clock.rule).kind for clock in (step, whole)]
    assert kinds == ["calendar", "working"]
    given = {"clock_key": "find_facts", "days": 30, **WHY}
    with agency.office.engine.begin() as work:
        committee = agency.person("committee")
        request = extensions.ask_extension(work, agency.office.services, case_id, given, committee)
    decide(agency, request, agency.person("deputy_director"), grants=True)

    before = whole.due_at.astimezone(BANGKOK).date()
    with agency.office.engine.read() as work:
        calendar = current_calendar(work)
    month_later = before + timedelta(days=30)
    expected = calendar.last_working(month_later)
    assert clock_of(agency, case_id, "overall").due_at.astimezone(BANGKOK).date() == expected


# ── standing still ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stood", "due"),
    [
        ([((17, 9), (27, 9))], "2026-05-25"),
        ([((17, 2), (27, 12))], "2026-05-25"),  # in Greenwich it would be eleven days
        ([((17, 23), (18, 1))], "2026-05-16"),  # over midnight: a day
        ([((17, 1), (17, 23))], "2026-05-15"),  # within a day: none
        ([((17, 9), (22, 9)), ((23, 9), (28, 9))], "2026-05-25"),  # two of five days
        ([((17, 9), (37, 9)), ((38, 9), (58, 9))], "2026-06-14"),  # two of twenty: thirty in all
    ],
)
def test_pauses_count_their_days_in_bangkok_and_together(
    engine: Engine,
    clock: TravellingClock,
    stood: list[tuple[tuple[int, int], tuple[int, int]]],
    due: str,
) -> None:
    begun(engine)
    overall = engines_clock(engine, "overall").id

    def march(day: int, hour: int) -> datetime:  # 32 is the first of April
        first = date(2026, 3, 1).toordinal() + day - 1
        there = datetime.combine(date.fromordinal(first), datetime.min.time(), BANGKOK)
        return there.replace(hour=hour).astimezone(UTC)

    for begins, ends in stood:
        clock.travel_to(march(*begins))
        with engine.begin() as work:
            pauses.pause_deadline(work, overall, reason="รอข้อมูลจากผู้ร้องเรียน", actor=HEAD)
        clock.travel_to(march(*ends))
        with engine.begin() as work:
            pauses.resume_deadline(work, overall, reason="ผู้ร้องเรียนตอบแล้ว", actor=HEAD)

    assert last_day(engine, "overall") == due


def test_what_a_court_holds_runs_on_for_nobody_else(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    given = {"stay_ground": "court", "order_no": "ค.12/2569", "reason": "ศาลมีคำสั่งให้รอฟังผลคดี"}
    with agency.office.engine.begin() as work:
        services, head = agency.office.services, agency.person("screening_head")
        legal_stays.stay_case(work, services, case_id, given, head)

    with agency.office.engine.begin() as work:
        pauses.resume_all(work, case_id, reason="สิ้นสุดการรอข้อมูล", actor=HEAD)

    assert clock_of(agency, case_id, "clarify").status == "paused"
    assert clock_of(agency, case_id, "overall").status == "paused"


def test_the_count_of_a_closed_case_is_not_stayed(agency: Agency) -> None:
    feedback = next(each for each in EXAMPLES if each["complaint"]["track"] == "F")
    case_id = agency.file(feedback["complaint"]).case_id
    agency.do(case_id, "reply_feedback", {"reply_text": "ขอบคุณสำหรับข้อเสนอแนะ จะนำไปปรับปรุงงาน"})
    assert agency.case(case_id).closed_at is not None

    with pytest.raises(CaseNotFound), agency.office.engine.read() as work:
        legal_stays.stay_form(work, case_id, agency.person("screening_head"))


# ── from when, and over what ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hour", "clarify", "overall"),
    [
        (2, "2026-03-26", "2026-05-16"),  # Tuesday at two: Tuesday, though Greenwich says Monday
        (9, "2026-03-26", "2026-05-16"),
        (17, "2026-03-27", "2026-05-16"),  # after closing: the working days begin a day later
    ],
)
def test_a_step_that_begins_at_night_begins_on_its_day(
    engine: Engine, clock: TravellingClock, hour: int, clarify: str, overall: str
) -> None:
    clock.travel_to(bangkok(2026, 3, 17, hour).astimezone(UTC))
    begun(engine)

    assert (last_day(engine, "clarify"), last_day(engine, "overall")) == (clarify, overall)


def test_only_the_holidays_that_moved_a_limit_are_told() -> None:
    known = {date(2026, 3, 18): "ก่อน", date(2026, 3, 27): "วันสุดท้าย", date(2026, 4, 6): "หลัง"}
    rule = SlaRule("ask", 10, "calendar", COMPLAINANT)

    found = deadline_of(Count(rule, bangkok(2026, 3, 17), date(2026, 3, 17)), Calendar(1, known))

    assert found.last_day == date(2026, 3, 30)  # the 27th is a Friday
    assert found.skipped == ((date(2026, 3, 27), "วันสุดท้าย"),)


# ── what more time means for others ────────────────────────────────────────────────────────────


def overdue(agency: Agency) -> list[str]:
    with agency.office.engine.read() as work:
        rows = work.session.scalars(
            sa.select(OutboxMessage.payload).where(OutboxMessage.topic == EVENT_TOPIC)
        )
        return [row["task"] for row in rows if row["type"] == "task.overdue"]


def test_a_task_that_was_given_more_time_is_overdue_when_that_has_run_out(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    task = agency.task(case_id, "clarify")
    with agency.office.engine.begin() as work:
        changes.extend_deadline(
            work, clock_of(agency, case_id, "clarify").id, 5, reason=ASKED, actor=HEAD
        )

    assert task.due_at is not None
    agency.clock.travel_to(task.due_at)
    agency.office.run_due()
    assert task.id not in overdue(agency)

    agency.clock.travel_to(clock_of(agency, case_id, "clarify").due_at)
    agency.office.run_due()
    assert overdue(agency).count(task.id) == 1
