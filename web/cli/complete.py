"""`samnuan complete`: do a task with the answers of a file, as one of the people who may."""

from __future__ import annotations

from pathlib import Path

import click

from engine.text import Text
from web.cli import say
from web.cli.attaching import file_option, opened
from web.cli.house import opened_office, read_answers, user_named
from web.cli.output import json_option, print_json

DONE = Text("เสร็จแล้ว: {task}", "Done: {task}")


@click.command(
    help="""ทำงานให้เสร็จด้วยคำตอบของแบบฟอร์มจากแฟ้ม JSON

    Complete TASK with the JSON object in ANSWERS (- reads standard input), checked by the task's
    form. Without --claim the task must be the user's own or be offered to them."""
)
@click.argument("task")
@click.argument("answers", required=False, type=click.Path(allow_dash=True, path_type=Path))
@click.option("--as", "username", metavar="USER", required=True, help="ผู้ทำงาน / Who does it.")
@click.option("--claim", is_flag=True, help="รับงานก่อน / Claim the task first.")
@file_option
@json_option
def command(
    task: str,
    answers: Path | None,
    username: str,
    claim: bool,
    files: list[tuple[str, Path]],
    as_json: bool,
) -> None:
    with opened_office() as office:
        user = user_named(office, username)
        given = read_answers(answers)
        if claim:
            office.claim(task, user)
        with opened(files) as uploads:
            office.complete(task, given, uploads, user=user)
    if as_json:
        print_json({"task": task, "completed": True})
    else:
        say(DONE, task=task)
