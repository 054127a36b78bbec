"""Every line of docs/reference/bpmn.md: it runs and enters exactly the elements that BPMN prescribes, saved and
dropped and loaded at every step, or its deployment is refused by the rule that the page names."""

# ruff: noqa: E501 - a model is understood at a glance when each of its parts stands on one line

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from engine import Engine
from engine.bpmn.lint import lint
from engine.bpmn.lint.constructs import CONSTRUCTS, PAGE, page
from engine.ground.clock import TravellingClock
from tests.support.cases import Play
from tests.support.drawing import (
    CANCEL,
    TERMINATE,
    boundary,
    catch,
    compensate,
    conditional,
    diagram,
    each,
    el,
    end,
    error,
    escalation,
    ext,
    flow,
    gateway,
    link,
    marked,
    message,
    path,
    root_error,
    root_escalation,
    root_message,
    root_signal,
    script,
    signal,
    standard_loop,
    start,
    sub,
    throw,
    timer,
    undone,
    user,
)

Act = Callable[[Play], object]


@dataclass(frozen=True)
class Model:
    """A drawing, what is done with it, and the elements that are entered by then."""

    file: bytes
    acts: tuple[Act, ...]
    entered: str  # names, each as often as it is entered
    starts_at: str = ""
    started_by: Callable[[Engine], object] | None = None
    more: tuple[bytes, ...] = ()
    variables: tuple[tuple[str, object], ...] = ()


def do(element: str, **variables: object) -> Act:
    return lambda play: play.do(element, **variables)


def tell(name: str, **variables: object) -> Act:
    return lambda play: play.engine.correlate(name, "case-1", variables)


def shout(name: str) -> Act:
    return lambda play: play.engine.broadcast(name)


def wait(days: int) -> Act:
    def act(play: Play) -> None:
        assert isinstance(play.engine.clock, TravellingClock)
        play.engine.clock.advance(days=days)
        play.engine.run_due()

    return act


def opened(*tasks: str) -> Act:
    def act(play: Play) -> None:
        assert play.open() == sorted(tasks)

    return act


def roots() -> str:
    return "".join(
        (
            root_message("m"),
            root_message("m2"),
            root_signal("sig"),
            root_error("err"),
            root_escalation("late"),
        )
    )


def drawing(*parts: str, more: str = "") -> bytes:
    return diagram(*parts, roots=roots() + more)


def handled(trigger: str, *acts: Act, interrupting: bool = True, **variables: object) -> Model:
    """A case with an event subprocess; its task is `h`, the case's own is `a`."""
    flag = "true" if interrupting else "false"
    file = drawing(
        start(),
        user("a"),
        end(),
        path("start", "a", "end"),
        sub(
            "handler",
            start("hs", trigger, isInterrupting=flag),
            user("h"),
            end("he"),
            path("hs", "h", "he"),
            event=True,
        ),
    )
    entered = "start a handler hs h he" + ("" if interrupting else " end")
    return Model(file, acts, entered, variables=tuple(variables.items()))


def thrown(definition: str, guard: str, entered: str, *acts: Act, after: str = "end") -> Model:
    """A subprocess that ends with what its boundary event `b` catches; task `r` repairs."""
    inner = sub("u", start("us"), user("a"), end("ue", definition), path("us", "a", "ue"))
    file = drawing(
        start(),
        inner,
        end(),
        boundary("b", "u", guard),
        user("r"),
        end("e2"),
        path("start", "u", "end") + path("b", "r", "e2"),
    )
    return Model(file, acts, entered)


def stepwise(*parts: str, acts: tuple[Act, ...], entered: str, **facts: object) -> Model:
    return Model(drawing(*parts), acts, entered, variables=tuple(facts.items()))


def undoing(definition: str, *acts: Act, entered: str, end_event: bool = False) -> Model:
    """Two activities that can be undone, done one after the other, then a compensation."""
    ask = end("undo", definition) if end_event else throw("undo", definition)
    ways = path("start", "a", "b", "c", "undo") + ("" if end_event else path("undo", "end"))
    file = drawing(
        start(),
        user("a"),
        user("b"),
        user("c"),
        ask,
        "" if end_event else end(),
        ways,
        marked(user("un_a"), isForCompensation="true"),
        marked(user("un_b"), isForCompensation="true"),
        undone("a", "un_a"),
        undone("b", "un_b"),
    )
    return Model(file, acts, entered)


def inside_out(*inner: str) -> bytes:
    """A subprocess whose only activity can be undone, and a compensation behind it."""
    return drawing(
        start(),
        sub(
            "u",
            start("us"),
            user("a"),
            end("ue"),
            path("us", "a", "ue"),
            marked(user("un_a"), isForCompensation="true"),
            undone("a", "un_a"),
            *inner,
        ),
        user("b"),
        throw("undo", compensate("u")),
        end(),
        path("start", "u", "b", "undo", "end"),
    )


UNDOING_U = sub(
    "uh", start("uhs", compensate()), user("h"), end("uhe"), path("uhs", "h", "uhe"), event=True
)

TRANSACTION = drawing(
    start(),
    el(
        "transaction",
        "t",
        "".join(
            (
                start("ts"),
                user("pay"),
                gateway("parallel", "fork"),
                user("check"),
                user("other"),
                gateway("exclusive", "ok", default="fine"),
                end("no", CANCEL),
                end("yes"),
                end("te"),
                path("ts", "pay", "fork", "check", "ok"),
                path("fork", "other", "te"),
                flow("ok", "no", "=bad"),
                flow("ok", "yes", id="fine"),
                marked(user("refund"), isForCompensation="true"),
                undone("pay", "refund"),
            )
        ),
    ),
    boundary("cancelled", "t", CANCEL),
    user("sorry"),
    end(),
    end("e2"),
    path("start", "t", "end"),
    path("cancelled", "sorry", "e2"),
)


def caught(*definitions: str, parallel: bool = False) -> str:
    event = catch("x", "".join(definitions))
    return marked(event, parallelMultiple="true") if parallel else event


def guarded(*definitions: str, parallel: bool = False) -> bytes:
    event = boundary("x", "a", "".join(definitions))
    return drawing(
        start(),
        user("a"),
        marked(event, parallelMultiple="true") if parallel else event,
        user("r"),
        end(),
        end("e2"),
        path("start", "a", "end"),
        path("x", "r", "e2"),
    )


def around(inner: str) -> bytes:
    return drawing(start(), inner, end(), path("start", "x", "end"))


def again(kind: str) -> bytes:
    """A parallel or inclusive block inside of a loop."""
    fork = "fork"
    second = flow("fork", "b", "=true") if kind == "inclusive" else path("fork", "b")
    first = flow("fork", "a", "=true") if kind == "inclusive" else path("fork", "a")
    return drawing(
        start(),
        gateway("exclusive", "again"),
        gateway(kind, fork),
        user("a"),
        user("b"),
        gateway(kind, "join"),
        user("more"),
        gateway("exclusive", "enough", default="stop"),
        end(),
        path("start", "again", "fork"),
        first,
        second,
        path("a", "join"),
        path("b", "join", "more", "enough"),
        flow("enough", "again", "=go"),
        flow("enough", "end", id="stop"),
    )


def blocks(count: int) -> bytes:
    parts, ways, before = [start()], [], "start"
    for n in range(count):
        parts += [gateway("parallel", f"f{n}"), script(f"a{n}", "=1", f"x{n}")]
        parts += [script(f"b{n}", "=1", f"y{n}"), gateway("parallel", f"j{n}")]
        ways += [path(before, f"f{n}", f"a{n}", f"j{n}"), path(f"f{n}", f"b{n}", f"j{n}")]
        before = f"j{n}"
    return drawing(*parts, user("a"), end(), *ways, path(before, "a", "end"))


TWO_STARTS = drawing(
    start("one"),
    start("two"),
    user("a"),
    user("b"),
    end(),
    path("one", "a", "end"),
    path("two", "b", "end"),
)
LINE = path("start", "a", "end")
ERROR_SHARED = '<bpmn:errorEventDefinition id="shared" errorRef="err"/>'

RUN: dict[str, Model] = {
    "handler-error": Model(
        drawing(
            start(),
            user("a"),
            end("broken", error("err")),
            path("start", "a", "broken"),
            sub("handler", start("hs", error("err")), user("h"), end("he"), path("hs", "h", "he"), event=True),
        ),
        (do("a"), opened("h"), do("h")),
        "start a broken handler hs h he",
    ),
    "handler-escalation": Model(
        drawing(
            start(),
            user("a"),
            throw("up", escalation("late")),
            user("b"),
            end(),
            path("start", "a", "up", "b", "end"),
            sub(
                "handler",
                start("hs", escalation("late"), isInterrupting="false"),
                user("h"),
                end("he"),
                path("hs", "h", "he"),
                event=True,
            ),
        ),
        (do("a"), opened("b", "h"), do("h"), do("b")),
        "start a up b end handler hs h he",
    ),
    "handler-signal": handled(signal("sig"), shout("sig"), opened("a", "h"), do("h"), do("a"), interrupting=False),
    "handler-message": handled(message("m"), tell("m"), opened("h"), do("h")),
    "handler-timer": handled(timer("P3D"), wait(3), opened("h"), do("h")),
    "handler-conditional": Model(
        drawing(
            start(),
            gateway("parallel", "fork"),
            user("a"),
            user("b"),
            end(),
            end("e2"),
            path("start", "fork", "a", "end") + path("fork", "b", "e2"),
            sub(
                "handler",
                start("hs", conditional("=amount > 100")),
                user("h"),
                end("he"),
                path("hs", "h", "he"),
                event=True,
            ),
        ),
        (opened("a", "b"), do("a", amount=200), opened("h"), do("h")),
        "start fork a b end handler hs h he",
    ),
    "handler-compensation": Model(
        inside_out(UNDOING_U),
        (do("a"), do("b"), opened("h"), do("h")),
        "start u us a ue b undo uh uhs h uhe end",
    ),
    "end-message": stepwise(
        start(), gateway("parallel", "fork"), user("a"), end("told", message("m")), catch("x", message("m")),
        user("b"), end(), path("start", "fork", "a", "told"), path("fork", "x", "b", "end"),
        acts=(do("a"), opened("b"), do("b")), entered="start fork a told x b end",
    ),
    "end-signal": stepwise(
        start(), gateway("parallel", "fork"), user("a"), end("told", signal("sig")), catch("x", signal("sig")),
        user("b"), end(), path("start", "fork", "a", "told"), path("fork", "x", "b", "end"),
        acts=(do("a"), opened("b"), do("b")), entered="start fork a told x b end",
    ),
    "end-error": thrown(error("err"), error("err"), "start u us a ue b r e2", do("a"), opened("r"), do("r")),
    "end-escalation": thrown(
        escalation("late"), escalation("late"), "start u us a ue b r e2", do("a"), opened("r"), do("r")
    ),
    "end-terminate": stepwise(
        start(), gateway("parallel", "fork"), user("a"), user("b"), end("stop", TERMINATE), end(),
        path("start", "fork", "a", "stop"), path("fork", "b", "end"),
        acts=(do("a"),), entered="start fork a b stop",
    ),
    "end-compensation": undoing(
        compensate(), do("a"), do("b"), do("c"), opened("un_b"), do("un_b"), opened("un_a"), do("un_a"),
        entered="start a b c undo undo_b un_b undo_a un_a", end_event=True,
    ),
    "end-cancel": Model(
        TRANSACTION,
        (do("pay"), opened("check", "other"), do("check", bad=True), opened("refund"), do("refund"), opened("sorry"), do("sorry")),
        "start t ts pay fork check other ok no undo_pay refund cancelled sorry e2",
    ),
    "transaction": Model(
        TRANSACTION,
        (do("pay"), do("check", bad=False), do("other")),
        "start t ts pay fork check other ok yes te end",
    ),
    "compensation-throw": undoing(
        compensate(), do("a"), do("b"), do("c"), opened("un_b"), do("un_b"), opened("un_a"), do("un_a"),
        entered="start a b c undo undo_b un_b undo_a un_a end",
    ),
    "compensation-activity": undoing(
        compensate("a"), do("a"), do("b"), do("c"), opened("un_a"), do("un_a"),
        entered="start a b c undo undo_a un_a end",
    ),
    "compensation-nested": Model(
        inside_out(), (do("a"), do("b"), opened("un_a"), do("un_a")), "start u us a ue b undo undo_a un_a end"
    ),
    "link": stepwise(
        start(), throw("jump", link("A", "l1")), catch("land", link("A", "l2")), user("a"), end(),
        path("start", "jump"), path("land", "a", "end"), acts=(do("a"),), entered="start jump land a end",
    ),
    "conditional-flows": stepwise(
        start(), marked(user("a"), default="d"), user("b"), user("c"), user("x"), end(), path("start", "a"),
        flow("a", "b", "=n > 1"), flow("a", "c", "=n > 2"), flow("a", "x", id="d"),
        path("b", "end"), path("c", "end"), path("x", "end"),
        acts=(do("a", n=3), opened("b", "c"), do("b"), do("c")), entered="start a b c end end",
    ),
    "several-flows": stepwise(
        start(), user("a"), user("b"), user("c"), end(), path("start", "a", "b", "end"), path("a", "c", "end"),
        acts=(do("a"), opened("b", "c"), do("c"), do("b")), entered="start a b c end end",
    ),
    "implicit-merge": stepwise(
        start(), gateway("parallel", "fork"), user("a"), user("b"), script("x", "=1", "seen"), end(),
        path("start", "fork", "a", "x", "end"), path("fork", "b", "x"),
        acts=(do("a"), do("b")), entered="start fork a b x x end end",
    ),
    "event-definition-ref": Model(
        drawing(
            start(), sub("u", start("us"), user("a"), end("ue", "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>"), path("us", "a", "ue")),
            end(), boundary("b", "u", "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>"), user("r"), end("e2"),
            path("start", "u", "end"), path("b", "r", "e2"), more=ERROR_SHARED,
        ),
        (do("a"), opened("r"), do("r")),
        "start u us a ue b r e2",
    ),
    "instances-parallel": Model(
        around(marked(user("x"), each("=[1, 2, 3]"))), (opened("x", "x", "x"), do("x"), do("x"), do("x")), "start x x x end"
    ),
    "instances-sequential": Model(
        around(marked(user("x"), each("=[1, 2, 3]", isSequential="true"))),
        (opened("x"), do("x"), opened("x"), do("x"), do("x")),
        "start x x x end",
    ),
    "instances-error": stepwise(
        start(),
        marked(sub("x", start("us"), user("a"), end("ue", error("err")), path("us", "a", "ue")), each("=[1, 2]")),
        boundary("b", "x", error("err")), user("r"), end(), end("e2"), path("start", "x", "end"), path("b", "r", "e2"),
        acts=(opened("a", "a"), do("a"), opened("r"), do("r")), entered="start x x us us a a ue b r e2",
    ),
    "loop-after": Model(
        around(marked(user("x"), standard_loop("=more"))),
        (do("x", more=True), opened("x"), do("x", more=True), do("x", more=False)),
        "start x x x end",
        variables=(("more", False),),
    ),
    "loop-before": stepwise(
        start(), marked(script("x", "=n + 1", "n"), standard_loop("=n < 5", testBefore="true", loopMaximum="3")),
        marked(script("y", "=0", "n"), standard_loop("=n > 100", testBefore="true")), user("a"), end(),
        path("start", "x", "y", "a", "end"), acts=(do("a"),), entered="start x x x a end", n=1,
    ),
    "multiple-catch": stepwise(
        start(), caught(message("m"), timer("P1D")), user("a"), end(), path("start", "x", "a", "end"),
        acts=(wait(1), opened("a"), do("a")), entered="start x a end",
    ),
    "multiple-boundary": Model(
        guarded(message("m"), timer("P1D"), signal("sig")), (shout("sig"), opened("r"), do("r")), "start a x r e2"
    ),
    "multiple-start": Model(
        drawing(start("begin", message("m") + signal("sig")), user("a"), end(), path("begin", "a", "end")),
        (do("a"),), "begin a end", started_by=lambda engine: engine.broadcast("sig", {"case_id": "case-1"}),
    ),
    "multiple-throw": stepwise(
        start(), gateway("parallel", "fork"), user("a"), throw("x", message("m") + signal("sig")), end(),
        catch("one", message("m")), catch("two", signal("sig")), end("e1"), end("e2"),
        path("start", "fork", "a", "x", "end"), path("fork", "one", "e1"), path("fork", "two", "e2"),
        acts=(do("a"),), entered="start fork a x end one two e1 e2",
    ),
    "parallel-multiple-catch": stepwise(
        start(), caught(message("m"), timer("P1D"), parallel=True), user("a"), end(), path("start", "x", "a", "end"),
        acts=(tell("m", got=1), opened(), wait(1), opened("a"), do("a")), entered="start x a end",
    ),
    "parallel-multiple-boundary": Model(
        guarded(message("m"), signal("sig"), parallel=True),
        (tell("m", got=1), opened("a"), shout("sig"), opened("r"), do("r")),
        "start a x r e2",
    ),
    "conditional-catch": stepwise(
        start(), gateway("parallel", "fork"), user("a"), catch("x", conditional("=amount > 100")), user("b"), end(),
        path("start", "fork", "x", "b", "end"), path("fork", "a", "end"),
        acts=(opened("a"), do("a", amount=200), opened("b"), do("b")), entered="start fork a x b end end",
    ),
    "conditional-boundary": stepwise(
        start(), gateway("parallel", "fork"), user("a"), marked(user("x"), standard_loop("=true", loopMaximum="3")),
        boundary("b", "a", conditional("=high"), interrupting=False), user("n"), end(), end("e2"),
        path("start", "fork", "a", "end"), path("fork", "x", "end"), path("b", "n", "e2"),
        acts=(
            do("x", high=True), opened("a", "n", "x"), do("x", high=False), do("x", high=True),
            opened("a", "n", "n"), do("n"), do("n"), do("a"),
        ),
        entered="start fork a x x x b b n n e2 e2 end end", high=False,
    ),
    "data-store": stepwise(
        start(), user("a"), end(), LINE, '<bpmn:dataObject id="do"/><bpmn:dataStoreReference id="ds"/>',
        acts=(do("a"),), entered="start a end",
    ),
    "property": stepwise(
        '<bpmn:property id="pr" name="x"/>', start(), user("a"), end(), LINE, acts=(do("a"),), entered="start a end"
    ),
    "timers-race": stepwise(
        start(), gateway("eventBased", "g"), catch("soon", timer("P1D")), catch("slow", timer("P9D")), user("a"),
        user("b"), end(), path("start", "g", "soon", "a", "end"), path("g", "slow", "b", "end"),
        acts=(wait(1), opened("a"), wait(30), opened("a"), do("a")), entered="start g soon slow a end",
    ),
    "several-starts": Model(TWO_STARTS, (opened("b"), do("b")), "two b end", starts_at="two"),
    "start-beside": Model(
        drawing(start(), start("came", message("m")), user("a"), user("b"), end(), path("start", "a", "end"), path("came", "b", "end")),
        (opened("b"), do("b")), "came b end",
        started_by=lambda engine: engine.correlate("m", "case-1", {"case_id": "case-1"}),
    ),
    "start-signal": Model(
        drawing(start("heard", signal("sig")), user("a"), end(), path("heard", "a", "end")),
        (do("a"),), "heard a end", started_by=lambda engine: engine.broadcast("sig", {"case_id": "case-1"}),
    ),
    "start-implicit": stepwise(
        user("a"), user("b"), script("x", "=1", "seen"), path("a", "x"),
        acts=(opened("a", "b"), do("a"), do("b")), entered="a b x",
    ),
    "xor-overlap": stepwise(
        start(), gateway("exclusive", "g", default="d"), user("b"), user("a"), user("c"), end(), path("start", "g"),
        flow("g", "b", "=n > 1"), flow("g", "a", "=n > 0"), flow("g", "c", id="d"),
        path("b", "end"), path("a", "end"), path("c", "end"),
        acts=(opened("b"), do("b")), entered="start g b end", n=5,
    ),
    "inclusive-loop": Model(
        again("inclusive"),
        (do("b"), do("a"), do("more", go=True), do("a"), do("b"), do("more", go=False)),
        "start again again fork fork a a b b join join more more enough enough end",
    ),
    "parallel-loop": Model(
        again("parallel"),
        (do("b"), do("a"), do("more", go=True), do("a"), do("b"), do("more", go=False)),
        "start again again fork fork a a b b join join more more enough enough end",
    ),
    "parallel-blocks": Model(
        blocks(14), (do("a"),), "start a end " + " ".join(f"f{n} a{n} b{n} j{n}" for n in range(14))
    ),
}  # fmt: skip


def refused_compensation(*more: str, event: str = compensate()) -> bytes:
    return drawing(
        start(), user("a"), throw("undo", event), end(), path("start", "a", "undo", "end"),
        marked(user("un_a"), isForCompensation="true"), undone("a", "un_a"), *more,
    )  # fmt: skip


COMPUTED = (
    '<bpmn:ioSpecification id="io"><bpmn:dataInput id="di"/><bpmn:inputSet id="is">'
    "<bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet id=\"os\"/>"
    '</bpmn:ioSpecification><bpmn:dataInputAssociation id="da"><bpmn:targetRef>di</bpmn:targetRef>'
    '<bpmn:transformation xsi:type="bpmn:tFormalExpression">1</bpmn:transformation>'
    "</bpmn:dataInputAssociation>"
)  # fmt: skip
LISTENER = ext(
    '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/></zeebe:executionListeners>'
)

REFUSED: dict[str, bytes] = {
    "end-link": drawing(start(), user("a"), end("end", link("A", "l")), LINE),
    "end-timer": drawing(start(), user("a"), end("end", timer("P1D")), LINE),
    "end-conditional": drawing(start(), user("a"), end("end", conditional("=x")), LINE),
    "compensation-no-wait": refused_compensation(event='<bpmn:compensateEventDefinition waitForCompletion="false"/>'),
    "compensation-beside": refused_compensation(
        sub("h", start("hs", message("m"), isInterrupting="false"), end("he", compensate()), path("hs", "he"), event=True)
    ),
    "cancel-nobody": drawing(
        start(), el("transaction", "t", start("ts") + user("a") + end("te", CANCEL) + path("ts", "a", "te")), end(),
        path("start", "t", "end"),
    ),
    "start-quantity": around(marked(user("x"), startQuantity="2")),
    "completion-quantity": around(marked(user("x"), completionQuantity="2")),
    "instances-behavior": around(marked(user("x"), each("=[1]", behavior="One", oneBehaviorEventRef="shared"))),
    "loop-endless": around(marked(user("x"), standard_loop())),
    "parallel-multiple-start": drawing(
        marked(start("begin", message("m") + signal("sig")), parallelMultiple="true"), user("a"), end(), path("begin", "a", "end")
    ),
    "parallel-multiple-beside": drawing(
        start(), user("a"), end(), LINE, user("r"), end("e2"), path("x", "r", "e2"),
        marked(boundary("x", "a", message("m") + signal("sig"), interrupting=False), parallelMultiple="true"),
    ),
    "conditional-start": drawing(start("begin", conditional("=x")), user("a"), end(), path("begin", "a", "end")),
    "conditional-moving": drawing(
        start(), catch("x", conditional("=today() > date(d)")), end(), path("start", "x", "end")
    ),
    "complex-gateway": around(gateway("complex", "x")),
    "ad-hoc": around(el("adHocSubProcess", "x", user("a"))),
    "implicit-throw": drawing(start(), user("a"), end(), LINE, el("implicitThrowEvent", "x", signal("sig"))),
    "data-moved": around(marked(user("x"), COMPUTED)),
    "subprocess-starts": around(sub("x", start("s1"), start("s2"), user("a"), end("ue"), path("s1", "a", "ue"), path("s2", "a"))),
    "instantiating-receive": drawing(
        el("receiveTask", "x", messageRef="m", instantiate="true"), end(), path("x", "end")
    ),
    "instantiating-gateway": drawing(
        el("eventBasedGateway", "g", instantiate="true"), catch("one", message("m")), catch("two", message("m2")),
        end(), path("g", "one", "end"), path("g", "two", "end"),
    ),
    "global-task": drawing(
        start(), el("callActivity", "x", calledElement="gt"), end(), path("start", "x", "end"), more=el("globalUserTask", "gt")
    ),
    "extension-listener": around(el("serviceTask", "x", LISTENER)),
    "script-language": around(el("scriptTask", "x", "<bpmn:script>1</bpmn:script>", scriptFormat="python")),
    "choreography-only": diagram(roots='<bpmn:choreography id="ch"/>').replace(b'isExecutable="true"', b""),
}  # fmt: skip


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    engine.close()


def test_every_line_of_the_page_has_its_model() -> None:
    assert set(RUN) == {construct.id for construct in CONSTRUCTS if not construct.refused}
    assert set(REFUSED) == {construct.id for construct in CONSTRUCTS if construct.refused}


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", RUN)
def test_it_enters_exactly_what_bpmn_prescribes(engine: Engine, name: str) -> None:
    model = RUN[name]
    play = Play(engine, model.file, *model.more)
    begin(play, model)

    for act in model.acts:
        play.forget()
        only_drawn(play)
        act(play)

    assert play.visits() == Counter(model.entered.split())
    assert play.ended
    play.check_record()


def begin(play: Play, model: Model) -> None:
    if model.started_by is None:
        play.start(**dict(model.variables), **({"at": model.starts_at} if model.starts_at else {}))
        return
    model.started_by(play.engine)
    (task,) = play.engine.tasks()
    play.id = task.instance_id


def only_drawn(play: Play) -> None:
    """The picture of the case names no element that a rewrite added."""
    assert not [place for place in play.marking() if "~" in place]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_the_rule_that_the_page_names(name: str) -> None:
    (construct,) = (c for c in CONSTRUCTS if c.id == name)

    findings = lint({"d.bpmn": REFUSED[name]}, known_functions=())

    (refusal, *_) = [f for f in findings if f.rule == construct.refused]
    assert refusal.severity == "error"
    assert refusal.text.th
    assert refusal.text.en


@pytest.mark.parametrize("construct", [c for c in CONSTRUCTS if c.remark], ids=lambda c: c.id)
def test_what_is_only_a_picture_is_told(construct) -> None:  # type: ignore[no-untyped-def]
    findings = lint({"d.bpmn": RUN[construct.id].file})

    assert construct.remark in {finding.rule for finding in findings}
