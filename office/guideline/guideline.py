"""The public guideline, written from the deployed files alone: how to complain, steps, who, by
when.

Nothing in it is typed twice. A step that the process owner adds to the diagram and deploys is in
the guideline the moment after; what the assessment asks for is looked up in the same files, and
what is missing is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.bpmn.model import Node, Process, Scope
from engine.ground.clock import BANGKOK
from engine.ground.errors import DefinitionNotFound
from engine.ground.text import Text
from engine.store.tables import Deployment, ProcessDefinition
from engine.store.work import Work
from engine.verbs import queries
from office.applications import application as applications
from office.applications import shipped
from office.applications.agency import agency_files, with_agency
from office.deadlines.sla_table import NO_TEXT, Limit, SlaRow, labels_of, limits_of, read_rows
from office.guideline.check import Proof, prove
from office.guideline.flow_order import in_flow_order
from office.guideline.reminders import Reminders
from office.guideline.source import ELEMENTS, Agency, Channel, read_agency, read_elements
from office.guideline.steps import Ending, Step

# Steps that a machine takes at once need no place among those a person waits for.
SILENT = frozenset({"businessRuleTask", "scriptTask", "subProcess"})
WAITING = frozenset({"startEvent", "eventBasedGateway"})


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the picture of a process is: its definition and file."""

    definition_id: str
    file: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """The whole document, in both languages; `language` is the one asked for."""

    language: str
    agency: Agency
    title: Text
    summary: Text
    definition_id: str
    version: int
    deployed_at: datetime
    hash: str  # of all deployed files: the same guideline has the same hash
    channels: tuple[Channel, ...]
    steps: tuple[Step, ...]
    endings: tuple[Ending, ...]
    overall: tuple[Limit, ...]
    overall_reminders: tuple[Text, ...]
    pictures: tuple[Picture, ...]
    fiscal_year: int  # Buddhist
    indicator: str
    proofs: tuple[Proof, ...]

    @property
    def is_complete(self) -> bool:
        return all(proof.is_met for proof in self.proofs)


def build(
    work: Work, language: str = "th", *, version: int | None = None, application: str | None = None
) -> Guideline:
    """Write the guideline of an application as it is in force, or of another version; without a
    key, of the one that publishes what the assessment asks for.

    Raises:
        DefinitionNotFound: no such application is deployed.
        GuidelineFileUnreadable: a file it is written from is missing or cannot be read.
    """
    process = _published(work, application)
    definition = queries.definition(work, process, version)
    files = queries.files(work, definition.id)
    processes = queries.models(work, definition.id)
    main, rows, labels = processes[process], read_rows(files), labels_of(files)
    deployment = work.session.get_one(Deployment, definition.deployment_id)
    agency = read_agency(with_agency(work, files))
    reminders = Reminders(work, queries.decisions(work, definition.id), rows)
    steps = tuple(_steps(main, processes, rows, labels, reminders))
    year, indicator, elements = read_elements(files, work.now.astimezone(BANGKOK).date())
    return Guideline(
        language=language,
        agency=agency,
        title=main.name,
        summary=main.documentation,
        definition_id=definition.id,
        version=definition.version,
        deployed_at=deployment.deployed_at,
        hash=deployment.bundle_hash,
        channels=agency.channels,
        steps=steps,
        endings=tuple(_endings(main)),
        overall=limits_of(rows, "overall", labels),
        overall_reminders=reminders.of("overall"),
        pictures=tuple(_pictures(work, definition, files, steps)),
        fiscal_year=year,
        indicator=indicator,
        proofs=tuple(prove(element, agency.channels, steps) for element in elements),
    )


def _published(work: Work, key: str | None) -> str:
    known = {each.key: each.process for each in applications.in_force(work)}
    if key is not None or not known:
        known = {key: known[key]} if key in known else {}
        if not known:
            raise DefinitionNotFound(key=key or "–")
    files = {p: queries.files(work, queries.definition(work, p).id) for p in known.values()}
    return next((process for process in files if ELEMENTS in files[process]), next(iter(files)))


def table_in_force(work: Work, name: str) -> bytes:
    """A table of the agency in force; as it is shipped where that has none."""
    return agency_files(work).get(name) or shipped.table(name)


def agency_in_force(work: Work) -> Agency:
    """The agency in force; as it is shipped where none is deployed yet."""
    return read_agency(agency_files(work))


# ── steps ──────────────────────────────────────────────────────────────────────────────────────


def _steps(
    process: Process,
    processes: Mapping[str, Process],
    rows: list[SlaRow],
    labels: Mapping[str, Text],
    reminders: Reminders,
    prefix: str = "",
    told: set[str] | None = None,
) -> Iterator[Step]:
    """The steps in flow order; those of a called process are numbered under the first step that
    calls it."""
    told = set() if told is None else told
    for count, (node, key) in enumerate(_told(process.body), start=1):
        number = f"{prefix}{count}"
        yield _step(number, node, process, limits_of(rows, key, labels), reminders.of(key))
        called = processes.get(node.extensions.called_process)
        if called is not None and not prefix and called.id not in told:
            told.add(called.id)
            inner = f"{number}."
            yield from _steps(called, processes, rows, labels, reminders, prefix=inner, told=told)


def _told(scope: Scope) -> Iterator[tuple[Node, str]]:
    """What people do or wait for, inside subprocesses too, each with its key in the SLA table."""
    for node in in_flow_order(scope):
        waits = node.tag in WAITING and bool(_sla_key(scope, node))
        if node.scope is not None:
            yield from _told(node.scope)
        elif waits or (node.is_activity and node.tag not in SILENT):
            yield node, _sla_key(scope, node)


def _sla_key(scope: Scope, node: Node) -> str:
    """The step's key in the SLA table; of a wait for one of several events, that of its timer."""
    own = node.extensions.properties.get("sla", "")
    if own or node.tag != "eventBasedGateway":
        return own
    awaited = (scope.nodes[flow.target] for flow in scope.outgoing(node.id))
    return next((key for event in awaited if (key := _sla_key(scope, event))), "")


def _step(
    number: str,
    node: Node,
    process: Process,
    limits: tuple[Limit, ...],
    reminders: tuple[Text, ...],
) -> Step:
    lane = process.lanes.get(node.lane)
    return Step(
        number=number,
        element_id=node.id,
        process_key=process.id,
        name=node.name,
        sentence=node.documentation,
        role=lane.name if lane else NO_TEXT,
        limits=limits,
        reminders=reminders,
        is_manual=node.tag in {"userTask", "manualTask"},
    )


def _endings(process: Process) -> Iterator[Ending]:
    for node in in_flow_order(process.body):
        if node.tag == "endEvent" and node.documentation.th:
            yield Ending(node.id, node.name, node.documentation)


def _pictures(
    work: Work,
    definition: ProcessDefinition,
    files: Mapping[str, bytes],
    steps: tuple[Step, ...],
) -> Iterator[Picture]:
    """The picture of the main process, then those of the processes it calls."""
    keys = dict.fromkeys([definition.key, *(step.process_key for step in steps)])
    # A called process that did not change keeps its version: the newest with the same diagram.
    drawn = [hashlib.sha256(content).hexdigest() for content in files.values()]
    query = sa.select(ProcessDefinition).where(
        ProcessDefinition.key.in_(keys), ProcessDefinition.sha256.in_(drawn)
    )
    rows = work.session.scalars(query.order_by(ProcessDefinition.version))
    found = {**{row.key: row for row in rows}, definition.key: definition}
    for key in keys:
        row = found.get(key, definition)
        yield Picture(row.id, row.file, Text(row.name_th, row.name_en))
