"""Signing in at an identity provider, a real one in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from engine.ground.clock import TravellingClock
from office.operations.demo import DEMO_PASSWORD
from office.people import grants, people
from tests.support.agency import Agency
from tests.support.provider import CLIENT, SECRET
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings

MALEE = {
    "sub": "ab-12",
    "preferred_username": "malee",
    "name": "มาลี ใจดี",
    "groups": ["samnuan-unit-officer-it", "ห้องอาหาร"],
    "amr": ["pwd", "mfa"],
}


class Provider:
    """The provider's process, and what it says of the next person."""

    def __init__(self, address: str) -> None:
        self.address = address

    def says(self, claims: dict[str, object], fault: str = "") -> None:
        body = json.dumps({**claims, "fault": fault}).encode()
        urlopen(Request(f"{self.address}/next", body), timeout=10).close()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    command = [sys.executable, "-m", "tests.support.provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Provider(process.stdout.readline().strip())
        process.terminate()


@pytest.fixture
def app(agency: Agency, provider: Provider) -> Flask:
    known = agency.office.settings
    settings = WebSettings(
        database_url=known.database_url,
        data_dir=known.data_dir,
        demo=True,
        oidc_issuer=provider.address,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        thaid_issuer=provider.address,
        thaid_client_id=CLIENT,
        thaid_client_secret=SECRET,
    )
    return create_app(settings, agency.office)


def through(visitor: Visitor, key: str = "agency", **more: str) -> str:
    """To the provider and back, as a browser is led."""
    sent = visitor.client.get(f"/sign-in/with/{key}", query_string=more)
    assert sent.status_code == 302, sent.get_data(as_text=True)
    return visitor.visit(came_back(sent.headers["Location"]))


def came_back(address: str) -> str:
    """Where the provider leads on to, without going there."""
    from http.client import HTTPConnection

    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 302, body
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def groups_of(agency: Agency, username: str) -> frozenset[str]:
    with agency.office.read() as work:
        return people.user_by_name(work, username).groups


def test_the_agencys_directory_opens_an_account_with_the_roles_of_its_groups(
    agency: Agency, visitor: Visitor, provider: Provider
) -> None:
    provider.says(MALEE)

    assert "บัญชีของหน่วยงาน" in visitor.visit("/sign-in")
    through(visitor)

    assert (visitor.status, visitor.path) == (200, "/work")
    assert "มาลี ใจดี" in visitor.page
    assert groups_of(agency, "malee") == {"unit_officer@it"}


def test_roles_follow_the_directory_at_each_sign_in(
    agency: Agency, visitor: Visitor, provider: Provider
) -> None:
    provider.says(MALEE)
    through(visitor)

    provider.says({**MALEE, "groups": ["samnuan-unit-director-legal"]})
    through(visitor)

    assert groups_of(agency, "malee") == {"unit_director@legal"}


def test_a_role_that_takes_two_persons_is_asked_for_and_not_given(
    agency: Agency, visitor: Visitor, provider: Provider
) -> None:
    provider.says({**MALEE, "groups": ["samnuan-unit-officer-it", "samnuan-administrator"]})

    through(visitor)
    through(visitor)

    assert groups_of(agency, "malee") == {"unit_officer@it"}
    with agency.office.read() as work:
        assert [row.group_name for row in grants.waiting(work)] == ["administrator"]
    with agency.office.begin() as work:
        request = grants.waiting(work)[0]
        grants.decide(work, request.id, by=agency.person("administrator"), granted=True)
    through(visitor)
    assert groups_of(agency, "malee") == {"unit_officer@it", "administrator"}


def test_who_has_no_group_here_or_bears_a_taken_name_gets_no_account(
    agency: Agency, visitor: Visitor, provider: Provider
) -> None:
    provider.says({**MALEE, "groups": ["ห้องอาหาร"]})
    assert "ไม่มีบทบาท" in through(visitor)
    assert visitor.status == 403

    provider.says({**MALEE, "preferred_username": "administrator"})
    assert "มีบัญชีชื่อนี้อยู่แล้ว" in through(visitor)
    assert visitor.visit("/work")
    assert visitor.path == "/sign-in"


def test_a_provider_that_saw_a_password_only_leaves_the_second_factor_to_us(
    visitor: Visitor, provider: Provider, agency: Agency
) -> None:
    provider.says({**MALEE, "groups": ["samnuan-dpo"], "amr": ["pwd"]})

    through(visitor)

    assert visitor.path == "/account"
    visitor.visit("/retention")
    assert visitor.path == "/account"


def test_thaid_opens_the_account_that_its_owner_has_linked(
    agency: Agency, visitor: Visitor, another: Visitor, provider: Provider
) -> None:
    citizen: dict[str, object] = {"sub": "1101700000000", "pid": "1101700000000"}
    provider.says(citizen)
    assert "ยังไม่มีบัญชีที่ผูก" in through(another, "thaid")
    visitor.sign_in("unit_officer.it")

    assert "ผูกกับบัญชีนี้แล้ว" in through(visitor, "thaid", aim="link")
    through(another, "thaid")

    assert another.path == "/work"
    with agency.office.read() as work:
        rows = work.session.connection().exec_driver_sql("SELECT * FROM external_identity").all()
    assert len(rows) == 1
    assert "1101700000000" not in repr(rows)
    # Nobody else takes it over.
    other = Visitor(visitor.client.application.test_client())
    other.sign_in("unit_officer.legal")
    through(other, "thaid", aim="link")
    assert other.status == 409


@pytest.mark.parametrize(
    "fault",
    [
        "another nonce",
        "another audience",
        "another issuer",
        "another key",
        "expired",
        "says no",
    ],
)
def test_what_the_provider_did_not_say_to_us_just_now_opens_nothing(
    visitor: Visitor, provider: Provider, fault: str
) -> None:
    provider.says(MALEE, fault)

    page = through(visitor)

    assert visitor.status == 401
    assert "ไม่สำเร็จ" in page
    visitor.visit("/work")
    assert visitor.path == "/sign-in"


def test_an_answer_that_another_browser_asked_for_opens_nothing(
    visitor: Visitor, another: Visitor, provider: Provider
) -> None:
    provider.says(MALEE)
    sent = visitor.client.get("/sign-in/with/agency")
    asked = {k: v[0] for k, v in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["nonce"]
    answer = came_back(sent.headers["Location"])

    another.visit(answer)
    assert another.status == 401
    visitor.visit(answer)
    assert visitor.path == "/work"
    # And the same answer a second time is worth nothing.
    third = Visitor(visitor.client)
    third.visit(answer)
    assert third.status == 401


def test_who_has_no_password_proves_it_again_at_the_provider(
    visitor: Visitor, provider: Provider, clock: TravellingClock
) -> None:
    provider.says({**MALEE, "groups": ["samnuan-unit-officer-it"]})
    through(visitor)
    clock.advance(minutes=30)
    visitor.visit("/account")
    page = visitor.send("/account/app")
    assert visitor.status == 401
    assert "/sign-in/with/agency?aim=prove" in page

    provider.says(MALEE, "seen long ago")
    through(visitor, aim="prove", next="/account")
    assert visitor.status == 401
    provider.says({**MALEE, "sub": "somebody-else"})
    through(visitor, aim="prove", next="/account")
    assert visitor.status == 401
    provider.says(MALEE)
    through(visitor, aim="prove", next="/account")

    assert visitor.path == "/account"
    visitor.send("/account/app")
    assert visitor.path == "/account/app"


def test_a_provider_that_is_away_leaves_the_password(agency: Agency) -> None:
    known = agency.office.settings
    settings = WebSettings(
        database_url=known.database_url,
        data_dir=known.data_dir,
        demo=True,
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
    )
    visitor = Visitor(create_app(settings, agency.office).test_client())

    assert "ระบบนั้นไม่ตอบ" in visitor.visit("/sign-in/with/agency")
    assert visitor.status == 503
    visitor.send("/sign-in", username="unit_officer.it", password=DEMO_PASSWORD)
    assert visitor.path == "/work"
