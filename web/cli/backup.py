"""`samnuan backup`: the database, the encrypted files and their hashes in one file."""

from __future__ import annotations

from pathlib import Path

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.opened import rehearsal_clock
from web.cli.output import json_option, print_json

MADE = Text(
    "สำรองข้อมูลแล้ว: {cases} เรื่อง {files} แฟ้มแนบ ใน {file}",
    "Backed up {cases} cases and {files} files into {file}",
)
NO_KEYS = Text(
    "กุญแจไม่อยู่ในแฟ้มนี้ โปรดสำรอง {keys} หรือค่า SAMNUAN_*_KEYS แยกไว้ต่างหาก ไม่มีกุญแจจะเปิดอ่านข้อมูลไม่ได้",
    "The keys are not in it: keep {keys} or the SAMNUAN_*_KEYS apart from it; without them nobody "
    "can read what is encrypted",
)


@click.command(
    help="""สำรองข้อมูลทั้งหมดลงแฟ้ม FILE ระหว่างที่ระบบทำงานอยู่ได้

    Write the database and the encrypted files into FILE, a tar archive, while the installation goes
    on working. PostgreSQL needs pg_dump."""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="รวมกุญแจด้วย / With the keys in it.")
@json_option
def command(file: Path, with_keys: bool, as_json: bool) -> None:
    from office.operations.backup import KEYS, make_backup, shown
    from web.settings import WebSettings

    settings = WebSettings.read()
    at = rehearsal_clock(is_demo=settings.demo).now()
    facts = shown(make_backup(settings, file, at=at, with_keys=with_keys))
    if as_json:
        print_json({"file": str(file), **facts})
        return
    say(MADE, **facts, file=file)
    if not with_keys:
        say(NO_KEYS, keys=settings.data_dir / KEYS)
