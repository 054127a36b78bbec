"""Data: objects, inputs and outputs, and the associations that move them."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    Tree,
    child,
    children,
    id_of,
    is_inside,
    is_true,
    scope_of,
    tag_of,
    text_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "data", Text("ข้อมูล", "Data"))

ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
TYPED = ("dataObject", "dataInput", "dataOutput")


def _ends(tree: Tree, association: Element, slot: str) -> list[Element]:
    found = (tree.find(text_of(part), part) for part in children(association, slot))
    return [element for element in found if element is not None]


def _owner(association: Element) -> Element | None:
    """The activity or event whose data moves (a multi-instance loop lies inside it)."""
    return association.getparent()


@FAMILY.rule(
    "data-association-inside",
    Text(
        "เส้นข้อมูล “{end}” ไม่ได้อยู่ในกิจกรรมหรือเหตุการณ์นี้",
        "The data association's end {end!r} does not belong to this element.",
    ),
    Text(
        "เส้นข้อมูลเข้าจบที่ข้อมูลเข้าของตนเอง เส้นข้อมูลออกเริ่มจากข้อมูลออกของตนเอง (§10.4.2)",
        "An input association ends at an input of its own "
        "element, an output one starts at an output (§10.4.2).",
    ),
    Text("ต่อเส้นกับข้อมูลของกิจกรรมนี้", "Connect it to the element's own data."),
)
def data_association_inside(subject: Subject) -> Iterator[Hit]:
    for tag, slot, own in (
        ("dataInputAssociation", "targetRef", ("dataInput", "property")),
        ("dataOutputAssociation", "sourceRef", ("dataOutput", "property")),
    ):
        for association in subject.tree.all(tag):
            for end in _ends(subject.tree, association, slot):
                if tag_of(end) not in own or not _belongs(end, _owner(association)):
                    yield at(association, end=id_of(end))


def _belongs(end: Element, owner: Element | None) -> bool:
    return owner is not None and any(parent is owner for parent in end.iterancestors())


@FAMILY.rule(
    "data-association-sources",
    Text(
        "เส้นข้อมูลมีต้นทาง {count} แห่งและไม่มีการแปลงข้อมูล",
        "The data association has {count} sources and no transformation.",
    ),
    Text(
        "หากไม่มีการแปลง ต้องมีต้นทางเดียว (§10.4.2)",
        "Without a transformation there is exactly one source (§10.4.2).",
    ),
    Text("เหลือต้นทางเดียว หรือเพิ่มการแปลง", "Keep one source or add a transformation."),
)
def data_association_sources(subject: Subject) -> Iterator[Hit]:
    for association in subject.tree.all(*ASSOCIATIONS):
        count = len(children(association, "sourceRef"))
        # Camunda Modeler leaves the source of an output out: it can only be the activity itself.
        untold = count == 0 and tag_of(association) == "dataOutputAssociation"
        computed = children(association, "transformation", "assignment")
        if count != 1 and not untold and not computed:
            yield at(association, count=count)


@FAMILY.rule(
    "data-association-types",
    Text(
        "ชนิดข้อมูลต้นทาง ({source}) ไม่ตรงกับปลายทาง ({target})",
        "The source is a {source}, the target a {target}.",
    ),
    Text(
        "หากไม่มีการแปลง ชนิดข้อมูลต้องตรงกัน (§10.4.2)",
        "Without a transformation both have the same item definition (§10.4.2).",
    ),
    Text("ใช้ชนิดเดียวกัน หรือเพิ่มการแปลง", "Use one type, or add a transformation."),
    severity="warning",
)
def data_association_types(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for association in tree.all(*ASSOCIATIONS):
        if children(association, "transformation", "assignment"):
            continue
        ends = _ends(tree, association, "sourceRef")[:1] + _ends(tree, association, "targetRef")
        types = [kind for end in ends if (kind := _type_of(tree, end)) is not None]
        if len(types) == 2 and types[0] is not types[1]:
            yield at(association, source=id_of(types[0]), target=id_of(types[1]))


def _type_of(tree: Tree, element: Element) -> Element | None:
    if tag_of(element) == "dataObjectReference":
        target = tree.find(element.get("dataObjectRef"), element)
        return _type_of(tree, target) if target is not None and target is not element else None
    if tag_of(element) == "dataStoreReference":
        target = tree.find(element.get("dataStoreRef"), element)
        return _type_of(tree, target) if target is not None and target is not element else None
    return tree.find(element.get("itemSubjectRef"), element)


@FAMILY.rule(
    "data-out-of-reach",
    Text("“{end}” มองไม่เห็นจากที่นี่", "{end!r} cannot be seen from here."),
    Text(
        "วัตถุข้อมูลใช้ได้ในกระบวนงานหรือกระบวนการย่อยที่มันอยู่และภายในนั้น (§10.4.1)",
        "A data object is seen in the process or subprocess "
        "that holds it, and inside of it (§10.4.1).",
    ),
    Text("ย้ายวัตถุข้อมูลออกมาไว้ชั้นนอก", "Move the data object to an outer level."),
)
def data_out_of_reach(subject: Subject) -> Iterator[Hit]:
    for association in subject.tree.all(*ASSOCIATIONS):
        for slot in ("sourceRef", "targetRef"):
            for end in _ends(subject.tree, association, slot):
                # A data store outlives its process; modelers draw one for several pools.
                if tag_of(end) in ("dataStore", "dataStoreReference"):
                    continue
                if tag_of(end) not in words.ITEM_AWARE:
                    continue
                holder = _holder(end)
                if holder is not None and not is_inside(association, holder):
                    yield at(association, end=id_of(end))
    for reference in subject.tree.all("dataObjectReference"):
        target = subject.tree.find(reference.get("dataObjectRef"), reference)
        scope = scope_of(target) if target is not None else None
        if scope is not None and not is_inside(reference, scope):
            yield at(reference, end=id_of(target) if target is not None else "")


def _holder(end: Element) -> Element | None:
    """The element inside of which a data element is visible."""
    if tag_of(end) in ("dataObject", "dataObjectReference"):
        return scope_of(end)
    for parent in end.iterancestors():
        if tag_of(parent) in (*words.FLOW_NODES, "process"):
            return parent
    return None


@FAMILY.rule(
    "data-process-edge",
    Text(
        "“{end}” เป็น{kind}ของกระบวนงาน ใช้ในทิศนี้ไม่ได้",
        "{end!r} is a {kind} of the process and cannot be used in this direction.",
    ),
    Text(
        "ภายในกระบวนงาน ข้อมูลเข้าอ่านได้อย่างเดียว ข้อมูลออกเขียนได้อย่างเดียว (§10.4.1)",
        "Inside a process its inputs are only read and its outputs only written (§10.4.1).",
    ),
    Text("กลับทิศ หรือใช้วัตถุข้อมูล", "Turn it round, or use a data object."),
)
def data_process_edge(subject: Subject) -> Iterator[Hit]:
    for association in subject.tree.all(*ASSOCIATIONS):
        for slot, wrong in (("targetRef", "dataInput"), ("sourceRef", "dataOutput")):
            for end in _ends(subject.tree, association, slot):
                holder = _holder(end)
                if tag_of(end) == wrong and holder is not None and tag_of(holder) == "process":
                    yield at(association, end=id_of(end), kind=words.name_of(wrong))


@FAMILY.rule(
    "data-collection",
    Text(
        "isCollection ไม่ตรงกับชนิดข้อมูล “{item}”",
        "isCollection differs from its item definition {item!r}.",
    ),
    Text(
        "เมื่ออ้างชนิดข้อมูล ค่า isCollection ต้องเท่ากัน (§10.4.1)",
        "With an item definition both say the same (§10.4.1).",
    ),
    Text("แก้ให้ตรงกัน", "Make them agree."),
    severity="warning",
)
def data_collection(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.all(*TYPED):
        item = subject.tree.find(element.get("itemSubjectRef"), element)
        if item is None or (
            element.get("isCollection") is None and not is_true(item, "isCollection")
        ):
            continue
        if is_true(element, "isCollection") != is_true(item, "isCollection"):
            yield at(element, item=id_of(item))


@FAMILY.rule(
    "data-reference-typed",
    Text("การอ้างวัตถุข้อมูลกำหนดชนิดข้อมูลเอง", "A data object reference gives a type of its own."),
    Text(
        "ชนิดเป็นของวัตถุข้อมูล การอ้างบอกได้เพียงสถานะ (§10.4.1)",
        "The type belongs to the data object; a reference only gives a state (§10.4.1).",
    ),
    Text("ย้าย itemSubjectRef ไปที่วัตถุข้อมูล", "Move itemSubjectRef to the data object."),
)
def data_reference_typed(subject: Subject) -> Iterator[Hit]:
    for reference in subject.tree.all("dataObjectReference"):
        item = reference.get("itemSubjectRef")
        target = subject.tree.find(reference.get("dataObjectRef"), reference)
        if item and (target is None or target.get("itemSubjectRef") != item):
            yield at(reference)


@FAMILY.rule(
    "data-object-state",
    Text("วัตถุข้อมูลกำหนดสถานะ (dataState)", "A data object gives a state."),
    Text("สถานะเป็นของการอ้างแต่ละจุด (§10.4.1)", "States belong to its references (§10.4.1)."),
    Text("ย้าย dataState ไปที่การอ้างวัตถุข้อมูล", "Move dataState to the reference."),
)
def data_object_state(subject: Subject) -> Iterator[Hit]:
    yield from (at(o) for o in subject.tree.all("dataObject") if child(o, "dataState") is not None)


@FAMILY.rule(
    "data-reference-empty",
    Text(
        "การอ้างวัตถุข้อมูลไม่ได้บอกว่าอ้างวัตถุใด",
        "A data object reference does not say which object it means.",
    ),
    Text("การอ้างต้องมีวัตถุข้อมูล (§10.4.1)", "A reference means one data object (§10.4.1)."),
    Text("กำหนด dataObjectRef", "Set dataObjectRef."),
)
def data_reference_empty(subject: Subject) -> Iterator[Hit]:
    references = subject.tree.all("dataObjectReference")
    yield from (at(r) for r in references if not r.get("dataObjectRef"))


@FAMILY.rule(
    "data-set-missing",
    Text("{kind} “{name}” ไม่อยู่ในชุดใด", "The {kind} {name!r} is in no set."),
    Text(
        "ข้อมูลเข้าออกทุกตัวอยู่ในชุดอย่างน้อยหนึ่งชุด (§10.4.1)",
        "Every data input and output is in at least one set (§10.4.1).",
    ),
    Text("เพิ่มเข้าในชุด", "Add it to a set."),
)
def data_set_missing(subject: Subject) -> Iterator[Hit]:
    for tag, sets, slot in (
        ("dataInput", "inputSet", "dataInputRefs"),
        ("dataOutput", "outputSet", "dataOutputRefs"),
    ):
        for part in subject.tree.all(tag):
            holder = part.getparent()
            if holder is None or tag_of(holder) != "ioSpecification":
                continue
            named = {
                text_of(ref) for group in children(holder, sets) for ref in children(group, slot)
            }
            if id_of(part) not in named:
                yield at(part, kind=words.name_of(tag), name=id_of(part))


@FAMILY.rule(
    "data-set-foreign",
    Text("ชุดข้อมูลอ้าง “{name}” ซึ่งไม่ใช่ของตน", "The set names {name!r}, which is not its own."),
    Text(
        "ชุดข้อมูลรวมข้อมูลของกิจกรรมเดียวกัน (§10.4.1)",
        "A set only names data of its own element (§10.4.1).",
    ),
    Text("อ้างข้อมูลของกิจกรรมนี้", "Name the element's own data."),
)
def data_set_foreign(subject: Subject) -> Iterator[Hit]:
    for group in subject.tree.all("inputSet", "outputSet"):
        holder = group.getparent()
        for part in group:
            if not tag_of(part).endswith("Refs"):
                continue
            target = subject.tree.find(text_of(part), part)
            if target is not None and holder is not None and not is_inside(target, holder):
                yield at(group, name=id_of(target))


@FAMILY.rule(
    "data-set-subset",
    Text("“{name}” อยู่ใน {slot} แต่ไม่อยู่ในชุดข้อมูล", "{name!r} is in {slot} but not in the set itself."),
    Text("ข้อมูลไม่บังคับต้องเป็นส่วนหนึ่งของชุด (§10.4.1)", "Optional data is part of the set (§10.4.1)."),
    Text("เพิ่มเข้าในชุดด้วย", "Add it to the set, too."),
)
def data_set_subset(subject: Subject) -> Iterator[Hit]:
    for group in subject.tree.all("inputSet", "outputSet"):
        side = "Input" if tag_of(group) == "inputSet" else "Output"
        whole = {text_of(part) for part in children(group, f"data{side}Refs")}
        for slot in (f"optional{side}Refs", f"whileExecuting{side}Refs"):
            for part in children(group, slot):
                if text_of(part) not in whole:
                    yield at(group, name=text_of(part), slot=slot)


@FAMILY.rule(
    "data-reference-circle",
    Text("การอ้างวัตถุข้อมูลวนกลับมาที่ตัวเอง", "The data object reference leads back to itself."),
    Text("การอ้างต้องจบที่วัตถุข้อมูล", "A reference ends at a data object."),
    Text("อ้างวัตถุข้อมูลโดยตรง", "Refer to the data object itself."),
)
def data_reference_circle(subject: Subject) -> Iterator[Hit]:
    for reference in subject.tree.all("dataObjectReference"):
        if subject.tree.find(reference.get("dataObjectRef"), reference) is reference:
            yield at(reference)


@FAMILY.rule(
    "data-set-pair",
    Text(
        "ชุด “{other}” ไม่ได้อ้างกลับมาที่ชุดนี้",
        "The set {other!r} does not refer back to this one.",
    ),
    Text(
        "กติกาข้อมูลเข้าออกอ้างถึงกันทั้งสองฝั่ง (§10.4.1)",
        "A rule between input and output sets is told on both sides (§10.4.1).",
    ),
    Text("เพิ่มการอ้างกลับ", "Add the reference back."),
    severity="warning",
)
def data_set_pair(subject: Subject) -> Iterator[Hit]:
    sides = (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    )
    for tag, slot, back in sides:
        for group in subject.tree.all(tag):
            for part in children(group, slot):
                other = subject.tree.find(text_of(part), part)
                if other is None or tag_of(other) == tag:
                    continue
                if id_of(group) not in {text_of(ref) for ref in children(other, back)}:
                    yield at(group, other=id_of(other))


@FAMILY.rule(
    "data-subprocess",
    Text("กระบวนการย่อยมีข้อมูลเข้าออกของตนเอง", "A subprocess has data inputs and outputs of its own."),
    Text(
        "กระบวนการย่อยใช้ข้อมูลของกระบวนงานที่มันอยู่ (§10.4.1)",
        "A subprocess uses the data of the process around it (§10.4.1).",
    ),
    Text("ลบ ioSpecification", "Remove the ioSpecification."),
)
def data_subprocess(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all(*words.SUBPROCESSES):
        repeated = child(scope, "multiInstanceLoopCharacteristics") is not None
        if child(scope, "ioSpecification") is not None and not repeated:
            yield at(scope)
