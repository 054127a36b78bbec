"""Twelve complaints of different kinds, each handled as its handlers would, reach the outcome that
was written beside them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from complaints.models import Case
from complaints.tasks import work_list
from tests.support.agency import (
    ASSIGNED,
    CLARIFIED,
    DECIDED,
    INCOMPLETE,
    REPLIED,
    SCREENED,
    Agency,
)

FILE = Path(__file__).parent.parent / "data" / "complaints.jsonl"
EXAMPLES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


class Handling:
    """Does what the example says its officers, unit, complainant and director do."""

    def __init__(self, agency: Agency, example: dict[str, Any]) -> None:
        self.agency = agency
        self.plan = example["handling"]
        self.complaint = example["complaint"]
        self.filed = agency.file(self.complaint, example["channel"])
        self.case_id = self.filed.case_id
        self.screenings: list[str] = []
        self.clarifications = 0
        self.asked = False

    def run(self) -> Case:
        for _ in range(40):
            names = self.agency.waiting(self.case_id)
            if names:
                for name in names:
                    getattr(self, f"do_{name}")()
                continue
            if not self.wait():
                break
        return self.agency.case(self.case_id)

    def wait(self) -> bool:
        """Nobody has a task: the complainant answers, or lets the deadline pass."""
        if self.agency.case(self.case_id).status != "AWAITING_COMPLAINANT":
            return False
        if self.plan.get("answer"):
            self.agency.office.reply(self.filed.tracking_code, {"reply": self.plan["answer"]})
            self.agency.office.run_due()
        else:
            self.agency.pass_days(30)
        return True

    def do(self, element: str, answers: Any) -> None:
        self.agency.do(self.case_id, element, answers)

    def do_screen(self) -> None:
        plan, asks = self.plan, "ask" in self.plan and not self.asked
        answers = {**SCREENED, "jurisdiction": plan["jurisdiction"], "minimum_complete": not asks}
        if not plan["jurisdiction"]:
            answers["refer_to"] = plan["refer_to"]
        if asks:
            answers["minimum_missing"] = plan["ask"]
        if self.complaint["track"] != "C":
            del answers["service_only"]
        if self.complaint["elsewhere"] != "none":
            answers["new_evidence"] = plan["new_evidence"]
        if self.complaint["identity_mode"] == "anonymous":
            for test in ("evidence", "circumstances", "witnesses"):
                key = next(k for k in plan if k.startswith(test))
                answers[key] = plan[key]
                if plan[key]:
                    answers[f"{test}_quote"] = "ตามสำเนาเอกสารที่แนบมา"
        self.do("screen", answers)
        self.screenings.append(self.agency.variables(self.case_id)["screening"]["result"])

    def do_ask(self) -> None:
        self.asked = True
        self.do("ask", {"questions": [{"question": self.plan["ask"]}], "ask_channel": "inbox"})

    def do_refer(self) -> None:
        self.do("refer", self._sent("post", "อ.๑๒๓/๒๕๖๙"))

    def do_assign(self) -> None:
        unit = self.agency.variables(self.case_id)["assignment"]["lead_unit"]
        self.do("assign", {**ASSIGNED, "lead_unit": unit})

    def do_accept(self) -> None:
        self.do("accept", {"accepted": True})

    def do_clarify(self) -> None:
        if self.plan.get("withdraws_at") == "clarification":
            self.agency.office.withdraw(self.filed.tracking_code, {"reason": "แก้ไขให้แล้ว"})
            self.agency.office.run_due()
            return
        self.clarifications += 1
        self.do("clarify", CLARIFIED)

    def do_assess(self) -> None:
        if self.plan["clarification"] == "incomplete then complete" and self.clarifications < 2:
            self.do("assess", INCOMPLETE)
            return
        answers = {"clarification_complete": True, "finding": self.plan["finding"]}
        self.do("assess", {**answers, "next_step": "decide", "reason": "ครบทุกประเด็นแล้ว"})

    def do_decide(self) -> None:
        decision = self.plan.get("decision", "ส่ง ป.ป.ช.")
        self.do("decide", {**DECIDED, "decision": decision})

    def do_appoint(self) -> None:
        checks = {"position": "กรรมการ", "rank_checked": True, "coi_checked": True}
        seats = ("chair", "member", "secretary")
        members = [{"name": f"กรรมการ {seat}", "seat": seat, **checks} for seat in seats]
        due = (self.agency.clock.now() + timedelta(days=30)).date().isoformat()
        order = {"order_no": "๑/๒๕๖๙", "order_date": self._today(), "committee_due_on": due}
        self.do("appoint", {"members": members, **order})

    def do_investigate(self) -> None:
        allegation = {
            "allegation": "แต่งตั้งบุคคลที่ไม่มีคุณสมบัติ",
            "evidence_found": "สำเนาคำสั่งแต่งตั้งและประกาศคุณสมบัติ",
            "statement": "ผู้ถูกร้องให้ถ้อยคำแล้ว",
            "law": "ประกาศคุณสมบัติที่ปรึกษา",
            "result": "มีมูล",
        }
        votes = {"finding": "มีมูล", "votes_for": 3, "votes_against": 0}
        self.do(
            "investigate",
            {"allegations": [allegation], **votes, "recommendation": "ส่งให้ผู้มีอำนาจพิจารณา"},
        )

    def do_reply_feedback(self) -> None:
        self.do("reply_feedback", {"reply_text": f"{self.plan['reply']} {REPLIED}"})

    def do_send_file_on(self) -> None:
        self.do("send_file_on", self._sent("in_person", "รับที่ ๔๕/๒๕๖๙"))

    def do_record_delivery(self) -> None:
        self.do("record_delivery", self._sent("post", "EA123456789TH"))

    do_record_refusal_delivery = do_record_delivery

    def _sent(self, method: str, proof: str) -> dict[str, Any]:
        return {"method": method, "sent_on": self._today(), "proof_no": proof}

    def _today(self) -> str:
        return self.agency.clock.now().date().isoformat()


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"no{e['no']}" for e in EXAMPLES])
def test_a_complaint_reaches_what_is_written_beside_it(
    agency: Agency, example: dict[str, Any]
) -> None:
    expect = example["expect"]
    handling = Handling(agency, example)

    case = handling.run()

    facts = agency.variables(case.id)
    assert case.outcome == expect.get("ends", "NOTIFIED")
    if "screening" in expect:
        assert handling.screenings[0] == expect["screening"]
    if expect.get("then") == "ACCEPT":
        assert handling.screenings[1] == "ACCEPT"
    if "lead_unit" in expect:
        assert facts["lead_unit"] == expect["lead_unit"]
    if "severity" in expect:
        assert facts["severity"]["level"] == expect["severity"]
    if "classification" in expect:
        assert facts["classification"]["class"] == case.classification == expect["classification"]
    if "protected" in expect:
        assert facts["classification"]["protected"] is expect["protected"]
    if "rounds" in expect:
        assert facts["clarification_round"] == expect["rounds"]
    if "handler" in expect:
        assert facts["handler"]["route"] == expect["handler"]
    agency.check_record(case.id)


def test_the_director_never_sees_a_case_against_the_director(agency: Agency) -> None:
    example = next(e for e in EXAMPLES if e["expect"].get("hidden_from") == "director")
    director = agency.person("director")
    handling = Handling(agency, example)
    seen: list[int] = []

    for _ in range(12):
        with agency.office.engine.read() as work:
            seen.append(len(work_list(work, agency.office.desk, director).items))
        names = agency.waiting(handling.case_id)
        if not names:
            break
        for name in names:
            getattr(handling, f"do_{name}")()

    assert set(seen) == {0}
    assert agency.office.cases(director) == []
    assert agency.case(handling.case_id).outcome == "NOTIFIED"
