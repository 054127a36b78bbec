"""What the register must say of a case, worked out again from its record.

The register is what lists, access and statistics read. Its columns follow from the commands as they
are done again (status, outcome, track, units, who must not see it), from what was handed in (title)
and from what the first event commits to (number, code, receipt). The deadline of the whole case is
that of its row, which is counted anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from engine.bpmn.running.execution import Execution
from engine.ground.text import Text
from engine.store.tables import Command
from engine.store.work import Work
from engine.turn.definitions import Bundle
from engine.verbs import queries
from office.applications.application import of_definition, of_files
from office.applications.tracks import note_track
from office.audit.rows.recorded_rows import ADDED, GONE, NOT_SAID, Recorded
from office.cases import case_listener, register
from office.cases.store_answers import SUBMITTED
from office.deadlines.rows import OVERALL
from office.deadlines.tables import DeadlineRow
from office.ground.errors import KeyDestroyed
from office.ground.keys import DataKey
from office.ground.tables import Case, Conflict, Submission
from office.people import access, conflicts
from office.vault import submissions

# What follows from the course of the case.
FOLLOWED = (
    "status",
    "outcome",
    "track",
    "handler",
    "hidden_from",
    "lead_unit",
    "co_units",
    "severity",
    "classification",
    "protected",
    "guarded",
    "held",
    "closed_at",
)
# What it began with.
ASKED = ("channel", "identity_mode", "subject", "reply_by")
REGISTERED = Text(
    "ข้อมูลการรับเรื่อง (เลขรับ รหัสติดตาม ช่องทาง วันรับ) ไม่ใช่ที่บันทึกผูกพันไว้",
    "the facts of its registration (number, code, channel, receipt) are not those that the record "
    "commits to",
)


class Course:
    """The register's row as the commands of a case make it, command by command."""

    def __init__(self) -> None:
        self.row = Case(hidden_from=[], co_units=[], status="RECEIVED", classification="")
        self.row.protected = self.row.guarded = self.row.held = False
        self.began: Mapping[str, Any] = {}
        self.commands = 0

    def watch(self, command: Command, execution: Execution, bundle: Bundle) -> None:
        """A command was done again."""
        if command.kind == "start":
            self._begin(command.body["variables"], bundle)
        for type, node, _ in execution.changes.events:
            if type in case_listener.DECIDED:
                variables = execution.variables()
                case_listener.note_variables(self.row, variables, lambda: bundle.files)
            elif type == "activity_entered":
                drawn = execution.definition.drawn(node.drawn or node.id)
                said = {} if drawn is None else drawn.extensions.properties
                if case_listener.note_place(self.row, said):
                    self._close(command.at)
        if execution.is_completed:
            self._close(command.at)
        self.commands += 1

    def _begin(self, variables: Mapping[str, Any], bundle: Bundle) -> None:
        self.began = variables
        case_listener.note_answers(self.row, of_files(bundle.files), variables)
        self.row.channel = str(variables.get("channel"))
        classified = variables.get("classification")
        self.row.classification = classified if isinstance(classified, str) else ""
        note_track(self.row, bundle.files, variables)

    def _close(self, at: datetime) -> None:
        self.row.closed_at = self.row.closed_at or at


def compare_course(case: Case, course: Course) -> Iterator[Text]:
    """Where the row says something else than the course of the case."""
    columns = FOLLOWED if not course.began else (*FOLLOWED, *ASKED)
    for column in columns:
        if getattr(case, column) != getattr(course.row, column):
            yield NOT_SAID.format(column=column)
    received_on = course.began.get("received_on")
    if received_on is not None and case.legal_received_on.isoformat() != received_on:
        yield NOT_SAID.format(column="legal_received_on")


def compare_registration(case: Case, events: Sequence[Recorded]) -> Iterator[Text]:
    """Where the row says something else than the moment in which it came into being."""
    first = next((event for event in events if event.type == SUBMITTED), None)
    if first is None:
        return
    if case.registered_at != first.at:
        yield NOT_SAID.format(column="registered_at")
    if case.registered_by != first.actor:
        yield NOT_SAID.format(column="registered_by")
    committed = first.data.get("register")  # since the record commits to it
    if committed is not None and committed != register.commitment(case):
        yield REGISTERED


def compare_title(
    work: Work, case: Case, events: Sequence[Recorded], key: DataKey | None
) -> Iterator[Text]:
    """The title is what the complainant wrote on the form; erased with it."""
    first = next((event for event in events if event.type == SUBMITTED), None)
    if key is None or first is None:
        if key is None and case.title is not None:
            yield NOT_SAID.format(column="title")
        return
    row = work.session.get(Submission, str(first.data["submission"]))
    if row is None:
        return  # told where submissions are opened
    try:
        application = of_definition(work, queries.definition_of(work, str(case.instance_id)))
        wanted = register.title_of(submissions.answers_of(row, key), application)
        found = register.open_title(case, key)
    except (InvalidTag, ValueError, KeyDestroyed):
        yield NOT_SAID.format(column="title")
        return
    if wanted != found:
        yield NOT_SAID.format(column="title")


def compare_due(work: Work, case: Case) -> Iterator[Text]:
    """The register's deadline is that of the case as a whole."""
    query = sa.select(DeadlineRow.due_at).where(DeadlineRow.case_id == case.id)
    query = query.where(DeadlineRow.key == OVERALL).order_by(DeadlineRow.round.desc())
    if case.due_at != work.session.scalar(query.limit(1)):
        yield NOT_SAID.format(column="due_at")


CONFLICTS = {
    "conflict_recorded": "",
    "conflict_confirmed": conflicts.CONFIRMED,
    "conflict_lifted": access.CLEARED,
}


def _ground(event: Recorded) -> str:
    return CONFLICTS[event.type] or str(event.data["ground"])


def compare_conflicts(
    work: Work, case_id: str, events: Sequence[Recorded]
) -> Iterator[tuple[str, str, Text]]:
    """Who must not see a case: where row and record differ."""
    recorded = {
        str(event.data["account"]): (_ground(event), event.at, event.actor)
        for event in events
        if event.type in CONFLICTS and "account" in event.data  # a unit's is in the register
    }
    query = sa.select(Conflict).where(Conflict.case_id == case_id)
    stored = {
        row.account_id: (row.ground, row.recorded_at, row.recorded_by)
        for row in work.session.scalars(query)
    }
    for account in sorted({*recorded, *stored}):
        if account not in recorded:
            yield "conflict", account, ADDED
        elif account not in stored:
            yield "conflict", account, GONE
        elif recorded[account] != stored[account]:
            columns = "ground, recorded_at, recorded_by"
            yield "conflict", account, NOT_SAID.format(column=columns)
