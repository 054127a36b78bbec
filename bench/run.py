"""Takes the numbers, part by part, and writes them down as a page."""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.databases import versions
from bench.rows import Row

MORE = 1.1  # times what a row has cost before; more is told
METHOD = Path(__file__).with_name("method.md")
# In order of the report: what the keys of a part's rows begin with, its module and function.
PARTS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("completion", "loop"), "completion", "rows"),
    (("blocks",), "completion", "block_rows"),
    (("start", "message", "case", "statements", "commits"), "verbs", "rows"),
    (("timers",), "verbs", "timer_rows"),
    (("drain",), "workers", "rows"),
    (("deploy",), "verbs", "deploy_rows"),
    (("disk",), "verbs", "disk_rows"),
    (("record",), "record", "rows"),
    (("worklist",), "office", "work_list_rows"),
    (("tracking", "office", "statements"), "office", "desk_rows"),
    (("case", "memory"), "office", "http_rows"),
    (("ready", "memory"), "start", "rows"),
    (("feel",), "feel", "rows"),
)


def measured(only: Collection[str] = ()) -> Iterator[Row]:
    """All rows, or those whose key begins with one of these."""
    for keys, module, function in PARTS:
        if only and not any(name.split("/")[0] in keys for name in only):
            continue
        for row in getattr(importlib.import_module(f"bench.parts.{module}"), function)():
            if not only or any(row.key.startswith(name) for name in only):
                yield row


def known_keys() -> list[str]:
    return sorted({key for part in PARTS for key in part[0]})


def line(row: Row) -> str:
    mark = {None: "    ", True: "ok  ", False: "MISS"}[row.met]
    goal = f"goal {row.goal}" if row.goal else ""
    return f"{mark} {row.name:<96} {number(row.figure):>9} {row.unit:<11} {spread(row):<17} {goal}"


def number(figure: float) -> str:
    return f"{figure:,.3g}" if abs(figure) < 1000 else f"{figure:,.0f}"


def spread(row: Row) -> str:
    return f"{number(row.spread[0])} – {number(row.spread[1])}" if row.spread else ""


def machine() -> dict[str, str]:
    """What the numbers were taken on."""
    names = ("SpiffWorkflow", "SQLAlchemy", "Flask", "psycopg")
    return {
        "Machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()} GB, {platform.system()}",
        "Python": platform.python_version(),
        **versions(),
        **{name: version(name) for name in names},
        "Load before": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [row.split(":", 1)[1].strip() for row in text.splitlines() if "model name" in row]
    return names[0] if names else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def page(
    rows: Iterable[Row],
    facts: dict[str, str],
    on: date,
    before: Mapping[str, Any] | None = None,
) -> str:
    """docs/reference/performance.md; beside the figures of an earlier run where one is given."""
    known = list(rows)
    was = {row["key"]: float(row["figure"]) for row in (before or {}).get("rows", ())}
    missed = [row for row in known if row.met is False]
    goals = sum(1 for row in known if row.met is not None)
    told = [
        "# How fast it is",
        "",
        f"Written by `make bench` on {on.isoformat()}. "
        f"{goals - len(missed)} of {goals} goals are met.",
        "",
        METHOD.read_text("utf-8"),
        *[f"- **{name}**: {fact}" for name, fact in facts.items()],
    ]
    if missed:
        told += ["", "## Goals that are not met", "", *[f"- {_missed(row)}" for row in missed]]
    if dearer := [_dearer(row, was[row.key]) for row in known if _is_dearer(row, was)]:
        told += ["", f"## What costs more than {MORE} × of what it did", "", *dearer]
    told += ["", "## All numbers", ""]
    if before is not None:
        told += [
            "*Before* is an earlier release on the same machine; *cost* is how many times as dear "
            "it has become, so below 1 is better, whatever is measured.",
            "",
        ]
    heads = ["what", "figure", "spread", "goal", "met", *(["before", "cost"] if was else [])]
    told += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return "\n".join([*told, *[_cells(row, was) for row in known]]) + "\n"


def _is_dearer(row: Row, was: Mapping[str, float]) -> bool:
    cost = row.cost_against(was[row.key]) if row.key in was else None
    return cost is not None and cost > MORE


def _dearer(row: Row, was: float) -> str:
    return f"- {row.name}: {number(row.figure)} {row.unit}, before {number(was)}"


def _missed(row: Row) -> str:
    reason = REASONS.get(row.key, "")
    return f"{row.name}: {number(row.figure)} {row.unit} (goal {row.goal}). {reason}".rstrip()


# Why a goal is out of reach as things are; shown only while it is missed.
REASONS = {
    "completion/1": (
        "A case of a few steps is where stock has least to walk through, and it neither saves nor "
        "records. What is missing is the wait for the disk, which the record of an authority has "
        "to make: see the row without it."
    ),
    "completion/5": "As with one round; from there on our cost stays and stock's grows.",
    "disk": (
        "Each of the 94 records of such a case carries a hash and a salt of its own, so that one "
        "can be withheld and the others still prove themselves, and is found by the case's id: "
        "that is more than half of the bytes."
    ),
    "ready": (
        "What SQLAlchemy, Flask and marshmallow alone take is told beside it; the REST API with "
        "its description takes a quarter of a second."
    ),
}


def _cells(row: Row, was: Mapping[str, float]) -> str:
    met = {None: "", True: "yes", False: "**no**"}[row.met]
    figure = f"{number(row.figure)} {row.unit}".strip()
    cells = [row.name, figure, spread(row), row.goal or "", met]
    if was:
        before = was.get(row.key)
        cost = None if before is None else row.cost_against(before)
        cells += ["" if before is None else number(before), "" if cost is None else f"{cost:.2f} ×"]
    return f"| {' | '.join(map(str, cells))} |"
