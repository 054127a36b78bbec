"""Kills a verb at each of its points, starts again, and looks whether anybody could tell.

For every scene: a clean run in a child process counts the points and takes a picture of the
database at each commit. Then, for every point, a child runs the verb again from the same beginning
and is killed there by SIGKILL. What it left must be the picture of the last commit before that
point, row for row; the same request sent again must lead to the end of the clean run, row for row,
with the same answer however often it is sent.
"""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.engine import Engine
from engine.ground.clock import TravellingClock
from engine.ground.errors import Refusal
from engine.turn.definitions import Bundles
from office.ground.settings import OfficeSettings
from office.ground.tables import Attachment
from office.vault.attachments import sweep_files
from tests.conftest import START
from tests.faults.grounds import Ground
from tests.faults.picture import Picture, difference, picture, without_the_death
from tests.faults.watching import Watch, install, watching
from tests.faults.wholeness import faults_of
from tests.support.verbs import Office

Facts = dict[str, Any]
KEY = "request-1"


@dataclass
class Installation:
    """The product over a ground, as it stands after a start."""

    engine: Engine
    clock: TravellingClock
    office: Office | None = None

    @property
    def agency(self) -> Office:
        assert self.office is not None
        return self.office


@dataclass(frozen=True)
class Scene:
    """A verb with what stands before it.

    `act` gets the idempotency key where the verb takes one; its answer is JSON. `refusals` are what
    a person may read who asks again for what was already done. `settle` and `work` run what is due
    before the end is looked at. `look` tells what is wrong with what lies beside the database.
    """

    verb: str
    prepare: Callable[[Installation], Facts]
    act: Callable[[Installation, Facts, str], Any]
    furnish: Callable[[Ground, TravellingClock], Installation]
    refusals: tuple[type[Refusal], ...] = ()
    keyed: bool = False
    once: bool = False  # done again it is a second act: nobody sends it twice
    settle: tuple[int, ...] = ()  # minutes until each further round of what is due
    work: Callable[[Installation], object] = lambda installation: installation.engine.run_due()
    look: Callable[[Installation], str] = lambda _installation: ""
    database: str = ""  # the only one on which it can be played


@dataclass
class Outcome:
    """What a row of the table says."""

    verb: str
    database: str
    points: list[str] = field(default_factory=list)
    killed: int = 0
    survived: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class Clean:
    """The undisturbed run that every other is measured by."""

    points: list[str]
    commits_before: list[int]
    pictures: list[Picture]  # before, and after each commit
    answer: Any
    end: Picture


def kill_everywhere(scene: Scene, ground: Ground, *, at_most: int | None = None) -> Outcome:
    """Kill at every point, or at so many evenly chosen ones."""
    installation = scene.furnish(ground, TravellingClock(START))
    facts = scene.prepare(installation)
    ground.compiled |= installation.engine.machine.cache(Bundles)
    ground.keep("before")
    clean = _clean_run(scene, ground, facts)
    outcome = Outcome(scene.verb, ground.name, clean.points)
    for number in _chosen(clean, at_most):
        outcome.killed += 1
        fault = _kill_at(scene, ground, facts, clean, number)
        if fault:
            outcome.faults.append(f"{scene.verb}: {clean.points[number]} (#{number}): {fault}")
        else:
            outcome.survived += 1
    return outcome


def _chosen(clean: Clean, at_most: int | None) -> Sequence[int]:
    """All points; or the one after the first commit, where a retry must notice what was done and
    what was not, and others evenly before the last."""
    count = len(clean.points)
    if at_most is None or at_most >= count:
        return range(count)
    commits = [n for n, name in enumerate(clean.points) if name == "after commit"] or [count - 1]
    return sorted({commits[0], *(n * commits[-1] // at_most for n in range(1, at_most))})


def _clean_run(scene: Scene, ground: Ground, facts: Facts) -> Clean:
    ground.put_back("before")
    told = ground.folder / "told.json"
    status = _in_child(lambda: _count(scene, ground, facts, told))
    assert status == 0, f"the clean run of {scene.verb} failed on {ground.name}: {status}"
    counted = json.loads(told.read_text())
    installation = scene.furnish(ground, TravellingClock(START))
    _settle(scene, installation)
    return Clean(
        counted["points"],
        counted["commits_before"],
        counted["pictures"],
        counted["answer"],
        picture(ground.url),
    )


def _count(scene: Scene, ground: Ground, facts: Facts, told: Path) -> None:
    pictures = [picture(ground.url)]
    watch = Watch(
        folder=str(ground.folder / "var"), on_commit=lambda: pictures.append(picture(ground.url))
    )
    answer = _act_watched(scene, ground, facts, watch)
    counted = {"points": watch.points, "commits_before": watch.commits_before}
    told.write_text(json.dumps({**counted, "pictures": pictures, "answer": answer}))


def _act_watched(scene: Scene, ground: Ground, facts: Facts, watch: Watch) -> Any:
    ground.database.dispose(close=False)  # the parent's connections are the parent's
    install()  # before anything connects
    installation = scene.furnish(ground, TravellingClock(START))
    with watching(watch):
        answer = scene.act(installation, facts, KEY)
        watch.point("before the answer")
    return answer


def _kill_at(scene: Scene, ground: Ground, facts: Facts, clean: Clean, number: int) -> str:
    """Die at one point, look, start again, ask again, look; returns what is wrong."""
    ground.put_back("before")
    watch = Watch(die_at=number, folder=str(ground.folder / "var"))
    status = _in_child(lambda: _act_watched(scene, ground, facts, watch))
    if status != -signal.SIGKILL:
        return f"the process was not killed there but ended with {status}"
    commits = clean.commits_before[number]
    expected = clean.pictures[commits]
    found = picture(ground.url)
    if found != expected:
        return f"half a turn is left:\n{difference(expected, found)}"
    installation = scene.furnish(ground, TravellingClock(START))
    is_done = commits == len(clean.pictures) - 1
    return _ask_again(scene, installation, facts, clean, is_done=is_done) or _look(
        scene, ground, clean
    )


def _ask_again(
    scene: Scene, installation: Installation, facts: Facts, clean: Clean, *, is_done: bool
) -> str:
    if scene.once and is_done:
        return ""
    answers = []
    for _ in range(2 if scene.keyed else 1):
        try:
            answers.append(scene.act(installation, facts, KEY))
        except scene.refusals as refusal:
            if not is_done:
                return f"asked again after nothing had happened, it is refused: {refusal}"
    if scene.keyed and (len(answers) != 2 or answers[0] != answers[1]):
        return f"the same key is answered differently: {answers}"
    if scene.keyed and _shape(answers[0]) != _shape(clean.answer):
        return f"the answer is {answers[0]}, in peace it was {clean.answer}"
    return ""


def _look(scene: Scene, ground: Ground, clean: Clean) -> str:
    """Everything as after the clean run, the record whole, no file that nobody holds."""
    installation = scene.furnish(ground, TravellingClock(START))
    _settle(scene, installation)
    found, wanted = picture(ground.url), clean.end
    if scene.settle:
        found, wanted = without_the_death(found), without_the_death(wanted)
    if found != wanted:
        return f"asked again, it does not end as in peace:\n{difference(wanted, found)}"
    if faults := faults_of(installation.engine):
        return f"it is not whole: {faults}"
    stray = _stray_files(installation) if installation.office is not None else ""
    return stray or scene.look(installation)


def _settle(scene: Scene, installation: Installation) -> None:
    """A worker that died holds what it had taken for a while: then another one takes it over."""
    for minutes in scene.settle:
        installation.clock.advance(minutes=minutes)
        scene.work(installation)


def _stray_files(installation: Installation) -> str:
    """A day later, when the sweep has passed: every file is an attachment, every one is there."""
    services = installation.agency.services
    installation.clock.travel_to(
        datetime.now(UTC) + timedelta(days=2)
    )  # files carry the machine's time
    with installation.engine.begin() as work:
        sweep_files(work, services)
        held = set(work.session.scalars(sa.select(Attachment.id).where(Attachment.file_key != b"")))
    kept = {name for name, _ in services.storage.names()}
    return "" if held == kept else f"files without a case {kept - held}, lost {held - kept}"


def _shape(answer: Any) -> Any:
    """An answer without its ids, which every run draws anew."""
    if isinstance(answer, Mapping):
        return {name: _shape(value) for name, value in answer.items()}
    return "#" if isinstance(answer, str) and len(answer) == 32 else answer


def _in_child(act: Callable[[], Any]) -> int:
    """Run in a process of its own; returns its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def engine_over(ground: Ground, clock: TravellingClock, **options: Any) -> Installation:
    """The engine after a restart: nothing in memory but what is compiled, which cannot change."""
    engine = Engine(ground.database, clock=clock, **options)
    engine.machine.cache(Bundles).update(ground.compiled)
    return Installation(engine, clock)


def office_over(ground: Ground, clock: TravellingClock) -> Installation:
    settings = OfficeSettings(database_url=ground.url, data_dir=ground.folder / "var")
    engine = engine_over(ground, clock).engine
    return Installation(engine, clock, Office.open(settings, engine=engine))
