"""The replay player's page: one step of a case, as a person examines it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from engine import feel
from engine.bpmn.model import Node
from engine.dmn import Explained
from engine.ground.actor import SYSTEM
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.record.playback import Awaited, Step
from engine.store.work import Work
from engine.verbs import queries
from forms.showing.view import FormView
from office.applications import master_data
from office.audit import case_replay
from office.audit.case_replay import Change, DeadlineThen, Replayed, Sheet
from office.ground.services import Services
from office.people import people
from office.people.acting import acted_at
from office.people.people import User
from office.vault.submissions import COMPLAINANT
from web import case_view, event_text
from web.formatting import facts, spell
from web.language import language, t
from web.pictures import picture
from web.pictures.picture import Overlay

Nodes = Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Line:
    """An event in the list beside the picture."""

    seq: int
    at: datetime
    step: Text
    words: Text
    who: str
    kind: str
    round: int
    is_first_of_turn: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A process whose picture can be shown."""

    key: str
    name: Text
    tokens: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A form as it was shown, laid out, and whether more of it could be read."""

    title: Text
    view: FormView
    file: str
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of the data before and after, in words."""

    label: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A timer or message that was waited for."""

    step: Text
    kind: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands among all steps: its number from 1, and its neighbours."""

    number: int
    total: int
    first: int
    previous: int | None
    next: int | None
    last: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """In which role the person acted, for whom, and to whom the task was offered."""

    role: Text
    on_behalf_of: str
    offered_to: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """Everything a template shows of one step."""

    line: Line
    place: Place
    about: Text
    how: Circumstances
    definition: str
    tabs: list[Tab]
    svg: Markup
    focus: str
    flow: str
    papers: list[Paper]
    decisions: list[Explained]
    differences: list[Difference]
    deadlines: list[DeadlineThen]
    waits: list[Waiting]
    is_proved: bool
    hash: str
    command: int
    facts: list[tuple[str, str]]


def lines(work: Work, replayed: Replayed, steps: Sequence[Step] | None = None) -> list[Line]:
    """The events of a case in order, as people say them."""
    shown = replayed.steps if steps is None else steps
    names = people.display_names(work, case_replay.names_of_steps(shown))
    found: list[Line] = []
    turn = -1
    for step in shown:
        event = step.event
        node = nodes_of(work, step.frame.definition_id).get(event.element_id)
        found.append(
            Line(
                seq=event.seq,
                at=event.at,
                step=node.name if node is not None and node.name.th else Text("", ""),
                words=event_text.words_of(event.type),
                who=_who(event.actor, names),
                kind=event_text.kind_of(event.type),
                round=step.round,
                is_first_of_turn=event.command_seq != turn,
            )
        )
        turn = event.command_seq
    return found


def step_page(
    work: Work,
    services: Services,
    replayed: Replayed,
    seq: int,
    user: User,
    *,
    process: str = "",
) -> StepPage:
    """One step with its picture, form, decision, data and deadlines.

    Raises:
        CaseNotFound: the case has no such step.
    """
    step = replayed.at(seq)
    (line,) = lines(work, replayed, [step])
    node = nodes_of(work, step.frame.definition_id).get(step.event.element_id)
    tabs = _tabs(work, replayed, step, process or step.frame.process_key)
    shown = next((tab.key for tab in tabs if tab.is_shown), _main(step))
    return StepPage(
        line=line,
        place=_place(replayed, seq),
        about=Text("", "") if node is None else node.documentation,
        how=_circumstances(work, replayed, step),
        definition=step.frame.definition_id,
        tabs=tabs,
        svg=_draw(work, replayed, step, shown),
        focus=step.event.element_id,
        flow=step.frame.flow,
        papers=_papers(work, services, replayed, step, user),
        decisions=case_replay.decisions_at(work, step),
        differences=[_difference(each) for each in case_replay.changes_at(work, step)],
        deadlines=case_replay.deadlines_at(work, replayed, step),
        waits=_waits(work, step),
        is_proved=step.is_proved,
        hash=step.event.hash,
        command=step.event.command_seq,
        facts=facts(step.event.data),
    )


def _place(replayed: Replayed, seq: int) -> Place:
    seqs = [each.event.seq for each in replayed.steps]
    at = seqs.index(seq) if seq in seqs else len(seqs) - 1
    before, after = seqs[:at], seqs[at + 1 :]
    return Place(
        number=at + 1,
        total=len(seqs),
        first=seqs[0],
        previous=before[-1] if before else None,
        next=after[0] if after else None,
        last=seqs[-1],
    )


def _circumstances(work: Work, replayed: Replayed, step: Step) -> Circumstances:
    return Circumstances(
        role=_role(work, step),
        on_behalf_of=_principal(work, step.event.on_behalf_of),
        offered_to=_offered_to(work, replayed, step),
    )


def nodes_of(work: Work, definition_id: str) -> Nodes:
    """Every drawn node of a version and of the processes it calls, by id."""
    return {
        node.id: node
        for process in queries.models(work, definition_id).values()
        for node in process.body.walk()
    }


# ── the picture ────────────────────────────────────────────────────────────────────────────────


def _main(step: Step) -> str:
    return step.frame.definition_id.rpartition(":")[0]


def _until(replayed: Replayed, step: Step) -> Iterable[Step]:
    return (each for each in replayed.steps if each.event.seq <= step.event.seq)


def _draw(work: Work, replayed: Replayed, step: Step, process: str) -> Markup:
    visits: Counter[str] = Counter()
    flows: set[str] = set()
    for each in _until(replayed, step):
        if each.event.type == "activity_entered":
            visits[each.event.element_id] += 1
            flows.add(each.frame.flow)
    tokens = Counter(token.element_id for token in step.frame.tokens)
    content = case_view.diagram_of(work, step.frame.definition_id, process)
    badges = {element: f"×{count}" for element, count in visits.items() if count > 1}
    focus = {step.event.element_id, step.frame.flow} - {""}
    return picture.draw(
        content,
        language=language(),
        visited={*visits, *flows},
        standing=set(tokens),
        overlay=Overlay(tokens=tokens, badges=badges, focus=focus),
    )


def _tabs(work: Work, replayed: Replayed, step: Step, wanted: str) -> list[Tab]:
    """The case's own process, and those it has called until now; one of them is shown."""
    seen = {each.frame.process_key for each in _until(replayed, step)} | {_main(step)}
    drawn = queries.models(work, step.frame.definition_id)
    shown = wanted if wanted in seen & drawn.keys() else _main(step)
    tokens = Counter(token.process_key for token in step.frame.tokens)
    return [
        Tab(key, process.name, tokens[key], key == shown)
        for key, process in drawn.items()
        if key in seen
    ]


# ── who, form, data ────────────────────────────────────────────────────────────────────────────


def _who(actor: str, names: Mapping[str, str]) -> str:
    if actor == SYSTEM.id:
        return t("ระบบ", "The system")
    if actor == COMPLAINANT:
        return t("ผู้ร้องเรียน", "The complainant")
    return names.get(actor, t("ไม่ทราบชื่อ", "unknown"))


def _groups(work: Work, names: Iterable[str], at: datetime) -> Text:
    groups = [master_data.group_text(work, name, at=at) for name in names]
    return Text(", ".join(each.th for each in groups), ", ".join(each.en for each in groups))


def _role(work: Work, step: Step) -> Text:
    """In which role somebody acted; by an acting order, as such."""
    event = step.event
    if not event.role:
        return Text("", "")
    acted = acted_at(work, [(event.actor, event.role, event.at)])
    found = acted.get((event.actor, event.role, event.at))
    role = master_data.group_text(work, event.role, at=event.at)
    return found.described(role) if found else role


def _principal(work: Work, account_id: str) -> str:
    """For whom somebody acted; nobody in most cases."""
    return people.display_names(work, [account_id]).get(account_id, "") if account_id else ""


def _offered_to(work: Work, replayed: Replayed, step: Step) -> Text:
    offer = replayed.playback.offers.get(str(step.event.data.get("task", "")))
    return _groups(work, offer.candidate_groups if offer else [], step.event.at)


def _papers(
    work: Work, services: Services, replayed: Replayed, step: Step, user: User
) -> list[Paper]:
    titles = case_view.form_titles(work, step.frame.definition_id)
    return [
        Paper(
            title=titles.get(sheet.form.id, Text(sheet.form.id, sheet.form.id)),
            view=sheet.form.view(
                sheet.answers,
                None,
                sheet.context,
                language(),
                environment=feel.Environment(now=sheet.at.astimezone(BANGKOK)),
                file_names=sheet.file_names,
            ),
            file=sheet.form.name,
            sheet=sheet,
        )
        for sheet in case_replay.sheets_at(work, services, replayed, step, user)
    ]


def _difference(change: Change) -> Difference:
    before, after = (spell(value, change.field) for value in (change.before, change.after))
    return Difference(t(change.label), change.path, before, after)


def _waits(work: Work, step: Step) -> list[Waiting]:
    nodes = nodes_of(work, step.frame.definition_id)

    def named(awaited: Awaited) -> Text:
        node = nodes.get(awaited.element_id)
        plain = Text(awaited.name or awaited.element_id, awaited.name or awaited.element_id)
        return node.name if node is not None and node.name.th else plain

    return [Waiting(named(each), each.kind, each.due) for each in step.frame.awaited]
