"""The tree's laws, against the definitions of RFC 9162 written down as they stand there."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from engine.record.merkle import (
    Growth,
    consistency_path,
    growth_at,
    inclusion_path,
    is_consistent,
    leaf_hash,
    root_of_inclusion,
)

SIZES = st.integers(1, 300)
LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(300)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def lookup(first: int, behind: int) -> bytes:
    return tree_hash(LEAVES[first:behind])


@given(size=SIZES, more=SIZES)
def test_a_tree_that_grows_has_the_root_of_the_definition(size: int, more: int) -> None:
    grown = growth_at(size, lookup)
    for leaf in LEAVES[size : size + more]:
        list(grown.append(leaf))

    assert grown.root() == tree_hash(LEAVES[: size + more])


@given(size=SIZES, data=st.data())
def test_every_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, size - 1))
    root, path = tree_hash(LEAVES[:size]), inclusion_path(position, size, lookup)

    assert root_of_inclusion(LEAVES[position], position, size, path) == root

    other = data.draw(st.integers(0, 299).filter(lambda n: n != position))
    assert root_of_inclusion(LEAVES[other], position, size, path) != root
    assert root_of_inclusion(LEAVES[position], other, size, path) != root
    assert root_of_inclusion(LEAVES[position], position, size, [*path, root]) != root
    assert root_of_inclusion(LEAVES[position], position, size, path[:-1]) != root or not path


@given(sizes=st.tuples(SIZES, SIZES).map(sorted), data=st.data())
def test_growing_is_proved_and_rewriting_is_not(sizes: list[int], data: st.DataObject) -> None:
    older, newer = sizes
    path = consistency_path(older, newer, lookup)
    old, new = tree_hash(LEAVES[:older]), tree_hash(LEAVES[:newer])

    assert is_consistent((older, old), (newer, new), path)

    changed = data.draw(st.integers(0, older - 1))
    rewritten = tree_hash([*LEAVES[:changed], b"\x00" * 32, *LEAVES[changed + 1 : older]])
    assert not is_consistent((older, rewritten), (newer, new), path)
    assert not is_consistent((older, old), (newer, new[::-1]), path)
    assert not is_consistent((older, old), (newer, new), [*path, new])


def test_known_roots() -> None:
    # The test vectors of Certificate Transparency's reference implementation.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    grown = Growth()
    for each in inputs:
        list(grown.append(leaf_hash(bytes.fromhex(each))))
    assert grown.root().hex() == (
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    )
