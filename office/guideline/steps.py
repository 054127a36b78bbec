"""A step and an ending of the guideline, as the public reads them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ground.text import Text
from office.deadlines.sla_table import Limit


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the public reads it."""

    number: str  # "7", and "7.2" inside a process that a step calls
    element_id: str
    process_key: str
    name: Text
    sentence: Text  # what happens, to a citizen
    role: Text  # who is responsible, as the lane says
    limits: tuple[Limit, ...]
    reminders: tuple[Text, ...]  # more time, and who is reminded and told when
    is_manual: bool  # a person does it, so it must have a limit


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which a case may end."""

    element_id: str
    name: Text
    sentence: Text
