"""Second factors: authenticator apps (RFC 6238), recovery codes, and who must have one.

Which roles must is a column of roles.csv (`second_factor`). Seeds are encrypted; a code counts
once; recovery codes are kept as keyed hashes.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Sequence

import pyotp
import sqlalchemy as sa

from engine.store.work import Work
from office.ground import reference
from office.ground.account_tables import AccountFactor, RecoveryCode
from office.ground.errors import FactorNeeded, FactorRefused, FactorUnknown
from office.ground.services import Services
from office.people.people import User
from office.people.signing_in.one_time_codes import LETTERS, spelled

STEP = 30  # seconds that a code of an app is shown
LATE = 1  # steps that a clock may be wrong
RECOVERY_CODES = 10
DIGITS = 6


def is_required(work: Work, user: User) -> bool:
    """Whether one of a person's roles must not be held without a second factor. Demo accounts are
    for walking through, on systems that hold nothing."""
    roles = reference.roles(work)
    asked = any(roles[key].second_factor for key in user.roles if key in roles)
    return asked and not user.demo


def factors_of(work: Work, account_id: str) -> Sequence[AccountFactor]:
    """The second factors that count, in the order they were set up."""
    query = sa.select(AccountFactor).where(AccountFactor.account_id == account_id)
    query = query.where(AccountFactor.confirmed_at.is_not(None))
    return work.session.scalars(query.order_by(AccountFactor.created_at, AccountFactor.id)).all()


def has_factor(work: Work, account_id: str) -> bool:
    return bool(factors_of(work, account_id))


# ── authenticator apps ─────────────────────────────────────────────────────────────────────────


def begin_app(work: Work, services: Services, user: User) -> AccountFactor:
    """A new seed for an app, which counts once a code was entered; one begun before is dropped."""
    begun = sa.delete(AccountFactor).where(
        AccountFactor.account_id == user.id, AccountFactor.confirmed_at.is_(None)
    )
    work.session.execute(begun)
    row = AccountFactor(id=uuid.uuid4().hex, account_id=user.id, kind="totp", created_at=work.now)
    row.name, row.counter = "", 0
    row.sealed = services.keys.content.encrypt(pyotp.random_base32().encode(), place(row.id))
    work.session.add(row)
    work.session.flush()  # it is looked up by whether it was confirmed
    return row


def begun_app(work: Work, user: User) -> AccountFactor | None:
    query = sa.select(AccountFactor).where(
        AccountFactor.account_id == user.id,
        AccountFactor.kind == "totp",
        AccountFactor.confirmed_at.is_(None),
    )
    return work.session.scalar(query)


def seed_of(services: Services, row: AccountFactor) -> str:
    return services.keys.content.decrypt(row.sealed, place(row.id)).decode()


def address_of(services: Services, row: AccountFactor, user: User, issuer: str) -> str:
    """What the picture for the app says: `otpauth://totp/…`."""
    return pyotp.TOTP(seed_of(services, row)).provisioning_uri(
        name=user.username, issuer_name=issuer
    )


def confirm_app(work: Work, services: Services, user: User, code: str, *, name: str) -> list[str]:
    """The app is set up: its code fits. Returns recovery codes when these are the first.

    Raises:
        FactorUnknown: none was begun; FactorRefused: the code does not fit.
    """
    row = begun_app(work, user)
    if row is None:
        raise FactorUnknown
    _use_code(work, services, row, code)
    first = not has_factor(work, user.id)
    row.confirmed_at, row.name = work.now, name.strip()[:80]
    work.session.flush()  # the factors are looked up next
    return new_recovery_codes(work, services, user) if first else []


def verify_code(work: Work, services: Services, account_id: str, code: str) -> str:
    """Accept a code of an app or a recovery code, once; returns which it was: totp or recovery.

    Raises:
        FactorRefused: it fits none, or was used already.
    """
    for row in factors_of(work, account_id):
        if row.kind == "totp" and _fitting_step(work, services, row, code) is not None:
            _use_code(work, services, row, code)
            row.used_at = work.now
            return "totp"
    _use_recovery_code(work, services, account_id, code)
    return "recovery"


def remove_factor(work: Work, user: User, factor_id: str) -> None:
    """Give up a second factor.

    Raises:
        FactorUnknown: it is not theirs; FactorNeeded: it is the last, and a role asks for one.
    """
    factors = factors_of(work, user.id)
    row = next((each for each in factors if each.id == factor_id), None)
    if row is None:
        raise FactorUnknown
    if len(factors) == 1 and is_required(work, user):
        raise FactorNeeded
    work.session.delete(row)
    if len(factors) == 1:
        _forget_recovery_codes(work, user.id)


def reset_factors(work: Work, account_id: str) -> None:
    """An administrator takes away what somebody lost: all factors and recovery codes."""
    gone = sa.delete(AccountFactor).where(AccountFactor.account_id == account_id)
    work.session.execute(gone)
    _forget_recovery_codes(work, account_id)


def _fitting_step(work: Work, services: Services, row: AccountFactor, code: str) -> int | None:
    """The step of thirty seconds whose code this is; never one up to the last that was used."""
    typed = "".join(str(unicodedata.digit(c)) for c in code if c.isdigit())
    app = pyotp.TOTP(seed_of(services, row))
    now = int(work.now.timestamp()) // STEP
    for step in range(max(now - LATE, row.counter + 1), now + LATE + 1):
        if len(typed) == DIGITS and hmac.compare_digest(app.generate_otp(step), typed):
            return step
    return None


def _use_code(work: Work, services: Services, row: AccountFactor, code: str) -> None:
    step = _fitting_step(work, services, row, code)
    if step is None:
        raise FactorRefused
    # By comparing in the statement: of two that bring one code at once, one is let in.
    used = sa.update(AccountFactor).where(AccountFactor.id == row.id, AccountFactor.counter < step)
    if work.session.execute(used.values(counter=step).returning(AccountFactor.id)).first() is None:
        raise FactorRefused


# ── recovery codes ─────────────────────────────────────────────────────────────────────────────


def new_recovery_codes(work: Work, services: Services, user: User) -> list[str]:
    """Ten codes to keep on paper; those from before no longer work."""
    _forget_recovery_codes(work, user.id)
    codes = ["-".join(_letters(5) for _ in range(2)) for _ in range(RECOVERY_CODES)]
    work.session.add_all(
        RecoveryCode(account_id=user.id, code_hash=_recovery_hash(services, user.id, code))
        for code in codes
    )
    return codes


def recovery_codes_left(work: Work, account_id: str) -> int:
    query = sa.select(sa.func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return work.session.scalar(query) or 0


def _use_recovery_code(work: Work, services: Services, account_id: str, code: str) -> None:
    row = sa.update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_hash == _recovery_hash(services, account_id, code),
        RecoveryCode.used_at.is_(None),
    )
    used = row.values(used_at=work.now).returning(RecoveryCode.code_hash)
    if work.session.execute(used).first() is None:
        raise FactorRefused


def _forget_recovery_codes(work: Work, account_id: str) -> None:
    work.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _recovery_hash(services: Services, account_id: str, code: str) -> str:
    return services.keys.pepper.hash(f"recovery.{account_id}", spelled(code))


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def place(factor_id: str) -> str:
    return f"account_factor.sealed|{factor_id}"
