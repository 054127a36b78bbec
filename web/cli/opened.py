"""The opened installation as commands need it: the office over its database, and who is acting."""

from __future__ import annotations

import contextlib
import getpass
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.ground.actor import COMMAND_LINE, Actor
from engine.ground.clock import BANGKOK, Clock, SystemClock, TravellingClock
from engine.ground.errors import Refusal
from engine.ground.settings import Settings, Unfit, setting
from engine.ground.text import Text

if TYPE_CHECKING:
    from engine.store.work import Work
    from office.ground.tables import Case
    from office.office import Office
    from office.people.people import User


class AnswersUnreadable(Refusal):
    """{file} does not hold a JSON object: {reason}."""

    thai = "แฟ้ม {file} ไม่มีข้อมูล JSON ที่อ่านได้: {reason}"


class FileUnreadable(Refusal):
    """The file {file} cannot be read: {reason}."""

    thai = "อ่านแฟ้ม {file} ไม่ได้: {reason}"


class CaseUnknown(Refusal):
    """There is no case {key}; give its receipt number, case id or instance id."""

    thai = "ไม่พบเรื่อง {key} โปรดระบุเลขรับเรื่อง รหัสเรื่อง หรือรหัสกระบวนงาน"


class RehearsalOnly(Refusal):
    """SAMNUAN_CLOCK is for rehearsals: it needs SAMNUAN_DEMO=1."""

    thai = "SAMNUAN_CLOCK ใช้ได้เฉพาะระบบสาธิต ต้องกำหนด SAMNUAN_DEMO=1 ด้วย"


def moment(raw: str) -> datetime:
    """An ISO moment of the common era; without a zone it is Thai time."""
    found: datetime | None = None
    with contextlib.suppress(ValueError):
        found = datetime.fromisoformat(raw)
    if found is None or not 1990 <= found.year <= 2300:
        raise Unfit(
            "ต้องเป็นวันเวลา ค.ศ. เช่น 2026-03-02T09:00",
            "it must be a moment such as 2026-03-02T09:00",
        )
    return found if found.tzinfo else found.replace(tzinfo=BANGKOK)


class RehearsalSettings(Settings):
    """For demonstrations that cannot wait for the days to pass."""

    clock: datetime | None = setting(
        "SAMNUAN_CLOCK",
        Text(
            "วันเวลาที่สมมติสำหรับการซ้อม ใช้ได้เฉพาะระบบสาธิต",
            "The moment that a rehearsal pretends it is; on demo systems only",
        ),
        parse=moment,
        default=None,
    )


@contextlib.contextmanager
def opened_office(*, redo: bool = True) -> Iterator[Office]:
    """The office that the settings name, closed again afterwards; see `Office.open`."""
    office = open_office(redo=redo)
    try:
        yield office
    finally:
        office.close()


def open_office(*, redo: bool = True) -> Office:
    """The office with the tables of the REST API and its deliveries."""
    import webhooks
    import webhooks.tables  # followed from the first moment on
    from office.office import PACKAGES, Office
    from web.settings import WebSettings

    settings = WebSettings.read()
    clock = rehearsal_clock(is_demo=settings.demo)
    office = Office.open(settings, clock=clock, packages=(*PACKAGES, "webhooks"), redo=redo)
    office.engine.machine.by = Actor(f"{COMMAND_LINE}{getpass.getuser()}")
    webhooks.connect(office)
    return office


def rehearsal_clock(*, is_demo: bool) -> Clock:
    """The machine's clock, or a rehearsal's."""
    pretended = RehearsalSettings.read().clock
    if pretended is None:
        return SystemClock()
    if not is_demo:
        raise RehearsalOnly
    return TravellingClock(pretended)


def user_named(office: Office, username: str) -> User:
    from office.people.people import user_by_name

    with office.engine.read() as work:
        return user_by_name(work, username)


def case_named(work: Work, key: str) -> Case:
    """A case by receipt number (Thai digits too), case id or instance id.

    Raises:
        CaseUnknown: nothing answers to this.
    """
    import sqlalchemy as sa

    from forms.text.numerals import arabic_digits
    from office.ground.tables import Case

    plain = arabic_digits(key.strip())
    query = sa.select(Case).where(
        sa.or_(Case.id == plain, Case.receipt_no == plain, Case.instance_id == plain)
    )
    found = work.session.scalars(query).first()
    if found is None:
        raise CaseUnknown(key=key)
    return found


def read_answers(path: Path | None) -> dict[str, Any]:
    """The JSON object of a file, or of standard input for `-`; none is an empty one.

    Raises:
        AnswersUnreadable, FileUnreadable.
    """
    if path is None:
        return {}
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        value = json.loads(text)
    except OSError as error:
        raise FileUnreadable(file=path, reason=error.strerror) from error
    except ValueError as error:
        raise AnswersUnreadable(file=path.name or "-", reason=str(error)) from error
    if not isinstance(value, dict):
        raise AnswersUnreadable(file=path.name or "-", reason="{…}")
    return value


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=path, reason=error.strerror) from error
