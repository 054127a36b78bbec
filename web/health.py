"""Two questions for machines: is the process alive, can it do its work?"""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify

from engine.background import heartbeats
from engine.store.database import DatabaseUnavailable, is_current
from office.ground.errors import StorageUnavailable
from office.ground.tables import Attempt
from office.guideline.guideline import agency_in_force
from office.office import PACKAGES
from web.current import now, office, read, settings
from web.types import Answer

blueprint = Blueprint("health", __name__)
FINE = "ok"
PROBE = "readyz"  # what is written to see whether anything can be


@blueprint.get("/healthz")
def alive() -> Answer:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Answer:
    """Ready when the database answers and can be written, so can the files, the tables are of this
    release and somebody does the background work; else 503, and which part is not."""
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
    return {"database": FINE, "tables": FINE, "worker": worker, **_written()}


def _written() -> dict[str, str]:
    """Whether anything can be written: a system that only reads loses what people send it."""
    found = {"writing": FINE, "files": FINE}
    try:
        with office().engine.begin() as work:
            probe = Attempt(bucket=PROBE, slot=0, count=1)
            work.session.execute(sa.delete(Attempt).where(Attempt.bucket == PROBE))
            work.session.add(probe)
    except (DatabaseUnavailable, sa.exc.DBAPIError):
        found["writing"] = "the database takes nothing"
    name = uuid.uuid4().hex
    try:
        office().services.storage.write(name, [PROBE.encode()])
        office().services.storage.delete(name)
    except (StorageUnavailable, OSError):
        found["files"] = "the folder of files takes nothing"
    return found


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Answer:
    """Whom to tell of a hole in security (RFC 9116); the agency's contact where none is set."""
    known = settings()
    place = known.security_contact
    if not place:
        with read() as work:
            place = f"mailto:{agency_in_force(work).contact.get('email', '')}"
    expires = (now() + timedelta(days=180)).astimezone(UTC).replace(microsecond=0)
    lines = [
        f"Contact: {place}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: th, en",
        f"Canonical: {known.public_url}/.well-known/security.txt",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/favicon.ico")
def favicon() -> Answer:
    # Browsers ask for it whatever the page says; a 404 in the log would look like a fault.
    return "", 204
