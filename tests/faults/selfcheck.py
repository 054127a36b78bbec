"""`make faults-selfcheck`: the suite is run with each of some deliberate defects, as many at a time
as there are cores, and must fail with each; without any, it must pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from tests.faults.defects import DEFECTS

ROOT = Path(__file__).resolve().parents[2]
SUITE = [
    "tests/faults/test_any_order.py",
    "tests/faults/test_kills.py::test_a_verb_killed_at_its_points_is_done_once_or_not_at_all",
    "tests/faults/test_races.py",
    # Any order finds a case that was kept after an error too, but only with some luck.
    "tests/engine/test_record.py",
]
FAILED = re.compile(r"^FAILED \S+::(\S+)", re.MULTILINE)


@click.command(help=__doc__)
def main() -> None:
    click.echo(f"{'defect':<28} {'caught':<7} by")
    escaped = []
    names = ["", *DEFECTS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (code, first) in zip(names, pool.map(_run, names), strict=True):
            is_right = code == 1 if name else code == 0
            if not is_right:
                escaped.append(name)
            word = "yes" if name and is_right else "NO" if name else "–"
            click.echo(f"{name or '(none)':<28} {word:<7} {first or 'all tests pass'}")
    sys.exit(1 if escaped else 0)


def _run(defect: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    command += ["-p", "tests.faults.defects", "-m", "not postgres", *SUITE]
    environ = {**os.environ, "SAMNUAN_DEFECT": defect}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    first = FAILED.search(done.stdout)
    return done.returncode, first[1] if first else ""


if __name__ == "__main__":
    main()
