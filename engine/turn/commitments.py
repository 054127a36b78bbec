"""What the record's hashes are taken over, as docs/reference/record.md tells outsiders.

A payload (what an event says, what a command asked for) is committed to by a salted hash and the
chain covers only that: a payload can be withheld from an export, and the chain still verifies.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from engine.ground.canonical import canonical, digest, framed, hashed, word

SALT_BYTES = 16


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


@lru_cache(maxsize=256)  # all events of a turn have one moment
def moment(at: datetime) -> str:
    """A moment as hashes and proofs spell it: UTC, always six digits after the second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def payload_hash(salt: bytes, *texts: str) -> str:
    """The commitment to a payload's texts, byte for byte as they are stored."""
    return hashed((word("samnuan payload 2"), framed(salt), *map(framed, texts)))


def event_payload(row: Mapping[str, Any]) -> str:
    return payload_hash(row["salt"], row["data"])


def command_payload(row: Mapping[str, Any]) -> str:
    absent_or = [or_absent(row["idempotency_key"]), or_absent(row["answer"])]
    return payload_hash(row["salt"], row["body"], row["results"], *absent_or)


def or_absent(text: str | None) -> str:
    """A text that may be missing, so that none and an empty one differ."""
    return "" if text is None else f"={text}"


def event_hash(previous: str, row: Mapping[str, Any], payload: str) -> str:
    """The hash of an event: over its head, its payload's commitment and the hash before it."""
    heads = (
        row["instance_id"],
        str(row["seq"]),
        str(row["command_seq"]),
        row["type"],
        row["element_id"],
        moment(row["at"]),
        row["actor"],
        row["role"],
        row["on_behalf_of"],
    )
    begin = word("samnuan event 2"), framed(previous)
    return hashed((*begin, *map(word, heads), framed(payload)))


def command_hash(previous: str, row: Mapping[str, Any], payload: str) -> str:
    heads = (
        row["instance_id"],
        str(row["seq"]),
        row["kind"],
        moment(row["at"]),
        row["actor"],
        row["role"],
        row["on_behalf_of"],
    )
    begin = word("samnuan command 2"), framed(previous)
    return hashed((*begin, *map(word, heads), framed(row["state_hash"]), framed(payload)))


# ── records from before there were salts ───────────────────────────────────────────────────────


def unsalted_event_hash(previous: str, row: Mapping[str, Any], data: Any) -> str:
    """The hash of an event that has no salt: the first release's."""
    return digest(
        previous,
        row["instance_id"],
        str(row["seq"]),
        str(row["command_seq"]),
        row["type"],
        row["element_id"],
        row["at"].astimezone(UTC).isoformat(),
        row["actor"],
        canonical(data),
    )


def unsalted_command_hash(previous: str, row: Mapping[str, Any], body: Any, results: Any) -> str:
    return digest(
        previous,
        row["instance_id"],
        str(row["seq"]),
        row["kind"],
        canonical(body),
        row["actor"],
        row["at"].astimezone(UTC).isoformat(),
        canonical(results),
        row["state_hash"],
    )
