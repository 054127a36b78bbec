"""Tasks, calls, operations and resources: what each kind must say."""

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

FAMILY = Family("standard", "tasks", Text("งานและการเรียก", "Tasks and calls"))


@FAMILY.rule(
    "script-format",
    Text("มีสคริปต์แต่ไม่บอกภาษา", "There is a script but not its language."),
    Text(
        "เมื่อมีสคริปต์ต้องระบุ scriptFormat (§10.3.3)", "With a script comes its scriptFormat (§10.3.3)."
    ),
    Text("ระบุ scriptFormat", "Give the scriptFormat."),
)
def script_format(subject: Subject) -> Iterator[Hit]:
    for tag, slot in (("scriptTask", "scriptFormat"), ("globalScriptTask", "scriptLanguage")):
        for task in subject.tree.all(tag):
            if child(task, "script") is not None and not task.get(slot):
                yield at(task)


@FAMILY.rule(
    "receive-instantiate",
    Text(
        "งานรอรับที่เริ่มกระบวนงานไม่ได้อยู่เป็นลำดับแรก",
        "A receive task that starts the process does not come first.",
    ),
    Text(
        "งานรอรับแบบ instantiate ไม่มีเส้นเข้า หรือมีเส้นเข้าจากจุดเริ่มเท่านั้น (§10.3.3)",
        "With instantiate it has no incoming flow, or only one from a start event (§10.3.3).",
    ),
    Text(
        "ลบ instantiate หรือย้ายงานมาเป็นลำดับแรก", "Remove instantiate or move the task to the front."
    ),
)
def receive_instantiate(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for task in tree.all("receiveTask"):
        if not is_true(task, "instantiate"):
            continue
        sources = [tree.source(flow) for flow in tree.incoming(task)]
        started = [
            source for source in sources if source is not None and tag_of(source) == "startEvent"
        ]
        scope = scope_of(task)
        unstarted = scope is not None and not children(scope, "startEvent")
        if (sources and len(started) < len(sources)) or (not sources and not unstarted):
            yield at(task)


def _messages(tree: Tree, element: Element) -> tuple[Element | None, Element | None]:
    """What an element sends and what it receives."""
    operation = tree.find(element.get("operationRef"), element)
    message = tree.find(element.get("messageRef"), element)
    if tag_of(element) == "serviceTask" and operation is not None:
        parts = [child(operation, slot) for slot in ("inMessageRef", "outMessageRef")]
        sent, received = [tree.find(text_of(part), operation) for part in parts]
        return sent, received
    return (message, None) if tag_of(element) == "sendTask" else (None, message)


@FAMILY.rule(
    "message-data-type",
    Text(
        "{kind} “{data}” ไม่ตรงกับชนิดของข้อความ “{message}”",
        "The {kind} {data!r} is not of the type of the message {message!r}.",
    ),
    Text(
        "ข้อมูลที่ส่งหรือรับต้องเป็นชนิดเดียวกับข้อความ (§10.3.3)",
        "What is sent or received has the item definition of its message (§10.3.3).",
    ),
    Text("ใช้ชนิดข้อมูลเดียวกัน", "Use one item definition for both."),
    severity="warning",
)
def message_data_type(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for task in tree.all("serviceTask", "sendTask", "receiveTask"):
        specification = child(task, "ioSpecification")
        if specification is None:
            continue
        sides = zip(_messages(tree, task), ("dataInput", "dataOutput"), strict=True)
        for message, tag in sides:
            for data in children(specification, tag):
                if message is not None and _differs(tree, data, message):
                    yield at(
                        task, kind=words.name_of(tag), data=id_of(data), message=id_of(message)
                    )


def _differs(tree: Tree, data: Element, message: Element) -> bool:
    given, expected = data.get("itemSubjectRef"), message.get("itemRef")
    if not given or not expected:
        return False
    return tree.find(given, data) is not tree.find(expected, message)


@FAMILY.rule(
    "message-event-data-type",
    Text(
        "ข้อมูลของเหตุการณ์ “{data}” ไม่ตรงกับชนิดของ “{message}”",
        "The event's data {data!r} is not of the type of {message!r}.",
    ),
    Text(
        "ข้อมูลของเหตุการณ์เป็นชนิดเดียวกับสิ่งที่ส่งหรือรับ (§10.5.1)",
        "An event's data has the type of what it throws or catches (§10.5.1).",
    ),
    Text("ใช้ชนิดข้อมูลเดียวกัน", "Use one item definition for both."),
    severity="warning",
)
def message_event_data_type(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for event in tree.all(*words.EVENTS):
        definitions = tree.definitions(event)
        data = children(event, "dataInput", "dataOutput")
        if len(definitions) != 1 or len(data) != 1:
            continue
        message = tree.find(definitions[0].get("messageRef"), definitions[0])
        if message is not None and _differs(tree, data[0], message):
            yield at(event, data=id_of(data[0]), message=id_of(message))


@FAMILY.rule(
    "task-data-count",
    Text("{task} มี{kind} {count} รายการ", "The {task} has {count} of: {kind}."),
    Text(
        "งานส่ง รับ และบริการมีข้อมูลเข้าออกได้อย่างละหนึ่งรายการ (§10.3.3)",
        "Send, receive and service tasks have at most one data input and one output (§10.3.3).",
    ),
    Text("เหลือรายการเดียว", "Keep one."),
    severity="warning",
)
def task_data_count(subject: Subject) -> Iterator[Hit]:
    allowed = {"serviceTask": (1, 1), "sendTask": (1, 0), "receiveTask": (0, 1)}
    for tag, limits in allowed.items():
        for task in subject.tree.all(tag):
            specification = child(task, "ioSpecification")
            told = task.get("operationRef") or task.get("messageRef")
            if specification is None or not told:
                continue
            for kind, limit in zip(("dataInput", "dataOutput"), limits, strict=True):
                count = len(children(specification, kind))
                if count > limit:
                    yield at(task, task=words.name_of(tag), kind=words.name_of(kind), count=count)


@FAMILY.rule(
    "call-data",
    Text("ข้อมูลเข้าออกของการเรียกไม่ตรงกับ “{called}”", "The data of the call do not fit {called!r}."),
    Text(
        "การเรียกมีข้อมูลเข้าออกเท่ากับสิ่งที่ถูกเรียก (§10.3.4)",
        "A call has the same inputs and outputs as what it calls (§10.3.4).",
    ),
    Text("แก้ข้อมูลเข้าออกให้ตรงกัน", "Make both the same."),
)
def call_data(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for call in tree.all("callActivity"):
        called = tree.find(call.get("calledElement"), call)
        own = child(call, "ioSpecification")
        other = child(called, "ioSpecification") if called is not None else None
        if called is None or own is None or other is None:
            continue
        if any(
            len(children(own, k)) != len(children(other, k)) for k in ("dataInput", "dataOutput")
        ):
            yield at(call, called=id_of(called))


@FAMILY.rule(
    "resource-role",
    Text("ผู้รับผิดชอบระบุทั้งทรัพยากรและนิพจน์", "A resource role gives both a resource and an expression."),
    Text("เลือกได้อย่างเดียว (§10.3.1)", "It is one of the two (§10.3.1)."),
    Text("เหลืออย่างเดียว", "Keep one of them."),
)
def resource_role(subject: Subject) -> Iterator[Hit]:
    roles = ("resourceRole", "performer", "humanPerformer", "potentialOwner")
    for role in subject.tree.all(*roles):
        named = child(role, "resourceRef") is not None
        if named and child(role, "resourceAssignmentExpression") is not None:
            yield at(role)


@FAMILY.rule(
    "resource-parameter",
    Text(
        "พารามิเตอร์ “{parameter}” ไม่ใช่ของทรัพยากรที่อ้าง",
        "The parameter {parameter!r} is not one of the resource.",
    ),
    Text(
        "ค่าที่กำหนดต้องเป็นของทรัพยากรเดียวกัน (§8.4.10)",
        "A binding is for a parameter of its own resource (§8.4.10).",
    ),
    Text("เลือกพารามิเตอร์ของทรัพยากรนั้น", "Choose a parameter of that resource."),
)
def resource_parameter(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for binding in tree.all("resourceParameterBinding"):
        role = binding.getparent()
        reference = child(role, "resourceRef") if role is not None else None
        resource = tree.find(text_of(reference), binding)
        parameter = tree.find(binding.get("parameterRef"), binding)
        if resource is not None and parameter is not None and not is_inside(parameter, resource):
            yield at(binding, parameter=id_of(parameter))


@FAMILY.rule(
    "interface-binding",
    Text(
        "operation “{operation}” ไม่อยู่ในอินเทอร์เฟซที่กระบวนงานรองรับ",
        "The operation {operation!r} is not of an interface that the process supports.",
    ),
    Text(
        "การผูกข้อมูลใช้ operation ของอินเทอร์เฟซที่รองรับ (§8.4.3)",
        "Bindings use operations of supported interfaces (§8.4.3).",
    ),
    Text("เพิ่ม supportedInterfaceRef", "Add supportedInterfaceRef."),
)
def interface_binding(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for binding in tree.all("ioBinding"):
        holder = binding.getparent()
        operation = tree.find(binding.get("operationRef"), binding)
        if holder is None or operation is None:
            continue
        named = [
            tree.find(text_of(part), part) for part in children(holder, "supportedInterfaceRef")
        ]
        if operation.getparent() not in named:
            yield at(binding, operation=id_of(operation))


@FAMILY.rule(
    "process-public",
    Text(
        "กระบวนงานสาธารณะ (Public) ตั้งให้ทำงานได้ (isExecutable)",
        "A public process is marked as executable.",
    ),
    Text(
        "กระบวนงานที่ทำงานได้เป็นแบบ Private (§10.2.1)",
        "Executable processes are private ones (§10.2.1).",
    ),
    Text("เปลี่ยน processType เป็น Private", "Set processType to Private."),
)
def process_public(subject: Subject) -> Iterator[Hit]:
    for process in subject.tree.all("process"):
        if process.get("processType") == "Public" and is_true(process, "isExecutable"):
            yield at(process)


@FAMILY.rule(
    "extension-required",
    Text(
        "แฟ้มต้องใช้ส่วนขยาย “{definition}” ที่ระบบไม่รู้จัก",
        "The file requires the extension {definition!r}, which is not known here.",
    ),
    Text(
        "mustUnderstand หมายถึงห้ามอ่านแฟ้มหากไม่รู้จักส่วนขยาย (§8.3.3)",
        "mustUnderstand forbids reading the file without knowing the extension (§8.3.3).",
    ),
    Text("ลบส่วนขยาย หรือปิด mustUnderstand", "Remove the extension or its mustUnderstand."),
)
def extension_required(subject: Subject) -> Iterator[Hit]:
    for extension in subject.tree.all("extension"):
        if is_true(extension, "mustUnderstand"):
            yield at(extension, definition=extension.get("definition", ""))
