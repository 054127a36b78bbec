"""Taking over units.csv, roles.csv and statuses.csv when they are deployed.

What a file changes against the file before it is changed in the tables; what it leaves as it was
stays as it was edited on a page. A change that cannot be made is refused with its row, and the
deployment with it: an upload never looks accepted without effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.ground.clock import BANGKOK
from engine.ground.errors import DeploymentRejected
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.work import Work
from office.applications import master_data
from office.applications.master_data import applied_name, kept_row, readers
from office.ground import reference
from office.ground.account_tables import ActingOrder, AppliedTable, UnitName
from office.ground.tables import AccountRole, Case, Role, Unit

RULE = "master-data"
NOTHING, OWN_TASKS = "none", "unit"  # words of the column `access` that show no other case
Rows = Mapping[str, Any]


def take_over(work: Work, files: Mapping[str, bytes], actor: Actor, application: str) -> None:
    """What a deployment brings of the three tables.

    Raises:
        DeploymentRejected: a row cannot be taken over; it says which and why.
    """
    for name, read in readers(application).items():
        if name in files:
            known_as = applied_name(name, application)
            findings = list(_take_over(work, known_as, files[name], read, actor))
            if findings:
                raise DeploymentRejected(findings)
    work.session.flush()  # the next look at the tables must see it
    reference.forget(work)


def _take_over(
    work: Work, name: str, content: bytes, read: Callable[..., Any], actor: Actor
) -> Iterator[Finding]:
    applied = work.session.get(AppliedTable, name)
    before = _rows(applied.content, read) if applied else {}
    now = _rows(content, read)
    for number, (key, row) in enumerate(now.items(), 2):
        yield from _row(work, name, number, row, before.get(key), actor)
    for key in before.keys() - now.keys():
        yield from _gone(work, name, key, before[key])
    if applied is None:
        work.session.add(AppliedTable(name=name, content=content, applied_at=work.now))
    else:
        applied.content, applied.applied_at = content, work.now


def _row(
    work: Work, name: str, number: int, row: Any, before: Any | None, actor: Actor
) -> Iterator[Finding]:
    kept = kept_row(work, row)
    if isinstance(row, Role):
        yield from _unsafe(work, name, number, row, kept, before, actor)
    if kept is None:
        work.session.add(row)
        return
    changed = _changed(row, before)
    if isinstance(kept, Unit) and changed & {"abbreviation", "name_th", "name_en"}:
        former = UnitName(unit=kept.key, until=work.now, changed_by=actor.id, reference=name)
        former.abbreviation, former.name_th = kept.abbreviation, kept.name_th
        former.name_en = kept.name_en
        work.session.merge(former)
    for column in changed:
        setattr(kept, column, getattr(row, column))


def _unsafe(
    work: Work,
    name: str,
    number: int,
    row: Role,
    kept: Role | None,
    before: Role | None,
    actor: Actor,
) -> Iterator[Finding]:
    """A table must not give people what takes two persons to give."""
    if row.access not in (NOTHING, OWN_TASKS) and not row.two_persons:
        yield _finding(
            name,
            number,
            f"บทบาท {row.key} เห็นเรื่อง (access={row.access}) จึงต้องมี two_persons=yes",
            f"Role {row.key} sees cases (access={row.access}): it needs two_persons=yes.",
        )
    widened = {"access", "two_persons", "unit_bound"} & _changed(row, before)
    if actor.id != SYSTEM.id and kept is not None and widened and _is_held(work, row.key):
        listed = ", ".join(sorted(widened))
        yield _finding(
            name,
            number,
            f"เปลี่ยน {listed} ของบทบาท {row.key} ไม่ได้ขณะมีผู้ดำรงอยู่ โปรดให้ผู้ดูแลระบบถอนบทบาทก่อน "
            "แล้วให้ใหม่โดยสองคน",
            f"{listed} of role {row.key} cannot change while somebody holds it: let an "
            "administrator take it from them first, and give it again by two persons.",
        )


def _gone(work: Work, name: str, key: str, before: Any) -> Iterator[Finding]:
    """A row that the file no longer has: the unit is closed, the role goes if nobody holds it;
    a status stays, as old cases have it."""
    if isinstance(before, Unit):
        unit = work.session.get(Unit, key)
        bearers = sa.select(AccountRole.account_id).where(AccountRole.unit == key)
        leads = sa.select(Case.id).where(Case.lead_unit == key, Case.closed_at.is_(None))
        if work.session.scalar(bearers.limit(1)) or work.session.scalar(leads.limit(1)):
            yield _finding(
                name,
                None,
                f"หน่วยงาน {key} ไม่อยู่ในตาราง แต่ยังมีผู้ดำรงบทบาทหรือเรื่องที่ยังไม่เสร็จ",
                f"Unit {key} is no longer in the table, but has people or open cases.",
            )
        elif unit is not None and unit.valid_to is None:
            unit.valid_to = work.now.astimezone(BANGKOK).date()
    if isinstance(before, Role):
        if _is_held(work, key):
            yield _finding(
                name,
                None,
                f"บทบาท {key} ไม่อยู่ในตาราง แต่ยังมีผู้ดำรงอยู่",
                f"Role {key} is no longer in the table, but somebody holds it.",
            )
        elif (role := work.session.get(Role, key)) is not None:
            work.session.delete(role)


def _is_held(work: Work, key: str) -> bool:
    held = sa.select(AccountRole.account_id).where(AccountRole.role == key).limit(1)
    acted = sa.select(ActingOrder.id).where(ActingOrder.role == key).limit(1)
    return bool(work.session.scalar(held) or work.session.scalar(acted))


def _rows(content: bytes, read: Callable[..., Any]) -> Rows:
    found = (read(row, at) for at, row in enumerate(master_data.rows_of(content)))
    return {row.key: row for row in found}


def _changed(row: Any, before: Any | None) -> set[str]:
    """The columns in which a file differs from the one before; none where there was none."""
    if before is None:
        return set()
    names = [column.key for column in sa.inspect(type(row)).columns]
    return {name for name in names if getattr(row, name) != getattr(before, name)}


def _finding(file: str, row: int | None, thai: str, english: str) -> Finding:
    return Finding(file, "", "error", RULE, Text(thai, english), row)
