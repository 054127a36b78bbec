"""What the record says, in words: one sentence for each kind of event."""

from __future__ import annotations

from collections.abc import Mapping

from engine.ground.text import Text
from office.people import access
from office.people.access import Sight

EVENTS: Mapping[str, Text] = {
    "instance_started": Text("เรื่องเข้าสู่กระบวนการ", "The case entered the process"),
    "instance_completed": Text("กระบวนการสิ้นสุด", "The process came to its end"),
    "instance_cancelled": Text("ยกเลิกเรื่อง", "The case was cancelled"),
    "instance_migrated": Text("ย้ายไปใช้แผนภาพรุ่นใหม่", "Moved to another version of the diagram"),
    "activity_entered": Text("มาถึงขั้นตอน", "Reached"),
    "activity_completed": Text("ผ่านขั้นตอนแล้ว", "Left, done"),
    "activity_cancelled": Text("ออกจากขั้นตอนโดยไม่ทำต่อ", "Left, not done"),
    "task_created": Text("เสนองานให้กลุ่ม", "Offered to a group"),
    "task_claimed": Text("มีผู้รับงานไปทำ", "Taken by a person"),
    "task_released": Text("คืนงานให้กลุ่ม", "Given back to the group"),
    "task_reassigned": Text("มอบงานให้ผู้อื่น", "Handed over to another person"),
    "task_completed": Text("กรอกแบบฟอร์มและทำเสร็จ", "Form handed in, done"),
    "task_cancelled": Text("ไม่ต้องทำงานนี้แล้ว", "No longer needed"),
    "timer_fired": Text("ครบกำหนดเวลา", "The time came"),
    "timer_moved": Text("เลื่อนเวลาที่ตั้งไว้", "The timer was moved"),
    "message_received": Text("ได้รับข้อความ", "A message came"),
    "message_thrown": Text("ส่งข้อความออก", "A message was sent"),
    "signal_received": Text("ได้รับสัญญาณ", "A signal came"),
    "signal_thrown": Text("ส่งสัญญาณ", "A signal was sent"),
    "condition_met": Text("เงื่อนไขเป็นจริง", "A condition came true"),
    "decision_evaluated": Text("ตัดสินตามตาราง", "Decided by the table"),
    "job_created": Text("มอบงานให้ระบบ", "Work given to the system"),
    "job_completed": Text("ระบบทำงานเสร็จ", "The system did its work"),
    "job_failed": Text("ระบบทำงานไม่สำเร็จ", "The system failed"),
    "incident_raised": Text("เกิดเหตุขัดข้อง", "An incident was raised"),
    "incident_resolved": Text("แก้ไขเหตุขัดข้องแล้ว", "The incident was resolved"),
    "letter_issued": Text("ออกหนังสือ", "A letter was issued"),
    "letter_read": Text("ผู้ร้องเรียนเปิดอ่านหนังสือ", "The complainant opened the letter"),
    "letter_received": Text("หนังสือถึงผู้ร้องเรียนแล้ว", "The letter reached the complainant"),
    "notice_sent": Text("ส่งหนังสือแจ้งเตือนภายใน", "An internal notice was sent"),
    "clock_moved": Text("กำหนดเวลาเปลี่ยน", "A deadline was moved"),
    "clock_paused": Text("หยุดนับเวลา", "A deadline stands still"),
    "clock_resumed": Text("นับเวลาต่อ", "A deadline runs on"),
    "clock_extended": Text("ขยายเวลา", "More time was given"),
    "reminder_sent": Text("ส่งการเตือน", "A reminder went out"),
    "escalation_sent": Text("แจ้งเร่งรัด", "It was escalated"),
    "extension_asked": Text("ขอขยายเวลา", "More time was asked for"),
    "extension_granted": Text("อนุมัติขยายเวลา", "More time was granted"),
    "extension_refused": Text("ไม่อนุมัติขยายเวลา", "More time was refused"),
    "late_reported": Text("ยื่นรายงานความล่าช้า", "A late report was filed"),
    "case_stayed": Text("หยุดนับเวลาตามกฎหมาย", "A legal stay began"),
    "stay_confirmed": Text("ยืนยันให้หยุดนับต่อ", "The stay was confirmed"),
    "stay_lifted": Text("สิ้นสุดการหยุดนับตามกฎหมาย", "The stay ended"),
    "form_submitted": Text("ยื่นแบบฟอร์ม", "A form was handed in"),
    "letter_opened": Text("เปิดดูหนังสือ", "A letter was looked at"),
    "conflict_recorded": Text("บันทึกส่วนได้เสีย", "A conflict of interest was recorded"),
    "conflict_confirmed": Text("ยืนยันว่าเป็นผู้ถูกร้อง", "Found to be the accused person"),
    "conflict_lifted": Text("ไม่ใช่ผู้ถูกร้อง เปิดให้เห็นเรื่อง", "Found to be somebody else"),
    "case_read": Text("ผู้ตรวจสอบเปิดดูเรื่อง", "An examiner opened the case"),
    "case_exported": Text("ส่งออกแฟ้มคดี", "The case file was exported"),
    "submission_read": Text("เปิดอ่านข้อความที่ปกปิด", "Covered text was laid open"),
    "file_opened": Text("เปิดแฟ้มแนบ", "An attachment was opened"),
    "erasure_asked": Text("ขอลบข้อมูล", "An erasure was asked for"),
    "erasure_refused": Text("ไม่อนุมัติให้ลบข้อมูล", "The erasure was refused"),
    "identity_erased": Text("ลบตัวตนอย่างถาวรแล้ว", "The identity was erased for good"),
    "content_erased": Text("ลบเนื้อหาอย่างถาวรแล้ว", "The content was erased for good"),
    "hold_set": Text("ระงับการทำลายเรื่องนี้", "A legal hold was put on the case"),
    "hold_lifted": Text("ยกเลิกการระงับการทำลาย", "The legal hold was lifted"),
    "identity_asked": Text("ขอเปิดเผยตัวตน", "An identity was asked for"),
    "identity_granted": Text("อนุมัติให้เปิดเผยตัวตน", "The identity was granted"),
    "identity_refused": Text("ไม่อนุมัติให้เปิดเผยตัวตน", "The identity was refused"),
    "identity_read": Text("เปิดดูตัวตน", "An identity was looked at"),
}
# What each kind is to a reader who skims: the colour and the sign of its line.
KINDS: Mapping[str, str] = {
    "task_completed": "person",
    "task_claimed": "person",
    "task_released": "person",
    "task_reassigned": "person",
    "decision_evaluated": "decision",
    "timer_fired": "time",
    "timer_moved": "time",
    "clock_moved": "time",
    "clock_paused": "time",
    "clock_resumed": "time",
    "clock_extended": "time",
    "reminder_sent": "letter",
    "escalation_sent": "letter",
    "letter_issued": "letter",
    "notice_sent": "letter",
    "letter_read": "letter",
    "letter_received": "letter",
    "message_received": "letter",
    "incident_raised": "trouble",
    "job_failed": "trouble",
    "activity_cancelled": "quiet",
    "activity_entered": "quiet",
    "activity_completed": "quiet",
    "job_created": "quiet",
    "job_completed": "quiet",
    "task_created": "quiet",
}

# How much of a case somebody saw, and why, in the words of the report of it.
SIGHTS: Mapping[Sight | None, Text] = {
    None: Text("มองไม่เห็นว่ามีเรื่องนี้", "Could not see that the case exists"),
    Sight.REDACTED: Text("เห็นลำดับขั้นตอน ไม่เห็นเนื้อหา", "Saw its course and no text"),
    Sight.UNIT: Text("เห็นเฉพาะส่วนที่ส่งให้ฝ่าย", "Saw what the unit was sent"),
    Sight.FULL: Text("เห็นสำนวน ไม่เห็นตัวตนผู้ร้อง", "Saw the file, not who complained"),
}
RULES: Mapping[str, Text] = {
    access.NO_ACCOUNT: Text("ไม่มีบัญชี หรือบัญชีปิดแล้ว", "no account, or a closed one"),
    access.HIDDEN: Text("ปิดจากบทบาทหรือฝ่ายของผู้นี้", "hidden from their role or unit"),
    access.CONFLICT: Text("มีส่วนได้เสีย หรือชื่อตรงกับผู้ถูกร้อง", "a conflict, or an accused person's name"),
    access.HELD: Text("ยังไม่กลั่นกรองว่าใครถูกร้อง", "not yet screened who is accused"),
    access.NO_PART: Text("ไม่มีส่วนในเรื่องนี้", "no part in the case"),
    access.ROLE: Text("ตามบทบาท", "by their role"),
    access.OF_UNIT: Text("ฝ่ายของผู้นี้รับผิดชอบเรื่อง", "their unit is in the case"),
    access.TASK: Text("มีงานในเรื่องนี้", "a task in the case"),
}


def words_of(type: str) -> Text:
    """The sentence for a kind of event; one that nobody has put into words is called as it is."""
    return EVENTS.get(type, Text(type, type))


def kind_of(type: str) -> str:
    return KINDS.get(type, "mark")
