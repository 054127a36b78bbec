"""Letters are orders in law: they carry number, date and reasons, and tell how to object."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from office.applications.letter_templates import Template, read_template, render
from office.ground.errors import LetterIncomplete

LETTERS = Path(__file__).resolve().parents[2] / "processes" / "complaint" / "letters"
WHOLE = sorted(path.name for path in LETTERS.glob("*.md") if not path.name.startswith("L8-"))
NAME = "นางสาวตัวอย่าง ระบบดี"


def letter(name: str) -> Template:
    (path,) = LETTERS.glob(f"{name}-*.md") if "." not in name else [LETTERS / name]
    return read_template(f"letters/{path.name}", path.read_bytes())


@pytest.fixture
def facts() -> dict[str, Any]:
    """A case that has been through everything, so that every letter finds what it needs."""
    return {
        "letter": {"number": "ศปท.ล.00007/2569", "date": "2026-04-02"},
        "tracking_url": "https://example.org/track",
        "person": {"full_name": NAME},
        "case": {
            "receipt_no": "รร.00123/2569",
            "received_on": "2026-03-02",
            "due_on": "2026-03-24T16:30:00+07:00",
            "identity_mode": "open",
            "track": "G",
            "step": "พิจารณาคำชี้แจง",
            "next_step": "วินิจฉัยและสั่งการ",
        },
        "variables": {
            "handler": {"route": "internal"},
            "screening": {"result": "ASK_INFO"},
            "answer_by": "2026-04-17T23:59:59+07:00",
            "reasons": "ศาลมีคำพิพากษาแล้ว",
            "law": "ระเบียบสำนักนายกรัฐมนตรี",
            "refer_to": "สำนักงานเขตท้องที่",
            "decision": "เยียวยา/ปรับปรุงระบบ",
            "duplicate_of": "รร.00100/2569",
            "deadline": "2026-04-17T23:59:59+07:00",
            "extension_days": 7,
            "extension_until": "2026-04-20",
        },
        "f2_screening": {},
        "f11_extension": {"reason_told": "ต้องรอเอกสารจากหน่วยงานอื่น"},
        "f3_information_request": {"questions": [{"question": "โปรดระบุศูนย์ที่ไปติดต่อ"}]},
        "f12_delivery": {"sent_on": "2026-03-05", "proof_no": "สสว 0100/77"},
        "f10_decision": {
            "facts_found": "ระบบส่งรหัสไม่ได้สามวัน",
            "law": "ระเบียบการให้บริการ",
            "reasons": "ผู้ร้องเสียสิทธิเพราะระบบขัดข้อง",
            "measures": [{"measure": "เปิดรับคำขอเพิ่มเติม", "due_on": "2026-04-30"}],
            "appeal_block": True,
        },
        "f13_decision": {
            "review_result": "dismissed",
            "review_reasons": "ผู้ร้องไม่ได้แสดงพยานหลักฐานใหม่",
        },
        "f13_admission": {"admission_reasons": "ไม่ปรากฏเหตุที่ทำให้ยื่นไม่ทัน"},
        "f_reply": {"reply_text": "ขอบคุณสำหรับข้อเสนอแนะ"},
    }


@pytest.mark.parametrize("name", WHOLE)
def test_every_letter_says_who_writes_when_and_about_what(name: str, facts: dict[str, Any]) -> None:
    text = render(letter(name), facts)

    assert "ศปท.ล.00007/2569" in text
    assert "2 เมษายน 2569" in text
    assert "รร.00123/2569" in text
    assert "สำนักงานส่งเสริมวิสาหกิจขนาดกลางและขนาดย่อม" in text
    assert "https://example.org/track" in text
    assert "1301" in text
    assert "ขอแสดงความนับถือ" in text
    assert not re.search(r"\b20[0-9]{2}-|\bNone\b|\{|\}", text)


@pytest.mark.parametrize("name", WHOLE)
def test_head_of_every_letter_is_complete(name: str) -> None:
    head = (LETTERS / name).read_text(encoding="utf-8").split("---")[1]
    fields = dict(line.split(": ", 1) for line in head.strip().splitlines())

    assert set(fields) == {"id", "title", "title_en", "subject", "required"}
    assert fields["id"] == name.partition("-")[0]


@pytest.mark.parametrize("kind", ["L3", "L7", "L14"])
def test_a_refusal_or_result_tells_how_to_ask_for_a_review(
    kind: str, facts: dict[str, Any]
) -> None:
    right = render(letter("L8"), facts).strip()

    assert "ภายใน 15 วันนับแต่วันที่ได้รับแจ้ง" in right
    assert right in render(letter(kind), facts)


def test_who_reviews_when_the_director_is_accused(facts: dict[str, Any]) -> None:
    facts["variables"]["handler"] = {"route": "external"}

    text = render(letter("L7"), facts)

    assert "เป็นหนังสือต่อประธานกรรมการ" in text
    assert "ต่อผู้อำนวยการสำนักงาน" not in text


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("L3", "variables", "reasons"),
        ("L3", "variables", "law"),
        ("L7", "f10_decision", "reasons"),
        ("L7", "f10_decision", "law"),
        ("L7", "f10_decision", "facts_found"),
        ("L7", "f10_decision", "appeal_block"),
    ],
)
def test_no_order_without_its_reasons(
    kind: str, form: str, field: str, facts: dict[str, Any]
) -> None:
    """วิ.ปกครอง ม.37: facts, law and reasons, or the order is void; ม.40: the way to object."""
    del facts[form][field]

    with pytest.raises(LetterIncomplete):
        render(letter(kind), facts)


@pytest.mark.parametrize("decision", ["ว่ากล่าว/ตักเตือน", "ตั้งกรรมการสอบวินัย"])
def test_what_was_done_to_a_person_is_not_told(decision: str, facts: dict[str, Any]) -> None:
    facts["variables"]["decision"] = decision
    facts["f10_decision"]["measures"] = [{"measure": "ตัดเงินเดือนร้อยละห้า"}]

    text = render(letter("L7"), facts)

    assert "ได้ดำเนินการกับผู้ที่เกี่ยวข้องตามระเบียบแล้ว" in text
    assert decision not in text
    assert "ตัดเงินเดือน" not in text


@pytest.mark.parametrize(
    ("track", "mode"), [("C", "open"), ("G", "confidential"), ("G", "anonymous")]
)
@pytest.mark.parametrize("name", WHOLE)
def test_letters_name_nobody_whose_name_is_a_secret(
    name: str, track: str, mode: str, facts: dict[str, Any]
) -> None:
    facts["case"] |= {"track": track, "identity_mode": mode}

    assert NAME not in render(letter(name), facts)


def test_a_service_complaint_is_answered_by_name(facts: dict[str, Any]) -> None:
    assert f"**เรียน** {NAME}" in render(letter("L7"), facts)


def test_what_happens_without_an_answer_depends_on_whether_we_can_reach_them(
    facts: dict[str, Any],
) -> None:
    known = render(letter("L2"), facts)
    facts["variables"]["screening"] = {"result": "HOLD"}
    unknown = render(letter("L2"), facts)

    assert "โปรดส่งข้อมูลต่อไปนี้ ภายในวันที่ 17 เมษายน 2569" in known
    assert "1. โปรดระบุศูนย์ที่ไปติดต่อ" in known
    assert "จะพิจารณาจากข้อมูลที่มีอยู่" in known
    assert "จำเป็นต้องยุติเรื่อง" in unknown
