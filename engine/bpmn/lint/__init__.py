"""The deploy check: what a modeler draws runs as BPMN says, or is refused by name.

Uses the tree and the model of a file, and what is known outside of it; runs nothing and knows no
database. A rule is declared beside its check (`registry`): a function that yields a hit for each
place that breaks it, with a text in both languages, a reason and a way out. Rules stand in
families, and families in groups: `standard` holds the constraints of BPMN 2.0.2, `runnable` what
this engine runs, `soundness` what the marking game finds over all markings, `guideline` what a
complaint guideline must hold (for processes that ask for it), `style` how a diagram reads well.
`explain` tells a diagram in words, `constructs` and `document` write two pages of the reference.
The room is large because each topic of the standard has a file of its own.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.bpmn import element_names
from engine.bpmn.lint import groups
from engine.bpmn.lint.registry import Known, Subject
from engine.bpmn.lint.runnable import limits
from engine.bpmn.lint.tree import Tree, id_of, is_true
from engine.bpmn.reading import dialect, schema, source
from engine.bpmn.rule import SourceRejected
from engine.ground.findings import Finding

__all__ = ["ALL", "lint", "lint_upload", "rules_of"]

ALL = ("standard", "runnable", "soundness", "guideline", "style")
SEVERITIES = {"error": 0, "warning": 1, "info": 2}
rules_of = groups.rules_of


def lint(
    files: Mapping[str, bytes],
    *,
    known_forms: Collection[str] | None = None,
    known_decisions: Collection[str] | None = None,
    known_processes: Collection[str] | None = None,
    known_functions: Collection[str] | None = None,
    known_variables: Mapping[str, str | None] | None = None,
    rulesets: Collection[str] = ALL,
) -> list[Finding]:
    """Everything the gate has to say about the .bpmn files among `files`, worst first.

    What may be referred to outside of the files is given by the known names; None means unknown,
    and then such a reference is not checked.
    """
    findings: list[Finding] = []
    trees: dict[str, Tree] = {}
    for name in sorted(files):
        if not name.lower().endswith(".bpmn"):
            continue
        try:
            trees[name] = Tree(name, source.read(name, files[name]))
        except SourceRejected as rejected:
            findings += rejected.findings
    own = {id_of(process) for tree in trees.values() for process in tree.all("process")}
    known = Known(
        known_forms,
        known_decisions,
        None if known_processes is None else {*known_processes, *own},
        known_functions,
        known_variables,
        {call for tree in trees.values() for call in _calls(tree)},
        {id_of(task) for tree in trees.values() for task in tree.all("userTask")},
        any(is_true(p, "isExecutable") for tree in trees.values() for p in tree.all("process")),
    )
    for tree in trees.values():
        findings += _examine(tree, known, rulesets)
    return sorted(_distinct(findings), key=_order)


def lint_upload(files: Mapping[str, bytes], **known: Any) -> list[Finding]:
    """`lint` for files that a person or a program sends, in a child process that can be killed.

    A file that hangs or bursts costs a few seconds and a finding, whatever else the server does.
    """
    try:
        return source.guarded(lint, dict(files), file=next(iter(files), ""), **known)
    except SourceRejected as rejected:
        return rejected.findings


def _calls(tree: Tree) -> Iterator[str]:
    for call in tree.all("callActivity"):
        yield call.get("calledElement") or ""
        yield from (
            part.get("processId") or "" for part in call.iter(f"{{{element_names.ZEEBE}}}*")
        )


def _examine(tree: Tree, known: Known, rulesets: Collection[str]) -> Iterator[Finding]:
    subject = Subject(tree.file, tree, dialect.read(tree.file, tree.root), known)
    oversized = list(limits.FAMILY.examine(subject))
    if oversized:
        yield from oversized
        return
    broken = False
    for finding in [*schema.check(tree.file, tree.root), *groups.examine("standard", subject)]:
        broken = broken or finding.severity == "error"
        if "standard" in rulesets:
            yield finding
    for group in ALL[1:]:
        # A token game over flows that lead nowhere says nothing that was not said already.
        if group in rulesets and not (group == "soundness" and broken):
            yield from groups.examine(group, subject)


def _distinct(findings: list[Finding]) -> list[Finding]:
    seen: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.file, finding.element, finding.rule, finding.text)
        seen.setdefault(key, finding)
    return list(seen.values())


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.file, SEVERITIES[finding.severity], finding.row or 0, finding.rule
