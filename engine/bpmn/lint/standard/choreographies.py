"""Choreographies: the order of messages between parties, which no engine runs."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, Tree, children, id_of, scope_of, tag_of, text_of
from engine.ground.text import Text

FAMILY = Family("standard", "choreographies", Text("การประสานงาน", "Choreographies"))

ACTIVITIES = words.CHOREOGRAPHY_ACTIVITIES
FOREIGN_TO_CHOREOGRAPHY = (
    *words.ACTIVITIES, "dataObject", "dataObjectReference", "dataStoreReference",
)  # fmt: skip
CHOREOGRAPHY_STARTS = {"timer", "conditional", "signal"}
CHOREOGRAPHY_ENDS = {"terminate"}


@FAMILY.rule(
    "choreography-in-process",
    Text("{kind} อยู่ในกระบวนงาน", "A {kind} stands in a process."),
    Text(
        "งานประสานมีเฉพาะในผังการประสานงาน (§11)",
        "Choreography activities only exist in choreographies (§11).",
    ),
    Text("ใช้งานหรือเหตุการณ์ข้อความแทน", "Use tasks or message events."),
)
def choreography_in_process(subject: Subject) -> Iterator[Hit]:
    for activity in subject.tree.all(*ACTIVITIES):
        scope = scope_of(activity)
        if scope is not None and tag_of(scope) not in words.CHOREOGRAPHIES:
            yield at(activity, kind=words.name_of(tag_of(activity)))


@FAMILY.rule(
    "choreography-content",
    Text("{kind} อยู่ในผังการประสานงาน", "A {kind} stands in a choreography."),
    Text(
        "ผังการประสานงานไม่มีผู้ทำงานและไม่มีข้อมูล (§11.1)",
        "A choreography has neither workers nor data (§11.1).",
    ),
    Text("ย้ายไปไว้ในกระบวนงาน", "Move it into a process."),
)
def choreography_content(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all(*words.CHOREOGRAPHIES):
        for part in children(scope, *FOREIGN_TO_CHOREOGRAPHY):
            yield at(part, kind=words.name_of(tag_of(part)))


@FAMILY.rule(
    "choreography-event",
    Text(
        "เหตุการณ์แบบ {kind} ใช้ในผังการประสานงานไม่ได้",
        "An event with {kind} cannot be used there in a choreography.",
    ),
    Text(
        "ผังการประสานงานเริ่มด้วยเวลา เงื่อนไข หรือสัญญาณ และจบแบบธรรมดาหรือยุติทันที (§11.6)",
        "A choreography starts by timer, condition or "
        "signal, and ends plainly or by terminate (§11.6).",
    ),
    Text("เลือกชนิดที่อนุญาต", "Choose an allowed kind."),
)
def choreography_event(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all(*words.CHOREOGRAPHIES):
        for tag, allowed in (("startEvent", CHOREOGRAPHY_STARTS), ("endEvent", CHOREOGRAPHY_ENDS)):
            for event in children(scope, tag):
                wrong = [kind for kind in subject.tree.kinds(event) if kind not in allowed]
                yield from (at(event, kind=words.name_of(kind)) for kind in wrong)


def _participants(tree: Tree, element: Element) -> list[Element | None]:
    return [tree.find(text_of(part), part) for part in children(element, "participantRef")]


@FAMILY.rule(
    "choreography-participants",
    Text("{kind} มีผู้เกี่ยวข้อง {count} ฝ่าย", "The {kind} has {count} participants."),
    Text(
        "งานประสานมีสองฝ่ายพอดี การประสานย่อยมีอย่างน้อยสองฝ่าย (§11.4)",
        "A choreography task has exactly two, the others at least two (§11.4).",
    ),
    Text("แก้จำนวนผู้เกี่ยวข้อง", "Correct the participants."),
)
def choreography_participants(subject: Subject) -> Iterator[Hit]:
    for activity in subject.tree.all(*ACTIVITIES):
        parties = {text_of(part) for part in children(activity, "participantRef")}
        exact = tag_of(activity) == "choreographyTask"
        if len(parties) < 2 or (exact and len(parties) != 2):
            yield at(activity, kind=words.name_of(tag_of(activity)), count=len(parties))


@FAMILY.rule(
    "choreography-initiator",
    Text("ผู้เริ่ม “{party}” ไม่ใช่ผู้เกี่ยวข้องของงานประสาน", "The initiator {party!r} does not take part."),
    Text("ผู้เริ่มเป็นหนึ่งในผู้เกี่ยวข้อง (§11.4.1)", "The initiator is one of the participants (§11.4.1)."),
    Text("เลือกผู้เริ่มจากผู้เกี่ยวข้อง", "Choose one of the participants."),
)
def choreography_initiator(subject: Subject) -> Iterator[Hit]:
    for activity in subject.tree.all(*ACTIVITIES):
        starter = activity.get("initiatingParticipantRef")
        parties = {text_of(part) for part in children(activity, "participantRef")}
        if starter and parties and starter not in parties:
            yield at(activity, party=starter)


@FAMILY.rule(
    "choreography-messages",
    Text(
        "เส้นข้อความ “{flow}” ไม่ได้อยู่ระหว่างผู้เกี่ยวข้องของงานประสาน",
        "The message flow {flow!r} is not between the task's participants.",
    ),
    Text(
        "ข้อความของงานประสานส่งระหว่างสองฝ่ายของงานนั้น (§11.4.1)",
        "A choreography task's messages pass between its two participants (§11.4.1).",
    ),
    Text("เลือกเส้นข้อความให้ถูก", "Choose the right message flow."),
)
def choreography_messages(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for task in tree.all("choreographyTask"):
        parties = _participants(tree, task)
        for part in children(task, "messageFlowRef"):
            flow = tree.find(text_of(part), part)
            if flow is None or tag_of(flow) != "messageFlow":
                continue
            ends = (tree.source(flow), tree.target(flow))
            wrong = [
                e for e in ends if e is not None and tag_of(e) == "participant" and e not in parties
            ]
            if wrong:
                yield at(task, flow=id_of(flow))


@FAMILY.rule(
    "choreography-order",
    Text(
        "ผู้เริ่ม “{party}” ไม่ได้ร่วมในขั้นตอนก่อนหน้า “{before}”",
        "The initiator {party!r} took no part in the step {before!r} before.",
    ),
    Text(
        "ผู้เริ่มต้องเห็นขั้นตอนก่อนหน้า มิฉะนั้นไม่รู้ว่าเมื่อใดต้องเริ่ม (§11.5.1)",
        "Otherwise it cannot know when its turn comes (§11.5.1).",
    ),
    Text("เปลี่ยนผู้เริ่มหรือลำดับ", "Change the initiator or the order."),
)
def choreography_order(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for task in tree.all("choreographyTask"):
        starter = tree.find(task.get("initiatingParticipantRef"), task)
        for before in _before(tree, task):
            if starter is not None and starter not in _participants(tree, before):
                yield at(task, party=id_of(starter), before=id_of(before))


def _before(tree: Tree, task: Element) -> list[Element]:
    """The choreography tasks right before one, seen through gateways."""
    found: list[Element] = []
    pending, seen = [task], {id_of(task)}
    while pending:
        for flow in tree.incoming(pending.pop()):
            source = tree.source(flow)
            if source is None or id_of(source) in seen:
                continue
            seen.add(id_of(source))
            if tag_of(source) == "choreographyTask":
                found.append(source)
            elif tag_of(source) in words.GATEWAYS:
                pending.append(source)
    return found


@FAMILY.rule(
    "choreography-first-message",
    Text(
        "ผู้เริ่มไม่ได้เป็นผู้ส่งข้อความแรกเพียงผู้เดียว",
        "The initiator does not send exactly one of the task's messages.",
    ),
    Text(
        "ผู้เริ่มส่งข้อความแรก อีกฝ่ายตอบได้หนึ่งข้อความ (§11.4.1)",
        "The initiator sends the first message; the other may answer with one (§11.4.1).",
    ),
    Text("แก้ผู้เริ่มหรือทิศเส้นข้อความ", "Correct the initiator or the direction of the messages."),
)
def choreography_first_message(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for task in tree.all("choreographyTask"):
        starter = tree.find(task.get("initiatingParticipantRef"), task)
        flows = [tree.find(text_of(part), part) for part in children(task, "messageFlowRef")]
        sources = [tree.source(flow) for flow in flows if flow is not None]
        pools = [end for end in sources if end is not None and tag_of(end) == "participant"]
        if starter is not None and pools and pools.count(starter) != 1:
            yield at(task)


@FAMILY.rule(
    "choreography-inner-participants",
    Text(
        "“{party}” ร่วมในขั้นตอนภายในแต่ไม่อยู่ในรายชื่อผู้เกี่ยวข้อง",
        "{party!r} takes part inside but is not among the participants.",
    ),
    Text(
        "การประสานย่อยมีผู้เกี่ยวข้องทุกฝ่ายที่อยู่ภายใน (§11.4.2)",
        "A sub-choreography names all who take part inside (§11.4.2).",
    ),
    Text("เพิ่มผู้เกี่ยวข้อง", "Add the participant."),
)
def choreography_inner_participants(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for outer in tree.all("subChoreography"):
        named = {text_of(part) for part in children(outer, "participantRef")}
        inner = {
            text_of(part)
            for activity in children(outer, *ACTIVITIES)
            for part in children(activity, "participantRef")
        }
        yield from (at(outer, party=party) for party in sorted(inner - named))
