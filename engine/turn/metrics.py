"""How many turns this process has made and how long they took, from the lock to the commit."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator

# Upper edges in seconds; a turn is a few milliseconds, and a second is trouble.
EDGES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class TurnMeter:
    """Counts by kind of turn; safe to use from many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def turned(self, kind: str, seconds: float) -> None:
        with self._guard:
            counts = self._counts.setdefault(kind, [0] * (len(EDGES) + 1))
            counts[bisect_left(EDGES, seconds)] += 1
            self._seconds[kind] = self._seconds.get(kind, 0.0) + seconds

    def told(self) -> Iterator[tuple[str, list[tuple[str, float]], float]]:
        """Kind, turns up to each edge (`+Inf` last), seconds in all."""
        with self._guard:
            counts = {kind: list(each) for kind, each in self._counts.items()}
            seconds = dict(self._seconds)
        for kind, each in counts.items():
            total, buckets = 0, []
            for edge, count in zip((*map(str, EDGES), "+Inf"), each, strict=True):
                total += count
                buckets.append((edge, float(total)))
            yield kind, buckets, seconds[kind]
