"""What keeps the record as scenes: signing heads, erasing, backing up, deploying the law."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.record import signed_heads
from engine.record.published_heads import read_lines
from office.audit.head_signing import FILE
from office.disposal.erasure import ErasureAskedAlready, NoErasureAsked, ask_erasure, decide_erasure
from office.ground.tables import Case
from office.guideline.files import guideline_files
from office.operations.backup import BackupExists, make_backup
from office.operations.restore import restore_backup
from office.vault.case_keys import Purpose
from tests.faults import office_scenes
from tests.faults.killing import Facts, Installation, Scene, office_over
from tests.faults.office_scenes import BY_MAIL, agency_of, uploads
from tests.faults.picture import difference, picture
from tests.support import postgres

BACKUP = "backup.tar"
REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"


# ── what stands before ─────────────────────────────────────────────────────────────────────────


def ready_to_deploy(installation: Installation) -> Facts:
    """The gate has looked at the guideline, which takes it seconds."""
    installation.engine.gate.check(guideline_files(), {})
    return {}


def signed(installation: Installation) -> Facts:
    """The record was signed, and has moved since."""
    installation.agency.sign_head()
    return office_scenes.filed(installation)


def closed(installation: Installation) -> Facts:
    """A case with files was withdrawn, and all letters are out."""
    agency = installation.agency
    filed = agency.file_complaint(BY_MAIL, files=uploads(), idempotency_key="before")
    installation.engine.run_due()
    agency.withdraw(filed.tracking_code, {"reason": "แก้ไขให้แล้ว"}, idempotency_key="no more")
    installation.engine.run_due()
    return {"case": filed.case_id}


def identity_asked(installation: Installation) -> Facts:
    facts = {**closed(installation), "what": "identity"}
    _ask(installation, facts)
    return facts


def content_asked(installation: Installation) -> Facts:
    facts = {**closed(installation), "what": "content"}
    _ask(installation, facts)
    return facts


def erased(installation: Installation) -> Facts:
    """What was erased still lies on the disk until its pages are written anew."""
    facts = content_asked(installation)
    decide(installation, facts, "")
    return facts


# ── the acts ───────────────────────────────────────────────────────────────────────────────────


def sign(installation: Installation, _facts: Facts, _key: str) -> Any:
    return installation.agency.sign_head() and None


def hourly(installation: Installation, _facts: Facts, _key: str) -> Any:
    """The clock brings the signing, and the signing plans the next one."""
    installation.clock.advance(hours=1)
    return installation.engine.run_due() and None


def ask(installation: Installation, facts: Facts, _key: str) -> Any:
    _ask(installation, {**facts, "what": "identity"})


def decide(installation: Installation, facts: Facts, _key: str) -> Any:
    custodian = agency_of(installation).person("identity_custodian")
    with installation.engine.begin() as work:
        case = work.session.get_one(Case, facts["case"])
        what: Purpose = facts["what"]
        decide_erasure(work, installation.agency.services, case, what, custodian, granted=True)


def run_due(installation: Installation, _facts: Facts, _key: str) -> Any:
    return installation.engine.run_due() and None


def back_up(installation: Installation, _facts: Facts, _key: str) -> Any:
    settings = installation.agency.settings
    make_backup(settings, settings.data_dir / BACKUP, at=installation.clock.now(), with_keys=True)


def deploy(installation: Installation, _facts: Facts, _key: str) -> Any:
    return installation.agency.deploy_guideline() and None


def _ask(installation: Installation, facts: Facts) -> None:
    head = agency_of(installation).person("screening_head")
    with installation.engine.begin() as work:
        case = work.session.get_one(Case, facts["case"])
        ask_erasure(work, installation.agency.services, case, facts["what"], head, reason=REASON)


# ── what lies beside the database ──────────────────────────────────────────────────────────────


def every_head_is_published(installation: Installation) -> str:
    """The file of heads tells each head once, in whole lines."""
    lines = (installation.agency.settings.data_dir / FILE).read_text("utf-8").splitlines()
    told = [each.head.root for each in read_lines(FILE, lines)]
    with installation.engine.read() as work:
        kept = [head.root for head in signed_heads.heads(work)]
    return "" if told == kept else f"{FILE} tells {told}, signed were {kept}"


def backup_brings_all_back(installation: Installation) -> str:
    """Restored somewhere else it is the installation that was backed up."""
    settings = installation.agency.settings
    drafts = [path.name for path in settings.data_dir.glob(f"{BACKUP}?*")]
    with _elsewhere(settings.database_url) as url:
        data_dir = settings.data_dir.with_name("elsewhere")
        shutil.rmtree(data_dir, ignore_errors=True)
        elsewhere = replace(settings, database_url=url, data_dir=data_dir)
        restore_backup(elsewhere, settings.data_dir / BACKUP, at=installation.clock.now())
        wanted, found = picture(settings.database_url), picture(url)
    return difference(wanted, found) if wanted != found else " ".join(drafts)


@contextlib.contextmanager
def _elsewhere(url: str) -> Iterator[str]:
    """An empty database beside this one."""
    here = sa.make_url(url)
    if here.drivername == "sqlite":
        place = Path(str(here.database)).with_name("elsewhere.sqlite3")
        place.unlink(missing_ok=True)
        yield f"sqlite:///{place}"
        return
    name = f"{here.database}_elsewhere"
    postgres.drop_database(here.set(database="postgres"), name)
    new = postgres.create_database(here.set(database="postgres"), name)
    yield new.render_as_string(hide_password=False)
    postgres.drop_database(here.set(database="postgres"), name)


_SIGNED = {"look": every_head_is_published}
_ERASED = {"refusals": (NoErasureAsked,)}
SCENES = [
    Scene("seal", signed, sign, office_over, **_SIGNED),
    Scene("hourly seal", signed, hourly, office_over, settle=(70, 10, 10), **_SIGNED),
    Scene("ask for erasure", closed, ask, office_over, refusals=(ErasureAskedAlready,)),
    Scene("erase an identity", identity_asked, decide, office_over, **_ERASED),
    Scene("erase a content", content_asked, decide, office_over, **_ERASED),
    Scene("scrub what was erased", erased, run_due, office_over, settle=(10, 10, 10)),
    Scene(
        "back up",
        closed,
        back_up,
        office_over,
        refusals=(BackupExists,),
        look=backup_brings_all_back,
    ),
]
DEPLOYING = Scene("deploy the guideline", ready_to_deploy, deploy, office_over)
