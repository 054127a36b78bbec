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
from tests.faults.killing import Facts, House, Scene, office_over
from tests.support.agency import SCREENED, Agency
from tests.walks.test_three_walks import ASKED, COMPLAINT, QUESTIONS

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
BY_MAIL = {**COMPLAINT, "reply_by": "email", "email": "somying@example.org"}


def uploads(field: str = "evidence") -> list[Upload]:
    return [Upload(field, f"แฟ้ม {n}.pdf", io.BytesIO(PDF)) for n in (1, 2)]


def agency_of(house: House) -> Agency:
    with house.engine.read() as work:
        return Agency(house.agency, house.clock, people.users(work))


# ── what stands before ─────────────────────────────────────────────────────────────────────────


def empty(house: House) -> Facts:
    house.agency.intake_forms()
    return {}


def filed(house: House) -> Facts:
    """A complaint waits to be screened; its letter has gone out."""
    facts = just_filed(house)
    house.engine.run_due()
    return facts


def just_filed(house: House) -> Facts:
    house.engine.run_due()  # the daily sweep: due beside a letter, either might come first
    complaint = house.agency.file_complaint(BY_MAIL, idempotency_key="before")
    return {"case": complaint.case_id, "code": complaint.tracking_code}


def held(house: House) -> Facts:
    facts = filed(house)
    task, user = _offered(house, facts, "screen")
    house.agency.claim(task, user)
    return {**facts, "task": task, "user": user.username}


def asked(house: House) -> Facts:
    """The complainant is asked for what is missing."""
    facts = filed(house)
    agency = agency_of(house)
    agency.do(facts["case"], "screen", {n: v for n, v in ASKED.items() if n != "service_only"})
    agency.do(facts["case"], "ask", QUESTIONS)
    return facts


def _offered(house: House, facts: Facts, element: str) -> tuple[str, User]:
    agency = agency_of(house)
    task = agency.task(facts["case"], element)
    user = next(u for u in agency.staff if u.groups & set(task.candidate_groups))
    return str(task.id), user


def _user(house: House, facts: Facts) -> User:
    with house.engine.read() as work:
        return people.user_by_name(work, facts["user"])


# ── the acts ───────────────────────────────────────────────────────────────────────────────────


def file_complaint(house: House, _facts: Facts, key: str) -> Any:
    answer: Filed = house.agency.file_complaint(BY_MAIL, files=uploads(), idempotency_key=key)
    return {"case": answer.case_id, "no": answer.receipt_no, "code": answer.tracking_code}


def claim(house: House, facts: Facts, _key: str) -> Any:
    task, user = _offered(house, facts, "screen")
    return house.agency.claim(task, user)


def release(house: House, facts: Facts, _key: str) -> Any:
    return house.agency.release(facts["task"], _user(house, facts))


def complete(house: House, facts: Facts, key: str) -> Any:
    answers = {name: value for name, value in SCREENED.items() if name != "service_only"}
    user = _user(house, facts)
    return house.agency.complete(facts["task"], answers, user=user, idempotency_key=key)


def reply(house: House, facts: Facts, key: str) -> Any:
    files = uploads()
    return house.agency.reply(facts["code"], {"reply": "เลขที่ 5/2569"}, files, idempotency_key=key)


def withdraw(house: House, facts: Facts, key: str) -> Any:
    return house.agency.withdraw(facts["code"], {"reason": "แก้ไขให้แล้ว"}, idempotency_key=key)


def read_letter(house: House, facts: Facts, _key: str) -> Any:
    letter = house.agency.track(facts["code"]).letters[0]
    return house.agency.read_letter(facts["code"], letter.id)[0].number


def declare_conflict(house: House, facts: Facts, _key: str) -> Any:
    with house.engine.begin() as work:
        conflicts.declare_conflict(work, facts["case"], _user(house, facts))


def extend(house: House, facts: Facts, _key: str) -> Any:
    with house.engine.begin() as work:
        query = sa.select(DeadlineRow).where(DeadlineRow.status == "running")
        rows = work.session.scalars(query.where(DeadlineRow.case_id == facts["case"])).all()
        clock = next(row for row in rows if int(row.rule.get("extensions") or 0) > 0)
        actor = agency_of(house).person("screening_head").actor
        extend_deadline(work, clock.id, 1, reason="ต้องรอเอกสารจากหน่วยงานอื่น", actor=actor)


def change_calendar(house: House, _facts: Facts, _key: str) -> Any:
    """A day off is announced: the calendar, every clock and every timer move together."""
    actor = agency_of(house).person("administrator").actor
    day = DayChange(house.clock.now().date().replace(day=5), "วันหยุดพิเศษ")
    with house.engine.begin() as work:
        change_holidays(work, [day], reference="มติคณะรัฐมนตรี 2 มี.ค. 2569", actor=actor)
        recount_deadlines(work, reason="วันหยุดพิเศษตามมติคณะรัฐมนตรี", actor=actor)


def run_due(house: House, _facts: Facts, _key: str) -> Any:
    """The letter of receipt is rendered, numbered and mailed; the notice goes out."""
    return house.agency.run_due() and None


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
