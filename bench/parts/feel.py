"""How fast conditions and decision tables are, beside Python's own `eval` of the same condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.rows import Row, at_most
from engine import dmn, feel

CONTEXT: dict[str, Any] = {
    "amount": 3_000_000,
    "track": "C",
    "urgent": False,
    "accused": [{"position": f"p{n}", "level": n % 10} for n in range(10)],
}
# What people write: FEEL, the same in Python, and how often as long it may take.
CONDITIONS: dict[str, tuple[str, str, float]] = {
    "comparison": (
        'amount > 2000000 and track = "C"',
        'amount > 2000000 and track == "C"',
        3,
    ),
    "in": ('track in ("C", "G")', 'track in ("C", "G")', 3),
    "between": ("amount between 100000 and 2000000", "100000 <= amount <= 2000000", 10),
    "if": ("if amount > 2000000 then 30 else 15", "30 if amount > 2000000 else 15", 10),
    "some": (
        "some p in accused satisfies p.level >= 9",
        'any(p["level"] >= 9 for p in accused)',
        10,
    ),
    "filter and count": (
        "count(accused[level > 5]) >= 2",
        'len([p for p in accused if p["level"] > 5]) >= 2',
        10,
    ),
}


def rows() -> Iterator[Row]:
    for key, (written, python, most) in CONDITIONS.items():
        name = f"a condition with {key}, beside Python's eval"
        yield Row(f"feel/{key.replace(' ', '-')}", name, ratio(written, python), "×", at_most(most))
    for rules, most in ((100, 60), (1000, 60)):
        took = table_time(rules) * 1e6
        name = f"a decision table of {rules:,} rules, one of which may match"
        yield Row(f"feel/table-{rules}", name, took, "µs", at_most(most))


def ratio(written: str, python: str) -> float:
    """Our time for a condition, compiled once, over that of Python's compiled `eval` of it."""
    expression = feel.compile(written)
    environment = feel.Environment()
    code = compile(python, "condition", "eval")
    # What Python compiles sees names in its globals only, within a comprehension.
    names = {"__builtins__": {"any": any, "len": len}, **CONTEXT}
    assert expression.evaluate(CONTEXT, environment) == eval(code, names)  # noqa: S307
    ours, theirs = fastest(
        lambda: expression.evaluate(CONTEXT, environment),
        lambda: eval(code, names),  # noqa: S307 - the yardstick itself
    )
    return ours / theirs


def table_time(rules: int) -> float:
    """Seconds for one decision of a table over three inputs, by its last rule but one."""
    model = dmn.parse("bench.dmn", table(rules))
    environment = feel.Environment()
    context = {"amount": (rules - 2) * 100 + 50, "track": "C", "urgent": False}
    found = dmn.evaluate([model], "bench", context, environment)
    assert found.rules == [{"decision": "bench", "rules": [f"r{rules - 2}"]}]
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
    """A decision table of so many rules, each for a band of amounts."""
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
