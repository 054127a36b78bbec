"""`make faults`: every point of every verb on both databases, and a table of what became of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine.clock import TravellingClock
from tests.conftest import START
from tests.faults import engine_scenes, office_scenes
from tests.faults.grounds import Ground, ground_on
from tests.faults.killing import Outcome, kill_everywhere
from tests.support import postgres
from tests.support.agency import Agency
from tests.support.databases import MEMORY, PostgresTemplates, SqliteTemplates

HEAD = f"{'verb':<20} {'database':<9} {'points':>6} {'killed':>6} {'survived':>8}"


@click.command(help=__doc__)
@click.option("--only", default="", help="Verbs whose name holds this.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), help="On one of them only.")
@click.option("--at-most", type=int, help="So many points of each verb, evenly chosen.")
def main(only: str, database: str | None, at_most: int | None) -> None:
    click.echo(HEAD)
    outcomes = []
    for name in [database] if database else ["sqlite", "postgres"]:
        with _ground(name) as ground:
            for outcome in _outcomes(ground, only, at_most):
                outcomes.append(outcome)
                click.echo(_row(outcome))
                for fault in outcome.faults:
                    click.echo(f"  {fault}", err=True)
    points, killed = sum(o.found for o in outcomes), sum(o.killed for o in outcomes)
    survived = sum(o.survived for o in outcomes)
    click.echo(f"{'all':<20} {'':<9} {points:>6} {killed:>6} {survived:>8}")
    sys.exit(0 if survived == killed else 1)


def _outcomes(ground: Ground, only: str, at_most: int | None) -> Iterator[Outcome]:
    ground.keep("empty")
    for scene in engine_scenes.SCENES:
        if only in scene.verb:
            ground.put_back("empty")
            yield kill_everywhere(scene, ground, at_most=at_most)
    if not any(only in scene.verb for scene in office_scenes.SCENES):
        return
    ground.put_back("empty")
    ground.compiled.clear()
    Agency.open(ground.url, TravellingClock(START), ground.folder / "var").close()
    ground.keep("agency")
    for scene in office_scenes.SCENES:
        if only in scene.verb:
            ground.put_back("agency")
            yield kill_everywhere(scene, ground, at_most=at_most)


def _row(outcome: Outcome) -> str:
    return (
        f"{outcome.verb:<20} {outcome.database:<9} {outcome.found:>6} {outcome.killed:>6} "
        f"{outcome.survived:>8}"
    )


@contextmanager
def _ground(name: str) -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="samnuan-kill-", dir=MEMORY) as made:
        folder = Path(made)
        if name == "sqlite":
            with SqliteTemplates(folder).copy() as url, ground_on(url, folder) as ground:
                yield ground
            return
        with postgres.server() as maintenance:
            templates = PostgresTemplates(maintenance)
            with templates.copy() as url, ground_on(url, folder) as ground:
                yield ground
            templates.close()


if __name__ == "__main__":
    main()
