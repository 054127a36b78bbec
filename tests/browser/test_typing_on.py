"""What a person types, chooses and attaches while the form is redrawn stays, on a slow line too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.support.agency import Agency

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]
Somebody = Callable[..., Person]
slow = pytest.mark.parametrize("milliseconds", [40, 400, 2000])
SENTENCE = 'เจ้าหน้าที่เรียกเงิน ๕๐,๐๐๐ บาท <b>& "นัด" พบที่ร้าน\n'


def slow_line(page: Page, milliseconds: int) -> None:
    """Each answer takes that long from now on."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    unlimited = {"downloadThroughput": -1, "uploadThroughput": -1, "offline": False}
    line.send("Network.emulateNetworkConditions", {"latency": milliseconds, **unlimited})


def type_until_redrawn(page: Page, name: str, act: Callable[[], None]) -> str:
    """Type into a field until the answer to an act has come and longer; returns the words."""
    answers: list[object] = []
    page.on("response", lambda answer: answers.append(answer))
    act()
    page.locator(f'[name="{name}"]').focus()
    typed = ""
    for _ in range(400):
        page.keyboard.type(SENTENCE)
        typed += SENTENCE
        if answers:
            break
    assert answers, "nothing was redrawn"
    page.keyboard.type(SENTENCE)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.keyboard.type(SENTENCE)
    return typed + 2 * SENTENCE


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'[name="{name}"][value="{value}"]').check()


@slow
def test_nothing_typed_into_a_complaint_is_lost(person: Somebody, milliseconds: int) -> None:
    complainant = person(phone=True)
    page = complainant.page
    complainant.visit("/file/C")
    slow_line(page, milliseconds)
    facts = page.locator('[name="facts"]')
    field = facts.element_handle()

    typed = type_until_redrawn(page, "facts", lambda: choose(page, "identity_mode", "anonymous"))

    expect(page.locator('[name="full_name"]')).to_have_count(0)
    assert facts.input_value() == typed
    assert page.evaluate("field => field === document.activeElement", field), "the same field"


@slow
def test_nothing_typed_by_an_officer_is_lost(
    agency: Agency, person: Somebody, milliseconds: int
) -> None:
    agency.file(GRIEVANCE)
    head = person()
    head.sign_in("screening_head")
    head.take("กลั่นกรองเรื่อง")
    head.fill({"jurisdiction": "true", "nacc_subject": "false"})
    slow_line(head.page, milliseconds)

    typed = type_until_redrawn(
        head.page, "opinion", lambda: choose(head.page, "minimum_complete", "false")
    )

    expect(head.page.locator('[name="minimum_missing"]')).to_be_visible()
    assert head.page.locator('[name="opinion"]').input_value() == typed


@slow
def test_what_is_chosen_pasted_and_attached_meanwhile_stays(
    person: Somebody, pdf: Path, milliseconds: int
) -> None:
    complainant = person(phone=True)
    page = complainant.page
    complainant.visit("/file/C")
    slow_line(page, milliseconds)
    pasted = (SENTENCE * 400)[:18_000]

    choose(page, "identity_mode", "open")
    page.locator('[name="facts"]').focus()
    page.keyboard.insert_text(pasted)
    page.keyboard.press("Home")
    page.keyboard.type("ก่อน")
    page.locator('[name="subject"]').select_option(index=2)
    subject = page.locator('[name="subject"]').input_value()
    choose(page, "reply_by", "email")
    choose(page, "fear_retaliation", "true")
    page.locator('input[type="checkbox"][name="truth"]').check()
    complainant.attach("evidence", pdf)
    choose(page, "identity_mode", "confidential")
    expect(page.locator(".htmx-request")).to_have_count(0)

    written = page.locator('[name="facts"]').input_value()
    assert "ก่อน" in written
    assert written.replace("ก่อน", "") == pasted
    assert page.locator('[name="subject"]').input_value() == subject
    for name, value in (
        ("identity_mode", "confidential"),
        ("reply_by", "email"),
        ("truth", "true"),
    ):
        expect(page.locator(f'[name="{name}"][value="{value}"]')).to_be_checked()
    assert page.locator('[name="evidence"]').evaluate("input => input.files[0].name") == pdf.name
    expect(page.locator('[name="email"]')).to_be_visible()


def test_a_word_that_is_being_composed_is_left_alone(person: Somebody) -> None:
    complainant = person()
    page = complainant.page
    complainant.visit("/file/C")
    keyboard = page.context.new_cdp_session(page)
    slow_line(page, 400)
    facts = page.locator('[name="facts"]')
    page.evaluate(
        "document.addEventListener('compositionend', () => { document.title += ' ended'; })"
    )

    choose(page, "identity_mode", "anonymous")
    facts.focus()
    with page.expect_response("**/file/complaint/C"):
        composed = {"text": "ทุจ", "selectionStart": 3, "selectionEnd": 3}
        keyboard.send("Input.imeSetComposition", composed)
    expect(page.locator('[name="full_name"]')).to_have_count(0)
    assert "ended" not in page.title(), "the composition goes on"
    keyboard.send("Input.insertText", {"text": "ทุจริต"})

    assert facts.input_value() == "ทุจริต"


def test_the_page_does_not_jump(person: Somebody) -> None:
    complainant = person(phone=True)
    page = complainant.page
    complainant.visit("/file/C")
    slow_line(page, 400)
    choose(page, "identity_mode", "anonymous")
    facts = page.locator('[name="facts"]')
    facts.focus()
    facts.scroll_into_view_if_needed()
    place = "field => field.getBoundingClientRect().top"
    before = facts.evaluate(place)

    expect(page.locator('[name="full_name"]')).to_have_count(0)

    assert abs(facts.evaluate(place) - before) < 2


def test_the_last_answer_counts_and_an_old_one_brings_nothing_back(person: Somebody) -> None:
    complainant = person()
    page = complainant.page
    complainant.visit("/file/C")
    choose(page, "identity_mode", "open")
    page.locator('[name="full_name"]').fill("สมหญิง ใจกล้า")
    slow_line(page, 400)

    for mode in ("anonymous", "open", "anonymous"):
        choose(page, "identity_mode", mode)
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator('[name="full_name"]')).to_have_count(0)
    choose(page, "identity_mode", "confidential")

    assert page.locator('[name="full_name"]').input_value() == "สมหญิง ใจกล้า"


def test_rows_that_come_and_go_keep_their_words(person: Somebody) -> None:
    complainant = person()
    page = complainant.page
    complainant.visit("/file/C")
    slow_line(page, 400)
    add = page.locator('button[value="add:accused"]')

    page.locator('[name="accused-0-name"]').fill("นายหนึ่ง")
    add.click()
    add.click()
    page.locator('[name="accused-1-name"]').fill("นายสอง")
    page.locator('[name="accused-2-name"]').fill("นายสาม")
    remove = page.locator('button[value="remove:accused.0"]')
    typed = type_until_redrawn(page, "facts", remove.click)
    names = [page.locator(f'[name="accused-{row}-name"]').input_value() for row in (0, 1)]

    assert names == ["นายสอง", "นายสาม"]
    assert page.locator('[name="facts"]').input_value() == typed
    expect(page.locator('[name="accused-2-name"]')).to_have_count(0)
    complainant.look()


def test_without_an_answer_the_words_stay_and_the_person_is_told(person: Somebody) -> None:
    complainant = person(phone=True)
    page = complainant.page
    complainant.visit("/file/C")
    page.locator('[name="facts"]').fill(SENTENCE)
    for trouble in ("refuse", "lose", "sign out"):
        page.route(
            "**/file/complaint/C",
            lambda route, trouble=trouble: (
                route.abort()
                if trouble == "lose"
                else route.fulfill(status=200 if trouble == "sign out" else 404, body="<p>อื่น</p>")
            ),
        )
        choose(page, "identity_mode", "open" if trouble == "lose" else "anonymous")
        expect(page.get_by_text("สิ่งที่ท่านพิมพ์ไว้ยังอยู่ครบ")).to_be_visible()
        assert page.locator('[name="facts"]').input_value() == SENTENCE
        page.unroute("**/file/complaint/C")
        choose(page, "identity_mode", "confidential")
        expect(page.get_by_text("สิ่งที่ท่านพิมพ์ไว้ยังอยู่ครบ")).to_be_hidden()
