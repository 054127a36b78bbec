"""Dates and numbers as people write them."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.text.dates import (
    NoSuchDay,
    NotADate,
    NotATime,
    UnclearYear,
    parse_date,
    parse_moment,
    parse_time,
    spell_date,
    spell_moment,
)
from forms.text.numerals import NotANumber, NumberTooLong, exact, parse_number, spell_number

FIFTH_OF_MARCH = date(2026, 3, 5)
days = st.dates(min_value=date(1860, 1, 1), max_value=date(2150, 1, 1))


@pytest.mark.parametrize(
    "written",
    [
        "5 มี.ค. 2569", "5 มีนาคม 2569", "5 มีนาคม พ.ศ. 2569", "วันที่ 5 เดือนมีนาคม พ.ศ. ๒๕๖๙",
        "5/3/2569", "05/03/2569", "๕/๓/๒๕๖๙", "5-3-2569", "5.3.2569", " 5 / 3 / 2569 ",
        "2026-03-05", "2569-03-05", "๒๕๖๙-๐๓-๐๕", "5/3/2026", "5 มี.ค. ค.ศ. 2026",
        "5 March 2026", "5 Mar 2026", "5 mar. 2569", "5มี.ค.2569",
    ],
)  # fmt: skip
def test_one_day_is_written_in_many_ways(written: str) -> None:
    assert parse_date(written) == FIFTH_OF_MARCH


@pytest.mark.parametrize(
    "written", ["5/3/69", "5/3/569", "5 มี.ค. 69", "5/3/2300", "2300-03-05", "1-1-1"]
)
def test_a_year_that_may_be_meant_either_way_is_refused(written: str) -> None:
    with pytest.raises(UnclearYear):
        parse_date(written)


@pytest.mark.parametrize(
    "written", ["30/2/2569", "29 ก.พ. 2569", "2026-13-01", "0/3/2569", "32/1/2569"]
)
def test_a_day_that_the_calendar_does_not_have_is_refused(written: str) -> None:
    with pytest.raises(NoSuchDay):
        parse_date(written)


@pytest.mark.parametrize(
    "written", ["", "เมื่อวาน", "5 กุมภา 2569", "3/2569", "5/3", "2026-03-05T10:00", "9" * 500]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(NotADate):
        parse_date(written)


def test_the_leap_day_exists_in_the_year_that_has_it() -> None:
    assert parse_date("29 ก.พ. 2567") == date(2024, 2, 29)


def test_a_time_is_written_with_a_dot_or_a_colon() -> None:
    assert (
        parse_time("14.30 น.") == parse_time("14:30") == parse_time("เวลา ๑๔.๓๐ น.") == time(14, 30)
    )
    for wrong in ("25:00", "14", "บ่ายสอง", "14:60"):
        with pytest.raises(NotATime):
            parse_time(wrong)


@pytest.mark.parametrize(
    "written",
    ["5 มี.ค. 2569 14.30 น.", "5/3/2569 14:30", "5 มีนาคม 2569 เวลา 14.30 น.", "2026-03-05T14:30",
     "2569-03-05 14:30", "2026-03-05T14:30:00+07:00", "2026-03-05T07:30:00Z",
     "5 March 2026, 14:30"],
)  # fmt: skip
def test_one_moment_is_written_in_many_ways(written: str) -> None:
    assert parse_moment(written).isoformat() == "2026-03-05T14:30:00+07:00"


def test_a_moment_needs_a_time() -> None:
    for wrong in ("5 มี.ค. 2569", "2026-03-05T", "2026-03-05T14:30+99:99"):
        with pytest.raises((NotATime, NotADate)):
            parse_moment(wrong)


@given(days, st.sampled_from(["th", "en"]))
def test_a_day_as_it_is_spelled_reads_back(day: date, language: str) -> None:
    assert parse_date(spell_date(day, language)) == day


@given(days, st.times(), st.sampled_from(["th", "en"]))
def test_a_moment_as_it_is_spelled_reads_back(day: date, clock: time, language: str) -> None:
    moment = parse_moment(f"{day.isoformat()} {clock.hour:02}:{clock.minute:02}")
    assert parse_moment(spell_moment(moment, language)) == moment


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    for parse in (parse_date, parse_moment, parse_time):
        try:
            parse(text)
        except (NotADate, NotATime):
            continue


@pytest.mark.parametrize(
    ("written", "number"),
    [("๕๐,๐๐๐", 50000), ("50000.25", Decimal("50000.25")), ("0.10", Decimal("0.1")), ("-3", -3),
     ("1,234,567.8", Decimal("1234567.8")), ("50 000", 50000),
     ("2000000 บาท", 2_000_000), (".5", Decimal("0.5"))],
)  # fmt: skip
def test_a_number_is_read_exactly(written: str, number: Decimal | int) -> None:
    assert parse_number(written) == number


@pytest.mark.parametrize(
    "written", ["", "ห้าหมื่น", "1,00", "1e9", "NaN", "Infinity", "1.2.3", "0x10", "--1", "."]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(written)


def test_a_number_too_long_for_any_amount_is_refused() -> None:
    for huge in ("9" * 40,):
        with pytest.raises(NumberTooLong):
            parse_number(huge)
    for value in (10**40, Decimal("1E+999999"), 1e300):
        with pytest.raises(NumberTooLong):
            exact(value)
    for wrong in (float("nan"), float("inf"), True, "5", None):
        with pytest.raises(NotANumber):
            exact(wrong)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15
    )
)
def test_a_number_as_it_is_spelled_reads_back(number: Decimal) -> None:
    assert parse_number(spell_number(exact(number))) == number
