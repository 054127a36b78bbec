"""The built-in functions of DMN 1.5 (10.3.4), and a few of Camunda's that its editors offer."""

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
