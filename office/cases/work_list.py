"""Work lists: the open tasks a person has claimed or may claim, the most urgent first."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from engine.ground.text import Text
from engine.store.tables import UserTask, UserTaskCandidate
from engine.store.work import Work
from office.applications import master_data
from office.cases.cases import title_of
from office.cases.deadline_views import NextReminder, next_reminders
from office.ground.errors import PageUnknown
from office.ground.services import Services
from office.ground.tables import Case, CaseKey
from office.people import people
from office.people.access import Sight, is_guarded, open_to, task_sight
from office.people.people import User
from office.vault import case_keys

Colour = Literal["ok", "soon", "late", "none"]
Scope = Literal["mine", "groups", "all"]
Row = tuple[UserTask, Case]
SOON = timedelta(days=2)
MINE = 50  # claimed tasks that are shown
MANY = 2000  # offered tasks from which on walking all tasks by due date is the shorter way

# Written out, not bound: SQLite uses the indexes of open tasks only where it reads the condition.
OPEN = UserTask.status == sa.literal_column("'open'")
BY_DUE = (UserTask.due_at, UserTask.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A task in a work list."""

    task_id: str
    case_id: str
    receipt_no: str
    track: str
    subject: str | None
    title: str | None
    name: Text
    status: Text
    severity: str | None
    due_at: datetime | None
    case_due_at: datetime | None  # of the case as a whole
    colour: Colour  # of the earlier of the two
    next_reminder: NextReminder | None  # who is told next if nothing is done
    created_at: datetime
    assignee: str | None
    holder: Text  # who holds the ball: the person, or the groups it is offered to
    is_mine: bool


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A stretch of a work list; `after` asks for the next one, and is none at the end."""

    items: tuple[WorkItem, ...]
    after: str | None


def work_list(
    work: Work,
    services: Services,
    user: User,
    *,
    scope: Scope = "all",
    limit: int = 50,
    after: str | None = None,
) -> WorkPage:
    """A page of a person's open tasks. Cases in which they have a conflict, or which are hidden
    from their role, are not even counted.

    Raises:
        PageUnknown: `after` is not what a page before gave.
    """
    found = _page(work, user, scope, limit + 1, _read_cursor(after))
    items = _items(work, services, user, found[:limit])
    return WorkPage(items, _cursor(found[limit - 1][0]) if len(found) > limit else None)


def desk_list(
    work: Work, services: Services, user: User, *, limit: int = 50, after: str | None = None
) -> tuple[WorkPage, WorkPage]:
    """What lies on a person's desk: the first tasks that they have claimed, and a page of those
    that their groups are offered.

    Raises:
        PageUnknown: `after` is not what a page before gave.
    """
    mine = _page(work, user, "mine", MINE + 1, None)
    free = _page(work, user, "groups", limit + 1, _read_cursor(after))
    items = _items(work, services, user, [*mine[:MINE], *free[:limit]])
    cut = len(mine[:MINE])
    more_mine = _cursor(mine[MINE - 1][0]) if len(mine) > MINE else None
    more_free = _cursor(free[limit - 1][0]) if len(free) > limit else None
    return WorkPage(items[:cut], more_mine), WorkPage(items[cut:], more_free)


def _items(work: Work, services: Services, user: User, rows: Sequence[Row]) -> tuple[WorkItem, ...]:
    names = people.names_of(work, {task.assignee for task, _ in rows if task.assignee}, user)
    following = next_reminders(work, [case for _, case in rows])
    return tuple(_item(work, services, user, row, names, following) for row in rows)


def colour_of(due_at: datetime | None, now: datetime) -> Colour:
    """How urgent a due date is, for the eye."""
    if due_at is None:
        return "none"
    if due_at < now:
        return "late"
    return "soon" if due_at - now <= SOON else "ok"


def holder_of(work: Work, task: UserTask) -> Text:
    """Who holds the ball."""
    ids = [task.assignee] if task.assignee else []
    return _holder(work, task, people.display_names(work, ids))


# ── finding the rows ───────────────────────────────────────────────────────────────────────────


def _page(
    work: Work, user: User, scope: Scope, count: int, after: tuple[datetime | None, str] | None
) -> list[Row]:
    """Tasks with a due date in its order, then those without one: two plain index ranges, where
    one order over both would have to sort every open task."""
    query = (
        sa.select(UserTask, Case)
        .join(Case, Case.instance_id == UserTask.instance_id)
        .where(OPEN, _in_scope(work, user, scope), *open_to(work, user))
    )
    if scope == "mine" and after is None:
        # Few enough to be sorted; on SQLite an empty due date would come first.
        return _rows(work, query.order_by(UserTask.due_at.is_(None), *BY_DUE), count)
    found: list[Row] = []
    if after is None or after[0] is not None:
        dated = query.where(UserTask.due_at.is_not(None))
        if after is not None:
            bound = sa.tuple_(sa.literal(after[0], UserTask.due_at.type), sa.literal(after[1]))
            dated = dated.where(sa.tuple_(UserTask.due_at, UserTask.id) > bound)
        found += _rows(work, dated.order_by(*BY_DUE), count)
    if len(found) < count:
        undated = query.where(UserTask.due_at.is_(None))
        if after is not None and after[0] is None:
            undated = undated.where(UserTask.id > after[1])
        found += _rows(work, undated.order_by(UserTask.id), count - len(found))
    return found


def _rows(work: Work, query: sa.Select[UserTask, Case], count: int) -> list[Row]:
    """With the keys that open the titles, or each would be asked for by itself."""
    own = sa.and_(CaseKey.case_id == Case.id, CaseKey.purpose == "content")
    whole = query.outerjoin(CaseKey, own).add_columns(CaseKey).limit(count)
    found = work.session.execute(whole).all()
    case_keys.remember(work, [key for _, _, key in found if key is not None])
    return [(task, case) for task, case, _ in found]


def _in_scope(work: Work, user: User, scope: Scope) -> sa.ColumnElement[bool]:
    mine = UserTask.assignee == user.id
    if scope == "mine":
        return mine
    free = sa.and_(UserTask.assignee.is_(None), _offered(work, user))
    return free if scope == "groups" else sa.or_(mine, free)


def _offered(work: Work, user: User) -> sa.ColumnElement[bool]:
    """Whether a task is offered to a person. For few tasks the ids are looked up first; for many,
    each task is asked in the order of its due date until the page is full."""
    named = sa.or_(
        sa.and_(UserTaskCandidate.kind == "group", UserTaskCandidate.name.in_(sorted(user.groups))),
        sa.and_(UserTaskCandidate.kind == "user", UserTaskCandidate.name == user.id),
    )
    some = sa.select(UserTaskCandidate.task_id).where(named).limit(MANY + 1).subquery()
    if (work.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) <= MANY:
        return UserTask.id.in_(sa.select(UserTaskCandidate.task_id).where(named))
    return sa.exists().where(UserTaskCandidate.task_id == UserTask.id, named)


# ── showing them ───────────────────────────────────────────────────────────────────────────────


def _item(
    work: Work,
    services: Services,
    user: User,
    row: Row,
    names: dict[str, str],
    following: Mapping[str, NextReminder],
) -> WorkItem:
    task, case = row
    ends = [moment for moment in (task.due_at, case.due_at) if moment is not None]
    shows_title = not is_guarded(case) or task_sight(work, task, user) is Sight.FULL
    return WorkItem(
        task_id=task.id,
        case_id=case.id,
        receipt_no=case.receipt_no,
        track=case.track,
        subject=case.subject,
        title=title_of(work, services, case) if shows_title else None,
        name=Text(task.name_th, task.name_en),
        status=master_data.status_text(work, case.application, case.status),
        severity=case.severity,
        due_at=task.due_at,
        case_due_at=case.due_at,
        colour=colour_of(min(ends, default=None), work.now),
        next_reminder=following.get(case.id),
        created_at=task.created_at,
        assignee=task.assignee,
        holder=_holder(work, task, names),
        is_mine=task.assignee == user.id,
    )


def _holder(work: Work, task: UserTask, names: dict[str, str]) -> Text:
    if task.assignee is None:
        groups = [master_data.group_text(work, group) for group in task.candidate_groups]
        return Text(", ".join(g.th for g in groups), ", ".join(g.en for g in groups))
    name = names.get(task.assignee, "—")
    return Text(name, name)


def _cursor(task: UserTask) -> str:
    due = None if task.due_at is None else task.due_at.isoformat()
    return base64.urlsafe_b64encode(json.dumps([due, task.id]).encode()).decode()


def _read_cursor(after: str | None) -> tuple[datetime | None, str] | None:
    if after is None:
        return None
    try:
        due, id = json.loads(base64.urlsafe_b64decode(after))
        moment = datetime.fromisoformat(due) if due else None
    except (ValueError, TypeError):
        raise PageUnknown from None
    if moment is not None and moment.tzinfo is None:
        raise PageUnknown
    return moment, str(id)
