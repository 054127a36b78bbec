"""A time that would never come, or on another day, is refused where it is written, and told why."""

from __future__ import annotations

from datetime import date

import pytest

from engine import Engine
from engine.bpmn.lint import lint
from engine.ground.actor import SYSTEM
from engine.ground.errors import DeploymentRejected
from engine.ground.findings import Finding
from office.deadlines.holiday_table import DayChange, HolidayExists, change_holidays
from office.guideline.files import guideline_files
from office.guideline.gate import check_guideline
from tests.support.agency import Agency
from tests.support.drawing import catch, diagram, end, path, start, timer

DIAGRAM = "complaint.bpmn"

# The value, what it is, and what its author must read in both languages.
REFUSED = {
    "a month in a cycle": ("R3/P1M", "timeCycle", "จำนวนวัน เช่น P30D", "count days, such as P30D"),
    "a year in a cycle": ("R/P1Y", "timeCycle", "จำนวนวัน เช่น P30D", "months and years differ"),
    "a month from the 31st": (
        "R12/2026-01-31T08:00:00+07:00/P1M",
        "timeCycle",
        "วันเริ่มที่มีทุกเดือน",
        "a day that every month has",
    ),
    "a Buddhist year": (
        "2569-03-02T09:00:00+07:00",
        "timeDate",
        "ปี 2569 เป็นปี พ.ศ. เขียนเป็นปี ค.ศ. 2026",
        "2569 is a Buddhist year; write 2026",
    ),
    "a cycle from a Buddhist year": (
        "R/2569-03-02T09:00:00+07:00/P1D",
        "timeCycle",
        "เขียนเป็นปี ค.ศ. 2026",
        "write 2026",
    ),
    "a time without a zone": (
        "2026-03-02T09:00:00",
        "timeDate",
        "ไม่ระบุเขตเวลา เขียนเป็น 2026-03-02T09:00:00+07:00",
        "no time zone; write 2026-03-02T09:00:00+07:00",
    ),
    "the same in FEEL": (
        '=date and time("2026-03-02T09:00:00")',
        "timeDate",
        "ไม่ระบุเขตเวลา",
        "no time zone",
    ),
    "a cycle from a time without a zone": (
        "R/2026-03-02T09:00:00/P1D",
        "timeCycle",
        "ไม่ระบุเขตเวลา",
        "no time zone",
    ),
}
KEPT = {
    "days in a cycle": ("R3/P30D", "timeCycle"),
    "a month from a day of every month": ("R/2026-04-01T08:00:00+07:00/P1M", "timeCycle"),
    "a month once": ("P1M", "timeDuration"),
    "a day": ("2026-03-02", "timeDate"),
    "a time with its zone": ("2026-03-02T09:00:00+07:00", "timeDate"),
    "a time in UTC": ("2026-03-02T02:00:00Z", "timeDate"),
}


def waiting_for(value: str, kind: str) -> dict[str, bytes]:
    wait = catch("wait", timer(value, kind))
    return {"late.bpmn": diagram(start(), wait, end(), path("start", "wait", "end"))}


@pytest.mark.parametrize("name", REFUSED)
def test_a_time_that_misleads_is_refused_at_deploy(name: str) -> None:
    value, kind, thai, english = REFUSED[name]

    found = [f for f in lint(waiting_for(value, kind)) if f.rule == "timer-value"]

    assert [(f.file, f.element, f.severity) for f in found] == [("late.bpmn", "wait", "error")]
    assert thai in found[0].text.th
    assert english in found[0].text.en


@pytest.mark.parametrize("name", KEPT)
def test_a_time_that_is_plain_is_not(name: str) -> None:
    assert "timer-value" not in {f.rule for f in lint(waiting_for(*KEPT[name]))}


def test_the_refusal_of_the_deployment_names_file_element_and_reason(sqlite_url: str) -> None:
    engine = Engine.open(sqlite_url)
    value, kind, thai, english = REFUSED["a month in a cycle"]

    with pytest.raises(DeploymentRejected) as refused:
        engine.deploy(waiting_for(value, kind), SYSTEM)

    assert "late.bpmn:wait: " in refused.value.text.en
    assert english in refused.value.text.en
    assert thai in refused.value.text.th
    engine.close()


def changed(before: bytes, after: bytes) -> list[Finding]:
    files = guideline_files()
    assert before in files[DIAGRAM]
    files[DIAGRAM] = files[DIAGRAM].replace(before, after, 1)
    return check_guideline(files)


def test_a_deadline_that_the_table_does_not_know_is_refused_at_its_timer() -> None:
    (finding,) = changed(b"=due(&#34;screen&#34;)", b"=due(&#34;scren&#34;)")

    assert (finding.file, finding.element, finding.severity) == (DIAGRAM, "screen", "error")
    assert finding.text.th == "ตาราง SLA ไม่มีแถวสำหรับ scren เพิ่มแถวใน sla.dmn"
    assert finding.text.en == "The SLA table has no row for scren; add one to sla.dmn."


def test_no_time_of_a_complaint_is_fixed_in_its_diagram() -> None:
    """In a guideline even a right one: it would know neither holidays nor pauses."""
    asked = b'=due("ask")</bpmn:timeDate>'
    content = guideline_files()[DIAGRAM]
    assert asked in content
    fixed = content.replace(asked, b"2026-04-01T08:00:00+07:00</bpmn:timeDate>")

    found = [f for f in lint({DIAGRAM: fixed}) if f.rule == "guideline-timer"]

    assert [(f.element, f.severity) for f in found] == [("reply_overdue", "error")]
    assert "=due(" in found[0].text.th
    assert "=due(" in found[0].text.en


def test_the_table_of_holidays_holds_a_day_once(agency: Agency) -> None:
    day = DayChange(date(2026, 4, 13), "วันหยุดพิเศษ")

    with pytest.raises(HolidayExists) as refused, agency.office.engine.begin() as work:
        change_holidays(work, [day], reference="มติคณะรัฐมนตรี", actor=SYSTEM)

    assert refused.value.text.th == "วันที่ 13 เมษายน 2569 เป็นวันหยุดอยู่แล้ว: วันสงกรานต์"
    assert refused.value.text.en == "13 April 2026 is already a holiday: วันสงกรานต์."
