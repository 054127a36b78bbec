"""Signed heads: what has moved goes into the log, and the signed head proves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine
from engine.ground.canonical import loads
from engine.ground.clock import TravellingClock
from engine.record import signed_heads
from engine.record.merkle import leaf_hash, root_of_inclusion
from engine.record.signed_heads import Head, HeadNotSignedYet
from engine.record.signing import SigningKey
from tests.support.cases import Play
from tests.support.drawing import diagram, end, path, start, user

KEY = SigningKey(b"\x07" * 32)
STEPS = diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


def sign(engine: Engine) -> Head | None:
    with engine.begin() as work:
        return signed_heads.sign_head(work, KEY)


def test_a_signing_takes_in_what_has_moved_since_the_last(engine: Engine) -> None:
    play = Play(engine, STEPS).start()
    first = sign(engine)
    play.do("a")
    other = engine.start("p", {"case_id": "2"})

    second = sign(engine)
    third = sign(engine)

    assert first is not None
    assert second is not None
    # Beside the cases: the deployment, the chain of administration, and the head before.
    assert (first.size, second.size, third) == (3, 6, None)
    assert second.is_signed
    with engine.read() as work:
        added = [loads(entry) for entry in signed_heads.entries(work, first.size, second.size)]
    assert added[0]["kind"] == "head"
    assert {entry["instance"] for entry in added[1:]} == {play.id, other}


def test_the_newest_heads_of_a_case_are_proved_to_be_in_the_log(engine: Engine) -> None:
    play = Play(engine, STEPS).start()
    for number in range(5):
        engine.start("p", {"case_id": str(number)})
        sign(engine)
    play.do("a")
    sign(engine)

    with engine.read() as work:
        proof = signed_heads.inclusion(work, play.id)

    hashes = [bytes.fromhex(hash) for hash in proof.path]
    leaf = leaf_hash(proof.entry.encode())
    root = root_of_inclusion(leaf, proof.position, proof.head.size, hashes)
    assert root is not None
    assert root.hex() == proof.head.root
    assert loads(proof.entry)["commands"] == 2


def test_a_case_that_was_not_signed_has_no_proof(engine: Engine) -> None:
    Play(engine, STEPS).start()
    sign(engine)
    late = engine.start("p", {"case_id": "2"})

    with engine.read() as work, pytest.raises(HeadNotSignedYet):
        signed_heads.inclusion(work, late)


def test_a_changed_head_is_not_signed() -> None:
    from datetime import UTC, datetime

    at = datetime(2026, 3, 2, tzinfo=UTC)
    signature = KEY.sign(signed_heads.head_text(3, "ab", at)).hex()

    assert Head(3, "ab", at, KEY.public.hex(), signature).is_signed
    assert not Head(4, "ab", at, KEY.public.hex(), signature).is_signed
    assert not Head(3, "ac", at, KEY.public.hex(), signature).is_signed
    assert not Head(3, "ab", at, "00" * 32, signature).is_signed
