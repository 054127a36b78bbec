"""A case on paper: the summary and the pictures that go into the sealed case file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.text import Text
from web.happenings import words_of
from web.picture import draw

if TYPE_CHECKING:
    from datetime import datetime

    from complaints.sealedcase import Course
    from engine.work import Work

WEB = Path(__file__).resolve().parent
SVG = b'<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.w3.org/2000/svg"'
# Left to events.jsonl: what is recorded at every node, and what only machines do.
UNTOLD = frozenset({"activity_entered", "activity_completed", "job_created", "job_completed"})


def paper_of(work: Work, course: Course) -> dict[str, bytes]:
    """The files of a case for people to read: `summary.html` and a picture for each process."""
    pictures = dict(_pictures(work, course))
    found = {f"picture/{key}.svg": SVG + _alone(svg).encode() for key, (_, svg) in pictures.items()}
    return {**found, "summary.html": _summary(work, course, pictures)}


def _pictures(work: Work, course: Course) -> Any:
    from engine import queries
    from web.casefile import diagram_of

    instance_id, version = str(course.case.instance_id), course.versions[-1]
    visited = queries.visited(work, instance_id)
    standing = {stand["element_id"] for stand in queries.marking(work, instance_id)}
    for key, process in queries.models(work, version).items():
        own = {node.id for node in process.body.walk()}
        if own & {*visited, *standing}:
            content = diagram_of(work, version, key)
            yield key, (process.name, draw(content, visited=visited, standing=standing, key=key))


def _alone(svg: str) -> str:
    """The picture as a file of its own, with its looks inside."""
    head, _, rest = str(svg).partition(">")
    if "xmlns=" not in head:
        head = head.replace("<svg", f"<svg {SPACE}", 1)
    return f"{head}><style>{_styles()}</style>{rest}\n"


def _styles() -> str:
    folder = WEB / "assets" / "css"
    names = ("tokens.css", "diagram.css")
    return "".join((folder / name).read_text("utf-8") for name in names)


def _summary(work: Work, course: Course, pictures: Mapping[str, Any]) -> bytes:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    from complaints import masterdata, people

    environment = Environment(
        loader=FileSystemLoader(WEB / "templates" / "export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    case = course.case
    actors = {event.actor for event in course.events}
    page = environment.get_template("case.html").render(
        case=case,
        status=masterdata.status_text(work, case.status),
        outcome=masterdata.status_text(work, case.outcome) if case.outcome else None,
        unit=masterdata.unit_text(work, case.lead_unit) if case.lead_unit else None,
        course=course,
        events=[event for event in course.events if event.type not in UNTOLD],
        pictures=list(pictures.values()),
        names=people.display_names(work, actors),
        steps=_steps(work, course),
        role=_roles(work),
        words=words_of,
        moment=_moment,
        styles=Markup(_styles()),  # noqa: S704 - our own style sheets
    )
    return page.encode()


def _steps(work: Work, course: Course) -> Mapping[str, Text]:
    from engine import queries
    from engine.export.entries import name_of

    found: dict[str, Text] = {}
    for version in course.versions:
        for process in queries.models(work, version).values():
            found.update({node.id: name_of(node) for node in process.body.walk()})
    return found


def _roles(work: Work) -> Callable[[str], Text]:
    from complaints import masterdata

    return lambda group: masterdata.group_text(work, group) if group else Text("", "")


def _moment(at: datetime | None, language: str = "th") -> str:
    from forms.dates import spell_moment

    return "—" if at is None else spell_moment(at, language)
