"""The sentences of diagnostics and static checks, in Thai and in English."""

import re

from engine.ground.text import Text

TEXTS = {
    "unknown-name": Text("ไม่รู้จักชื่อ “{name}”", "unknown name “{name}”"),
    "negation": Text(
        "“{name}” ถูกอ่านเป็นชื่อตัวแปร เขียน {written}", "“{name}” is read as a name; write {written}"
    ),
    "hidden-characters": Text(
        "ชื่อ “{name}” พิมพ์ด้วยอักขระที่มองไม่เห็นหรือสระที่แยกกัน อาจไม่ตรงกับชื่อที่มองเห็นเหมือนกัน",
        "the name “{name}” holds invisible characters or vowels in parts, so a name that looks the "
        "same may be another",
    ),
    "unknown-function": Text("ไม่รู้จักฟังก์ชัน “{name}”", "unknown function “{name}”"),
    "unknown-property": Text("{kind} ไม่มีรายการชื่อ “{name}”", "{kind} has no entry “{name}”"),
    "unknown-type": Text("ไม่รู้จักชนิดข้อมูล “{name}”", "unknown type “{name}”"),
    "not-a-function": Text("เรียกใช้ {kind} เป็นฟังก์ชันไม่ได้", "{kind} cannot be called as a function"),
    "arity": Text(
        "ฟังก์ชัน “{name}” รับ {expected} แต่ได้รับ {given}",
        "function “{name}” takes {expected}, given {given}",
    ),
    "argument": Text(
        "“{parameter}” ของฟังก์ชัน “{name}” ต้องเป็น {expected} แต่ได้รับ {given}",
        "“{parameter}” of function “{name}” must be {expected}, given {given}",
    ),
    "operands": Text(
        "ใช้เครื่องหมาย {operator} กับ {left} และ {right} ไม่ได้",
        "{operator} is not defined for {left} and {right}",
    ),
    "operand": Text(
        "ใช้เครื่องหมาย {operator} กับ {given} ไม่ได้", "{operator} is not defined for {given}"
    ),
    "arithmetic": Text("คำนวณไม่ได้: {reason}", "the number cannot be computed: {reason}"),
    "not-comparable": Text(
        "เปรียบเทียบ {left} กับ {right} ไม่ได้", "{left} and {right} cannot be compared"
    ),
    "not-boolean": Text("ต้องเป็นจริงหรือเท็จ แต่ได้ {given}", "must be true or false, given {given}"),
    "not-a-list": Text("ต้องเป็นรายการ แต่ได้ {given}", "must be a list, given {given}"),
    "index": Text(
        "ตำแหน่งที่ {index} อยู่นอกขอบเขตที่มี {size}",
        "position {index} is outside the {size} there are",
    ),
    "duplicate-key": Text("มีรายการชื่อ “{name}” ซ้ำ", "the entry “{name}” appears twice"),
    "invalid": Text("“{text}” ไม่ใช่{kind}ที่ถูกต้อง", "“{text}” is not a valid {kind}"),
    "zones": Text(
        "เปรียบเทียบเวลาที่ระบุเขตเวลากับเวลาที่ไม่ระบุไม่ได้ เติมเขตเวลา เช่น +07:00",
        "a time with a zone and one without cannot be compared; add the zone, such as +07:00",
    ),
    "buddhist-year": Text(
        "“{text}” เป็นปี พ.ศ. เขียนเป็นปี ค.ศ. {written}",
        "“{text}” has a year of the Buddhist era; write {written}",
    ),
    "date-order": Text(
        "“{text}” ไม่ใช่วันที่แบบ ISO 8601 เขียนเป็นปี-เดือน-วัน: {written}",
        "“{text}” is no date of ISO 8601; write year, month and day: {written}",
    ),
    "range-order": Text(
        "ช่วงค่าเริ่มหลังจุดสิ้นสุด จึงไม่มีค่าใดอยู่ในช่วง",
        "the range begins after its end, so nothing lies in it",
    ),
    "range": Text("ช่วงค่าไม่ถูกต้อง", "the range is not valid"),
    "pattern": Text("รูปแบบข้อความไม่ถูกต้อง: {reason}", "the pattern is not valid: {reason}"),
    "no-value": Text("ฟังก์ชัน “{name}” ไม่มีคำตอบ: {reason}", "“{name}” has no value: {reason}"),
    "no-clock": Text("ไม่ได้กำหนดเวลาปัจจุบันไว้", "no current time is given"),
    "external": Text("ไม่เรียกใช้ฟังก์ชันภายนอก", "external functions are not run"),
    "foreign": Text(
        "ค่าของ “{name}” ไม่ใช่ข้อมูลที่นิพจน์ใช้ได้",
        "the value of “{name}” is not data an expression may use",
    ),
    "budget": Text("นิพจน์ใช้ {what} เกินกำหนด", "the expression exceeds its budget of {what}"),
    "never": Text(
        "เปรียบเทียบ {left} กับ {right} จะไม่มีวันเป็นจริง",
        "comparing {left} with {right} can never hold",
    ),
    "type": Text("ต้องเป็น {expected} แต่ได้ {given}", "must be {expected}, given {given}"),
    "declared": Text(
        "“{name}” ต้องเป็น{expected} แต่ได้{given}ที่อ่านเป็นชนิดนั้นไม่ได้",
        "“{name}” must be {expected}, given {given} that cannot be read as one",
    ),
    "assertion": Text("ค่าไม่อยู่ในค่าที่กำหนดไว้", "the value is not among the allowed values"),
}


# The kinds of values in Thai, for whoever has never read the standard.
KINDS = {
    "number": "ตัวเลข",
    "string": "ข้อความ",
    "boolean": "ค่าจริง/เท็จ",
    "null": "ค่าว่าง (null)",
    "list": "รายการ",
    "context": "ชุดข้อมูล",
    "date": "วันที่",
    "time": "เวลา",
    "date and time": "วันที่และเวลา",
    "days and time duration": "ระยะเวลาเป็นวันและเวลา",
    "years and months duration": "ระยะเวลาเป็นปีและเดือน",
    "range": "ช่วงค่า",
    "function": "ฟังก์ชัน",
    "Any": "ค่าใด ๆ",
    "duration": "ระยะเวลา",
    "data": "ข้อมูล",
    "foreign value": "ค่าจากภายนอกที่นิพจน์ใช้ไม่ได้",
    "other": "ค่าชนิดอื่น",
    "whole number": "จำนวนเต็ม",
    "separator": "เครื่องหมายคั่น",
    "time zone": "เขตเวลา",
}
# Other words that stand in for facts; a reason with a fact of its own is a `Text`.
WORDS = {
    "division by zero": "หารด้วยศูนย์",
    "no such number": "ไม่มีจำนวนเช่นนั้น",
    "too large": "ใหญ่เกินไป",
    "logarithm of a number that is not positive": "ลอการิทึมของจำนวนที่ไม่เป็นบวก",
    "fewer than two numbers": "มีตัวเลขไม่ถึงสองจำนวน",
    "the list is empty": "รายการว่าง",
    "it has no logic": "ยังไม่มีวิธีตัดสิน",
    "matches the empty string": "ตรงกับข้อความว่าง",
    "too many repetitions": "ซ้ำมากเกินไป",
    "steps": "จำนวนขั้นการคำนวณ",
    "text": "ความยาวข้อความ",
    "calls": "การเรียกฟังก์ชันซ้อนกัน",
    "nesting": "การซ้อนกัน",
    "pattern time": "เวลาเทียบรูปแบบข้อความ",
}
_TRANSLATED = frozenset(("kind", "left", "right", "given", "expected", "reason", "what"))
_PARTS = re.compile(r" or |, ")


def message(code: str, **facts: object) -> Text:
    """The sentence of a code with its facts; names of functions and parameters stay as they are."""
    words = _TRANSLATED if code != "arity" else frozenset()
    thai = {name: in_thai(fact) if name in words else fact for name, fact in facts.items()}
    thai |= {name: fact.th for name, fact in facts.items() if isinstance(fact, Text)}
    english = {name: fact.en if isinstance(fact, Text) else fact for name, fact in facts.items()}
    return Text(TEXTS[code].th.format(**thai), TEXTS[code].en.format(**english))


def in_thai(word: object) -> object:
    """The kind of a value, or a reason, in Thai; a type that is written in signs stays."""
    text = str(word)
    known = KINDS.get(text) or WORDS.get(text)
    if known is None and _PARTS.search(text) and all(p in KINDS for p in _PARTS.split(text)):
        return " หรือ ".join(KINDS[part] for part in _PARTS.split(text))
    return known or word
