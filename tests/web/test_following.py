"""Following a case by its code: the right one, a wrong one, too many, and forgetting it again."""

from __future__ import annotations

import pytest

from engine.ground.clock import TravellingClock
from tests.support.agency import Agency
from tests.web.visitor import Visitor, file_grievance

WRONG = "0000 1111 2222 3333"


def follow(visitor: Visitor, code: str) -> str:
    visitor.visit("/track")
    return visitor.send("/track", code=code)


def test_whoever_has_the_code_sees_the_case_and_no_officer(
    visitor: Visitor, another: Visitor
) -> None:
    number, code = file_grievance(visitor)

    page = follow(another, code)

    assert another.path == "/case"
    assert number in page
    assert "รับเรื่องแล้ว" in page
    assert "สาธิต" not in page, "no officer is named"


def test_a_code_in_thai_digits_with_dashes_is_understood(
    visitor: Visitor, another: Visitor
) -> None:
    number, code = file_grievance(visitor)
    thai = code.replace(" ", "-").translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))

    assert number in follow(another, thai)


def test_right_and_wrong_codes_are_taken_alike(visitor: Visitor, another: Visitor) -> None:
    _, code = file_grievance(visitor)
    another.visit("/track")

    right = another.client.post("/track", data={**another.hidden, "code": code})
    wrong = another.client.post("/track", data={**another.hidden, "code": WRONG})

    assert right.status_code == wrong.status_code == 303
    assert right.headers["Location"] == wrong.headers["Location"] == "/case"
    assert right.data == wrong.data


def test_a_wrong_code_is_told_in_one_sentence(visitor: Visitor) -> None:
    page = follow(visitor, WRONG)

    assert visitor.status == 404
    assert "โปรดตรวจสอบตัวเลขทั้ง 16 หลัก" in page


def test_guessing_ends_after_twenty_attempts_and_begins_again_later(
    visitor: Visitor, clock: TravellingClock
) -> None:
    number, code = file_grievance(visitor)
    visitor.visit("/")
    for _ in range(20):
        follow(visitor, WRONG)
        assert visitor.status == 404

    page = follow(visitor, code)

    assert visitor.status == 429
    assert "โปรดรอสักครู่" in page
    clock.advance(minutes=16)
    assert number in follow(visitor, code)


@pytest.mark.parametrize("minutes", [31, 600])
def test_an_idle_browser_forgets_the_code(
    visitor: Visitor, clock: TravellingClock, minutes: int
) -> None:
    _, code = file_grievance(visitor)
    follow(visitor, code)

    clock.advance(minutes=minutes)
    visitor.visit("/case")

    assert visitor.path == "/track"


def test_leaving_forgets_the_code_at_once(visitor: Visitor) -> None:
    _, code = file_grievance(visitor)
    follow(visitor, code)

    visitor.send("/case/leave")
    visitor.visit("/case")

    assert visitor.path == "/track"


def test_nothing_is_answered_where_nothing_was_asked(visitor: Visitor) -> None:
    _, code = file_grievance(visitor)
    follow(visitor, code)

    page = visitor.visit("/case/reply")

    assert visitor.status == 409
    assert "ไม่มีคำถามที่ต้องตอบ" in page


def test_a_letter_of_another_case_is_not_found(
    agency: Agency, visitor: Visitor, another: Visitor
) -> None:
    _, code = file_grievance(visitor)
    agency.office.run_due()
    letter = agency.office.track(code).letters[0]
    _, other = file_grievance(another)
    follow(another, other)

    another.visit(f"/case/letters/{letter.id}")

    assert another.status == 404
