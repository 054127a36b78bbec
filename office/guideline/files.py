"""The guideline as files: shipped, deployed when they changed, seeding the tables."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from engine.engine import Engine
from engine.ground.actor import SYSTEM, Actor
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.tables import Deployment, DeploymentFile
from engine.store.work import Work
from engine.verbs import deployment
from engine.verbs.deployment import Deployed
from office.applications import master_data
from office.applications.letter_templates import FOLDER
from office.deadlines.holiday_table import seed_holidays

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED_SUFFIXES = frozenset({".bpmn", ".dmn", ".form", ".csv", ".json", ".md"})


@dataclass(frozen=True, slots=True)
class GuidelineState:
    """What `deploy_guideline` found: the definitions it made, or none when nothing had changed."""

    deployed: Deployed | None


def guideline_files(root: Path = ROOT) -> dict[str, bytes]:
    """The files of the complaint guideline by the names they are deployed under."""
    return dict(_files(root))


def deploy_guideline(
    work: Work, files: Mapping[str, bytes], *, actor: Actor = SYSTEM, again: bool = False
) -> GuidelineState:
    """Deploy the shipped guideline unless it was deployed before, and seed the tables.

    A version that a process owner has deployed since stays in force: a restart must not put the
    shipped files back over it. Only who asks for it (`again`) does.

    Raises:
        DeploymentRejected: a file has faults.
    """
    deployed = None
    if again or not _is_known(work, files):
        deployed = deployment.deploy(work, files, actor)
    master_data.seed(work, files)
    seed_holidays(work)
    return GuidelineState(deployed)


def require_deployable_guideline(
    engine: Engine, files: Mapping[str, bytes], *, again: bool = False
) -> None:
    """Refuse what `deploy_guideline` would refuse, before its transaction.

    Raises:
        DeploymentRejected: a file has faults.
    """
    with engine.read() as work:
        is_known = _is_known(work, files)
    if again or not is_known:
        deployment.require_deployable(engine.machine, files)


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
    """What the gate has to say about the agency's facts: that they are JSON at all."""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return [_finding(name, "แฟ้มต้องเป็น JSON ที่ถูกต้อง", "This must be valid JSON.", None)]
    return []


def _finding(name: str, thai: str, english: str, row: int | None) -> Finding:
    return Finding(name, "", "error", "guideline-file", Text(thai, english), row)


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    processes, forms = root / "processes" / "complaint", root / "forms" / "complaint"
    for folder, prefix in ((processes, ""), (processes / FOLDER, FOLDER), (forms, "")):
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path.suffix in DEPLOYED_SUFFIXES:
                yield prefix + path.name, path.read_bytes()


def _is_known(work: Work, files: Mapping[str, bytes]) -> bool:
    """Whether the product itself deployed just these bytes last, each of them."""
    query = (
        sa.select(DeploymentFile.name, DeploymentFile.sha256)
        .join(Deployment, Deployment.id == DeploymentFile.deployment_id)
        .where(Deployment.deployed_by == SYSTEM.id, ~DeploymentFile.carried)
        .order_by(Deployment.deployed_at, Deployment.id)
    )
    known = dict(work.session.execute(query).all())
    return bool(known) and all(
        known.get(name) == hashlib.sha256(content).hexdigest() for name, content in files.items()
    )
