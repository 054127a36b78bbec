"""Signing in, and the signed-in browsers that can be signed out from here."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.store.tables import AdministrationEvent
from engine.store.work import Work
from engine.turn import administration
from office.ground.errors import SignInRefused
from office.ground.tables import Account, SignIn
from office.people import passwords
from office.people.people import User, user_by_id, user_of_sign_in

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


def proven(account: Account | None, password: str) -> Proof:
    """What a fitting password proves.

    This takes its time on purpose, so it runs outside any transaction: a guess at a password must
    not keep a whole agency from writing.

    Raises:
        SignInRefused: unknown, wrong or closed; which of them not even the time taken tells.
    """
    good = passwords.fits(account.password_hash if account else None, password)
    if account is None or not good or not account.active:
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
    administration.note(work, SIGNED_IN, account.id, actor=Actor(account.id))
    return user_by_id(work, account.id)


def note_refusal(work: Work, username: str, why: str) -> None:
    """Write down that somebody was not let in. A name that no account bears is not kept: people
    type a password there. What is refused again and again is written down once in a while."""
    account = account_named(work, username)
    subject = "" if account is None else account.id
    lately = sa.select(AdministrationEvent.seq).where(
        AdministrationEvent.type == SIGN_IN_REFUSED,
        AdministrationEvent.subject == subject,
        AdministrationEvent.at > work.now - REFUSALS_EVERY,
    )
    known = work.session.scalars(lately.limit(REFUSALS_MOST)).all()
    if len(known) < REFUSALS_MOST:
        administration.note(work, SIGN_IN_REFUSED, subject, {"why": why}, actor=NOBODY)


def open_session(work: Work, user: User, *, hours: int) -> str:
    """Remember a signed-in browser; returns the token for its cookie, kept here as a hash only."""
    token = secrets.token_urlsafe(32)
    row = SignIn(token_hash=_token_hash(token), account_id=user.id, created_at=work.now)
    row.expires_at = work.now + timedelta(hours=hours)
    work.session.add(row)
    return token


def user_of_session(work: Work, token: str) -> User | None:
    """Who is signed in with this token; none when it ended, was revoked or the account closed."""
    return user_of_sign_in(work, _token_hash(token))


def close_session(work: Work, token: str) -> None:
    """Sign one browser out."""
    row = work.session.get(SignIn, _token_hash(token))
    if row is not None and row.revoked_at is None:
        row.revoked_at = work.now
        administration.note(work, SIGNED_OUT, row.account_id, actor=Actor(row.account_id))


def sweep_sessions(work: Work) -> None:
    """Forget sessions that ended more than a month ago."""
    ended = sa.delete(SignIn).where(SignIn.expires_at < work.now - timedelta(days=30))
    work.session.execute(ended)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
