"""A deadline that was moved is held to what the record says of the moving."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine.record.differences import Difference
from office.audit.verification_run import Run
from office.deadlines import changes, extensions, legal_stays
from office.deadlines.holiday_table import DayChange, change_holidays
from office.deadlines.tables import DeadlineRow
from office.ground.tables import Submission
from tests.calendar.test_complaint_clocks import ANSWERED, ASKED, GRIEVANCE, QUESTIONS
from tests.calendar.test_more_time import ask, decide
from tests.calendar.test_reminders import ROWS, walked
from tests.support.agency import Agency


def differences(agency: Agency, folder: Path) -> list[Difference]:
    run = Run(agency.office.engine, agency.office.services, folder)
    list(run.steps())
    return run.report.differences


def test_a_deadline_moved_behind_everybodys_back_is_named(agency: Agency, tmp_path: Path) -> None:
    """The complainant was waited for, so the agency's deadline moved, and moved back."""
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", ASKED)
    agency.do(filed.case_id, "ask", QUESTIONS)
    waiting = differences(agency, tmp_path)
    agency.pass_days(2)
    agency.office.reply(filed.tracking_code, ANSWERED)
    agency.office.run_due()
    assert (waiting, differences(agency, tmp_path)) == ([], [])
    _stop_and_go_on(agency, filed.case_id)
    assert differences(agency, tmp_path) == []

    with agency.office.engine.begin() as work:
        query = sa.select(DeadlineRow).where(DeadlineRow.key == "overall")
        overall = work.session.scalars(query).one()
        overall.due_at += timedelta(days=30)

    told = [(each.table, each.what.en) for each in differences(agency, tmp_path)]
    assert [table for table, _ in told] == [
        f"office_clock/{overall.id}",
        f"complaint_case/{filed.case_id}",
        f"office_clock/{overall.id}",
    ]
    assert "the record moved it to" in told[0][1]
    assert "due_at is not what the record says" in told[1][1]
    assert "its rule, beginning and calendar give" in told[2][1]


def _stop_and_go_on(agency: Agency, case_id: str) -> None:
    """A special holiday is announced, and a court has the case wait."""
    head, reason = agency.person("screening_head"), "ครม. กำหนดวันหยุดพิเศษ"
    with agency.office.engine.begin() as work:
        day = DayChange(date(2026, 3, 24), "วันหยุดพิเศษ")
        change_holidays(work, [day], reference=reason, actor=head.actor)
        assert changes.recount_deadlines(work, reason=reason, actor=head.actor)
        legal_stays.stay_case(work, agency.office.services, case_id, STAYED, head)
    agency.pass_days(3)
    with agency.office.engine.begin() as work:
        legal_stays.lift_stay(work, case_id, head)


def test_the_reason_of_a_refusal_is_held_to_its_event(agency: Agency, tmp_path: Path) -> None:
    """It is kept with the case, while its event speaks of the step whose deadline stays."""
    case_id = walked(agency, ROWS["7 clarify"])
    asked = ask(agency, case_id, agency.person("unit_officer@it"), "clarify", 5)
    head = agency.person("screening_head")
    decide(agency, asked, head, grants=False, reason="คำชี้แจงควรเสร็จทันกำหนด")
    assert differences(agency, tmp_path) == []

    for column, other in (("element_id", "clarify"), ("task_id", "x"), ("given_by", "x")):
        with agency.office.engine.begin() as work:
            query = sa.select(Submission).where(Submission.form == extensions.DECISION_FORM)
            answer = work.session.scalars(query).one()
            kept = getattr(answer, column)
            setattr(answer, column, other)
        places = {each.table for each in differences(agency, tmp_path)}
        assert f"submission/{answer.id}" in places, column
        with agency.office.engine.begin() as work:
            setattr(work.session.get_one(Submission, answer.id), column, kept)
    assert differences(agency, tmp_path) == []


STAYED = {"stay_ground": "court", "order_no": "ค.12/2569", "reason": "ศาลมีคำสั่งให้รอฟังผลคดี"}
