"""Who runs the same steps side by side: our engine, and stock SpiffWorkflow in two ways.

Each `run` takes a case from its start to its end and returns the seconds of every step; what a
bench has to ask in between (which task is open?) is not counted.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.camunda.parser.CamundaParser import CamundaParser
from SpiffWorkflow.camunda.serializer.config import CAMUNDA_CONFIG
from SpiffWorkflow.camunda.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from bench.complaint import REPLY, Step
from engine import Engine
from engine.ground.actor import Actor
from engine.store.tables import UserTask

OFFICER = Actor.of("officer", "officer")
Taken = list[tuple[str, float]]  # step and seconds; the first is "start"


@contextmanager
def our_engine(
    url: str | None = None, *, synchronous: str = "FULL"
) -> Iterator[tuple[Engine, Path]]:
    """An engine of its own: on SQLite in a folder that goes away again, or where `url` says."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        engine = Engine.open(url or f"sqlite:///{path}")
        if url is None and synchronous != "FULL":
            _weaken(engine, synchronous)
        yield engine, path
        engine.close()


def _weaken(engine: Engine, synchronous: str) -> None:
    """Wait less for the disk than the product does, to see what the waiting costs."""

    @sa.event.listens_for(engine.database, "connect")
    def set_pragma(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")

    engine.database.dispose()


class Ours:
    """One act of a case is one transaction: durable, recorded, hash-chained."""

    def __init__(self, engine: Engine, process: str) -> None:
        self.engine, self.process = engine, process

    def run(self, steps: Iterable[Step]) -> Taken:
        key = uuid.uuid4().hex
        taken: Taken = []
        with clocked(taken, "start"):
            instance = self.engine.start(self.process, {"case_id": key})
        for element, answers in steps:
            if element == REPLY:
                with clocked(taken, element):
                    self.engine.correlate(REPLY, key, answers)
                continue
            task = self._open(instance, element)
            with clocked(taken, element):
                self.engine.complete(task, answers, OFFICER)
        return taken

    def _open(self, instance: str, element: str) -> str:
        query = sa.select(UserTask.id).where(
            UserTask.instance_id == instance,
            UserTask.element_id == element,
            UserTask.status == "open",
        )
        with self.engine.read() as work:
            return str(work.connection.execute(query).scalar_one())


class Stock:
    """Stock SpiffWorkflow in memory: nothing is saved, nothing recorded."""

    def __init__(self, files: dict[str, bytes], process: str) -> None:
        parser = CamundaParser()
        for name, content in files.items():
            if name.endswith(".dmn"):
                parser.add_dmn_str(content)
            elif name.endswith(".bpmn"):
                parser.add_bpmn_str(content)
        self.specs = parser.get_spec(process), parser.get_subprocess_specs(process)

    def run(self, steps: Iterable[Step]) -> Taken:
        taken: Taken = []
        with clocked(taken, "start"):
            workflow = BpmnWorkflow(*self.specs)
            workflow.do_engine_steps()
            kept = self.keep(workflow, None)
        for element, answers in steps:
            with clocked(taken, element):
                workflow = self.load(kept)
                if not _walked(workflow, element, answers):
                    raise BrokenDown(taken)
                kept = self.keep(workflow, kept)
        if not self.load(kept).is_completed():
            raise BrokenDown(taken)
        return taken

    def load(self, kept: Any) -> Any:
        return kept

    def keep(self, workflow: Any, _kept: Any) -> Any:
        return workflow


class StockSaved(Stock):
    """The usual way to keep it: load, complete, save everything with the stock serializer, into
    SQLite with the settings that the product has."""

    def __init__(self, files: dict[str, bytes], process: str, folder: Path) -> None:
        super().__init__(files, process)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(CAMUNDA_CONFIG))
        self.database = sqlite3.connect(folder / "stock.sqlite3", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE workflow (id INTEGER PRIMARY KEY, state TEXT)")

    def load(self, kept: Any) -> Any:
        query = "SELECT state FROM workflow WHERE id = ?"
        return self.serializer.deserialize_json(self.database.execute(query, (kept,)).fetchone()[0])

    def keep(self, workflow: Any, kept: Any) -> Any:
        state = self.serializer.serialize_json(workflow)
        if kept is None:
            sql = "INSERT INTO workflow (state) VALUES (?)"
            return self.database.execute(sql, (state,)).lastrowid
        self.database.execute("UPDATE workflow SET state = ? WHERE id = ?", (state, kept))
        return kept


class BrokenDown(Exception):
    """Stock SpiffWorkflow climbs its tree by recursion and walks it no deeper than 1,000 tasks: a
    case that goes round often enough raises, or stands still."""

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self.taken = taken


def _walked(workflow: Any, element: str, answers: dict[str, Any]) -> bool:
    try:
        return step(workflow, element, answers)
    except RecursionError:
        return False


def step(workflow: Any, element: str, answers: dict[str, Any]) -> bool:
    """What every user of the library writes: find the task, give the answers, run, go on.

    False if what the case should wait for is not there.
    """
    if element == REPLY:
        definition = MessageEventDefinition(REPLY)
        payload = {"payload": answers["reply"], "result_var": "reply"}
        if not workflow.waiting_events():
            return False
        workflow.send_event(BpmnEvent(definition, payload))
    else:
        ready = workflow.get_tasks(state=TaskState.READY, manual=True, spec_name=element)
        if not ready:
            return False
        ready[0].data.update(answers)
        ready[0].run()
    workflow.do_engine_steps()
    return True


@contextmanager
def clocked(taken: Taken, name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    taken.append((name, time.perf_counter() - began))
