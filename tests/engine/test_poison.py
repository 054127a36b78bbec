"""Files that once hung or killed an engine cost their uploader an error, and nobody else more."""

# ruff: noqa: E501 - a drawing is understood at a glance when each of its parts stands on one line

from __future__ import annotations

import io
import resource
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected
from tests.lint.test_reading_a_file import BOMB, POISON
from tests.support.cases import OFFICER, Play
from tests.support.drawing import (
    FORM,
    conditional,
    diagram,
    each,
    end,
    flow,
    gateway,
    marked,
    path,
    script,
    standard_loop,
    start,
    sub,
    user,
)

UPLOADER = Actor.of("owner", "process_owner")
MEGABYTE_IN_KB = 1024
# What the child that checks an upload may use, beside its start (engine/bpmn/reading/sandbox.py).
SECONDS = 5
DOCTYPES = {
    "an external entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "an internal entity": b'<!DOCTYPE d [<!ENTITY x "y">]>',
    "an entity bomb": BOMB,
    "a bare DOCTYPE": b"<!DOCTYPE d>",
}
# Drawings that may run: what is wrong with them is found by their first case, and stopped there.
RUNAWAYS = {
    "an endless loop": POISON["an endless loop"][0],
    "a million instances computed from the case": diagram(
        start(), marked(user("x"), each("=for i in 1..million return i")), end(), path("start", "x", "end")
    ),
    "a standard loop without an end": diagram(
        start(), marked(script("x", "=1", "n"), standard_loop("=true")), end(), path("start", "x", "end")
    ),
    "a condition that turns for ever": diagram(
        start(), marked(script("x", "=not(v)", "v"), standard_loop("=true")), end(), path("start", "x", "end"),
        sub("h", start("hs", conditional("=v"), isInterrupting="false"), script("y", "=false", "v"), end("he"), path("hs", "y", "he"), event=True),
    ),
}  # fmt: skip
ROUND = diagram(
    start(),
    gateway("exclusive", "again"),
    user("a"),
    gateway("exclusive", "enough", default="stop"),
    end(),
    path("start", "again", "a", "enough"),
    flow("enough", "again", "=more"),
    flow("enough", "end", id="stop"),
    id="round",
)


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.bpmn", content)
    return packed.getvalue()


SINGLE = (
    "a million instances computed",
    "a chain of ten thousand",
    "240 nested subprocesses",
    "deep recursion",
)
FILES = {
    **{name: content for name, (content, _) in POISON.items() if name not in RUNAWAYS},
    **{name: head + ROUND for name, head in DOCTYPES.items()},
    "fifty megabytes": ROUND + b" " * (50 * 1024 * 1024),
    "a zip bomb": zipped(b"0" * 50_000_000),
}
# Those that cost most come alone, the others in one upload: a child process checks each upload.
UPLOADS = [
    *([name] for name in SINGLE),
    [name for name in FILES if name not in SINGLE],
]


class Colleague:
    """Goes on completing tasks while somebody else uploads poison."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.play = Play(engine, ROUND, key="round").start()
        self.done = 0
        self.moved = threading.Event()
        self._stop = threading.Event()
        self._desk = ThreadPoolExecutor(max_workers=1)

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                (task,) = self.engine.tasks(self.play.id)
                self.engine.complete(task.id, {"more": True}, OFFICER)
                self.done += 1
                self.moved.set()
                self._stop.wait(0.02)  # a person needs a moment for each
        finally:
            self.moved.set()

    def goes_on_after(self, done: int) -> None:
        """Another task was completed since, within a generous time."""
        until = time.monotonic() + 30
        while self.done <= done and not self._working.done() and time.monotonic() < until:
            self.moved.wait(1)
            self.moved.clear()
        self._was_never_refused()
        assert self.done > done, "no task was completed for half a minute"

    def _was_never_refused(self) -> None:
        if self._working.done():
            refusal = self._working.exception()
            assert refusal is None, f"after {self.done} tasks the next one failed: {refusal!r}"

    def __enter__(self) -> Colleague:
        self._working = self._desk.submit(self._work)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._desk.shutdown()
        self._was_never_refused()


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    engine.close()


def test_poison_is_refused_while_colleagues_go_on(engine: Engine) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with Colleague(engine) as colleague:
        for names in UPLOADS:
            done, began = colleague.done, cpu_seconds()
            files = {f"{name}.bpmn": FILES[name] for name in names}
            with pytest.raises(DeploymentRejected) as refused:
                engine.deploy({**files, "any.form": FORM}, UPLOADER, upload=True)
            assert cpu_seconds() - began < SECONDS, names
            errors = {f.file for f in refused.value.findings if f.severity == "error"}
            assert errors == set(files)
            colleague.goes_on_after(done)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * MEGABYTE_IN_KB
    colleague.play.check_record()


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_case_that_would_run_for_ever_is_stopped_while_colleagues_go_on(
    engine: Engine, name: str
) -> None:
    engine.deploy({"x.bpmn": RUNAWAYS[name], "any.form": FORM}, UPLOADER)

    with Colleague(engine) as colleague:
        done, began = colleague.done, time.thread_time()
        with pytest.raises(StepFailed):
            engine.start("p", {"million": 10**6, "v": False})
        assert time.thread_time() - began < SECONDS
        colleague.goes_on_after(done)
    colleague.play.check_record()


def test_a_vast_list_is_cut_short_and_counts_as_nothing(engine: Engine) -> None:
    counted = script("x", "=count(for i in 1..10000000 return i)", "n")
    play = Play(engine, diagram(start(), counted, user("a"), end(), path("start", "x", "a", "end")))
    began = time.thread_time()

    play.start()

    assert time.thread_time() - began < SECONDS
    assert play.variables()["n"] is None


def cpu_seconds() -> float:
    """The work of this thread and of the children that it waited for: the machine may be busy."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.thread_time() + children.ru_utime + children.ru_stime
