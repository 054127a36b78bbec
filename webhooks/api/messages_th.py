"""What marshmallow says about a field, in both languages in one string until it is shown."""

from engine.ground.text import Text

_SEAM = "\u001f"


def both(thai: str, english: str) -> str:
    """marshmallow formats and carries plain strings only; the seam is taken apart by `apart`."""
    return thai + _SEAM + english


def apart(message: str) -> Text:
    thai, seam, english = message.partition(_SEAM)
    return Text(thai, english) if seam else Text(message, message)


UNKNOWN = both("ไม่มีช่องชื่อนี้", "There is no such field.")
NOT_AN_OBJECT = both("ต้องเป็นออบเจกต์ JSON", "This must be a JSON object.")

EVERY_FIELD = {
    "required": both("ต้องระบุ", "This is required."),
    "null": both("ต้องไม่เป็น null", "This may not be null."),
    "validator_failed": both("ค่านี้ใช้ไม่ได้", "This value is not accepted."),
    "type": NOT_AN_OBJECT,
    "unknown": UNKNOWN,
}

OF_KIND = {
    "String": both("ต้องเป็นข้อความ", "This must be a string."),
    "Integer": both("ต้องเป็นจำนวนเต็ม", "This must be a whole number."),
    "Boolean": both("ต้องเป็น true หรือ false", "This must be true or false."),
    "List": both("ต้องเป็นรายการ", "This must be a list."),
    "Dict": NOT_AN_OBJECT,
    "Nested": NOT_AN_OBJECT,
    "AwareDateTime": both(
        "ต้องเป็นเวลาแบบ ISO 8601 พร้อมเขตเวลา", "This must be an ISO 8601 moment with its offset."
    ),
}


def length(least: int, most: int) -> str:
    return both(
        f"ต้องยาว {least}–{most} ตัวอักษรหรือรายการ",
        f"This must have {least} to {most} characters or items.",
    )


def between(least: int, most: int) -> str:
    return both(f"ต้องอยู่ระหว่าง {least} ถึง {most}", f"This must lie between {least} and {most}.")


def one_of(*options: str) -> str:
    listed = ", ".join(options)
    return both(f"ต้องเป็นค่าใดค่าหนึ่งใน {listed}", f"This must be one of {listed}.")
