"""Every construct of BPMN that engines were seen to ignore or to mis-run, and what happens here.

`python -m engine.bpmn.lint.constructs` writes docs/reference/bpmn.md from this table; a test plays
or lints a model of every line.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.bpmn.lint import ALL, groups
from engine.bpmn.lint.runnable import camunda7, zeebe
from engine.bpmn.model import NOTHING
from engine.bpmn.rule import Rule
from engine.ground.text import Text

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "bpmn.md"
HEAD = """# What runs and what is refused · สิ่งที่ทำงานและสิ่งที่ปฏิเสธ

Written by `python -m engine.bpmn.lint.constructs`; do not edit by hand. A test plays a model of
every line that runs, saved and loaded at every step, and lints one of every line refused.

A construct either runs with the meaning of BPMN 2.0.2, or the deployment is refused with the
element, the reason and a way out; nothing is ignored in silence. The rules are in
[lint.md](lint.md).

| construct | องค์ประกอบ | here |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Construct:
    """One line: `refused` is the rule that refuses it, "" where it runs; `how` says what it means,
    `remark` is the rule that says that it is only a picture."""

    id: str
    name: Text
    how: Text = NOTHING
    refused: str = ""
    remark: str = ""


def _runs(id: str, th: str, en: str, how_th: str = "", how_en: str = "") -> Construct:
    return Construct(id, Text(th, en), Text(how_th, how_en))


def _refused(id: str, th: str, en: str, rule: str) -> Construct:
    return Construct(id, Text(th, en), refused=rule)


def _picture(id: str, th: str, en: str) -> Construct:
    how = Text("เป็นภาพประกอบ และมีข้อสังเกตบอก", "a picture, and a remark says so")
    return Construct(id, Text(th, en), how, remark="data-is-picture")


_HANDLER = ("กระบวนการย่อยที่เริ่มด้วย", "event subprocess started by")
CONSTRUCTS = [
    *(
        _runs(f"handler-{kind}", f"{_HANDLER[0]}{th}", f"{_HANDLER[1]} {en}", how_th, how_en)
        for kind, th, en, how_th, how_en in (
            ("error", "ข้อผิดพลาด", "an error", "", ""),
            ("escalation", "การยกระดับ", "an escalation", "", ""),
            ("signal", "สัญญาณ", "a signal", "", ""),
            ("message", "ข้อความ", "a message", "", ""),
            ("timer", "เวลา", "a timer", "", ""),
            ("conditional", "เงื่อนไข", "a condition", "", ""),
            (
                "compensation",
                "การชดเชย",
                "compensation",
                "ทำงานเมื่อมีการชดเชยกระบวนการย่อยที่จบแล้ว ด้วยตัวแปร ณ เวลาที่จบ",
                "runs when its completed subprocess is undone, with the variables of that time",
            ),
        )
    ),
    _runs("end-message", "สิ้นสุดด้วยข้อความ", "message end event"),
    _runs("end-signal", "สิ้นสุดด้วยสัญญาณ", "signal end event"),
    _runs("end-error", "สิ้นสุดด้วยข้อผิดพลาด", "error end event"),
    _runs("end-escalation", "สิ้นสุดด้วยการยกระดับ", "escalation end event"),
    _runs("end-terminate", "ยุติทันที", "terminate end event"),
    _runs("end-compensation", "สิ้นสุดด้วยการชดเชย", "compensation end event"),
    _runs("end-cancel", "สิ้นสุดด้วยการยกเลิกธุรกรรม", "cancel end event"),
    _refused("end-link", "สิ้นสุดด้วยจุดเชื่อม", "link end event", "end-result"),
    _refused("end-timer", "สิ้นสุดด้วยเวลา", "timer end event", "end-result"),
    _refused("end-conditional", "สิ้นสุดด้วยเงื่อนไข", "conditional end event", "end-result"),
    _runs(
        "compensation-throw",
        "สั่งชดเชยทุกกิจกรรมในขอบเขต",
        "compensation throw for all of a scope",
        "ย้อนจากกิจกรรมที่จบทีหลังสุด ทีละกิจกรรม แล้วจึงไปต่อ",
        "the last completed first, one after the other; then it goes on",
    ),
    _runs(
        "compensation-activity",
        "สั่งชดเชยกิจกรรมเดียว",
        "compensation throw for one activity",
        "เฉพาะครั้งที่ทำจบแล้ว ครั้งละหนึ่งรอบ",
        "each time that it was completed, and never twice",
    ),
    _runs(
        "compensation-nested",
        "ชดเชยกระบวนการย่อยที่จบแล้ว",
        "compensation of a completed subprocess",
        "เปิดขอบเขตนั้นอีกครั้งแล้วย้อนทีละกิจกรรมข้างใน",
        "its scope is opened again and what was done inside is undone",
    ),
    _refused(
        "compensation-no-wait",
        "สั่งชดเชยโดยไม่รอ",
        "compensation throw with waitForCompletion=false",
        "compensation-no-wait",
    ),
    _refused(
        "compensation-beside",
        "สั่งชดเชยจากกระบวนการย่อยที่ไม่ขัดจังหวะ",
        "compensation thrown from a non-interrupting event subprocess",
        "compensation-beside",
    ),
    _runs(
        "transaction",
        "ธุรกรรมที่ถูกยกเลิก",
        "transaction and its cancellation",
        "หยุดงานที่ค้าง ย้อนสิ่งที่จบแล้ว แล้วไปต่อที่เหตุการณ์ขอบแบบยกเลิก",
        "open work stops, what was completed is undone, and the cancel boundary event goes on",
    ),
    _refused(
        "cancel-nobody", "การยกเลิกที่ไม่มีผู้รับ", "cancellation without a boundary event", "cancel-nobody"
    ),
    _runs("link", "จุดเชื่อมส่งและรับ", "link throw and catch"),
    _runs(
        "conditional-flows",
        "เส้นมีเงื่อนไขออกจากกิจกรรม",
        "conditional flows of an activity, with a default",
    ),
    _runs(
        "several-flows", "หลายเส้นออกจากกิจกรรม", "several flows out of an activity (implicit split)"
    ),
    _runs("implicit-merge", "หลายเส้นเข้ากิจกรรม", "several flows into an activity (implicit merge)"),
    _runs("event-definition-ref", "eventDefinitionRef", "eventDefinitionRef"),
    _refused("start-quantity", "startQuantity", "startQuantity", "quantity"),
    _refused("completion-quantity", "completionQuantity", "completionQuantity", "quantity"),
    _runs("instances-parallel", "ทำซ้ำพร้อมกัน", "parallel multiple instances"),
    _runs("instances-sequential", "ทำซ้ำทีละรายการ", "sequential multiple instances"),
    _refused(
        "instances-behavior", "behavior ของการทำซ้ำ", "multi-instance behavior", "instances-events"
    ),
    _runs(
        "loop-after",
        "วนซ้ำ ตรวจหลังทำ",
        "standard loop, tested after",
        "ทำหนึ่งรอบก่อนเสมอ แล้วทำต่อขณะที่เงื่อนไขจริงและไม่เกิน loopMaximum",
        "one round at least, then on while the condition holds and within loopMaximum",
    ),
    _runs("loop-before", "วนซ้ำ ตรวจก่อนทำ", "standard loop, tested before"),
    _refused("loop-endless", "วนซ้ำไม่มีที่สิ้นสุด", "standard loop without an end", "loop-endless"),
    _runs(
        "multiple-catch",
        "เหตุการณ์รอหลายเหตุ",
        "multiple intermediate catch event",
        "เหตุแรกที่เกิดพาไปต่อ",
        "the first trigger wins",
    ),
    _runs(
        "multiple-boundary",
        "เหตุการณ์ขอบหลายเหตุ",
        "multiple boundary event",
        "เหตุแรกที่เกิด",
        "the first trigger wins",
    ),
    _runs(
        "multiple-start",
        "จุดเริ่มหลายเหตุ",
        "multiple start event",
        "แต่ละเหตุเริ่มเรื่องของตนเอง",
        "each trigger starts a case of its own",
    ),
    _runs(
        "multiple-throw",
        "ส่งหลายอย่าง",
        "multiple throw event",
        "ส่งทุกอย่างตามลำดับที่เขียน",
        "all are thrown, in the order of the file",
    ),
    _runs(
        "parallel-multiple-catch",
        "เหตุการณ์รอทุกเหตุ",
        "parallel multiple intermediate catch event",
        "ไปต่อเมื่อเกิดครบทุกเหตุ",
        "it goes on when all have happened",
    ),
    _runs("parallel-multiple-boundary", "เหตุการณ์ขอบรอทุกเหตุ", "parallel multiple boundary event"),
    _refused(
        "parallel-multiple-start",
        "จุดเริ่มรอทุกเหตุ",
        "parallel multiple start event of a process",
        "parallel-multiple-place",
    ),
    _refused(
        "parallel-multiple-beside",
        "เหตุการณ์ขอบรอทุกเหตุที่ไม่ขัดจังหวะ",
        "parallel multiple event that does not interrupt",
        "parallel-multiple-place",
    ),
    _runs(
        "conditional-catch",
        "รอเงื่อนไข",
        "conditional intermediate catch event",
        "ตรวจใหม่ทุกครั้งที่เรื่องเปลี่ยน",
        "looked at again whenever the case changes",
    ),
    _runs(
        "conditional-boundary",
        "เหตุการณ์ขอบแบบเงื่อนไข",
        "conditional boundary event",
        "เกิดทุกครั้งที่เงื่อนไขกลายเป็นจริง",
        "whenever the condition becomes true",
    ),
    _refused(
        "conditional-start",
        "เริ่มเรื่องด้วยเงื่อนไข",
        "conditional start of a process",
        "unsupported-event",
    ),
    _refused(
        "conditional-moving",
        "เงื่อนไขที่เปลี่ยนตามเวลา",
        "condition that changes with time",
        "event-condition-moving",
    ),
    _refused("complex-gateway", "เกตเวย์ซับซ้อน", "complex gateway", "unsupported-element"),
    _refused("ad-hoc", "กระบวนการย่อยแบบไม่กำหนดลำดับ", "ad-hoc subprocess", "unsupported-element"),
    _refused("implicit-throw", "เหตุการณ์ส่งโดยปริยาย", "implicitThrowEvent", "unsupported-element"),
    _picture("data-store", "คลังข้อมูลและวัตถุข้อมูล", "data stores and data objects"),
    _picture(
        "property", "property ของกระบวนงานและกิจกรรม", "properties of processes and activities"
    ),
    _refused("data-moved", "เส้นข้อมูลที่แปลงค่า", "data association that computes", "data-not-moved"),
    _runs("timers-race", "สองตัวจับเวลาหลังเกตเวย์เดียว", "two timers on one event-based gateway"),
    _runs(
        "several-starts",
        "จุดเริ่มแบบไม่มีเหตุหลายจุด",
        "several plain start events",
        "ผู้เริ่มบอกว่าเริ่มที่จุดใด (--start-event) ไม่บอกจะไม่เริ่ม",
        "whoever starts a case names one (--start-event); unnamed, nothing starts",
    ),
    _runs(
        "start-beside", "จุดเริ่มแบบข้อความข้างจุดเริ่มธรรมดา", "message or timer start beside a plain one"
    ),
    _runs("start-signal", "เริ่มเรื่องด้วยสัญญาณ", "signal start of a process"),
    _runs(
        "start-implicit",
        "เริ่มโดยไม่มีจุดเริ่ม",
        "no start event",
        "ทุกขั้นตอนที่ไม่มีเส้นเข้าได้โทเคน",
        "every node that nothing leads to gets a token",
    ),
    _refused(
        "subprocess-starts",
        "กระบวนการย่อยมีหลายจุดเริ่ม",
        "several start events of a subprocess",
        "several-starts",
    ),
    _refused(
        "instantiating-receive",
        "งานรับข้อความที่เริ่มเรื่อง",
        "instantiating receive task",
        "instantiating",
    ),
    _refused(
        "instantiating-gateway",
        "เกตเวย์รอเหตุการณ์ที่เริ่มเรื่อง",
        "instantiating event-based gateway",
        "instantiating",
    ),
    _refused("global-task", "งานส่วนกลาง", "global tasks", "global-task"),
    _runs(
        "xor-overlap",
        "เงื่อนไขซ้อนกันของเกตเวย์เลือกทางเดียว",
        "exclusive flows whose conditions overlap",
        "ลำดับของเส้นในแฟ้ม ไม่ใช่ตำแหน่งในภาพ",
        "by the order of the flows in the file, never by coordinates",
    ),
    _runs("inclusive-loop", "เกตเวย์เลือกหลายทางในวงวน", "inclusive join in a cycle"),
    _runs("parallel-loop", "เกตเวย์ขนานในวงวน", "parallel join in a cycle"),
    _runs("parallel-blocks", "ช่วงขนานต่อกันหลายช่วง", "consecutive parallel blocks"),
    _runs(
        "instances-error",
        "ข้อผิดพลาดในกิจกรรมที่ทำซ้ำ",
        "error inside a repeated activity",
        "เหตุการณ์ขอบของกิจกรรมหยุดทุกรอบ",
        "the boundary event of the activity ends all its rounds",
    ),
    _refused(
        "extension-listener",
        "ส่วนขยายที่สั่งงานระบบอื่น",
        "vendor extensions that act (listeners, connectors)",
        "extension-acting",
    ),
    _refused("script-language", "สคริปต์ภาษาอื่น", "scripts in other languages", "script-language"),
    _refused(
        "choreography-only",
        "แฟ้มที่มีแต่การประสานงาน",
        "choreography and conversation files",
        "no-process",
    ),
]


def page() -> str:
    """The whole page."""
    parts = [HEAD + "\n".join(_lines()), EXTENSIONS, *_extensions(), CAMUNDA_7, *_camunda_7()]
    return "\n".join(parts) + "\n"


EXTENSIONS = """
## Camunda 8's extensions · ส่วนขยายของ Camunda 8

Every element and attribute that Camunda Modeler can write for Camunda 8: it acts, only describes,
is told by a warning, or is refused. A test holds the table against the Modeler's own descriptor.

| extension | attributes |
|---|---|"""


def _extensions() -> Iterator[str]:
    for name, each in zeebe.TABLE.items():
        told = [f"{attribute} {does}" for attribute, does in each.attributes.items()]
        yield f"| `zeebe:{name}` {each.does} | {', '.join(told)} |"
    for name, does in zeebe.ATTRIBUTES.items():
        yield f"| `zeebe:{name}` on any element {does} | |"


CAMUNDA_7 = """
## Camunda 7's extensions · ส่วนขยายของ Camunda 7

The same for Camunda 7; what Operaton, Flowable and Activiti write under their own prefix is treated
alike. An attribute that stands on another element than those named is told by
[`extension-elsewhere`](lint.md).

| extension | |
|---|---|"""


def _camunda_7() -> Iterator[str]:
    for name, attributes in camunda7.ELEMENTS.items():
        told = ", ".join(f"{attribute} {does}" for attribute, does in attributes.items())
        yield f"| `camunda:{name}` {camunda7.answer_for_element(name)} | {told} |"
    for name in camunda7.ATTRIBUTES:
        places = ", ".join(camunda7.PLACES.get(name, ()))
        where = f"on {places}" if places else "on any element"
        yield f"| attribute `camunda:{name}` {camunda7.answer_for_attribute(name)} | {where} |"


def _lines() -> Iterator[str]:
    rules = {rule.id: rule for group in ALL for rule in groups.rules_of(group)}
    for construct in CONSTRUCTS:
        name = construct.name
        here = _refusal(rules[construct.refused]) if construct.refused else _meaning(construct)
        yield f"| {name.en} | {name.th} | {here} |".replace("<", "&lt;")


def _meaning(construct: Construct) -> str:
    how = construct.how
    told = f": {how.en} · {how.th}" if how.en else ""
    return f"runs · ทำงาน{told}"


def _refusal(rule: Rule) -> str:
    way = f": {rule.fix.en} · {rule.fix.th}" if "{" not in rule.fix.en else ""
    return f"refused · ปฏิเสธ [`{rule.id}`](lint.md){way}"


def main() -> None:
    """Write the page; with `--check`, only tell whether it is what the table says."""
    if "--check" in sys.argv[1:]:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else 1)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
