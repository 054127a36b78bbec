"""The people who work here: accounts, their roles and units, and their signed-in browsers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.verbs import runtime
from office.ground import reference
from office.ground.administered import touch
from office.ground.errors import RoleUnknown, UserExists, UserNotFound
from office.ground.tables import Account, AccountRole, Role, SignIn, Unit
from office.people.acting import NAMES, held_roles
from office.people.administered import ACCOUNT
from office.people.signing_in.passwords import hash_password, must_be_good


@dataclass(frozen=True, slots=True)
class User:
    """A person as pages know them; a unit-bound role among `groups` reads `role@unit`."""

    id: str
    username: str
    display_name: str
    unit: str | None
    groups: frozenset[str]
    active: bool = True
    pages: frozenset[str] = frozenset()  # that the roles get: work register expedite stay
    demo: bool = False

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.groups)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(group.partition("@")[0] for group in self.groups)

    def units_as(self, role: str) -> frozenset[str]:
        """The units for which this person holds a unit-bound role."""
        held = (group.partition("@") for group in self.groups)
        return frozenset(unit for name, _, unit in held if name == role and unit)

    def has(self, role: str) -> bool:
        return role in self.roles


def add_user(
    work: Work,
    username: str,
    display_name: str,
    password: str | None,
    *,
    groups: Iterable[str] = (),
    unit: str | None = None,
    demo: bool = False,
) -> User:
    """Open an account. `groups` are roles, unit-bound ones as `role@unit`; without a password
    nobody can sign in to it until it is given one.

    Raises:
        UserExists, PasswordTooWeak, PasswordGuessable, PasswordBreached, RoleUnknown.
    """
    if password is not None and not demo:
        must_be_good(password, about=(username, display_name))
    if work.session.scalar(sa.select(Account.id).where(Account.username == username)):
        raise UserExists(username=username)
    account = Account(id=uuid.uuid4().hex, username=username, display_name=display_name)
    account.password_hash = "" if password is None else hash_password(password)
    account.unit = unit
    account.created_at, account.active, account.demo = work.now, True, demo
    work.session.add(account)
    work.session.flush()  # roles refer to the account
    set_groups(work, account.id, groups)
    return user_by_id(work, account.id)


def set_groups(work: Work, account_id: str, groups: Iterable[str]) -> None:
    """Replace the roles of an account; what they may see and do changes with the next request. What
    they had claimed in a role that they lose goes back to its groups.

    Raises:
        RoleUnknown: no such role, or a unit-bound one without its unit.
    """
    wanted = [checked_role(work, group) for group in sorted(set(groups))]
    work.session.execute(sa.delete(AccountRole).where(AccountRole.account_id == account_id))
    touch(work, ACCOUNT, account_id)
    work.session.add_all(
        AccountRole(account_id=account_id, role=role, unit=unit) for role, unit in wanted
    )
    work.session.flush()  # the next read of the groups must see them
    free_tasks(work, account_id)


def rename_user(work: Work, account_id: str, display_name: str, unit: str | None) -> None:
    """Another name as colleagues read it, or another unit.

    Raises:
        UserNotFound; RoleUnknown: there is no such unit.
    """
    account = work.session.get(Account, account_id)
    if account is None:
        raise UserNotFound(username=account_id)
    if unit is not None and work.session.get(Unit, unit) is None:
        raise RoleUnknown(role=unit)
    account.display_name, account.unit = display_name.strip()[:200] or account.username, unit


def lock_out(work: Work, account_id: str) -> None:
    """Take away the password and sign out everywhere: a code from an administrator opens the
    account again."""
    account = work.session.get_one(Account, account_id)
    account.password_hash = ""
    revoke_sessions(work, account_id)


def set_password(work: Work, username: str, password: str) -> None:
    """Give a new password and sign out every browser of the account.

    Raises:
        UserNotFound, PasswordTooWeak, PasswordGuessable, PasswordBreached.
    """
    account = _account(work, username)
    must_be_good(password, about=(username, account.display_name))
    account.password_hash = hash_password(password)
    revoke_sessions(work, account.id)


def set_active(work: Work, username: str, active: bool) -> None:
    """Open or close an account; closing signs it out everywhere and frees what it had claimed."""
    account = _account(work, username)
    account.active = active
    if not active:
        revoke_sessions(work, account.id)
        free_tasks(work, account.id, closed=True)


def users(work: Work, *, group: str | None = None) -> list[User]:
    """All accounts, or those of one group, by user name."""
    query = sa.select(Account).order_by(Account.username)
    if group is not None:
        role, _, unit = group.partition("@")
        held = held_roles(work).c
        bearers = sa.select(held.account_id).where(held.role == role, held.unit == unit)
        query = query.where(Account.id.in_(bearers))
    accounts = list(work.session.scalars(query))
    groups = _groups_of(work, [account.id for account in accounts])
    pages = pages_of(work)
    return [user_of(account, groups.get(account.id, frozenset()), pages) for account in accounts]


def accounts_with_access(work: Work, access: str) -> frozenset[str]:
    """The ids of the open accounts that hold a role with this word in the column `access`."""
    roles = [key for key, role in reference.roles(work).items() if role.access == access]
    query = sa.select(AccountRole.account_id).join(Account, Account.id == AccountRole.account_id)
    held = query.where(AccountRole.role.in_(roles), Account.active)
    return frozenset(work.session.scalars(held))


def user_by_id(work: Work, id: str) -> User:
    """Raises `UserNotFound`."""
    account = work.session.get(Account, id)
    if account is None:
        raise UserNotFound(username=id)
    return user_of(account, _groups_of(work, [id]).get(id, frozenset()), pages_of(work))


def user_by_name(work: Work, username: str) -> User:
    """Raises `UserNotFound`."""
    return user_by_id(work, _account(work, username).id)


def display_names(work: Work, ids: Iterable[str]) -> dict[str, str]:
    """Names for the references that history and tasks hold; unknown ones are left out."""
    wanted = set(ids)
    known: dict[str, str | None] = work.kept(NAMES, None, dict)
    if unknown := wanted - known.keys():
        query = sa.select(Account.id, Account.display_name).where(Account.id.in_(unknown))
        known.update(dict.fromkeys(unknown) | dict(work.session.execute(query).all()))
    return {id: name for id in wanted if (name := known[id]) is not None}


def names_of(work: Work, ids: Iterable[str], user: User) -> dict[str, str]:
    """The same for a list in which a person mostly finds themselves."""
    others = display_names(work, set(ids) - {user.id}) if set(ids) - {user.id} else {}
    return {**others, user.id: user.display_name}


def revoke_sessions(work: Work, account_id: str) -> None:
    """Sign every browser of an account out at once."""
    open_rows = sa.update(SignIn).where(
        SignIn.account_id == account_id, SignIn.revoked_at.is_(None)
    )
    work.session.execute(open_rows.values(revoked_at=work.now))


def free_tasks(work: Work, account_id: str, *, closed: bool = False) -> None:
    """Give back the claimed tasks that are offered to other groups than the account is in now."""
    held = frozenset() if closed else _groups_of(work, [account_id]).get(account_id, frozenset())
    query = sa.select(UserTask).where(UserTask.assignee == account_id, UserTask.status == "open")
    for task in list(work.session.scalars(query)):
        offered = set(task.candidate_groups)
        if offered and not offered & held and account_id not in task.candidate_users:
            runtime.release_user_task(work, task.id, actor=SYSTEM)


def checked_role(work: Work, group: str) -> tuple[str, str]:
    """A group as role and unit.

    Raises:
        RoleUnknown: no such role, or a unit-bound one without its unit.
    """
    key, _, unit = group.partition("@")
    role = work.session.get(Role, key)
    if role is None or role.unit_bound != bool(unit):
        raise RoleUnknown(role=group)
    if unit and work.session.get(Unit, unit) is None:
        raise RoleUnknown(role=group)
    return key, unit


def given_groups(work: Work, account_id: str) -> frozenset[str]:
    """The groups that an account was given, without those it acts in by an order."""
    query = sa.select(AccountRole).where(AccountRole.account_id == account_id)
    return frozenset(group_name(row.role, row.unit) for row in work.session.scalars(query))


def group_name(role: str, unit: str) -> str:
    return f"{role}@{unit}" if unit else role


def pages_of(work: Work) -> dict[str, frozenset[str]]:
    """The pages that each role gets."""
    roles = reference.roles(work)
    return {key: frozenset((role.pages or "").split()) for key, role in roles.items()}


def user_of(account: Account, groups: frozenset[str], pages: Mapping[str, frozenset[str]]) -> User:
    """A person with the groups that were read along with the account."""
    held = (pages.get(group.partition("@")[0], frozenset()) for group in groups)
    return User(
        id=account.id,
        username=account.username,
        display_name=account.display_name,
        unit=account.unit,
        groups=groups,
        active=account.active,
        pages=frozenset().union(*held),
        demo=account.demo,
    )


def _groups_of(work: Work, ids: list[str]) -> dict[str, frozenset[str]]:
    held = held_roles(work).c
    query = sa.select(held.account_id, held.role, held.unit).where(held.account_id.in_(ids))
    groups: dict[str, set[str]] = {}
    for account_id, role, unit in work.session.execute(query):
        groups.setdefault(account_id, set()).add(group_name(role, unit))
    return {id: frozenset(names) for id, names in groups.items()}


def _account(work: Work, username: str) -> Account:
    account = work.session.scalar(sa.select(Account).where(Account.username == username))
    if account is None:
        raise UserNotFound(username=username)
    return account
