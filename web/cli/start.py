"""`samnuan start`: file a case of an application from a file of answers, or start a process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.attaching import file_option, opened
from web.cli.opened import opened_office, read_answers, user_named
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from office.applications.application import Application
    from office.office import Office

FILED = Text(
    "รับเรื่องแล้ว เลขรับ {receipt} รหัสติดตาม {code} (แสดงครั้งเดียว โปรดเก็บไว้)",
    "Received as {receipt}. Tracking code {code} (shown once: keep it)",
)
STARTED = Text("เริ่มแล้ว: {instance}", "Started: {instance}")


@click.command(
    help="""เริ่มกระบวนงาน ถ้าเป็นเรื่องร้องเรียน คำตอบคือแบบ F1

    Start PROCESS with the JSON object in ANSWERS (- reads standard input). For an application such
    as `complaint` the answers are those of its form, and a receipt number and a tracking code are
    issued."""
)
@click.argument("process")
@click.argument("answers", required=False, type=click.Path(allow_dash=True, path_type=Path))
@file_option
@click.option("--channel", default="web", show_default=True, help="ช่องทาง / Channel.")
@click.option(
    "--officer-answers",
    type=click.Path(dir_okay=False, path_type=Path),
    help="ส่วนของเจ้าหน้าที่ใน F1 / The officer's part of F1, when it came by another channel.",
)
@click.option("--key", help="รหัสอ้างอิงของกระบวนงานอื่น / Business key of another process.")
@click.option(
    "--start-event", default="", metavar="ID", help="จุดเริ่ม หากมีหลายจุด / Where to begin, of several."
)
@click.option("--as", "username", metavar="USER", help="ในนามผู้ใช้ / Act as this user.")
@json_option
def command(
    process: str,
    answers: Path | None,
    files: list[tuple[str, Path]],
    channel: str,
    officer_answers: Path | None,
    key: str | None,
    start_event: str,
    username: str | None,
    as_json: bool,
) -> None:
    with opened_office() as office:
        application = _application(office, process)
        if application is None:
            _start_other(office, (process, start_event), answers, key, username, as_json)
            return
        _file(office, application, answers, files, channel, officer_answers, username, as_json)


def _start_other(
    office: Office,
    where: tuple[str, str],
    answers: Path | None,
    key: str | None,
    username: str | None,
    as_json: bool,
) -> None:
    from engine.ground.actor import SYSTEM

    process, start_event = where

    actor = user_named(office, username).actor if username else SYSTEM
    variables = read_answers(answers)
    instance = office.engine.start(
        process, variables, business_key=key, actor=actor, start_event=start_event
    )
    if as_json:
        print_json({"instance": instance})
    else:
        say(STARTED, instance=instance)


def _application(office: Office, name: str) -> Application | None:
    """The application of this key or process, if a case of it is filed with a form."""
    from office.applications import application as applications

    with office.read() as work:
        known = (each for each in applications.in_force(work) if each.form)
        return next((each for each in known if name in (each.key, each.process)), None)


def _file(
    office: Office,
    application: Application,
    answers: Path | None,
    files: list[tuple[str, Path]],
    channel: str,
    officer_answers: Path | None,
    username: str | None,
    as_json: bool,
) -> None:
    from office.cases.complainant import ACTOR
    from office.cases.register import file_case

    actor = user_named(office, username).actor if username else ACTOR
    given, officer = read_answers(answers), read_answers(officer_answers) or None
    with (
        opened(files) as uploads,
        office.staged(given, uploads) as whole,
        office.begin() as work,
    ):
        filed = file_case(
            work, office.services, application, whole, officer, channel=channel, actor=actor
        )
    if as_json:
        receipt, code = filed.receipt_no, filed.tracking_code
        print_json({"case": filed.case_id, "receipt_no": receipt, "tracking_code": code})
    else:
        say(FILED, receipt=filed.receipt_no, code=filed.tracking_code)
