"""A bench or a drill that stands still stops by itself and names what stands still."""

from __future__ import annotations

import pytest

from bench.parts import workers
from bench.stuck import what_is_stuck
from engine import Engine
from engine.ground.clock import TravellingClock


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Engine:
    engine = Engine.open(sqlite_url, clock=clock)
    engine.deploy({"d.bpmn": workers.WAITING.read_bytes()})
    engine.start("p", {"case_id": "1"})
    return engine


def test_what_nobody_drains_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LONGEST_DRAIN", 0.2)
    assert what_is_stuck(engine) == "nothing is due"

    with pytest.raises(workers.Stuck) as stuck:
        workers._time_to_drain(engine)

    assert "1 timer(s) due: " in str(stuck.value)
    assert "held by None" in str(stuck.value)
    engine.close()
