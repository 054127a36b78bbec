"""Where a case stands, as its complainant may be told: the step it is at, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.model import Node, Process, Scope
from engine.ground.text import Text
from engine.store.work import Work
from engine.verbs import queries
from office.deadlines.derivation import STAY
from office.deadlines.rows import OVERALL, STOOD, WHOLE
from office.ground.tables import Case

# A machine does these at once; nobody waits there.
SILENT = frozenset({"businessRuleTask", "scriptTask"})
END = Text("แจ้งผลและปิดเรื่อง", "the result is told and the case closed")


def where_it_stands(work: Work, case: Case) -> tuple[Text, Text]:
    """The step that waits and the step that comes after it if nothing unusual happens."""
    instance_id = str(case.instance_id)
    processes = queries.models(work, queries.definition_of(work, instance_id))
    main = next(iter(processes.values()))
    standing = queries.standing(work, instance_id)
    here = next((node for node in main.body.nodes.values() if node.id in standing), None)
    if here is None:
        return main.name, END
    inner = _called(processes, here, standing)
    following = next(_after(main, here.id), None)
    return plain_name((inner or here).name), END if following is None else plain_name(
        following.name
    )


def step_of(work: Work, definition_id: str, key: str) -> Node | None:
    """The step whose deadline has this key; of a wait for one of several events, the wait."""
    for process in queries.models(work, definition_id).values():
        for scope in process.body.scopes():
            for node in scope.nodes.values():
                if node.extensions.properties.get("sla") == key and node.name.th:
                    return _waiting(scope, node)
    return None


def deadline_name(work: Work, definition_id: str, key: str) -> Text:
    """How the diagram calls the step of a deadline; what no step is of has a name of its own."""
    step = step_of(work, definition_id, key)
    if step is not None:
        return plain_name(step.name)
    return {OVERALL: WHOLE, STAY: STOOD}.get(key, Text(key, key))


def _waiting(scope: Scope, node: Node) -> Node:
    before = [scope.nodes[flow.source] for flow in scope.incoming(node.id)]
    return next((each for each in before if each.tag == "eventBasedGateway"), node)


def _called(processes: Mapping[str, Process], caller: Node, standing: set[str]) -> Node | None:
    """The step inside the process that a call activity called."""
    called = processes.get(caller.extensions.called_process)
    inside = () if called is None else called.body.walk()
    return next((node for node in inside if node.id in standing), None)


def _after(process: Process, node_id: str) -> Iterator[Node]:
    """What follows by the usual way: at a gateway the one taken when no condition holds."""
    seen: set[str] = {node_id}
    while ways := process.body.outgoing(node_id):
        usual = process.body.nodes[node_id].default
        way = next((flow for flow in ways if flow.id == usual), ways[0])
        node_id = way.target
        node = process.body.nodes[node_id]
        if node_id in seen:
            return
        seen.add(node_id)
        if node.is_activity and node.tag not in SILENT:
            yield node


def plain_name(name: Text) -> Text:
    """A name of the diagram in one line; Thai needs no space where the drawing breaks it."""
    return Text(name.th.replace("\n", ""), name.en.replace("\n", " "))
