"""`samnuan reassign`: a head gives open tasks to somebody else, and says why."""

from __future__ import annotations

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.opened import opened_office, user_named
from web.cli.output import json_option, print_json

DONE = Text("มอบงาน {count} งานให้ {name} แล้ว", "{count} task(s) are now with {name}")


@click.command(
    help="""มอบงานที่ระบุ หรือทุกงานของผู้ใช้หนึ่ง (--from) ให้ผู้อื่นทำต่อ

    Hand TASKS over to another of their candidates, or all tasks of one user (--from). Who may is in
    handover.csv; the reason is encrypted, and the act is recorded in each case."""
)
@click.argument("tasks", nargs=-1)
@click.option("--from", "holder", metavar="USER", help="ทุกงานของผู้ใช้นี้ / All that this user holds.")
@click.option("--to", "receiver", metavar="USER", required=True, help="ผู้รับงาน / Who gets them.")
@click.option("--reason", required=True, help="เหตุผล / Why.")
@click.option("--as", "username", metavar="USER", required=True, help="หัวหน้าผู้มอบ / The head.")
@json_option
def command(
    tasks: tuple[str, ...],
    holder: str | None,
    receiver: str,
    reason: str,
    username: str,
    as_json: bool,
) -> None:
    from office.people.handover import hand_over, movable

    if bool(tasks) == bool(holder):
        raise click.UsageError("TASK... | --from USER")
    with opened_office() as office:
        head = user_named(office, username)
        held_by = user_named(office, holder).id if holder else None
        with office.engine.begin() as work:
            if held_by is not None:
                tasks = tuple(row.task.id for row in movable(work, head, held_by=held_by))
            got = hand_over(work, office.services, tasks, receiver, head, reason=reason)
    if as_json:
        print_json({"tasks": list(tasks), "to": got.username})
    else:
        say(DONE, count=len(tasks), name=got.display_name)
