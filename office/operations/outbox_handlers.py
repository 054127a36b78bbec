"""What the outbox does for the office: mail a letter, notice a late task, send the reminders
that are due, sweep up once a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.engine import Engine
from engine.ground.clock import BANGKOK
from engine.store import outbox
from engine.store.database import scrub
from engine.store.tables import UserTask
from engine.store.work import Work
from office.audit import head_signing
from office.cases.case_listener import OVERDUE_TOPIC, announce, watch_due_date
from office.deadlines import receipts
from office.deadlines.reminders import planned_reminders
from office.disposal import erasure
from office.ground.erasure_ledger import catch_up
from office.ground.services import Services
from office.ground.settings import OfficeSettings
from office.letters import letters
from office.letters.mail import Mail, SmtpCarrier, keep_in_mailbox
from office.letters.reminder_sending import reminder_deliverer
from office.people.access import case_of_instance
from office.people.orders import free_tasks_of_ended
from office.people.signing_in.one_time_codes import sweep_codes
from office.people.signing_in.sign_in import sweep_sessions
from office.people.signing_in.throttle import sweep_attempts
from office.vault.attachments import sweep_files

SWEEP_TOPIC = "sweep"
Deliverer = Callable[..., None]


def deliverers(
    engine: Engine, services: Services, settings: OfficeSettings
) -> dict[str, Deliverer]:
    """The office's deliverers by topic."""
    return {
        letters.MAIL_TOPIC: _mailer(engine, services, settings),
        OVERDUE_TOPIC: _overdue_watch(engine),
        planned_reminders.TOPIC: reminder_deliverer(engine, services),
        SWEEP_TOPIC: _sweeper(engine, services),
        head_signing.TOPIC: head_signing.head_signer(
            engine, services, settings.data_dir, auditor=settings.auditor_mail
        ),
        erasure.SCRUB_TOPIC: _scrubber(engine, services),
        head_signing.WITNESS_TOPIC: _witness_mailer(engine, services, settings),
    }


def plan_sweep(work: Work, *, at: datetime | None = None) -> None:
    """Put the next sweep into the outbox, once a day."""
    due_at = at or work.now
    key = f"sweep:{due_at.astimezone(BANGKOK).date().isoformat()}"
    outbox.enqueue(work, SWEEP_TOPIC, {}, key=key, due_at=due_at)


def _mailer(engine: Engine, services: Services, settings: OfficeSettings) -> Deliverer:
    def deliver(payload: Mapping[str, Any], *, key: str) -> None:
        with engine.read() as work:
            mail = letters.mail_of(work, services, payload["letter"])
            is_whole = letters.is_mailed_whole(work, payload["letter"])
        if mail is None:
            return
        _send(engine, services, settings, mail, key)
        if is_whole:  # where the mail only points to the inbox, the letter is received there
            with engine.begin() as work:
                receipts.note_mailed(work, payload["letter"])

    return deliver


def _witness_mailer(engine: Engine, services: Services, settings: OfficeSettings) -> Deliverer:
    def deliver(payload: Mapping[str, Any], *, key: str) -> None:
        if not settings.auditor_mail:
            return  # the address was taken out of the settings since
        with engine.read() as work:
            mail = head_signing.witness_mail(work, payload["size"], settings.auditor_mail)
        _send(engine, services, settings, mail, key)

    return deliver


def _send(
    engine: Engine, services: Services, settings: OfficeSettings, mail: Mail, key: str
) -> None:
    """By the mail server, or into the development mailbox where there is none."""
    if settings.smtp_host:
        SmtpCarrier(settings).carry(mail, key=key)
        return
    with engine.begin() as work:
        keep_in_mailbox(work, services, mail, key=key)


def _scrubber(engine: Engine, services: Services) -> Deliverer:
    def clean(payload: Mapping[str, Any], *, key: str) -> None:
        erasure.note_erasures(engine.machine, services)
        scrub(engine.database, erasure.SCRUBBED)

    return clean


def _overdue_watch(engine: Engine) -> Deliverer:
    def look(payload: Mapping[str, Any], *, key: str) -> None:
        with engine.begin() as work:
            task = work.session.get(UserTask, payload["task"])
            case = case_of_instance(work, task.instance_id) if task is not None else None
            if task is None or case is None or task.status != "open" or task.due_at is None:
                return
            if task.due_at > work.now:  # the deadline was moved since: look again then
                watch_due_date(work, task)
                return
            told = f"task.overdue:{task.id}"
            announce(work, "task.overdue", case, key=told, task=task.id, step=task.element_id)

    return look


def _sweeper(engine: Engine, services: Services) -> Deliverer:
    def sweep(payload: Mapping[str, Any], *, key: str) -> None:
        with engine.begin() as work:
            sweep_sessions(work)
            sweep_codes(work)
            free_tasks_of_ended(work)
            sweep_attempts(work)
            sweep_files(work, services)
            catch_up(work.session.connection(), services.ledger, at=work.now)
            plan_sweep(work, at=work.now + timedelta(days=1))

    return sweep
