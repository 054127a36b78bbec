"""`samnuan explain`: a diagram told in words, element by element."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine.bpmn.lint.explain import Explanation, explain
from web.cli import language
from web.cli.output import json_option, print_json


@click.command(help="อธิบายแผนภาพเป็นถ้อยคำ / Tell a diagram in words.")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE…",
)
@json_option
def command(files: Sequence[Path], as_json: bool) -> None:
    explanations = explain({path.name: path.read_bytes() for path in files})
    if as_json:
        print_json([_facts(explanation) for explanation in explanations])
        return
    for explanation in explanations:
        _print(explanation)


def _facts(explanation: Explanation) -> dict[str, Any]:
    return {
        "file": explanation.file,
        "process": explanation.process,
        "element": explanation.element,
        "kind": {"th": explanation.kind.th, "en": explanation.kind.en},
        "name": {"th": explanation.name.th, "en": explanation.name.en},
        "sentences": [{"th": told.th, "en": told.en} for told in explanation.sentences],
    }


def _print(explanation: Explanation) -> None:
    speech = language()
    name = explanation.name.of(speech) or explanation.name.th or explanation.element
    click.echo(
        f"{click.style(name, bold=True)}  ({explanation.kind.of(speech)}, {explanation.element})"
    )
    for sentence in explanation.sentences:
        click.echo(f"    {sentence.of(speech)}")
    click.echo()
