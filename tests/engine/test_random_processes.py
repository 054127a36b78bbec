"""Random processes and random paths: after every act the engine stands where the token game of the
standard stands, and the case replays to the states that were recorded.

People, workers, messages and timers act; the case is saved and loaded, and a next version takes the
case over in the middle: one that only has more in it, or one that was edited without a thought of
running cases. Most walks are walked in memory, in a tenth of a second each, some on a database with
the record and restarts. SAMNUAN_RANDOM_CASES=N plays so many more.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from engine.ground.clock import TravellingClock
from tests.support.barewalk import BareWalk
from tests.support.editwalk import EditWalk
from tests.support.netedits import Editor
from tests.support.netgenerator import Generator, scopes
from tests.support.randomwalk import Walk

MORE = int(os.environ.get("SAMNUAN_RANDOM_CASES", "0"))


@pytest.mark.parametrize("first", range(0, 40 + MORE, 10))
def test_a_random_case_stands_where_the_token_game_stands(first: int) -> None:
    for seed in range(first, first + 10):
        try:
            BareWalk(seed).run()
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


@pytest.mark.parametrize("first", range(0, 60 + MORE, 20))
def test_a_case_moves_over_a_random_edit_and_goes_on_or_stays_and_is_told_why(first: int) -> None:
    for seed in range(first, first + 20):
        try:
            EditWalk(seed).run()
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


def test_the_random_processes_have_something_of_everything() -> None:
    # A construct that is never drawn is never tried, whatever the number of seeds.
    kinds: Counter[str] = Counter()
    for seed in range(60):
        generator = Generator(seed)
        for net in scopes(generator.everything(depth=2)):
            kinds.update(net.kinds.values())
            kinds.update(f"waits for {kind}" for kind in net.triggers.values())
            kinds.update("throws several" for thrown in net.throws.values() if len(thrown) > 1)
            kinds.update(f"maps on {net.kinds[node]}" for node in net.maps if node in net.kinds)
            kinds.update(said.partition(" ")[0] for _, said in net.enough.values())
    wanted = "some turns stop throw throws undo cancel handler aside when instead beside".split()
    waited = [f"waits for {kind}" for kind in ("escalation", "signal", "error", "condition")]
    mapped = [f"maps on {kind}" for kind in ("user", "job", "sub", "call", "catch", "instead")]

    missing = [kind for kind in (*wanted, *waited, *mapped, "throws several") if not kinds[kind]]
    assert missing == []


def test_every_edit_is_made_and_some_cases_stay() -> None:
    happened: set[str] = set()
    for seed in range(100, 125):
        walk = EditWalk(seed)
        walk.run()
        happened |= walk.happened

    assert {word.partition(":")[0] for word in happened} == set(Editor.EDITS)
    assert any(word.endswith("stayed") for word in happened)


def walk(url: str, clock: TravellingClock, seed: int) -> Walk:
    walked = Walk(url, clock, seed)
    walked.run()
    walked.engine.close()
    return walked


@pytest.mark.parametrize("seed", range(4 + MORE))
def test_a_random_case_replays_to_its_recorded_states(
    sqlite_url: str, clock: TravellingClock, seed: int
) -> None:
    walk(sqlite_url, clock, seed)


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(1000, 1002 + MORE))
def test_a_random_case_replays_to_its_recorded_states_on_postgres(
    postgres_url: str, clock: TravellingClock, seed: int
) -> None:
    walk(postgres_url, clock, seed)
