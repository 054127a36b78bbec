"""Process applications: the files that are drawn, deployed and put back as one.

An application is named by its key; `""` holds what was deployed without one. Everything in its
files finds each other by id, and nothing of another application: two may use the same ids. Only the
ids of processes are of one kind for all, since cases are started and told apart by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.ground.errors import DefinitionNotFound, DeploymentRejected
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.tables import Deployment, DeploymentFile, ProcessDefinition
from engine.store.work import Work
from engine.turn.definitions import deployment_files
from engine.verbs.file_sets import FileSets, contents, file_sets
from engine.verbs.queries import definition_of
from engine.verbs.runtime import newest_version

Files = Mapping[str, bytes]
NONE = ""  # deployed without an application


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands before a deployment to an application: its newest one, with its files and which
    of them belong together."""

    newest: Deployment | None
    files: dict[str, bytes]
    sets: FileSets


def standing(work: Work, application: str, files: Files) -> Standing:
    """What stands before these files are deployed to an application.

    A new application takes over the processes that were deployed without one, with their sets.
    """
    newest = newest_deployment(work, application)
    if newest is None and application:
        return _taken_over(work, files)
    before = {} if newest is None else deployment_files(work, newest.id)
    sets = file_sets(work, application)
    if not application:
        before = _without_what_was_taken_over(work, before, sets)
    return Standing(newest, before, sets)


def newest_deployment(work: Work, application: str) -> Deployment | None:
    query = sa.select(Deployment).where(Deployment.application == application)
    return work.session.scalars(query.order_by(*_LATEST_FIRST).limit(1)).first()


def newest_of_each(work: Work) -> dict[str, str]:
    """The id of the newest deployment of each application, by key."""
    query = sa.select(Deployment.application, Deployment.id).where(Deployment.application != NONE)
    rows = work.session.execute(query.order_by(Deployment.deployed_at, Deployment.id.desc()))
    return {row.application: row.id for row in rows}


def deployments_of(work: Work, application: str) -> list[Deployment]:
    """The deployments of an application, the first one first: its versions, counted from 1."""
    query = sa.select(Deployment).where(Deployment.application == application)
    return list(work.session.scalars(query.order_by(Deployment.deployed_at, Deployment.id)))


def files_of_version(work: Work, application: str, version: int) -> dict[str, bytes]:
    """The files of an application as they were in one of its versions.

    Raises:
        DefinitionNotFound: there is no such application, or no such version of it.
    """
    versions = deployments_of(work, application)
    if not 1 <= version <= len(versions):
        raise DefinitionNotFound(key=f"{application} {version}")
    return deployment_files(work, versions[version - 1].id)


def latest_moment(work: Work) -> Deployment | None:
    """The newest deployment of all."""
    return work.session.scalars(sa.select(Deployment).order_by(*_LATEST_FIRST).limit(1)).first()


_LATEST_FIRST = (Deployment.deployed_at.desc(), Deployment.id)


def _taken_over(work: Work, files: Files) -> Standing:
    loose = newest_deployment(work, NONE)
    everything = {} if loose is None else deployment_files(work, loose.id)
    sets = file_sets(work, NONE)
    mine = _processes(files)
    mates = [sets.of(n) for n, content in everything.items() if mine & _processes({n: content})]
    wanted = frozenset[str]().union(*mates)
    taken = {name: content for name, content in everything.items() if name in wanted}
    return Standing(None, taken, sets)


def _without_what_was_taken_over(
    work: Work, before: dict[str, bytes], sets: FileSets
) -> dict[str, bytes]:
    taken = (
        sets.of(name)
        for name, content in before.items()
        if any(owner_of(work, key) for key in _processes({name: content}))
    )
    gone = frozenset[str]().union(*taken)
    return {name: content for name, content in before.items() if name not in gone}


def application_of_case(work: Work, instance_id: str) -> str:
    """The application that a case belongs to; one that began before its process was taken over
    belongs to the application that has the process now."""
    definition_id = definition_of(work, instance_id)
    found = application_of_definition(work, definition_id)
    return found or owner_of(work, definition_id.rpartition(":")[0]) or NONE


def application_of_definition(work: Work, definition_id: str) -> str:
    """The application that a definition was deployed in."""
    query = (
        sa.select(Deployment.application)
        .join(ProcessDefinition, ProcessDefinition.deployment_id == Deployment.id)
        .where(ProcessDefinition.id == definition_id)
    )
    found = work.once("application", definition_id, lambda: work.session.scalar(query))
    if found is None:
        raise DefinitionNotFound(key=definition_id)
    return found


def owner_of(work: Work, key: str) -> str | None:
    """The application of a process; None when there is no such process."""
    newest = newest_version(work, key)
    return application_of_definition(work, f"{key}:{newest}") if newest else None


def processes_of(work: Work, application: str) -> set[str]:
    """The keys of the processes of an application, retired ones among them."""
    query = sa.select(ProcessDefinition.key).distinct()
    return {key for key in work.session.scalars(query) if owner_of(work, key) == application}


def _processes(files: Files) -> set[str]:
    ids = (each for name, content in files.items() for each in contents(name, content).defines)
    return {id for kind, id in ids if kind == "process"}


# ── whose files they are ───────────────────────────────────────────────────────────────────────


def application_of(work: Work, files: Files) -> str:
    """Whose these files are, when nobody says so: of the application that they name, that their
    processes are in force in, or else that alone has files of these names.

    Raises:
        DeploymentRejected: they belong to several.
    """
    if said := work.machine.gate.named(files):
        return str(said)
    owners: dict[str, list[str]] = {}
    for name, content in files.items():
        for key in _processes({name: content}):
            if owner := owner_of(work, key):
                owners.setdefault(owner, []).append(name)
    if not owners and not _processes(files):
        owners = _holders(work, files)
    if len(owners) > 1:
        raise DeploymentRejected(list(_several(owners)))
    return next(iter(owners), NONE)


def _holders(work: Work, files: Files) -> dict[str, list[str]]:
    """The applications whose newest deployment has files of these names."""
    found: dict[str, list[str]] = {}
    for application in applications(work):
        newest = newest_deployment(work, application)
        assert newest is not None
        query = sa.select(DeploymentFile.name).where(
            DeploymentFile.deployment_id == newest.id, DeploymentFile.name.in_(files)
        )
        if names := list(work.session.scalars(query.order_by(DeploymentFile.name))):
            found[application] = names
    return found


def applications(work: Work) -> list[str]:
    """The keys of all applications, without what was deployed without one."""
    query = sa.select(Deployment.application).where(Deployment.application != NONE)
    return list(work.session.scalars(query.distinct().order_by(Deployment.application)))


def _several(owners: Mapping[str, list[str]]) -> Iterator[Finding]:
    listed = ", ".join(sorted(owners))
    for names in owners.values():
        for name in names:
            yield Finding(name, "", "error", "deploy.several-applications",
                          _SEVERAL.format(file=name, applications=listed))  # fmt: skip


def must_be_meant(work: Work, application: str, files: Files) -> None:
    """Raises `DeploymentRejected` where files say that they are another application."""
    said = work.machine.gate.named(files)
    if said and application and said != application:
        text = _SAID.format(said=said, application=application)
        raise DeploymentRejected([Finding(said, "", "error", "deploy.other-application", text)])


def of_others(work: Work, application: str, files: Files) -> Iterator[Finding]:
    """What these files would take from another application."""
    for name, content in files.items():
        for key in sorted(_processes({name: content})):
            owner = owner_of(work, key)
            if owner and owner != application:
                text = _OTHERS.format(id=key, application=owner)
                yield Finding(name, key, "error", "deploy.other-application", text)


_SEVERAL = Text(
    "{file}: แฟ้มเหล่านี้เป็นของหลายชุดแนวทาง ({applications}) ติดตั้งทีละชุด หรือระบุชื่อชุด",
    "{file}: these files belong to several applications ({applications}); "
    "deploy one at a time, or name the application.",
)
_SAID = Text(
    "แฟ้มเหล่านี้เป็นชุดแนวทาง “{said}” ไม่ใช่ “{application}”",
    "These files say that they are the application {said}, not {application}.",
)
_OTHERS = Text(
    "กระบวนงาน “{id}” เป็นของชุดแนวทาง “{application}” แล้ว ใช้รหัสอื่น",
    "The process {id} belongs to the application {application}; give it another id.",
)
