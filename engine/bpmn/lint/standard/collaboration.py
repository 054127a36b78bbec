"""Conversations and choreographies: pictures of who talks to whom, which no engine runs."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, Tree, child, children, id_of, scope_of, tag_of, text_of
from engine.text import Text

FAMILY = Family(
    "standard", "collaboration", Text("การสนทนาและการประสานงาน", "Conversations and choreographies")
)

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
    for flow in tree.all("sequenceFlow"):
        source, target = tree.source(flow), tree.target(flow)
        if source is None or target is None:
            continue
        if tag_of(source) != "choreographyTask" or tag_of(target) != "choreographyTask":
            continue
        starter = tree.find(target.get("initiatingParticipantRef"), target)
        if starter is not None and starter not in _participants(tree, source):
            yield at(target, party=id_of(starter), before=id_of(source))


@FAMILY.rule(
    "conversation-participants",
    Text("การสนทนามีผู้เกี่ยวข้อง {count} ฝ่าย", "The conversation has {count} participants."),
    Text("ต้องมีอย่างน้อยสองฝ่าย (§9.5)", "It takes at least two (§9.5)."),
    Text("เพิ่มผู้เกี่ยวข้อง", "Add a participant."),
)
def conversation_participants(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.all(*words.CONVERSATIONS):
        count = len({text_of(part) for part in children(node, "participantRef")})
        if count < 2:
            yield at(node, count=count)


@FAMILY.rule(
    "conversation-link",
    Text(
        "เส้นสนทนาไม่ได้เชื่อมการสนทนากับผู้เกี่ยวข้อง",
        "The conversation link does not join a conversation and a participant.",
    ),
    Text(
        "ปลายหนึ่งคือการสนทนา อีกปลายคือผู้เกี่ยวข้องหรือกิจกรรม (§9.5.5)",
        "One end is a conversation, the other a participant or activity (§9.5.5).",
    ),
    Text("ต่อเส้นใหม่", "Connect it anew."),
)
def conversation_link(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    others = ("participant", *words.ACTIVITIES, *words.EVENTS)
    for link in tree.all("conversationLink"):
        ends = (tree.source(link), tree.target(link))
        tags = [tag_of(end) for end in ends if end is not None]
        talks = [tag for tag in tags if tag in words.CONVERSATIONS]
        parties = [tag for tag in tags if tag in others]
        if len(tags) == 2 and (len(talks) != 1 or len(parties) != 1):
            yield at(link)


@FAMILY.rule(
    "conversation-global",
    Text("การสนทนาส่วนกลางมี {kind} ไม่ได้", "A global conversation holds no {kind}."),
    Text(
        "มีได้เพียงผู้เกี่ยวข้องและเส้นข้อความ (§9.5.6)",
        "It only holds participants and message flows (§9.5.6).",
    ),
    Text("ย้ายออก", "Move it out."),
)
def conversation_global(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all("globalConversation"):
        for part in children(scope, *words.CONVERSATIONS):
            yield at(part, kind=words.name_of(tag_of(part)))


@FAMILY.rule(
    "participant-association",
    Text(
        "คู่ผู้เกี่ยวข้อง “{party}” ไม่ได้อยู่ในผังที่ควรอยู่",
        "The participant {party!r} of the pair belongs to another diagram.",
    ),
    Text(
        "ฝ่ายในอยู่ในผังที่ถูกเรียก ฝ่ายนอกอยู่ในผังนี้ (§9.3.2)",
        "The inner one is of what is called, the outer one of this diagram (§9.3.2).",
    ),
    Text("เลือกผู้เกี่ยวข้องให้ถูกผัง", "Choose participants of the right diagrams."),
)
def participant_association(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for pair in tree.all("participantAssociation"):
        holder = pair.getparent()
        reference = None
        if holder is not None:
            reference = holder.get("calledChoreographyRef") or holder.get("calledCollaborationRef")
        called = tree.find(reference, pair)
        inner = tree.find(text_of(child(pair, "innerParticipantRef")), pair)
        outer = tree.find(text_of(child(pair, "outerParticipantRef")), pair)
        if called is not None and inner is not None and inner.getparent() is not called:
            yield at(pair, party=id_of(inner))
        if called is not None and outer is not None and outer.getparent() is called:
            yield at(pair, party=id_of(outer))
