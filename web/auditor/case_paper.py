"""A case on paper: the summary and the pictures that go into the signed case file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.ground.text import Text
from web.auditor.case_pdf import picture_for_paper, set_summary
from web.event_text import words_of
from web.pictures.picture import draw, strips

if TYPE_CHECKING:
    from datetime import datetime

    from engine.store.work import Work
    from office.audit.case_file import Course

WEB = Path(__file__).resolve().parents[1]
SVG = b'<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.w3.org/2000/svg"'
# Left to events.jsonl: what is recorded at every node, and what only machines do.
UNTOLD = frozenset({"activity_entered", "activity_completed", "job_created", "job_completed"})


def paper_of(work: Work, course: Course) -> dict[str, bytes]:
    """The files of a case for people to read: `summary.pdf`, the same as a page of HTML, and a
    picture for each process."""
    pictures = dict(_pictures(work, course))
    found = {
        f"picture/{key}.svg": SVG + _alone(svg).encode() for key, (_, svg, _) in pictures.items()
    }
    facts = _facts(work, course)
    pdf = set_summary(_plain(facts, pictures), course.events[-1].at)
    return {**found, "summary.html": _page(facts, pictures), "summary.pdf": pdf}


def _pictures(work: Work, course: Course) -> Any:
    from engine.verbs import queries
    from web.case_view import diagram_of

    instance_id, version = str(course.case.instance_id), course.versions[-1]
    visited = queries.visited(work, instance_id)
    standing = {stand["element_id"] for stand in queries.marking(work, instance_id)}
    for key, process in queries.models(work, version).items():
        own = {node.id for node in process.body.walk()}
        if own & {*visited, *standing}:
            content = diagram_of(work, version, key)
            way: dict[str, Any] = {"visited": visited, "standing": standing, "key": key}
            yield key, (process.name, draw(content, **way), strips(content, **way))


def _alone(svg: str) -> str:
    """The picture as a file of its own, with its looks inside."""
    head, _, rest = _with_space(svg).partition(">")
    return f"{head}><style>{_styles()}</style>{rest}\n"


def _with_space(svg: str) -> str:
    head = str(svg).partition(">")[0]
    return str(svg) if "xmlns=" in head else str(svg).replace("<svg", f"<svg {SPACE}", 1)


def _styles() -> str:
    folder = WEB / "assets" / "css"
    names = ("tokens.css", "diagram.css")
    return "".join((folder / name).read_text("utf-8") for name in names)


def _facts(work: Work, course: Course) -> dict[str, Any]:
    """What both papers say."""
    from office.applications import master_data
    from office.people import people

    case = course.case
    actors = {event.actor for event in course.events}
    return {
        "case": case,
        "status": master_data.status_text(work, case.application, case.status),
        "outcome": master_data.outcome_text(work, case.application, case.outcome),
        "unit": master_data.unit_text(work, case.lead_unit) if case.lead_unit else None,
        "course": course,
        "events": [event for event in course.events if event.type not in UNTOLD],
        "names": {**people.display_names(work, actors), **NOBODY},
        "steps": _steps(work, course),
        "role": _roles(work),
    }


# Who acts without an account.
NOBODY = {"system": "ระบบ", "complainant": "ผู้ร้องเรียน"}


def _page(facts: Mapping[str, Any], pictures: Mapping[str, Any]) -> bytes:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(WEB / "templates" / "export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("case.html").render(
        **facts,
        pictures=[(name, svg) for name, svg, _ in pictures.values()],
        words=words_of,
        moment=_moment,
        styles=Markup(_styles()),  # noqa: S704 - our own style sheets
    )
    return page.encode()


def _plain(facts: Mapping[str, Any], pictures: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the words that the typesetter puts on paper."""
    course = facts["course"]
    return {
        "title": f"เรื่อง {course.case.receipt_no}",
        "facts": [{"name": _both(name), "value": _both(value)} for name, value in _rows(facts)],
        "findings": [_finding(each) for each in course.deviations],
        "pictures": [
            {"name": name.th, "svg": picture_for_paper(_with_space(svg))}
            for name, _, pieces in pictures.values()
            for svg in pieces
        ],
        "events": [_event(facts, event) for event in facts["events"]],
        **{name: _both(text) for name, text in SAID.items()},
        "headings": {name: _both(text) for name, text in HEADINGS.items()},
        "columns": COLUMNS,
    }


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[Text, Text | str]]:
    case = facts["case"]
    yield Text("สถานะ", "Status"), facts["status"]
    if facts["outcome"]:
        yield Text("ผล", "Outcome"), facts["outcome"]
    yield Text("ประเภท", "Track"), case.track
    yield Text("ช่องทาง", "Channel"), case.channel
    if facts["unit"]:
        yield Text("ฝ่ายรับผิดชอบ", "Unit"), facts["unit"].th
    yield Text("รับเมื่อ", "Received"), _moment(case.received_at)
    yield Text("กำหนดแล้วเสร็จ", "Due"), _moment(case.due_at)
    yield Text("ปิดเมื่อ", "Closed"), _moment(case.closed_at)
    yield Text("แผนภาพฉบับ", "Diagram"), " > ".join(facts["course"].versions)


def _finding(each: Any) -> dict[str, Any]:
    by = f" — {each.role.th}" if each.role.th else ""
    return {"th": each.text.th + by, "en": each.text.en, "breach": each.severity == "breach"}


def _event(facts: Mapping[str, Any], event: Any) -> dict[str, Any]:
    step = facts["steps"].get(event.element_id)
    return {
        "number": str(event.seq),
        "at": _moment(event.at),
        "what": _both(words_of(event.type)),
        "step": event.element_id if step is None else step.th,
        "who": facts["names"].get(event.actor, ""),
        "role": facts["role"](event.role).th,
    }


def _both(text: Text | str) -> dict[str, str]:
    return {"th": text, "en": ""} if isinstance(text, str) else {"th": text.th, "en": text.en}


SAID = {
    "kind": Text("แฟ้มคดีที่ประทับตรา", "Signed case file"),
    "nothing": Text("ไม่พบ", "Nothing was found."),
    "check": Text(
        "ใช้ verify_case.py จากแหล่งที่เชื่อถือได้ กับ Python 3.9 ขึ้นไป ไม่ต้องต่อกับระบบของหน่วยงาน ดู README.txt",
        "Use a copy of verify_case.py that you trust, with Python 3.9 or newer and without the "
        "agency's system; see README.txt.",
    ),
}
HEADINGS = {
    "findings": Text("ข้อที่ต่างจากแผนภาพและกำหนดเวลา", "What departed from the diagram"),
    "way": Text("เส้นทางของเรื่อง", "The way it went"),
    "events": Text("เหตุการณ์", "Events"),
    "check": Text("ตรวจแฟ้มนี้ได้อย่างไร", "How to check this file"),
}
COLUMNS = ("ที่", "เวลา", "เหตุการณ์", "ขั้นตอน", "ผู้ทำ ในบทบาท")


def _steps(work: Work, course: Course) -> Mapping[str, Text]:
    from engine.record.export.entries import name_of
    from engine.verbs import queries

    found: dict[str, Text] = {}
    for version in course.versions:
        for process in queries.models(work, version).values():
            found.update({node.id: name_of(node) for node in process.body.walk()})
    return found


def _roles(work: Work) -> Callable[[str], Text]:
    from office.applications import master_data

    return lambda group: master_data.group_text(work, group) if group else Text("", "")


def _moment(at: datetime | None, language: str = "th") -> str:
    from forms.text.dates import spell_moment

    return "—" if at is None else spell_moment(at, language)
