"""Two officers extend, a holiday arrives and a timer fires at once: one order or the other.

The first holds its transaction open until the second has begun, so that they truly meet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.store.tables import UserTask, Wait
from engine.store.work import Work
from office.deadlines import changes, deadlines
from office.deadlines.holiday_table import DayChange, current_calendar
from office.deadlines.tables import DeadlineRow, ReminderRow
from tests.calendar.test_clocks import GUIDELINE, bangkok

HEAD = Actor.of("somchai", "head")
WHY = "เอกสารอยู่กับหน่วยงานอื่น"
DUE_WHEN = '=due("clarify")</bpmn:timeDate>'
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rungs_file" name="rungs"
    namespace="http://samnuan.example/tests">
  <decision id="rungs" name="การเตือน"><decisionTable id="rungs_table" hitPolicy="COLLECT">
    <input id="i1"><inputExpression id="e1"><text>step</text></inputExpression></input>{outputs}
    <rule id="r1"><inputEntry id="a1"><text>"clarify"</text></inputEntry>{cells}</rule>
  </decisionTable></decision>
</definitions>"""
CELLS = {
    "kind": '"reminder"',
    "number": "1",
    "offset": "2",
    "unit": '"working"',
    "when": '"before"',
    "to": '["unit"]',
    "how": '"notice"',
}


def reminder_table() -> bytes:
    outputs = "".join(f'<output id="ro_{n}" name="{n}" />' for n in CELLS)
    cells = "".join(
        f'<outputEntry id="rc_{n}"><text>{c}</text></outputEntry>' for n, c in CELLS.items()
    )
    return TABLE.format(outputs=outputs, cells=cells).encode()


@pytest.fixture
def clock() -> TravellingClock:
    return TravellingClock(bangkok(2026, 3, 16, 9))


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    """A clarification whose timer follows the reminder: Monday 23 March, the last day to ask."""
    options = {"functions": deadlines.FUNCTIONS, "listeners": [deadlines.watch_deadlines]}
    engine = Engine.open(database_url, clock=clock, **options)
    files = {path.name: path.read_bytes() for path in sorted(GUIDELINE.iterdir())}
    diagram = files["hearing.bpmn"].decode()
    assert DUE_WHEN in diagram
    follows = diagram.replace(DUE_WHEN, '=remind("clarify", 1)</bpmn:timeDate>')
    engine.deploy({**files, "hearing.bpmn": follows.encode(), "rungs.dmn": reminder_table()})
    engine.start("hearing", {"track": "C", "again": False}, business_key="case-1")
    clock.travel_to(bangkok(2026, 3, 23, 8, 30))
    yield engine
    engine.close()


def running(work: Work) -> DeadlineRow:
    found = deadlines.running_deadline(work, "case-1", "clarify")
    assert found is not None
    return found


def extend(days: int) -> Callable[[Work], None]:
    def act(work: Work) -> None:
        changes.extend_deadline(work, running(work).id, days, reason=WHY, actor=HEAD)

    return act


def holiday(work: Work) -> None:
    day = DayChange(date(2026, 3, 24), "วันหยุดพิเศษ")
    changes.announce_holidays(work, [day], reference="มติคณะรัฐมนตรี", actor=HEAD)


ACTS: dict[str, Callable[[Work], None]] = {
    "3 days": extend(3),
    "5 days": extend(5),
    "holiday": holiday,
}
PAIRS = [
    ("3 days", "5 days"),
    ("5 days", "holiday"),
    ("holiday", "3 days"),
    ("3 days", "timer"),
    ("holiday", "timer"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_one_order_or_the_other_and_never_a_mixture(
    engine: Engine, first: str, second: str
) -> None:
    refused: list[Exception] = []
    begun = threading.Event()

    def come_second() -> None:
        begun.set()
        try:
            if second == "timer":
                engine.run_due()
                return
            with engine.begin() as work:
                ACTS[second](work)
        except changes.NoExtensionLeft as refusal:
            refused.append(refusal)

    other = threading.Thread(target=come_second)
    with engine.begin() as work:
        ACTS[first](work)
        other.start()
        assert begun.wait(10)
    other.join(30)
    assert not other.is_alive()

    both_extend = "days" in first and "days" in second
    assert len(refused) == (1 if both_extend else 0)
    _check(engine, first, second)


# With neither, Wednesday 25 March; the holiday adds a day, the first of two extensions its days.
ENDS = {
    frozenset({"3 days"}): date(2026, 3, 30),
    frozenset({"5 days"}): date(2026, 4, 1),
    frozenset({"holiday"}): date(2026, 3, 26),
    frozenset({"3 days", "holiday"}): date(2026, 3, 31),
    frozenset({"5 days", "holiday"}): date(2026, 4, 2),
}


def _check(engine: Engine, first: str, second: str) -> None:
    """Clock, task, reminder, timer and record all tell the same story."""
    done = {first, second} - {"timer"}
    if "days" in first and "days" in second:
        done = {first}
    with engine.read() as work:
        clock, calendar = running(work), current_calendar(work)
        ends = clock.due_at.astimezone(calendar.closing(date(2026, 3, 1)).tzinfo).date()
        task = work.session.scalars(sa.select(UserTask).where(UserTask.element_id == "clarify"))
        assert ends == ENDS[frozenset(done)]
        assert clock.calendar_version == calendar.version
        assert task.one().due_at == clock.due_at
        reminders = work.session.scalars(sa.select(ReminderRow).order_by(ReminderRow.lap)).all()
        waits = work.session.scalars(sa.select(Wait).where(Wait.kind == "timer")).all()
        two_before = calendar.opening(calendar.working_days_before(ends, 2))
        assert reminders[-1].due_at == two_before
        assert [wait.due_at for wait in waits] in ([two_before], [])
        fired = bool(waits) is False
        instance = clock.instance_id
    chased = any(task.element_id == "chase" for task in engine.tasks())
    assert chased == fired
    assert engine.verify(instance).differences == []
    assert engine.replay(instance).differences == []
