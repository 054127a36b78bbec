"""The sentences a form says to the person who fills it, in Thai and English."""

from engine.ground.text import Text

REQUIRED = Text("โปรดกรอกข้อมูลนี้", "Please fill this in.")
CHOOSE = Text("โปรดเลือกหนึ่งข้อ", "Please choose one.")
CHOOSE_SOME = Text("โปรดเลือกอย่างน้อยหนึ่งข้อ", "Please choose at least one.")
TICK = Text("โปรดทำเครื่องหมายเพื่อยืนยัน", "Please tick to confirm.")
ATTACH = Text("โปรดแนบแฟ้ม", "Please attach a file.")
UNKNOWN = Text("แบบฟอร์มนี้ไม่มีช่องชื่อนี้", "This form has no such field.")
NOT_A_FORM = Text("คำตอบต้องเป็นชุดของชื่อช่องกับค่า", "The answers must be fields with values.")
NOT_TEXT = Text("ต้องเป็นข้อความ", "This must be text.")
BAD_CHARACTERS = Text(
    "มีอักขระที่ระบบรับไม่ได้ โปรดพิมพ์ใหม่", "This holds characters that cannot be stored."
)
NOT_A_NUMBER = Text("ต้องเป็นตัวเลข เช่น 50000 หรือ ๕๐,๐๐๐", "This must be a number, such as 50,000.")
NUMBER_TOO_LONG = Text("ตัวเลขยาวเกินไป", "This number is too long.")
TOO_MANY_DECIMALS = Text("มีทศนิยมได้ไม่เกิน {limit} ตำแหน่ง", "At most {limit} decimal places.")
NOT_A_STEP = Text("ต้องเป็นจำนวนที่เพิ่มทีละ {step}", "This must go in steps of {step}.")
AT_LEAST = Text("ต้องไม่น้อยกว่า {limit}", "This must be at least {limit}.")
AT_MOST = Text("ต้องไม่เกิน {limit}", "This must be at most {limit}.")
TOO_SHORT = Text("ต้องมีอย่างน้อย {limit} ตัวอักษร", "This needs at least {limit} characters.")
TOO_LONG = Text(
    "ต้องไม่เกิน {limit} ตัวอักษร (ขณะนี้มี {length})",
    "This may hold at most {limit} characters (it has {length}).",
)
BAD_PATTERN = Text("รูปแบบไม่ถูกต้อง", "This is not in the expected form.")
BAD_EMAIL = Text("ที่อยู่อีเมลไม่ถูกต้อง เช่น name@example.org", "This is not an e-mail address.")
BAD_PHONE = Text(
    "หมายเลขโทรศัพท์ต้องมี 9–10 หลัก ขึ้นต้นด้วย 0", "A phone number has 9 or 10 digits, starting with 0."
)
BAD_THAI_ID = Text(
    "เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจสอบทั้ง 13 หลัก",
    "This is not a valid 13-digit citizen ID number.",
)
BAD_PASSPORT = Text("เลขที่หนังสือเดินทางไม่ถูกต้อง", "A passport number has 5 to 15 letters and digits.")
BAD_POSTCODE = Text("รหัสไปรษณีย์ต้องมี 5 หลัก", "A postcode has 5 digits.")
NOT_AN_OPTION = Text("โปรดเลือกจากตัวเลือกที่มี", "Please choose one of the options given.")
NOT_YES_NO = Text("ต้องเป็นใช่หรือไม่ใช่", "This must be yes or no.")
NOT_A_DATE = Text(
    "วันที่ไม่ถูกต้อง โปรดกรอกเช่น 5 มี.ค. 2569 หรือ 5/3/2569",
    "This is not a date. Write it as 5/3/2569 or 2026-03-05.",
)
NO_SUCH_DAY = Text("ไม่มีวันที่นี้ในปฏิทิน", "There is no such day in the calendar.")
UNCLEAR_YEAR = Text(
    "ปีไม่ชัดเจน โปรดกรอกปี พ.ศ. สี่หลัก เช่น 2569", "The year is unclear: write all four digits."
)
NOT_A_TIME = Text("เวลาไม่ถูกต้อง โปรดกรอกเช่น 14.30 น.", "This is not a time. Write it as 14:30.")
NOT_A_MOMENT = Text(
    "วันและเวลาไม่ถูกต้อง โปรดกรอกเช่น 5 มี.ค. 2569 14.30 น.",
    "This is not a date and time. Write it as 5/3/2569 14:30.",
)
NOT_FILES = Text("แฟ้มแนบไม่ถูกต้อง โปรดแนบใหม่", "These are not attached files; attach them again.")
TOO_MANY_FILES = Text("แนบได้ไม่เกิน {limit} แฟ้ม", "At most {limit} files.")
NOT_A_LIST = Text("ต้องเป็นรายการ", "This must be a list.")
TOO_FEW_ROWS = Text("ต้องมีอย่างน้อย {limit} รายการ", "At least {limit} needed.")
TOO_MANY_ROWS = Text("มีได้ไม่เกิน {limit} รายการ", "At most {limit} allowed.")
RULE_BROKEN = Text("ข้อมูลนี้ไม่สอดคล้องกับคำตอบอื่น", "This does not fit with the other answers.")
