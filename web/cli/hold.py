"""`samnuan hold`: keep a case from being erased while a court or an authority needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import case_named, opened_office, user_named
from web.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from office.office import Office

SET = Text("ระงับการทำลายเรื่องนี้แล้ว", "Nothing of this case will be erased")
LIFTED = Text("ยกเลิกการระงับแล้ว", "The hold is lifted")
HEADER = Text("เรื่อง|เหตุ|สั่งเมื่อ", "Case|Ground|Since")


@click.command(
    help="""ระงับการทำลายเรื่อง (--ground) ยกเลิก (--lift) หรือแสดงเรื่องที่ระงับไว้ (--list)

    Put a legal hold on CASE, lift it, or list the cases under one. GROUND is court, nacc or
    complaint. Who may is in the row `hold` of retention.csv; both acts are recorded in the case."""
)
@click.argument("case", required=False)
@click.option("--ground", help="เหตุ / Ground: court, nacc, complaint.")
@click.option("--lift", is_flag=True, help="ยกเลิกการระงับ / Lift it.")
@click.option("--reason", default="", help="เหตุผล / Why.")
@click.option("--list", "listed", is_flag=True, help="เรื่องที่ระงับไว้ / The cases under a hold.")
@click.option("--as", "username", metavar="USER", required=True, help="ผู้สั่ง / Who acts or asks.")
@json_option
def command(
    case: str | None,
    ground: str | None,
    lift: bool,
    reason: str,
    listed: bool,
    username: str,
    as_json: bool,
) -> None:
    if listed == (case is not None) or (case is not None and (ground is None) != lift):
        raise click.UsageError("CASE (--ground GROUND | --lift) --reason … --as USER | --list")
    with opened_office() as office:
        if case is None:
            _list(office, username, as_json)
            return
        told = _act(office, case, username, ground, reason)
    print_json({"case": case, "done": told.en}) if as_json else say(told)


def _act(office: Office, key: str, username: str, ground: str | None, reason: str) -> Text:
    from office.disposal.legal_holds import lift_legal_hold, set_legal_hold

    user = user_named(office, username)
    with office.engine.begin() as work:
        case = case_named(work, key)
        if ground is None:
            lift_legal_hold(work, office.services, case, user, reason=reason)
            return LIFTED
        set_legal_hold(work, office.services, case, user, ground=ground, reason=reason)
    return SET


def _list(office: Office, username: str, as_json: bool) -> None:
    from forms.text.dates import spell_moment
    from office.disposal.legal_holds import GROUNDS, holds

    user = user_named(office, username)
    with office.engine.read() as work:
        rows = [(case.receipt_no, hold.ground, hold.set_at) for case, hold in holds(work, user)]
    if as_json:
        names = ("case", "ground", "since")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    lang = language()
    told = [[no, GROUNDS[ground].of(lang), spell_moment(at, lang)] for no, ground, at in rows]
    print_table(HEADER.of(lang).split("|"), told)
