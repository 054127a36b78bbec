"""Signing in, and the signed-in browsers that can be signed out from here.

A password alone opens a session that is `full`, or one that still owes a second factor (`factor`)
or must set one up first (`enrol`), by the roles of the account. Each step gives a new token.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.store.tables import AdministrationEvent
from engine.store.work import Work
from engine.turn import administration
from office.ground import reference
from office.ground.errors import SignInRefused
from office.ground.tables import Account, Role, SignIn
from office.people.acting import held_roles
from office.people.people import User, group_name, pages_of, user_by_id, user_of
from office.people.signing_in import passwords, second_factors

Stage = Literal["full", "factor", "enrol"]
PARTLY = timedelta(minutes=15)  # for a sign-in that has not shown its second factor

SIGNED_IN, SIGNED_OUT, SIGN_IN_REFUSED = "signed_in", "signed_out", "sign_in_refused"
NOBODY = Actor("nobody")
REFUSALS_EVERY, REFUSALS_MOST = timedelta(minutes=10), 10


def account_named(work: Work, username: str) -> Account | None:
    return work.session.scalar(sa.select(Account).where(Account.username == username))


@dataclass(frozen=True, slots=True)
class Proof:
    """A password fitted this account, as it was then; and the hash to keep from now on."""

    account_id: str
    fitted: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser, as its owner finds it in their list."""

    token_hash: str
    user: User
    stage: str
    created_at: datetime
    seen_at: datetime
    proved_at: datetime
    method: str
    browser: str

    @property
    def is_full(self) -> bool:
        return self.stage == "full"


def proven(account: Account | None, password: str, *, demo: bool = True) -> Proof:
    """What a fitting password proves. Demo accounts have one only on a demo system.

    This takes its time on purpose, so it runs outside any transaction: a guess at a password must
    not keep a whole agency from writing.

    Raises:
        SignInRefused: unknown, wrong or closed; which of them not even the time taken tells.
    """
    good = passwords.fits(account.password_hash if account else None, password)
    if account is None or not good or not account.active or (account.demo and not demo):
        raise SignInRefused
    kept = account.password_hash
    newer = passwords.hash_password(password) if passwords.is_outdated(kept) else kept
    return Proof(account.id, kept, newer)


def sign_in(work: Work, proof: Proof) -> User:
    """Let in whoever proved to be this account.

    Raises:
        SignInRefused: it was closed, or given another password, in the meantime.
    """
    account = work.session.get(Account, proof.account_id)
    if account is None or not account.active or account.password_hash != proof.fitted:
        raise SignInRefused
    account.password_hash = proof.password_hash
    return user_by_id(work, account.id)


def note_refusal(work: Work, account_id: str, why: str) -> None:
    """Write down that somebody was not let in; no id where the name is no account's, as people type
    a password there. What is refused again and again is written down once in a while."""
    lately = sa.select(AdministrationEvent.seq).where(
        AdministrationEvent.type == SIGN_IN_REFUSED,
        AdministrationEvent.subject == account_id,
        AdministrationEvent.at > work.now - REFUSALS_EVERY,
    )
    known = work.session.scalars(lately.limit(REFUSALS_MOST)).all()
    if len(known) < REFUSALS_MOST:
        administration.note(work, SIGN_IN_REFUSED, account_id, {"why": why}, actor=NOBODY)


def stage_after_password(work: Work, user: User) -> Stage:
    """How far a password, or a provider that vouches for no second factor, brings a person."""
    if second_factors.has_factor(work, user.id):
        return "factor"
    return "enrol" if second_factors.is_required(work, user) else "full"


def open_session(
    work: Work,
    user: User,
    *,
    hours: int,
    stage: Stage = "full",
    method: str = "password",
    browser: str = "",
) -> str:
    """Remember a signed-in browser; returns the token for its cookie, kept here as a hash only."""
    token = secrets.token_urlsafe(32)
    row = SignIn(token_hash=_token_hash(token), account_id=user.id, created_at=work.now)
    row.expires_at = work.now + (timedelta(hours=hours) if stage == "full" else PARTLY)
    row.stage, row.method, row.browser = stage, method, browser[:80]
    row.proved_at = work.now
    work.session.add(row)
    if stage == "full":
        administration.note(work, SIGNED_IN, user.id, {"method": method}, actor=Actor(user.id))
    return token


def session_of(work: Work, token: str, *, idle: timedelta | None = None) -> Session | None:
    """The signed-in browser with this token; none when it ended, was revoked, lay idle for too
    long, or the account closed. The roles, which every page needs, are read along with it."""
    table = held_roles(work)
    held = table.c
    own = sa.and_(held.account_id == Account.id, held.role == Role.key)
    query = (
        sa.select(Account, SignIn, Role, held.role, held.unit)
        .join(SignIn, SignIn.account_id == Account.id)
        .outerjoin(Role, sa.true())
        .outerjoin(table, own)
        .where(SignIn.token_hash == _token_hash(token), Account.active)
        .where(SignIn.revoked_at.is_(None), SignIn.expires_at > work.now)
        .order_by(Role.position, Role.key)
    )
    if idle is not None:
        seen = sa.func.coalesce(SignIn.seen_at, SignIn.created_at)
        query = query.where(seen > work.now - idle)
    rows = work.session.execute(query).all()
    if not rows:
        return None
    roles = {role.key: role for _, _, role, _, _ in rows if role is not None}
    reference.remember_roles(work, roles.values())
    groups = frozenset(group_name(key, unit) for *_, key, unit in rows if key is not None)
    return _session(rows[0][1], user_of(rows[0][0], groups, pages_of(work)))


def user_of_session(work: Work, token: str) -> User | None:
    """Who is signed in with this token, all the way."""
    found = session_of(work, token)
    return found.user if found is not None and found.is_full else None


def sessions_of(work: Work, user: User) -> list[Session]:
    """A person's own signed-in browsers, the latest first."""
    query = (
        sa.select(SignIn)
        .where(SignIn.account_id == user.id, SignIn.stage == "full")
        .where(SignIn.revoked_at.is_(None), SignIn.expires_at > work.now)
        .order_by(SignIn.created_at.desc(), SignIn.token_hash)
    )
    return [_session(row, user) for row in work.session.scalars(query)]


def note_seen(work: Work, token: str) -> None:
    """The browser is in use: its time-out begins anew."""
    row = sa.update(SignIn).where(SignIn.token_hash == _token_hash(token))
    work.session.execute(row.values(seen_at=work.now))


def note_proof(work: Work, token: str) -> None:
    """The person has just proved again to be who they are."""
    row = sa.update(SignIn).where(SignIn.token_hash == _token_hash(token))
    work.session.execute(row.values(proved_at=work.now, seen_at=work.now))


def close_session(work: Work, token: str) -> None:
    """Sign one browser out."""
    row = work.session.get(SignIn, _token_hash(token))
    if row is not None and row.revoked_at is None:
        row.revoked_at = work.now
        administration.note(work, SIGNED_OUT, row.account_id, actor=Actor(row.account_id))


def close_own_sessions(
    work: Work, user: User, *, only: Sequence[str] = (), but: str | None = None
) -> int:
    """Sign out a person's browsers: those named by the hashes of their list, or all but the one
    with the token `but`. Returns how many."""
    rows = sa.update(SignIn).where(SignIn.account_id == user.id, SignIn.revoked_at.is_(None))
    if only:
        rows = rows.where(SignIn.token_hash.in_(only))
    if but is not None:
        rows = rows.where(SignIn.token_hash != _token_hash(but))
    closed = work.session.execute(rows.values(revoked_at=work.now).returning(SignIn.token_hash))
    return len(closed.all())


def sweep_sessions(work: Work) -> None:
    """Forget sessions that ended more than a month ago."""
    ended = sa.delete(SignIn).where(SignIn.expires_at < work.now - timedelta(days=30))
    work.session.execute(ended)


def _session(row: SignIn, user: User) -> Session:
    return Session(
        token_hash=row.token_hash,
        user=user,
        stage=row.stage,
        created_at=row.created_at,
        seen_at=row.seen_at or row.created_at,
        proved_at=row.proved_at or row.created_at,
        method=row.method,
        browser=row.browser,
    )


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
