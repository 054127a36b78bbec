"""The command line `samnuan`: a thin layer over the engine's and the office's verbs.

Each command lives in a module of its own, loaded when it is used, so that `samnuan lint` does not
wait for the web pages to load.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import IO, Any

import click

from engine.ground.errors import Refusal
from engine.ground.settings import ConsoleSettings, read_settings_file
from engine.ground.text import Text

COMMANDS = {
    "serve": Text("เปิดระบบให้ใช้ผ่านเว็บ", "Serve the product over HTTP"),
    "worker": Text("ทำงานเบื้องหลัง เช่น ตัวจับเวลาและการส่งจดหมาย", "Run timers, jobs and deliveries"),
    "settings": Text("แสดงค่าที่ตั้งได้และค่าปัจจุบัน", "List the settings and their values"),
    "users": Text("จัดการบัญชีผู้ใช้", "Manage accounts"),
    "clients": Text("จัดการสิทธิของระบบภายนอกที่ใช้ API", "Manage API clients and their tokens"),
    "hooks": Text("จัดการการรับส่งเหตุการณ์กับระบบภายนอก", "Manage webhooks in and out"),
    "lint": Text("ตรวจแผนภาพ ตาราง และแบบฟอร์ม", "Check diagrams, tables and forms"),
    "explain": Text("อธิบายแผนภาพเป็นถ้อยคำ", "Tell a diagram in words"),
    "feel": Text("คำนวณนิพจน์ FEEL", "Evaluate a FEEL expression"),
    "decide": Text("ลองตารางตัดสินใจ", "Evaluate a decision table"),
    "apps": Text("แสดงชุดแนวทางที่ติดตั้ง", "List the process applications"),
    "retire": Text("เลิกใช้ชุดแนวทาง", "Let no new case of an application begin"),
    "deploy": Text("ติดตั้งกระบวนงาน", "Deploy processes, tables and forms"),
    "start": Text("เริ่มกระบวนงานหรือยื่นเรื่องจากแฟ้ม", "Start a process, or file a complaint"),
    "tasks": Text("แสดงงานที่ค้างอยู่", "List open tasks"),
    "complete": Text("ทำงานให้เสร็จด้วยคำตอบจากแฟ้ม", "Complete a task with its answers"),
    "reassign": Text("มอบงานให้ผู้อื่นทำต่อ", "Hand open tasks over to somebody else"),
    "send": Text("ส่งข้อความให้เรื่องที่รออยู่", "Send a message to a waiting case"),
    "incidents": Text("แสดงเหตุขัดข้องและสั่งให้ลองใหม่", "Show what is stuck; try it again"),
    "run-due": Text("ทำสิ่งที่ถึงกำหนดแล้วหนึ่งรอบ", "Run what is due, once"),
    "history": Text("แสดงประวัติของเรื่อง", "Show what happened in a case"),
    "replay": Text("ทำซ้ำคำสั่งของเรื่องเพื่อพิสูจน์บันทึก", "Prove a case by running it again"),
    "verify": Text("ตรวจว่าบันทึกไม่ถูกแก้ไข", "Check that the record is as it was written"),
    "export": Text("ส่งออกข้อมูลให้โปรแกรมอื่น", "Write event logs for other programs"),
    "conformance": Text(
        "บอกว่าเรื่องต่างจากแผนภาพอย่างไร", "Tell where cases depart from their diagram"
    ),
    "sight": Text("บอกว่าใครเห็นอะไรของเรื่องเมื่อใด", "Prove who could see what of a case, and when"),
    "erase": Text("ลบตัวตนหรือเนื้อหาของเรื่อง", "Erase who is in a case or what it tells"),
    "hold": Text("ระงับการทำลายเรื่อง", "Keep a case from being erased"),
    "seal": Text("ประทับตราบันทึกทันที", "Sign the head of the record now"),
    "clock": Text("อธิบายกำหนดเวลาของเรื่อง", "Explain the deadlines of a case"),
    "calendar": Text("ดูและแก้ไขวันหยุด", "Show and change the holidays"),
    "backup": Text("สำรองข้อมูลทั้งหมด", "Back everything up into one file"),
    "restore": Text("กู้คืนข้อมูลสำรองและตรวจสอบ", "Bring a backup back, and check it"),
    "bench": Text("วัดความเร็วของเครื่องนี้", "Take the numbers of this machine"),
    "guideline": Text("พิมพ์แนวทางจากกระบวนงานที่ติดตั้ง", "Write the guideline from the deployed law"),
}


LANGUAGE = "samnuan.language"


def language() -> str:
    """The language of this run: the option, else the setting."""
    context = click.get_current_context(silent=True)
    chosen = context.find_root().meta.get(LANGUAGE) if context else None
    return str(chosen or os.environ.get("SAMNUAN_LANGUAGE") or "th")


def say(text: Text, **facts: object) -> None:
    click.echo(text.format(**facts).of(language()))


class Commands(click.Group):
    """Finds `samnuan run-due` in the module `web.cli.run_due`, attribute `command`."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [name for name in COMMANDS if _module_file(name).exists()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS or not _module_file(name).exists():
            return None
        module = importlib.import_module(f"web.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table above: no module is loaded to print it."""
        rows = [(name, COMMANDS[name].of(language())) for name in self.list_commands(context)]
        with formatter.section(Text("คำสั่ง", "Commands").of(language())):
            formatter.write_dl(rows)

    def invoke(self, context: click.Context) -> Any:
        """Run; an expected refusal is one line on standard error, and exit code 1."""
        try:
            return super().invoke(context)
        except Refusal as refusal:
            if os.environ.get("SAMNUAN_DEBUG", "") not in {"", "0"}:
                raise
            raise Refused(refusal) from refusal


class Refused(click.ClickException):
    """An expected refusal as the person reads it: one line, no traceback."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(" ".join(refusal.text.of(language()).split()))

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, err=True)


def _module_file(name: str) -> Path:
    return Path(__file__).with_name(name.replace("-", "_") + ".py")


def _load_settings(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Variables of the shell win over those of the file."""
    try:
        given = read_settings_file(path) if path is not None and path.exists() else {}
    except Refusal as refusal:
        raise Refused(refusal) from refusal
    for name, value in given.items():
        os.environ.setdefault(name, value)
    return path


def _choose_language(context: click.Context, _: click.Parameter, chosen: str | None) -> str | None:
    """Before everything else: `--help` that follows is printed in it."""
    context.meta[LANGUAGE] = chosen
    return chosen


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--settings",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="SAMNUAN_SETTINGS_FILE",
    callback=_load_settings,
    is_eager=True,
    help="แฟ้มค่าที่ตั้งไว้ / File of NAME=value settings.",
)
@click.option(
    "--lang",
    type=click.Choice(["th", "en"]),
    callback=_choose_language,
    is_eager=True,
    help="ภาษา / Language (SAMNUAN_LANGUAGE).",
)
@click.version_option(package_name="samnuan")
def main(settings: Path | None, lang: str | None) -> None:
    """สำนวน: ระบบงานเรื่องร้องเรียนที่ทำตามแผนภาพของเจ้าของกระบวนงาน

    Samnuan: handles complaints as the process owners' diagrams say.
    """
    if lang is None:
        ConsoleSettings.read()  # refuses a misspelt language by name
