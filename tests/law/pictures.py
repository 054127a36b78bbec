"""Reads the picture of a BPMN file and finds what would make it ugly in print."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
OMG_DI = "{http://www.omg.org/spec/DD/20100524/DI}"

LETTER_WIDTH = 6.2  # of Sarabun at 12 px, on average, marks above and below not counted
LINE_HEIGHT = 15

Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def holds(self, other: Box) -> bool:
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    def overlaps(self, other: Box) -> bool:
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def is_crossed_by(self, segment: Segment) -> bool:
        """Whether a straight line passes through the inside; touching the border is none."""
        (x1, y1), (x2, y2) = segment
        left, right = sorted((x1, x2))
        top, bottom = sorted((y1, y2))
        across = left < self.right and right > self.x
        return across and top < self.bottom and bottom > self.y

    def has_on_border(self, point: Point) -> bool:
        x, y = point
        upright = x in (self.x, self.right) and self.y <= y <= self.bottom
        level = y in (self.y, self.bottom) and self.x <= x <= self.right
        return upright or level


@dataclass(frozen=True)
class Line:
    id: str
    source: str
    target: str
    points: tuple[Point, ...]

    @property
    def segments(self) -> list[Segment]:
        return list(pairwise(self.points))


class Picture:
    """Shapes, lines and labels of one diagram, by the ids of what they show."""

    def __init__(self, path: Path) -> None:
        self.root: Any = etree.parse(path).getroot()
        self.elements: dict[str, Any] = {
            str(e.get("id")): e for e in self.root.iter() if e.get("id")
        }
        self.shapes: dict[str, Box] = {}
        self.labels: dict[str, Box] = {}
        self.lines: dict[str, Line] = {}
        for shape in self.root.iter(f"{DI}BPMNShape"):
            self.shapes[str(shape.get("bpmnElement"))] = _box(shape)
            self._label(shape)
        for edge in self.root.iter(f"{DI}BPMNEdge"):
            self._line(edge)
            self._label(edge)

    def _label(self, drawn: Any) -> None:
        label = drawn.find(f"{DI}BPMNLabel")
        if label is not None:
            self.labels[str(drawn.get("bpmnElement"))] = _box(label)

    def _line(self, edge: Any) -> None:
        id = str(edge.get("bpmnElement"))
        flow = self.elements[id]
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{OMG_DI}waypoint")]
        self.lines[id] = Line(id, flow.get("sourceRef"), flow.get("targetRef"), tuple(points))

    def tag(self, id: str) -> str:
        return str(self.elements[id].tag).rpartition("}")[2]

    def name(self, id: str) -> str:
        return str(self.elements[id].get("name") or "")

    def nodes(self) -> list[str]:
        """Flow nodes: what a token can stand on."""
        kinds = ("Event", "Task", "Gateway", "callActivity", "subProcess", "task")
        return [id for id in self.shapes if self.tag(id).endswith(kinds)]

    def lanes(self) -> dict[str, list[str]]:
        return {
            lane.get("id"): [str(ref.text).strip() for ref in lane.iter(f"{BPMN}flowNodeRef")]
            for lane in self.root.iter(f"{BPMN}lane")
        }

    def is_inside(self, id: str, subprocess: str) -> bool:
        return any(parent.get("id") == subprocess for parent in self.elements[id].iterancestors())

    # ── what is wrong ──────────────────────────────────────────────────────────────────────

    def crossings(self) -> Iterator[str]:
        """Lines that cross or lie on each other; two may only meet in the shape they share."""
        for one, other in combinations(self.lines.values(), 2):
            for a in one.segments:
                for b in other.segments:
                    if _meet(a, b) and not self._at_shared_shape(one, other, a, b):
                        yield f"{one.id} × {other.id}"

    def _at_shared_shape(self, one: Line, other: Line, a: Segment, b: Segment) -> bool:
        ends = {one.points[-1], one.points[0]} & {other.points[-1], other.points[0]}
        shared = [point for point in ends if point in a and point in b]
        return bool(shared) and not _run_together(a, b)

    def lines_through_shapes(self) -> Iterator[str]:
        for line in self.lines.values():
            for id in self.nodes():
                surrounds = self.is_inside(line.id, id)
                if id in (line.source, line.target) or surrounds:
                    continue
                if self._guards(id) in (line.source, line.target):
                    continue
                if any(self.shapes[id].is_crossed_by(s) for s in line.segments):
                    yield f"{line.id} through {id}"

    def _guards(self, id: str) -> str | None:
        """What a boundary event is attached to."""
        value: str | None = self.elements[id].get("attachedToRef")
        return value

    def crooked_lines(self) -> Iterator[str]:
        for line in self.lines.values():
            if self.tag(line.id) == "sequenceFlow" and not all(
                a[0] == b[0] or a[1] == b[1] for a, b in line.segments
            ):
                yield line.id

    def loose_ends(self) -> Iterator[str]:
        for line in self.lines.values():
            for id, point in ((line.source, line.points[0]), (line.target, line.points[-1])):
                if not self.shapes[id].has_on_border(point):
                    yield f"{line.id} at {id}"

    def hidden_labels(self) -> Iterator[str]:
        """Labels with a line through them, or under a shape or another label."""
        for id, box in self.labels.items():
            for line in self.lines.values():
                if any(box.is_crossed_by(segment) for segment in line.segments):
                    yield f"label of {id} is crossed by {line.id}"
            for other in self.nodes():
                if not self.is_inside(id, other) and self._covers(other, box):
                    yield f"label of {id} lies on {other}"
        for (one, a), (other, b) in combinations(self.labels.items(), 2):
            if a.overlaps(b):
                yield f"labels of {one} and {other}"

    def _covers(self, id: str, label: Box) -> bool:
        shape = self.shapes[id]
        if not self.tag(id).endswith("Gateway"):
            return label.overlaps(shape)
        # The corners of a diamond's box are free.
        middle = (shape.x + shape.width / 2, shape.y + shape.height / 2)
        across = max(label.x - middle[0], middle[0] - label.right, 0)
        along = max(label.y - middle[1], middle[1] - label.bottom, 0)
        return across + along < shape.width / 2

    def small_labels(self) -> Iterator[str]:
        for id, box in self.labels.items():
            lines = self.name(id).split("\n")
            widest = max(_width(line) for line in lines)
            if widest > box.width or len(lines) * LINE_HEIGHT > box.height + 3:
                yield f"label of {id} needs {widest:.0f} × {len(lines) * LINE_HEIGHT}"

    def full_tasks(self) -> Iterator[str]:
        """Tasks whose name has a line that would be broken by the viewer, in mid-word for Thai."""
        for id in self.nodes():
            if id in self.labels or self.tag(id) == "subProcess":
                continue
            widest = max(_width(line, 13) for line in self.name(id).split("\n"))
            if widest > self.shapes[id].width - 12:
                yield f"{id} needs {widest:.0f}"

    def outside_lane(self) -> Iterator[str]:
        for lane, members in self.lanes().items():
            for id in members:
                if not self.shapes[lane].holds(self.shapes[id]):
                    yield f"{id} sticks out of {lane}"


def _box(drawn: Any) -> Box:
    bounds = drawn.find(f"{DC}Bounds")
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _width(text: str, size: float = 12) -> float:
    standing = [letter for letter in text if unicodedata.category(letter) != "Mn"]
    return len(standing) * LETTER_WIDTH * size / 12


def _meet(a: Segment, b: Segment) -> bool:
    (ax1, ay1), (ax2, ay2) = a
    (bx1, by1), (bx2, by2) = b
    across = min(ax1, ax2) <= max(bx1, bx2) and min(bx1, bx2) <= max(ax1, ax2)
    return across and min(ay1, ay2) <= max(by1, by2) and min(by1, by2) <= max(ay1, ay2)


def _run_together(a: Segment, b: Segment) -> bool:
    """Whether two lines share more than a point."""
    (ax1, ay1), (ax2, ay2) = a
    (bx1, by1), (bx2, by2) = b
    across = min(max(ax1, ax2), max(bx1, bx2)) - max(min(ax1, ax2), min(bx1, bx2))
    along = min(max(ay1, ay2), max(by1, by2)) - max(min(ay1, ay2), min(by1, by2))
    return across > 0 or along > 0
