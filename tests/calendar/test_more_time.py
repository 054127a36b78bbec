"""More time for a step: asked on F11, granted by somebody higher up, told to the complainant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from engine.ground.clock import BANGKOK
from engine.ground.errors import FourEyes, NotAllowed
from forms.errors import FormInvalid
from office.cases import deadline_views
from office.deadlines import deadlines, extensions, legal_stays
from office.deadlines.changes import ExtensionTooLate, ExtensionTooLong
from office.deadlines.tables import DeadlineRow, ExtensionRow
from office.letters import letters
from office.people.people import User
from tests.calendar.test_reminders import ROWS, clock_of, kinds, told, travel, walked
from tests.support.agency import CLARIFIED, Agency

WHY = {"reason": "เอกสารอยู่กับหน่วยงานอื่น", "reason_told": "ต้องรอเอกสารจากหน่วยงานอื่น"}


def ask(agency: Agency, case_id: str, user: User, key: str, days: int, **how: Any) -> ExtensionRow:
    answers: Mapping[str, Any] = {"clock_key": key, "days": days, **WHY}
    with agency.office.engine.begin() as work:
        return extensions.ask_extension(work, agency.office.services, case_id, answers, user, **how)


def decide(agency: Agency, request: ExtensionRow, user: User, **how: Any) -> None:
    with agency.office.engine.begin() as work:
        extensions.decide_extension(work, agency.office.services, request.id, user, **how)
    agency.office.run_due()


def last_day(clock: DeadlineRow) -> str:
    return clock.due_at.astimezone(BANGKOK).date().isoformat()


def test_more_time_moves_step_case_and_reminders_and_the_complainant_is_told(
    agency: Agency,
) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    unit, head = agency.person("unit_officer@it"), agency.person("screening_head")
    travel(agency, 2026, 3, 23)  # the last day to ask, and that of the reminder
    request = ask(agency, case_id, unit, "clarify", 5)
    assert last_day(clock_of(agency, case_id, "clarify")) == "2026-03-25"
    assert [n.kind for n in agency.office.notices(head)] == ["extension"]
    with pytest.raises(extensions.ExtensionAsked):
        ask(agency, case_id, unit, "clarify", 2)

    travel(agency, 2026, 3, 24)
    decide(agency, request, head, grants=True)

    assert last_day(clock_of(agency, case_id, "clarify")) == "2026-04-01"
    assert agency.task(case_id, "clarify").due_at == clock_of(agency, case_id, "clarify").due_at
    assert last_day(clock_of(agency, case_id, "overall")) == "2026-04-17"  # past Songkran
    assert kinds(agency, case_id) == ["L1", "L5"]
    with agency.office.engine.read() as work:
        letter, case = letters.list_letters(work, case_id)[-1], agency.case(case_id)
        _, text = letters.open_letter(work, agency.office.services, case, letter.id)
    assert "ถึงวันที่ 17 เมษายน 2569 เพราะต้องรอเอกสารจากหน่วยงานอื่น" in text
    travel(agency, 2026, 3, 26, 30)
    travel(agency, 2026, 4, 2)
    assert [(day, reminder) for day, reminder, _ in told(agency, case_id, "clarify")] == [
        ("2026-03-23", "reminder-1"),
        ("2026-03-30", "reminder-1"),
        ("2026-04-02", "escalation-1"),
    ]
    agency.check_record(case_id)


def test_asked_too_late_it_is_refused_and_offered_as_a_late_report(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    unit, head = agency.person("unit_officer@it"), agency.person("screening_head")
    travel(agency, 2026, 3, 24)

    with pytest.raises(ExtensionTooLate) as refused:
        ask(agency, case_id, unit, "clarify", 5)
    assert "23 มีนาคม 2569" in refused.value.text.th
    report = ask(agency, case_id, unit, "clarify", 5, is_late=True)

    assert (report.kind, report.status) == ("late_report", "reported")
    assert last_day(clock_of(agency, case_id, "clarify")) == "2026-03-25"
    (notice,) = agency.office.notices(head)
    assert notice.words.th.startswith("รายงานความล่าช้า: “ชี้แจงข้อเท็จจริง”")


def test_the_approver_of_fact_finding_rises_and_there_are_two_extensions(agency: Agency) -> None:
    case_id = walked(agency, ROWS["9 fact-finding"])
    committee = agency.person("committee")
    deputy, director = agency.person("deputy_director"), agency.person("director")
    with pytest.raises(ExtensionTooLong):
        ask(agency, case_id, committee, "find_facts", 31)

    first = ask(agency, case_id, committee, "find_facts", 30)
    with pytest.raises(NotAllowed):
        decide(agency, first, director, grants=True)
    decide(agency, first, deputy, grants=True)
    second = ask(agency, case_id, committee, "find_facts", 30)
    decide(agency, second, director, grants=True)

    assert last_day(clock_of(agency, case_id, "find_facts")) == "2026-06-14"
    with pytest.raises(FormInvalid) as refused:  # the form does not offer a third time
        ask(agency, case_id, committee, "find_facts", 1)
    assert set(refused.value.errors) == {"clock_key"}


def test_nobody_grants_their_own_request_and_a_done_step_needs_none(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    unit, head = agency.person("unit_officer@it"), agency.person("screening_head")
    own = ask(agency, case_id, head, "clarify", 5)
    with pytest.raises(FourEyes):
        decide(agency, own, head, grants=True)
    other = next(u for u in agency.staff if "screening_head" in u.groups and u.id != head.id)
    decide(agency, own, other, grants=False, reason="คำชี้แจงควรเสร็จทันกำหนด")
    asked = ask(agency, case_id, unit, "clarify", 5)

    agency.do(case_id, "clarify", CLARIFIED)

    with pytest.raises(extensions.ExtensionDecided):
        decide(agency, asked, other, grants=True)
    with agency.office.engine.read() as work:
        states = [row.status for row in extensions.requests_of(work, case_id)]
    assert sorted(states) == ["overtaken", "refused"]


def test_a_legal_stay_moves_every_deadline_by_its_days(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    head, unit = agency.person("screening_head"), agency.person("unit_officer@it")
    given = {"stay_ground": "court", "order_no": "ค.12/2569", "reason": "ศาลมีคำสั่งให้รอฟังผลคดี"}
    with agency.office.engine.begin() as work:
        legal_stays.stay_case(work, agency.office.services, case_id, given, head)
    with pytest.raises(NotAllowed), agency.office.engine.read() as work:
        legal_stays.stay_form(work, case_id, agency.person("intake_officer"))

    travel(agency, 2026, 3, 26)
    assert told(agency, case_id, "clarify") == []
    agency.clock.travel_to(datetime(2026, 3, 28, 9, tzinfo=BANGKOK))
    with agency.office.engine.begin() as work:
        legal_stays.lift_stay(work, case_id, head)

    # From Monday 16 to Saturday 28 March nine working days were not counted.
    assert last_day(clock_of(agency, case_id, "clarify")) == "2026-04-08"
    with agency.office.engine.read() as work:
        running = deadlines.running_deadline(work, case_id, "clarify")
        assert running is not None
        assert "หยุดนับระหว่างรอ 16 มีนาคม 2569 ถึง 28 มีนาคม 2569" in deadlines.explain(work, running).th
    assert agency.office.open_task(agency.task(case_id, "clarify").id, unit)
    agency.check_record(case_id)


def test_a_stay_lasts_no_longer_than_its_limit_unless_the_head_confirms(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    head = agency.person("screening_head")
    given = {"stay_ground": "law", "order_no": "12/2569", "reason": "กฎหมายกำหนดให้รอผลการพิจารณา"}
    with agency.office.engine.begin() as work:
        legal_stays.stay_case(work, agency.office.services, case_id, given, head)
    limited = last_day(clock_of(agency, case_id, "clarify"))
    assert limited == "2026-04-24"  # the 18 working days of the 30 days, and then the seven

    travel(agency, 2026, 4, 9)
    assert told(agency, case_id, "stay") == [("2026-04-09", "reminder-1", ["screening_head"])]
    with agency.office.engine.begin() as work:
        legal_stays.confirm_stay(work, case_id, head)

    assert last_day(clock_of(agency, case_id, "clarify")) == "2026-05-26"
    agency.check_record(case_id)


def test_the_late_list_names_unit_days_and_who_is_told_next(agency: Agency) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    travel(agency, 2026, 3, 26, 30)
    director = agency.person("director")

    with agency.office.engine.read() as work:
        (unit,) = deadline_views.late_units(work, director)
    (line,) = unit.lines
    assert unit.name.th == "ฝขท."
    assert (line.case_id, line.step.th, line.days_over) == (case_id, "ชี้แจงข้อเท็จจริง", 3)
    assert line.next_reminder is not None
    assert line.next_reminder.at.astimezone(BANGKOK).isoformat()[:10] == "2026-04-01"
    assert not line.is_reported
    travel(agency, 2026, 4, 1)
    with agency.office.engine.read() as work:
        (unit,) = deadline_views.late_units(work, director)
    assert unit.lines[0].is_reported  # five days late: it is in the monthly report as well
