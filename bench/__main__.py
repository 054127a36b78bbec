"""`make bench`: every number in one run on this machine, beside the goal it has to reach.

Each module of this folder measures one part and yields rows: name, figure, unit, goal, met.
`make bench ARGS="engine --json"` measures one part only, for a program.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def parts() -> list[str]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    return [name for name in names if not name.startswith("_")]


def measured(names: list[str]) -> Iterator[Row]:
    for name in names:
        for row in importlib.import_module(f"bench.{name}").rows():
            yield {"part": name, **row}


def line(row: Row) -> str:
    figure = f"{row['figure']:,.3g}" if row["figure"] < 1000 else f"{row['figure']:,.0f}"
    mark = "ok  " if row["met"] else "MISS"
    return f"{mark} {row['name']:<62} {figure:>9} {row['unit']:<12} goal {row['goal']}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(parts())}; all by default")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(parts())
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    rows = []
    if not chosen.json:
        print(machine)  # noqa: T201
    for row in measured(chosen.parts or parts()):
        rows.append(row)
        if not chosen.json:
            print(line(row), flush=True)  # noqa: T201
    if chosen.json:
        json.dump({"machine": machine, "rows": rows}, sys.stdout, ensure_ascii=False, indent=2)
    return 0  # a number is told, never a test: a goal that is missed says MISS


if __name__ == "__main__":
    raise SystemExit(main())
