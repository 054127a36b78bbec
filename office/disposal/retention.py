"""How long things are kept and who may have them erased: `retention.csv`, deployed with the
guideline."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from engine.verbs import queries
from office.applications import application as applications
from office.ground.erasure_tables import LegalHold
from office.ground.errors import OfficeError
from office.ground.tables import Case, CaseKey
from office.vault.case_keys import Purpose

FILE = "retention.csv"
ANY = "*"


class NoRetentionRule(OfficeError):
    """retention.csv has no row for the {what} of a case with the outcome {outcome}."""

    thai = "ตาราง retention.csv ไม่มีแถวสำหรับ {what} ของเรื่องที่มีผลเป็น {outcome}"


@dataclass(frozen=True, slots=True)
class Rule:
    """After how many years something may go, who asks for it and who decides."""

    what: str
    outcome: str
    years: int
    asks: tuple[str, ...]
    decides: tuple[str, ...]
    basis: Text

    def is_past(self, closed_at: datetime, now: datetime) -> bool:
        then, today = closed_at.astimezone(BANGKOK), now.astimezone(BANGKOK)
        return (then.year + self.years, then.month, then.day) <= (
            today.year,
            today.month,
            today.day,
        )


Rules = Mapping[str, Sequence[Rule]]  # by the key of the application


def rules(work: Work) -> Rules:
    """The rows of each application's table in force, in order: the first that fits counts."""
    return {each.key: _rules(work, each.process) for each in applications.in_force(work)}


def _rules(work: Work, process: str) -> list[Rule]:
    files = queries.files(work, queries.definition(work, process).id)
    text = files.get(FILE, b"").decode("utf-8-sig")
    return [_rule(row) for row in csv.DictReader(io.StringIO(text))]


def rule_for(found: Rules, case: Case, what: str) -> Rule:
    """Raises `NoRetentionRule`."""
    outcome = case.outcome or ""
    for rule in found.get(case.application, ()):
        if rule.what == what and rule.outcome in (ANY, outcome):
            return rule
    raise NoRetentionRule(what=what, outcome=outcome or "–")


def due(work: Work, *hidden: sa.ColumnElement[bool]) -> list[tuple[Case, Purpose, Rule]]:
    """What has been kept long enough and is under no legal hold, the longest closed first."""
    known = rules(work)
    held = sa.select(LegalHold.case_id).where(LegalHold.lifted_at.is_(None))
    query = (
        sa.select(Case, CaseKey.purpose)
        .join(CaseKey, CaseKey.case_id == Case.id)
        .where(Case.closed_at.is_not(None), CaseKey.wrapped.is_not(None))
        .where(Case.id.not_in(held), *hidden)
        .order_by(Case.closed_at, Case.id, CaseKey.purpose)
    )
    found: list[tuple[Case, Purpose, Rule]] = []
    for case, purpose in work.session.execute(query):
        what: Purpose = "identity" if purpose == "identity" else "content"
        rule = rule_for(known, case, what)
        if case.closed_at is not None and rule.is_past(case.closed_at, work.now):
            found.append((case, what, rule))
    return found


def _rule(row: Mapping[str, str]) -> Rule:
    return Rule(
        what=row["what"],
        outcome=row["outcome"],
        years=int(row["after_years"]),
        asks=tuple(row["asks"].split()),
        decides=tuple(row["decides"].split()),
        basis=Text(row["basis_th"], row["basis_en"]),
    )
