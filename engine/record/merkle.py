"""A Merkle tree with the shapes of RFC 9162, section 2.1: hashes, proofs, and checking a proof.

The tree only ever grows. A node is complete once all leaves under it are there; `Growth` gives
each complete node once, in the order in which it is completed, and knows the root at any size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

EMPTY_ROOT = hashlib.sha256(b"").digest()

Lookup = Callable[[int, int], bytes]  # (first leaf, first leaf behind) of a complete node -> hash


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Growth:
    """A tree as leaves are appended to it; holds one hash per level, however large it grows."""

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)  # (level, hash), highest first

    def append(self, leaf: bytes) -> Iterator[tuple[int, bytes]]:
        """Add a leaf's hash; yields the nodes that it completes, (level, hash), from below."""
        self.size += 1
        level, hash = 0, leaf
        yield level, hash
        while self.peaks and self.peaks[-1][0] == level:
            hash = node_hash(self.peaks.pop()[1], hash)
            level += 1
            yield level, hash
        self.peaks.append((level, hash))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        hashes = [hash for _, hash in self.peaks]
        root = hashes.pop()
        while hashes:
            root = node_hash(hashes.pop(), root)
        return root


def complete_nodes(size: int) -> list[tuple[int, int]]:
    """The (first, behind) leaves of the largest complete nodes that a tree of this size is made
    of: what `Growth` needs to go on."""
    found, first = [], 0
    while first < size:
        width = 1 << ((size - first).bit_length() - 1)
        found.append((first, first + width))
        first += width
    return found


def growth_at(size: int, lookup: Lookup) -> Growth:
    """A tree of this size, ready to grow on."""
    peaks = [
        ((behind - first).bit_length() - 1, lookup(first, behind))
        for first, behind in complete_nodes(size)
    ]
    return Growth(size, peaks)


def subtree_hash(first: int, behind: int, lookup: Lookup) -> bytes:
    """The hash over some leaves as the tree has them: looked up if complete, else put together."""
    if behind - first == 1 << ((behind - first).bit_length() - 1):
        return lookup(first, behind)
    middle = first + split(behind - first)
    return node_hash(subtree_hash(first, middle, lookup), subtree_hash(middle, behind, lookup))


def split(size: int) -> int:
    """The largest power of two smaller than the size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_path(position: int, size: int, lookup: Lookup) -> list[bytes]:
    """The hashes that lead from a leaf to the root of the tree of this size (RFC 9162, 2.1.3.1)."""
    path: list[bytes] = []
    first, behind = 0, size
    while behind - first > 1:
        middle = first + split(behind - first)
        if position < middle:
            path.append(subtree_hash(middle, behind, lookup))
            behind = middle
        else:
            path.append(subtree_hash(first, middle, lookup))
            first = middle
    return path[::-1]


def root_of_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its path give; none if the path does not fit (2.1.3.2)."""
    if not 0 <= position < size:
        return None
    at, last, hash = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            hash = node_hash(sibling, hash)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            hash = node_hash(hash, sibling)
        at, last = at >> 1, last >> 1
    return hash if last == 0 else None


def consistency_path(older: int, newer: int, lookup: Lookup) -> list[bytes]:
    """The hashes that show the newer tree to begin with the older one (2.1.4.1)."""
    path: list[bytes] = []
    first, behind, whole = 0, newer, True
    while older != behind:
        middle = first + split(behind - first)
        if older <= middle:
            path.append(subtree_hash(middle, behind, lookup))
            behind = middle
        else:
            path.append(subtree_hash(first, middle, lookup))
            first, whole = middle, False
    if not whole:
        path.append(subtree_hash(first, behind, lookup))
    return path[::-1]


def is_consistent(
    older: tuple[int, bytes], newer: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Whether the path shows that the tree (size, root) grew into the newer one (2.1.4.2)."""
    (first, old_root), (second, new_root) = older, newer
    if first == 0:
        return not path and old_root == EMPTY_ROOT
    if first == second:
        return not path and old_root == new_root
    if first > second or not path:
        return False
    steps = [old_root, *path] if first & (first - 1) == 0 else list(path)
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return old == old_root and new == new_root and last == 0
