"""Why a deadline is the day it is, in one paragraph a person can check with a calendar."""

from __future__ import annotations

from datetime import date, datetime

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from forms.text.dates import spell_date, spell_moment
from office.deadlines.derivation import (
    CALENDAR,
    COMPLAINANT,
    HOURS,
    NOTICE,
    RECEIPT,
    STAY,
    STEP,
    WORKING,
    Count,
    Deadline,
    Pause,
    amount,
    deadline_of,
)
from office.deadlines.working_days import Calendar

WEEKDAYS_TH = "จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์".split()


def day_of(day: date) -> Text:
    """`วันพุธที่ 14 ตุลาคม 2569`, `Wednesday 14 October 2026`."""
    thai = f"วัน{WEEKDAYS_TH[day.weekday()]}ที่ {spell_date(day, 'th')}"
    return Text(thai, f"{day:%A} {spell_date(day, 'en')}")


def join(*parts: Text) -> Text:
    return Text(
        " ".join(part.th for part in parts if part.th),
        " ".join(part.en for part in parts if part.en),
    )


def explain_count(
    count: Count, calendar: Calendar, *, step: Text, extensions: int, is_told: bool = True
) -> Text:
    """The paragraph: the day, the rule, the start, what was passed over, the law behind it.

    Unless `is_told`, it counts for now from the sending of a letter that nobody may have."""
    deadline = deadline_of(count, calendar)
    return join(
        _conclusion(count, deadline, step),
        _counting(count, is_told),
        _skipped(count, deadline),
        _pauses(count, deadline),
        _extensions(count, extensions),
        _aim(count, deadline),
        _law(count),
        Text(
            f"(ปฏิทินวันหยุดรุ่นที่ {calendar.version})", f"(Holiday calendar version {calendar.version}.)"
        ),
    )


def _conclusion(count: Count, deadline: Deadline, step: Text) -> Text:
    day, local = day_of(deadline.last_day), deadline.due_at.astimezone(BANGKOK)
    if count.rule.key == STAY:
        return Text(
            f"{step.th}สิ้นสุดใน{day.th} เวลา {local:%H.%M} น. เว้นแต่จะยืนยันให้หยุดนับต่อ",
            f"{step.en[:1].upper()}{step.en[1:]} ends on {day.en} at {local:%H:%M}, "
            "unless it is confirmed.",
        )
    if count.rule.owner == COMPLAINANT:
        return Text(
            f"ผู้ร้องเรียนมีเวลาถึงสิ้น{day.th} สำหรับขั้นตอน “{step.th}”",
            f"The complainant has until the end of {day.en} for the step “{step.en}”.",
        )
    return Text(
        f"ขั้นตอน “{step.th}” ต้องแล้วเสร็จภายใน{day.th} เวลา {local:%H.%M} น.",
        f"The step “{step.en}” is due on {day.en} at {local:%H:%M}.",
    )


def _counting(count: Count, is_told: bool) -> Text:
    rule, from_day = count.rule, day_of(count.started_on)
    given = amount(rule.days, rule.kind)
    if rule.kind == HOURS:
        return Text(
            f"นับ {given.th} ตั้งแต่ {spell_moment(count.started_at, 'th')}",
            f"Counted: {given.en} from {spell_moment(count.started_at, 'en')}.",
        )
    event = _EVENTS[rule.start] if is_told else _NOT_TOLD
    late = _began_late(count.started_at, count.started_on)
    return Text(
        f"นับ {given.th} ถัดจาก{event.th} คือ{from_day.th}{late.th}",
        f"Counted: {given.en} after {event.en}, {from_day.en}{late.en}.",
    )


_EVENTS = {
    RECEIPT: Text("วันที่รับเรื่อง", "the day of receipt"),
    STEP: Text("วันที่เริ่มขั้นตอน", "the day the step began"),
    NOTICE: Text("วันที่ผู้ร้องเรียนได้รับแจ้ง", "the day the complainant was told"),
}
_NOT_TOLD = Text(
    "วันที่ส่งหนังสือ เพราะยังไม่ทราบว่าผู้ร้องเรียนได้รับแล้ว เมื่อทราบจะนับใหม่จากวันที่ได้รับ",
    "the day the letter was sent, as it is not known that it was received; "
    "once it is, the count begins on that day",
)


def _began_late(moment: datetime, counted_from: date) -> Text:
    if moment.astimezone(BANGKOK).date() == counted_from:
        return Text("", "")
    return Text(
        f" (เกิดขึ้นนอกเวลาทำการเมื่อ {spell_moment(moment, 'th')} จึงถือเป็นวันทำการถัดไป)",
        f" (it came outside office hours, {spell_moment(moment, 'en')}, "
        "and counts as the next working day)",
    )


def _skipped(count: Count, deadline: Deadline) -> Text:
    rule, days = count.rule, deadline.skipped
    named_th = ", ".join(f"{spell_date(day, 'th')} {name}" for day, name in days)
    named_en = ", ".join(f"{spell_date(day, 'en')} {name}" for day, name in days)
    if rule.kind == WORKING or rule.kind == HOURS:
        also_th = f" และวันหยุด {len(days)} วัน ได้แก่ {named_th}" if days else ""
        also_en = f" and {len(days)} holiday(s): {named_en}" if days else ""
        return Text(f"ไม่นับวันเสาร์ วันอาทิตย์{also_th}", f"Not counted: weekends{also_en}.")
    if rule.owner != COMPLAINANT:
        return Text(
            "นับวันหยุดรวมด้วย และไม่เลื่อนแม้วันสุดท้ายเป็นวันหยุด เพราะเป็นกำหนดของหน่วยงาน (ม.64 วรรคสอง)",
            "Holidays count, and the last day does not move: it is the agency's own deadline "
            "(section 64, paragraph 2).",
        )
    return _rolled(count, deadline, named_th, named_en)


def _rolled(count: Count, deadline: Deadline, named_th: str, named_en: str) -> Text:
    counted = (deadline.last_day - count.started_on).days
    if counted == count.rule.days + count.extended + deadline.paused:
        return Text("นับวันหยุดรวมด้วย", "Holidays count.")
    because_th = f" ({named_th})" if named_th else ""
    because_en = f" ({named_en})" if named_en else ""
    return Text(
        f"วันสุดท้ายตรงกับวันหยุด{because_th} จึงเลื่อนไปวันทำการถัดไปเพื่อประโยชน์ของผู้ร้องเรียน (ม.64 วรรคสาม)",
        f"The last day was a day off{because_en}, so the citizen has until the next working day "
        "(section 64, paragraph 3).",
    )


def _pauses(count: Count, deadline: Deadline) -> Text:
    if not count.pauses:
        return Text("", "")
    spans = [_span(pause) for pause in count.pauses]
    spans_th, spans_en = (", ".join(span.of(code) for span in spans) for code in ("th", "en"))
    added = amount(deadline.paused, count.rule.kind)
    return Text(
        f"หยุดนับระหว่างรอ {spans_th} จึงเพิ่มให้ {added.th}",
        f"The count stood still from {spans_en}, which adds {added.en}.",
    )


def _span(pause: Pause) -> Text:
    start, end = (
        Text(spell_date(day, "th"), spell_date(day, "en")) for day in (pause.start, pause.end)
    )
    if not pause.lasts:
        return Text(f"{start.th} ถึง {end.th}", f"{start.en} to {end.en}")
    return Text(
        f"ตั้งแต่ {start.th} (ยังหยุดอยู่ ได้ถึง {end.th})",
        f"{start.en} (still does, until {end.en} at most)",
    )


def _extensions(count: Count, extensions: int) -> Text:
    if not count.extended:
        return Text("", "")
    added = amount(count.extended, count.rule.kind)
    if not extensions:
        return Text(
            f"เลื่อนตามขั้นตอนที่ได้รับขยายเวลา รวม {added.th}",
            f"It moved with the steps that were given more time, by {added.en} in all.",
        )
    return Text(
        f"ขยายเวลาแล้ว {extensions} ครั้ง รวม {added.th}",
        f"Extended {extensions} time(s), by {added.en} in all.",
    )


def _aim(count: Count, deadline: Deadline) -> Text:
    if count.rule.kind != CALENDAR or deadline.aim_on == deadline.last_day:
        return Text("", "")
    aim = day_of(deadline.aim_on)
    return Text(
        f"ควรทำให้เสร็จภายใน{aim.th} ซึ่งเป็นวันทำการสุดท้ายก่อนครบกำหนด",
        f"Aim at {aim.en}, the last working day before it.",
    )


def _law(count: Count) -> Text:
    rule = count.rule
    parts = [Text(f"ที่มา: {rule.basis.th}", f"Basis: {rule.basis.en}.")] if rule.basis.th else []
    if rule.ceiling is not None:
        ceiling = amount(rule.ceiling, rule.ceiling_kind)
        parts.append(Text(f"เพดานไม่เกิน {ceiling.th}", f"Not more than {ceiling.en} in any case."))
    return join(*parts)
