"""Short ways to write BPMN as the standard has it, right and wrong, for the tests of its rules."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from xml.sax.saxutils import quoteattr

from engine.bpmn.lint import lint
from engine.ground.findings import Finding

SUITES = Path(os.environ.get("SAMNUAN_SUITES", Path(__file__).parents[3] / "shared" / "suites"))
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:t="urn:test" id="defs" targetNamespace="urn:test">'
)


def file(*roots: str) -> bytes:
    return f"{HEAD}{''.join(roots)}</definitions>".encode()


def tag(kind: str, id: str = "", *inner: str, **attributes: str) -> str:
    """One element; `sourceRef` and its like are written as they are."""
    named = {"id": id} if id else {}
    text = "".join(f" {k}={quoteattr(v)}" for k, v in {**named, **attributes}.items())
    return f"<{kind}{text}>{''.join(inner)}</{kind}>"


def process(*parts: str, id: str = "p", **attributes: str) -> str:
    return tag("process", id, *parts, **{"isExecutable": "true", **attributes})


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    inner = (
        f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
        if condition
        else ""
    )
    name = id or f"{source}_{target}"
    return tag("sequenceFlow", name, inner, sourceRef=source, targetRef=target)


def path(*ids: str) -> str:
    return "".join(flow(a, b) for a, b in itertools.pairwise(ids))


S, E = tag("startEvent", "s"), tag("endEvent", "e")
A, B, C = (tag("task", name) for name in "abc")


def line(*nodes: str, ids: str, extra: str = "") -> str:
    """A process from start to end through the nodes whose ids are given, with whatever else."""
    return process(S, *nodes, E, path("s", *ids.split(), "e"), extra)


def one(node: str, id: str = "x", extra: str = "") -> str:
    return line(node, ids=id, extra=extra)


def event(kind: str, id: str = "x", *inner: str, **attributes: str) -> str:
    return tag(kind, id, *inner, **attributes)


def on(kind: str, *inner: str, **attributes: str) -> str:
    """An event definition."""
    return tag(f"{kind}EventDefinition", "", *inner, **attributes)


TIMER = on("timer", '<timeDuration xsi:type="tFormalExpression">P1D</timeDuration>')
MESSAGE, SIGNAL = tag("message", "m", name="m"), tag("signal", "sig", name="sig")
ERROR = tag("error", "err", name="err", errorCode="err")
ON_MESSAGE, ON_SIGNAL = on("message", messageRef="m"), on("signal", signalRef="sig")
ON_ERROR = on("error", errorRef="err")


def sub(*parts: str, id: str = "u", kind: str = "subProcess", **attributes: str) -> str:
    return tag(kind, id, *parts, **attributes)


INNER = tag("startEvent", "us") + tag("endEvent", "ue") + path("us", "ue")


def boundary(*inner: str, on: str = "x", id: str = "b", **attributes: str) -> str:
    return tag("boundaryEvent", id, *inner, **{"attachedToRef": on, **attributes})


def found(content: bytes, *rulesets: str) -> list[Finding]:
    chosen = {"rulesets": rulesets} if rulesets else {}
    return lint({"a.bpmn": content}, **chosen)


def rules(content: bytes, *rulesets: str) -> set[str]:
    return {finding.rule for finding in found(content, *rulesets)}
