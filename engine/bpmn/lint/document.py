"""Write docs/reference/lint.md from the rules: `python -m engine.bpmn.lint.document`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from engine.bpmn.lint import ALL, groups
from engine.bpmn.lint.registry import Family
from engine.bpmn.rule import Rule
from engine.ground.text import Text

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "lint.md"
SEVERITIES = {
    "error": Text("ติดตั้งไม่ได้", "error"),
    "warning": Text("คำเตือน", "warning"),
    "info": Text("ข้อสังเกต", "info"),
}
TITLES = {
    "source": Text("การอ่านแฟ้ม", "Reading the file"),
    "standard": Text("มาตรฐาน BPMN 2.0.2", "The BPMN 2.0.2 standard"),
    "runnable": Text("สิ่งที่ระบบทำงานได้", "What the engine runs"),
    "soundness": Text("ความถูกต้องของทั้งกระบวนงาน", "Soundness"),
    "guideline": Text("แนวทางจัดการเรื่องร้องเรียน", "The complaint guideline"),
    "style": Text("การวาดให้อ่านง่าย", "Style"),
}
HEAD = """# What the deploy gate checks · สิ่งที่ตรวจก่อนติดตั้ง

Written from the rules by `python -m engine.bpmn.lint.document`; do not edit by hand.

An *error* stops the deployment, a *warning* and an *info* do not. `samnuan lint FILE…` prints one
line per finding with the id of the rule, by which it is found here. Words in {braces} stand for
facts of the finding. The guideline group applies to processes with the property
`ruleset: complaint-guideline`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections()]).rstrip() + "\n"


def _sections() -> Iterator[str]:
    for group in ("source", *ALL):
        yield f"## {TITLES[group].en} · {TITLES[group].th}\n"
        families = groups.GROUPS.get(group, [])
        own = {rule.id for family in families for rule, _ in family.checks}
        loose = [rule for rule in groups.rules_of(group) if rule.id not in own]
        yield from map(_entry, loose)
        for family in families:
            yield from _family(family, single=len(families) == 1)


def _family(family: Family, *, single: bool) -> Iterator[str]:
    if not single:
        yield f"### {family.title.en} · {family.title.th}\n"
    yield from (_entry(rule) for rule, _ in family.checks)


def _entry(rule: Rule) -> str:
    severity = SEVERITIES[rule.severity]
    lines = [
        f"**`{rule.id}`** ({severity.en} · {severity.th})",
        f"- {rule.says.en} {rule.fix.en} *{rule.why.en}*",
        f"- {rule.says.th} {rule.fix.th} *{rule.why.th}*",
    ]
    # A tag in a sentence is meant to be read, not to be one.
    return "\n".join(lines).replace("<", "&lt;") + "\n"


def main() -> None:
    """Write the page; with `--check`, only tell whether it is what the rules say."""
    if "--check" in sys.argv[1:]:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else 1)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
