"""Slips in the languages of expressions and decisions: `engine/feel`, `engine/dmn`."""

# ruff: noqa: E501 — what is written is quoted as it stands in its file

from __future__ import annotations

from tests.mutants.slip import Slip, Slips

LANGUAGE = "tests/feel/test_feel_language.py tests/feel/test_feel_edges.py"
TABLES = "tests/dmn/test_decision_tables.py tests/dmn/test_second_outputs.py"

SLIPS: Slips = {
    "engine/feel/compiling/logic.py": [
        Slip(
            '"<=": lambda sign: sign <= 0,',
            '"<=": lambda sign: sign < 0,',
            "whoever hands in on the very last day: `today <= date(last)` calls it late",
            LANGUAGE,
        ),
        Slip(
            "return value == literal if value.__class__ is class_ else otherwise(scope, value)",
            "return value == literal",
            "a complainant whose ticked box counts as one injured person: `injured = 1` on true",
            LANGUAGE,
        ),
        Slip(
            "        if value is True:\n            return then(scope)",
            "        if value:\n            return then(scope)",
            "a case that goes the strict way because a text stood where yes or no was meant",
            LANGUAGE,
        ),
        Slip(
            "            if value is not full:\n                odd(scope, value)",
            "            if value is None:\n                odd(scope, value)",
            "a process owner whose three conditions hold although the second is no condition",
            LANGUAGE,
        ),
    ],
    "engine/feel/values/values.py": [
        Slip(
            "        return left is right\n    ours",
            "        return None\n    ours",
            "the officer whose form asks for a reason only `if reason = null`: it never asks",
            LANGUAGE,
        ),
        Slip(
            "    return sign >= 0 if included else sign > 0",
            "    return sign >= 0",
            "a purchase of exactly 500,000 baht, judged by the rules of larger ones",
            LANGUAGE,
        ),
        Slip(
            "    if one is False or other is False:",
            "    if one is False:",
            "a case whose amount is unknown and date is outside: undecided instead of no",
            LANGUAGE,
        ),
    ],
    "engine/feel/values/temporal.py": [
        Slip(
            "min(date.day, days_in_month(year, month + 1))",
            "min(date.day, 30)",
            "whoever is due a month after 31 January: the day does not exist, so nothing is due",
            LANGUAGE,
        ),
    ],
    "engine/dmn/tables.py": [
        Slip(
            "for row in rows[1:]):",
            "for row in rows[2:]):",
            "a complainant judged by the first of two rules that contradict each other",
            TABLES,
        ),
        Slip(
            "            if difference:\n                return difference\n        return 0",
            "            return difference\n        return 0",
            "a grave case that ties in the first column: the second no longer decides",
            TABLES,
        ),
        Slip(
            "return next(places, len(column.values))",
            "return next(places, -1)",
            "a case ranked before all others because its value is in no list of values",
            TABLES,
        ),
        Slip(
            "    return [ordered[0][0]], ordered[0][1]",
            "    return hits[:1], ordered[0][1]",
            "the auditor who is shown another rule than the one that decided",
            TABLES,
        ),
        Slip(
            "    if all(column.default is None for column in table.outputs):",
            "    if any(column.default is None for column in table.outputs):",
            "a case no rule fits: the route has a default, the reason has none, both are lost",
            TABLES,
        ),
        Slip(
            "return hits, {name: aggregate(scope, [row[name] for row in rows]) for name in names}",
            "return hits, {name: aggregate(scope, [row[names[0]] for row in rows]) for name in names}",
            "a deadline made of the sums of two columns: both get the first one's",
            TABLES,
        ),
    ],
    "engine/dmn/declared.py": [
        Slip(
            "fits, then = converted(scope, _read(scope, value, type_), type_)",
            "fits, then = converted(scope, value, type_)",
            "every rule on a date: a process variable holds it as text, and no row fits",
            "tests/dmn/test_decision_tables.py tests/dmn/test_decision_logic.py",
        ),
    ],
}
