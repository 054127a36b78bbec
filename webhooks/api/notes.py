"""What every user of the API should know, on its page and in its document."""

from engine.ground.text import Text

NOTES = (
    Text(
        "ทุกคำขอต้องมีส่วนหัว `Authorization: Bearer smn_…` โทเคนมีสิทธิเฉพาะที่ให้ไว้ และทำงานแทนกลุ่มที่กำหนด",
        "Every request carries `Authorization: Bearer smn_…`; its token has scopes and groups.",
    ),
    Text(
        "ส่ง `Idempotency-Key` กับ POST แล้วส่งซ้ำได้ จะได้คำตอบเดิมและเกิดผลครั้งเดียว",
        "`Idempotency-Key` on a POST gives the same answer and one effect, sent however often.",
    ),
    Text(
        "`ETag` คือรุ่นของเรื่อง ส่งกลับใน `If-Match` ถ้าเรื่องเปลี่ยนไปแล้วจะถูกปฏิเสธ (412)",
        "`ETag` is a case's revision; sent back in `If-Match`, it refuses one that moved (412).",
    ),
    Text(
        "รายการแบ่งเป็นหน้า นำค่า `next` ของหน้าหนึ่งไปเป็น `cursor` ของหน้าถัดไป",
        "Lists are pages: pass `next` of one page as `cursor` of the next.",
    ),
    Text(
        "การปฏิเสธเป็น `application/problem+json` ทั้งภาษาไทยและอังกฤษ และบอกตำแหน่งที่ต้องแก้",
        "Refusals are `application/problem+json` in Thai and English, and name the place.",
    ),
    Text(
        "ไม่มีข้อมูลส่วนบุคคลออกทาง API นี้ เรื่อง งาน และหนังสือเป็นเลขอ้างอิงเท่านั้น",
        "No personal data leaves through this API: cases, tasks and letters are references.",
    ),
)
