"""A case moves to a version that is wired otherwise only if it can go on there as drawn.

A join of two became one of three, and the case moved and waited for ever; an event that had moved
to another activity fired at its old place. Each is refused by the element's name now.
"""

# ruff: noqa: E501 - an edit is understood at a glance when it stands on one line

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.verbs.migration import MigrationPlan
from tests.support.cases import Play
from tests.support.drawing import (
    FORM,
    boundary,
    call,
    catch,
    conditional,
    diagram,
    each,
    end,
    flow,
    gateway,
    job,
    marked,
    message,
    path,
    root_message,
    start,
    sub,
    timer,
    user,
)

OWNER = Actor.of("owner", "process_owner")
ROOTS = root_message("m") + root_message("m2") + root_message("m3")


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def drawn(*parts: str, id: str = "p") -> bytes:
    return diagram(start(), end(), *parts, id=id, roots=ROOTS)


def forked(count: int, *aside: int, kind: str = "parallel", join: str = "") -> bytes:
    """Tasks side by side between a fork and a join; those `aside` go to an end of their own."""
    tasks = [user(f"t{n}") for n in range(count)]
    ways = [flow("f", f"t{n}", id=f"f{n}") for n in range(count)]
    ways += [flow(f"t{n}", "other" if n in aside else "j", id=f"j{n}") for n in range(count)]
    other = end("other") if aside else ""
    last = user("z"), path("start", "f"), path("j", "z", "end")
    return drawn(gateway(kind, "f"), gateway(join or kind, "j"), other, *tasks, *ways, *last)


def chosen(join: str) -> bytes:
    """One of two tasks, by a choice, and what meets behind them."""
    return drawn(
        gateway("exclusive", "f", default="f1"),
        gateway(join, "j"),
        user("t0"),
        user("t1"),
        user("z"),
        flow("f", "t0", "=true", id="f0"),
        flow("f", "t1", id="f1"),
        path("start", "f") + path("t0", "j", "z", "end") + path("t1", "j"),
    )


def joined(first: str, second: str) -> bytes:
    """Two tasks, with the ids of the flows by which they come to the join."""
    return drawn(
        gateway("parallel", "f"),
        gateway("parallel", "j"),
        user("t0"),
        user("t1"),
        user("z"),
        path("start", "f", "t0") + path("f", "t1") + path("j", "z", "end"),
        flow("t0", "j", id=first) + flow("t1", "j", id=second),
    )


def lengthened() -> bytes:
    """Before the join of two, one more step in the second branch."""
    return drawn(
        gateway("parallel", "f"),
        gateway("parallel", "j"),
        *(user(name) for name in ("t0", "t1", "more", "z")),
        path("start", "f", "t0") + path("f", "t1") + path("j", "z", "end"),
        flow("t0", "j", id="j0") + flow("t1", "more", id="j1") + flow("more", "j", id="j2"),
    )


def led_aside(kind: str) -> bytes:
    """Two tasks side by side; a message leads one of them away from where they meet."""
    event = boundary("b", "t1", message("m")), end("e2"), path("b", "e2")
    tasks = user("t0"), user("t1"), user("z"), path("j", "z", "end") + path("start", "f")
    ways = [flow("f", "t0", "=true", id="f0"), flow("f", "t1", "=true", id="f1")]
    if kind == "parallel":
        ways = [flow("f", "t0", id="f0"), flow("f", "t1", id="f1")]
    meet = path("t0", "j") + path("t1", "j")
    return drawn(gateway(kind, "f"), gateway(kind, "j"), *tasks, *ways, meet, *event)


def watched(on: str, definition: str, interrupting: bool = True) -> bytes:
    return drawn(
        user("a"),
        user("z"),
        boundary("b", on, definition, interrupting=interrupting),
        user("r"),
        end("e2"),
        path("start", "a", "z", "end") + path("b", "r", "e2"),
    )


def one(*activity: str) -> bytes:
    return drawn(*activity, path("start", "a", "end"))


def all_of(definitions: str) -> bytes:
    """An event on a step that happens when all of its triggers have."""
    event = marked(boundary("b", "a", definitions), parallelMultiple="true")
    return one(user("a"), event, user("r"), end("e2"), path("b", "r", "e2"))


def inside(*parts: str, outside: str = "") -> bytes:
    body = sub("u", start("us"), user("a"), end("ue"), path("us", "a", "ue"), *parts)
    return drawn(body, path("start", "u", "end"), outside)


GUARD = boundary("b", "{}", timer("PT1H")), user("r"), end("e2"), path("b", "r", "e2")


def guarding(host: str) -> str:
    return "".join(GUARD).replace("{}", host)


def racing(*messages: str) -> bytes:
    events = [catch(f"c{n}", message(name)) for n, name in enumerate(messages)]
    ways = [path("g", f"c{n}", "x") for n in range(len(messages))]
    x = gateway("exclusive", "x")
    return drawn(
        gateway("eventBased", "g"), x, *events, *ways, path("start", "g"), path("x", "end")
    )


def called(*ids: str) -> tuple[bytes, ...]:
    return tuple(
        diagram(start("cs"), user(f"in_{id}"), end("ce"), path("cs", f"in_{id}", "ce"), id=id)
        for id in ids
    )


HANDLER = sub(
    "h",
    start("hs", message("m")),
    user("r"),
    end("he"),
    path("hs", "r", "he"),
    event=True,
)
SEVERAL = each("=[1, 2]", isSequential="true"), each("=[1, 2]")
MANY = message("m") + message("m2"), message("m") + message("m2") + message("m3")


@dataclass(frozen=True)
class Edit:
    """A drawing, what is done in it, the next one, and the element for which the case stays."""

    before: bytes
    done: str
    after: bytes
    named: str
    more: tuple[bytes, ...] = ()


REFUSED: dict[str, Edit] = {
    "a join waits for one more": Edit(forked(2), "", forked(3), "j"),
    "a join with a token waits for one more": Edit(forked(2), "t0", forked(3), "j"),
    "the branch that came is gone": Edit(forked(3), "t2", forked(2), "j"),
    "the branch that came goes elsewhere": Edit(forked(3), "t2", forked(3, 2), "j"),
    "the flows into a join are exchanged": Edit(joined("j0", "j1"), "t0", joined("j1", "j0"), "j"),
    "a choice meets in a join": Edit(chosen("exclusive"), "", chosen("parallel"), "j"),
    "what was side by side meets without a join": Edit(
        forked(2), "", forked(2, join="exclusive"), "z"
    ),
    "a step stands in a new block": Edit(drawn(user("t0"), path("start", "t0", "end")), "", forked(2), "j"),
    "a timer hangs on another step": Edit(watched("a", timer("PT1H")), "", watched("z", timer("PT1H")), "b"),
    "a reminder hangs on another step": Edit(
        watched("a", timer("PT1H"), interrupting=False), "", watched("z", timer("PT1H")), "b"
    ),
    "a message hangs on another step": Edit(watched("a", message("m")), "", watched("z", message("m")), "b"),
    "an event has another trigger": Edit(watched("a", message("m")), "", watched("a", timer("PT1H")), "b"),
    "an event has one more trigger": Edit(all_of(MANY[0]), "", all_of(MANY[1]), "b"),
    "an event has several triggers": Edit(watched("a", message("m")), "", watched("a", MANY[0]), "b"),
    "an event hangs in another scope": Edit(inside(outside=guarding("u")), "", inside(guarding("a")), "b"),
    "a step stands in a subprocess": Edit(one(user("a")), "", inside(), "a"),
    "a subprocess is gone": Edit(inside(), "", one(user("a")), "u"),
    "an event subprocess is added": Edit(one(user("a")), "", one(user("a"), HANDLER), "a"),
    "the event subprocesses are gone": Edit(one(user("a"), HANDLER), "", one(user("a")), "p"),
    "a step is done several times": Edit(one(user("a")), "", one(marked(user("a"), SEVERAL[0])), "a"),
    "a step is done once only": Edit(one(marked(user("a"), SEVERAL[0])), "", one(user("a")), "a"),
    "one after the other becomes at once": Edit(
        one(marked(user("a"), SEVERAL[0])), "a", one(marked(user("a"), SEVERAL[1])), "a"
    ),
    "at once becomes one after the other": Edit(
        one(marked(user("a"), SEVERAL[1])), "a", one(marked(user("a"), SEVERAL[0])), "a"
    ),
    "another process is called": Edit(one(call("a", "q")), "", one(call("a", "q2")), "a", called("q", "q2")),
    "a race has one more alternative": Edit(racing("m", "m2"), "", racing("m", "m2", "m3"), "c0"),
    "an event that may yet happen would leave a join waiting": Edit(led_aside("inclusive"), "", led_aside("parallel"), "j"),
    "an event awaits one more": Edit(one(catch("a", MANY[0])), "", one(catch("a", MANY[1])), "a"),
}  # fmt: skip


def deploy(engine: Engine, edit: Edit) -> None:
    files = {f"d{n}.bpmn": content for n, content in enumerate((edit.after, *edit.more))}
    engine.deploy({**files, "any.form": FORM}, OWNER)


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_that_could_not_go_on_there_stays_and_says_where(engine: Engine, name: str) -> None:
    edit = REFUSED[name]
    play = Play(engine, edit.before, *edit.more).start()
    for task in edit.done.split():
        play.do(task)
    stood = play.open()
    deploy(engine, edit)

    rehearsal = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER, rehearse=True)
    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert report.moved == rehearsal.moved == []
    assert report.stayed == rehearsal.stayed
    reason = report.stayed[play.id]
    assert f" {edit.named}: " in reason.partition("(")[0]
    assert f" {edit.named}: " in reason.partition("(")[2]
    assert "~" not in reason
    assert play.open() == stood
    play.check_record()


def finishes(play: Play, *tasks: str) -> None:
    for task in tasks:
        play.do(task)
    assert play.ended
    play.check_record()


MOVED: dict[str, tuple[Edit, str]] = {
    "the case stands before the block": (
        Edit(
            drawn(user("a"), path("start", "a", "end")),
            "",
            drawn(
                user("a"),
                gateway("parallel", "f"),
                gateway("parallel", "j"),
                user("b"),
                user("c"),
                path("start", "a", "f", "b", "j", "end") + path("f", "c", "j"),
            ),
            "",
        ),
        "a b c",
    ),
    "a step more before a join, and another branch has come": (
        Edit(joined("j0", "j1"), "t0", lengthened(), ""),
        "t1 more z",
    ),
    "a branch that has not come goes elsewhere": (
        Edit(forked(3), "t0", forked(3, 2), ""),
        "t1 z t2",
    ),
    "a join has all that it waits for now": (Edit(forked(3), "t0 t1", forked(3, 2), ""), "z t2"),
    "flows are exchanged before anyone has come": (
        Edit(joined("j0", "j1"), "", joined("j1", "j0"), ""),
        "t0 t1 z",
    ),
    "an event that watched is gone": (
        Edit(watched("a", timer("PT1H")), "", drawn(user("a"), user("z"), path("start", "a", "z", "end")), ""),
        "a z",
    ),
    "an event is on a later step": (
        Edit(watched("a", timer("PT1H")), "a", watched("z", timer("PT1H")), ""),
        "z",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVED)
def test_a_case_that_can_go_on_moves_and_ends_as_drawn(engine: Engine, name: str) -> None:
    edit, then = MOVED[name]
    play = Play(engine, edit.before).start()
    for task in edit.done.split():
        play.do(task)
    deploy(engine, edit)

    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert (report.moved, report.stayed) == ([play.id], {})
    play.check_record()
    finishes(play, *then.split())


def test_a_job_is_of_the_kind_that_the_new_version_asks_for(engine: Engine) -> None:
    play = Play(engine, one(job("a", "letter"))).start()
    deploy(engine, Edit(b"", "", one(job("a", "mail", copies="2")), ""))

    assert engine.migrate(MigrationPlan("p:1", "p:2"), OWNER).moved == [play.id]

    play.check_record()


def test_a_condition_that_holds_already_happens_when_the_case_moves(engine: Engine) -> None:
    # A replay saw it at once, the case itself only when somebody did something.
    watch = boundary("late", "a", timer("PT1H")), boundary("b", "a", conditional("=urgent"))
    more = user("r"), end("e2"), path("b", "r", "e2") + path("late", "e2")
    play = Play(engine, one(user("a"))).start(urgent=True)
    deploy(engine, Edit(b"", "", one(user("a"), *watch, *more), ""))

    assert engine.migrate(MigrationPlan("p:1", "p:2"), OWNER).moved == [play.id]

    assert play.open() == ["r"]
    play.check_record()
    finishes(play, "r")
