"""How fast conditions and decision tables are, beside Python's own `eval` of the same condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.rows import Row, at_most
from engine import dmn, feel

CONDITION = 'amount > 2000000 and track = "C"'
PYTHON = 'amount > 2000000 and track == "C"'
CONTEXT: dict[str, Any] = {"amount": 3_000_000, "track": "C", "urgent": False}


def rows() -> Iterator[Row]:
    ratio = condition_ratio()
    yield Row("feel/condition", "a condition, beside Python's eval", ratio, "×", at_most(3))
    took = table_time() * 1e6
    yield Row("feel/table", "a decision table of 100 rules", took, "µs", at_most(1000))


def condition_ratio() -> float:
    """Our time for a typical condition, compiled once, over that of a compiled Python `eval`."""
    expression = feel.compile(CONDITION)
    environment = feel.Environment()
    code = compile(PYTHON, "condition", "eval")
    ours, python = fastest(
        lambda: expression.evaluate(CONTEXT, environment),
        lambda: eval(code, {}, CONTEXT),  # noqa: S307 - the yardstick itself
    )
    return ours / python


def table_time() -> float:
    """Seconds for one decision of a table of 100 rules over three inputs."""
    model = dmn.parse("bench.dmn", table(100))
    environment = feel.Environment()
    context = {"amount": 9_950, "track": "C", "urgent": False}
    (best,) = fastest(lambda: dmn.evaluate([model], "bench", context, environment), calls=20)
    return best


def fastest(*work: Callable[[], Any], calls: int = 200, rounds: int = 200) -> list[float]:
    """The best time of a call of each, measured in turns: other work on the machine then slows
    all alike, and the best rounds are those that it left alone."""
    best = [float("inf")] * len(work)
    for _ in range(rounds):
        for number, call in enumerate(work):
            start = time.perf_counter()
            for _ in range(calls):
                call()
            best[number] = min(best[number], (time.perf_counter() - start) / calls)
    return best


def table(rules: int) -> bytes:
    """A decision table of so many rules; the context above matches the last but one."""
    inputs = "".join(
        f'<input id="i{n}"><inputExpression typeRef="{kind}"><text>{name}</text>'
        "</inputExpression></input>"
        for n, (name, kind) in enumerate(
            (("amount", "number"), ("track", "string"), ("urgent", "boolean"))
        )
    )
    body = "".join(
        f'<rule id="r{n}"><inputEntry><text>[{n * 100}..{n * 100 + 100})</text></inputEntry>'
        '<inputEntry><text>"C","G"</text></inputEntry><inputEntry><text>-</text></inputEntry>'
        f"<outputEntry><text>{n}</text></outputEntry></rule>"
        for n in range(rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="bench" '
        'namespace="bench"><decision id="bench" name="bench">'
        f'<decisionTable hitPolicy="UNIQUE">{inputs}<output typeRef="number"/>{body}'
        "</decisionTable></decision></definitions>"
    ).encode()
