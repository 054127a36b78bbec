"""`samnuan guideline`: the public guideline as one file, written from what is deployed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import FileUnreadable, opened_office
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from datetime import datetime

    from engine.store.work import Work
    from office.guideline.guideline import Guideline
    from office.guideline.steps import Step

WEB = Path(__file__).resolve().parent.parent
WRITTEN = Text("เขียนแนวทางลงแฟ้ม {file} แล้ว", "Wrote the guideline to {file}")
MISSING = Text("ขาด ({number}) {name}: {gap}", "Missing ({number}) {name}: {gap}")
VERSION = Text("ฉบับที่ {version} มีผลตั้งแต่ {day}", "Version {version}, in force since {day}")


@click.command(
    help="""พิมพ์แนวทางจากกระบวนงานที่ติดตั้ง

    Write the public guideline from the deployed diagrams and tables: as text, or with -o as one
    HTML file. What the assessment asks for and the guideline does not hold is named on standard
    error."""
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="แฟ้ม HTML / HTML file."
)
@click.option("--version", type=click.IntRange(1), help="ฉบับก่อน / An earlier version.")
@click.option("--check", is_flag=True, help="ออกด้วยรหัส 1 ถ้าขาด / Exit 1 if something is missing.")
@json_option
def command(output: Path | None, version: int | None, check: bool, as_json: bool) -> None:
    from office.guideline.guideline import build

    with opened_office() as office, office.engine.read() as work:
        guide = build(work, language(), version=version)
        page = _page(work, guide) if output is not None else ""
    if output is not None:
        _write(output, page)
    if as_json:
        print_json(dataclasses.asdict(guide) | {"complete": guide.is_complete})
    elif output is not None:
        say(WRITTEN, file=output)
    else:
        click.echo("\n".join(_lines(guide)))
    _tell_gaps(guide)
    if check and not guide.is_complete:
        raise SystemExit(1)


def _write(output: Path, page: str) -> None:
    try:
        output.write_text(page, "utf-8")
    except OSError as error:
        raise FileUnreadable(file=output, reason=error.strerror) from error


def _tell_gaps(guide: Guideline) -> None:
    for proof in guide.proofs:
        for gap in proof.missing:
            told = MISSING.format(
                number=proof.number,
                name=proof.name.of(language()),
                gap=f"{gap.text.of(language())} ({gap.id})",
            )
            click.echo(told.of(language()), err=True)


# ── as a page ──────────────────────────────────────────────────────────────────────────────────


def _page(work: Work, guide: Guideline) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from engine.verbs import queries
    from web.pictures.picture import draw

    pictures = [
        draw(queries.definition_file(work, p.definition_id, p.file), language=guide.language)
        for p in guide.pictures
    ]
    environment = Environment(
        loader=FileSystemLoader(WEB / "templates" / "guideline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("paper.html").render(
        guide=guide, language=guide.language, pictures=pictures, styles=_styles(), day=_day
    )


def _styles() -> Any:
    """The colours and the looks of the picture, from the same files as the site's."""
    from markupsafe import Markup

    folder = WEB / "assets" / "css"
    text = "".join((folder / name).read_text("utf-8") for name in ("tokens.css", "diagram.css"))
    return Markup(text)  # noqa: S704 - our own style sheets


def _day(moment: datetime) -> str:
    from engine.ground.clock import BANGKOK
    from forms.text.dates import spell_date

    return spell_date(moment.astimezone(BANGKOK).date(), language())


# ── as text ────────────────────────────────────────────────────────────────────────────────────


def _lines(guide: Guideline) -> Iterator[str]:
    lang = language()
    yield f"# {guide.title.of(lang)}"
    yield f"{guide.agency.name.of(lang)}"
    yield VERSION.format(version=guide.version, day=_day(guide.deployed_at)).of(lang)
    yield ""
    for channel in guide.channels:
        yield f"- {channel.name.of(lang)}: {channel.how.of(lang)}"
    yield ""
    for step in guide.steps:
        yield from _step_lines(step, lang)
    yield ""
    for proof in guide.proofs:
        mark = "✓" if proof.is_met else "✗"
        yield f"{mark} {guide.indicator} ({proof.number}) {proof.name.of(lang)}"


def _step_lines(step: Step, lang: str) -> Iterator[str]:
    yield f"{step.number}. {step.name.of(lang)} ({step.role.of(lang)})"
    yield f"   {step.sentence.of(lang)}"
    for limit in step.limits:
        parts = (limit.amount, limit.condition, limit.ceiling, limit.basis)
        yield "   → " + " · ".join(part.of(lang) for part in parts if part.th)
    for line in step.reminders:
        yield f"     {line.of(lang)}"
