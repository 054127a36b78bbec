"""The whole record checked: the engine's own, and what the office keeps encrypted."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from engine.engine import Engine
from engine.ground.text import Text
from engine.record import replay
from engine.record.differences import Report
from engine.record.verification import verify_all
from engine.record.verification.instances import verify_cases
from engine.record.verification.stored_rows import (
    UNREADABLE,
    as_finding,
    is_text,
    reading,
    stored_rows,
)
from engine.store.tables import HistoryEvent, ProcessInstance, table
from engine.store.work import Work
from office.audit.rows import case_rows, deadline_rows, recorded_rows, register_check
from office.audit.rows.recorded_rows import GONE as LOST
from office.audit.rows.recorded_rows import NOT_SAID, Recorded
from office.audit.rows.register_check import Course
from office.cases import reveals
from office.cases.reveal_tables import Reveal
from office.cases.store_answers import SUBMITTED
from office.deadlines.rows import iso
from office.deadlines.tables import DeadlineRow
from office.ground.errors import KeyUnknown
from office.ground.keys import DataKey
from office.ground.numbers import RECEIPTS
from office.ground.services import Services
from office.ground.tables import (
    Attachment,
    Case,
    Counter,
    Identity,
    IdentityRead,
    Letter,
    Submission,
)
from office.letters import letters
from office.vault import attachments, envelopes, identities, submissions
from office.vault.case_keys import PURPOSES, Purpose, case_key, is_destroyed

ERASED = {"content": "content_erased", "identity": "identity_erased"}
# Events that commit to words on a form of their own, and where their data names the submission.
WRITTEN = {
    "extension_asked": "submission",
    "extension_refused": "answer",
    "late_reported": "submission",
    "case_stayed": "submission",
    "task_reassigned": "submission",
    "conflict_confirmed": "submission",
    "conflict_lifted": "submission",
}
OTHER = Text("เนื้อหาไม่ใช่ที่บันทึกผูกพันไว้", "its content is not what the record commits to")
MOVES = frozenset({"clock_moved", "clock_paused", "clock_resumed", "clock_extended"})
MOVED = Text(
    "ครบกำหนด {stored} แต่บันทึกเลื่อนไว้เป็น {after}",
    "it is due on {stored}, the record moved it to {after}",
)
UNOPENED = Text("เปิดซองไม่ได้: ถูกแก้ไขหรือย้ายที่", "its envelope does not open: it was changed or moved")
NO_BYTES = Text("แฟ้มที่เก็บไว้หายไป", "its stored file is gone")
OTHER_BYTES = Text(
    "แฟ้มที่เก็บไว้ไม่ใช่แฟ้มที่แนบมา: ถูกแก้ไข ตัดออก หรือเพิ่มเติม",
    "its stored file is not the one that was attached: it was changed, cut or added to",
)
SURPLUS = Text("มีแฟ้มที่เก็บไว้ซึ่งไม่มีเรื่องใดอ้างถึง", "a file is stored that no case holds")
UNRECORDED = Text(
    "กุญแจ {purpose} ถูกทำลายโดยไม่มีบันทึกการลบ",
    "its {purpose} key was destroyed without a recorded erasure",
)
GAP = Text(
    "ปี {year} ออกเลขรับไปแล้ว {issued} เลข แต่มี {found} เรื่อง",
    "in {year}, {issued} receipt numbers were issued and there are {found} cases",
)
UNSTARTED = Text("อยู่ในทะเบียนแต่ไม่มีบันทึก", "it is in the register and has no record")


def verify_everything(
    engine: Engine, services: Services, *, after: str = "", replayed: bool = True
) -> Iterator[tuple[str, Report]]:
    """Check every case from behind `after` on: chains, re-execution, encrypted content."""
    for id, report in verify_all(engine.machine, after=after):
        with reading(engine.machine) as work:
            yield id, _more(work, services, id, report, replayed=replayed)


def verify_some(
    engine: Engine, services: Services, ids: Sequence[str], *, replayed: bool = True
) -> Iterator[tuple[str, Report]]:
    """Check these cases."""
    for id in ids:
        with reading(engine.machine) as work:
            (report,) = verify_cases(work, [id])
            yield id, _more(work, services, id, report, replayed=replayed)


def sample(engine: Engine, count: int, seed: str) -> list[str]:
    """So many cases chosen by a seed: anybody with the same seed chooses the same ones."""
    with engine.read() as work:
        query = sa.select(ProcessInstance.id).execution_options(yield_per=1000)
        ids = filter(is_text, work.session.scalars(query))
        return heapq.nsmallest(
            count, ids, key=lambda id: hashlib.sha256(f"{seed}/{id}".encode()).digest()
        )


def count_cases(engine: Engine) -> int:
    with engine.read() as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(ProcessInstance)) or 0


def _more(work: Work, services: Services, id: str, report: Report, *, replayed: bool) -> Report:
    course = register_check.Course()
    if replayed:
        again = replay.replay(work, id, course.watch)
        report.differences += again.differences
    is_known = replayed and course.commands == again.commands
    case_id = work.session.scalar(sa.select(Case.id).where(Case.instance_id == id))
    if case_id is not None:
        encrypted = _Encrypted(work, services, case_id, id, report)
        with as_finding(report, id, f"complaint_case/{case_id}"):
            events = _events(work, id)
            encrypted.check(events)
            encrypted.check_register(events, course if is_known else None)
    return report


def _events(work: Work, instance_id: str) -> list[Recorded]:
    """The events of a case that can be read; the others are named by the chain's check."""
    rows = table(HistoryEvent)
    found = [
        row
        for row in stored_rows(work, rows, rows.c.instance_id == instance_id)
        if isinstance(row["data"], dict) and UNREADABLE not in (row["seq"], row["type"])
    ]
    tasks = {
        row["command_seq"]: row["data"].get("task")
        for row in found
        if row["type"] == "task_completed"
    }
    return [
        Recorded(
            row["seq"],
            row["type"],
            row["actor"],
            row["at"],
            row["data"],
            row["element_id"],
            tasks.get(row["command_seq"]),
        )
        for row in found
    ]


class _Encrypted:
    """What one case keeps encrypted, against the commitments in its history."""

    def __init__(
        self, work: Work, services: Services, case_id: str, instance_id: str, report: Report
    ) -> None:
        self.work, self.services, self.report = work, services, report
        self.case_id, self.instance_id = case_id, instance_id
        self.keys: dict[Purpose, DataKey | None] = {}

    def check(self, events: Sequence[Recorded]) -> None:
        """What the record commits to, event by event, and the deadlines."""
        types = {event.type for event in events}
        for purpose in PURPOSES:
            self.keys[purpose] = None
            with as_finding(self.report, self.instance_id, f"case_key/{self.case_id}/{purpose}"):
                self._key(purpose, types)
        newest: dict[str, str] = {}
        for event in events:
            with as_finding(self.report, self.instance_id, "history_event", event.seq):
                self._event(event)
                if event.type == SUBMITTED:
                    newest.update(event.data.get("identity", {}))
        for path, committed in newest.items():
            with as_finding(self.report, self.instance_id, f"identity/{path}"):
                self._identity(path, committed)
        with self._at("office_clock", self.case_id):
            self._deadlines(events)

    def check_register(self, events: Sequence[Recorded], course: Course | None) -> None:
        """The register's row and those around it; `course` is what the commands make of it."""
        work, id, content = self.work, self.case_id, self.keys["content"]
        with self._at("complaint_case", id):
            case = work.session.get_one(Case, id)
            self._tell(register_check.compare_registration(case, events))
            self._tell(register_check.compare_title(work, case, events, content))
            self._tell(register_check.compare_due(work, case))
            if course is not None:
                self._tell(register_check.compare_course(case, course))
        around: Sequence[tuple[str, Callable[[], case_rows.Found]]] = (
            ("conflict", lambda: register_check.compare_conflicts(work, id, events)),
            ("submission", lambda: case_rows.surplus(work, id, events)),
            ("letter", lambda: recorded_rows.unsaid(work, id, events)),
            ("erasure", lambda: case_rows.unreadable_reasons(work, self.services, id)),
            ("office_clock", lambda: deadline_rows.compare(work, id, self.instance_id, events)),
        )
        for named, check in around:
            with self._at(named, id):
                for found, key, what in check():
                    self._differ(found, key, what)

    def _tell(self, found: Iterable[Text]) -> None:
        for what in found:
            self._differ("complaint_case", self.case_id, what)

    def _key(self, purpose: Purpose, types: set[str]) -> None:
        if not is_destroyed(self.work, self.case_id, purpose):
            self.keys[purpose] = case_key(self.work, self.services, self.case_id, purpose)
        elif ERASED[purpose] not in types:
            self._differ("case_key", self.case_id, UNRECORDED.format(purpose=purpose))

    def _event(self, event: Recorded) -> None:
        for named, id, what in recorded_rows.compare(self.work, self.case_id, event):
            self._differ(named, id, what)
        if event.type == SUBMITTED:
            self._submission(event)
        elif event.type == "letter_issued":
            with self._at("letter", event.data["letter"]):
                self._letter(event.data)
        elif event.type == "identity_read" and "reason" in event.data:
            with self._at("identity_read", event.data["read"]):
                self._reason(event.data)
        elif event.type in WRITTEN and WRITTEN[event.type] in event.data:
            written = str(event.data[WRITTEN[event.type]])
            with self._at("submission", written):
                self._words(written, event.data["commitment"])
        elif "reveal" in event.data:
            with self._at("reveal", event.data["reveal"]):
                self._reveal(event.data)

    def _deadlines(self, events: Sequence[Recorded]) -> None:
        """A deadline that was ever moved stands where the record last moved it."""
        moved = {e.data.get("clock"): e.data.get("after") for e in events if e.type in MOVES}
        for id, after in moved.items():
            with as_finding(self.report, self.instance_id, f"office_clock/{id}"):
                row = self.work.session.get(DeadlineRow, id)
                if row is None:
                    self._differ("office_clock", str(id), LOST)
                elif row.due_at != datetime.fromisoformat(str(after)):
                    facts = {"stored": iso(row.due_at), "after": after}
                    self._differ("office_clock", str(id), MOVED.format(**facts))

    def _submission(self, event: Recorded) -> None:
        data = event.data
        with self._at("submission", data["submission"]):
            self._words(data["submission"], data["answers"])
        for file in data.get("files", []):
            with self._at("attachment", file["file"]):
                self._file(file, event)

    def _at(self, table: str, id: str) -> AbstractContextManager[None]:
        return as_finding(self.report, self.instance_id, f"{table}/{id}")

    def _words(self, id: str, committed: str) -> None:
        row = self.work.session.get(Submission, id)
        place = submissions.place(self.case_id, id)
        self._compare("submission", id, row, "sealed", place, committed)

    def _file(self, file: dict[str, Any], event: Recorded) -> None:
        row = self.work.session.get(Attachment, file["file"])
        is_personal = row is not None and row.purpose == "identity"
        purpose: Purpose = "identity" if is_personal else "content"
        key = self.keys[purpose]
        if row is not None and not row.file_key and self.keys["identity"] is None:
            return  # it named the person and went with them
        place = attachments.name_place(self.case_id, file["file"])
        more = () if row is None else (row.sha256,)
        self._compare(
            "attachment", file["file"], row, "name", place, file["content"], *more, purpose=purpose
        )
        if row is not None and row.purpose not in PURPOSES:
            self._differ("attachment", row.id, NOT_SAID.format(column="purpose"))
        if row is not None and key is not None:
            if row.field != file["field"] or row.case_id != self.case_id:
                self._differ("attachment", row.id, OTHER)
            self._bytes(row, key)
            for column in case_rows.unlike_event(row, event, key):
                self._differ("attachment", row.id, NOT_SAID.format(column=column))

    def _bytes(self, row: Attachment, key: DataKey) -> None:
        """The file itself, outside the database, against the hash that the record commits to."""
        try:
            is_as_added = attachments.is_as_added(self.services, key, row)
        except FileNotFoundError:
            self._differ("attachment", row.id, NO_BYTES)
        except InvalidTag:
            self._differ("attachment", row.id, OTHER_BYTES)
        else:
            if not is_as_added:
                self._differ("attachment", row.id, OTHER_BYTES)

    def _letter(self, data: dict[str, Any]) -> None:
        row = self.work.session.get(Letter, data["letter"])
        place = letters.place(self.case_id, data["letter"])
        if row is not None and not row.sealed and self.keys["identity"] is None:
            return  # it named the person and went with them
        self._compare("letter", data["letter"], row, "sealed", place, data["text"])
        if row is not None and row.text_sha256 != data["text"]:
            self._differ("letter", row.id, NOT_SAID.format(column="text_sha256"))

    def _reason(self, data: dict[str, Any]) -> None:
        row = self.work.session.get(IdentityRead, data["read"])
        place = identities.reason_place(self.case_id, data["read"])
        self._compare("identity_read", data["read"], row, "reason", place, data["reason"])

    def _reveal(self, data: dict[str, Any]) -> None:
        row = self.work.session.get(Reveal, data["reveal"])
        for what in ("motive", "answer"):
            if what in data:  # since the record commits to them
                place = reveals.place(self.case_id, data["reveal"], what)
                self._compare("reveal", data["reveal"], row, what, place, data[what])

    def _identity(self, path: str, committed: str) -> None:
        if self.keys["identity"] is None:
            return
        row = self.work.session.get(Identity, (self.case_id, path))
        place = identities.place(self.case_id, path)
        self._compare("identity", path, row, "sealed", place, committed, purpose="identity")
        if row is not None and not identities.is_indexed(
            self.work, self.services, row, self.keys["identity"]
        ):
            self._differ("identity_index", f"{path}/{self.case_id}", LOST)

    def _compare(
        self,
        table: str,
        id: str,
        row: Any,
        column: str,
        place: str,
        committed: str,
        *more: str,
        purpose: Purpose = "content",
    ) -> None:
        key = self.keys[purpose]
        if row is None:
            self._differ(table, id, LOST)
        elif key is not None:
            self._open(table, id, key, getattr(row, column), place, committed, *more)

    def _open(
        self,
        table: str,
        id: str,
        key: DataKey,
        encrypted: bytes,
        place: str,
        committed: str,
        *more: str,
    ) -> None:
        try:
            found = envelopes.commitment(key, encrypted, place, *more)
        except (InvalidTag, KeyUnknown, ValueError):
            self._differ(table, id, UNOPENED)
            return
        if found != committed:
            self._differ(table, id, OTHER)

    def _differ(self, table: str, id: str, what: Text) -> None:
        self.report.differ(self.instance_id, f"{table}/{id}", 0, what)


OWN = 3  # parts in the name of a series that has a prefix of its own


def verify_register(work: Work) -> Report:
    """Every case of the register has its record: one that was removed whole leaves a number."""
    report = Report()
    query = sa.select(Case.id, Case.receipt_no)
    query = query.outerjoin(ProcessInstance, ProcessInstance.id == Case.instance_id)
    for id, receipt_no in work.session.execute(query.where(ProcessInstance.id.is_(None))):
        report.differ(id, f"complaint_case/{receipt_no}", 0, UNSTARTED)
    _check_numbers(work, report)
    return report


def verify_storage(work: Work, services: Services) -> Report:
    """Every stored file is held by a case, or waits to be."""
    report = Report()
    for name in attachments.held_by_nobody(work, services):
        report.differ("", f"attachment/{name}", 0, SURPLUS)
    return report


def _check_numbers(work: Work, report: Report) -> None:
    """Receipt numbers have no gap: as many cases of a year as numbers were issued, in the register
    of the agency and in each that an application keeps under a prefix of its own."""
    rows = work.session.execute(sa.select(Counter.name, Counter.value))
    issued_in = {str(row.name): row.value for row in rows}
    registers = [name.split("/") for name in issued_in if name.startswith(f"{RECEIPTS}/")]
    own = sorted({parts[1] for parts in registers if len(parts) == OWN})
    for parts in registers:
        series, year = "/".join(parts), parts[-1]
        issued = issued_in[series]
        query = sa.select(sa.func.count()).where(Case.receipt_no.endswith(f"/{year}"))
        if len(parts) == OWN:
            query = query.where(Case.receipt_no.startswith(parts[1], autoescape=True))
        else:
            query = query.where(
                *(~Case.receipt_no.startswith(prefix, autoescape=True) for prefix in own)
            )
        found = work.session.scalar(query)
        if found != issued:
            facts = {"issued": issued, "found": found, "year": year}
            report.differ(series, "complaint_case", 0, GAP.format(**facts))
