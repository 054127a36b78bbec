"""Two questions for machines: is the process alive, can it do its work?"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, jsonify

from engine.background import heartbeats
from engine.store.database import DatabaseUnavailable, is_current
from office.office import PACKAGES
from web.current import office
from web.types import Answer

blueprint = Blueprint("health", __name__)
FINE = "ok"


@blueprint.get("/healthz")
def alive() -> Answer:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Answer:
    """Ready when the database answers, its tables are of this release and somebody does the
    background work; else 503, and which part is not."""
    parts = _parts()
    is_ready = all(state == FINE for state in parts.values())
    body = jsonify(status="ready" if is_ready else "not ready", parts=parts)
    return body, 200 if is_ready else 503


def _parts() -> dict[str, str]:
    try:
        with office().engine.read() as work:
            work.session.execute(sa.text("SELECT 1"))
    except DatabaseUnavailable:
        return {"database": "does not answer"}
    if not is_current(office().engine.database, (*PACKAGES, "webhooks")):
        return {"database": FINE, "tables": "older than this release; start it once to upgrade"}
    with office().engine.read() as work:
        workers = heartbeats.seen_lately(work)
    seconds = int(heartbeats.LATELY.total_seconds())
    worker = FINE if workers else f"none seen for {seconds} s; run samnuan worker"
    return {"database": FINE, "tables": FINE, "worker": worker}


@blueprint.get("/favicon.ico")
def favicon() -> Answer:
    # Browsers ask for it whatever the page says; a 404 in the log would look like a fault.
    return "", 204
