"""How each kind of flow node behaves, one module for each family.

Each class subclasses a spec of SpiffWorkflow. Uses `tokens`, `host` and the model; knows nothing of
`execution`, which drives it. `flow_node` is the ground: a token arrives, works, leaves by the flows
whose condition holds. Gateways, events, activities, loops, several triggers and compensation build
on it.
"""

from engine.bpmn.running.specs.activities import (
    Activity,
    BusinessRuleTask,
    JobEnd,
    JobTask,
    MultiInstance,
    ScriptTask,
    SubprocessTask,
    UserTask,
)
from engine.bpmn.running.specs.compensation import CompensationEvent, Reopened
from engine.bpmn.running.specs.definitions import definition_of, happens, raise_up, spread
from engine.bpmn.running.specs.events import BoundaryEvent, CatchEvent, Passage, ThrowEvent
from engine.bpmn.running.specs.flow_node import FlowNode, Start, Way, drawn_name, name_of, withdraw
from engine.bpmn.running.specs.gateways import (
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    Join,
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
    "JobEnd",
    "JobTask",
    "Join",
    "MultiInstance",
    "MultipleCatch",
    "ParallelGateway",
    "Passage",
    "Reopened",
    "ScriptTask",
    "StandardLoop",
    "Start",
    "SubprocessTask",
    "ThrowEvent",
    "UserTask",
    "Way",
    "definition_of",
    "drawn_name",
    "happens",
    "name_of",
    "raise_up",
    "spread",
    "withdraw",
]
