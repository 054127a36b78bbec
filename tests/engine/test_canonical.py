"""The record's JSON: two writers, one text; what JSON cannot hold is refused."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from engine.ground.canonical import digest, dumps, dumps_own, loads

numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def with_simplejson(value: object) -> str:
    told = simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"))
    return str(told)


@given(values)
def test_the_fast_writer_writes_what_the_exact_one_does(value):
    # A case recorded before orjson came must replay to the same bytes.
    assert dumps(value) == dumps_own(value) == with_simplejson(value)


@given(values)
def test_what_was_written_is_read_as_it_was(value):
    assert loads(dumps(value)) == value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}]
)
@pytest.mark.parametrize("around", [lambda it: it, lambda it: [None, {"a": (it,)}]])
def test_what_json_cannot_hold_is_refused(value, around):
    with pytest.raises((TypeError, ValueError)):
        dumps(around(value))


@given(st.lists(st.text() | st.binary()), st.lists(st.text() | st.binary()))
def test_no_two_lists_of_parts_hash_alike(one, other):
    as_bytes = [[p.encode() if isinstance(p, str) else p for p in parts] for parts in (one, other)]

    assert (digest(*one) == digest(*other)) == (as_bytes[0] == as_bytes[1])


def test_a_word_seen_before_hashes_as_at_first():
    word = uuid.uuid4().hex

    assert digest(word) == digest(word) == digest(word.encode())
