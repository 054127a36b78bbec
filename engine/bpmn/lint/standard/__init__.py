"""The constraints of BPMN 2.0.2, family by family."""

from engine.bpmn.lint.registry import Family
from engine.bpmn.lint.standard import (
    boundaries,
    choreographies,
    collaboration,
    compensation,
    correlation,
    data,
    events,
    flows,
    gateways,
    handlers,
    ids,
    lanes,
    loops,
    messages,
    tasks,
)

FAMILIES: list[Family] = [
    module.FAMILY
    for module in (
        ids, flows, gateways, events, boundaries, handlers, messages, loops, data, tasks, lanes,
        compensation, correlation, collaboration, choreographies,
    )
]  # fmt: skip
