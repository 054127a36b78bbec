"""One component of a form-js file while it is read: what it says of itself, and how to complain."""

from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.ground.findings import Severity
from engine.ground.text import Text
from forms.model.component import token_of
from forms.model.slots import UNSET, Slot
from forms.model.source import Remarks
from forms.text.numerals import NotANumber, NumberTooLong, exact, parse_number


class Piece:
    """A raw component, with the readings that several parts of it share."""

    def __init__(self, raw: Mapping[str, Any], remarks: Remarks) -> None:
        self.raw = raw
        self.remarks = remarks
        self.type = str(raw.get("type"))
        self.name = self._name()
        self.id = str(raw.get("id") or self.name or self.type)
        self.properties = self._properties()
        validate = raw.get("validate")
        self.validate: Mapping[str, Any] = validate if isinstance(validate, dict) else {}

    def _name(self) -> str:
        """What a finding calls the component: its key where it has one, else its id."""
        for attribute in ("key", "path", "id"):
            if isinstance(self.raw.get(attribute), str) and self.raw[attribute]:
                return str(self.raw[attribute])
        return ""

    def _properties(self) -> dict[str, str]:
        raw = self.raw.get("properties") or {}
        if isinstance(raw, dict):
            return {str(name): token_of(value) for name, value in raw.items()}
        self.say("property", "properties ต้องเป็นคู่ชื่อกับค่า", "`properties` must be names with values.")
        return {}

    def say(
        self,
        rule: str,
        thai: str,
        english: str,
        *,
        severity: Severity = "error",
        column: int | None = None,
    ) -> None:
        element = self.name or self.type
        self.remarks.add(rule, Text(thai, english), element, severity=severity, column=column)

    def english(self, name: str, thai: str) -> str:
        """The English of a text, from the property of that name; Thai and a warning without it."""
        if english := self.properties.get(name, "").strip():
            return english
        self.say(
            name.partition(":")[0].replace("_", "-"),
            f"ไม่มีคำอธิบายภาษาอังกฤษ (property {name}) หน้าอังกฤษจะแสดงภาษาไทย",
            f"The property `{name}` is missing; the English page will show Thai.",
            severity="warning",
        )
        return thai

    def slot(self, raw: object) -> Slot:
        """A literal, or a compiled expression where the text starts with `=`."""
        if not isinstance(raw, str) or not raw.startswith("="):
            return Slot(raw) if raw not in (None, "") else UNSET
        return self.expression(raw)

    def expression(self, text: str) -> Slot:
        """A compiled expression; form-js writes `=` before it, older files may leave it out."""
        source = text.removeprefix("=")
        try:
            compiled = feel.compile(source)
        except feel.FeelSyntaxError as error:
            self.say(
                "feel",
                f"นิพจน์ “{source}” ผิดที่คอลัมน์ {error.column}: {error.problem.th}",
                f"The expression “{source}” is wrong at column {error.column}: {error.problem.en}",
                column=error.column,
            )
            return UNSET
        return Slot(expression=compiled, names=compiled.names)

    def number(self, raw: object) -> Slot:
        """A number, in digits or as an expression."""
        if raw is None or raw == "":
            return UNSET
        if isinstance(raw, str) and raw.startswith("="):
            return self.expression(raw)
        try:
            return Slot(parse_number(raw) if isinstance(raw, str) else exact(raw))
        except (NotANumber, NumberTooLong):
            self.say("limit", f"“{raw}” ต้องเป็นตัวเลข", f"The limit “{raw}” must be a number.")
            return UNSET

    def whole(self, raw: object) -> int | None:
        number = self.number(raw).literal
        return number if isinstance(number, int) else None
