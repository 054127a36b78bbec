"""What the office refuses, and how the refusal reads to a person."""

from engine.ground.errors import Refusal


class OfficeError(Refusal):
    """The office cannot do this."""

    thai = "ศูนย์รับเรื่องไม่สามารถทำรายการนี้ได้"


class CaseNotFound(OfficeError):
    """There is no such case, or it is not yours to see."""

    # One sentence for both: a person who may not see a case must not learn that it exists.
    thai = "ไม่พบเรื่องนี้ หรือท่านไม่มีสิทธิเข้าถึง"


class PageUnknown(OfficeError):
    """The list cannot be continued from there; start it again."""

    thai = "เปิดรายการต่อจากตำแหน่งนี้ไม่ได้ โปรดเปิดรายการใหม่"


class LetterNotFound(OfficeError):
    """There is no such letter in this case."""

    thai = "ไม่พบหนังสือฉบับนี้ในเรื่อง"


class AttachmentNotFound(OfficeError):
    """There is no such file in this case."""

    thai = "ไม่พบแฟ้มนี้ในเรื่อง"


class TrackingCodeUnknown(OfficeError):
    """No case has this tracking code; check the sixteen digits."""

    thai = "ไม่พบเรื่องตามรหัสติดตามนี้ โปรดตรวจสอบตัวเลขทั้ง 16 หลัก"


class TooManyAttempts(OfficeError):
    """Too many attempts; wait a while and try again."""

    thai = "ลองหลายครั้งเกินไป โปรดรอสักครู่แล้วลองใหม่"


class SignInRefused(OfficeError):
    """The user name or the password is not right."""

    # The same sentence for an unknown user, a wrong password and a closed account.
    thai = "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง"


class PasswordTooWeak(OfficeError):
    """A password needs at least {least} characters."""

    thai = "รหัสผ่านต้องมีอย่างน้อย {least} ตัวอักษร"


class PasswordGuessable(OfficeError):
    """This password would soon be guessed: it is made of common passwords, names or patterns. Four
    words that do not belong together make a good one."""

    thai = "รหัสผ่านนี้เดาได้ง่าย เพราะประกอบด้วยรหัสยอดนิยม ชื่อ หรือรูปแบบซ้ำ ลองใช้คำสี่คำที่ไม่เกี่ยวข้องกัน"


class PasswordBreached(OfficeError):
    """This password is in the list of leaked passwords; choose another."""

    thai = "รหัสผ่านนี้อยู่ในรายการรหัสที่รั่วไหลแล้ว โปรดเลือกรหัสอื่น"


class PasswordsDiffer(OfficeError):
    """The two new passwords are not the same."""

    thai = "รหัสผ่านใหม่สองช่องไม่ตรงกัน"


class FactorRefused(OfficeError):
    """The code is not right or was used already; wait for the next one."""

    thai = "รหัสไม่ถูกต้องหรือใช้ไปแล้ว โปรดรอรหัสถัดไป"


class FactorNeeded(OfficeError):
    """Your roles ask for a second factor: set another one up before you remove this one."""

    thai = "บทบาทของท่านต้องมีปัจจัยที่สอง โปรดเพิ่มวิธีใหม่ก่อนลบวิธีนี้"


class FactorUnknown(OfficeError):
    """There is no such second factor."""

    thai = "ไม่พบปัจจัยที่สองนี้"


class PasskeyRefused(OfficeError):
    """The passkey could not be verified; try again, or use another way."""

    thai = "ตรวจสอบพาสคีย์ไม่สำเร็จ โปรดลองใหม่หรือใช้วิธีอื่น"


class CodeExpired(OfficeError):
    """The code is not right, was used already or has expired; ask for a new one."""

    thai = "รหัสไม่ถูกต้อง ใช้ไปแล้ว หรือหมดอายุ โปรดขอรหัสใหม่"


class UserExists(OfficeError):
    """There is already a user named {username!r}."""

    thai = "มีผู้ใช้ชื่อ {username} อยู่แล้ว"


class UserNotFound(OfficeError):
    """There is no user named {username!r}."""

    thai = "ไม่พบผู้ใช้ชื่อ {username}"


class RoleUnknown(OfficeError):
    """There is no role {role!r}, or it needs a unit that exists."""

    thai = "ไม่พบบทบาท {role} หรือบทบาทนี้ต้องระบุหน่วยงานที่มีอยู่"


class ReasonNeeded(OfficeError):
    """Say why, in a sentence of at least {least} characters; it is recorded."""

    thai = "โปรดระบุเหตุผลอย่างน้อย {least} ตัวอักษร ระบบจะบันทึกไว้"


class BackdatingRefused(OfficeError):
    """The time of receipt cannot lie in the future, and an earlier day needs a reason."""

    thai = "เวลาที่รับเรื่องต้องไม่อยู่ในอนาคต และหากเป็นวันก่อนหน้าต้องระบุเหตุผล"


class FileTooLarge(OfficeError):
    """The file {name!r} is larger than {limit} MB."""

    thai = "แฟ้ม “{name}” มีขนาดเกิน {limit} MB"


class StorageUnavailable(OfficeError):
    """Files cannot be kept at the moment; nothing was changed, try again shortly."""

    thai = "เก็บแฟ้มไม่ได้ในขณะนี้ ยังไม่มีข้อมูลใดเปลี่ยนแปลง โปรดลองใหม่อีกครั้ง"


class FileEmpty(OfficeError):
    """The file {name!r} is empty."""

    thai = "แฟ้ม “{name}” ไม่มีเนื้อหา"


class TooManyFiles(OfficeError):
    """At most {limit} files can be attached."""

    thai = "แนบแฟ้มได้ไม่เกิน {limit} แฟ้ม"


class FileTypeRefused(OfficeError):
    """The file {name!r} is not of an accepted type; accepted are {accepted}."""

    thai = "ไม่รับแฟ้ม “{name}” เพราะไม่ใช่ชนิดที่รับ ชนิดที่รับคือ {accepted}"


class FileDisguised(FileTypeRefused):
    """The content of the file {name!r} is not what its name says it is."""

    thai = "เนื้อหาของแฟ้ม “{name}” ไม่ตรงกับนามสกุลของแฟ้ม"


class FileUnsafe(FileTypeRefused):
    """The file {name!r} holds macros, or unpacks to an unreasonable size."""

    thai = "แฟ้ม “{name}” มีมาโคร หรือขยายแล้วมีขนาดใหญ่ผิดปกติ จึงรับไว้ไม่ได้"


class PictureUnreadable(OfficeError):
    """{name!r} is broken: its hidden data cannot be removed. The original is kept ({sha256})."""

    thai = (
        "ภาพ “{name}” เสียหาย จึงลบข้อมูลที่แฝงอยู่ไม่ได้และไม่มีสำเนาให้เปิด "
        "ต้นฉบับยังปิดผนึกไว้เป็นหลักฐาน ({sha256}) โปรดขอภาพใหม่จากผู้ร้อง"
    )


class DocumentUnreadable(OfficeError):
    """{name!r} is broken or locked: there is no copy without its hidden data ({sha256})."""

    thai = (
        "เอกสาร “{name}” เสียหายหรือมีรหัสผ่าน จึงลบข้อมูลที่แฝงอยู่ไม่ได้และไม่มีสำเนาให้เปิด "
        "ต้นฉบับยังปิดผนึกไว้เป็นหลักฐาน ({sha256}) โปรดขอเอกสารใหม่จากผู้ร้อง"
    )


class FileInfected(OfficeError):
    """The virus scanner found {found} in {name!r}: it stays sealed, and nobody opens it."""

    thai = "โปรแกรมตรวจไวรัสพบ {found} ในแฟ้ม “{name}” จึงเปิดไม่ได้ ต้นฉบับยังปิดผนึกไว้เป็นหลักฐาน"


class ScannerUnavailable(OfficeError):
    """The virus scanner does not answer, and no file is opened without it; try again shortly."""

    thai = "โปรแกรมตรวจไวรัสไม่ตอบ จึงยังเปิดแฟ้มไม่ได้ โปรดลองใหม่อีกครั้ง"


class KeyDestroyed(OfficeError):
    """What this key covered was erased on purpose and cannot be read again."""

    thai = "ข้อมูลส่วนนี้ถูกทำลายตามกำหนดแล้ว จึงอ่านไม่ได้อีก"


class KeyUnknown(OfficeError):
    """The key {key_id} that encrypted this is not among the keys in the settings."""

    thai = "ไม่พบกุญแจหมายเลข {key_id} ในการตั้งค่าของระบบ"


class KeysInvalid(OfficeError):
    """The setting {name} must read id:key,id:key with keys of 32 bytes in base64."""

    thai = "ค่า {name} ต้องอยู่ในรูป หมายเลข:กุญแจ คั่นด้วยจุลภาค โดยกุญแจยาว 32 ไบต์ในรูป base64"


class LetterIncomplete(OfficeError):
    """Letter {letter} cannot be issued: {missing} is missing."""

    thai = "ออกหนังสือ {letter} ไม่ได้ เพราะขาด {missing}"


class LetterUnknown(OfficeError):
    """There is no template for letter {letter} in the deployed guideline."""

    thai = "ไม่พบแบบหนังสือ {letter} ในแนวทางที่ติดตั้งไว้"


class LetterFaulty(OfficeError):
    """The template of letter {letter} does something that a template may not do."""

    thai = "แบบหนังสือ {letter} ทำสิ่งที่แบบหนังสือทำไม่ได้ โปรดแก้แบบหนังสือ"


class NothingToAnswer(OfficeError):
    """This case asks nothing of you at the moment."""

    thai = "ขณะนี้ไม่มีคำถามที่ต้องตอบในเรื่องนี้"


class NothingToReview(OfficeError):
    """Nothing is told yet that could be reviewed, or a review has been asked for already."""

    thai = "ยังไม่มีผลให้ทบทวน หรือมีคำขอให้ทบทวนแล้ว"


class CannotWithdraw(OfficeError):
    """This case has ended or cannot be withdrawn any more."""

    thai = "เรื่องนี้สิ้นสุดแล้ว หรือถอนเรื่องไม่ได้แล้ว"
