"""Who may see a case, and how much of it: decided here, wherever a case is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.ground.actor import Actor
from engine.ground.errors import InstanceNotFound, TaskNotFound
from engine.store.tables import ProcessInstance, UserTask, UserTaskCandidate
from engine.store.work import Work
from engine.verbs import queries, runtime
from office.ground import reference
from office.ground.errors import CaseNotFound
from office.ground.tables import Case, Conflict
from office.people.people import User


class Sight(IntEnum):
    """How much of a case a person sees; a person with several grounds has the widest."""

    REDACTED = 1  # the register's columns and the course of the case, no text
    UNIT = 2  # what the centre sent the unit, and the unit's own answers
    FULL = 3  # everything but who the complainant is, which needs a reason each time


EXAMINES = "audit"
# What a role sees of every case, by the word in the column `access` of roles.csv.
STANDING = {
    EXAMINES: Sight.REDACTED,  # auditors: any case, never its text
    "open": Sight.FULL,  # intake: until the case is closed
    "all": Sight.FULL,  # the head of the centre
    "decided": Sight.FULL,  # decision makers, once it is known that they may handle it
}

ACTING = "acting"  # in the column `access`: whoever acts for the centre when it is concerned
# Who takes a case in and screens it: nobody else sees one that is held until it is known who is
# accused.
FIRST = frozenset({"open", "all", ACTING})
NONE = "none"  # the id of nothing
CLEARED = "cleared"  # a ground of a conflict that was none: the name is somebody else's
CONFLICTS = "conflicts"  # what a unit of work keeps of them
UNIT = "unit"  # in the column `access`: whoever does a unit's part where no unit may
CUSTODIAN = "identity_custodian"  # the second person whenever an identity is laid open


def sight_of(work: Work, case: Case, user: User) -> Sight | None:
    """How much of a case a person sees; none when it does not exist for them."""
    return sights_of(work, [case], user).get(case.id)


def sights_of(work: Work, cases: Sequence[Case], user: User) -> dict[str, Sight]:
    """How much a person sees of each of these cases, by its id; one that does not exist for them
    is left out. However many there are, the database is asked the same few things.

    Whoever is in conflict, or holds a role the case is hidden from, sees nothing whatever else
    they hold; while a case is held, so does everybody but intake and screening. Otherwise a
    standing role, a unit that is in the case, or a task counts.
    """
    words = _words(work, user)
    kept_out = _kept_out(work, cases, user)
    grounds = {
        case.id: _standing(case, words) + _by_unit(case, user)
        for case in cases
        if case.id not in kept_out and not _is_hidden(case, user) and _is_open_to(case, words)
    }
    undecided = [c for c in cases if c.id in grounds and Sight.FULL not in grounds[c.id]]
    for case_id, sights in _by_task(work, undecided, user).items():
        grounds[case_id] += sights
    return {id: max(found) for id, found in grounds.items() if found}


def _is_open_to(case: Case, words: AbstractSet[str]) -> bool:
    """Whether a case that is held is for somebody of these words: intake and screening, and, where
    it was closed before anybody said who is accused, whoever examines."""
    return not case.held or bool(words & FIRST or (EXAMINES in words and case.closed_at))


# Why somebody sees a case or does not, by the rules above.
NO_ACCOUNT, HIDDEN, CONFLICT, HELD, NO_PART = "no account", "hidden", "conflict", "held", "no part"
ROLE, OF_UNIT, TASK = "role", "unit", "task"


def explain(
    work: Work, case: Case, tasks: Sequence[UserTask], user: User, *, is_kept_out: bool
) -> tuple[Sight | None, str]:
    """What `sights_of` gives of a case as it is described here, and the rule that decides."""
    words = _words(work, user)
    barred = [
        (NO_ACCOUNT, not user.active),
        (HIDDEN, user.active and _is_hidden(case, user)),
        (CONFLICT, is_kept_out),
        (HELD, not _is_open_to(case, words)),
    ]
    for rule, is_barred in barred:
        if is_barred:
            return None, rule
    by_task = [task_sight(work, task, user) for task in tasks]
    grounds = [
        *((sight, ROLE) for sight in _standing(case, words)),
        *((sight, OF_UNIT) for sight in _by_unit(case, user)),
        *((sight, TASK) for sight in by_task if sight is not None),
    ]
    return max(grounds, key=lambda ground: ground[0], default=(None, NO_PART))


def may_know_of(work: Work, case: Case, user: User) -> bool:
    """Whether a person may learn that there is such a case at all."""
    return not _is_hidden(case, user) and case.id not in _kept_out(work, [case], user)


def _is_hidden(case: Case, user: User) -> bool:
    return not user.active or not _names_of(user).isdisjoint(case.hidden_from)


def require_sight(work: Work, case: Case | None, user: User) -> tuple[Case, Sight]:
    """The case and how much of it this person sees.

    Raises:
        CaseNotFound: it is not there, or not for them; the two cannot be told apart.
    """
    ask_alike(work, case, user)
    sight = sight_of(work, case, user) if case is not None else None
    if case is None or sight is None:
        raise CaseNotFound
    return case, sight


def ask_alike(work: Work, case: Case | None, user: User) -> None:
    """Ask the database the same of a case that is there and of one that is not: how long an answer
    takes must not tell them apart either. What is asked is kept for what follows, and a unit of
    work asks once of each case."""
    _words(work, user)
    conflicts_of(work, NONE if case is None else case.id)
    instance = NONE if case is None or case.instance_id is None else case.instance_id
    work.kept("asked alike", instance, lambda: len(queries.tasks_of(work, instance)))


def load_case(work: Work, case_id: str, user: User) -> tuple[Case, Sight]:
    """A case by its id, for a person: how every page and request of an officer gets one.

    Raises:
        CaseNotFound: it is not there, or not for them.
    """
    return require_sight(work, find_case(work, case_id), user)


def find_case(work: Work, case_id: str) -> Case | None:
    """A case by its id, whoever asks; what a person may know of it is for `load_case` to say."""
    return work.once("case", case_id, lambda: _case(work, Case.id == case_id))


def case_of_instance(work: Work, instance_id: str) -> Case | None:
    """The case that a process instance carries; none for other processes."""
    return work.once("case of", instance_id, lambda: _case(work, Case.instance_id == instance_id))


def case_behind(work: Work, instance_id: str) -> Case | None:
    """The case that a process instance carries, the instance read along with it.

    Raises:
        InstanceNotFound: there is no such instance.
    """
    query = sa.select(ProcessInstance, Case).outerjoin(Case, Case.instance_id == ProcessInstance.id)
    one = query.where(ProcessInstance.id == instance_id)
    row = work.once("case behind", instance_id, lambda: work.session.execute(one).first())
    if row is None:
        raise InstanceNotFound(instance_id=instance_id)
    instance, case = row
    if work.is_readonly:
        queries.remember(work, instance)
    work.once("case of", instance_id, lambda: case)
    found: Case | None = case
    return found


def open_task(work: Work, task_id: str, user: User) -> tuple[UserTask, Case, Sight]:
    """An open task of a case with the case, and how much of it this person sees.

    Raises:
        TaskNotFound: it is unknown, or its case is not for them; the two cannot be told apart.
        TaskClosed: it is done.
    """
    query = (
        sa.select(UserTask, Case, *([ProcessInstance] if work.is_readonly else []))
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(Case, Case.instance_id == UserTask.instance_id)
        .where(UserTask.id == task_id)
        .execution_options(populate_existing=True)  # a turn writes past the session
    )
    row = work.session.execute(query).first()
    if row is not None and work.is_readonly:
        queries.remember(work, row[2])
    try:
        case, sight = require_sight(work, None if row is None else row[1], user)
    except CaseNotFound:
        raise TaskNotFound from None
    return runtime.must_be_open(None if row is None else row[0]), case, sight


def _case(work: Work, which: ColumnElement[bool]) -> Case | None:
    """A case, and where it is only read also its instance, which is asked for next."""
    if not work.is_readonly:
        return work.session.scalar(sa.select(Case).where(which))
    query = sa.select(Case, ProcessInstance).where(which)
    row = work.session.execute(
        query.outerjoin(ProcessInstance, ProcessInstance.id == Case.instance_id)
    ).first()
    if row is None:
        return None
    case, instance = row
    if instance is not None:
        queries.remember(work, instance)
    found: Case = case
    return found


def not_barred(user: User) -> list[ColumnElement[bool]]:
    """Conditions on `Case` that hold back what the person must not even be able to count."""
    conflicts = sa.select(Conflict.case_id).where(*_in_conflict(user))
    hidden = [
        ~sa.type_coerce(Case.hidden_from, sa.Text).contains(f'"{name}"')
        for name in sorted(_names_of(user))
    ]
    return [Case.id.not_in(conflicts), *hidden]


def open_to(work: Work, user: User) -> list[ColumnElement[bool]]:
    """Conditions on `Case` for lists of cases and of what is to be done in them: nothing that is
    barred, and nothing that is held but for those who take cases in and screen them."""
    return [*not_barred(user), *_held_back(_words(work, user), FIRST)]


def countable(work: Work, user: User) -> list[ColumnElement[bool]]:
    """Conditions on `Case` for figures: nothing that is barred; nothing that is held but for those
    who see every case then; and for decision makers nothing of which it is not known yet whether
    they are the accused."""
    words = _words(work, user)
    held_back = _held_back(words, FIRST & STANDING.keys())
    unknown = [Case.handler.is_not(None)] if "decided" in words else []
    return [*not_barred(user), *held_back, *unknown]


def _held_back(words: AbstractSet[str], first: AbstractSet[str]) -> list[ColumnElement[bool]]:
    """`_is_open_to` for the database."""
    if words & first:
        return []
    is_open = Case.held.is_(False)
    return [sa.or_(is_open, Case.closed_at.is_not(None)) if EXAMINES in words else is_open]


def within_reach(work: Work, user: User) -> list[ColumnElement[bool]]:
    """Conditions on `Case` that a case outside a person's reach fails: a first sieve for lists, so
    that they need not look at every case there is. `sight_of` still decides on each."""
    if _words(work, user) & STANDING.keys():
        return []
    units = {group.partition("@")[2] for group in user.groups} - {""}
    co_units = sa.type_coerce(Case.co_units, sa.Text)
    offered = sa.select(UserTaskCandidate.task_id).where(
        UserTaskCandidate.kind == "group", UserTaskCandidate.name.in_(sorted(user.groups))
    )
    involved = sa.select(UserTask.instance_id).where(
        sa.or_(
            UserTask.completed_by == user.id,
            UserTask.assignee == user.id,
            UserTask.id.in_(offered),
        )
    )
    reach = [Case.lead_unit.in_(units), Case.instance_id.in_(involved)]
    return [sa.or_(*reach, *(co_units.contains(f'"{unit}"') for unit in units))]


def may_reveal(work: Work, sight: Sight, user: User) -> bool:
    """Whether a person may open the identity vault of a case they see in full: the centre's own
    people, and whoever acts for them when they are concerned themselves."""
    return sight is Sight.FULL and bool(_words(work, user) & {"all", "open", ACTING})


def is_guarded(case: Case) -> bool:
    """Whether who complained is protected from all who need not know: where they did not put their
    name to it openly, where somebody needs protection, and on tracks that always are so."""
    return case.guarded or case.protected or case.identity_mode != "open"


def screens(work: Work, user: User) -> bool:
    """Whether a person screens cases, or acts for those who do."""
    return bool(_words(work, user) & {"all", ACTING})


def examines(work: Work, user: User) -> bool:
    """Whether a person examines cases: sees the course of each, and its texts for a reason."""
    return EXAMINES in _words(work, user)


def as_examiner(work: Work, user: User) -> Actor:
    """The person in the role in which they examine, as the record wants to know it."""
    return acting_as(work, user.actor, EXAMINES)


def acting_as(work: Work, actor: Actor, *access: str, on_behalf_of: str = "") -> Actor:
    """The actor in the first of their roles that has one of these words in the column `access`."""
    known = reference.roles(work).items()
    roles = [key for key, role in known if role.access in access and key in actor.groups]
    return actor.acting(roles, on_behalf_of=on_behalf_of)


def reading(work: Work, case: Case, user: User) -> Actor:
    """The person in the role that lets them read a case: a standing one, or a unit."""
    units = {case.lead_unit, *case.co_units} - {None}
    groups = sorted(group for group in user.groups if group.partition("@")[2] in units)
    return acting_as(work, user.actor, *STANDING).acting(groups)


def _names_of(user: User) -> frozenset[str]:
    """What a case may be hidden from that this person is: their roles, and as `@it` their units."""
    units = {group.partition("@")[2] for group in user.groups} | {user.unit or ""}
    return user.roles | {f"@{unit}" for unit in units - {""}}


def conflicts_of(work: Work, case_id: str) -> Sequence[Conflict]:
    """Whoever is or was taken to be concerned in a case."""
    query = sa.select(Conflict).where(Conflict.case_id == case_id).order_by(Conflict.account_id)
    return work.kept(CONFLICTS, case_id, lambda: work.session.scalars(query).all())


def _kept_out(work: Work, cases: Sequence[Case], user: User) -> frozenset[str]:
    """Those of the cases, by their ids, that a person is kept out of."""
    if len(cases) == 1:  # whoever looks at one case may be asked about the others' conflicts in it
        kept_out = {
            row.account_id for row in conflicts_of(work, cases[0].id) if row.ground != CLEARED
        }
        return frozenset({cases[0].id} if user.id in kept_out else ())
    query = sa.select(Conflict.case_id).where(*_in_conflict(user))
    return work.kept(CONFLICTS, user.id, lambda: frozenset(work.session.scalars(query)))


def _in_conflict(user: User) -> list[ColumnElement[bool]]:
    """Conditions on `Conflict`: a match that was found to be wrong keeps nobody out."""
    return [Conflict.account_id == user.id, Conflict.ground != CLEARED]


def _standing(case: Case, words: set[str]) -> list[Sight]:
    words = set(words)
    if case.closed_at is not None:
        words.discard("open")
    if case.handler is None:
        # Until the table of handlers has been asked, a decision maker could be the accused.
        words.discard("decided")
    return [STANDING[word] for word in words if word in STANDING]


def _words(work: Work, user: User) -> set[str]:
    return {role.access for key, role in reference.roles(work).items() if key in user.roles}


def _by_unit(case: Case, user: User) -> list[Sight]:
    units = {case.lead_unit, *case.co_units}
    held = {group.partition("@")[2] for group in user.groups}
    return [Sight.UNIT] if units & held - {""} else []


def _by_task(work: Work, cases: Sequence[Case], user: User) -> dict[str, list[Sight]]:
    """By case: open tasks that the person may do or has claimed, and tasks they once did."""
    instances = {case.instance_id: case.id for case in cases if case.instance_id is not None}
    found: dict[str, list[Sight]] = {}
    for task in _tasks(work, list(instances), user):
        sight = task_sight(work, task, user)
        if sight is not None:
            found.setdefault(instances[task.instance_id], []).append(sight)
    return found


def _tasks(work: Work, instance_ids: Sequence[str], user: User) -> Sequence[UserTask]:
    if len(instance_ids) < 2:  # whoever looks at one case looks at its tasks as well
        return [task for id in instance_ids for task in queries.tasks_of(work, id)]
    query = sa.select(UserTask).where(
        UserTask.instance_id.in_(instance_ids),
        sa.or_(UserTask.status == "open", UserTask.completed_by == user.id),
    )
    return work.session.scalars(query).all()


def task_sight(work: Work, task: UserTask, user: User) -> Sight | None:
    """What a part in a task opens. It follows from the groups that the task was offered to and
    that the person is in today: a unit's part opens what the unit was sent, a part that is over no
    more than that, and a part through a group that they have left opens nothing."""
    through = user.groups & set(task.candidate_groups)
    if not through and not _is_named(task, user):
        return None
    if task.status not in ("open", "completed"):
        return None
    if task.status == "completed":
        return Sight.UNIT if task.completed_by == user.id else None
    return Sight.UNIT if _of_units(work, through or set(task.candidate_groups)) else Sight.FULL


def _is_named(task: UserTask, user: User) -> bool:
    """Whether the task is this person's own and not a group's."""
    is_offered = bool(task.candidate_groups or task.candidate_users)
    return user.id in task.candidate_users or (not is_offered and task.assignee == user.id)


def _of_units(work: Work, groups: AbstractSet[str]) -> bool:
    """Whether all of these groups are units', or of roles that stand in for a unit."""
    roles = reference.roles(work)
    standing_in = {group for group in groups if group in roles and roles[group].access == UNIT}
    return bool(groups) and all("@" in group or group in standing_in for group in groups)
