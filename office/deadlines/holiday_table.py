"""The holidays as the agency keeps them: seeded once, then changed by announcement, by version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.store.work import Work
from forms.text.dates import BUDDHIST_ERA, spell_date
from office.deadlines.tables import CalendarVersion, HolidayChange
from office.deadlines.working_days import Calendar
from office.ground.administered import State, follow
from office.ground.errors import OfficeError

# Labour Day binds private employers only: state offices work. Children's Day is always a Saturday.
NOT_FOR_OFFICES = ("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ")
YEARS_BACK, YEARS_AHEAD = 3, 5
NEWEST, HELD = "newest calendar", "calendar held"  # what a unit of work keeps
LOCK = 0x53414C  # of the calendar, among PostgreSQL's advisory locks; any number will do
SEED_REFERENCE = "วันหยุดราชการประจำปีตามมติคณะรัฐมนตรี (ข้อมูลตั้งต้น โปรดตรวจสอบกับประกาศ)"


class HolidayExists(OfficeError):
    """{day} is already a holiday: {name}."""

    thai = "วันที่ {day_th} เป็นวันหยุดอยู่แล้ว: {name}"


class NotAHoliday(OfficeError):
    """{day} is not a holiday, so it cannot be taken from them."""

    thai = "วันที่ {day_th} ไม่ใช่วันหยุด จึงยกเลิกไม่ได้"


class HolidayYearInvalid(OfficeError):
    """The year {year} lies outside what the calendar holds; years are of the common era."""

    thai = "ปี พ.ศ. {year_th} อยู่นอกช่วงของปฏิทิน"


class DayUnclear(OfficeError):
    """{text!r} is not a day; write 2026-03-17 or 17/3/2569."""

    thai = "“{text}” ไม่ใช่วันที่ โปรดเขียนเช่น 17/3/2569 หรือ 17 มี.ค. 2569"


class DayMissing(OfficeError):
    """Enter the day, and the other day when a holiday is moved."""

    thai = "โปรดระบุวันที่ และวันที่ย้ายไปเมื่อย้ายวันหยุด"


class ReferenceNeeded(OfficeError):
    """A change of the calendar must name its announcement and each day its name."""

    thai = "การแก้ไขปฏิทินต้องอ้างประกาศหรือมติ และระบุชื่อวันหยุดทุกวัน"


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that becomes a holiday under this name, or stops being one (without a name)."""

    day: date
    name: str | None = None


class _Calendars(dict[int, Calendar]):
    """By version; the calendar of a committed one never changes, so it is read once."""


def current_calendar(work: Work) -> Calendar:
    """The calendar as it stands; seeds the table when it is empty."""
    query = sa.select(sa.func.max(CalendarVersion.version))
    newest = work.kept(NEWEST, None, lambda: work.session.scalar(query) or seed_holidays(work))
    return calendar_at(work, newest)


def lock_calendar(work: Work) -> None:
    """Let nobody change the calendar before what is counted on it now is written: the change would
    not see it, and a deadline would stay on the old calendar."""
    work.kept(HELD, None, lambda: _lock(work, sa.func.pg_advisory_xact_lock_shared))


def _lock(work: Work, how: Callable[[int], Any]) -> None:
    # SQLite has one writer at a time, which is the same.
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(sa.select(how(LOCK)))
    work.forget(NEWEST)  # it may have been changed before the lock was got


def calendar_at(work: Work, version: int) -> Calendar:
    """The calendar as it stood at a version, to explain a deadline counted with it."""
    kept = work.machine.cache(_Calendars)
    if version in kept:
        return kept[version]
    calendar = Calendar(version, _holidays(work, version))
    # Not before the commit: a version that is rolled back may come again with other days.
    work.after_commit(lambda: kept.update({version: calendar}))
    return calendar


def holidays_of(work: Work, year: int) -> list[tuple[date, str]]:
    """The holidays of a (Christian) year as the calendar now stands."""
    newest = work.session.scalar(sa.select(sa.func.max(CalendarVersion.version)))
    known = {} if newest is None else calendar_at(work, newest).holidays
    return [(day, name) for day, name in known.items() if day.year == year]


def versions(work: Work) -> list[CalendarVersion]:
    """Every change of the calendar, the newest first."""
    query = sa.select(CalendarVersion).order_by(CalendarVersion.version.desc())
    return list(work.session.scalars(query))


def _holidays(work: Work, version: int) -> Mapping[date, str]:
    # Columns, not objects: a turn that counts several deadlines reads some hundred days each time.
    changes = work.session.execute(
        sa.select(HolidayChange.day, HolidayChange.name, HolidayChange.removed)
        .where(HolidayChange.version <= version)
        .order_by(HolidayChange.version, HolidayChange.day)
    )
    found: dict[date, str] = {}
    for change in changes:
        if change.removed:
            found.pop(change.day, None)
        else:
            found[change.day] = change.name
    return dict(sorted(found.items()))


def seed_holidays(work: Work) -> int:
    """Fill an empty table from the package `holidays`; returns the newest version either way.

    Lunar days and days that the cabinet adds are announced late: the table is to be edited.
    """
    newest = work.session.scalar(sa.select(sa.func.max(CalendarVersion.version)))
    if newest is not None:
        return int(newest)
    year = work.now.year
    days = announced_holidays(year - YEARS_BACK, year + YEARS_AHEAD)
    changes = [DayChange(day, name) for day, name in days.items()]
    return _write_version(work, 1, changes, SEED_REFERENCE, SYSTEM)


def announced_holidays(first: int, last: int) -> dict[date, str]:
    """The days off of Thai state offices that the package `holidays` knows, by day."""
    import holidays  # 60 ms, and only a new database needs it

    known = holidays.country_holidays(
        "TH", years=range(first, last + 1), language="th", categories=("public", "government")
    )
    kept = {}
    for day, names in sorted(known.items()):
        of_offices = [name for name in names.split("; ") if not name.endswith(NOT_FOR_OFFICES)]
        if of_offices:
            kept[day] = "; ".join(of_offices)
    return kept


def change_holidays(
    work: Work, changes: Sequence[DayChange], *, reference: str, actor: Actor
) -> int:
    """Add, take away or move days in one step; returns the new version of the calendar.

    A moved holiday is one day taken away and another added under the same announcement. The
    deadlines that run are moved by `clock_moves.recount_deadlines`.

    Raises:
        HolidayExists: a day is a holiday already, or is named twice.
        NotAHoliday: a day to take away is none.
        HolidayYearInvalid: a year is far off, most often a Buddhist one.
        ReferenceNeeded: the announcement or a day's name is missing.
    """
    _lock(work, sa.func.pg_advisory_xact_lock)
    calendar = current_calendar(work)
    if len(reference.strip()) < 3 or not changes:
        raise ReferenceNeeded
    seen: dict[date, str] = {}
    for change in changes:
        _check_change(work, calendar, change, seen)
        seen[change.day] = change.name or ""
    return _write_version(work, calendar.version + 1, changes, reference.strip(), actor)


def _check_change(
    work: Work, calendar: Calendar, change: DayChange, seen: Mapping[date, str]
) -> None:
    if abs(change.day.year - work.now.year) > 50:
        year = change.day.year
        raise HolidayYearInvalid(year=year, year_th=year + BUDDHIST_ERA)
    existing = seen.get(change.day) or calendar.holidays.get(change.day)
    day, day_th = spell_date(change.day, "en"), spell_date(change.day, "th")
    if change.name is not None and not change.name.strip():
        raise ReferenceNeeded  # a name left blank must not take the holiday away
    if change.name and existing:
        raise HolidayExists(day=day, day_th=day_th, name=existing)
    if not change.name and not existing:
        raise NotAHoliday(day=day, day_th=day_th)


def _write_version(
    work: Work, version: int, changes: Sequence[DayChange], reference: str, actor: Actor
) -> int:
    work.session.add(
        CalendarVersion(version=version, made_at=work.now, made_by=actor.id, reference=reference)
    )
    work.session.flush()  # the days refer to the version
    work.session.add_all(
        HolidayChange(
            version=version, day=change.day, name=change.name or "", removed=change.name is None
        )
        for change in changes
    )
    work.session.flush()  # the calendar of this version is read in the same transaction
    work.forget(NEWEST)
    return version


def _days(work: Work, version: str) -> State:
    query = sa.select(HolidayChange).where(HolidayChange.version == int(version))
    rows = work.session.scalars(query.order_by(HolidayChange.day))
    return {"days": [[row.day.isoformat(), row.name, row.removed] for row in rows]}


follow("calendar", CalendarVersion, {HolidayChange: "version"}, _days)
