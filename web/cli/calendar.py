"""`samnuan calendar`: the holidays, and their changes as they are announced."""

from __future__ import annotations

from datetime import date

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office, user_named
from web.cli.output import json_option, print_json

CHANGED = Text(
    "ปฏิทินรุ่นที่ {version}: เลื่อนกำหนดเวลา {count} รายการ",
    "Calendar version {version}: {count} deadline(s) moved",
)


class DayType(click.ParamType[date]):
    """A day as people write it: 2026-04-13, 13/4/2569, 13 เม.ย. 2569."""

    name = "day"

    def convert(
        self, value: date | str, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        from forms.text.dates import NotADate, parse_date

        if isinstance(value, date):
            return value
        try:
            return parse_date(value)
        except NotADate:
            self.fail(f"{value!r}: 2026-04-13, 13/4/2569", param, ctx)


DAY = DayType()


@click.group(help="ดูและแก้ไขวันหยุด / Show and change the holidays.")
def command() -> None: ...


@command.command("list", help="แสดงวันหยุดของปี / List the holidays of a year (either era).")
@click.argument("year", type=int, required=False)
@json_option
def list_holidays(year: int | None, as_json: bool) -> None:
    from forms.text.dates import BUDDHIST_ERA, spell_date
    from office.deadlines.holiday_table import current_calendar

    with opened_office() as office, office.engine.begin() as work:
        calendar = current_calendar(work)
        wanted = year or work.now.year
    wanted = wanted - BUDDHIST_ERA if wanted >= 2400 else wanted
    days = {day: name for day, name in calendar.holidays.items() if day.year == wanted}
    if as_json:
        rows = [{"day": day, "name": name} for day, name in days.items()]
        print_json({"version": calendar.version, "year": wanted, "holidays": rows})
        return
    for day, name in days.items():
        click.echo(f"{spell_date(day, language()):<22} {name}")


reference_option = click.option(
    "--reference", required=True, help="ประกาศหรือมติที่อ้าง / The announcement behind it."
)
as_option = click.option(
    "--as", "username", metavar="USER", required=True, help="ในนามผู้ใช้ / Who enters it."
)


@command.command(help="เพิ่มวันหยุด / Add a holiday; open deadlines move.")
@click.argument("day", type=DAY)
@click.argument("name")
@reference_option
@as_option
@json_option
def add(day: date, name: str, reference: str, username: str, as_json: bool) -> None:
    _change([(day, name)], reference, username, as_json)


@command.command(help="ยกเลิกวันหยุด / Take a holiday away; open deadlines move.")
@click.argument("day", type=DAY)
@reference_option
@as_option
@json_option
def remove(day: date, reference: str, username: str, as_json: bool) -> None:
    _change([(day, None)], reference, username, as_json)


@command.command(help="ย้ายวันหยุด / Move a holiday; open deadlines move.")
@click.argument("day", type=DAY)
@click.argument("to", type=DAY)
@click.argument("name")
@reference_option
@as_option
@json_option
def move(day: date, to: date, name: str, reference: str, username: str, as_json: bool) -> None:
    _change([(day, None), (to, name)], reference, username, as_json)


def _change(
    days: list[tuple[date, str | None]], reference: str, username: str, as_json: bool
) -> None:
    from office.deadlines.changes import announce_holidays
    from office.deadlines.holiday_table import DayChange

    with opened_office() as office:
        actor = user_named(office, username).actor
        with office.engine.begin() as work:
            changes = [DayChange(day, name) for day, name in days]
            version, moved = announce_holidays(work, changes, reference=reference, actor=actor)
    if as_json:
        print_json({"version": version, "moved": [clock.id for clock in moved]})
    else:
        say(CHANGED, version=version, count=len(moved))
