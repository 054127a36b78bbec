"""`samnuan apps`: the process applications, with the version of each that is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from engine.store.work import Work
    from office.applications.application import Application

NONE = Text("ยังไม่มีชุดแนวทางที่ติดตั้ง", "No application is deployed")
RETIRED = Text("เลิกใช้แล้ว", "retired")


@click.command(
    help="""แสดงชุดแนวทางที่ติดตั้ง

    List the process applications: key, version, name, the versions of their processes in force."""
)
@json_option
def command(as_json: bool) -> None:
    from office.applications import application as applications

    with opened_office() as office, office.read() as work:
        found = [_facts(work, each) for each in applications.known(work)]
    if as_json:
        print_json(found)
    elif not found:
        say(NONE)
    for each in found if not as_json else ():
        name = each["name"] if language() == "th" else each["name_en"]
        standing = ", ".join(each["processes"]) or RETIRED.of(language())
        click.echo(f"{each['key']}  {each['version']}  {name}  ({standing})")


def _facts(work: Work, application: Application) -> dict[str, Any]:
    from engine.verbs import applications, queries

    versions = applications.deployments_of(work, application.key)
    keys = sorted(applications.processes_of(work, application.key))
    rows = [queries.definition_if_in_force(work, key) for key in keys]
    return {
        "key": application.key,
        "version": len(versions),
        "name": application.name.th,
        "name_en": application.name.en,
        "deployed_at": versions[-1].deployed_at.isoformat() if versions else None,
        "processes": [row.id for row in rows if row is not None],
        "retired": all(row is None for row in rows),
    }
