"""A reminder as a person reads it: which step, how late, and what a catch-up notice missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from forms.text.dates import spell_date, spell_moment
from office.deadlines.derivation import days_of
from office.deadlines.reminders.reminder_table import ESCALATION

StepName = Callable[[str], Text]  # by the key of its deadline


def words_of_notice(facts: Mapping[str, Any], step_name: StepName, *, is_catch_up: bool) -> Text:
    """One sentence for each reminder; a catch-up notice says when each should have come."""
    lines = [_line(line, step_name, is_catch_up) for line in facts["rungs"]]
    told = Text("; ".join(line.th for line in lines), "; ".join(line.en for line in lines))
    if is_catch_up:
        told = Text(
            f"แจ้งย้อนหลังหลังระบบหยุดทำงาน {len(lines)} รายการ: {told.th}",
            f"Told late because the system was down, {len(lines)} item(s): {told.en}",
        )
    waiting = facts.get("waiting") or []
    if len(waiting) < 2:
        return told
    numbers = ", ".join(waiting)
    return Text(
        f"{told.th} (สำนวนที่รออยู่ {len(waiting)} เรื่อง: {numbers})",
        f"{told.en} ({len(waiting)} files are waiting: {numbers})",
    )


def words_of_request(asked: Mapping[str, Any], step_name: StepName, *, is_late: bool) -> Text:
    """A request for more time, or a report that a step will be late."""
    step, end, days = step_name(asked["key"]), _day(asked["end"]), asked["days"]
    if is_late:
        return Text(
            f"รายงานความล่าช้า: “{step.th}” จะเสร็จช้ากว่ากำหนด {end.th} ประมาณ {days} วัน",
            f"Late report: “{step.en}”, due {end.en}, will be about {days} day(s) late",
        )
    return Text(
        f"ขอขยายเวลา: “{step.th}” กำหนด {end.th} ขออีก {days} วัน",
        f"More time is asked for: “{step.en}”, due {end.en}, {days} day(s) more",
    )


def words_of_decision(decided: Mapping[str, Any], step_name: StepName) -> Text:
    """What came of a request for more time."""
    step, end = step_name(decided["key"]), _day(decided["end"])
    if decided["granted"]:
        return Text(
            f"อนุมัติขยายเวลา: “{step.th}” กำหนดใหม่ {end.th}",
            f"More time is granted: “{step.en}” is now due {end.en}",
        )
    return Text(
        f"ไม่อนุมัติขยายเวลา: “{step.th}” ยังครบกำหนด {end.th}",
        f"More time is not granted: “{step.en}” stays due {end.en}",
    )


def _line(line: Mapping[str, Any], step_name: StepName, is_catch_up: bool) -> Text:
    step, end = step_name(line["key"]), _day(line["end"])
    told = _state(
        step, end, days_of(line["days_over"], line["kind"]) if line["days_over"] else None
    )
    kind = (
        Text("เร่งรัด", "Escalation")
        if line["rung"].startswith(ESCALATION)
        else Text("เตือน", "Reminder")
    )
    if not is_catch_up or not line["missed"]:
        return Text(f"{kind.th}: {told.th}", f"{kind.en}: {told.en}")
    was_due, late = datetime.fromisoformat(line["reached"]), how_late(line["minutes_late"])
    return Text(
        f"{kind.th} {told.th} เดิมต้องแจ้ง {spell_moment(was_due, 'th')} ช้าไป {late.th}",
        f"{kind.en}, {told.en}, due to be told {spell_moment(was_due, 'en')}, late by {late.en}",
    )


def _state(step: Text, end: Text, over: Text | None) -> Text:
    if over is not None:
        return Text(
            f"“{step.th}” เกินกำหนดมาแล้ว {over.th} (กำหนด {end.th})",
            f"“{step.en}” is {over.en} overdue (it was due {end.en})",
        )
    return Text(f"“{step.th}” ครบกำหนด {end.th}", f"“{step.en}” is due {end.en}")


def how_late(minutes: int) -> Text:
    """`9 วัน`, `5 ชั่วโมง`."""
    hours = minutes // 60
    if hours < 24:
        return Text(f"{hours} ชั่วโมง", f"{hours} hour(s)")
    return Text(f"{hours // 24} วัน", f"{hours // 24} day(s)")


def _day(moment: str) -> Text:
    day = datetime.fromisoformat(moment).astimezone(BANGKOK).date()
    return Text(spell_date(day, "th"), spell_date(day, "en"))
