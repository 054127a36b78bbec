"""Conversations: pictures of who talks to whom, which no engine runs."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import child, children, id_of, tag_of, text_of
from engine.ground.text import Text

FAMILY = Family("standard", "conversations", Text("การสนทนา", "Conversations"))


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


@FAMILY.rule(
    "conversation-messages",
    Text(
        "เส้นข้อความ “{flow}” ไม่ได้อยู่ระหว่างผู้เกี่ยวข้องของการสนทนา",
        "The message flow {flow!r} is not between the conversation's participants.",
    ),
    Text(
        "การสนทนารวมข้อความระหว่างผู้เกี่ยวข้องของมันเอง (§9.5.1)",
        "A conversation groups messages between its own participants (§9.5.1).",
    ),
    Text("เลือกเส้นข้อความหรือผู้เกี่ยวข้องให้ถูก", "Choose the right message flows or participants."),
)
def conversation_messages(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.all(*words.CONVERSATIONS):
        parties = [tree.find(text_of(part), part) for part in children(node, "participantRef")]
        for part in children(node, "messageFlowRef"):
            flow = tree.find(text_of(part), part)
            ends = (tree.source(flow), tree.target(flow)) if flow is not None else ()
            pools = [end for end in ends if end is not None and tag_of(end) == "participant"]
            if parties and any(pool not in parties for pool in pools):
                yield at(node, flow=text_of(part))
