"""What a running workflow asks of the engine: expressions, decisions, time and a record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.bpmn.model import Node
from engine.bpmn.slots import Slot
from engine.ground.errors import EngineError
from engine.ground.text import Text

Data = dict[str, Any]

# Every command is recorded with the behaviour it ran under, so that a replay does what was done
# then. Commands of releases before there was such a number have none: they are 1.
THROWERS_END = 2  # who is interrupted by what it throws goes no further; migrations check joins
VALUES_CHECKED = 2  # a slot that gives a value of the wrong kind stops the step
CONDITIONS_AT_ONCE = 3  # conditions are looked at on entry and after every step, not only at rest
AS_WRITTEN = 3  # calls, mappings of events, counters and names in FEEL mean what they say
JUEL_MEANT = 3  # an expression in ${…} means what it means in Camunda 7
KEYS_NEEDED = 3  # a message whose key is null reaches nobody: the step stops
DECLARED_TYPES = 3  # a decision is not asked with a value that its table cannot read
TOKENS_COUNTED = 3  # the tokens that one act makes are limited, as its steps are
LOCALS_STAY = 4  # what is mapped in is seen by the outputs, and goes no further
OTHERS_KEPT = 4  # what other branches had found out stays when one of them ends all of its scope
SAME_AS_LOADED = 4  # variables stand in the same order whether a case was loaded in between or not
BEHAVIOUR = 4  # of this release


class StepFailed(EngineError):
    """The step {element!r} cannot be carried out: {reason}"""

    thai = "ขั้นตอน “{element}” ดำเนินการต่อไม่ได้: {reason}"
    instance_id: str | None = None  # of the running case in which it happened

    def __init__(self, *, element: str, reason: object) -> None:
        told = reason if isinstance(reason, Text) else Text(str(reason), str(reason))
        super().__init__(element=element, reason=told.en)
        self.reason = told
        self.text = Text(self.thai.format(element=element, reason=told.th), self.text.en)


class Host(Protocol):
    """The workflow's window on the world during one act."""

    now: datetime
    behaviour: int  # the one the act runs under: today's, or in a replay the recorded one

    @property
    def strict(self) -> bool:
        """Whether a slot must give what it is for; an older turn gave what it gave."""

    def evaluate(self, slot: Slot, data: Mapping[str, Any], node: Node) -> Any:
        """The JSON value of a slot's expression."""

    def decide(self, decision: str, data: Mapping[str, Any], node: Node) -> Any:
        """The JSON value of a decision; the rules that matched go into the record."""

    def record(self, type: str, node: Node, data: Mapping[str, Any] | None = None) -> None:
        """Write a history event, unless the node was inserted by a rewrite."""

    def task_opened(self, token: Any) -> None: ...
    def task_closed(self, token: Any, how: str) -> None: ...
    def wait_opened(self, token: Any) -> None: ...
    def wait_closed(self, token: Any) -> None: ...
    def job_opened(self, token: Any) -> None: ...
    def job_closed(self, token: Any) -> None: ...
    def message_thrown(self, name: str, key: str, node: Node) -> None: ...
    def signal_thrown(self, name: str, node: Node, data: Mapping[str, Any]) -> None: ...
