"""A case as an examiner's overview shows it: findings, deadlines, looks, what was laid open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from werkzeug.datastructures import MultiDict

from engine.store.work import Work
from engine.verbs import queries
from office.applications import deployed_forms
from office.applications.application import of_definition
from office.audit import case_replay, conformance
from office.audit.conformance import Deviation
from office.cases import reveals
from office.cases.cases import CaseView
from office.cases.reveals import MOST_HOURS, Request
from office.ground.services import Services
from office.people import people
from office.people.access import find_case
from office.people.people import User
from web import case_view
from web.auditor import player
from web.auditor.player import Line
from web.case_view import LaidOpen
from web.language import language, t

ASKED = (
    "ส่งคำขอแล้ว รอผู้คุ้มครองข้อมูลผู้ร้องพิจารณา",
    "Sent: the identity custodian decides.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A departure with the name of who it was, as an examiner may know it."""

    told: Deviation
    who: str


class Wish(TypedDict):
    """Which fields are asked for, why and for how long."""

    fields: list[str]
    reason: str
    hours: int


@dataclass(frozen=True, slots=True)
class Opened:
    """Personal fields that were granted, in words."""

    request: Request
    shown: list[LaidOpen]


def case_facts(work: Work, services: Services, case: CaseView, user: User) -> dict[str, Any]:
    """What stands on the overview beside the register and the picture."""
    replayed = case_replay.replay_case(work, case.id, user)
    last = replayed.steps[-1]
    return {
        "replayed": replayed,
        "findings": _findings(work, case.id),
        "deadlines": case_replay.deadlines_at(work, replayed, last),
        "at": last.event.at,
        "looks": player.lines(work, replayed, replayed.looks),
        "milestones": _milestones(work, replayed),
        **wishes(work, services, case, user),
    }


def wishes(
    work: Work, services: Services, case: CaseView, user: User, *, only_own: bool = False
) -> dict[str, Any]:
    """What a page needs to ask for an identity, and to show what was asked so far."""
    if case.instance_id is None:
        return {}
    labels = field_labels(work, case)
    asked = reveals.requests_of_case(work, services, case.id, user)
    definition_id = queries.definition_of(work, case.instance_id)
    return {
        "requests": [each for each in asked if each.account_id == user.id or not only_own],
        "titles": case_view.form_titles(work, definition_id),
        "mine": user.id,
        "labels": labels,
        "held": [(path, labels.get(path, path)) for path in _paths(work, case)],
        "most_hours": MOST_HOURS,
    }


def wish(form: MultiDict[str, str]) -> Wish:
    """What a posted request asks for."""
    return {
        "fields": form.getlist("field"),
        "reason": form.get("reason", "")[:2000],
        "hours": form.get("hours", default=0, type=int),
    }


def open_identity(work: Work, services: Services, reveal_id: str, user: User) -> Opened:
    """See what was granted; the look is recorded.

    Raises:
        RequestNotFound, RequestExpired, CaseNotFound.
    """
    values = reveals.open_identity(work, services, reveal_id, user)
    request = reveals.own_request(work, services, reveal_id, user)
    labels = _labels(work, request.instance_id, list(values))
    return Opened(request, case_view.laid_open(labels, values))


def field_labels(work: Work, case: CaseView) -> dict[str, str]:
    """The vault's paths of a case in the words of its forms."""
    return _labels(work, case.instance_id, _paths(work, case))


def _paths(work: Work, case: CaseView) -> list[str]:
    row = find_case(work, case.id)
    return [] if row is None else reveals.paths_of(work, row)


def asked_fields(work: Work, request: Request) -> list[str]:
    """What a request is for, in the words of the case's forms."""
    labels = _labels(work, request.instance_id, request.fields)
    return [labels.get(path, path) for path in request.fields]


def _labels(work: Work, instance_id: str | None, paths: Sequence[str]) -> dict[str, str]:
    if instance_id is None:
        return {}
    return labels_of(work, queries.definition_of(work, instance_id), paths)


def labels_of(work: Work, definition_id: str, paths: Sequence[str]) -> dict[str, str]:
    """`accused[1].name` reads "Name (2)"; a later form's field is looked up under its own form."""
    forms = {
        id: deployed_forms.form_of(work, definition_id, id)
        for id in queries.form_ids(work, definition_id)
    }
    found, first = {}, of_definition(work, definition_id).form
    for path in paths:
        form_id, _, rest = path.partition(".")
        form, inner = (forms[form_id], rest) if form_id in forms else (forms[first], path)
        known = {each.path: each.label.of(language()) for each in form.fields}
        found[path] = case_view.path_label(inner, known)
    return found


def _findings(work: Work, case_id: str) -> list[Finding]:
    told = conformance.check_case(work, case_id)
    names = people.display_names(work, {each.actor for each in told})
    return [Finding(each, names.get(each.actor, "")) for each in told]


def _milestones(work: Work, replayed: case_replay.Replayed) -> list[Line]:
    """The steps a reader in a hurry looks for: what people and tables did, what came due."""
    kinds = {"person", "decision", "time", "letter", "trouble", "mark"}
    lines = player.lines(work, replayed)
    return [line for line in lines if line.kind in kinds and t(line.words)]
