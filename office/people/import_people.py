"""Accounts from a table: `username,name,unit,roles`, roles by blanks, `role@unit` where bound."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import sqlalchemy as sa

from engine.store.work import Work
from office.ground import reference
from office.ground.errors import OfficeError, RoleUnknown
from office.ground.services import Services
from office.ground.tables import Account
from office.people import grants
from office.people.people import User, add_user, checked_role
from office.people.signing_in import one_time_codes

COLUMNS = ("username", "name", "unit", "roles")
MOST = 1000


class TableUnclear(OfficeError):
    """Row {row} of the table: {reason}. Nothing was imported."""

    thai = "ตารางแถวที่ {row}: {reason_th} ยังไม่ได้นำเข้ารายการใด"


@dataclass(frozen=True, slots=True)
class Imported:
    """A new account, the code that opens it, and roles that wait for a second person."""

    user: User
    code: str
    waiting: list[str]


def import_people(
    work: Work, services: Services, content: bytes, *, by: User, reason: str
) -> list[Imported]:
    """Open the accounts of a table, all of them or none. Who is here already is refused, so that a
    table never changes anybody's roles unseen.

    Raises:
        TableUnclear: names the row and what is wrong with it; ReasonNeeded.
    """
    found = []
    for number, row in enumerate(_rows(content), 2):
        username, name, groups = _checked(work, number, row)
        user = add_user(work, username, name, None, unit=row["unit"] or None)
        waiting = grants.give(work, user.id, groups, by=by, reason=reason)
        found.append(Imported(user, one_time_codes.invite(work, services, user.id), waiting))
    if not found:
        raise _unclear(1, "ไม่มีรายชื่อ", "there is nobody in it")
    return found


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        rows = [{key: (row.get(key) or "").strip() for key in COLUMNS} for row in reader]
    except (UnicodeDecodeError, csv.Error):
        raise _unclear(1, "ต้องเป็น CSV แบบ UTF-8", "it must be CSV in UTF-8") from None
    if set(COLUMNS) - {(name or "").strip() for name in reader.fieldnames or ()}:
        listed = ", ".join(COLUMNS)
        raise _unclear(1, f"หัวตารางต้องมี {listed}", f"the head must have {listed}")
    if len(rows) > MOST:
        raise _unclear(MOST + 2, f"เกิน {MOST} คน", f"more than {MOST} people")
    return rows


def _checked(work: Work, number: int, row: dict[str, str]) -> tuple[str, str, list[str]]:
    if not row["username"] or not row["name"] or len(row["username"]) > 80:
        raise _unclear(number, "ต้องมีชื่อผู้ใช้และชื่อ", "a user name and a name are needed")
    if work.session.scalar(sa.select(Account.id).where(Account.username == row["username"])):
        raise _unclear(number, "มีชื่อผู้ใช้นี้แล้ว", "this user name is taken")
    if row["unit"] and row["unit"] not in reference.units(work):
        raise _unclear(number, f"ไม่มีหน่วยงาน {row['unit']}", f"there is no unit {row['unit']}")
    groups = row["roles"].split()
    for group in groups:
        try:
            checked_role(work, group)
        except RoleUnknown as error:
            raise _unclear(number, error.text.th, error.text.en) from error
    return row["username"], row["name"], groups


def _unclear(row: int, thai: str, english: str) -> TableUnclear:
    return TableUnclear(row=row, reason=english, reason_th=thai)
