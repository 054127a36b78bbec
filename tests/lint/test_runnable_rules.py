"""What this engine runs, and what it refuses by name with a way out."""

# ruff: noqa: E501 - a pair of models is compared at a glance when each stands on one line

from __future__ import annotations

import pytest

from engine.bpmn.lint import lint, rules_of
from tests.lint.pieces import (
    ERROR,
    INNER,
    MESSAGE,
    ON_ERROR,
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


def prioritized(priority: str) -> str:
    groups = "<zeebe:assignmentDefinition candidateGroups='officer'/>"
    return tag("userTask", "x", ext(groups, f"<zeebe:priorityDefinition priority='{priority}'/>"))


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


COMPUTED = tag("error", "err", name="err", errorCode="=v")
CONDITIONAL = on("conditional", "<condition xsi:type='tFormalExpression'>=v</condition>")
UNDO_X = (
    boundary(on("compensate"))
    + tag("userTask", "un", isForCompensation="true")
    + tag("association", "as", sourceRef="b", targetRef="un")
)


def undo(definition: str, extra: str = "") -> bytes:
    """A compensation behind an activity that can be undone."""
    thrown = event("intermediateThrowEvent", "t", definition)
    return file(process(S, user(), thrown, E, path("s", "x", "t", "e"), UNDO_X, extra))


def late(interrupting: str) -> str:
    """An event subprocess that asks for compensation."""
    first = tag("startEvent", "ls", ON_MESSAGE, isInterrupting=interrupting)
    last = tag("endEvent", "le", on("compensate"))
    return sub(first, last, path("ls", "le"), id="l", triggeredByEvent="true")


UNDOING = sub(
    tag("startEvent", "ws", on("compensate")),
    tag("endEvent", "we"),
    path("ws", "we"),
    id="w",
    triggeredByEvent="true",
)


def undone_inside(beside: str) -> bytes:
    """A subprocess that is undone by what stands inside, and perhaps by something beside it too."""
    inner = sub(INNER, UNDOING)
    return file(one(inner, "u", extra=beside.replace('attachedToRef="x"', 'attachedToRef="u"')))


CANCELLING = tag("endEvent", "uc", on("cancel")) + tag("task", "ut") + path("us", "ut", "uc")


def transaction(
    inner: str = "", caught: str = on("cancel"), ways: str = "", **attributes: str
) -> bytes:
    inside = INNER if not ways else tag("startEvent", "us") + tag("endEvent", "ue") + ways
    body = sub(inside, inner, kind="transaction", **attributes)
    return file(one(body, "u", extra=boundary(caught, on="u") + path("b", "e") if caught else ""))


MAPPED = "<camunda:inputOutput><camunda:inputParameter name='a'>{}</camunda:inputParameter></camunda:inputOutput>"
GIVEN = "<camunda:in source='a' target='b'/>"
DECIDED = {"camunda:decisionRef": "d", "camunda:resultVariable": "v"}

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
        file(process(tag("startEvent", "s", CONDITIONAL), E, path("s", "e"))),
        file(process(tag("startEvent", "s", TIMER), E, path("s", "e"))),
    ),
    "no-start": (
        file(process(A, B, path("a", "b", "a"))),
        file(process(A, B, path("a", "b"))),
    ),
    "several-starts": (
        file(one(sub(INNER, tag("startEvent", "us2"), path("us2", "ue")), "u")),
        file(one(sub(INNER), "u")),
    ),
    "call-unclear": (
        file(one(CALL.format("q")), process(S.replace("'s'", "'q1'").replace('"s"', '"q1"'), tag("startEvent", "q2"), tag("endEvent", "qe"), path("q1", "qe"), path("q2", "qe"), id="q")),
        file(one(CALL.format("q")), process(tag("startEvent", "q1"), tag("endEvent", "qe"), path("q1", "qe"), id="q")),
    ),
    "start-choice": (
        file(one(user(), extra=tag("startEvent", "s2") + path("s2", "x"))),
        file(one(user(), extra=tag("startEvent", "s2", TIMER) + path("s2", "x"))),
    ),
    "multiple-event": (
        file(one(user(), extra=boundary(on("compensate"), TIMER))),
        file(MESSAGE, one(user(), extra=boundary(ON_MESSAGE, TIMER) + path("b", "e"))),
    ),
    "parallel-multiple-place": (
        file(MESSAGE, one(user(), extra=boundary(ON_MESSAGE, TIMER, parallelMultiple="true", cancelActivity="false") + path("b", "e"))),
        file(MESSAGE, one(user(), extra=boundary(ON_MESSAGE, TIMER, parallelMultiple="true") + path("b", "e"))),
    ),
    "event-condition-empty": (
        catch(on("conditional", "<condition xsi:type='tFormalExpression'/>")),
        catch(CONDITIONAL),
    ),
    "event-condition-moving": (
        catch(CONDITIONAL.replace("=v", "=now() > date and time(v)")),
        catch(CONDITIONAL),
    ),
    "loop-endless": (
        file(one(user("<standardLoopCharacteristics id='l'/>"))),
        file(one(user("<standardLoopCharacteristics id='l' loopMaximum='3'/>"))),
    ),
    "compensation-no-wait": (undo(on("compensate", waitForCompletion="false")), undo(on("compensate"))),
    "compensation-several": (undo(on("compensate") * 2), undo(on("compensate"))),
    "compensation-beside": (
        file(MESSAGE, one(user(), extra=late("false"))),
        file(MESSAGE, one(user(), extra=late("true"))),
    ),
    "compensation-watched": (
        undo(on("compensate"), boundary(TIMER, on="un", id="b2")),
        undo(on("compensate"), boundary(TIMER, on="x", id="b2")),
    ),
    "compensation-twice": (undone_inside(UNDO_X), undone_inside("")),
    "compensation-never": (
        file(one(user(), extra=UNDOING)),
        file(one(sub(INNER, UNDOING), "u")),
    ),
    "cancel-nested": (transaction(sub(tag("startEvent", "vs"), tag("endEvent", "ve", on("cancel")), path("vs", "ve"), id="v"), ways=path("us", "v", "ue")), transaction(CANCELLING)),
    "cancel-nobody": (transaction(CANCELLING, caught=""), transaction(CANCELLING)),
    "transaction-method": (transaction(method="##Store"), transaction(method="##Compensate")),
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
    "expression-informal": (SPLIT.replace(b' xsi:type="tFormalExpression"', b""), SPLIT),
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
        file(one(user().replace("officer", "a_${unit"))),
        file(one(user().replace("officer", "a_${unit}"))),
    ),
    "expression-method": (split(first="=items.size() = 3"), split(first="=count(items) = 3")),
    "expression-juel": (split(first="${empty xs[i]}"), split(first="${empty xs[0]}")),
    "extension-kin": (
        file(one(tag("userTask", "x", **{"flowable:assignee": "a"}))).replace(
            b"<definitions ", b'<definitions xmlns:flowable="http://flowable.org/bpmn" ', 1
        ),
        USED,
    ),
    "extension-elsewhere": (
        file(one(user(**{"camunda:topic": "t"}))),
        file(one(tag("serviceTask", "x", **{"camunda:type": "external", "camunda:topic": "t"}))),
    ),
    "mapping-computed": (
        file(one(tag("userTask", "x", ext(MAPPED.format("<camunda:list/>"))))),
        file(one(tag("userTask", "x", ext(MAPPED.format("${v}"))))),
    ),
    "payload-elsewhere": (
        file(one(tag("userTask", "x", ext(GIVEN)))),
        file(one(tag("callActivity", "x", ext(GIVEN), calledElement="q"))),
    ),
    "decision-result": (
        file(one(tag("businessRuleTask", "x", **{**DECIDED, "camunda:mapDecisionResult": "resultList"}))),
        file(one(tag("businessRuleTask", "x", **{**DECIDED, "camunda:mapDecisionResult": "singleEntry"}))),
    ),
    "call-unmapped": (
        file(one(tag("callActivity", "x", ext("<camunda:in source='a'/>"), calledElement="q"))),
        file(
            one(
                tag(
                    "callActivity",
                    "x",
                    ext("<camunda:in source='a' target='b'/>"),
                    calledElement="q",
                )
            )
        ),
    ),
    "timer-value": (timer("timeDuration", "P15"), timer("timeDuration", "P15D")),
    "instances-many": (cardinality("1001"), cardinality("1000")),
    "instances-unusable": (cardinality("-1"), cardinality("3")),
    "instances-source": (repeated(), EACH),
    "instances-events": (repeated(COLLECTION, behavior="None"), EACH),
    "extension-acting": (
        file(one(tag("userTask", "x", ext("<camunda:taskListener class='x'/>")))),
        USED,
    ),
    "extension-doubled": (
        file(one(user().replace("</extensionElements>", "<zeebe:assignmentDefinition assignee='a'/></extensionElements>"))),
        USED,
    ),
    "extension-misplaced": (
        file(one(tag("userTask", "x", ext("<zeebe:script expression='=1' resultVariable='r'/>")))),
        file(one(SCRIPT.format("=1"))),
    ),
    "extension-attribute": (
        file(one(tag("callActivity", "x", ext("<zeebe:calledElement processId='known' bindingType='versionTag' versionTag='v2'/>")))),
        file(one(tag("callActivity", "x", ext("<zeebe:calledElement processId='known' bindingType='deployment'/>")))),
    ),
    "extension-attribute-unread": (
        file(one(tag("userTask", "x", ext("<zeebe:taskSchedule followUpDate='2026-01-01'/>")))),
        file(one(tag("userTask", "x", ext("<zeebe:taskSchedule dueDate='2026-01-01'/>")))),
    ),
    "mapping-place": (
        file(MESSAGE, one(event("intermediateCatchEvent", "x", ext("<zeebe:ioMapping><zeebe:input source='=1' target='a'/></zeebe:ioMapping>"), ON_MESSAGE))),
        file(MESSAGE, one(event("intermediateCatchEvent", "x", ext("<zeebe:ioMapping><zeebe:output source='=1' target='a'/></zeebe:ioMapping>"), ON_MESSAGE))),
    ),
    "job-beside-event": (
        file(SIGNAL, one(event("intermediateThrowEvent", "x", ext("<zeebe:taskDefinition type='t'/>"), on("signal", signalRef="sig")))),
        file(MESSAGE, one(event("intermediateThrowEvent", "x", ext("<zeebe:taskDefinition type='t'/>"), ON_MESSAGE))),
    ),
    "name-unusable": (
        file(one(SCRIPT.format("=1").replace("'r'", "' r '"))),
        file(one(SCRIPT.format("=1"))),
    ),
    "code-computed": (
        file(COMPUTED, one(sub(INNER), "u", extra=boundary(ON_ERROR, on="u") + path("b", "e"))),
        file(ERROR, one(sub(INNER), "u", extra=boundary(ON_ERROR, on="u") + path("b", "e"))),
    ),
    "start-computed": (
        file(process(tag("startEvent", "s", TIMER.replace("P1D", "=d")), E, path("s", "e"))),
        file(process(tag("startEvent", "s", TIMER.replace("P1D", "='P1D'".replace("'", '"'))), E, path("s", "e"))),
    ),
    "instances-output": (
        repeated(COLLECTION.replace("/>", " outputElement='=v'/>")),
        repeated(COLLECTION.replace("/>", " outputElement='=v' outputCollection='o'/>")),
    ),
    "error-uncaught": (
        ended(ON_ERROR, ERROR),
        file(ERROR, one(sub(tag("startEvent", "us"), tag("endEvent", "ue", ON_ERROR), path("us", "ue")), "u", extra=boundary(ON_ERROR, on="u") + path("b", "e"))),
    ),
    "resource-unread": (
        file(one(user("<potentialOwner id='po'><resourceAssignmentExpression><formalExpression>boss</formalExpression></resourceAssignmentExpression></potentialOwner>"))),
        USED,
    ),
    "timer-cycle-place": (timer("timeCycle", "R3/P1D"), CAUGHT),
    "reference-elsewhere": (
        catch(on("message", **{"xmlns:f": "urn:other", "messageRef": "f:m"})),
        catch(on("message", messageRef="t:m")),
    ),
    "value-kind": (file(one(prioritized("high"))), file(one(prioritized("80")))),
    "too-long": (
        file(one(user(), extra=tag("task", "n" * 251))),
        file(one(user(), extra=tag("task", "n" * 250))),
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
    assert {rule.id for rule in rules_of("runnable")} == {*PAIRS, "picture-only"}


def test_a_picture_may_be_deployed_beside_a_process_that_runs() -> None:
    picture = file(process(S, E, path("s", "e"), id="drawn", isExecutable="false"))

    alone = lint({"a.bpmn": picture}, rulesets=("runnable",))
    beside = lint({"a.bpmn": picture, "b.bpmn": USED}, rulesets=("runnable",))

    assert {(f.rule, f.severity) for f in alone} == {("no-process", "error")}
    told = {(f.rule, f.severity, f.element) for f in beside if f.file == "a.bpmn"}
    assert told == {("picture-only", "info", "drawn")}


def test_each_problem_of_an_expression_is_told_with_its_column() -> None:
    finding = next(f for f in found(split(first="=a > ) 3"), "runnable") if f.column)

    assert (finding.rule, finding.element, finding.column) == ("expression-syntax", "g_a", 5)


def test_what_is_beside_a_diagram_is_found_and_what_is_unknown_is_not_checked() -> None:
    content = line(user(), DECIDE.format("d").replace('"x"', '"y"'), ids="x y")

    unchecked = rules(file(content), "runnable")
    checked = {
        f.rule
        for f in lint({"a.bpmn": file(content)}, known_forms={"f"}, known_decisions={"d"})
        if f.severity == "error"
    }

    assert not {"form-unknown", "decision-unknown"} & unchecked
    assert checked == set()
