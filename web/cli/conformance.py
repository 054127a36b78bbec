"""`samnuan conformance`: where cases departed from their diagram, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.history import instance_named
from web.cli.opened import opened_office
from web.cli.output import is_terminal, json_option, print_json
from web.cli.period import period_of, period_options

if TYPE_CHECKING:
    from engine.store.work import Work
    from office.audit.conformance import Deviation

CLEAN = Text(
    "ไม่พบสิ่งที่ต่างจากแผนภาพ ({count} เรื่อง)", "Nothing departs from the diagram ({count} cases)"
)
LINE = Text("{mark} เหตุการณ์ {seq} {at} {who}: {text}", "{mark} event {seq}, {at}, {who}: {text}")
MARKS = {"breach": "✗", "notice": "·"}
SYSTEM = Text("ระบบ", "the system")


@click.command(
    help="""บอกว่าเรื่องต่างจากแผนภาพอย่างไร

    Tell where CASE (receipt no. or id), or every case that was open between two days, departs from
    its diagram, its deadlines or the two-person rule. With --check, exit code 1 on a breach."""
)
@click.argument("case", required=False)
@period_options
@click.option("--check", is_flag=True, help="ออกด้วยรหัส 1 ถ้าผิด / Exit 1 if there is a breach.")
@json_option
def command(
    case: str | None, since: str | None, until: str | None, check: bool, as_json: bool
) -> None:
    from office.audit.conformance import BREACH

    if case is not None and (since or until):
        raise click.UsageError("CASE | --from --to")
    with opened_office() as office, office.engine.read() as work:
        found = list(_checked(work, case, since, until))
        names = _names(work, found)
    if as_json:
        print_json([_facts(receipt, each) for receipt, told in found for each in told])
    else:
        _print(found, names)
    if check and any(each.severity == BREACH for _, told in found for each in told):
        raise SystemExit(1)


def _checked(
    work: Work, case: str | None, since: str | None, until: str | None
) -> Iterator[tuple[str, list[Deviation]]]:
    from office.audit.conformance import check_instance, check_period

    if case is not None:
        yield case, check_instance(work, instance_named(work, case))
        return
    start, end = period_of(since, until, now=work.now)
    for row, told in check_period(work, start, end):
        if is_terminal():
            click.echo(f"\r{row.receipt_no}", nl=False, err=True)
        yield row.receipt_no, told
    if is_terminal():
        click.echo(err=True)


def _names(work: Work, found: list[tuple[str, list[Deviation]]]) -> dict[str, str]:
    from office.people.people import display_names

    return display_names(work, {each.actor for _, told in found for each in told})


def _print(found: list[tuple[str, list[Deviation]]], names: dict[str, str]) -> None:
    if not any(told for _, told in found):
        say(CLEAN, count=len(found))
        return
    kinds: Counter[str] = Counter()
    for receipt, told in found:
        if told:
            click.echo(receipt)
        for each in told:
            kinds[each.kind] += 1
            click.echo("  " + _line(each, names))
    if len(found) > 1:
        click.echo(", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())))


def _line(each: Deviation, names: dict[str, str]) -> str:
    line = LINE.format(
        mark=MARKS[each.severity],
        seq="—" if each.seq is None else each.seq,
        at=_moment(each.at),
        who=_who(each, names),
        text=each.text.of(language()),
    )
    return line.of(language())


def _who(each: Deviation, names: dict[str, str]) -> str:
    name = SYSTEM.of(language()) if each.actor == "system" else names.get(each.actor, each.actor)
    role = each.role.of(language())
    return f"{name or '—'} ({role})" if role else name or "—"


def _moment(at: datetime | None) -> str:
    from forms.text.dates import spell_moment

    return "—" if at is None else spell_moment(at, language())


def _facts(receipt: str, each: Deviation) -> dict[str, Any]:
    return {
        "case": receipt,
        "kind": each.kind,
        "severity": each.severity,
        "element": each.element_id,
        "step": each.step.th,
        "step_en": each.step.en,
        "seq": each.seq,
        "at": each.at,
        "actor": each.actor,
        "role": each.role.th,
        "role_en": each.role.en,
        "text": each.text.th,
        "text_en": each.text.en,
    }
