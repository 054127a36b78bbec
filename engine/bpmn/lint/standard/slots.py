"""Every place of BPMN 2.0.2 where one element refers to another, and the kinds it may mean."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.tree import Element, Tree, children, tag_of, text_of

Kinds = tuple[str, ...]
ANY: Kinds = ()
PARTIES: Kinds = ("participant",)
INTERACTING: Kinds = (*words.ACTIVITIES, *words.EVENTS, *words.GATEWAYS, "participant", "lane")

# Attributes of any element, unless OWN says otherwise for a kind of element.
ATTRIBUTES: dict[str, Kinds] = {
    "default": ("sequenceFlow",),
    "attachedToRef": words.ACTIVITIES,
    "processRef": ("process",),
    "messageRef": ("message",),
    "itemRef": ("itemDefinition",),
    "itemSubjectRef": ("itemDefinition",),
    "operationRef": ("operation",),
    "signalRef": ("signal",),
    "errorRef": ("error",),
    "escalationRef": ("escalation",),
    "dataObjectRef": ("dataObject",),
    "dataStoreRef": ("dataStore",),
    "categoryValueRef": ("categoryValue",),
    "calledElement": ("process", *words.GLOBAL_TASKS),
    "calledChoreographyRef": ("choreography", "globalChoreographyTask"),
    "calledCollaborationRef": words.COLLABORATIONS,
    "definitionalCollaborationRef": words.COLLABORATIONS,
    "initiatingParticipantRef": PARTIES,
    "innerMessageFlowRef": ("messageFlow",),
    "outerMessageFlowRef": ("messageFlow",),
    "innerConversationNodeRef": words.CONVERSATIONS,
    "outerConversationNodeRef": words.CONVERSATIONS,
    "correlationPropertyRef": ("correlationProperty",),
    "correlationKeyRef": ("correlationKey",),
    "oneBehaviorEventRef": words.DEFINITIONS,
    "noneBehaviorEventRef": words.DEFINITIONS,
    "activityRef": words.ACTIVITIES,
    "parameterRef": ("resourceParameter",),
    "inputDataRef": ("inputSet", "dataInput"),
    "outputDataRef": ("outputSet", "dataOutput"),
}
# Children whose text is a reference.
CHILDREN: dict[str, Kinds] = {
    "incoming": ("sequenceFlow",),
    "outgoing": ("sequenceFlow",),
    "flowNodeRef": words.FLOW_NODES,
    "interfaceRef": ("interface",),
    "endPointRef": ("endPoint",),
    "supportedInterfaceRef": ("interface",),
    "operationRef": ("operation",),
    "inMessageRef": ("message",),
    "outMessageRef": ("message",),
    "errorRef": ("error",),
    "categoryValueRef": ("categoryValue",),
    "dataInputRefs": ("dataInput",),
    "optionalInputRefs": ("dataInput",),
    "whileExecutingInputRefs": ("dataInput",),
    "outputSetRefs": ("outputSet",),
    "dataOutputRefs": ("dataOutput",),
    "optionalOutputRefs": ("dataOutput",),
    "whileExecutingOutputRefs": ("dataOutput",),
    "inputSetRefs": ("inputSet",),
    "participantRef": PARTIES,
    "innerParticipantRef": PARTIES,
    "outerParticipantRef": PARTIES,
    "messageFlowRef": ("messageFlow",),
    "choreographyRef": ("choreography", "globalChoreographyTask"),
    "correlationPropertyRef": ("correlationProperty",),
    "loopDataInputRef": words.ITEM_AWARE,
    "loopDataOutputRef": words.ITEM_AWARE,
    "eventDefinitionRef": words.DEFINITIONS,
    "resourceRef": ("resource",),
    "supports": ("process",),
}
_FLOW = {"sourceRef": words.FLOW_NODES, "targetRef": words.FLOW_NODES}
_MESSAGE_FLOW = {"sourceRef": INTERACTING, "targetRef": INTERACTING, "messageRef": ("message",)}
_LINE = {"sourceRef": ANY, "targetRef": ANY}
_TYPED = {"structureRef": ("itemDefinition",)}
# What one kind of element has beside the common attributes, or in another sense.
OWN: dict[str, dict[str, Kinds]] = {
    "sequenceFlow": _FLOW,
    "messageFlow": _MESSAGE_FLOW,
    "association": _LINE,
    "conversationLink": _LINE,
    "signal": _TYPED,
    "error": _TYPED,
    "escalation": _TYPED,
}
_DATA = {"sourceRef": words.ITEM_AWARE, "targetRef": words.ITEM_AWARE}
OWN_CHILDREN: dict[str, dict[str, Kinds]] = {
    "dataInputAssociation": _DATA,
    "dataOutputAssociation": _DATA,
    "linkEventDefinition": {"source": ("linkEventDefinition",), "target": ("linkEventDefinition",)},
}


def references(tree: Tree) -> Iterator[tuple[Element, str, str, Kinds]]:
    """Each reference of the file: who refers, by which slot, to what, and the kinds allowed there."""
    for element in tree.elements:
        tag = tag_of(element)
        for slot, kinds in (ATTRIBUTES | OWN.get(tag, {})).items():
            value = element.get(slot)
            if value is not None and not (slot == "operationRef" and value.startswith("##")):
                yield element, slot, value, kinds
        for slot, kinds in (CHILDREN | OWN_CHILDREN.get(tag, {})).items():
            for part in children(element, slot):
                if text_of(part):
                    yield element, slot, text_of(part), kinds
