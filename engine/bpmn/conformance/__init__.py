"""Whether what was recorded of a case is what its diagram allows, and where the two part."""

from engine.bpmn.conformance.alignment import Move, Observed, align

__all__ = ["Move", "Observed", "align"]
