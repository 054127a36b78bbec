"""What the net makes of each construct, held to the text of the standard: which courses of a
diagram it allows, which it refuses, and what stands open on the way.

The first tests are places where the two games that the net replaced disagreed, with each other or
with the standard.
"""

from __future__ import annotations

from collections import Counter

import pytest

from engine.bpmn.conformance import Observed, align
from engine.bpmn.lint.soundness import paths
from engine.bpmn.model import Process
from engine.bpmn.net import Marking, Net, Symbol, explore
from engine.bpmn.net.marking import fire
from engine.bpmn.reading import dialect, source
from engine.ground.clock import TravellingClock
from engine.verbs import queries
from tests.support.drawing import (
    boundary,
    call,
    catch,
    compensate,
    diagram,
    each,
    el,
    end,
    error,
    escalation,
    flow,
    gateway,
    marked,
    message,
    path,
    root_error,
    root_escalation,
    root_message,
    root_signal,
    signal,
    start,
    sub,
    throw,
    timer,
    undone,
    user,
)
from tests.support.randomwalk import Walk

SIGNS = {"activity_entered": "+", "activity_completed": "-"}


def processes(*contents: bytes) -> dict[str, Process]:
    found: dict[str, Process] = {}
    for content in contents:
        found |= dialect.read("a", source.read("a", content)).processes
    return found


def departures(course: str, *contents: bytes) -> list[tuple[str, str]]:
    """Where a course, told as `+entered -left`, departs from the diagram of the process `p`."""
    net = Net(processes(*contents), "p")
    steps = [Symbol(word[0], word[1:]) for word in course.split()]
    trace = [Observed(symbol, number) for number, symbol in enumerate(steps)]
    found = align(net, trace, net.start(), complete=True)
    assert found.checked
    return [(m.kind, "".join(m.symbol)) for m in found.moves if m.kind != "fits"]


def routes(content: bytes) -> set[str]:
    return {" ".join(route) for route in paths(processes(content)["p"])}


# ── inclusive joins ────────────────────────────────────────────────────────────────────────

FORK = (
    start(), gateway("inclusive", "g"), user("a"), user("b"), gateway("inclusive", "j"),
    user("c"), end(),
    path("start", "g"), flow("g", "a", "=v"), flow("g", "b", "=w"),
    path("a", "j", "c", "end"), path("b", "j"),
)  # fmt: skip


def test_an_inclusive_join_waits_for_all_that_were_chosen() -> None:
    content = diagram(*FORK)

    assert departures("+start +g +a +b -a -b +j +c -c +end", content) == []
    assert departures("+start +g +a -a +j +c -c +end", content) == []
    # It was let pass as soon as one had come, and again for the other.
    early = "+start +g +a +b -a +j +c -c +end -b +j +c -c +end"
    assert departures(early, content) != []


def test_an_inclusive_join_does_not_wait_for_what_can_come_where_one_waits_already() -> None:
    """Table 13.3: a token that can also reach a flow where one waits is no reason to wait."""
    content = diagram(
        start(), gateway("parallel", "fork"), gateway("exclusive", "m"),
        gateway("inclusive", "j"), gateway("inclusive", "k"),
        gateway("exclusive", "x", "on"), gateway("exclusive", "y", "to_j"), end(),
        path("start", "fork", "m", "j", "x"), path("fork", "k", "y"),
        flow("x", "k", "=v"), flow("x", "end", id="on"),
        flow("y", "m", "=v"), flow("y", "j", id="to_j"),
    )  # fmt: skip

    assert explore(processes(content)["p"]).stuck == []


# ── what is thrown ─────────────────────────────────────────────────────────────────────────


def thrower(*events: str, thrown: str, roots: str) -> bytes:
    """Inside of `u` nothing but the end event can throw: no job, no person."""
    inside = start("us") + el("task", "t") + end("stop", thrown) + path("us", "t", "stop")
    ends = "".join(end(f"e_{n}") + path(f"b_{n}", f"e_{n}") for n in range(len(events)))
    return diagram(
        start(), sub("u", inside), *events, ends, end(), path("start", "u", "end"), roots=roots
    )


def test_an_error_leads_to_its_boundary_event_and_nowhere_else() -> None:
    content = thrower(boundary("b_0", "u", error("E1")), thrown=error("E1"), roots=root_error("E1"))

    assert departures("+start +u +us +t +stop +b_0 +e_0", content) == []
    assert departures("+start +u +us +t +stop -u +end", content) != []
    assert departures("+start +u +us +t +b_0 +e_0", content) != []


def test_the_exact_code_of_an_error_goes_before_the_one_for_all() -> None:
    content = thrower(
        boundary("b_0", "u", error()), boundary("b_1", "u", error("E1")),
        thrown=error("E1"), roots=root_error("E1"),
    )  # fmt: skip

    assert departures("+start +u +us +t +stop +b_1 +e_1", content) == []
    assert departures("+start +u +us +t +stop +b_0 +e_0", content) != []
    assert routes(content) == {"start u us t stop b_1 e_1"}


def test_an_escalation_goes_on_beside_its_boundary_event_once_it_is_thrown() -> None:
    event = boundary("b_0", "u", escalation("E1"), interrupting=False)
    content = thrower(event, thrown=escalation("E1"), roots=root_escalation("E1"))

    assert departures("+start +u +us +t +stop +b_0 -u +e_0 +end", content) == []
    assert departures("+start +u +us +b_0 +t +stop +e_0 -u +end", content) != []


def test_an_event_that_throws_several_things_throws_all_in_turn() -> None:
    """Only one was looked at: what the others led to was told as work nobody had asked for."""
    beside = boundary("b_0", "u", escalation("E1"), interrupting=False)
    instead = boundary("b_1", "u", escalation("E2"))
    roots = root_escalation("E1") + root_escalation("E2") + root_signal("S") + root_error("E3")
    content = thrower(
        beside, instead, thrown=signal("S") + escalation("E1") + escalation("E2"), roots=roots
    )

    skipped = [("missing", "+b_0"), ("missing", "+e_0")]
    assert departures("+start +u +us +t +stop +b_0 +e_0 +b_1 +e_1", content) == []
    assert departures("+start +u +us +t +stop +b_1 +e_1", content) == skipped
    assert ("missing", "+b_1") in departures("+start +u +us +t +stop +b_0 +e_0 -u +end", content)
    (route,) = routes(content)
    assert Counter(route.split()) == Counter("start u us t stop b_0 b_1 e_0 e_1".split())

    # An error ends the scope: it comes last, wherever it stands in the file.
    failed = thrower(
        beside, boundary("b_1", "u", error("E3")), thrown=error("E3") + escalation("E1"),
        roots=roots,
    )  # fmt: skip
    assert departures("+start +u +us +t +stop +b_0 +e_0 +b_1 +e_1", failed) == []
    assert departures("+start +u +us +t +stop +b_1 +e_1", failed) == skipped


def test_an_error_that_an_event_subprocess_takes_ends_what_runs_beside() -> None:
    """An interrupting event subprocess ends its whole scope (13.5.4), also what another began."""
    aside = sub(
        "h", start("hs", timer("P1D"), isInterrupting="false"), user("hu"), end("he"),
        path("hs", "hu", "he"), event=True,
    )  # fmt: skip
    instead = sub("i", start("is", error("E1")), end("ie"), path("is", "ie"), event=True)
    content = diagram(
        start(), user("t"), end("stop", error("E1")), path("start", "t", "stop"), aside, instead,
        roots=root_error("E1"),
    )  # fmt: skip

    assert departures("+start +t +h +hs +hu -t +stop +i +is +ie -i", content) == []
    assert departures("+start +t +h +hs +hu -t +stop +i +is +ie -i -hu +he -h", content) != []
    last = {route.rpartition(" stop ")[2] for route in routes(content) if " stop " in route}
    assert last == {"i is ie"}


# ── compensation ───────────────────────────────────────────────────────────────────────────


def test_nothing_is_undone_unless_that_is_asked_for() -> None:
    content = diagram(
        start(), user("a"), marked(user("un_a"), isForCompensation="true"), undone("a", "un_a"),
        user("b"), throw("k", compensate()), user("c"), end(),
        path("start", "a", "b", "k", "c", "end"),
    )  # fmt: skip

    asked = "+start +a -a +b -b +k +undo_a +un_a -un_a +c -c +end"
    unasked = "+start +a -a +b +undo_a +un_a -un_a -b +k +c -c +end"
    assert departures(asked, content) == []
    assert ("extra", "+un_a") in departures(unasked, content)


# ── scopes ─────────────────────────────────────────────────────────────────────────────────


def test_two_calls_of_one_process_are_told_apart() -> None:
    inner = diagram(start("qs"), user("qt"), end("qe"), path("qs", "qt", "qe"), id="q")
    content = diagram(
        start(), gateway("parallel", "g"), call("c1", "q"), call("c2", "q"), user("after"),
        gateway("parallel", "j"), end(),
        path("start", "g", "c1", "after", "j", "end"), path("g", "c2", "j"),
    )  # fmt: skip
    one = "+start +g +c1 +qs +qt +c2 +qs +qt -qt +qe -c1 +after -after -qt +qe -c2 +j +end"

    assert departures(one, content, inner) == []
    # Nobody had finished inside of the first one, as the second had not begun yet.
    other = "+start +g +c1 +qs +qt -c1 +c2 +qs +qt -qt +qe -qt +qe -c2 +after -after +j +end"
    assert departures(other, content, inner) != []


def test_a_subprocess_begins_at_its_one_empty_start_event() -> None:
    """13.3.4; a record might begin at any, an exploration at the first only."""
    inside = start("s1") + start("s2") + end("e1") + end("e2") + path("s1", "e1") + path("s2", "e2")
    content = diagram(start(), sub("u", inside), end(), path("start", "u", "end"))

    assert departures("+start +u +s1 +e1 -u +end", content) == []
    assert departures("+start +u +s2 +e2 -u +end", content) != []
    assert routes(content) == {"start u s1 e1 end"}


def test_a_subprocess_with_nothing_inside_is_over_at_once() -> None:
    content = diagram(start(), sub("u"), end(), path("start", "u", "end"))

    assert routes(content) == {"start u end"}
    assert departures("+start +u -u +end", content) == []


def test_as_many_tokens_leave_a_subprocess_as_came_in() -> None:
    inside = start("us") + user("t") + end("ue") + path("us", "t", "ue")
    content = diagram(
        start(), gateway("parallel", "g"), sub("u", inside), end(),
        path("start", "g", "u", "end"), path("g", "u"),
    )  # fmt: skip

    assert all(route.split().count("end") == 2 for route in routes(content))
    assert "end" in explore(processes(content)["p"]).doubled


def test_a_repeated_activity_may_be_entered_twice_at_once() -> None:
    """A reminder came again before the first had been worked off: that was told as skipped work."""
    content = diagram(
        start(), user("t"), boundary("b", "t", message("ping"), interrupting=False),
        marked(user("h"), each("=[1, 2]")), end("e"), end(),
        path("start", "t", "end"), path("b", "h", "e"), roots=root_message("ping"),
    )  # fmt: skip
    course = "+start +t +b +h +h +b +h +h -h -h +e -h -h +e -t +end"

    assert departures(course, content) == []


def until_enough(**attributes: str) -> bytes:
    condition = '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">=v</bpmn:'
    loop = each("=[1, 2, 3]", **attributes).replace(
        "</bpmn:multi", f"{condition}completionCondition></bpmn:multi", 1
    )
    return diagram(
        start(), marked(user("t"), loop), user("after"), end(), path("start", "t", "after", "end")
    )  # fmt: skip


def test_a_completion_condition_may_end_the_items_that_are_still_open() -> None:
    """They are ended without a word, and each was told as a step that had been left out."""
    rest = "+after -after +end"

    assert departures(f"+start +t +t +t -t {rest}", until_enough()) == []
    assert departures(f"+start +t +t +t -t -t -t {rest}", until_enough()) == []
    # It is looked at when an item is done, so one surely was.
    assert departures(f"+start +t +t +t {rest}", until_enough()) != []
    # Once it was enough, no more are done.
    assert ("extra", "-t") in departures("+start +t +t +t -t +after -t -after +end", until_enough())

    in_turn = until_enough(isSequential="true")
    assert departures(f"+start +t -t {rest}", in_turn) == []
    assert departures(f"+start +t -t +t {rest}", in_turn) != []


def test_what_is_over_by_a_completion_condition_is_decided_by_what_is_recorded_next() -> None:
    """A case that moves to another version in between goes on there either way."""
    net = Net(processes(until_enough()), "p")
    begun = [Observed(Symbol(w[0], w[1:]), n) for n, w in enumerate("+start +t +t +t -t".split())]
    between = align(net, begun, net.start(), complete=False).marking
    newer = Net(processes(until_enough()), "p")
    moved = net.carried(between, newer, {})

    for course in ("+after -after +end", "-t -t +after -after +end", "-t +after -after +end"):
        rest = [Observed(Symbol(w[0], w[1:]), n) for n, w in enumerate(course.split())]
        found = align(newer, rest, moved, complete=True)
        assert [move.kind for move in found.moves] == ["fits"] * len(rest)


def test_the_first_event_behind_an_event_based_gateway_withdraws_the_others() -> None:
    content = diagram(
        start(), gateway("eventBased", "g"), catch("soon", timer("P1D")),
        catch("late", timer("P2D")), end(),
        path("start", "g", "soon", "end"), path("g", "late", "end"),
    )  # fmt: skip

    assert departures("+start +g +soon +late -soon +end", content) == []
    assert departures("+start +g +soon +late -soon +end -late +end", content) != []


# ── what is cheapest ───────────────────────────────────────────────────────────────────────


def test_a_step_done_twice_is_told_as_that_and_not_as_a_way_back_that_left_no_trace() -> None:
    """One visit too many, its end with it, explains more than a gateway and an event skipped."""
    content = diagram(
        start(), user("hear"), gateway("exclusive", "heard", "on"), throw("again", ""), end(),
        path("start", "hear", "heard"), flow("heard", "end", id="on"),
        flow("heard", "again", "=more"), path("again", "hear"),
    )  # fmt: skip

    twice = departures("+start +hear -hear +hear -hear +heard +end", content)
    assert twice == [("extra", "+hear"), ("extra", "-hear")]
    assert departures("+start +hear -hear +heard +again +hear -hear +heard +end", content) == []


# ── effort ─────────────────────────────────────────────────────────────────────────────────


def test_event_subprocesses_do_not_keep_a_skipped_step_from_being_found() -> None:
    """Their events were free moves, any number of them: the search drowned and gave up."""
    asides = "".join(
        sub(
            f"h{n}", start(f"hs{n}", timer("P1D"), isInterrupting="false"), user(f"hu{n}"),
            end(f"he{n}"), path(f"hs{n}", f"hu{n}", f"he{n}"), event=True,
        )
        for n in range(4)
    )  # fmt: skip
    tasks = [f"t{n}" for n in range(8)]
    content = diagram(
        start(), *(user(task) for task in tasks), end(), path("start", *tasks, "end"), asides
    )
    done = " ".join(f"+{task} -{task}" for task in tasks if task != "t4")

    assert departures(f"+start {done} +end", content) == [("missing", "+t4")]


# ── random processes ───────────────────────────────────────────────────────────────────────


class Followed(Walk):
    """A walk whose record the net follows: after every act it stands where the tests' own token
    game and the engine stand. What a completion condition ends leaves no trace: the net may stand
    before that still."""

    followed: Net | None = None

    def agree(self) -> None:
        super().agree()
        found = [self._open(marking) for marking in self._with_what_is_enough(self._marking())]
        assert Counter(self.game.all_open()) in found

    def _open(self, marking: Marking) -> Counter[str]:
        return Counter(
            t.name for t, n in marking for _ in range(n) if self._is_open(t.kind, t.name)
        )

    def _with_what_is_enough(self, marking: Marking) -> list[Marking]:
        """The marking, and those where conditions ended what may be over."""
        assert self.followed is not None
        found = [marking]
        for other in found:
            for token, _ in other:
                if token.kind == "enough":
                    moved = self.followed.nodes.transitions(token)
                    after = [fire(dict(other), by, self.followed.most) for by in moved]
                    found += [m for m in after if m is not None]
        return found

    def _marking(self) -> Marking:
        with self.engine.read() as work:
            if self.followed is None:
                definition = queries.instance(work, self.play.id).definition_id
                self.followed = Net(queries.models(work, definition), self.play.key)
            events = [e for e in queries.history(work, self.play.id) if e.type in SIGNS]
        net = self.followed
        trace = [Observed(Symbol(SIGNS[e.type], e.element_id), e.seq) for e in events]
        found = align(net, trace, net.start(), complete=self.game.over)
        assert found.checked
        assert {move.kind for move in found.moves} == {"fits"}
        assert len(found.moves) == len(trace)
        return found.marking

    def _is_open(self, kind: str, name: str) -> bool:
        assert self.followed is not None
        waits = self.followed.elements[name].tag if kind in ("at", "undo") else ""
        return waits in ("userTask", "serviceTask")


# 0 and 2: an event subprocess was read as if its start were drawn twice, and what an interrupting
# one had ended was still awaited. 4, 11, 18, 29: one repeated activity, entered twice at once.
@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 9, 10, 11, 18, 29, 40])
def test_the_net_stands_where_the_game_of_the_standard_stands(
    sqlite_url: str, clock: TravellingClock, seed: int
) -> None:
    walk = Followed(sqlite_url, clock, seed, most_versions=1)
    walk.run()
    walk.engine.close()
