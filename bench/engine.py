"""The engine's numbers, as ratios within one run (DESIGN.md §10)."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from engine import Engine
from engine.actor import Actor
from engine.models import Wait, table
from engine.timers import due_timers
from tests.support import drawing as d

Row = dict[str, Any]
OFFICER = Actor.of("officer", "officer")
ROUNDS = 60


def rows() -> Iterator[Row]:
    """One row for each goal that the engine alone can reach."""
    yield from completion_rows()
    yield loop_row()
    yield from timer_rows()
    yield ready_row()
    yield disk_row()


def row(name: str, figure: float, unit: str, goal: str, met: bool) -> Row:
    return {"name": name, "figure": figure, "unit": unit, "goal": goal, "met": met}


@contextmanager
def an_engine() -> Iterator[tuple[Engine, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        engine = Engine.open(f"sqlite:///{path}")
        yield engine, path
        engine.close()


def looping() -> bytes:
    """A clarification that goes round as long as `more` holds."""
    return d.diagram(
        d.start(),
        d.gateway("exclusive", "again"),
        d.user("clarify"),
        d.gateway("exclusive", "enough", default="stop"),
        d.end(),
        d.path("start", "again", "clarify", "enough"),
        d.flow("enough", "again", "=more"),
        d.flow("enough", "end", id="stop"),
    )


def one_completion(engine: Engine, instance: str) -> float:
    task = engine.tasks(instance)[0].id
    began = time.perf_counter()
    engine.complete(task, {"more": True}, OFFICER)
    return time.perf_counter() - began


def stock_steps() -> Callable[[], float]:
    """Stock SpiffWorkflow in memory on the same diagram: nothing is saved, nothing recorded."""
    parser = BpmnParser()
    parser.add_bpmn_str(looping().replace(b"=more", b"more"))
    spec = parser.get_spec("p")
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()

    def step() -> float:
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        began = time.perf_counter()
        task.data.update(more=True)
        task.run()
        workflow.do_engine_steps()
        return time.perf_counter() - began

    return step


def completion_rows() -> Iterator[Row]:
    """Interleaved with stock SpiffWorkflow in memory, so that both see the same machine."""
    with an_engine() as (engine, _):
        engine.deploy({"d.bpmn": looping(), "any.form": d.FORM})
        instance = engine.start("p", {"case_id": "1"})
        stock = stock_steps()
        pairs = [(one_completion(engine, instance), stock()) for _ in range(ROUNDS)]
        ratio = statistics.median(theirs / ours for ours, theirs in pairs[10:])
        name = "one completion, durable and recorded (SQLite), against stock in memory"
        yield row(name, round(ratio, 2), "× its rate", "≥ 1.0", ratio >= 1.0)
        statements, commits = count(engine, lambda: one_completion(engine, instance))
        met = statements <= 12 and commits == 1
        yield row("SQL statements of a completion", statements, "statements", "≤ 12", met)
        yield row("commits of a completion", commits, "commits", "1", commits == 1)


def count(engine: Engine, act: Callable[[], object]) -> tuple[int, int]:
    task_list = 1  # `one_completion` first asks which task is open
    statements: list[str] = []
    commits: list[object] = []
    sa.event.listen(engine.database, "before_cursor_execute", lambda *a: statements.append(a[2]))
    sa.event.listen(engine.database, "commit", commits.append)
    act()
    sql = [statement for statement in statements if not statement.startswith("BEGIN")]
    return len(sql) - task_list, len(commits)


def loop_row() -> Row:
    with an_engine() as (engine, _):
        engine.deploy({"d.bpmn": looping(), "any.form": d.FORM})
        instance = engine.start("p", {"case_id": "1"})
        times = [one_completion(engine, instance) for _ in range(520)]
    ratio = statistics.median(times[480:520]) / statistics.median(times[5:45])
    return row("500th loop against the 5th", round(ratio, 2), "×", "≤ 1.2", ratio <= 1.2)


def timer_rows() -> Iterator[Row]:
    """Looking for what is due, among ever more open cases that wait for a timer."""
    with an_engine() as (engine, _):
        waiting = d.diagram(
            d.start(), d.catch("wait", d.timer("P9D")), d.end(), d.path("start", "wait", "end")
        )
        engine.deploy({"d.bpmn": waiting})
        instance = engine.start("p", {"case_id": "1"})
        filled = 0
        for open_cases in (1_000, 10_000, 100_000):
            _fill(engine, instance, filled, open_cases)
            filled = open_cases
            took = statistics.median(_look(engine) for _ in range(30))
            name = f"looking for due timers with {open_cases:,} open cases"
            yield row(name, round(took * 1000, 2), "ms", "≤ 5", took <= 0.005)


def _fill(engine: Engine, instance: str, start: int, stop: int) -> None:
    with engine.begin() as work:
        due = work.now.replace(year=work.now.year + 1)
        facts = {"instance_id": instance, "task_id": "x", "element_id": "wait", "kind": "timer"}
        new = [{**facts, "id": f"bench{n}", "due_at": due} for n in range(start, stop)]
        work.session.execute(sa.insert(table(Wait)), new)


def _look(engine: Engine) -> float:
    began = time.perf_counter()
    with engine.read() as work:
        assert due_timers(work, 100) == []
    return time.perf_counter() - began


def ready_row() -> Row:
    """A fresh interpreter imports the product and makes the application ready."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "SAMNUAN_DATABASE_URL": f"sqlite:///{folder}/x.sqlite3",
            "SAMNUAN_DATA_DIR": folder,
            "SAMNUAN_SECRET_KEY": "bench-" + "x" * 40,
        }
        code = "from web import create_app; create_app()"
        times = []
        for _ in range(4):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], env=environment, check=True)  # noqa: S603
            times.append(time.perf_counter() - began)
    took = statistics.median(times[1:])
    return row("import and application ready", round(took, 2), "s", "≤ 1.0", took <= 1.0)


def disk_row() -> Row:
    """Bytes that a closed case of thirteen tasks leaves behind, history and commands included."""
    names = [f"t{n}" for n in range(13)]
    tasks = "".join(d.user(name) for name in names)
    drawing = d.diagram(d.start(), tasks, d.end(), d.path("start", *names, "end"))
    cases = 40
    with an_engine() as (engine, path):
        engine.deploy({"d.bpmn": drawing, "any.form": d.FORM})
        before = _size(engine, path)
        for number in range(cases):
            instance = engine.start("p", {"case_id": str(number)})
            for name in names:
                task = engine.tasks(instance)[0].id
                engine.complete(task, {f"{name}_result": "ครบถ้วน", "more": False}, OFFICER)
        kilobytes = (_size(engine, path) - before) / cases / 1024
    met = kilobytes <= 25
    return row("disk per closed case of 13 tasks", round(kilobytes, 1), "KB", "≤ 25", met)


def _size(engine: Engine, path: Path) -> int:
    with engine.database.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return path.stat().st_size
