"""Does the guideline hold what the assessment asks for? Each element names its proof or its gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.ground.text import Text
from office.guideline.source import Channel, Element
from office.guideline.steps import Step


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves an element: a channel, or a step of the diagram by its id."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Proof:
    """One element asked for: what proves it, and what is missing from it."""

    number: int
    key: str
    name: Text
    evidence: tuple[Evidence, ...]
    missing: tuple[Evidence, ...]

    @property
    def is_met(self) -> bool:
        return bool(self.evidence) and not self.missing


def prove(element: Element, channels: Sequence[Channel], steps: Sequence[Step]) -> Proof:
    """Look an element up in the guideline's own parts; a kind of proof nobody knows is a gap."""
    find = FINDERS.get(element.proved_by)
    if find is None:
        gap = Evidence(element.proved_by, Text("ไม่รู้จักวิธีพิสูจน์", "unknown kind of proof"))
        return Proof(element.number, element.key, element.name, (), (gap,))
    evidence, missing = find(channels, steps)
    return Proof(element.number, element.key, element.name, tuple(evidence), tuple(missing))


Found = tuple[list[Evidence], list[Evidence]]


def _by_channels(channels: Sequence[Channel], steps: Sequence[Step]) -> Found:
    told = [Evidence(channel.key, channel.name) for channel in channels if channel.how.th]
    silent = [Evidence(channel.key, channel.name) for channel in channels if not channel.how.th]
    return told, silent


def _by_elements(channels: Sequence[Channel], steps: Sequence[Step]) -> Found:
    return _split(steps, lambda step: bool(step.sentence.th), lambda step: step.name)


def _by_lanes(channels: Sequence[Channel], steps: Sequence[Step]) -> Found:
    return _split(steps, lambda step: bool(step.role.th), _name_and_role)


def _by_sla(channels: Sequence[Channel], steps: Sequence[Step]) -> Found:
    """Every step of a person needs a limit; a step the machine takes may have one."""
    dated = [step for step in steps if step.limits or step.is_manual]
    return _split(dated, lambda step: bool(step.limits), _name_and_limit)


def _split(
    steps: Sequence[Step], holds: Callable[[Step], bool], words: Callable[[Step], Text]
) -> Found:
    proved = [Evidence(step.element_id, words(step)) for step in steps if holds(step)]
    return proved, [Evidence(step.element_id, step.name) for step in steps if not holds(step)]


def _name_and_role(step: Step) -> Text:
    return Text(f"{step.name.th}: {step.role.th}", f"{step.name.en}: {step.role.en}")


def _name_and_limit(step: Step) -> Text:
    amounts = [limit.amount for limit in step.limits]
    thai, english = " / ".join(a.th for a in amounts), " / ".join(a.en for a in amounts)
    return Text(f"{step.name.th}: {thai}", f"{step.name.en}: {english}")


FINDERS: dict[str, Callable[[Sequence[Channel], Sequence[Step]], Found]] = {
    "channels": _by_channels,
    "elements": _by_elements,
    "lanes": _by_lanes,
    "sla": _by_sla,
}
