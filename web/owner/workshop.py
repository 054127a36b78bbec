"""What a process owner works with: deployed versions, files and pictures, checks of new ones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from engine.ground.errors import DefinitionNotFound
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.tables import Deployment, ProcessDefinition
from engine.store.work import Work
from engine.verbs import deployment, queries
from engine.verbs.runtime import newest_version
from office.applications.letter_templates import FOLDER
from office.people import people
from web.case_view import diagram_of
from web.language import language, t
from web.pictures import picture

MOST_FILES = 60
GOOD_PICTURE = ("error", "warning")


@dataclass(frozen=True, slots=True)
class Version:
    """One deployed version of a process."""

    id: str
    key: str
    number: int
    name: Text
    file: str
    sha256: str
    deployed_at: datetime
    deployed_by: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A diagram of an upload or of a version, with what a check found on it."""

    name: Text
    svg: Markup
    marks: str
    content: bytes


def versions(work: Work) -> dict[str, list[Version]]:
    """The versions of every process, newest first."""
    found: dict[str, list[Version]] = {}
    standing = queries.ids_in_force(work)
    for row in queries.definitions(work):
        shown = _version(work, row, is_in_force=row.id in standing)
        found.setdefault(row.key, []).append(shown)
    return found


def version(work: Work, key: str, number: int | None = None) -> Version:
    """A version of a process, or else the one in force, or the last of a retired process.

    Raises:
        DefinitionNotFound: there is none.
    """
    standing = queries.definition_if_in_force(work, key)
    if number is None and standing is not None:
        number = standing.version
    row = queries.definition(work, key, number or newest_version(work, key))
    return _version(work, row, is_in_force=standing is not None and row.id == standing.id)


def file_of(work: Work, id: str, name: str) -> bytes:
    """A file of a version, byte for byte.

    Raises:
        DefinitionNotFound: the version has no such file.
    """
    return queries.definition_file(work, id, name)


def files_of(work: Work, id: str) -> dict[str, int]:
    """The files of a version with their sizes, L2 before L10."""
    files = queries.files(work, id)
    return {name: len(files[name]) for name in sorted(files, key=_counted)}


def _counted(name: str) -> list[str]:
    return [part.zfill(9) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]


def drawn(work: Work, shown: Version) -> Drawn:
    """The picture of a version."""
    content = diagram_of(work, shown.id, shown.key)
    return Drawn(shown.name, picture.draw(content, language=language()), "{}", content)


def uploads(given: Sequence[FileStorage]) -> dict[str, bytes]:
    """Uploaded files under the names they are deployed with."""
    return {
        _place(file.filename or ""): file.read() for file in given[:MOST_FILES] if file.filename
    }


def check(work: Work, files: Mapping[str, bytes]) -> list[Finding]:
    """What the gate would say about these files, beside those in force."""
    return [each for each in deployment.check(work, files) if each.file in files]


def pictures_of(files: Mapping[str, bytes], findings: Sequence[Finding]) -> list[Drawn]:
    """The uploaded diagrams that can be drawn at all, each with its findings."""
    unreadable = {finding.file for finding in findings if finding.rule.startswith("source")}
    return [
        Drawn(
            name=Text(name, name),
            svg=picture.draw(content, language=language()),
            marks=json.dumps({"findings": _marks(name, findings)}),
            content=content,
        )
        for name, content in files.items()
        if name.endswith(".bpmn") and name not in unreadable
    ]


def _marks(name: str, findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {"element": found.element, "severity": found.severity, "text": t(found.text)}
        for found in findings
        if found.file == name and found.element and found.severity in GOOD_PICTURE
    ]


def _place(name: str) -> str:
    plain = name.replace("\\", "/").rpartition("/")[2]
    return FOLDER + plain if plain.endswith(".md") else plain


def _version(work: Work, row: ProcessDefinition, *, is_in_force: bool) -> Version:
    deployment = work.session.get(Deployment, row.deployment_id)
    if deployment is None:
        raise DefinitionNotFound(key=row.id)
    names = people.display_names(work, [deployment.deployed_by])
    return Version(
        id=row.id,
        key=row.key,
        number=row.version,
        name=Text(row.name_th, row.name_en),
        file=row.file,
        sha256=row.sha256,
        deployed_at=deployment.deployed_at,
        deployed_by=names.get(deployment.deployed_by, ""),
        is_in_force=is_in_force,
    )
