"""How each kind of flow node behaves, one module for each family."""

from engine.bpmn.specs.activities import (
    Activity,
    BusinessRuleTask,
    JobTask,
    MultiInstance,
    ScriptTask,
    SubprocessTask,
    UserTask,
)
from engine.bpmn.specs.events import BoundaryEvent, CatchEvent, ThrowEvent, catch_signal, raise_up
from engine.bpmn.specs.flownode import FlowNode, Way, holds, withdraw
from engine.bpmn.specs.gateways import (
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)

__all__ = [
    "Activity",
    "BoundaryEvent",
    "BusinessRuleTask",
    "CatchEvent",
    "EventBasedGateway",
    "ExclusiveGateway",
    "FlowNode",
    "InclusiveGateway",
    "JobTask",
    "MultiInstance",
    "ParallelGateway",
    "ScriptTask",
    "SubprocessTask",
    "ThrowEvent",
    "UserTask",
    "Way",
    "catch_signal",
    "holds",
    "raise_up",
    "withdraw",
]
