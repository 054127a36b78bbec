"""`samnuan deploy`: the house's own guideline, or files given by name."""

from __future__ import annotations

from pathlib import Path

import click

from engine.text import Text
from web.cli import language, say
from web.cli.house import opened_office, read_bytes, user_named
from web.cli.output import json_option, print_json

NOTHING_NEW = Text("ไม่มีอะไรเปลี่ยนแปลง", "Nothing has changed")
DEPLOYED = Text("ติดตั้งแล้ว: {versions}", "Deployed: {versions}")


@click.command(
    help="""ติดตั้งกระบวนงาน ตาราง และแบบฟอร์มที่ระบุ ถ้าไม่ระบุจะติดตั้งแนวทางเรื่องร้องเรียนของระบบ

    Deploy diagrams, tables and forms (files or folders); without any, the house's own guideline."""
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--as", "username", metavar="USER", help="ในนามผู้ใช้ / Act as this user.")
@json_option
def command(paths: tuple[Path, ...], username: str | None, as_json: bool) -> None:
    from engine.actor import SYSTEM

    with opened_office() as office:
        if paths:
            actor = user_named(office, username).actor if username else SYSTEM
            deployed = office.engine.deploy(files_of(paths), actor)
            _report(deployed.id, deployed.new, [f.to_json() for f in deployed.findings], as_json)
            for finding in deployed.findings if not as_json else ():
                click.echo(finding.line(language()))
            return
        state = office.deploy_guideline()
        new = state.deployed.new if state.deployed else ()
        _report(state.deployed.id if state.deployed else None, new, [], as_json)


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


def _report(
    deployment: str | None,
    new: tuple[str, ...],
    findings: list[dict[str, object]],
    as_json: bool,
) -> None:
    if as_json:
        print_json({"deployment": deployment, "new": list(new), "findings": findings})
    elif new:
        say(DEPLOYED, versions=", ".join(new))
    else:
        say(NOTHING_NEW)
