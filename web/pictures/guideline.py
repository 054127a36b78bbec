"""The pictures of the printed guideline: one for the screen, and pieces of it for paper."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from engine.ground.errors import DefinitionNotFound
from engine.ground.text import Text
from engine.store.work import Work
from engine.verbs import queries
from office.guideline.guideline import Guideline
from web.language import language
from web.pictures import picture


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
