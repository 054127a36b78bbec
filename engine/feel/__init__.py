"""FEEL, the expression language of OMG DMN 1.5: safe, exact, bounded.

    e = feel.compile('amount > 2000000 and track = "C"')
    e.evaluate({"amount": 5, "track": "C"}, feel.Environment(now=clock.now()))
    feel.compile_unary_tests('"C", "G"').matches("C")

See docs/reference/feel.md for the language itself.
"""

from engine.feel.errors import Diagnostic, FeelSyntaxError, Problem
from engine.feel.expression import Expression, Slot, UnaryTests, compile_unary_tests, parse_slot
from engine.feel.expression import compile_expression as compile
from engine.feel.host import to_python
from engine.feel.inference.check import check
from engine.feel.values.jsonable import from_json, to_json
from engine.feel.values.scope import Budget, Environment

__all__ = [
    "Budget",
    "Diagnostic",
    "Environment",
    "Expression",
    "FeelSyntaxError",
    "Problem",
    "Slot",
    "UnaryTests",
    "check",
    "compile",
    "compile_unary_tests",
    "from_json",
    "parse_slot",
    "to_json",
    "to_python",
]
