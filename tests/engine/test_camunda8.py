"""What Camunda Modeler writes for Camunda 8 means here what it means there."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected, MessageNotAwaited
from engine.store.tables import Job
from engine.verbs import incidents
from tests.support.cases import Play
from tests.support.drawing import (
    FORM,
    boundary,
    catch,
    conditional,
    diagram,
    el,
    end,
    ext,
    gateway,
    job,
    marked,
    message,
    path,
    root_message,
    root_signal,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def io(*outputs: tuple[str, str], inputs: tuple[tuple[str, str], ...] = ()) -> str:
    sides = [("input", pair) for pair in inputs] + [("output", pair) for pair in outputs]
    rows = "".join(
        f'<zeebe:{side} source="{escape(a)}" target="{escape(b)}"/>' for side, (a, b) in sides
    )
    return f"<zeebe:ioMapping>{rows}</zeebe:ioMapping>"


def asked_each(condition: str, sequential: str = "false") -> bytes:
    loop = ext('<zeebe:loopCharacteristics inputCollection="=[1,2,3,4,5]" inputElement="x"/>')
    early = (
        '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">'
        f"{escape(condition)}</bpmn:completionCondition>"
    )
    rounds = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{loop}{early}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    return diagram(start(), marked(user("ask"), rounds), end(), path("start", "ask", "end"))


@pytest.mark.parametrize("sequential", ["false", "true"])
@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ("=numberOfCompletedInstances >= 3", 3),
        ("${nrOfCompletedInstances/nrOfInstances >= 0.6}", 3),
        ("=numberOfInstances - numberOfCompletedInstances <= 1", 4),
        ("=numberOfTerminatedInstances = 1", 5),
    ],
)
def test_a_vote_ends_when_enough_have_been_counted(
    engine: Engine, condition: str, asked: int, sequential: str
) -> None:
    # Every name of a counter gave null, null is not true, and all five were asked.
    play = Play(engine, asked_each(condition, sequential)).start()
    times = 0
    while play.open():
        play.do("ask")
        times += 1

    assert (times, play.ended) == (asked, True)
    play.check_record()


@pytest.mark.parametrize(
    ("condition", "asked"), [("=numberOfActiveInstances = 3", 2), ("=nrOfActiveInstances = 1", 4)]
)
def test_those_that_are_still_open_are_counted(engine: Engine, condition: str, asked: int) -> None:
    play = Play(engine, asked_each(condition)).start()
    for _ in range(asked):
        assert not play.ended
        play.do("ask")

    assert play.ended


MAPPED = ext(io(("=payload", "answer"), ("=answer + 1", "next")))
ON_M = message("m")
CATCHING = {
    "catch": (el("intermediateCatchEvent", "c", MAPPED + ON_M), path("start", "c", "n", "end")),
    "receive task": (
        el("receiveTask", "c", MAPPED, messageRef="m"),
        path("start", "c", "n", "end"),
    ),
    "interrupting boundary": (
        user("k") + boundary("c", "k", MAPPED + ON_M),
        path("start", "k", "end") + path("c", "n", "end"),
    ),
    "boundary": (
        user("k") + boundary("c", "k", MAPPED + ON_M, interrupting=False),
        path("start", "k", "end") + path("c", "n", "end"),
    ),
    "two triggers": (
        el("intermediateCatchEvent", "c", MAPPED + ON_M + timer("P1D")),
        path("start", "c", "n", "end"),
    ),
}


@pytest.mark.parametrize("kind", CATCHING)
def test_what_a_message_brings_goes_through_the_output_mappings(engine: Engine, kind: str) -> None:
    # The mappings of events were read and dropped: the payload overwrote what bears its names.
    part, ways = CATCHING[kind]
    model = diagram(start(), part, user("n"), end(), ways, roots=root_message("m"))
    play = Play(engine, model).start(payload="mine")
    engine.correlate("m", "case-1", {"payload": 7})
    play.do("n")
    for element in play.open():
        play.do(element)

    assert play.ended
    assert play.variables() == {"case_id": "case-1", "payload": "mine", "answer": 7, "next": 8}
    play.check_record()


def test_start_and_end_and_throwing_events_map_too(engine: Engine) -> None:
    model = diagram(
        start(definition=ext(io(("=amount * 2", "double")))),
        throw("t", ext(io(("=double + 1", "more"))) + signal("sig")),
        el("endEvent", "end", ext(io(("=more + 1", "most"), ("=most + 1", "top")))),
        path("start", "t", "end"),
        roots=root_signal("sig"),
    )
    play = Play(engine, model).start(amount=2)

    expected = {"case_id": "case-1", "amount": 2, "double": 4, "more": 5, "most": 6, "top": 7}
    assert play.variables() == expected
    play.check_record()


def test_an_output_sees_the_outputs_before_it(engine: Engine) -> None:
    word = '<zeebe:script expression="=1" resultVariable="r"/>'
    mapped = io(("=r", "a.b"), ("=a.b + 1", "a.c"), ("=a.c + 1", "d"))
    model = diagram(
        start(), el("scriptTask", "x", ext(word + mapped)), end(), path("start", "x", "end")
    )
    play = Play(engine, model).start(a={"kept": 0})

    assert play.variables() == {"case_id": "case-1", "a": {"kept": 0, "b": 1, "c": 2}, "d": 3}


@pytest.mark.parametrize("interrupting", [True, False])
def test_the_payload_of_a_message_reaches_the_case_whether_it_interrupts_or_not(
    engine: Engine, interrupting: bool
) -> None:
    model = diagram(
        start(),
        user("a"),
        boundary("b", "a", ON_M, interrupting),
        script("h", "=n * 10", "n10"),
        user("told"),
        end("e2"),
        end(),
        path("start", "a", "end"),
        path("b", "h", "told", "e2"),
        roots=root_message("m"),
    )
    play = Play(engine, model).start()
    engine.correlate("m", "case-1", {"n": 7})
    for element in ("told",) if interrupting else ("told", "a"):
        play.do(element)

    assert play.ended
    assert play.variables() == {"case_id": "case-1", "n": 7, "n10": 70}
    play.check_record()


CHILD = diagram(
    start("cs"),
    script("k", '=if secret = null then "unseen" else "seen"', "saw"),
    script("l", "=y", "got"),
    end("ce"),
    path("cs", "k", "l", "ce"),
    id="child",
)


@pytest.mark.parametrize(
    ("attributes", "came"),
    [
        ("", {"saw": "seen", "got": 5}),
        ('propagateAllParentVariables="false"', {"saw": "unseen", "got": 5}),
        ('propagateAllParentVariables="0"', {"saw": "unseen", "got": 5}),
        ('propagateAllParentVariables="false" propagateAllChildVariables="0"', {}),
    ],
)
def test_a_called_process_sees_what_is_given_to_it(
    engine: Engine, attributes: str, came: dict[str, object]
) -> None:
    called = f'<zeebe:calledElement processId="child" {attributes}/>'
    calls = el("callActivity", "call", ext(called + io(inputs=(("=x", "y"),))))
    model = diagram(start(), calls, end(), path("start", "call", "end"))
    play = Play(engine, model, CHILD).start(secret="s", x=5)

    found = play.variables()
    assert {name: found[name] for name in ("saw", "got") if name in found} == came
    play.check_record()


def test_a_message_and_a_signal_may_be_named_by_feel(engine: Engine) -> None:
    roots = root_message("m").replace('name="m"', "name='=\"order-\" + x'")
    roots += '<bpmn:signal id="sig" name="=&quot;called-&quot; + x"/>'
    model = diagram(
        start(),
        catch("c", ON_M),
        catch("d", signal("sig")),
        throw("t", signal("sig")),
        end(),
        path("start", "c", "d", "t", "end"),
        roots=roots,
    )
    heard = diagram(
        start("ls"), catch("l", signal("s")), end("le"), path("ls", "l", "le"), id="listens",
        roots='<bpmn:signal id="s" name="called-1"/>',
    )  # fmt: skip
    play = Play(engine, model, heard).start(x="1")
    listens = engine.start("listens", {}, business_key="other")

    with pytest.raises(MessageNotAwaited):
        engine.correlate("m", "case-1", {})
    engine.correlate("order-1", "case-1", {})
    assert play.marking() == ["d"]
    assert engine.broadcast("called-2") == 0
    engine.broadcast("called-1")
    engine.run_due()

    assert play.ended
    assert engine.history(listens)[-1].type == "instance_completed"
    play.check_record()


def test_a_code_that_is_thrown_may_be_feel(engine: Engine) -> None:
    roots = (
        '<bpmn:error id="bad" name="bad" errorCode="=&quot;e-&quot; + x"/>'
        '<bpmn:error id="one" name="one" errorCode="e-1"/>'
        '<bpmn:escalation id="up" name="up" escalationCode="=&quot;u-&quot; + x"/>'
        '<bpmn:escalation id="late" name="late" escalationCode="u-1"/>'
    )
    raised = '<bpmn:escalationEventDefinition escalationRef="{}"/>'
    failed = '<bpmn:errorEventDefinition errorRef="{}"/>'
    inner = start("us"), throw("t", raised.format("up")), end("ue", failed.format("bad"))
    model = diagram(
        start(),
        sub("u", *inner, path("us", "t", "ue")),
        boundary("b", "u", raised.format("late"), interrupting=False),
        boundary("f", "u", failed.format("one")),
        user("told"),
        user("mended"),
        end(),
        end("e2"),
        end("e3"),
        path("start", "u", "end"),
        path("b", "told", "e2"),
        path("f", "mended", "e3"),
        roots=roots,
    )
    play = Play(engine, model).start(x="1")

    assert play.open() == ["mended", "told"]
    play.check_record()


def test_the_type_of_a_job_is_computed_when_the_job_is_made(engine: Engine) -> None:
    drawn = job("x", "= 'benchmark-' + n".replace("'", '"')).replace(
        "<zeebe:taskDefinition", '<zeebe:taskDefinition retries="=2 + 3"'
    )
    model = diagram(start(), drawn, end(), path("start", "x", "end"))
    play = Play(engine, model).start(n="7")

    with engine.read() as work:
        made = work.session.scalars(sa.select(Job)).one()
        assert (made.type, made.retries) == ("benchmark-7", 5)
    play.check_record()
    with pytest.raises(StepFailed, match=r"'x'.*type must be text, not null"):
        engine.start("p", {})


def test_an_event_subprocess_takes_a_message_through_its_mappings(engine: Engine) -> None:
    begun = start("hs", MAPPED + ON_M)
    handler = sub("h", begun, user("n"), end("he"), path("hs", "n", "he"), event=True)
    model = diagram(
        start(), user("k"), end(), path("start", "k", "end"), handler, roots=root_message("m")
    )
    play = Play(engine, model).start(payload="mine")
    engine.correlate("m", "case-1", {"payload": 7})
    play.do("n")

    assert play.ended
    assert play.variables() == {"case_id": "case-1", "payload": "mine", "answer": 7, "next": 8}
    play.check_record()


def test_a_send_task_of_the_standard_sends_its_message(engine: Engine) -> None:
    sends = el("sendTask", "x", messageRef="m")
    model = diagram(start(), sends, end(), path("start", "x", "end"), roots=root_message("m"))
    waits = diagram(
        start("ws"), catch("c", ON_M), end("we"), path("ws", "c", "we"), id="waits",
        roots=root_message("m"),
    )  # fmt: skip
    play = Play(engine, waits, model, key="waits").start()
    engine.start("p", {"case_id": "case-1"})
    engine.run_due()

    assert play.ended


def test_the_message_of_an_end_event_may_be_sent_by_a_job(engine: Engine) -> None:
    # The job type was dropped, and a message went out that nobody had asked for.
    work = ext('<zeebe:taskDefinition type="send"/>')
    model = diagram(
        start(), el("endEvent", "end", work + ON_M), path("start", "end"), roots=root_message("m")
    )
    play = Play(engine, model).start()

    with engine.read() as unit:
        assert [each.type for each in unit.session.scalars(sa.select(Job))] == ["send"]
    assert not play.ended
    play.check_record()


@pytest.mark.parametrize("name", ['="go"', "go"])
def test_what_starts_a_process_may_be_named_by_feel(
    engine: Engine, clock: TravellingClock, name: str
) -> None:
    root = f"<bpmn:message id='m' name='{name}'/>"
    model = diagram(
        start("by_message", ON_M),
        start("by_time", timer('="R/P1D"', "timeCycle")),
        user("a"),
        end(),
        path("by_message", "a", "end"),
        path("by_time", "a"),
        roots=root,
    )
    Play(engine, model)
    engine.correlate("go", None, {})
    clock.advance(days=1, minutes=1)
    engine.run_due()

    assert [task.element_id for task in engine.tasks()] == ["a", "a"]


def test_a_reference_may_be_qualified_by_the_prefix_of_its_own_file(engine: Engine) -> None:
    model = diagram(
        start(), user("k"), end(), boundary("b", "k", ON_M), user("r"), end("e2"),
        path("start", "k", "end"), path("b", "r", "e2"), roots=root_message("m"),
    )  # fmt: skip
    own = model.replace(
        b"<bpmn:definitions", b'<bpmn:definitions xmlns:own="http://bpmn.io/schema/bpmn"'
    )
    own = own.replace(b'messageRef="m"', b'messageRef="own:m"')
    play = Play(engine, own.replace(b'attachedToRef="k"', b'attachedToRef="own:k"')).start()
    engine.correlate("m", "case-1", {})

    assert play.open() == ["r"]


def test_a_result_that_is_kept_nowhere_stops_the_step(engine: Engine) -> None:
    nameless = '<zeebe:script expression="=x"/>'
    model = diagram(start(), el("scriptTask", "k", ext(nameless)), end(), path("start", "k", "end"))
    assert Play(engine, model).start(x={"a": 1}).variables()["a"] == 1

    with pytest.raises(StepFailed, match=r"'k'.*no resultVariable to keep this number in"):
        engine.start("p", {"x": 5})


@pytest.mark.parametrize(
    "name", [" r ", "=r", "${r}", "a.b", "a-b", "1a", "if", "null", "a\tb", "f(x)"]
)
def test_a_variable_that_nobody_could_read_is_refused(engine: Engine, name: str) -> None:
    model = diagram(start(), script("k", "=1", name), end(), path("start", "k", "end"))

    with pytest.raises(DeploymentRejected) as refused:
        engine.deploy({"a.bpmn": model}, Actor.of("owner"))
    assert {(f.rule, f.element) for f in refused.value.findings if f.severity == "error"} == {
        ("name-unusable", "k")
    }


@pytest.mark.parametrize("name", ["r", "r 2", "ผล", "_r", "item"])
def test_a_variable_that_feel_reads_is_kept_under_its_name(engine: Engine, name: str) -> None:
    model = diagram(
        start(), script("k", "=1", name), script("l", f"={name} + 1", "next"), end(),
        path("start", "k", "l", "end"),
    )  # fmt: skip

    assert Play(engine, model).start().variables()["next"] == 2


# ── keys ───────────────────────────────────────────────────────────────────────────────────────

WAITS = diagram(
    start("ws"), catch("c", message("m")), user("a"), end("we"), path("ws", "c", "a", "we"),
    id="waits", roots=root_message("m", "=receipt"),
)  # fmt: skip
THROWS = diagram(
    start(), throw("t", message("m")), end(), path("start", "t", "end"),
    roots=root_message("m", "=other"),
)  # fmt: skip


@pytest.mark.parametrize("key", [None, ""])
def test_a_message_without_its_key_reaches_nobody(engine: Engine, key: str | None) -> None:
    # A null key was spelled "", and "" was taken for "whoever waits first": another's case got it.
    play = Play(engine, WAITS, THROWS, key="waits").start(receipt="R1")

    with pytest.raises(StepFailed, match=r"'t'.*correlationKey must be text or a number"):
        engine.start("p", {"other": key})
    with pytest.raises(MessageNotAwaited):
        engine.correlate("m", key, {})
    assert play.open() == []


def test_a_case_without_a_key_does_not_wait(engine: Engine) -> None:
    Play(engine, WAITS, key="waits")

    with pytest.raises(StepFailed, match=r"'c'.*correlationKey must be text or a number, not null"):
        engine.start("waits", {"receipt": None})


def test_in_the_background_a_missing_key_is_an_incident(
    engine: Engine, clock: TravellingClock
) -> None:
    model = diagram(
        start(), catch("pause", timer("P1D")), catch("c", message("m")), end(),
        path("start", "pause", "c", "end"), roots=root_message("m", "=receipt"),
    )  # fmt: skip
    play = Play(engine, model).start()
    for _ in range(12):
        clock.advance(days=1)
        engine.run_due()

    with engine.read() as work:
        (incident,) = incidents.open_incidents(work)
    assert incident.instance_id == play.id


def test_a_message_that_has_no_key_finds_who_waits_without_one(engine: Engine) -> None:
    root = '<bpmn:message id="m" name="m"/>'
    model = diagram(start(), catch("c", message("m")), end(), path("start", "c", "end"), roots=root)
    play = Play(engine, model).start()
    engine.correlate("m", None, {})

    assert play.ended


# ── conditions ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scripts", [(), ("one",), ("one", "two")])
def test_a_condition_that_holds_on_entry_interrupts_before_anything_is_done(
    engine: Engine, scripts: tuple[str, ...]
) -> None:
    # Conditions were looked at when the case came to rest: by then the scripts had been run.
    inner = [script(id, "=1", id) for id in scripts]
    model = diagram(
        start(),
        sub("u", start("us"), *inner, end("ue"), path("us", *scripts, "ue")),
        boundary("b", "u", conditional("=go")),
        user("r"),
        user("w"),
        end(),
        end("e2"),
        path("start", "u", "w", "end"),
        path("b", "r", "e2"),
    )
    play = Play(engine, model).start(go=True)

    assert play.open() == ["r"]
    assert not set(scripts) & set(play.visits())
    play.check_record()


@pytest.mark.parametrize("short", [True, False])
def test_a_condition_that_holds_for_one_step_is_not_missed(engine: Engine, short: bool) -> None:
    model = diagram(
        start(),
        gateway("parallel", "fork"),
        catch("c", conditional("=go")),
        user("r"),
        end("e2"),
        user("k"),
        script("one", "=true", "go"),
        script("two", "=not(short)", "go"),
        user("w"),
        end(),
        path("start", "fork", "c", "r", "e2"),
        path("fork", "k", "one", "two", "w", "end"),
    )
    play = Play(engine, model).start(go=False, short=short).do("k")

    assert play.open() == ["r", "w"]
    play.check_record()


def test_an_event_subprocess_hears_of_a_condition_within_a_run_of_scripts(engine: Engine) -> None:
    handler = sub(
        "h", start("hs", conditional("=n = 1"), isInterrupting="false"), user("r"), end("he"),
        path("hs", "r", "he"), event=True,
    )  # fmt: skip
    model = diagram(
        start(), script("one", "=1", "n"), script("two", "=2", "n"), user("w"), end(), handler,
        path("start", "one", "two", "w", "end"),
    )  # fmt: skip
    play = Play(engine, model).start(n=0)

    assert play.open() == ["r", "w"]
    play.check_record()


def test_what_a_message_brings_is_looked_at_before_the_next_step(engine: Engine) -> None:
    body = start("us"), catch("c", message("m")), script("over", "=false", "go"), end("ue")
    model = diagram(
        start(), sub("u", *body, path("us", "c", "over", "ue")),
        boundary("b", "u", conditional("=go")), user("r"), end(), end("e2"),
        path("start", "u", "end"), path("b", "r", "e2"), roots=root_message("m"),
    )  # fmt: skip
    play = Play(engine, model).start(go=False)
    engine.correlate("m", "case-1", {"go": True})

    assert play.open() == ["r"]
    assert "over" not in play.visits()


def test_a_condition_that_is_no_condition_stops_the_step(engine: Engine) -> None:
    model = diagram(start(), catch("c", conditional("=go")), end(), path("start", "c", "end"))
    engine.deploy({"a.bpmn": model, "any.form": FORM}, Actor.of("owner"))

    with pytest.raises(StepFailed, match=r"'c'.*condition must be true or false"):
        engine.start("p", {"go": "false"})
