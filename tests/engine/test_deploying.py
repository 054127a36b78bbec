"""What a deployment puts in force, what it leaves alone, and what it may not overtake."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected
from engine.store.tables import ProcessDefinition
from engine.verbs import incidents, queries
from engine.verbs.deployment import Deployed
from tests.support.decisions import decision, definitions, literal
from tests.support.drawing import (
    FORM,
    call,
    diagram,
    end,
    message,
    path,
    root_message,
    root_signal,
    rule,
    signal,
    start,
    timer,
    user,
)

OWNER = Actor.of("owner")


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def deploy(engine: Engine, files: Mapping[str, bytes]) -> Deployed:
    return engine.deploy({"any.form": FORM, **files}, OWNER)


@functools.cache  # a drawing numbers its flows: drawn twice, it is another file
def task(element: str, *, id: str = "p", begins: str = "", roots: str = "") -> bytes:
    """A process of one user task."""
    parts = start("start", begins), user(element), end(), path("start", element, "end")
    return diagram(*parts, id=id, roots=roots)


def table(id: str, answer: str) -> bytes:
    return definitions(decision(id, literal(answer)), namespace=f"urn:{id}")


def standing(engine: Engine, key: str = "p") -> str:
    with engine.read() as work:
        return queries.definition(work, key).id


def open_tasks(engine: Engine) -> list[str]:
    engine.run_due()
    return sorted(each.element_id for each in engine.tasks())


# ── the version in force ───────────────────────────────────────────────────────────────────────


def test_old_bytes_deployed_again_are_in_force_again(engine: Engine) -> None:
    # They were taken for known: "nothing has changed", and the newer version stayed in force.
    deploy(engine, {"p.bpmn": task("first")})
    deploy(engine, {"p.bpmn": task("second")})

    back = deploy(engine, {"p.bpmn": task("first")})

    assert (back.new, back.again, back.definitions) == ((), ("p:1",), ("p:1",))
    engine.start("p")
    assert open_tasks(engine) == ["first"]
    assert deploy(engine, {"p.bpmn": task("first")}).again == ()


def test_what_is_deployed_after_a_return_is_the_next_version(engine: Engine) -> None:
    for element in ("first", "second", "first", "third"):
        deploy(engine, {"p.bpmn": task(element)})

    assert standing(engine) == "p:3"
    assert deploy(engine, {"p.bpmn": task("second")}).again == ("p:2",)


def test_a_version_that_the_code_before_this_table_made_is_in_force(engine: Engine) -> None:
    # During an upgrade of several servers the older one may still deploy.
    for element in ("first", "second", "first"):
        deploy(engine, {"p.bpmn": task(element)})
    with engine.begin() as work:
        newest = work.session.get_one(ProcessDefinition, "p:2")
        facts = {c.name: getattr(newest, c.name) for c in ProcessDefinition.__table__.columns}
        third = {**facts, "id": "p:3", "version": 3}
        work.session.execute(sa.insert(ProcessDefinition), [third])

    assert standing(engine) == "p:3"
    with engine.read() as work:
        assert queries.ids_in_force(work) == {"p:3"}


def test_a_message_and_a_signal_start_the_version_in_force(engine: Engine) -> None:
    roots = root_message("apply", "") + root_signal("daily")
    letters = {
        "by message": ("message", message("apply"), lambda: engine.correlate("apply", "k")),
        "by signal": ("signal", signal("daily"), lambda: engine.broadcast("daily")),
    }
    for id, (key, begins, _) in letters.items():
        for element in ("first", "second", "first"):
            drawn = task(element, id=key, begins=begins, roots=roots)
            engine.deploy({f"{key}.bpmn": drawn, "any.form": FORM}, OWNER)
        assert standing(engine, key) == f"{key}:1", id

    for _, _, begin in letters.values():
        begin()

    assert open_tasks(engine) == ["first", "first"]


def test_a_start_that_is_no_longer_drawn_starts_nothing(engine: Engine) -> None:
    deploy(engine, {"p.bpmn": task("first")})
    deploy(engine, {"p.bpmn": task("daily", begins=timer("R/P1D", "timeCycle"))})
    deploy(engine, {"p.bpmn": task("first")})

    engine.clock.advance(days=3)  # type: ignore[attr-defined]

    assert open_tasks(engine) == []


# ── only what has changed ──────────────────────────────────────────────────────────────────────


def test_an_unrelated_deployment_leaves_a_process_alone(engine: Engine) -> None:
    deploy(engine, {"p.bpmn": task("a")})

    deployed = deploy(engine, {"q.bpmn": task("b", id="q")})

    assert (deployed.new, deployed.definitions) == (("q:1",), ("p:1", "q:1"))


def test_a_process_changes_with_what_it_uses(engine: Engine) -> None:
    forms = {name: FORM.replace(b'"any"', f'"{name}"'.encode()) for name in ("mine", "yours")}
    calling = diagram(start(), call("c", "child"), end(), path("start", "c", "end"), id="caller")
    child = diagram(
        start(),
        user("k", form="mine"),
        rule("r", "fee", "fee"),
        end(),
        path("start", "k", "r", "end"),
        id="child",
    )
    alone = diagram(start(), user("k", form="yours"), end(), path("start", "k", "end"), id="alone")
    files = {"caller.bpmn": calling, "child.bpmn": child, "alone.bpmn": alone}
    files |= {
        "fee.dmn": table("fee", "1"),
        "mine.form": forms["mine"],
        "yours.form": forms["yours"],
    }
    deploy(engine, files)

    def changed(name: str, content: bytes) -> tuple[str, ...]:
        return engine.deploy({name: content}, OWNER).new

    assert changed("fee.dmn", table("fee", "2")) == ("caller:2", "child:2")
    assert changed("mine.form", forms["mine"] + b" ") == ("caller:3", "child:3")
    assert changed("yours.form", forms["yours"] + b" ") == ("alone:2",)
    # A table that no process names is read by the office, for every process of the set.
    assert changed("late.dmn", table("late", "1")) == ("alone:3", "caller:4", "child:4")


CYCLES = {"R/P1D": (23, 5, 4), "R3/P1D": (25, 9, 3)}


@pytest.mark.parametrize("cycle", CYCLES)
def test_unrelated_deployments_leave_start_timers_alone(engine: Engine, cycle: str) -> None:
    # Each of them made a new version of everything and armed its timers anew.
    hours, times, starts = CYCLES[cycle]
    deploy(engine, {"daily.bpmn": task("report", id="daily", begins=timer(cycle, "timeCycle"))})

    for number in range(times):
        engine.clock.advance(hours=hours)  # type: ignore[attr-defined]
        engine.run_due()
        deploy(engine, {"q.bpmn": task(f"b{number}", id="q")})

    assert open_tasks(engine) == ["report"] * starts


def test_a_date_that_has_passed_does_not_start_a_process_twice(engine: Engine) -> None:
    when = timer("2026-01-05T12:00:00+07:00", "timeDate")
    deploy(engine, {"once.bpmn": task("report", id="once", begins=when)})
    engine.clock.advance(days=400)  # type: ignore[attr-defined]
    assert open_tasks(engine) == ["report"]

    deploy(engine, {"q.bpmn": task("b", id="q")})
    deploy(engine, {"once.bpmn": task("other", id="once", begins=when)})
    deploy(engine, {"once.bpmn": task("report", id="once", begins=when)})

    assert open_tasks(engine) == ["report"]


def test_a_new_version_with_the_same_timer_goes_on_counting(engine: Engine) -> None:
    """Mending a form on the twentieth does not move the monthly report to the twentieth."""
    thrice = timer("R3/P1D", "timeCycle")
    deploy(engine, {"p.bpmn": task("a", begins=thrice)})
    for element in ("b", "c", "d", "e"):
        engine.clock.advance(hours=20)  # type: ignore[attr-defined]
        engine.run_due()
        deploy(engine, {"p.bpmn": task(element, begins=thrice)})

    engine.clock.advance(days=9)  # type: ignore[attr-defined]

    assert len(open_tasks(engine)) == 3


def test_a_timer_that_is_drawn_otherwise_is_armed_from_now(engine: Engine) -> None:
    deploy(engine, {"p.bpmn": task("a", begins=timer("R/P2D", "timeCycle"))})
    engine.clock.advance(hours=47)  # type: ignore[attr-defined]
    deploy(engine, {"p.bpmn": task("b", begins=timer("R/P1D", "timeCycle"))})

    engine.clock.advance(hours=2)  # type: ignore[attr-defined]
    assert open_tasks(engine) == []
    engine.clock.advance(hours=23)  # type: ignore[attr-defined]
    assert open_tasks(engine) == ["b"]


def test_a_start_that_failed_is_tried_at_once_with_the_mended_version(engine: Engine) -> None:
    def drawn(due: str) -> bytes:
        daily = start("start", timer("R/P1D", "timeCycle"))
        return diagram(daily, user("a", due=due), end(), path("start", "a", "end"))

    deploy(engine, {"p.bpmn": drawn('="no date"')})
    engine.clock.advance(hours=25)  # type: ignore[attr-defined]
    assert open_tasks(engine) == []
    with engine.read() as work:
        assert [each.element_id for each in incidents.open_incidents(work)] == ["p/start"]

    deploy(engine, {"p.bpmn": drawn("")})

    assert open_tasks(engine) == ["a"]


# ── two sets in one installation ────────────────────────────────────────────────────────────────

COMPLAINT = {
    "complaint.bpmn": task("screen", id="complaint"),
    "sla.dmn": table("sla", '"complaint"'),
    "intake.form": FORM.replace(b'"any"', b'"intake"'),
}


def permit(**more: bytes) -> dict[str, bytes]:
    named = {name.replace("__", "."): content for name, content in more.items()}
    return {"permit.bpmn": task("inspect", id="permit"), **named}


OVERTAKING = {
    "a decision": (permit(days__dmn=table("sla", '"permit"')), ["sla", "days.dmn", "sla.dmn"]),
    "a decision of a file of the same name": (
        permit(sla__dmn=table("sla", '"permit"')),
        ["sla.dmn", "sla", "complaint.bpmn"],
    ),
    "a file of the same name": (
        permit(sla__dmn=table("days", '"permit"')),
        ["sla.dmn", "days", "sla", "complaint.bpmn"],
    ),
    "a form": (
        permit(apply__form=FORM.replace(b'"any"', b'"intake"')),
        ["intake", "apply.form", "intake.form"],
    ),
    "a process": (
        permit(other__bpmn=task("x", id="complaint")),
        ["complaint", "other.bpmn", "complaint.bpmn"],
    ),
    "a table alone": ({"days.dmn": table("sla", "1")}, ["sla", "days.dmn", "sla.dmn"]),
}


@pytest.mark.parametrize("what", OVERTAKING)
def test_a_second_set_overtakes_nothing_of_the_first(engine: Engine, what: str) -> None:
    # Its table replaced the complaint's: public filing stopped, and nobody was told.
    files, words = OVERTAKING[what]
    deploy(engine, COMPLAINT)

    with pytest.raises(DeploymentRejected) as refused:
        deploy(engine, files)

    for language in ("th", "en"):
        text = getattr(refused.value.text, language)
        assert [word for word in words if word not in text] == [], text
    with engine.read() as work:
        assert queries.ids_in_force(work) == {"complaint:1"}
    assert deploy(engine, COMPLAINT).new == ()


def test_two_sets_that_share_a_form_as_it_stands_are_two(engine: Engine) -> None:
    deploy(engine, COMPLAINT)
    deploy(engine, permit())

    with pytest.raises(DeploymentRejected, match=r"sla\.dmn"):
        deploy(engine, permit(days__dmn=table("sla", "1")))


def test_two_processes_that_one_message_starts_are_refused(engine: Engine) -> None:
    # Which of them was started was left to the database.
    apply = {"begins": message("apply"), "roots": root_message("apply", "")}
    deploy(engine, {"a.bpmn": task("k", id="a", **apply)})

    with pytest.raises(DeploymentRejected, match=r"start message apply.*b\.bpmn.*a\.bpmn"):
        deploy(engine, {"b.bpmn": task("k", id="b", **apply)})


def test_a_set_may_rename_its_own_files(engine: Engine) -> None:
    deploy(engine, COMPLAINT)

    files = {name: content for name, content in COMPLAINT.items() if name != "sla.dmn"}
    deployed = deploy(engine, {**files, "deadlines.dmn": COMPLAINT["sla.dmn"]})

    assert deployed.new == ("complaint:2",)
    with engine.read() as work:
        assert "sla.dmn" not in queries.files(work, "complaint:2")


def test_a_table_of_a_set_may_be_deployed_alone(engine: Engine) -> None:
    deploy(engine, COMPLAINT)
    deploy(engine, permit())

    deployed = engine.deploy({"sla.dmn": table("sla", '"later"')}, OWNER)

    assert deployed.new == ("complaint:2",)


def test_an_id_may_stand_in_one_file_of_a_deployment_only(engine: Engine) -> None:
    files = {"a.dmn": table("sla", "1"), "b.dmn": table("sla", "2")}

    with pytest.raises(DeploymentRejected, match=r"sla is in both a\.dmn and b\.dmn"):
        deploy(engine, {**COMPLAINT, **files} | {"sla.dmn": table("x", "1")})
