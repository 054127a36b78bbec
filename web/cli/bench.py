"""`samnuan bench`: the numbers of this machine, beside the goals they have to reach."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import import_module
from pathlib import Path

import click

from engine.ground.clock import BANGKOK
from engine.ground.errors import Refusal
from engine.ground.text import Text
from web.cli import say

MACHINE = Text("{name}: {fact}", "{name}: {fact}")
WRITTEN = Text("เขียน {path} แล้ว", "Wrote {path}")


class RowUnknown(Refusal):
    """There is no row {name!r}; rows begin with one of {known}."""

    thai = "ไม่มีรายการวัด {name} รายการขึ้นต้นด้วย {known}"


@click.command(
    help="""วัดความเร็วของเครื่องนี้เทียบกับเป้าหมาย

    Take the numbers of this machine, beside stock SpiffWorkflow, in about ten minutes. Databases of
    their own are made for it and dropped; yours is not touched."""
)
@click.option("--only", multiple=True, metavar="ROW", help="เช่น completion/5 / Only these rows.")
@click.option("--json", "as_json", is_flag=True, help="ผลเป็น JSON / One JSON document.")
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    help="เขียนเป็นเอกสาร / Write the page too, such as docs/reference/performance.md.",
)
@click.option(
    "--before",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="ผลก่อนหน้าที่ได้จาก --json / Figures of an earlier release, as --json gave them.",
)
def command(only: tuple[str, ...], as_json: bool, write: Path | None, before: Path | None) -> None:
    run = import_module("bench.run")
    for name in only:
        if name.split("/")[0] not in run.known_keys():
            raise RowUnknown(name=name, known=", ".join(run.known_keys()))
    facts = run.machine()
    if not as_json:
        for name, fact in facts.items():
            say(MACHINE, name=name, fact=fact)
    rows = []
    for row in run.measured(only):
        rows.append(row)
        if not as_json:
            click.echo(run.line(row))
    if as_json:
        told = {"machine": facts, "rows": [row.to_json() for row in rows]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    if write is not None:
        was = None if before is None else json.loads(before.read_text("utf-8"))
        write.write_text(run.page(rows, facts, datetime.now(BANGKOK).date(), was), "utf-8")
        say(WRITTEN, path=write)
