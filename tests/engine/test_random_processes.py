"""Random processes and random paths: after every act the engine stands where the token game of the
standard stands, and the case replays to the states that were recorded.

People, workers, messages and timers act; the case is saved and loaded, the server starts anew, and
a next version takes the case over in the middle. SAMNUAN_RANDOM_CASES=N plays so many more.
"""

from __future__ import annotations

import os

import pytest

from engine.ground.clock import TravellingClock
from tests.support.randomwalk import Walk

MORE = int(os.environ.get("SAMNUAN_RANDOM_CASES", "0"))


def walk(url: str, clock: TravellingClock, seed: int) -> Walk:
    walked = Walk(url, clock, seed)
    walked.run()
    walked.engine.close()
    return walked


@pytest.mark.parametrize("seed", range(24 + MORE))
def test_a_random_case_replays_to_its_recorded_states(
    sqlite_url: str, clock: TravellingClock, seed: int
) -> None:
    walk(sqlite_url, clock, seed)


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(1000, 1006 + MORE))
def test_a_random_case_replays_to_its_recorded_states_on_postgres(
    postgres_url: str, clock: TravellingClock, seed: int
) -> None:
    walk(postgres_url, clock, seed)
