"""A guideline small enough for tests of the office: the real forms on a short diagram."""

from __future__ import annotations

import functools
from pathlib import Path

from tests.support import drawing as draw

ROOT = Path(__file__).resolve().parents[2]

DUE = '=string(now() + duration("P1D"))'

UNITS = """key,abbreviation,name_th,name_en
legal,ฝกม.,ฝ่ายกฎหมาย,Legal
it,ฝขท.,ฝ่ายข้อมูล,Information technology
project,โครงการ,ฝ่ายโครงการ,Projects
"""
ROLES = """key,name_th,name_en,unit_bound,access
intake_officer,เจ้าหน้าที่รับเรื่อง,Intake officer,no,open
screening_head,หัวหน้าศูนย์,Head of the centre,no,all
unit_officer,เจ้าหน้าที่ฝ่าย,Unit officer,yes,none
director,ผู้อำนวยการสำนักงาน,Director,no,decided
board_chair,ประธานกรรมการ,Chair of the board,no,none
auditor,ผู้ตรวจสอบภายใน,Auditor,no,audit
identity_custodian,ผู้คุ้มครองข้อมูลผู้ร้อง,Identity custodian,no,none
administrator,ผู้ดูแลระบบ,Administrator,no,none
"""
STATUSES = """key,name_th,name_en,public_th,public_en
RECEIVED,รับเรื่องแล้ว,Received,รับเรื่องแล้ว,Received
SCREENING,กลั่นกรอง,Screening,รับเรื่องแล้ว,Received
AWAITING_COMPLAINANT,รอข้อมูลจากผู้ร้อง,Awaiting the complainant,รอข้อมูลจากท่าน,Waiting for you
CLARIFYING,รอคำชี้แจง,Awaiting clarification,อยู่ระหว่างดำเนินการ,In progress
DECISION_PENDING,รอพิจารณาสั่งการ,Awaiting decision,อยู่ระหว่างดำเนินการ,In progress
NOTIFIED,แจ้งผลแล้ว,Notified,แจ้งผลแล้ว,Notified
WITHDRAWN,ถอนเรื่อง,Withdrawn,ถอนเรื่อง,Withdrawn
"""
L1 = """---
title: หนังสือแจ้งรับเรื่อง
title_en: Acknowledgement
---
ที่ {{ letter.number }}

เรียน {{ person.full_name if person.full_name else "ผู้ร้องเรียน" }}

สสว. ได้รับเรื่องของท่านแล้ว เมื่อวันที่ {{ case.received_on | thai_date }} เลขรับ {{ case.receipt_no }}
"""
L7 = """---
title: แจ้งผลการพิจารณา
title_en: Result
required: f10_decision.reasons, f10_decision.law, f10_decision.facts_found
---
เรื่อง {{ case.receipt_no }} ผลการพิจารณา {{ f10_decision.decision }}

เหตุผล {{ f10_decision.reasons }}
"""


@functools.cache  # each drawing numbers its flows anew, which would make a new version
def diagram() -> bytes:
    """Acknowledge, screen, ask what is missing, assign, clarify, decide, notify; withdraw."""
    return draw.diagram(
        draw.start(),
        draw.job("acknowledge", "letter", "sendTask", letter="L1"),
        draw.rule("find_handler", "handler", "handler"),
        draw.user("screen", "screening_head", DUE, "f2_screening", status="SCREENING"),
        draw.gateway("exclusive", "complete", "f_complete"),
        draw.user("ask", "screening_head", "", "f3_information_request"),
        draw.gateway("eventBased", "wait"),
        draw.el(
            "intermediateCatchEvent",
            "answered",
            draw.ext(draw.properties(status="AWAITING_COMPLAINANT"))
            + draw.message("reply_received"),
        ),
        draw.catch("silent", draw.timer("P15D")),
        draw.user("assign", "screening_head", "", "f4_assignment"),
        draw.job("remind", "notice", notice="decided", to="unit_officer@, screening_head"),
        draw.user(
            "clarify", '=["unit_officer@" + lead_unit]', "", "f6_clarification", status="CLARIFYING"
        ),
        draw.user(
            "decide", "=[handler.decision_group]", "", "f10_decision", status="DECISION_PENDING"
        ),
        draw.job("notify", "letter", "sendTask", letter="L7"),
        draw.end("end", status="NOTIFIED", outcome="NOTIFIED"),
        draw.sub(
            "withdrawal",
            draw.start("asked_back", draw.message("withdrawal_requested")),
            draw.end("withdrawn", status="WITHDRAWN", outcome="WITHDRAWN"),
            draw.path("asked_back", "withdrawn"),
            event=True,
        ),
        draw.path("start", "acknowledge", "find_handler", "screen", "complete"),
        draw.flow("complete", "ask", "=minimum_complete = false"),
        draw.flow("complete", "assign", id="f_complete"),
        draw.path("ask", "wait", "answered", "assign"),
        draw.path("wait", "silent", "assign"),
        draw.path("assign", "clarify", "decide", "remind", "notify", "end"),
        id="complaint",
        roots=draw.root_message("reply_received") + draw.root_message("withdrawal_requested"),
    )


HANDLER = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
  namespace="http://camunda.org/schema/1.0/dmn">
  <decision id="handler" name="handler">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i1"><inputExpression id="e1" typeRef="boolean">
        <text>some a in accused satisfies a.position = "ผู้อำนวยการสำนักงาน"</text>
      </inputExpression></input>
      <output id="o1" name="route" typeRef="string"/>
      <output id="o2" name="decision_group" typeRef="string"/>
      <output id="o3" name="hidden_from"/>
      <rule id="r1"><inputEntry id="r1i"><text>true</text></inputEntry>
        <outputEntry id="r1a"><text>"external"</text></outputEntry>
        <outputEntry id="r1b"><text>"board_chair"</text></outputEntry>
        <outputEntry id="r1c"><text>["director"]</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="r2i"><text>-</text></inputEntry>
        <outputEntry id="r2a"><text>"internal"</text></outputEntry>
        <outputEntry id="r2b"><text>"director"</text></outputEntry>
        <outputEntry id="r2c"><text>[]</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="letters" name="letters">
    <decisionTable id="t2" hitPolicy="FIRST">
      <input id="j1"><inputExpression id="k1" typeRef="string"><text>identity_mode</text>
      </inputExpression></input>
      <input id="j2"><inputExpression id="k2" typeRef="string"><text>reply_by</text>
      </inputExpression></input>
      <output id="p1" name="method" typeRef="string"/>
      <rule id="q1"><inputEntry id="q1i"><text>"anonymous"</text></inputEntry>
        <inputEntry id="q1j"><text>-</text></inputEntry>
        <outputEntry id="q1a"><text>"inbox"</text></outputEntry></rule>
      <rule id="q2"><inputEntry id="q2i"><text>-</text></inputEntry>
        <inputEntry id="q2j"><text>-</text></inputEntry>
        <outputEntry id="q2a"><text>reply_by</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def files() -> dict[str, bytes]:
    forms = {path.name: path.read_bytes() for path in (ROOT / "forms/complaint").glob("*.form")}
    return {
        **forms,
        "complaint.bpmn": diagram(),
        "tables.dmn": HANDLER.encode(),
        "letters/L1-acknowledge.md": L1.encode(),
        "letters/L7-result.md": L7.encode(),
        "units.csv": UNITS.encode(),
        "roles.csv": ROLES.encode(),
        "statuses.csv": STATUSES.encode(),
        "retention.csv": (ROOT / "processes/complaint/retention.csv").read_bytes(),
    }
