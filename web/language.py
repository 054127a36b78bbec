"""Two languages on every page: Thai first, English a click away, dates in พ.ศ."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import Blueprint, Flask, abort, g, has_request_context, redirect, request, session
from markupsafe import Markup, escape

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from forms.text.dates import spell_date, spell_moment
from forms.text.numerals import spell_number
from web.links import local_path
from web.types import Answer

LANGUAGES = ("th", "en")
SOON = timedelta(days=2)
SIGNS = {"ok": "●", "soon": "◆", "late": "▲"}  # beside the colour, for those who see none

blueprint = Blueprint("language", __name__)


def language() -> str:
    """The language of this request; Thai unless the person chose otherwise."""
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in LANGUAGES else "th"


def t(thai: str | Text | None, english: str | None = None, **facts: object) -> str:
    """The sentence in the language of the request: `t("ไทย", "English")` or `t(text)`.

    Facts are filled in as text: Jinja escapes the result like any other."""
    if thai is None:
        return ""
    text = thai if isinstance(thai, Text) else Text(thai, english if english is not None else thai)
    chosen = text.of(language())
    return chosen.format(**facts) if facts else chosen


def thai_date(moment: date | datetime | str | None) -> str:
    """`5 มีนาคม 2569`; a moment is read on the wall clock of Bangkok."""
    if moment is None:
        return "–"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    day = moment.astimezone(BANGKOK).date() if isinstance(moment, datetime) else moment
    return spell_date(day, language())


def thai_datetime(moment: datetime | str | None) -> str:
    """`5 มีนาคม 2569 14.30 น.`"""
    if moment is None:
        return "–"
    return spell_moment(
        datetime.fromisoformat(moment) if isinstance(moment, str) else moment, language()
    )


def machine_time(moment: date | datetime) -> str:
    """What a `<time>` element carries for machines."""
    local = moment.astimezone(BANGKOK) if isinstance(moment, datetime) else moment
    return local.isoformat(timespec="minutes") if isinstance(local, datetime) else local.isoformat()


def thai_number(value: int | float | Decimal | None) -> str:
    """`12,500`; a dash where nothing is known."""
    if value is None:
        return "–"
    return spell_number(Decimal(str(value))) if isinstance(value, float) else spell_number(value)


def file_size(size: int) -> str:
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,} KB"
    return f"{size / 1024 / 1024:,.1f} MB"


def due_state(due: datetime | None, now: datetime) -> str:
    """`none`, `ok`, `soon` or `late`: never told by colour alone, see `due_badge`."""
    if due is None:
        return "none"
    if due < now:
        return "late"
    return "soon" if due - now <= SOON else "ok"


def due_badge(due: datetime | None) -> Markup:
    """A badge that says in words and in colour how much time is left."""
    state = due_state(due, g.now)
    if due is None:
        return Markup("")
    return Markup('<span class="tag tag-{}"><span aria-hidden="true">{}</span> {}</span>').format(
        state, SIGNS[state], escape(_left(due, g.now))
    )


def _left(due: datetime, now: datetime) -> str:
    days = (due.astimezone(BANGKOK).date() - now.astimezone(BANGKOK).date()).days
    if due < now:
        return (
            t("เกินกำหนดวันนี้", "Overdue today")
            if days == 0
            else t("เกินกำหนด {days} วัน", "{days} days overdue", days=-days)
        )
    if days == 0:
        return t("ครบกำหนดวันนี้", "Due today")
    return (
        t("ครบกำหนดพรุ่งนี้", "Due tomorrow")
        if days == 1
        else t("เหลือ {days} วัน", "{days} days left", days=days)
    )


@blueprint.post("/language/<code>")
def choose(code: str) -> Answer:
    """Remember a language and go back to where the person was."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    return redirect(local_path(request.form.get("back")), 303)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(t=t, language=language, due_badge=due_badge)
    app.jinja_env.globals.update(due_state=lambda due: due_state(due, g.now))
    app.jinja_env.filters.update(
        thai_date=thai_date,
        thai_datetime=thai_datetime,
        thai_number=thai_number,
        machine_time=machine_time,
        file_size=file_size,
    )
