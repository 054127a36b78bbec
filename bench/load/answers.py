"""What is typed into the pages: the twelve complaints and their handling, as forms send them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bench.browser import Answers
from bench.examples import Example, handled
from engine.ground.clock import BANGKOK

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# The field that only one form has -> the step it belongs to. What was sent is told on one form,
# whichever step sent it.
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
    "proof_no": "record_delivery",
}
# What an officer says about a complaint that came another way than over the web.
RECEIPTS: Mapping[str, Mapping[str, Any]] = {
    "phone": {"read_back": True},
    "box": {"box_witness": "พยานเปิดกล่อง"},
    "letter": {"original_location": "ตู้ ๓"},
}


def step_of(names: set[str]) -> str | None:
    """Which step a form belongs to, by the names of its fields."""
    return next((step for field, step in SIGNS.items() if field in names), None)


def intake(example: Example, *, attach: bool) -> Answers:
    """The complaint as it is typed into the web page."""
    given = {k: v for k, v in example["complaint"].items() if k not in ("track", "source_no")}
    return {**flat(given), **evidence(attach)}


def registered(example: Example, channel: str, *, attach: bool) -> Answers:
    """The complaint as an officer registers it."""
    receipt = {"channel": channel, "received_at": now().isoformat(), "classification": "ปกติ"}
    given = {**example["complaint"], **receipt, **RECEIPTS.get(channel, {})}
    return {**flat(given), **evidence(attach)}


def evidence(attach: bool) -> Answers:
    return {"evidence": ("หลักฐาน.pdf", PDF)} if attach else {}


def officer(step: str, example: Example, done: dict[str, int]) -> Answers:
    """What the example says its officers answer; `done` counts the steps of the case so far."""
    done[step] = done.get(step, 0) + 1
    return flat(handled(step, example, done, today()))


def now() -> datetime:
    return datetime.now(BANGKOK).replace(microsecond=0)


def today() -> date:
    return now().date()


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
