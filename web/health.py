"""Two questions for machines: is the process alive, can it do its work?"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, jsonify

from web.counter import read
from web.kinds import Answer

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Answer:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Answer:
    """Ready when the database answers; the error handler says 503 when it does not."""
    with read() as work:
        work.session.execute(sa.text("SELECT 1"))
    return jsonify(status="ready")


@blueprint.get("/favicon.ico")
def favicon() -> Answer:
    # Browsers ask for it whatever the page says; a 404 in the log would look like a fault.
    return "", 204
