"""Pages that everybody may open: what they say, in which language, and how they are protected."""

from __future__ import annotations

import re

import pytest
import structlog
from flask import Flask

from tests.web.visitor import Visitor

PAGES = ["/", "/file/C", "/file/G", "/file/F", "/track", "/privacy", "/guideline", "/sign-in"]


def test_the_first_page_offers_corruption_a_channel_of_its_own(visitor: Visitor) -> None:
    page = visitor.visit("/")

    assert "ช่องทางแยกเฉพาะ" in page
    assert 'href="/file/complaint/C"' in page
    assert 'href="/file/complaint/G"' in page


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_anything_inline(visitor: Visitor, path: str) -> None:
    page = visitor.visit(path)

    assert visitor.status == 200
    assert '<html lang="th">' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize("path", [*PAGES, "/nothing-here", "/healthz"])
def test_every_answer_is_guarded(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_english_is_one_click_away_and_stays(visitor: Visitor) -> None:
    visitor.visit("/track")

    page = visitor.send("/language/en", back="/track")

    assert visitor.path == "/track"
    assert '<html lang="en">' in page
    assert "Tracking code, 16 digits" in page
    assert "Privacy notice for complainants" in visitor.visit("/privacy")


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\evil"])
def test_a_change_of_language_never_leads_to_another_site(app: Flask, back: str) -> None:
    client = app.test_client()
    visitor = Visitor(client)
    visitor.visit("/")

    answer = client.post("/language/en", data={**visitor.hidden, "back": back})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_a_post_without_its_token_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/track", data={"code": "1234567890123456"})

    assert answer.status_code == 400
    assert "โหลดใหม่" in answer.get_data(as_text=True)


def test_an_unknown_address_says_so_without_telling_more(visitor: Visitor) -> None:
    page = visitor.visit("/cases-of-others")

    assert visitor.status == 404
    assert "ไม่พบสิ่งที่ต้องการ" in page


def test_a_machine_learns_whether_the_server_is_alive_and_ready(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_a_bug_shows_a_reference_and_no_traceback(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise RuntimeError("a secret stands in this message")

    app.add_url_rule("/broken", view_func=broken)
    structlog.reset_defaults()

    answer = app.test_client().get("/broken")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "เลขอ้างอิง" in page
    assert "secret" not in page
    assert "Traceback" not in page
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert "broken" in told
    assert "secret" not in told, "a log must not quote what a person may have written"


def test_a_wrong_method_says_which_are_right(app: Flask) -> None:
    answer = app.test_client().get("/case/leave")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_line_in_the_log_goes_where_the_errors_go_now(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    # Found in a run of these very tests: the stream of an earlier test was closed, and every
    # refusal that wanted to be logged became a fault of ours.
    visitor = Visitor(app.test_client())
    visitor.visit("/track")

    visitor.send("/track", code="0000 0000 0000 0000")

    assert visitor.status == 404
    assert "TrackingCodeUnknown" in capsys.readouterr().err
