"""A deadline that was moved is held to what the record says of the moving."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine.record.differences import Difference
from office.audit.verification_run import Run
from office.deadlines import changes, legal_stays
from office.deadlines.holiday_table import DayChange, change_holidays
from office.deadlines.tables import DeadlineRow
from tests.calendar.test_complaint_clocks import ANSWERED, ASKED, GRIEVANCE, QUESTIONS
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


STAYED = {"stay_ground": "court", "order_no": "ค.12/2569", "reason": "ศาลมีคำสั่งให้รอฟังผลคดี"}
