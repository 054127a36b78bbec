"""Every step's reminders on their exact days: reminded, escalated, quiet once it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import BANGKOK, TravellingClock
from office.deadlines import changes
from office.deadlines.holiday_table import DayChange
from office.deadlines.tables import DeadlineRow, ReminderRow
from office.letters import letters
from tests.calendar.conftest import MONDAY
from tests.calendar.test_complaint_clocks import ANSWERED, ASKED, GRIEVANCE, QUESTIONS, SCREENED_G
from tests.law.test_law_walks import ASSESSED, COMMITTEE
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, Agency
from tests.support.installations import Installations

TO_IT = {**ASSIGNED, "lead_unit": "it"}
RESULT = {**DECIDED, "decision": "ยุติ–แก้ไขแล้ว"}
SIGNED = {"progress_signed": True}
OUTSIDE = {**SCREENED_G, "jurisdiction": False, "refer_to": "สำนักงานเขตท้องที่"}
BY_POST = {
    **GRIEVANCE,
    "reply_by": "post",
    "address": "1",
    "province": "กรุงเทพมหานคร",
    "postcode": "10900",
}
Walk = list[tuple[str, Mapping[str, Any]]]
SCREEN: Walk = [("screen", SCREENED_G)]
ASSIGN: Walk = [*SCREEN, ("assign", TO_IT)]
ACCEPT: Walk = [*ASSIGN, ("accept", {"accepted": True})]
CLARIFY: Walk = [*ACCEPT, ("clarify", CLARIFIED)]
ASSESS: Walk = [*CLARIFY, ("assess", ASSESSED)]
FIND: Walk = [*CLARIFY, ("assess", {**ASSESSED, "next_step": "fact_finding"})]


@dataclass
class Row:
    """A row of the guideline's table: how a case gets there, and what must happen when."""

    key: str
    walk: Walk
    due: str
    told: list[tuple[str, str, list[str]]]  # day, reminder, to whom
    complaint: Mapping[str, Any] = field(default_factory=lambda: GRIEVANCE)


UNIT = ["unit_officer@", "unit_director@"]
ROWS = {
    "3 screen": Row(
        "screen",
        [],
        "2026-03-19",
        [
            ("2026-03-21", "reminder-1", ["screening_head"]),
            ("2026-03-23", "escalation-1", ["director"]),
        ],
    ),
    "5 assign": Row(
        "assign", SCREEN, "2026-03-17", [("2026-03-18", "escalation-1", ["deputy_director"])]
    ),
    "6 accept": Row(
        "accept", ASSIGN, "2026-03-18", [("2026-03-19", "escalation-1", ["deputy_director"])]
    ),
    "7 clarify": Row(
        "clarify",
        ACCEPT,
        "2026-03-25",
        [
            ("2026-03-23", "reminder-1", UNIT),
            ("2026-03-26", "escalation-1", ["unit_director@"]),
            ("2026-03-30", "escalation-2", ["deputy_director"]),
            ("2026-04-01", "escalation-3", ["director"]),
        ],
    ),
    "8 assess": Row(
        "assess", CLARIFY, "2026-03-19", [("2026-03-20", "escalation-1", ["screening_head"])]
    ),
    "9 fact-finding": Row(
        "find_facts",
        [*FIND, ("appoint", COMMITTEE)],
        "2026-04-15",
        [
            ("2026-04-05", "reminder-1", ["committee"]),
            ("2026-04-10", "reminder-2", ["committee", "screening_head"]),
            ("2026-04-15", "escalation-1", ["director"]),
        ],
    ),
    "10 decide": Row(
        "decide", ASSESS, "2026-03-23", [("2026-03-25", "escalation-1", ["director"])]
    ),
    "11 notify": Row(
        "notify",
        [*ASSESS, ("decide", RESULT)],
        "2026-03-23",
        [
            ("2026-03-24", "escalation-1", ["screening_head"]),
            ("2026-03-26", "escalation-2", ["director"]),
        ],
        BY_POST,
    ),
    "13 refer": Row(
        "refer",
        [("screen", OUTSIDE)],
        "2026-03-23",
        [("2026-04-05", "escalation-1", ["director"])],
    ),
    "as a whole": Row(
        "overall",
        ACCEPT,
        "2026-04-07",
        [
            ("2026-04-01", "reminder-1", ["screening_head"]),
            ("2026-04-08", "escalation-1", ["director"]),
        ],
    ),
}
Told = list[tuple[str, str, list[str]]]


def told(agency: Agency, case_id: str, key: str) -> Told:
    """What the record says was sent for a deadline: the day, the reminder, to whom."""
    return [
        (event.at.astimezone(BANGKOK).date().isoformat(), event.data["rung"], event.data["to"])
        for event in agency.office.engine.history(agency.instance(case_id))
        if event.type in ("reminder_sent", "escalation_sent") and event.data["key"] == key
    ]


def clock_of(agency: Agency, case_id: str, key: str) -> DeadlineRow:
    query = sa.select(DeadlineRow).where(DeadlineRow.case_id == case_id, DeadlineRow.key == key)
    with agency.office.engine.read() as work:
        return work.session.scalars(query.order_by(DeadlineRow.round.desc())).all()[0]


def walked(agency: Agency, row: Row) -> str:
    filed = agency.file(row.complaint)
    for element, answers in row.walk:
        agency.do(filed.case_id, element, answers)
    return filed.case_id


def each_morning(agency: Agency, *, days: int) -> None:
    """The worker looks as the office opens."""
    for _ in range(days):
        tomorrow = agency.clock.now().astimezone(BANGKOK) + timedelta(days=1)
        agency.clock.travel_to(tomorrow.replace(hour=8, minute=30))
        agency.office.run_due()


def travel(agency: Agency, year: int, month: int, *days: int) -> None:
    """To the opening of the office on each of these days."""
    for day in days:
        agency.clock.travel_to(datetime(year, month, day, 8, 30, tzinfo=BANGKOK))
        agency.office.run_due()


def kinds(agency: Agency, case_id: str) -> list[str]:
    with agency.office.engine.read() as work:
        return [letter.kind for letter in letters.list_letters(work, case_id)]


@pytest.fixture(scope="module")
def month(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Agency, Mapping[str, str]]]:
    """A case at every step on Monday 16 March, left alone until the middle of April."""
    folder = tmp_path_factory.mktemp("month")
    with sqlite_agencies.agency(TravellingClock(MONDAY), folder) as agency:
        cases = {name: walked(agency, row) for name, row in ROWS.items()}
        each_morning(agency, days=31)
        yield agency, cases


@pytest.mark.parametrize("name", ROWS)
def test_people_are_told_on_the_exact_day_and_once(
    month: tuple[Agency, Mapping[str, str]], name: str
) -> None:
    agency, cases = month
    row, case_id = ROWS[name], cases[name]

    due = clock_of(agency, case_id, row.key).due_at.astimezone(BANGKOK)
    assert due.isoformat(timespec="minutes") == f"{row.due}T16:30+07:00"
    assert told(agency, case_id, row.key) == row.told
    agency.check_record(case_id)


def test_nothing_is_told_of_a_step_that_is_done(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    travel(agency, 2026, 3, 26)
    agency.do(case_id, "clarify", CLARIFIED)

    clock = clock_of(agency, case_id, "clarify")
    travel(agency, 2026, 4, 2)

    assert clock.status == "finished"
    assert clock.finished_at is not None
    assert clock.finished_at.astimezone(BANGKOK).isoformat()[:16] == "2026-03-26T08:30"
    assert [reminder for _, reminder, _ in told(agency, case_id, "clarify")] == [
        "reminder-1",
        "escalation-1",
    ]


def test_a_letter_registered_late_is_told_to_the_head_at_once(agency: Agency) -> None:
    """1 register: what came on Wednesday had to be entered by Thursday."""
    received = datetime(2026, 3, 11, 10, tzinfo=BANGKOK).isoformat()
    officer = {"channel": "letter", "received_at": received, "classification": "ปกติ"}
    officer["backdating_reason"] = "หนังสือตกค้างที่สารบรรณ"
    clerk = agency.person("intake_officer").actor
    filed = agency.office.file_complaint(GRIEVANCE, officer, channel="letter", actor=clerk)
    agency.office.run_due()

    assert told(agency, filed.case_id, "register") == [
        ("2026-03-16", "escalation-1", ["screening_head"])
    ]
    (notice,) = agency.office.notices(agency.person("screening_head"))
    assert notice.kind == "escalation"  # the system was not down: the letter lay somewhere
    assert "เกินกำหนดมาแล้ว 2 วันทำการ (กำหนด 12 มีนาคม 2569)" in notice.words.th


def test_an_acknowledgement_that_cannot_be_sent_reaches_head_and_director(agency: Agency) -> None:
    """2 acknowledge: letters are written by a worker that is not running."""
    write = agency.office.engine.machine.handlers.pop("letter")
    case_id = agency.file(GRIEVANCE).case_id
    travel(agency, 2026, 3, 20, 29)
    assert told(agency, case_id, "acknowledge") == [
        ("2026-03-20", "escalation-1", ["screening_head"]),
        ("2026-03-29", "escalation-2", ["director"]),
    ]

    agency.office.engine.machine.handlers["letter"] = write
    agency.office.run_due()

    assert clock_of(agency, case_id, "acknowledge").status == "finished"


def test_the_complainant_is_reminded_by_a_letter_on_the_tenth_day(agency: Agency) -> None:
    """4 ask: nobody here is told; without an answer the case is decided on what there is."""
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", ASKED)
    agency.do(filed.case_id, "ask", QUESTIONS)

    travel(agency, 2026, 3, 25)
    assert kinds(agency, filed.case_id) == ["L1", "L2"]
    travel(agency, 2026, 3, 26)
    assert kinds(agency, filed.case_id) == ["L1", "L2", "L17"]
    assert told(agency, filed.case_id, "ask") == [("2026-03-26", "reminder-1", ["complainant"])]
    newest = agency.office.track(filed.tracking_code).letters[-1]
    _, text = agency.office.read_letter(filed.tracking_code, newest.id)
    assert "ภายในวันที่ 31 มีนาคม 2569" in text
    assert all(not agency.office.notices(user) for user in agency.staff)

    agency.office.reply(filed.tracking_code, ANSWERED)
    assert clock_of(agency, filed.case_id, "ask").status == "finished"


def test_the_complainant_hears_of_the_case_every_thirty_days(agency: Agency) -> None:
    """12 progress: whoever holds the case, and however long it takes; the head signs."""
    case_id = walked(agency, ROWS["7 clarify"])

    travel(agency, 2026, 4, 9, 10)
    assert kinds(agency, case_id) == ["L1"], "the draft lies with the head"
    assert (
        agency.task(case_id, "sign_progress").due_at == clock_of(agency, case_id, "progress").due_at
    )
    assert "screening_head" in agency.do(case_id, "sign_progress", SIGNED).groups
    assert kinds(agency, case_id) == ["L1", "L4"]
    travel(agency, 2026, 5, 10)
    agency.do(case_id, "sign_progress", SIGNED)
    assert kinds(agency, case_id) == ["L1", "L4", "L4"]
    newest = clock_of(agency, case_id, "progress")
    assert (newest.round, newest.due_at.astimezone(BANGKOK).date().isoformat()) == (3, "2026-06-14")
    with agency.office.engine.read() as work:
        letter = letters.list_letters(work, case_id)[-1]
        case = agency.case(case_id)
        _, text = letters.open_letter(work, agency.office.services, case, letter.id)
    assert "อยู่ระหว่างชี้แจงข้อเท็จจริง ขั้นตอนถัดไปคือพิจารณาคำชี้แจง" in text
    agency.check_record(case_id)


def test_a_progress_letter_that_was_missed_is_reported(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])

    travel(agency, 2026, 4, 10, 15, 16)
    assert agency.waiting(case_id) == ["clarify", "sign_progress"]

    assert told(agency, case_id, "progress") == [("2026-04-16", "escalation-1", ["screening_head"])]
    with agency.office.engine.read() as work:
        reminder = work.session.scalars(sa.select(ReminderRow).where(ReminderRow.is_reported)).all()
    assert {row.name for row in reminder if row.sent_at is not None and row.case_id == case_id} >= {
        "escalation-1",
        "escalation-3",  # of the clarification, five days late, in the same month's report
    }


def test_after_ten_days_of_downtime_each_case_gets_one_notice(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    travel(agency, 2026, 3, 22)
    agency.clock.travel_to(datetime(2026, 4, 1, 9, 45, tzinfo=BANGKOK))
    agency.office.run_due()

    (notice,) = agency.office.notices(agency.person("unit_director@it"))
    assert notice.kind == "catch_up"
    assert notice.words.th.startswith("แจ้งย้อนหลังหลังระบบหยุดทำงาน 5 รายการ: เตือน “ชี้แจงข้อเท็จจริง”")
    assert "เดิมต้องแจ้ง 23 มีนาคม 2569 08.30 น. ช้าไป 9 วัน" in notice.words.th
    for group in ("unit_officer@it", "deputy_director", "director", "screening_head"):
        assert [n.sent_at for n in agency.office.notices(agency.person(group))] == [notice.sent_at]
    sent = [day for day, _, _ in told(agency, case_id, "clarify")]
    assert sent == ["2026-04-01"] * 4
    agency.office.run_due()
    assert len(agency.office.notices(agency.person("unit_director@it"))) == 1
    agency.check_record(case_id)


def test_a_holiday_moves_the_rungs_and_says_why(agency: Agency) -> None:
    """The end stays on Wednesday 25 March, but two working days before it is Friday now."""
    case_id = walked(agency, ROWS["7 clarify"])
    head, why = agency.person("screening_head").actor, "มติคณะรัฐมนตรี 17 มีนาคม 2569"
    days = [DayChange(date(2026, 3, 26), "วันหยุดพิเศษ")]
    with agency.office.engine.begin() as work:
        changes.announce_holidays(work, days, reference=why, actor=head)

    travel(agency, 2026, 3, 23, 26, 27, 30, 31)

    assert [day for day, _, _ in told(agency, case_id, "clarify")] == [
        "2026-03-23",
        "2026-03-27",
        "2026-03-31",
    ]
    moved = next(
        event.data
        for event in agency.office.engine.history(agency.instance(case_id))
        if event.type == "rungs_moved" and event.data["key"] == "clarify"
    )
    assert moved["reason"] == why
    assert moved["rungs"][0] == {
        "rung": "escalation-1",
        "before": "2026-03-26T08:30:00+07:00",
        "after": "2026-03-27T08:30:00+07:00",
    }
    agency.check_record(case_id)
