"""The built-in functions of DMN 1.5 (10.3.4), and a few of Camunda's that its editors offer.

One module for each family; `registry` declares a function with the names and types of its
parameters, from which calls by name, static checks and error texts follow. Functions get FEEL
values and give FEEL values, or null with a diagnostic; `patterns` bounds regular expressions.
"""

from engine.feel.builtins import contexts, conversion, dates, lists, numeric, ranges, strings
from engine.feel.builtins.registry import BUILTINS

__all__ = [
    "BUILTINS",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "numeric",
    "ranges",
    "strings",
]
