"""The names of BPMN in its files: namespaces, kinds of elements, and how to find them in a tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
# Engines of the same family read Camunda 7's extensions under names of their own.
CAMUNDA_LIKE = {
    CAMUNDA: "camunda",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
}
MODELER = "http://camunda.org/schema/modeler/1.0"

ACTIVITIES = frozenset(
    "task userTask manualTask serviceTask sendTask receiveTask scriptTask businessRuleTask "
    "callActivity subProcess adHocSubProcess transaction".split()
)
GATEWAYS = frozenset(
    "exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway".split()
)
EVENTS = frozenset(
    "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent".split()
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
SUBPROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})

# The two ways in which XML Schema writes each.
TRUE, FALSE = ("true", "1"), ("false", "0")


def q(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: Any, name: str) -> Iterator[Any]:
    return iter(element.findall(q(name)))


def text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext()).strip()
