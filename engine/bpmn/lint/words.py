"""The kinds of BPMN elements and what they are called in Thai and English."""

from engine.ground.text import Text

TASKS = (
    "task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask",
    "sendTask", "receiveTask",
)  # fmt: skip
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
ACTIVITIES = (*TASKS, *SUBPROCESSES, "callActivity")
CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")
THROWING = ("endEvent", "intermediateThrowEvent", "implicitThrowEvent")
EVENTS = (*CATCHING, *THROWING)
GATEWAYS = (
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
    "complexGateway",
)  # fmt: skip
CHOREOGRAPHY_ACTIVITIES = ("choreographyTask", "subChoreography", "callChoreography")
FLOW_NODES = (*ACTIVITIES, *EVENTS, *GATEWAYS, *CHOREOGRAPHY_ACTIVITIES)
CHOREOGRAPHIES = ("choreography", "subChoreography", "globalChoreographyTask")
SCOPES = ("process", *SUBPROCESSES, *CHOREOGRAPHIES)
COLLABORATIONS = ("collaboration", "choreography", "globalConversation", "globalChoreographyTask")
CONVERSATIONS = ("conversation", "subConversation", "callConversation")
GLOBAL_TASKS = (
    "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask",
    "globalBusinessRuleTask",
)  # fmt: skip
DATA = (
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "dataInput",
    "dataOutput",
    "property",
)
ITEM_AWARE = (*DATA, "dataStore")
KINDS = (
    "message", "timer", "signal", "error", "escalation", "terminate", "conditional", "compensate",
    "link", "cancel",
)  # fmt: skip
DEFINITIONS = tuple(f"{kind}EventDefinition" for kind in KINDS)

_NAMES = {
    "process": ("กระบวนงาน", "process"),
    "collaboration": ("ผังความร่วมมือ", "collaboration"),
    "participant": ("พูล", "pool"),
    "lane": ("เลน", "lane"),
    "sequenceFlow": ("เส้นลำดับงาน", "sequence flow"),
    "messageFlow": ("เส้นข้อความ", "message flow"),
    "association": ("เส้นเชื่อมโยง", "association"),
    "task": ("งาน", "task"),
    "userTask": ("งานของเจ้าหน้าที่", "user task"),
    "manualTask": ("งานที่ทำนอกระบบ", "manual task"),
    "serviceTask": ("งานบริการของระบบ", "service task"),
    "scriptTask": ("งานคำนวณ", "script task"),
    "businessRuleTask": ("งานตารางตัดสินใจ", "business rule task"),
    "sendTask": ("งานส่งข้อความ", "send task"),
    "receiveTask": ("งานรอรับข้อความ", "receive task"),
    "callActivity": ("งานเรียกกระบวนงาน", "call activity"),
    "subProcess": ("กระบวนการย่อย", "subprocess"),
    "transaction": ("กระบวนการย่อยแบบธุรกรรม", "transaction"),
    "adHocSubProcess": ("กระบวนการย่อยแบบไม่กำหนดลำดับ", "ad-hoc subprocess"),
    "startEvent": ("เหตุการณ์เริ่มต้น", "start event"),
    "endEvent": ("เหตุการณ์สิ้นสุด", "end event"),
    "intermediateCatchEvent": ("เหตุการณ์รอรับระหว่างทาง", "intermediate catch event"),
    "intermediateThrowEvent": ("เหตุการณ์ส่งระหว่างทาง", "intermediate throw event"),
    "implicitThrowEvent": ("เหตุการณ์ส่งโดยปริยาย", "implicit throw event"),
    "boundaryEvent": ("เหตุการณ์ขอบ", "boundary event"),
    "exclusiveGateway": ("เกตเวย์เลือกทางเดียว", "exclusive gateway"),
    "parallelGateway": ("เกตเวย์ขนาน", "parallel gateway"),
    "inclusiveGateway": ("เกตเวย์เลือกหลายทาง", "inclusive gateway"),
    "eventBasedGateway": ("เกตเวย์รอเหตุการณ์", "event-based gateway"),
    "complexGateway": ("เกตเวย์ซับซ้อน", "complex gateway"),
    "dataObject": ("วัตถุข้อมูล", "data object"),
    "dataObjectReference": ("การอ้างวัตถุข้อมูล", "data object reference"),
    "dataStore": ("คลังข้อมูล", "data store"),
    "dataStoreReference": ("การอ้างคลังข้อมูล", "data store reference"),
    "dataInput": ("ข้อมูลเข้า", "data input"),
    "dataOutput": ("ข้อมูลออก", "data output"),
    "property": ("คุณสมบัติ", "property"),
    "message": ("ข้อความ", "message"),
    "signal": ("สัญญาณ", "signal"),
    "error": ("ข้อผิดพลาด", "error"),
    "escalation": ("การยกระดับเรื่อง", "escalation"),
    "timer": ("ตัวจับเวลา", "timer"),
    "terminate": ("ยุติทันที", "terminate"),
    "conditional": ("เงื่อนไข", "conditional"),
    "compensate": ("การชดเชย", "compensation"),
    "link": ("จุดเชื่อม", "link"),
    "cancel": ("การยกเลิกธุรกรรม", "cancel"),
    "none": ("ไม่มีเหตุ", "none"),
    "multiple": ("หลายเหตุ", "multiple"),
    "choreography": ("ผังการประสานงาน", "choreography"),
    "choreographyTask": ("งานประสาน", "choreography task"),
    "subChoreography": ("การประสานย่อย", "sub-choreography"),
    "callChoreography": ("การเรียกผังประสาน", "call choreography"),
    "conversation": ("การสนทนา", "conversation"),
}


def name_of(tag: str) -> Text:
    """What people call an element of this kind."""
    thai, english = _NAMES.get(tag.removesuffix("EventDefinition"), (tag, tag))
    return Text(thai, english)


def names_of(tags: tuple[str, ...] | list[str] | set[str] | frozenset[str]) -> Text:
    found = [name_of(tag) for tag in sorted(tags)]
    return Text(", ".join(name.th for name in found), ", ".join(name.en for name in found))
