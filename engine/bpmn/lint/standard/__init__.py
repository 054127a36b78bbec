"""The constraints of BPMN 2.0.2, family by family."""

from engine.bpmn.lint.registry import Family
from engine.bpmn.lint.standard import (
    boundaries,
    collaboration,
    compensation,
    correlation,
    data,
    events,
    flows,
    gateways,
    ids,
    lanes,
    loops,
    messages,
    tasks,
)

FAMILIES: list[Family] = [
    module.FAMILY
    for module in (
        ids, flows, gateways, events, boundaries, messages, loops, data, tasks, lanes,
        compensation, correlation, collaboration,
    )
]  # fmt: skip
