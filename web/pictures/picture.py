"""The picture of a process as SVG, drawn on the server from the file's own layout.

It is what paper, a browser without JavaScript and the printed guideline show; on the screen the
viewer takes its place. Looks come from CSS classes alone, as the content security policy asks.
"""

from __future__ import annotations

import itertools
import math
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from markupsafe import Markup

from web.pictures import line_break, signs, strokes
from web.pictures.drawing import Box, Drawing, Edge, Shape, read_drawing

MARGIN = 16
HEAD = 30  # width of the band that carries the name of a pool or lane
LINE = 1.3  # line height in em
TEXT, SMALL, BAND, TWO_LINES = 13.0, 12.0, 13.5, 10.5  # font sizes
LABEL_ROOM = 120  # px of a label below an event or beside a gateway
PAGE_ROOM = 1600  # px that one landscape page shows in letters still large enough to read
PAPER = 1.45  # width to height of a landscape page within its margins
CONTAINERS = {"participant", "lane"}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over the shapes, by element id."""

    tokens: Mapping[str, int] = field(default_factory=dict)  # how many stand there
    badges: Mapping[str, str] = field(default_factory=dict)  # a few letters at the lower edge
    heat: Mapping[str, int] = field(default_factory=dict)  # 0 … 5
    focus: Collection[str] = ()  # what is being spoken of: an element and the flow that led there


NOTHING_OVER = Overlay()


def draw(
    content: bytes,
    *,
    language: str = "th",
    visited: Collection[str] = (),
    standing: Collection[str] = (),
    overlay: Overlay = NOTHING_OVER,
    key: str = "",
) -> Markup:
    """An `<svg>` element of the first diagram, with the way a case came and where it stands; with
    a `key` of its own, the same picture gives the same bytes.

    Raises:
        SourceRejected: the bytes are not a safe BPMN file.
    """
    drawing = read_drawing(content, language=language)
    painting = _Painting(drawing, frozenset(visited), frozenset(standing), overlay)
    painting.key = key or painting.key
    # Built as a tree and escaped by lxml: a name in a diagram can carry no markup into a page.
    return Markup(etree.tostring(painting.svg(), encoding="unicode"))  # noqa: S704


def strips(
    content: bytes,
    *,
    language: str = "th",
    visited: Collection[str] = (),
    standing: Collection[str] = (),
    key: str = "",
) -> list[Markup]:
    """The same picture in pieces for paper, side by side from left to right, each with the names
    of the lanes at its edge.

    Raises:
        SourceRejected: the bytes are not a safe BPMN file.
    """
    drawing = read_drawing(content, language=language)
    box = drawing.box
    count = math.ceil(box.width / box.height / PAPER) if box.width > PAGE_ROOM else 1
    way = (frozenset(visited), frozenset(standing))
    pieces = [_Painting(drawing, *way) for _ in range(count)]
    for number, piece in enumerate(pieces):
        piece.key = f"{key}-{number}" if key else piece.key
    # Escaped by lxml, as above.
    return [
        Markup(etree.tostring(piece.svg((number, count)), encoding="unicode"))  # noqa: S704
        for number, piece in enumerate(pieces)
    ]


class _Painting:
    def __init__(
        self,
        drawing: Drawing,
        visited: frozenset[str],
        standing: frozenset[str],
        overlay: Overlay = NOTHING_OVER,
    ) -> None:
        self.drawing, self.visited, self.standing = drawing, visited, standing
        self.overlay = overlay
        self.key = uuid.uuid4().hex[:8]  # ids of this svg: a page may show more than one

    def svg(self, part: tuple[int, int] = (0, 1)) -> Any:
        """The whole picture, or the part `(number, of how many)` of it from left to right."""
        box = self._window(*part)
        root = etree.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        root.set("viewBox", strokes.numbers(box.x, box.y, box.width, box.height))
        root.set("width", f"{box.width:g}")
        root.set("height", f"{box.height:g}")
        root.set("aria-labelledby", f"name-{self.key}")
        strokes.add(root, "title", id=f"name-{self.key}").text = self.drawing.name
        self._arrow_heads(root)
        below = [shape for shape in self.drawing.shapes if _holds_others(shape)]
        for shape in below:
            self._shape(root, shape)
        for edge in self.drawing.edges:
            self._edge(root, edge)
        for shape in self.drawing.shapes:
            if not _holds_others(shape):
                self._shape(root, shape)
        for edge in self.drawing.edges:
            self._edge_label(root, edge)
        for shape in self.drawing.shapes:
            self._over(root, shape)
        if part[0] > 0:
            self._heads_again(root, box)
        return root

    def _window(self, number: int, count: int) -> Box:
        whole, heads = self.drawing.box, self._heads_width()
        x, y = whole.x - MARGIN, whole.y - MARGIN
        width, height = whole.width + 2 * MARGIN, whole.height + 2 * MARGIN
        body = width - MARGIN - heads
        cuts = [self._gap_near(x + MARGIN + heads + body * n / count) for n in range(1, count)]
        edges = [x + MARGIN + heads, *cuts, x + width]
        left, right = edges[number], edges[number + 1]
        return Box(left - MARGIN - heads, y, right - left + MARGIN + heads, height)

    def _gap_near(self, ideal: float) -> float:
        """Where to cut the picture so that as few shapes as possible are cut through."""
        shapes = [shape for shape in self.drawing.shapes if not _holds_others(shape)]
        boxes = [box for shape in shapes for box in (shape.box, shape.label_box) if box]

        def cost(x: float) -> tuple[int, float]:
            cut = sum(box.x - 12 < x < box.x + box.width + 12 for box in boxes)
            return cut, abs(x - ideal)

        return min((ideal + shift for shift in range(-240, 241, 6)), key=cost)

    def _bands(self) -> list[Shape]:
        """Pools and lanes whose name stands at the left edge."""
        shapes = self.drawing.shapes
        return [shape for shape in shapes if shape.tag in CONTAINERS and shape.horizontal]

    def _heads_width(self) -> float:
        left = self.drawing.box.x
        return max((shape.box.x + HEAD for shape in self._bands()), default=left) - left

    def _heads_again(self, root: Any, window: Box) -> None:
        """The names of pool and lanes once more, over what ends at the left edge of a part."""
        edge = Box(window.x, window.y, MARGIN + self._heads_width(), window.height)
        strokes.rectangle(root, edge, "pic-edge")
        shift = window.x + MARGIN - self.drawing.box.x
        moved = strokes.add(root, "g", transform=f"translate({shift:g} 0)")
        for shape in self._bands():
            self._head(moved, shape)

    def _arrow_heads(self, root: Any) -> None:
        place = {"viewBox": "0 0 10 10", "refX": "9", "refY": "5", "orient": "auto"}
        size = {"markerWidth": "10", "markerHeight": "10", "markerUnits": "userSpaceOnUse"}
        marker = strokes.add(
            strokes.add(root, "defs"), "marker", id=f"arrow-{self.key}", **place, **size
        )
        strokes.add(marker, "path", d="M0,1 L10,5 L0,9 Z", **{"class": "pic-arrow"})

    def _state(self, id: str) -> str:
        looks = " pic-focus" if id in self.overlay.focus else ""
        if id in self.overlay.heat:
            return f"{looks} pic-heat-{self.overlay.heat[id]}"
        if id in self.standing:
            return f"{looks} pic-standing"
        return f"{looks} pic-visited" if id in self.visited else looks

    # ── what is laid over ──────────────────────────────────────────────────────────────────────

    def _over(self, root: Any, shape: Shape) -> None:
        box = shape.box
        if badge := self.overlay.badges.get(shape.id):
            width = 12 + 7.5 * len(badge)
            right, bottom = box.x + box.width + 6, box.y + box.height + 8
            if not shape.tag.endswith(("Event", "Gateway")):
                right, bottom = right - 10, bottom + 2
            place = Box(right - width, bottom - 20, width, 20)
            group = strokes.add(root, "g", **{"class": "pic-badge"})
            strokes.rectangle(group, place, "pic-badge-ground", 10)
            self._text(
                group, badge, Box(place.x - 20, place.y, width + 40, 20), "pic-badge-text", 12
            )
        if count := self.overlay.tokens.get(shape.id):
            x, y = box.x + 3, box.y + 3
            group = strokes.add(root, "g", **{"class": "pic-token", "data-token": shape.id})
            strokes.circle(group, x, y, 11, "pic-token-ground")
            if count > 1:
                self._text(group, str(count), Box(x - 20, y - 10, 40, 20), "pic-token-text", 13)

    # ── shapes ─────────────────────────────────────────────────────────────────────────────────

    def _shape(self, root: Any, shape: Shape) -> None:
        group = strokes.add(root, "g", **{"data-element": shape.id})
        spoken = " — ".join(part for part in (shape.label, shape.about) if part)
        if spoken:
            strokes.add(group, "title").text = spoken
        if shape.tag in CONTAINERS:
            self._container(group, shape)
        elif shape.tag.endswith("Event"):
            self._event(group, shape)
        elif shape.tag.endswith("Gateway"):
            self._gateway(group, shape)
        elif shape.tag == "textAnnotation":
            self._note(group, shape)
        elif shape.tag.startswith("data"):
            self._data(group, shape)
        elif shape.tag == "group":
            strokes.rectangle(group, shape.box, "pic-group", 10)
        else:
            self._activity(group, shape)

    def _container(self, group: Any, shape: Shape) -> None:
        box = shape.box
        strokes.rectangle(group, box, f"pic-{'pool' if shape.tag == 'participant' else 'lane'}")
        if not shape.horizontal:
            band = Box(box.x, box.y, box.width, HEAD)
            strokes.rectangle(group, band, "pic-head")
            return self._text(group, shape.label, band, "pic-text-head", BAND)
        return self._head(group, shape)

    def _head(self, group: Any, shape: Shape) -> None:
        """The band with the name of a pool or lane, turned to be read from below."""
        box = shape.box
        strokes.rectangle(group, Box(box.x, box.y, HEAD, box.height), "pic-head")
        x, y = box.x + HEAD / 2, box.y + box.height / 2
        turned = strokes.add(group, "g", transform=f"translate({x:g} {y:g}) rotate(-90)")
        band = Box(-box.height / 2 + 4, -HEAD / 2, box.height - 8, HEAD)
        is_long = len(line_break.wrap(shape.label, band.width - 8, BAND)) > 1
        self._text(turned, shape.label, band, "pic-text-head", TWO_LINES if is_long else BAND)

    def _activity(self, group: Any, shape: Shape) -> None:
        called = " pic-called" if shape.tag == "callActivity" else ""
        strokes.rectangle(group, shape.box, f"pic-task{called}{self._state(shape.id)}", 10)
        strokes.sign(group, signs.TASKS.get(shape.sign, []), shape.box.x + 15, shape.box.y + 14)
        foot = (shape.box.middle[0], shape.box.y + shape.box.height - 10)
        if shape.many:
            strokes.sign(group, [(signs.MANY[shape.many], False)], *foot)
        inner = shape.box
        if shape.tag in ("subProcess", "callActivity"):
            if shape.expanded and shape.tag == "subProcess":
                inner = Box(inner.x, inner.y + 4, inner.width, 22)
            else:
                strokes.sign(group, [(signs.COLLAPSED, False)], *foot)
                inner = Box(inner.x, inner.y, inner.width, inner.height - 16)
        self._text(group, shape.label, inner, "pic-text", TEXT)

    def _event(self, group: Any, shape: Shape) -> None:
        (x, y), radius = shape.box.middle, shape.box.width / 2
        look = f"pic-event{' pic-end' if shape.tag == 'endEvent' else ''}"
        dashed = "" if shape.interrupting else " pic-dashed"
        strokes.circle(group, x, y, radius, look + dashed + self._state(shape.id))
        if shape.tag.startswith(("intermediate", "boundary")):
            strokes.circle(group, x, y, radius - 3, f"pic-sign{dashed}")
        strokes.sign(group, signs.EVENTS.get(shape.sign, []), x, y, solid=shape.throwing)
        self._label(group, shape)

    def _gateway(self, group: Any, shape: Shape) -> None:
        (x, y), box = shape.box.middle, shape.box
        path = f"M{x:g},{box.y:g} L{box.x + box.width:g},{y:g} L{x:g},{box.y + box.height:g} "
        path += f"L{box.x:g},{y:g} Z"
        strokes.add(group, "path", d=path, **{"class": f"pic-gateway{self._state(shape.id)}"})
        strokes.sign(group, signs.GATEWAYS.get(shape.tag, []), x, y)
        self._label(group, shape)

    def _note(self, group: Any, shape: Shape) -> None:
        box = shape.box
        path = f"M{box.x + 10:g},{box.y:g} H{box.x:g} V{box.y + box.height:g} H{box.x + 10:g}"
        strokes.add(group, "path", d=path, **{"class": "pic-note"})
        inner = Box(box.x + 4, box.y, box.width - 4, box.height)
        self._text(group, shape.label, inner, "pic-text pic-text-small", SMALL)

    def _data(self, group: Any, shape: Shape) -> None:
        box, fold = shape.box, 10
        right, bottom = box.x + box.width, box.y + box.height
        path = f"M{box.x:g},{box.y:g} H{right - fold:g} L{right:g},{box.y + fold:g} V{bottom:g} "
        path += f"H{box.x:g} Z M{right - fold:g},{box.y:g} V{box.y + fold:g} H{right:g}"
        strokes.add(group, "path", d=path, **{"class": "pic-event"})
        self._label(group, shape)

    # ── edges and words ────────────────────────────────────────────────────────────────────────

    def _edge(self, root: Any, edge: Edge) -> None:
        kinds = {"messageFlow": " pic-flow-message", "sequenceFlow": ""}
        looks = f"pic-flow{kinds[edge.tag]}" if edge.tag in kinds else "pic-association"
        path = "M" + " L".join(f"{x:g},{y:g}" for x, y in edge.points)
        place = {"class": looks + self._state(edge.id), "data-flow": edge.id}
        line = strokes.add(root, "path", d=path, **place)
        if edge.tag in kinds:
            line.set("marker-end", f"url(#arrow-{self.key})")

    def _edge_label(self, root: Any, edge: Edge) -> None:
        if not edge.label:
            return
        box = edge.label_box or _beside(edge.points)
        box = Box(box.middle[0] - LABEL_ROOM / 2, box.y, LABEL_ROOM, box.height)
        self._text(root, edge.label, box, "pic-text pic-text-small pic-halo", SMALL)

    def _label(self, group: Any, shape: Shape) -> None:
        """A name that stands outside its shape: where the author put it, or just below."""
        if not shape.label:
            return
        box = shape.label_box or Box(shape.box.x, shape.box.y + shape.box.height + 5, 36, 0)
        middle = box.middle[0] if shape.label_box else shape.box.middle[0]
        room = max(box.width, LABEL_ROOM)
        lines = line_break.wrap(shape.label, room, SMALL)
        height = len(lines) * SMALL * LINE
        # Above its shape a label grows upwards, elsewhere downwards, so that it never covers it.
        above = shape.label_box is not None and box.y < shape.box.y - 4
        top = box.y + box.height - height if above else box.y
        place = Box(middle - room / 2, top, room, height)
        self._text(group, shape.label, place, "pic-text pic-text-small pic-halo", SMALL)

    def _text(self, parent: Any, text: str, box: Box, looks: str, size: float) -> None:
        lines = line_break.wrap(text, box.width - 8, size)
        middle, centre = box.middle
        first = centre - (len(lines) - 1) * size * LINE / 2 + size * 0.36
        place = {"x": f"{middle:g}", "text-anchor": "middle", "font-size": f"{size:g}"}
        words = strokes.add(parent, "text", **place, **{"class": looks})
        for number, line in enumerate(lines):
            y = first + number * size * LINE
            strokes.add(words, "tspan", x=f"{middle:g}", y=f"{y:.1f}").text = line


def _holds_others(shape: Shape) -> bool:
    """Painted first: what would otherwise cover the flows inside it."""
    return shape.tag in CONTAINERS or (shape.tag == "subProcess" and shape.expanded)


def _beside(points: tuple[tuple[float, float], ...]) -> Box:
    """A place for the name of a flow: along its longest piece."""
    pairs = itertools.pairwise(points)
    (x1, y1), (x2, y2) = max(pairs, key=lambda p: abs(p[0][0] - p[1][0]) + abs(p[0][1] - p[1][1]))
    return Box((x1 + x2) / 2, (y1 + y2) / 2 - 18, 0, 14)
