"""The machine's clock jumps, a leap day comes, a year ends: each thing happens once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from engine import Engine
from engine.ground.clock import BANGKOK, TravellingClock
from office.ground.settings import OfficeSettings
from office.guideline import files
from tests.faults.wholeness import faults_of
from tests.office import small_guideline
from tests.office.conftest import complaint
from tests.support.cases import OFFICER, Play
from tests.support.drawing import boundary, diagram, end, path, start, timer, user
from tests.support.verbs import Office

REMINDED = diagram(
    start(),
    user("a"),
    boundary("remind", "a", timer("PT3H"), interrupting=False),
    user("reminded"),
    user("b"),
    end(),
    path("start", "a", "b", "end"),
    path("remind", "reminded", "end"),
)


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


@pytest.mark.parametrize("hours", [1, 24])
def test_a_clock_that_jumps_there_and_back_fires_a_timer_once(
    engine: Engine, clock: TravellingClock, hours: int
) -> None:
    play = Play(engine, REMINDED).start()
    clock.advance(hours=3 - hours)  # set back before it is due, for a day far before its start
    engine.run_due()
    assert ("reminded" in play.open()) == (hours < 1)

    clock.advance(hours=hours)
    engine.run_due()
    assert play.open() == ["a", "reminded"]
    clock.advance(hours=-2 * hours)
    engine.run_due()
    play.do("a")
    clock.advance(hours=3 * hours)
    engine.run_due()

    assert play.open() == ["b", "reminded"]
    assert play.types().count("timer_fired") == 1
    play.do("b").do("reminded")
    assert play.ended
    assert faults_of(engine) == []


def test_a_yearly_timer_survives_a_leap_day(engine: Engine, clock: TravellingClock) -> None:
    clock.travel_to(datetime(2028, 2, 29, 9, 0, tzinfo=BANGKOK))
    yearly = REMINDED.replace(b"PT3H", b"P1Y")
    play = Play(engine, yearly).start()

    clock.travel_to(datetime(2029, 2, 27, 9, 0, tzinfo=BANGKOK))
    engine.run_due()
    assert play.open() == ["a"]
    clock.travel_to(datetime(2029, 3, 1, 9, 0, tzinfo=BANGKOK))
    engine.run_due()

    assert play.open() == ["a", "reminded"]
    engine.complete(play.task("a").id, {}, OFFICER)
    assert faults_of(engine) == []


def test_receipt_numbers_begin_anew_with_the_fiscal_year_and_not_with_the_calendars(
    sqlite_url: str, tmp_path: Path, clock: TravellingClock
) -> None:
    office = Office.open(
        OfficeSettings(database_url=sqlite_url, data_dir=tmp_path / "var"), clock=clock
    )
    with office.engine.begin() as work:
        files.deploy_guideline(work, small_guideline.files())

    def filed_on(*moment: int) -> str:
        clock.travel_to(datetime(*moment, tzinfo=BANGKOK))  # type: ignore[misc, arg-type]
        return office.file_complaint(complaint()).receipt_no

    assert filed_on(2026, 9, 30, 10) == "รร.00001/2569"
    assert filed_on(2026, 10, 1, 10) == "รร.00001/2570"
    assert filed_on(2026, 12, 30, 10) == "รร.00002/2570"
    assert filed_on(2027, 1, 5, 10) == "รร.00003/2570"
    assert filed_on(2028, 2, 29, 10) == "รร.00001/2571"
    clock.advance(days=-1)  # the clock of the machine is set back over nothing that matters
    assert office.file_complaint(complaint()).receipt_no == "รร.00002/2571"
    office.run_due()
    assert faults_of(office.engine) == []
    office.close()
