"""The administrator's calendar: the holidays of a year, and their changes with what they move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.clock import BANGKOK
from engine.ground.errors import Refusal
from forms.text.dates import BUDDHIST_ERA, NotADate, parse_date
from office.deadlines.changes import announce_holidays
from office.deadlines.holiday_preview import preview
from office.deadlines.holiday_table import DayChange, DayMissing, DayUnclear, holidays_of, versions
from office.ground.errors import OfficeError
from web.admin.pages import ROLES
from web.current import now, office, pressed, read, signed_in, user, write
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("holidays", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed into the form of a change."""

    kind: str = "add"  # add remove move
    day: str = ""
    to: str = ""
    name: str = ""
    reference: str = ""

    def changes(self) -> list[DayChange]:
        """Raises `DayUnclear`, `DayMissing`."""
        if self.kind == "remove":
            return [DayChange(_day(self.day))]
        if self.kind == "move":
            return [DayChange(_day(self.day)), DayChange(_day(self.to), self.name.strip())]
        return [DayChange(_day(self.day), self.name.strip())]


@blueprint.get("/calendar")
@signed_in(*ROLES)
def calendar() -> Answer:
    return _page(Entry())


@blueprint.post("/calendar")
@signed_in(*ROLES)
def change() -> Answer:
    """Show what a change would move; it is made when it comes again with `confirmed`."""
    known = ("day", "to", "name", "reference")
    typed = {name: request.form.get(name, "")[:200] for name in known}
    entry = Entry(kind=pressed("kind", "add", "remove", "move"), **typed)
    who, reference = user().actor, entry.reference
    try:
        changes = entry.changes()
        if not request.form.get("confirmed"):
            moves = preview(office().engine, changes, reference=reference, actor=who)
            return _page(entry, moves=moves)
        with write() as work:
            version, moved = announce_holidays(work, changes, reference=reference, actor=who)
    except OfficeError as refusal:
        return again(_page(entry, refusal), refusal)
    flash(
        t(
            "บันทึกปฏิทินรุ่นที่ {version} แล้ว เลื่อนกำหนดเวลา {count} รายการ",
            "Calendar version {version} is in force; {count} deadline(s) moved.",
            version=version,
            count=len(moved),
        ),
        "good",
    )
    return redirect(url_for("holidays.calendar"), 303)


def _page(entry: Entry, refusal: Refusal | None = None, moves: object = None) -> str:
    wanted = request.args.get("year", "")
    year = int(wanted) if wanted.isdecimal() else now().astimezone(BANGKOK).year
    year = year - BUDDHIST_ERA if year >= 2400 else year
    with read() as work:
        return render_template(
            "admin/calendar.html",
            days=holidays_of(work, year),
            year=year,
            versions=versions(work),
            entry=entry,
            refusal=refusal,
            moves=moves,
        )


def _day(text: str) -> date:
    if not text.strip():
        raise DayMissing
    try:
        return parse_date(text)
    except NotADate:
        raise DayUnclear(text=text) from None
