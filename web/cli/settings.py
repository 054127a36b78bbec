"""`samnuan settings`: every variable that can be set, what it is for, and its value now."""

from __future__ import annotations

import importlib
import os
from typing import Any

import click

from engine.ground.settings import Setting, all_settings, unknown_settings
from web.cli import language
from web.cli.output import json_option, print_json

# Settings are declared where they are used; to list them all, all those places are loaded.
DECLARING = (
    "engine.ground.settings",
    "office.ground.settings",
    "webhooks.settings",
    "web.settings",
)


@click.command(help="แสดงค่าที่ตั้งได้และค่าปัจจุบัน / List the settings and their values.")
@json_option
def command(as_json: bool) -> None:
    for module in DECLARING:
        importlib.import_module(module)
    unknown = unknown_settings(os.environ)
    if as_json:
        print_json({"settings": [_facts(known) for known in all_settings()], "unknown": unknown})
        return
    for known in all_settings():
        _print(known)
    for name in unknown:
        lead = "No such setting" if language() == "en" else "ไม่มีค่าชื่อนี้ในระบบ"
        click.echo(f"{lead}: {name}", err=True)


def _facts(known: Setting) -> dict[str, Any]:
    return {
        "name": known.name,
        "th": known.help.th,
        "en": known.help.en,
        "secret": known.secret,
        "required": known.required,
        "set": known.name in os.environ,
        "value": known.shown(os.environ),
    }


def _print(known: Setting) -> None:
    mark = "*" if known.name in os.environ else " "
    click.echo(f"{mark} {click.style(known.name, bold=True)}={known.shown(os.environ)}")
    click.echo(f"    {known.help.of(language())}")
