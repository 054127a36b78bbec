"""The office's verbs as scenes, on the real guideline with its people."""

from __future__ import annotations

import io
from typing import Any

import sqlalchemy as sa

from engine.ground.errors import NotAllowed
from office.cases.register import Filed
from office.deadlines.changes import NoExtensionLeft, extend_deadline, recount_deadlines
from office.deadlines.holiday_table import DayChange, HolidayExists, change_holidays
from office.deadlines.tables import DeadlineRow
from office.ground.errors import CannotWithdraw, CaseNotFound, NothingToAnswer
from office.people import conflicts, people
from office.people.people import User
from office.vault.attachments import Upload
from tests.faults.killing import Facts, Installation, Scene, office_over
from tests.support.agency import SCREENED, Agency
from tests.walks.test_three_walks import ASKED, COMPLAINT, QUESTIONS

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
BY_MAIL = {**COMPLAINT, "reply_by": "email", "email": "somying@example.org"}


def uploads(field: str = "evidence") -> list[Upload]:
    return [Upload(field, f"แฟ้ม {n}.pdf", io.BytesIO(PDF)) for n in (1, 2)]


def agency_of(installation: Installation) -> Agency:
    with installation.engine.read() as work:
        return Agency(installation.agency, installation.clock, people.users(work))


# ── what stands before ─────────────────────────────────────────────────────────────────────────


def empty(installation: Installation) -> Facts:
    installation.agency.intake_form()
    return {}


def filed(installation: Installation) -> Facts:
    """A complaint waits to be screened; its letter has gone out."""
    facts = just_filed(installation)
    installation.engine.run_due()
    return facts


def just_filed(installation: Installation) -> Facts:
    installation.engine.run_due()  # the daily sweep: due beside a letter, either might come first
    complaint = installation.agency.file_complaint(BY_MAIL, idempotency_key="before")
    return {"case": complaint.case_id, "code": complaint.tracking_code}


def held(installation: Installation) -> Facts:
    facts = filed(installation)
    task, user = _offered(installation, facts, "screen")
    installation.agency.claim(task, user)
    return {**facts, "task": task, "user": user.username}


def asked(installation: Installation) -> Facts:
    """The complainant is asked for what is missing."""
    facts = filed(installation)
    agency = agency_of(installation)
    agency.do(facts["case"], "screen", {n: v for n, v in ASKED.items() if n != "service_only"})
    agency.do(facts["case"], "ask", QUESTIONS)
    return facts


def _offered(installation: Installation, facts: Facts, element: str) -> tuple[str, User]:
    agency = agency_of(installation)
    task = agency.task(facts["case"], element)
    user = next(u for u in agency.staff if u.groups & set(task.candidate_groups))
    return str(task.id), user


def _user(installation: Installation, facts: Facts) -> User:
    with installation.engine.read() as work:
        return people.user_by_name(work, facts["user"])


# ── the acts ───────────────────────────────────────────────────────────────────────────────────


def file_complaint(installation: Installation, _facts: Facts, key: str) -> Any:
    answer: Filed = installation.agency.file_complaint(
        BY_MAIL, files=uploads(), idempotency_key=key
    )
    return {"case": answer.case_id, "no": answer.receipt_no, "code": answer.tracking_code}


def claim(installation: Installation, facts: Facts, _key: str) -> Any:
    task, user = _offered(installation, facts, "screen")
    return installation.agency.claim(task, user)


def release(installation: Installation, facts: Facts, _key: str) -> Any:
    return installation.agency.release(facts["task"], _user(installation, facts))


def complete(installation: Installation, facts: Facts, key: str) -> Any:
    answers = {name: value for name, value in SCREENED.items() if name != "service_only"}
    user = _user(installation, facts)
    return installation.agency.complete(facts["task"], answers, user=user, idempotency_key=key)


def reply(installation: Installation, facts: Facts, key: str) -> Any:
    files = uploads()
    return installation.agency.reply(
        facts["code"], {"reply": "เลขที่ 5/2569"}, files, idempotency_key=key
    )


def withdraw(installation: Installation, facts: Facts, key: str) -> Any:
    return installation.agency.withdraw(facts["code"], {"reason": "แก้ไขให้แล้ว"}, idempotency_key=key)


def read_letter(installation: Installation, facts: Facts, _key: str) -> Any:
    letter = installation.agency.track(facts["code"]).letters[0]
    return installation.agency.read_letter(facts["code"], letter.id)[0].number


def declare_conflict(installation: Installation, facts: Facts, _key: str) -> Any:
    with installation.engine.begin() as work:
        conflicts.declare_conflict(work, facts["case"], _user(installation, facts))


def extend(installation: Installation, facts: Facts, _key: str) -> Any:
    with installation.engine.begin() as work:
        query = sa.select(DeadlineRow).where(DeadlineRow.status == "running")
        rows = work.session.scalars(query.where(DeadlineRow.case_id == facts["case"])).all()
        clock = next(row for row in rows if int(row.rule.get("extensions") or 0) > 0)
        actor = agency_of(installation).person("screening_head").actor
        extend_deadline(work, clock.id, 1, reason="ต้องรอเอกสารจากหน่วยงานอื่น", actor=actor)


def change_calendar(installation: Installation, _facts: Facts, _key: str) -> Any:
    """A day off is announced: the calendar, every clock and every timer move together."""
    actor = agency_of(installation).person("administrator").actor
    day = DayChange(installation.clock.now().date().replace(day=5), "วันหยุดพิเศษ")
    with installation.engine.begin() as work:
        change_holidays(work, [day], reference="มติคณะรัฐมนตรี 2 มี.ค. 2569", actor=actor)
        recount_deadlines(work, reason="วันหยุดพิเศษตามมติคณะรัฐมนตรี", actor=actor)


def run_due(installation: Installation, _facts: Facts, _key: str) -> Any:
    """The letter of receipt is rendered, numbered and mailed; the notice goes out."""
    return installation.agency.run_due() and None


SCENES = [
    Scene("file complaint", empty, file_complaint, office_over, keyed=True),
    Scene("office: claim", filed, claim, office_over),
    Scene("office: release", held, release, office_over, refusals=(NotAllowed,)),
    Scene("office: complete", held, complete, office_over, keyed=True),
    Scene("reply", asked, reply, office_over, refusals=(NothingToAnswer,), keyed=True),
    Scene("withdraw", filed, withdraw, office_over, refusals=(CannotWithdraw,), keyed=True),
    Scene("read letter", filed, read_letter, office_over),
    Scene("declare conflict", held, declare_conflict, office_over, refusals=(CaseNotFound,)),
    Scene("extend deadline", asked, extend, office_over, refusals=(NoExtensionLeft,), once=True),
    Scene("new holiday", filed, change_calendar, office_over, refusals=(HolidayExists,)),
    Scene("letters and mail", just_filed, run_due, office_over, settle=(10, 10, 10)),
]
