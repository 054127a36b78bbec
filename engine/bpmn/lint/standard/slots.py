"""Every place of BPMN 2.0.2 where one element refers to another, and the kinds it may mean."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.tree import Element, Tree, tag_of, text_of

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
_FLOW: dict[str, Kinds] = {"sourceRef": words.FLOW_NODES, "targetRef": words.FLOW_NODES}
_MESSAGE_FLOW: dict[str, Kinds] = {
    "sourceRef": INTERACTING,
    "targetRef": INTERACTING,
    "messageRef": ("message",),
}
_LINE: dict[str, Kinds] = {"sourceRef": ANY, "targetRef": ANY}
_TYPED: dict[str, Kinds] = {"structureRef": ("itemDefinition",)}
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
_DATA: dict[str, Kinds] = {"sourceRef": words.ITEM_AWARE, "targetRef": words.ITEM_AWARE}
OWN_CHILDREN: dict[str, dict[str, Kinds]] = {
    "dataInputAssociation": _DATA,
    "dataOutputAssociation": _DATA,
    "linkEventDefinition": {"source": ("linkEventDefinition",), "target": ("linkEventDefinition",)},
}


def references(tree: Tree) -> Iterator[tuple[Element, str, str, Kinds]]:
    """Each reference of the file: who refers, by which slot, to what, and the kinds allowed."""
    for element in tree.elements:
        own, own_children = OWN.get(tag_of(element), {}), OWN_CHILDREN.get(tag_of(element), {})
        for name, value in element.attrib.items():
            kinds = own.get(str(name), ATTRIBUTES.get(str(name)))
            if kinds is not None and not str(value).startswith("##"):
                yield element, str(name), str(value), kinds
        for part in element:
            kinds = own_children.get(tag_of(part), CHILDREN.get(tag_of(part)))
            if kinds is not None and text_of(part):
                yield element, tag_of(part), text_of(part), kinds
