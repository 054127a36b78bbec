"""`make mutants`: small slips are put into a copy of the tree, one at a time, and the tests that
should notice are run; fewer than nine in ten noticed is a failure."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from tests.mutants.slip import Mutant
from tests.mutants.table import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.9  # of what is tried must be caught
SECONDS = 240  # for the tests of one mutant
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache"
)
CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"
WORDS = {0: SURVIVED, 1: CAUGHT}  # pytest's codes; any other one says nothing about the mutant


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant, and by which test or why."""

    mutant: Mutant
    word: str
    by: str
    seconds: float


@click.command(help=__doc__)
@click.option("--room", default="", help="only this room, such as office/cases")
@click.option("--only", type=int, multiple=True, help="only the mutant of this number")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@click.option("--unchanged", is_flag=True, help="run the tests without any slip: all must pass")
def main(room: str, only: tuple[int, ...], jobs: int, unchanged: bool) -> None:
    chosen = [m for m in MUTANTS if m.room.startswith(room) and (not only or m.number in only)]
    if not chosen:
        rooms = ", ".join(dict.fromkeys(mutant.room for mutant in MUTANTS))
        raise click.ClickException(f"no such mutant; the rooms are {rooms}")
    if unchanged:
        sys.exit(_try_unchanged(chosen))
    found = []
    for outcome in _try_all(chosen, jobs):
        found.append(outcome)
        _tell(outcome)
    sys.exit(_sum_up(found))


def _tell(outcome: Outcome) -> None:
    mutant = outcome.mutant
    line = f"{mutant.number:>3} {outcome.word:<8} {outcome.seconds:4.0f} s  {mutant.file}"
    click.echo(f"{line}  {outcome.by}")
    if outcome.word != CAUGHT:
        click.echo(f"      {mutant.slip.who}")


def _sum_up(found: list[Outcome]) -> int:
    click.echo("")
    for room in dict.fromkeys(outcome.mutant.room for outcome in found):
        here = [outcome.word == CAUGHT for outcome in found if outcome.mutant.room == room]
        click.echo(f"{room:<24} {sum(here):>3} of {len(here):>3}")
    caught = sum(outcome.word == CAUGHT for outcome in found)
    click.echo(f"caught {caught} of {len(found)}")
    return 0 if caught >= LEAST * len(found) else 1


def _try_all(chosen: list[Mutant], jobs: int) -> Iterator[Outcome]:
    """Each in a copy of the tree that it has for itself meanwhile."""
    with tempfile.TemporaryDirectory(prefix="samnuan-mutants-") as folder:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(min(jobs, len(chosen))):
            copies.put(_copy(Path(folder) / str(number)))

        def attempt(mutant: Mutant) -> Outcome:
            copy = copies.get()
            try:
                return _try(copy, mutant)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(attempt, chosen)


def _copy(target: Path) -> Path:
    shutil.copytree(ROOT, target, ignore=NOT_COPIED, symlinks=True)
    return target


def _try(copy: Path, mutant: Mutant) -> Outcome:
    began = time.monotonic()
    with _applied(copy / mutant.file, mutant):
        word, by = _run(copy, mutant.slip.tests.split())
    return Outcome(mutant, word, by, time.monotonic() - began)


@contextmanager
def _applied(file: Path, mutant: Mutant) -> Iterator[None]:
    text = file.read_text("utf-8")
    if text.count(mutant.slip.old) != 1:
        raise click.ClickException(f"mutant {mutant.number}: its text is not in {mutant.file} once")
    _write(file, text.replace(mutant.slip.old, mutant.slip.new))
    try:
        yield
    finally:
        _write(file, text)


def _write(file: Path, text: str) -> None:
    """With its compiled form: one of the same size and second would be taken for this one's."""
    file.write_text(text, "utf-8")
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def _run(copy: Path, tests: list[str], *more: str) -> tuple[str, str]:
    """The word for what pytest said, and the first test that failed."""
    flags = ["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command = [sys.executable, "-m", "pytest", *flags, "-m", "not postgres and not browser"]
    environ = {**os.environ, "PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(
            [*command, *more, *tests],
            cwd=copy,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return BROKEN, f"more than {SECONDS} s"
    lines = done.stdout.splitlines()
    failed = next((line for line in lines if line.startswith(("FAILED ", "ERROR "))), "")
    word = WORDS.get(done.returncode, BROKEN)
    by = failed.partition(" ")[2].partition(" - ")[0]
    return word, by if word != BROKEN else (by or " ".join(lines[-2:]))


def _try_unchanged(chosen: list[Mutant]) -> int:
    """A mutant that is caught says something only if its tests pass without it."""
    tests = dict.fromkeys(test for mutant in chosen for test in mutant.slip.tests.split())
    with tempfile.TemporaryDirectory(prefix="samnuan-mutants-") as folder:
        word, by = _run(_copy(Path(folder) / "0"), list(tests))
    click.echo("all tests pass" if word == SURVIVED else f"{word}: {by}")
    return 0 if word == SURVIVED else 1


if __name__ == "__main__":
    main()
