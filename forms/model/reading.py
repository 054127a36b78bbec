"""From a form's JSON tree to its components; every fault is a finding, none stops the reading."""

import re
from typing import Final

from engine.ground.text import Text
from forms.model import component as kinds
from forms.model.component import Component, Home, Rule
from forms.model.limits import read_check, read_choices, read_limits
from forms.model.piece import Piece
from forms.model.prose import Prose, read_prose
from forms.model.slots import UNSET, Slot
from forms.model.source import Remarks

_KEY: Final = re.compile(r"[A-Za-z]\w{0,79}", re.ASCII)
_THAI: Final = re.compile(r"[\u0e01-\u0e5b]")
# Names a scope gives itself, and one that marshmallow's generated schema class keeps for itself.
_RESERVED: Final = frozenset({"this", "parent", "i", "Meta", "csrf_token"})
_PROPERTIES: Final = {  # what a property may stand on; elsewhere it would be read by nobody
    **dict.fromkeys(("label_en", "description_en"), kinds.KNOWN_TYPES),
    **dict.fromkeys(("required_if", "default"), kinds.LEAVES),
    **dict.fromkeys(("rule", "rule_message_th", "rule_message_en"), kinds.LEAVES | {"dynamiclist"}),
    **dict.fromkeys(("check", "pattern_message_en"), kinds.TEXTS),
    **dict.fromkeys(("autocomplete", "inputmode"), kinds.TEXTS | {"select", "number", "datetime"}),
    **dict.fromkeys(("max_files", "max_mb", "accept", "keep_metadata"), frozenset({"filepicker"})),
    **dict.fromkeys(
        "min_rows max_rows row_label row_label_en add_label add_label_en".split(),
        frozenset({"dynamiclist"}),
    ),
    **dict.fromkeys(("variable", "personal"), kinds.LEAVES | {"expression"}),
    "text_en": frozenset({"text"}),
}
_PER_OPTION: Final = re.compile(r"(en|hint|hint_en):")
_APPLIED: Final = frozenset(
    "id type key path label dateLabel timeLabel text description layout conditional validate "
    "values valuesKey valuesExpression properties defaultValue readonly disabled components "
    "subtype decimalDigits increment defaultRepetitions expression multiple accept".split()
)
# What only changes how form-js draws a component, or says what is done here in any case.
_OTHERS_DRAWING: Final = frozenset(
    "appearance allowAddRemove showOutline verticalAlignment computeOn height isRepeating "
    "disableCollapse nonCollapsedItems timeSerializingFormat timeInterval use24h searchable "
    "serializeToString groupLabel".split()
)


class Reader:
    """Reads the components of one form."""

    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self._ids: set[str] = set()

    def components(self, raw: object, names: set[str] | None = None) -> tuple[Component, ...]:
        """The components of one level; `names` are the keys its answers already use."""
        taken: set[str] = set() if names is None else names
        if not isinstance(raw, list):
            self._no_component()
            return ()
        read = (self._component(item, taken) for item in raw)
        return tuple(component for component in read if component is not None)

    def _no_component(self) -> None:
        self.remarks.add("kind", Text("พบสิ่งที่ไม่ใช่ช่อง", "Something here is no component."))

    def _component(self, raw: object, taken: set[str]) -> Component | None:
        if not isinstance(raw, dict):
            self._no_component()
            return None
        piece = Piece(raw, self.remarks)
        if piece.type not in kinds.KNOWN_TYPES:
            piece.say(
                "component",
                f"ใช้ช่องชนิด “{piece.type}” ไม่ได้ โปรดใช้ชนิดอื่น เช่น textfield, radio, text",
                f"The component type “{piece.type}” is not supported; "
                "use another, such as textfield, radio or text.",
            )
            return None
        self._claim_id(piece)
        _report_what_is_not_applied(piece)
        return self._read(piece, taken)

    def _claim_id(self, piece: Piece) -> None:
        if piece.id in self._ids:
            piece.say("duplicate-id", f"id “{piece.id}” ซ้ำ", f"The id “{piece.id}” is taken.")
        self._ids.add(piece.id)

    def _read(self, piece: Piece, taken: set[str]) -> Component:
        key = _read_key(piece, taken)
        return Component(
            id=piece.id,
            type=piece.type,
            key=key,
            label=_read_label(piece),
            description=_read_description(piece),
            prose=_read_prose(piece),
            properties=piece.properties,
            hide=_read_hide(piece),
            required=_read_required(piece),
            readonly=piece.slot(piece.raw.get("readonly")),
            disabled=piece.raw.get("disabled") is True,
            default=piece.slot(piece.properties.get("default", piece.raw.get("defaultValue"))),
            formula=_read_formula(piece),
            limits=read_limits(piece),
            choices=read_choices(piece),
            rule=_read_rule(piece),
            keep_metadata=piece.slot(piece.properties.get("keep_metadata")),
            check=read_check(piece),
            subtype=_read_subtype(piece),
            home=_read_home(piece),
            rows_at_first=_read_rows_at_first(piece),
            children=self._children(piece, key, taken),
        )

    def _children(self, piece: Piece, key: str, taken: set[str]) -> tuple[Component, ...]:
        if piece.type not in kinds.BRANCHES:
            return ()
        return self.components(piece.raw.get("components") or [], None if key else taken)


def _report_what_is_not_applied(piece: Piece) -> None:
    for name in sorted(set(piece.raw) - _APPLIED - _OTHERS_DRAWING):
        english = f"“{name}” is read but not applied."
        piece.say("not-applied", f"ระบบไม่ใช้ “{name}”", english, severity="warning")
    for name in piece.properties:
        _check_property(piece, name)


def _check_property(piece: Piece, name: str) -> None:
    places = kinds.CHOICES if _PER_OPTION.match(name) else _PROPERTIES.get(name)
    if places is None:
        thai = f"ไม่รู้จัก property “{name}” ดู forms/README.md"
        english = f"The property “{name}” is unknown; see forms/README.md."
        piece.say("property", thai, english, severity="warning")
    elif piece.type not in places:
        thai = f"property “{name}” ใช้กับช่องชนิด {piece.type} ไม่ได้ โปรดใส่ที่ช่องที่เกี่ยวข้อง"
        english = (
            f"The property “{name}” does not apply to a {piece.type}; set it on the field meant."
        )
        piece.say("property", thai, english)


def _read_key(piece: Piece, taken: set[str]) -> str:
    attribute = "path" if piece.type in kinds.BRANCHES else "key"
    raw = piece.raw.get(attribute) or ""
    if piece.type in kinds.PICTURES or (piece.type == "group" and not raw):
        return ""
    if not isinstance(raw, str) or not _KEY.fullmatch(raw) or raw in _RESERVED:
        piece.say(
            "key",
            f"{attribute} “{raw}” ใช้ไม่ได้ ต้องเป็นอักษรอังกฤษ ตัวเลข หรือ _ และขึ้นต้นด้วยอักษร",
            f"The {attribute} “{raw}” must be letters, digits and _, starting with a letter.",
        )
        return ""
    if raw in taken:
        piece.say("duplicate-key", f"ชื่อช่อง “{raw}” ซ้ำ", f"The key “{raw}” is used twice.")
    taken.add(raw)
    return raw


def _read_label(piece: Piece) -> Text:
    if piece.type in kinds.PICTURES or piece.type == "expression":
        return Text("", "")
    raw = piece.raw.get("label") or piece.raw.get("dateLabel") or piece.raw.get("timeLabel")
    thai = raw.strip() if isinstance(raw, str) else ""
    english = piece.properties.get("label_en", "").strip()
    if piece.type == "group" and not thai:  # a group without a heading only orders its fields
        return Text("", "")
    if not _THAI.search(thai):
        missing = "The Thai label (`label`) is missing."
        piece.say("label-th", "ไม่มีป้ายชื่อภาษาไทย (label)", missing)
    if not english:
        missing = "The English label (property `label_en`) is missing."
        piece.say("label-en", "ไม่มีป้ายชื่อภาษาอังกฤษ (property label_en)", missing)
    return Text(thai, english)


def _read_description(piece: Piece) -> Text | None:
    raw = piece.raw.get("description")
    if not isinstance(raw, str) or not raw.strip():
        return None
    return Text(raw.strip(), piece.english("description_en", raw.strip()))


def _read_prose(piece: Piece) -> tuple[Prose, Prose] | None:
    raw = piece.raw.get("text")
    if piece.type != "text" or not isinstance(raw, str):
        return None
    english = piece.english("text_en", raw)
    return read_prose(raw, piece.expression), read_prose(english, piece.expression)


def _read_hide(piece: Piece) -> Slot:
    conditional = piece.raw.get("conditional")
    hide = conditional.get("hide") if isinstance(conditional, dict) else None
    return piece.expression(hide) if isinstance(hide, str) and hide else Slot(hide)


def _read_required(piece: Piece) -> Slot:
    # form-js knows only true or false here: the condition stands in a property, and it still opens.
    if when := piece.properties.get("required_if"):
        return piece.expression(when)
    return piece.slot(piece.validate.get("required"))


def _read_formula(piece: Piece) -> Slot:
    if piece.type != "expression":
        return UNSET
    formula = piece.raw.get("expression")
    if isinstance(formula, str) and formula.strip("= "):
        return piece.expression(formula)
    piece.say("feel", "ไม่มีนิพจน์ (expression)", "The `expression` is missing.")
    return UNSET


def _read_rule(piece: Piece) -> Rule:
    if not (holds := piece.properties.get("rule")):
        return Rule()
    thai = piece.properties.get("rule_message_th", "")
    english = piece.properties.get("rule_message_en", "")
    if not thai or not english:
        piece.say(
            "rule-message",
            "กฎต้องมีข้อความ rule_message_th และ rule_message_en",
            "A rule needs the messages `rule_message_th` and `rule_message_en`.",
        )
    return Rule(piece.expression(holds), Text(thai, english))


def _read_subtype(piece: Piece) -> str:
    if piece.type != "datetime":
        return ""
    subtype = str(piece.raw.get("subtype", "date"))
    if subtype in ("date", "time", "datetime"):
        return subtype
    piece.say("kind", f"ไม่รู้จัก subtype “{subtype}”", f"The subtype “{subtype}” is unknown.")
    return "date"


def _read_home(piece: Piece) -> Home:
    flags = {name: piece.properties.get(name) for name in ("variable", "personal")}
    for name, value in flags.items():
        if value not in (None, "true", "false"):
            piece.say("home", f"{name} ต้องเป็น true หรือ false", f"`{name}` must be true or false.")
    if flags["personal"] == "true" == flags["variable"]:
        thai = "ข้อมูลส่วนบุคคลเป็นตัวแปรของกระบวนงานไม่ได้"
        piece.say("home", thai, "What is personal cannot be a process variable.")
    if piece.type == "filepicker":
        return "file"
    if flags["personal"] == "true":
        return "personal"
    usual = "false" if piece.type in kinds.TEXTS else "true"
    return "variable" if (flags["variable"] or usual) == "true" else "submission"


def _read_rows_at_first(piece: Piece) -> int:
    rows = piece.raw.get("defaultRepetitions", 0)
    valid = isinstance(rows, int) and not isinstance(rows, bool) and 0 <= rows <= 50
    return rows if piece.type == "dynamiclist" and valid else 0
