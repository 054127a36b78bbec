"""Signing in with one factor and with two, one's own account, a fresh proof where it matters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from engine.ground.clock import TravellingClock
from office.operations.demo import DEMO_PASSWORD
from office.people import people
from office.people.signing_in import one_time_codes
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings

PASSWORD = "กล้วย เดินเรือ ฝนตก เก้าอี้"
ANOTHER = "ช้างน้อย ปีนเขา หนังสือ แก้วน้ำ"
Hired = Callable[..., people.User]


@pytest.fixture
def hired(agency: Agency) -> Hired:
    """Somebody with an account of their own, no demo account."""

    def hire(username: str, *groups: str) -> people.User:
        with agency.office.begin() as work:
            return people.add_user(work, username, f"คุณ{username}", PASSWORD, groups=groups)

    return hire


def enter(visitor: Visitor, username: str, password: str = PASSWORD) -> str:
    visitor.visit("/sign-in")
    return visitor.send("/sign-in", username=username, password=password)


def with_app(visitor: Visitor, clock: TravellingClock) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an authenticator app on one's own page; returns it and the recovery codes."""
    visitor.visit("/account")
    visitor.send("/account/app")
    app = pyotp.TOTP(visitor.text_of("seed").replace(" ", ""))
    page = visitor.send("/account/app/confirm", name="โทรศัพท์", code=app.at(clock.now()))
    return app, re.findall(r"<code>([A-Z2-9]{5}-[A-Z2-9]{5})</code>", page)


# ── the second factor ──────────────────────────────────────────────────────────────────────────


def test_a_role_that_needs_a_second_factor_opens_nothing_before_there_is_one(
    hired: Hired, visitor: Visitor, clock: TravellingClock
) -> None:
    hired("malee", "auditor")

    enter(visitor, "malee")
    assert visitor.path == "/account"
    visitor.visit("/audit/cases")
    assert visitor.path == "/account"
    assert "ต้องมีปัจจัยที่สอง" in visitor.page
    _, codes = with_app(visitor, clock)

    assert len(codes) == 10
    visitor.visit("/audit/cases")
    assert (visitor.status, visitor.path) == (200, "/audit/cases")


def test_who_has_a_second_factor_shows_it_at_each_sign_in(
    hired: Hired, visitor: Visitor, another: Visitor, clock: TravellingClock
) -> None:
    hired("malee", "unit_officer@it")
    enter(visitor, "malee")
    app, codes = with_app(visitor, clock)

    enter(another, "malee")
    assert another.path == "/sign-in/second"
    another.visit("/work")
    assert another.path == "/sign-in/second"
    # The code that set the app up was used with that.
    another.send("/sign-in/second", code=app.at(clock.now()))
    assert another.status == 401
    clock.advance(seconds=30)
    thai = app.at(clock.now()).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    another.send("/sign-in/second", code=thai)

    assert another.path == "/work"
    enter(visitor, "malee")
    visitor.send("/sign-in/second", code=codes[0].lower())
    assert "เหลือรหัสสำรองอีก 9 รหัส" in visitor.page
    enter(visitor, "malee")
    visitor.send("/sign-in/second", code=codes[0])
    assert visitor.status == 401


def test_the_last_second_factor_stays_where_a_role_asks_for_one(
    hired: Hired, visitor: Visitor, clock: TravellingClock
) -> None:
    hired("malee", "auditor")
    enter(visitor, "malee")
    with_app(visitor, clock)
    page = visitor.visit("/account")
    remove = re.search(r'action="(/account/factors/\w+/remove)"', page)
    assert remove

    visitor.send(remove[1])

    assert "ก่อนลบวิธีนี้" in visitor.page
    assert "โทรศัพท์" in visitor.visit("/account")


def test_neither_seeds_nor_codes_lie_open_in_the_database(
    agency: Agency, hired: Hired, visitor: Visitor, clock: TravellingClock
) -> None:
    hired("malee", "auditor")
    enter(visitor, "malee")

    app, codes = with_app(visitor, clock)

    with agency.office.read() as work:
        kept = work.session.connection().exec_driver_sql("SELECT sealed FROM account_factor").all()
        hashes = work.session.connection().exec_driver_sql("SELECT code_hash FROM recovery_code")
        stored = repr(kept) + repr(hashes.all())
    assert app.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


# ── the password ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("สั้นไป", "อย่างน้อย 12"),
        ("password123456", "เดาได้ง่าย"),
        ("malee-samnuan-1", "เดาได้ง่าย"),
        (DEMO_PASSWORD, "เดาได้ง่าย"),
        ("qwertyuiop[]12", "เดาได้ง่าย"),
    ],
)
def test_a_password_that_is_soon_guessed_is_not_taken(
    hired: Hired, visitor: Visitor, new: str, told: str
) -> None:
    hired("malee", "unit_officer@it")
    enter(visitor, "malee")
    visitor.visit("/account")

    visitor.send("/account/password", {"current": PASSWORD, "new": new, "again": new})

    assert visitor.status == 422
    assert told in visitor.page


def test_a_leaked_password_is_found_in_the_list_that_the_agency_keeps(
    hired: Hired, visitor: Visitor, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hashlib import sha1

    leaked = sorted(sha1(f"{n} {ANOTHER}".encode()).hexdigest().upper() for n in range(300))
    file = tmp_path / "pwned.txt"
    file.write_text("".join(f"{line}:{n}\n" for n, line in enumerate(leaked)), "ascii")
    monkeypatch.setenv("SAMNUAN_BREACHED_PASSWORDS", str(file))
    hired("malee", "unit_officer@it")
    enter(visitor, "malee")
    visitor.visit("/account")

    for n in (0, 7, 150, 299):
        new = f"{n} {ANOTHER}"
        visitor.send("/account/password", {"current": PASSWORD, "new": new, "again": new})
        assert "รั่วไหล" in visitor.page, n
    visitor.send("/account/password", {"current": PASSWORD, "new": ANOTHER, "again": ANOTHER})

    assert "เปลี่ยนรหัสผ่านแล้ว" in visitor.page


def test_a_changed_password_signs_out_every_other_browser(
    hired: Hired, visitor: Visitor, another: Visitor
) -> None:
    hired("malee", "unit_officer@it")
    enter(visitor, "malee")
    enter(another, "malee")
    visitor.visit("/account")

    visitor.send("/account/password", {"current": PASSWORD, "new": ANOTHER, "again": ANOTHER})

    assert visitor.path == "/account"
    assert "/sign-in" in (another.visit("/work") and another.path)
    enter(another, "malee", ANOTHER)
    assert another.path == "/work"


def test_who_was_given_a_code_chooses_their_own_password_once(
    agency: Agency, visitor: Visitor, clock: TravellingClock
) -> None:
    with agency.office.begin() as work:
        new = people.add_user(work, "malee", "คุณมาลี", None, groups=["unit_officer@it"])
        code = one_time_codes.invite(work, agency.office.services, new.id)

    visitor.visit("/welcome")
    first = {"username": "malee", "password": PASSWORD, "again": PASSWORD}
    visitor.send("/welcome", first, code="AAAA-BBBB-CCCC-DDDD")
    assert visitor.status == 401
    visitor.send("/welcome", first, code=code.lower())
    assert visitor.path == "/sign-in"
    enter(visitor, "malee")

    assert visitor.path == "/work"
    visitor.visit("/welcome")
    visitor.send("/welcome", {**first, "password": ANOTHER, "again": ANOTHER}, code=code)
    assert visitor.status == 401


# ── signed-in browsers ─────────────────────────────────────────────────────────────────────────


def test_a_browser_that_lies_idle_is_signed_out_and_one_in_use_is_not(
    agency: Agency, clock: TravellingClock
) -> None:
    known = agency.office.settings
    settings = WebSettings(database_url=known.database_url, data_dir=known.data_dir, demo=True)
    app = create_app(settings, agency.office)
    visitor, another = Visitor(app.test_client()), Visitor(app.test_client())
    visitor.sign_in("unit_officer.it")
    another.sign_in("unit_officer.it")

    for _ in range(3):
        clock.advance(minutes=40)
        visitor.visit("/work")
        assert visitor.path == "/work"

    another.visit("/work")
    assert another.path == "/sign-in"


def test_the_others_are_signed_out_from_the_list_of_ones_own_browsers(
    app: Flask, visitor: Visitor, another: Visitor
) -> None:
    third = Visitor(app.test_client())
    for each in (visitor, another, third):
        each.sign_in("unit_officer.it")
    page = visitor.visit("/account")
    others = re.findall(r'name="session" value="(\w+)"', page)
    assert len(others) == 2

    visitor.send("/account/sessions/end", session=others[0])
    assert len(re.findall(r'name="session"', visitor.visit("/account"))) == 1
    visitor.send("/account/sessions/end")

    assert visitor.path == "/account"
    for each in (another, third):
        each.visit("/work")
        assert each.path == "/sign-in"


def test_nobody_signs_another_persons_browser_out(visitor: Visitor, another: Visitor) -> None:
    visitor.sign_in("unit_officer.it")
    visitor.sign_in("unit_officer.it")
    another.sign_in("unit_officer.legal")
    theirs = re.findall(r'name="session" value="(\w+)"', visitor.visit("/account"))

    another.visit("/account")
    another.send("/account/sessions/end", session=theirs[:1] or ["none"])

    assert "ออกจากระบบแล้ว 0 เครื่อง" in another.page


# ── a fresh proof ──────────────────────────────────────────────────────────────────────────────


def test_an_identity_is_laid_open_only_to_who_has_just_proved_who_they_are(
    agency: Agency, visitor: Visitor, clock: TravellingClock
) -> None:
    case = agency.file(COMPLAINT).case_id
    visitor.sign_in("intake_officer")
    visitor.visit(f"/cases/{case}")
    asked = {"reason": "โทรแจ้งผู้ร้องตามที่ขอไว้", "field": "full_name"}
    clock.advance(minutes=30)  # the desk is left alone

    visitor.visit(f"/cases/{case}")
    page = visitor.send(f"/cases/{case}/identity", asked)
    assert visitor.status == 401
    assert "สมหญิง" not in page
    assert "โทรแจ้งผู้ร้องตามที่ขอไว้" in page  # what was typed is not lost
    wrong = visitor.send(f"/cases/{case}/identity", asked, confirm_password="ไม่ใช่รหัสนี้แน่")
    assert visitor.status == 401
    assert "สมหญิง" not in wrong
    page = visitor.send(f"/cases/{case}/identity", asked, confirm_password=DEMO_PASSWORD)

    assert visitor.status == 200
    assert "สมหญิง" in page


def test_a_page_that_publishes_asks_first_and_leads_on(
    visitor: Visitor, clock: TravellingClock
) -> None:
    visitor.sign_in("process_owner")
    clock.advance(minutes=30)

    visitor.visit("/deploy")
    assert visitor.path == "/account/confirm"
    visitor.send("/account/confirm", next="/deploy", confirm_password=DEMO_PASSWORD)

    assert (visitor.status, visitor.path) == (200, "/deploy")


# ── guessing ───────────────────────────────────────────────────────────────────────────────────


def from_address(app: Flask, address: str) -> Visitor:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Visitor(client)


def test_an_agency_behind_one_address_signs_in_all_at_once(app: Flask, agency: Agency) -> None:
    names = [user.username for user in agency.staff if user.demo][:23]
    assert len(names) == 23

    for name in names:
        person = from_address(app, "203.0.113.9")
        person.sign_in(name)
        assert person.path != "/sign-in", name


def test_guesses_at_one_account_from_four_addresses_are_slowed_and_its_owner_still_comes_in(
    app: Flask, hired: Hired, clock: TravellingClock
) -> None:
    hired("malee", "unit_officer@it")
    owner = from_address(app, "203.0.113.9")
    enter(owner, "malee")
    owner.send("/sign-out")
    guessers = [from_address(app, f"198.51.100.{n}") for n in range(4)]

    answers = []
    for n in range(12):
        enter(guessers[n % 4], "malee", f"ลองเดารหัสครั้งที่ {n} ดูนะ")
        answers.append(guessers[n % 4].status)

    assert answers == [401] * 5 + [429] * 7
    # The browser that the owner has used before is not counted with them.
    enter(owner, "malee")
    assert owner.path == "/work"
    # And at another machine the owner waits a few minutes at most.
    elsewhere = from_address(app, "203.0.113.77")
    enter(elsewhere, "malee")
    assert elsewhere.status == 429
    clock.advance(minutes=5)
    enter(elsewhere, "malee")
    assert elsewhere.path == "/work"


def test_guesses_at_many_accounts_from_one_network_are_slowed(app: Flask, agency: Agency) -> None:
    settings = WebSettings(
        database_url=agency.office.settings.database_url,
        data_dir=agency.office.settings.data_dir,
        demo=True,
        sign_in_failures_per_network=6,
    )
    app = create_app(settings, agency.office)
    # An IPv6 subscriber has a whole /64.
    answers = []
    for n in range(8):
        guesser = from_address(app, f"2001:db8:1:2::{n:x}")
        enter(guesser, f"person-{n}", "รหัสเดียวลองกับทุกคน")
        answers.append(guesser.status)

    assert answers == [401] * 6 + [429] * 2
    neighbour = from_address(app, "2001:db8:1:3::1")
    neighbour.sign_in("unit_officer.it")
    assert neighbour.path == "/work"


def test_guesses_at_a_code_are_slowed_too(
    hired: Hired, visitor: Visitor, another: Visitor, clock: TravellingClock
) -> None:
    hired("malee", "auditor")
    enter(visitor, "malee")
    with_app(visitor, clock)
    enter(another, "malee")

    answers = []
    for n in range(7):
        another.send("/sign-in/second", code=f"{n:06}")
        answers.append(another.status)

    assert answers == [401] * 5 + [429] * 2


# ── demo accounts ──────────────────────────────────────────────────────────────────────────────


def test_a_demo_password_opens_nothing_on_a_real_system(agency: Agency) -> None:
    known = agency.office.settings
    real = create_app(
        WebSettings(database_url=known.database_url, data_dir=known.data_dir), agency.office
    )
    visitor = Visitor(real.test_client())

    visitor.sign_in("administrator")

    assert (visitor.status, visitor.path) == (401, "/sign-in")


# ── headers and cookies ────────────────────────────────────────────────────────────────────────


def test_where_the_public_comes_by_https_cookies_and_headers_hold_it(agency: Agency) -> None:
    known = agency.office.settings
    settings = WebSettings(
        database_url=known.database_url,
        data_dir=known.data_dir,
        demo=True,
        public_url="https://complaints.example.go.th",
    )
    client = create_app(settings, agency.office).test_client()

    answer = client.get("/sign-in", base_url=settings.public_url)

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-samnuan=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_without_https_no_browser_is_told_to_come_by_it(visitor: Visitor) -> None:
    answer = visitor.client.get("/sign-in")

    assert answer.headers["Set-Cookie"].startswith("samnuan=")
    assert "Strict-Transport-Security" not in answer.headers


def test_whom_to_tell_of_a_hole(visitor: Visitor, clock: TravellingClock) -> None:
    page = visitor.visit("/.well-known/security.txt")

    lines = dict(line.split(": ", 1) for line in page.splitlines())
    assert lines["Contact"] == "mailto:osmepcare@sme.go.th"
    assert lines["Expires"] > (clock.now() + timedelta(days=170)).isoformat()
    assert lines["Canonical"].endswith("/.well-known/security.txt")
