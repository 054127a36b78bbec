"""`samnuan send`: give a message to a waiting case, as the complainant or as the system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.attaching import file_option, opened
from web.cli.opened import case_named, opened_office, read_answers
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from office.office import Office

SENT = Text("ส่งข้อความ “{message}” แล้ว", "Sent the message {message!r}")


@click.command(
    help="""ส่งข้อความให้เรื่องที่รออยู่

    Send MESSAGE to a waiting case. With --code the complainant speaks: `reply_received`,
    `withdrawal_requested` and `review_requested` carry the answers of their forms. With --case
    (or --key for another process) the system speaks, and ANSWERS are process variables."""
)
@click.argument("message")
@click.argument("answers", required=False, type=click.Path(allow_dash=True, path_type=Path))
@click.option("--code", help="รหัสติดตามของผู้ร้องเรียน / The complainant's tracking code.")
@click.option("--case", "case_key", metavar="CASE", help="เลขรับหรือรหัสเรื่อง / Receipt no. or id.")
@click.option("--key", help="รหัสอ้างอิงของกระบวนงานอื่น / Correlation key of another process.")
@file_option
@json_option
def command(
    message: str,
    answers: Path | None,
    code: str | None,
    case_key: str | None,
    key: str | None,
    files: list[tuple[str, Path]],
    as_json: bool,
) -> None:
    if sum(given is not None for given in (code, case_key, key)) != 1:
        raise click.UsageError("--code | --case | --key")
    with opened_office() as office:
        if code is not None:
            _speak_as_complainant(office, message, code, answers, files)
        else:
            _speak_as_system(office, message, case_key, key, answers)
    if as_json:
        print_json({"message": message, "sent": True})
    else:
        say(SENT, message=message)


def _speak_as_complainant(
    office: Office,
    message: str,
    code: str,
    answers: Path | None,
    files: list[tuple[str, Path]],
) -> None:
    from office.cases import complainant
    from office.cases.complainant import REPLY_MESSAGE, WITHDRAWAL_MESSAGE
    from office.cases.reviews import MESSAGE as REVIEW_MESSAGE

    given = read_answers(answers)
    if message == REPLY_MESSAGE:
        with (
            opened(files) as uploads,
            office.staged(given, uploads) as whole,
            office.begin() as work,
        ):
            complainant.reply(work, office.services, code, whole)
    elif message == WITHDRAWAL_MESSAGE:
        with office.begin() as work:
            complainant.withdraw(work, office.services, code, given)
    elif message == REVIEW_MESSAGE:
        with office.begin() as work:
            complainant.ask_review(work, office.services, code, given)
    else:
        known = (REPLY_MESSAGE, WITHDRAWAL_MESSAGE, REVIEW_MESSAGE)
        raise click.UsageError(f"--code: {' | '.join(known)}")


def _speak_as_system(
    office: Office, message: str, case_key: str | None, key: str | None, answers: Path | None
) -> None:
    if case_key is not None:
        with office.engine.read() as work:
            key = case_named(work, case_key).id
    office.engine.correlate(message, key, read_answers(answers))
