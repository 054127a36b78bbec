"""A complaint is filed on the page: what is given back, and what a mistake costs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from office.ground.tables import Case
from tests.support.agency import Agency
from tests.web.visitor import GRIEVANCE, PDF, Visitor, attached, file_grievance
from web import create_app
from web.settings import WebSettings


def cases(agency: Agency) -> int:
    with agency.office.engine.read() as work:
        return work.session.query(Case).count()


def test_a_grievance_gets_its_number_and_its_code(agency: Agency, visitor: Visitor) -> None:
    number, code = file_grievance(visitor)

    assert re.fullmatch(r"รร\.00001/2569", number)
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code)
    assert agency.office.track(code).receipt_no == number


def test_the_code_is_never_in_an_address_or_readable_in_the_cookie(visitor: Visitor) -> None:
    _, code = file_grievance(visitor)
    visitor.send("/receipt")

    cookie = visitor.client.get_cookie("samnuan")
    assert visitor.path == "/case"
    assert cookie is not None
    assert code.replace(" ", "") not in cookie.value


def test_the_receipt_is_gone_once_the_code_is_kept(visitor: Visitor) -> None:
    _, code = file_grievance(visitor)
    visitor.send("/receipt")

    page = visitor.visit("/receipt")

    assert code not in page


def test_the_same_page_sent_twice_is_one_complaint(agency: Agency, visitor: Visitor) -> None:
    visitor.visit("/file/G")
    once = dict(visitor.hidden)
    visitor.send("/file/G", GRIEVANCE)
    first = visitor.text_of("receipt-no")
    visitor.hidden = {**visitor.hidden, "_once": once["_once"]}

    visitor.send("/file/G", GRIEVANCE)

    assert visitor.text_of("receipt-no") == first
    assert cases(agency) == 1


@pytest.mark.parametrize("once", ["", "1", "guess"])
def test_a_made_up_key_never_finds_somebody_elses_receipt(
    agency: Agency, visitor: Visitor, another: Visitor, once: str
) -> None:
    visitor.visit("/file/G")
    visitor.send("/file/G", GRIEVANCE, _once=once)

    another.visit("/file/G")
    another.send("/file/G", GRIEVANCE, _once=once)

    assert another.text_of("receipt-no") != visitor.text_of("receipt-no")
    assert cases(agency) == 2


@pytest.mark.parametrize(
    ("changes", "thai", "english"),
    [
        ({"facts": ""}, "ข้อเท็จจริง", "Facts"),
        ({"phone": "123"}, "หมายเลขโทรศัพท์", "phone"),
        ({"title": "ก" * 5000}, "ชื่อเรื่อง", "Title"),
        ({"identity_mode": "somebody"}, "ตัวตน", "identi"),
    ],
)
def test_a_mistake_is_named_in_both_languages_and_costs_nothing(
    agency: Agency, visitor: Visitor, changes: dict[str, Any], thai: str, english: str
) -> None:
    visitor.visit("/file/G")

    page = visitor.send("/file/G", {**GRIEVANCE, **changes})

    assert visitor.status == 422
    assert "โปรดแก้ไขรายการต่อไปนี้" in page
    assert thai in page.split("alert-danger", 1)[1][:1500]
    assert GRIEVANCE["remedy"] in page, "what was typed is still there"
    visitor.send("/language/en", back="/file/G")
    page = visitor.send("/file/G", {**GRIEVANCE, **changes})
    assert english.lower() in page.split("alert-danger", 1)[1][:1500].lower()
    assert cases(agency) == 0


def test_a_field_that_the_form_does_not_have_is_refused(agency: Agency, visitor: Visitor) -> None:
    visitor.visit("/file/G")

    visitor.send("/file/G", {**GRIEVANCE, "status": "CLOSED"})

    assert visitor.status == 422
    assert cases(agency) == 0


def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_stay(
    agency: Agency, visitor: Visitor
) -> None:
    visitor.visit("/file/G")
    page_in_disguise = attached(b"<html><script>alert(1)</script>", "หลักฐาน.pdf")

    page = visitor.send("/file/G", {**GRIEVANCE, "evidence": page_in_disguise})

    assert visitor.status == 415
    assert "หลักฐาน.pdf" in page
    assert GRIEVANCE["facts"] in page
    assert cases(agency) == 0


def test_a_file_of_25_megabytes_is_refused_and_the_words_stay(
    agency: Agency, visitor: Visitor
) -> None:
    visitor.visit("/file/G")
    heavy = attached(PDF + b"\0" * (25 * 1024 * 1024), "ใหญ่.pdf")

    page = visitor.send("/file/G", {**GRIEVANCE, "evidence": heavy})

    assert visitor.status == 413
    assert "20 MB" in page
    assert GRIEVANCE["facts"] in page
    assert cases(agency) == 0


def test_a_file_already_attached_survives_a_mistake_elsewhere(visitor: Visitor) -> None:
    visitor.visit("/file/G")
    page = visitor.send(
        "/file/G", {**GRIEVANCE, "title": "", "evidence": attached(PDF, "ภาพหน้าจอ.pdf")}
    )
    assert visitor.status == 422
    kept = re.search(r'name="evidence-_kept" value="([^"]+)"', page)
    assert kept
    assert "ภาพหน้าจอ.pdf" in page

    visitor.send("/file/G", {**GRIEVANCE, "evidence-_kept": kept[1]})

    assert visitor.path == "/receipt"


def test_a_file_that_is_no_longer_kept_does_not_cost_the_words(visitor: Visitor) -> None:
    visitor.visit("/file/G")

    page = visitor.send("/file/G", {**GRIEVANCE, "title": "", "evidence-_kept": "f" * 32})

    assert visitor.status == 422
    assert GRIEVANCE["facts"] in page
    assert "_kept" not in page


def test_adding_an_accused_redraws_the_form_and_files_nothing(
    agency: Agency, visitor: Visitor
) -> None:
    visitor.visit("/file/C")

    page = visitor.send("/file/C", {"title": "ล็อกสเปก", "_action": "add:accused"})

    assert visitor.status == 200
    assert 'name="accused-1-name"' in page or 'name="accused-0-name"' in page
    assert "ล็อกสเปก" in page
    assert cases(agency) == 0


def test_an_answer_that_changes_the_questions_files_nothing(
    agency: Agency, settings: WebSettings
) -> None:
    hasty = Visitor(create_app(replace(settings, filings_per_hour=1), agency.office).test_client())
    hasty.visit("/file/G")

    for _ in range(3):  # what is asked for a redraw is no filing, and is not counted as one
        page = hasty.send("/file/G", {"identity_mode": "anonymous", "_action": "update"})

    assert hasty.status == 200
    assert 'name="full_name"' not in page
    assert 'name="facts"' in page
    assert cases(agency) == 0


def test_there_is_no_fourth_track(visitor: Visitor) -> None:
    visitor.visit("/file/X")

    assert visitor.status == 404


def test_one_place_cannot_flood_the_office(agency: Agency, settings: WebSettings) -> None:
    hasty = Visitor(create_app(replace(settings, filings_per_hour=2), agency.office).test_client())
    for _ in range(2):
        file_grievance(hasty)

    hasty.visit("/file/G")
    page = hasty.send("/file/G", GRIEVANCE)

    assert hasty.status == 429
    assert "โปรดรอประมาณ 15 นาที" in page
    assert cases(agency) == 2
