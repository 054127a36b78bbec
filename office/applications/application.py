"""A process application as its `application.json` says: how a case begins, and what the office
makes of the answers. Nothing about one kind of case stands in Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.work import Work
from engine.turn.definitions import deployment_files, form_names, read_processes
from engine.verbs import applications as deployed
from engine.verbs import queries
from office.applications import shipped
from office.ground.errors import OfficeError

FILE = shipped.APPLICATION
PUBLIC, OFFICER, API = "public", "officer", "api"
LONGEST_PREFIX = 12
_KEY = re.compile(rf"(?!{shipped.AGENCY}$)[a-z][a-z0-9-]{{0,63}}")
STARTS = (PUBLIC, OFFICER, API)


class ApplicationUnknown(OfficeError):
    """There is no application {key!r} in which a case begins this way."""

    thai = "ไม่มีชุดแนวทาง “{key}” ที่เริ่มเรื่องด้วยวิธีนี้"


class ApplicationUnclear(OfficeError):
    """Several applications begin a case this way ({keys}); name one."""

    thai = "มีหลายชุดแนวทางที่เริ่มเรื่องด้วยวิธีนี้ ({keys}) โปรดระบุชุด"


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of case inside an application, with a start of its own; the words are those that an
    applicant reads there."""

    key: str
    name: Text
    kicker: Text
    lead: Text
    begin: Text
    on_withdrawal: Text  # what to know before one withdraws


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the office knows of one kind of case.

    `facts` are the variables that diagram and tables decide on, with what each is when the form
    does not ask; `counts` are variables that hold how many rows a list of the form has.
    """

    key: str
    name: Text
    summary: Text
    process: str
    starts: Mapping[str, tuple[str, ...]]  # how it may begin -> the forms, the applicant's first
    prefix: str  # before its receipt numbers; "" for the agency's
    variable: str  # that says which variant a case is; "" without variants
    variants: tuple[Variant, ...]
    facts: Mapping[str, Any]
    counts: Mapping[str, str]
    title: str  # the field that a case is called by; it is kept encrypted
    keeps_out: str  # a list of persons, with names: whoever is named is kept out of the case

    def forms(self, start: str) -> tuple[str, ...]:
        return self.starts.get(start, ())

    @property
    def form(self) -> str:
        """The form that an applicant fills in."""
        return next((forms[0] for forms in self.starts.values() if forms), "")

    @property
    def officer_form(self) -> str:
        """What an officer adds who enters a case for somebody; "" if nothing."""
        return next((form for form in self.forms(OFFICER) if form != self.form), "")

    @property
    def intake_forms(self) -> tuple[str, ...]:
        """The forms that a case begins with: the vault has their fields under no form's name."""
        return tuple(form for form in (self.form, self.officer_form) if form)

    def variant(self, key: str) -> Variant | None:
        return next((each for each in self.variants if each.key == key), None)

    def variant_name(self, key: str) -> Text:
        known = self.variant(key)
        return self.name if known is None else known.name


def read_application(files: Mapping[str, bytes]) -> Application | None:
    """The application that these files are; None where they do not say, or not in a way that can
    be read."""
    content = files.get(FILE)
    return None if content is None else _read(content)


def key_of(files: Mapping[str, bytes]) -> str | None:
    """The key that these files say; None if they do not, or the gate has to tell what is wrong."""
    try:
        said = json.loads(files.get(FILE, b"{}")).get("key")
    except (ValueError, AttributeError):
        return None
    return said if isinstance(said, str) and said else None


@lru_cache(maxsize=64)
def _read(content: bytes) -> Application | None:
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if check_shape(content):
        return None
    variants = facts.get("variants") or {}
    return Application(
        key=facts["key"],
        name=_text(facts, "name"),
        summary=_text(facts, "summary"),
        process=facts["process"],
        starts={
            start: (forms,) if isinstance(forms, str) else tuple(forms)
            for start, forms in (facts.get("starts") or {}).items()
        },
        prefix=(facts.get("number") or {}).get("prefix", ""),
        variable=variants.get("variable", ""),
        variants=tuple(_variant(row) for row in variants.get("values") or ()),
        facts=facts.get("facts") or {},
        counts=facts.get("counts") or {},
        title=facts.get("title", ""),
        keeps_out=facts.get("keeps_out", ""),
    )


def _variant(row: Mapping[str, Any]) -> Variant:
    name = _text(row, "name")
    return Variant(
        key=row["key"],
        name=name,
        kicker=_text(row, "kicker"),
        lead=_text(row, "lead"),
        begin=_text(row, "begin") if row.get("begin") else name,
        on_withdrawal=_text(row, "on_withdrawal"),
    )


def _text(facts: Mapping[str, Any], key: str) -> Text:
    thai = facts.get(key) or ""
    return Text(thai, facts.get(f"{key}_en") or thai)


# ── which there are ────────────────────────────────────────────────────────────────────────────


def of_definition(work: Work, definition_id: str) -> Application:
    """The application of a definition, as it was deployed with it."""
    found = read_application(queries.files(work, definition_id))
    return found or _shipped_of(definition_id.rpartition(":")[0])


def of_files(files: Mapping[str, bytes]) -> Application:
    """The application of these files, as they say or as it was before there were any."""
    return read_application(files) or _shipped_of(*read_processes(files))


def known(work: Work) -> list[Application]:
    """Every application, those that are retired too."""
    return list(_known(work).values())


def in_force(work: Work) -> list[Application]:
    """The applications in which cases can begin now, by key."""
    return work.once("applications", "", lambda: list(_in_force(work)))


def _in_force(work: Work) -> Iterator[Application]:
    for application in _known(work).values():
        if queries.definition_if_in_force(work, application.process):
            yield application


def _known(work: Work) -> dict[str, Application]:
    """Every application by its key, those that are retired too."""

    def find() -> dict[str, Application]:
        newest = deployed.newest_of_each(work)
        kept = work.machine.cache(_Kept)
        found = {key: kept.of(work, id) for key, id in newest.items()}
        # Deployed before there were applications.
        older = {each.key: each for each in _shipped().values() if each.key not in newest}
        return {key: each for key, each in {**older, **found}.items() if each is not None}

    return work.once("applications known", "", find)


class _Kept(dict[str, Application | None]):
    """Applications by the deployment that they stand in."""

    def of(self, work: Work, deployment_id: str) -> Application | None:
        if deployment_id not in self:
            self[deployment_id] = read_application(deployment_files(work, deployment_id))
        return self[deployment_id]


def kind_of(work: Work, application: str, variant: str) -> Text:
    """What a case is, in words: its variant, or else its application."""
    known = _known(work).get(application)
    return Text(variant, variant) if known is None else known.variant_name(variant)


def kinds(work: Work) -> list[tuple[str, str, Text]]:
    """Every kind of case there can be: application, variant ("" without any) and words."""
    return [
        (each.key, variant, each.variant_name(variant))
        for each in _known(work).values()
        for variant in [v.key for v in each.variants] or [""]
    ]


def named(work: Work, key: str | None, start: str) -> Application:
    """The application of this key, or else the only one, in which a case begins this way.

    Raises:
        ApplicationUnknown, ApplicationUnclear.
    """
    able = [each for each in in_force(work) if each.forms(start)]
    found = [each for each in able if key in (None, each.key)]
    if not found:
        raise ApplicationUnknown(key=key or "–")
    if len(found) > 1:
        raise ApplicationUnclear(keys=", ".join(each.key for each in found))
    return found[0]


_NO_WORDS = Text("", "")
NONE = Application(
    key="",
    name=_NO_WORDS,
    summary=_NO_WORDS,
    process="",
    starts={},
    prefix="",
    variable="",
    variants=(),
    facts={},
    counts={},
    title="",
    keeps_out="",
)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Application]:
    """The shipped applications by their process."""
    found = (read_application(files) for files in shipped.applications().values())
    return {each.process: each for each in found if each is not None}


def _shipped_of(*processes: str) -> Application:
    """What was deployed before there were applications is of the shipped one with its process; a
    process that none of them begins with is of one that asks nothing."""
    known = _shipped()
    return next((known[each] for each in processes if each in known), NONE)


# ── the gate ───────────────────────────────────────────────────────────────────────────────────

KEYS = frozenset({"key", "name", "name_en", "summary", "summary_en", "languages", "process",
                  "starts", "number", "tracking", "variants", "messages", "visibility", "publishes",
                  "facts", "counts", "title", "keeps_out"})  # fmt: skip


def check_shape(content: bytes) -> list[Finding]:
    """What is wrong with an `application.json` by itself."""
    facts = json.loads(content)  # that it is JSON, another check has told
    if not isinstance(facts, dict):
        return [_finding("", "ต้องเป็นออบเจกต์ JSON", "This must be a JSON object.")]
    return list(_shape_faults(facts))


def _shape_faults(facts: Mapping[str, Any]) -> Iterator[Finding]:
    for key in sorted(facts.keys() - KEYS):
        yield _finding(key, f"ไม่รู้จักค่า {key}", f"The key {key} is unknown.")
    for key in ("key", "name", "process"):
        if not isinstance(facts.get(key), str) or not facts[key].strip():
            yield _finding(key, f"ต้องระบุ {key} เป็นข้อความ", f"{key} must be given, as a text.")
    if isinstance(facts.get("key"), str) and not _KEY.fullmatch(facts["key"]):
        thai = "key ใช้ได้เพียง a-z 0-9 และ - เริ่มด้วยตัวอักษร ไม่เกิน 64 ตัว และไม่ใช่ agency"
        english = "A key is a-z, 0-9 and -, begins with a letter, has 64 signs at most, not agency."
        yield _finding("key", thai, english)
    for key in ("facts", "counts", "number", "variants", "starts"):
        if not isinstance(facts.get(key, {}), dict):
            yield _finding(key, f"{key} ต้องเป็นออบเจกต์", f"{key} must be an object.")
            return
    prefix = facts.get("number", {}).get("prefix", "")
    if not isinstance(prefix, str) or len(prefix) > LONGEST_PREFIX or "/" in prefix:
        yield _finding("number.prefix", f"ต้องเป็นข้อความไม่เกิน {LONGEST_PREFIX} ตัว ไม่มี /",
                       f"At most {LONGEST_PREFIX} letters, without a slash.")  # fmt: skip
    for start, forms in facts.get("starts", {}).items():
        place = f"starts.{start}"
        if start not in STARTS:
            known = ", ".join(STARTS)
            yield _finding(place, f"วิธีเริ่มเรื่องต้องเป็น {known}", f"A case begins by {known}.")
        if not _are_texts([forms] if isinstance(forms, str) else forms):
            yield _finding(place, "ต้องระบุรหัสแบบฟอร์ม", "This must name a form, or several.")
    for number, row in enumerate(facts.get("variants", {}).get("values") or [], 1):
        if not (isinstance(row, dict) and _are_texts([row.get("key"), row.get("name")])):
            yield _finding(
                f"variants.values[{number}]", "ต้องมี key และ name", "This needs a key and a name."
            )


def _are_texts(values: Any) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(isinstance(each, str) and each.strip() for each in values)
    )


def check_application(files: Mapping[str, bytes]) -> list[Finding]:
    """What is wrong with `application.json` beside the other files of the application."""
    application = read_application(files)
    return [] if application is None else list(_faults(application, files))


def _faults(application: Application, files: Mapping[str, bytes]) -> Iterator[Finding]:
    process, forms = application.process, set(form_names(files))
    if process not in read_processes(files):
        yield _finding("process", f"ไม่มีกระบวนงาน {process}", f"There is no process {process}.")
    for start, named_forms in application.starts.items():
        for form in named_forms:
            if form not in forms:
                place = f"starts.{start}"
                yield _finding(place, f"ไม่มีแบบฟอร์ม {form}", f"There is no form {form}.")


def _finding(place: str, thai: str, english: str) -> Finding:
    return Finding(FILE, place, "error", "application", Text(thai, english))
