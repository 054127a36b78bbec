"""The auditor's pages: any case, step by step, without its texts, and nothing to change.

Whoever looks here is recorded too: opening a case stands in the case's own chain.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for

from complaints import casereplay, looks, reveals
from complaints.errors import ReasonNeeded
from engine.errors import Refusal
from web import casefile, player
from web.counter import office, read, signed_in, user, write
from web.errors import on_refusal
from web.kinds import Answer

blueprint = Blueprint("auditor", __name__, url_prefix="/audit")
ROLES = frozenset({"auditor"})
PAGE = 50


@blueprint.get("/cases")
@signed_in(*ROLES)
def cases() -> Answer:
    query, after = request.args.get("q", "")[:80], request.args.get("after")
    found = office().cases(user(), query=query, limit=PAGE, after=after)
    more = found[-1].id if len(found) == PAGE else None
    return render_template(
        "officer/cases.html", cases=found, query=query, more=more, to="auditor.case"
    )


@blueprint.get("/cases/<case_id>")
@signed_in(*ROLES)
def case(case_id: str) -> Answer:
    _note(case_id)
    view = office().case(case_id, user())
    with read() as work:
        pictures, story = casefile.pictures(work, view), casefile.story(work, view)
    return render_template("auditor/case.html", case=view, pictures=pictures, story=story)


@blueprint.get("/cases/<case_id>/diagrams/<process_key>")
@signed_in(*ROLES)
def diagram(case_id: str, process_key: str) -> Answer:
    view = office().case(case_id, user())
    with read() as work:
        content = casefile.diagram(work, view, process_key)
    return Response(content, mimetype="application/xml")


# ── step by step ───────────────────────────────────────────────────────────────────────────────


@blueprint.get("/cases/<case_id>/steps")
@signed_in(*ROLES)
def steps(case_id: str) -> Answer:
    """To the event of this number, or to the nearest one before it; without one, to the first."""
    with read() as work:
        replayed = casereplay.replay_case(work, case_id, user())
    wanted = request.args.get("seq", default=0, type=int)
    before = [step.event.seq for step in replayed.steps if step.event.seq <= wanted]
    seq = before[-1] if before else replayed.steps[0].event.seq
    return redirect(url_for("auditor.step", case_id=case_id, seq=seq))


@blueprint.get("/cases/<case_id>/steps/<int:seq>")
@signed_in(*ROLES)
def step(case_id: str, seq: int) -> Answer:
    _note(case_id)
    return _step_page(case_id, seq)


def _step_page(case_id: str, seq: int, refusal: Refusal | None = None) -> str:
    """The whole page, or for the player only the part that changes from step to step."""
    view = office().case(case_id, user())
    is_part = request.args.get("part") == "1"
    with read() as work:
        replayed = casereplay.replay_case(work, case_id, user())
        process = request.args.get("diagram", "")
        page = player.step_page(work, office().desk, replayed, seq, user(), process=process)
        lines = [] if is_part else player.lines(work, replayed)
    template = "auditor/step_part.html" if is_part else "auditor/step.html"
    facts = {"case": view, "page": page, "lines": lines, "replayed": replayed}
    return render_template(template, **facts, refusal=refusal, spell=player.spell)


@blueprint.post("/cases/<case_id>/steps/<int:seq>/text")
@signed_in(*ROLES)
def reveal_text(case_id: str, seq: int) -> Answer:
    """Lay the text of this step's form open, for a reason that the case keeps."""
    on_refusal(ReasonNeeded)(lambda refusal: _step_page(case_id, seq, refusal))
    reason = request.form.get("reason", "")[:2000]
    submission = request.form.get("submission", "")
    with write() as work:
        reveals.reveal_text(work, office().desk, case_id, submission, user(), reason=reason)
    return redirect(url_for("auditor.step", case_id=case_id, seq=seq), 303)


def _note(case_id: str) -> None:
    with read() as work:
        noted = looks.is_noted(work, case_id, user())
    if not noted:
        with write() as work:
            looks.note_case(work, case_id, user())
