"""Holes and overlaps of decision tables."""

from engine.dmn.model import Model
from engine.findings import Finding


def check(model: Model) -> list[Finding]:
    return list(model.findings)
