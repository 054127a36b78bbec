"""What the other verbs of the engine cost: start, message, timers, deploy, and a whole case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench import complaint
from bench.counting import counted
from bench.databases import DATABASES, database
from bench.engines import OFFICER, Ours, Stock, our_engine
from bench.rows import Row, at_most, of_rounds, ratios
from engine import Engine
from engine.ground.clock import TravellingClock
from engine.store.tables import Wait, table
from engine.verbs.timers import due_timers

CASES = 15
OPEN_CASES = (1_000, 10_000, 100_000)
TIMERS = 200


def rows() -> Iterator[Row]:
    for name in DATABASES:
        with database(name) as engine:
            engine.deploy(complaint.files())
            yield from _against_stock(name, engine)
            yield from _statements(name, engine)


def timer_rows() -> Iterator[Row]:
    for name in DATABASES:
        with database(name) as engine:
            yield from _timers(name, engine)


def _against_stock(where: str, engine: Engine) -> Iterator[Row]:
    """Whole complaints with one round of clarification, in turns with stock in memory."""
    ours, stock = Ours(engine, complaint.PROCESS), Stock(complaint.stock_files(), complaint.PROCESS)
    both: dict[str, Ours | Stock] = {"ours": ours, "stock": stock}
    steps: dict[str, list[dict[str, float]]] = {"ours": [], "stock": []}
    for _ in range(CASES):
        for name, who in both.items():
            steps[name].append(dict(who.run(complaint.steps(1))))
    for key, step, name in (
        ("start", "start", "start of a complaint"),
        ("message", complaint.REPLY, "message that reaches the case it belongs to"),
    ):
        mine, theirs = ([case[step] for case in steps[who]] for who in both)
        told = f"{name} ({where})"
        yield of_rounds(f"{key}/{where}/ms", told, [s * 1000 for s in mine], "ms")
        yield of_rounds(
            f"{key}/{where}", f"{told}, against stock in memory", ratios(theirs, mine), "× its rate"
        )
    whole = [1 / sum(case.values()) for case in steps["ours"]]
    yield of_rounds(f"case/{where}", f"whole complaint through Engine ({where})", whole, "cases/s")


def _statements(where: str, engine: Engine) -> Iterator[Row]:
    """SQL statements and commits of each verb, the transaction's own BEGIN left out."""
    instance = engine.start(complaint.PROCESS, {"case_id": "counted"})

    def complete(element: str) -> Callable[[], object]:
        (task,) = engine.tasks(instance)
        assert task.element_id == element
        answers = next(answers for name, answers in complaint.steps(1) if name == element)
        return lambda: engine.complete(task.id, answers, OFFICER)

    verbs: dict[str, Callable[[], object]] = {
        "completion": complete("intake"),
        "start": lambda: engine.start(complaint.PROCESS, {"case_id": "another"}),
    }
    for verb, act in verbs.items():
        statements, commits = counted(engine.database, act)
        bound = at_most(12) if verb == "completion" else None
        name = f"{verb} ({where})"
        yield Row(
            f"statements/{verb}/{where}", f"SQL statements of a {name}", statements, "", bound
        )
        one = at_most(1)
        yield Row(f"commits/{verb}/{where}", f"commits of a {name}", commits, "", one)


def _timers(where: str, engine: Engine) -> Iterator[Row]:
    """Looking for what is due among ever more open cases, and firing what is."""
    engine.deploy(complaint.files())
    instance = engine.start(complaint.PROCESS, {"case_id": "1"})
    filled = 0
    for open_cases in OPEN_CASES:
        _fill(engine, instance, filled, open_cases)
        filled = open_cases
        took = [_look(engine) * 1000 for _ in range(30)]
        name = f"looking for due timers with {open_cases:,} open cases ({where})"
        yield of_rounds(f"timers/look/{open_cases}/{where}", name, took, "ms", at_most(5))
    yield _drained(where, engine)


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


def _drained(where: str, engine: Engine) -> Row:
    """Reminders of as many screenings, all due at once."""
    for number in range(TIMERS):
        instance = engine.start(complaint.PROCESS, {"case_id": f"timer{number}"})
        (task,) = engine.tasks(instance)
        engine.complete(task.id, {"channel": "web", "severity": 5}, OFFICER)
    engine.machine.clock = TravellingClock(engine.clock.now() + timedelta(days=4))
    began = time.perf_counter()
    fired = engine.run_due(limit=TIMERS)
    assert fired >= TIMERS
    figure = fired / (time.perf_counter() - began)
    return Row(f"timers/drain/{where}", f"due timers fired ({where})", figure, "timers/s")


def deploy_rows() -> Iterator[Row]:
    """Check, compile and store a set of files that was not there before."""
    took = []
    with our_engine() as (engine, _):
        for number in range(5):
            files = complaint.files()
            files["complaint.bpmn"] += f"<!-- {number} -->".encode()
            began = time.perf_counter()
            engine.deploy(files)
            took.append((time.perf_counter() - began) * 1000)
    yield of_rounds("deploy", "deploy of two diagrams and two tables", took, "ms")


def disk_rows() -> Iterator[Row]:
    """What a closed complaint leaves behind, history and commands included."""
    cases = 40
    with our_engine() as (engine, path):
        engine.deploy(complaint.files())
        ours = Ours(engine, complaint.PROCESS)
        ours.run(complaint.steps(1))
        before = _size(engine, path)
        for _ in range(cases):
            ours.run(complaint.steps(1))
        kilobytes = (_size(engine, path) - before) / cases / 1024
    yield Row("disk", "disk per closed complaint of 13 tasks", kilobytes, "KB", at_most(25))


def _size(engine: Engine, path: Path) -> int:
    with engine.database.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return path.stat().st_size
