"""The deployed files are those that were deployed, and every definition is one of them."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.signed_heads import deployment_entry
from engine.record.verification.stored_rows import as_finding
from engine.store.tables import Deployment, DeploymentFile, LogEntry, ProcessDefinition, Resource
from engine.store.work import Work
from engine.turn.definitions import bundle_hash, deployment_files

CONTENT = Text("เนื้อหาแฟ้มไม่ตรงกับรหัส SHA-256 ของแฟ้ม", "the content is not what its SHA-256 says")
FILES = Text("แฟ้มของการติดตั้งไม่ครบหรือไม่ใช่ชุดที่ติดตั้งไว้", "its files are not those that were deployed")
SIGNED = Text(
    "ไม่ตรงกับที่ประทับตราไว้ในบันทึกรวมลำดับ {position}",
    "it is not what entry {position} of the log says",
)
NO_FILE = Text("ไม่ใช่แฟ้มของการติดตั้ง", "it is not a file of its deployment")


def verify_deployments(work: Work) -> Report:
    """Check every deployed file, deployment and definition."""
    report = Report()
    _check_contents(work, report)
    positions = _logged_at(work)
    for id in work.session.scalars(sa.select(Deployment.id).order_by(Deployment.id)).all():
        with as_finding(report, id, "deployment"):
            _check_deployment(work, id, positions.get(id), report)
    for id in work.session.scalars(sa.select(ProcessDefinition.id).order_by(ProcessDefinition.id)):
        with as_finding(report, id, "process_definition"):
            _check_definition(work, id, report)
    return report


def _check_contents(work: Work, report: Report) -> None:
    query = sa.select(Resource.sha256, Resource.content).order_by(Resource.sha256)
    for sha, content in work.session.execute(query.execution_options(yield_per=10)):
        with as_finding(report, sha, "resource"):
            if hashlib.sha256(content).hexdigest() != sha:
                report.differ(sha, "resource", 0, CONTENT)


def _logged_at(work: Work) -> dict[str, tuple[int, str]]:
    query = sa.select(LogEntry.subject, LogEntry.position, LogEntry.entry)
    query = query.join(Deployment, Deployment.id == LogEntry.subject)
    return {row[0]: (row[1], row[2]) for row in work.session.execute(query)}


def _check_deployment(work: Work, id: str, logged: tuple[int, str] | None, report: Report) -> None:
    row = work.session.get_one(Deployment, id)
    if bundle_hash(deployment_files(work, id)) != row.bundle_hash:
        report.differ(id, "deployment", 0, FILES)
    if logged is not None and logged[1] != deployment_entry(work, row):
        report.differ(id, "deployment", 0, SIGNED.format(position=logged[0]))


def _check_definition(work: Work, id: str, report: Report) -> None:
    """A definition is `key:version`, and its diagram is a file of its deployment."""
    row = work.session.get_one(ProcessDefinition, id)
    file = work.session.get(DeploymentFile, (row.deployment_id, row.file))
    if file is None or row.sha256 != file.sha256 or row.id != f"{row.key}:{row.version}":
        report.differ(id, "process_definition", 0, NO_FILE)
