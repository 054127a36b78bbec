"""The auditor's pages: any case, step by step, without its texts, and nothing to change.

Whoever looks here is recorded too: opening a case stands in the case's own chain.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from forms.text.dates import NotADate, parse_date
from office.applications.application import kinds
from office.audit import access_log, case_file, case_replay, case_search, sight_history
from office.audit.case_search import Criteria
from office.cases import reveals
from office.cases.cases import case_view
from office.ground.errors import ReasonNeeded
from web import case_view as case_pages
from web import formatting
from web.account.confirm import confirmed
from web.auditor import case_paper, overview, player
from web.current import office, read, services, signed_in, user, write
from web.errors import again
from web.event_text import RULES, SIGHTS, words_of
from web.language import t
from web.links import as_download
from web.types import Answer

blueprint = Blueprint("auditor", __name__, url_prefix="/audit")
ROLES = frozenset({"auditor"})
PAGE = 50


@blueprint.get("/cases")
@signed_in(*ROLES)
def cases() -> Answer:
    criteria, unread = _criteria()
    after = request.args.get("after")
    if criteria.facts() and after is None:
        with write() as work:
            access_log.note_access(work, "search", criteria.facts(), user())
    with read() as work:
        page = case_search.search(work, user(), criteria, limit=PAGE, after=after)
        lists = {
            "units": case_search.units(work),
            "outcomes": case_search.outcomes(work),
            "kinds": [
                ("/".join(part for part in (key, variant) if part), name)
                for key, variant, name in kinds(work)
            ],
        }
    wanted = {name: value for name, value in request.args.lists() if name != "after"}
    return render_template(
        "auditor/cases.html",
        page=page,
        criteria=criteria,
        unread=unread,
        wanted=wanted,
        signs={**case_search.SIGNS, case_search.DEPARTED: case_search.DEPARTED_WORDS},
        **lists,
    )


def _criteria() -> tuple[Criteria, list[str]]:
    """What the page was asked for, and the names of the days that could not be read."""
    days: dict[str, date | None] = {}
    unread = []
    for name in ("since", "until"):
        try:
            text = request.args.get(name, "").strip()
            days[name] = parse_date(text) if text else None
        except NotADate:
            days[name] = None
            unread.append(name)
    criteria = Criteria(
        number=request.args.get("q", "")[:40],
        unit=request.args.get("unit", "")[:40],
        kind=request.args.get("kind", "")[:110],
        outcome=request.args.get("outcome", "")[:40],
        since=days["since"],
        until=days["until"],
        signs=frozenset(request.args.getlist("sign")),
    )
    return criteria, unread


@blueprint.get("/cases/<case_id>")
@signed_in(*ROLES)
def case(case_id: str) -> Answer:
    return _noted(case_id, lambda: _case_page(case_id))


def _case_page(case_id: str, refusal: Refusal | None = None) -> str:
    with read() as work:
        view = case_view(work, services(), case_id, user())
        facts = overview.case_facts(work, services(), view, user())
        pictures = case_pages.pictures(work, view)
        return render_template(
            "auditor/case.html", case=view, pictures=pictures, refusal=refusal, **facts
        )


@blueprint.post("/cases/<case_id>/identity")
@signed_in(*ROLES)
def ask_identity(case_id: str) -> Answer:
    """Ask to see who is in a case; the custodian of identities decides."""
    try:
        with write() as work:
            reveals.ask_identity(work, services(), case_id, user(), **overview.wish(request.form))
    except (ReasonNeeded, reveals.NothingToReveal) as refusal:
        return again(_case_page(case_id, refusal), refusal)
    flash(t(*overview.ASKED), "good")
    return redirect(url_for("auditor.case", case_id=case_id), 303)


@blueprint.post("/cases/<case_id>/sealed")
@signed_in(*ROLES)
def take_out(case_id: str) -> Answer:
    """The signed case file, to be checked anywhere; taking it stands in the case's record."""
    with write() as work:
        case_file.note_export(work, case_id, user())
    office().sign_head()
    with office().engine.read(snapshot=True) as work:
        course = case_file.read_course(work, case_id, user())
        paper = case_paper.paper_of(work, course)
        content = case_file.signed_case_file(work, course, user(), services().keys.head_key, paper)
    number = course.case.receipt_no.replace("/", "-")
    return as_download(Response(content, mimetype="application/zip"), f"{number}.zip")


@blueprint.post("/identity/<reveal_id>")
@signed_in(*ROLES)
@confirmed
def open_identity(reveal_id: str) -> Answer:
    """See what was granted: shown on this answer, and recorded as a read of the vault."""
    with write() as work:
        shown = overview.open_identity(work, services(), reveal_id, user())
    return render_template("auditor/identity.html", opened=shown, back="auditor.case")


@blueprint.get("/cases/<case_id>/sight")
@signed_in(*ROLES)
def sights(case_id: str) -> Answer:
    """Whose sight of the case may be asked for."""
    return _noted(case_id, lambda: _sight_page(case_id))


@blueprint.get("/cases/<case_id>/sight/<account_id>")
@signed_in(*ROLES)
def sight(case_id: str, account_id: str) -> Answer:
    """What one person could see of a case, when, and by which rule."""
    return _noted(case_id, lambda: _sight_page(case_id, account_id))


def _sight_page(case_id: str, account_id: str | None = None) -> str:
    with read() as work:
        view = case_view(work, services(), case_id, user())
        found = account_id and sight_history.sight_history(work, case_id, account_id, user())
        return render_template(
            "auditor/sight.html",
            case=view,
            found=found,
            colleagues=sight_history.colleagues(work),
            sights=SIGHTS,
            rules=RULES,
            words_of=words_of,
        )


@blueprint.get("/cases/<case_id>/diagrams/<process_key>")
@signed_in(*ROLES)
def diagram(case_id: str, process_key: str) -> Answer:
    with read() as work:
        view = case_view(work, services(), case_id, user())
        content = case_pages.diagram(work, view, process_key)
    return Response(content, mimetype="application/xml")


# ── step by step ───────────────────────────────────────────────────────────────────────────────


@blueprint.get("/cases/<case_id>/steps")
@signed_in(*ROLES)
def steps(case_id: str) -> Answer:
    """To the event of this number, or to the nearest one before it; without one, to the first."""
    with read() as work:
        replayed = case_replay.replay_case(work, case_id, user())
    wanted = request.args.get("seq", default=0, type=int)
    before = [step.event.seq for step in replayed.steps if step.event.seq <= wanted]
    seq = before[-1] if before else replayed.steps[0].event.seq
    return redirect(url_for("auditor.step", case_id=case_id, seq=seq))


@blueprint.get("/cases/<case_id>/steps/<int:seq>")
@signed_in(*ROLES)
def step(case_id: str, seq: int) -> Answer:
    return _noted(case_id, lambda: _step_page(case_id, seq))


def _step_page(case_id: str, seq: int, refusal: Refusal | None = None) -> str:
    """The whole page, or for the player only the part that changes from step to step."""
    is_part = request.args.get("part") == "1"
    with read() as work:
        view = case_view(work, services(), case_id, user())
        replayed = case_replay.replay_case(work, case_id, user())
        process = request.args.get("diagram", "")
        page = player.step_page(work, services(), replayed, seq, user(), process=process)
        lines = [] if is_part else player.lines(work, replayed)
        template = "auditor/step_part.html" if is_part else "auditor/step.html"
        facts = {"case": view, "page": page, "lines": lines, "replayed": replayed}
        return render_template(template, **facts, refusal=refusal, spell=formatting.spell)


@blueprint.post("/cases/<case_id>/steps/<int:seq>/text")
@signed_in(*ROLES)
def reveal_text(case_id: str, seq: int) -> Answer:
    """Lay the text of this step's form open, for a reason that the case keeps."""
    reason = request.form.get("reason", "")[:2000]
    submission = request.form.get("submission", "")
    try:
        with write() as work:
            reveals.reveal_text(work, services(), case_id, submission, user(), reason=reason)
    except ReasonNeeded as refusal:
        return again(_step_page(case_id, seq, refusal), refusal)
    return redirect(url_for("auditor.step", case_id=case_id, seq=seq), 303)


def _noted(case_id: str, page: Callable[[], str]) -> str:
    """A page of a case, once it stands in the case's record that it is looked at. For the rest of a
    visit that is one unit of work; the first page of it writes, and is read afterwards."""
    with read() as work:
        if access_log.is_noted(work, case_id, user()):
            return page()
    with write() as work:
        access_log.note_case(work, case_id, user())
    return page()
