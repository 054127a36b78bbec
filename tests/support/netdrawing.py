"""Draws the nets of the token game as BPMN files."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from tests.support import drawing
from tests.support.tokengame import PARTS, ROUNDS, Maps, Net, Sum, trigger

ERROR = "refused"  # the business error of the jobs that have an event for it
ROOTS = {
    "escalation": (drawing.root_escalation, "esc"),
    "signal": (drawing.root_signal, "sig"),
    "error": (drawing.root_error, "err"),
}
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
    thrown = [pair for several in net.throws.values() for pair in several]
    for kind, event in (*thrown, *((kind, event) for event, kind in net.triggers.items())):
        if kind in ROOTS:
            root, prefix = ROOTS[kind]
            yield root(f"{prefix}_{event}")
    for name, inner in net.inner.items():
        if net.kinds[name] != "call":
            yield from _thrown(inner)


def _definition(net: Net, event: str) -> str:
    """What an event waits for."""
    kind = net.triggers.get(event, "message")
    if kind == "condition":
        return drawing.conditional(f"={net.conditions[event]} > 0")
    return _spelled(kind, event)


def _spelled(kind: str, event: str) -> str:
    spelled = {
        "message": lambda: drawing.message(f"msg_{event}"),
        "escalation": lambda: drawing.escalation(f"esc_{event}"),
        "signal": lambda: drawing.signal(f"sig_{event}"),
        "error": lambda: drawing.error(f"err_{event}"),
    }
    return spelled[kind]()


def _sum(what: Sum) -> str:
    name, more = what
    return f"={name} + {more}" if name else f"={more}"


def _mapped(shape: str, maps: Maps) -> str:
    """A shape with its mappings, beside the extensions that it has."""
    lines = "".join(
        f"<zeebe:{side} source={quoteattr(_sum(what))} target={quoteattr(target)}/>"
        for side, several in (("input", maps.inputs), ("output", maps.outputs))
        for target, what in several
    )
    mapping = f"<zeebe:ioMapping>{lines}</zeebe:ioMapping>"
    head, end, rest = shape.partition(">")
    opening = "<bpmn:extensionElements>"
    if rest.startswith(opening):
        return f"{head}{end}{opening}{mapping}{rest.removeprefix(opening)}"
    return f"{head}{end}{drawing.ext(mapping)}{rest}"


def _until_enough(net: Net, node: str, **attributes: str) -> str:
    """A task for each of a list, until its completion condition holds."""
    loop = drawing.each(f"={list(range(net.instances[node]))}", **attributes)
    _, said = net.enough[node]
    condition = f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(said)}'
    closing = "</bpmn:multiInstanceLoopCharacteristics>"
    condition += "</bpmn:completionCondition>"
    return drawing.marked(drawing.user(node), loop.replace(closing, f"{condition}{closing}"))


def _parts(node: str) -> list[str]:
    return [f"{node}_{part}" for part in range(1, PARTS + 1)]


def draw(net: Net) -> list[str]:
    """The net as parts of a process."""
    parts = []
    flows = {}
    for index, (source, target, guard) in enumerate(net.flows):
        if not source:
            continue  # it was there in an earlier version
        identifier = net.id_of(index)
        choice = net.kinds[source] == "xor" and len(net.out(source)) > 1
        last = choice and index == net.out(source)[-1]
        condition = f"={guard}" if guard and not last else ""
        flows[identifier] = drawing.flow(source, target, condition, id=identifier)
        if last:
            flows[f"default of {source}"] = identifier
    for node, kind in net.kinds.items():
        shape = _shape(net, node, kind, flows.get(f"default of {node}", ""))
        parts.append(_mapped(shape, net.maps[node]) if node in net.maps else shape)
    parts += [drawing.undone(task, undoer) for task, undoer in net.undone_by.items()]
    return parts + [flow for name, flow in flows.items() if not name.startswith("default")]


def _shape(net: Net, node: str, kind: str, default: str) -> str:
    message = _definition(net, node)
    timer = drawing.timer(f"P{net.days.get(node, 0)}D")
    several = "".join(drawing.message(f"msg_{part}") for part in _parts(node))
    thrown = "".join(_spelled(*pair) for pair in net.throws.get(node, ()))
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
        "throw": lambda: drawing.throw(node, thrown),
        "throws": lambda: drawing.end(node, thrown),
        "stop": lambda: drawing.end(node, drawing.TERMINATE),
        "some": lambda: _until_enough(net, node),
        "turns": lambda: _until_enough(net, node, isSequential="true"),
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
    start = _mapped(start, net.maps[first]) if first in net.maps else start
    others = [part for part in draw(inner) if not part.startswith("<bpmn:startEvent")]
    return drawing.sub(node, start, *others, event=True)
