"""What a component says an answer may be: its size, its pattern, its check and its options."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import regex

from engine.ground.text import Text
from forms.model import component as kinds
from forms.model.checks import CHECKS
from forms.model.component import Choices, Limits, Option
from forms.model.piece import Piece
from forms.model.slots import UNSET, Slot

LONGEST_LINE: Final = 1_000
LONGEST_TEXT: Final = 20_000
MOST_ROWS: Final = 50
MOST_FILES: Final = 10
LARGEST_FILE_MB: Final = 20


def read_limits(piece: Piece) -> Limits:
    """The limits of an answer; what the form does not say has a sensible end all the same."""
    if piece.type == "dynamiclist":
        least = piece.number(piece.properties.get("min_rows"))
        return Limits(least, piece.number(piece.properties.get("max_rows", MOST_ROWS)))
    if piece.type == "filepicker":
        return _file_limits(piece)
    if piece.type in kinds.TEXTS:
        return _text_limits(piece)
    step = piece.number(piece.raw.get("increment")).literal
    return Limits(
        piece.number(piece.validate.get("min")),
        piece.number(piece.validate.get("max")),
        decimals=piece.whole(piece.raw.get("decimalDigits")),
        step=Decimal(step) if isinstance(step, int | Decimal) and step > 0 else None,
    )


def _file_limits(piece: Piece) -> Limits:
    several = piece.raw.get("multiple") is True
    most = piece.number(piece.properties.get("max_files", MOST_FILES)) if several else Slot(1)
    megabytes = piece.whole(piece.properties.get("max_mb", LARGEST_FILE_MB))
    accept = piece.properties.get("accept") or piece.raw.get("accept") or ""
    return Limits(
        UNSET,
        most,
        max_megabytes=LARGEST_FILE_MB if megabytes is None else megabytes,
        accept=str(accept),
    )


def _text_limits(piece: Piece) -> Limits:
    longest = LONGEST_LINE if piece.type == "textfield" else LONGEST_TEXT
    pattern, message = _pattern(piece)
    return Limits(
        piece.number(piece.validate.get("minLength")),
        piece.number(piece.validate.get("maxLength", longest)),
        pattern=pattern,
        pattern_message=message,
    )


def _pattern(piece: Piece) -> tuple[regex.Pattern[str] | None, Text | None]:
    raw = piece.validate.get("pattern")
    if not isinstance(raw, str) or not raw:
        return None, None
    try:
        pattern = regex.compile(raw, regex.V0 | regex.ASCII)
    except regex.error as error:
        column = (getattr(error, "pos", None) or 0) + 1
        piece.say(
            "pattern",
            f"รูปแบบ (pattern) “{raw}” ผิดที่คอลัมน์ {column}: {error}",
            f"The regular expression “{raw}” is wrong at column {column}: {error}",
            column=column,
        )
        return None, None
    message = piece.validate.get("patternErrorMessage")
    english = piece.properties.get("pattern_message_en") or message
    return pattern, Text(str(message), str(english)) if message else None


def read_check(piece: Piece) -> str:
    """The named check of a text: the property `check`, or the validation type of form-js."""
    by_form_js = {"email": "email", "phone": "thai_phone"}
    name = piece.properties.get("check") or by_form_js.get(
        str(piece.validate.get("validationType")), ""
    )
    if name and (name not in CHECKS or piece.type not in kinds.TEXTS):
        known = ", ".join(CHECKS)
        piece.say(
            "check",
            f"ไม่มีการตรวจชื่อ “{name}” สำหรับช่องนี้ (มี {known})",
            f"There is no check “{name}” for this field (known: {known}).",
        )
        return ""
    return name


def read_choices(piece: Piece) -> Choices:
    """The options: written in the form, worked out by an expression, or a variable of the case."""
    if piece.type not in kinds.CHOICES:
        return Choices()
    if source := piece.raw.get("valuesExpression") or piece.raw.get("valuesKey"):
        return Choices(source=piece.expression(str(source)))
    raw = piece.raw.get("values")
    if not isinstance(raw, list) or not raw:
        piece.say("options", "ไม่มีตัวเลือก (values)", "The options (`values`) are missing.")
        return Choices()
    return Choices(tuple(_options(piece, raw)))


def _options(piece: Piece, raw: Sequence[object]) -> list[Option]:
    options = [option for item in raw if (option := _option(piece, item))]
    tokens = [kinds.plain_token(option.value) for option in options]
    for token in sorted({token for token in tokens if tokens.count(token) > 1}):
        thai = f"ตัวเลือก “{token}” ซ้ำ (ตัวเลือกที่ต่างกันเพียงช่องว่างนับเป็นตัวเดียวกัน)"
        english = f"The option “{token}” stands twice (blanks alone make no difference)."
        piece.say("options", thai, english)
    return options


def _option(piece: Piece, raw: object) -> Option | None:
    value = raw.get("value") if isinstance(raw, dict) else raw
    if not isinstance(value, str | bool | int | Decimal) or not kinds.token_of(value).strip():
        piece.say("options", "ตัวเลือกต้องมีค่า (value)", "Every option needs a `value`.")
        return None
    if isinstance(value, str) and kinds.CONTROL.search(value.replace("\r", "")):
        thai = "ค่าของตัวเลือกมีอักขระควบคุมที่มองไม่เห็น จึงเลือกไม่ได้"
        piece.say("options", thai, "An option holds control characters and could not be chosen.")
        return None
    token = kinds.token_of(value)
    thai = str((raw.get("label") if isinstance(raw, dict) else "") or token)
    english = piece.properties.get(f"en:{token}", "")
    if not english:
        piece.say(
            "option-en",
            f"ตัวเลือก “{thai}” ไม่มีภาษาอังกฤษ (property en:{token})",
            f"The option “{thai}” has no English (property `en:{token}`).",
        )
    hint = piece.properties.get(f"hint:{token}", "")
    english_hint = piece.english(f"hint_en:{token}", hint) if hint else ""
    return Option(value, Text(thai, english), Text(hint, english_hint) if hint else None)
