"""`samnuan export`: event logs for other programs, and one case as a signed file."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import FileUnreadable, case_named, opened_office, user_named
from web.cli.output import is_terminal, json_option, print_json
from web.cli.period import period_of, period_options

if TYPE_CHECKING:
    from engine.record.export import Writer
    from office.audit.export import Selection
    from office.office import Office
    from office.people.people import User

Function = TypeVar("Function", bound=Callable[..., Any])
MakeWriter = Callable[[IO[str]], "Writer"]
WRITTEN = Text("เขียน {cases} เรื่องลง {file} แล้ว", "Wrote {cases} cases to {file}")
SIGNED = Text(
    "เขียนแฟ้มคดี {case} ลง {file} แล้ว ลงนามด้วยกุญแจ {key}",
    "Wrote the signed file of {case} to {file}, signed with the key {key}",
)
LOG = Text("เรื่องร้องเรียน", "Complaints")


@click.group(
    help="""ส่งออกข้อมูลให้โปรแกรมอื่น โดยไม่มีข้อมูลส่วนบุคคล

    Write event logs of the cases that USER may see, without personal data. Who exported what is
    recorded."""
)
def command() -> None:
    """The formats are the subcommands."""


output_option = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="แฟ้มที่จะเขียน / File to write.",
)
user_option = click.option(
    "--as", "username", metavar="USER", required=True, help="ในนามผู้ใช้ / Who exports it."
)


def selecting(function: Function) -> Function:
    """The options that every log has."""
    options = (
        output_option,
        user_option,
        click.option("--track", metavar="KEY", help="ประเภทเรื่อง / Track (a variant)."),
        click.option("--unit", metavar="KEY", help="ฝ่าย / Unit that leads or supports."),
    )
    chosen = period_options(json_option(function))
    for option in reversed(options):
        chosen = option(chosen)
    return chosen


@command.command(help="XES (IEEE 1849) สำหรับวิเคราะห์กระบวนงาน / For process mining.")
@selecting
def xes(**chosen: Any) -> None:
    from engine.record.export import XesWriter

    lang = language()
    _export("xes", lambda file: XesWriter(file, name=LOG.of(lang), language=lang), **chosen)


@command.command(help="OCEL 2.0 (JSON) เหตุการณ์กับวัตถุที่เกี่ยวข้อง / Events and their objects.")
@selecting
def ocel(**chosen: Any) -> None:
    from engine.record.export import OcelWriter

    lang = language()
    _export("ocel", lambda file: OcelWriter(file, language=lang), **chosen)


@command.command("csv", help="ตาราง CSV หนึ่งแถวต่อเหตุการณ์ / A table, one row per event.")
@selecting
@click.option("--bom", is_flag=True, help="ให้ Excel อ่านไทยถูก / Byte order mark, for Excel.")
def sheet(*, bom: bool, **chosen: Any) -> None:
    from engine.record.export import SheetWriter
    from office.audit.export import FACTS

    _export("csv", lambda file: SheetWriter(file, facts=FACTS, byte_order_mark=bom), **chosen)


@command.command(
    "case",
    help="""แฟ้มคดีที่ประทับตรา ตรวจได้โดยไม่ต้องต่อกับระบบ

    The signed file of CASE (receipt no. or id): events, files, picture, summary and proofs in a zip
    that `python3 verify_case.py FILE` checks without this system.""",
)
@click.argument("case")
@output_option
@user_option
@json_option
def signed_file(case: str, output: Path, username: str, as_json: bool) -> None:
    from office.audit.case_file import note_export, read_course, signed_case_file
    from web.auditor.case_paper import paper_of

    with opened_office() as office:
        user, key = user_named(office, username), office.services.keys.head_key
        with office.engine.begin() as work:
            case_id = case_named(work, case).id
            note_export(work, case_id, user)
        office.sign_head()
        with office.engine.read(snapshot=True) as work:
            course = read_course(work, case_id, user)
            content = signed_case_file(work, course, user, key, paper_of(work, course))
    with _draft(output) as draft:
        draft.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    if as_json:
        print_json({"file": str(output), "sha256": sha256, "public_key": key.public.hex()})
    else:
        say(SIGNED, case=course.case.receipt_no, file=output, key=key.public.hex())


def _export(
    format: str,
    writer: MakeWriter,
    *,
    output: Path,
    username: str,
    since: str | None,
    until: str | None,
    track: str | None,
    unit: str | None,
    as_json: bool,
) -> None:
    from office.audit.export import Selection

    with opened_office() as office:
        user = user_named(office, username)
        now = office.engine.clock.now()
        selection = Selection(*period_of(since, until, now=now), track=track, unit=unit)
        cases, sha256 = _written(office, user, selection, format, writer, output)
    if as_json:
        print_json({"file": str(output), "cases": cases, "sha256": sha256})
    else:
        say(WRITTEN, cases=cases, file=output)


def _written(
    office: Office,
    user: User,
    selection: Selection,
    format: str,
    writer: MakeWriter,
    output: Path,
) -> tuple[int, str]:
    """Write the log beside its place, record it, and only then put it there: nothing leaves the
    installation that is not recorded."""
    from office.audit.export import case_ids, export_cases, record_export

    with _draft(output) as draft:
        with (
            draft.open("w", encoding="utf-8", newline="") as file,
            office.engine.read() as work,
        ):
            ids = case_ids(work, user, selection)
            written = export_cases(work, user, ids, writer(file))
            cases = sum(1 for _ in _with_progress(written, len(ids)))
        sha256 = _digest(draft)
        with office.engine.begin() as work:
            record_export(work, user, format, selection, cases=cases, sha256=sha256)
    return cases, sha256


@contextmanager
def _draft(output: Path) -> Iterator[Path]:
    """A file that takes the place of `output` when all has gone well, and vanishes otherwise."""
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        os.close(handle)
        try:
            yield Path(name)
            os.replace(name, output)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise FileUnreadable(file=output, reason=error.strerror) from error


def _with_progress(written: Iterator[str], length: int) -> Iterator[str]:
    if not is_terminal():
        yield from written
        return
    bar = click.progressbar(written, length=length, file=sys.stderr)
    with bar as shown:
        yield from shown


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
