"""`samnuan incidents`: what waits for an administrator, and letting it be tried again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office, read_answers, user_named
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from engine.store.tables import Incident

NONE = Text("ไม่มีเหตุขัดข้อง", "There are no incidents")
SETTLED = Text("ปิดเหตุแล้วโดยไม่ลองใหม่", "It is closed without another try")
RETRIED = Text("สั่งให้ลองใหม่แล้ว", "It is being tried again")


@click.group(help="แสดงเหตุขัดข้องและสั่งให้ลองใหม่ / Show what is stuck, and let it be tried again.")
def command() -> None:
    pass


@command.command("list", help="เหตุขัดข้องที่รอแก้ไข / Those that wait for an administrator.")
@json_option
def list_incidents(as_json: bool) -> None:
    from engine.verbs import incidents

    with opened_office() as office, office.engine.read() as work:
        found = incidents.open_incidents(work)
    if as_json:
        print_json([_facts(incident) for incident in found])
        return
    if not found:
        say(NONE)
    for incident in found:
        since = incident.raised_at.astimezone(BANGKOK).isoformat(timespec="minutes")
        cause = Text(incident.message_th, incident.message_en).of(language())
        click.echo(f"{incident.id}  {since}  {incident.kind:<7} {incident.element_id}  {cause}")


@command.command(
    "retry", help="แก้สาเหตุแล้ว ปิดเหตุและลองใหม่ / The cause is mended: close it and try again."
)
@click.argument("incident_id")
@click.option("--as", "username", required=True, help="ชื่อผู้ใช้ / User name of whoever does it.")
def retry(incident_id: str, username: str) -> None:
    from engine.verbs import incidents

    with opened_office() as office:
        actor = user_named(office, username).actor
        with office.engine.begin() as work:
            incidents.resolve_incident(work, incident_id, actor=actor)
    say(RETRIED)


@command.command(
    "settle", help="ทำเองแล้ว ปิดเหตุโดยไม่ลองใหม่ / It was done by hand: close it without a try."
)
@click.argument("incident_id")
@click.argument("result", required=False, type=click.Path(allow_dash=True, path_type=Path))
@click.option("--as", "username", required=True, help="ชื่อผู้ใช้ / User name of whoever does it.")
def settle(incident_id: str, result: Path | None, username: str) -> None:
    from engine.verbs import incidents

    variables = read_answers(result)
    with opened_office() as office:
        actor = user_named(office, username).actor
        with office.engine.begin() as work:
            incidents.settle_incident(work, incident_id, variables, actor=actor)
    say(SETTLED)


def _facts(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "kind": incident.kind,
        "element": incident.element_id,
        "instance": incident.instance_id,
        "message": {"th": incident.message_th, "en": incident.message_en},
        "raised_at": incident.raised_at.isoformat(),
    }
