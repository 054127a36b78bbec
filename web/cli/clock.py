"""`samnuan clock`: the deadlines of a case, each with the reasons for its day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.text import Text
from web.cli import language, say
from web.cli.house import case_named, opened_office
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from complaints.clock_models import ClockChange, ClockRow
    from engine.work import Work

NONE_RUNNING = Text("เรื่องนี้ไม่มีกำหนดเวลาที่กำลังนับอยู่", "No deadline of this case is running")


@click.command(help="อธิบายกำหนดเวลาของเรื่อง / Explain the deadlines of CASE (receipt no. or id).")
@click.argument("case")
@click.option("--all", "with_past", is_flag=True, help="รวมที่สิ้นสุดแล้ว / Those that ended too.")
@json_option
def command(case: str, with_past: bool, as_json: bool) -> None:
    from complaints import clocks

    with opened_office() as office, office.engine.read() as work:
        found = clocks.clocks_of(work, case_named(work, case).id)
        rows = [_facts(work, c) for c in found if with_past or c.status != "finished"]
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(NONE_RUNNING)
    for row in rows:
        click.echo(f"{row['key']} ({row['status']}): {row['why'][language()]}\n")


def _facts(work: Work, clock: ClockRow) -> dict[str, Any]:
    from complaints import clocks

    why = clocks.explain(work, clock)
    return {
        "key": clock.key,
        "round": clock.round,
        "status": clock.status,
        "owner": clock.owner,
        "due_at": clocks.iso(clock.due_at),
        "calendar_version": clock.calendar_version,
        "rule": clock.rule,
        "why": {"th": why.th, "en": why.en},
        "changes": [_change(change) for change in clocks.changes_of(work, clock)],
    }


def _change(change: ClockChange) -> dict[str, Any]:
    from complaints.clocks import iso

    return {
        "kind": change.kind,
        "at": iso(change.at),
        "actor": change.actor,
        "before": iso(change.before),
        "after": iso(change.after),
        "days": change.days,
        "reason": change.reason,
    }
