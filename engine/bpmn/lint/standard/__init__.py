"""The constraints of BPMN 2.0.2, family by family.

One file for each topic of the standard. The rules look at what is written (the tree), so they say
the same of a file whether or not this engine runs it. They are measured against an independent
suite of broken models.
"""

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
