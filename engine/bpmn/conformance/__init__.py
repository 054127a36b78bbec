"""Whether what was recorded of a case is what its diagram allows, and where the two part.

Pure, like all of `bpmn`. `rules` tells where tokens may stand and what moves them; `alignment`
finds the least that must have gone wrong: which recorded steps fit the diagram, and which were
skipped, doubled, out of order or foreign. The office puts that into words.
"""

from engine.bpmn.conformance.alignment import Move, Observed, align

__all__ = ["Move", "Observed", "align"]
