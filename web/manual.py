"""The pictures of the printed guideline: one for the screen, and pieces of it for paper."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from complaints.guideline import Guideline
from engine import queries
from engine.errors import DefinitionNotFound
from engine.text import Text
from engine.work import Work
from web import picture
from web.language import language


@dataclass(frozen=True, slots=True)
class Drawn:
    """A process of the guideline as it is shown."""

    key: str
    name: Text
    svg: Markup
    strips: list[Markup]
    marks: str = "{}"


def pictures(work: Work, guide: Guideline) -> list[Drawn]:
    """The main process first, then those it calls."""
    found = []
    for place in guide.pictures:
        content = queries.definition_file(work, place.definition_id, place.file)
        svg = picture.draw(content, language=language())
        strips = picture.strips(content, language=language())
        found.append(Drawn(place.definition_id.partition(":")[0], place.name, svg, strips))
    return found


def diagram(work: Work, guide: Guideline, key: str) -> bytes:
    """The file behind one of the pictures.

    Raises:
        DefinitionNotFound: the guideline has no such picture.
    """
    for place in guide.pictures:
        if place.definition_id.partition(":")[0] == key:
            return queries.definition_file(work, place.definition_id, place.file)
    raise DefinitionNotFound(key=key)
