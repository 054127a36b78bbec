"""Signing in at an identity provider: whose account a subject is, and the roles its groups give.

A provider that tells groups (an agency's directory) opens accounts by the table sign-in-groups.csv
and keeps their roles in step; roles that take two persons are asked for, never given. One that only
tells who somebody is (ThaID) opens the account that its owner has linked. Subjects are kept as
keyed hashes: ThaID's is the national id.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.store.work import Work
from office.ground import reference
from office.ground.account_tables import ExternalIdentity
from office.ground.errors import OfficeError
from office.ground.services import Services
from office.ground.tables import Account
from office.people import grants
from office.people.people import (
    User,
    add_user,
    checked_role,
    given_groups,
    group_name,
    set_groups,
    user_by_id,
)

TABLE = "sign-in-groups.csv"
# RFC 8176: what a provider says of how it was proved, where that was more than one thing.
SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "sc"})


class ProviderRefused(OfficeError):
    """Signing in there was not completed; begin again."""

    thai = "การลงชื่อเข้าใช้กับระบบนั้นไม่สำเร็จ โปรดเริ่มใหม่"


class ProviderAway(OfficeError):
    """The other system does not answer; sign in with your password, or try again later."""

    thai = "ระบบนั้นไม่ตอบ โปรดใช้รหัสผ่าน หรือลองใหม่ภายหลัง"


class NotLinked(OfficeError):
    """No account here belongs to this identity: sign in with your password once and link it on the
    page of your account."""

    thai = "ยังไม่มีบัญชีที่ผูกกับตัวตนนี้ โปรดลงชื่อเข้าใช้ด้วยรหัสผ่านหนึ่งครั้ง แล้วผูกในหน้าบัญชีของฉัน"


class NoRoleHere(OfficeError):
    """You are signed in there, but none of your groups has work here; ask an administrator."""

    thai = "ลงชื่อเข้าใช้สำเร็จ แต่กลุ่มของท่านไม่มีบทบาทในระบบนี้ โปรดติดต่อผู้ดูแลระบบ"


class NameTaken(OfficeError):
    """An account of this name is here already: sign in with its password and link the two."""

    thai = "มีบัญชีชื่อนี้อยู่แล้ว โปรดลงชื่อเข้าใช้ด้วยรหัสผ่านแล้วผูกบัญชีในหน้าบัญชีของฉัน"


class LinkedToAnother(OfficeError):
    """This identity is linked to another account."""

    thai = "ตัวตนนี้ผูกกับบัญชีอื่นอยู่แล้ว"


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider tells of a person, after its signature was checked."""

    provider: str
    issuer: str
    subject: str
    username: str
    display_name: str
    groups: frozenset[str] | None  # none when it does not tell any
    methods: frozenset[str]

    @classmethod
    def of(cls, provider: str, claims: Mapping[str, Any], groups_claim: str) -> Told:
        subject = str(claims["sub"])
        email = str(claims.get("email") or "").partition("@")[0]
        username = str(claims.get("preferred_username") or email or subject)[:80]
        groups = claims.get(groups_claim) if groups_claim else None
        listed = [groups] if isinstance(groups, str) else groups or []
        return cls(
            provider=provider,
            issuer=str(claims["iss"]),
            subject=subject,
            username=username,
            display_name=str(claims.get("name") or username)[:200],
            groups=frozenset(map(str, listed)) if groups_claim else None,
            methods=frozenset(map(str, claims.get("amr") or ())),
        )

    @property
    def has_second_factor(self) -> bool:
        return bool(self.methods & SECOND_FACTORS)


def let_in(work: Work, services: Services, told: Told, table: bytes) -> User:
    """The account of who signed in at a provider, opened or brought into step as it tells.

    Raises:
        NotLinked, NoRoleHere, NameTaken.
    """
    row = _linked(work, services, told)
    if row is None:
        return _opened(work, services, told, table)
    account = work.session.get_one(Account, row.account_id)
    if not account.active:
        raise NotLinked
    if row.gives_roles and told.groups is not None:
        _bring_into_step(work, account.id, told, table)
    return user_by_id(work, account.id)


def link(work: Work, services: Services, user: User, told: Told) -> None:
    """From now on this identity opens the account, whose roles stay as they are.

    Raises:
        LinkedToAnother: it opens another one already.
    """
    row = _linked(work, services, told)
    if row is not None and row.account_id != user.id:
        raise LinkedToAnother
    if row is None:
        _keep(work, services, told, user.id, gives_roles=False)


def unlink(work: Work, user: User, provider: str) -> None:
    rows = sa.select(ExternalIdentity).where(ExternalIdentity.account_id == user.id)
    for row in work.session.scalars(rows.where(ExternalIdentity.provider == provider)).all():
        work.session.delete(row)


def linked_providers(work: Work, account_id: str) -> set[str]:
    query = sa.select(ExternalIdentity.provider)
    return set(work.session.scalars(query.where(ExternalIdentity.account_id == account_id)))


def belongs_to(work: Work, services: Services, told: Told, user: User) -> bool:
    """Whether this is the same person, who proves it once more."""
    row = _linked(work, services, told)
    return row is not None and row.account_id == user.id


def groups_given(work: Work, table: bytes, groups: Iterable[str]) -> set[str]:
    """The roles that a provider's groups mean here, by the table."""
    told = set(groups)
    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    named = [row for row in rows if (row.get("group") or "").strip() in told]
    wanted = [group_name(row["role"].strip(), (row.get("unit") or "").strip()) for row in named]
    return {group_name(*checked_role(work, group)) for group in wanted}


def _opened(work: Work, services: Services, told: Told, table: bytes) -> User:
    if told.groups is None:
        raise NotLinked
    if not groups_given(work, table, told.groups):
        raise NoRoleHere
    if work.session.scalar(sa.select(Account.id).where(Account.username == told.username)):
        raise NameTaken  # whoever bears the name there must not become whoever bears it here
    user = add_user(work, told.username, told.display_name, None)
    _keep(work, services, told, user.id, gives_roles=True)
    _bring_into_step(work, user.id, told, table)
    return user_by_id(work, user.id)


def _bring_into_step(work: Work, account_id: str, told: Told, table: bytes) -> None:
    """Give and take roles as the provider's groups say; of those that take two persons, keep what
    is held and ask for the rest."""
    held, wanted = given_groups(work, account_id), groups_given(work, table, told.groups or ())
    roles = reference.roles(work)
    guarded = {group for group in wanted if roles[group.partition("@")[0]].two_persons}
    kept = (wanted - guarded) | (guarded & held)
    if kept != held:
        set_groups(work, account_id, kept)
    for group in sorted(guarded - held):
        grants.ask(work, account_id, group, by=f"provider:{told.provider}", reason=told.provider)


def _linked(work: Work, services: Services, told: Told) -> ExternalIdentity | None:
    for subject_hash in _hashes(services, told):
        row = work.session.get(ExternalIdentity, (told.provider, subject_hash))
        if row is not None:
            return row
    return None


def _keep(
    work: Work, services: Services, told: Told, account_id: str, *, gives_roles: bool
) -> None:
    row = ExternalIdentity(provider=told.provider, subject_hash=_hashes(services, told)[0])
    row.account_id, row.linked_at, row.gives_roles = account_id, work.now, gives_roles
    work.session.add(row)
    work.session.flush()  # it is looked up next


def _hashes(services: Services, told: Told) -> list[str]:
    return [services.keys.pepper.hash("identity-provider", f"{told.issuer}\0{told.subject}")]
