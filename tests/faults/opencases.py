"""A case of the complaint guideline at every step where one can stand, as a release left it.

`python -m tests.faults.opencases NAME` writes `old_releases/NAME-open-sqlite.tar.xz` and
`-postgres` with the code of this tree; they are made once, before anything is changed, and never
again.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine import Engine
from engine.ground.clock import TravellingClock
from office.cases.register import Filed
from office.deadlines import extensions, legal_stays
from office.disposal import legal_holds
from office.disposal.erasure import ask_erasure, decide_erasure
from office.ground.tables import Case
from tests.calendar.test_more_time import WHY
from tests.conftest import START
from tests.faults import engine_scenes
from tests.faults.killing import Installation
from tests.faults.office_scenes import uploads
from tests.faults.old_release import FIXTURES, pack
from tests.law.test_law_walks import (
    ASSESSED,
    CORRUPTION,
    GRIEVANCE,
    REPORT,
    SCREENED_G,
    at_clarification,
    at_decision,
    withdraw,
)
from tests.law.test_law_walks import COMMITTEE as APPOINTED
from tests.support import postgres
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE, SCREENED, Agency
from tests.support.databases import PostgresTemplates, SqliteTemplates

Story = Callable[[Agency], Filed]
COMMITTEE = {**APPOINTED, "committee_due_on": "2026-06-30"}
BY_POST = {"reply_by": "post", "address": "1", "province": "กรุงเทพมหานคร", "postcode": "10900"}
MISSING = {"minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่"}
QUESTIONS = {"questions": [{"question": "โปรดระบุวันที่"}], "ask_channel": "inbox"}
FEEDBACK = {**GRIEVANCE, "track": "F", "subject": "สื่อ ประชาสัมพันธ์ คำติชม", "remedy": None}
CONFIDENTIAL = {**CORRUPTION, "identity_mode": "confidential"}
PROTECTED = {**CONFIDENTIAL, "fear_retaliation": True, "fear_detail": "เกรงว่าจะถูกย้ายหน้าที่"}
DIRECTOR = {"name": "ผู้อำนวยการ", "position": "ผู้อำนวยการสำนักงาน", "status": "ดำรงตำแหน่ง"}
AGAINST_DIRECTOR = {**CORRUPTION, "accused": [DIRECTOR], "subject": "ปฏิบัติหน้าที่มิชอบ"}
CLOSED = {**DECIDED, "decision": "ยุติ–แก้ไขแล้ว"}
MEASURE = {"measure": "เพิ่มระบบส่งสำรอง", "owner_unit": "it", "due_on": "2026-06-30"}
DISAGREES = {"review_ground": "facts", "review_reason": "ข้อเท็จจริงที่รับฟังไม่ตรงกับความจริง"}
STAYED = {"stay_ground": "court", "order_no": "ค.12/2569", "reason": "ศาลมีคำสั่งให้รอฟังผลคดี"}
REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"


def at(*steps: tuple[str, Mapping[str, Any]], complaint: Mapping[str, Any] = GRIEVANCE) -> Story:
    """A complaint that was taken through these steps."""

    def story(agency: Agency) -> Filed:
        filed = agency.file({name: v for name, v in complaint.items() if v is not None})
        for step, answers in steps:
            agency.do(filed.case_id, step, answers)
        return filed

    return story


def after(story: Story, act: Callable[[Agency, Filed], object]) -> Story:
    """The same, and then something that is not a step."""

    def both(agency: Agency) -> Filed:
        filed = story(agency)
        act(agency, filed)
        agency.office.run_due()
        return filed

    return both


def _reply(agency: Agency, filed: Filed) -> None:
    agency.office.reply(filed.tracking_code, {"reply": "วันที่ 5 มีนาคม"}, uploads())


def _claim(agency: Agency, filed: Filed) -> None:
    unit = agency.person("unit_officer@it")
    agency.office.claim(agency.task(filed.case_id, "clarify").id, unit)


def _ask_extension(agency: Agency, filed: Filed) -> None:
    answers = {"clock_key": "clarify", "days": 5, **WHY}
    unit = agency.person("unit_officer@it")
    with agency.office.engine.begin() as work:
        extensions.ask_extension(work, agency.office.services, filed.case_id, answers, unit)


def _grant_extension(agency: Agency, filed: Filed) -> None:
    head, services = agency.person("screening_head"), agency.office.services
    with agency.office.engine.begin() as work:
        (row,) = extensions.requests_of(work, filed.case_id)
        extensions.decide_extension(work, services, row.id, head, grants=True)


def _stay(agency: Agency, filed: Filed) -> None:
    head = agency.person("screening_head")
    with agency.office.engine.begin() as work:
        legal_stays.stay_case(work, agency.office.services, filed.case_id, STAYED, head)


def _hold(agency: Agency, filed: Filed) -> None:
    head, services = agency.person("screening_head"), agency.office.services
    with agency.office.engine.begin() as work:
        case = work.session.get_one(Case, filed.case_id)
        legal_holds.set_legal_hold(
            work, services, case, head, ground="court", reason=STAYED["reason"]
        )


def _ask_review(agency: Agency, filed: Filed) -> None:
    agency.office.ask_review(filed.tracking_code, DISAGREES)


def _ask_erasure(agency: Agency, filed: Filed) -> None:
    head, services = agency.person("screening_head"), agency.office.services
    with agency.office.engine.begin() as work:
        case = work.session.get_one(Case, filed.case_id)
        ask_erasure(work, services, case, "identity", head, reason=REASON)


def _erase(agency: Agency, filed: Filed) -> None:
    _ask_erasure(agency, filed)
    custodian, services = agency.person("identity_custodian"), agency.office.services
    with agency.office.engine.begin() as work:
        case = work.session.get_one(Case, filed.case_id)
        decide_erasure(work, services, case, "identity", custodian, granted=True)


def _just_filed(agency: Agency) -> Filed:
    """Nothing has run yet: its letter of receipt is a job."""
    return agency.office.file_complaint(GRIEVANCE, files=uploads())


screen, screen_c = ("screen", SCREENED_G), ("screen", SCREENED)
assign, accept = ("assign", {**ASSIGNED, "lead_unit": "it"}), ("accept", {"accepted": True})
taken = (screen, assign, accept)
answered = (*taken, ("clarify", CLARIFIED))
assessed = (*answered, ("assess", ASSESSED))
finding = (*answered, ("assess", {**ASSESSED, "next_step": "fact_finding"}))
returned = ("accept", {"accepted": False, "return_code": "OTHER", "return_reason": "เป็นงานฝ่ายอื่น"})
against = {"screen": ("screen", {**SCREENED, "executive_accused": True})}
refused = {**CORRUPTION, "elsewhere": "court", "elsewhere_detail": "ตัดสินแล้ว"}
outside = {**SCREENED, "jurisdiction": False, "refer_to": "กรมการปกครอง"}
decided = (*assessed, ("decide", CLOSED))
with_measures = ("decide", {**DECIDED, "decision": "เยียวยา/ปรับปรุงระบบ", "measures": [MEASURE]})
harmed = {"harm_found": True, "harm_report": "พบว่าถูกย้ายหน้าที่โดยไม่มีเหตุผล"}

# Time passes over these before the others are filed: they are late, told, lapsed.
EARLY: dict[str, Story] = {
    "progress is to be told": at_clarification,
    "late, and time was given": after(after(at_clarification, _ask_extension), _grant_extension),
    "late at the committee": lambda agency: at(*finding, ("appoint", COMMITTEE))(agency),
    "closed without information": at(("screen", {**SCREENED_G, **MISSING}), ("ask", QUESTIONS)),
    "review lapsed": at(*decided),
}
STORIES: dict[str, Story] = {
    "reply_feedback": at(complaint=FEEDBACK),
    "screen": at(),
    "screen, confidential": at(complaint=CONFIDENTIAL),
    "screen, anonymous": at(
        complaint={**CORRUPTION, "identity_mode": "anonymous", "full_name": None, "reply_by": None}
    ),
    "screen, Director accused": at(complaint=AGAINST_DIRECTOR),
    "refer": at(("screen", outside), complaint=CORRUPTION),
    "record_refusal_delivery": at(
        ("screen", {**SCREENED, "new_evidence": False}), complaint={**refused, **BY_POST}
    ),
    "ask": at(("screen", {**SCREENED_G, **MISSING})),
    "await_reply": at(("screen", {**SCREENED_G, **MISSING}), ("ask", QUESTIONS)),
    "screen again": after(at(("screen", {**SCREENED_G, **MISSING}), ("ask", QUESTIONS)), _reply),
    "assign": at(screen),
    "assign, centre concerned": at(
        ("screen", {**SCREENED, "centre_concerned": True}), complaint=CORRUPTION
    ),
    "assign, corruption turned grievance": at(
        ("screen", {**SCREENED, "service_only": True}), complaint=CORRUPTION
    ),
    "assign again": at(screen, assign, returned),
    "accept": at(screen, assign),
    "accept, by a deputy": at(
        screen_c, ("assign", {**ASSIGNED, "lead_unit": "deputy"}), complaint=CORRUPTION
    ),
    "clarify": at(*taken),
    "clarify, claimed": after(at(*taken), _claim),
    "clarify, round two": at(*answered, ("assess", INCOMPLETE)),
    "clarify, more time asked": after(at(*taken), _ask_extension),
    "clarify, more time given": after(after(at(*taken), _ask_extension), _grant_extension),
    "clarify, stayed by a court": after(at(*taken), _stay),
    "clarify, under a hold": after(at(*taken), _hold),
    "decide_withdrawal": after(lambda agency: at_clarification(agency, CORRUPTION), withdraw),
    "assess": at(*answered),
    "assess, confidential": at(
        screen_c, *taken[1:], ("clarify", CLARIFIED), complaint=CONFIDENTIAL
    ),
    "appoint": at(*finding),
    "appoint, Director accused": at(against["screen"], complaint=AGAINST_DIRECTOR),
    "investigate": at(*finding, ("appoint", COMMITTEE)),
    "decide": at(*assessed),
    "decide, Director accused": at(
        against["screen"],
        ("appoint", COMMITTEE),
        ("investigate", REPORT),
        complaint=AGAINST_DIRECTOR,
    ),
    "send_file_on": after(
        lambda agency: at_decision(agency, CORRUPTION),
        lambda agency, filed: agency.do(
            filed.case_id, "decide", {**DECIDED, "decision": "ส่ง ป.ป.ช."}
        ),
    ),
    "record_delivery": at(*decided, complaint={**GRIEVANCE, **BY_POST}),
    "await_review": at(*decided),
    "review": after(at(*decided), _ask_review),
    "follow_up": at(*assessed, with_measures),
    "check_early": at(
        screen_c,
        *taken[1:],
        ("clarify", CLARIFIED),
        ("assess", ASSESSED),
        ("decide", CLOSED),
        complaint=PROTECTED,
    ),
    "protect_early": at(
        screen_c,
        *taken[1:],
        ("clarify", CLARIFIED),
        ("assess", ASSESSED),
        ("decide", CLOSED),
        ("check_early", harmed),
        complaint=PROTECTED,
    ),
    "protect_late": at(
        screen_c,
        *taken[1:],
        ("clarify", CLARIFIED),
        ("assess", ASSESSED),
        ("decide", CLOSED),
        ("check_late", harmed),
        complaint=PROTECTED,
    ),
    "withdrawn": after(at(*taken), withdraw),
    "not accepted": at(("screen", {**SCREENED, "new_evidence": False}), complaint=refused),
    "feedback answered": at(
        ("reply_feedback", {"reply_text": "ขอบคุณสำหรับข้อเสนอแนะ หน่วยงานจะนำไปพิจารณา"}),
        complaint=FEEDBACK,
    ),
    "erasure asked": after(after(at(*taken), withdraw), _ask_erasure),
    "erased": after(after(at(*taken), withdraw), _erase),
}


def build(agency: Agency) -> dict[str, Any]:
    """Every story, the late ones first; returns which case is which, and the moment."""
    filed = {name: story(agency) for name, story in EARLY.items()}
    for _ in range(33):
        agency.pass_days(1)
    agency.office.sign_head()
    filed |= {name: story(agency) for name, story in STORIES.items()}
    first = filed["clarify"].receipt_no
    same = {**SCREENED_G, "duplicate_of": first, "duplicate_confirmed": True}
    filed["merged"] = at(("screen", same))(agency)
    agency.office.sign_head()
    filed["just filed"] = _just_filed(agency)
    engine = agency.office.engine
    plain = Engine(engine.database, clock=engine.clock, handlers={})
    engine_scenes.waiting(Installation(plain, TravellingClock(START)))  # jobs for external workers
    return {
        "now": agency.clock.now().isoformat(),
        "cases": {name: each.case_id for name, each in filed.items()},
        "codes": {name: each.tracking_code for name, each in filed.items()},
    }


def write(folder: Path, url: str, target: Path) -> None:
    agency = Agency.open(url, TravellingClock(START), folder / "var")
    facts = build(agency)
    agency.close()
    pack(folder, url, facts, target)


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as made, SqliteTemplates(Path(made)).copy() as url:
        write(Path(made), url, FIXTURES / f"{name}-open-sqlite.tar.xz")
    with tempfile.TemporaryDirectory() as made, postgres.server() as maintenance:
        templates = PostgresTemplates(maintenance)
        with templates.copy() as url:
            write(Path(made), url, FIXTURES / f"{name}-open-postgres.tar.xz")
        templates.close()


if __name__ == "__main__":
    main(sys.argv[1])
