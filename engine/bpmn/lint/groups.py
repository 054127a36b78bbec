"""All groups of rules in one place."""

from collections.abc import Iterator

from engine.bpmn.lint import guideline, runnable, soundness, standard, style
from engine.bpmn.lint.registry import Family, Subject
from engine.bpmn.reading import schema, source
from engine.bpmn.rule import Rule
from engine.ground.findings import Finding

GROUPS: dict[str, list[Family]] = {
    "standard": standard.FAMILIES,
    "runnable": runnable.FAMILIES,
    "soundness": soundness.FAMILIES,
    "guideline": guideline.FAMILIES,
    "style": style.FAMILIES,
}


def examine(group: str, subject: Subject) -> Iterator[Finding]:
    for family in GROUPS.get(group, []):
        yield from family.examine(subject)


def rules_of(group: str) -> list[Rule]:
    """The rules of a group, for its documentation."""
    if group == "source":
        return list(source.RULES)
    rules = [rule for family in GROUPS.get(group, []) for rule, _ in family.checks]
    return [*schema.RULES, *rules] if group == "standard" else rules
