"""`samnuan clock`: the deadlines of a case with the reasons for their days, and more time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import case_named, opened_office, user_named
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from engine.store.work import Work
    from office.deadlines.tables import DeadlineChange, DeadlineRow, ExtensionRow
    from office.office import Office

NONE_RUNNING = Text("เรื่องนี้ไม่มีกำหนดเวลาที่กำลังนับอยู่", "No deadline of this case is running")
ASKED = Text("ส่งคำขอขยายเวลาแล้ว ผู้อนุมัติคือ {approver}", "More time is asked for; {approver} decides")
REPORTED = Text("บันทึกรายงานความล่าช้าแล้ว กำหนดไม่เลื่อน", "The late report is recorded; nothing moves")
GRANTED = Text("อนุมัติแล้ว", "Granted")
REFUSED = Text("ไม่อนุมัติ บันทึกแล้ว", "Refused")
NO_REQUEST = Text("ไม่มีคำขอของกำหนดนี้ที่รออนุมัติ", "No request for this deadline waits")


@click.command(help="อธิบายและขยายกำหนดเวลาของเรื่อง / Explain and extend the deadlines of CASE.")
@click.argument("case")
@click.option("--all", "with_past", is_flag=True, help="รวมที่สิ้นสุดแล้ว / Those that ended too.")
@click.option("--extend", metavar="KEY", help="ขอขยายเวลาของกำหนด / Ask for more time, as on F11.")
@click.option("--days", type=click.IntRange(1, 365), help="จำนวนวัน / How many days more.")
@click.option("--reason", default="", help="เหตุผลถึงผู้อนุมัติ / Why, for the approver.")
@click.option("--told", default="", help="เหตุผลที่แจ้งผู้ร้อง / Why, for the complainant.")
@click.option("--late", is_flag=True, help="รายงานความล่าช้า / A late report: nothing moves.")
@click.option("--grant", metavar="KEY", help="อนุมัติคำขอ / Grant the request for this deadline.")
@click.option("--refuse", metavar="KEY", help="ไม่อนุมัติคำขอ / Refuse it; needs --reason.")
@click.option("--as", "username", metavar="USER", help="ในนามผู้ใช้ / Who does it.")
@json_option
def command(
    case: str,
    with_past: bool,
    extend: str | None,
    days: int | None,
    reason: str,
    told: str,
    late: bool,
    grant: str | None,
    refuse: str | None,
    username: str | None,
    as_json: bool,
) -> None:
    if sum(key is not None for key in (extend, grant, refuse)) > 1:
        raise click.UsageError("--extend, --grant, --refuse: one at a time")
    if (extend or grant or refuse) and username is None:
        raise click.UsageError("--as USER")
    if extend and days is None:
        raise click.UsageError("--extend needs --days")
    with opened_office() as office:
        if extend:
            answers = {"clock_key": extend, "days": days, "reason": reason, "reason_told": told}
            _ask(office, case, answers, str(username), late=late, as_json=as_json)
        elif grant or refuse:
            _decide(office, case, str(grant or refuse), str(username), bool(grant), reason)
        else:
            _show(office, case, with_past=with_past, as_json=as_json)


def _show(office: Office, case: str, *, with_past: bool, as_json: bool) -> None:
    from office.deadlines import deadlines

    with office.engine.read() as work:
        found = deadlines.case_deadlines(work, case_named(work, case).id)
        rows = [_facts(work, c) for c in found if with_past or c.status != "finished"]
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(NONE_RUNNING)
    for row in rows:
        click.echo(f"{row['key']} ({row['status']}): {row['why'][language()]}\n")


def _ask(
    office: Office, case: str, answers: dict[str, Any], username: str, *, late: bool, as_json: bool
) -> None:
    from office.applications import master_data
    from office.deadlines.extensions import ask_extension

    user = user_named(office, username)
    with office.engine.begin() as work:
        case_id = case_named(work, case).id
        row = ask_extension(work, office.services, case_id, answers, user, is_late=late)
        approver = master_data.group_text(work, row.approver)
    if as_json:
        print_json({"request": row.id, "status": row.status, "approver": row.approver})
        return
    say(REPORTED if late else ASKED, approver=approver.of(language()))


def _decide(office: Office, case: str, key: str, username: str, grants: bool, reason: str) -> None:
    from office.deadlines.extensions import decide_extension

    user = user_named(office, username)
    with office.engine.begin() as work:
        row = _waiting(work, case_named(work, case).id, key)
        if row is None:
            raise click.ClickException(NO_REQUEST.of(language()))
        decide_extension(work, office.services, row.id, user, grants=grants, reason=reason)
    say(GRANTED if grants else REFUSED)


def _waiting(work: Work, case_id: str, key: str) -> ExtensionRow | None:
    from office.deadlines.extensions import ASKED as WAITS
    from office.deadlines.extensions import requests_of
    from office.deadlines.rows import running_deadline

    deadline = running_deadline(work, case_id, key)
    found = [row for row in requests_of(work, case_id) if row.status == WAITS]
    return next(
        (row for row in found if deadline is not None and row.clock_id == deadline.id), None
    )


def _facts(work: Work, deadline: DeadlineRow) -> dict[str, Any]:
    from office.deadlines import deadlines
    from office.deadlines.reminders.planned_reminders import reminders_of

    why = deadlines.explain(work, deadline)
    return {
        "key": deadline.key,
        "round": deadline.round,
        "status": deadline.status,
        "owner": deadline.owner,
        "due_at": deadlines.iso(deadline.due_at),
        "calendar_version": deadline.calendar_version,
        "rule": deadline.rule,
        "why": {"th": why.th, "en": why.en},
        "changes": [_change(change) for change in deadlines.changes_of(work, deadline)],
        "rungs": [
            {
                "name": reminder.name,
                "due_at": deadlines.iso(reminder.due_at),
                "sent_at": deadlines.iso(reminder.sent_at) if reminder.sent_at else None,
            }
            for reminder in reminders_of(work, deadline)
        ],
    }


def _change(change: DeadlineChange) -> dict[str, Any]:
    from office.deadlines.deadlines import iso

    return {
        "kind": change.kind,
        "at": iso(change.at),
        "actor": change.actor,
        "before": iso(change.before),
        "after": iso(change.after),
        "days": change.days,
        "reason": change.reason,
    }
