"""Twelve invented complaints and what their handlers answer: for the tests and for the load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Example = Mapping[str, Any]
FILE = Path(__file__).with_name("complaints.jsonl")
OPINION = "ตรวจสอบแล้วเห็นว่าเรื่องมีรายละเอียดเพียงพอที่จะพิจารณาตามขั้นตอนต่อไป"
SCREENED: Mapping[str, Any] = {
    "jurisdiction": True,
    "nacc_subject": False,
    "minimum_complete": True,
    "centre_concerned": False,
    "executive_accused": False,
    "service_only": False,
    "simple": False,
    "danger": False,
    "detriment_risk": 0,
    "opinion": OPINION,
    "coi_none": True,
}
ASSIGNED: Mapping[str, Any] = {
    "co_units": [],
    "questions": [{"question": "เหตุใดจึงเป็นเช่นนั้น โปรดชี้แจง"}],
    "redacted_facts": "ข้อเท็จจริงที่ตัดข้อมูลระบุตัวผู้ร้องออกแล้ว",
    "redaction_confirmed": True,
}
CLARIFIED: Mapping[str, Any] = {
    "answers_text": "ฝ่ายได้ตรวจสอบแล้วและขอชี้แจงข้อเท็จจริงตามที่ถาม",
    "signer": "director",
}
INCOMPLETE: Mapping[str, Any] = {
    "clarification_complete": False,
    "incomplete_points": "ยังไม่ตอบประเด็นที่สอง",
    "reason": "คำชี้แจงยังไม่ครบทุกประเด็น",
}
DECIDED: Mapping[str, Any] = {
    "facts_found": "ข้อเท็จจริงรับฟังได้ตามคำชี้แจงของฝ่าย",
    "law": "ระเบียบที่เกี่ยวข้อง",
    "reasons": "พิจารณาคำชี้แจงและพยานหลักฐานแล้วเห็นว่าเป็นไปตามที่รับฟัง",
    "measures": [],
    "appeal_block": True,
}
REPLIED = "ขอบคุณสำหรับข้อเสนอแนะ หน่วยงานจะนำไปพิจารณา"


def examples() -> list[Example]:
    """Each with its complaint, how it is handled, and what that must lead to."""
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def handled(step: str, example: Example, done: Mapping[str, int], today: date) -> dict[str, Any]:
    """What its officers answer at a step; `done` counts the steps of the case so far."""
    answers = getattr(_Handling(example, done, today), step)()
    return {name: value for name, value in answers.items() if value is not None}


class _Handling:
    def __init__(self, example: Example, done: Mapping[str, int], today: date) -> None:
        self.plan, self.complaint = example["handling"], example["complaint"]
        self.expect, self.done, self.today = example["expect"], done, today

    def screen(self) -> dict[str, Any]:
        asks = "ask" in self.plan and not self.done.get("ask")
        anonymous = self.complaint["identity_mode"] == "anonymous"
        tests = ("evidence_stated", "circumstances_clear", "witnesses_definite")
        shown = {test: self.plan[test] for test in tests} if anonymous else {}
        quotes = {
            f"{test.split('_')[0]}_quote": "ตามสำเนาเอกสารที่แนบมา"
            for test, yes in shown.items()
            if yes
        }
        return {
            **SCREENED,
            **shown,
            **quotes,
            "jurisdiction": self.plan["jurisdiction"],
            "refer_to": self.plan.get("refer_to"),
            "minimum_complete": not asks,
            "minimum_missing": self.plan["ask"] if asks else None,
            "service_only": False if self.complaint["track"] == "C" else None,
            "new_evidence": self.plan.get("new_evidence"),
        }

    def ask(self) -> dict[str, Any]:
        return {"questions": [{"question": self.plan["ask"]}], "ask_channel": "inbox"}

    def refer(self) -> dict[str, Any]:
        return self._sent("post", "อ.๑๒๓/๒๕๖๙")

    def assign(self) -> dict[str, Any]:
        return {**ASSIGNED, "lead_unit": self.expect.get("lead_unit", "legal")}

    def accept(self) -> dict[str, Any]:
        return {"accepted": True}

    def clarify(self) -> dict[str, Any]:
        return dict(CLARIFIED)

    def assess(self) -> dict[str, Any]:
        # Not every plan says how it is clarified, and under load any may come here.
        if "then" in self.plan.get("clarification", ()) and self.done.get("clarify", 0) < 2:
            return dict(INCOMPLETE)
        answers = {"clarification_complete": True, "finding": self.plan.get("finding", "มีมูล")}
        return {**answers, "next_step": "decide", "reason": "ครบทุกประเด็นแล้ว"}

    def decide(self) -> dict[str, Any]:
        return {**DECIDED, "decision": self.plan.get("decision", "ส่ง ป.ป.ช.")}

    def appoint(self) -> dict[str, Any]:
        checks = {"position": "กรรมการ", "rank_checked": True, "coi_checked": True}
        seats = ("chair", "member", "secretary")
        return {
            "members": [{"name": f"กรรมการ {seat}", "seat": seat, **checks} for seat in seats],
            "order_no": "๑/๒๕๖๙",
            "order_date": self.today.isoformat(),
            "committee_due_on": (self.today + timedelta(days=30)).isoformat(),
        }

    def investigate(self) -> dict[str, Any]:
        allegation = {
            "allegation": "แต่งตั้งบุคคลที่ไม่มีคุณสมบัติ",
            "evidence_found": "สำเนาคำสั่งแต่งตั้งและประกาศคุณสมบัติ",
            "statement": "ผู้ถูกร้องให้ถ้อยคำแล้ว",
            "law": "ประกาศคุณสมบัติที่ปรึกษา",
            "result": "มีมูล",
        }
        votes = {"finding": "มีมูล", "votes_for": 3, "votes_against": 0}
        return {"allegations": [allegation], **votes, "recommendation": "ส่งให้ผู้มีอำนาจพิจารณา"}

    def reply_feedback(self) -> dict[str, Any]:
        return {"reply_text": f"{self.plan['reply']} {REPLIED}"}

    def send_file_on(self) -> dict[str, Any]:
        return self._sent("in_person", "รับที่ ๔๕/๒๕๖๙")

    def record_delivery(self) -> dict[str, Any]:
        return self._sent("post", "EA123456789TH")

    record_refusal_delivery = record_delivery

    def sign_progress(self) -> dict[str, Any]:
        return {"progress_signed": True}

    def check_early(self) -> dict[str, Any]:
        return {"harm_found": False, "harm_report": "สอบถามแล้วไม่พบการกลั่นแกล้ง"}

    check_late = check_early

    def _sent(self, method: str, proof: str) -> dict[str, Any]:
        return {"method": method, "sent_on": self.today.isoformat(), "proof_no": proof}
