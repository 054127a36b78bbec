"""What an element must say before it can run."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, owning_lane, written
from engine.bpmn.lint.tree import child, children, tag_of, text_of
from engine.bpmn.model import Flow, Node, Process, Scope
from engine.ground.text import Text

FAMILY = Family("runnable", "completeness", Text("ความครบถ้วน", "Completeness"))

DECIDING = ("exclusiveGateway", "inclusiveGateway")
THROWING = ("endEvent", "intermediateThrowEvent")


def _events(subject: Subject, kind: str) -> Iterator[tuple[Scope, Node, int]]:
    for scope, node in nodes_of(subject):
        for index, event in enumerate(node.events):
            if event.kind == kind:
                yield scope, node, index


@FAMILY.rule(
    "message-unnamed",
    Text("ไม่ได้บอกว่าเป็นข้อความใด", "It does not say which message is meant."),
    Text("ข้อความจับคู่กันด้วยชื่อ", "Messages are matched by their names."),
    Text("เลือกหรือสร้างข้อความที่มีชื่อ", "Choose or create a message with a name."),
)
def message_unnamed(subject: Subject) -> Iterator[Hit]:
    for _, node, index in _events(subject, "message"):
        handled_by_job = node.tag in THROWING and node.extensions.job_type
        if not node.events[index].name and not handled_by_job:
            yield at(node.id)
    for _, node in nodes_of(subject):
        if node.tag == "receiveTask" and not node.events:
            yield at(node.id)


@FAMILY.rule(
    "signal-unnamed",
    Text("ไม่ได้บอกว่าเป็นสัญญาณใด", "It does not say which signal is meant."),
    Text("สัญญาณจับคู่กันด้วยชื่อ", "Signals are matched by their names."),
    Text("เลือกหรือสร้างสัญญาณที่มีชื่อ", "Choose or create a signal with a name."),
)
def signal_unnamed(subject: Subject) -> Iterator[Hit]:
    events = _events(subject, "signal")
    yield from (at(node.id) for _, node, index in events if not node.events[index].name)


@FAMILY.rule(
    "code-missing",
    Text("{kind}ที่ส่งไม่มีรหัส", "The thrown {kind} has no code."),
    Text(
        "รหัสบอกว่าเหตุการณ์ใดรับเรื่องนี้ (§10.5.3: errorCode ต้องมีเมื่อกระบวนงานทำงานได้)",
        "The code tells who catches it (§10.5.3: an executable end event names its errorCode).",
    ),
    Text("กำหนดรหัส", "Give it a code."),
)
def code_missing(subject: Subject) -> Iterator[Hit]:
    for kind in ("error", "escalation"):
        for _, node, index in _events(subject, kind):
            if node.tag in THROWING and not node.events[index].name:
                yield at(node.id, kind=words.name_of(kind))


@FAMILY.rule(
    "timer-empty",
    Text("ตัวจับเวลาไม่ได้บอกเวลา", "The timer does not say when."),
    Text("ต้องมีวันเวลา ระยะเวลา หรือรอบเวลา", "It needs a date, a duration or a cycle."),
    Text("กำหนด timeDate, timeDuration หรือ timeCycle", "Give timeDate, timeDuration or timeCycle."),
)
def timer_empty(subject: Subject) -> Iterator[Hit]:
    events = _events(subject, "timer")
    yield from (at(node.id) for _, node, index in events if not node.events[index].expression)


@FAMILY.rule(
    "work-missing",
    Text("{kind} ไม่ได้บอกว่าต้องทำอะไร", "The {kind} does not say what to do."),
    Text(
        "งานบริการและงานส่งต้องมีชนิดงาน (taskDefinition) งานตารางตัดสินใจต้องมีตาราง งานคำนวณต้องมีนิพจน์",
        "Service and send tasks need a job type, business "
        "rule tasks a decision, script tasks FEEL.",
    ),
    Text("กำหนดในแผงคุณสมบัติของโปรแกรมวาดผัง", "Fill it in, in the modeler's properties panel."),
)
def work_missing(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if not _has_work(node):
            yield at(node.id, kind=words.name_of(node.tag))


def _has_work(node: Node) -> bool:
    extensions = node.extensions
    if node.tag == "sendTask":
        return bool(extensions.job_type or node.events)
    if node.tag == "serviceTask":
        return bool(extensions.job_type)
    if node.tag == "businessRuleTask":
        return bool(extensions.decision or extensions.job_type)
    if node.tag == "scriptTask":
        return bool(extensions.script)
    return True


@FAMILY.rule(
    "script-language",
    Text("สคริปต์ภาษา “{language}” ใช้ไม่ได้", "A script in {language!r} is not run."),
    Text(
        "นิพจน์ทุกแห่งเป็น FEEL เพื่อไม่ให้แฟ้มที่ติดตั้งสั่งเครื่องแม่ข่ายได้",
        "All expressions are FEEL, so that a deployed file can never command the server.",
    ),
    Text("เขียนเป็น FEEL ใน zeebe:script", "Write it as FEEL in zeebe:script."),
)
def script_language(subject: Subject) -> Iterator[Hit]:
    for task in written(subject, "scriptTask"):
        language = task.get("scriptFormat", "")
        if text_of(child(task, "script")) or language.lower() not in ("", "feel"):
            yield at(task, language=language or "?")


@FAMILY.rule(
    "expression-language",
    Text("นิพจน์ภาษา “{language}” ใช้ไม่ได้", "An expression in {language!r} is not evaluated."),
    Text("นิพจน์ทุกแห่งเป็น FEEL", "All expressions are FEEL."),
    Text("เขียนเป็น FEEL แล้วลบ language", "Write it in FEEL and remove the attribute language."),
)
def expression_language(subject: Subject) -> Iterator[Hit]:
    for expression in written(subject, *EXPRESSIONS):
        language = expression.get("language", "")
        if language and "feel" not in language.lower():
            yield at(expression, language=language)


EXPRESSIONS = (
    "conditionExpression", "timeDate", "timeDuration", "timeCycle", "completionCondition",
    "loopCardinality", "loopCondition", "condition",
)  # fmt: skip
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@FAMILY.rule(
    "expression-informal",
    Text(
        "{slot} ไม่ได้บอกว่าเป็นนิพจน์ (xsi:type)",
        "The {slot} does not say that it is a formula (xsi:type).",
    ),
    Text(
        "หากไม่ระบุ มาตรฐานถือว่าเป็นข้อความสำหรับคนอ่าน ไม่ใช่สิ่งที่คำนวณได้ (§8.4.6)",
        "Otherwise it is natural language to the standard, which nothing can compute (§8.4.6).",
    ),
    Text('เพิ่ม xsi:type="tFormalExpression"', 'Add xsi:type="tFormalExpression".'),
)
def expression_informal(subject: Subject) -> Iterator[Hit]:
    for expression in written(subject, *EXPRESSIONS):
        kind = expression.get(TYPE, "").rpartition(":")[2]
        if text_of(expression) and kind != "tFormalExpression":
            yield at(expression, slot=tag_of(expression))


@FAMILY.rule(
    "condition-missing",
    Text(
        "เส้น “{flow}” ไม่มีเงื่อนไขและไม่ใช่เส้นเริ่มต้น",
        "The flow {flow!r} has no condition and is not the default.",
    ),
    Text(
        "เกตเวย์ที่เลือกทางต้องรู้ว่าไปทางใดเมื่อใด", "A deciding gateway must know when to take which way."
    ),
    Text("เพิ่มเงื่อนไข หรือตั้งเป็นเส้นเริ่มต้น", "Give it a condition, or make it the default."),
)
def condition_missing(subject: Subject) -> Iterator[Hit]:
    for node, flows in _decisions(subject):
        for flow in flows:
            if not flow.condition and flow.id != node.default:
                yield at(node.id, flow=flow.id)


def _decisions(subject: Subject) -> Iterator[tuple[Node, list[Flow]]]:
    for scope, node in nodes_of(subject):
        flows = scope.outgoing(node.id)
        if node.tag in DECIDING and len(flows) > 1:
            yield node, flows


@FAMILY.rule(
    "default-missing",
    Text(
        "ไม่มีเส้นเริ่มต้น หากไม่มีเงื่อนไขใดจริง เรื่องจะหยุดรอผู้ดูแลระบบ",
        "There is no default flow; if no condition holds, the case stops as an incident.",
    ),
    Text("เส้นเริ่มต้นทำให้มีทางไปเสมอ", "With a default there is always a way on."),
    Text("ตั้งเส้นหนึ่งเป็นเส้นเริ่มต้น", "Make one flow the default."),
    severity="warning",
)
def default_missing(subject: Subject) -> Iterator[Hit]:
    for node, flows in _decisions(subject):
        if not node.default and all(flow.condition for flow in flows):
            yield at(node.id)


@FAMILY.rule(
    "form-missing",
    Text("งานของเจ้าหน้าที่ไม่มีแบบฟอร์ม", "The user task has no form."),
    Text("เจ้าหน้าที่กรอกผลงานในแบบฟอร์ม", "Officers fill in their results in a form."),
    Text("ผูกแบบฟอร์ม (formDefinition)", "Link a form (formDefinition)."),
    severity="warning",
)
def form_missing(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.tag == "userTask" and not node.extensions.form:
            yield at(node.id)


@FAMILY.rule(
    "role-missing",
    Text("งานของเจ้าหน้าที่ไม่มีผู้รับผิดชอบ", "Nobody is responsible for the user task."),
    Text(
        "งานที่ไม่มีผู้รับผิดชอบไม่ปรากฏในรายการงานของใคร",
        "A task without candidates is in nobody's work list.",
    ),
    Text("กำหนด candidateGroups หรือ role ของเลน", "Give candidateGroups, or the lane a role."),
    severity="warning",
)
def role_missing(subject: Subject) -> Iterator[Hit]:
    for process in executable(subject):
        for node in process.body.walk():
            if node.tag == "userTask" and not has_owner(process, node):
                yield at(node.id)


def has_owner(process: Process, node: Node) -> bool:
    """Whether a user task says who may do it, by itself or by the role of its lane."""
    extensions = node.extensions
    if extensions.candidate_groups or extensions.candidate_users or extensions.assignee:
        return True
    return owning_lane(process, node) is not None


@FAMILY.rule(
    "call-missing",
    Text("ไม่ได้บอกว่าเรียกกระบวนงานใด", "It does not say which process is called."),
    Text("งานเรียกกระบวนงานต้องรู้ว่าจะเรียกอะไร", "A call activity names what it calls."),
    Text("กำหนด processId", "Give the processId."),
)
def call_missing(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.tag == "callActivity" and not node.extensions.called_process:
            yield at(node.id)


@FAMILY.rule(
    "io-specification",
    Text(
        "ข้อมูลเข้าออกของกิจกรรม (ioSpecification) ไม่ถูกใช้",
        "The activity's ioSpecification is not used.",
    ),
    Text(
        "กิจกรรมอ่านและเขียนตัวแปรของเรื่องผ่าน ioMapping",
        "Activities read and write variables through an ioMapping.",
    ),
    Text("ใช้ ioMapping หากต้องการส่งค่า", "Use an ioMapping where values must move."),
    severity="info",
)
def io_specification(subject: Subject) -> Iterator[Hit]:
    for element in written(subject, *words.ACTIVITIES):
        if children(element, "ioSpecification"):
            yield at(element)
