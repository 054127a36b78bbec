"""Decisions of OMG DMN 1.1 to 1.5, evaluated with FEEL.

model = dmn.parse("triage.dmn", content)
result = dmn.evaluate([model], "triage", {"amount": 5}, environment)
result.value, result.rules
"""

from engine.dmn.coverage import check
from engine.dmn.evaluation import Result, evaluate
from engine.dmn.explaining import Explained, explain
from engine.dmn.findings import DecisionNotFound, DmnRejected
from engine.dmn.model import Decision, Model
from engine.dmn.modelset import load
from engine.dmn.reading import parse

__all__ = [
    "Decision",
    "DecisionNotFound",
    "DmnRejected",
    "Explained",
    "Model",
    "Result",
    "check",
    "evaluate",
    "explain",
    "load",
    "parse",
]
