"""`samnuan deploy`: the shipped guideline, or files given by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from engine.verbs.deployment import Deployed
from web.cli import language, say
from web.cli.opened import opened_office, read_bytes, user_named
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from office.office import Office

NOTHING_NEW = Text("ไม่มีอะไรเปลี่ยนแปลง", "Nothing has changed")
AGAIN = Text("กลับมาใช้บังคับ: {versions}", "In force again: {versions}")
DEPLOYED = Text("ติดตั้งแล้ว: {versions}", "Deployed: {versions}")


@click.command(
    help="""ติดตั้งกระบวนงาน ตาราง และแบบฟอร์มที่ระบุ ถ้าไม่ระบุจะติดตั้งแนวทางเรื่องร้องเรียนของระบบ

    Deploy diagrams, tables and forms (files or folders); without any, the shipped applications.
    With its folder, the files are the whole of an application: what is not among them is
    taken out of force."""
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILES | KEY]...")
@click.option(
    "--version",
    type=click.IntRange(1),
    metavar="N",
    help="ให้รุ่นก่อนของชุด KEY กลับมาใช้บังคับ / Put version N of the application KEY in force again.",
)
@click.option("--app", "key", metavar="KEY", help="ชุดแนวทางของแฟ้ม / Whose files these are.")
@click.option("--as", "username", metavar="USER", help="ในนามผู้ใช้ / Act as this user.")
@json_option
def command(
    paths: tuple[Path, ...],
    version: int | None,
    key: str | None,
    username: str | None,
    as_json: bool,
) -> None:
    _check_paths(paths, version)
    with opened_office() as office:
        if paths:
            actor = user_named(office, username).actor if username else office.engine.machine.by
            if version is None:
                files = files_of(paths)
            else:
                key = paths[0].as_posix()
                files = _files_of_version(office, key, version)
            deployed = office.engine.deploy(
                files, actor, application=key, whole=version is not None or _is_whole(paths)
            )
            _report([deployed], as_json)
            for finding in deployed.findings if not as_json else ():
                click.echo(finding.line(language()))
            return
        _report(office.deploy_guideline(again=True), as_json)


def _check_paths(paths: tuple[Path, ...], version: int | None) -> None:
    if version is not None and len(paths) != 1:
        raise click.UsageError("--version needs the KEY of one application")
    for path in paths if version is None else ():
        if not path.exists():
            raise click.BadParameter(
                f"Path '{path}' does not exist.", param_hint="'[FILES | KEY]...'"
            )


def _is_whole(paths: tuple[Path, ...]) -> bool:
    """Whether an application's own folder is among them: what is not, goes out of force."""
    from office.applications.application import FILE

    return any((path / FILE).is_file() for path in paths)


def _files_of_version(office: Office, key: str, version: int) -> dict[str, bytes]:
    from engine.verbs import applications

    with office.read() as work:
        return applications.files_of_version(work, key, version)


def files_of(paths: tuple[Path, ...]) -> dict[str, bytes]:
    """The files named, and those inside named folders, by the names they are deployed under."""
    found: dict[str, bytes] = {}
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and not file.name.startswith("."):
                name = file.relative_to(path).as_posix() if path.is_dir() else file.name
                found[name] = read_bytes(file)
    return found


def _report(found: list[Deployed], as_json: bool) -> None:
    new = [id for deployed in found for id in deployed.new]
    again = [id for deployed in found for id in deployed.again]
    if as_json:
        findings = [each.to_json() for deployed in found for each in deployed.findings]
        ids = {"new": new, "again": again}
        print_json({"deployment": found[-1].id, **ids, "findings": findings})
        return
    if new:
        say(DEPLOYED, versions=", ".join(new))
    if again:
        say(AGAIN, versions=", ".join(again))
    if not (new or again):
        say(NOTHING_NEW)
