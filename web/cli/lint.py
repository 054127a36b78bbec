"""`samnuan lint`: what the deploy gate would say about these files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

import forms
from engine import dmn
from engine.bpmn import lint
from engine.bpmn.lint.soundness import MOST_PATHS, paths
from engine.bpmn.reading import dialect, source
from engine.bpmn.rule import SourceRejected
from engine.ground.findings import Finding, has_errors
from engine.ground.text import Text
from engine.turn.definitions import form_names
from engine.verbs.gate import Gate
from web.cli import language, say
from web.cli.output import json_option, print_json

ENDINGS = (".bpmn", ".dmn", ".form")
EXECUTABLE = re.compile(rb"""isExecutable\s*=\s*["'](?:true|1)["']""")
SEVERITIES = {
    "error": Text("ติดตั้งไม่ได้", "error"),
    "warning": Text("คำเตือน", "warning"),
    "info": Text("ข้อสังเกต", "info"),
}
NOTHING = Text(
    "ตรวจได้เฉพาะแฟ้ม .bpmn .dmn .form {names}",
    "Only .bpmn, .dmn and .form files are checked {names}",
)
PATHS = Text("ทางทั้งหมดของ {process}: {count} ทาง", "Paths of {process}: {count}")
CUT = Text("แสดง {most} ทางแรก", "Only the first {most} are shown")
SUM = Text(
    "ติดตั้งไม่ได้ {error} คำเตือน {warning} ข้อสังเกต {info}",
    "{error} errors, {warning} warnings, {info} remarks",
)


@click.command(help="ตรวจแผนภาพ ตาราง และแบบฟอร์ม / Check diagrams, tables and forms.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…"
)
@click.option(
    "--ruleset",
    "rulesets",
    multiple=True,
    type=click.Choice(lint.ALL),
    help="กลุ่มกติกา / Only these groups of rules.",
)
@click.option("--paths", "with_paths", is_flag=True, help="พิมพ์ทุกทาง / Print every path to an end.")
@json_option
def command(
    files: Sequence[Path], rulesets: Sequence[str], with_paths: bool, as_json: bool
) -> None:
    contents = _read(files)
    findings = _findings(contents, rulesets or lint.ALL)
    routes = _paths(contents) if with_paths and not _is_unreadable(findings) else {}
    if as_json:
        facts: dict[str, Any] = {"findings": [finding.to_json() for finding in findings]}
        print_json({**facts, "paths": routes} if with_paths else facts)
    else:
        _print(findings, routes)
    raise SystemExit(1 if has_errors(findings) else 0)


def _read(given: Iterable[Path]) -> dict[str, bytes]:
    """The files, and those in the folders, that were given."""
    found: dict[str, bytes] = {}
    for path in given:
        inside = (
            sorted(p for p in path.rglob("*") if p.suffix in ENDINGS) if path.is_dir() else [path]
        )
        found.update({part.name: part.read_bytes() for part in inside})
    unknown = [name for name in found if not name.endswith(ENDINGS)]
    if unknown or not found:
        raise click.UsageError(NOTHING.of(language()).format(names=", ".join(unknown)))
    return found


def _findings(contents: dict[str, bytes], rulesets: Sequence[str]) -> list[Finding]:
    kinds = {name.rpartition(".")[2] for name in contents}
    gate = _gate(contents, kinds)
    # A diagram alone may refer to what is elsewhere; beside its tables and forms it may not.
    findings: list[Finding] = []
    for name, content in contents.items():
        if name.endswith(".form"):
            findings += forms.check(name, content)
    models = _decisions(contents, gate, findings)
    findings += lint.lint(
        contents,
        known_forms=set(form_names(contents)) if "form" in kinds else None,
        known_decisions={id for m in models for id in m.decisions} if "dmn" in kinds else None,
        known_functions=set(gate.functions) or None,
        known_variables=gate.variables_in(contents),
        rulesets=rulesets,
    )
    return findings


def _gate(contents: dict[str, bytes], kinds: set[str]) -> Gate:
    """The lists of names that a deployment checks by; a picture that never runs needs none."""
    if kinds == {"bpmn"} and not any(EXECUTABLE.search(each) for each in contents.values()):
        return Gate()
    from office.deadlines.deadlines import FUNCTIONS
    from office.guideline.expression_names import variables_of

    return Gate(functions=FUNCTIONS, variables=variables_of if "form" in kinds else None)


def _decisions(contents: dict[str, bytes], gate: Gate, findings: list[Finding]) -> list[dmn.Model]:
    """The decision models that can be read; what is wrong with any is added to the findings."""
    readable: dict[str, bytes] = {}
    for name, content in contents.items():
        if name.endswith(".dmn"):
            try:
                dmn.parse(name, content, strict=False)
                readable[name] = content
            except dmn.DmnRejected as rejected:
                findings += rejected.findings
    asked = gate.asked_with(contents)
    models = dmn.load(readable, functions=gate.functions, variables=asked, strict=False)
    findings += [finding for model in models for finding in dmn.check(model)]
    return models


def _is_unreadable(findings: list[Finding]) -> bool:
    return any(finding.rule.startswith("source-") for finding in findings)


def _paths(contents: dict[str, bytes]) -> dict[str, list[list[str]]]:
    routes: dict[str, list[list[str]]] = {}
    for name, content in contents.items():
        if not name.endswith(".bpmn"):
            continue
        try:
            model = dialect.read(name, source.read(name, content))
        except SourceRejected:
            continue
        for process in model.processes.values():
            if process.executable:
                routes[process.id] = list(paths(process))
    return routes


def _print(findings: list[Finding], routes: dict[str, list[list[str]]]) -> None:
    for finding in findings:
        severity = SEVERITIES[finding.severity].of(language())
        click.echo(f"{severity}  {finding.line(language())}")
    for process, found in routes.items():
        say(PATHS, process=process, count=len(found))
        if len(found) == MOST_PATHS:
            say(CUT, most=MOST_PATHS)
        for number, path in enumerate(found, 1):
            click.echo(f"{number:>5}  {' → '.join(path)}")
    counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "info")}
    say(SUM, **counts)
