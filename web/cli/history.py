"""`samnuan history`: what happened in a case, event by event, without personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.ground.text import Text
from web.cli import language
from web.cli.opened import case_named, opened_office
from web.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from engine.store.tables import HistoryEvent
    from engine.store.work import Work

HEADER = Text("ที่|เวลา|เหตุการณ์|ขั้นตอน|ผู้ทำ", "No.|When|Event|Step|By")


@click.command(help="แสดงประวัติของเรื่อง / Show what happened in CASE (receipt no. or id).")
@click.argument("case")
@json_option
def command(case: str, as_json: bool) -> None:
    with opened_office() as office, office.engine.read() as work:
        rows = _rows(work, case)
    if as_json:
        print_json(rows)
        return
    name = "name_en" if language() == "en" else "name"
    print_table(
        HEADER.of(language()).split("|"),
        [[str(r["seq"]), r["when"], r["type"], r[name], r["actor"]] for r in rows],
    )


def _rows(work: Work, key: str) -> list[dict[str, Any]]:
    from engine.verbs import queries
    from office.people.people import display_names

    instance_id = instance_named(work, key)
    events = queries.history(work, instance_id)
    people = display_names(work, {event.actor for event in events})
    names = _names(work, instance_id)
    return [_row(event, names, people) for event in events]


def instance_named(work: Work, key: str) -> str:
    """The process instance of a case, or the instance itself for processes that are no case."""
    from engine.store.tables import ProcessInstance

    if work.session.get(ProcessInstance, key) is not None:
        return key
    case = case_named(work, key)
    assert case.instance_id is not None, "a filed case has been started"
    return case.instance_id


def _names(work: Work, instance_id: str) -> dict[str, Text]:
    from engine.verbs import queries

    definition = queries.definition_of(work, instance_id)
    models = queries.models(work, definition).values()
    return {node.id: node.name for process in models for node in process.body.walk()}


def _row(event: HistoryEvent, names: dict[str, Text], people: dict[str, str]) -> dict[str, Any]:
    from forms.text.dates import spell_moment

    name = names.get(event.element_id, Text(event.element_id, event.element_id))
    return {
        "seq": event.seq,
        "at": event.at,
        "when": spell_moment(event.at, language()),
        "type": event.type,
        "element": event.element_id,
        "name": name.th,
        "name_en": name.en or name.th,
        "actor": people.get(event.actor, event.actor),
        "data": event.data,
        "hash": event.hash,
    }
