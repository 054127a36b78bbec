"""`make mutants`: small slips are put into a copy of the tree, one at a time, and the tests that
should notice are run; fewer than nineteen in twenty noticed is a failure.

What was tried is told as it ends, then room by room; Ctrl-C ends the run with what is known. A
test that fails without any slip, too, has caught nothing.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from tests.mutants.slip import Mutant
from tests.mutants.table import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.95  # of what is tried must be caught
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
    chosen = [m for m in MUTANTS if m.is_in(room.rstrip("/")) and (not only or m.number in only)]
    if not chosen:
        rooms = ", ".join(dict.fromkeys(mutant.room for mutant in MUTANTS))
        raise click.ClickException(f"no such mutant; the rooms are {rooms}")
    if unchanged:
        sys.exit(_try_unchanged(chosen))
    click.echo(f"{len(chosen)} to try in {len({m.room for m in chosen})} rooms, {jobs} at a time")
    sys.exit(_try_and_tell(chosen, jobs))


def _try_and_tell(chosen: list[Mutant], jobs: int) -> int:
    """The exit code: 0 if enough were caught, 130 if somebody did not wait for that."""
    found: list[Outcome] = []
    began = time.monotonic()
    try:
        for outcome in _try_all(chosen, jobs):
            found.append(outcome)
            _tell(outcome, len(found), len(chosen), time.monotonic() - began)
    except KeyboardInterrupt:
        click.echo(f"\nstopped after {len(found)} of {len(chosen)}")
        _sum_up(found)
        return 130
    return _sum_up(_doubted(found))


def _doubted(found: list[Outcome]) -> list[Outcome]:
    """Without what was caught by a test that fails anyway: all that caught something, once more."""
    tests = list(dict.fromkeys(outcome.by for outcome in found if outcome.word == CAUGHT))
    if not tests:
        return found
    click.echo(f"\nthe {len(tests)} tests that caught a slip, without one")
    with _copies(1) as copies:
        failed = _fails_anyway(copies[0], tests)
    return [
        replace(outcome, word=BROKEN)
        if outcome.word == CAUGHT and outcome.by in failed
        else outcome
        for outcome in found
    ]


def _tell(outcome: Outcome, tried: int, of: int, seconds: float) -> None:
    mutant = outcome.mutant
    left = _spell(seconds / tried * (of - tried)) if tried < of else "none"
    click.echo(
        f"[{tried:>{len(str(of))}}/{of}, left: {left}] "
        f"{mutant.number:>3} {outcome.word:<8} {outcome.seconds:4.0f} s  {mutant.file}"
    )
    click.echo(f"      {outcome.by or mutant.slip.tests}")
    if outcome.word != CAUGHT:
        click.echo(f"      who would suffer: {mutant.slip.who}")


def _spell(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _sum_up(found: list[Outcome]) -> int:
    """A table in Markdown, as the page for developers has it, and what to try again."""
    rows = [(room, [o for o in found if o.mutant.room == room]) for room in _rooms(found)]
    width = max(len(room) for room, _ in [*rows, ("all", found)])
    click.echo(f"\n| {'room':<{width}} | tried | caught | minutes |")
    click.echo(f"|-{'-' * width}-|------:|-------:|--------:|")
    for room, here in [*rows, ("all", found)]:
        minutes = sum(outcome.seconds for outcome in here) / 60
        click.echo(f"| {room:<{width}} | {len(here):>5} | {_caught(here):>6} | {minutes:>7.1f} |")
    share = _caught(found) / max(1, len(found))
    click.echo(f"\ncaught {_caught(found)} of {len(found)}, {share:.1%}; {LEAST:.0%} is asked for")
    again = sorted(outcome.mutant.number for outcome in found if outcome.word != CAUGHT)
    if again:
        numbers = " ".join(f"--only {number}" for number in again)
        click.echo(f'these again, once a test was written: make mutants ARGS="{numbers}"')
    return 0 if share >= LEAST else 1


def _rooms(found: list[Outcome]) -> list[str]:
    ordered = sorted(found, key=lambda outcome: outcome.mutant.number)
    return list(dict.fromkeys(outcome.mutant.room for outcome in ordered))


def _caught(found: list[Outcome]) -> int:
    return sum(outcome.word == CAUGHT for outcome in found)


def _try_all(chosen: list[Mutant], jobs: int) -> Iterator[Outcome]:
    """Each in a copy of the tree that it has for itself meanwhile; as they end."""
    with _copies(min(jobs, len(chosen))) as folders, ThreadPoolExecutor(jobs) as pool:
        free: queue.Queue[Path] = queue.Queue()
        for folder in folders:
            free.put(folder)

        def attempt(mutant: Mutant) -> Outcome:
            copy = free.get()
            try:
                return _try(copy, mutant)
            finally:
                free.put(copy)

        waiting = [pool.submit(attempt, mutant) for mutant in chosen]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:  # whoever presses Ctrl-C waits for the one being tried, not for all
            pool.shutdown(cancel_futures=True)


@contextmanager
def _copies(count: int) -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="samnuan-mutants-") as folder:
        targets = [Path(folder) / str(number) for number in range(count)]
        for target in targets:
            shutil.copytree(ROOT, target, ignore=NOT_COPIED, symlinks=True)
        yield targets


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


def _run(copy: Path, tests: list[str]) -> tuple[str, str]:
    """The word for what pytest said, and the first test that failed."""
    try:
        done = _pytest(copy, "-x", *tests, limit=SECONDS)
    except subprocess.TimeoutExpired:
        return BROKEN, f"more than {SECONDS} s"
    word = WORDS.get(done.returncode, BROKEN)
    by = next(_failed(done), "")
    return word, by if word != BROKEN else (by or _last_words(done))


def _fails_anyway(copy: Path, tests: list[str]) -> set[str]:
    done = _pytest(copy, *tests, limit=None)
    if done.returncode not in WORDS:
        click.echo(f"WITHOUT ANY SLIP nothing could be run: {_last_words(done)}")
        return set(tests)
    failed = set(_failed(done))
    for test in sorted(failed):
        click.echo(f"FAILS WITHOUT ANY SLIP: {test}")
    return failed


def _pytest(copy: Path, *arguments: str, limit: float | None) -> subprocess.CompletedProcess[str]:
    flags = ["-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *flags, "-m", "not postgres and not browser", *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
        timeout=limit,
    )


def _failed(done: subprocess.CompletedProcess[str]) -> Iterator[str]:
    for line in done.stdout.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            yield line.partition(" ")[2].partition(" - ")[0]


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join([*done.stdout.splitlines()[-2:], *done.stderr.splitlines()[-1:]])


def _try_unchanged(chosen: list[Mutant]) -> int:
    """A mutant that is caught says something only if its tests pass without it."""
    tests = dict.fromkeys(test for mutant in chosen for test in mutant.slip.tests.split())
    with _copies(1) as copies:
        failed = _fails_anyway(copies[0], list(tests))
    click.echo(f"{len(failed)} fail" if failed else "all tests pass")
    return 1 if failed else 0


if __name__ == "__main__":
    main()
