"""What a BPMN file says about its own drawing: shapes, edges and labels, read from the DI part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.bpmn.reading import source

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the drawing plane."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def around(self, other: Box) -> Box:
        left, top = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Box(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn node, pool, lane or note."""

    id: str
    tag: str  # local name: userTask, exclusiveGateway, participant …
    box: Box
    label: str
    about: str  # one sentence for those who point at it or cannot see it
    label_box: Box | None
    sign: str  # what an event's or a task's sign says: message, timer, user, none …
    throwing: bool = False
    interrupting: bool = True
    horizontal: bool = True
    expanded: bool = True
    many: str = ""  # parallel or sequential: it runs once per item


@dataclass(frozen=True, slots=True)
class Edge:
    """A drawn flow."""

    id: str
    tag: str
    points: tuple[tuple[float, float], ...]
    label: str
    label_box: Box | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of a file's picture, in the order in which it is painted."""

    name: str
    about: str
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
    processes: frozenset[str]  # ids of the processes in the file

    @property
    def box(self) -> Box:
        boxes = [shape.box for shape in self.shapes]
        boxes += [shape.label_box for shape in self.shapes if shape.label_box]
        boxes += [Box(x, y, 0, 0) for edge in self.edges for x, y in edge.points]
        whole = boxes[0] if boxes else Box(0, 0, 100, 60)
        for box in boxes:
            whole = whole.around(box)
        return whole


@lru_cache(maxsize=32)  # deployed files are drawn again and again
def read_drawing(content: bytes, *, language: str = "th") -> Drawing:
    """The picture that a BPMN file carries, with the labels of one language.

    Raises:
        SourceRejected: the bytes are not a safe BPMN file.
    """
    root = source.read("diagram.bpmn", content)
    elements: dict[str, Any] = {
        str(element.get("id")): element for element in root.iter() if element.get("id")
    }
    shapes = [_shape(di, elements, language) for di in root.iter(f"{BPMNDI}BPMNShape")]
    edges = [_edge(di, elements, language) for di in root.iter(f"{BPMNDI}BPMNEdge")]
    process = next(root.iter(f"{BPMN}process"))
    return Drawing(
        name=_name(process, language),
        about=_about(process, language),
        shapes=tuple(sorted((shape for shape in shapes if shape), key=_depth)),
        edges=tuple(edge for edge in edges if edge),
        processes=frozenset(str(each.get("id")) for each in root.iter(f"{BPMN}process")),
    )


def _depth(shape: Shape) -> int:
    """Containers first, what is attached to a border last."""
    order = {"participant": 0, "lane": 1, "subProcess": 2, "group": 2, "boundaryEvent": 4}
    return order.get(shape.tag, 3)


def _shape(di: Any, elements: Mapping[str, Any], language: str) -> Shape | None:
    element = elements.get(di.get("bpmnElement"))
    bounds = di.find(f"{DC}Bounds")
    if element is None or bounds is None:
        return None
    tag = _local(element)
    return Shape(
        id=element.get("id"),
        tag=tag,
        box=_box(bounds),
        label=_name(element, language),
        about=_about(element, language),
        label_box=_label_box(di),
        sign=_sign(element, tag),
        throwing=tag in ("intermediateThrowEvent", "endEvent"),
        interrupting="false" not in (element.get("cancelActivity"), element.get("isInterrupting")),
        horizontal=di.get("isHorizontal") != "false",
        expanded=di.get("isExpanded") != "false",
        many=_many(element),
    )


def _edge(di: Any, elements: Mapping[str, Any], language: str) -> Edge | None:
    element = elements.get(di.get("bpmnElement"))
    points = tuple((float(p.get("x")), float(p.get("y"))) for p in di.iter(f"{DI}waypoint"))
    if element is None or len(points) < 2:
        return None
    return Edge(
        element.get("id"), _local(element), points, _name(element, language), _label_box(di)
    )


def _sign(element: Any, tag: str) -> str:
    if not tag.endswith("Event"):
        return tag.removesuffix("Task") if tag.endswith("Task") else ""
    kinds = [
        name.removesuffix("EventDefinition")
        for name in map(_local, element)
        if name.endswith("EventDefinition")
    ]
    return kinds[0] if len(kinds) == 1 else ("multiple" if kinds else "none")


def _many(element: Any) -> str:
    loop = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return ""
    return "sequential" if loop.get("isSequential") == "true" else "parallel"


def _name(element: Any, language: str) -> str:
    text = element.get("name") or ""
    if _local(element) == "textAnnotation":
        text = element.findtext(f"{BPMN}text") or ""
    return str(_property(element, "name_en") or text) if language == "en" else str(text)


def _about(element: Any, language: str) -> str:
    text = " ".join((element.findtext(f"{BPMN}documentation") or "").split())
    return (_property(element, "documentation_en") or text) if language == "en" else text


def _property(element: Any, name: str) -> str:
    """A property of either Camunda profile."""
    extensions = element.find(f"{BPMN}extensionElements")
    for item in [] if extensions is None else extensions.iter():
        if _local(item) == "property" and item.get("name") == name:
            return item.get("value") or ""
    return ""


def _label_box(di: Any) -> Box | None:
    bounds = di.find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    return None if bounds is None else _box(bounds)


def _box(bounds: Any) -> Box:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
