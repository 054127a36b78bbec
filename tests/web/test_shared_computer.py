"""At a library or a counter the next person finds nothing: not by the button Back, not in the
cookie, not after somebody else has signed in or out."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.agency import Agency
from tests.web.visitor import Visitor, file_grievance
from web.links import local_path


def cookie(visitor: Visitor) -> set[str]:
    """What the browser still holds of this site, by name."""
    with visitor.client.session_transaction() as session:
        return set(session) - {"csrf_token", "language", "_permanent", "_flashes"}


def followed(visitor: Visitor) -> str:
    """A complaint was filed here, its receipt looked at, and the case followed by its code."""
    receipt_no, code = file_grievance(visitor)
    visitor.visit("/track")
    visitor.send("/track", code=code)
    assert visitor.path == "/case"
    assert receipt_no in visitor.page
    return receipt_no


def test_leaving_forgets_the_code_and_the_receipt(visitor: Visitor) -> None:
    receipt_no = followed(visitor)
    assert cookie(visitor) == {"receipt", "tracking"}

    visitor.send("/case/leave")

    assert cookie(visitor) == set()
    for path in ("/receipt", "/case", "/case/reply", "/case/withdraw"):
        assert receipt_no not in visitor.visit(path), path


def test_signing_in_forgets_what_was_followed_before(agency: Agency, visitor: Visitor) -> None:
    receipt_no = followed(visitor)

    visitor.sign_in("unit_officer.legal")

    assert cookie(visitor) == {"sign_in"}
    for path in ("/receipt", "/case", "/track"):
        assert receipt_no not in visitor.visit(path), path


def test_signing_out_forgets_what_was_followed_meanwhile(visitor: Visitor) -> None:
    # The sign-out took its own token away and left the code of a case in the browser.
    visitor.sign_in("intake_officer")
    receipt_no = followed(visitor)
    visitor.visit("/work")

    visitor.send("/sign-out")

    assert cookie(visitor) == set()
    for path in ("/receipt", "/case", "/work"):
        assert receipt_no not in visitor.visit(path), path


def test_the_language_stays_whoever_comes_and_goes(visitor: Visitor) -> None:
    visitor.visit("/")
    visitor.send("/language/en")
    visitor.sign_in("intake_officer")
    assert "Sign out" in visitor.visit("/work")

    visitor.send("/sign-out")

    assert "File" in visitor.visit("/")


@pytest.mark.parametrize(
    "path", ["/", "/track", "/case", "/receipt", "/sign-in", "/work", "/cases", "/file/G", "/no"]
)
def test_no_page_stays_in_the_browser(visitor: Visitor, path: str) -> None:
    followed(visitor)
    for username in ("", "intake_officer"):
        if username:
            visitor.sign_in(username)
        answer = visitor.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", (path, username)


@pytest.mark.parametrize(("rested", "shown"), [(29, True), (31, False), (45, False), (61, False)])
def test_a_code_that_rests_for_half_an_hour_is_forgotten(
    agency: Agency, visitor: Visitor, rested: int, shown: bool
) -> None:
    receipt_no = followed(visitor)

    agency.clock.advance(minutes=rested)

    assert (receipt_no in visitor.visit("/case")) is shown
    assert ("tracking" in cookie(visitor)) is shown


def test_each_look_keeps_the_code_a_while_longer(agency: Agency, visitor: Visitor) -> None:
    receipt_no = followed(visitor)
    for _ in range(4):
        agency.clock.advance(minutes=20)
        assert receipt_no in visitor.visit("/case")


def test_a_session_ends_at_its_hour(agency: Agency, visitor: Visitor, app: Flask) -> None:
    visitor.sign_in("intake_officer")
    agency.clock.advance(hours=agency.office.settings.session_hours)

    visitor.visit("/work")

    assert visitor.path == "/sign-in"


@pytest.mark.parametrize(
    ("path", "led_to"),
    [
        ("/work", "/work"),
        ("/cases?q=1", "/cases?q=1"),
        ("//stranger.example", "/"),
        ("/\\stranger.example", "/"),
        ("https://stranger.example", "/"),
        ("/work\n//stranger.example", "/"),
        ("work", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_a_sign_in_leads_to_no_stranger(path: str | None, led_to: str) -> None:
    assert local_path(path) == led_to
