"""Who could see what of a case, when, and by which rule: worked out again from its record.

The register as it was after each event follows from the recorded variables, the tasks from their
events, conflicts from theirs; the rules of `people.access` then say what a person saw. The roles
are those that the person holds today: what they held then is the administration's record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

import sqlalchemy as sa

from engine.record.playback import Playback, Step
from engine.store.tables import HistoryEvent, UserTask
from engine.store.work import Work
from engine.verbs import queries
from office.applications.tracks import note_track
from office.audit.case_replay import replay_case
from office.cases.case_listener import note_variables
from office.ground.tables import Account, Case
from office.people import access, people
from office.people.access import Sight
from office.people.people import User


@dataclass(frozen=True, slots=True)
class Period:
    """How much of a case a person saw from an event on until the next period, and why."""

    since: datetime
    seq: int  # of the event with which it begins
    until: datetime | None
    sight: Sight | None
    rule: str  # one of those in `people.access`


@dataclass(frozen=True, slots=True)
class SightHistory:
    """What the record proves of one person and one case."""

    receipt_no: str
    person: User
    periods: tuple[Period, ...]
    acts: tuple[HistoryEvent, ...]  # all that the record has of them in this case
    trouble: str  # where the record could not be followed; then nothing is proved behind it

    @property
    def never_saw(self) -> bool:
        """Whether the person could not see the case at any moment, and did nothing in it."""
        could = any(period.sight is not None for period in self.periods)
        return not (could or self.acts or self.trouble)


_Moment = tuple[HistoryEvent, Sight | None, str]


@dataclass(slots=True)
class _Then:
    """A case and its tasks as they were after an event."""

    case: Case
    tasks: dict[str, UserTask] = field(default_factory=dict)
    kept_out: set[str] = field(default_factory=set)


def sight_history(work: Work, case_id: str, account_id: str, user: User) -> SightHistory:
    """What one person could see of a case over time, for somebody who may examine it.

    Raises:
        CaseNotFound: the case is not there, or not for the reader.
        UserNotFound: there is no such account.
    """
    replayed = replay_case(work, case_id, user)
    person = people.user_by_id(work, account_id)
    opened = work.session.scalar(sa.select(Account.created_at).where(Account.id == person.id))
    steps = sorted((*replayed.steps, *replayed.looks), key=lambda step: step.event.seq)
    found = list(_moments(work, replayed.case, replayed.playback, steps, person, opened))
    moments = [each for each, after in zip_longest(found, found[1:]) if not _is_one(each, after)]
    acts = tuple(step.event for step in steps if step.event.actor == person.id)
    trouble = replayed.trouble
    return SightHistory(replayed.case.receipt_no, person, _periods(moments), acts, trouble)


def colleagues(work: Work) -> list[User]:
    """Everybody of whom may be asked what they could see, by name."""
    return sorted(people.users(work), key=lambda one: (one.display_name, one.username))


def _moments(
    work: Work,
    case: Case,
    played: Playback,
    steps: Sequence[Step],
    person: User,
    opened: datetime | None,
) -> Iterator[_Moment]:
    then = _Then(_at_the_start(case))
    for step in steps:
        _follow(work, then, step, played, case)
        if opened is None or step.event.at < opened:
            yield step.event, None, access.NO_ACCOUNT
            continue
        is_kept_out = person.id in then.kept_out
        tasks = list(then.tasks.values())
        sight, rule = access.explain(work, then.case, tasks, person, is_kept_out=is_kept_out)
        yield step.event, sight, rule


def _is_one(moment: _Moment, after: _Moment | None) -> bool:
    """Whether an event and the next were written in one transaction: nobody saw what lay between,
    such as a new case before the accused were kept out of it."""
    if after is None:
        return False
    one, other = moment[0], after[0]
    return (one.command_seq, one.at) == (other.command_seq, other.at)


def _at_the_start(case: Case) -> Case:
    then = Case(id=case.id, instance_id=case.instance_id, identity_mode=case.identity_mode)
    then.track, then.hidden_from, then.co_units = "", [], []
    then.protected, then.guarded, then.held = False, False, True
    then.handler = then.lead_unit = then.closed_at = None
    return then


def _follow(work: Work, then: _Then, step: Step, played: Playback, case: Case) -> None:
    """Take the state after one more event."""
    event, variables = step.event, step.frame.variables
    if variables:
        files = queries.files(work, step.frame.definition_id)
        note_variables(then.case, variables, lambda: files)
        note_track(then.case, files, variables)
    if case.closed_at is not None and event.at >= case.closed_at:
        then.case.closed_at = case.closed_at
    if event.type == "conflict_recorded" and "account" in event.data:
        then.kept_out.add(event.data["account"])
    elif event.type == "conflict_lifted":
        then.kept_out.discard(event.data["account"])
    if "task" in event.data:
        _follow_task(work, then, event, played)


def _follow_task(work: Work, then: _Then, event: HistoryEvent, played: Playback) -> None:
    id, tasks = str(event.data["task"]), then.tasks
    if event.type == "task_created":
        row, offer = work.session.get(UserTask, id), played.offers.get(id)
        groups = (
            list(offer.candidate_groups) if offer else [] if row is None else row.candidate_groups
        )
        task = UserTask(id=id, status="open", candidate_groups=groups)
        task.candidate_users = [] if row is None else row.candidate_users
        tasks[id] = task
    if id not in tasks:
        return
    if event.type == "task_claimed":
        tasks[id].assignee = event.actor
    elif event.type == "task_released":
        tasks[id].assignee = None
    elif event.type == "task_reassigned":
        tasks[id].assignee = event.data["to"]
    elif event.type == "task_completed":
        tasks[id].status, tasks[id].completed_by = "completed", event.actor
    elif event.type == "task_cancelled":
        tasks[id].status = "cancelled"


def _periods(moments: Sequence[_Moment]) -> tuple[Period, ...]:
    found: list[Period] = []
    for index, (event, sight, rule) in enumerate(moments):
        if index and (sight, rule) == moments[index - 1][1:]:
            continue
        following = (m[0].at for m in moments[index + 1 :] if m[1:] != (sight, rule))
        found.append(Period(event.at, event.seq, next(following, None), sight, rule))
    return tuple(found)
