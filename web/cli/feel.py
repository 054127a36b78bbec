"""`samnuan feel`: try an expression on some variables, and see why it gives null."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine import feel
from engine.feel.values.text_form import text_of
from engine.ground.canonical import dumps, loads
from engine.ground.clock import SystemClock
from engine.ground.errors import Refusal
from web.cli import language
from web.cli.output import json_option


class VariablesUnreadable(Refusal):
    """{file} does not hold a JSON object of variables: {reason}"""

    thai = "แฟ้ม {file} ไม่ใช่วัตถุ JSON ของตัวแปร: {reason}"


variables_option = click.option(
    "--vars",
    "variables",
    type=click.Path(allow_dash=True, dir_okay=False, path_type=Path),
    help="แฟ้ม JSON ของตัวแปร (- อ่านจากแป้นพิมพ์) / JSON file of variables (- reads standard input).",
)


@click.command(
    help="""คำนวณนิพจน์ FEEL

    Evaluate EXPRESSION with the variables of a JSON file. Why a result is null is said on
    standard error."""
)
@click.argument("expression")
@variables_option
@json_option
def command(expression: str, variables: Path | None, as_json: bool) -> None:
    context = read_variables(variables)
    compiled = feel.compile(expression, context)
    why: list[feel.Diagnostic] = []
    value = compiled.evaluate(context, feel.Environment(now=SystemClock().now()), why)
    if as_json:
        click.echo(dumps({"value": feel.to_json(value), "diagnostics": facts(why)}))
        return
    click.echo(text_of(value, inside=True))
    explain(why)


def read_variables(path: Path | None) -> dict[str, Any]:
    """The variables of a file, numbers exact; none without a file.

    Raises:
        VariablesUnreadable: there is no such file, or it holds something else.
    """
    if path is None:
        return {}
    try:
        found = loads(sys.stdin.read() if str(path) == "-" else path.read_text("utf-8"))
    except OSError as error:
        raise VariablesUnreadable(file=path, reason=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise VariablesUnreadable(file=path, reason=error) from error
    if not isinstance(found, dict):
        raise VariablesUnreadable(file=path, reason="{…}")
    return found


def facts(diagnostics: Sequence[feel.Diagnostic]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "line": each.line,
            "column": each.column,
            "th": each.text.th,
            "en": each.text.en,
        }
        for each in diagnostics
    ]


def explain(diagnostics: Sequence[feel.Diagnostic]) -> None:
    for each in diagnostics:
        click.echo(f"{each.line}:{each.column}: {each.text.of(language())}", err=True)
