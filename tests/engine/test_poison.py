"""Files that once hung or killed an engine cost their uploader an error, and nobody else more."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator

import pytest

from engine import Engine
from engine.actor import Actor
from engine.bpmn.host import StepFailed
from engine.clock import TravellingClock
from engine.errors import DeploymentRejected
from tests.lint.test_reading_a_file import POISON
from tests.support.cases import OFFICER, Play
from tests.support.drawing import FORM, diagram, end, flow, gateway, path, start, user

UPLOADER = Actor.of("owner", "process_owner")
MEGABYTE_IN_KB = 1024
# The lint's own tests try all of them; these are the ones that cost the most before.
WORST = (
    "a million instances computed",
    "a chain of ten thousand",
    "240 nested subprocesses",
    "an endless loop",
    "deep recursion",
)
ROUND = diagram(
    start(),
    gateway("exclusive", "again"),
    user("a"),
    gateway("exclusive", "enough", default="stop"),
    end(),
    path("start", "again", "a", "enough"),
    flow("enough", "again", "=more"),
    flow("enough", "end", id="stop"),
)


class Colleague:
    """Goes on completing tasks while somebody else uploads poison."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.play = Play(engine, ROUND).start()
        self.done = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        while not self._stop.is_set():
            (task,) = self.engine.tasks(self.play.id)
            self.engine.complete(task.id, {"more": True}, OFFICER)
            self.done += 1

    def __enter__(self) -> Colleague:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def upload_and_start(engine: Engine, name: str, content: bytes) -> None:
    engine.deploy({f"{name}.bpmn": content, "any.form": FORM}, UPLOADER, upload=True)
    engine.start("p")


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    engine.close()


def test_poison_is_refused_while_colleagues_go_on(engine: Engine) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    progress = []

    with Colleague(engine) as colleague:
        for name in WORST:
            content, _ = POISON[name]
            done = colleague.done
            with pytest.raises((DeploymentRejected, StepFailed)) as refused:
                upload_and_start(engine, name, content)
            # An endless loop is a drawing that may run: its first case stops it instead.
            assert (refused.type is StepFailed) == (name == "an endless loop")
            progress.append(colleague.done - done)

    assert min(progress) > 0
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * MEGABYTE_IN_KB
    colleague.play.check_record()
