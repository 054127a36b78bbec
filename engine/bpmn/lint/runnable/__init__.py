"""What this engine can run, and what an element must hold so that it runs.

One family a file: limits of size, constructs that are not supported, where a process may begin,
triggers, compensation, parts that are missing, references to forms and decisions, expressions,
extensions. Every rule here stands for something that would otherwise fail in a running case.
"""

from engine.bpmn.lint.registry import Family
from engine.bpmn.lint.runnable import (
    beginnings,
    bindings,
    camunda7,
    completeness,
    expressions,
    extensions,
    limits,
    naming,
    support,
    triggers,
    undoing,
    values,
    zeebe,
)

FAMILIES: list[Family] = [
    module.FAMILY
    for module in (
        limits, support, beginnings, triggers, undoing, completeness, bindings, expressions,
        extensions, values, naming, zeebe,
        camunda7,
    )
]  # fmt: skip
