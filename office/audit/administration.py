"""The chain of administration as an auditor reads it, and its rows held to its entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import COMMAND_LINE
from engine.ground.canonical import dumps
from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.verification.stored_rows import as_finding
from engine.store.tables import AdministrationEvent, ProcessDefinition
from engine.store.work import Work
from engine.turn.administration import CHAIN
from engine.turn.commitments import moment
from engine.verbs.queries import definition_if_in_force
from engine.verbs.runtime import RETIRED
from office.audit.access_log import CASE_OPENED
from office.ground.administered import (
    ADDED,
    BEGAN,
    CHANGED,
    KINDS,
    REMOVED,
    Kind,
    followed,
    newest_states,
)
from office.ground.tables import Account, Case
from office.people import people
from office.people.access import not_barred
from office.people.people import User

UNTOLD = Text("ไม่มีบันทึกว่าเพิ่มเข้ามา", "no entry tells of its coming")
GONE = Text("ไม่มีแล้ว ทั้งที่รายการ {seq} ระบุว่ามี", "it is gone, and entry {seq} has it")
OTHERWISE = Text(
    "{columns} ไม่ตรงกับรายการ {seq}", "{columns}: not what entry {seq} of the administration says"
)
# What is asked for together on the page. The words of a type are the page's.
GROUPS: Mapping[str, Sequence[str]] = {
    "accounts": [
        f"{kind}_{what}"
        for kind in ("account", "acting_order", "role_request", "external_identity")
        for what in (ADDED, CHANGED, REMOVED)
    ],
    "sign_ins": ["signed_in", "signed_out", "sign_in_refused"],
    "looks": [CASE_OPENED, "search", "statistics"],
    "exports": ["export", "administration_exported"],
    "deployments": ["deployed", "version_in_force"],
    "tables": [
        f"{kind}_{what}"
        for kind in ("role", "unit", "status", "calendar")
        for what in (ADDED, CHANGED, REMOVED)
    ],
    "tokens": [
        f"{kind}_{what}"
        for kind in ("api_client", "inbound_source", "subscriber")
        for what in (ADDED, CHANGED, REMOVED)
    ],
    "settings": ["settings", BEGAN],
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked for; an empty part asks for anything."""

    group: str = ""
    person: str = ""  # who did it, or whose account it was about: a user name
    number: str = ""  # of a case: its receipt number
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its names in place of ids."""

    seq: int
    at: datetime
    type: str
    by: str
    about: str
    data: Mapping[str, Any]


def lines(
    work: Work, user: User, criteria: Criteria, *, limit: int, before: int | None = None
) -> list[Line]:
    """The entries that fit, the newest first; `before` is the last number of a page. Who looked at
    a case is not told to those who must not know that there is one."""
    barred = sa.select(Case.id).where(sa.not_(sa.and_(*not_barred(user))))
    query = sa.select(AdministrationEvent).where(AdministrationEvent.subject.not_in(barred))
    query = query.where(*_conditions(work, criteria))
    if before is not None:
        query = query.where(AdministrationEvent.seq < before)
    rows = list(work.session.scalars(query.order_by(AdministrationEvent.seq.desc()).limit(limit)))
    names = people.display_names(work, {id for row in rows for id in (row.actor, row.subject)})
    cases = _numbers(work, [row.subject for row in rows if row.type == CASE_OPENED])
    return [
        Line(
            row.seq,
            row.at,
            row.type,
            names.get(row.actor, row.actor.removeprefix(COMMAND_LINE)),
            cases.get(row.subject) or names.get(row.subject, row.subject),
            row.data,
        )
        for row in rows
    ]


def _conditions(work: Work, criteria: Criteria) -> Iterator[sa.ColumnElement[bool]]:
    if criteria.group:
        yield AdministrationEvent.type.in_(GROUPS[criteria.group])
    if criteria.person:
        account = sa.select(Account.id).where(Account.username == criteria.person)
        id = work.session.scalar(account) or criteria.person
        yield sa.or_(AdministrationEvent.actor == id, AdministrationEvent.subject == id)
    if criteria.number:
        case = sa.select(Case.id).where(Case.receipt_no == criteria.number)
        yield AdministrationEvent.subject.in_(case)
    if criteria.since:
        yield AdministrationEvent.at >= criteria.since
    if criteria.until:
        yield AdministrationEvent.at < criteria.until


def _numbers(work: Work, ids: Sequence[str]) -> dict[str, str]:
    query = sa.select(Case.id, Case.receipt_no).where(Case.id.in_(set(ids)))
    return {row[0]: row[1] for row in work.session.execute(query)}


def exported(work: Work) -> Iterator[str]:
    """The whole chain, a line of JSON for each entry: all that a checker outside needs."""
    stored = sa.type_coerce(AdministrationEvent.data, sa.Text).label("stored")  # byte for byte
    query = sa.select(AdministrationEvent, stored).order_by(AdministrationEvent.seq)
    for row, data in work.session.execute(query.execution_options(yield_per=500)):
        facts = {
            "chain": CHAIN,
            "seq": row.seq,
            "type": row.type,
            "subject": row.subject,
            "at": moment(row.at),
            "actor": row.actor,
            "role": row.role,
            "on_behalf_of": row.on_behalf_of,
            "data": data,
            "salt": row.salt.hex(),
            "hash": row.hash,
        }
        yield dumps(facts) + "\n"


# ── the check ──────────────────────────────────────────────────────────────────────────────────


def verify_administered(work: Work) -> Report:
    """Hold accounts, tables, tokens and the versions in force to the entries about them."""
    report = Report()
    for name in sorted(KINDS.keys() & followed(work)):
        with as_finding(report, "", KINDS[name].model.__tablename__):
            _compare(work, KINDS[name], report)
    with as_finding(report, "", "process_in_force"):
        _compare_versions(work, report)
    return report


def _compare(work: Work, kind: Kind, report: Report) -> None:
    recorded = newest_states(work, kind)
    stored = set(kind.keys(work))
    for key in sorted({*recorded, *stored}):
        place = f"{kind.model.__tablename__}/{key}"
        with as_finding(report, "", place):
            seq, type, state = recorded.get(key, (0, REMOVED, {}))
            was_removed = type.endswith(REMOVED)
            if key not in stored:
                if not was_removed:
                    report.differ("", place, 0, GONE.format(seq=seq))
                continue
            if was_removed:
                report.differ("", place, 0, UNTOLD)
                continue
            now = kind.state(work, key) or {}
            columns = [name for name in {**state, **now} if state.get(name) != now.get(name)]
            if columns:
                told = OTHERWISE.format(columns=", ".join(sorted(columns)), seq=seq)
                report.differ("", place, 0, told)


def _compare_versions(work: Work, report: Report) -> None:
    """Which version of each process is started is what was put in force last."""
    query = sa.select(AdministrationEvent).where(AdministrationEvent.type == "version_in_force")
    newest = {e.subject: e for e in work.session.scalars(query.order_by(AdministrationEvent.seq))}
    for key in work.session.scalars(sa.select(ProcessDefinition.key).distinct()):
        event = newest.get(key)
        standing = definition_if_in_force(work, key)
        version = RETIRED if standing is None else standing.version
        if event is not None and version != event.data["version"]:
            told = OTHERWISE.format(columns="version", seq=event.seq)
            report.differ("", f"process_in_force/{key}", 0, told)
