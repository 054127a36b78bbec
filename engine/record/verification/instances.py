"""Both chains of a case and what its row says, worked out again and compared with the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.ground.canonical import digest, loads
from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.verification.leftovers import report_leftovers
from engine.record.verification.stored_rows import Row, as_finding, stored_rows
from engine.store.tables import (
    Command,
    Deployment,
    HistoryEvent,
    LogEntry,
    ProcessDefinition,
    ProcessInstance,
    table,
)
from engine.store.work import Work
from engine.turn.commitments import (
    command_hash,
    command_payload,
    event_hash,
    event_payload,
    unsalted_command_hash,
    unsalted_event_hash,
)

MISSING = Text("ลำดับที่ {number} ก่อนหน้านี้หายไป", "number {number} before it is missing")
CHANGED = Text(
    "ไม่ตรงกับที่บันทึกต่อจากรายการก่อนหน้า: ถูกแก้ไข หรือรายการก่อนหน้าถูกแก้ไข",
    "it is not what was recorded after the one before it: one of the two was changed",
)
CUT = Text(
    "ลูกโซ่สิ้นสุดที่ลำดับ {found} แต่เรื่องระบุว่า {said}",
    "the chain ends at {found}, the case says {said}",
)
OTHER_END = Text(
    "ค่าท้ายลูกโซ่ไม่ตรงกับที่เรื่องระบุ", "the end of the chain is not the one that the case names"
)
REWRITTEN = Text(
    "ลำดับที่ {first} ถึง {last} ไม่ใช่ที่ประทับตราไว้ในบันทึกรวมลำดับ {position}: ถูกเขียนใหม่ภายหลัง",
    "numbers {first} to {last} are not what entry {position} of the log says: rewritten since",
)
COLUMN = Text("{column} ของเรื่องไม่ตรงกับบันทึก", "{column} of the case is not what its record says")
OTHER_DEPLOYMENT = Text(
    "แฟ้มที่ติดตั้งไว้ของรุ่นนี้ไม่ใช่ชุดที่เรื่องดำเนินการตาม",
    "the files deployed as its definition are not those that it ran under",
)


@dataclass(slots=True)
class Chain:
    """One chain of one case, as far as it has been read."""

    instance_id: str
    table: str
    signed: Mapping[int, tuple[str, int]]  # number -> (hash, position in the log)
    report: Report
    seq: int = 0
    head: str = ""
    kept: int = 0  # the last number that agrees with the log
    last: Row = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def link(self, row: Row, expected: str) -> None:
        if not isinstance(row["seq"], int):
            self.differ(0, CHANGED)
            return
        if row["seq"] != self.seq + 1:
            self.differ(row["seq"], MISSING.format(number=self.seq + 1))
        if row["hash"] != expected:
            self.differ(row["seq"], CHANGED)
        self.seq, self.head, self.last = row["seq"], row["hash"], row
        self._compare_with_log()

    def _compare_with_log(self) -> None:
        wanted = self.signed.get(self.seq)
        if wanted is None:
            return
        hash, position = wanted
        if hash != self.head:
            facts = {"first": self.kept + 1, "last": self.seq, "position": position}
            self.differ(self.seq, REWRITTEN.format(**facts))
        self.kept = self.seq

    def end(self, seq: int, head: str) -> None:
        if self.seq != seq:
            self.differ(self.seq, CUT.format(found=self.seq, said=seq))
        elif self.head != head:
            self.differ(self.seq, OTHER_END)
        for number, (_, position) in self.signed.items():
            if number > self.seq:
                facts = {"first": self.seq + 1, "last": number, "position": position}
                self.differ(number, REWRITTEN.format(**facts))

    def differ(self, seq: int, what: Text) -> None:
        self.report.differ(self.instance_id, self.table, seq, what)


def verify_cases(work: Work, ids: Sequence[str]) -> Iterator[Report]:
    """Check some cases with a handful of statements."""
    instances = {row["id"]: row for row in _instances(work, ids)}
    deployed = _deployed(work)
    reports = {id: Report(instances=1) for id in ids}
    signed = _signed(work, ids)
    commands = {i: Chain(i, "command", signed[i][0], reports[i]) for i in ids}
    events = {i: Chain(i, "history_event", signed[i][1], reports[i]) for i in ids}
    for row in raw_rows(work, Command, ids):
        reports[row["instance_id"]].commands += 1
        _follow_command(commands[row["instance_id"]], row)
    for row in raw_rows(work, HistoryEvent, ids):
        reports[row["instance_id"]].events += 1
        _follow_event(events[row["instance_id"]], row)
    report_leftovers(work, instances, reports)
    for id in ids:
        with as_finding(reports[id], id, "process_instance"):
            _check_row(instances[id], commands[id], events[id], deployed)
        yield reports[id]


def raw_rows(work: Work, model: type[Any], ids: Iterable[str]) -> Iterator[Row]:
    """The records of some cases in order, JSON as the text that is stored."""
    rows = table(model)
    return stored_rows(work, rows, rows.c.instance_id.in_(list(ids)), as_text=True)


def _instances(work: Work, ids: Iterable[str]) -> Iterator[Row]:
    rows = table(ProcessInstance)
    return stored_rows(work, rows, rows.c.id.in_(list(ids)), as_text=True)


Signed = dict[int, tuple[str, int]]


def _signed(work: Work, ids: Sequence[str]) -> dict[str, tuple[Signed, Signed]]:
    """What the log holds of some cases: the heads of commands and of events, by number."""
    found: dict[str, tuple[Signed, Signed]] = {id: ({}, {}) for id in ids}
    query = sa.select(LogEntry.position, LogEntry.subject, LogEntry.entry)
    query = query.where(LogEntry.subject.in_(ids)).order_by(LogEntry.position)
    for position, subject, text in work.session.execute(query):
        entry = _entry(text)
        if entry is not None:
            commands, events = found[subject]
            commands[entry["commands"]] = (entry["command_head"], position)
            events[entry["events"]] = (entry["event_head"], position)
    return found


def _entry(text: str) -> dict[str, Any] | None:
    """A case's entry in the log; what cannot be read was tampered with and is found in the log."""
    try:
        entry: dict[str, Any] = loads(text)
        entry["commands"], entry["events"] = int(entry["commands"]), int(entry["events"])
        entry["command_head"], entry["event_head"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return entry


def _follow_command(chain: Chain, row: Row) -> None:
    chain.link(row, unless_unreadable(_expected_command, chain.head, row))
    if row["kind"] in ("start", "migrate"):
        chain.facts.update(_json(row["body"]))


def _follow_event(chain: Chain, row: Row) -> None:
    chain.link(row, unless_unreadable(_expected_event, chain.head, row))
    if row["type"] == "instance_started":
        chain.facts["started_at"] = row["at"]
    if row["type"] in ("instance_completed", "instance_cancelled"):
        chain.facts["status"] = row["type"].removeprefix("instance_")
        chain.facts["ended_at"] = row["at"]


def unless_unreadable(expected: Any, head: str, row: Row) -> str:
    """What a record's hash should be; nothing that was recorded is unreadable."""
    try:
        return str(expected(head, row))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return ""


def _expected_command(head: str, row: Row) -> str:
    if row["salt"] is not None:
        return command_hash(head, row, command_payload(row))
    if row["role"] or row["on_behalf_of"]:
        return ""  # the first release had neither
    return unsalted_command_hash(head, row, loads(row["body"]), loads(row["results"]))


def _expected_event(head: str, row: Row) -> str:
    if row["salt"] is not None:
        return event_hash(head, row, event_payload(row))
    if row["role"] or row["on_behalf_of"]:
        return ""
    return unsalted_event_hash(head, row, loads(row["data"]))


def _json(text: Any) -> dict[str, Any]:
    try:
        found = loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _deployed(work: Work) -> dict[str, str]:
    """The hash of the files behind each definition."""
    query = sa.select(ProcessDefinition.id, Deployment.bundle_hash)
    query = query.join(Deployment, Deployment.id == ProcessDefinition.deployment_id)
    return {row[0]: row[1] for row in work.session.execute(query)}


def _check_row(instance: Row, commands: Chain, events: Chain, deployed: Mapping[str, str]) -> None:
    """The case's own row must say what its record says."""
    commands.end(instance["command_seq"], instance["command_head"])
    events.end(instance["event_seq"], instance["event_head"])
    said = commands.facts
    recorded: dict[str, Any] = {
        "definition_id": said.get("target") or said.get("definition"),
        "status": events.facts.get("status", "running"),
        "started_at": events.facts.get("started_at"),
        "ended_at": events.facts.get("ended_at"),
    }
    if "business_key" in said:
        recorded["business_key"] = said["business_key"]
    for column, value in recorded.items():
        if instance[column] != value:
            _differ(commands.report, instance, column)
    if "bundle" in said and said["bundle"] != deployed.get(instance["definition_id"]):
        commands.report.differ(instance["id"], "process_definition", 0, OTHER_DEPLOYMENT)
    if digest(instance["state"]) != commands.last.get("state_hash"):
        _differ(commands.report, instance, "state")


def _differ(report: Report, instance: Row, column: str) -> None:
    what = COLUMN.format(column=column)
    report.differ(instance["id"], "process_instance", 0, what)
