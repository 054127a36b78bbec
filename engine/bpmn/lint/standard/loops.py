"""Loops, multiple instances, token quantities and ad-hoc subprocesses."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    child,
    children,
    id_of,
    is_true,
    number_of,
    tag_of,
    text_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "loops", Text("การทำซ้ำ", "Loops and instances"))
MULTIPLE = "multiInstanceLoopCharacteristics"


def _has_vendor_collection(loop: Element) -> bool:
    inside = child(loop, "extensionElements")
    own = any(str(name).endswith("}collection") for name in loop.attrib)
    named = inside is not None and any(
        etree.QName(part).localname == "loopCharacteristics" for part in inside.iter(etree.Element)
    )
    return own or named


@FAMILY.rule(
    "loops-both",
    Text("มีเครื่องหมายทำซ้ำมากกว่าหนึ่ง", "There is more than one loop marker."),
    Text(
        "กิจกรรมหนึ่งวนซ้ำหรือทำหลายรอบอย่างใดอย่างหนึ่ง (§10.3.8)",
        "An activity is a loop or has multiple instances, not both (§10.3.8).",
    ),
    Text("เหลืออันเดียว", "Keep one of them."),
)
def loops_both(subject: Subject) -> Iterator[Hit]:
    for activity in subject.tree.all(*words.ACTIVITIES):
        if len(children(activity, MULTIPLE, "standardLoopCharacteristics")) > 1:
            yield at(activity)


@FAMILY.rule(
    "instances-count",
    Text("ไม่ได้บอกจำนวนรอบ", "It does not say how many instances there are."),
    Text(
        "ต้องมีจำนวน (loopCardinality) หรือรายการ (loopDataInputRef, inputCollection) (§10.3.8)",
        "Either a number (loopCardinality) or a collection is needed (§10.3.8).",
    ),
    Text("ระบุรายการที่จะทำทีละรายการ", "Name the collection to go through."),
)
def instances_count(subject: Subject) -> Iterator[Hit]:
    for loop in subject.tree.all(MULTIPLE):
        named = child(loop, "loopCardinality") is not None
        given = child(loop, "loopDataInputRef") is not None or _has_vendor_collection(loop)
        if not named and not given and _runs(loop):
            yield at(loop)


def _runs(element: Element) -> bool:
    return any(
        tag_of(parent) == "process" and is_true(parent, "isExecutable")
        for parent in element.iterancestors()
    )


@FAMILY.rule(
    "instances-both",
    Text("ระบุทั้งจำนวนรอบและรายการ", "It gives both a number and a collection."),
    Text(
        "จำนวนรอบมาจากอย่างใดอย่างหนึ่ง (§10.3.8)",
        "The number of instances comes from one of the two (§10.3.8).",
    ),
    Text("เลือกอย่างเดียว", "Keep one of them."),
)
def instances_both(subject: Subject) -> Iterator[Hit]:
    for loop in subject.tree.all(MULTIPLE):
        given = child(loop, "loopDataInputRef") is not None or _has_vendor_collection(loop)
        if child(loop, "loopCardinality") is not None and given:
            yield at(loop)


@FAMILY.rule(
    "instances-item",
    Text("มี {item} แต่ไม่มี {collection}", "There is {item} without {collection}."),
    Text("รายการย่อยต้องมาจากรายการรวม (§10.3.8)", "An item belongs to a collection (§10.3.8)."),
    Text("ระบุรายการรวม หรือลบรายการย่อย", "Name the collection or remove the item."),
)
def instances_item(subject: Subject) -> Iterator[Hit]:
    pairs = (("inputDataItem", "loopDataInputRef"), ("outputDataItem", "loopDataOutputRef"))
    for loop in subject.tree.all(MULTIPLE):
        for item, collection in pairs:
            given = child(loop, collection) is not None or _has_vendor_collection(loop)
            if child(loop, item) is not None and not given:
                yield at(loop, item=item, collection=collection)


@FAMILY.rule(
    "instances-collection",
    Text(
        "“{target}” ที่ใช้เป็นรายการไม่ใช่ชุดข้อมูล (isCollection)",
        "{target!r} is used as a collection but is none (isCollection).",
    ),
    Text(
        "loopDataInputRef และ loopDataOutputRef ต้องเป็นชุดข้อมูล (§10.3.8)",
        "What instances go through is a collection (§10.3.8).",
    ),
    Text("ตั้ง isCollection เป็น true", "Set isCollection to true."),
)
def instances_collection(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for loop in tree.all(MULTIPLE):
        for part in children(loop, "loopDataInputRef", "loopDataOutputRef"):
            target = tree.find(text_of(part), part)
            if target is not None and tag_of(target) == "dataObjectReference":
                target = tree.find(target.get("dataObjectRef"), target)
            if target is None or tag_of(target) not in ("dataInput", "dataOutput", "dataObject"):
                continue
            item = tree.find(target.get("itemSubjectRef"), target)
            collected = is_true(target, "isCollection")
            if not collected and not (item is not None and is_true(item, "isCollection")):
                yield at(loop, target=id_of(target))


@FAMILY.rule(
    "instances-own-data",
    Text("“{target}” ไม่ใช่ข้อมูลของงานนี้", "{target!r} is not data of this task."),
    Text(
        "งานวนซ้ำอ้างข้อมูลเข้าออกของตนเอง ส่วนกระบวนการย่อยอ้างวัตถุข้อมูล (§10.3.8)",
        "A task's instances go through its own data input, "
        "a subprocess's through a data object (§10.3.8).",
    ),
    Text("อ้างข้อมูลของกิจกรรมนี้เอง", "Refer to the activity's own data."),
)
def instances_own_data(subject: Subject) -> Iterator[Hit]:
    for loop in subject.tree.all(MULTIPLE):
        activity = loop.getparent()
        for part in children(loop, "loopDataInputRef", "loopDataOutputRef"):
            target = subject.tree.find(text_of(part), part)
            if (
                target is None
                or activity is None
                or tag_of(target) not in ("dataInput", "dataOutput")
            ):
                continue
            if not any(parent is activity for parent in target.iterancestors()):
                yield at(loop, target=id_of(target))


@FAMILY.rule(
    "instances-behavior",
    Text(
        "behavior เป็น {behavior} แต่ {slot} {problem}",
        "behavior is {behavior}, but {slot} {problem}.",
    ),
    Text(
        "One และ None ต้องบอกเหตุการณ์ที่จะส่ง Complex ต้องบอกเงื่อนไข "
        "ค่าอื่นไม่ใช้สิ่งเหล่านี้ (§10.3.8 ตาราง 10.29)",
        "One and None name the event to throw, Complex its "
        "conditions; nothing else uses them (§10.3.8, table 10.29).",
    ),
    Text("เพิ่มหรือลบส่วนนั้น", "Add it or remove it."),
)
def instances_behavior(subject: Subject) -> Iterator[Hit]:
    needs = {
        "One": "oneBehaviorEventRef",
        "None": "noneBehaviorEventRef",
        "Complex": "complexBehaviorDefinition",
    }
    for loop in subject.tree.all(MULTIPLE):
        behavior = loop.get("behavior", "All")
        for value, slot in needs.items():
            present = loop.get(slot) is not None or child(loop, slot) is not None
            if present and value != behavior:
                problem = Text("ไม่ควรมี", "must not be there")
                yield at(loop, behavior=behavior, slot=slot, problem=problem)
            if not present and value == behavior:
                yield at(loop, behavior=behavior, slot=slot, problem=Text("ไม่มี", "is missing"))


@FAMILY.rule(
    "loop-maximum",
    Text("จำนวนรอบสูงสุดเป็น {maximum}", "The maximum number of rounds is {maximum}."),
    Text("ต้องเป็นจำนวนเต็มบวก (§10.3.8)", "It is a positive number (§10.3.8)."),
    Text("กำหนดอย่างน้อย 1", "Give at least 1."),
)
def loop_maximum(subject: Subject) -> Iterator[Hit]:
    for loop in subject.tree.all("standardLoopCharacteristics"):
        maximum = number_of(loop, "loopMaximum", 1)
        if maximum is not None and maximum < 1:
            yield at(loop, maximum=maximum)


@FAMILY.rule(
    "token-quantity",
    Text("{slot} เป็น {value}", "{slot} is {value}."),
    Text(
        "จำนวนโทเคนเข้าออกต้องไม่น้อยกว่าหนึ่ง (§10.3.1)", "Token quantities are at least one (§10.3.1)."
    ),
    Text("กำหนดเป็น 1", "Set it to 1."),
)
def token_quantity(subject: Subject) -> Iterator[Hit]:
    for activity in subject.tree.all(*words.ACTIVITIES):
        for slot in ("startQuantity", "completionQuantity"):
            value = number_of(activity, slot, 1)
            if value is not None and value < 1:
                yield at(activity, slot=slot, value=value)


@FAMILY.rule(
    "ad-hoc-content",
    Text("กระบวนการย่อยแบบไม่กำหนดลำดับมี {kind} ไม่ได้", "An ad-hoc subprocess holds no {kind}."),
    Text("ไม่มีจุดเริ่มและจุดสิ้นสุด (§10.3.5)", "It has neither start nor end events (§10.3.5)."),
    Text("ลบเหตุการณ์นั้น หรือใช้กระบวนการย่อยธรรมดา", "Remove the event, or use a plain subprocess."),
)
def ad_hoc_content(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all("adHocSubProcess"):
        for event in children(scope, "startEvent", "endEvent"):
            yield at(event, kind=words.name_of(tag_of(event)))


@FAMILY.rule(
    "ad-hoc-empty",
    Text("กระบวนการย่อยแบบไม่กำหนดลำดับไม่มีกิจกรรม", "An ad-hoc subprocess holds no activity."),
    Text("ต้องมีอย่างน้อยหนึ่งกิจกรรม (§10.3.5)", "It holds at least one (§10.3.5)."),
    Text("เพิ่มกิจกรรม", "Add an activity."),
)
def ad_hoc_empty(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all("adHocSubProcess"):
        if not children(scope, *words.ACTIVITIES):
            yield at(scope)
