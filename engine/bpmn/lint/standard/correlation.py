"""Correlation: how a message finds its case, in the standard's own vocabulary."""

from collections.abc import Iterator

from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, Tree, children, id_of, text_of
from engine.ground.text import Text

FAMILY = Family("standard", "correlation", Text("การจับคู่ข้อความ", "Correlation"))


@FAMILY.rule(
    "correlation-key-empty",
    Text("กุญแจจับคู่ไม่มีคุณสมบัติ", "The correlation key has no property."),
    Text(
        "กุญแจประกอบด้วยคุณสมบัติอย่างน้อยหนึ่งรายการ (§8.4.2)",
        "A key consists of at least one property (§8.4.2).",
    ),
    Text("เพิ่ม correlationPropertyRef", "Add a correlationPropertyRef."),
)
def correlation_key_empty(subject: Subject) -> Iterator[Hit]:
    for key in subject.tree.all("correlationKey"):
        if not children(key, "correlationPropertyRef"):
            yield at(key)


def _properties(tree: Tree, key: Element) -> set[str]:
    found = (tree.find(text_of(part), part) for part in children(key, "correlationPropertyRef"))
    return {id_of(element) for element in found if element is not None}


def _bound(tree: Tree, subscription: Element) -> Iterator[tuple[Element, Element]]:
    for binding in children(subscription, "correlationPropertyBinding"):
        found = tree.find(binding.get("correlationPropertyRef"), binding)
        if found is not None:
            yield binding, found


@FAMILY.rule(
    "correlation-binding-missing",
    Text("คุณสมบัติ “{name}” ของกุญแจไม่ได้กำหนดค่า", "The property {name!r} of the key is not bound."),
    Text(
        "การสมัครรับต้องกำหนดค่าให้ทุกคุณสมบัติของกุญแจ (§8.4.2)",
        "A subscription binds every property of its key (§8.4.2).",
    ),
    Text("เพิ่ม correlationPropertyBinding", "Add a correlationPropertyBinding."),
)
def correlation_binding_missing(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for subscription in tree.all("correlationSubscription"):
        key = tree.find(subscription.get("correlationKeyRef"), subscription)
        if key is None:
            continue
        bound = {id_of(target) for _, target in _bound(tree, subscription)}
        missing = sorted(_properties(tree, key) - bound)
        yield from (at(subscription, name=name) for name in missing)


@FAMILY.rule(
    "correlation-binding-foreign",
    Text("คุณสมบัติ “{name}” ไม่อยู่ในกุญแจ", "The property {name!r} is not part of the key."),
    Text(
        "ค่าที่กำหนดต้องเป็นของกุญแจเดียวกัน (§8.4.2)",
        "A subscription only binds properties of its key (§8.4.2).",
    ),
    Text("ลบการกำหนดค่านี้", "Remove the binding."),
)
def correlation_binding_foreign(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for subscription in tree.all("correlationSubscription"):
        key = tree.find(subscription.get("correlationKeyRef"), subscription)
        for binding, target in _bound(tree, subscription):
            if key is not None and id_of(target) not in _properties(tree, key):
                yield at(binding, name=id_of(target))


@FAMILY.rule(
    "correlation-retrieval-twice",
    Text(
        "คุณสมบัติอ่านค่าจากข้อความ “{message}” สองครั้ง",
        "The property is taken from the message {message!r} twice.",
    ),
    Text("แต่ละข้อความให้ค่าคุณสมบัติหนึ่งครั้ง (§8.4.2)", "Each message gives a property once (§8.4.2)."),
    Text("เหลือครั้งเดียว", "Keep one of them."),
)
def correlation_retrieval_twice(subject: Subject) -> Iterator[Hit]:
    for prop in subject.tree.all("correlationProperty"):
        seen: set[str] = set()
        for part in children(prop, "correlationPropertyRetrievalExpression"):
            message = part.get("messageRef", "")
            if message in seen:
                yield at(part, message=message)
            seen.add(message)
