"""A legal stay: the agency's deadlines of a case stand still on an order of court or law.

How long it lasts stands in the SLA table's row `stay`. The stay is a deadline of its own, so that
the head is reminded before it ends; unless they confirm it, the deadlines then count on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.ground.errors import NotAllowed
from engine.store.instances import locked_instance
from engine.store.work import Work
from engine.turn import history
from engine.verbs import queries
from forms import Form
from office.applications import deployed_forms
from office.deadlines import changes, pauses
from office.deadlines.derivation import STAY, read_rule
from office.deadlines.reminders.planned_reminders import drop_reminders, plan_reminders
from office.deadlines.rows import begin_deadline, end_deadline, instance_of, running_deadline
from office.deadlines.rules import rule_for
from office.deadlines.tables import DeadlineRow
from office.ground.errors import CaseNotFound, OfficeError
from office.ground.services import Services
from office.ground.tables import Case
from office.people.access import Sight, load_case
from office.people.people import User
from office.vault import submissions

FORM = "f_stay"
PAGE = "stay"  # of the roles that may


class StayRunning(OfficeError):
    """The count of this case stands still already."""

    thai = "เรื่องนี้หยุดนับเวลาอยู่แล้ว"


class NoStay(OfficeError):
    """The count of this case does not stand still by law."""

    thai = "เรื่องนี้ไม่ได้หยุดนับเวลาตามกฎหมาย"


def stay_form(work: Work, case_id: str, user: User) -> tuple[Form, dict[str, Any]]:
    """The form that says why the count must stand still.

    Raises:
        CaseNotFound: the case is not for them. NotAllowed: it is not theirs to decide.
    """
    case = _own_case(work, case_id, user)
    definition_id = queries.definition_of(work, str(case.instance_id))
    return deployed_forms.form_of(work, definition_id, FORM), {}


def stay_case(
    work: Work, services: Services, case_id: str, answers: Mapping[str, Any], user: User
) -> DeadlineRow:
    """Let the agency's deadlines of a case stand still; the ground is recorded, its words are
    encrypted.

    Raises:
        CaseNotFound, NotAllowed: as for the form. FormInvalid: the answers do not fit.
        StayRunning: they stand still already.
    """
    form, context = stay_form(work, case_id, user)
    case = _own_case(work, case_id, user)
    checked = form.load(answers, context=context, environment=deployed_forms.environment_of(work))
    given = deployed_forms.as_given(checked)
    instance = locked_instance(work, str(case.instance_id))
    if running_deadline(work, case.id, STAY) is not None:
        raise StayRunning
    variables = queries.variables(work, instance.id)
    rule = rule_for(work, instance.definition_id, STAY, variables)
    submission, commitment = submissions.keep_submission(
        work, services, case.id, FORM, given, given_by=user.id
    )
    stay = begin_deadline(work, instance, rule, command_seq=instance.command_seq)
    plan_reminders(work, stay, variables)
    data = {"ground": given["stay_ground"], "clock": stay.id, "submission": submission}
    data["commitment"] = commitment
    history.record(work, instance.id, "case_stayed", data, actor=user.actor)
    reason = _ground_of(work, form, given)
    pauses.pause_all(work, case.id, rule.pause_limit, reason=reason, actor=user.actor)
    return stay


def _ground_of(work: Work, form: Form, given: Mapping[str, Any]) -> str:
    """Why the count stands still, as the form calls the ground that was chosen."""
    chosen = {"stay_ground": given["stay_ground"]}
    environment = deployed_forms.environment_of(work)
    (line,) = form.read_out(chosen, language="th", environment=environment)
    return f"หยุดนับตามกฎหมาย ({line.text})"


def confirm_stay(work: Work, case_id: str, user: User) -> DeadlineRow:
    """The stay goes on: once more as long as the table allows.

    Raises:
        CaseNotFound, NotAllowed, NoStay.
    """
    case, stay = _running(work, case_id, user)
    rule = read_rule(STAY, stay.rule)
    history.record(work, stay.instance_id, "stay_confirmed", {"clock": stay.id}, actor=user.actor)
    reason = "ยืนยันให้หยุดนับต่อ"
    changes.lengthen_deadline(work, stay.id, rule.days, rule.kind, reason=reason, actor=user.actor)
    pauses.pause_longer(work, case.id, rule.pause_limit, reason=reason, actor=user.actor)
    return stay


def lift_stay(work: Work, case_id: str, user: User) -> None:
    """The deadlines count on from today.

    Raises:
        CaseNotFound, NotAllowed, NoStay.
    """
    case, stay = _running(work, case_id, user)
    end_deadline(work, stay)
    drop_reminders(work, stay)
    history.record(work, stay.instance_id, "stay_lifted", {"clock": stay.id}, actor=user.actor)
    pauses.resume_all(work, case.id, reason="สิ้นสุดการหยุดนับตามกฎหมาย", actor=user.actor)


def _running(work: Work, case_id: str, user: User) -> tuple[Case, DeadlineRow]:
    case = _own_case(work, case_id, user)
    locked_instance(work, instance_of(work, str(case.instance_id)).id)
    stay = running_deadline(work, case.id, STAY)
    if stay is None:
        raise NoStay
    return case, stay


def _own_case(work: Work, case_id: str, user: User) -> Case:
    case, sight = load_case(work, case_id, user)
    if sight is not Sight.FULL or case.closed_at is not None:
        raise CaseNotFound
    if PAGE not in user.pages:
        raise NotAllowed
    return case
