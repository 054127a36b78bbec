"""An auditor asks what departed from the guideline, for a complaint and for a month."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.ground.clock import TravellingClock
from office.audit.conformance import check_case, check_period
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G
from web.cli import main

Ask = Callable[..., Result]
COMPLETE = {
    "clarification_complete": True,
    "finding": "มีมูล",
    "next_step": "decide",
    "reason": "ครบทุกประเด็นแล้ว",
}


@pytest.fixture
def agency(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Agency]:
    with sqlite_agencies.agency(clock, tmp_path) as agency:
        yield agency


@pytest.fixture
def ask(agency: Agency) -> Ask:
    known = agency.office.settings
    environment = {
        "SAMNUAN_DATABASE_URL": known.database_url,
        "SAMNUAN_DATA_DIR": str(known.data_dir),
        "SAMNUAN_DEMO": "1",
    }

    def ask(*words: str) -> Result:
        now = agency.clock.now().isoformat(timespec="minutes")[:16]
        return CliRunner(env={**environment, "SAMNUAN_CLOCK": now}).invoke(main, words)

    return ask


def clarified_late(agency: Agency) -> str:
    """A grievance with two rounds of clarification, the first of them late."""
    filed = agency.file(COMPLAINT)
    agency.do(filed.case_id, "screen", SCREENED_G)
    unit = agency.variables(filed.case_id)["assignment"]["lead_unit"]
    agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": unit})
    agency.do(filed.case_id, "accept", {"accepted": True})
    agency.pass_days(15)
    agency.do(filed.case_id, "clarify", CLARIFIED)
    agency.do(filed.case_id, "assess", INCOMPLETE)
    agency.do(filed.case_id, "clarify", CLARIFIED)
    agency.do(filed.case_id, "assess", COMPLETE)
    return filed.case_id


def test_what_departed_is_told_for_a_case_a_month_and_on_the_command_line(
    agency: Agency, ask: Ask
) -> None:
    case_id = clarified_late(agency)
    agency.do(case_id, "decide", {**DECIDED, "decision": "เยียวยา/ปรับปรุงระบบ"})
    case = agency.case(case_id)

    with agency.office.engine.read() as work:
        found = check_case(work, case_id)
        first, now = agency.clock.now().replace(day=1), agency.clock.now()
        march = list(check_period(work, first, now))
        january = list(check_period(work, now.replace(month=1), now.replace(month=2)))

    late = next(d for d in found if (d.kind, d.element_id) == ("late", "clarify"))
    assert {d.kind for d in found if d.severity == "breach"} == {"late"}
    assert {d.element_id for d in found if d.kind == "repeated"} == {"clarify", "assess"}
    assert "ชี้แจงข้อเท็จจริง" in late.text.th
    assert "2569" in late.text.th
    assert late.role.th.endswith("ฝขท.")
    assert late.actor in {user.id for user in agency.staff}
    assert [c.id for c, _ in march] == [case_id]
    assert january == []

    answer = ask("conformance", case.receipt_no, "--json")
    assert [row["kind"] for row in json.loads(answer.stdout)] == [d.kind for d in found]
    told = ask("--lang", "en", "conformance", "--from", "1/3/2569", "--to", "31/3/2569", "--check")
    assert told.exit_code == 1
    assert case.receipt_no in told.stdout
    assert "after it was due" in told.stdout
    assert ask("conformance", "--to", "31/1/2569", "--check").exit_code == 0
    wrong = ask("conformance", "--from", "วันไหน")
    assert wrong.exit_code == 1
    assert wrong.stderr.startswith("--from:")


def test_a_step_that_is_overdue_now_is_told_with_who_holds_it(agency: Agency) -> None:
    filed = agency.file(COMPLAINT)
    agency.pass_days(30)

    with agency.office.engine.read() as work:
        found = check_case(work, filed.case_id)

    (overdue,) = [d for d in found if (d.kind, d.element_id) == ("overdue", "screen")]
    assert overdue.role.th == "หัวหน้า ศปท."
