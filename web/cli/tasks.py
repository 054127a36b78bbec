"""`samnuan tasks`: what is open, for everybody or for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import case_named, opened_office, user_named
from web.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from engine.store.tables import UserTask
    from engine.store.work import Work
    from office.office import Office

NONE_OPEN = Text("ไม่มีงานค้าง", "No open task")
HEADER = Text("งาน|ขั้นตอน|เรื่อง|ผู้ถือ|กำหนด", "Task|Step|Case|Held by|Due")


@click.command(help="แสดงงานที่ค้างอยู่ / List open tasks, the most urgent first.")
@click.option("--as", "username", metavar="USER", help="เฉพาะงานของผู้ใช้นี้ / Only this user's.")
@click.option("--case", "case_key", metavar="CASE", help="เฉพาะเรื่องนี้ / Only this case's.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@json_option
def command(username: str | None, case_key: str | None, limit: int, as_json: bool) -> None:
    with opened_office() as office:
        rows = _rows(office, username, case_key, limit)
    if as_json:
        print_json(rows)
    elif not rows:
        say(NONE_OPEN)
    else:
        header = HEADER.of(language()).split("|")
        name = "name_en" if language() == "en" else "name"
        print_table(
            header,
            [[r["task"], r[name], r["receipt_no"], r["holder"], r["due_on"]] for r in rows],
        )


def _rows(
    office: Office, username: str | None, case_key: str | None, limit: int
) -> list[dict[str, Any]]:
    from engine.verbs import queries
    from office.cases.tasks import work_list

    user = user_named(office, username) if username else None
    with office.engine.read() as work:
        instance = case_named(work, case_key).instance_id if case_key else None
        if user is not None:
            page = work_list(work, office.services, user, limit=limit)
            mine = {item.task_id for item in page.items}
        actor = user.actor if user else None
        found = queries.open_tasks(work, actor=actor, instance_id=instance, limit=limit)
        # What a conflict of interest hides on the page is hidden here too.
        return [_row(work, task) for task in found if user is None or task.id in mine]


def _row(work: Work, task: UserTask) -> dict[str, Any]:
    from engine.ground.clock import BANGKOK
    from forms.text.dates import spell_date
    from office.cases.tasks import holder_of
    from office.people.access import case_of_instance

    case = case_of_instance(work, task.instance_id)
    due = task.due_at.astimezone(BANGKOK) if task.due_at else None
    return {
        "task": task.id,
        "element": task.element_id,
        "name": task.name_th,
        "name_en": task.name_en or task.name_th,
        "form": task.form,
        "case": case.id if case else None,
        "receipt_no": case.receipt_no if case else "",
        "holder": holder_of(work, task).of(language()),
        "assignee": task.assignee,
        "groups": task.candidate_groups,
        "due_at": due,
        "due_on": spell_date(due.date(), language()) if due else "",
    }
