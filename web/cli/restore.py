"""`samnuan restore`: bring a backup back, and prove that all of it is there."""

from __future__ import annotations

from pathlib import Path

import click

from engine.text import Text
from web.cli import language, say
from web.cli.house import opened_office
from web.cli.output import json_option, print_json

RESTORED = Text(
    "กู้คืนแล้ว: {cases} เรื่อง {events} เหตุการณ์ {files} แฟ้มแนบ บันทึกครบถ้วน",
    "Restored: {cases} cases, {events} events, {files} files; the record is whole",
)
FAULT = Text("ไม่ครบถ้วน: {place}", "Not whole: {place}")


@click.command(
    help="""กู้คืนข้อมูลจากแฟ้มที่ samnuan backup ทำไว้ ต้องหยุดระบบก่อน

    Bring back what `samnuan backup` wrote into FILE. Stop every server and worker first. All hashes
    are checked before anything is touched, and the whole record afterwards. PostgreSQL needs
    pg_restore and psql."""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="แทนที่ข้อมูลที่มีอยู่ / Replace the records that are there.")
@click.option(
    "--keys/--no-keys",
    "with_keys",
    default=True,
    help="ใช้กุญแจในแฟ้ม / Take its keys if it has them.",
)
@json_option
def command(file: Path, force: bool, with_keys: bool, as_json: bool) -> None:
    from complaints.backup import check_restored, restore_backup, shown
    from web.settings import WebSettings

    manifest = restore_backup(WebSettings.read(), file, force=force, with_keys=with_keys)
    with opened_office() as office:
        with office.engine.read() as work:
            checked = check_restored(work, office.desk, manifest.rows)
        record = office.engine.verify()
    faults = checked.faults + [each.place for each in record.differences]
    found = {"cases": record.instances, "events": record.events, "files": checked.files}
    if as_json:
        print_json({"backup": shown(manifest), **found, "faults": faults})
    elif not faults:
        say(RESTORED, **found)
    for place in () if as_json else faults:
        click.echo(FAULT.format(place=place).of(language()), err=True)
    if faults:
        raise SystemExit(1)
