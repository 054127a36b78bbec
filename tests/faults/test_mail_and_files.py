"""The mail server refuses, hangs, lies or is away, the file store is gone: nothing is lost, what
may come twice is marked as the same, and a person reads what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.verbs.incidents import open_incidents, resolve_incident
from office.ground.errors import StorageUnavailable
from office.ground.settings import OfficeSettings
from office.ground.tables import Case
from office.guideline import files
from office.letters import mail
from tests.faults.office_scenes import uploads
from tests.office import small_guideline
from tests.office.conftest import complaint
from tests.support.mailserver import Mailbox
from tests.support.verbs import Office


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, mailbox: Mailbox) -> OfficeSettings:
    return OfficeSettings(
        database_url=sqlite_url,
        data_dir=tmp_path / "var",
        smtp_host=mailbox.host,
        smtp_port=mailbox.port,
    )


@pytest.fixture
def office(settings: OfficeSettings, clock: TravellingClock) -> Iterator[Office]:
    office = Office.open(settings, clock=clock)
    with office.engine.begin() as work:
        files.deploy_guideline(work, small_guideline.files())
    yield office
    office.close()


def deliver(office: Office, clock: TravellingClock, times: int) -> None:
    for _ in range(times):
        office.run_due()
        clock.advance(hours=7)


@pytest.mark.parametrize("answer", ["451 4.3.2 busy", "550 5.1.1 unknown", "421 4.3.2 closing"])
def test_a_letter_that_is_refused_is_sent_again(
    office: Office, clock: TravellingClock, mailbox: Mailbox, answer: str
) -> None:
    mailbox.refuse_with = answer
    office.file_complaint(complaint())
    deliver(office, clock, 3)
    assert mailbox.messages == []

    mailbox.refuse_with = ""
    deliver(office, clock, 3)

    assert len(mailbox.messages) == 1
    assert mailbox.recipients == [["somying@example.org"]]


def test_a_server_that_takes_a_letter_and_hangs_up_gets_the_same_letter_again(
    office: Office, clock: TravellingClock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = mailbox.handle_DATA

    async def take_and_hang_up(server: Any, session: Any, envelope: Any) -> str:
        await take(server, session, envelope)
        server.transport.close()
        return "250 OK"

    monkeypatch.setattr(mailbox, "handle_DATA", take_and_hang_up)
    office.file_complaint(complaint())
    deliver(office, clock, 1)
    monkeypatch.setattr(mailbox, "handle_DATA", take)
    deliver(office, clock, 3)

    # Nobody can know whether it was taken; its id tells the receiver that it is the same letter.
    assert len(mailbox.messages) == 2
    assert len({message["Message-ID"] for message in mailbox.messages}) == 1


def test_a_server_that_never_answers_holds_up_nobody_for_ever(
    office: Office, clock: TravellingClock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    take = mailbox.handle_DATA

    async def never(*_: Any) -> str:
        await asyncio.sleep(5)
        return "250 OK"

    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(mailbox, "handle_DATA", never)
    office.file_complaint(complaint())
    deliver(office, clock, 1)
    monkeypatch.setattr(mailbox, "handle_DATA", take)
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 20)
    deliver(office, clock, 2)

    assert len(mailbox.messages) == 1


def test_a_server_that_stays_away_becomes_an_incident_that_a_person_can_mend(
    settings: OfficeSettings, office: Office, clock: TravellingClock, mailbox: Mailbox
) -> None:
    away = Office.open(replace(settings, smtp_port=1), clock=clock)
    away.file_complaint(complaint())
    deliver(away, clock, 14)

    with away.engine.read() as work:
        (incident,) = open_incidents(work)
    assert "เครื่องส่งอีเมลไม่รับข้อความ" in incident.message_th
    assert "somying" not in incident.message_th + incident.message_en
    away.close()

    with office.engine.begin() as work:
        resolve_incident(work, incident.id, actor=Actor.of("admin-1", "administrator"))
    deliver(office, clock, 2)

    assert len(mailbox.messages) == 1


def test_a_complaint_with_files_waits_for_the_store_and_keeps_its_number(office: Office) -> None:
    folder = office.settings.data_dir / "files"
    folder.mkdir(parents=True, exist_ok=True)
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("not a folder")

    with pytest.raises(StorageUnavailable):
        office.file_complaint(complaint(), files=uploads(), idempotency_key="once")
    with office.engine.read() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 0

    folder.unlink()
    folder.with_name("elsewhere").rename(folder)
    filed = office.file_complaint(complaint(), files=uploads(), idempotency_key="once")
    assert filed.receipt_no == "รร.00001/2569"
