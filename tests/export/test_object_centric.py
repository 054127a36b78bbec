"""pm4py reads the object-centric log, and finds in it what the record and the register hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pm4py
import pytest
import sqlalchemy as sa
from pm4py.util import constants

from engine.record.export import OcelWriter
from engine.store.tables import Base, HistoryEvent, ProcessDefinition, ProcessInstance, UserTask
from office.deadlines.tables import DeadlineRow
from office.ground.tables import Case, Letter
from tests.export.test_event_logs import opened, written
from tests.support.agency import Agency
from tests.support.installations import Installations

constants.SHOW_INTERNAL_WARNINGS = False  # that a faster reader could be installed
constants.SHOW_PROGRESS_BAR = False


@pytest.fixture(scope="module")
def agency(sqlite_agencies: Installations, tmp_path_factory: Any) -> Iterator[Agency]:
    with opened(sqlite_agencies, tmp_path_factory.mktemp("objects")) as agency:
        yield agency


@pytest.fixture(scope="module")
def path(agency: Agency, tmp_path_factory: Any) -> Path:
    path: Path = tmp_path_factory.mktemp("ocel") / "log.json"
    with path.open("w", encoding="utf-8") as file:
        written(agency, agency.person("auditor"), OcelWriter(file))
    return path


def test_pm4py_finds_what_the_record_and_the_register_hold(agency: Agency, path: Path) -> None:
    """Events by step, relations by event, objects by kind.

    pm4py 2.7.23 ends its reading with `filtering_utils.propagate_relations_filtering`: objects that
    no event touches are dropped, and the relations between objects that lead to them. What it was
    given is therefore counted in the file, and what it kept against those that are touched.
    """
    plain = json.loads(path.read_text("utf-8"))

    log = pm4py.read_ocel2_json(str(path))

    given = Counter(each["type"] for each in plain["objects"])
    assert {kind: given[kind] for kind in OBJECTS} == {
        kind: count(agency, model) for kind, model in OBJECTS.items()
    }
    touched = {link["objectId"] for each in plain["events"] for link in each["relationships"]}
    kinds = {each["id"]: each["type"] for each in plain["objects"]}
    assert dict(zip(log.objects["ocel:oid"], log.objects["ocel:type"], strict=True)) == {
        id: kinds[id] for id in touched
    }
    between = {
        (each["id"], link["objectId"], link["qualifier"])
        for each in plain["objects"]
        for link in each["relationships"]
        if {each["id"], link["objectId"]} <= touched
    }
    columns = ("ocel:oid", "ocel:oid_2", "ocel:qualifier")
    assert set(zip(*(log.o2o[name] for name in columns), strict=True)) == between
    assert len(log.o2o) == len(between) > 0


def test_every_step_that_a_person_did_is_an_event_on_its_task(agency: Agency, path: Path) -> None:
    log = pm4py.read_ocel2_json(str(path))

    with agency.office.engine.read() as work:
        done = work.session.execute(
            sa.select(HistoryEvent.element_id, HistoryEvent.data, HistoryEvent.at).where(
                HistoryEvent.type == "task_completed"
            )
        ).all()
        tasks = set(work.session.scalars(sa.select(UserTask.element_id)))
        cases = set(work.session.scalars(sa.select(Case.id)))
    found = log.events[log.events["element"].isin(tasks)]
    assert Counter(found["element"]) == Counter(element for element, _, _ in done)
    assert len(done) >= 4
    times = {moment.to_pydatetime() for moment in found["ocel:timestamp"]}
    assert times == {at for _, _, at in done}
    on = log.relations[log.relations["ocel:type"] == "task"]
    assert set(on["ocel:oid"]) == {f"task:{data['task']}" for _, data, _ in done}
    of = log.relations[log.relations["ocel:type"] == "case"]
    assert Counter(of["ocel:eid"]) == Counter(log.events["ocel:eid"])  # each of one case
    assert set(of["ocel:oid"]) == cases


OBJECTS: dict[str, type[Base]] = {
    "case": Case,
    "task": UserTask,
    "letter": Letter,
    "clock": DeadlineRow,
    "definition": ProcessDefinition,
}


def count(agency: Agency, model: type[Base]) -> int:
    with agency.office.engine.read() as work:
        query = sa.select(sa.func.count()).select_from(model)
        if model is ProcessDefinition:  # only those that a case runs on
            query = query.where(model.id.in_(sa.select(ProcessInstance.definition_id)))
        return work.session.scalar(query) or 0
