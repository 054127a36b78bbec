"""Each constraint of the standard: a model that breaks it, and one that keeps it."""

# ruff: noqa: E501 - a pair of models is compared at a glance when each stands on one line

from __future__ import annotations

import pytest

from engine.bpmn.lint import rules_of
from tests.lint.pieces import (
    ERROR,
    INNER,
    MESSAGE,
    ON_ERROR,
    ON_MESSAGE,
    ON_SIGNAL,
    SIGNAL,
    TIMER,
    A,
    B,
    C,
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

GOOD = file(one(tag("task", "x")))
PICTURE = (
    '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">'
    '<bpmndi:BPMNShape id="sh" bpmnElement="{}"><dc:Bounds x="0" y="0" width="1" height="1"/>'
    "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
)


def gate(kind: str, id: str = "g", *inner: str, **attributes: str) -> str:
    return tag(f"{kind}Gateway", id, *inner, **attributes)


def fork(**attributes: str) -> str:
    """An exclusive split into a and b that both lead to the end."""
    split = gate("exclusive", **attributes)
    flows = flow("g", "a", "=v") + flow("g", "b") + path("a", "e") + path("b", "e")
    return process(S, split, A, B, E, path("s", "g"), flows)


def race(*waits: str, ids: str = "c1 c2", gateway: str = "", more: str = "") -> bytes:
    names = ids.split()
    flows = "".join(flow("g", name) + flow(name, "e") for name in names)
    gateway = gateway or gate("eventBased")
    body = process(S, gateway, *waits, E, path("s", "g"), flows, more)
    return file(MESSAGE, SIGNAL, body)


CATCH_MESSAGE = event("intermediateCatchEvent", "c1", ON_MESSAGE)
CATCH_TIMER = event("intermediateCatchEvent", "c2", TIMER)
RACE = race(CATCH_MESSAGE, CATCH_TIMER)


def guarded(definition: str, host: str = "task", more: str = "", **attributes: str) -> bytes:
    """A task (or another host) with a boundary event that leads to a second end."""
    inner = INNER if host in ("subProcess", "transaction") else ""
    watched = tag(host, "x", inner)
    extra = boundary(definition, **attributes) + tag("endEvent", "e2") + path("b", "e2")
    return file(MESSAGE, SIGNAL, ERROR, one(watched, extra=extra + more))


GUARDED = guarded(TIMER)


def handler(start: str, *, host: str = "", **attributes: str) -> bytes:
    inside = start + tag("endEvent", "he") + path("hs", "he")
    handling = sub(inside, id="h", triggeredByEvent="true", **attributes)
    return file(MESSAGE, ERROR, one(tag("task", "x"), extra=handling + host))


HANDLER = handler(event("startEvent", "hs", TIMER))


OTHER = tag("message", "m2", name="m2")


def pools(messages: str, *, left: str = "", right: str = "", extra: str = "") -> bytes:
    """Two pools with a process each, and message flows between them."""
    parties = tag("participant", "p1", processRef="p") + tag(
        "participant", "p2", extra, processRef="q"
    )
    talk = tag("collaboration", "k", parties, messages)
    second = process(
        tag("startEvent", "qs"), right or tag("task", "qt"), tag("endEvent", "qe"),
        path("qs", "qt", "qe"), id="q",
    )  # fmt: skip
    return file(MESSAGE, OTHER, talk, one(left or tag("task", "x")), second)


def message_flow(source: str, target: str) -> str:
    return tag("messageFlow", "mf", sourceRef=source, targetRef=target)


POOLS = pools(message_flow("x", "qt"))
MI = "multiInstanceLoopCharacteristics"
CARDINALITY = '<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>'


def repeated(*inner: str, data: str = "", extra: str = "", **attributes: str) -> bytes:
    task = tag("task", "x", data, tag(MI, "mi", *inner, **attributes))
    return file(one(task, extra=extra))


REPEATED = repeated(CARDINALITY)


def io(inputs: str = "", outputs: str = "", in_set: str = "", out_set: str = "") -> str:
    return tag(
        "ioSpecification",
        "io",
        inputs,
        outputs,
        tag("inputSet", "is", in_set),
        tag("outputSet", "os", out_set),
    )


IN = tag("dataInput", "di")
IN_SET = "<dataInputRefs>di</dataInputRefs>"
OBJECT = tag("dataObject", "do")
MOVE = "<dataInputAssociation id='da'><sourceRef>{}</sourceRef><targetRef>{}</targetRef></dataInputAssociation>"


def moving(move: str, *roots: str, objects: str = OBJECT, data: str = "") -> bytes:
    task = tag("task", "x", data or io(IN, in_set=IN_SET), move)
    return file(*roots, one(task, extra=objects))


MOVING = moving(MOVE.format("do", "di"))
ITEMS = (
    tag("itemDefinition", "i1")
    + tag("itemDefinition", "i2")
    + tag("itemDefinition", "many", isCollection="true")
)


def lanes(*entries: str) -> str:
    return tag("laneSet", "ls", *(tag("lane", f"l{n}", entry) for n, entry in enumerate(entries)))


def ref(name: str) -> str:
    return f"<flowNodeRef>{name}</flowNodeRef>"


def links(throws: str = "go", catches: str = "go", extra: str = "", flows: str = "") -> bytes:
    throw = event("intermediateThrowEvent", "lt", on("link", name=throws))
    catch = event("intermediateCatchEvent", "lc", on("link", name=catches))
    return file(process(S, throw, catch, E, path("s", "lt"), path("lc", "e"), extra, flows))


LINKS = links()


def undoing(
    *, marked: str = "true", flows: str = "", line_to: str = "undo", more: str = ""
) -> bytes:
    watch = boundary(on("compensate"))
    undo = tag("task", "undo", isForCompensation=marked)
    drawn = tag("association", "as", sourceRef="b", targetRef=line_to) if line_to else ""
    return file(one(tag("task", "x"), extra=watch + undo + more + flows + drawn))


UNDOING = undoing()


def throwing_compensation(activity: str) -> bytes:
    throw = event("intermediateThrowEvent", "t", on("compensate", activityRef=activity))
    watch = boundary(on("compensate"))
    undo = tag("task", "undo", isForCompensation="true")
    drawn = tag("association", "as", sourceRef="b", targetRef="undo")
    return file(line(tag("task", "x"), A, throw, ids="x a t", extra=watch + undo + drawn))


KEY = tag("correlationKey", "key", "<correlationPropertyRef>cp</correlationPropertyRef>")
PATH = '<messagePath xsi:type="tFormalExpression">x</messagePath>'
TAKEN = tag("correlationPropertyRetrievalExpression", "", PATH, messageRef="m")
PROPERTY = tag("correlationProperty", "cp", TAKEN)
BOUND = tag(
    "correlationPropertyBinding", "",
    '<dataPath xsi:type="tFormalExpression">x</dataPath>', correlationPropertyRef="{}",
)  # fmt: skip


def correlated(*bindings: str, key: str = KEY, roots: str = PROPERTY) -> bytes:
    bound = (BOUND.format(name) for name in bindings)
    subscription = tag("correlationSubscription", "cs", *bound, correlationKeyRef="key")
    body = process(S, E, path("s", "e"), subscription)
    return file(MESSAGE, roots, tag("collaboration", "k", key), body)


CORRELATED = correlated("cp")
PARTIES = "".join(tag("participant", name) for name in ("pa", "pb", "pc"))


def talk(name: str, a: str, b: str) -> str:
    return f"<participantRef>{a}</participantRef><participantRef>{b}</participantRef><messageFlowRef>{name}</messageFlowRef>"


def choreography(
    *, starter: str = "pa", first: str = "", second: str = "", extra: str = "", start: str = ""
) -> bytes:
    flows = tag("messageFlow", "mf", sourceRef="pa", targetRef="pb") + tag(
        "messageFlow", "mg", sourceRef="pb", targetRef="pc"
    )
    one_ = tag(
        "choreographyTask", "ct", first or talk("mf", "pa", "pb"), initiatingParticipantRef=starter
    )
    two = tag(
        "choreographyTask", "cu", second or talk("mg", "pb", "pc"), initiatingParticipantRef="pb"
    )
    steps = tag("startEvent", "cs", start) + one_ + two + tag("endEvent", "ce")
    return file(
        tag("choreography", "ch", PARTIES, flows, steps, path("cs", "ct", "cu", "ce"), extra)
    )


CHOREOGRAPHY = choreography()


def inner_choreography(*parties: str) -> bytes:
    """A sub-choreography between two parties in which pa and pb exchange a message."""
    flows = tag("messageFlow", "mf", sourceRef="pa", targetRef="pb")
    named = "".join(f"<participantRef>{party}</participantRef>" for party in parties)
    task = tag("choreographyTask", "ct", talk("mf", "pa", "pb"), initiatingParticipantRef="pa")
    inside = tag("startEvent", "is") + task + tag("endEvent", "ie") + path("is", "ct", "ie")
    outer = tag("subChoreography", "sc", named, inside, initiatingParticipantRef="pa")
    steps = tag("startEvent", "cs") + outer + tag("endEvent", "ce") + path("cs", "sc", "ce")
    return file(tag("choreography", "ch", PARTIES, flows, steps))


def conversation(
    parties: str, link: tuple[str, str] = ("pa", "cv"), extra: str = "", flows: str = ""
) -> bytes:
    node = tag("conversation", "cv", parties)
    drawn = tag("conversationLink", "cl", sourceRef=link[0], targetRef=link[1])
    return file(tag("collaboration", "k", PARTIES, flows, node, drawn), extra)


BOTH = "<participantRef>pa</participantRef><participantRef>pb</participantRef>"
CONVERSATION = conversation(BOTH)
OPERATION = tag(
    "interface", "if",
    tag("operation", "op", "<inMessageRef>m</inMessageRef>", name="op"), name="if",
)  # fmt: skip


def calling(called: str) -> str:
    other = process(
        called, tag("startEvent", "qs"), tag("endEvent", "qe"), path("qs", "qe"), id="q"
    )
    call = tag("callActivity", "x", io(IN, in_set=IN_SET), calledElement="q")
    return one(call) + other


ONE_INPUT = tag(
    "ioSpecification",
    "qio",
    tag("dataInput", "qdi"),
    tag("inputSet", "qis", "<dataInputRefs>qdi</dataInputRefs>"),
    tag("outputSet", "qos"),
)
NO_INPUT = tag("ioSpecification", "qio", tag("inputSet", "qis"), tag("outputSet", "qos"))
RESOURCES = tag("resource", "r1", tag("resourceParameter", "rp1"), name="r1") + tag(
    "resource", "r2", tag("resourceParameter", "rp2"), name="r2"
)


REQUIRED = RESOURCES.replace('id="rp1"', 'id="rp1" isRequired="true"')


def owned(parameter: str, resources: str = RESOURCES) -> bytes:
    bound = tag(
        "resourceParameterBinding",
        "rb",
        "<formalExpression>x</formalExpression>",
        parameterRef=parameter,
    )
    owner = tag("performer", "pf", "<resourceRef>r1</resourceRef>", bound)
    return file(resources, one(tag("task", "x", owner)))


def supporting(supported: str) -> bytes:
    data = tag(
        "ioSpecification",
        "io",
        IN,
        tag("dataOutput", "dou"),
        tag("inputSet", "is", IN_SET),
        tag("outputSet", "os", "<dataOutputRefs>dou</dataOutputRefs>"),
    )
    binding = tag("ioBinding", "ib", operationRef="op", inputDataRef="is", outputDataRef="os")
    return file(MESSAGE, OPERATION, process(supported, data, binding, S, E, path("s", "e")))


def received(**attributes: str) -> str:
    return tag("receiveTask", "x", **attributes)


def typed(kind: str, item: str, message_item: str, tag_: str = "dataInput") -> bytes:
    sets = {
        "dataInput": (IN_SET.replace("di", "d"), ""),
        "dataOutput": ("", "<dataOutputRefs>d</dataOutputRefs>"),
    }[tag_]
    data = tag(tag_, "d", itemSubjectRef=item)
    spec = io(data, in_set=sets[0], out_set=sets[1])
    return file(
        ITEMS,
        tag("message", "m", name="m", itemRef=message_item),
        one(tag(kind, "x", spec, messageRef="m")),
    )


def event_data(item: str) -> bytes:
    data = tag("dataOutput", "d", itemSubjectRef=item) + tag(
        "outputSet", "os", "<dataOutputRefs>d</dataOutputRefs>"
    )
    catch = event("intermediateCatchEvent", "x", data, ON_MESSAGE)
    return file(ITEMS, tag("message", "m", name="m", itemRef="i1"), one(catch))


TWO_INPUTS = io(IN + tag("dataInput", "dj"), in_set=IN_SET + "<dataInputRefs>dj</dataInputRefs>")
TRANSACTION = sub(
    tag("startEvent", "us"),
    event("endEvent", "ue", on("cancel")),
    path("us", "ue"),
    kind="transaction",
)


# rule → (a model that breaks it, one that keeps it)
PAIRS: dict[str, tuple[bytes, bytes]] = {
    "id-missing": (file(process(S, E, path("s", "e"), "<task/>")), GOOD),
    "id-duplicate": (file(line(A, A, ids="a")), GOOD),
    "reference-dangling": (file(one(tag("receiveTask", "x", messageRef="nowhere"))), GOOD),
    "reference-kind": (
        file(MESSAGE, SIGNAL, one(tag("receiveTask", "x", messageRef="sig"))),
        file(MESSAGE, SIGNAL, one(tag("receiveTask", "x", messageRef="m"))),
    ),
    "picture-dangling": (
        file(one(tag("task", "x")), PICTURE.format("gone")),
        file(one(tag("task", "x")), PICTURE.format("x")),
    ),
    "flow-crosses-scope": (
        file(one(sub(INNER), "u", extra=flow("us", "e"))),
        file(one(sub(INNER), "u")),
    ),
    "flow-into-start": (file(one(tag("task", "x"), extra=flow("x", "s"))), GOOD),
    "flow-out-of-end": (file(one(tag("task", "x"), extra=flow("e", "x"))), GOOD),
    "flow-event-subprocess": (
        file(one(sub(event("startEvent", "us", TIMER), tag("endEvent", "ue"), path("us", "ue"), triggeredByEvent="true"), "u")),
        HANDLER,
    ),
    "flow-condition-place": (
        file(process(S, A, E, flow("s", "a", "=v"), path("a", "e"))),
        file(fork(default="g_b")),
    ),
    "flow-condition-alone": (
        file(process(S, A, E, path("s", "a"), flow("a", "e", "=v"))),
        file(process(S, tag("task", "a", default="a_e"), B, E, path("s", "a"), flow("a", "b", "=v"), path("a", "e"), path("b", "e"))),
    ),
    "default-foreign": (file(fork(default="s_g")), file(fork(default="g_b"))),
    "default-conditional": (file(fork(default="g_a")), file(fork(default="g_b"))),
    "default-alone": (file(one(tag("task", "x", default="x_e"))), file(fork(default="g_b"))),
    "event-unconnected": (
        file(SIGNAL, process(A, event("intermediateThrowEvent", "x", ON_SIGNAL), path("a", "x"))),
        file(SIGNAL, process(A, event("intermediateThrowEvent", "x", ON_SIGNAL), B, path("a", "x", "b"))),
    ),
    "default-beside": (
        file(process(S, tag("task", "x", default="x_e"), A, B, E, path("s", "x", "e"), flow("x", "a", "=v"), flow("x", "b"), path("a", "e"), path("b", "e"))),
        file(process(S, tag("task", "x", default="x_e"), A, B, E, path("s", "x", "e"), flow("x", "a", "=v"), flow("x", "b", "=w"), path("a", "e"), path("b", "e"))),
    ),
    "flow-lists": (
        file(one(tag("task", "x", "<outgoing>s_x</outgoing>"))),
        file(one(tag("task", "x", "<incoming>s_x</incoming>", "<outgoing>x_e</outgoing>"))),
    ),
    "flow-unlisted": (
        file(one(tag("task", "x", "<incoming>s_x</incoming>"))),
        file(one(tag("task", "x", "<incoming>s_x</incoming>", "<outgoing>x_e</outgoing>"))),
    ),
    "flow-doubled": (file(one(tag("task", "x"), extra=flow("x", "e", id="again"))), GOOD),
    "node-without-incoming": (file(one(tag("task", "x"), extra=A + path("a", "e"))), GOOD),
    "node-without-outgoing": (file(one(tag("task", "x"), extra=A + path("x", "a"))), GOOD),
    "gateway-direction": (
        file(fork(gatewayDirection="Converging")),
        file(fork(gatewayDirection="Diverging")),
    ),
    "gateway-pointless": (file(one(gate("exclusive", "x"))), file(fork(default="g_b"))),
    "event-gateway-few": (race(CATCH_MESSAGE, ids="c1"), RACE),
    "event-gateway-target": (race(CATCH_MESSAGE, tag("task", "c2")), RACE),
    "event-gateway-mixed": (
        race(CATCH_MESSAGE, tag("receiveTask", "c2", messageRef="m")),
        race(tag("receiveTask", "c1", messageRef="m"), CATCH_TIMER),
    ),
    "event-gateway-target-shared": (
        race(CATCH_MESSAGE, CATCH_TIMER, more=A + path("s", "a", "c2")),
        RACE,
    ),
    "event-gateway-receive-boundary": (
        race(
            tag("receiveTask", "c1", messageRef="m"), CATCH_TIMER,
            more=boundary(TIMER, on="c1") + path("b", "e"),
        ),
        race(tag("receiveTask", "c1", messageRef="m"), CATCH_TIMER),
    ),
    "event-gateway-instantiate": (
        race(CATCH_MESSAGE, CATCH_TIMER, gateway=gate("eventBased", instantiate="true")),
        RACE,
    ),
    "event-gateway-parallel": (
        race(CATCH_MESSAGE, CATCH_TIMER, gateway=gate("eventBased", eventGatewayType="Parallel")),
        RACE,
    ),
    "start-trigger": (
        file(ERROR, process(event("startEvent", "s", ON_ERROR), E, path("s", "e"))),
        file(MESSAGE, process(event("startEvent", "s", ON_MESSAGE), E, path("s", "e"))),
    ),
    "subprocess-start-trigger": (
        file(one(sub(event("startEvent", "us", TIMER), tag("endEvent", "ue"), path("us", "ue")), "u")),
        file(one(sub(INNER), "u")),
    ),
    "event-subprocess-start": (
        handler(
            event("startEvent", "hs", TIMER) + event("startEvent", "ht", TIMER) + path("ht", "he")
        ),
        HANDLER,
    ),
    "event-subprocess-trigger": (handler(event("startEvent", "hs")), HANDLER),
    "start-interrupting": (
        handler(event("startEvent", "hs", ON_ERROR, isInterrupting="false")),
        handler(event("startEvent", "hs", ON_ERROR)),
    ),
    "start-not-interrupting-place": (
        file(process(event("startEvent", "s", isInterrupting="false"), E, path("s", "e"))),
        handler(event("startEvent", "hs", TIMER, isInterrupting="false")),
    ),
    "end-result": (
        file(process(S, event("endEvent", "e", TIMER), path("s", "e"))),
        file(process(S, event("endEvent", "e", on("terminate")), path("s", "e"))),
    ),
    "cancel-end-place": (
        file(process(S, event("endEvent", "e", on("cancel")), path("s", "e"))),
        file(one(TRANSACTION, "u", extra=boundary(on("cancel"), on="u") + path("b", "e"))),
    ),
    "catch-trigger": (
        file(ERROR, one(event("intermediateCatchEvent", "x", ON_ERROR))),
        file(MESSAGE, one(event("intermediateCatchEvent", "x", ON_MESSAGE))),
    ),
    "catch-empty": (
        file(one(event("intermediateCatchEvent", "x"))),
        file(one(event("intermediateCatchEvent", "x", TIMER))),
    ),
    "throw-result": (
        file(ERROR, one(event("intermediateThrowEvent", "x", ON_ERROR))),
        file(SIGNAL, one(event("intermediateThrowEvent", "x", ON_SIGNAL))),
    ),
    "parallel-multiple": (
        file(one(event("intermediateCatchEvent", "x", TIMER, parallelMultiple="true"))),
        file(MESSAGE, one(event("intermediateCatchEvent", "x", TIMER, ON_MESSAGE, parallelMultiple="true"))),
    ),
    "timer-several": (
        file(one(event("intermediateCatchEvent", "x", TIMER.replace("</timerEventDefinition>", "<timeDate xsi:type='tFormalExpression'>2026-01-01</timeDate></timerEventDefinition>")))),
        file(one(event("intermediateCatchEvent", "x", TIMER))),
    ),
    "definition-not-root": (
        file(MESSAGE, process(event("startEvent", "s", "<eventDefinitionRef>ed</eventDefinitionRef>"), event("endEvent", "e", '<messageEventDefinition id="ed" messageRef="m"/>'), path("s", "e"))),
        file(MESSAGE, '<messageEventDefinition id="ed" messageRef="m"/>', process(event("startEvent", "s", "<eventDefinitionRef>ed</eventDefinitionRef>"), E, path("s", "e"))),
    ),
    "start-missing": (file(process(A, E, path("a", "e"))), GOOD),
    "end-missing": (file(process(S, A, path("s", "a"))), GOOD),
    "boundary-detached": (
        file(one(tag("task", "x"), extra=tag("boundaryEvent", "b", TIMER) + path("b", "e"))),
        GUARDED,
    ),
    "boundary-scope": (
        file(one(sub(INNER, A, path("us", "a", "ue")), "u", extra=boundary(TIMER, on="a") + path("b", "e"))),
        GUARDED,
    ),
    "boundary-host": (
        handler(event("startEvent", "hs", TIMER), host=boundary(TIMER, on="h") + path("b", "e")),
        GUARDED,
    ),
    "boundary-incoming": (
        file(one(tag("task", "x"), extra=boundary(TIMER) + path("b", "e") + path("x", "b"))),
        GUARDED,
    ),
    "boundary-trigger": (guarded(on("terminate")), guarded(ON_MESSAGE)),
    "boundary-cancel-host": (guarded(on("cancel")), guarded(on("cancel"), "transaction")),
    "boundary-interrupting": (guarded(ON_ERROR, cancelActivity="false"), guarded(ON_ERROR)),
    "message-flow-same-pool": (
        pools(message_flow("x", "a"), left=tag("task", "x") + A + path("s", "a", "e")),
        POOLS,
    ),
    "message-flow-end": (
        pools(message_flow("g", "qt"), left=tag("task", "x") + gate("parallel") + path("x", "g", "e")),
        POOLS,
    ),
    "message-flow-plain-event": (
        pools(message_flow("e", "qt")),
        pools(message_flow("t", "qt"), left=tag("task", "x") + event("endEvent", "t", ON_MESSAGE) + path("x", "t")),
    ),
    "message-flow-task-side": (
        pools(message_flow("x", "qt"), left=tag("receiveTask", "x", messageRef="m")),
        pools(message_flow("x", "qt"), left=tag("sendTask", "x", messageRef="m")),
    ),
    "message-flow-poolless": (
        file(tag("collaboration", "k", message_flow("x", "qt")), one(tag("task", "x")), process(tag("startEvent", "qs"), tag("task", "qt"), tag("endEvent", "qe"), path("qs", "qt", "qe"), id="q")),
        POOLS,
    ),
    "pool-multiplicity": (
        pools("", extra='<participantMultiplicity minimum="3" maximum="2"/>'),
        pools("", extra='<participantMultiplicity minimum="1" maximum="2"/>'),
    ),
    "pool-shared-process": (
        file(tag("collaboration", "k", tag("participant", "p1", processRef="p"), tag("participant", "p2", processRef="p")), one(tag("task", "x"))),
        POOLS,
    ),
    "task-message-operation": (
        file(MESSAGE, OTHER, OPERATION, one(tag("sendTask", "x", messageRef="m2", operationRef="op"))),
        file(MESSAGE, OTHER, OPERATION, one(tag("sendTask", "x", messageRef="m", operationRef="op"))),
    ),
    "loops-both": (
        file(one(tag("task", "x", "<standardLoopCharacteristics loopMaximum='2'/>", tag("multiInstanceLoopCharacteristics", "mi", CARDINALITY)))),
        REPEATED,
    ),
    "instances-count": (repeated(), REPEATED),
    "instances-both": (
        repeated(CARDINALITY, "<loopDataInputRef>di</loopDataInputRef>", data=io(tag("dataInput", "di", isCollection="true"), in_set=IN_SET)),
        REPEATED,
    ),
    "instances-item": (repeated(CARDINALITY, tag("inputDataItem", "item")), REPEATED),
    "instances-collection": (
        repeated("<loopDataInputRef>di</loopDataInputRef>", data=io(IN, in_set=IN_SET)),
        repeated("<loopDataInputRef>di</loopDataInputRef>", data=io(tag("dataInput", "di", isCollection="true"), in_set=IN_SET)),
    ),
    "instances-own-data": (
        file(line(tag("task", "x", tag(MI, "mi", "<loopDataInputRef>di</loopDataInputRef>")), tag("task", "a", io(tag("dataInput", "di", isCollection="true"), in_set=IN_SET)), ids="x a")),
        repeated("<loopDataInputRef>di</loopDataInputRef>", data=io(tag("dataInput", "di", isCollection="true"), in_set=IN_SET)),
    ),
    "instances-behavior": (repeated(CARDINALITY, behavior="One"), REPEATED),
    "loop-maximum": (
        file(one(tag("task", "x", tag("standardLoopCharacteristics", "lo", loopMaximum="0")))),
        file(one(tag("task", "x", tag("standardLoopCharacteristics", "lo", loopMaximum="3")))),
    ),
    "token-quantity": (
        file(one(tag("task", "x", startQuantity="0"))),
        file(one(tag("task", "x", startQuantity="1"))),
    ),
    "ad-hoc-content": (
        file(one(sub(A, tag("startEvent", "us"), kind="adHocSubProcess"), "u")),
        file(one(sub(A, kind="adHocSubProcess"), "u")),
    ),
    "ad-hoc-empty": (
        file(one(sub(kind="adHocSubProcess"), "u")),
        file(one(sub(A, kind="adHocSubProcess"), "u")),
    ),
    "data-association-inside": (moving(MOVE.format("di", "do")), MOVING),
    "data-association-sources": (
        moving("<dataInputAssociation id='da'><targetRef>di</targetRef></dataInputAssociation>"),
        MOVING,
    ),
    "data-association-types": (
        moving(MOVE.format("do", "di"), ITEMS, objects=tag("dataObject", "do", itemSubjectRef="i1"), data=io(tag("dataInput", "di", itemSubjectRef="i2"), in_set=IN_SET)),
        MOVING,
    ),
    "data-out-of-reach": (
        moving(MOVE.format("do", "di"), objects=sub(INNER, OBJECT) + path("x", "u", "e")),
        MOVING,
    ),
    "data-process-edge": (
        file(process(tag("ioSpecification", "pio", tag("dataInput", "pdi"), tag("inputSet", "pis", "<dataInputRefs>pdi</dataInputRefs>"), tag("outputSet", "pos")), S, E, tag("task", "x", io(outputs=tag("dataOutput", "dou"), out_set="<dataOutputRefs>dou</dataOutputRefs>"), "<dataOutputAssociation id='da'><sourceRef>dou</sourceRef><targetRef>pdi</targetRef></dataOutputAssociation>"), path("s", "x", "e"))),
        MOVING,
    ),
    "data-collection": (
        file(ITEMS, one(tag("task", "x"), extra=tag("dataObject", "do", itemSubjectRef="many", isCollection="false"))),
        file(ITEMS, one(tag("task", "x"), extra=tag("dataObject", "do", itemSubjectRef="many", isCollection="true"))),
    ),
    "data-reference-typed": (
        file(ITEMS, one(tag("task", "x"), extra=OBJECT + tag("dataObjectReference", "dr", dataObjectRef="do", itemSubjectRef="i1"))),
        file(one(tag("task", "x"), extra=OBJECT + tag("dataObjectReference", "dr", dataObjectRef="do"))),
    ),
    "data-object-state": (
        file(one(tag("task", "x"), extra=tag("dataObject", "do", '<dataState name="new"/>'))),
        file(one(tag("task", "x"), extra=OBJECT + tag("dataObjectReference", "dr", '<dataState name="new"/>', dataObjectRef="do"))),
    ),
    "data-reference-empty": (
        file(one(tag("task", "x"), extra=tag("dataObjectReference", "dr"))),
        file(one(tag("task", "x"), extra=OBJECT + tag("dataObjectReference", "dr", dataObjectRef="do"))),
    ),
    "data-set-missing": (file(one(tag("task", "x", io(IN)))), file(one(tag("task", "x", io(IN, in_set=IN_SET))))),
    "data-set-foreign": (
        file(line(tag("task", "x", io(IN, in_set=IN_SET)), tag("task", "a", tag("ioSpecification", "io2", tag("inputSet", "is2", IN_SET), tag("outputSet", "os2"))), ids="x a")),
        file(one(tag("task", "x", io(IN, in_set=IN_SET)))),
    ),
    "data-set-subset": (
        file(one(tag("task", "x", io(IN + tag("dataInput", "dj"), in_set=IN_SET + "<optionalInputRefs>dj</optionalInputRefs>")))),
        file(one(tag("task", "x", io(IN, in_set=IN_SET + "<optionalInputRefs>di</optionalInputRefs>")))),
    ),
    "data-reference-circle": (
        file(one(tag("task", "x"), extra=tag("dataObjectReference", "dr", dataObjectRef="dr"))),
        file(one(tag("task", "x"), extra=OBJECT + tag("dataObjectReference", "dr", dataObjectRef="do"))),
    ),
    "script-format": (
        file(one(tag("scriptTask", "x", "<script>1</script>"))),
        file(one(tag("scriptTask", "x", "<script>1</script>", scriptFormat="feel"))),
    ),
    "receive-instantiate": (
        file(MESSAGE, line(A, received(instantiate="true", messageRef="m"), ids="a x")),
        file(MESSAGE, one(received(instantiate="true", messageRef="m"))),
    ),
    "message-data-type": (typed("sendTask", "i1", "i2"), typed("sendTask", "i1", "i1")),
    "message-event-data-type": (event_data("i2"), event_data("i1")),
    "task-data-count": (
        file(MESSAGE, one(tag("sendTask", "x", TWO_INPUTS, messageRef="m"))),
        file(MESSAGE, one(tag("sendTask", "x", io(IN, in_set=IN_SET), messageRef="m"))),
    ),
    "call-data": (file(calling(NO_INPUT)), file(calling(ONE_INPUT))),
    "resource-role": (
        file(RESOURCES, one(tag("task", "x", tag("performer", "pf", "<resourceRef>r1</resourceRef><resourceAssignmentExpression><formalExpression>x</formalExpression></resourceAssignmentExpression>")))),
        owned("rp1"),
    ),
    "resource-parameter": (owned("rp2"), owned("rp1")),
    "interface-binding": (supporting(""), supporting("<supportedInterfaceRef>if</supportedInterfaceRef>")),
    "process-public": (
        file(process(S, E, path("s", "e"), processType="Public")),
        file(process(S, E, path("s", "e"), processType="Private")),
    ),
    "extension-required": (
        file('<extension mustUnderstand="true" definition="t:x"/>', one(tag("task", "x"))),
        file('<extension definition="t:x"/>', one(tag("task", "x"))),
    ),
    "lane-foreign-node": (
        file(process(lanes(ref("us")), S, sub(INNER), E, path("s", "u", "e")), process(lanes(ref("s")).replace("ls", "ls2").replace("l0", "l9"), tag("startEvent", "qs"), tag("endEvent", "qe"), path("qs", "qe"), id="q")),
        file(process(lanes(ref("s") + ref("a"), ref("e")), S, A, E, path("s", "a", "e"))),
    ),
    "lane-node-twice": (
        file(process(lanes(ref("a"), ref("a")), S, A, E, path("s", "a", "e"))),
        file(process(lanes(ref("s") + ref("a"), ref("e")), S, A, E, path("s", "a", "e"))),
    ),
    "lane-place": (
        file(tag("collaboration", "k", lanes("")), one(tag("task", "x"))),
        file(process(lanes(ref("s") + ref("a"), ref("e")), S, A, E, path("s", "a", "e"))),
    ),
    "link-name": (links(" ", " "), LINKS),
    "link-unpaired": (links("go", "gone"), LINKS),
    "link-ambiguous": (
        links(extra=event("intermediateCatchEvent", "ld", on("link", name="go")) + path("ld", "e")),
        LINKS,
    ),
    "link-flow": (links(flows=path("lt", "e")), LINKS),
    "compensation-handler": (undoing(line_to=""), UNDOING),
    "compensation-unmarked": (undoing(marked="false", flows=path("undo", "e")), UNDOING),
    "compensation-handler-scope": (
        undoing(line_to="deep", more=sub(INNER, tag("task", "deep", isForCompensation="true")) + path("x", "u", "e")),
        UNDOING,
    ),
    "compensation-flow": (undoing(flows=path("x", "undo")), UNDOING),
    "compensation-orphan": (undoing(more=tag("task", "lost", isForCompensation="true")), UNDOING),
    "compensation-target": (throwing_compensation("a"), throwing_compensation("x")),
    "compensation-catch-target": (
        file(line(tag("task", "x"), A, ids="x a", extra=boundary(on("compensate", activityRef="a")) + tag("task", "undo", isForCompensation="true") + tag("association", "as", sourceRef="b", targetRef="undo"))),
        UNDOING,
    ),
    "correlation-key-empty": (correlated(key=tag("correlationKey", "key")), CORRELATED),
    "correlation-binding-missing": (correlated(), CORRELATED),
    "correlation-binding-foreign": (
        correlated("cp", "cq", roots=PROPERTY + PROPERTY.replace("cp", "cq")),
        CORRELATED,
    ),
    "correlation-retrieval-twice": (
        correlated("cp", roots=tag("correlationProperty", "cp", TAKEN, TAKEN)),
        CORRELATED,
    ),
    "choreography-in-process": (
        file(tag("collaboration", "k", PARTIES, tag("messageFlow", "mf", sourceRef="pa", targetRef="pb")), one(tag("choreographyTask", "x", talk("mf", "pa", "pb"), initiatingParticipantRef="pa"))),
        CHOREOGRAPHY,
    ),
    "choreography-content": (choreography(extra=C + path("ct", "c", "ce")), CHOREOGRAPHY),
    "choreography-event": (choreography(start=on("message")), CHOREOGRAPHY),
    "choreography-participants": (
        choreography(first="<participantRef>pa</participantRef><participantRef>pa</participantRef><messageFlowRef>mf</messageFlowRef>"),
        CHOREOGRAPHY,
    ),
    "choreography-initiator": (choreography(starter="pc"), CHOREOGRAPHY),
    "choreography-messages": (choreography(first=talk("mg", "pa", "pb")), CHOREOGRAPHY),
    "choreography-order": (
        choreography(first=talk("mf", "pa", "pc")),
        CHOREOGRAPHY,
    ),
    "conversation-participants": (conversation("<participantRef>pa</participantRef>"), CONVERSATION),
    "conversation-link": (conversation(BOTH, ("pa", "pb")), CONVERSATION),
    "conversation-global": (
        file(tag("globalConversation", "gc", PARTIES, tag("conversation", "cv", BOTH))),
        CONVERSATION,
    ),
    "participant-association": (
        conversation(BOTH, extra=tag("collaboration", "k2", tag("participant", "px"), tag("participant", "py"), tag("callConversation", "cc", "<participantRef>px</participantRef><participantRef>py</participantRef><participantAssociation id='pas'><innerParticipantRef>px</innerParticipantRef><outerParticipantRef>py</outerParticipantRef></participantAssociation>", calledCollaborationRef="k"))),
        conversation(BOTH, extra=tag("collaboration", "k2", tag("participant", "px"), tag("participant", "py"), tag("callConversation", "cc", "<participantRef>px</participantRef><participantRef>py</participantRef><participantAssociation id='pas'><innerParticipantRef>pa</innerParticipantRef><outerParticipantRef>py</outerParticipantRef></participantAssociation>", calledCollaborationRef="k"))),
    ),
    "handler-doubled": (
        guarded(ON_ERROR, more=boundary(ON_ERROR, id="b2") + path("b2", "e2")),
        guarded(ON_ERROR),
    ),
    "boundary-doubled": (undoing(more=boundary(on("compensate"), id="b2") + tag("association", "as2", sourceRef="b2", targetRef="undo")), UNDOING),
    "call-start": (
        file(MESSAGE, one(tag("callActivity", "x", calledElement="q")), process(event("startEvent", "qs", ON_MESSAGE), tag("endEvent", "qe"), path("qs", "qe"), id="q")),
        file(MESSAGE, one(tag("callActivity", "x", calledElement="q")), process(event("startEvent", "qs"), tag("endEvent", "qe"), path("qs", "qe"), id="q")),
    ),
    "resource-parameter-missing": (
        file(REQUIRED, one(tag("task", "x", tag("performer", "pf", "<resourceRef>r1</resourceRef>")))),
        owned("rp1", REQUIRED),
    ),
    "conversation-messages": (
        conversation(BOTH + "<messageFlowRef>mf</messageFlowRef>", flows=tag("messageFlow", "mf", sourceRef="pb", targetRef="pc")),
        conversation(BOTH + "<messageFlowRef>mf</messageFlowRef>", flows=tag("messageFlow", "mf", sourceRef="pa", targetRef="pb")),
    ),
    "choreography-first-message": (choreography(starter="pb"), CHOREOGRAPHY),
    "choreography-inner-participants": (inner_choreography("pa", "pc"), inner_choreography("pa", "pb")),
    "flow-immediate": (
        file(process(S, E, tag("sequenceFlow", "f", sourceRef="s", targetRef="e", isImmediate="false"))),
        file(process(S, E, tag("sequenceFlow", "f", sourceRef="s", targetRef="e", isImmediate="true"))),
    ),
    "picture-kind": (
        file(one(tag("task", "x")), PICTURE.format("s_x")),
        file(one(tag("task", "x")), PICTURE.format("x")),
    ),
    "data-set-pair": (
        file(one(tag("task", "x", io(IN, in_set=IN_SET + "<outputSetRefs>os</outputSetRefs>")))),
        file(one(tag("task", "x", io(IN, in_set=IN_SET + "<outputSetRefs>os</outputSetRefs>", out_set="<inputSetRefs>is</inputSetRefs>")))),
    ),
    "data-subprocess": (
        file(one(sub(io(IN, in_set=IN_SET), INNER), "u")),
        file(one(sub(INNER), "u")),
    ),
    "cancel-uncaught": (
        file(one(TRANSACTION, "u")),
        file(one(TRANSACTION, "u", extra=boundary(on("cancel"), on="u") + path("b", "e"))),
    ),
    "message-flow-message": (
        pools(tag("messageFlow", "mf", sourceRef="x", targetRef="qt", messageRef="m2"), left=tag("sendTask", "x", messageRef="m")),
        pools(tag("messageFlow", "mf", sourceRef="x", targetRef="qt", messageRef="m"), left=tag("sendTask", "x", messageRef="m")),
    ),
    "schema-order": (
        file(one(tag("task", "x", tag("property", "pr"), io(IN, in_set=IN_SET)))),
        file(one(tag("task", "x", io(IN, in_set=IN_SET), tag("property", "pr")))),
    ),
    "schema-unexpected-element": (file(one(tag("task", "x", "<timeDate>2026-01-01</timeDate>"))), GOOD),
    "schema-missing-element": (
        file(tag("interface", "if", name="if"), one(tag("task", "x"))),
        file(MESSAGE, OPERATION, one(tag("task", "x"))),
    ),
    "schema-missing-attribute": (
        file(process(S, E, '<sequenceFlow id="f" sourceRef="s"/>', path("s", "e"))),
        GOOD,
    ),
    "schema-unknown-attribute": (file(one(tag("task", "x", colour="red"))), GOOD),
    "schema-value": (file(fork(gatewayDirection="Sideways")), file(fork(default="g_b"))),
}  # fmt: skip
UNTESTABLE = {"schema-other"}  # for whatever the schema library may say in words not met yet


@pytest.mark.parametrize("rule", PAIRS)
def test_a_broken_model_is_told_which_constraint_it_breaks(rule: str) -> None:
    broken, _ = PAIRS[rule]

    assert rule in rules(broken, "standard")


@pytest.mark.parametrize("rule", PAIRS)
def test_a_model_that_keeps_the_constraint_is_left_alone(rule: str) -> None:
    _, kept = PAIRS[rule]

    findings = found(kept, "standard")

    assert [f.line("en") for f in findings if f.severity != "info"] == []


def test_every_rule_of_the_standard_group_has_its_pair() -> None:
    assert {rule.id for rule in rules_of("standard")} - UNTESTABLE == set(PAIRS)


def test_the_schema_is_held_against_files_with_prefixes_too() -> None:
    """An error's path is written with the file's own prefixes; it once could not be followed."""
    with_prefix = (
        b'<x:definitions xmlns:x="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" '
        b'targetNamespace="urn:test"><x:process id="p" colour="red"/></x:definitions>'
    )

    findings = found(with_prefix, "standard")

    assert [(f.rule, f.element) for f in findings] == [("schema-unknown-attribute", "p")]


def test_a_reference_does_not_reach_into_a_subprocess_for_its_data() -> None:
    reference = tag("dataObjectReference", "dr", dataObjectRef="do")

    outside = file(one(sub(INNER, OBJECT), "u", extra=reference))
    inside = file(one(sub(INNER, reference), "u", extra=OBJECT))

    assert "data-out-of-reach" in rules(outside, "standard")
    assert "data-out-of-reach" not in rules(inside, "standard")


def test_data_drawn_by_camunda_modeler_is_left_alone() -> None:
    """It gives an input a placeholder property, an output no source, and stores to several pools."""
    reads = MOVE.format("dr", "pr").replace("'da'", "'in'")
    writes = "<dataOutputAssociation id='out'><targetRef>ds</targetRef></dataOutputAssociation>"
    task = tag("task", "x", '<property id="pr" name="__targetRef_placeholder"/>', reads, writes)
    drawn = OBJECT + tag("dataObjectReference", "dr", dataObjectRef="do")
    other = process(
        tag("startEvent", "qs"), tag("endEvent", "qe"), tag("dataStoreReference", "ds"),
        path("qs", "qe"), id="q",
    )  # fmt: skip

    findings = found(file(one(task, extra=drawn), other), "standard")

    assert [f.line("en") for f in findings] == []
