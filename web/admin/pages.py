"""The administrator's pages: people, incidents, and mail that no server has taken away."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from engine.background import heartbeats
from engine.ground.text import Text
from engine.verbs import incidents
from office.letters import mail
from web.current import read, settings, signed_in, user, write
from web.language import t
from web.types import Answer

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
ROLES = frozenset({"administrator"})
KINDS = {
    "job": Text("งานอัตโนมัติ", "Job"),
    "timer": Text("ตัวจับเวลา", "Timer"),
    "start": Text("การเริ่มตามเวลา", "Start by time"),
    "outbox": Text("การส่งออก", "Delivery"),
    "step": Text("ขั้นตอน", "Step"),
}


@blueprint.get("/incidents")
@signed_in(*ROLES)
def stuck() -> Answer:
    with read() as work:
        found = incidents.open_incidents(work)
        workers = heartbeats.seen_lately(work)
    kinds = {kind: t(words) for kind, words in KINDS.items()}
    return render_template("admin/incidents.html", incidents=found, workers=workers, kinds=kinds)


@blueprint.post("/incidents/<incident_id>/retry")
@signed_in(*ROLES)
def retry(incident_id: str) -> Answer:
    """The cause is mended: let what failed run again."""
    with write() as work:
        incidents.resolve_incident(work, incident_id, actor=user().actor)
    flash(t("สั่งให้ลองใหม่แล้ว", "It is being tried again."), "good")
    return redirect(url_for("admin.stuck"), 303)


@blueprint.post("/incidents/<incident_id>/settle")
@signed_in(*ROLES)
def settle(incident_id: str) -> Answer:
    """What failed was done by hand: go on without another try."""
    with write() as work:
        incidents.settle_incident(work, incident_id, {}, actor=user().actor)
    flash(t("ปิดเหตุแล้วโดยไม่ลองใหม่", "It is closed without another try."), "good")
    return redirect(url_for("admin.stuck"), 303)


@blueprint.get("/mailbox")
@signed_in(*ROLES)
def mailbox() -> Answer:
    """Where mail stays when no mail server is set; with one there is nothing to look at."""
    if settings().smtp_host:
        abort(404)
    with read() as work:
        found = mail.moments(work)
    return render_template("admin/mailbox.html", moments=found)
