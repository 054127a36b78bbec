"""What is shipped, deployed when it changed, and the tables seeded from it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from engine.engine import Engine
from engine.ground.actor import SYSTEM, Actor
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.tables import Deployment, DeploymentFile
from engine.store.work import Work
from engine.verbs import applications, deployment
from engine.verbs.applications import NONE
from engine.verbs.deployment import Deployed
from office.applications import master_data, shipped
from office.applications.application import FILE, check_shape
from office.deadlines.holiday_table import seed_holidays


@dataclass(frozen=True, slots=True)
class GuidelineState:
    """What `deploy_guideline` found: what it deployed, or none when nothing had changed."""

    deployed: Deployed | None


def guideline_files(key: str = "complaint", root: Path = shipped.ROOT) -> dict[str, bytes]:
    """The files of a shipped application by the names they are deployed under."""
    return shipped.files_of(key, root)


def deploy_guideline(
    work: Work,
    files: Mapping[str, bytes],
    *,
    application: str | None = None,
    actor: Actor = SYSTEM,
    again: bool = False,
) -> GuidelineState:
    """Deploy what the product brings for an application unless it was deployed before, and seed
    the tables.

    What a process owner has deployed since stays in force: a restart must not put the shipped file
    back over it. Only who asks for it (`again`) does.

    Raises:
        DeploymentRejected: a file has faults.
    """
    deployed = None
    brought = _brought(work, files, application, again=again)
    if brought:
        deployed = deployment.deploy(work, brought, actor, application=application)
    master_data.seed(work, files, application or NONE)
    seed_holidays(work)
    return GuidelineState(deployed)


def require_deployable_guideline(
    engine: Engine,
    files: Mapping[str, bytes],
    *,
    application: str | None = None,
    again: bool = False,
) -> None:
    """Refuse what `deploy_guideline` would refuse, before its transaction.

    Raises:
        DeploymentRejected: a file has faults.
    """
    with engine.read() as work:
        brought = _brought(work, files, application, again=again)
    if brought:
        deployment.require_deployable(engine.machine, brought, application=application)


def _brought(
    work: Work, files: Mapping[str, bytes], application: str | None, *, again: bool
) -> Mapping[str, bytes]:
    """The files to deploy, none when the product brought just these bytes before; of those that it
    did bring before, what stands now."""
    known = _known(work, application)
    new = {
        name
        for name, content in files.items()
        if known.get(name) != hashlib.sha256(content).hexdigest()
    }
    if again:
        return files
    if application is None:
        return files if new or not known else {}
    before = applications.standing(work, application, files)
    if not new and before.newest is not None:
        return {}
    stands = {name: before.files.get(name, content) for name, content in files.items()}
    return {**stands, **{name: files[name] for name in new}}


def check_table(name: str, content: bytes) -> list[Finding]:
    """What the gate says of a table: UTF-8, and as many cells in each row as in the head."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [_finding(name, "แฟ้มต้องเป็นตาราง CSV แบบ UTF-8", "This must be CSV in UTF-8.", None)]
    width = len(rows[0]) if rows else 0
    return [
        _finding(
            name,
            f"แถวนี้มี {len(row)} ช่อง แต่หัวตารางมี {width} ช่อง",
            f"This row has {len(row)} cells, the head has {width}.",
            number,
        )
        for number, row in enumerate(rows, 1)
        if row and len(row) != width
    ]


def check_facts(name: str, content: bytes) -> list[Finding]:
    """What the gate says of a JSON file: that it is one, and of an application its shape."""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return [_finding(name, "แฟ้มต้องเป็น JSON ที่ถูกต้อง", "This must be valid JSON.", None)]
    return check_shape(content) if name == FILE else []


def _finding(name: str, thai: str, english: str, row: int | None) -> Finding:
    return Finding(name, "", "error", "guideline-file", Text(thai, english), row)


def _known(work: Work, application: str | None) -> dict[str, str]:
    """The SHA-256 of what the product itself brought last of each file, for an application or
    before there were any."""
    query = (
        sa.select(DeploymentFile.name, DeploymentFile.sha256)
        .join(Deployment, Deployment.id == DeploymentFile.deployment_id)
        .where(
            Deployment.deployed_by == SYSTEM.id,
            Deployment.application.in_((application or NONE, NONE)),
            ~DeploymentFile.carried,
        )
        .order_by(Deployment.deployed_at, Deployment.id)
    )
    return {row.name: row.sha256 for row in work.session.execute(query)}
