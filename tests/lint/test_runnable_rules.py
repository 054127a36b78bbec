"""What this engine runs, and what it refuses by name with a way out."""

# ruff: noqa: E501 - a pair of models is compared at a glance when each stands on one line

from __future__ import annotations

import pytest

from engine.bpmn.lint import lint, rules_of
from tests.lint.pieces import (
    ERROR,
    INNER,
    MESSAGE,
    ON_MESSAGE,
    SIGNAL,
    TIMER,
    A,
    B,
    E,
    S,
    boundary,
    event,
    file,
    flow,
    found,
    line,
    on,
    one,
    path,
    process,
    rules,
    sub,
    tag,
)


def ext(*inner: str) -> str:
    return tag("extensionElements", "", *inner)


def user(*inner: str, **attributes: str) -> str:
    form = "<zeebe:formDefinition formId='f'/>"
    groups = "<zeebe:assignmentDefinition candidateGroups='officer'/>"
    return tag("userTask", "x", ext(form, groups), *inner, **attributes)


def job(kind: str = "serviceTask") -> str:
    return tag(kind, "x", ext("<zeebe:taskDefinition type='letter'/>"))


def split(kind: str = "exclusive", first: str = "=v", default: str = "g_b") -> bytes:
    marked = {"default": default} if default else {}
    gateway = tag(f"{kind}Gateway", "g", **marked)
    second = "" if default else "=w"
    ways = flow("g", "a", first) + flow("g", "b", second) + path("a", "e") + path("b", "e")
    return file(process(S, gateway, A, B, E, path("s", "g"), ways))


def chain(length: int) -> bytes:
    names = [f"n{number}" for number in range(length)]
    body = "".join(tag("task", name) for name in names)
    return file(process(S, body, E, path("s", *names, "e")))


def nested(depth: int) -> bytes:
    inner = A
    for level in range(depth):
        parts = (tag("startEvent", f"s{level}"), inner, tag("endEvent", f"e{level}"))
        inner = sub(*parts, id=f"u{level}")
    return file(one(inner, f"u{depth - 1}"))


def repeated(*loop: str, **attributes: str) -> bytes:
    return file(one(user(tag("multiInstanceLoopCharacteristics", "mi", *loop, **attributes))))


def cardinality(text: str) -> bytes:
    return repeated(f"<loopCardinality xsi:type='tFormalExpression'>{text}</loopCardinality>")


COLLECTION = ext("<zeebe:loopCharacteristics inputCollection='=items' inputElement='item'/>")
EACH = repeated(COLLECTION)
CALL = tag("callActivity", "x", ext("<zeebe:calledElement processId='{}'/>"))
DECIDE = tag(
    "businessRuleTask", "x", ext("<zeebe:calledDecision decisionId='{}' resultVariable='r'/>")
)
SCRIPT = tag("scriptTask", "x", ext("<zeebe:script expression='{}' resultVariable='r'/>"))


def catch(definition: str) -> bytes:
    return file(MESSAGE, SIGNAL, one(event("intermediateCatchEvent", "x", definition)))


def timer(kind: str, value: str) -> bytes:
    return catch(on("timer", f"<{kind} xsi:type='tFormalExpression'>{value}</{kind}>"))


def ended(definition: str, *roots: str) -> bytes:
    return file(*roots, process(S, event("endEvent", "e", definition), path("s", "e")))


USED = file(one(user()))
SPLIT = split()
CAUGHT = catch(TIMER)
MOVED = "<dataInputAssociation id='da'><sourceRef>do</sourceRef><targetRef>di</targetRef>{}</dataInputAssociation>"
IO = "<ioSpecification id='io'><dataInput id='di'/><inputSet id='is'><dataInputRefs>di</dataInputRefs></inputSet><outputSet id='os'/></ioSpecification>"


def moved(how: str) -> bytes:
    return file(one(user(IO, MOVED.format(how)), extra=tag("dataObject", "do")))


PAIRS: dict[str, tuple[bytes, bytes]] = {
    "size": (chain(2001), chain(1998)),
    "nesting": (nested(21), nested(20)),
    "no-process": (file(process(S, E, path("s", "e"), isExecutable="false")), USED),
    "empty-process": (file(process()), USED),
    "unsupported-element": (
        file(one(tag("complexGateway", "x"))),
        file(one(tag("parallelGateway", "x"))),
    ),
    "unsupported-event": (
        catch(on("conditional", "<condition xsi:type='tFormalExpression'>=v</condition>")),
        CAUGHT,
    ),
    "multiple-event": (
        file(MESSAGE, one(event("intermediateCatchEvent", "x", TIMER, ON_MESSAGE))),
        CAUGHT,
    ),
    "compensation-activity": (
        file(one(user(), extra=tag("task", "undo", isForCompensation="true"))),
        USED,
    ),
    "several-starts": (
        file(one(user(), extra=tag("startEvent", "s2") + path("s2", "x"))),
        USED,
    ),
    "no-start": (
        file(process(user(), B, E, path("x", "e"), path("b", "e"))),
        file(process(user(), E, path("x", "e"))),
    ),
    "instantiating": (
        file(MESSAGE, process(tag("receiveTask", "x", messageRef="m", instantiate="true"), E, path("x", "e"))),
        file(MESSAGE, one(tag("receiveTask", "x", messageRef="m"))),
    ),
    "quantity": (file(one(user(startQuantity="2"))), file(one(user(startQuantity="1")))),
    "data-not-moved": (
        moved("<transformation xsi:type='tFormalExpression'>1</transformation>"),
        moved(""),
    ),
    "data-is-picture": (file(one(user(), extra=tag("dataObject", "do"))), USED),
    "passes-through": (file(one(tag("manualTask", "x"))), USED),
    "message-unnamed": (catch(on("message")), catch(ON_MESSAGE)),
    "signal-unnamed": (catch(on("signal")), catch(on("signal", signalRef="sig"))),
    "code-missing": (
        ended(on("error", errorRef="err"), tag("error", "err", name="err")),
        ended(on("error", errorRef="err"), ERROR),
    ),
    "timer-empty": (catch(on("timer")), CAUGHT),
    "work-missing": (file(one(tag("serviceTask", "x"))), file(one(job()))),
    "script-language": (
        file(one(tag("scriptTask", "x", "<script>print(1)</script>", scriptFormat="python"))),
        file(one(SCRIPT.format("=1 + 1"))),
    ),
    "expression-language": (
        file(process(S, tag("exclusiveGateway", "g", default="g_e"), A, E, path("s", "g", "e"), path("a", "e"), flow("g", "a", "true").replace("'tFormalExpression'", "").replace("<conditionExpression", "<conditionExpression language='python'"))),
        SPLIT,
    ),
    "condition-missing": (split(first=""), SPLIT),
    "default-missing": (split(default=""), SPLIT),
    "form-missing": (
        file(one(tag("userTask", "x", ext("<zeebe:assignmentDefinition candidateGroups='o'/>")))),
        USED,
    ),
    "role-missing": (
        file(one(tag("userTask", "x", ext("<zeebe:formDefinition formId='f'/>")))),
        USED,
    ),
    "call-missing": (file(one(tag("callActivity", "x"))), file(one(CALL.format("q")))),
    "io-specification": (file(one(user(IO))), USED),
    "form-unknown": (USED, USED),
    "decision-unknown": (file(one(DECIDE.format("d"))), file(one(DECIDE.format("known")))),
    "process-unknown": (file(one(CALL.format("q"))), file(one(CALL.format("known")))),
    "global-task": (
        file(tag("globalUserTask", "gt"), one(tag("callActivity", "x", calledElement="gt"))),
        file(one(CALL.format("known"))),
    ),
    "reference-computed": (file(one(CALL.format("=which"))), file(one(CALL.format("known")))),
    "calls-itself": (file(one(CALL.format("p"))), file(one(CALL.format("known")))),
    "expression-syntax": (split(first="=v +"), SPLIT),
    "expression-call": (split(first="=string length(1, 2) = 3"), SPLIT),
    "expression-name": (split(first="=vv"), SPLIT),
    "expression-pointless": (split(first='=1 = "a"'), SPLIT),
    "expression-embedded": (
        file(one(user().replace("officer", "a_${unit}"))),
        file(one(user().replace("officer", "${unit}"))),
    ),
    "timer-value": (timer("timeDuration", "P15"), timer("timeDuration", "P15D")),
    "instances-many": (cardinality("1001"), cardinality("1000")),
    "instances-unusable": (cardinality("-1"), cardinality("3")),
    "instances-source": (repeated(), EACH),
    "loop-standard": (file(one(user(tag("standardLoopCharacteristics", "lo")))), USED),
    "instances-events": (repeated(COLLECTION, behavior="None"), EACH),
    "extension-acting": (
        file(one(tag("userTask", "x", ext("<camunda:taskListener class='x'/>")))),
        USED,
    ),
    "extension-unread": (file(one(user(**{"camunda:skipExpression": "${true}"}))), USED),
}  # fmt: skip
KNOWN = {
    "known_decisions": {"known"},
    "known_processes": {"known"},
    "known_functions": {"due"},
    "known_variables": dict.fromkeys(["v", "w", "x", "y", "a", "b", "unit", "which", "items"]),
}


def told(content: bytes, forms: set[str]) -> set[str]:
    findings = lint({"a.bpmn": content}, known_forms=forms, rulesets=("runnable",), **KNOWN)
    return {finding.rule for finding in findings}


@pytest.mark.parametrize("rule", PAIRS)
def test_what_cannot_run_is_told_by_name_and_what_can_is_not(rule: str) -> None:
    broken, kept = PAIRS[rule]

    assert rule in told(broken, forms=set())
    assert rule not in told(kept, forms={"f"})


def test_every_rule_of_the_runnable_group_has_its_pair() -> None:
    assert {rule.id for rule in rules_of("runnable")} == set(PAIRS)


# The constructs that engines were seen to ignore or to run wrongly: each is run, or refused.
HANDLER = "<startEvent id='hs'>{}</startEvent><endEvent id='he'/>" + path("hs", "he")


def handling(definition: str) -> bytes:
    handler = sub(HANDLER.format(definition), id="h", triggeredByEvent="true")
    return file(MESSAGE, SIGNAL, ERROR, ESCALATION, one(user(), extra=handler))


ESCALATION = tag("escalation", "esc", name="esc", escalationCode="esc")
CONDITION = on("conditional", "<condition xsi:type='tFormalExpression'>=v</condition>")
RUNS = {
    "event subprocess by error": handling(on("error", errorRef="err")),
    "event subprocess by escalation": handling(on("escalation", escalationRef="esc")),
    "event subprocess by signal": handling(on("signal", signalRef="sig")),
    "event subprocess by message": handling(ON_MESSAGE),
    "event subprocess by timer": handling(TIMER),
    "signal end event": ended(on("signal", signalRef="sig"), SIGNAL),
    "conditional flow of an activity": file(
        process(S, tag("task", "a", default="a_e"), B, E, path("s", "a", "e"), flow("a", "b", "=v"), path("b", "e"))
    ),
    "several flows of an activity": file(
        process(S, A, B, tag("task", "c"), tag("parallelGateway", "j"), E, path("s", "a", "b", "j", "e"), path("a", "c", "j"))
    ),
    "link events": file(
        process(S, event("intermediateThrowEvent", "t", on("link", name="l")), event("intermediateCatchEvent", "c", on("link", name="l")), E, path("s", "t"), path("c", "e"))
    ),
    "a shared event definition": file(
        "<timerEventDefinition id='td'><timeDuration xsi:type='tFormalExpression'>P1D</timeDuration></timerEventDefinition>",
        one(event("intermediateCatchEvent", "x", "<eventDefinitionRef>td</eventDefinitionRef>")),
    ),
    "two timers on one event-based gateway": file(
        process(S, tag("eventBasedGateway", "g"), event("intermediateCatchEvent", "c1", TIMER), event("intermediateCatchEvent", "c2", TIMER), E, path("s", "g", "c1", "e"), path("g", "c2", "e"))
    ),
}  # fmt: skip
REFUSED = {
    "event subprocess by condition": handling(CONDITION),
    "event subprocess by compensation": handling(on("compensate")),
    "compensation end event": ended(on("compensate")),
    "link end event": ended(on("link", name="x")),
    "timer end event": ended(TIMER),
    "conditional end event": ended(CONDITION),
    "compensation throw": file(one(event("intermediateThrowEvent", "x", on("compensate")))),
    "compensation boundary": file(one(user(), extra=boundary(on("compensate")) + tag("task", "undo", isForCompensation="true") + tag("association", "as", sourceRef="b", targetRef="undo"))),
    "start quantity": file(one(user(startQuantity="2"))),
    "completion quantity": file(one(user(completionQuantity="2"))),
    "multi-instance behavior": repeated(COLLECTION, behavior="None"),
    "multiple event": file(MESSAGE, one(event("intermediateCatchEvent", "x", TIMER, ON_MESSAGE))),
    "parallel multiple event": file(MESSAGE, one(event("intermediateCatchEvent", "x", TIMER, ON_MESSAGE, parallelMultiple="true"))),
    "complex gateway": file(one(tag("complexGateway", "x"))),
    "ad-hoc subprocess": file(one(sub(A, kind="adHocSubProcess"), "u")),
    "transaction": file(one(sub(INNER, kind="transaction"), "u")),
    "several start events": file(one(user(), extra=tag("startEvent", "s2") + path("s2", "x"))),
    "a global task": file(tag("globalUserTask", "gt"), one(tag("callActivity", "x", calledElement="gt"))),
    "an execution listener": file(one(tag("userTask", "x", ext("<camunda:executionListener class='x' event='start'/>")))),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_a_construct_that_runs_as_drawn_is_let_through(name: str) -> None:
    errors = [f.line("en") for f in found(RUNS[name]) if f.severity == "error"]

    assert errors == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_construct_that_would_be_run_wrongly_is_refused(name: str) -> None:
    findings = lint({"a.bpmn": REFUSED[name]})

    assert any(finding.severity == "error" for finding in findings)


def test_each_problem_of_an_expression_is_told_with_its_column() -> None:
    finding = next(f for f in found(split(first="=a > ) 3"), "runnable") if f.column)

    assert (finding.rule, finding.element, finding.column) == ("expression-syntax", "g_a", 5)


def test_what_is_beside_a_diagram_is_found_and_what_is_unknown_is_not_judged() -> None:
    content = line(user(), DECIDE.format("d").replace('"x"', '"y"'), ids="x y")

    unjudged = rules(file(content), "runnable")
    judged = {
        f.rule
        for f in lint({"a.bpmn": file(content)}, known_forms={"f"}, known_decisions={"d"})
        if f.severity == "error"
    }

    assert not {"form-unknown", "decision-unknown"} & unjudged
    assert judged == set()
