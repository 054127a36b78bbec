"""`samnuan complete`: do a task with the answers of a file, as one of the people who may."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.ground.errors import TaskNotFound
from engine.ground.text import Text
from web.cli import say
from web.cli.attaching import file_option, opened
from web.cli.opened import case_named, opened_office, read_answers, user_named
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from office.office import Office

DONE = Text("เสร็จแล้ว: {task}", "Done: {task}")


@click.command(
    help="""ทำงานให้เสร็จด้วยคำตอบของแบบฟอร์มจากแฟ้ม JSON

    Complete TASK with the JSON object in ANSWERS (- reads standard input), checked by the task's
    form. TASK is a task's id or, with --case, the id of its step in the diagram. The task must be
    the user's own or be offered to them; --claim takes it first."""
)
@click.argument("task")
@click.argument("answers", required=False, type=click.Path(allow_dash=True, path_type=Path))
@click.option("--as", "username", metavar="USER", required=True, help="ผู้ทำงาน / Who does it.")
@click.option("--case", "case_key", metavar="CASE", help="เลขรับหรือรหัสเรื่อง / Receipt no. or id.")
@click.option("--claim", is_flag=True, help="รับงานก่อน / Claim the task first.")
@file_option
@json_option
def command(
    task: str,
    answers: Path | None,
    username: str,
    case_key: str | None,
    claim: bool,
    files: list[tuple[str, Path]],
    as_json: bool,
) -> None:
    from office.cases import tasks

    with opened_office() as office:
        user = user_named(office, username)
        given = read_answers(answers)
        task_id = task if case_key is None else _task_at(office, case_key, task)
        if claim:
            with office.begin() as work:
                tasks.claim_task(work, task_id, user)
        with (
            opened(files) as uploads,
            office.staged(given, uploads) as whole,
            office.begin() as work,
        ):
            tasks.complete_task(work, office.services, task_id, whole, user)
    if as_json:
        print_json({"task": task_id, "completed": True})
    else:
        say(DONE, task=task)


def _task_at(office: Office, case_key: str, element: str) -> str:
    """The open task of a case at a step of the diagram."""
    from engine.verbs import queries

    with office.engine.read() as work:
        instance = case_named(work, case_key).instance_id
        for task in queries.open_tasks(work, instance_id=instance):
            if task.element_id == element:
                return task.id
    raise TaskNotFound
