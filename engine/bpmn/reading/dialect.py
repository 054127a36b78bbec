"""Reads what Camunda Modeler writes (Camunda 8 first, then Camunda 7) into the plain model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.bpmn.element_names import (
    FALSE,
    FLOW_NODES,
    SUBPROCESSES,
    TRUE,
    ZEEBE,
    children,
    local,
    q,
    text,
)
from engine.bpmn.model import EventDefinition, Flow, Lane, Loop, Model, Node, Process, Scope
from engine.bpmn.reading.extensions import camunda, profile_of, read_extensions
from engine.ground.text import Text

_THAI_BREAK = re.compile(r"(?<=[\u0e00-\u0e7f]) *\n *(?=[\u0e00-\u0e7f])")


def read(file: str, root: Any) -> Model:
    """The model of a file whose tree `bpmn.source` found to be safe."""
    reader = _Reader(file, root)
    processes = {p.id: p for p in map(reader.process, root.findall(q("process")))}
    return Model(file, processes, reader.profile)


class _Reader:
    """Holds the file's root elements while its processes are read."""

    def __init__(self, file: str, root: Any) -> None:
        self.file = file
        self.profile = profile_of(root)
        self.roots = {element.get("id"): element for element in root if element.get("id")}
        self.spaces, self.target = root.nsmap, root.get("targetNamespace")
        self.associations = [
            (line.get("sourceRef", ""), line.get("targetRef", ""))
            for line in root.iter(q("association"))
        ]
        self.undoing = {
            element.get("id", "")
            for element in root.iter(etree.Element)
            if element.get("isForCompensation") in TRUE
        }
        self.pools = {
            participant.get("processRef"): participant
            for collaboration in children(root, "collaboration")
            for participant in children(collaboration, "participant")
            if participant.get("processRef")
        }

    def process(self, element: Any) -> Process:
        identifier = element.get("id", "")
        pool = self.pools.get(identifier)
        lanes: dict[str, Lane] = {}
        lane_of: dict[str, str] = {}
        for lane_set in children(element, "laneSet"):
            self._lanes(lane_set, "", lanes, lane_of)
        extensions = read_extensions(element)
        return Process(
            id=identifier,
            name=_name(element, extensions.properties),
            documentation=_documentation(element, extensions.properties),
            body=self.scope(element, lane_of),
            lanes=lanes,
            properties=extensions.properties,
            executable=element.get("isExecutable") in TRUE,
            pool=Text("", "") if pool is None else self._pool_name(pool),
            line=element.sourceline or 0,
        )

    def _pool_name(self, pool: Any) -> Text:
        return _name(pool, read_extensions(pool).properties)

    def _lanes(
        self, lane_set: Any, parent: str, lanes: dict[str, Lane], lane_of: dict[str, str]
    ) -> None:
        for lane in children(lane_set, "lane"):
            identifier = lane.get("id", "")
            properties = read_extensions(lane).properties
            role = properties.get("role", "")
            lanes[identifier] = Lane(identifier, _name(lane, properties), role, parent)
            for ref in children(lane, "flowNodeRef"):
                lane_of[(ref.text or "").strip()] = identifier
            for inner in children(lane, "childLaneSet"):
                self._lanes(inner, identifier, lanes, lane_of)

    def scope(self, element: Any, lane_of: Mapping[str, str]) -> Scope:
        nodes: dict[str, Node] = {}
        flows: dict[str, Flow] = {}
        for child in element:
            if not isinstance(child.tag, str):
                continue
            kind = local(child)
            if kind in FLOW_NODES:
                node = self.node(child, lane_of)
                nodes[node.id] = node
            elif kind == "sequenceFlow":
                flow = _flow(child, len(flows))
                flows[flow.id] = flow
        return Scope(element.get("id", ""), nodes, flows)

    def node(self, element: Any, lane_of: Mapping[str, str]) -> Node:
        kind = local(element)
        identifier = element.get("id", "")
        extensions = read_extensions(element)
        interrupting = element.get(
            "cancelActivity" if kind == "boundaryEvent" else "isInterrupting"
        )
        return Node(
            id=identifier,
            tag=kind,
            name=_name(element, extensions.properties),
            documentation=_documentation(element, extensions.properties),
            lane=lane_of.get(identifier, ""),
            default=element.get("default", ""),
            extensions=extensions,
            events=tuple(self._events(element, extensions.job_type)),
            attached_to=self._local(element.get("attachedToRef", "")),
            interrupting=interrupting not in FALSE,
            parallel_multiple=element.get("parallelMultiple") in TRUE,
            triggered_by_event=element.get("triggeredByEvent") in TRUE,
            for_compensation=element.get("isForCompensation") in TRUE,
            undone_by=self._undoer(identifier) if kind == "boundaryEvent" else "",
            loop=self._loop(element),
            scope=self._inner(element, lane_of) if kind in SUBPROCESSES else None,
            line=element.sourceline or 0,
        )

    def _undoer(self, event: str) -> str:
        found = (t for s, t in self.associations if s == event and t in self.undoing)
        return next(found, "")

    def _inner(self, element: Any, lane_of: Mapping[str, str]) -> Scope:
        # What lies inside a subprocess is in the subprocess's lane unless a lane says otherwise.
        outer = lane_of.get(element.get("id", ""), "")
        inner = {child.get("id"): outer for child in element.iter() if child.get("id")}
        return self.scope(element, {**inner, **lane_of})

    def _local(self, reference: str) -> str:
        """The id that a reference means: it may be qualified by the prefix of this file itself."""
        prefix, _, name = reference.strip().rpartition(":")
        own = prefix and self.spaces.get(prefix) == self.target
        return name if own and reference.strip() not in self.roots else reference.strip()

    def _root(self, reference: str) -> Any:
        return self.roots.get(self._local(reference))

    def _events(self, element: Any, job_type: str) -> Iterator[EventDefinition]:
        kind = local(element)
        sends = kind == "sendTask" and not job_type  # with one, the job sends it
        if (kind == "receiveTask" or sends) and element.get("messageRef"):
            yield self._message(element.get("messageRef"))
        for child in element:
            if not isinstance(child.tag, str):
                continue
            kind = local(child)
            if kind == "eventDefinitionRef":
                target = self._root(child.text or "")
                if target is not None:
                    yield self._event(target)
            elif kind.endswith("EventDefinition"):
                yield self._event(child)

    def _event(self, element: Any) -> EventDefinition:
        kind = local(element).removesuffix("EventDefinition")
        if kind == "message":
            return self._message(element.get("messageRef", ""))
        if kind == "timer":
            return _timer(element)
        if kind == "conditional":
            return EventDefinition(kind, expression=text(element.find(q("condition"))))
        if kind == "link":
            return EventDefinition(kind, name=element.get("name", ""))
        if kind in ("signal", "error", "escalation"):
            ref = element.get(f"{kind}Ref", "")
            return EventDefinition(kind, name=self._code(kind, ref), ref=ref)
        if kind == "compensate":
            waits = element.get("waitForCompletion") not in FALSE
            return EventDefinition(kind, activity=element.get("activityRef", ""), waits=waits)
        return EventDefinition(kind)

    def _code(self, kind: str, ref: str) -> str:
        target = self._root(ref)
        if target is None:
            return ""
        attribute = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
        return target.get(attribute) or ("" if kind != "signal" else ref)

    def _message(self, ref: str) -> EventDefinition:
        target = self._root(ref)
        if target is None:
            return EventDefinition("message", ref=ref)
        subscription = target.find(f"{q('extensionElements')}/{{{ZEEBE}}}subscription")
        key = "" if subscription is None else subscription.get("correlationKey", "")
        return EventDefinition("message", target.get("name") or ref, ref, correlation_key=key)

    def _loop(self, element: Any) -> Loop | None:
        standard = element.find(q("standardLoopCharacteristics"))
        if standard is not None:
            return Loop(
                "standard",
                condition=text(standard.find(q("loopCondition"))),
                test_before=standard.get("testBefore") in TRUE,
                maximum=standard.get("loopMaximum", ""),
            )
        multiple = element.find(q("multiInstanceLoopCharacteristics"))
        return None if multiple is None else _multi_instance(multiple)


def _name(element: Any, properties: Mapping[str, str]) -> Text:
    return Text(_one_line(element.get("name") or ""), properties.get("name_en", ""))


def _one_line(name: str) -> str:
    """A name without its line breaks: Thai has no spaces between words, so none comes in."""
    return " ".join(_THAI_BREAK.sub("", name).split())


def _documentation(element: Any, properties: Mapping[str, str]) -> Text:
    thai = " ".join(text(element.find(q("documentation"))).split())
    return Text(thai, properties.get("documentation_en", ""))


def _flow(element: Any, order: int) -> Flow:
    return Flow(
        id=element.get("id", ""),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        name=_one_line(element.get("name") or ""),
        condition=text(element.find(q("conditionExpression"))),
        order=order,
    )


def _timer(element: Any) -> EventDefinition:
    for kind in ("timeDate", "timeDuration", "timeCycle"):
        found = element.find(q(kind))
        if found is not None:
            return EventDefinition("timer", timer=kind, expression=text(found))
    return EventDefinition("timer")


def _multi_instance(element: Any) -> Loop:
    kind = "sequential" if element.get("isSequential") in TRUE else "parallel"
    condition = text(element.find(q("completionCondition")))
    cardinality = text(element.find(q("loopCardinality")))
    zeebe = element.find(f"{q('extensionElements')}/{{{ZEEBE}}}loopCharacteristics")
    if zeebe is not None:
        return Loop(
            kind,
            collection=zeebe.get("inputCollection", ""),
            element=zeebe.get("inputElement", ""),
            output_collection=zeebe.get("outputCollection", ""),
            output_element=zeebe.get("outputElement", ""),
            condition=condition,
        )
    collection = camunda(element, "collection") or text(element.find(q("loopDataInputRef")))
    item = element.find(q("inputDataItem"))
    name = camunda(element, "elementVariable") or (
        "" if item is None else item.get("name") or item.get("id", "")
    )
    return Loop(
        kind,
        collection=_named_or_computed(collection),
        element=name,
        condition=condition,
        cardinality=cardinality,
    )


def _named_or_computed(collection: str) -> str:
    """A collection of Camunda 7 is the name of a variable, or `${…}`."""
    return f"={collection}" if collection and collection[:2] not in ("${", "#{") else collection
