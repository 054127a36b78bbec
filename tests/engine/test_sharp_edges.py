"""Where running cases have sharp edges: lanes in lanes, one start event among several, one's own
signal, the second item, month ends, older heads, and whoever comes second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.background import run_due
from engine.background.run_due import Item
from engine.bpmn.timers import first_due, next_due, parse_duration
from engine.ground.clock import BANGKOK, TravellingClock
from engine.ground.errors import ConcurrentUpdate, MessageNotAwaited, StartUnclear
from engine.record import signed_heads
from engine.record.merkle import is_consistent, leaf_hash, root_of_inclusion
from engine.record.signing import SigningKey
from engine.store.instances import locked_instance, write_instance
from engine.store.leases import backoff
from engine.store.outbox import enqueue
from engine.store.tables import Job, StartSubscription
from engine.verbs import jobs
from engine.verbs.jobs import JobNotFound
from tests.support.cases import OFFICER, Play
from tests.support.drawing import (
    boundary,
    catch,
    diagram,
    each,
    el,
    end,
    ext,
    flow,
    gateway,
    job,
    marked,
    message,
    path,
    properties,
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

KEY = SigningKey(b"\x07" * 32)


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    engine.close()


# ── lanes in lanes ─────────────────────────────────────────────────────────────────────────────


def lane(id: str, *refs: str, role: str = "", inner: str = "") -> str:
    named = ext(properties(role=role)) if role else ""
    nodes = "".join(f"<bpmn:flowNodeRef>{ref}</bpmn:flowNodeRef>" for ref in refs)
    child = f'<bpmn:childLaneSet id="{id}s">{inner}</bpmn:childLaneSet>' if inner else ""
    return f'<bpmn:lane id="{id}" name="{id}">{named}{nodes}{child}</bpmn:lane>'


def bare(id: str) -> str:
    """A user task that names nobody itself."""
    return el("userTask", id, ext('<zeebe:formDefinition formId="any"/>'))


@pytest.mark.parametrize(("inner", "role"), [("", "head"), ("clerk", "clerk")])
def test_a_task_in_a_lane_within_a_lane_is_for_the_nearest_role(
    engine: Engine, inner: str, role: str
) -> None:
    lanes = lane("outer", role="head", inner=lane("middle", inner=lane("in", "a", role=inner)))
    body = start(), bare("a"), end(), path("start", "a", "end")
    play = Play(engine, diagram(f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>', *body)).start()

    assert play.task("a").candidate_groups == [role]


def test_a_task_inside_a_subprocess_is_for_the_lane_of_the_subprocess(engine: Engine) -> None:
    lanes = lane("l", "s", role="clerk")
    inside = sub("s", start("s0"), bare("a"), end("s1"), path("s0", "a", "s1"))
    body = start(), inside, end(), path("start", "s", "end")
    play = Play(engine, diagram(f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>', *body)).start()

    assert play.task("a").candidate_groups == ["clerk"]


# ── one start event among several ──────────────────────────────────────────────────────────────

STARTS = diagram(
    start("by_message", message("m")),
    start("plain"),
    start("by_signal", signal("s")),
    user("from_message"),
    user("from_plain"),
    user("from_signal"),
    end(),
    path("by_message", "from_message", "end"),
    path("plain", "from_plain", "end"),
    path("by_signal", "from_signal", "end"),
    roots=root_message("m") + root_signal("s"),
)


def test_each_start_event_leads_where_it_is_drawn(engine: Engine) -> None:
    play = Play(engine, STARTS)

    assert play.start().open() == ["from_plain"]
    assert play.start(at="by_message").open() == ["from_message"]
    assert play.start(at="by_signal").open() == ["from_signal"]
    with pytest.raises(StartUnclear):
        play.start(at="from_plain")
    play.id = engine.correlate("m", "case-9", {})
    assert play.open() == ["from_message"]
    play.check_record()


def test_a_new_version_is_what_a_message_starts(engine: Engine) -> None:
    play = Play(engine, STARTS)
    engine.deploy({"d0.bpmn": STARTS.replace(b"from_message", b"after_message")})

    play.id = engine.correlate("m", "case-9", {})

    assert play.open() == ["after_message"]
    with engine.read() as work:
        rows = work.session.execute(sa.select(StartSubscription.definition_id).distinct())
        assert [row[0] for row in rows] == ["p:2"]


# ── signals and messages ───────────────────────────────────────────────────────────────────────


def test_a_case_is_not_woken_by_its_own_signal(engine: Engine) -> None:
    calls = diagram(
        start(),
        gateway("parallel", "split"),
        user("before"),
        throw("call", signal("s")),
        user("after"),
        catch("listen", signal("s")),
        user("heard"),
        end("e1"),
        end("e2"),
        path("start", "split", "before", "call", "after", "e1"),
        path("split", "listen", "heard", "e2"),
        roots=root_signal("s"),
    )
    caller = Play(engine, calls).start()
    other = engine.start("p", {"case_id": "2"}, business_key="2")

    caller.do("before")
    engine.run_due()

    # What it throws reaches what waits inside at once; the round of deliveries brings it no more.
    heard = [event.type for event in engine.history(caller.id)].count("signal_received")
    assert heard <= 1
    assert sorted(task.element_id for task in engine.tasks(other)) == ["before", "heard"]
    caller.check_record()


def test_waiting_again_for_ones_own_signal_is_waiting_for_another_case(engine: Engine) -> None:
    calls = diagram(
        start(),
        throw("call", signal("s")),
        catch("listen", signal("s")),
        user("heard"),
        end(),
        path("start", "call", "listen", "heard", "end"),
        roots=root_signal("s"),
    )
    first = Play(engine, calls).start()

    engine.run_due()
    assert first.open() == []
    engine.start("p", {"case_id": "2"}, business_key="2")
    engine.run_due()

    assert first.open() == ["heard"]


def test_a_message_reaches_the_case_of_its_key_and_no_other(engine: Engine) -> None:
    waits = diagram(
        start(),
        catch("wait", message("m")),
        user("told"),
        end(),
        path("start", "wait", "told", "end"),
        roots=root_message("m"),
    )
    play = Play(engine, waits)
    ids = {key: play.start(case_id=key).id for key in ("case-1", "case-2", "case-3")}

    with pytest.raises(MessageNotAwaited):
        engine.correlate("m", "case-0", {})
    assert engine.correlate("m", "case-2", {}) == ids["case-2"]

    told = {key for key, id in ids.items() if engine.tasks(id)}
    assert told == {"case-2"}


# ── the second item ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_each_item_knows_its_number_and_the_last_one_counts(
    engine: Engine, sequential: str
) -> None:
    asked = marked(user("hear", "=item"), each("=people", isSequential=sequential))
    play = Play(engine, diagram(start(), asked, end(), path("start", "hear", "end"))).start(
        people=["one", "two", "three"]
    )

    seen = []
    for _ in range(3):
        task = sorted(engine.tasks(play.id), key=lambda t: t.candidate_groups)[0]
        with engine.read() as work:
            from engine.verbs import queries

            variables = queries.task_variables(work, task.id)
        seen.append((variables["loopCounter"], variables["item"], task.candidate_groups))
        assert not play.ended
        engine.complete(task.id, {})

    assert sorted(seen) == [(1, "one", ["one"]), (2, "two", ["two"]), (3, "three", ["three"])]
    assert play.ended
    play.check_record()


def test_two_who_disagree_are_told_so(engine: Engine) -> None:
    from engine.bpmn.running.host import StepFailed

    asked = marked(user("hear"), each("=people", isSequential="false"))
    play = Play(engine, diagram(start(), asked, end(), path("start", "hear", "end"))).start(
        people=["one", "two"], verdict="none"
    )
    first, second = engine.tasks(play.id)

    engine.complete(first.id, {"verdict": "yes"})
    with pytest.raises(StepFailed, match="verdict"):
        engine.complete(second.id, {"verdict": "no"})
    engine.complete(second.id, {"verdict": "yes"})

    assert play.ended
    assert play.variables()["verdict"] == "yes"


def test_what_the_first_of_two_awaited_messages_brought_is_kept(engine: Engine) -> None:
    both = marked(boundary("b", "a", message("m1") + message("m2")), parallelMultiple="true")
    play = Play(
        engine,
        diagram(
            start(),
            user("a"),
            both,
            user("both"),
            end(),
            end("e2"),
            path("start", "a", "end"),
            path("b", "both", "e2"),
            roots=root_message("m1") + root_message("m2"),
        ),
    ).start()

    engine.correlate("m1", "case-1", {"x": 1})
    assert play.open() == ["a"]
    engine.correlate("m2", "case-1", {"y": 2})

    assert play.open() == ["both"]
    assert {name: play.variables()[name] for name in "xy"} == {"x": 1, "y": 2}


def test_what_a_message_brings_beside_a_task_is_newer_than_what_was_known(engine: Engine) -> None:
    play = Play(
        engine,
        diagram(
            start(),
            user("a"),
            boundary("b", "a", message("m"), interrupting=False),
            user("told", '=["amount-" + string(amount)]'),
            end(),
            end("e2"),
            path("start", "a", "end"),
            path("b", "told", "e2"),
            roots=root_message("m"),
        ),
    ).start(amount=1)

    engine.correlate("m", "case-1", {"amount": 2})

    assert play.task("told").candidate_groups == ["amount-2"]


def test_a_race_ends_the_waiting_at_its_own_gateway_alone(engine: Engine) -> None:
    def race(number: int) -> list[str]:
        n = str(number)
        return [
            gateway("eventBased", f"g{n}"),
            catch(f"x{n}", message(f"mx{n}")),
            catch(f"y{n}", message(f"my{n}")),
            user(f"tx{n}"),
            user(f"ty{n}"),
            end(f"ex{n}"),
            end(f"ey{n}"),
            path(f"g{n}", f"x{n}", f"tx{n}", f"ex{n}"),
            path(f"g{n}", f"y{n}", f"ty{n}", f"ey{n}"),
            flow("split", f"g{n}"),
        ]

    roots = "".join(root_message(f"m{m}{n}") for m in "xy" for n in (1, 2))
    split = start(), gateway("parallel", "split"), flow("start", "split")
    play = Play(engine, diagram(*split, *race(1), *race(2), roots=roots)).start()

    engine.correlate("mx1", "case-1", {})

    assert play.open() == ["tx1"]
    with pytest.raises(MessageNotAwaited):
        engine.correlate("my1", "case-1", {})
    engine.correlate("my2", "case-1", {})
    assert play.open() == ["tx1", "ty2"]


# ── month ends, and two in the morning ─────────────────────────────────────────────────────────


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("duration", "begun", "due"),
    [
        ("P1M", "2026-01-31T09:00", "2026-02-28T09:00"),
        ("P1M", "2028-01-31T09:00", "2028-02-29T09:00"),
        ("P2M", "2026-01-31T09:00", "2026-03-31T09:00"),
        ("P1M", "2026-03-30T09:00", "2026-04-30T09:00"),
        ("P1Y", "2028-02-29T09:00", "2029-02-28T09:00"),
        ("P1M", "2026-03-01T02:00", "2026-04-01T02:00"),  # in UTC it is still February
        ("P1M1D", "2026-01-31T02:00", "2026-03-01T02:00"),
        ("P1D", "2026-12-31T02:00", "2027-01-01T02:00"),
    ],
)
def test_a_month_later_is_by_the_calendar_in_bangkok(duration: str, begun: str, due: str) -> None:
    for zone in (BANGKOK, UTC):  # however the machine writes the moment
        found = parse_duration(duration).after(moment(begun).astimezone(zone))
        assert found == moment(due), zone


def test_a_report_of_the_31st_stays_one_of_the_last_day() -> None:
    facts = first_due("R/2026-01-31T08:00:00+07:00/P1M", "timeCycle", moment("2026-01-01"), "t")
    days = []
    for _ in range(5):
        now = datetime.fromisoformat(facts["due"])
        days.append(now.astimezone(BANGKOK).date().isoformat()[5:])
        assert next_due(facts, now)

    assert days == ["01-31", "02-28", "03-31", "04-30", "05-31"]


def test_a_failed_start_counts_its_attempts_from_nought_once_it_worked(
    engine: Engine, clock: TravellingClock
) -> None:
    every_day = start("s", timer("R/P1D", "timeCycle"))
    Play(engine, diagram(every_day, user("a"), end(), path("s", "a", "end")))
    with engine.begin() as work:
        work.session.execute(sa.update(StartSubscription).values(attempts=3))

    clock.advance(days=1, minutes=1)
    engine.run_due()

    with engine.read() as work:
        (row,) = work.session.scalars(sa.select(StartSubscription))
        assert (row.attempts, len(engine.tasks())) == (0, 1)


# ── older heads ────────────────────────────────────────────────────────────────────────────────


def test_a_proof_against_an_older_head_is_of_what_that_head_signed(engine: Engine) -> None:
    steps = diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))
    play = Play(engine, steps).start()
    heads = []
    for act in (None, "a", "b"):
        if act:
            play.do(act)
        with engine.begin() as work:
            heads.append(signed_heads.sign_head(work, KEY))

    with engine.read() as work:
        proofs = [signed_heads.inclusion(work, play.id, head) for head in heads]
        newest = signed_heads.inclusion(work, play.id)

    assert [signed_heads.read_entry(proof.entry)["commands"] for proof in proofs] == [1, 2, 3]
    assert newest == proofs[-1]
    for head, proof in zip(heads, proofs, strict=True):
        assert head is not None
        assert proof.position < head.size
        steps_up = [bytes.fromhex(hash) for hash in proof.path]
        leaf = leaf_hash(proof.entry.encode())
        root = root_of_inclusion(leaf, proof.position, head.size, steps_up)
        assert root is not None
        assert root.hex() == head.root


def test_every_older_head_is_shown_to_have_grown_into_the_newer_ones(engine: Engine) -> None:
    steps = diagram(start(), user("a"), end(), path("start", "a", "end"))
    play, heads = Play(engine, steps), []
    for number in range(4):
        play.start(case_id=str(number))
        with engine.begin() as work:
            head = signed_heads.sign_head(work, KEY)
            assert head is not None
            heads.append(head)

    with engine.read() as work:
        for i, older in enumerate(heads):
            for newer in heads[i:]:
                shown = signed_heads.consistency(work, older, newer)
                pair = [(h.size, bytes.fromhex(h.root)) for h in (older, newer)]
                assert is_consistent(pair[0], pair[1], shown)
                if older is not newer:
                    assert not is_consistent(pair[0], pair[1], [])
                    assert not is_consistent(pair[1], pair[0], shown)


def test_a_log_takes_over_no_head_that_nobody_signed(engine: Engine) -> None:
    from dataclasses import replace

    play = Play(engine, diagram(start(), user("a"), end(), path("start", "a", "end"))).start()
    with engine.begin() as work:
        head = signed_heads.sign_head(work, KEY)
        assert head is not None
        entries = signed_heads.entries(work, 0, head.size)
    forged = replace(head, at=head.at.replace(year=2020))
    assert play.open() == ["a"]

    with engine.begin() as work:
        for rows in ("log_node", "log_entry", "seal"):
            for name in (f"{rows}_no_update", f"{rows}_no_delete", f"{rows}_append_only"):
                work.session.execute(sa.text(f'DROP TRIGGER IF EXISTS "{name}"'))
        triggers = work.session.scalars(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name in triggers:
            work.session.execute(sa.text(f'DROP TRIGGER "{name}"'))
        for rows in ("log_node", "log_entry", "seal"):
            work.session.execute(sa.text(f"DELETE FROM {rows}"))

    with engine.begin() as work:
        assert signed_heads.carry_on(work, [(forged, entries)]) == 0
        assert signed_heads.carry_on(work, [(head, entries)]) == 1


# ── whoever comes second ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ahead", [-1, 1])
def test_a_case_of_another_revision_is_not_written(engine: Engine, ahead: int) -> None:
    play = Play(engine, diagram(start(), user("a"), end(), path("start", "a", "end"))).start()

    def write() -> None:
        with engine.begin() as work:
            instance = locked_instance(work, play.id)
            instance.revision += ahead
            write_instance(work, instance)

    with pytest.raises(ConcurrentUpdate):
        write()


def test_a_job_that_met_a_colleague_can_be_taken_again_at_once(
    engine: Engine, clock: TravellingClock
) -> None:
    meetings = iter([True])

    def letter(work: object, call: object) -> None:
        if next(meetings, False):
            raise ConcurrentUpdate

    engine.machine.handlers["letter"] = letter  # type: ignore[assignment]
    steps = diagram(start(), job("j", "letter"), end(), path("start", "j", "end"))
    play = Play(engine, steps).start()

    (item,) = run_due.take_due(engine.machine, "w1", 5, ["job"])
    assert run_due.run(engine.machine, item, "w1") is False
    clock.advance(seconds=2)

    assert run_due.take_due(engine.machine, "w2", 5, ["job"]) == [Item("job", item.id)]
    assert run_due.run(engine.machine, item, "w2") is True
    assert play.ended


def test_only_a_job_without_a_try_left_is_settled_by_hand(engine: Engine) -> None:
    steps = diagram(start(), job("j", "print"), end(), path("start", "j", "end"))
    play = Play(engine, steps).start()
    with engine.read() as work:
        (job_id,) = work.session.scalars(sa.select(Job.id))

    with pytest.raises(JobNotFound), engine.begin() as work:
        jobs.settle_job(work, job_id, {}, actor=OFFICER)
    assert not play.ended


def test_a_script_that_runs_after_the_second_lap_sees_the_first(engine: Engine) -> None:
    from tests.support.drawing import standard_loop

    count = marked(script("s", "= n + 1", "n"), standard_loop("= n < 9", loopMaximum="2"))
    play = Play(engine, diagram(start(), count, user("a"), end(), path("start", "s", "a", "end")))

    assert play.start(n=0).variables()["n"] == 2


def test_nobody_gives_back_what_another_holds(engine: Engine) -> None:
    engine.machine.handlers["letter"] = lambda work, call: None
    steps = diagram(start(), job("j", "letter"), end(), path("start", "j", "end"))
    Play(engine, steps).start()
    (item,) = run_due.take_due(engine.machine, "w1", 5, ["job"])

    run_due.give_back(engine.machine, [item], "w2")

    with engine.read() as work:
        assert work.session.scalars(sa.select(Job.locked_by)).one() == "w1"
    run_due.give_back(engine.machine, [item], "w1")
    with engine.read() as work:
        assert work.session.scalars(sa.select(Job.locked_by)).one() is None


@pytest.mark.parametrize("kind", run_due.KINDS)
def test_who_was_too_slow_leaves_it_to_whoever_took_it_over(
    engine: Engine, clock: TravellingClock, kind: str
) -> None:
    """Its time was over and another one has it in hand: not both may do it."""
    done: list[str] = []
    engine.machine.handlers["letter"] = lambda work, call: done.append(call.element_id)
    engine.machine.deliverers["post"] = lambda payload, key: done.append(key)
    late = boundary("late", "wait", timer("P1D"), interrupting=False)
    steps = diagram(
        start(), job("letter", "letter"), user("wait"), late, user("urge"), end("urged"), end(),
        path("start", "letter", "wait", "end"), path("late", "urge", "urged"),
    )  # fmt: skip
    play = Play(engine, steps).start()
    with engine.begin() as work:
        enqueue(work, "post", {}, key="post")
    if kind == "timer":
        assert engine.run_due() == 2
        clock.advance(days=1)
    before = list(done)

    (item,) = run_due.take_due(engine.machine, "slow", 5, [kind])
    clock.advance(hours=1)
    run_due.free_lapsed(engine.machine)
    clock.advance(hours=1)
    assert run_due.take_due(engine.machine, "next", 5, [kind]) == [item]

    assert run_due.run(engine.machine, item, "slow") is False
    assert (done, play.visits()["urge"]) == (before, 0)
    assert run_due.run(engine.machine, item, "next") is True
    assert (len(done) - len(before), play.visits()["urge"]) == (
        (0, 1) if kind == "timer" else (1, 0)
    )


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (99, 360)]
)
def test_each_failure_waits_twice_as_long_up_to_six_hours(attempts: int, minutes: int) -> None:
    assert backoff(attempts).total_seconds() == minutes * 60
