"""The case file as pages show it: what was said, what happened, where the case stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from engine.bpmn.model import Node
from engine.ground.errors import DefinitionNotFound
from engine.ground.text import Text
from engine.store.tables import HistoryEvent, UserTask
from engine.store.work import Work
from engine.verbs import queries
from forms import Form, merge
from forms.showing.view import Line
from office.applications import deployed_forms, master_data
from office.cases import deadline_views
from office.cases.cases import CaseView
from office.cases.deadline_views import DeadlineView, NextReminder
from office.cases.masking import nested
from office.deadlines import extensions, legal_stays
from office.deadlines.derivation import STAY, amount
from office.deadlines.public_status import deadline_name
from office.ground.services import Services
from office.people import conflicts, people
from office.people.access import Sight, find_case
from office.people.acting import Act, Acting, acted_at
from office.people.conflicts import Match
from office.people.people import User
from office.vault.attachments import FileInfo
from web.language import language, t
from web.pictures import picture
from web.pictures.drawing import read_drawing

# Forms that no user task of the diagram carries.
TITLES = {
    "f1_intake": Text("คำร้องเรียน", "The complaint"),
    "f1_officer": Text("บันทึกการรับเรื่อง", "How it was received"),
    "f3_reply": Text("คำตอบของผู้ร้องเรียน", "The complainant's answer"),
    "f13_review": Text("คำขอให้ทบทวนผล", "Request for a review"),
    "withdrawal": Text("คำขอถอนเรื่อง", "Request to withdraw"),
    "f11_extension": Text("คำขอขยายเวลา", "Request for more time"),
    "f11_decision": Text("ไม่อนุมัติให้ขยายเวลา", "More time not granted"),
    "f_handover": Text("เหตุที่มอบงานให้ผู้อื่น", "Why a task was handed over"),
    "f_conflict": Text("ผู้ที่ชื่อตรงหรือคล้ายกับผู้ถูกร้อง", "Whose name is like an accused person's"),
    "f_stay": Text("เหตุที่หยุดนับเวลาตามกฎหมาย", "The ground of the legal stay"),
}

# What an event says in the case's story; the others are the machine's own business.
SAYS = {
    "instance_started": Text("รับเรื่องเข้าสู่กระบวนการ", "The case was opened"),
    "instance_completed": Text("กระบวนการสิ้นสุด", "The case came to its end"),
    "instance_cancelled": Text("ยกเลิกเรื่อง", "The case was cancelled"),
    "task_created": Text("ส่งงานให้ {groups}", "Offered to {groups}"),
    "task_claimed": Text("รับงานไปทำ", "Taken"),
    "task_released": Text("คืนงาน", "Given back"),
    "task_reassigned": Text("มอบงานให้ผู้อื่นทำต่อ", "Handed over"),
    "task_completed": Text("ทำเสร็จ", "Done"),
    "task_cancelled": Text("ยกเลิกงาน", "No longer needed"),
    "timer_fired": Text("ครบกำหนดเวลา", "The time came"),
    "message_received": Text("ได้รับข้อความ", "A message came"),
    "condition_met": Text("เงื่อนไขที่รอเป็นจริง", "What was awaited became true"),
    "decision_evaluated": Text("ตัดสินตามตารางหลักเกณฑ์", "Decided by the table"),
    "reminder_sent": Text("ส่งการเตือน", "A reminder went out"),
    "escalation_sent": Text("แจ้งเร่งรัด", "It was escalated"),
    "clock_moved": Text("กำหนดเวลาเลื่อน: {reason}", "A deadline moved: {reason}"),
    "clock_paused": Text("หยุดนับเวลา: {reason}", "A deadline stands still: {reason}"),
    "clock_resumed": Text("นับเวลาต่อ: {reason}", "A deadline runs on: {reason}"),
    "clock_extended": Text("ขยายเวลา: {reason}", "More time was given: {reason}"),
    "extension_asked": Text("ขอขยายเวลา {days} วัน", "{days} day(s) more were asked for"),
    "extension_granted": Text("อนุมัติขยายเวลา", "More time was granted"),
    "extension_refused": Text("ไม่อนุมัติขยายเวลา", "More time was refused"),
    "late_reported": Text("ยื่นรายงานความล่าช้า", "A late report was filed"),
    "case_stayed": Text("หยุดนับเวลาตามกฎหมาย", "A legal stay began"),
    "stay_confirmed": Text("ยืนยันให้หยุดนับต่อ", "The stay was confirmed"),
    "stay_lifted": Text("สิ้นสุดการหยุดนับตามกฎหมาย", "The stay ended"),
    "letter_issued": Text("ออกหนังสือเลขที่ {number}", "Letter {number} was issued"),
    "letter_read": Text("ผู้ร้องเรียนเปิดอ่านหนังสือ", "The complainant opened the letter"),
    "letter_received": Text("หนังสือถึงผู้ร้องเรียนแล้ว", "The letter reached the complainant"),
    "form_submitted": Text("ยื่นแบบฟอร์ม", "A form was handed in"),
    "identity_read": Text("มีการเปิดดูตัวตน", "An identity was looked at"),
    "file_opened": Text("เปิดแฟ้มแนบ", "An attachment was opened"),
    "letter_opened": Text("เปิดดูหนังสือ", "A letter was looked at"),
    "hold_set": Text("ระงับการทำลายเรื่องนี้", "A legal hold was put on the case"),
    "hold_lifted": Text("ยกเลิกการระงับการทำลาย", "The legal hold was lifted"),
    "incident_raised": Text("เกิดเหตุขัดข้อง", "An incident was raised"),
    "incident_resolved": Text("แก้ไขเหตุขัดข้องแล้ว", "The incident was resolved"),
}
NOWHERE = Text("", "")
# What of an event's data its sentence may quote.
QUOTED = ("number", "reason", "days")
# The others follow by themselves from what somebody did: naming that person would mislead.
DONE_BY_SOMEBODY = frozenset(
    {
        "task_claimed",
        "task_released",
        "task_reassigned",
        "task_completed",
        "identity_read",
        "file_opened",
        "letter_opened",
        "incident_resolved",
        "extension_asked",
        "extension_granted",
        "extension_refused",
        "late_reported",
        "case_stayed",
        "stay_confirmed",
        "stay_lifted",
        "hold_set",
        "hold_lifted",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One submission, read out."""

    id: str
    title: Text
    given_by: Text
    given_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the case's story."""

    at: datetime
    step: Text
    words: Text
    who: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A process of the case, drawn with the way it came and where it stands."""

    key: str
    name: Text
    svg: Markup
    marks: str  # JSON for the viewer


def read_out(work: Work, case: CaseView) -> list[Told]:
    """What was submitted, newest last, in the words of the forms of that day."""
    if case.instance_id is None:
        return []
    definition_id = queries.definition_of(work, case.instance_id)
    titles = form_titles(work, definition_id)
    names = {file.id: file.name for file in case.files}
    names |= {id: t("ปกปิด", "covered") for id in case.covered_files}
    context = {
        "units": master_data.unit_options(work),
        "clocks": deadline_views.deadline_options(work, case.id),
    }
    forms = {
        given.form: deployed_forms.form_of(work, definition_id, given.form)
        for given in case.submissions
    }
    return [
        Told(
            id=given.id,
            title=titles.get(given.form, Text(given.form, given.form)),
            given_by=given.given_by,
            given_at=given.given_at,
            lines=forms[given.form].read_out(
                merge(given.answers, _in_place(forms[given.form], given.personal)),
                context=context,
                language=language(),
                environment=deployed_forms.environment_of(work),
                file_names=names,
            ),
        )
        for given in case.submissions
    ]


def _in_place(form: Form, personal: Mapping[str, Any]) -> dict[str, Any]:
    """Personal answers where the form asks for them, covered with a word that says whose they are;
    the rows of a list say it themselves."""
    covers = {True: t("ปกปิด", "Covered"), False: t("ปกปิด (ผู้ร้องเรียน)", "Covered (complainant)")}
    own = {path: value for path, value in personal.items() if form.field(_asked(path)) is not None}
    return nested({p: covers["[" in p] if v is None else v for p, v in own.items()})


def _asked(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def story(work: Work, case: CaseView) -> list[Happening]:
    """What happened, newest first, as people say it."""
    if case.instance_id is None:
        return []
    nodes = {node.id: node for node in _nodes(work, case.instance_id)}
    events = [event for event in queries.history(work, case.instance_id) if event.type in SAYS]
    acted = acted_at(work, ((event.actor, event.role, event.at) for event in events))
    names = people.display_names(work, {event.actor for event in events})
    tasks = {task.id: task for task in queries.tasks_of(work, case.instance_id)}
    return [
        _happening(work, event, nodes, _named(work, event, names, acted), tasks)
        for event in reversed(events)
    ]


def _named(
    work: Work, event: HistoryEvent, names: Mapping[str, str], acted: Mapping[Act, Acting]
) -> str:
    """Who did it; by an acting order, as such."""
    name, found = names.get(event.actor, ""), acted.get((event.actor, event.role, event.at))
    if found is None:
        return name
    role = found.described(master_data.group_text(work, event.role, at=event.at))
    return f"{name} ({role.of(language())})"


def matches(work: Work, case: CaseView, user: User) -> list[Match]:
    """Who in the agency has a name like an accused person's, for who screens the case."""
    row = find_case(work, case.id)
    return [] if row is None else conflicts.matches(work, row, case.sight, user)


@dataclass(frozen=True, slots=True)
class Time:
    """The deadlines of a case as one person sees them, with what they may do about them."""

    deadlines: Sequence[DeadlineView]
    next_reminder: NextReminder | None
    may_extend: bool
    may_stay: bool
    is_stayed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for more time that waits for this person."""

    id: str
    case_id: str
    receipt_no: str
    step: Text
    days: Text
    due_at: datetime
    reason: str


def time_of(work: Work, case: CaseView, user: User) -> Time:
    """Why this day, what happens next, and whether this person may ask for more time."""
    found = deadline_views.deadlines_of(work, case.id)
    coming = sorted(
        (reminder for line in found for reminder in line.reminders),
        key=lambda reminder: reminder.at,
    )
    row = find_case(work, case.id)
    may_read = case.sight is not Sight.REDACTED and row is not None
    may_stay = legal_stays.PAGE in user.pages and case.sight is Sight.FULL and not case.closed_at
    return Time(
        found,
        coming[0] if coming else None,
        may_read and row is not None and bool(extensions.extendable(work, row)),
        may_stay,
        any(line.key == STAY for line in found),
    )


def requests(work: Work, services: Services, user: User) -> list[Asked]:
    """The requests for more time that wait for this person's decision."""
    waiting = extensions.requests_for(work, user)
    reasons = extensions.reasons_of(work, services, [row for row, _, _ in waiting])
    return [
        Asked(
            row.id,
            case.id,
            case.receipt_no,
            deadline_name(work, deadline.definition_id, deadline.key),
            amount(row.days, deadline.rule["kind"]),
            deadline.due_at,
            reason,
        )
        for (row, deadline, case), reason in zip(waiting, reasons, strict=True)
    ]


def pictures(work: Work, case: CaseView) -> list[Picture]:
    """The case's own diagram, and those of the processes it called and has been in."""
    if case.instance_id is None:
        return []
    definition_id = queries.definition_of(work, case.instance_id)
    standing = sorted(queries.standing(work, case.instance_id))
    visited = sorted(queries.visited(work, case.instance_id))
    found: list[Picture] = []
    for process in queries.models(work, definition_id).values():
        own = {node.id for node in process.body.walk()}
        if not found or own & {*visited, *standing}:
            content = diagram_of(work, definition_id, process.id)
            svg = picture.draw(content, language=language(), visited=visited, standing=standing)
            marks = json.dumps({"visited": visited, "standing": standing})
            found.append(Picture(process.id, process.name, svg, marks))
    return found


def diagram(work: Work, case: CaseView, process_key: str) -> bytes:
    """The BPMN file of one of the case's processes, as it was deployed with the case's version.

    Raises:
        DefinitionNotFound: the case knows no such process.
    """
    if case.instance_id is None:
        raise DefinitionNotFound(key=process_key)
    return diagram_of(work, queries.definition_of(work, case.instance_id), process_key)


def diagram_of(work: Work, definition_id: str, process_key: str) -> bytes:
    """The file of a deployment that draws a process.

    Raises:
        DefinitionNotFound: none does.
    """
    for name, content in queries.files(work, definition_id).items():
        if name.endswith(".bpmn") and process_key in _processes_in(content):
            return content
    raise DefinitionNotFound(key=process_key)


@dataclass(frozen=True, slots=True)
class LaidOpen:
    """A personal field under its label: its value, or the files that may be opened now."""

    label: str
    text: str = ""
    files: tuple[FileInfo, ...] = ()


def laid_open(labels: Mapping[str, str], values: Mapping[str, Any]) -> list[LaidOpen]:
    """Personal fields in words, as `reveals.lay_open` gives them."""
    return [
        LaidOpen(labels.get(path, path), files=tuple(value))
        if isinstance(value, list)
        else LaidOpen(labels.get(path, path), str(value))
        for path, value in values.items()
    ]


def path_label(path: str, labels: Mapping[str, str]) -> str:
    """`accused[1].name` reads "Name (2)"."""
    row = re.search(r"\[(\d+)\]", path)
    label = labels.get(re.sub(r"\[\d+\]", "[]", path), path)
    return f"{label} ({int(row[1]) + 1})" if row else label


@lru_cache(maxsize=64)
def _processes_in(content: bytes) -> frozenset[str]:
    return read_drawing(content).processes


def form_titles(work: Work, definition_id: str) -> dict[str, Text]:
    """Each form is called what the task is called that asks for it."""
    asked = {
        node.extensions.form: node.name
        for process in queries.models(work, definition_id).values()
        for node in process.body.walk()
        if node.extensions.form
    }
    return {**TITLES, **asked}


def _nodes(work: Work, instance_id: str) -> Iterator[Node]:
    definition_id = queries.definition_of(work, instance_id)
    for process in queries.models(work, definition_id).values():
        yield from process.body.walk()


def _happening(
    work: Work,
    event: HistoryEvent,
    nodes: Mapping[str, Node],
    name: str,
    tasks: Mapping[str, UserTask],
) -> Happening:
    node, key = nodes.get(event.element_id), event.data.get("key")
    offered = tasks[event.data["task"]].candidate_groups if event.type == "task_created" else ()
    said = [master_data.group_text(work, group, at=event.at) for group in offered]
    words = SAYS[event.type].format(
        groups=", ".join(text.of(language()) for text in said) or "–",
        **{name: event.data.get(name, "") for name in QUOTED},
    )
    return Happening(
        at=event.at,
        step=_deadline(work, event, key) if key else node.name if node else NOWHERE,
        words=words,
        who=name if event.type in DONE_BY_SOMEBODY else "",
    )


def _deadline(work: Work, event: HistoryEvent, key: str) -> Text:
    """What happened to a deadline is told of its step, not of the timer that asked for it."""
    definition_id = queries.definition_of(work, event.instance_id)
    return deadline_name(work, definition_id, key)
