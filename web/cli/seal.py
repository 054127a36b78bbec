"""`samnuan seal`: sign the head of the record now, or print the key that verifies it."""

from __future__ import annotations

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.opened import opened_office
from web.cli.output import json_option, print_json

SIGNED = Text(
    "ประทับตราแล้ว {size} รายการ ค่าราก {root}\nเก็บไว้ที่ {file}",
    "Signed the head over {size} entries, root {root}\nKept in {file}",
)
NOTHING = Text("ไม่มีสิ่งใดเปลี่ยนตั้งแต่ตราประทับล่าสุด", "Nothing has moved since the last signed head")


@click.command(
    help="""ประทับตราบันทึกของทุกเรื่องทันที (ตามปกติทำทุกชั่วโมง)

    Put the heads of all cases that have moved into the log and sign it, as happens every hour. The
    signed head is appended to heads.jsonl and mailed to the auditor (SAMNUAN_AUDITOR_MAIL)."""
)
@click.option(
    "--key",
    "key_only",
    is_flag=True,
    help="พิมพ์กุญแจสาธารณะ (hex) / Only print the public key that verifies signed heads (hex).",
)
@json_option
def command(key_only: bool, as_json: bool) -> None:
    from office.audit.head_signing import FILE

    with opened_office() as office:
        if key_only:
            public = office.services.keys.head_key.public.hex()
            print_json({"public_key": public}) if as_json else click.echo(public)
            return
        head = office.sign_head()
        file = office.settings.data_dir / FILE
    if as_json:
        print_json(None if head is None else {**head.as_data(), "file": str(file)})
    elif head is None:
        say(NOTHING)
    else:
        say(SIGNED, size=head.size, root=head.root, file=file)
