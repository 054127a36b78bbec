"""A span of days on the command line: `--from 2569-10-01 --to 31/10/2569`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import click

from engine.ground.clock import BANGKOK
from engine.ground.errors import Refusal

Function = TypeVar("Function", bound=Callable[..., Any])
FIRST = date(1990, 1, 1)


class DayUnreadable(Refusal):
    """{option}: {text!r} is not a day; write 2026-10-01 or 1/10/2569."""

    thai = "{option}: “{text}” ไม่ใช่วันที่ โปรดเขียนเช่น 2026-10-01 หรือ 1/10/2569"


class PeriodReversed(Refusal):
    """The period ends before it begins."""

    thai = "ช่วงเวลาสิ้นสุดก่อนเริ่มต้น"


def period_options(function: Function) -> Function:
    """`--from` and `--to`: days, both of them included."""
    last = click.option("--to", "until", metavar="DAY", help="ถึงวันที่ / Last day, included.")
    first = click.option("--from", "since", metavar="DAY", help="ตั้งแต่วันที่ / First day.")
    return first(last(function))


def period_of(since: str | None, until: str | None, *, now: datetime) -> tuple[datetime, datetime]:
    """The moments at which the first day begins and the last one is over, in Thai time.

    Raises:
        DayUnreadable, PeriodReversed.
    """
    first = FIRST if since is None else _day(since, "--from")
    last = now.astimezone(BANGKOK).date() if until is None else _day(until, "--to")
    if last < first:
        raise PeriodReversed
    behind = datetime.combine(last + timedelta(days=1), time(), BANGKOK)
    return datetime.combine(first, time(), BANGKOK), behind


def _day(text: str, option: str) -> date:
    from forms.text.dates import NotADate, parse_date

    try:
        return parse_date(text)
    except NotADate as error:
        raise DayUnreadable(option=option, text=text) from error
