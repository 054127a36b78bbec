"""A form-js form compiled: what it asks, how answers are checked, where they go, how it looks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import Schema

from engine import feel
from engine.ground.findings import Finding, has_errors
from engine.ground.text import Text
from forms.answers import loading, posted
from forms.answers.defaults import with_defaults
from forms.answers.fields import build_schema
from forms.answers.homes import Answers
from forms.answers.situation import Situation, settle
from forms.errors import FormRejected
from forms.model.component import CHOICES, Component, Home, Option, level
from forms.model.leaks import kept_in, leaks
from forms.model.order import circle
from forms.model.reading import Reader
from forms.model.slots import UNSET, Scope, Slot, bangkok_environment
from forms.model.source import Remarks, read_tree
from forms.showing import present, readout
from forms.showing.view import FormView, Line


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf of a form as others need to know it; rows are written `accused[].name`."""

    path: str
    key: str
    type: str
    label: Text
    required: bool  # in every case; a condition may still require it
    home: Home
    options: tuple[Option, ...] = ()
    max_files: int = 0
    max_megabytes: int = 0
    accept: str = ""
    is_personal_file: bool = False  # who a person is stands in the file
    keep_metadata: Slot = UNSET  # whether files are handed on with what is hidden in them

    @property
    def personal(self) -> bool:
        return self.home == "personal" or self.is_personal_file

    @property
    def variable(self) -> bool:
        return self.home == "variable"

    def option_label(self, value: object) -> Text | None:
        """The words of a chosen value, where the form lists them."""
        return next((option.label for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that has passed every check; holds no answers and may be shared by threads."""

    id: str
    name: str
    components: tuple[Component, ...]
    fields: tuple[Field, ...]
    findings: tuple[Finding, ...] = ()  # warnings only
    _schema: Schema = field(repr=False, compare=False, default_factory=Schema)

    def load(
        self,
        answers: Any,
        *,
        context: Mapping[str, Any] | None = None,
        environment: feel.Environment | None = None,
    ) -> Answers:
        """The answers, checked and sent to their homes; hidden fields are left out.

        Raises:
            FormInvalid: the answers do not fit; `.errors` tells each fault by its path.
        """
        return loading.load(self.components, self._schema, answers, _scope(context, environment))

    def parse_post(
        self,
        values: posted.Posted,
        files: Mapping[str, Sequence[str]] | None = None,
        *,
        ignore: Collection[str] = posted.NOT_ANSWERS,
    ) -> dict[str, Any]:
        """Nested answers from a posted HTML form, unchecked; `files` are ids of stored uploads."""
        return posted.parse(self.components, values, files, ignore=ignore)

    def apply_action(self, answers: Mapping[str, Any], action: str) -> dict[str, Any]:
        """The answers with a row added or removed, as the pressed button says."""
        return posted.apply_action(self.components, answers, action)

    def initial(
        self,
        context: Mapping[str, Any] | None = None,
        *,
        environment: feel.Environment | None = None,
    ) -> dict[str, Any]:
        """The answers a fresh form starts with: defaults and first rows of what is visible."""
        return self._with_defaults({}, _scope(context, environment))[0]

    def view(
        self,
        answers: Mapping[str, Any] | None = None,
        errors: Mapping[str, Sequence[Text]] | None = None,
        context: Mapping[str, Any] | None = None,
        language: str = "th",
        *,
        environment: feel.Environment | None = None,
        file_names: Mapping[str, str] | None = None,
    ) -> FormView:
        """Everything a template shows of the form, in order and in one language."""
        shown, situation = self._with_defaults(answers or {}, _scope(context, environment))
        request = present.Request(shown, situation, errors or {}, language, file_names or {})
        return present.present(self.id, self.components, request)

    def _with_defaults(
        self, answers: Mapping[str, Any], scope: Scope
    ) -> tuple[dict[str, Any], Situation]:
        def settle_for(given: Mapping[str, Any]) -> Situation:
            typed = loading.typed(self.components, self._schema, given, scope)
            return settle(self.components, typed, scope)

        return with_defaults(self.components, answers, settle_for)

    def read_out(
        self,
        answers: Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
        language: str = "th",
        environment: feel.Environment | None = None,
        file_names: Mapping[str, str] | None = None,
    ) -> tuple[Line, ...]:
        """What was answered, as labels with words, for showing a case file; blanks are left out."""
        scope = _scope(context, environment)
        return readout.read_out(self.components, answers, scope, language, file_names or {})

    def field(self, path: str) -> Field | None:
        return next((field for field in self.fields if field.path == path), None)

    def file_field(self, input_name: str) -> Field | None:
        """The field an upload was posted for: `witnesses-0-card` is `witnesses[].card`."""
        steps = input_name.split(posted.SEPARATOR)
        path = "".join("[]." if step.isdigit() else f"{step}." for step in steps).replace(
            ".[]", "[]"
        )
        found = self.field(path.rstrip("."))
        return found if found and found.type == "filepicker" else None

    @property
    def file_fields(self) -> tuple[Field, ...]:
        """The fields whose uploads the office must store before `parse_post`."""
        return tuple(field for field in self.fields if field.type == "filepicker")


def _scope(context: Mapping[str, Any] | None, environment: feel.Environment | None) -> Scope:
    return Scope(dict(context or {}), environment or bangkok_environment())


def compile_form(name: str, content: bytes, *, deployed: bool = False) -> Form:
    """Read and check a `.form` file.

    What was `deployed` under an earlier release still opens: what today's gate would refuse as a
    leak is kept in the vault, and a circle of expressions is left empty.

    Raises:
        FormRejected: the file has faults; `.findings` names each with its place.
    """
    remarks = Remarks(name, content)
    tree = read_tree(content, remarks)
    components = Reader(remarks).components(tree["components"]) if tree else ()
    if deployed:
        components = kept_in("personal", components)
    else:
        _no_leaks(components, remarks)
        _no_circles(components, remarks)
    if tree is None or has_errors(remarks.findings):
        raise FormRejected(remarks.findings)
    return Form(
        id=str(tree["id"]).strip(),
        name=name,
        components=components,
        fields=tuple(_fields(components, "")),
        findings=tuple(remarks.findings),
        _schema=build_schema(components),
    )


def check(name: str, content: bytes) -> list[Finding]:
    """All findings on a `.form` file, warnings too; for the gate that a deployment passes."""
    try:
        return list(compile_form(name, content).findings)
    except FormRejected as rejected:
        return rejected.findings


def _fields(components: tuple[Component, ...], prefix: str) -> Iterator[Field]:
    for component in level(components):
        if component.type == "dynamiclist":
            yield from _fields(component.children, f"{prefix}{component.key}[].")
        elif component.type == "group" and component.key:
            yield from _fields(component.children, f"{prefix}{component.key}.")
        elif component.is_leaf:
            yield _field(component, prefix)


def _field(component: Component, prefix: str) -> Field:
    is_file = component.type == "filepicker"
    most = component.limits.maximum.literal
    return Field(
        path=prefix + component.key,
        key=component.key,
        type=component.type,
        label=component.label,
        required=component.required.literal is True,
        home=component.home,
        options=component.choices.listed if component.type in CHOICES else (),
        max_files=int(most) if is_file and isinstance(most, int) else 0,
        max_megabytes=component.limits.max_megabytes if is_file else 0,
        accept=component.limits.accept if is_file else "",
        is_personal_file=is_file and component.is_personal,
        keep_metadata=component.keep_metadata,
    )


def _no_leaks(components: tuple[Component, ...], remarks: Remarks) -> None:
    """Refuse what would carry text or a person's data to where more people read it."""
    for leak in leaks(components):
        names = ", ".join(leak.sources)
        thai, english = _LEAKS[leak.component.home]
        text = Text(thai, english).format(names=names, via=leak.via)
        remarks.add("leak", text, leak.component.key)


_LEAKS: Final = {
    "variable": (
        "{via} จะพาข้อมูลจาก {names} เข้าไปในตัวแปรของกระบวนงาน",
        "The {via} would carry {names} into the process variables.",
    ),
    "submission": (
        "{via} จะพาข้อมูลส่วนบุคคลจาก {names} ออกจากห้องนิรภัย โปรดใส่ personal: true",
        "The {via} would carry {names} out of the identity vault; say `personal: true`.",
    ),
}


def _no_circles(components: tuple[Component, ...], remarks: Remarks) -> None:
    if not (found := circle(components)):
        return
    names = " → ".join(component.key for component in found)
    thai = f"ช่องที่คำนวณอ้างถึงกันเป็นวงกลม: {names}"
    english = f"These computed fields need each other: {names}."
    remarks.add("circle", Text(thai, english), found[0].key)
