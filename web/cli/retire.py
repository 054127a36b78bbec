"""`samnuan retire`: no new case of an application begins; its running cases go on to their end."""

from __future__ import annotations

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.opened import opened_office

DONE = Text(
    "เลิกใช้ {key} แล้ว ไม่มีเรื่องใหม่เริ่มด้วย {processes} เรื่องที่ดำเนินอยู่ยังไปต่อจนจบ",
    "{key} is retired: no new case of {processes} begins, and running ones go on to their end.",
)


@click.command(
    help="""เลิกใช้ชุดแนวทาง เรื่องที่ดำเนินอยู่ยังไปต่อจนจบ

    Let no new case of the application KEY begin. Deploying it again puts it in force again."""
)
@click.argument("key")
def command(key: str) -> None:
    from engine.verbs import versions

    with opened_office() as office, office.begin() as work:
        processes = versions.retire_application(work, key)
    say(DONE, key=key, processes=", ".join(processes))
