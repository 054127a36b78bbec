"""What a machine may be refused, with the HTTP status that says so."""

from engine.ground.errors import Refusal


class RequestRefused(Refusal):
    """The request cannot be accepted."""

    thai = "รับคำขอนี้ไม่ได้"
    status = 400


class BodyUnreadable(RequestRefused):
    """The body is not readable JSON: {reason}."""

    thai = "อ่านเนื้อหา JSON ไม่ได้: {reason}"


class BodyTooLarge(RequestRefused):
    """The body is larger than {limit} bytes."""

    thai = "เนื้อหาใหญ่เกิน {limit} ไบต์"
    status = 413


class QueryUnreadable(RequestRefused):
    """The query holds a NUL character."""

    thai = "พารามิเตอร์มีอักขระ NUL"


class ContentTypeRefused(RequestRefused):
    """Send the body as {expected}."""

    thai = "โปรดส่งเนื้อหาเป็น {expected}"
    status = 415


class FieldsRefused(RequestRefused):
    """Some fields do not fit: {fields}."""

    thai = "ข้อมูลบางช่องไม่ถูกต้อง: {fields}"
    status = 422

    def __init__(self, places: list[dict[str, str]]) -> None:
        self.places = places
        super().__init__(fields=", ".join(place["field"] for place in places[:10]))


class IfMatchUnreadable(RequestRefused):
    """If-Match must be * or revisions in quotes, as in the ETag of what was read."""

    thai = "If-Match ต้องเป็น * หรือเลขรุ่นในเครื่องหมายคำพูด ตาม ETag ที่ได้รับ"


class SourceUnknown(RequestRefused):
    """There is no active source of this name."""

    thai = "ไม่พบแหล่งส่งข้อมูลที่เปิดใช้งานชื่อนี้"
    status = 404


class SignatureRefused(RequestRefused):
    """The signature does not match the body, or a signature header is missing."""

    thai = "ลายมือชื่อไม่ตรงกับเนื้อหา หรือขาดส่วนหัวของลายมือชื่อ"
    status = 401


class TimestampRefused(RequestRefused):
    """The timestamp is more than {minutes} minutes away from now."""

    thai = "เวลาที่ลงไว้ห่างจากเวลาปัจจุบันเกิน {minutes} นาที"
    status = 401


class MessageIdReused(RequestRefused):
    """This message id was already used for another content."""

    thai = "เลขข้อความนี้เคยใช้กับเนื้อหาอื่นแล้ว"
    status = 409


class MessageNotPermitted(RequestRefused):
    """This source may not send the message {name!r}."""

    thai = "แหล่งนี้ไม่ได้รับอนุญาตให้ส่งข้อความ “{name}”"
    status = 403


class CaseUnknown(RequestRefused):
    """No case has this reference."""

    thai = "ไม่พบเรื่องตามเลขอ้างอิงนี้"
    status = 404


class TokenRefused(RequestRefused):
    """A valid access token is needed."""

    thai = "ต้องใช้โทเคนที่ถูกต้อง"
    status = 401


class ScopeMissing(RequestRefused):
    """This token does not have the scope {scope!r}."""

    thai = "โทเคนนี้ไม่มีสิทธิ “{scope}”"
    status = 403


class TooManyRequests(RequestRefused):
    """Too many requests; try again in {seconds} seconds."""

    thai = "ส่งคำขอถี่เกินไป โปรดลองใหม่ในอีก {seconds} วินาที"
    status = 429


class KeyReused(RequestRefused):
    """This Idempotency-Key was already used for another request."""

    thai = "Idempotency-Key นี้เคยใช้กับคำขออื่นแล้ว"
    status = 422


class RevisionMoved(RequestRefused):
    """The case has changed since it was read; read it again."""

    thai = "เรื่องนี้เปลี่ยนไปแล้วหลังจากที่อ่าน โปรดอ่านใหม่อีกครั้ง"
    status = 412


class CursorRefused(RequestRefused):
    """The cursor is not one that this list gave out."""

    thai = "ตัวชี้หน้าไม่ใช่ตัวที่รายการนี้ออกให้"
    status = 400


class AddressRefused(RequestRefused):
    """Nothing may be delivered to {url}: {reason}."""

    thai = "ส่งข้อมูลไปยัง {url} ไม่ได้: {reason}"
    status = 422


class NameTaken(RequestRefused):
    """The name {name!r} is already in use."""

    thai = "ชื่อ “{name}” มีผู้ใช้แล้ว"
    status = 409


class NameRefused(RequestRefused):
    """{name!r} is not among what is allowed here: {allowed}."""

    thai = "“{name}” ไม่อยู่ในค่าที่ใช้ได้: {allowed}"
    status = 422


class DeliveryRefused(RequestRefused):
    """The subscriber answered {answer}."""

    thai = "ปลายทางตอบกลับว่า {answer}"
    status = 502


class ComplaintsHaveTheirOwnDoor(RequestRefused):
    """A complaint is filed, moved and ended only through the office, never directly."""

    thai = "เรื่องร้องเรียนต้องยื่น ดำเนินการ และยุติผ่านระบบรับเรื่องเท่านั้น"
    status = 403


class JobsDoneHere(RequestRefused):
    """Jobs of the type {type!r} are done by this server and are not lent out."""

    thai = "งานอัตโนมัติชนิด “{type}” ระบบทำเอง ไม่เปิดให้ภายนอกรับไปทำ"
    status = 403
