"""Decisions of OMG DMN 1.1 to 1.6, evaluated with FEEL.

    model = dmn.parse("triage.dmn", content)
    result = dmn.evaluate([model], "triage", {"amount": 5}, environment)
    result.value, result.rules

Pure; uses `feel` and `ground` only. `reading` makes a model of a file, `modelset` several that
import each other; every cell is compiled when the file is read. `evaluation` works out a decision
and those it requires, and tells which rules matched, for the record; `tables` are the hit policies,
`boxed` the other expressions. `pieces` cuts each input along the values that cells name: to find
the rules of a large table, and its gaps, overlaps and rules that can never match. `explaining` lays
a decision open for whoever examines a case. `tck` runs the standard's conformance suite.
"""

from engine.dmn.evaluation import Result, evaluate
from engine.dmn.explaining import Explained, explain
from engine.dmn.findings import DecisionNotFound, DmnRejected
from engine.dmn.model import Decision, Model, Variables
from engine.dmn.modelset import load
from engine.dmn.pieces.coverage import check
from engine.dmn.reading import parse

__all__ = [
    "Decision",
    "DecisionNotFound",
    "DmnRejected",
    "Explained",
    "Model",
    "Result",
    "Variables",
    "check",
    "evaluate",
    "explain",
    "load",
    "parse",
]
