"""What the officers' forms ask: registration, screening, assignment, clarification, decision."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.ground.text import Text
from forms import Answers, Form

FormOf = Callable[[str], Form]
Refused = Callable[..., dict[str, list[str]]]
Accepted = Callable[..., Answers]


def test_a_matter_cannot_be_received_in_the_future(form: FormOf, refused: Refused) -> None:
    receipt = {"channel": "letter", "classification": "ปกติ"}

    faults = refused(form("f1-officer"), receipt | {"received_at": "20 มี.ค. 2569 10.01 น."})

    assert faults == {"received_at": ["ต้องไม่เป็นเวลาในอนาคต"]}


def test_entering_a_matter_late_needs_a_reason(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    late = {"channel": "box", "classification": "ลับ", "received_at": "19 มี.ค. 2569 16.00 น."}
    assert refused(form("f1-officer"), late) == {"backdating_reason": ["โปรดกรอกข้อมูลนี้"]}

    answers = accepted(form("f1-officer"), late | {"backdating_reason": "เปิดกล่องหลังเวลาราชการ"})
    assert answers.variables["received_at"] == "2026-03-19T16:00:00+07:00"

    today = late | {"received_at": "2026-03-20T09:59", "backdating_reason": "ไม่ต้องใช้"}
    assert "backdating_reason" not in accepted(form("f1-officer"), today).submission


SCREENING = {
    "jurisdiction": True, "nacc_subject": False, "minimum_complete": True,
    "centre_concerned": False, "executive_accused": False, "simple": False,
    "danger": False, "detriment_risk": 1,
    "opinion": "ข้อเท็จจริงชัดเจน มีพยานหลักฐานแนบมาด้วย เห็นควรรับ", "coi_none": True,
}  # fmt: skip


def test_screening_asks_the_three_tests_only_of_an_anonymous_letter(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    known = accepted(form("f2-screening"), SCREENING, identity_mode="open", track="G")
    assert "evidence_stated" not in known.variables

    faults = refused(form("f2-screening"), SCREENING, identity_mode="anonymous", track="C")
    assert set(faults) == {
        "evidence_stated", "circumstances_clear", "witnesses_definite", "service_only",
    }  # fmt: skip


def test_screening_needs_an_opinion_and_no_conflict(form: FormOf, refused: Refused) -> None:
    hasty = SCREENING | {"opinion": "เห็นควรรับ", "coi_none": False}

    faults = refused(form("f2-screening"), hasty, "en", identity_mode="open", track="G")

    assert faults == {
        "opinion": ["This needs at least 30 characters."],
        "coi_none": ["Please tick to confirm."],
    }


def test_differing_from_the_table_needs_a_reason(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    case = {"identity_mode": "open", "track": "G", "elsewhere": "none"}
    asking = SCREENING | {"override_result": "ASK_INFO"}
    assert set(refused(form("f2-screening"), asking, **case)) == {"override_reason"}
    referring = SCREENING | {"override_result": "REFER", "override_reason": "ไม่ใช่หน้าที่ของ สสว."}
    assert set(refused(form("f2-screening"), referring, **case)) == {"refer_to"}
    merging = SCREENING | {"override_result": "MERGE", "override_reason": "เป็นเรื่องเดียวกัน"}
    assert set(refused(form("f2-screening"), merging, **case)) == {"duplicate_of"}

    follows = accepted(form("f2-screening"), SCREENING | {"override_reason": "ไม่นับ"}, **case)
    assert "override_reason" not in follows.submission


def test_what_is_outside_the_authority_names_where_it_goes(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    outside, case = SCREENING | {"jurisdiction": False}, {"identity_mode": "open", "track": "G"}

    assert set(refused(form("f2-screening"), outside, **case)) == {"refer_to"}
    answers = accepted(form("f2-screening"), outside | {"refer_to": "สำนักงานเขต"}, **case)
    assert answers.variables["refer_to"] == "สำนักงานเขต"
    assert "new_evidence" in refused(form("f2-screening"), SCREENING, **case, elsewhere="court")


def test_yes_and_no_are_booleans_however_they_are_sent(form: FormOf, accepted: Accepted) -> None:
    posted = SCREENING | {"jurisdiction": "true", "simple": "false", "detriment_risk": "3"}

    variables = accepted(form("f2-screening"), posted, identity_mode="open", track="G").variables

    assert variables["jurisdiction"] is True
    assert variables["simple"] is False
    assert variables["detriment_risk"] == 3


def test_between_one_and_ten_questions_are_asked(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    ask = form("f3-information-request")
    question = {"question": "โปรดระบุศูนย์และวันที่ไปติดต่อ"}

    assert refused(ask, {"questions": [], "ask_channel": "inbox"}) == {
        "questions": ["ต้องมีอย่างน้อย 1 รายการ"]
    }
    assert refused(ask, {"questions": [question] * 11, "ask_channel": "inbox"}, "en") == {
        "questions": ["At most 10 allowed."]
    }
    assert refused(ask, {"questions": [question, {}], "ask_channel": "inbox"}) == {
        "questions.1.question": ["โปรดกรอกข้อมูลนี้"]
    }
    assert accepted(ask, {"questions": [question], "ask_channel": "inbox"}).submission == {
        "questions": [question]
    }


def test_the_assignment_starts_from_the_table(
    form: FormOf, accepted: Accepted, refused: Refused, office: dict[str, Any]
) -> None:
    assign = form("f4-assignment")
    proposed = office | {"assignment": {"lead_unit": "legal", "co_units": ["procurement"]}}

    fresh = assign.initial(proposed)
    assert fresh["lead_unit"] == "legal"
    assert fresh["co_units"] == ["procurement"]

    sent = fresh | {"redacted_facts": "ข้อเท็จจริงที่ปกปิดแล้ว", "redaction_confirmed": True}
    assert accepted(assign, sent).variables["lead_unit"] == "legal"
    assert set(refused(assign, sent | {"co_units": ["legal"]})) == {"co_units"}
    assert set(refused(assign, sent | {"lead_unit": "nowhere"})) == {"lead_unit"}
    assert set(refused(assign, sent | {"redaction_confirmed": False})) == {"redaction_confirmed"}


def test_a_unit_that_returns_a_matter_says_why(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    accept = form("f5-acceptance")

    assert accepted(accept, {"accepted": True, "return_code": "COI"}).variables == {
        "accepted": True
    }
    assert set(refused(accept, {"accepted": False})) == {"return_code", "return_reason"}
    assert set(refused(accept, {})) == {"accepted"}


def test_an_acting_signer_names_the_order(form: FormOf, refused: Refused) -> None:
    clarify = {"answers_text": "ชี้แจงแล้วทุกประเด็น", "signer": "acting"}

    assert set(refused(form("f6-clarification"), clarify)) == {"order_no"}
    acted = clarify | {"signer": "director", "corrective_action": "แก้ประกาศแล้ว"}
    assert set(refused(form("f6-clarification"), acted)) == {"action_date"}


def test_an_incomplete_clarification_has_points_and_no_finding(
    form: FormOf, accepted: Accepted, refused: Refused
) -> None:
    back = {"clarification_complete": False, "reason": "ยังไม่ตอบข้อ 2", "finding": "มีมูล"}
    assert set(refused(form("f7-assessment"), back)) == {"incomplete_points"}

    answers = accepted(form("f7-assessment"), back | {"incomplete_points": "โปรดตอบข้อ 2"})
    assert answers.variables == {"clarification_complete": False}

    done = {"clarification_complete": True, "reason": "ครบถ้วนแล้ว"}
    assert set(refused(form("f7-assessment"), done)) == {"finding", "next_step"}


def member(seat: str = "member") -> dict[str, Any]:
    return {
        "name": "กรรมการ",
        "position": "นิติกร",
        "seat": seat,
        "rank_checked": True,
        "coi_checked": True,
    }


@pytest.mark.parametrize(
    ("members", "is_valid"),
    [
        ([member("chair"), member(), member("secretary")], True),
        ([member("chair"), member()], False),
        ([member("chair"), member(), member(), member()], False),
        ([member(), member(), member()], False),
    ],
)
def test_a_committee_is_odd_has_three_and_one_chair(
    form: FormOf,
    refused: Refused,
    accepted: Accepted,
    members: list[dict[str, Any]],
    is_valid: bool,
) -> None:
    order = {"order_no": "1/2569", "order_date": "20/3/2569", "committee_due_on": "19/4/2569"}

    if is_valid:
        assert accepted(form("f8-committee"), order | {"members": members})
    else:
        assert set(refused(form("f8-committee"), order | {"members": members})) == {"members"}


def test_a_divided_committee_records_the_dissent(form: FormOf, refused: Refused) -> None:
    allegation = {
        "allegation": "กำหนดคุณลักษณะเอื้อ", "evidence_found": "ประกาศและตารางเปรียบเทียบ",
        "statement": "ปฏิเสธ", "law": "พ.ร.บ. จัดซื้อจัดจ้าง", "result": "มีมูล",
    }  # fmt: skip
    report = {
        "allegations": [allegation], "finding": "มีมูล", "votes_for": "๒", "votes_against": 1,
        "recommendation": "ดำเนินการทางวินัย",
    }  # fmt: skip

    assert set(refused(form("f9-report"), report)) == {"dissent"}
    assert set(refused(form("f9-report"), report | {"votes_against": 2, "dissent": "เห็นต่าง"})) == {
        "votes_against"
    }


def test_a_decision_states_facts_law_reasons_and_the_right_of_appeal(
    form: FormOf, refused: Refused, accepted: Accepted
) -> None:
    decide = form("f10-decision")
    assert set(refused(decide, {})) == {"decision", "facts_found", "law", "reasons", "appeal_block"}

    decision = {
        "decision": "เยียวยา/ปรับปรุงระบบ", "facts_found": "ระบบไม่ส่งรหัสยืนยัน", "law": "ประกาศ สสว.",
        "reasons": "ผู้ร้องเสียสิทธิโดยไม่ใช่ความผิด", "appeal_block": True,
        "measures": [{"measure": "แก้ระบบ", "owner_unit": "it", "due_on": "30/4/2569"}],
    }  # fmt: skip
    answers = accepted(decide, decision)
    assert answers.variables["measures"] == [{"owner_unit": "it", "due_on": "2026-04-30"}]
    assert answers.submission["measures"] == [{"measure": "แก้ระบบ"}]

    late = {"measure": "แก้ระบบ", "owner_unit": "it", "due_on": "1/3/2569"}
    assert set(refused(decide, decision | {"measures": [late]})) == {"measures.0.due_on"}
    assert set(refused(decide, decision | {"decision": "ส่งหน่วยงานอื่น"})) == {"refer_to"}


def test_delivery_by_post_has_a_proof(form: FormOf, refused: Refused, accepted: Accepted) -> None:
    sent = {"method": "post", "sent_on": "18/3/2569", "delivered_on": "17/3/2569"}

    assert set(refused(form("f12-delivery"), sent)) == {"proof_no", "delivered_on"}
    assert accepted(form("f12-delivery"), {"method": "inbox", "sent_on": "20/3/2569"})


def test_short_forms_of_the_complainant(form: FormOf, accepted: Accepted, refused: Refused) -> None:
    assert accepted(form("f3-reply"), {"reply": "ศูนย์จังหวัดหนึ่งในภาคเหนือ"}).files == {"evidence": []}
    assert accepted(form("withdrawal"), {"reason": "ได้รับการแก้ไขแล้ว"}).variables == {}
    assert set(refused(form("withdrawal"), {})) == {"reason"}
    assert set(refused(form("f-reply"), {"reply_text": "ขอบคุณ"})) == {"reply_text"}
    kept = {"withdrawal_accepted": "false", "reason": "หลักฐานที่เหลือเพียงพอ"}
    assert accepted(form("f-withdrawal-decision"), kept).variables == {"withdrawal_accepted": False}


def test_every_choice_is_told_in_both_languages(form: FormOf) -> None:
    channel = form("f1-officer").field("channel")
    assert channel is not None
    assert channel.option_label("box") == Text("กล่องรับเรื่องร้องเรียน", "Complaint box")
