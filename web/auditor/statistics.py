"""Figures for the eye: where cases go, how long steps last and where they wait, on the diagram."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request
from markupsafe import Markup

from engine.ground.clock import BANGKOK
from engine.ground.errors import DefinitionNotFound
from engine.ground.text import Text
from engine.store.tables import ProcessDefinition
from engine.store.work import Work
from engine.verbs import queries
from forms.text.dates import NotADate, parse_date
from office.applications import application as applications
from office.audit import access_log, case_search, case_statistics
from office.audit.case_statistics import Figures, Selection, Statistics
from office.people import access
from web import case_view
from web.auditor import player
from web.current import read, signed_in, user, write
from web.language import language, t, thai_number
from web.pictures import picture
from web.pictures.picture import Overlay
from web.types import Answer

blueprint = Blueprint("statistics", __name__, url_prefix="/statistics")
ROLES = frozenset({"auditor", "process_owner", "director", "screening_head"})
A_YEAR = timedelta(days=365)
LEVELS = 5
MEASURES = {
    "visits": Text("จำนวนครั้งที่มาถึง", "How often reached"),
    "median": Text("ระยะเวลากลาง", "How long, the middle case"),
    "p90": Text("ระยะเวลาที่เก้าในสิบไม่เกิน", "How long, nine cases in ten"),
    "wait": Text("รอผู้รับงาน", "Waiting to be taken"),
    "now": Text("ค้างอยู่ตอนนี้", "Waiting there now"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A step in the table, and in the picture."""

    figures: Figures
    name: Text
    share: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A process drawn with its figures."""

    key: str
    name: Text
    svg: Markup


@blueprint.get("")
@signed_in(*ROLES)
def overview() -> Answer:
    with read() as work:
        versions = _versions(work)
        selection, days = _selection(versions, work.now, _first(work))
        figures = case_statistics.statistics(work, user(), selection)
        definition = _drawn(versions, selection)
        measure = request.args.get("show", "")
        measure = measure if measure in MEASURES else "visits"
        facts = {
            "sheets": list(_sheets(work, definition.id, figures, measure)),
            "rows": _rows(work, definition.id, figures),
            "bottlenecks": _bottlenecks(work, definition.id, figures),
            "examines": access.examines(work, user()),
        }
    _note(selection, facts["examines"] is True)
    return render_template(
        "statistics/overview.html",
        statistics=figures,
        selection=selection,
        definition=definition,
        versions=[each for each in versions if each.key == selection.key],
        processes={each.key: Text(each.name_th, each.name_en) for each in reversed(versions)},
        days=days,
        measures=MEASURES,
        measure=measure,
        span=span,
        asked=_asked(),
        **facts,
    )


@blueprint.get("/steps/<element_id>")
@signed_in(*ROLES)
def stays(element_id: str) -> Answer:
    """The cases that were longest in a step: those that the reader may open."""
    with read() as work:
        versions = _versions(work)
        selection, _ = _selection(versions, work.now, _first(work))
        found = case_statistics.longest_stays(work, user(), selection, element_id)
        node = player.nodes_of(work, _drawn(versions, selection).id).get(element_id)
        examines = access.examines(work, user())
    if node is None:
        raise DefinitionNotFound(key=element_id)
    return render_template(
        "statistics/stays.html",
        stays=found,
        name=node.name,
        span=span,
        asked=_asked(),
        examines=examines,
    )


def span(time: timedelta | None) -> str:
    """`2.5 วัน`, `3 ชม.`, `12 นาที`: as exact as a reader wants it."""
    if time is None:
        return "–"
    days = time / timedelta(days=1)
    if days >= 1:
        rough = round(days, 1) if days < 10 else round(days)
        return t("{n} วัน", "{n} d", n=thai_number(int(rough) if rough == int(rough) else rough))
    if time >= timedelta(hours=1):
        return t("{n} ชม.", "{n} h", n=thai_number(round(time / timedelta(hours=1))))
    return t("{n} นาที", "{n} min", n=thai_number(round(time / timedelta(minutes=1))))


# ── what was asked for ─────────────────────────────────────────────────────────────────────────


def _versions(work: Work) -> list[ProcessDefinition]:
    """Processes that complaints have run on, every version, the newest first."""
    return queries.definitions(work)


def _first(work: Work) -> str:
    """The process that is shown when none is asked for."""
    return next((each.process for each in applications.in_force(work)), "")


def _selection(
    versions: list[ProcessDefinition], now: datetime, first: str
) -> tuple[Selection, dict[str, date]]:
    keys = {each.key for each in versions}
    key = request.args.get("process", first)
    if key not in keys:
        raise DefinitionNotFound(key=key)
    version = request.args.get("version", type=int)
    if version is not None and version not in {v.version for v in versions if v.key == key}:
        raise DefinitionNotFound(key=f"{key}:{version}")
    today = now.astimezone(BANGKOK).date()
    days = {"since": _day("since") or today - A_YEAR, "until": _day("until") or today}
    since, until = (case_search.start_of(days[name]) for name in ("since", "until"))
    return Selection(key, version, since, until + timedelta(days=1)), days


def _day(name: str) -> date | None:
    try:
        return parse_date(request.args[name]) if request.args.get(name, "").strip() else None
    except NotADate:
        return None


def _asked() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if value and name != "show"}


def _drawn(versions: list[ProcessDefinition], selection: Selection) -> ProcessDefinition:
    """The version that is drawn: the one asked for, or the newest."""
    return next(
        each
        for each in versions
        if each.key == selection.key and selection.version in (None, each.version)
    )


def _note(selection: Selection, examines: bool) -> None:
    """What examiners look at is recorded, figures too."""
    if not examines:
        return
    facts = {
        "process": selection.key,
        "since": selection.since.date().isoformat(),
        "until": (selection.until - timedelta(days=1)).date().isoformat(),
    }
    with write() as work:
        access_log.note_access(work, "statistics", facts, user())


# ── what is shown ──────────────────────────────────────────────────────────────────────────────


def _sheets(
    work: Work, definition_id: str, statistics: Statistics, measure: str
) -> Iterator[Sheet]:
    weights = {
        id: weight for id, each in statistics.figures.items() if (weight := _weight(each, measure))
    }
    most = max(weights.values(), default=0.0)
    heat = {id: math.ceil(LEVELS * math.sqrt(weight / most)) for id, weight in weights.items()}
    badges = {id: _badge(statistics.figures[id], measure) for id in weights}
    for key, process in queries.models(work, definition_id).items():
        if (
            key != definition_id.rpartition(":")[0]
            and not {n.id for n in process.body.walk()} & heat.keys()
        ):
            continue
        content = case_view.diagram_of(work, definition_id, key)
        overlay = Overlay(heat=heat, badges=badges)
        yield Sheet(key, process.name, picture.draw(content, language=language(), overlay=overlay))


def _weight(figures: Figures, measure: str) -> float:
    spans = {"median": figures.median, "p90": figures.p90, "wait": figures.median_wait}
    if measure in spans:
        return (spans[measure] or timedelta()).total_seconds()
    return float(figures.now if measure == "now" else figures.visits)


def _badge(figures: Figures, measure: str) -> str:
    spans = {"median": figures.median, "p90": figures.p90, "wait": figures.median_wait}
    if measure in spans:
        return span(spans[measure])
    return thai_number(figures.now if measure == "now" else figures.visits)


def _rows(work: Work, definition_id: str, statistics: Statistics) -> list[Row]:
    """The steps in which time passes, in the order of the diagram."""
    shares = {each.element_id: share for each, share in statistics.bottlenecks(10_000)}
    return [
        Row(statistics.figures[id], node.name, shares.get(id, 0.0))
        for id, node in player.nodes_of(work, definition_id).items()
        if id in statistics.figures
        and node.name.th
        and (statistics.figures[id].lasted or statistics.figures[id].now)
    ]


def _bottlenecks(work: Work, definition_id: str, statistics: Statistics) -> list[Row]:
    nodes = player.nodes_of(work, definition_id)
    return [
        Row(each, nodes[each.element_id].name, share)
        for each, share in statistics.bottlenecks()
        if each.element_id in nodes
    ]
