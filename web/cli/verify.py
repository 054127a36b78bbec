"""`samnuan verify`: is the record of a case, or of all, whole, and does running it again agree?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.history import instance_named
from web.cli.opened import FileUnreadable, opened_office
from web.cli.output import is_terminal, json_option, print_json

if TYPE_CHECKING:
    from engine.record.differences import Difference, Report
    from office.audit.verification_run import Run
    from office.office import Office

WHOLE = Text(
    "บันทึกครบถ้วน: {instances} เรื่อง {commands} คำสั่ง {events} เหตุการณ์",
    "The record is whole: {instances} cases, {commands} commands, {events} events",
)
BROKEN = Text("ไม่ตรงกับที่บันทึก: {place}: {what}", "Not as recorded: {place}: {what}")
CHECKING = Text("กำลังตรวจ", "Checking")
INTERRUPTED = Text(
    "หยุดไว้ที่ {done} เรื่อง ตรวจต่อได้ด้วย samnuan verify --all --resume",
    "Stopped after {done} cases; go on with samnuan verify --all --resume",
)


@click.command(
    help="""ตรวจว่าบันทึกของเรื่องไม่ถูกแก้ไข ถ้าไม่ระบุเรื่องจะตรวจทุกเรื่อง

    Check that the record of CASE (receipt no. or id), or of every case, is as it was written: hash
    chains, deployed files, the log of signed heads, encrypted content; and run every command again.
    Exit code 1 when anything was changed, removed, added or reordered, or comes out differently."""
)
@click.argument("case", required=False)
@click.option("--all", "everything", is_flag=True, help="ทุกเรื่อง / Every case (the default).")
@click.option("--resume", is_flag=True, help="ตรวจต่อจากที่หยุดไว้ / Go on where it was stopped.")
@click.option("--sample", type=click.IntRange(1), help="สุ่มตรวจกี่เรื่อง / Check only so many cases.")
@click.option("--seed", default="", help="ค่าตั้งต้นของการสุ่ม / The same seed, the same cases.")
@click.option(
    "--heads",
    "heads_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="เทียบกับตราประทับที่เก็บไว้นอกหน่วยงาน / Compare with heads that were mailed out.",
)
@click.option("--key", help="กุญแจสาธารณะที่เชื่อถือ (hex) / The public key that heads must bear.")
@click.option(
    "--chains-only", is_flag=True, help="ไม่ทำซ้ำคำสั่ง / Do not run the commands again (quicker)."
)
@json_option
def command(
    case: str | None,
    everything: bool,
    resume: bool,
    sample: int | None,
    seed: str,
    heads_file: Path | None,
    key: str | None,
    chains_only: bool,
    as_json: bool,
) -> None:
    from office.audit.verification_run import Run

    if case is not None and (everything or resume or sample):
        raise click.UsageError("CASE | --all [--resume] | --sample N [--seed S]")
    with opened_office() as office:
        run = Run(
            office.engine, office.services, office.settings.data_dir, replayed=not chains_only
        )
        if case is not None:
            with office.engine.read() as work:
                run.choose([instance_named(work, case)])
        elif sample is not None:
            run.choose_sample(sample, seed)
        elif resume:
            run.resume()
        if heads_file is not None:
            _compare_heads(office, run, heads_file, key)
        told = _check(run, as_json)
    tell(run.report, WHOLE, as_json, told=told)


def _compare_heads(office: Office, run: Run, path: Path, key: str | None) -> None:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            run.compare_heads(path.name, lines, key)
    except OSError as error:
        raise FileUnreadable(file=path, reason=error.strerror) from error


def _check(run: Run, as_json: bool) -> int:
    """Check case by case; what is found is told at once, unless it is for a program.
    Returns how much was told."""
    told = 0
    with _progress(run) as steps:
        try:
            for _ in steps:
                if not as_json:
                    _tell_each(run.report.differences[told:])
                told = len(run.report.differences)
        except KeyboardInterrupt:
            click.echo(err=True)
            click.echo(INTERRUPTED.format(done=run.report.instances).of(language()), err=True)
            raise SystemExit(1) from None
    return told


@contextlib.contextmanager
def _progress(run: Run) -> Iterator[Iterator[str]]:
    """The run's steps, under a bar when a person is watching."""
    if not is_terminal():
        yield run.steps()
        return
    import sys

    label, left = CHECKING.of(language()), run.left()
    with click.progressbar(run.steps(), length=left, label=label, file=sys.stderr) as bar:
        yield iter(bar)


def _tell_each(differences: Sequence[Difference]) -> None:
    for each in differences:
        told = BROKEN.format(place=each.place, what=each.what.of(language()))
        click.echo(told.of(language()), err=True)


def tell(report: Report, whole: Text, as_json: bool, *, told: int = 0) -> None:
    """Print what a check found and what of it was not `told` yet; exit code 1 if the record is not
    whole."""
    facts = {"instances": report.instances, "commands": report.commands, "events": report.events}
    if as_json:
        places = [(each.place, each.what.of(language())) for each in report.differences]
        found = [{"place": place, "what": what} for place, what in places]
        print_json({**facts, "whole": report.is_whole, "differences": found})
    elif report.is_whole:
        say(whole, **facts)
    if not as_json:
        _tell_each(report.differences[told:])
    if not report.is_whole:
        raise SystemExit(1)
