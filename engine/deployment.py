"""Deploying: files become new versions of processes, after every check has passed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import dmn
from engine.actor import Actor
from engine.bpmn.compile import compile_process
from engine.bpmn.lint import lint
from engine.bpmn.model import Process
from engine.bpmn.slots import slot
from engine.bpmn.timers import first_due
from engine.canonical import digest
from engine.definitions import deployment_files, form_names, read_decisions, read_processes
from engine.errors import DeploymentRejected, EngineError
from engine.findings import Finding, has_errors
from engine.models import (
    Deployment,
    DeploymentFile,
    ProcessDefinition,
    Resource,
    StartSubscription,
)
from engine.text import Text
from engine.work import Work

CrossCheck = Callable[[Mapping[str, bytes]], list[Finding]]
BUILT_IN_SUFFIXES = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True, slots=True)
class Deployed:
    """The answer to a deployment: its id, the versions it made and what the checks remarked."""

    id: str
    definitions: tuple[str, ...]  # "key:version" of every process in it
    new: tuple[str, ...]  # those that did not exist before
    findings: list[Finding] = field(default_factory=list)


def deploy(work: Work, files: Mapping[str, bytes], actor: Actor) -> Deployed:
    """Check and store files; what they refer to and do not hold is carried over from before.

    The same set of files deployed again makes no new version.

    Raises:
        DeploymentRejected: with every finding, at least one of them an error.
    """
    carried = _carried(work, files)
    findings = check(files, carried, work.engine.checks, work.engine.cross_checks)
    if has_errors(findings):
        raise DeploymentRejected(findings)
    everything = {**carried, **files}
    bundle_hash = digest(*(p for name in sorted(everything) for p in (name, everything[name])))
    known = work.session.scalars(
        sa.select(Deployment).where(Deployment.bundle_hash == bundle_hash)
    ).first()
    if known is not None:
        return Deployed(known.id, tuple(_definition_ids(work, known.id)), (), findings)
    row = Deployment(
        id=uuid.uuid4().hex,
        bundle_hash=bundle_hash,
        deployed_at=work.now,
        deployed_by=actor.id,
    )
    work.session.add(row)
    _store(work, row.id, files, carried)
    definitions = _define(work, row.id, everything)
    return Deployed(row.id, tuple(definitions), tuple(definitions), findings)


def check(
    files: Mapping[str, bytes],
    carried: Mapping[str, bytes],
    checks: Mapping[str, Any],
    cross_checks: Sequence[CrossCheck] = (),
) -> list[Finding]:
    """Everything the gate has to say about these files, beside those already there.

    `checks` judge one file each, by suffix; `cross_checks` judge all files together, when none of
    them has a fault of its own.
    """
    findings: list[Finding] = []
    for name, content in files.items():
        suffix = "." + name.rpartition(".")[2]
        if name.endswith(".dmn"):
            findings += _check_decision(name, content)
        elif suffix in checks:
            findings += checks[suffix](name, content)
        elif suffix not in BUILT_IN_SUFFIXES:
            findings.append(_unknown_file(name))
    good = {name: content for name, content in files.items() if not _is_bad(name, findings)}
    diagrams = {name: content for name, content in good.items() if name.endswith(".bpmn")}
    everything = {**carried, **good}
    findings += lint(
        diagrams,
        known_forms=set(form_names(everything)),
        known_decisions=_decision_ids(everything),
        known_processes=_process_ids(carried),
    )
    if not has_errors(findings):
        findings += _compile_all(everything, set(diagrams))
    for cross_check in () if has_errors(findings) else cross_checks:
        findings += cross_check(everything)
    return findings


def _is_bad(name: str, findings: list[Finding]) -> bool:
    return any(f.file == name and f.severity == "error" for f in findings)


def _unknown_file(name: str) -> Finding:
    text = Text(
        "ไม่รู้จักชนิดของแฟ้มนี้ ติดตั้งได้เฉพาะ .bpmn .dmn .form และแฟ้มประกอบของกระบวนงาน",
        "This kind of file is unknown; only .bpmn, .dmn, .form and a process's own files deploy.",
    )
    return Finding(name, "", "error", "deploy.unknown-file", text)


def _check_decision(name: str, content: bytes) -> list[Finding]:
    try:
        return list(dmn.check(dmn.parse(name, content)))
    except dmn.DmnRejected as rejected:
        return list(rejected.findings)


def _decision_ids(files: Mapping[str, bytes]) -> set[str]:
    found: set[str] = set()
    for name, content in files.items():
        if name.endswith(".dmn"):
            found.update(dmn.parse(name, content).decisions)
    return found


def _process_ids(files: Mapping[str, bytes]) -> set[str]:
    return set(read_processes(files))


def _compile_all(files: Mapping[str, bytes], diagrams: set[str]) -> list[Finding]:
    """The last gate: what the lint let through must also compile."""
    processes = read_processes({name: files[name] for name in files if name.endswith(".bpmn")})
    read_decisions(files)
    findings = []
    for process in processes.values():
        try:
            compile_process(process, processes)
        except EngineError as error:
            element = str(error.facts.get("element", process.id))
            file = next(iter(diagrams), "")
            findings.append(Finding(file, element, "error", "deploy.compile", error.text))
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
    for node in process.body.nodes.values():
        if node.tag != "startEvent" or not node.events:
            continue
        event = node.events[0]
        facts: dict[str, Any] = {}
        if event.kind == "timer":
            facts = first_due(slot(event.expression).text, event.timer, work.now, node.id)
        work.session.add(
            StartSubscription(
                key=process.id,
                element_id=node.id,
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
