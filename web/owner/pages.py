"""The process owner's pages: versions with pictures, files to download, deploying new ones."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.ground.errors import DeploymentRejected, Refusal
from engine.ground.findings import Finding
from web.account.confirm import confirmed
from web.current import office, pressed, read, signed_in, user
from web.errors import again
from web.language import t
from web.links import as_download
from web.owner import workshop
from web.types import Answer

blueprint = Blueprint("owner", __name__)
ROLES = frozenset({"process_owner"})
XML = "application/xml"


@blueprint.get("/processes")
@signed_in(*ROLES)
def processes() -> Answer:
    with read() as work:
        found = workshop.versions(work)
    return render_template("owner/processes.html", processes=found)


@blueprint.get("/processes/<key>/<int:number>")
@signed_in(*ROLES)
def version(key: str, number: int) -> Answer:
    with read() as work:
        shown = workshop.version(work, key, number)
        files, drawn = workshop.files_of(work, shown.id), workshop.drawn(work, shown)
    return render_template("owner/version.html", version=shown, files=files, picture=drawn)


@blueprint.get("/processes/<key>/<int:number>/diagram")
@signed_in(*ROLES)
def diagram(key: str, number: int) -> Answer:
    with read() as work:
        content = workshop.drawn(work, workshop.version(work, key, number)).content
    return Response(content, mimetype=XML)


@blueprint.get("/processes/<key>/<int:number>/files/<path:name>")
@signed_in(*ROLES)
def download(key: str, number: int, name: str) -> Answer:
    with read() as work:
        content = workshop.file_of(work, workshop.version(work, key, number).id, name)
    return as_download(Response(content, mimetype="application/octet-stream"), name)


@blueprint.get("/processes/<key>/<int:number>/modeler")
@signed_in(*ROLES)
def modeler(key: str, number: int) -> Answer:
    with read() as work:
        shown = workshop.version(work, key, number)
    return render_template("owner/modeler.html", version=shown)


@blueprint.get("/deploy")
@signed_in(*ROLES)
@confirmed
def deploy() -> Answer:
    return render_template("owner/deploy.html", findings=None, pictures=[])


@blueprint.post("/deploy")
@signed_in(*ROLES)
@confirmed
def send() -> Answer:
    who, files = user().actor, workshop.uploads(request.files.getlist("files"))
    if not files:
        return redirect(url_for("owner.deploy"), 303)
    if pressed("only", "check", "") == "check":
        with read() as work:
            return _findings_page(files, workshop.check(work, files))
    try:
        deployed = office().engine.deploy(files, who, upload=True)
    except DeploymentRejected as refusal:
        return again(_findings_page(files, refusal.findings, refusal), refusal)
    for id in deployed.new:
        flash(t("ติดตั้งแล้ว: {id}", "Deployed: {id}", id=id), "good")
    for id in deployed.again:
        flash(t("กลับมาใช้บังคับ: {id}", "In force again: {id}", id=id), "good")
    if not (deployed.new or deployed.again):
        flash(t("แฟ้มชุดนี้ติดตั้งอยู่แล้ว ไม่มีอะไรเปลี่ยน", "Nothing has changed."), "good")
    return redirect(url_for("owner.processes"), 303)


def _findings_page(
    files: Mapping[str, bytes], findings: list[Finding], refusal: Refusal | None = None
) -> str:
    order = {"error": 0, "warning": 1, "info": 2}
    return render_template(
        "owner/deploy.html",
        files=sorted(files),
        findings=sorted(findings, key=lambda found: (order[found.severity], found.file)),
        pictures=workshop.pictures_of(files, findings),
        refusal=refusal,
    )
