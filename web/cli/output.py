"""How commands print: JSON for programs, aligned lines for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def json_option(function: Function) -> Function:
    """`--json`: the same facts for a program to read."""
    return click.option("--json", "as_json", is_flag=True, help="พิมพ์เป็น JSON / Print JSON.")(
        function
    )


def print_json(value: Any) -> None:
    """One JSON document on standard output, Thai readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they look: Thai vowels and tone marks above a letter take no room."""
    lines = [header, *rows]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = [
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    import unicodedata

    return sum(unicodedata.category(character) not in {"Mn", "Me", "Cf"} for character in text)


def is_terminal() -> bool:
    """Whether a person is watching; a progress bar is for nobody else."""
    return sys.stderr.isatty()
