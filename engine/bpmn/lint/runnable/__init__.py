"""What this engine can run, and what an element must hold so that it runs."""

from engine.bpmn.lint.registry import Family
from engine.bpmn.lint.runnable import (
    beginnings,
    bindings,
    completeness,
    expressions,
    extensions,
    limits,
    support,
    triggers,
    undoing,
    values,
)

FAMILIES: list[Family] = [
    module.FAMILY
    for module in (
        limits, support, beginnings, triggers, undoing, completeness, bindings, expressions,
        extensions, values,
    )
]  # fmt: skip
