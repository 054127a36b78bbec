"""What one input needs beside its label: the value in it, its hint, its keyboard, its height."""

from decimal import Decimal
from typing import Any, Final

from engine.ground.text import Text
from forms.model.component import CHOICES, Component
from forms.model.slots import Scope
from forms.showing.readout import spell_in_time
from forms.text.numerals import spell_number

_DATE_HINTS: Final = {
    "date": Text(
        "กรอกวัน เดือน และปี พ.ศ. เช่น 5 มี.ค. 2569 หรือ 5/3/2569",
        "Day, month and year, e.g. 5 March 2026 or 5/3/2569.",
    ),
    "time": Text("กรอกเวลา เช่น 14.30 น.", "For example 14:30."),
    "datetime": Text(
        "กรอกวันและเวลา เช่น 5 มี.ค. 2569 14.30 น.",
        "Date and time, e.g. 5 March 2026 14:30.",
    ),
}
_FILE_HINT: Final = Text(
    "ไม่เกิน {files} แฟ้ม แฟ้มละไม่เกิน {megabytes} MB",
    "At most {files} file(s) of up to {megabytes} MB each.",
)
_KEYBOARDS: Final = {
    "thai_id": "numeric",
    "thai_phone": "tel",
    "email": "email",
    "postcode": "numeric",
}


def hint_of(component: Component, scope: Scope, language: str) -> str:
    """The help text, and how a date or a file is given."""
    parts = [component.description] if component.description else []
    if component.type == "datetime":
        parts.append(_DATE_HINTS[component.subtype])
    if component.type == "filepicker":
        most = component.limits.maximum.value(scope) or 1
        parts.append(_FILE_HINT.format(files=most, megabytes=component.limits.max_megabytes))
    return " ".join(part.of(language) for part in parts)


def value_of(component: Component, value: Any, language: str) -> str:
    """What stands in the input: what was typed, or what was saved as a person would type it."""
    if component.type in CHOICES or component.type in ("checkbox", "filepicker"):
        return "true" if value is True or value in ("true", "on") else ""
    if component.type == "datetime":
        return spell_in_time(value, component.subtype, language)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return spell_number(value)
    return value if isinstance(value, str) else ""


def lines_of(component: Component) -> int:
    """How high a text box starts."""
    longest = component.limits.maximum.literal
    if component.type != "textarea":
        return 0
    return 8 if isinstance(longest, int) and longest > 5000 else 4


def attributes_of(component: Component, scope: Scope) -> dict[str, str]:
    """What tells the browser which keyboard and which saved value to offer."""
    attributes = {
        name: component.properties[name]
        for name in ("autocomplete", "inputmode")
        if name in component.properties
    }
    if component.type == "number":
        attributes.setdefault("inputmode", "decimal")
    elif component.check in _KEYBOARDS:
        attributes.setdefault("inputmode", _KEYBOARDS[component.check])
    if component.type == "filepicker" and component.limits.accept:
        attributes["accept"] = component.limits.accept
    if component.type == "filepicker" and (component.limits.maximum.value(scope) or 1) > 1:
        attributes["multiple"] = "multiple"
    return attributes
