"""The calendar counts as numpy's business days do, and as the law says where a limit ends."""

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ground.clock import BANGKOK
from office.deadlines.holiday_table import announced_holidays
from office.deadlines.working_days import Calendar, DaysInvalid, end_of

HOLIDAYS = announced_holidays(2023, 2028)
CALENDARS = {"with holidays": Calendar(1, HOLIDAYS), "without holidays": Calendar()}
days = st.dates(date(2023, 1, 1), date(2028, 6, 30))
counts = st.integers(0, 120)
calendars = st.sampled_from(sorted(CALENDARS))


def oracle(name: str) -> np.busdaycalendar:
    """The same calendar as an independent program keeps it."""
    return np.busdaycalendar(holidays=list(CALENDARS[name].holidays))


@given(calendars, days)
def test_a_working_day_is_one_for_numpy_too(name: str, day: date) -> None:
    assert CALENDARS[name].is_working(day) == np.is_busday(day, busdaycal=oracle(name))


@given(calendars, days, counts)
def test_counting_forward_agrees_with_numpy(name: str, day: date, count: int) -> None:
    # From a day off, the n-th working day after it: numpy says so from the working day before.
    expected = np.busday_offset(day, count, roll="backward", busdaycal=oracle(name)).astype(date)

    counted = CALENDARS[name].working_days_after(day, count)

    assert counted == (expected if count else day)


@given(calendars, days, counts)
def test_counting_backward_agrees_with_numpy(name: str, day: date, count: int) -> None:
    expected = np.busday_offset(day, -count, roll="forward", busdaycal=oracle(name)).astype(date)

    counted = CALENDARS[name].working_days_before(day, count)

    assert counted == (expected if count else day)


@given(calendars, days, st.integers(0, 400))
def test_the_days_between_agree_with_numpy(name: str, start: date, span: int) -> None:
    end = start + timedelta(days=span)
    day = timedelta(days=1)  # numpy includes the first day and leaves out the last: we the reverse

    expected = np.busday_count(start + day, end + day, busdaycal=oracle(name))

    assert CALENDARS[name].working_days_between(start, end) == expected
    assert CALENDARS[name].working_days_between(end, start) == -expected


@given(calendars, days, counts)
def test_counting_forward_and_back_meet(name: str, day: date, count: int) -> None:
    calendar = CALENDARS[name]
    end = calendar.working_days_after(day, count)

    assert calendar.working_days_between(day, end) == count
    if calendar.is_working(day):
        assert calendar.working_days_before(end, count) == day


@given(calendars, days, counts)
def test_a_citizens_limit_never_ends_on_a_day_off(name: str, day: date, count: int) -> None:
    calendar = CALENDARS[name]
    agency = calendar.agency_days_after(day, count)
    citizen = calendar.complainant_days_after(day, count)

    assert agency == day + timedelta(days=count)
    assert citizen >= agency
    assert calendar.is_working(citizen)
    assert not any(
        calendar.is_working(agency + timedelta(days=n)) for n in range((citizen - agency).days)
    )


@given(days, st.integers(1, 60))
def test_a_holiday_more_never_brings_a_limit_forward(day: date, count: int) -> None:
    calendar = CALENDARS["with holidays"]
    before = calendar.working_days_after(day, count)
    more = Calendar(2, {**HOLIDAYS, day + timedelta(days=1): "วันหยุดพิเศษ"})

    after = more.working_days_after(day, count)

    was_working = calendar.is_working(day + timedelta(days=1))
    assert after == (calendar.working_days_after(before, 1) if was_working else before)


# ── section 64, with its dates ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("start", "count", "agency", "citizen"),
    [
        # 15 days from Wed 1 Apr 2569 end on Thu 16 Apr, a working day, for both.
        (date(2026, 4, 1), 15, date(2026, 4, 16), date(2026, 4, 16)),
        # 15 days from Mon 30 Mar end on Tue 14 Apr, in Songkran: the citizen has until Thu 16 Apr.
        (date(2026, 3, 30), 15, date(2026, 4, 14), date(2026, 4, 16)),
        # 7 days from Sat 25 Apr end on Sat 2 May; Labour Day binds no office and Coronation Day is
        # Mon 4 May: the citizen has until Tue 5 May.
        (date(2026, 4, 25), 7, date(2026, 5, 2), date(2026, 5, 5)),
        # 30 days from Thu 5 Nov end on Sat 5 Dec, National Day, made up for on Mon 7 Dec.
        (date(2026, 11, 5), 30, date(2026, 12, 5), date(2026, 12, 8)),
    ],
)
def test_the_agencys_limit_stands_where_the_citizens_moves_on(
    start: date, count: int, agency: date, citizen: date
) -> None:
    calendar = CALENDARS["with holidays"]

    assert calendar.agency_days_after(start, count) == agency
    assert calendar.complainant_days_after(start, count) == citizen


def test_the_day_to_aim_at_is_the_last_working_one() -> None:
    assert CALENDARS["with holidays"].last_working(date(2026, 4, 14)) == date(2026, 4, 10)


def test_the_first_of_may_is_a_working_day_in_an_office() -> None:
    assert CALENDARS["with holidays"].is_working(date(2026, 5, 1))


# ── hours ──────────────────────────────────────────────────────────────────────────────────────


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("moment", "legal_day"),
    [
        (at(2, 7, 15), date(2026, 3, 2)),  # before opening: the same Monday
        (at(2, 16, 29), date(2026, 3, 2)),
        (at(2, 16, 30), date(2026, 3, 4)),  # after hours; Tuesday is Makha Bucha
        (at(3, 10, 0), date(2026, 3, 4)),  # on the holiday itself
        (at(6, 22, 0), date(2026, 3, 9)),  # Friday night: Monday
        (at(8, 12, 0), date(2026, 3, 9)),  # Sunday
    ],
)
def test_filing_after_hours_counts_from_the_next_working_day(
    moment: datetime, legal_day: date
) -> None:
    assert CALENDARS["with holidays"].received_on(moment) == legal_day


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        (at(4, 9), 4, at(4, 14)),  # over lunch
        (at(4, 15), 4, at(5, 11)),  # 1.5 hours today, 2.5 tomorrow
        (at(6, 15), 4, at(9, 11)),  # over the weekend
        (at(2, 20), 4, at(4, 13, 30)),  # at night before the holiday
        (at(4, 8, 30), 7, at(4, 16, 30)),  # a whole day ends at closing time
    ],
)
def test_office_hours_pass_only_while_the_office_works(
    moment: datetime, hours: int, due: datetime
) -> None:
    assert CALENDARS["with holidays"].working_hours_after(moment, hours) == due


@given(days, st.times(), st.integers(0, 40))
def test_more_hours_never_end_earlier(day: date, moment: time, hours: int) -> None:
    calendar = CALENDARS["with holidays"]
    start = datetime.combine(day, moment, BANGKOK)

    assert calendar.working_hours_after(start, hours) <= calendar.working_hours_after(
        start, hours + 1
    )
    assert calendar.working_hours_after(start, hours + 7) <= calendar.closing(
        calendar.working_days_after(start.date(), hours // 7 + 2)
    )


@pytest.mark.parametrize("count", [-1, 100_000])
def test_a_limit_of_absurd_length_is_refused(count: int) -> None:
    with pytest.raises(DaysInvalid) as refused:
        Calendar().working_days_after(date(2026, 3, 2), count)

    assert "3660" in refused.value.text.th
    assert "3660" in refused.value.text.en


def test_the_end_of_a_day_still_bears_its_date() -> None:
    assert end_of(date(2026, 3, 2)).isoformat() == "2026-03-02T23:59:59+07:00"
