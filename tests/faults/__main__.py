"""`make faults`: every point of every verb, every race and every fault of disks, mail and
databases, on both databases, and a table of what became of it."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

import click

from tests.faults import engine_scenes, keeping_scenes, office_scenes, queue_scenes
from tests.faults.killing import Outcome, Scene, kill_everywhere
from tests.faults.stages import AGENCY, EMPTY, Stage, stage
from tests.faults.tally import Counted, run_tests

DATABASES = ("sqlite", "postgres")
TESTS = {
    "races": [
        "tests/faults/test_races.py",
        "tests/faults/test_erased_meanwhile.py",
        "tests/faults/test_any_order.py",
    ],
    "database": ["tests/faults/test_database_faults.py", "tests/faults/test_full_disk.py"],
    "outside": [
        "tests/faults/test_mail_and_files.py",
        "tests/faults/test_clock_jumps.py",
        "tests/faults/test_upgrade.py",
    ],
    "workers": ["tests/engine/test_worker_kills.py"],
}
TITLES = {
    "kills": "killed at every point of a verb",
    "races": "many at once",
    "database": "the database breaks",
    "outside": "mail, files, clock and releases",
    "workers": "workers killed under load",
}
WORKER_KILLS = 200
SCENES = [(EMPTY, scene) for scene in (*engine_scenes.SCENES, *queue_scenes.SCENES)]
SCENES += [(AGENCY, scene) for scene in (*office_scenes.SCENES, *keeping_scenes.SCENES)]
SCENES += [(EMPTY, keeping_scenes.DEPLOYING)]

_stages: dict[str, Stage] = {}  # made before the processes of the pool are forked


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    only: str
    at_most: int | None


@dataclass(frozen=True)
class Job:
    """Some rows of the table, found out in a process of the pool."""

    part: str
    database: str
    scene: int = -1

    def run(self, order: Order) -> list[Counted]:
        if self.part == "kills":
            return [_kill(*SCENES[self.scene], self.database, order)]
        kills = min(order.at_most or WORKER_KILLS, WORKER_KILLS)
        environ = {"SAMNUAN_KILLS": str(kills)}
        return run_tests(TESTS[self.part], self.database, order.only, **environ)


@click.command(help=__doc__)
@click.option("--only", default="", help="Verbs and tests whose name holds this.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, default=DATABASES)
@click.option("--part", type=click.Choice(list(TITLES)), multiple=True, default=list(TITLES))
@click.option("--at-most", type=int, help="So many points of each verb, kills of each backend.")
@click.option("--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="At the same time.")
def main(
    only: str, database: Sequence[str], part: Sequence[str], at_most: int | None, jobs: int
) -> None:
    began, rows = time.monotonic(), []
    wanted = [job for job in _all_jobs(only) if job.part in part and job.database in database]
    with contextlib.ExitStack() as stack:
        for name in database:
            _stages[name] = stack.enter_context(stage(name))
            if any(_is_of_office(job) for job in wanted if job.database == name):
                _stages[name].found_agency()
        for row in _rows_of(wanted, Order(only, at_most), jobs):
            rows.append(row)
    _show_total(rows, time.monotonic() - began)
    sys.exit(0 if rows and all(row.survived == row.tried for row in rows) else 1)


def _all_jobs(only: str) -> list[Job]:
    found = []
    for part in TITLES:
        for database in DATABASES:
            if part == "kills":
                numbers = [n for n, (_, scene) in enumerate(SCENES) if only in scene.verb]
                found += [Job(part, database, n) for n in numbers if _fits(SCENES[n][1], database)]
            else:
                found.append(Job(part, database))
    return found


def _fits(scene: Scene, database: str) -> bool:
    return scene.database in ("", database)


def _is_of_office(job: Job) -> bool:
    return job.part == "kills" and SCENES[job.scene][0] == AGENCY


def _rows_of(jobs: list[Job], order: Order, at_once: int) -> Iterator[Counted]:
    """The rows in the order of the table; the workers, who mostly wait, begin at once."""
    gc.freeze()  # what the children inherit is not copied by their collectors
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(at_once, mp_context=context) as pool:
        waiting_first = sorted(jobs, key=lambda job: job.part != "workers")
        answers = {job: pool.submit(job.run, order) for job in waiting_first}
        title = ""
        for job in jobs:
            if title != TITLES[job.part]:
                title = TITLES[job.part]
                click.echo(f"{title:<76} {'found':>6} {'tried':>6} {'survived':>8} {'s':>5}")
            yield from _shown(answers[job])


def _shown(answer: Future[list[Counted]]) -> Iterator[Counted]:
    for row in answer.result():
        click.echo(_line(row.name, row.database, row.found, row.tried, row.survived, row.seconds))
        if row.survived < row.tried:
            click.echo(row.remark, err=True)
        elif not row.tried:
            click.echo(f"      not tried: {row.remark}")
        yield row


def _line(name: str, database: str, *numbers: float) -> str:
    found, tried, survived, seconds = numbers
    return f"  {name:<65.65} {database:<8} {found:>6} {tried:>6} {survived:>8} {seconds:>5.0f}"


def _show_total(rows: list[Counted], seconds: float) -> None:
    sums = [sum(getattr(row, name) for row in rows) for name in ("found", "tried", "survived")]
    click.echo(_line("all", "", *sums, seconds))


def _kill(beginning: str, scene: Scene, database: str, order: Order) -> Counted:
    began = time.monotonic()
    with _stages[database].ground(beginning) as ground:
        outcome = kill_everywhere(scene, ground, at_most=order.at_most)
    return _counted(outcome, time.monotonic() - began)


def _counted(outcome: Outcome, seconds: float) -> Counted:
    numbers = (outcome.found, outcome.killed, outcome.survived)
    remark = "\n".join(outcome.faults)
    return Counted(outcome.verb, outcome.database, *numbers, seconds, remark)


if __name__ == "__main__":
    main()
