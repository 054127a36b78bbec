"""What the intake form asks of a complainant, rule by rule (domain.md 5.4, F1)."""

from collections.abc import Callable
from typing import Any

import pytest

from bench.examples import Example, examples
from forms import Answers, Form

FormOf = Callable[[str], Form]
Refused = Callable[..., dict[str, list[str]]]
Accepted = Callable[..., Answers]


@pytest.fixture
def intake(form: FormOf) -> Form:
    return form("f1-intake")


def test_a_complete_complaint_is_taken(
    intake: Form, corruption: dict[str, Any], accepted: Accepted
) -> None:
    answers = accepted(intake, corruption)

    assert answers.variables["track"] == "C"
    assert answers.variables["amount"] is None
    assert answers.submission["facts"].startswith("ประกาศเชิญชวน")
    assert answers.personal["full_name"] == "สมหญิง ใจดี"


def test_an_empty_form_names_what_is_missing(intake: Form, refused: Refused) -> None:
    assert refused(intake, {}) == {"track": ["โปรดเลือกหนึ่งข้อ"]}

    faults = refused(intake, {"track": "C", "identity_mode": "open"}, "en")

    assert faults["full_name"] == ["Please fill this in."]
    assert faults["accused"] == ["At least 1 needed."]
    assert faults["subject"] == ["Please choose one."]
    assert faults["privacy_notice"] == faults["truth"] == ["Please tick to confirm."]
    assert set(faults) == {
        "full_name", "reply_by", "accused", "subject", "title", "facts", "elsewhere",
        "privacy_notice", "truth",
    }  # fmt: skip


def test_who_stays_anonymous_gives_no_name_and_no_contact(
    intake: Form, corruption: dict[str, Any], accepted: Accepted
) -> None:
    answers = accepted(intake, corruption | {"identity_mode": "anonymous"})

    assert answers.variables["identity_mode"] == "anonymous"
    assert "reply_by" not in answers.variables
    assert set(answers.personal) == {"accused", "witnesses"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ก", "ต้องมีอย่างน้อย 2 ตัวอักษร"),
        ("ก" * 151, "ต้องไม่เกิน 150 ตัวอักษร (ขณะนี้มี 151)"),
        ("  ", "โปรดกรอกข้อมูลนี้"),
    ],
)
def test_a_name_has_2_to_150_characters(
    intake: Form, corruption: dict[str, Any], refused: Refused, name: str, message: str
) -> None:
    assert refused(intake, corruption | {"full_name": name}) == {"full_name": [message]}


@pytest.mark.parametrize("number", ["1101700207366", "1-1017-00207-36-6", "๑๑๐๑๗๐๐๒๐๗๓๖๖"])
def test_a_citizen_id_is_kept_as_thirteen_digits(
    intake: Form, corruption: dict[str, Any], accepted: Accepted, number: str
) -> None:
    answers = accepted(intake, corruption | {"national_id": number})

    assert answers.personal["national_id"] == "1101700207366"
    assert "passport" not in answers.personal  # asked only of those without a citizen ID


@pytest.mark.parametrize(
    "number", ["1101700207365", "110170020736", "11017002073666", "abcdefghijklm"]
)
def test_a_citizen_id_with_a_wrong_check_digit_is_refused(
    intake: Form, corruption: dict[str, Any], refused: Refused, number: str
) -> None:
    assert refused(intake, corruption | {"national_id": number}, "en") == {
        "national_id": ["This is not a valid 13-digit citizen ID number."]
    }


def test_a_passport_stands_in_for_the_citizen_id(
    intake: Form, corruption: dict[str, Any], accepted: Accepted, refused: Refused
) -> None:
    assert (
        accepted(intake, corruption | {"passport": "aa 123456"}).personal["passport"] == "AA123456"
    )
    assert "passport" in refused(intake, corruption | {"passport": "?"})


@pytest.mark.parametrize(
    ("reply_by", "missing"),
    [
        ("email", {"email"}),
        ("phone", {"phone"}),
        ("post", {"address", "province", "postcode"}),
        ("inbox", set()),
    ],
)
def test_the_chosen_reply_channel_must_be_filled(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted,
    reply_by: str, missing: set[str],
) -> None:  # fmt: skip
    del corruption["email"]
    corruption["reply_by"] = reply_by

    if missing:
        assert set(refused(intake, corruption)) == missing
    else:
        assert accepted(intake, corruption).variables["reply_by"] == "inbox"


@pytest.mark.parametrize("phone", ["0812345678", "08 1234 5678", "๐๘๑-๒๓๔-๕๖๗๘", "+66 81 234 5678"])
def test_a_phone_number_is_kept_as_digits(
    intake: Form, corruption: dict[str, Any], accepted: Accepted, phone: str
) -> None:
    assert accepted(intake, corruption | {"phone": phone}).personal["phone"] == "0812345678"


def test_wrong_contacts_are_refused(
    intake: Form, corruption: dict[str, Any], refused: Refused
) -> None:
    wrong = {"email": "somying@example", "phone": "1234567890", "reply_by": "post"}
    where = {"address": "1", "province": "กรุงเทพมหานคร", "postcode": "1090"}

    assert set(refused(intake, corruption | wrong | where)) == {"email", "phone", "postcode"}


def test_who_acts_for_another_attaches_the_letter_of_authority(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted
) -> None:
    corruption["on_behalf"] = True
    assert refused(intake, corruption, "en") == {"proxy_file": ["Please attach a file."]}

    answers = accepted(intake, corruption | {"proxy_file": ["file-1"]})
    assert answers.files["proxy_file"] == ["file-1"]
    assert "proxy_file" in refused(intake, corruption | {"proxy_file": ["file-1", "file-2"]})


def test_an_accused_without_a_name_needs_a_description(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted
) -> None:
    assert refused(intake, corruption | {"accused": [{"unknown": True}]}) == {
        "accused.0.description": ["โปรดกรอกข้อมูลนี้"]
    }
    described = {"unknown": True, "description": "ชายที่จุดรับเอกสาร", "name": "ไม่นับ"}

    answers = accepted(intake, corruption | {"accused": [described]})

    assert answers.variables["accused"] == [
        {"unknown": True, "position": None, "unit": None, "status": None}
    ]
    assert answers.personal["accused"] == [{}]
    assert answers.submission["accused"] == [{"description": "ชายที่จุดรับเอกสาร"}]


def test_a_grievance_needs_no_accused_but_a_wish(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted
) -> None:
    grievance = corruption | {"track": "G", "accused": []}

    assert refused(intake, grievance) == {"remedy": ["โปรดกรอกข้อมูลนี้"]}
    assert accepted(intake, grievance | {"remedy": "ขอให้แก้ไข"}).variables["accused"] == []


def test_feedback_asks_little(intake: Form, accepted: Accepted) -> None:
    praise = {
        "track": "F", "identity_mode": "open", "full_name": "ผู้ชม", "reply_by": "inbox",
        "subject": "สื่อ ประชาสัมพันธ์ คำติชม", "title": "ขอบคุณ", "facts": "เนื้อหาบนเว็บไซต์เป็นประโยชน์มาก",
        "privacy_notice": True, "truth": True, "accused": [{"name": "ไม่ถาม"}], "elsewhere": "court",
    }  # fmt: skip

    answers = accepted(intake, praise)

    assert not {"accused", "elsewhere", "amount", "fear_retaliation"} & set(answers.variables)
    assert set(answers.personal) == {"full_name", "email", "phone"}


def test_title_and_facts_have_their_lengths(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted
) -> None:
    short = corruption | {"title": "ทุจ", "facts": "ทุจริต"}
    long = corruption | {"title": "ก" * 201, "facts": "ก" * 20_001}

    assert refused(intake, short) == {
        "title": ["ต้องมีอย่างน้อย 5 ตัวอักษร"], "facts": ["ต้องมีอย่างน้อย 20 ตัวอักษร"],
    }  # fmt: skip
    assert refused(intake, long, "en") == {
        "title": ["This may hold at most 200 characters (it has 201)."],
        "facts": ["This may hold at most 20,000 characters (it has 20,001)."],
    }
    assert accepted(intake, corruption | {"facts": "ก" * 20_000})


def test_dates_are_buddhist_and_not_in_the_future(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted
) -> None:
    answers = accepted(intake, corruption | {"date_from": "๕/๓/๒๕๖๙", "date_to": "20 มี.ค. 2569"})
    assert answers.variables["date_from"] == "2026-03-05"
    assert answers.variables["date_to"] == "2026-03-20"

    assert refused(intake, corruption | {"date_from": "21/3/2569"}) == {
        "date_from": ["ต้องไม่ใช่วันที่ในอนาคต"]
    }
    backwards = {"date_from": "5/3/2569", "date_to": "4/3/2569"}
    assert set(refused(intake, corruption | backwards)) == {"date_to"}
    assert "ปีไม่ชัดเจน" in refused(intake, corruption | {"date_from": "5/3/69"})["date_from"][0]
    assert refused(intake, corruption | {"date_from": "31/2/2569"}, "en") == {
        "date_from": ["There is no such day in the calendar."]
    }


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("-1", "ต้องไม่น้อยกว่า 0"),
        ("ห้าหมื่น", "ต้องเป็นตัวเลข เช่น 50000 หรือ ๕๐,๐๐๐"),
        ("0.001", "มีทศนิยมได้ไม่เกิน 2 ตำแหน่ง"),
        ("1" * 30, "ตัวเลขยาวเกินไป"),
        ([5], "ต้องเป็นตัวเลข เช่น 50000 หรือ ๕๐,๐๐๐"),
    ],
)
def test_damage_is_no_wild_number(
    intake: Form, corruption: dict[str, Any], refused: Refused, amount: Any, message: str
) -> None:
    assert refused(intake, corruption | {"amount": amount}) == {"amount": [message]}


def test_damage_is_an_exact_amount_of_baht(
    intake: Form, corruption: dict[str, Any], accepted: Accepted
) -> None:
    assert (
        str(accepted(intake, corruption | {"amount": "๒,๔๐๐,๐๐๐.๒๕"}).variables["amount"])
        == "2400000.25"
    )


def test_evidence_is_at_most_ten_files(
    intake: Form, corruption: dict[str, Any], refused: Refused, accepted: Accepted
) -> None:
    ten = [f"file-{number}" for number in range(10)]

    assert accepted(intake, corruption | {"evidence": ten}).files["evidence"] == ten
    assert refused(intake, corruption | {"evidence": [*ten, "file-10"]}) == {
        "evidence": ["แนบได้ไม่เกิน 10 แฟ้ม"]
    }
    assert "evidence" in refused(intake, corruption | {"evidence": ["../../etc/passwd"]})


def test_what_went_elsewhere_is_told(
    intake: Form, corruption: dict[str, Any], refused: Refused
) -> None:
    assert set(refused(intake, corruption | {"elsewhere": "court"})) == {"elsewhere_detail"}
    faults = refused(intake, corruption | {"elsewhere": "มาจากดาวอังคาร", "elsewhere_detail": "-"})
    assert faults == {"elsewhere": ["โปรดเลือกจากตัวเลือกที่มี"]}


def test_a_witness_is_kept_in_the_vault(
    intake: Form, corruption: dict[str, Any], accepted: Accepted
) -> None:
    answers = accepted(
        intake, corruption | {"witnesses": [{"name": "พยาน 1", "contact": "08 6111 2222"}]}
    )

    assert answers.personal["witnesses"] == [{"name": "พยาน 1", "contact": "08 6111 2222"}]
    assert "พยาน 1" not in str(answers.variables) + str(answers.submission)


def test_wrong_missing_extra_and_over_long_fields_are_all_told_at_once(
    intake: Form, corruption: dict[str, Any], refused: Refused
) -> None:
    corruption |= {
        "subject": 7,
        "title": "ก" * 999,
        "is_admin": True,
        "accused": [{"name": "ก", "x": 1}],
    }
    del corruption["facts"]

    faults = refused(intake, corruption)

    assert faults["is_admin"] == faults["accused.0.x"] == ["แบบฟอร์มนี้ไม่มีช่องชื่อนี้"]
    assert set(faults) == {"subject", "title", "is_admin", "accused.0.x", "facts"}


def test_a_wrong_kind_of_answer_is_refused_not_guessed(
    intake: Form, corruption: dict[str, Any], refused: Refused
) -> None:
    wrong = {
        "truth": "maybe",
        "accused": {"0": {}},
        "title": ["a"],
        "full_name": "ก\x00ข",
        "date_from": 5,
    }

    assert set(refused(intake, corruption | wrong)) == set(wrong)
    assert refused(intake, ["track"], "en")[""] == ["The answers must be fields with values."]


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"no{example['no']}")
def test_every_example_complaint_fits_the_form(
    intake: Form, accepted: Accepted, example: Example
) -> None:
    complaint = {**example["complaint"]}
    complaint.pop("source_no", None)  # stands in the officer's own form

    answers = accepted(intake, complaint)

    whole = answers.merged()
    assert whole["facts"] == complaint["facts"]
    assert [row["name"] for row in whole.get("accused", [])] == [
        row["name"] for row in complaint.get("accused", [])
    ]
