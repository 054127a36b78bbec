"""Passkeys (WebAuthn level 2): setting one up, and signing in or proving oneself with it.

A passkey checks its person (a finger, a PIN) before it signs, so it is two factors in one and needs
no password. Its id is kept as a keyed hash, its public key encrypted.
"""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from webauthn.helpers import bytes_to_base64url, exceptions
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from engine.ground.canonical import dumps, loads
from engine.store.work import Work
from office.ground.account_tables import AccountFactor
from office.ground.errors import CodeExpired, PasskeyRefused
from office.ground.services import Services
from office.ground.tables import Account
from office.people.people import User
from office.people.signing_in import one_time_codes, second_factors

SET_UP, PROVE = "passkey-set-up", "passkey-prove"
REFUSALS = (exceptions.WebAuthnException, ValueError, KeyError, TypeError, CodeExpired)


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys belong: the host of the public address. A browser gives them to no other."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> Place:
        parts = urlsplit(public_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def is_possible(self) -> bool:
        """Browsers make passkeys for names, not for numbers of the net."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return True
        return False


def is_possible(services: Services) -> bool:
    return Place.of(services.public_url).is_possible


def set_up_options(work: Work, services: Services, user: User, *, agency: str) -> str:
    """What the browser needs to make a passkey, as JSON."""
    known = [
        PublicKeyCredentialDescriptor(id=_open(services, row)["id"])
        for row in second_factors.factors_of(work, user.id)
        if row.kind == "passkey"
    ]
    options = webauthn.generate_registration_options(
        rp_id=Place.of(services.public_url).host,
        rp_name=agency,
        user_id=user.id.encode(),
        user_name=user.username,
        user_display_name=user.display_name,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    _issue(work, services, SET_UP, options.challenge, account_id=user.id)
    return webauthn.options_to_json(options)


def set_up(
    work: Work, services: Services, user: User, answer: dict[str, Any], *, name: str
) -> list[str]:
    """Keep the passkey that the browser made. Returns recovery codes when it is the first factor.

    Raises:
        PasskeyRefused: it was not made for us, for this person, or just now.
    """
    where = Place.of(services.public_url)
    try:
        challenge = _challenge(work, services, SET_UP, answer, account_id=user.id)
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=where.host,
            expected_origin=where.origin,
            require_user_verification=True,
        )
    except REFUSALS as error:
        raise PasskeyRefused from error
    first = not second_factors.has_factor(work, user.id)
    row = AccountFactor(id=uuid.uuid4().hex, account_id=user.id, kind="passkey")
    row.name, row.counter = name.strip()[:80], made.sign_count
    row.created_at = row.confirmed_at = work.now
    row.credential_hash = _hash(services, made.credential_id)
    kept = {
        "id": bytes_to_base64url(made.credential_id),
        "key": bytes_to_base64url(made.credential_public_key),
    }
    row.sealed = services.keys.content.encrypt(dumps(kept).encode(), second_factors.place(row.id))
    work.session.add(row)
    work.session.flush()  # the factors are looked up next
    return second_factors.new_recovery_codes(work, services, user) if first else []


def prove_options(work: Work, services: Services) -> str:
    """What the browser needs to sign with a passkey, as JSON; it offers those that it has."""
    options = webauthn.generate_authentication_options(
        rp_id=Place.of(services.public_url).host,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _issue(work, services, PROVE, options.challenge)
    return webauthn.options_to_json(options)


def proven_by(work: Work, services: Services, answer: dict[str, Any]) -> str:
    """The id of the account whose passkey signed.

    Raises:
        PasskeyRefused: unknown, not signed just now, a copy of the passkey, or a closed account.
    """
    where = Place.of(services.public_url)
    try:
        challenge = _challenge(work, services, PROVE, answer)
        row = _found(work, services, answer)
        signed = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=where.host,
            expected_origin=where.origin,
            credential_public_key=_open(services, row)["key"],
            credential_current_sign_count=row.counter,
            require_user_verification=True,
        )
    except REFUSALS as error:
        raise PasskeyRefused from error
    row.counter, row.used_at = signed.new_sign_count, work.now
    return row.account_id


def _found(work: Work, services: Services, answer: dict[str, Any]) -> AccountFactor:
    wanted = _hash(services, webauthn.base64url_to_bytes(str(answer["rawId"])))
    query = (
        sa.select(AccountFactor)
        .join(Account, Account.id == AccountFactor.account_id)
        .where(AccountFactor.credential_hash == wanted, Account.active)
    )
    row = work.session.scalar(query)
    if row is None:
        raise PasskeyRefused
    return row


def _issue(
    work: Work, services: Services, purpose: str, challenge: bytes, *, account_id: str | None = None
) -> None:
    code, lasts = bytes_to_base64url(challenge), one_time_codes.CHALLENGE_LASTS
    one_time_codes.issue(work, services, purpose, code, lasts=lasts, account_id=account_id)


def _challenge(
    work: Work,
    services: Services,
    purpose: str,
    answer: dict[str, Any],
    *,
    account_id: str | None = None,
) -> bytes:
    """The challenge that was signed, if it is one of ours and not used yet."""
    signed = webauthn.base64url_to_bytes(str(answer["response"]["clientDataJSON"]))
    challenge = str(loads(signed.decode())["challenge"])
    if one_time_codes.use(work, services, purpose, challenge) != account_id:
        raise PasskeyRefused
    return webauthn.base64url_to_bytes(challenge)


def _open(services: Services, row: AccountFactor) -> dict[str, bytes]:
    kept = services.keys.content.decrypt(row.sealed, second_factors.place(row.id))
    return {
        name: webauthn.base64url_to_bytes(value) for name, value in loads(kept.decode()).items()
    }


def _hash(services: Services, credential_id: bytes) -> str:
    return services.keys.pepper.hash("passkey", bytes_to_base64url(credential_id))
