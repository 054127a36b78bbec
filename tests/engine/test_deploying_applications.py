"""Process applications: what one brings, changes and takes back leaves the others as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import (
    DefinitionRetired,
    DeploymentRejected,
    MessageNotAwaited,
    MessageUnclear,
)
from engine.verbs import applications, deployment, queries, versions
from engine.verbs.deployment import Deployed
from tests.support.cases import OFFICER
from tests.support.decisions import decision, definitions, literal
from tests.support.drawing import (
    FORM,
    catch,
    diagram,
    end,
    message,
    path,
    root_message,
    root_signal,
    rule,
    signal,
    start,
    throw,
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


def application(id: str, answer: str, *, begins: str = "", roots: str = "") -> dict[str, bytes]:
    """A process that asks the table `sla`, then a person."""
    parts = start("start", begins), rule("limit", "sla", "limit"), user("task"), end()
    drawn = diagram(*parts, path("start", "limit", "task", "end"), id=id, roots=roots)
    table = definitions(decision("sla", literal(answer)), namespace=f"urn:{id}")
    return {f"{id}.bpmn": drawn, "sla.dmn": table, "any.form": FORM}


def deploy(engine: Engine, key: str, files: Mapping[str, bytes], **more: bool) -> Deployed:
    with engine.begin() as work:
        return deployment.deploy(work, files, OWNER, application=key, **more)


def limits(engine: Engine, key: str) -> object:
    return engine.variables(engine.start(key))["limit"]


def codes(refused: pytest.ExceptionInfo[DeploymentRejected]) -> set[tuple[str, str]]:
    return {(each.rule, each.file) for each in refused.value.findings if each.severity == "error"}


# ── side by side ───────────────────────────────────────────────────────────────────────────────


def test_two_applications_use_the_same_ids_for_tables_forms_and_files(engine: Engine) -> None:
    # The second one's table replaced the first one's, and all filing stopped.
    deploy(engine, "complaint", application("complaint", "30"))
    second = deploy(engine, "request", application("request", "15"))

    assert second.new == ("request:1",)
    assert (limits(engine, "complaint"), limits(engine, "request")) == (30, 15)


def test_what_one_application_changes_makes_no_version_of_another(engine: Engine) -> None:
    deploy(engine, "complaint", application("complaint", "30"))
    deploy(engine, "request", application("request", "15"))

    changed = deploy(engine, "request", application("request", "20"))

    assert changed.definitions == changed.new == ("request:2",)
    with engine.read() as work:
        assert queries.ids_in_force(work) == {"complaint:1", "request:2"}
    assert (limits(engine, "complaint"), limits(engine, "request")) == (30, 20)


def test_a_start_timer_keeps_its_hour_whatever_others_deploy(
    engine: Engine, clock: TravellingClock
) -> None:
    daily = application("daily", "1", begins=timer("R/P1D", "timeCycle"))
    deploy(engine, "daily", daily)
    for hour in range(4):
        clock.advance(hours=10)
        deploy(engine, "other", application("other", str(hour)))
        engine.run_due()

    assert len([task for task in engine.tasks() if task.element_id == "task"]) == 1


def test_a_file_alone_goes_to_the_application_whose_it_is(engine: Engine) -> None:
    deploy(engine, "complaint", application("complaint", "30"))
    deploy(engine, "request", application("request", "15"))
    drawn = application("request", "99", begins="")["request.bpmn"].replace(b"task", b"step")

    engine.deploy({"request.bpmn": drawn}, OWNER)

    assert limits(engine, "request") == 15
    with engine.read() as work:
        assert applications.application_of_definition(work, "request:2") == "request"
        assert queries.ids_in_force(work) == {"complaint:1", "request:2"}


def test_a_file_that_several_applications_have_is_refused_until_one_is_named(
    engine: Engine,
) -> None:
    deploy(engine, "complaint", application("complaint", "30"))
    deploy(engine, "request", application("request", "15"))
    table = {"sla.dmn": application("request", "7")["sla.dmn"]}

    with pytest.raises(DeploymentRejected) as refused:
        engine.deploy(table, OWNER)

    assert codes(refused) == {("deploy.several-applications", "sla.dmn")}
    assert "complaint, request" in refused.value.text.th
    engine.deploy(table, OWNER, application="request")
    assert (limits(engine, "complaint"), limits(engine, "request")) == (30, 7)


def test_a_process_of_another_application_is_not_taken(engine: Engine) -> None:
    deploy(engine, "complaint", application("complaint", "30"))

    with pytest.raises(DeploymentRejected) as refused:
        deploy(engine, "request", application("complaint", "1"))

    assert codes(refused) == {("deploy.other-application", "complaint.bpmn")}
    with engine.read() as work:
        assert applications.applications(work) == ["complaint"]


# ── from before there were applications ────────────────────────────────────────────────────────


def test_a_new_application_takes_over_what_was_deployed_without_one(engine: Engine) -> None:
    files = application("complaint", "30")
    engine.deploy(files, OWNER)
    before = engine.start("complaint")
    engine.deploy(
        application("extra", "1") | {"any.form": FORM, "sla.dmn": files["sla.dmn"]}, OWNER
    )

    taken = deploy(engine, "complaint", files)

    assert taken.definitions == ("complaint:2",)
    with engine.read() as work:
        assert applications.application_of_definition(work, "complaint:2") == "complaint"
        assert queries.definition_of(work, before) == "complaint:1"
    engine.run_due()
    engine.complete(engine.tasks(before)[0].id, {}, OFFICER)
    # What stays without an application is deployed on, and brings no older version back.
    engine.deploy({"extra.bpmn": diagram(start(), end(), path("start", "end"), id="extra")}, OWNER)
    with engine.read() as work:
        assert queries.ids_in_force(work) == {"complaint:2", "extra:2"}


# ── whole states: removing, going back, retiring ───────────────────────────────────────────────


def test_the_whole_of_an_application_leaves_out_what_is_not_in_it(engine: Engine) -> None:
    extra = {"more.bpmn": diagram(start(), end(), path("start", "end"), id="more")}
    deploy(engine, "request", {**application("request", "15"), **extra}, whole=True)

    deploy(engine, "request", application("request", "15"), whole=True)

    with pytest.raises(DefinitionRetired):
        engine.start("more")
    assert limits(engine, "request") == 15


def test_an_earlier_state_comes_back_whole(engine: Engine) -> None:
    first = application("request", "15")
    deploy(engine, "request", first, whole=True)
    deploy(engine, "request", application("request", "20"), whole=True)

    back = deploy(engine, "request", first, whole=True)

    assert (back.new, back.again) == ((), ("request:1",))
    assert limits(engine, "request") == 15


def test_a_retired_process_starts_no_case_and_its_cases_go_on(
    engine: Engine, clock: TravellingClock
) -> None:
    files = application("daily", "1", begins=timer("R/P1D", "timeCycle"))
    deploy(engine, "daily", files)
    running = engine.start("daily", start_event="start")
    with engine.begin() as work:
        versions.retire(work, "daily")

    clock.advance(days=3)
    engine.run_due()

    with pytest.raises(DefinitionRetired):
        engine.start("daily", start_event="start")
    (task,) = engine.tasks()
    assert task.instance_id == running
    engine.complete(task.id, {}, OFFICER)
    assert deploy(engine, "daily", files).again == ("daily:1",)
    clock.advance(days=1)
    engine.run_due()
    assert len(engine.tasks()) == 1


# ── messages ───────────────────────────────────────────────────────────────────────────────────


def asking(id: str) -> dict[str, bytes]:
    """A process that a message `ask` starts."""
    begins, roots = message("ask"), root_message("ask", "")
    return application(id, "1", begins=begins, roots=roots)


def test_a_message_of_one_name_starts_the_application_that_is_named(engine: Engine) -> None:
    deploy(engine, "one", asking("one"))
    deploy(engine, "two", asking("two"))

    with pytest.raises(MessageUnclear) as unclear:
        engine.correlate("ask", "k")
    assert "one, two" in unclear.value.text.th
    started = engine.correlate("ask", "k", application="two")

    with engine.read() as work:
        assert queries.definition_of(work, started) == "two:1"
    with pytest.raises(MessageNotAwaited):
        engine.correlate("ask", "k", application="three")


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_what_a_case_throws_stays_in_its_application(engine: Engine, kind: str) -> None:
    event, root = (message, root_message) if kind == "message" else (signal, root_signal)
    roots = root("told", '="k"') if kind == "message" else root("told")
    thrower = diagram(start(), throw("t", event("told")), end(), path("start", "t", "end"),
                      id="thrower", roots=roots)  # fmt: skip
    catcher = diagram(start(), catch("c", event("told")), user("after"), end(),
                      path("start", "c", "after", "end"), id="catcher", roots=roots)  # fmt: skip
    stranger = catcher.replace(b"catcher", b"stranger")
    deploy(engine, "mine", {"t.bpmn": thrower, "c.bpmn": catcher, "any.form": FORM})
    deploy(engine, "other", {"c.bpmn": stranger, "any.form": FORM})
    waiting = {key: engine.start(key) for key in ("stranger", "catcher")}

    engine.start("thrower")
    engine.run_due()

    assert [task.instance_id for task in engine.tasks()] == [waiting["catcher"]]


def test_a_case_from_before_reaches_the_application_that_took_its_process_over(
    engine: Engine,
) -> None:
    # It spoke as one of no application, and nobody of the new one heard it any more.
    roots = root_message("told", '="k"')
    waits = user("first"), throw("t", message("told")), end(), path("start", "first", "t", "end")
    thrower = diagram(start(), *waits, id="thrower", roots=roots)
    begins = diagram(start("start", message("told")), user("after"), end(),
                     path("start", "after", "end"), id="begun", roots=roots)  # fmt: skip
    files = {"t.bpmn": thrower, "b.bpmn": begins, "any.form": FORM}
    engine.deploy(files, OWNER)
    before = engine.start("thrower")
    deploy(engine, "mine", files)

    engine.complete(engine.tasks(before)[0].id, {}, OFFICER)
    engine.run_due()

    assert [task.element_id for task in engine.tasks()] == ["after"]


def test_of_many_that_wait_for_the_same_one_hears_and_another_application_does_not(
    engine: Engine,
) -> None:
    catcher = diagram(start(), catch("c", message("told")), user("after"), end(),
                      path("start", "c", "after", "end"), id="catcher",
                      roots=root_message("told", '="k"'))  # fmt: skip
    deploy(engine, "mine", {"c.bpmn": catcher, "any.form": FORM})
    deploy(engine, "other", {"c.bpmn": catcher.replace(b"catcher", b"other"), "any.form": FORM})
    waiting = [engine.start(key) for key in ("catcher", "catcher", "other")]

    with pytest.raises(MessageUnclear):
        engine.correlate("told", "k")
    reached = {engine.correlate("told", "k", application="mine") for _ in range(2)}

    assert reached == set(waiting[:2])
