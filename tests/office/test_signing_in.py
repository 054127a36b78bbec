"""Accounts, passwords, signed-in browsers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.ground.clock import TravellingClock
from office.ground.errors import (
    PasswordTooWeak,
    RoleUnknown,
    SignInRefused,
    TooManyAttempts,
    UserExists,
    UserNotFound,
)
from office.ground.settings import OfficeSettings
from office.operations import demo
from office.people import people
from office.people.signing_in import sign_in
from tests.support.verbs import Office

PASSWORD = "รหัสผ่านที่ยาวพอสมควร"


@pytest.fixture
def somchai(office: Office) -> people.User:
    with office.engine.begin() as work:
        groups = ["unit_officer@legal", "screening_head"]
        return people.add_user(work, "somchai", "สมชาย ใจดี", PASSWORD, groups=groups, unit="legal")


def test_a_person_signs_in_and_out(office: Office, somchai: people.User) -> None:
    user, token = office.sign_in("somchai", PASSWORD)

    assert user == somchai
    assert office.user_of_session(token) == somchai
    office.sign_out(token)
    assert office.user_of_session(token) is None


def test_a_dearer_password_replaces_the_cheap_one_at_the_next_sign_in(
    office: Office, somchai: people.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> str:
        with office.engine.read() as work:
            account = sign_in.account_named(work, "somchai")
            assert account is not None
            return account.password_hash

    assert "m=12288," in kept()
    monkeypatch.setenv("SAMNUAN_PASSWORD_MEMORY", "16")

    office.sign_in("somchai", PASSWORD)

    assert "m=16384," in kept()
    office.sign_in("somchai", PASSWORD)


def test_every_refusal_reads_alike(office: Office, somchai: people.User) -> None:
    with office.engine.begin() as work:
        people.add_user(work, "closed", "ปิดบัญชี", PASSWORD)
        people.set_active(work, "closed", False)

    told = set()
    for username, password in (
        ("somchai", "รหัสผ่านที่ผิดแน่นอน"),
        ("nobody", PASSWORD),
        ("closed", PASSWORD),
        ("head", ""),
    ):
        with pytest.raises(SignInRefused) as refused:
            office.sign_in(username, password)
        told.add(refused.value.text)
    assert len(told) == 1


def test_a_session_ends_by_itself(
    office: Office, somchai: people.User, clock: TravellingClock
) -> None:
    _, token = office.sign_in("somchai", PASSWORD)

    clock.advance(hours=10, seconds=-1)
    assert office.user_of_session(token) == somchai
    clock.advance(seconds=1)
    assert office.user_of_session(token) is None, "at the very moment that it ends"


def test_closing_an_account_signs_it_out_everywhere(office: Office, somchai: people.User) -> None:
    tokens = [office.sign_in("somchai", PASSWORD)[1] for _ in range(2)]

    with office.engine.begin() as work:
        people.set_active(work, "somchai", False)

    assert [office.user_of_session(token) for token in tokens] == [None, None]


def test_a_new_password_signs_the_old_browsers_out(office: Office, somchai: people.User) -> None:
    _, token = office.sign_in("somchai", PASSWORD)

    with office.engine.begin() as work:
        people.set_password(work, "somchai", "รหัสผ่านใหม่ของสมชาย")

    assert office.user_of_session(token) is None
    with pytest.raises(SignInRefused):
        office.sign_in("somchai", PASSWORD)
    assert office.sign_in("somchai", "รหัสผ่านใหม่ของสมชาย")[0] == somchai


@pytest.mark.parametrize("meanwhile", ["another password", "closed"])
def test_a_password_that_fitted_a_moment_ago_lets_nobody_in(
    office: Office, somchai: people.User, meanwhile: str
) -> None:
    """A password is tried outside the transaction: what changes in that time counts."""
    with office.engine.read() as work:
        proof = sign_in.proven(sign_in.account_named(work, "somchai"), PASSWORD)
    with office.engine.begin() as work:
        if meanwhile == "closed":
            people.set_active(work, "somchai", False)
        else:
            people.set_password(work, "somchai", "รหัสผ่านใหม่ของสมชาย")

    with pytest.raises(SignInRefused), office.engine.begin() as work:
        sign_in.sign_in(work, proof)

    if meanwhile != "closed":
        assert office.sign_in("somchai", "รหัสผ่านใหม่ของสมชาย")[0] == somchai


def test_the_database_holds_neither_password_nor_token(
    office: Office, somchai: people.User
) -> None:
    _, token = office.sign_in("somchai", PASSWORD)

    with office.engine.read() as work:
        rows = work.session.connection().exec_driver_sql(
            "SELECT password_hash FROM account UNION ALL SELECT token_hash FROM session"
        )
        stored = " ".join(str(row[0]) for row in rows)

    assert "$argon2id$" in stored
    assert PASSWORD not in stored
    assert token not in stored


def test_roles_are_groups_and_unit_roles_name_their_unit(somchai: people.User) -> None:
    assert somchai.groups == {"unit_officer@legal", "screening_head"}
    assert somchai.roles == {"unit_officer", "screening_head"}
    assert somchai.units_as("unit_officer") == {"legal"}
    assert somchai.actor.id == somchai.id
    assert somchai.actor.groups == somchai.groups


@pytest.mark.parametrize(
    "group", ["no_such_role", "unit_officer", "unit_officer@nowhere", "director@legal"]
)
def test_a_role_must_exist_and_fit_its_unit(office: Office, group: str) -> None:
    with pytest.raises(RoleUnknown), office.engine.begin() as work:
        people.add_user(work, "new", "คนใหม่", PASSWORD, groups=[group])

    with office.engine.read() as work, pytest.raises(UserNotFound):
        people.user_by_name(work, "new")


def test_names_are_taken_once_and_passwords_are_not_short(
    office: Office, somchai: people.User
) -> None:
    with pytest.raises(UserExists), office.engine.begin() as work:
        people.add_user(work, "somchai", "อีกคน", PASSWORD)
    with pytest.raises(PasswordTooWeak), office.engine.begin() as work:
        people.add_user(work, "short", "สั้น", "1234")


def test_ended_sessions_are_forgotten_after_a_month(
    office: Office, somchai: people.User, clock: TravellingClock
) -> None:
    office.sign_in("somchai", PASSWORD)
    clock.advance(days=32)

    with office.engine.begin() as work:
        sign_in.sweep_sessions(work)
        left = work.session.connection().exec_driver_sql("SELECT count(*) FROM session").scalar()

    assert left == 0


def test_demo_accounts_cover_every_role_and_unit(office: Office) -> None:
    with office.engine.begin() as work:
        made = demo.add_demo_users(work)
        again = demo.add_demo_users(work)

    assert {"screening_head", "director", "unit_officer.it", "unit_officer.legal"} <= {
        user.username for user in made
    }
    assert again == made
    user, _ = office.sign_in("unit_officer.it", demo.DEMO_PASSWORD)
    assert user.groups == {"unit_officer@it"}


def test_a_real_database_is_never_started_as_a_demo(office: Office, somchai: people.User) -> None:
    with office.engine.read() as work:
        before = people.users(work)
    settings = replace(office.settings, demo=True)
    with closing(Office.open(settings)) as demonstration, pytest.raises(demo.NotADemo):
        demonstration.deploy_guideline()

    with office.engine.read() as work:
        assert people.users(work) == before


def test_a_demo_is_started_again_whoever_joined_it(
    settings: OfficeSettings, tmp_path: Path
) -> None:
    fresh = f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    settings = replace(settings, demo=True, database_url=fresh)
    with closing(Office.open(settings)) as demonstration:
        demonstration.deploy_guideline()
        with demonstration.begin() as work:
            people.add_user(work, "somchai", "สมชาย ใจดี", PASSWORD)

        demonstration.deploy_guideline()


def test_guessing_is_limited_within_a_window_and_per_place(
    office: Office, clock: TravellingClock
) -> None:
    quarter = timedelta(minutes=15)
    for _ in range(3):
        office.count_attempt("sign-in", "192.0.2.7", limit=3, per=quarter)

    with pytest.raises(TooManyAttempts):
        office.count_attempt("sign-in", "192.0.2.7", limit=3, per=quarter)
    office.count_attempt("sign-in", "192.0.2.8", limit=3, per=quarter)
    office.count_attempt("track", "192.0.2.7", limit=3, per=quarter)
    clock.advance(minutes=15)
    office.count_attempt("sign-in", "192.0.2.7", limit=3, per=quarter)


def test_no_address_is_kept_of_those_who_tried(office: Office) -> None:
    office.count_attempt("track", "192.0.2.7", limit=3, per=timedelta(minutes=15))

    with office.engine.read() as work:
        rows = work.session.connection().exec_driver_sql("SELECT bucket FROM attempt").all()

    assert len(rows) == 1
    assert "192.0.2.7" not in str(rows)
