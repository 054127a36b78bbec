"""File sets: what a deployed file defines and uses, and which files were drawn for each other.

A deployment brings a set of files that work together. Two sets share one installation: what one
of them defines must never be overtaken by the other, and a process changes only with what it uses.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from engine.bpmn.model import Process
from engine.bpmn.slots import constant
from engine.dmn import source as dmn_source
from engine.feel import FeelSyntaxError
from engine.ground.errors import EngineError
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.store.tables import Deployment, DeploymentFile
from engine.store.work import Work
from engine.turn.definitions import form_names, read_processes

Files = Mapping[str, bytes]
Identity = tuple[str, str]  # its kind and its id, as ("decision", "sla")
Identify = Callable[[str, bytes], Iterable[Identity]]

KINDS = {
    "process": Text("กระบวนงาน", "process"),
    "decision": Text("การตัดสินใจ", "decision"),
    "form": Text("แบบฟอร์ม", "form"),
    "message": Text("ข้อความที่เริ่มกระบวนงาน", "start message"),
    "letter": Text("หนังสือ", "letter"),
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in one file, as far as other files can name it."""

    defines: frozenset[Identity] = frozenset()
    # Of each executable process of a diagram, or under "" of a table: what it names elsewhere.
    names: Mapping[str, frozenset[Identity]] = field(default_factory=dict)


@functools.lru_cache(maxsize=1024)
def contents(name: str, content: bytes) -> Contents:
    """What a diagram, table or form defines and names; nothing of a file that cannot be read."""
    try:
        if name.endswith(".bpmn"):
            return _diagram(read_processes({name: content}).values())
        if name.endswith(".dmn"):
            return _table(dmn_source.read(name, content))
    except EngineError:
        return Contents()  # the gate names the fault
    return Contents(frozenset(("form", id) for id in form_names({name: content})))


def _diagram(processes: Iterable[Process]) -> Contents:
    running = [process for process in processes if process.executable]
    defines = {("process", process.id) for process in running}
    defines |= {("message", name) for process in running for name in _start_messages(process)}
    return Contents(frozenset(defines), {p.id: frozenset(_named(p)) for p in running})


def _start_messages(process: Process) -> Iterator[str]:
    for node in process.body.nodes.values():
        if node.tag == "startEvent":
            yield from (_name(event.name) for event in node.events if event.kind == "message")


def _name(written: str) -> str:
    try:
        return constant(written) or written
    except FeelSyntaxError:
        return written  # the gate names the fault


def _named(process: Process) -> Iterator[Identity]:
    for node in process.body.walk():
        written = node.extensions
        named = (
            ("process", written.called_process),
            ("form", written.form),
            ("decision", written.decision),
        )
        yield from (identity for identity in named if identity[1])


def _table(root: dmn_source.Element) -> Contents:
    decisions = {("decision", each.get("id", "")) for each in dmn_source.children(root, "decision")}
    model = ("model", root.get("namespace", ""))
    imports = {("model", each.get("namespace", "")) for each in dmn_source.children(root, "import")}
    return Contents(frozenset({*decisions, model}), {"": frozenset(imports)})


# ── which files belong together ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FileSets:
    """The sets of the files in force, by file name; a file that never came with a diagram belongs
    to everybody."""

    members: Mapping[str, frozenset[str]]

    def of(self, name: str) -> frozenset[str]:
        return self.members.get(name, frozenset({name}))

    def is_anybodys(self, name: str) -> bool:
        return not any(each.endswith(".bpmn") for each in self.of(name))

    def with_files(self, files: Iterable[str], changed: Iterable[str]) -> FileSets:
        """The sets after these files were brought together, some of them new or changed."""
        members = dict(self.members)
        joined = {*changed, *(name for name in files if name.endswith(".bpmn"))}
        whole = frozenset().union(joined, *(self.of(name) for name in joined))
        return FileSets({**members, **dict.fromkeys(whole, whole)})


def file_sets(work: Work, application: str) -> FileSets:
    """The sets of files: an application is one. Of those without, who was deployed with whom tells:
    a diagram's set is what was new or changed beside it, and a file that is brought along as it
    stands (a form that two sets share) joins nobody.
    """
    query = (
        sa.select(DeploymentFile.deployment_id, DeploymentFile.name, DeploymentFile.sha256)
        .join(Deployment, Deployment.id == DeploymentFile.deployment_id)
        .where(~DeploymentFile.carried, Deployment.application == application)
        .order_by(Deployment.deployed_at, Deployment.id, DeploymentFile.name)
    )
    brought: dict[str, dict[str, str]] = {}
    for deployment_id, name, sha in work.session.execute(query):
        brought.setdefault(deployment_id, {})[name] = sha
    if application:
        whole = frozenset(name for files in brought.values() for name in files)
        return FileSets(dict.fromkeys(whole, whole))
    sets, known = FileSets({}), dict[str, str]()
    for files in brought.values():
        sets = sets.with_files(files, [n for n, sha in files.items() if known.get(n) != sha])
        known.update(files)
    return sets


# ── who overtakes whom ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Comparison:
    """New files beside those in force: which of these stay, and what may not be overtaken."""

    files: Files
    before: Files
    sets: FileSets
    identify: Identify

    def redrawn(self) -> frozenset[str]:
        """The files in force of the sets whose diagrams these bring: they are a new state of them,
        in which a file may have another name."""
        known = [n for n in self.files if n in self.before and n.endswith(".bpmn")]
        return frozenset[str]().union(*(self.sets.of(name) for name in known))

    def kept(self) -> dict[str, bytes]:
        """The files in force that stay: neither replaced by name, nor renamed within their set."""
        redrawn, mine = self.redrawn(), self._defined()
        return {
            name: content
            for name, content in self.before.items()
            if name not in self.files
            and not (name in redrawn and self._is_renamed(name, content, mine))
        }

    def _defined(self) -> set[Identity]:
        return {each for n, content in self.files.items() for each in self._ids(n, content)}

    def _is_renamed(self, name: str, content: bytes, mine: set[Identity]) -> bool:
        ids = self._ids(name, content)
        return bool(ids) and ids <= mine

    def _ids(self, name: str, content: bytes) -> set[Identity]:
        found = {each for each in contents(name, content).defines if each[0] != "model"}
        return found | set(self.identify(name, content))

    def findings(self) -> list[Finding]:
        """What these files would overtake of another set, naming both files."""
        return [*self._replaced(), *self._overtaken()]

    def _replaced(self) -> Iterator[Finding]:
        """A file of the same name, but of a set that none of these diagrams belongs to."""
        if not any(name.endswith(".bpmn") for name in self.files):
            return  # tables and forms alone: a new state of those of the same names
        redrawn = self.redrawn()
        for name, content in self.files.items():
            there = self.before.get(name, content)
            if there == content or name in redrawn or self.sets.is_anybodys(name):
                continue
            beside = ", ".join(sorted(n for n in self.sets.of(name) if n.endswith(".bpmn")))
            yield Finding(name, "", "error", "deploy.other-set", _SAME_NAME.format(
                name=name, ids=_listed(self._ids(name, content)),
                theirs=_listed(self._ids(name, there)), beside=beside))  # fmt: skip

    def _overtaken(self) -> Iterator[Finding]:
        """What is defined in two files, whether both are new or one is in force."""
        holders: dict[Identity, list[str]] = {}
        for name, content in {**self.kept(), **self.files}.items():
            for identity in self._ids(name, content):
                holders.setdefault(identity, []).append(name)
        for (kind, id), names in sorted(holders.items()):
            mine = [name for name in names if name in self.files]
            for name, other in ((mine[0], o) for o in names if mine and o != mine[0]):
                text = _TWICE if other in self.files else _OVERTAKES
                facts = {"id": id, "file": name, "other": other}
                where = Text(text.th.replace("{kind}", _kind(kind).th),
                             text.en.replace("{kind}", _kind(kind).en))  # fmt: skip
                element = id if kind in ("process", "decision") else ""
                yield Finding(name, element, "error", "deploy.overtakes", where.format(**facts))


def _kind(kind: str) -> Text:
    return KINDS.get(kind, Text(kind, kind))


def _listed(ids: Iterable[Identity]) -> str:
    return ", ".join(sorted(id for _, id in ids)) or "–"


_OVERTAKES = Text(
    "{kind} “{id}” ของ {file} ใช้บังคับอยู่แล้วจากแฟ้ม {other} ของอีกชุดหนึ่ง "
    "ใช้รหัสอื่น หรือติดตั้งเป็นชุดเดียวกันภายใต้ชื่อแฟ้ม {other}",
    "The {kind} {id} of {file} is already in force from {other}, a file of another set; "
    "give it another id, or deploy it as {other} with its own set.",
)
_TWICE = Text(
    "{kind} “{id}” มีอยู่ทั้งใน {file} และ {other} เหลือไว้เพียงแฟ้มเดียว",
    "The {kind} {id} is in both {file} and {other}; keep it in one of them.",
)
_SAME_NAME = Text(
    "{name} (รหัส {ids}) จะทับ {name} (รหัส {theirs}) ที่ใช้บังคับอยู่ของอีกชุดหนึ่ง ({beside}) "
    "ใช้ชื่อแฟ้มและรหัสอื่น หรือติดตั้งพร้อมกับแผนภาพของชุดนั้น",
    "{name} (ids: {ids}) would replace {name} (ids: {theirs}), which is in force for another set "
    "({beside}); take another file name and other ids, or deploy it with that set's diagram.",
)


# ── what a process uses ────────────────────────────────────────────────────────────────────────


def used_files(files: Files, sets: FileSets) -> dict[str, frozenset[tuple[str, str]]]:
    """For each executable process, by id: the files it uses, each as name and SHA-256.

    Its own diagram and those of the processes it calls, the forms and decisions that these name,
    and whatever of its set nobody names: an office reads letters and tables by itself.
    """
    read = {name: contents(name, content) for name, content in files.items()}
    homes = _homes(read)
    hashes = {name: (name, hashlib.sha256(content).hexdigest()) for name, content in files.items()}
    reached = {
        process: _reach(process, name, read, homes)
        for name, what in read.items()
        for process in what.names
        if process
    }
    named = frozenset[str]().union(*reached.values())
    unnamed = [n for n in files if n not in named and not n.endswith(".bpmn")]
    return {
        process: frozenset(hashes[name] for name in [*reach, *_common(unnamed, reach, sets)])
        for process, reach in reached.items()
    }


def _common(unnamed: Iterable[str], reach: set[str], sets: FileSets) -> Iterator[str]:
    for name in unnamed:
        if sets.is_anybodys(name) or not reach.isdisjoint(
            each for each in sets.of(name) if each.endswith(".bpmn")
        ):
            yield name


def _homes(read: Mapping[str, Contents]) -> dict[Identity, list[str]]:
    homes: dict[Identity, list[str]] = {}
    for name, what in read.items():
        for identity in what.defines:
            homes.setdefault(identity, []).append(name)
    return homes


def _reach(
    process: str, file: str, read: Mapping[str, Contents], homes: Mapping[Identity, list[str]]
) -> set[str]:
    """The files that a process leads to by name, its own among them."""
    seen: set[Identity] = set()
    pending: list[Identity] = [("process", process)]
    reach = {file}
    while pending:
        identity = pending.pop()
        if identity in seen:
            continue
        seen.add(identity)
        kind, id = identity
        for name in homes.get(identity, ()):
            reach.add(name)
            pending += read[name].names.get(id if kind == "process" else "", ())
    return reach
