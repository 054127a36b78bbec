"""`samnuan replay`: run a case's recorded commands again and compare the state after each."""

from __future__ import annotations

import click

from engine.ground.text import Text
from web.cli.history import instance_named
from web.cli.opened import opened_office
from web.cli.output import json_option
from web.cli.verify import tell

WHOLE = Text(
    "ทำซ้ำ {commands} คำสั่งแล้วได้ผลตรงกับที่บันทึกไว้ทุกขั้น",
    "Ran {commands} commands again: every state is the recorded one",
)


@click.command(
    help="""ทำซ้ำคำสั่งที่บันทึกไว้ของเรื่อง แล้วเทียบผลทุกขั้น

    Run the recorded commands of CASE (receipt no. or id) again, on the recorded diagram with the
    recorded time, and compare the state after each. Exit code 1 when anything differs."""
)
@click.argument("case")
@json_option
def command(case: str, as_json: bool) -> None:
    with opened_office() as office:
        with office.engine.read() as work:
            instance = instance_named(work, case)
        report = office.engine.replay(instance)
    tell(report, WHOLE, as_json)
