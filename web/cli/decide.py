"""`samnuan decide`: try a decision of a DMN file on some variables, and see which rules matched."""

from __future__ import annotations

from pathlib import Path

import click

from engine import dmn, feel
from engine.feel.values.text_form import text_of
from engine.ground.canonical import dumps
from engine.ground.clock import SystemClock
from engine.ground.errors import Refusal
from engine.ground.text import Text
from web.cli import language, say
from web.cli.feel import explain, facts, read_variables, variables_option
from web.cli.output import json_option


class FileUnreadable(Refusal):
    """Cannot read {file}: {reason}"""

    thai = "อ่านแฟ้ม {file} ไม่ได้: {reason}"


class DecisionUnnamed(Refusal):
    """Say which decision with --decision: {names}"""

    thai = "โปรดระบุการตัดสินใจด้วย --decision: {names}"


RULES = Text("กฎที่ใช้ใน {decision}: {rules}", "Rules matched in {decision}: {rules}")
NONE = Text("ไม่มี", "none")


@click.command(
    help="""ลองตารางตัดสินใจ

    Evaluate a decision of the DMN FILES with the variables of a JSON file. The first file holds
    the decision; more are needed only if it imports them."""
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILES...",
)
@click.option("--decision", help="รหัสหรือชื่อของการตัดสินใจ / Id or name of the decision.")
@variables_option
@json_option
def command(
    files: tuple[Path, ...], decision: str | None, variables: Path | None, as_json: bool
) -> None:
    models = dmn.load({file.name: _read(file) for file in files})
    context = read_variables(variables)
    environment = feel.Environment(now=SystemClock().now())
    result = dmn.evaluate(models, decision or _only(models[0]), context, environment)
    if as_json:
        why = facts(result.diagnostics)
        value = feel.to_json(result.value)
        click.echo(dumps({"value": value, "rules": result.rules, "diagnostics": why}))
        return
    click.echo(text_of(result.value, inside=True))
    for each in result.rules:
        rules = ", ".join(each["rules"]) or NONE.of(language())
        say(RULES, decision=each["decision"], rules=rules)
    explain(result.diagnostics)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=file, reason=error.strerror) from error


def _only(model: dmn.Model) -> str:
    """The decision that no other requires, if there is only one."""
    required = {reference.id for each in model.decisions.values() for reference in each.requires}
    last = [id for id in model.decisions if id not in required]
    if len(last) != 1:
        raise DecisionUnnamed(names=", ".join(model.decisions))
    return last[0]
