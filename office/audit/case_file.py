"""The signed case file: one case with its deployment and its proofs, to be checked without this
server.

What the record and the signed log bind is in it as it is stored; everything else (the register's
facts, the picture, the summary) is bound by the signed list of files. `verify_case.py` checks it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files as resources
from typing import Any

from engine.record import signed_heads
from engine.record.signing import SigningKey
from engine.record.verification.instances import raw_rows
from engine.store.tables import Command, HistoryEvent
from engine.store.work import Work
from engine.turn import history
from engine.turn.commitments import event_payload, moment, or_absent
from engine.verbs import queries
from office.audit import verify_case
from office.audit.conformance import Deviation, check_instance
from office.audit.export_trace import FACTS
from office.deadlines.deadlines import case_deadlines, changes_of
from office.ground.errors import CaseNotFound, OfficeError
from office.ground.tables import Case
from office.letters import letters
from office.people.access import Sight, as_examiner, load_case
from office.people.people import User

EXPORTED = "case_exported"
PLAIN = ("seq", "at", "actor", "role", "on_behalf_of", "hash")
EVENT = ("command_seq", "type", "element_id", *PLAIN)
COMMAND = ("kind", "state_hash", *PLAIN)
# Whoever looked at whose identity, and why, is for those who guard it.
GUARDED = frozenset({"identity_read"})


class NotForUnits(OfficeError):
    """A unit sees its part of a case only; the case file is for those who see its course."""

    thai = "ฝ่ายเห็นเรื่องเฉพาะส่วนของตน แฟ้มคดีที่ประทับตราเป็นของผู้ที่เห็นเส้นทางทั้งเรื่อง"


@dataclass(frozen=True, slots=True)
class Course:
    """What a picture and a summary are made from."""

    case: Case
    events: list[HistoryEvent]
    deviations: list[Deviation]
    versions: tuple[str, ...]  # definitions that the case ran on, the newest last


def note_export(work: Work, case_id: str, user: User) -> None:
    """Write into the case's own chain that somebody takes it out, before they do.

    Raises:
        CaseNotFound: it is not there, not for them, or never entered the process.
        NotForUnits: they see only a unit's part of it.
    """
    case = _case_for(work, case_id, user)
    assert case.instance_id is not None
    history.record(work, case.instance_id, EXPORTED, {}, actor=as_examiner(work, user))


def read_course(work: Work, case_id: str, user: User) -> Course:
    """What the file tells of a case; see `note_export` for what is refused."""
    case = _case_for(work, case_id, user)
    assert case.instance_id is not None
    events = queries.history(work, case.instance_id)
    found = check_instance(work, case.instance_id)
    return Course(case, events, found, tuple(_versions(events)))


def _case_for(work: Work, case_id: str, user: User) -> Case:
    case, sight = load_case(work, case_id, user)
    if case.instance_id is None:
        raise CaseNotFound
    if sight is Sight.UNIT:
        raise NotForUnits
    return case


def _versions(events: list[HistoryEvent]) -> Iterator[str]:
    for event in events:
        if event.type == "instance_started":
            yield str(event.data["definition"])
        elif event.type == "instance_migrated":
            yield str(event.data["to"])


def signed_case_file(
    work: Work, course: Course, user: User, key: SigningKey, extras: Mapping[str, bytes]
) -> bytes:
    """The bytes of the file; `extras` are the picture and the summary. The same record, seen by the
    same kind of reader and the same signed head, gives the same bytes.

    Raises:
        HeadNotSignedYet: the log does not hold the case yet.
    """
    case = course.case
    assert case.instance_id is not None
    _, sight = load_case(work, case.id, user)
    files = {
        **extras,
        "README.txt": README.encode(),
        "verify_case.py": _verifier(),
        "case.json": _json(_facts(course)),
        "clocks.json": _json([_deadline(work, row) for row in case_deadlines(work, case.id)]),
        "letters.json": _json([_letter(each) for each in letters.list_letters(work, case.id)]),
        "findings.json": _json([_finding(each) for each in course.deviations]),
        "events.jsonl": _lines(_events(work, case.instance_id, sight)),
        "commands.jsonl": _lines(_commands(work, case.instance_id)),
        "proof.json": _json(_proof(work, case.instance_id)),
    }
    for version in course.versions:
        for name, content in queries.files(work, version).items():
            files[f"law/{version.replace(':', '_')}/{name}"] = content
    return verify_case.pack(_signed(files, case.instance_id, key))


def _signed(files: dict[str, bytes], instance_id: str, key: SigningKey) -> dict[str, bytes]:
    listed = {name: sha256(content).hexdigest() for name, content in files.items()}
    manifest = _json({"format": verify_case.FORMAT, "instance": instance_id, "files": listed})
    signature = key.sign(verify_case.manifest_text(manifest)).hex()
    signed = verify_case.signature_file(key.public.hex(), signature)
    return {**files, "manifest.json": manifest, "manifest.sig.json": signed}


def _verifier() -> bytes:
    return resources("office.audit").joinpath("verify_case.py").read_bytes()


# ── the record ─────────────────────────────────────────────────────────────────────────────────


def _events(work: Work, instance_id: str, sight: Sight) -> Iterator[dict[str, Any]]:
    for row in raw_rows(work, HistoryEvent, [instance_id]):
        guarded = row["type"] in GUARDED and sight is not Sight.FULL
        hidden = event_payload(row) if guarded and row["salt"] is not None else None
        yield _record(row, EVENT, {"data": row["data"]}, hidden)


def _commands(work: Work, instance_id: str) -> Iterator[dict[str, Any]]:
    """What was asked of the case: variables that decisions are made on, nothing that was written
    in words. With them and the deployed files anybody can run the case again."""
    for row in raw_rows(work, Command, [instance_id]):
        texts = {"body": row["body"], "results": row["results"]}
        for name in ("idempotency_key", "answer"):
            texts[name] = or_absent(row[name])
        yield _record(row, COMMAND, texts, None)


def _record(
    row: Mapping[str, Any], names: tuple[str, ...], texts: dict[str, str], hidden: str | None
) -> dict[str, Any]:
    facts = {name: row[name] for name in names} | {"at": moment(row["at"])}
    if hidden is not None:
        return {**facts, "withheld": hidden}
    salt = row["salt"].hex() if row["salt"] is not None else None
    return {**facts, "payload": {"salt": salt, **texts}}


def _proof(work: Work, instance_id: str) -> dict[str, Any]:
    found = signed_heads.inclusion(work, instance_id)
    return {
        "entry": found.entry,
        "position": found.position,
        "path": list(found.path),
        "head": found.head.as_data(),
        "older": _older(work, found.head),
    }


def _older(work: Work, newest: signed_heads.Head) -> list[dict[str, Any]]:
    """That the log continues the one signed before: the last such head is enough to tell."""
    before = [head for head in signed_heads.heads(work) if head.size < newest.size][-1:]
    return [
        {
            "head": head.as_data(),
            "path": [h.hex() for h in signed_heads.consistency(work, head, newest)],
        }
        for head in before
    ]


# ── what the register says ─────────────────────────────────────────────────────────────────────


def _facts(course: Course) -> dict[str, Any]:
    case = course.case
    own = {"case_id": case.id, "unit": case.lead_unit, "receipt_no": case.receipt_no}
    rest = [name for name in FACTS if hasattr(case, name)]
    return {**own, **{name: getattr(case, name) for name in rest}, "versions": course.versions}


def _deadline(work: Work, row: Any) -> dict[str, Any]:
    names = ("key", "round", "owner", "started_at", "due_at", "status", "finished_at", "rule")
    moves = ("seq", "kind", "at", "before", "after", "days", "reason")
    changes = [{name: getattr(each, name) for name in moves} for each in changes_of(work, row)]
    return {**{name: getattr(row, name) for name in names}, "changes": changes}


def _letter(letter: letters.LetterView) -> dict[str, Any]:
    names = ("number", "kind", "issued_at", "method", "read_at")
    title = {"title_th": letter.title.th, "title_en": letter.title.en}
    return {**{name: getattr(letter, name) for name in names}, **title}


def _finding(each: Deviation) -> dict[str, Any]:
    names = ("kind", "severity", "element_id", "seq", "at", "actor")
    words = {"step": each.step, "role": each.role, "text": each.text}
    spoken = {f"{name}_{lang}": text.of(lang) for name, text in words.items() for lang in LANGUAGES}
    return {**{name: getattr(each, name) for name in names}, **spoken}


LANGUAGES = ("th", "en")


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_plain)
    return text.encode() + b"\n"


def _lines(rows: Iterator[dict[str, Any]]) -> bytes:
    dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
    return "".join(dump(row) + "\n" for row in rows).encode()


def _plain(value: Any) -> Any:
    return moment(value) if hasattr(value, "tzinfo") else str(value)


README = """แฟ้มคดีที่ประทับตรา

ตรวจแฟ้มนี้ได้โดยไม่ต้องพึ่งระบบของหน่วยงาน ด้วย Python 3.9 ขึ้นไป:
    python3 verify_case.py แฟ้ม.zip --key กุญแจสาธารณะของหน่วยงาน --heads ตราประทับที่ได้รับทางอีเมล
โปรดใช้ verify_case.py ที่ได้มาจากแหล่งที่เชื่อถือได้ ไม่ใช่สำเนาในแฟ้มที่จะตรวจ

    summary.pdf       สรุปเรื่องสำหรับอ่านและพิมพ์ (summary.html เนื้อความเดียวกัน ค้นและคัดลอกได้)
    picture/          แผนภาพของฉบับที่ใช้ พร้อมเส้นทางที่เรื่องเดิน
    events.jsonl      เหตุการณ์ทุกรายการ ต่อกันด้วยค่าแฮช
    commands.jsonl    คำสั่งทุกรายการ พร้อมตัวแปรที่ใช้ตัดสิน
    law/              แผนภาพ ตาราง แบบฟอร์ม และหนังสือที่ใช้จริง ทุกไบต์
    findings.json     สิ่งที่ต่างจากแผนภาพ กำหนดเวลา หรือหลักสองคน
    proof.json        หลักฐานว่าเรื่องนี้อยู่ในบันทึกรวมที่ลงนามแล้ว

Signed case file

Anybody can check it without the agency's system, with Python 3.9 or newer:
    python3 verify_case.py FILE.zip --key the-agency's-public-key --heads the-heads-as-mailed
Use a copy of verify_case.py that you trust, not the one inside the file to be checked.

    summary.pdf       the case to read and to print (summary.html says the same, to search and copy)
    picture/          the diagram of its version, with the way it went
    events.jsonl      every event, each bound to the one before by its hash
    commands.jsonl    every command, with the variables that decisions were made on
    law/              diagrams, tables, forms and letters as deployed, to the byte
    findings.json     what departed from the diagram, a deadline or the two-person rule
    proof.json        that the case is in the log whose head was signed
"""
