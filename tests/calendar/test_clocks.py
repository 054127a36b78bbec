"""Clocks: the diagram asks, the office counts, moves and explains; tasks and timers follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import BANGKOK, TravellingClock
from engine.store.work import HostCall
from office.deadlines import changes, deadlines, pauses
from office.deadlines.holiday_table import (
    DayChange,
    HolidayExists,
    HolidayYearInvalid,
    NotAHoliday,
    ReferenceNeeded,
    change_holidays,
    current_calendar,
)
from office.deadlines.tables import DeadlineRow
from office.ground.errors import ReasonNeeded

GUIDELINE = Path(__file__).with_name("law")
UNIT, HEAD = Actor.of("somsri", "unit"), Actor.of("somchai", "head")
REASON = "มติคณะรัฐมนตรี 20 มีนาคม 2569"


def bangkok(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BANGKOK)


@pytest.fixture
def clock() -> TravellingClock:
    return TravellingClock(bangkok(2026, 3, 16, 9))


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    clock.travel_to(bangkok(2026, 3, 16, 9))  # a Monday; no holiday until 6 April
    options = {"functions": {"due": deadlines.due}, "listeners": [deadlines.watch_deadlines]}
    engine = Engine.open(database_url, clock=clock, **options)
    engine.deploy({path.name: path.read_bytes() for path in sorted(GUIDELINE.iterdir())})
    yield engine
    engine.close()


@pytest.fixture
def instance(engine: Engine) -> str:
    return engine.start("hearing", {"track": "C", "again": False}, business_key="case-1")


def clock_of(engine: Engine, key: str) -> DeadlineRow:
    with engine.read() as work:
        found = deadlines.running_deadline(work, "case-1", key)
        assert found is not None
        return found


def due_in_bangkok(engine: Engine, key: str) -> str:
    return clock_of(engine, key).due_at.astimezone(BANGKOK).isoformat(timespec="minutes")


def task(engine: Engine, element: str) -> str:
    return next(task.id for task in engine.tasks() if task.element_id == element)


def elements(engine: Engine) -> list[str]:
    return sorted(task.element_id for task in engine.tasks())


def test_a_step_is_due_when_its_clock_says(engine: Engine, instance: str) -> None:
    (waiting,) = engine.tasks()

    assert due_in_bangkok(engine, "clarify") == "2026-03-25T16:30+07:00"
    assert waiting.due_at == clock_of(engine, "clarify").due_at
    assert due_in_bangkok(engine, "overall") == "2026-05-15T16:30+07:00"


def test_the_timer_wakes_the_case_when_the_day_is_over(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    clock.travel_to(bangkok(2026, 3, 25, 16, 29))
    engine.run_due()
    assert elements(engine) == ["clarify"]

    clock.travel_to(bangkok(2026, 3, 25, 16, 30))
    engine.run_due()
    assert elements(engine) == ["chase", "clarify"]


def test_the_clock_ends_with_its_step_and_a_new_round_counts_anew(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    clock.travel_to(bangkok(2026, 3, 18, 10))
    engine.complete(task(engine, "clarify"), {"again": True}, UNIT)

    with engine.read() as work:
        first, second = (c for c in deadlines.case_deadlines(work, "case-1") if c.key == "clarify")
    assert (first.round, first.status) == (1, "finished")
    assert (second.round, second.status) == (2, "running")
    assert due_in_bangkok(engine, "clarify") == "2026-03-27T16:30+07:00"


def test_a_round_that_ends_at_once_still_counts_anew(engine: Engine, instance: str) -> None:
    """The clock had not moved between the rounds: the second one must not inherit the first's."""
    for _ in range(3):
        engine.complete(task(engine, "clarify"), {"again": True}, UNIT)

    with engine.read() as work:
        rounds = [c for c in deadlines.case_deadlines(work, "case-1") if c.key == "clarify"]
    assert sorted((c.round, c.status) for c in rounds) == [
        (1, "finished"),
        (2, "finished"),
        (3, "finished"),
        (4, "running"),
    ]


def test_all_clocks_end_with_the_case(engine: Engine, instance: str) -> None:
    engine.complete(task(engine, "clarify"), {"again": False}, UNIT)

    with engine.read() as work:
        assert deadlines.open_deadlines(work, "case-1") == []
        assert {c.status for c in deadlines.case_deadlines(work, "case-1")} == {"finished"}


def test_a_holiday_announced_late_moves_the_clock_the_task_and_the_timer(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    clock.travel_to(bangkok(2026, 3, 20, 15))
    with engine.begin() as work:
        day = DayChange(date(2026, 3, 23), "วันหยุดพิเศษตามมติคณะรัฐมนตรี")
        change_holidays(work, [day], reference=REASON, actor=HEAD)
        moved = changes.recount_deadlines(work, reason=REASON, actor=HEAD)
        assert [clock.key for clock in moved] == ["clarify"]  # calendar days stay where they are

    assert due_in_bangkok(engine, "clarify") == "2026-03-26T16:30+07:00"
    assert engine.tasks()[0].due_at == clock_of(engine, "clarify").due_at
    clock.travel_to(bangkok(2026, 3, 25, 17))
    engine.run_due()
    assert elements(engine) == ["clarify"]
    clock.travel_to(bangkok(2026, 3, 26, 17))
    engine.run_due()
    assert elements(engine) == ["chase", "clarify"]
    moves = [event.data for event in engine.history(instance) if event.type == "clock_moved"]
    assert [(move["before"][:10], move["after"][:10], move["reason"]) for move in moves] == [
        ("2026-03-25", "2026-03-26", REASON)
    ]


def test_a_pause_of_twelve_days_moves_a_calendar_deadline_by_twelve(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    overall = clock_of(engine, "overall").id
    with engine.begin() as work:
        pauses.pause_deadline(work, overall, reason="รอข้อมูลจากผู้ร้องเรียน", actor=HEAD)
    clock.advance(days=12)
    with engine.begin() as work:
        pauses.resume_deadline(work, overall, reason="ผู้ร้องเรียนตอบแล้ว", actor=HEAD)

    assert due_in_bangkok(engine, "overall") == "2026-05-27T16:30+07:00"


def test_a_pause_never_gives_more_than_its_limit(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    overall = clock_of(engine, "overall").id
    with engine.begin() as work:
        pauses.pause_deadline(work, overall, reason="รอข้อมูลจากผู้ร้องเรียน", actor=HEAD)
    clock.advance(days=100)
    with engine.begin() as work:
        pauses.resume_deadline(work, overall, reason="ผู้ร้องเรียนตอบแล้ว", actor=HEAD)

    assert due_in_bangkok(engine, "overall") == "2026-06-14T16:30+07:00"  # 15 May and 30 days
    with pytest.raises(pauses.PauseUsedUp), engine.begin() as work:
        pauses.pause_deadline(work, overall, reason="รอข้อมูลอีกครั้งหนึ่ง", actor=HEAD)


def test_while_the_clock_stands_still_its_timer_does_not_fire(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    clarify = clock_of(engine, "clarify").id
    with engine.begin() as work:
        pauses.pause_deadline(work, clarify, reason="รอข้อมูลจากผู้ร้องเรียน", actor=HEAD)

    clock.travel_to(bangkok(2026, 4, 1, 9))
    engine.run_due()

    assert elements(engine) == ["clarify"]


def test_an_extension_asked_in_time_moves_the_deadline(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    clock.travel_to(bangkok(2026, 3, 23, 12))  # two working days before 25 March
    with engine.begin() as work:
        changes.extend_deadline(
            work, clock_of(engine, "clarify").id, 7, reason="เอกสารอยู่กับหน่วยอื่น", actor=HEAD
        )

    assert due_in_bangkok(engine, "clarify") == "2026-04-03T16:30+07:00"
    with pytest.raises(changes.NoExtensionLeft), engine.begin() as work:
        changes.extend_deadline(
            work, clock_of(engine, "clarify").id, 1, reason="ขออีกครั้งหนึ่ง", actor=HEAD
        )


def test_an_extension_asked_too_late_is_refused_with_the_reason(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    clock.travel_to(bangkok(2026, 3, 24, 9))
    with pytest.raises(changes.ExtensionTooLate) as refused, engine.begin() as work:
        changes.extend_deadline(
            work, clock_of(engine, "clarify").id, 7, reason="เอกสารอยู่กับหน่วยอื่น", actor=HEAD
        )

    assert "23 มีนาคม 2569" in refused.value.text.th
    assert "23 March 2026" in refused.value.text.en
    assert due_in_bangkok(engine, "clarify") == "2026-03-25T16:30+07:00"


@pytest.mark.parametrize(
    ("days", "reason", "refusal"),
    [
        (8, "เอกสารอยู่กับหน่วยอื่น", changes.ExtensionTooLong),
        (0, "เอกสารอยู่กับหน่วยอื่น", changes.ExtensionTooLong),
        (3, "ไม่ทัน", ReasonNeeded),
    ],
)
def test_an_extension_beyond_the_rule_is_refused(
    engine: Engine, instance: str, days: int, reason: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal), engine.begin() as work:
        changes.extend_deadline(
            work, clock_of(engine, "clarify").id, days, reason=reason, actor=HEAD
        )


def test_why_this_day_is_told_in_one_paragraph(
    engine: Engine, instance: str, clock: TravellingClock
) -> None:
    with engine.begin() as work:
        day = DayChange(date(2026, 3, 23), "วันหยุดพิเศษ")
        change_holidays(work, [day], reference=REASON, actor=HEAD)
        changes.recount_deadlines(work, reason=REASON, actor=HEAD)

    with engine.read() as work:
        running = deadlines.running_deadline(work, "case-1", "clarify")
        assert running is not None
        told = deadlines.explain(work, running)

    assert told.th == (
        "ขั้นตอน “ชี้แจง” ต้องแล้วเสร็จภายในวันพฤหัสบดีที่ 26 มีนาคม 2569 เวลา 16.30 น. "
        "นับ 7 วันทำการ ถัดจากวันที่เริ่มขั้นตอน คือวันจันทร์ที่ 16 มีนาคม 2569 "
        "ไม่นับวันเสาร์ วันอาทิตย์ และวันหยุด 1 วัน ได้แก่ 23 มีนาคม 2569 วันหยุดพิเศษ "
        "ที่มา: มาตรการ พ.ศ. 2566 (ปฏิทินวันหยุดรุ่นที่ 2)"
    )
    assert told.en.startswith("The step “Clarify” is due on Thursday 26 March 2026 at 16:30.")


def test_an_unknown_key_is_refused_by_name(engine: Engine, instance: str) -> None:
    with engine.begin() as work, pytest.raises(deadlines.SlaKeyUnknown) as refused:
        deadlines.due(HostCall(work, instance, "case-1", "clarify", {}), "nothing")

    assert "nothing" in refused.value.text.th


# ── the calendar's own table ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "reference", "refusal"),
    [
        (DayChange(date(2026, 4, 13), "วันสงกรานต์"), REASON, HolidayExists),
        (DayChange(date(2026, 3, 17)), REASON, NotAHoliday),
        (DayChange(date(2569, 3, 17), "วันหยุดพิเศษ"), REASON, HolidayYearInvalid),
        (DayChange(date(2026, 3, 17), "วันหยุดพิเศษ"), " ", ReferenceNeeded),
        # An empty name once took the holiday away that was to be added.
        (DayChange(date(2026, 4, 13), " "), REASON, ReferenceNeeded),
    ],
)
def test_a_bad_change_of_the_calendar_is_refused(
    engine: Engine, change: DayChange, reference: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal), engine.begin() as work:
        change_holidays(work, [change], reference=reference, actor=HEAD)

    with engine.begin() as work:
        assert current_calendar(work).version == 1


def test_a_day_named_twice_in_one_change_is_refused(engine: Engine) -> None:
    twice = [DayChange(date(2026, 3, 17), name) for name in ("วันหยุดพิเศษ", "วันหยุดเพิ่ม")]

    with pytest.raises(HolidayExists), engine.begin() as work:
        change_holidays(work, twice, reference=REASON, actor=HEAD)


def test_a_moved_holiday_is_one_version(engine: Engine) -> None:
    with engine.begin() as work:
        moved = [DayChange(date(2026, 5, 13)), DayChange(date(2026, 5, 11), "วันพืชมงคล")]
        version = change_holidays(work, moved, reference=REASON, actor=HEAD)

    with engine.begin() as work:
        calendar = current_calendar(work)
    assert calendar.version == version == 2
    assert calendar.is_working(date(2026, 5, 13))
    assert not calendar.is_working(date(2026, 5, 11))


def test_a_change_rolled_back_leaves_no_trace(engine: Engine) -> None:
    class Dropped(Exception):
        pass

    def change_and_give_up() -> None:
        with engine.begin() as work:
            day = DayChange(date(2026, 3, 17), "วันหยุดพิเศษ")
            change_holidays(work, [day], reference=REASON, actor=HEAD)
            assert not current_calendar(work).is_working(date(2026, 3, 17))
            raise Dropped

    with pytest.raises(Dropped):
        change_and_give_up()
    with engine.begin() as work:
        other = DayChange(date(2026, 3, 18), "วันหยุดพิเศษ")
        change_holidays(work, [other], reference=REASON, actor=HEAD)

    with engine.begin() as work:
        calendar = current_calendar(work)
    assert calendar.is_working(date(2026, 3, 17))
    assert not calendar.is_working(date(2026, 3, 18))
