"""`samnuan restore`: bring a backup back, and prove that all of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office, rehearsal_clock
from web.cli.output import json_option, print_json

if TYPE_CHECKING:
    from office.ground.erasure_ledger import Erased
    from office.operations.restore import Restored

RESTORED = Text(
    "กู้คืนแล้ว: {cases} เรื่อง {events} เหตุการณ์ {files} แฟ้มแนบ บันทึกครบถ้วน",
    "Restored: {cases} cases, {events} events, {files} files; the record is whole",
)
FAULT = Text("ไม่ครบถ้วน: {place}", "Not whole: {place}")
REDONE = Text(
    "ลบซ้ำแล้ว: {no} ({what}) ลบไว้เมื่อ {at} หลังข้อมูลสำรองนี้",
    "Erased again: {no} ({what}), which was erased at {at}, after this backup",
)
UNKNOWN = Text(
    "ข้อมูลสำรองนี้ทำเมื่อ {made_at} เครื่องนี้ไม่รู้ว่ามีการลบข้อมูลใดตั้งแต่นั้นถึง {until} "
    "โปรดตรวจกับหลักฐานการลบที่เก็บไว้ที่อื่น (erasures.jsonl) และสั่งลบซ้ำก่อนเปิดใช้ระบบ",
    "This backup was made at {made_at}; what was erased from then until {until} is not known here. "
    "Compare with records of erasure kept elsewhere (erasures.jsonl), and erase again before the "
    "installation opens",
)
HEADS = Text(
    "บันทึกรวมมีตราประทับ {count} ครั้งที่ใหม่กว่าข้อมูลสำรอง คงไว้ทั้งหมด สิ่งที่บันทึกหลัง {made_at} ไม่มีในข้อมูลสำรอง",
    "{count} signed heads are newer than the backup and were kept; what was recorded after "
    "{made_at} is not in it",
)


@click.command(
    help="""กู้คืนข้อมูลจากแฟ้มที่ samnuan backup ทำไว้ ต้องหยุดระบบก่อน

    Bring back what `samnuan backup` wrote into FILE. Stop every server and worker first. All hashes
    are checked before anything is touched, and the whole record afterwards. Erasures made after the
    backup are made again, and signed heads are never lost. Exit code 1 if anything is missing, also
    what was recorded and signed after the backup. PostgreSQL needs pg_restore and psql."""
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
    from office.disposal.erasure import note_erasures, redo_erasures
    from office.operations.backup import shown
    from office.operations.restore import check_restored, keep_heads, restore_backup
    from web.settings import WebSettings

    settings = WebSettings.read()
    at = rehearsal_clock(is_demo=settings.demo).now()
    restored = restore_backup(settings, file, at=at, force=force, with_keys=with_keys)
    with opened_office(redo=False) as office:
        redone = redo_erasures(office.engine, office.services)
        heads = keep_heads(office.engine, settings.data_dir)
        note_erasures(office.engine.machine, office.services)
        with office.engine.read() as work:
            checked = check_restored(work, office.services)
        record = office.engine.verify()
    faults = [*restored.faults, *checked.faults, *(each.place for each in record.differences)]
    found = {"cases": record.instances, "events": record.events, "files": checked.files}
    made_at, until = restored.manifest.made_at, restored.unknown_until
    if as_json:
        print_json(
            {
                "backup": shown(restored.manifest),
                **found,
                "erased_again": [{"case": e.receipt_no, "what": e.what} for e in redone],
                "erasures_unknown": None if until is None else [made_at, until.isoformat()],
                "heads_kept": heads,
                "faults": faults,
            }
        )
        raise SystemExit(1 if faults else 0)
    _print(restored, redone, heads, faults)
    if faults:
        raise SystemExit(1)
    say(RESTORED, **found)


def _print(restored: Restored, redone: Sequence[Erased], heads: int, faults: Sequence[str]) -> None:
    """What was done again or kept, and what is wrong, in a line each."""
    made_at, until = restored.manifest.made_at, restored.unknown_until
    for each in redone:
        say(REDONE, no=each.receipt_no, what=each.what, at=each.at)
    if heads:
        tell(HEADS.format(count=heads, made_at=made_at))
    if until is not None:
        tell(UNKNOWN.format(made_at=made_at, until=until.isoformat()))
    for place in faults:
        tell(FAULT.format(place=place))


def tell(text: Text) -> None:
    click.echo(text.of(language()), err=True)
