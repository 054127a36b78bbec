"""From a form's JSON tree to its components; every fault becomes a finding, none stops the reading."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import regex

from engine import feel
from engine.findings import Severity
from engine.text import Text
from forms import component as kinds
from forms.checks import CHECKS
from forms.component import Choices, Component, Home, Limits, Option, Rule
from forms.numerals import NotANumber, NumberTooLong, exact, parse_number
from forms.prose import Prose, read_prose
from forms.slots import UNSET, Slot
from forms.source import Remarks

_KEY: Final = re.compile(r"[A-Za-z]\w{0,79}", re.ASCII)
_THAI: Final = re.compile(r"[\u0e01-\u0e5b]")
# Names a scope gives itself, and one that marshmallow's generated schema class keeps for itself.
_RESERVED: Final = frozenset({"this", "parent", "i", "Meta", "csrf_token"})
_PROPERTIES: Final = frozenset(
    "label_en description_en text_en variable personal check rule rule_message_th rule_message_en "
    "required_if default max_files max_mb accept autocomplete inputmode min_rows max_rows row_label "
    "row_label_en add_label add_label_en".split()
)
_PER_OPTION: Final = re.compile(r"(en|hint|hint_en):")
_APPLIED: Final = frozenset(
    "id type key path label dateLabel timeLabel text description layout conditional validate values "
    "valuesKey valuesExpression properties defaultValue readonly disabled appearance components "
    "subtype decimalDigits increment defaultRepetitions allowAddRemove showOutline verticalAlignment "
    "expression computeOn multiple accept height isRepeating disableCollapse nonCollapsedItems "
    "timeSerializingFormat timeInterval use24h searchable serializeToString "
    "groupLabel".split()
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
            self.remarks.add("kind", Text("components ต้องเป็นรายการ", "`components` is no list."))
            return ()
        read = (self._component(item, taken) for item in raw)
        return tuple(component for component in read if component is not None)

    def _component(self, raw: object, taken: set[str]) -> Component | None:
        if not isinstance(raw, dict):
            self.remarks.add("kind", Text("พบสิ่งที่ไม่ใช่ช่อง", "Something here is no component."))
            return None
        kind = raw.get("type")
        name = _name(raw)
        if kind not in kinds.KNOWN_TYPES:
            self._say(
                name,
                "component",
                f"ใช้ช่องชนิด “{kind}” ไม่ได้ โปรดใช้ชนิดอื่น เช่น textfield, radio, text",
                f"The component type “{kind}” is not supported; use another, e.g. textfield, radio, text.",
            )
            return None
        return _Piece(self, raw, name).read(taken)

    def _say(self, name: str, rule: str, thai: str, english: str) -> None:
        self.remarks.add(rule, Text(thai, english), name)

    def claim_id(self, identifier: str, name: str) -> None:
        if identifier in self._ids:
            self._say(
                name, "duplicate-id", f"id “{identifier}” ซ้ำ", f"The id “{identifier}” is taken."
            )
        self._ids.add(identifier)


def _name(raw: Mapping[str, Any]) -> str:
    """What a finding calls the component: its key where it has one, else its id."""
    for attribute in ("key", "path", "id"):
        if isinstance(raw.get(attribute), str) and raw[attribute]:
            return str(raw[attribute])
    return ""


class _Piece:
    """One component while it is read."""

    def __init__(self, reader: Reader, raw: Mapping[str, Any], name: str) -> None:
        self.reader = reader
        self.raw = raw
        self.name = name
        self.type = str(raw["type"])
        self.id = str(raw.get("id") or name or self.type)
        self.properties = self._properties()
        validate = raw.get("validate")
        self.validate: Mapping[str, Any] = validate if isinstance(validate, dict) else {}

    def read(self, taken: set[str]) -> Component:
        self.reader.claim_id(self.id, self.name)
        self._report_what_is_not_applied()
        key = self._key(taken)
        return Component(
            id=self.id,
            type=self.type,
            key=key,
            label=self._label(),
            description=self._description(),
            prose=self._prose(),
            properties=self.properties,
            hide=self._hide(),
            required=self._required(),
            readonly=self._slot(self.raw.get("readonly")),
            disabled=self.raw.get("disabled") is True,
            default=self._default(),
            formula=self._formula(),
            limits=self._limits(),
            choices=self._choices(),
            rule=self._rule(),
            check=self._check(),
            subtype=self._subtype(),
            home=self._home(),
            rows_at_first=self._rows_at_first(),
            children=self._children(key, taken),
        )

    def say(
        self,
        rule: str,
        thai: str,
        english: str,
        *,
        severity: Severity = "error",
        column: int | None = None,
    ) -> None:
        self.reader.remarks.add(
            rule, Text(thai, english), self.name or self.id, severity=severity, column=column
        )

    # --- names and words -------------------------------------------------------------------

    def _properties(self) -> dict[str, str]:
        raw = self.raw.get("properties") or {}
        if not isinstance(raw, dict):
            self.say(
                "property", "properties ต้องเป็นคู่ชื่อกับค่า", "`properties` must be names with values."
            )
            return {}
        return {str(name): str(value) for name, value in raw.items()}

    def _report_what_is_not_applied(self) -> None:
        for name in sorted(set(self.raw) - _APPLIED):
            self.say(
                "not-applied",
                f"ระบบไม่ใช้ “{name}”",
                f"“{name}” is read but not applied.",
                severity="warning",
            )
        for name in self.properties:
            if name not in _PROPERTIES and not _PER_OPTION.match(name):
                self.say(
                    "property",
                    f"ไม่รู้จัก property “{name}” ดู forms/README.md",
                    f"The property “{name}” is unknown; see forms/README.md.",
                    severity="warning",
                )

    def _key(self, taken: set[str]) -> str:
        attribute = "path" if self.type in kinds.BRANCHES else "key"
        raw = self.raw.get(attribute) or ""
        keyless = self.type in kinds.PICTURES or (self.type == "group" and not raw)
        if keyless:
            return ""
        if not isinstance(raw, str) or not _KEY.fullmatch(raw) or raw in _RESERVED:
            self.say(
                "key",
                f"{attribute} “{raw}” ใช้ไม่ได้ ต้องเป็นอักษรอังกฤษ ตัวเลข หรือ _ และขึ้นต้นด้วยอักษร",
                f"The {attribute} “{raw}” must be letters, digits and _, starting with a letter.",
            )
            return ""
        if raw in taken:
            self.say("duplicate-key", f"ชื่อช่อง “{raw}” ซ้ำ", f"The key “{raw}” is used twice.")
        taken.add(raw)
        return raw

    def _label(self) -> Text:
        if self.type in kinds.PICTURES or self.type == "expression":
            return Text("", "")
        raw = self.raw.get("label") or self.raw.get("dateLabel") or self.raw.get("timeLabel")
        thai = raw.strip() if isinstance(raw, str) else ""
        english = self.properties.get("label_en", "").strip()
        if self.type == "group" and not thai:  # a group without a heading only orders its fields
            return Text("", "")
        if not _THAI.search(thai):
            self.say("label-th", "ไม่มีป้ายชื่อภาษาไทย (label)", "The Thai label (`label`) is missing.")
        if not english:
            self.say(
                "label-en",
                "ไม่มีป้ายชื่อภาษาอังกฤษ (property label_en)",
                "The English label (property `label_en`) is missing.",
            )
        return Text(thai, english)

    def _description(self) -> Text | None:
        raw = self.raw.get("description")
        if not isinstance(raw, str) or not raw.strip():
            return None
        return Text(raw.strip(), self._english("description_en", raw.strip()))

    def _english(self, name: str, thai: str) -> str:
        if english := self.properties.get(name, "").strip():
            return english
        self.say(
            name.replace("_", "-"),
            f"ไม่มีคำอธิบายภาษาอังกฤษ (property {name}) หน้าอังกฤษจะแสดงภาษาไทย",
            f"The property `{name}` is missing; the English page will show Thai.",
            severity="warning",
        )
        return thai

    def _prose(self) -> tuple[Prose, Prose] | None:
        raw = self.raw.get("text")
        if self.type != "text" or not isinstance(raw, str):
            return None
        english = self._english("text_en", raw)
        return read_prose(raw, self._slot), read_prose(english, self._slot)

    # --- expressions -------------------------------------------------------------------------

    def _slot(self, raw: object) -> Slot:
        """A literal, or a compiled expression where the text starts with `=`."""
        if not isinstance(raw, str) or not raw.startswith("="):
            return Slot(raw) if raw not in (None, "") else UNSET
        try:
            expression = feel.compile(raw[1:])
        except feel.FeelSyntaxError as error:
            self.say(
                "feel",
                f"นิพจน์ “{raw[1:]}” ผิดที่คอลัมน์ {error.column}: {error.problem.th}",
                f"The expression “{raw[1:]}” is wrong at column {error.column}: {error.problem.en}",
                column=error.column,
            )
            return UNSET
        return Slot(expression=expression, names=frozenset(expression.names))

    def _hide(self) -> Slot:
        conditional = self.raw.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, dict) else None
        return self._slot(_as_expression(hide)) if isinstance(hide, str) else Slot(hide)

    def _required(self) -> Slot:
        if when := self.properties.get("required_if"):
            return self._slot(_as_expression(when))
        return self._slot(self.validate.get("required"))

    def _default(self) -> Slot:
        if "default" in self.properties:
            return self._slot(self.properties["default"])
        return self._slot(self.raw.get("defaultValue"))

    def _formula(self) -> Slot:
        if self.type != "expression":
            return UNSET
        formula = self.raw.get("expression")
        if not isinstance(formula, str) or not formula.strip("= "):
            self.say("feel", "ไม่มีนิพจน์ (expression)", "The `expression` is missing.")
            return UNSET
        return self._slot(_as_expression(formula))

    def _rule(self) -> Rule:
        if not (holds := self.properties.get("rule")):
            return Rule()
        thai = self.properties.get("rule_message_th", "")
        english = self.properties.get("rule_message_en", "")
        if not thai or not english:
            self.say(
                "rule-message",
                "กฎต้องมีข้อความ rule_message_th และ rule_message_en",
                "A rule needs the messages `rule_message_th` and `rule_message_en`.",
            )
        return Rule(self._slot(_as_expression(holds)), Text(thai, english))

    # --- what an answer may be -------------------------------------------------------------------

    def _limits(self) -> Limits:
        if self.type == "dynamiclist":
            return Limits(self._bound("min_rows"), self._bound("max_rows", 50))
        if self.type == "filepicker":
            return self._file_limits()
        if self.type in kinds.TEXTS:
            longest = 1000 if self.type == "textfield" else 20_000
            pattern, message = self._pattern()
            return Limits(
                self._number_slot(self.validate.get("minLength")),
                self._number_slot(self.validate.get("maxLength", longest)),
                pattern=pattern,
                pattern_message=message,
            )
        return Limits(
            self._number_slot(self.validate.get("min")),
            self._number_slot(self.validate.get("max")),
            decimals=self._whole(self.raw.get("decimalDigits")),
            step=self._step(),
        )

    def _file_limits(self) -> Limits:
        several = self.raw.get("multiple") is True
        maximum = self._bound("max_files", 10) if several else Slot(1)
        megabytes = self._whole(self.properties.get("max_mb", "20"))
        accept = self.properties.get("accept") or self.raw.get("accept") or ""
        return Limits(
            UNSET, maximum, max_megabytes=20 if megabytes is None else megabytes, accept=str(accept)
        )

    def _bound(self, name: str, otherwise: int | None = None) -> Slot:
        return self._number_slot(self.properties.get(name, otherwise))

    def _number_slot(self, raw: object) -> Slot:
        if raw is None or raw == "":
            return UNSET
        if isinstance(raw, str) and raw.startswith("="):
            return self._slot(raw)
        try:
            return Slot(parse_number(raw) if isinstance(raw, str) else exact(raw))
        except (NotANumber, NumberTooLong):
            self.say("limit", f"“{raw}” ต้องเป็นตัวเลข", f"The limit “{raw}” must be a number.")
            return UNSET

    def _whole(self, raw: object) -> int | None:
        number = self._number_slot(raw).literal
        return number if isinstance(number, int) else None

    def _step(self) -> Decimal | None:
        number = self._number_slot(self.raw.get("increment")).literal
        return Decimal(number) if isinstance(number, int | Decimal) and number > 0 else None

    def _pattern(self) -> tuple[regex.Pattern[str] | None, Text | None]:
        raw = self.validate.get("pattern")
        if not isinstance(raw, str) or not raw:
            return None, None
        try:
            pattern = regex.compile(raw, regex.V0 | regex.ASCII)
        except regex.error as error:
            column = (error.pos or 0) + 1
            self.say(
                "pattern",
                f"รูปแบบ (pattern) ผิดที่คอลัมน์ {column}: {error.msg}",
                f"The regular expression is wrong at column {column}: {error.msg}",
                column=column,
            )
            return None, None
        message = self.validate.get("patternErrorMessage")
        english = self.properties.get("rule_message_en") or message
        return pattern, Text(str(message), str(english)) if message else None

    def _choices(self) -> Choices:
        if self.type not in kinds.CHOICES:
            return Choices()
        if source := self.raw.get("valuesExpression"):
            return Choices(source=self._slot(_as_expression(str(source))))
        if source := self.raw.get("valuesKey"):
            return Choices(source=self._slot(f"={source}"))
        raw = self.raw.get("values")
        if not isinstance(raw, list) or not raw:
            self.say("options", "ไม่มีตัวเลือก (values)", "The options (`values`) are missing.")
            return Choices()
        return Choices(tuple(self._options(raw)))

    def _options(self, raw: Sequence[object]) -> list[Option]:
        options = [option for item in raw if (option := self._option(item))]
        tokens = [option.token for option in options]
        for token in sorted({token for token in tokens if tokens.count(token) > 1}):
            self.say("options", f"ตัวเลือก “{token}” ซ้ำ", f"The option “{token}” stands twice.")
        return options

    def _option(self, raw: object) -> Option | None:
        value = raw.get("value") if isinstance(raw, dict) else raw
        if not isinstance(value, str | bool | int | Decimal) or value == "":
            self.say("options", "ตัวเลือกต้องมีค่า (value)", "Every option needs a `value`.")
            return None
        token = kinds.token_of(value)
        thai = str((raw.get("label") if isinstance(raw, dict) else "") or token)
        english = self.properties.get(f"en:{token}", "")
        if not english:
            self.say(
                "option-en",
                f"ตัวเลือก “{thai}” ไม่มีภาษาอังกฤษ (property en:{token})",
                f"The option “{thai}” has no English (property `en:{token}`).",
            )
        return Option(value, Text(thai, english), self._hint(token))

    def _hint(self, token: str) -> Text | None:
        thai = self.properties.get(f"hint:{token}", "")
        return Text(thai, self._english(f"hint_en:{token}", thai)) if thai else None

    def _check(self) -> str:
        name = self.properties.get("check", "")
        by_form_js = {"email": "email", "phone": "thai_phone"}
        name = name or by_form_js.get(str(self.validate.get("validationType")), "")
        if name and (name not in CHECKS or self.type not in kinds.TEXTS):
            known = ", ".join(CHECKS)
            self.say(
                "check",
                f"ไม่มีการตรวจชื่อ “{name}” สำหรับช่องนี้ (มี {known})",
                f"There is no check “{name}” for this field (known: {known}).",
            )
            return ""
        return name

    def _subtype(self) -> str:
        if self.type != "datetime":
            return ""
        subtype = str(self.raw.get("subtype", "date"))
        if subtype not in ("date", "time", "datetime"):
            self.say("kind", f"ไม่รู้จัก subtype “{subtype}”", f"The subtype “{subtype}” is unknown.")
            return "date"
        return subtype

    def _home(self) -> Home:
        flags = {name: self.properties.get(name) for name in ("variable", "personal")}
        for name, value in flags.items():
            if value not in (None, "true", "false"):
                self.say(
                    "home", f"{name} ต้องเป็น true หรือ false", f"`{name}` must be true or false."
                )
        if flags["personal"] == "true" == flags["variable"]:
            self.say(
                "home",
                "ข้อมูลส่วนบุคคลเป็นตัวแปรของกระบวนงานไม่ได้",
                "What is personal cannot be a process variable.",
            )
        if self.type == "filepicker":
            return "file"
        if flags["personal"] == "true":
            return "personal"
        usual = "false" if self.type in kinds.TEXTS else "true"
        return "variable" if (flags["variable"] or usual) == "true" else "submission"

    def _rows_at_first(self) -> int:
        rows = self.raw.get("defaultRepetitions", 0)
        valid = isinstance(rows, int) and not isinstance(rows, bool) and 0 <= rows <= 50
        return rows if self.type == "dynamiclist" and valid else 0

    def _children(self, key: str, taken: set[str]) -> tuple[Component, ...]:
        if self.type not in kinds.BRANCHES:
            return ()
        return self.reader.components(self.raw.get("components") or [], None if key else taken)


def _as_expression(text: str) -> str:
    """form-js writes conditions with a leading `=`; older files and properties may leave it out."""
    return text if text.startswith("=") else f"={text}"
