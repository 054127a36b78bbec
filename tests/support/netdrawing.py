"""Draws the nets of the token game as BPMN files."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support import drawing
from tests.support.tokengame import PARTS, ROUNDS, Net, trigger

ERROR = "refused"  # the business error of the jobs that have an event for it
TAGS = {"xor": "exclusive", "and": "parallel", "or": "inclusive", "race": "eventBased"}
EACH = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
    '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


def files(net: Net) -> list[bytes]:
    """The net as a BPMN file, and a file for each process that it calls."""
    return [drawing.diagram(*draw(net), roots=_roots(net)), *_called(net)]


def _called(net: Net) -> list[bytes]:
    found = []
    for name, inner in net.inner.items():
        if net.kinds[name] == "call":
            key = f"process_{name}"
            found.append(drawing.diagram(*draw(inner), id=key, roots=_roots(inner)))
        found += _called(inner)
    return found


def _roots(net: Net) -> str:
    return drawing.root_error(ERROR) + _messages(net) + "".join(sorted(set(_thrown(net))))


def _messages(net: Net) -> str:
    """Every event's own message, also of the subprocesses drawn inside."""
    own = [n for n, k in net.kinds.items() if k in ("catch", "instead", "beside")]
    own += [part for n, k in net.kinds.items() if k in ("any", "all") for part in _parts(n)]
    own += [trigger(net, handler) for handler in net.handlers]
    own = [name for name in own if name not in net.triggers]
    inside = [inner for name, inner in net.inner.items() if net.kinds[name] != "call"]
    return "".join(map(drawing.root_message, map("msg_{}".format, own))) + "".join(
        map(_messages, inside)
    )


def _thrown(net: Net) -> Iterator[str]:
    """The escalations and signals of a file: what is thrown in it and what is caught."""
    for kind, event in (*net.throws.values(), *((k, e) for e, k in net.triggers.items())):
        escalates = kind == "escalation"
        yield (
            drawing.root_escalation(f"esc_{event}")
            if escalates
            else drawing.root_signal(f"sig_{event}")
        )
    for name, inner in net.inner.items():
        if net.kinds[name] != "call":
            yield from _thrown(inner)


def _definition(net: Net, event: str) -> str:
    """What an event waits for."""
    return _spelled(net.triggers.get(event, "message"), event)


def _spelled(kind: str, event: str) -> str:
    if kind == "message":
        return drawing.message(f"msg_{event}")
    return (
        drawing.escalation(f"esc_{event}")
        if kind == "escalation"
        else drawing.signal(f"sig_{event}")
    )


def _parts(node: str) -> list[str]:
    return [f"{node}_{part}" for part in range(1, PARTS + 1)]


def draw(net: Net) -> list[str]:
    """The net as parts of a process."""
    parts = []
    flows = {}
    for index, (source, target, guard) in enumerate(net.flows):
        identifier = f"f_{source}_{index}"
        choice = net.kinds[source] == "xor" and len(net.out(source)) > 1
        last = choice and index == net.out(source)[-1]
        condition = f"={guard}" if guard and not last else ""
        flows[identifier] = drawing.flow(source, target, condition, id=identifier)
        if last:
            flows[f"default of {source}"] = identifier
    for node, kind in net.kinds.items():
        parts.append(_shape(net, node, kind, flows.get(f"default of {node}", "")))
    parts += [drawing.undone(task, undoer) for task, undoer in net.undone_by.items()]
    return parts + [flow for name, flow in flows.items() if not name.startswith("default")]


def _shape(net: Net, node: str, kind: str, default: str) -> str:
    message = _definition(net, node)
    timer = drawing.timer(f"P{net.days.get(node, 0)}D")
    several = "".join(drawing.message(f"msg_{part}") for part in _parts(node))
    undoes = {"isForCompensation": "true"} if node in net.undone_by.values() else {}
    shapes = {
        "start": lambda: drawing.start(node),
        "plain": lambda: drawing.marked(drawing.user(node), **undoes),
        "again": lambda: drawing.marked(
            drawing.user(node), drawing.standard_loop(loopMaximum=str(ROUNDS))
        ),
        "any": lambda: drawing.catch(node, several),
        "all": lambda: drawing.marked(drawing.catch(node, several), parallelMultiple="true"),
        "when": lambda: drawing.catch(node, drawing.conditional(f"={net.attached[node]} > 0")),
        "undo": lambda: drawing.throw(node, drawing.compensate()),
        "cancel": lambda: drawing.end(node, drawing.CANCEL),
        "cancelled": lambda: drawing.boundary(node, node.removesuffix("x"), drawing.CANCEL),
        "tx": lambda: drawing.el("transaction", node, "".join(draw(net.inner[node]))),
        "handler": lambda: _listening(net, node, interrupting=True),
        "aside": lambda: _listening(net, node, interrupting=False),
        "throw": lambda: drawing.throw(node, _spelled(*net.throws[node])),
        "end": lambda: drawing.end(node),
        "user": lambda: drawing.user(node),
        "each": lambda: drawing.user(node).replace("</bpmn:userTask>", f"{EACH}</bpmn:userTask>"),
        "count": lambda: drawing.script(node, f"=n_{node} + 1", f"n_{node}"),
        "sub": lambda: drawing.sub(node, *draw(net.inner[node])),
        "job": lambda: drawing.job(node, "work"),
        "failed": lambda: drawing.boundary(node, node.removesuffix("x"), drawing.error(ERROR)),
        "wait": lambda: drawing.catch(node, timer),
        "overdue": lambda: drawing.boundary(node, net.attached[node], timer),
        "remind": lambda: drawing.boundary(node, net.attached[node], timer, interrupting=False),
        "ask": lambda: drawing.script(node, "=ticket()", f"q_{node}"),
        "call": lambda: drawing.call(node, f"process_{node}"),
        "catch": lambda: drawing.catch(node, message),
        "instead": lambda: drawing.boundary(node, net.attached[node], message),
        "beside": lambda: drawing.boundary(node, net.attached[node], message, interrupting=False),
    }
    if kind in shapes:
        return shapes[kind]()
    return drawing.gateway(TAGS[kind], node, default)


def _listening(net: Net, node: str, *, interrupting: bool) -> str:
    """An event subprocess that a message starts, or what is thrown in its scope."""
    inner = net.inner[node]
    first = next(name for name, kind in inner.kinds.items() if kind == "start")
    flag = "true" if interrupting else "false"
    start = drawing.start(first, _definition(net, first), isInterrupting=flag)
    others = [part for part in draw(inner) if not part.startswith("<bpmn:startEvent")]
    return drawing.sub(node, start, *others, event=True)
