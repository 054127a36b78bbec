"""What pages and lists say of a time at its very edge: two days left, a day late, the last day of a
month, five years to the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.ground.clock import BANGKOK, TravellingClock
from engine.ground.text import Text
from office.audit.case_search import Criteria, find_cases
from office.audit.case_statistics import percentile
from office.audit.conformance import check_case
from office.cases.work_list import colour_of
from office.deadlines import rows
from office.deadlines.tables import DeadlineRow
from office.disposal.retention import Rule
from office.letters.reminder_sending import days_over
from tests.calendar.test_reminders import ROWS, clock_of, walked
from tests.support.agency import FOUNDED, Agency
from tests.support.installations import Installations

MONDAY = datetime(2026, 3, 16, 9, tzinfo=BANGKOK)


@pytest.fixture(scope="module")
def agency(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    folder = tmp_path_factory.mktemp("times")
    with sqlite_agencies.agency(TravellingClock(MONDAY), folder / "var") as agency:
        yield agency


@pytest.fixture(scope="module")
def found_facts(agency: Agency) -> str:
    """A case whose facts are to be found until 15 April."""
    return walked(agency, ROWS["9 fact-finding"])


@pytest.mark.parametrize(
    ("left", "colour"),
    [
        (timedelta(days=2, seconds=1), "ok"),
        (timedelta(days=2), "soon"),
        (timedelta(0), "soon"),
        (timedelta(seconds=-1), "late"),
    ],
)
def test_a_task_looks_as_urgent_as_it_is(left: timedelta, colour: str) -> None:
    assert colour_of(FOUNDED + left, FOUNDED) == colour


@pytest.mark.parametrize(
    ("day", "late"), [((4, 15, 23), 0), ((4, 16, 1), 1), ((4, 16, 23), 1), ((4, 18, 9), 3)]
)
def test_the_day_after_is_one_day_late(
    agency: Agency, found_facts: str, day: tuple[int, int, int], late: int
) -> None:
    month, number, hour = day
    now = datetime(2026, month, number, hour, tzinfo=BANGKOK).astimezone(UTC)
    clock = clock_of(agency, found_facts, "find_facts")

    with agency.office.engine.read() as work:
        assert days_over(work, clock, now) == late


def test_the_earliest_deadline_is_one_that_still_runs(agency: Agency, found_facts: str) -> None:
    with agency.office.engine.read() as work:
        of_case = work.session.scalars(
            sa.select(DeadlineRow).where(DeadlineRow.case_id == found_facts)
        ).all()
        earliest = rows.earliest_due(work, [found_facts])[found_facts]
        running = [each.due_at for each in of_case if each.status != "finished"]

    assert earliest == min(running)
    assert min(each.due_at for each in of_case) < earliest  # a step that is done was due before


@pytest.mark.parametrize(
    ("now", "is_past"),
    [
        ("2026-02-28T23:59+07:00", False),
        ("2026-03-01T00:00+07:00", True),  # to the day, five years after
        ("2026-03-01T02:00+07:00", True),
        ("2026-02-28T17:00+00:00", True),  # the same midnight
        ("2025-12-31T12:00+07:00", False),
        ("2027-01-01T12:00+07:00", True),
    ],
)
def test_what_was_closed_at_two_in_the_morning_is_kept_five_years_to_the_day(
    now: str, is_past: bool
) -> None:
    rule = Rule("content", "*", 5, ("dpo",), ("director",), Text("", ""))
    closed = datetime(2021, 3, 1, 2, tzinfo=BANGKOK)

    for zone in (BANGKOK, UTC):
        assert rule.is_past(closed.astimezone(zone), datetime.fromisoformat(now)) is is_past


@pytest.mark.parametrize(
    ("spans", "share", "days"),
    [
        ([], 50, None),
        ([1], 50, 1),
        ([1, 2], 50, 1),
        ([1, 2, 3], 50, 2),
        ([1, 2, 3, 4], 50, 2),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, 9),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 100, 10),
        ([1, 2], 90, 2),
    ],
)
def test_a_percentile_is_by_nearest_rank(spans: list[int], share: int, days: int | None) -> None:
    found = percentile([timedelta(days=span) for span in spans], share)

    assert found == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_handing_in_at_the_last_moment_is_in_time(
    agency: Agency, found_facts: str, seconds: int, late: bool
) -> None:
    with agency.office.engine.begin() as work:
        clock = clock_of(agency, found_facts, "clarify")
        row = work.session.get_one(DeadlineRow, clock.id)
        row.finished_at = row.due_at + timedelta(seconds=seconds)
        work.session.flush()
        told = {each.kind for each in check_case(work, found_facts) if "ชี้แจง" in each.step.th}

    assert ("late" in told) is late


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-03-16", "2026-03-16", True),  # the day itself is in it, on both sides
        ("2026-03-01", "2026-03-15", False),
        ("2026-03-17", "2026-03-31", False),
    ],
)
def test_a_search_until_a_day_has_that_day_in_it(
    agency: Agency, found_facts: str, since: str, until: str, found: bool
) -> None:
    criteria = Criteria(
        since=datetime.fromisoformat(since).date(), until=datetime.fromisoformat(until).date()
    )

    with agency.office.engine.read() as work:
        cases = find_cases(work, agency.person("screening_head"), criteria)
    assert (found_facts in {case.id for case in cases}) is found
