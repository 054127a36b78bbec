"""A deviation: one thing in the course of a case that its diagram or its deadlines do not allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.ground.text import Text

BREACH, NOTICE = "breach", "notice"
NOBODY: Final = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """What departs from the diagram, told in a sentence.

    `severity` is `breach`, or `notice` for what is allowed and an auditor still wants to see.
    `seq` is the event to look at; `actor` a reference to who did it (whether the reader may see
    the name is for access to say) and `role` in which role.
    """

    kind: str  # a key of SENTENCES
    severity: str
    element_id: str
    step: Text
    text: Text
    seq: int | None = None
    at: datetime | None = None
    actor: str = ""
    role: Text = NOBODY


SENTENCES: Final = {
    "skipped": Text(
        "ข้ามขั้นตอน “{step}” ที่แผนภาพกำหนดให้ทำก่อน{next}",
        "“{step}” was skipped: the diagram asks for it before {next}.",
    ),
    "doubled": Text(
        "ทำขั้นตอน “{step}” ซ้ำ ทั้งที่แผนภาพให้ทำเพียงครั้งเดียว ณ จุดนี้",
        "“{step}” was done twice where the diagram allows it once.",
    ),
    "out_of_order": Text(
        "ทำขั้นตอน “{step}” ผิดลำดับ แผนภาพกำหนดให้ทำ{place}",
        "“{step}” was done out of order: the diagram asks for it {place}.",
    ),
    "unexpected": Text(
        "ทำขั้นตอน “{step}” ทั้งที่แผนภาพยังไม่พาเรื่องมาถึงขั้นนี้",
        "“{step}” was done where the diagram does not lead to it.",
    ),
    "foreign": Text(
        "มีบันทึกของ “{step}” ซึ่งไม่มีในแผนภาพของเรื่องนี้",
        "There is a record of “{step}”, which the diagram of this case does not have.",
    ),
    "loose_record": Text(
        "บันทึก “{type}” ของขั้นตอน “{step}” ไม่เข้ากับบันทึกก่อนหน้า",
        "The record “{type}” of “{step}” does not fit those before it.",
    ),
    "unfinished": Text(
        "เรื่องปิดแล้วทั้งที่ยังไม่ได้ทำขั้นตอน “{step}” ซึ่งแผนภาพกำหนดไว้",
        "The case was closed without “{step}”, which the diagram asks for.",
    ),
    "same_person": Text(
        "ผู้ทำขั้นตอน “{step}” เป็นคนเดียวกับผู้ทำ “{other}” ทั้งที่ต้องเป็นคนละคน",
        "“{step}” was done by the person who did “{other}”; it must be somebody else.",
    ),
    "wrong_role": Text(
        "ขั้นตอน “{step}” ทำโดยผู้ที่ไม่ได้อยู่ในบทบาท{wanted}",
        "“{step}” was done by somebody who did not act as {wanted}.",
    ),
    "late": Text(
        "ขั้นตอน “{step}” เสร็จ {done} ช้ากว่ากำหนด {due} อยู่ {span}",
        "“{step}” ended on {done}, {span} after it was due ({due}).",
    ),
    "overdue": Text(
        "ขั้นตอน “{step}” ยังไม่เสร็จ พ้นกำหนด {due} มาแล้ว {span}",
        "“{step}” is not done yet; it was due on {due}, {span} ago.",
    ),
    "repeated": Text(
        "ทำขั้นตอน “{step}” {count} รอบ ตามที่แผนภาพให้ย้อนกลับได้",
        "“{step}” was done {count} times, going back as the diagram allows.",
    ),
    "migrated": Text(
        "ย้ายเรื่องจากแผนภาพ {source} ไปใช้ {target} ระหว่างดำเนินการ",
        "The case was moved from diagram {source} to {target} on its way.",
    ),
    "cancelled": Text(
        "เรื่องถูกยกเลิกก่อนเดินครบตามแผนภาพ",
        "The case was cancelled before it had gone the way of the diagram.",
    ),
    "unjudged": Text(
        "เส้นทางของเรื่องต่างจากแผนภาพมากจนเทียบต่อไม่ได้ตั้งแต่เหตุการณ์ที่ {seq}",
        "From event {seq} on the case is too far from its diagram to be compared.",
    ),
}


def span(length: timedelta) -> Text:
    """How long something took, in its largest unit: `3 วัน`, `5 ชั่วโมง`."""
    seconds = int(length.total_seconds())
    for size, thai, english in ((86_400, "วัน", "day"), (3_600, "ชั่วโมง", "hour")):
        if seconds >= size:
            count = seconds // size
            return Text(f"{count} {thai}", f"{count} {english}{'s' if count > 1 else ''}")
    count = max(1, seconds // 60)
    return Text(f"{count} นาที", f"{count} minute{'s' if count > 1 else ''}")
