"""The same three complaints walked by hand: through the office, the bare engine and the command
line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import pytest
from click.testing import CliRunner

from engine.ground.actor import Actor
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE, SCREENED, Agency
from web.cli import main

COMPLAINT: Mapping[str, Any] = {
    "track": "G",
    "identity_mode": "open",
    "full_name": "สมหญิง ใจกล้า",
    "phone": "0812345678",
    "reply_by": "phone",
    "subject": "เว็บไซต์/ข้อมูล/ระบบ",
    "title": "เข้าระบบขึ้นทะเบียนไม่ได้",
    "facts": "ลงทะเบียนแล้วไม่ได้รับรหัสยืนยันทางโทรศัพท์ ลองหลายครั้งใน ๓ วัน",
    "remedy": "ขอให้เปิดระบบให้ยื่นคำขอเพิ่มเติม",
    "elsewhere": "none",
    "fear_retaliation": False,
    "privacy_notice": True,
    "truth": True,
}
ANONYMOUS: Mapping[str, Any] = {
    "track": "C",
    "identity_mode": "anonymous",
    "accused": [
        {
            "name": "เจ้าหน้าที่พัสดุ",
            "position": "เจ้าหน้าที่",
            "unit": "procurement",
            "status": "ดำรงตำแหน่ง",
        }
    ],
    "subject": "จัดซื้อจัดจ้าง",
    "title": "กำหนดคุณลักษณะเอื้อผู้ขาย",
    "facts": "มีการกำหนดคุณลักษณะเฉพาะให้ตรงกับสินค้ายี่ห้อเดียว แนบประกาศมาด้วย",
    "elsewhere": "none",
    "fear_retaliation": False,
    "privacy_notice": True,
    "truth": True,
}
SCREENED_G = {key: value for key, value in SCREENED.items() if key != "service_only"}
ASKED = {
    **SCREENED,
    "minimum_complete": False,
    "minimum_missing": "ไม่ระบุวันที่และเลขที่ประกาศ",
    "evidence_stated": True,
    "evidence_quote": "แนบประกาศ",
    "circumstances_clear": False,
    "witnesses_definite": False,
}
QUESTIONS = {
    "questions": [{"question": "โปรดระบุเลขที่ประกาศและวันที่"}],
    "ask_channel": "inbox",
}
ASSESSED = {
    "clarification_complete": True,
    "finding": "มีมูล",
    "next_step": "decide",
    "reason": "คำชี้แจงครบทุกประเด็นแล้ว",
}


class Hands(Protocol):
    """What walks a case, whichever way it comes in."""

    def file(self, complaint: Mapping[str, Any]) -> None: ...
    def do(self, element: str, answers: Mapping[str, Any]) -> None: ...
    def withdraw(self) -> None: ...
    def pass_days(self, days: float) -> None: ...
    def waiting(self) -> list[str]: ...
    def outcome(self) -> str | None: ...


class OfficeHands:
    """Through the office's verbs, as the pages do."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    def file(self, complaint: Mapping[str, Any]) -> None:
        self.filed = self.agency.file(complaint)

    def do(self, element: str, answers: Mapping[str, Any]) -> None:
        self.agency.do(self.filed.case_id, element, answers)

    def withdraw(self) -> None:
        self.agency.office.withdraw(self.filed.tracking_code, {"reason": "แก้ไขให้แล้ว"})
        self.agency.office.run_due()

    def pass_days(self, days: float) -> None:
        self.agency.pass_days(days)

    def waiting(self) -> list[str]:
        return self.agency.waiting(self.filed.case_id)

    def outcome(self) -> str | None:
        self.agency.check_record(self.filed.case_id)
        return self.agency.case(self.filed.case_id).outcome


class EngineHands:
    """Through the engine alone: process variables, no forms, no register."""

    def __init__(self, agency: Agency) -> None:
        self.agency, self.engine = agency, agency.office.engine
        # The letters are the office's; the bare engine only says that they are sent.
        self.engine.machine.handlers["letter"] = lambda _work, _job: {}

    def file(self, complaint: Mapping[str, Any]) -> None:
        start = {
            "case_id": "case-1",
            "channel": "web",
            "amount": None,
            "running_procurement": False,
            "evidence_count": 0,
            "witness_count": 0,
            "has_attachments": False,
            "accused": [],
            "reply_by": "inbox",
            "received_on": self.agency.clock.now().date().isoformat(),
        }
        self.instance = self.engine.start(
            "complaint", {**start, **complaint}, business_key="case-1"
        )
        self.engine.run_due()

    def do(self, element: str, answers: Mapping[str, Any]) -> None:
        (task,) = [t for t in self.engine.tasks(self.instance) if t.element_id == element]
        actor = Actor(f"{element}-officer", frozenset(task.candidate_groups))
        self.engine.complete(task.id, answers, actor)
        self.engine.run_due()

    def withdraw(self) -> None:
        self.engine.correlate("withdrawal_requested", "case-1")
        self.engine.run_due()

    def pass_days(self, days: float) -> None:
        self.agency.clock.advance(days=days)
        self.engine.run_due()

    def waiting(self) -> list[str]:
        return sorted(task.element_id for task in self.engine.tasks(self.instance))

    def outcome(self) -> str | None:
        assert self.engine.replay(self.instance).differences == []
        with self.engine.read() as work:
            from engine.verbs import queries

            drawn = queries.models(work, "complaint:1")["complaint"].body
        ended = [e.element_id for e in self.engine.history(self.instance)]
        nodes = {node.id: node for node in drawn.walk()}
        outcomes = [nodes[e].extensions.properties.get("outcome") for e in ended if e in nodes]
        return next((found for found in reversed(outcomes) if found), None)


class CommandLineHands:
    """Through `samnuan`, one command after the other, on the same database."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self.url = agency.office.settings.database_url
        self.folder = agency.office.settings.data_dir

    def run(self, *arguments: str) -> Any:
        environment = {
            "SAMNUAN_DATABASE_URL": self.url,
            "SAMNUAN_DATA_DIR": str(self.folder),
            "SAMNUAN_DEMO": "1",
            "SAMNUAN_CLOCK": self.agency.clock.now().isoformat(),
        }
        result = CliRunner().invoke(main, [*arguments, "--json"], env=environment)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def answers(self, answers: Mapping[str, Any]) -> str:
        path = self.folder / "answers.json"
        path.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
        return str(path)

    def file(self, complaint: Mapping[str, Any]) -> None:
        filed = self.run("start", "complaint", self.answers(complaint))
        self.case, self.code = filed["case"], filed["tracking_code"]
        self.run("run-due")

    def do(self, element: str, answers: Mapping[str, Any]) -> None:
        rows = self.run("tasks", "--case", self.case)
        (task,) = [row for row in rows if row["element"] == element]
        user = next(u for u in self.agency.staff if u.groups & set(task["groups"]))
        self.run("complete", task["task"], self.answers(answers), "--as", user.username)
        self.run("run-due")

    def withdraw(self) -> None:
        reason = self.answers({"reason": "แก้ไขให้แล้ว"})
        self.run("send", "withdrawal_requested", reason, "--code", self.code)
        self.run("run-due")

    def pass_days(self, days: float) -> None:
        self.agency.clock.advance(days=days)
        self.run("run-due")

    def waiting(self) -> list[str]:
        return sorted(row["element"] for row in self.run("tasks", "--case", self.case))

    def outcome(self) -> str | None:
        self.agency.check_record(self.case)
        return self.agency.case(self.case).outcome


@pytest.fixture(params=["office", "engine", "command line"])
def hands(request: pytest.FixtureRequest, agency: Agency) -> Hands:
    kinds = {"office": OfficeHands, "engine": EngineHands, "command line": CommandLineHands}
    hands: Hands = kinds[request.param](agency)
    return hands


def test_a_complaint_is_clarified_twice_decided_and_told(hands: Hands) -> None:
    hands.file(COMPLAINT)
    hands.do("screen", SCREENED_G)
    hands.do("assign", {**ASSIGNED, "lead_unit": "it"})
    hands.do("accept", {"accepted": True})

    hands.do("clarify", CLARIFIED)
    hands.do("assess", INCOMPLETE)
    assert hands.waiting() == ["clarify"]
    hands.do("clarify", CLARIFIED)
    hands.do("assess", ASSESSED)
    hands.do("decide", {**DECIDED, "decision": "เยียวยา/ปรับปรุงระบบ"})

    assert hands.waiting() == []
    assert hands.outcome() == "NOTIFIED"


def test_an_anonymous_complaint_without_an_answer_is_closed(hands: Hands) -> None:
    hands.file(ANONYMOUS)
    hands.do("screen", ASKED)
    hands.do("ask", QUESTIONS)
    assert hands.waiting() == []
    hands.pass_days(10)
    assert hands.outcome() is None

    hands.pass_days(12)

    assert hands.waiting() == []
    assert hands.outcome() == "CLOSED"


def test_a_complainant_withdraws_midway(hands: Hands) -> None:
    hands.file(COMPLAINT)
    hands.do("screen", SCREENED_G)
    hands.do("assign", {**ASSIGNED, "lead_unit": "it"})
    hands.do("accept", {"accepted": True})
    assert hands.waiting() == ["clarify"]

    hands.withdraw()

    assert hands.waiting() == []
    assert hands.outcome() == "WITHDRAWN"
