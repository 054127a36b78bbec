"""Which names a deployed file may have: those that can stand in a sealed case file anywhere.

`office/audit/verify_case.py`, which runs alone, has the same pattern: a test compares the two.
"""

from __future__ import annotations

import re

from engine.ground.text import Text

# A root, a way up, a hidden or an empty part; what Windows reads otherwise; what nobody sees.
UNSAFE = re.compile(r"^/|\\|:|[\x00-\x1f\x7f]|(^|/)\.{0,2}(/|$)|[. ](/|$)")
MOST_BYTES = 200  # of a name, and of the id of a process, in UTF-8: both stand in one path

NOT_PLAIN = Text(
    "ชื่อแฟ้มใช้ไม่ได้: ต้องไม่ขึ้นต้นด้วย / ไม่มี \\ : .. ตัวควบคุม หรือส่วนที่ลงท้ายด้วยจุดหรือช่องว่าง "
    "และยาวไม่เกิน {most} ไบต์",
    "this file name cannot be used: no leading /, no \\ : .. or control character, no part that "
    "ends in a point or a space, and at most {most} bytes",
)
TOO_LONG = Text("รหัสกระบวนงานยาวเกิน {most} ไบต์", "the id of a process is longer than {most} bytes")


def is_plain(name: str) -> bool:
    """Whether a file may have this name."""
    try:
        raw = name.encode()
    except UnicodeEncodeError:
        return False
    return bool(name) and len(raw) <= MOST_BYTES and UNSAFE.search(name) is None
