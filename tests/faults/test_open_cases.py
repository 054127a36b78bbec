"""Cases that stood at any step of the guideline when this release came are led to their ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.ground.clock import TravellingClock
from engine.ground.errors import FourEyes, NotAllowed
from engine.store.tables import UserTask
from engine.verbs import queries
from office.audit.verification_run import Run
from office.ground.errors import CaseNotFound
from office.ground.settings import OfficeSettings
from tests.calendar.test_aftercare import DISMISSED, UNHARMED
from tests.faults.old_release import FIXTURES, unpack
from tests.faults.opencases import CLOSED, COMMITTEE, QUESTIONS
from tests.faults.test_upgrade import empty_url as empty_url
from tests.faults.wholeness import faults_of
from tests.law.test_law_walks import ASSESSED, REPORT, SCREENED_G, SENT
from tests.support.agency import ASSIGNED, CLARIFIED, REPLIED, SCREENED, Agency
from tests.support.databases import packages_with_tables
from tests.support.verbs import Office

RELEASES = sorted(
    path.name.removesuffix("-open-sqlite.tar.xz") for path in FIXTURES.glob("*-open-sqlite*")
)
ENGINE_ONLY = 3  # cases of engine_scenes.waiting, which are no complaints
ANONYMOUS = {"evidence_stated": True, "circumstances_clear": True, "witnesses_definite": True}
QUOTED = {f"{test.split('_')[0]}_quote": "ตามเอกสารที่แนบ" for test in ANONYMOUS}
ANSWERS: dict[str, dict[str, Any]] = {
    "screen": dict(SCREENED_G),
    "ask": dict(QUESTIONS),
    "refer": dict(SENT),
    "record_refusal_delivery": dict(SENT),
    "reply_feedback": {"reply_text": REPLIED},
    "accept": {"accepted": True},
    "clarify": dict(CLARIFIED),
    "assess": dict(ASSESSED),
    "appoint": COMMITTEE,
    "investigate": dict(REPORT),
    "decide": CLOSED,
    "send_file_on": dict(SENT),
    "record_delivery": dict(SENT),
    "decide_withdrawal": {"withdrawal_accepted": False, "reason": "พยานหลักฐานเพียงพอแล้ว"},
    "sign_progress": {"progress_signed": True},
    "review": DISMISSED,
    "follow_up": {"remedy_state": "done", "remedy_report": "ติดตั้งระบบส่งสำรองแล้ว"},
    "check_early": UNHARMED,
    "check_late": UNHARMED,
    "protect_early": {"protection_plan": "ย้ายผู้ดูแลเรื่องและติดตามทุกสัปดาห์"},
    "protect_late": {"protection_plan": "ย้ายผู้ดูแลเรื่องและติดตามทุกสัปดาห์"},
}
ENDS = {
    "refer": "REFERRED",
    "record_refusal_delivery": "NOT_ACCEPTED",
    "not accepted": "NOT_ACCEPTED",
    "merged": "MERGED",
    "withdrawn": "WITHDRAWN",
    "erasure asked": "WITHDRAWN",
    "erased": "WITHDRAWN",
}


class Handing:
    """The agency of today over the cases that were left to it."""

    def __init__(self, agency: Agency, facts: dict[str, Any]) -> None:
        self.agency, self.office = agency, agency.office
        self.cases: dict[str, str] = facts["cases"]
        self.codes: dict[str, str] = facts["codes"]
        self.names = {agency.instance(case): name for name, case in self.cases.items()}

    def run(self) -> None:
        """Do whatever is open, then let time pass, until nothing is left to wait for."""
        for _ in range(60):
            self.office.run_due()
            tasks = [t for t in self.office.engine.tasks() if t.instance_id in self.names]
            for task in tasks:
                self.do(task)
            self.reply()
            if not tasks:
                self.agency.pass_days(15)
            if not self.running():
                return

    def running(self) -> list[str]:
        with self.office.engine.read() as work:
            states = {id: queries.instance(work, id).status for id in self.names}
        return [self.names[id] for id, status in states.items() if status == "running"]

    def reply(self) -> None:
        for name, case in self.cases.items():
            if self.agency.case(case).status == "AWAITING_COMPLAINANT":
                self.office.reply(self.codes[name], {"reply": "วันที่ 5 มีนาคม"})

    def do(self, task: UserTask) -> None:
        answers = self.answers(task)
        for user in self.agency.staff:
            if user.groups.isdisjoint(task.candidate_groups):
                continue
            if task.assignee not in (None, user.id):
                continue
            try:
                self.office.complete(task.id, answers, user=user)
            except (FourEyes, NotAllowed, CaseNotFound):
                continue
            return
        raise AssertionError(f"{self.names[task.instance_id]}: nobody may do {task.element_id}")

    def answers(self, task: UserTask) -> dict[str, Any]:
        facts = self.office.engine.variables(task.instance_id)
        if task.element_id == "assign":
            return {**ASSIGNED, "lead_unit": facts["lead_unit"]}
        answers = dict(ANSWERS[task.element_id])
        if task.element_id == "screen":
            if facts["track"] == "C":
                answers["service_only"] = SCREENED["service_only"]
            if facts["identity_mode"] == "anonymous":
                answers |= {**ANONYMOUS, **QUOTED}
            answers["executive_accused"] = "Director" in self.names[task.instance_id]
        return answers


@pytest.fixture(params=RELEASES)
def handing(
    request: pytest.FixtureRequest, empty_url: str, tmp_path: Path, clock: TravellingClock
) -> Iterator[Handing]:
    kind = "sqlite" if empty_url.startswith("sqlite") else "postgres"
    fixture = FIXTURES / f"{request.param}-open-{kind}.tar.xz"
    facts = unpack(fixture, tmp_path, empty_url)
    clock.travel_to(datetime.fromisoformat(facts["now"]))
    settings = OfficeSettings(database_url=empty_url, data_dir=tmp_path / "var")
    office = Office.open(settings, clock=clock, packages=packages_with_tables())
    yield Handing(Agency.at(office, clock), facts)
    office.close()


def test_every_step_of_the_guideline_stands_open_in_some_case(handing: Handing) -> None:
    engine = handing.office.engine
    tasks = [task for task in engine.tasks() if task.instance_id in handing.names]
    with engine.read() as work:
        processes = queries.models(work, tasks[0].definition_id).values()
        nodes = [node for process in processes for node in process.body.walk()]

    assert {t.element_id for t in tasks} == {node.id for node in nodes if node.tag == "userTask"}


def test_a_case_at_every_step_is_led_to_its_end(handing: Handing) -> None:
    office = handing.office
    assert faults_of(office.engine) == []

    handing.run()

    assert handing.running() == []
    outcomes = {name: handing.agency.case(case).outcome for name, case in handing.cases.items()}
    assert outcomes == {name: ENDS.get(name, "NOTIFIED") for name in handing.cases}
    assert faults_of(office.engine) == []
    run = Run(office.engine, office.services, office.settings.data_dir)
    assert len(list(run.steps())) == len(handing.cases) + ENGINE_ONLY
    assert run.report.differences == []
