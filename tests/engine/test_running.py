"""What is drawn is what happens: each construct on a real database, loaded anew at every step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import MessageNotAwaited, TaskNotFound
from engine.store.tables import ProcessInstance
from engine.verbs import incidents
from engine.verbs.jobs import BpmnError
from tests.support.cases import Play
from tests.support.decisions import decision, definitions, table
from tests.support.drawing import (
    TERMINATE,
    boundary,
    call,
    catch,
    diagram,
    end,
    error,
    escalation,
    flow,
    gateway,
    job,
    message,
    path,
    root_error,
    root_escalation,
    root_message,
    root_signal,
    rule,
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
    """After each test, every case it played must verify and replay to the same states."""
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    with engine.read() as work:
        ids = list(work.session.scalars(sa.select(ProcessInstance.id)))
    assert [engine.replay(identifier).differences for identifier in ids] == [[] for _ in ids]
    engine.close()


def test_a_case_walks_its_tasks_to_the_end(engine: Engine) -> None:
    play = Play(
        engine, diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))
    )

    play.start(x=1).do("a", y=2).do("b", z="ไทย")

    assert play.ended
    assert play.visits() == {"start": 1, "a": 1, "b": 1, "end": 1}
    assert play.variables() == {"case_id": "case-1", "x": 1, "y": 2, "z": "ไทย"}


def test_the_first_condition_that_holds_decides(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("exclusive", "g", default="other"),
        flow("start", "g"),
        user("big"),
        user("middle"),
        user("small"),
        end(),
        flow("g", "big", "=amount > 100"),
        flow("g", "middle", "=amount > 10"),
        flow("g", "small", id="other"),
        path("big", "end"),
        path("middle", "end"),
        path("small", "end"),
    )

    assert Play(engine, drawing).start(amount=500).open() == ["big"]
    assert Play(engine, drawing).start(amount=50).open() == ["middle"]
    assert Play(engine, drawing).start(amount=5).open() == ["small"]


def test_no_condition_and_no_default_is_refused_and_nothing_changes(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("a"),
        gateway("exclusive", "g"),
        path("start", "a", "g"),
        user("b"),
        user("c"),
        flow("g", "b", "=x = 1"),
        flow("g", "c", "=x = 2"),
        end(),
        path("b", "end"),
        path("c", "end"),
    )
    play = Play(engine, drawing).start()

    with pytest.raises(StepFailed) as refused:
        play.do("a", x=3)

    assert refused.value.facts["element"] == "g"
    assert play.open() == ["a"]
    assert play.do("a", x=2).open() == ["c"]


def test_a_decision_is_not_asked_with_what_its_table_cannot_read(engine: Engine) -> None:
    # Bug: the text was null without a word, and the case went on without a fee.
    columns = table(["amount: number"], ["fee: number"], [("> 10", "2"), ("<= 10", "1")])
    drawing = diagram(
        start(), user("a"), rule("r", "fee", "fee"), user("b"), end(),
        path("start", "a", "r", "b", "end"),
    )  # fmt: skip
    play = Play(engine, drawing, fee__dmn=definitions(decision("fee", columns))).start()

    with pytest.raises(StepFailed, match="“amount” must be number, given string"):
        play.do("a", amount="a lot")

    assert play.open() == ["a"]
    assert play.do("a", amount="3000000").open() == ["b"]
    assert play.variables()["fee"] == 2


def test_what_a_newer_check_finds_stops_no_running_case(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A table of an older release: its year of the Buddhist era was not looked for then.
    columns = table(["a: date"], ["fee: number"], [('< date("2569-01-01")', "1"), ("-", "2")])
    first = columns.replace("UNIQUE", "FIRST")
    drawing = diagram(
        start(), user("a"), rule("r", "fee", "fee"), user("b"), end(),
        path("start", "a", "r", "b", "end"),
    )  # fmt: skip
    with monkeypatch.context() as then:
        then.setattr("engine.verbs.gate.Gate.check", lambda self, files, carried: [])
        play = Play(engine, drawing, fee__dmn=definitions(decision("fee", first))).start()

    assert play.do("a", a="2026-03-02").open() == ["b"]
    assert play.variables()["fee"] == 1


PARALLEL = diagram(
    start(),
    gateway("parallel", "fork"),
    user("a"),
    user("b"),
    gateway("parallel", "join"),
    user("after"),
    end(),
    path("start", "fork", "a", "join"),
    path("fork", "b", "join", "after", "end"),
)


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_branches_join_once_and_keep_what_each_changed(
    engine: Engine, order: tuple[str, str]
) -> None:
    play = Play(engine, PARALLEL).start(shared="before", left=0, right=0)

    for name in order:
        play.do(name, **({"left": 1} if name == "a" else {"right": 2}))

    assert play.open() == ["after"]
    seen = play.do("after").variables()
    assert (seen["shared"], seen["left"], seen["right"]) == ("before", 1, 2)
    assert play.visits()["join"] == 1


def test_branches_that_disagree_are_refused_by_name(engine: Engine) -> None:
    play = Play(engine, PARALLEL).start(verdict="open")
    play.do("a", verdict="yes")

    with pytest.raises(StepFailed, match="verdict"):
        play.do("b", verdict="no")

    assert play.open() == ["b"]
    with engine.read() as work:
        (incident,) = incidents.open_incidents(work)
    assert (incident.instance_id, incident.element_id) == (play.id, "join")
    assert "'yes'" in incident.message_en
    assert "'no'" in incident.message_en
    assert play.do("b").do("after").variables()["verdict"] == "yes"


def test_a_join_in_a_loop_waits_for_both_branches_in_every_round(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("exclusive", "again"),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        gateway("parallel", "join"),
        gateway("exclusive", "enough", default="stop"),
        end(),
        path("start", "again", "fork", "a", "join"),
        path("fork", "b", "join"),
        script("count", "=round + 1", "round"),
        path("join", "count", "enough"),
        flow("enough", "again", "=round < 4"),
        flow("enough", "end", id="stop"),
    )
    play = Play(engine, drawing).start(round=0)

    for number in range(4):
        first, second = ("a", "b") if number % 2 else ("b", "a")
        play.do(first)
        assert play.open() == [second]
        play.do(second)

    assert play.ended
    assert play.visits()["join"] == 4


def test_an_inclusive_join_waits_only_for_branches_that_were_taken(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("inclusive", "fork", default="none"),
        user("a"),
        user("b"),
        user("c"),
        gateway("inclusive", "join"),
        user("after"),
        end(),
        path("start", "fork"),
        flow("fork", "a", "=wants_a"),
        flow("fork", "b", "=wants_b"),
        flow("fork", "c", id="none"),
        path("a", "join"),
        path("b", "join"),
        path("c", "join", "after", "end"),
    )

    both = Play(engine, drawing).start(wants_a=True, wants_b=True)
    assert both.do("a").open() == ["b"]
    assert both.do("b").open() == ["after"]

    one = Play(engine, drawing).start(wants_a=False, wants_b=True)
    assert one.do("b").open() == ["after"]

    neither = Play(engine, drawing).start(wants_a=False, wants_b=False)
    assert neither.open() == ["c"]
    assert neither.do("c").open() == ["after"]


def test_several_flows_leave_an_activity_as_their_conditions_say(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("a"),
        user("b"),
        user("c"),
        end(),
        path("start", "a"),
        flow("a", "b", "=x > 0"),
        flow("a", "c", "=x > 10"),
        path("b", "end"),
        path("c", "end"),
    )

    assert Play(engine, drawing).start().do("a", x=5).open() == ["b"]
    assert Play(engine, drawing).start().do("a", x=50).open() == ["b", "c"]


WAITING = diagram(
    start(),
    user("ask"),
    gateway("eventBased", "wait"),
    catch("reply", message("replied")),
    catch("late", timer("P15D")),
    user("read"),
    user("decide"),
    end(),
    path("start", "ask", "wait", "reply", "read", "end"),
    path("wait", "late", "decide", "end"),
    roots=root_message("replied"),
)


def test_a_reply_wins_over_the_deadline(engine: Engine, clock: TravellingClock) -> None:
    play = Play(engine, WAITING).start().do("ask")
    play.forget()

    engine.correlate("replied", "case-1", {"answer": "ใช่"})

    assert play.open() == ["read"]
    clock.advance(days=30)
    assert engine.run_due() == 0
    assert play.open() == ["read"]
    with pytest.raises(MessageNotAwaited):
        engine.correlate("replied", "case-1")


def test_the_deadline_wins_over_a_late_reply(engine: Engine, clock: TravellingClock) -> None:
    play = Play(engine, WAITING).start().do("ask")

    clock.advance(days=14, hours=23)
    assert engine.run_due() == 0
    clock.advance(hours=1)
    assert engine.run_due() == 1

    assert play.open() == ["decide"]
    with pytest.raises(MessageNotAwaited):
        engine.correlate("replied", "case-1")


def test_two_timers_at_one_gateway_keep_their_own_time(
    engine: Engine, clock: TravellingClock
) -> None:
    drawing = diagram(
        start(),
        gateway("eventBased", "wait"),
        catch("soon", timer("P2D")),
        catch("later", timer("P5D")),
        user("a"),
        user("b"),
        end(),
        path("start", "wait", "soon", "a", "end"),
        path("wait", "later", "b", "end"),
    )
    play = Play(engine, drawing).start()

    clock.advance(days=2)
    engine.run_due()

    assert play.open() == ["a"]


def test_an_interrupting_timer_takes_the_task_away(engine: Engine, clock: TravellingClock) -> None:
    drawing = diagram(
        start(),
        user("clarify"),
        boundary("overdue", "clarify", timer("P7D")),
        user("escalated"),
        end(),
        end("end2"),
        path("start", "clarify", "end"),
        path("overdue", "escalated", "end2"),
    )
    play = Play(engine, drawing).start()
    task = play.task("clarify")

    clock.advance(days=7)
    engine.run_due()

    assert play.open() == ["escalated"]
    with pytest.raises(TaskNotFound):
        engine.complete(task.id)


def test_a_reminder_leaves_the_task_and_outlives_it(engine: Engine, clock: TravellingClock) -> None:
    drawing = diagram(
        start(),
        user("clarify"),
        boundary("remind", "clarify", timer("P5D"), interrupting=False),
        user("read_reminder"),
        end(),
        end("end2"),
        path("start", "clarify", "end"),
        path("remind", "read_reminder", "end2"),
    )
    play = Play(engine, drawing).start()

    clock.advance(days=5)
    engine.run_due()
    assert play.open() == ["clarify", "read_reminder"]

    play.do("clarify", clarified=True)
    assert play.open() == ["read_reminder"]
    play.do("read_reminder")
    assert play.ended
    assert play.variables()["clarified"] is True


def test_missed_rounds_of_a_cycle_fire_once(engine: Engine, clock: TravellingClock) -> None:
    drawing = diagram(
        start(),
        user("work"),
        boundary("nag", "work", timer("R4/P1D", "timeCycle"), interrupting=False),
        script("count", "=if nags = null then 1 else nags + 1", "nags"),
        end(),
        end("end2"),
        path("start", "work", "end"),
        path("nag", "count", "end2"),
    )
    play = Play(engine, drawing).start(nags=None)

    clock.advance(days=1)
    engine.run_due()
    clock.advance(days=2, hours=12)
    engine.run_due()
    assert play.visits()["nag"] == 2

    clock.advance(days=30)
    engine.run_due()
    assert play.visits()["nag"] == 3
    clock.advance(days=30)
    assert engine.run_due() == 0


def test_a_non_interrupting_message_can_come_again(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("work"),
        boundary("more", "work", message("more_info"), interrupting=False),
        user("read"),
        end(),
        end("end2"),
        path("start", "work", "end"),
        path("more", "read", "end2"),
        roots=root_message("more_info"),
    )
    play = Play(engine, drawing).start()

    engine.correlate("more_info", "case-1", {"n": 1})
    engine.correlate("more_info", "case-1", {"n": 2})

    assert play.open() == ["read", "read", "work"]


def test_an_embedded_subprocess_gives_its_variables_back(engine: Engine) -> None:
    drawing = diagram(
        start(),
        sub("s", start("s1"), user("inner"), end("s2"), path("s1", "inner", "s2")),
        user("after"),
        end(),
        path("start", "s", "after", "end"),
    )
    play = Play(engine, drawing).start(x=1)

    play.do("inner", x=2)

    assert play.open() == ["after"]
    assert play.do("after").variables()["x"] == 2
    assert play.visits() == {
        "start": 1, "s": 1, "s1": 1, "inner": 1, "s2": 1, "after": 1, "end": 1
    }  # fmt: skip


def test_a_called_process_runs_as_deployed_with_it(engine: Engine) -> None:
    main = diagram(start(), call("c", "child"), user("b"), end(), path("start", "c", "b", "end"))
    child = diagram(start("cs"), user("a"), end("ce"), path("cs", "a", "ce"), id="child")
    play = Play(engine, main, child).start()

    play.do("a", found="yes")

    assert play.task("b").process_key == "p"
    assert play.do("b").variables()["found"] == "yes"


def test_an_error_end_reaches_the_boundary_that_names_it(engine: Engine) -> None:
    drawing = diagram(
        start(),
        sub(
            "s",
            start("s1"),
            user("inner"),
            gateway("exclusive", "g", default="fine"),
            end("bad", error("E1")),
            end("s2"),
            path("s1", "inner", "g"),
            flow("g", "bad", "=broken"),
            flow("g", "s2", id="fine"),
        ),
        boundary("any", "s", error()),
        boundary("named", "s", error("E1")),
        user("handle"),
        user("catch_all"),
        user("normal"),
        end(),
        path("start", "s", "normal", "end"),
        path("named", "handle", "end"),
        path("any", "catch_all", "end"),
        roots=root_error("E1"),
    )

    play = Play(engine, drawing).start().do("inner", broken=True)
    assert play.open() == ["handle"]
    assert play.do("handle").variables()["broken"] is True  # found out before the error
    assert Play(engine, drawing).start().do("inner", broken=False).open() == ["normal"]


def test_what_a_handler_beside_the_path_gave_yields_to_the_path(engine: Engine) -> None:
    # A progress letter's number, given by an event subprocess that had ended before, stood against
    # the number of the last letter, and the case could not end.
    drawing = diagram(
        start(),
        user("work"),
        boundary("more", "work", message("more_info"), interrupting=False),
        user("read"),
        end(),
        end("heard"),
        path("start", "work", "end"),
        path("more", "read", "heard"),
        roots=root_message("more_info"),
    )
    play = Play(engine, drawing).start()
    play.engine.correlate("more_info", "case-1")
    play.do("read", letter=1, note="kept")

    play.do("work", letter=2)

    assert play.ended
    assert play.variables() == {"case_id": "case-1", "letter": 2, "note": "kept"}


def test_an_escalation_runs_beside_the_subprocess(engine: Engine) -> None:
    drawing = diagram(
        start(),
        sub(
            "s",
            start("s1"),
            throw("raise", escalation("late")),
            user("inner"),
            end("s2"),
            path("s1", "raise", "inner", "s2"),
        ),
        boundary("heard", "s", escalation("late"), interrupting=False),
        user("chief"),
        end(),
        end("end2"),
        path("start", "s", "end"),
        path("heard", "chief", "end2"),
        roots=root_escalation("late"),
    )

    assert Play(engine, drawing).start().open() == ["chief", "inner"]


def test_terminate_ends_its_own_scope_only(engine: Engine) -> None:
    drawing = diagram(
        start(),
        sub(
            "s",
            start("s1"),
            gateway("parallel", "fork"),
            user("a"),
            user("b"),
            end("stop", TERMINATE),
            end("s2"),
            path("s1", "fork", "a", "stop"),
            path("fork", "b", "s2"),
        ),
        user("after"),
        end(),
        path("start", "s", "after", "end"),
    )
    play = Play(engine, drawing).start()

    assert play.do("a", x=7).open() == ["after"]
    assert play.do("after").variables()["x"] == 7


WITHDRAWAL = diagram(
    start(),
    user("screen"),
    user("clarify"),
    end(),
    path("start", "screen", "clarify", "end"),
    sub(
        "asked",
        start("asked_start", message("asked_to_withdraw"), isInterrupting="false"),
        user("consider"),
        gateway("exclusive", "granted", default="no"),
        end("grant", message("withdrawn")),
        end("refuse"),
        path("asked_start", "consider", "granted"),
        flow("granted", "grant", "=granted"),
        flow("granted", "refuse", id="no"),
        event=True,
    ),
    sub(
        "withdraw",
        start("withdraw_start", message("withdrawn")),
        user("close"),
        end("closed", outcome="WITHDRAWN"),
        path("withdraw_start", "close", "closed"),
        event=True,
    ),
    roots=root_message("asked_to_withdraw") + root_message("withdrawn"),
)


def test_a_withdrawal_interrupts_the_case_wherever_it_stands(engine: Engine) -> None:
    play = Play(engine, WITHDRAWAL).start().do("screen", accepted=True)

    engine.correlate("asked_to_withdraw", "case-1", {"reason_code": "solved"})
    assert play.open() == ["clarify", "consider"]
    play.do("consider", granted=True)

    assert play.open() == ["close"]
    play.do("close")
    assert play.ended
    assert play.variables()["accepted"] is True
    visits = play.visits()
    assert (visits["withdraw"], visits["withdraw_start"], visits["closed"]) == (1, 1, 1)
    assert not [name for name in visits if name.startswith("~")]


def test_a_refused_withdrawal_leaves_the_case_where_it_was(engine: Engine) -> None:
    play = Play(engine, WITHDRAWAL).start().do("screen")

    engine.correlate("asked_to_withdraw", "case-1")
    play.do("consider", granted=False)
    assert play.open() == ["clarify"]

    engine.correlate("asked_to_withdraw", "case-1")
    assert play.open() == ["clarify", "consider"]
    play.do("consider", granted=False).do("clarify", done=True)
    assert play.ended
    assert play.variables()["done"] is True


def test_a_signal_reaches_every_case_that_waits_for_it(engine: Engine) -> None:
    waiting = diagram(
        start(),
        catch("wait", signal("holiday")),
        user("a"),
        end(),
        path("start", "wait", "a", "end"),
        roots=root_signal("holiday"),
    )
    thrower = diagram(
        start("s"),
        throw("announce", signal("holiday")),
        end("e"),
        path("s", "announce", "e"),
        id="announcer",
        roots=root_signal("holiday"),
    )
    play = Play(engine, waiting, thrower)
    first = engine.start("p", {"case_id": "1"})
    second = engine.start("p", {"case_id": "2"})

    engine.start("announcer")
    engine.run_due()

    assert [len(engine.tasks(case)) for case in (first, second)] == [1, 1]
    assert "signal_received" in {event.type for event in engine.history(first)}
    assert play.key == "p"


def test_each_item_of_a_collection_gets_its_task(engine: Engine) -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics{}><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=units" inputElement="unit" '
        'outputCollection="answers" outputElement="=answer"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    for mode in ("", ' isSequential="true"'):
        each = user("ask", groups='=["unit@" + unit]').replace(
            "</bpmn:userTask>", loop.format(mode) + "</bpmn:userTask>"
        )
        drawing = diagram(start(), each, user("b"), end(), path("start", "ask", "b", "end"))
        play = Play(engine, drawing).start(units=["legal", "it"])
        open_at_once = 1 if mode else 2
        assert len(play.open()) == open_at_once

        for _ in range(2):
            task = engine.tasks(play.id)[0]
            unit = task.candidate_groups[0].removeprefix("unit@")
            play.forget()
            actor = Actor.of("x", f"unit@{unit}")
            engine.complete(task.id, {"answer": f"from {unit}"}, actor)

        assert play.open() == ["b"]
        assert sorted(play.do("b").variables()["answers"]) == ["from it", "from legal"]


def test_jobs_run_after_the_turn_and_move_the_case_on(
    database_url: str, clock: TravellingClock
) -> None:
    done: list[str] = []

    def send(work: object, call: object) -> dict[str, str]:
        done.append(call.headers["letter"])  # type: ignore[attr-defined]
        return {"sent": "yes"}

    engine = Engine.open(database_url, clock=clock, handlers={"letter": send})
    drawing = diagram(
        start(),
        job("notify", "letter", "sendTask", letter="L1"),
        user("a"),
        end(),
        path("start", "notify", "a", "end"),
    )
    play = Play(engine, drawing).start()
    assert play.open() == []

    play.forget()
    assert engine.run_due() == 1

    assert done == ["L1"]
    assert play.open() == ["a"]
    assert play.variables()["sent"] == "yes"
    engine.close()


def test_a_job_that_keeps_failing_becomes_an_incident_and_can_be_resumed(
    database_url: str, clock: TravellingClock
) -> None:
    broken = [True]

    def flaky(work: object, call: object) -> None:
        if broken[0]:
            raise RuntimeError("somebody's name must not get into the record")

    engine = Engine.open(database_url, clock=clock, handlers={"x": flaky})
    play = Play(
        engine, diagram(start(), job("j", "x"), user("a"), end(), path("start", "j", "a", "end"))
    ).start()

    for _ in range(5):
        engine.run_due()
        clock.advance(hours=7)

    with engine.read() as work:
        (incident,) = incidents.open_incidents(work)
    assert (incident.element_id, incident.message_en) == ("j", "RuntimeError")
    assert engine.run_due() == 0
    broken[0] = False
    with engine.begin() as work:
        incidents.resolve_incident(work, incident.id, actor=Actor.of("admin"))
    engine.run_due()
    assert play.open() == ["a"]
    engine.close()


def test_a_business_error_of_a_job_takes_the_drawn_way(
    database_url: str, clock: TravellingClock
) -> None:
    def refuse(work: object, call: object) -> None:
        raise BpmnError("no_address", variables={"why": "ไม่มีที่อยู่"})

    engine = Engine.open(database_url, clock=clock, handlers={"x": refuse})
    drawing = diagram(
        start(),
        job("j", "x"),
        boundary("b", "j", error("no_address")),
        user("by_hand"),
        end(),
        path("start", "j", "end"),
        path("b", "by_hand", "end"),
        roots=root_error("no_address"),
    )
    play = Play(engine, drawing).start()

    engine.run_due()

    assert play.open() == ["by_hand"]
    assert play.variables()["why"] == "ไม่มีที่อยู่"
    engine.close()


def test_an_endless_loop_of_automatic_steps_is_stopped(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("a"),
        gateway("exclusive", "g"),
        script("s", "=1", "x"),
        gateway("exclusive", "h", default="back"),
        end(),
        path("start", "a", "g", "s", "h"),
        flow("h", "g", id="back"),
        flow("h", "end", "=x > 1"),
    )
    play = Play(engine, drawing).start()

    with pytest.raises(StepFailed, match=r"20,000 automatic steps.*round and round"):
        play.do("a")

    assert play.open() == ["a"]


def test_a_long_case_stays_as_small_as_a_young_one(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("exclusive", "again"),
        user("clarify"),
        gateway("exclusive", "enough", default="stop"),
        end(),
        path("start", "again", "clarify", "enough"),
        flow("enough", "again", "=more"),
        flow("enough", "end", id="stop"),
    )
    play = Play(engine, drawing).start()
    sizes = []
    for _ in range(60):
        play.do("clarify", more=True)
        with engine.read() as work:
            from engine.verbs import queries

            sizes.append(len(queries.instance(work, play.id).state))

    assert sizes[-1] <= sizes[4] + 20


def test_a_job_may_be_given_what_a_host_function_says(
    database_url: str, clock: TravellingClock
) -> None:
    # A letter's deadline comes from the office. It was recorded when the job was made, but a replay
    # did not make the job's variables and found a call too many in the record.
    given: list[object] = []
    engine = Engine.open(
        database_url,
        clock=clock,
        functions={"due": lambda call, key: f"{key}:2026-03-19"},
        handlers={"letter": lambda work, call: given.append(call.variables["due_on"])},
    )
    letter = job("ask", "letter").replace(
        "<zeebe:taskHeaders>",
        "<zeebe:ioMapping><zeebe:input source='=due(&quot;ask&quot;)' target='due_on'/>"
        "</zeebe:ioMapping><zeebe:taskHeaders>",
    )
    play = Play(engine, diagram(start(), letter, end(), path("start", "ask", "end"))).start()

    engine.run_due()

    assert given == ["ask:2026-03-19"]
    assert play.ended
    play.check_record()
    engine.close()
