"""`samnuan run-due`: fire timers, run jobs, deliver mail, until nothing is due."""

from __future__ import annotations

import click

from engine.ground.text import Text
from web.cli import language
from web.cli.opened import opened_office
from web.cli.output import is_terminal, json_option, print_json

RAN = Text("ทำไปแล้ว {count} รายการ", "Ran {count}")
BATCH = 100


@click.command(
    "run-due",
    help="ทำสิ่งที่ถึงกำหนดแล้ว จนไม่มีเหลือ / Run what is due until nothing is left.",
)
@click.option("--limit", type=click.IntRange(1), default=100_000, help="มากที่สุด / At most so many.")
@json_option
def command(limit: int, as_json: bool) -> None:
    ran = 0
    with opened_office() as office:
        while ran < limit:
            step = office.run_due(min(BATCH, limit - ran))
            ran += step
            if is_terminal():
                click.echo(f"\r{RAN.format(count=ran).of(language())}", nl=False, err=True)
            if not step:
                break
    if is_terminal():
        click.echo(err=True)
    if as_json:
        print_json({"ran": ran})
    else:
        click.echo(RAN.format(count=ran).of(language()))
