"""The strokes of which a picture is made: what they look like is told by their CSS class."""

from __future__ import annotations

from typing import Any

from lxml import etree

from web.pictures.drawing import Box
from web.pictures.signs import Sign


def sign(parent: Any, strokes: Sign, x: float, y: float, *, solid: bool = False) -> None:
    if not strokes:
        return
    group = add(parent, "g", transform=f"translate({x:g} {y:g})")
    for number, (path, filled) in enumerate(strokes):
        looks = "pic-sign pic-sign-solid" if filled or solid else "pic-sign"
        if number and strokes[0][1]:
            looks += " pic-sign-light"  # a line on a solid ground
        add(group, "path", d=path, **{"class": looks})


def rectangle(parent: Any, box: Box, looks: str, rounding: float = 0) -> None:
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": rounding}
    add(parent, "rect", **{name: f"{value:g}" for name, value in place.items()}, **{"class": looks})


def circle(parent: Any, x: float, y: float, radius: float, looks: str) -> None:
    add(parent, "circle", cx=f"{x:g}", cy=f"{y:g}", r=f"{radius:g}", **{"class": looks})


def add(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, tag, attributes)


def numbers(*values: float) -> str:
    return " ".join(f"{value:g}" for value in values)
