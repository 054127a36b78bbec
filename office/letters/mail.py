"""Mail: what the outbox hands over is sent by SMTP, or kept in the development mailbox.

The outbox carries references only. The address and the text are read when the mail is sent, and
neither reaches a log or an error: what goes wrong is told by kind and reply code.
"""

from __future__ import annotations

import base64
import smtplib
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from engine.ground.canonical import dumps, loads
from engine.store.work import Work
from office.ground.errors import OfficeError
from office.ground.services import Services
from office.ground.settings import OfficeSettings
from office.ground.tables import MailboxMessage

TIMEOUT_SECONDS = 20


class MailUndelivered(OfficeError):
    """The mail server did not take the message ({told}); it is tried again."""

    thai = "เครื่องส่งอีเมลไม่รับข้อความ ({told}) ระบบจะลองส่งใหม่"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person."""

    to: str
    subject: str
    body: str
    attachments: tuple[tuple[str, bytes], ...] = ()  # (file name, content)


class SmtpCarrier:
    """Sends through the mail server of the settings."""

    def __init__(self, settings: OfficeSettings) -> None:
        self.settings = settings

    def carry(self, mail: Mail, *, key: str | None) -> None:
        message = _message(mail, sender=self.settings.smtp_from, key=key)
        try:
            with self._connect() as server:
                if self.settings.smtp_user:
                    server.login(self.settings.smtp_user, self.settings.smtp_password)
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            # The error's own text quotes the address: only its kind and code go on.
            told = f"{type(error).__name__} {_reply_code(error)}".strip()
        else:
            return
        raise MailUndelivered(told=told)

    def _connect(self) -> smtplib.SMTP:
        host, port = self.settings.smtp_host, self.settings.smtp_port
        context = ssl.create_default_context()
        if self.settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if self.settings.smtp_security == "starttls":
            server.starttls(context=context)
        return server


@dataclass(frozen=True, slots=True)
class MailboxEntry:
    """A message in the development mailbox, opened for the page that shows it."""

    id: str
    at: datetime
    mail: Mail


def keep_in_mailbox(work: Work, services: Services, mail: Mail, *, key: str | None) -> None:
    """Put a message into the development mailbox; the same key is kept once."""
    known = sa.select(MailboxMessage.id).where(MailboxMessage.key == key)
    if key is not None and work.session.scalar(known):
        return
    id = uuid.uuid4().hex
    attached = [[name, base64.b64encode(content).decode()] for name, content in mail.attachments]
    facts = {
        "to": mail.to,
        "subject": mail.subject,
        "body": mail.body,
        **({"attachments": attached} if attached else {}),
    }
    encrypted = services.keys.identity.encrypt(dumps(facts).encode(), _place(id))
    work.session.add(MailboxMessage(id=id, at=work.now, sealed=encrypted, key=key))


def moments(work: Work, *, limit: int = 50) -> list[datetime]:
    """When mail was put into the development mailbox, the newest first; nothing of it is opened."""
    query = sa.select(MailboxMessage.at).order_by(MailboxMessage.at.desc(), MailboxMessage.id)
    return list(work.session.scalars(query.limit(limit)))


def mailbox(work: Work, services: Services, *, limit: int = 50) -> list[MailboxEntry]:
    """What the development mailbox holds, newest first."""
    query = sa.select(MailboxMessage).order_by(MailboxMessage.at.desc(), MailboxMessage.id)
    return [
        MailboxEntry(row.id, row.at, _mail(_opened(services, row)))
        for row in work.session.scalars(query.limit(limit))
    ]


def _mail(facts: Mapping[str, Any]) -> Mail:
    attached = facts.get("attachments", [])
    attachments = tuple((name, base64.b64decode(content)) for name, content in attached)
    return Mail(facts["to"], facts["subject"], facts["body"], attachments)


def _opened(services: Services, row: MailboxMessage) -> Mapping[str, Any]:
    facts: dict[str, Any] = loads(
        services.keys.identity.decrypt(row.sealed, _place(row.id)).decode()
    )
    return facts


def _message(mail: Mail, *, sender: str, key: str | None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    # The same letter keeps its id over all attempts: a receiver that took it twice shows it once.
    name = key.replace(":", ".") if key else uuid.uuid4().hex
    message["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers to an agency
    message.set_content(mail.body, cte="base64")
    for name, content in mail.attachments:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message


def _reply_code(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ",".join(sorted({str(code) for code, _ in error.recipients.values()}))
    return ""


def _place(id: str) -> str:
    return f"mailbox_message.sealed|{id}"
