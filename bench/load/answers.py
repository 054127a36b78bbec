"""What complainants and officers type, from the twelve invented complaints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.browser import Answers
from engine.clock import BANGKOK

COMPLAINTS = Path(__file__).with_name("complaints.jsonl")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
Example = Mapping[str, Any]
# The field that only one form has -> the step it belongs to.
SIGNS = {
    "minimum_complete": "screen",
    "ask_channel": "ask",
    "redaction_confirmed": "assign",
    "accepted": "accept",
    "answers_text": "clarify",
    "clarification_complete": "assess",
    "facts_found": "decide",
    "order_no": "appoint",
    "recommendation": "investigate",
    "reply_text": "reply_feedback",
    "proof_no": "deliver",
}


def examples() -> list[Example]:
    return [json.loads(line) for line in COMPLAINTS.read_text("utf-8").splitlines()]


def step_of(names: set[str]) -> str | None:
    """Which step a form belongs to, by the names of its fields."""
    return next((step for field, step in SIGNS.items() if field in names), None)


def intake(example: Example, *, attach: bool) -> Answers:
    """The complaint as it is typed into the web page."""
    given = {k: v for k, v in example["complaint"].items() if k not in ("track", "source_no")}
    files = {"evidence": ("หลักฐาน.pdf", PDF)} if attach else {}
    return {**flat(given), **files}


def officer(step: str, example: Example, done: dict[str, int]) -> Answers:
    """What the example says its officers answer; `done` counts the steps of the case so far."""
    done[step] = done.get(step, 0) + 1
    return flat(step_answers(step, example, done))


def step_answers(step: str, example: Example, done: Mapping[str, int]) -> dict[str, Any]:
    answers = getattr(_Officer(example, done), step)()
    return {name: value for name, value in answers.items() if value is not None}


class _Officer:
    def __init__(self, example: Example, done: Mapping[str, int]) -> None:
        self.plan, self.complaint = example["handling"], example["complaint"]
        self.expect, self.done = example["expect"], done

    def screen(self) -> dict[str, Any]:
        asks = "ask" in self.plan and not self.done.get("ask")
        within = self.plan["jurisdiction"]
        anonymous = self.complaint["identity_mode"] == "anonymous"
        tests = ("evidence_stated", "circumstances_clear", "witnesses_definite")
        shown = {test: self.plan[test] for test in tests} if anonymous else {}
        quotes = {
            f"{test.split('_')[0]}_quote": "ตามสำเนาเอกสารที่แนบมา"
            for test, yes in shown.items()
            if yes
        }
        return {
            **shown,
            **quotes,
            "jurisdiction": within,
            "refer_to": None if within else self.plan["refer_to"],
            "minimum_complete": not asks,
            "minimum_missing": self.plan["ask"] if asks else None,
            "service_only": False if self.complaint["track"] == "C" else None,
            "new_evidence": self.plan.get("new_evidence"),
            **dict.fromkeys(
                ("nacc_subject", "centre_concerned", "executive_accused", "simple", "danger"), False
            ),
            "detriment_risk": 0,
            "opinion": "ตรวจสอบแล้วเห็นว่าเรื่องมีรายละเอียดเพียงพอที่จะพิจารณาตามขั้นตอนต่อไป",
            "coi_none": True,
        }

    def ask(self) -> dict[str, Any]:
        return {"questions": [{"question": self.plan["ask"]}], "ask_channel": "inbox"}

    def assign(self) -> dict[str, Any]:
        return {
            "lead_unit": self.expect.get("lead_unit", "legal"),
            "questions": [{"question": "เหตุใดจึงเป็นเช่นนั้น โปรดชี้แจง"}],
            "redacted_facts": "ข้อเท็จจริงที่ตัดข้อมูลระบุตัวผู้ร้องออกแล้ว",
            "redaction_confirmed": True,
        }

    def accept(self) -> dict[str, Any]:
        return {"accepted": True}

    def clarify(self) -> dict[str, Any]:
        return {
            "answers_text": "ฝ่ายได้ตรวจสอบแล้วและขอชี้แจงข้อเท็จจริงตามที่ถาม",
            "signer": "director",
        }

    def assess(self) -> dict[str, Any]:
        incomplete = self.plan.get("clarification") == "incomplete then complete"
        if incomplete and self.done.get("clarify", 0) < 2:
            return {
                "clarification_complete": False,
                "incomplete_points": "ยังไม่ตอบประเด็นที่สอง",
                "reason": "คำชี้แจงยังไม่ครบทุกประเด็น",
            }
        finding = self.plan.get("finding", "มีมูล")
        answers = {"clarification_complete": True, "finding": finding}
        return {**answers, "next_step": "decide", "reason": "ครบทุกประเด็นแล้ว"}

    def decide(self) -> dict[str, Any]:
        return {
            "decision": self.plan.get("decision", "ส่ง ป.ป.ช."),
            "facts_found": "ข้อเท็จจริงรับฟังได้ตามคำชี้แจงของฝ่าย",
            "law": "ระเบียบที่เกี่ยวข้อง",
            "reasons": "พิจารณาคำชี้แจงและพยานหลักฐานแล้วเห็นว่าเป็นไปตามที่รับฟัง",
            "appeal_block": True,
        }

    def appoint(self) -> dict[str, Any]:
        checks = {"position": "กรรมการ", "rank_checked": True, "coi_checked": True}
        seats = ("chair", "member", "secretary")
        return {
            "members": [{"name": f"กรรมการ {seat}", "seat": seat, **checks} for seat in seats],
            "order_no": "๑/๒๕๖๙",
            "order_date": today().isoformat(),
            "committee_due_on": (today() + timedelta(days=30)).isoformat(),
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
        return {"reply_text": "ขอบคุณสำหรับข้อเสนอแนะ หน่วยงานจะนำไปพิจารณา"}

    def deliver(self) -> dict[str, Any]:
        return {"method": "post", "sent_on": today().isoformat(), "proof_no": "EA123456789TH"}


def today() -> date:
    return datetime.now(BANGKOK).date()


def flat(answers: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested answers as a form names them: `accused.0.name` is sent as `accused-0-name`."""
    sent: dict[str, str] = {}
    for name, value in answers.items():
        if isinstance(value, Mapping):
            sent |= flat(value, f"{prefix}{name}-")
        elif isinstance(value, list):
            sent |= flat({str(index): row for index, row in enumerate(value)}, f"{prefix}{name}-")
        else:
            sent[f"{prefix}{name}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return sent
