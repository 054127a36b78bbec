"""The process engine: deploys, runs, persists, waits, records and replays. Knows no complaint.

Inside are rooms, and imports only go down them: `ground` (text, errors, clock, exact JSON), `feel`
and `dmn` (expressions and decisions), `bpmn` (diagrams: reading, checking, running), `store` (the
database and the unit of work), `turn` (one change of one case), `verbs` (what can be asked),
`record` (what happened, proved), `background` (what runs by itself). `Engine` is the face over
them; the names below are all that a program outside needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.engine import Engine as Engine
    from engine.ground.actor import Actor as Actor
    from engine.ground.clock import SystemClock as SystemClock
    from engine.ground.clock import TravellingClock as TravellingClock
    from engine.ground.errors import DeploymentRejected as DeploymentRejected
    from engine.ground.errors import Refusal as Refusal
    from engine.verbs.jobs import BpmnError as BpmnError
    from engine.verbs.migration import MigrationPlan as MigrationPlan

_FACE = {
    "Actor": "engine.ground.actor",
    "BpmnError": "engine.verbs.jobs",
    "DeploymentRejected": "engine.ground.errors",
    "Engine": "engine.engine",
    "MigrationPlan": "engine.verbs.migration",
    "Refusal": "engine.ground.errors",
    "SystemClock": "engine.ground.clock",
    "TravellingClock": "engine.ground.clock",
}

__all__ = [
    "Actor",
    "BpmnError",
    "DeploymentRejected",
    "Engine",
    "MigrationPlan",
    "Refusal",
    "SystemClock",
    "TravellingClock",
]


def __getattr__(name: str) -> Any:
    # Loaded on use: reading a setting or a text should not load SQLAlchemy and SpiffWorkflow.
    if name not in _FACE:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)
