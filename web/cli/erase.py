"""`samnuan erase`: have who is in a case, or what it tells, erased for good, by two persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import case_named, opened_office, user_named
from web.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from office.office import Office
    from office.vault.case_keys import Purpose

ASKED = Text(
    "ขอลบแล้ว รอผู้มีอำนาจอีกคนหนึ่งอนุมัติด้วย --approve", "Asked; a second person decides with --approve"
)
ERASED = Text("ลบแล้ว กู้คืนไม่ได้อีก บันทึกยังพิสูจน์ได้ครบ", "Erased for good; the record still verifies")
REFUSED = Text("ไม่อนุมัติคำขอลบ", "The request was refused")
HEADER = Text("เรื่อง|ส่วน|ปิดเมื่อ|เก็บ (ปี)|ฐาน", "Case|What|Closed|Years|Basis")


@click.command(
    help="""ลบตัวตน (--identity) หรือเนื้อหา (--content) ของเรื่องที่ปิดแล้ว โดยสองคน

    Erase who is in a closed CASE or what it tells. One person asks, giving a reason; another
    approves or refuses. Who may is in retention.csv. --due lists what was kept long enough."""
)
@click.argument("case", required=False)
@click.option("--identity", "what", flag_value="identity", help="ตัวตน / Who is in it.")
@click.option("--content", "what", flag_value="content", help="เนื้อหา / What it tells.")
@click.option("--reason", help="เหตุผลของคำขอ / Why, when asking.")
@click.option(
    "--approve", "granted", flag_value=True, type=bool, default=None, help="อนุมัติ / Do it."
)
@click.option("--refuse", "granted", flag_value=False, type=bool, help="ไม่อนุมัติ / Refuse it.")
@click.option("--as", "username", metavar="USER", help="ผู้ขอหรือผู้พิจารณา / Who asks or decides.")
@click.option("--due", is_flag=True, help="แสดงที่ครบกำหนดเก็บ / List what was kept long enough.")
@json_option
def command(
    case: str | None,
    what: Purpose | None,
    reason: str | None,
    granted: bool | None,
    username: str | None,
    due: bool,
    as_json: bool,
) -> None:
    with opened_office() as office:
        if due:
            _list_due(office, as_json)
            return
        if (
            case is None
            or what is None
            or username is None
            or (reason is None) == (granted is None)
        ):
            raise click.UsageError(
                "CASE --identity|--content --as USER (--reason … | --approve | --refuse)"
            )
        told = _act(office, case, what, username, reason, granted)
    print_json({"case": case, "what": what, "done": told.en}) if as_json else say(told)


def _act(
    office: Office,
    key: str,
    what: Purpose,
    username: str,
    reason: str | None,
    granted: bool | None,
) -> Text:
    from office.disposal.erasure import ask_erasure, decide_erasure

    user = user_named(office, username)
    with office.engine.begin() as work:
        case = case_named(work, key)
        if granted is None:
            ask_erasure(work, office.services, case, what, user, reason=reason or "")
            return ASKED
        decide_erasure(work, office.services, case, what, user, granted=granted)
    office.run_due()  # gives the pages back on which the erased rows lay
    return ERASED if granted else REFUSED


def _list_due(office: Office, as_json: bool) -> None:
    from office.disposal import retention

    with office.engine.read() as work:
        rows = [
            (case.receipt_no, what, case.closed_at, rule.years, rule.basis)
            for case, what, rule in retention.due(work)
        ]
    if as_json:
        names = ("case", "what", "closed_at", "years", "basis")
        print_json([dict(zip(names, (*row[:4], row[4].th), strict=True)) for row in rows])
        return
    from forms.text.dates import spell_moment

    print_table(
        HEADER.of(language()).split("|"),
        [
            [no, what, spell_moment(closed, language()), str(years), basis.of(language())]
            for no, what, closed, years, basis in rows
            if closed is not None
        ],
    )
