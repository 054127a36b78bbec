"""Deploying: files become new versions of processes, after every check has passed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.bpmn.model import Process
from engine.ground.actor import Actor
from engine.ground.errors import DeploymentRejected
from engine.ground.findings import Finding, has_errors
from engine.store.machine import Machine
from engine.store.tables import (
    Deployment,
    DeploymentFile,
    ProcessDefinition,
    ProcessInForce,
    Resource,
)
from engine.store.transactions import read
from engine.store.work import Work
from engine.turn import administration
from engine.turn.definitions import bundle_hash, deployment_files, read_processes
from engine.verbs import applications
from engine.verbs.file_sets import Comparison, FileSets, used_files
from engine.verbs.gate import check_upload, unplain_names
from engine.verbs.queries import definition_if_in_force
from engine.verbs.runtime import RETIRED, in_force, newest_version
from engine.verbs.versions import put_in_force, retire


@dataclass(frozen=True, slots=True)
class Deployed:
    """The answer to a deployment: its id, the versions it made and what the checks remarked."""

    id: str
    definitions: tuple[str, ...]  # "key:version" in force of every process in it
    new: tuple[str, ...]  # those that did not exist before
    findings: list[Finding] = field(default_factory=list)
    again: tuple[str, ...] = ()  # earlier versions that are in force again


def deploy(
    work: Work,
    files: Mapping[str, bytes],
    actor: Actor,
    *,
    application: str | None = None,
    whole: bool = False,
) -> Deployed:
    """Check and store files of an application; what they refer to and do not hold is carried over
    from its last deployment, unless they are the `whole` of it. Without a name, it is the
    application whose files they are.

    A process gets a new version when its files, or those it uses, have changed; when they are again
    those of an earlier version, that one is in force again. The others, and the timers that start
    them, are left alone. What comes from outside must have been checked before (see
    `require_deployable`), in a child process that a poisoned diagram cannot outlive.

    Raises:
        DeploymentRejected: with every finding, at least one of them an error.
    """
    # Two at once would both make the next version, or each carry over what the other replaces.
    work.one_at_a_time("deployment")
    _refuse_errors(unplain_names(files))
    application = _named(work, files, application)
    newest, compared = _compare(work, files, application, whole=whole)
    findings = _refuse_errors(_findings(work, compared, application))
    carried = compared.kept()
    everything = {**carried, **files}
    bundle = bundle_hash(everything)
    if newest is not None and newest.bundle_hash == bundle and _all_in_force(work, everything):
        standing = [in_force(work, key).id for key in used_files(everything, compared.sets)]
        return Deployed(newest.id, tuple(sorted(standing)), (), findings)
    row = Deployment(
        id=uuid.uuid4().hex,
        bundle_hash=bundle,
        application=application,
        deployed_at=_after(applications.latest_moment(work), work.now),
        deployed_by=actor.id,
    )
    work.session.add(row)
    _store(work, row.id, files, carried)
    for take_over in work.machine.on_deploy:  # what packages above keep of these files
        take_over(work, files, actor, application)
    changed = [name for name in files if compared.before.get(name) != files[name]]
    facts = {"application": application, "files": sorted(changed)}
    administration.note(work, "deployed", row.id, facts, actor=actor)
    sets = compared.sets.with_files(files, changed)
    deployed = _enact(work, row, everything, sets, findings)
    if whole:
        gone = applications.processes_of(work, application) - used_files(everything, sets).keys()
        for key in sorted(gone):
            retire(work, key)
    return deployed


def _all_in_force(work: Work, files: Mapping[str, bytes]) -> bool:
    """Whether none of these processes is retired: deploying it once more brings it back."""
    keys = set(read_processes(files))
    retired = sa.select(ProcessInForce.key).where(ProcessInForce.version == RETIRED)
    return keys.isdisjoint(work.session.scalars(retired))


def require_deployable(
    machine: Machine,
    files: Mapping[str, bytes],
    *,
    application: str | None = None,
    whole: bool = False,
    upload: bool = False,
) -> None:
    """Refuse what `deploy` would refuse, while others go on working.

    The gate takes seconds, and SQLite has one writer: what it answers here it need not find out
    again while everybody waits.

    Raises:
        DeploymentRejected: with every finding, at least one of them an error.
    """
    if upload:
        _refuse_errors(check_upload(files, set(machine.functions)))
    with read(machine) as work:
        findings = check(work, files, application=application, whole=whole)
    _refuse_errors(findings)


def check(
    work: Work,
    files: Mapping[str, bytes],
    *,
    application: str | None = None,
    whole: bool = False,
) -> list[Finding]:
    """Everything that `deploy` would say about these files; nothing is written."""
    if names := unplain_names(files):
        return names  # nothing else can be said about a file by its name
    try:
        application = _named(work, files, application)
    except DeploymentRejected as several:
        return several.findings
    _, compared = _compare(work, files, application, whole=whole)
    return _findings(work, compared, application)


def _named(work: Work, files: Mapping[str, bytes], application: str | None) -> str:
    if application is None:
        return applications.application_of(work, files)
    applications.must_be_meant(work, application, files)
    return application


def _findings(work: Work, compared: Comparison, application: str) -> list[Finding]:
    gate = work.machine.gate
    return [
        *applications.of_others(work, application, compared.files),
        *compared.findings(),
        *gate.check(compared.files, {**gate.shared(work), **compared.kept()}),
    ]


def _refuse_errors(findings: list[Finding]) -> list[Finding]:
    if has_errors(findings):
        raise DeploymentRejected(findings)
    return findings


def _compare(
    work: Work, files: Mapping[str, bytes], application: str, *, whole: bool
) -> tuple[Deployment | None, Comparison]:
    """The newest deployment of an application, and the files beside those of it."""
    before = applications.standing(work, application, files)
    stays = {} if whole else before.files
    compared = Comparison(files, stays, before.sets, work.machine.gate.identify)
    return before.newest, compared


def _after(newest: Deployment | None, now: datetime) -> datetime:
    """The moment of a deployment, later than the one before even when the clock was set back:
    what is in force is told by the order."""
    if newest is None or newest.deployed_at < now:
        return now
    return newest.deployed_at + timedelta(microseconds=1)


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


# ── what is in force ───────────────────────────────────────────────────────────────────────────


def _enact(
    work: Work,
    deployment: Deployment,
    files: Mapping[str, bytes],
    sets: FileSets,
    findings: list[Finding],
) -> Deployed:
    """Put every process in force: as it stands, as it once was, or as a new version."""
    standing, new, again = [], [], []
    past = _Past(work, deployment.application, sets)
    used = used_files(files, sets)
    for name in sorted(name for name in files if name.endswith(".bpmn")):
        for process in read_processes({name: files[name]}).values():
            if not process.executable:
                continue  # a partner's pool, drawn as a picture
            before = definition_if_in_force(work, process.id)
            row = past.version_with(process.id, used[process.id])
            if row is None:
                row = _new_version(work, deployment.id, name, files, process)
                new.append(row.id)
            elif before is None or row.id != before.id:
                again.append(row.id)
            if before is None or row.id != before.id:
                put_in_force(work, row, process, before)
            standing.append(row.id)
    return Deployed(deployment.id, tuple(standing), tuple(new), findings, tuple(again))


@dataclass(slots=True)
class _Past:
    """The versions of an application, each with the files that it uses."""

    work: Work
    application: str
    sets: FileSets
    deployments: dict[str, dict[str, frozenset[tuple[str, str]]]] = field(default_factory=dict)

    def version_with(self, key: str, used: frozenset[tuple[str, str]]) -> ProcessDefinition | None:
        """The version that uses just these files: the one in force, or else the newest."""
        query = sa.select(ProcessDefinition).join(
            Deployment, Deployment.id == ProcessDefinition.deployment_id
        )
        query = query.where(
            ProcessDefinition.key == key,
            ProcessDefinition.sha256.in_([sha for _, sha in used]),
            Deployment.application == self.application,
        )
        rows = self.work.session.scalars(query.order_by(ProcessDefinition.version.desc())).all()
        before = definition_if_in_force(self.work, key)
        first = sorted(rows, key=lambda row: before is None or row.id != before.id)
        return next((row for row in first if self._used(row) == used), None)

    def _used(self, row: ProcessDefinition) -> frozenset[tuple[str, str]]:
        if row.deployment_id not in self.deployments:
            files = deployment_files(self.work, row.deployment_id)
            self.deployments[row.deployment_id] = used_files(files, self.sets)
        return self.deployments[row.deployment_id].get(row.key, frozenset())


def _new_version(
    work: Work, deployment_id: str, name: str, files: Mapping[str, bytes], process: Process
) -> ProcessDefinition:
    version = newest_version(work, process.id) + 1
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
    return row
