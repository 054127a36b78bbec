"""FEEL, the expression language of OMG DMN 1.5: safe, exact, bounded.

    e = feel.compile('amount > 2000000 and track = "C"')
    e.evaluate({"amount": 5, "track": "C"}, feel.Environment(now=clock.now()))
    feel.compile_unary_tests('"C", "G"').matches("C")

Rules
-----
* An expression reaches the variables, the built-in functions and the functions lent to it by name;
  nothing else of Python, no file, no network, and no clock but the `Environment`'s.
* Compiling may fail, with line, column and what was expected (`FeelSyntaxError`). Evaluating does
  not: what has no answer is null, with a `Diagnostic` that says why. What a lent function raises
  goes through to its owner.
* Every evaluation has a `Budget` of steps, text, calls and patterns; what exceeds it is null.
* Stands alone: of the engine it uses `ground` only.

Theory of operation
-------------------
::

    text -> tokens -> tree      grammar/      one regular expression; precedence climbing, no
                                              backtracking, at most 64 levels deep
    tree -> closures            compiling/    each construct a Python closure; nothing is generated
    tree -> types, problems     inference/    what can be said before it runs, for the deploy check
    closures + values -> value  values/, builtins/

Names may hold spaces, signs and keywords (`working days after`, `a-b`), so where a name ends
depends on the names known there: the longest known one wins, and words side by side that nothing
knows are one name. Names in back-ticks are always names.

Logic has three values: `and`, `or` and comparisons give null where something is not known, and a
condition holds only if it is true. Numbers are exact decimals of 34 digits; dates and durations are
the standard's, with zones. Values are plain Python data (`Decimal`, `str`, `bool`, `None`, `list`,
`dict` …). Variables come as JSON and are lifted when they are read; `to_json` and `from_json` go
between the two.

The language itself is in docs/reference/feel.md, whose examples are run by a test.
"""

from engine.feel.errors import Diagnostic, FeelSyntaxError, Problem
from engine.feel.expression import Expression, Slot, UnaryTests, compile_unary_tests, parse_slot
from engine.feel.expression import compile_expression as compile
from engine.feel.host import to_python
from engine.feel.inference.check import check, type_named
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
    "type_named",
]
