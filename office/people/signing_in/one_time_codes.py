"""What can be used once and soon: challenges for passkeys, and codes that open an account for whom
an administrator made it or reset it. Only hashes are kept."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.account_tables import OneTimeCode
from office.ground.errors import CodeExpired
from office.ground.services import Services
from office.ground.tables import Account
from office.people.people import User, set_password, user_by_id
from office.people.signing_in.passwords import must_be_good

CHALLENGE_LASTS = timedelta(minutes=5)
INVITATION_LASTS = timedelta(hours=72)
INVITATION = "invitation"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
GROUPS = 4


def issue(
    work: Work,
    services: Services,
    purpose: str,
    code: str,
    *,
    lasts: timedelta,
    account_id: str | None = None,
) -> None:
    """Keep a code until it is used or has expired."""
    row = OneTimeCode(code_hash=_hash(services, purpose, code), purpose=purpose)
    row.account_id, row.expires_at = account_id, work.now + lasts
    work.session.add(row)


def use(work: Work, services: Services, purpose: str, code: str) -> str | None:
    """Use a code up; returns the account it was issued for.

    Raises:
        CodeExpired: there is none, or no more.
    """
    gone = (
        sa.delete(OneTimeCode)
        .where(OneTimeCode.code_hash == _hash(services, purpose, code))
        .where(OneTimeCode.purpose == purpose, OneTimeCode.expires_at > work.now)
    )
    # One statement: of two who bring the same code at once, one finds it.
    found = work.session.execute(gone.returning(OneTimeCode.account_id)).first()
    if found is None:
        raise CodeExpired
    account_id: str | None = found[0]
    return account_id


def invite(work: Work, services: Services, account_id: str) -> str:
    """A code with which a person gives their account its password, themselves: an administrator
    never knows one. Codes from before no longer work."""
    before = sa.delete(OneTimeCode).where(OneTimeCode.purpose == INVITATION)
    work.session.execute(before.where(OneTimeCode.account_id == account_id))
    parts = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(GROUPS)]
    code = "-".join(parts)
    issue(work, services, INVITATION, spelled(code), lasts=INVITATION_LASTS, account_id=account_id)
    return code


def accept(work: Work, services: Services, username: str, code: str, password: str) -> User:
    """The person that was invited gives the account its password.

    Raises:
        CodeExpired: the code is not this account's; PasswordTooWeak and its kin.
    """
    account_id = use(work, services, INVITATION, spelled(code))
    account = work.session.get(Account, account_id)
    if account is None or account.username != username or not account.active:
        raise CodeExpired
    must_be_good(password, about=(account.username, account.display_name))
    set_password(work, username, password)
    return user_by_id(work, account.id)


def spelled(code: str) -> str:
    """A code however it was typed: small letters, blanks and dashes do not matter."""
    return "".join(char for char in code.upper() if char.isalnum())


def sweep_codes(work: Work) -> None:
    work.session.execute(sa.delete(OneTimeCode).where(OneTimeCode.expires_at < work.now))


def _hash(services: Services, purpose: str, code: str) -> str:
    return services.keys.pepper.hash(f"one-time.{purpose}", code)
