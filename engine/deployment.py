"""Deploying: files become new versions of processes, after every check has passed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.actor import Actor
from engine.bpmn.model import Process
from engine.bpmn.slots import slot
from engine.bpmn.timers import first_due
from engine.definitions import bundle_hash, deployment_files, form_names, read_processes
from engine.errors import DeploymentRejected, EngineError
from engine.findings import Finding, has_errors
from engine.gate import judge_upload
from engine.models import (
    Deployment,
    DeploymentFile,
    ProcessDefinition,
    Resource,
    StartSubscription,
)
from engine.work import Work

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Deployed:
    """The answer to a deployment: its id, the versions it made and what the checks remarked."""

    id: str
    definitions: tuple[str, ...]  # "key:version" of every process in it
    new: tuple[str, ...]  # those that did not exist before
    findings: list[Finding] = field(default_factory=list)


def deploy(work: Work, files: Mapping[str, bytes], actor: Actor) -> Deployed:
    """Check and store files; what they refer to and do not hold is carried over from before.

    The same set of files deployed again makes no new version. What comes from outside must have
    been judged (see `judge`), in a child process that a poisoned diagram cannot outlive.

    Raises:
        DeploymentRejected: with every finding, at least one of them an error.
    """
    # Two at once would both make the next version, or each carry over what the other replaces.
    work.one_at_a_time("deployment")
    carried = _carried(work, files)
    findings = _refuse_errors(work.engine.gate.check(files, carried))
    everything = {**carried, **files}
    whole = bundle_hash(everything)
    known = work.session.scalars(
        sa.select(Deployment).where(Deployment.bundle_hash == whole)
    ).first()
    if known is not None:
        return Deployed(known.id, tuple(_definition_ids(work, known.id)), (), findings)
    row = Deployment(
        id=uuid.uuid4().hex,
        bundle_hash=whole,
        deployed_at=work.now,
        deployed_by=actor.id,
    )
    work.session.add(row)
    _store(work, row.id, files, carried)
    definitions = _define(work, row.id, everything)
    return Deployed(row.id, tuple(definitions), tuple(definitions), findings)


def judge(engine: Engine, files: Mapping[str, bytes], *, upload: bool = False) -> None:
    """Refuse what `deploy` would refuse, while others go on working.

    The gate takes seconds, and SQLite has one writer: what it answers here it need not find out
    again while everybody waits.

    Raises:
        DeploymentRejected: with every finding, at least one of them an error.
    """
    if upload:
        _refuse_errors(judge_upload(files, set(engine.functions)))
    with engine.read() as work:
        carried = _carried(work, files)
    _refuse_errors(engine.gate.check(files, carried))


def _refuse_errors(findings: list[Finding]) -> list[Finding]:
    if has_errors(findings):
        raise DeploymentRejected(findings)
    return findings


def _carried(work: Work, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The newest deployment's files, except those that are replaced now."""
    newest = work.session.scalars(
        sa.select(Deployment).order_by(Deployment.deployed_at.desc(), Deployment.id).limit(1)
    ).first()
    if newest is None:
        return {}
    forms = form_names(files)
    kept = {}
    for name, content in deployment_files(work, newest.id).items():
        replaced = name in files or set(form_names({name: content})) & set(forms)
        if not replaced:
            kept[name] = content
    return _without_redefined(kept, files)


def _without_redefined(kept: dict[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A renamed file replaces the one that defined the same process before."""
    try:
        mine = set(read_processes(files))
    except EngineError:
        return kept  # the gate will name the fault
    return {
        name: content
        for name, content in kept.items()
        if not (name.endswith(".bpmn") and mine & set(read_processes({name: content})))
    }


def _store(
    work: Work, deployment_id: str, files: Mapping[str, bytes], carried: Mapping[str, bytes]
) -> None:
    everything = {**carried, **files}
    by_hash = {hashlib.sha256(content).hexdigest(): content for content in everything.values()}
    query = sa.select(Resource.sha256).where(Resource.sha256.in_(by_hash))
    known = set(work.session.scalars(query))
    for sha, content in by_hash.items():
        if sha not in known:
            work.session.add(Resource(sha256=sha, content=content))
    work.session.flush()  # the rows below refer to the deployment and to the resources
    for name, content in everything.items():
        sha = hashlib.sha256(content).hexdigest()
        work.session.add(
            DeploymentFile(
                deployment_id=deployment_id, name=name, sha256=sha, carried=name in carried
            )
        )


def _define(work: Work, deployment_id: str, files: Mapping[str, bytes]) -> list[str]:
    definitions = []
    for name in sorted(files):
        if not name.endswith(".bpmn"):
            continue
        for process in read_processes({name: files[name]}).values():
            if process.executable:
                definitions.append(_define_process(work, deployment_id, name, files, process))
    return definitions


def _define_process(
    work: Work, deployment_id: str, name: str, files: Mapping[str, bytes], process: Process
) -> str:
    query = sa.select(sa.func.max(ProcessDefinition.version)).where(
        ProcessDefinition.key == process.id
    )
    version = (work.session.scalar(query) or 0) + 1
    row = ProcessDefinition(
        id=f"{process.id}:{version}",
        key=process.id,
        version=version,
        deployment_id=deployment_id,
        file=name,
        sha256=hashlib.sha256(files[name]).hexdigest(),
        name_th=process.name.th or process.pool.th or process.id,
        name_en=process.name.en or process.pool.en or process.id,
    )
    work.session.add(row)
    work.session.flush()  # the subscriptions refer to it
    _subscribe_starts(work, row.id, process)
    return row.id


def _subscribe_starts(work: Work, definition_id: str, process: Process) -> None:
    """Messages and timers that start the process now start this version."""
    work.session.execute(sa.delete(StartSubscription).where(StartSubscription.key == process.id))
    starts = (node for node in process.body.nodes.values() if node.tag == "startEvent")
    for node, number, event in ((n, i, e) for n in starts for i, e in enumerate(n.events, 1)):
        facts: dict[str, Any] = {}
        if event.kind == "timer":
            facts = first_due(slot(event.expression).text, event.timer, work.now, node.id)
        work.session.add(
            StartSubscription(
                key=process.id,
                element_id=node.id if number == 1 else f"{node.id}#{number}",
                definition_id=definition_id,
                kind=event.kind,
                name=event.name or None,
                timer=facts or None,
                due_at=datetime.fromisoformat(facts["due"]) if facts else None,
            )
        )


def _definition_ids(work: Work, deployment_id: str) -> list[str]:
    query = sa.select(ProcessDefinition.id).where(ProcessDefinition.deployment_id == deployment_id)
    return list(work.session.scalars(query.order_by(ProcessDefinition.id)))
