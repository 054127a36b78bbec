"""How each kind of flow node behaves, one module for each family."""

from engine.bpmn.running.specs.activities import (
    Activity,
    BusinessRuleTask,
    JobTask,
    MultiInstance,
    ScriptTask,
    SubprocessTask,
    UserTask,
)
from engine.bpmn.running.specs.compensation import CompensationEvent, Reopened
from engine.bpmn.running.specs.events import (
    BoundaryEvent,
    CatchEvent,
    ThrowEvent,
    catch_signal,
    raise_up,
)
from engine.bpmn.running.specs.flow_node import FlowNode, Way, drawn_name, holds, name_of, withdraw
from engine.bpmn.running.specs.gateways import (
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from engine.bpmn.running.specs.loops import StandardLoop
from engine.bpmn.running.specs.multiple import CatchPart, MultipleCatch

__all__ = [
    "Activity",
    "BoundaryEvent",
    "BusinessRuleTask",
    "CatchEvent",
    "CatchPart",
    "CompensationEvent",
    "EventBasedGateway",
    "ExclusiveGateway",
    "FlowNode",
    "InclusiveGateway",
    "JobTask",
    "MultiInstance",
    "MultipleCatch",
    "ParallelGateway",
    "Reopened",
    "ScriptTask",
    "StandardLoop",
    "SubprocessTask",
    "ThrowEvent",
    "UserTask",
    "Way",
    "catch_signal",
    "drawn_name",
    "holds",
    "name_of",
    "raise_up",
    "withdraw",
]
