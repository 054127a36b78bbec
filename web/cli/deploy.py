"""`samnuan deploy`: the shipped guideline, or files given by name."""

from __future__ import annotations

from pathlib import Path

import click

from engine.ground.text import Text
from engine.verbs.deployment import Deployed
from web.cli import language, say
from web.cli.opened import opened_office, read_bytes, user_named
from web.cli.output import json_option, print_json

NOTHING_NEW = Text("ไม่มีอะไรเปลี่ยนแปลง", "Nothing has changed")
AGAIN = Text("กลับมาใช้บังคับ: {versions}", "In force again: {versions}")
DEPLOYED = Text("ติดตั้งแล้ว: {versions}", "Deployed: {versions}")


@click.command(
    help="""ติดตั้งกระบวนงาน ตาราง และแบบฟอร์มที่ระบุ ถ้าไม่ระบุจะติดตั้งแนวทางเรื่องร้องเรียนของระบบ

    Deploy diagrams, tables and forms (files or folders); without any, the shipped applications.
    With its application.json, the files are the whole of an application: what is not among them is
    taken out of force."""
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--app", "key", metavar="KEY", help="ชุดแนวทางของแฟ้ม / Whose files these are.")
@click.option("--as", "username", metavar="USER", help="ในนามผู้ใช้ / Act as this user.")
@json_option
def command(paths: tuple[Path, ...], key: str | None, username: str | None, as_json: bool) -> None:
    from office.applications.application import FILE, key_of

    with opened_office() as office:
        if paths:
            actor = user_named(office, username).actor if username else office.engine.machine.by
            files = files_of(paths)
            key = key or key_of(files)
            deployed = office.engine.deploy(files, actor, application=key, whole=FILE in files)
            _report([deployed], as_json)
            for finding in deployed.findings if not as_json else ():
                click.echo(finding.line(language()))
            return
        _report(office.deploy_guideline(again=True), as_json)


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
