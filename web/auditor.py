"""The auditor's pages: any case, without its texts, and nothing to change."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from web import casefile
from web.counter import office, read, signed_in, user
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
