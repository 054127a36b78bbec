"""`samnuan sight`: who could see what of a case, when, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import case_named, opened_office, user_named
from web.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from office.audit.sight_history import SightHistory

HEADER = Text("ตั้งแต่|ถึง|เห็นอะไร|กฎที่ตัดสิน|เหตุการณ์", "From|Until|Sight|Rule|Event")
NEVER = Text(
    "{name} มองไม่เห็นเรื่อง {receipt_no} เลย และไม่มีการกระทำใดในเรื่องนี้",
    "{name} could not see {receipt_no} at any moment, and did nothing in it",
)
DID = Text("{name} ทำหรือเปิดดู {count} ครั้ง", "{name} did or opened {count} thing(s) in it")
NOT_PROVED = Text("บันทึกอ่านต่อไม่ได้: {trouble}", "The record could not be followed: {trouble}")


@click.command(
    help="""บอกว่าใครเห็นอะไรของเรื่องเมื่อใด ตามกฎใด

    Tell from its record what USER could see of CASE, when, and by which rule: the proof that
    somebody could not see it. Their roles are those of today."""
)
@click.argument("case")
@click.option("--of", "person", metavar="USER", required=True, help="ของใคร / Whose sight.")
@click.option("--as", "username", metavar="USER", required=True, help="ผู้ตรวจสอบ / Who asks.")
@json_option
def command(case: str, person: str, username: str, as_json: bool) -> None:
    from office.audit.sight_history import sight_history

    with opened_office() as office:
        asking, of = user_named(office, username), user_named(office, person)
        with office.engine.read() as work:
            found = sight_history(work, case_named(work, case).id, of.id, asking)
    print_json(_facts(found)) if as_json else _print(found)


def _facts(found: SightHistory) -> dict[str, Any]:
    return {
        "receipt_no": found.receipt_no,
        "person": found.person.username,
        "never_saw": found.never_saw,
        "trouble": found.trouble,
        "periods": [
            {
                "since": each.since,
                "until": each.until,
                "seq": each.seq,
                "sight": each.sight.name.lower() if each.sight else None,
                "rule": each.rule,
            }
            for each in found.periods
        ],
        "acts": [{"seq": e.seq, "type": e.type, "at": e.at} for e in found.acts],
    }


def _print(found: SightHistory) -> None:
    from forms.text.dates import spell_moment
    from web.event_text import RULES, SIGHTS

    lang = language()
    rows = [
        [
            spell_moment(each.since, lang),
            spell_moment(each.until, lang) if each.until else "–",
            SIGHTS[each.sight].of(lang),
            RULES[each.rule].of(lang),
            str(each.seq),
        ]
        for each in found.periods
    ]
    print_table(HEADER.of(lang).split("|"), rows)
    facts = {"name": found.person.display_name, "receipt_no": found.receipt_no}
    if found.trouble:
        say(NOT_PROVED, trouble=found.trouble)
    elif found.never_saw:
        say(NEVER, **facts)
    else:
        say(DID, count=len(found.acts), **facts)
