"""A process killed at any point of any verb leaves all or nothing, and nobody can tell afterwards.

A few points of each verb, chosen evenly; `make faults` takes them all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.ground.clock import TravellingClock
from tests.conftest import START
from tests.faults.engine_scenes import SCENES
from tests.faults.grounds import Ground, ground_on
from tests.faults.keeping_scenes import SCENES as KEEPING_SCENES
from tests.faults.killing import Scene, kill_everywhere
from tests.faults.office_scenes import SCENES as OFFICE_SCENES
from tests.faults.queue_scenes import SCENES as QUEUE_SCENES
from tests.support.agency import Agency
from tests.support.databases import MEMORY

POINTS = 2
# A few verbs stand for all on PostgreSQL: its rows are put back, and read, more slowly.
ON_POSTGRES = {"deploy", "complete", "correlate", "migrate", "run due: timers"}
ON_POSTGRES |= {"file complaint", "office: complete", "letters and mail", "queue: timers"}
KEEPING = [each for each in KEEPING_SCENES if each.verb in {"seal", "erase a content", "back up"}]


@contextmanager
def _ground(url: str) -> Iterator[Ground]:
    with (
        tempfile.TemporaryDirectory(prefix="samnuan-kill-", dir=MEMORY) as folder,
        ground_on(url, Path(folder)) as ground,
    ):
        yield ground


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.verb)
def test_a_verb_killed_at_its_points_is_done_once_or_not_at_all(
    scene: Scene, sqlite_url: str
) -> None:
    with _ground(sqlite_url) as ground:
        outcome = kill_everywhere(scene, ground, at_most=POINTS)

    assert outcome.faults == []
    assert outcome.found >= 6  # before and after a write, around the commit, before the answer


@pytest.mark.postgres
def test_so_it_is_on_postgres(postgres_url: str) -> None:
    with _ground(postgres_url) as ground:
        ground.keep("empty")
        for scene in (*SCENES, *QUEUE_SCENES):
            if scene.verb in ON_POSTGRES:
                ground.put_back("empty")
                assert kill_everywhere(scene, ground, at_most=POINTS).faults == []


def test_an_office_killed_at_its_points_loses_and_doubles_nothing(database_url: str) -> None:
    with _ground(database_url) as ground:
        Agency.open(ground.url, TravellingClock(START), ground.folder / "var").close()
        ground.keep("agency")
        for scene in (*OFFICE_SCENES, *KEEPING):
            if ground.name == "postgres" and scene.verb not in ON_POSTGRES:
                continue
            ground.put_back("agency")
            outcome = kill_everywhere(scene, ground, at_most=POINTS)
            assert outcome.faults == []
            assert outcome.found >= 4
