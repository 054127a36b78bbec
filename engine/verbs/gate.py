"""The deploy gate: what all the checks have to say about files before they may run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import dmn, feel
from engine.bpmn.model import Process
from engine.bpmn.running.compile import compile_process
from engine.bpmn.running.specs.activities import COUNTERS
from engine.ground import file_names
from engine.ground.errors import EngineError
from engine.ground.findings import Finding, has_errors
from engine.ground.log import Log
from engine.ground.text import Text
from engine.turn.definitions import bundle_hash, form_names, read_decisions, read_processes

Files = Mapping[str, bytes]
BUILT_IN_SUFFIXES = (".bpmn", ".dmn", ".form")
DEFECT, UNPLAIN = "deploy.defect", "deploy.file-name"
UNREADABLE = Text(
    "ระบบเตรียมกระบวนงานนี้ให้ดำเนินการไม่ได้ เพราะข้อบกพร่องของระบบเอง ({kind}) โปรดแจ้งผู้ดูแลระบบ",
    "This process cannot be made ready to run, by a fault of the product itself ({kind}); "
    "please tell its administrator.",
)
log = Log("samnuan.gate")


@dataclass(slots=True)
class Gate:
    """The checks of the engine and of the packages above it.

    `checks` look at one file each, by suffix; `cross_checks` at all files together, when none of
    them has a fault of its own; `functions` are the host functions that expressions may call;
    `variables` tells which names forms and the office give, with their types where those are known;
    `named` tells which application files say that they are, if they do; `shared` gives the files
    that all applications see, such as tables of roles;
    `identify` tells what a file of the packages above defines, as kind and id.
    """

    checks: dict[str, Callable[[str, bytes], list[Finding]]] = field(default_factory=dict)
    cross_checks: list[Callable[[Files], list[Finding]]] = field(default_factory=list)
    functions: Mapping[str, object] = field(default_factory=dict)
    variables: Callable[[Files], Mapping[str, str | None]] | None = None
    named: Callable[[Files], str | None] = lambda files: None
    shared: Callable[[Any], Files] = lambda work: {}
    identify: Callable[[str, bytes], Iterable[tuple[str, str]]] = lambda name, content: ()

    def check(self, files: Files, carried: Files) -> list[Finding]:
        """Everything there is to say about these files, beside those already deployed."""
        return list(_answer(_Question(self._key(files, carried), self, files, carried)))

    def _key(self, files: Files, carried: Files) -> tuple[object, ...]:
        """All that the answer depends on."""
        checks = tuple(sorted(self.checks.items(), key=lambda item: item[0]))
        asked = (bundle_hash(files), bundle_hash(carried), frozenset(self.functions))
        return (*asked, checks, tuple(self.cross_checks), self.variables)

    def check_anew(self, files: Files, carried: Files) -> list[Finding]:
        """`check`, found out anew."""
        from engine.bpmn.lint import lint  # two hundred rules, which only a deployment needs

        findings = [f for name, content in files.items() for f in self._check_file(name, content)]
        findings += self._check_decisions({**carried, **files}, files)
        bad = {finding.file for finding in findings if finding.severity == "error"}
        good = {name: content for name, content in files.items() if name not in bad}
        everything = {**carried, **good}
        findings += lint(
            diagrams(good),
            known_forms=set(form_names(everything)),
            known_decisions=self._decision_ids(everything),
            known_processes=set(read_processes(carried)),
            known_functions=set(self.functions),
            known_variables=self.variables_in(everything),
        )
        findings += _long_ids(diagrams(good)) if not has_errors(findings) else []
        if not has_errors(findings):
            findings += _compile_all(everything, diagrams(good))
        for cross_check in () if has_errors(findings) else self.cross_checks:
            findings += cross_check(everything)
        return findings

    def _check_file(self, name: str, content: bytes) -> list[Finding]:
        suffix = "." + name.rpartition(".")[2]
        if suffix in self.checks:
            return self.checks[suffix](name, content)
        return [] if suffix in BUILT_IN_SUFFIXES else [_unknown_file(name)]

    def variables_in(self, files: Files) -> dict[str, str | None] | None:
        """Every name that may have a value in these processes; None if nobody can tell."""
        if self.variables is None:
            return None
        try:
            processes = read_processes(diagrams(files))
        except EngineError:
            return None  # the file's faults are told by the lint
        return {**self.variables(files), **dict.fromkeys(_set_by_steps(processes.values()))}

    def _check_decisions(self, everything: Files, files: Files) -> list[Finding]:
        """What is wrong with the decision models, which may import each other."""
        try:
            models = read_decisions(
                everything, self.functions, self.asked_with(everything), strict=False
            )
        except dmn.DmnRejected as rejected:
            return list(rejected.findings)
        return [f for model in models for f in dmn.check(model) if f.file in files]

    def asked_with(self, files: Files) -> dmn.Variables | None:
        """What processes give to the decisions that they ask for; None if nobody can tell."""
        names = self.variables_in(files)
        if names is None:
            return None
        nodes = (n for p in read_processes(diagrams(files)).values() for n in p.body.walk())
        asked = frozenset(n.extensions.decision for n in nodes if n.extensions.decision)
        return dmn.Variables(
            {name: feel.type_named(written) for name, written in names.items()}, asked
        )

    def _decision_ids(self, files: Files) -> set[str]:
        try:
            models = read_decisions(files, self.functions)
        except dmn.DmnRejected:
            return set()  # its faults have been told
        return {id for model in models for id in model.decisions}


def unplain_names(files: Files) -> list[Finding]:
    """Files whose names could not stand in a sealed case file."""
    text = file_names.NOT_PLAIN.format(most=file_names.MOST_BYTES)
    return [
        Finding(name.encode("utf-8", "backslashreplace").decode(), "", "error", UNPLAIN, text)
        for name in files
        if not file_names.is_plain(name)
    ]


def _long_ids(files: Files) -> list[Finding]:
    """Processes whose id would make the path of their files in a sealed case file too long."""
    text = file_names.TOO_LONG.format(most=file_names.MOST_BYTES)
    return [
        Finding(name, key, "error", UNPLAIN, text)
        for name, content in files.items()
        for key in read_processes({name: content})
        if len(key.encode()) > file_names.MOST_BYTES
    ]


@dataclass(frozen=True)
class _Question:
    key: tuple[object, ...]
    gate: Gate = field(compare=False)
    files: Files = field(compare=False)
    carried: Files = field(compare=False)


# The same files get the same answer: a process owner checks, rehearses and deploys them, and each
# answer takes seconds to find.
@functools.lru_cache(maxsize=8)
def _answer(question: _Question) -> tuple[Finding, ...]:
    return tuple(question.gate.check_anew(question.files, question.carried))


def check_upload(files: Files, functions: set[str]) -> list[Finding]:
    """What the lint says of diagrams from outside, found in a child process that can be killed."""
    from engine.bpmn.lint import lint_upload

    uploaded = diagrams(files)
    return lint_upload(uploaded, known_functions=functions) if uploaded else []


def _set_by_steps(processes: Iterable[Process]) -> Iterator[str]:
    """The variables that the steps of processes set themselves."""
    for process in processes:
        for node in process.body.walk():
            yield from filter(None, [node.extensions.result_variable])
            for line in (*node.extensions.inputs, *node.extensions.outputs):
                yield line.target.partition(".")[0]
            if node.loop is not None:
                yield from ("loopCounter", node.loop.element, node.loop.output_collection)
                yield from COUNTERS


def diagrams(files: Files) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".bpmn")}


def _unknown_file(name: str) -> Finding:
    text = Text(
        "ไม่รู้จักชนิดของแฟ้มนี้ ติดตั้งได้เฉพาะ .bpmn .dmn .form และแฟ้มประกอบของกระบวนงาน",
        "This kind of file is unknown; only .bpmn, .dmn, .form and a process's own files deploy.",
    )
    return Finding(name, "", "error", "deploy.unknown-file", text)


def _compile_all(files: Files, checked: Files) -> list[Finding]:
    """The last gate: what the lint let through must also compile."""
    processes = read_processes(diagrams(files))
    findings = []
    for process in processes.values():
        if not process.executable:
            continue  # a partner's pool, drawn as a picture
        element, rule = process.id, "deploy.compile"
        try:
            compile_process(process, processes)
            continue
        except EngineError as error:
            element = str(error.facts.get("element", process.id))
            text = error.text
        except Exception as error:
            # Nobody who deploys sees a traceback; the administrator finds it in the log.
            log.exception("compilation_failed", process=process.id)
            rule, text = DEFECT, UNREADABLE.format(kind=type(error).__name__)
        file = _file_of(process.id, checked)
        findings.append(Finding(file, element, "error", rule, text))
    return findings


def _file_of(process: str, checked: Files) -> str:
    """Which of the files draws a process; the first, if it is one that was there before."""
    for name, content in checked.items():
        if process in read_processes({name: content}):
            return name
    return next(iter(checked), "")
