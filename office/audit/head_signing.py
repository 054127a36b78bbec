"""Signing heads as the office does it: every hour and on demand, kept in a file and mailed out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from engine.engine import Engine
from engine.record import signed_heads
from engine.record.published_heads import read_lines, witnessed
from engine.record.signed_heads import Head
from engine.record.signing import SigningKey
from engine.store import outbox
from engine.store.work import Work
from engine.turn.commitments import moment
from office.ground.services import Services
from office.letters.mail import Mail

TOPIC = "seal"  # to ourselves, every hour
WITNESS_TOPIC = "witness"  # the mail to the auditor
FILE = "heads.jsonl"
EVERY = timedelta(hours=1)
BLOCK = 64 * 1024
SUBJECT = "ตราประทับบันทึกเรื่องร้องเรียน {size} / Signed head of the record {size}"
BODY = """ตราประทับของบันทึกเรื่องร้องเรียน ณ {at} ครอบคลุม {size} รายการ แนบมากับอีเมลนี้

โปรดเก็บแฟ้มแนบไว้นอกหน่วยงาน หากบันทึกถูกแก้ไขภายหลัง คำสั่ง samnuan verify --heads แฟ้ม
จะบอกได้ว่าเรื่องใดและตั้งแต่ลำดับใด แฟ้มนี้มีเพียงรหัสและค่าแฮช ไม่มีข้อมูลของผู้ใด

The signed head of the complaint record of {at}, over {size} entries, is attached. Please keep it
outside the agency: `samnuan verify --heads FILE` tells which case was rewritten since, and from
where on. It holds ids and hashes only, nothing about anybody.
"""


def plan_head_signing(work: Work) -> None:
    """Put a signing at the next full hour into the outbox, once."""
    due_at = (work.now + EVERY).replace(minute=0, second=0, microsecond=0)
    outbox.enqueue(work, TOPIC, {}, key=f"seal:{moment(due_at)}", due_at=due_at)


def sign_head_now(
    engine: Engine, key: SigningKey, folder: Path, *, auditor: str = ""
) -> Head | None:
    """Sign the head over what has moved, append it to the file of heads and mail it; none if
    nothing moved."""
    with engine.begin() as work:
        head = signed_heads.sign_head(work, key)
        if head is not None and auditor:
            facts = {"size": head.size}
            outbox.enqueue(work, WITNESS_TOPIC, facts, key=f"witness:{head.size}")
    append_heads(engine, folder)
    return head


def append_heads(engine: Engine, folder: Path) -> None:
    """Append to the file the heads that it does not hold yet; a crash before this is made good by
    the next signing. Nothing that stands in it is ever rewritten."""
    folder.mkdir(parents=True, exist_ok=True)
    with engine.read(snapshot=True) as work, (folder / FILE).open("a+b") as file:
        for each in witnessed(work, after=_size_of(file)):
            file.write(each.line().encode())
        file.flush()
        os.fsync(file.fileno())


def _size_of(file: BinaryIO) -> int:
    """Over how many leaves the file's last head stands. A line that a crash left unfinished goes:
    it never was whole, and is written again."""
    start, tail = file.seek(0, os.SEEK_END), b""
    while start and tail.count(b"\n") < 2:
        start = max(0, start - BLOCK)
        file.seek(start)
        tail = file.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    file.truncate(file.seek(0, os.SEEK_END) - len(tail) + len(whole))
    last = whole.decode().splitlines()[-1:]
    return max((each.head.size for each in read_lines(FILE, last)), default=0)


def witness_mail(work: Work, size: int, auditor: str) -> Mail:
    """The mail that takes a signed head and the leaves it added out of the agency."""
    each = next(iter(witnessed(work, after=size - 1)))
    at = moment(each.head.at)
    attachment = (f"heads-{size}.jsonl", each.line().encode())
    return Mail(
        auditor, SUBJECT.format(size=size), BODY.format(size=size, at=at), attachments=(attachment,)
    )


def head_signer(
    engine: Engine, services: Services, folder: Path, *, auditor: str
) -> Callable[..., None]:
    """The deliverer that signs a head every hour and plans the next time."""

    def deliver(payload: Mapping[str, Any], *, key: str) -> None:
        sign_head_now(engine, services.keys.head_key, folder, auditor=auditor)
        with engine.begin() as work:
            plan_head_signing(work)

    return deliver
