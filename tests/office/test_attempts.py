"""The limit on guessing forgets what is over, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from office.ground.errors import TooManyAttempts
from office.ground.tables import Attempt
from office.people.signing_in.throttle import count_attempt, sweep_attempts
from tests.support.verbs import Office

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def tries(office: Office, per: timedelta) -> None:
    with office.engine.begin() as work:
        count_attempt(work, office.services, "code", "somewhere", limit=1, per=per)


def test_a_sweep_keeps_every_window_that_still_counts(
    office: Office, clock: TravellingClock
) -> None:
    # Windows of an hour once had smaller numbers than those of a quarter: sweeping the short ones
    # would have forgotten the long ones too, and with them the limit.
    tries(office, QUARTER)
    tries(office, HOUR)

    with office.engine.begin() as work:
        sweep_attempts(work)

    for per in (QUARTER, HOUR):
        with pytest.raises(TooManyAttempts):
            tries(office, per)


def test_the_daily_sweep_forgets_what_is_over(office: Office, clock: TravellingClock) -> None:
    tries(office, QUARTER)
    clock.advance(days=2)

    with office.engine.begin() as work:
        sweep_attempts(work)
        left = work.session.scalar(sa.select(sa.func.count()).select_from(Attempt))

    assert left == 0
