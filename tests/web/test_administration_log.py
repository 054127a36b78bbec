"""Whoever runs the house leaves a trace: accounts, roles, sign-ins, opened cases, deployments, in
one chain that an auditor reads and that nobody can rewrite unnoticed."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from engine.store.tables import AdministrationEvent
from engine.turn import administration
from office.audit.head_signing import FILE
from office.audit.verification_run import Run
from office.ground import administered
from office.people import people
from office.people.people import User
from tests.support.agency import Agency
from tests.support.drawing import SMALL
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import Visitor
from web.auditor.administration import ROWS, _in_words
from web.cli import main

LOG = "/audit/administration"
TRIGGERS = ("administration_event_no_update", "administration_event_no_delete")


def entries(agency: Agency, *types: str) -> list[AdministrationEvent]:
    with agency.office.read() as work:
        query = sa.select(AdministrationEvent).where(AdministrationEvent.type.in_(types))
        return list(work.session.scalars(query.order_by(AdministrationEvent.seq)))


def findings(agency: Agency) -> list[tuple[str, str]]:
    run = Run(agency.office.engine, agency.office.services, agency.office.settings.data_dir)
    list(run.steps())
    return [(each.place, each.what.en) for each in run.report.differences]


def run_as(agency: Agency, *arguments: str) -> None:
    """A command on the machine of the house."""
    settings = agency.office.settings
    environ = {
        "SAMNUAN_DATABASE_URL": settings.database_url,
        "SAMNUAN_DATA_DIR": str(settings.data_dir),
    }
    told = CliRunner(env=environ).invoke(main, list(arguments))
    assert told.exit_code == 0, told.output


def change(agency: Agency, statement: str, **values: Any) -> None:
    """By whoever holds the database's password."""
    with agency.office.engine.database.begin() as connection:
        for name in TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        assert connection.execute(sa.text(statement), values).rowcount >= 1


@pytest.fixture
def case_id(agency: Agency) -> str:
    return agency.file(COMPLAINT).case_id


@pytest.fixture
def clerk(agency: Agency) -> User:
    return agency.person("unit_officer@admin")


def test_a_role_for_one_look_and_back_leaves_two_entries_and_the_look_a_third(
    agency: Agency, case_id: str, clerk: User, visitor: Visitor, another: Visitor
) -> None:
    began = len(entries(agency, "account_changed", "case_opened"))
    run_as(agency, "users", "roles", clerk.username, "--group", "intake_officer")
    visitor.sign_in(clerk.username)
    for _ in range(3):  # one visit
        assert "เลขรับ" in visitor.visit(f"/cases/{case_id}") or visitor.status == 200
    run_as(agency, "users", "roles", clerk.username, "--group", "unit_officer@admin")

    given, look, taken = entries(agency, "account_changed", "case_opened")[began:]
    assert (given.type, look.type, taken.type) == (
        "account_changed",
        "case_opened",
        "account_changed",
    )
    assert given.data["was"] == {"roles": ["unit_officer@admin"]}
    assert given.data["state"]["roles"] == ["intake_officer"]
    assert given.actor.startswith("command-line:")
    assert (look.actor, look.subject) == (clerk.id, case_id)
    assert taken.data["was"] == {"roles": ["intake_officer"]}
    assert findings(agency) == []
    another.sign_in("auditor")
    page = another.visit(f"{LOG}?person={clerk.username}")
    assert "ให้บทบาท" in page
    assert "ถอนบทบาท" in page
    assert "เปิดดูเรื่อง" in page


def test_a_second_visit_is_a_second_entry(agency: Agency, case_id: str, visitor: Visitor) -> None:
    visitor.sign_in("screening_head")
    visitor.visit(f"/cases/{case_id}")
    task = agency.task(case_id, "screen").id
    visitor.visit(f"/tasks/{task}")
    agency.clock.advance(hours=1)
    visitor.visit(f"/tasks/{task}")

    assert [entry.subject for entry in entries(agency, "case_opened")] == [case_id, case_id]


def test_who_is_let_in_and_who_is_not(agency: Agency, visitor: Visitor) -> None:
    visitor.visit("/sign-in")
    visitor.send("/sign-in", username="auditor", password="guess")
    visitor.send("/sign-in", username="รหัสผ่านของฉัน", password="auditor")
    visitor.sign_in("auditor")
    visitor.send("/sign-out")

    auditor = agency.person("auditor")
    told = entries(agency, "signed_in", "signed_out", "sign_in_refused")
    assert [(entry.type, entry.subject) for entry in told] == [
        ("sign_in_refused", auditor.id),
        ("sign_in_refused", ""),  # what was typed for a name may be a password
        ("signed_in", auditor.id),
        ("signed_out", auditor.id),
    ]
    assert told[2].data == {"method": "password"}
    assert "รหัสผ่านของฉัน" not in json.dumps([entry.data for entry in told])


def test_only_an_auditor_reads_it_and_finds_what_is_asked_for(
    agency: Agency, case_id: str, visitor: Visitor, another: Visitor
) -> None:
    another.sign_in("screening_head")
    another.visit(f"/cases/{case_id}")
    another.visit(LOG)
    assert another.status == 403
    number = agency.case(case_id).receipt_no

    visitor.sign_in("auditor")

    assert "เปิดดูเรื่อง" in visitor.visit(f"{LOG}?q={number}")
    assert number in visitor.page
    assert "เข้าสู่ระบบ" in visitor.visit(f"{LOG}?group=sign_ins&since=1/1/2569")
    assert "ไม่พบรายการ" in visitor.visit(f"{LOG}?group=sign_ins&until=1/1/2569")
    assert "วันที่ไม่ถูกต้อง" in visitor.visit(f"{LOG}?since=เมื่อวาน")
    assert "ติดตั้งกระบวนงาน" in visitor.visit(f"{LOG}?group=deployments")


def test_who_opened_a_case_is_not_told_to_an_auditor_whom_it_concerns(
    agency: Agency, case_id: str, visitor: Visitor, another: Visitor
) -> None:
    another.sign_in("screening_head")
    another.visit(f"/cases/{case_id}")
    agency.office.declare_conflict(case_id, agency.person("auditor"))

    visitor.sign_in("auditor")
    visitor.visit(f"{LOG}?group=looks")

    assert agency.case(case_id).receipt_no not in visitor.page
    assert case_id not in visitor.page


def test_what_is_taken_out_can_be_checked_by_the_book(agency: Agency, visitor: Visitor) -> None:
    """Written from docs/reference/record.md alone."""
    visitor.sign_in("auditor")
    visitor.visit(LOG)
    visitor.send(f"{LOG}/file")

    lines = [json.loads(line) for line in visitor.page.splitlines()]
    head = ""
    for number, line in enumerate(lines, start=1):
        assert line["seq"] == number
        payload = _d(b"samnuan payload 2", bytes.fromhex(line["salt"]), line["data"].encode())
        words = (
            "samnuan event 2",
            head,
            "administration",
            str(number),
            "0",
            *(line[name] for name in ("type", "subject", "at", "actor", "role", "on_behalf_of")),
            payload,
        )
        head = _d(*(word.encode() for word in words))
        assert head == line["hash"]
    assert lines[-1]["type"] == "administration_exported"


def _d(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(len(p).to_bytes(8, "big") + p for p in parts)).hexdigest()


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (
            "INSERT INTO account_role (account_id, role, unit) VALUES (:id, 'auditor', '')",
            "account",
        ),
        ("DELETE FROM account_role WHERE account_id = :id", "account"),
        ("UPDATE account SET password_hash = 'known' WHERE id = :id", "account"),
        ("UPDATE account SET active = 0 WHERE id = :id", "account"),
        ("UPDATE role SET access = 'all' WHERE key = 'unit_officer' AND :id = :id", "role"),
        ("UPDATE unit SET name_th = 'x' WHERE key = 'it' AND :id = :id", "unit"),
    ],
)
def test_what_was_changed_past_the_house_is_named(
    agency: Agency, clerk: User, statement: str, place: str
) -> None:
    assert findings(agency) == []

    change(agency, statement, id=clerk.id)

    (found,) = findings(agency)
    assert found[0].startswith(f"{place}/")
    assert "of the administration says" in found[1]


def test_an_account_that_nobody_opened_is_named(agency: Agency, clerk: User) -> None:
    columns = "username, display_name, password_hash, unit, active, demo, created_at"
    copied = columns.replace("username,", ":name,")
    change(
        agency,
        f"INSERT INTO account (id, {columns}) SELECT :id, {copied} FROM account WHERE id = :clerk",
        id=uuid.uuid4().hex,
        name="ghost",
        clerk=clerk.id,
    )

    ((_, what),) = findings(agency)
    assert what == "no entry tells of its coming"


def test_an_entry_that_was_changed_or_cut_off_is_found(agency: Agency, visitor: Visitor) -> None:
    visitor.sign_in("auditor")
    agency.office.sign_head()
    (last,) = entries(agency, "signed_in")

    change(agency, "UPDATE administration_event SET actor = 'x' WHERE seq = :seq", seq=last.seq)
    assert (f"administration/administration_event/{last.seq}") in dict(findings(agency))

    change(agency, "DELETE FROM administration_event WHERE seq = :seq", seq=last.seq)
    assert any("the chain ends at" in what for _, what in findings(agency))


def test_a_chain_that_was_rewritten_with_all_its_hashes_does_not_fit_the_signed_heads(
    agency: Agency, visitor: Visitor
) -> None:
    visitor.sign_in("auditor")
    agency.office.sign_head()
    (last,) = entries(agency, "signed_in")
    with agency.office.read() as work:
        table = AdministrationEvent.__table__
        raw = [sa.type_coerce(c, sa.Text) if c.name == "data" else c for c in table.columns]
        rows = work.session.execute(sa.select(*raw).order_by(table.c.seq)).mappings().all()
    row = {**rows[-1], "actor": "system"}
    before = rows[-2]["hash"]
    hash = administration.hash_of(before, row)
    change(
        agency,
        "UPDATE administration_event SET actor = 'system', hash = :hash WHERE seq = :seq",
        seq=last.seq,
        hash=hash,
    )
    change(agency, "UPDATE administration_head SET hash = :hash WHERE seq >= 0", hash=hash)

    told = [what for place, what in findings(agency) if "administration_event" in place]
    assert len([what for what in told if "rewritten since" in what]) == 2  # the log, and the file
    assert (agency.office.settings.data_dir / FILE).exists()


def test_deployments_by_page_and_by_command_are_entries(agency: Agency, tmp_path: Path) -> None:
    began = len(entries(agency, "deployed"))
    file = tmp_path / "small.bpmn"
    file.write_text(SMALL, "utf-8")

    run_as(agency, "deploy", str(file))
    file.write_text(SMALL.replace("กระบวนงานเล็ก", "กระบวนงานน้อย"), "utf-8")
    owner = agency.person("process_owner")
    run_as(agency, "deploy", str(file), "--as", owner.username)

    told = entries(agency, "deployed")[began:]
    assert [entry.actor.partition(":")[0] for entry in told] == ["command-line", owner.id]
    assert told[0].data["files"] == ["small.bpmn"]
    assert findings(agency) == []


def test_a_house_of_an_older_release_begins_with_what_there_is(agency: Agency, clerk: User) -> None:
    """As after an upgrade: accounts and searches, and no chain yet."""
    office = agency.office
    change(
        agency,
        "INSERT INTO audit_look (id, account_id, at, kind, facts) "
        "VALUES ('1', :id, 1700000000000000, 'search', '{\"unit\":\"it\"}')",
        id=clerk.id,
    )
    change(agency, "DELETE FROM administration_event")
    change(agency, "UPDATE administration_head SET seq = 0, hash = ''")

    office = type(office).open(office.settings, clock=agency.clock, engine=office.engine)

    (search,) = entries(agency, "search")
    assert (search.actor, search.data["unit"]) == (clerk.id, "it")
    assert search.data["at"].startswith("2023-11-14")
    with office.read() as work:
        accounts = len(people.users(work))
    assert len(entries(agency, "account_added")) == accounts
    assert findings(agency) == []


def test_all_that_people_do_with_accounts_agrees_with_its_entries(
    agency: Agency, clerk: User
) -> None:
    with agency.office.begin() as work:
        people.add_user(work, "new", "คนใหม่", "a long enough password", groups=["auditor"])
    with agency.office.begin() as work:
        people.set_password(work, "new", "another long password")
        people.set_groups(work, clerk.id, [])
        people.set_active(work, clerk.username, False)

    told = entries(agency, "account_added", "account_changed")[-3:]
    assert [sorted(entry.data.get("was", {})) for entry in told] == [
        [],
        ["password_hash"],
        ["active", "roles"],
    ]
    assert findings(agency) == []


def test_a_code_or_a_passkey_that_opens_nothing_is_an_entry_too(
    agency: Agency, visitor: Visitor
) -> None:
    visitor.visit("/welcome")
    words = {"password": "กล้วย เดินเรือ ฝนตก เก้าอี้", "again": "กล้วย เดินเรือ ฝนตก เก้าอี้"}
    visitor.send("/welcome", username="auditor", code="AAAA-BBBB-CCCC-DDDD", **words)
    visitor.visit("/sign-in")
    visitor.send("/sign-in/passkey", answer="{}")

    told = entries(agency, "sign_in_refused")
    assert [(entry.subject, entry.data) for entry in told] == [("", {"why": "refused"})] * 2


def test_every_entry_is_in_thai_on_the_page(agency: Agency, visitor: Visitor) -> None:
    """Whatever is followed has words of its own; no raw kind, no fact's name in English."""
    visitor.sign_in("auditor")

    page = visitor.visit(LOG)

    assert "วิธี: รหัสผ่าน" in page
    for kind in administered.KINDS:
        assert kind in ROWS, kind
    for facts in ({"method": "password+totp"}, {"why": "throttled"}, {"version": 0}):
        [(name, value)] = facts.items()
        assert not re.search("[A-Za-z]", _in_words(name, value))
