"""The identity vault: who a person is, field by field, encrypted apart from the case they filed."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from engine.ground.actor import Actor
from engine.ground.canonical import dumps, loads
from engine.store.work import Work
from engine.turn import history
from office.ground.errors import ReasonNeeded
from office.ground.keys import DataKey
from office.ground.services import Services
from office.ground.tables import Case, Identity, IdentityIndex, IdentityRead
from office.vault import envelopes
from office.vault.case_keys import case_key

SEARCHABLE = ("national_id", "passport")
REASON_LEAST = 10


def keep_identity(
    work: Work, services: Services, case_id: str, personal: Mapping[str, Any]
) -> dict[str, str]:
    """Encrypt personal answers, nested or flat; a field that is given again replaces the old one.
    Returns the commitment to each field."""
    key = case_key(work, services, case_id, "identity")
    commitments = {}
    for path, value in flatten(personal).items():
        encrypted, commitments[path] = envelopes.encrypt(
            key, dumps(value).encode(), place(case_id, path)
        )
        work.session.merge(
            Identity(case_id=case_id, path=path, sealed=encrypted, recorded_at=work.now)
        )
        if path in SEARCHABLE:
            found = IdentityIndex(kind=path, hash=_blind(services, path, value), case_id=case_id)
            work.session.merge(found)
    return commitments


def open_identity(
    work: Work, services: Services, case_id: str, paths: Iterable[str] | None = None
) -> dict[str, Any]:
    """Personal fields for the office's own use (a letter's address). A person's look at them goes
    through `reveal_identity`, which records it."""
    query = sa.select(Identity).where(Identity.case_id == case_id).order_by(Identity.path)
    if paths is not None:
        query = query.where(Identity.path.in_(list(paths)))
    rows = work.session.scalars(query).all()
    # The key after the rows: erased in between, they would be gone without a word.
    key = case_key(work, services, case_id, "identity")
    return {
        row.path: loads(envelopes.decrypt(key, row.sealed, place(case_id, row.path)).decode())
        for row in rows
    }


def identity_paths(work: Work, case_id: str) -> list[str]:
    """Which personal fields the vault holds of a case, without opening any."""
    query = sa.select(Identity.path).where(Identity.case_id == case_id).order_by(Identity.path)
    return work.once("identity paths", case_id, lambda: list(work.session.scalars(query)))


def reveal_identity(
    work: Work,
    services: Services,
    case: Case,
    paths: Iterable[str],
    *,
    reader: Actor,
    reason: str,
    files: Mapping[str, Any],
) -> dict[str, Any]:
    """Show personal fields, and `files` by path, to a person who may see them, and record it: who
    looked, at what and why.

    Raises:
        ReasonNeeded: the reason is too short to mean anything.
    """
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonNeeded(least=REASON_LEAST)
    values = {**open_identity(work, services, case.id, paths), **files}
    _record_read(work, services, case, sorted(values), reader=reader, reason=reason.strip())
    return values


def cases_of_person(work: Work, services: Services, kind: str, value: str) -> list[str]:
    """Ids of the cases in which a person with this identity number complained."""
    query = sa.select(IdentityIndex.case_id).where(
        IdentityIndex.kind == kind, IdentityIndex.hash == _blind(services, kind, value)
    )
    return list(work.session.scalars(query))


def is_indexed(work: Work, services: Services, row: Identity, key: DataKey | None) -> bool:
    """Whether an identity number is found by the index; other fields, and erased ones, need not be.
    What cannot be opened is told by whoever compares it with the record."""
    if row.path not in SEARCHABLE or key is None:
        return True
    try:
        value = loads(envelopes.decrypt(key, row.sealed, place(row.case_id, row.path)).decode())
    except (InvalidTag, ValueError):
        return True
    hash = _blind(services, row.path, value)
    return work.session.get(IdentityIndex, (row.path, hash, row.case_id)) is not None


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """`{"accused": [{"name": "…"}]}` → `{"accused[0].name": "…"}`; what is empty is left out."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat.update(_leaves(value, f"{prefix}{key}"))
    return flat


def _leaves(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return flatten(value, f"{path}.")
    if isinstance(value, list):
        leaves: dict[str, Any] = {}
        for index, item in enumerate(value):
            leaves.update(_leaves(item, f"{path}[{index}]"))
        return leaves
    return {} if value in (None, "") else {path: value}


def _record_read(
    work: Work, services: Services, case: Case, fields: list[str], *, reader: Actor, reason: str
) -> None:
    read = IdentityRead(
        id=uuid.uuid4().hex, case_id=case.id, account_id=reader.id, at=work.now, fields=fields
    )
    content = case_key(work, services, case.id, "content")
    # The reason is free text: people write names into it, so history holds only its reference.
    read.reason, commitment = envelopes.encrypt(
        content, reason.encode(), reason_place(case.id, read.id)
    )
    work.session.add(read)
    if case.instance_id is not None:
        data = {"read": read.id, "fields": fields, "reason": commitment}
        history.record(work, case.instance_id, "identity_read", data, actor=reader)


def _blind(services: Services, kind: str, value: Any) -> str:
    plain = unicodedata.normalize("NFKC", str(value)).upper()
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in plain if c.isalnum())
    return services.keys.pepper.hash(f"identity.{kind}", digits)


def place(case_id: str, path: str) -> str:
    return f"identity.sealed|{case_id}|{path}"


def reason_place(case_id: str, read_id: str) -> str:
    return f"identity_read.reason|{case_id}|{read_id}"
