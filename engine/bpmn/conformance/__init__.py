"""Whether what was recorded of a case is what its diagram allows, and where the two part."""

from engine.bpmn.conformance.alignment import Move, Observed, align
from engine.bpmn.conformance.rules import Rules

__all__ = ["Move", "Observed", "Rules", "align"]
