"""The decision tables, asked what officers and complainants would ask of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.examples import examples
from engine import dmn, feel
from engine.ground.clock import BANGKOK
from office.deadlines.derivation import SlaRule, read_rule

ROOT = Path(__file__).resolve().parents[2]
GUIDELINE = ROOT / "processes" / "complaint"
EXAMPLES = examples()
MODELS = [dmn.parse(path.name, path.read_bytes()) for path in sorted(GUIDELINE.glob("*.dmn"))]
ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 9, 9, 0, tzinfo=BANGKOK))

FROM_THE_FORM = (
    "track identity_mode subject elsewhere fear_retaliation running_procurement reply_by".split()
)
FROM_SCREENING = (
    "jurisdiction evidence_stated circumstances_clear witnesses_definite new_evidence".split()
)
# F2 as a head fills it in when nothing is the matter.
NOTHING_THE_MATTER = {
    "minimum_complete": True,
    "nacc_subject": False,
    "centre_concerned": False,
    "danger": False,
    "executive_accused": False,
    "service_only": False,
    "simple": False,
}
DIRECTOR = {"position": "ผู้อำนวยการสำนักงาน", "unit": None, "status": "ดำรงตำแหน่ง"}


def decide(decision: str, **variables: Any) -> Any:
    return dmn.evaluate(MODELS, decision, variables, ENVIRONMENT).value


def filed(example: dict[str, Any]) -> dict[str, Any]:
    """The variables of a complaint when it is filed: nothing that says who anybody is."""
    complaint = example["complaint"]
    amount = complaint.get("amount")
    return {
        **{key: complaint[key] for key in FROM_THE_FORM if key in complaint},
        "amount": Decimal(amount) if amount else None,
        "accused": [
            {key: person.get(key) for key in ("position", "unit", "status")}
            for person in complaint.get("accused", [])
        ],
        "witness_count": len(complaint.get("witnesses", [])),
    }


def screened(example: dict[str, Any]) -> dict[str, Any]:
    """The same after F2, with what the tables have said on the way."""
    handling = example["handling"]
    variables = filed(example)
    variables["classification"] = decide("classification", **variables)
    variables |= NOTHING_THE_MATTER | {k: handling[k] for k in FROM_SCREENING if k in handling}
    variables["minimum_complete"] = "ask" not in handling
    variables["handler"] = decide("handler", **variables)
    return variables


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"no{example['no']}")
def test_the_twelve_complaints_are_judged_as_expected(example: dict[str, Any]) -> None:
    expected = example["expect"]
    variables = screened(example)
    checked = {
        "screening": decide("screening", **variables)["result"],
        "lead_unit": decide("assignment", **variables)["lead_unit"],
        "severity": decide("severity", **variables)["level"],
        "classification": variables["classification"]["class"],
        "protected": variables["classification"]["protected"],
        "handler": variables["handler"]["route"],
    }

    assert checked | {key: expected[key] for key in checked if key in expected} == checked
    if "hidden_from" in expected:
        assert variables["handler"]["hidden_from"] == [expected["hidden_from"]]


# ── who may handle a case ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "position",
    [
        "ผู้อำนวยการสำนักงาน",
        "ผู้อำนวยการสำนักงานส่งเสริมวิสาหกิจขนาดกลางและขนาดย่อม",
        "ผู้อำนวยการ สสว.",
        "ผอ.สสว.",
        "ผอ. สสว.",
        "รักษาการผู้อำนวยการสำนักงาน",
        "ผู้บริหารสูงสุดของสำนักงาน",
        "ผู้รักษาการแทนผู้อำนวยการสำนักงาน",
    ],
)
def test_the_director_is_known_by_every_title(position: str) -> None:
    handler = decide(
        "handler", accused=[{"position": "เจ้าหน้าที่", "unit": "it"}, {"position": position}]
    )

    assert handler["route"] == "external"
    assert handler["decision_group"] == "board_chair"
    assert handler["hidden_from"] == ["director"]


@pytest.mark.parametrize(
    "position", ["รองผู้อำนวยการสำนักงาน", "ผู้อำนวยการฝ่าย", "ผู้ช่วยผู้อำนวยการสำนักงาน", "เจ้าหน้าที่", None]
)
def test_others_are_not_taken_for_the_director(position: str | None) -> None:
    assert decide("handler", accused=[{"position": position, "unit": "it"}])["route"] == "internal"


def test_a_director_named_by_unit_only_counts_too() -> None:
    accused = [{"position": "ผู้อำนวยการ", "unit": "executive"}]

    assert decide("handler", accused=accused)["route"] == "external"


@pytest.mark.parametrize(
    "variables",
    [{"accused": [{"position": "เจ้าหน้าที่", "unit": "centre"}]}, {"centre_concerned": True}],
    ids=["accused in the centre", "found at screening"],
)
def test_the_centre_does_not_handle_complaints_about_itself(variables: dict[str, Any]) -> None:
    handler = decide("handler", **variables)

    assert handler["route"] == "alternate"
    assert handler["head_group"] == handler["intake_group"] == "alternate_handler"
    assert set(handler["hidden_from"]) == {"screening_head", "intake_officer"}
    assert handler["decision_group"] == "director"


@pytest.mark.parametrize(
    ("screened", "route"),
    [
        ({"executive_accused": True}, "external"),
        ({"executive_accused": True, "director_accused": True}, "external"),
        ({"executive_accused": True, "director_accused": False}, "internal"),
        ({"executive_accused": False}, "internal"),
    ],
)
def test_an_accused_executive_is_the_director_unless_screening_says_otherwise(
    screened: dict[str, Any], route: str
) -> None:
    # The title that the complainant wrote decided alone, whatever screening found.
    handler = decide("handler", accused=[{"position": "ผู้ใหญ่คนหนึ่ง"}], **screened)

    assert handler["route"] == route


def test_neither_sees_a_case_against_both() -> None:
    handler = decide("handler", accused=[DIRECTOR, {"position": "หัวหน้า", "unit": "centre"}])

    assert handler["decision_group"] == "board_chair"
    assert handler["head_group"] == "alternate_handler"
    assert set(handler["hidden_from"]) == {"director", "screening_head", "intake_officer"}


def test_a_complaint_without_accused_takes_the_usual_way() -> None:
    handler = decide("handler", track="G")

    assert handler["route"] == "internal"
    assert handler["hidden_from"] == []


# ── screening ──────────────────────────────────────────────────────────────────────────────────

PLAIN = {
    "track": "C",
    "identity_mode": "open",
    "elsewhere": "none",
    "reply_by": "email",
    "jurisdiction": True,
    **NOTHING_THE_MATTER,
}


@pytest.mark.parametrize(
    ("change", "result", "ground"),
    [
        ({}, "ACCEPT", "COMPLETE"),
        ({"duplicate_confirmed": True, "jurisdiction": False}, "MERGE", "DUPLICATE"),
        ({"jurisdiction": False, "nacc_subject": True}, "REFER", "OUTSIDE_AUTHORITY"),
        ({"elsewhere": "court", "new_evidence": False}, "NOT_ACCEPTED", "COURT"),
        ({"elsewhere": "court", "new_evidence": True}, "ACCEPT", "COMPLETE"),
        ({"elsewhere": "agency", "new_evidence": False}, "ACCEPT", "COMPLETE"),
        ({"nacc_subject": True}, "REFER", "NACC"),
        ({"identity_mode": "anonymous"}, "NOT_ACCEPTED", "ANONYMOUS"),
        (
            {"identity_mode": "anonymous", "witnesses_definite": True},
            "ACCEPT",
            "ANONYMOUS_WITH_EVIDENCE",
        ),
        (
            {"identity_mode": "anonymous", "evidence_stated": True, "minimum_complete": False},
            "HOLD",
            "INCOMPLETE_NO_CONTACT",
        ),
        ({"minimum_complete": False}, "ASK_INFO", "INCOMPLETE"),
        ({"minimum_complete": False, "reply_by": None}, "HOLD", "INCOMPLETE_NO_CONTACT"),
        ({"service_only": True}, "ACCEPT", "SERVICE"),
        ({"override_result": "NOT_ACCEPTED"}, "NOT_ACCEPTED", "OVERRIDE"),
        ({"override_result": "ACCEPT", "jurisdiction": False}, "ACCEPT", "OVERRIDE"),
    ],
)
def test_screening_follows_the_published_order(
    change: dict[str, Any], result: str, ground: str
) -> None:
    screening = decide("screening", **(PLAIN | change))

    assert (screening["result"], screening["ground"]) == (result, ground)
    assert screening["reason"]
    assert screening["law"]


def test_an_unanswered_question_is_never_a_yes() -> None:
    """A null matched a cell that said `true` once: every complaint was a duplicate."""
    screening = decide("screening", track="C", identity_mode="open", reply_by="email")

    assert screening["result"] == "ACCEPT"
    assert decide("severity", track="C")["level"] == "S3"
    assert decide("classification", track="G", identity_mode="open")["protected"] is False


def test_a_complaint_about_service_only_leaves_the_corruption_track() -> None:
    assert decide("screening", **(PLAIN | {"service_only": True}))["track"] == "G"
    assert decide("screening", **PLAIN)["track"] == "C"


# ── unit, urgency, secrecy ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "accused", "lead", "others"),
    [
        ("จัดซื้อจัดจ้าง", [], "procurement", ["legal"]),
        ("จัดซื้อจัดจ้าง", ["procurement"], "legal", []),
        ("จัดซื้อจัดจ้าง", ["legal"], "procurement", []),
        ("จัดซื้อจัดจ้าง", ["procurement", "legal"], "deputy", []),
        ("เรียกรับผลประโยชน์", ["legal"], "deputy", []),
        ("วินัย/บุคคล", [], "hr", []),
        ("โครงการ/เงินอุดหนุน/กองทุน SMEs", ["hr"], "project", []),
        ("PDPA", [], "dpo", []),
        ("อื่นๆ", [], "admin", []),
    ],
)
def test_no_unit_checks_its_own_people(
    subject: str, accused: list[str], lead: str, others: list[str]
) -> None:
    people = [{"position": "เจ้าหน้าที่", "unit": unit} for unit in accused]

    assigned = decide("assignment", subject=subject, accused=people)

    assert (assigned["lead_unit"], assigned["co_units"]) == (lead, others)
    assert assigned["barred"] == list(dict.fromkeys(accused))
    proposed = decide("unit_of_subject", subject=subject)["lead_unit"]
    assert assigned["binding"] is (proposed in accused), "where the table overrides, it binds"
    returned = decide("assignment", subject=subject, accused=people, conflicted_units=[lead])
    assert returned["lead_unit"] != lead or lead == "deputy"


def parts(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in component.get("components", []):
        yield part
        yield from parts(part)


def test_every_subject_of_the_intake_form_has_a_unit() -> None:
    form = json.loads((ROOT / "forms" / "complaint" / "f1-intake.form").read_text("utf-8"))
    (field,) = [part for part in parts(form) if part.get("key") == "subject"]

    for subject in [option["value"] for option in field["values"]]:
        result = dmn.evaluate(MODELS, "unit_of_subject", {"subject": subject}, ENVIRONMENT)
        fell_through = result.rules[-1]["rules"] == ["unit_of_subject_11"]
        assert fell_through == (subject == "อื่นๆ")


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"danger": True, "simple": True}, "S1"),
        ({"running_procurement": True}, "S1"),
        ({"amount": Decimal(2_000_000)}, "S2"),
        ({"amount": Decimal(1_999_999)}, "S3"),
        ({"executive_accused": True}, "S2"),
        ({"handler": {"route": "external"}}, "S2"),
        ({"simple": True}, "S4"),
        ({}, "S3"),
    ],
)
def test_urgency(facts: dict[str, Any], level: str) -> None:
    assert decide("severity", **facts)["level"] == level


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"track": "C", "identity_mode": "open"}, ("ลับ", False)),
        ({"track": "G", "identity_mode": "anonymous"}, ("ลับ", False)),
        ({"track": "G", "identity_mode": "confidential"}, ("ลับ", False)),
        ({"track": "G", "identity_mode": "open"}, ("ปกติ", False)),
        ({"track": "G", "identity_mode": "open", "classification": "ลับ"}, ("ลับ", False)),
        ({"track": "G", "identity_mode": "open", "fear_retaliation": True}, ("ลับ", True)),
        ({"track": "C", "identity_mode": "open", "witness_count": 1}, ("ลับ", True)),
    ],
)
def test_secrecy_and_protection(facts: dict[str, Any], expected: tuple[str, bool]) -> None:
    found = decide("classification", **facts)

    assert (found["class"], found["protected"]) == expected


# ── deadlines ──────────────────────────────────────────────────────────────────────────────────


def limit(step: str, track: str | None = "G", severity: str | None = None) -> SlaRule:
    level = {"level": severity} if severity else None
    return read_rule(step, decide("sla", step=step, track=track, severity=level))


@pytest.mark.parametrize(
    ("step", "track", "severity", "days", "kind"),
    [
        ("register", "G", None, 1, "working"),
        ("acknowledge", "G", None, 3, "working"),
        ("screen", "C", None, 3, "working"),
        ("ask", "C", None, 15, "calendar"),
        ("assign", "G", None, 1, "working"),
        ("accept", "G", None, 2, "working"),
        ("clarify", "C", "S1", 3, "working"),
        ("clarify", "C", "S2", 5, "working"),
        ("clarify", "G", "S3", 7, "working"),
        ("clarify", "G", "S4", 5, "working"),
        ("clarify", "G", None, 7, "working"),
        ("assess", "G", None, 3, "working"),
        ("find_facts", "C", None, 30, "calendar"),
        ("decide", "C", None, 5, "working"),
        ("notify", "C", None, 5, "working"),
        ("progress", "C", None, 30, "calendar"),
        ("refer", "C", None, 5, "working"),
        ("review_request", "C", None, 15, "calendar"),
        ("review", "C", None, 30, "calendar"),
        ("feedback_reply", "F", None, 15, "calendar"),
        ("overall", "C", None, 60, "calendar"),
        ("overall", "F", None, 15, "calendar"),
        ("overall", "G", "S1", 5, "working"),
        ("overall", "G", "S2", 30, "working"),
        ("overall", "G", None, 15, "working"),
    ],
)
def test_how_long_a_step_may_take(
    step: str, track: str, severity: str | None, days: int, kind: str
) -> None:
    rule = limit(step, track, severity)

    assert (rule.days, rule.kind) == (days, kind)
    assert rule.basis.th
    assert rule.basis.en


@pytest.mark.parametrize(
    ("step", "track", "ceiling"),
    [
        ("screen", "C", 7),  # มติ ครม. 27 มี.ค. 2561
        ("find_facts", "C", 30),  # the same
        ("notify", "C", 15),  # พ.ร.ฎ. บริหารกิจการบ้านเมืองที่ดี ม.38
        ("acknowledge", "G", 15),
        ("feedback_reply", "F", 15),
        ("refer", "C", 30),
        ("review", "G", 30),  # วิ.ปกครอง ม.45
    ],
)
def test_what_the_law_allows_at_most(step: str, track: str, ceiling: int) -> None:
    rule = limit(step, track)

    assert (rule.ceiling, rule.ceiling_kind) == (ceiling, "calendar")


def test_whose_deadline_it_is_and_how_far_it_moves() -> None:
    assert [limit(step).owner for step in ("ask", "review_request", "screen")] == [
        "complainant",
        "complainant",
        "agency",
    ]
    assert limit("ask").pause_limit == 30
    clarify, facts = limit("clarify"), limit("find_facts")
    assert (clarify.extensions, clarify.extension_days, clarify.ask_before) == (1, 7, 2)
    assert (facts.extensions, facts.extension_days, facts.ask_before) == (2, 30, 5)
    assert limit("overall").start == "receipt"


def test_a_step_that_is_not_in_the_table_has_no_deadline() -> None:
    assert decide("sla", step="sleep", track="G", severity=None) is None


# ── letters ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("identity_mode", "reply_by", "method"),
    [
        ("anonymous", "email", "inbox"),
        ("anonymous", "post", "inbox"),
        ("open", "email", "email"),
        ("confidential", "email", "email"),
        ("open", "post", "post"),
        ("open", "phone", "phone"),
        ("open", "inbox", "inbox"),
        ("open", None, "inbox"),
    ],
)
def test_how_a_letter_goes_out(identity_mode: str, reply_by: str | None, method: str) -> None:
    sent = decide("letters", letter="L7", identity_mode=identity_mode, reply_by=reply_by)

    assert sent["method"] == method
