"""`samnuan verify`: recompute the hash chains of a case, or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.text import Text
from web.cli import language, say
from web.cli.history import instance_named
from web.cli.house import opened_office
from web.cli.output import is_terminal, json_option, print_json

if TYPE_CHECKING:
    from engine.report import Report

WHOLE = Text(
    "บันทึกครบถ้วน: {instances} เรื่อง {commands} คำสั่ง {events} เหตุการณ์",
    "The record is whole: {instances} cases, {commands} commands, {events} events",
)
CHECKED = Text("ตรวจแล้ว {count} เรื่อง", "Checked {count} cases")
BROKEN = Text("ไม่ตรงกับที่บันทึก: {place}: {what}", "Not as recorded: {place}: {what}")


@click.command(
    help="""ตรวจว่าบันทึกของเรื่องไม่ถูกแก้ไข ถ้าไม่ระบุจะตรวจทุกเรื่อง

    Check that the record of CASE (receipt no. or id), or of every case, is as it was written. Exit
    code 1 when anything was changed, removed, added or reordered."""
)
@click.argument("case", required=False)
@json_option
def command(case: str | None, as_json: bool) -> None:
    from engine.report import Report
    from engine.verification import verify_all

    total = Report()
    with opened_office() as office:
        if case is not None:
            with office.engine.read() as work:
                one = instance_named(work, case)
            total = office.engine.verify(one)
        for _, report in verify_all(office.engine) if case is None else ():
            total.add(report)
            if is_terminal():
                counted = CHECKED.format(count=total.instances).of(language())
                click.echo(f"\r{counted}", nl=False, err=True)
    if is_terminal():
        click.echo(err=True)
    tell(total, WHOLE, as_json)


def tell(report: Report, whole: Text, as_json: bool) -> None:
    """Print what a check found; exit code 1 if the record is not whole."""
    places = [(d.place, d.what.of(language())) for d in report.differences]
    facts = {"instances": report.instances, "commands": report.commands, "events": report.events}
    if as_json:
        found = [{"place": place, "what": what} for place, what in places]
        print_json({**facts, "whole": report.is_whole, "differences": found})
    elif report.is_whole:
        say(whole, **facts)
    for place, what in () if as_json else places:
        click.echo(BROKEN.format(place=place, what=what).of(language()), err=True)
    if not report.is_whole:
        raise SystemExit(1)
