"""Mail and events: through the outbox, with retries, saying no more than they must."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.store.tables import OutboxMessage
from office.ground.settings import OfficeSettings
from office.ground.tables import Case, Counter
from office.guideline import files as guidelinefiles
from office.letters.mail import Mail, MailUndelivered, SmtpCarrier
from office.operations import outbox_handlers
from office.people.people import User
from tests.office import small_guideline
from tests.office.conftest import SCREENED, complaint, corruption
from tests.support.mailserver import Mailbox
from tests.support.verbs import Office


@pytest.fixture
def posting(settings: OfficeSettings, clock: TravellingClock, mailbox: Mailbox) -> Iterator[Office]:
    """An office that has a mail server."""
    settings = dataclasses.replace(
        settings, smtp_host=mailbox.host, smtp_port=mailbox.port, smtp_from="sapoto@example.go.th"
    )
    office = Office.open(settings, clock=clock)
    yield office
    office.close()


def text_of(message: EmailMessage) -> str:
    content = message.get_content()
    assert isinstance(content, str)
    return content


def test_a_grievance_is_acknowledged_by_mail(posting: Office, mailbox: Mailbox) -> None:
    filed = posting.file_complaint(complaint())

    posting.run_due()

    assert mailbox.recipients == [["somying@example.org"]]
    message = mailbox.messages[0]
    assert message["Subject"] == "หนังสือแจ้งรับเรื่อง เลขที่ ศปท.ล.00001/2569"
    assert message["From"] == "sapoto@example.go.th"
    assert filed.receipt_no in text_of(message)
    assert filed.tracking_code not in text_of(message)
    assert posting.track(filed.tracking_code).letters[0].mail == "delivered"


@pytest.mark.parametrize(
    "answers",
    [corruption(), corruption(identity_mode="open"), complaint(identity_mode="confidential")],
    ids=["corruption", "corruption, open", "grievance in confidence"],
)
def test_mail_to_who_is_protected_says_only_that_there_is_a_letter(
    posting: Office, mailbox: Mailbox, answers: dict[str, Any]
) -> None:
    filed = posting.file_complaint(answers)

    posting.run_due()

    message = mailbox.messages[0]
    everything = f"{message['Subject']} {text_of(message)}"
    assert "/track" in everything
    secrets = (filed.receipt_no, "สมหญิง", answers["title"], "ร้องเรียน", filed.tracking_code)
    assert [secret for secret in secrets if secret in everything] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"reply_by": "phone"},
        {"identity_mode": "anonymous", "full_name": None, "phone": None, "email": None,
         "reply_by": None},
    ],
    ids=["by phone", "anonymous"],
)  # fmt: skip
def test_who_did_not_ask_for_mail_gets_none(
    posting: Office, mailbox: Mailbox, changes: dict[str, Any]
) -> None:
    filed = posting.file_complaint(complaint(**changes))

    posting.run_due()

    assert mailbox.messages == []
    letter = posting.track(filed.tracking_code).letters[0]
    assert (letter.kind, letter.mail) == ("L1", None)


def test_a_mail_server_that_is_down_loses_nothing(
    posting: Office, mailbox: Mailbox, clock: TravellingClock
) -> None:
    mailbox.refuse_with = "451 somying@example.org: try again later"
    filed = posting.file_complaint(complaint())
    posting.run_due()
    assert posting.track(filed.tracking_code).letters[0].mail == "pending"

    mailbox.refuse_with = ""
    clock.advance(minutes=10)
    posting.run_due()

    assert len(mailbox.messages) == 1
    assert posting.track(filed.tracking_code).letters[0].mail == "delivered"


def test_the_error_of_a_mail_server_is_kept_without_the_address(
    posting: Office, mailbox: Mailbox
) -> None:
    mailbox.refuse_with = "550 somying@example.org: no such person"
    posting.file_complaint(complaint())

    posting.run_due()

    with posting.engine.read() as work:
        error = work.session.scalar(
            sa.select(OutboxMessage.last_error).where(OutboxMessage.topic == "mail")
        )
    assert error is not None
    assert "550" in error
    assert "somying" not in error


def test_a_mail_that_never_goes_out_is_shown_as_failed(
    posting: Office, mailbox: Mailbox, clock: TravellingClock
) -> None:
    mailbox.refuse_with = "550 no"
    filed = posting.file_complaint(complaint())
    for _ in range(12):
        posting.run_due()
        clock.advance(hours=7)

    letter = posting.track(filed.tracking_code).letters[0]

    assert letter.mail == "failed"
    _, text = posting.read_letter(filed.tracking_code, letter.id)
    assert filed.receipt_no in text


def test_a_server_that_does_not_answer_is_told_by_kind(settings: OfficeSettings) -> None:
    nobody = dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=1)

    with pytest.raises(MailUndelivered, match="ConnectionRefusedError") as refused:
        SmtpCarrier(nobody).carry(Mail("a@example.org", "s", "b"), key=None)

    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_without_a_server_mail_waits_in_the_development_mailbox(office: Office) -> None:
    office.file_complaint(complaint())
    office.run_due()
    office.run_due()

    entries = office.mailbox()

    assert [entry.mail.to for entry in entries] == ["somying@example.org"]
    assert "รร.00001/2569" in entries[0].mail.body


def test_reading_a_letter_in_the_inbox_is_its_delivery(
    office: Office, clock: TravellingClock
) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()
    letter = office.track(filed.tracking_code).letters[0]
    assert letter.read_at is None

    clock.advance(hours=1)
    office.read_letter(filed.tracking_code, letter.id)
    first = clock.now()
    clock.advance(hours=1)
    office.read_letter(filed.tracking_code, letter.id)

    assert office.track(filed.tracking_code).letters[0].read_at == first
    with office.engine.read() as work:
        instance_id = work.session.get_one(Case, filed.case_id).instance_id
    read = [e.at for e in office.engine.history(str(instance_id)) if e.type == "letter_read"]
    assert read == [first]


def test_a_letter_without_its_reasons_waits_for_an_administrator(
    office: Office, staff: dict[str, User], clock: TravellingClock
) -> None:
    with office.engine.begin() as work:
        files = small_guideline.files()
        files["letters/L1-acknowledge.md"] = b"---\nrequired: f10_decision.reasons\n---\nx"
        guidelinefiles.deploy_guideline(work, files)
    filed = office.file_complaint(complaint())
    for _ in range(8):
        office.run_due()
        clock.advance(hours=7)

    assert office.track(filed.tracking_code).letters == ()
    with office.engine.read() as work:
        told = work.session.connection().exec_driver_sql("SELECT message_th FROM incident")
        assert "f10_decision.reasons" in told.scalar_one()
        series = list(work.session.scalars(sa.select(Counter.name)))
        assert not [name for name in series if name.startswith("letter/")]


class Subscriber:
    """Takes events as `webhooks/` would."""

    def __init__(self, office: Office) -> None:
        self.events: list[dict[str, Any]] = []
        office.engine.machine.deliverers["event"] = self.take

    def take(self, payload: dict[str, Any], *, key: str) -> None:
        self.events.append(payload)

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


def test_subscribers_hear_of_a_case_by_reference_only(
    office: Office, staff: dict[str, User]
) -> None:
    subscriber = Subscriber(office)
    filed = office.file_complaint(complaint())
    office.run_due()
    task = office.engine.tasks()[0]
    office.complete(task.id, SCREENED, user=staff["head"])
    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    office.run_due()

    assert sorted(subscriber.types) == [
        "complaint.closed",
        "complaint.received",
        "task.created",
        "task.created",
    ]
    assert all(event["case"] == filed.case_id for event in subscriber.events)
    told = str(subscriber.events)
    for secret in ("สมหญิง", "0812345678", "รหัสยืนยัน", filed.tracking_code, "แก้ไขแล้ว"):
        assert secret not in told


def test_a_late_task_is_told_once_at_its_moment(office: Office, clock: TravellingClock) -> None:
    subscriber = Subscriber(office)
    office.file_complaint(complaint())
    office.run_due()
    assert "task.overdue" not in subscriber.types

    clock.advance(days=1)
    office.run_due()
    clock.advance(days=5)
    office.run_due()

    assert subscriber.types.count("task.overdue") == 1


def test_a_task_done_in_time_is_never_late(
    office: Office, staff: dict[str, User], clock: TravellingClock
) -> None:
    subscriber = Subscriber(office)
    office.file_complaint(complaint())
    office.run_due()
    office.complete(office.engine.tasks()[0].id, SCREENED, user=staff["head"])

    clock.advance(days=30)
    office.run_due()

    assert "task.overdue" not in subscriber.types


def test_the_daily_sweep_plans_the_next_one(office: Office, clock: TravellingClock) -> None:
    with office.engine.begin() as work:
        outbox_handlers.plan_sweep(work)
        outbox_handlers.plan_sweep(work)

    for _ in range(3):
        office.run_due()
        clock.advance(days=1)

    with office.engine.read() as work:
        query = sa.select(OutboxMessage.status).where(OutboxMessage.topic == "sweep")
        states = sorted(work.session.scalars(query))
    assert states == ["delivered", "delivered", "delivered", "pending"]
