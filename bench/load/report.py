"""What the load showed: throughput, latencies by page, errors, and whether anything grew."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bench.browser import Visit
from bench.load.run import Outcome

ENTRY_POINTS = {
    "PublicPage": "the public page",
    "IntakeCounter": "an officer (paper, box, phone, OSS)",
    "Relay": "another system",
}
RARE = 8  # a page seen less often tells nothing about its latency


def lines(outcome: Outcome) -> Iterator[str]:
    visits = outcome.visits
    yield (
        f"{outcome.filed} complaints filed, {outcome.completed} tasks completed, "
        f"{len(visits)} requests in {outcome.seconds:.0f} s: {len(visits) / outcome.seconds:.0f} "
        f"requests/s"
    )
    yield "filed by: " + ", ".join(
        f"{ENTRY_POINTS[entry_point]} {n}" for entry_point, n in outcome.entry_points.items()
    )
    yield f"memory of the server: {outcome.memory[0]:.0f} MB, then {outcome.memory[1]:.0f} MB"
    yield ""
    yield from _thirds(visits)
    yield ""
    yield f"{'page':<34}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'late/early':>12}"
    for page, seen in sorted(_by_page(visits).items(), key=lambda item: -len(item[1])):
        if len(seen) >= RARE:
            yield _page_line(page, seen)
    yield ""
    yield from _errors(outcome)


def _thirds(visits: Sequence[Visit]) -> Iterator[str]:
    """How the whole installation did at the beginning, in the middle and at the end of the run."""
    heads = "".join(f"{head:>9}" for head in ("requests", "per s", "p50 ms", "p95 ms"))
    yield f"{'third of the run':<34}{heads}{'errors':>12}"
    began = min((visit.began for visit in visits), default=0.0)
    length = max((visit.began - began for visit in visits), default=0.0) / 3
    for number, name in enumerate(("first", "second", "last")):
        later = began + number * length
        seen = [v for v in visits if later <= v.began and (number == 2 or v.began < later + length)]
        if len(seen) >= RARE:
            p50, p95 = (_percentiles(seen)[at - 1] for at in (50, 95))
            wrong = sum(not visit.expected for visit in seen)
            rate = len(seen) / length
            yield f"{name:<34}{len(seen):>9}{rate:>9.1f}{p50:>9.1f}{p95:>9.1f}{wrong:>12}"


def _percentiles(seen: Sequence[Visit]) -> list[float]:
    """The 1st to the 99th, in milliseconds."""
    took = [visit.seconds * 1000 for visit in seen]
    return statistics.quantiles(took, n=100, method="inclusive")


def _by_page(visits: Sequence[Visit]) -> dict[str, list[Visit]]:
    pages: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        pages[visit.page].append(visit)
    return pages


def _page_line(page: str, seen: list[Visit]) -> str:
    cuts = _percentiles(seen)
    percentiles = "".join(f"{cuts[at - 1]:9.1f}" for at in (50, 95, 99))
    return f"{page:<34}{len(seen):>9}{percentiles}{growth(seen):>12.2f}"


def growth(seen: Sequence[Visit]) -> float:
    """The median of the last third over that of the first: 1 where nothing grows."""
    ordered = [visit.seconds for visit in sorted(seen, key=lambda visit: visit.began)]
    third = max(1, len(ordered) // 3)
    return statistics.median(ordered[-third:]) / statistics.median(ordered[:third])


def _errors(outcome: Outcome) -> Iterator[str]:
    wrong = Counter((v.page, v.status) for v in outcome.visits if not v.expected)
    refused = sum(1 for v in outcome.visits if v.expected and v.status >= 400)
    yield f"refused as they should be (mistakes, who came second): {refused}"
    yield f"errors: {sum(wrong.values())}"
    for (page, status), count in wrong.most_common(12):
        yield f"  {count:>5} × {page}: {status or 'no answer'}"
    for why, count in Counter(outcome.puzzled).most_common(8):
        yield f"  {count:>5} × not understood: {why}"
