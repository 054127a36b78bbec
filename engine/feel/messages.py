"""The sentences of diagnostics and static checks, in Thai and in English."""

from engine.ground.text import Text

TEXTS = {
    "unknown-name": Text("ไม่รู้จักชื่อ “{name}”", "unknown name “{name}”"),
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
    "invalid": Text("“{text}” ไม่ใช่ {kind} ที่ถูกต้อง", "“{text}” is not a valid {kind}"),
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
}


def message(code: str, **facts: object) -> Text:
    thai = {name: KINDS.get(str(fact), fact) for name, fact in facts.items()}
    return Text(TEXTS[code].th.format(**thai), TEXTS[code].en.format(**facts))
