"""A second application, drawn from nothing: a request under the Official Information Act.

An officer of the centre answers within 15 working days; a letter tells the receipt and another one
the answer. Nothing in it is taken from the complaint, and its ids are the same where they can be.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from tests.support import drawing as draw
from tests.support.decisions import decision, definitions, literal

KEY = "information-request"
APPLICATION = {
    "key": KEY,
    "name": "คำขอข้อมูลข่าวสาร",
    "name_en": "Request for information",
    "summary": "ขอดูหรือขอสำเนาข้อมูลข่าวสารของหน่วยงาน",
    "summary_en": "Ask to see what the agency holds, or for a copy",
    "languages": ["th", "en"],
    "process": "information_request",
    "starts": {"public": "request", "officer": "request"},
    "number": {"prefix": "ขส."},
    "tracking": True,
    "facts": {"subject": None},
    "title": "wanted",
}
STATUSES = """key,name_th,name_en,public_th,public_en
RECEIVED,รับคำขอแล้ว,Request received,รับคำขอแล้ว,Request received
ANSWERING,กำลังจัดหาข้อมูล,Being answered,กำลังจัดหาข้อมูล,Being answered
ANSWERED,ตอบแล้ว,Answered,ตอบแล้ว,Answered
"""
L1 = """---
title: แจ้งรับคำขอข้อมูลข่าวสาร
title_en: Request received
---
เรียน {{ person.full_name if person.full_name else "ผู้ขอ" }}

ได้รับคำขอเลขรับ {{ case.receipt_no }} แล้ว
"""
L7 = """---
title: แจ้งผลคำขอข้อมูลข่าวสาร
title_en: Answer
required: answer.given
---
คำขอเลขรับ {{ case.receipt_no }}: {{ answer.given }}
"""


def form(id: str, *fields: dict[str, Any]) -> bytes:
    components = [{"id": f"Field_{field['key']}", **field} for field in fields]
    return json.dumps(
        {"id": id, "type": "default", "schemaVersion": 18, "components": components}
    ).encode()


REQUEST = form(
    "request",
    {
        "type": "textfield",
        "key": "full_name",
        "label": "ชื่อ–นามสกุล",
        "properties": {"personal": "true", "label_en": "Name"},
        "validate": {"required": True},
    },
    {
        "type": "textarea",
        "key": "wanted",
        "label": "ข้อมูลที่ขอ",
        "properties": {"label_en": "What you ask for"},
        "validate": {"required": True, "maxLength": 2000},
    },
)
ANSWER = form(
    "answer",
    {
        "type": "textarea",
        "key": "given",
        "label": "คำตอบ",
        "properties": {"label_en": "Answer"},
        "validate": {"required": True},
    },
)


@functools.cache  # a drawing numbers its flows: drawn twice, it is another file
def diagram() -> bytes:
    return draw.diagram(
        draw.start(),
        draw.job("acknowledge", "letter", "sendTask", letter="L1"),
        draw.user(
            "answer",
            "intake_officer",
            '=due("answer")',
            "answer",
            status="ANSWERING",
            sla="answer",
        ),
        draw.job("tell", "letter", "sendTask", letter="L7"),
        draw.end("end", status="ANSWERED", outcome="ANSWERED"),
        draw.path("start", "acknowledge", "answer", "tell", "end"),
        id="information_request",
    )


def sla(days: int = 15) -> bytes:
    row = (
        f'{{days: {days}, kind: "working", basis: "ม.11 พ.ร.บ. ข้อมูลข่าวสาร", '
        'basis_en: "Official Information Act"}'
    )
    answer = f'if step = "answer" then {row} else null'
    return definitions(decision("sla", literal(answer)), namespace="urn:information")


def files(**facts: Any) -> dict[str, bytes]:
    return {
        "application.json": json.dumps({**APPLICATION, **facts}, ensure_ascii=False).encode(),
        "information-request.bpmn": diagram(),
        "sla.dmn": sla(),
        "statuses.csv": STATUSES.encode(),
        "letters/L1-received.md": L1.encode(),
        "letters/L7-answer.md": L7.encode(),
        "request.form": REQUEST,
        "answer.form": ANSWER,
    }
