"""Check the record against signed heads kept elsewhere; a rewritten one agrees only with itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from engine.ground.text import Text
from engine.record import signed_heads
from engine.record.differences import Report
from engine.record.published_heads import Witnessed
from engine.record.signed_heads import read_entry
from engine.record.verification.log import ROOT, SIGNATURE
from engine.record.verification.stored_rows import as_finding
from engine.store.tables import AdministrationEvent, Command, HistoryEvent, SignedHead
from engine.store.work import Work
from engine.turn.administration import CHAIN
from engine.turn.commitments import moment

AT_ONCE = 200
# Of which leaf, and where it says how far the chain has come and where that stands.
CHAINS: dict[type[Any], tuple[str, str, str]] = {
    Command: ("case", "commands", "command_head"),
    HistoryEvent: ("case", "events", "event_head"),
    AdministrationEvent: (CHAIN, "events", "event_head"),
}
Wanted = tuple[str, int, str]  # instance, number, hash

OTHER_KEY = Text("ลงนามด้วยกุญแจอื่น", "it is signed with another key")
NOT_HERE = Text(
    "ไม่มีตราประทับ {size} รายการนี้ในฐานข้อมูล หรือไม่ตรงกัน",
    "the database has no such signed head over {size} entries, or another one",
)
OTHER_ENTRY = Text(
    "รายการไม่ตรงกับที่ออกจากหน่วยงานไปพร้อมตราประทับเมื่อ {at}",
    "it is not the entry that left the agency with the head signed at {at}",
)
REWRITTEN = Text(
    "ลำดับที่ {first} ถึง {last} ไม่ใช่ที่ประทับตราและส่งออกไปเมื่อ {at}: ถูกเขียนใหม่ภายหลัง",
    "numbers {first} to {last} are not what was signed and sent out at {at}: rewritten since",
)


def verify_heads(
    work: Work, witnessed: Iterable[Witnessed], *, public_key: str | None = None
) -> Report:
    """Compare the record with heads kept elsewhere; `public_key` (hex) says whose they must be."""
    report = Report()
    kept: dict[tuple[str, str], int] = {}
    for each in witnessed:
        size = each.head.size
        with as_finding(report, str(size), "seal", size):
            _check_head(work, each, public_key, report)
        with as_finding(report, str(size), "log_entry", each.first):
            _check_entries(work, each, report)
        for model in CHAINS:
            with as_finding(report, str(size), model.__tablename__):
                for batch in _batches(_wanted(each, model)):
                    _check_chains(work, model, batch, each, kept, report)
    return report


def _check_head(work: Work, each: Witnessed, public_key: str | None, report: Report) -> None:
    head = each.head
    place = (str(head.size), "seal", head.size)
    if not head.is_signed:
        report.differ(*place, SIGNATURE)
    if public_key is not None and head.public_key != public_key:
        report.differ(*place, OTHER_KEY)
    if len(each.entries) != head.size - each.first:
        report.differ(*place, ROOT.format(size=head.size))
    stored = work.session.get(SignedHead, head.size)
    if stored is None or signed_heads.head_of(stored) != head:
        report.differ(*place, NOT_HERE.format(size=head.size))


def _check_entries(work: Work, each: Witnessed, report: Report) -> None:
    here = signed_heads.entries(work, each.first, each.first + len(each.entries))
    for offset, entry in enumerate(each.entries):
        if offset >= len(here) or here[offset] != entry:
            what = OTHER_ENTRY.format(at=moment(each.head.at))
            report.differ(_subject(entry), "log_entry", each.first + offset, what)


def _subject(entry: str) -> str:
    try:
        facts = read_entry(entry)
        return str(facts.get("instance") or facts.get("deployment") or "")
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ""


def _wanted(each: Witnessed, model: type[Any]) -> list[Wanted]:
    """The heads of one kind of chain that the entries name."""
    kind, number, head = CHAINS[model]
    found = []
    for entry in each.entries:
        try:
            facts = read_entry(entry)
            if facts["kind"] == kind:
                found.append((str(facts["instance"]), int(facts[number]), str(facts[head])))
        except (ValueError, KeyError, TypeError, RecursionError):
            continue  # a damaged entry is told above: it is not the one in the log
    return found


def _batches(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def _here(work: Work, model: type[Any], wanted: Sequence[Wanted]) -> dict[tuple[str, int], str]:
    """The hashes of these records as they are now."""
    if model is AdministrationEvent:
        query = sa.select(sa.literal(CHAIN), model.seq, model.hash)
        query = query.where(model.seq.in_([number for _, number, _ in wanted]))
    else:
        places = [(instance, number) for instance, number, _ in wanted]
        query = sa.select(model.instance_id, model.seq, model.hash)
        query = query.where(sa.tuple_(model.instance_id, model.seq).in_(places))
    return {(row[0], row[1]): row[2] for row in work.session.execute(query)}


def _check_chains(
    work: Work,
    model: type[Any],
    wanted: Sequence[Wanted],
    each: Witnessed,
    kept: dict[tuple[str, str], int],
    report: Report,
) -> None:
    here = _here(work, model, wanted)
    for instance, number, hash in wanted:
        chain = (instance, model.__tablename__)
        if number and here.get((instance, number)) != hash:
            facts = {"first": kept.get(chain, 0) + 1, "last": number, "at": moment(each.head.at)}
            report.differ(*chain, number, REWRITTEN.format(**facts))
        kept[chain] = number
