"""Passkeys with a real browser: Chromium's virtual authenticator (WebAuthn over the DevTools
protocol) stands in for a finger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser
from waitress.server import create_server

from office.people import people
from tests.browser.person import Person
from tests.support.agency import Agency
from web import create_app
from web.settings import WebSettings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]
PASSWORD = "กล้วย เดินเรือ ฝนตก เก้าอี้"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(agency: Agency) -> Iterator[str]:
    """By name: browsers make no passkeys for numbers of the net."""
    known = agency.office.settings
    server = create_server(lambda *_: [], host="127.0.0.1", port=0, threads=4)
    url = f"http://localhost:{server.effective_port}"
    settings = WebSettings(
        database_url=known.database_url, data_dir=known.data_dir, demo=True, public_url=url
    )
    agency.office.services = replace(agency.office.services, public_url=url)
    server.application = create_app(settings, agency.office)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield url
    server.close()
    thread.join(timeout=10)


class Finger:
    """An authenticator plugged into somebody's browser."""

    def __init__(self, person: Person) -> None:
        self.protocol = person.context.new_cdp_session(person.page)
        self.protocol.send("WebAuthn.enable")
        added = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.id = added["authenticatorId"]

    def is_known(self, known: bool) -> None:
        told = {"authenticatorId": self.id, "isUserVerified": known}
        self.protocol.send("WebAuthn.setUserVerified", told)

    def copy_to(self, other: Finger) -> None:
        found = self.protocol.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        for credential in found["credentials"]:
            told = {"authenticatorId": other.id, "credential": credential}
            other.protocol.send("WebAuthn.addCredential", told)


def test_a_passkey_is_set_up_and_signs_in_without_a_password(
    agency: Agency, browser: Browser, address: str
) -> None:
    with agency.office.begin() as work:
        people.add_user(work, "malee", "คุณมาลี", PASSWORD, groups=["auditor"])
    malee = Person(browser, address, phone=True)
    finger = Finger(malee)
    malee.visit("/sign-in")
    malee.fill({"username": "malee", "password": PASSWORD})
    malee.press("ลงชื่อเข้าใช้")

    malee.page.locator("#passkey-name").fill("โทรศัพท์ของมาลี")
    malee.page.get_by_role("button", name="เพิ่มพาสคีย์").click()
    malee.page.wait_for_selector("#recovery-codes")
    assert malee.look().count("-") == 10
    assert "โทรศัพท์ของมาลี" in malee.press("เก็บไว้แล้ว")
    malee.press("ออกจากระบบ")
    malee.visit("/sign-in")
    malee.page.get_by_role("button", name="ลงชื่อเข้าใช้ด้วยพาสคีย์").click()
    malee.page.wait_for_url("**/audit/cases")
    assert "เรื่อง" in malee.look()

    # Who has the telephone but not the finger does not come in.
    malee.press("ออกจากระบบ")
    malee.visit("/sign-in")
    finger.is_known(False)
    malee.page.get_by_role("button", name="ลงชื่อเข้าใช้ด้วยพาสคีย์").click()
    malee.page.locator("[data-passkey-trouble]").wait_for(state="visible")
    assert malee.page.url.endswith("/sign-in")
    malee.close()


def test_a_copied_passkey_is_noticed(agency: Agency, browser: Browser, address: str) -> None:
    with agency.office.begin() as work:
        people.add_user(work, "malee", "คุณมาลี", PASSWORD, groups=["unit_officer@it"])
    malee, thief = Person(browser, address), Person(browser, address)
    finger, copied = Finger(malee), Finger(thief)
    malee.visit("/sign-in")
    malee.fill({"username": "malee", "password": PASSWORD})
    malee.press("ลงชื่อเข้าใช้")
    malee.visit("/account")
    malee.page.get_by_role("button", name="เพิ่มพาสคีย์").click()
    malee.page.wait_for_selector("#recovery-codes")
    finger.copy_to(copied)
    # As a second factor after the password, and the counter of signatures goes on.
    malee.press("ออกจากระบบ")
    malee.visit("/sign-in")
    malee.fill({"username": "malee", "password": PASSWORD})
    malee.press("ลงชื่อเข้าใช้")
    malee.page.get_by_role("button", name="ใช้พาสคีย์").click()
    malee.page.wait_for_url("**/work")

    thief.visit("/sign-in")
    with thief.page.expect_response("**/sign-in/passkey") as answer:
        thief.page.get_by_role("button", name="ลงชื่อเข้าใช้ด้วยพาสคีย์").click()

    assert answer.value.status == 401
    malee.close()
    thief.close()
