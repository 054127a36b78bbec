"""The token game: what is dead, stuck, endless or doubled, told with the path that leads there."""

from __future__ import annotations

import time

from engine.bpmn.lint import rules_of
from engine.bpmn.lint.soundness import paths
from engine.bpmn.model import Process
from engine.bpmn.net import explore
from engine.bpmn.reading import dialect, source
from tests.lint.pieces import found
from tests.support.drawing import (
    TERMINATE,
    boundary,
    catch,
    diagram,
    end,
    error,
    escalation,
    flow,
    gateway,
    path,
    root_error,
    root_escalation,
    start,
    sub,
    throw,
    timer,
    user,
)


def process_of(content: bytes) -> Process:
    return dialect.read("a", source.read("a", content)).processes["p"]


def told(content: bytes) -> dict[str, list[str]]:
    """Elements by rule."""
    by_rule: dict[str, list[str]] = {}
    for finding in found(content, "soundness"):
        by_rule.setdefault(finding.rule, []).append(finding.element)
    return by_rule


def routes(content: bytes) -> set[str]:
    return {" ".join(route) for route in paths(process_of(content))}


def split_and_join(split: str, join: str, default: str = "") -> bytes:
    ways = flow("g", "a", "=v") + flow("g", "b", "" if default else "=w", id="to_b")
    return diagram(
        start(), gateway(split, "g", default), user("a"), user("b"), gateway(join, "j"), end(),
        path("start", "g"), ways, path("a", "j", "end"), path("b", "j"),
    )  # fmt: skip


def test_splits_and_joins_of_one_kind_are_sound() -> None:
    assert told(split_and_join("exclusive", "exclusive", "to_b")) == {}
    assert told(split_and_join("inclusive", "inclusive", "to_b")) == {}
    assert told(split_and_join("inclusive", "inclusive")) == {}
    assert told(
        diagram(
            start(), gateway("parallel", "g"), user("a"), user("b"), gateway("parallel", "j"),
            end(), path("start", "g", "a", "j", "end"), path("g", "b", "j"),
        )
    ) == {}  # fmt: skip


def test_a_parallel_join_after_an_exclusive_split_waits_for_ever() -> None:
    content = split_and_join("exclusive", "parallel", "to_b")

    findings = {finding.rule: finding for finding in found(content, "soundness")}

    assert findings["deadlock"].element == "j"
    assert "start → g → b" in findings["deadlock"].text.en
    assert told(content)["dead-element"] == ["j", "end"]


def test_parallel_paths_that_meet_without_a_join_run_what_follows_twice() -> None:
    content = diagram(
        start(), gateway("parallel", "g"), user("a"), user("b"), user("c"), end(),
        path("start", "g", "a", "c", "end"), path("g", "b", "c"),
    )  # fmt: skip

    assert set(told(content)) == {"runs-twice"}


def test_a_loop_with_a_way_out_is_sound_and_one_without_is_told() -> None:
    way_out = diagram(
        start(), user("a"), gateway("exclusive", "x", "out"), end(),
        path("start", "a", "x"), flow("x", "a", "=again"), flow("x", "end", id="out"),
    )  # fmt: skip
    trap = diagram(
        start(), gateway("exclusive", "x", "out"), user("a"), user("b"), end(),
        path("start", "x"), flow("x", "a", "=v"), flow("x", "end", id="out"), path("a", "b", "a"),
    )  # fmt: skip

    assert told(way_out) == {}
    assert routes(way_out) == {"start a x end", "start a x a x end"}
    assert told(trap) == {"no-way-to-end": ["a"]}


def test_both_sides_of_a_boundary_event_are_walked() -> None:
    content = diagram(
        start(), user("a"), boundary("late", "a", timer("P1D")), user("remind"), end(),
        end("given_up"), path("start", "a", "end"), path("late", "remind", "given_up"),
    )  # fmt: skip

    assert told(content) == {}
    assert routes(content) == {"start a end", "start a late remind given_up"}


def test_a_non_interrupting_event_runs_beside_its_activity() -> None:
    content = diagram(
        start(), user("a"), boundary("late", "a", timer("P1D"), interrupting=False),
        user("remind"), end(), end("reminded"),
        path("start", "a", "end"), path("late", "remind", "reminded"),
    )  # fmt: skip

    assert told(content) == {}
    assert any("remind" in route and " end" in route for route in routes(content))


def test_an_error_thrown_inside_is_caught_outside() -> None:
    def with_error(thrown: str) -> bytes:
        inside = (
            start("us") + gateway("exclusive", "x", "fine") + end("ok") + end("bad", error(thrown))
        )
        ways = path("us", "x") + flow("x", "bad", "=v") + flow("x", "ok", id="fine")
        return diagram(
            start(), sub("u", inside, ways), boundary("b", "u", error("E1")), end(), end("failed"),
            path("start", "u", "end"), path("b", "failed"),
            roots=root_error("E1") + root_error("E2"),
        )  # fmt: skip

    assert told(with_error("E1")) == {}
    assert set(told(with_error("E2"))["dead-element"]) == {"b", "failed"}


def test_an_escalation_goes_on_beside_its_handler() -> None:
    inside = start("us") + throw("t", escalation("E1")) + end("ue") + path("us", "t", "ue")
    content = diagram(
        start(), sub("u", inside), boundary("b", "u", escalation("E1"), interrupting=False), end(),
        end("told"), path("start", "u", "end"), path("b", "told"), roots=root_escalation("E1"),
    )  # fmt: skip

    assert told(content) == {}


def test_terminate_leaves_nothing_dead_and_nothing_stuck() -> None:
    content = diagram(
        start(), gateway("parallel", "g"), user("a"), user("b"), user("c"), end(),
        end("stop", TERMINATE), path("start", "g", "a", "stop"), path("g", "b", "c", "end"),
    )  # fmt: skip

    assert told(content) == {}


def test_an_event_subprocess_is_part_of_the_game() -> None:
    handler = sub(
        "h", start("hs", timer("P1D")), user("hu"), end("he"), path("hs", "hu", "he"), event=True
    )
    content = diagram(start(), user("a"), end(), path("start", "a", "end"), handler)

    assert told(content) == {}
    assert any("hu" in route for route in routes(content))


def test_an_event_based_gateway_takes_one_of_its_ways() -> None:
    content = diagram(
        start(), gateway("eventBased", "g"), catch("soon", timer("P1D")),
        catch("late", timer("P2D")), end(),
        path("start", "g", "soon", "end"), path("g", "late", "end"),
    )  # fmt: skip

    assert routes(content) == {"start g soon end", "start g late end"}


def test_fourteen_parallel_blocks_grow_by_a_few_markings_each_not_by_powers_of_two() -> None:
    parts, last = [start()], "start"
    for n in range(14):
        parts += [
            gateway("parallel", f"g{n}"),
            user(f"a{n}"),
            user(f"b{n}"),
            gateway("parallel", f"j{n}"),
        ]
        parts.append(path(last, f"g{n}", f"a{n}", f"j{n}") + path(f"g{n}", f"b{n}", f"j{n}"))
        last = f"j{n}"
    content = diagram(*parts, end(), path(last, "end"))

    assert len(explore(process_of(content)).steps) < 14 * 10


def test_the_game_stops_within_its_budget_and_says_so() -> None:
    """Sixteen independent decisions that an inclusive join remembers: 65,536 markings."""
    parts = [start(), gateway("parallel", "fork"), gateway("inclusive", "join"), end()]
    parts.append(path("start", "fork") + path("join", "end"))
    for n in range(16):
        x, a, b = f"x{n}", f"a{n}", f"b{n}"
        parts += [gateway("exclusive", x, f"d{n}"), user(a), user(b)]
        parts.append(path("fork", x) + flow(x, a, "=v") + flow(x, b, id=f"d{n}"))
        parts.append(path(a, "join") + path(b, "join"))
    content = diagram(*parts)
    began = time.process_time()

    findings = found(content, "soundness")

    assert [(f.rule, f.severity) for f in findings] == [("not-explored", "info")]
    assert time.process_time() - began < 5


def test_every_rule_of_the_group_is_met_above() -> None:
    met = {"dead-element", "deadlock", "no-way-to-end", "runs-twice", "not-explored"}

    assert {rule.id for rule in rules_of("soundness")} == met
