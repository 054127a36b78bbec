"""A deployed process with all it needs, compiled once and shared by every case that runs on it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine import dmn
from engine.bpmn.model import Process
from engine.bpmn.reading import dialect, source
from engine.bpmn.running.compile import Definition, compile_process
from engine.ground.canonical import digest
from engine.ground.errors import DefinitionNotFound
from engine.store.tables import DeploymentFile, ProcessDefinition, Resource
from engine.store.work import Work

BUNDLES_KEPT = 64


@dataclass(frozen=True)  # without slots: its hash is worked out once
class Bundle:
    """The files of one deployment, read and compiled for one of its processes."""

    definition_id: str
    definition: Definition
    decisions: tuple[Any, ...]
    forms: Mapping[str, str]  # form id -> file name
    files: Mapping[str, bytes]

    @cached_property
    def hash(self) -> str:
        """One hash over all files: what a case runs under, byte for byte."""
        return bundle_hash(self.files)


def bundle_hash(files: Mapping[str, bytes]) -> str:
    return digest(*(part for name in sorted(files) for part in (name, files[name])))


class Bundles(dict[str, Bundle]):
    """The compiled definitions used last; a plain LRU by order of insertion."""

    def __setitem__(self, key: str, value: Bundle) -> None:
        super().__setitem__(key, value)
        while len(self) > BUNDLES_KEPT:
            del self[next(iter(self))]


def load_bundle(work: Work, definition_id: str) -> Bundle:
    """The compiled bundle of a definition, from memory if it was used before."""
    kept = work.machine.cache(Bundles)
    found = kept.get(definition_id)
    if found is None:
        found = kept[definition_id] = _read_bundle(work, definition_id)
    return found


def _read_bundle(work: Work, definition_id: str) -> Bundle:
    row = work.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise DefinitionNotFound(key=definition_id)
    files = deployment_files(work, row.deployment_id)
    return compile_bundle(definition_id, row.key, files, work.machine.functions)


def compile_bundle(
    definition_id: str, key: str, files: Mapping[str, bytes], functions: Iterable[str]
) -> Bundle:
    return _compiled(
        _CompileKey(definition_id, key, bundle_hash(files), frozenset(functions), files)
    )


@dataclass(frozen=True)
class _CompileKey:
    """All that a compiled bundle depends on, the files by their hash."""

    definition_id: str
    key: str
    hash: str
    functions: frozenset[str]
    files: Mapping[str, bytes] = field(compare=False)


# A bundle holds nothing of the engine that asked first: all engines of a process share it.
@functools.lru_cache(maxsize=16)
def _compiled(asked: _CompileKey) -> Bundle:
    processes = read_processes(asked.files)
    if asked.key not in processes:
        raise DefinitionNotFound(key=asked.key)
    return Bundle(
        asked.definition_id,
        compile_process(processes[asked.key], processes),
        # Deployed under the checks of their day; what is found since stops no running case.
        read_decisions(asked.files, asked.functions, strict=False),
        form_names(asked.files),
        asked.files,
    )


def deployment_files(work: Work, deployment_id: str) -> dict[str, bytes]:
    query = (
        sa.select(DeploymentFile.name, Resource.content)
        .join(Resource, Resource.sha256 == DeploymentFile.sha256)
        .where(DeploymentFile.deployment_id == deployment_id)
        .order_by(DeploymentFile.name)
    )
    return {row.name: row.content for row in work.session.execute(query)}


def read_processes(files: Mapping[str, bytes]) -> dict[str, Process]:
    """All processes of the BPMN files, by id."""
    found: dict[str, Process] = {}
    for name, content in files.items():
        if name.endswith(".bpmn"):
            found.update(dialect.read(name, source.read(name, content)).processes)
    return found


def read_decisions(
    files: Mapping[str, bytes],
    functions: Iterable[str] = (),
    variables: dmn.Variables | None = None,
    *,
    strict: bool = True,
) -> tuple[dmn.Model, ...]:
    """The decision models, which may import each other; `functions` may be called in them.

    Raises:
        DmnRejected: a file cannot be read, or (if strict) is faulty or imports what is not there.
    """
    tables = {name: content for name, content in files.items() if name.endswith(".dmn")}
    return tuple(dmn.load(tables, functions=functions, variables=variables, strict=strict))


def form_names(files: Mapping[str, bytes]) -> dict[str, str]:
    """Form id -> file name. Of a form the engine knows no more than its id."""
    found = {}
    for name, content in files.items():
        if name.endswith(".form"):
            try:
                identifier = json.loads(content).get("id")
            except (ValueError, AttributeError):
                continue  # the check of the forms names the fault
            found[str(identifier)] = name
    return found
