"""Soundness: what the token game finds wrong with a process as a whole."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from engine.bpmn.desugar import undoing_start
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable
from engine.bpmn.model import Node, Process
from engine.bpmn.net import Board, Marking, Step, explore
from engine.ground.text import Text

FAMILY = Family("soundness", "soundness", Text("ความถูกต้องของทั้งกระบวนงาน", "Soundness"))
FAMILIES = [FAMILY]

SHOWN = 12  # elements of a path in a finding; `samnuan lint --paths` prints whole paths
MOST_PATHS = 10_000


def _boards(subject: Subject) -> Iterator[tuple[Process, Board]]:
    for process in executable(subject):
        if not process.body.nodes:
            continue
        board = subject.memory.get(process.id)
        if not isinstance(board, Board):
            board = subject.memory[process.id] = explore(process)
        yield process, board


def _told(path: list[str]) -> str:
    drawn = [element for element in path if not element.startswith("~")]
    shown = drawn[-SHOWN:]
    return " → ".join(shown if len(shown) == len(drawn) else ["…", *shown])


@FAMILY.rule(
    "dead-element",
    Text("ไม่มีทางใดมาถึงขั้นตอนนี้", "No path ever reaches this step."),
    Text(
        "ขั้นตอนที่ไม่มีวันทำงานทำให้ผู้อ่านเข้าใจผิด",
        "A step that never runs misleads everybody who reads the diagram.",
    ),
    Text("แก้เส้นหรือเหตุการณ์ก่อนหน้า หรือลบขั้นตอน", "Correct the way to it or remove it."),
    severity="warning",
)
def dead_element(subject: Subject) -> Iterator[Hit]:
    for process, board in _boards(subject):
        called = process.id in subject.known.called  # then its caller may undo it
        for node in process.body.walk():
            aside = (called and _undoes(node)) or _entered_under_another_name(node.id, board)
            if board.complete and node.id not in board.entered and not aside:
                yield at(node.id)


def _undoes(node: Node) -> bool:
    compensates = node.tag == "boundaryEvent" and node.event_kind() == "compensate"
    return node.for_compensation or compensates or undoing_start(node) is not None


def _entered_under_another_name(node_id: str, board: Board) -> bool:
    return any(f"~{name}.{node_id}" in board.entered for name in ("boundary", "link"))


@FAMILY.rule(
    "deadlock",
    Text("เรื่องจะค้างที่นี่ตลอดไป หากเดินตาม: {path}", "A case waits here for ever after: {path}."),
    Text(
        "เกตเวย์ที่รวมเส้นรอเส้นที่จะไม่มีวันมา เช่น รวมแบบขนานหลังแยกแบบเลือกทางเดียว",
        "A join waits for a flow that never comes, such "
        "as a parallel join after an exclusive split.",
    ),
    Text("ใช้เกตเวย์รวมชนิดเดียวกับที่แยก", "Join with the kind of gateway that split."),
    severity="warning",
)
def deadlock(subject: Subject) -> Iterator[Hit]:
    for _, board in _boards(subject):
        told: set[str] = set()
        for marking in board.stuck:
            for element in board.standing[marking]:
                if element not in told:
                    told.add(element)
                    yield at(element, path=_told(board.path_to(marking)))


@FAMILY.rule(
    "no-way-to-end",
    Text("เมื่อถึงที่นี่แล้วไม่มีทางไปถึงจุดสิ้นสุด: {path}", "From here no end can be reached: {path}."),
    Text("เรื่องที่วนไม่จบไม่มีวันปิด", "A case that circles for ever is never closed."),
    Text("เพิ่มทางออกจากการวน", "Add a way out of the loop."),
    severity="warning",
)
def no_way_to_end(subject: Subject) -> Iterator[Hit]:
    for process, board in _boards(subject):
        if not board.complete:
            continue
        hopeless = _hopeless(board)
        first = next((marking for marking in board.steps if marking in hopeless), None)
        if first:
            element = next(iter(board.standing[first]), process.id)
            yield at(element, path=_told([*board.path_to(first), element]))


def _hopeless(board: Board) -> set[Marking]:
    """The markings from which neither an end nor a deadlock (told elsewhere) can be reached."""
    before: dict[Marking, list[Marking]] = defaultdict(list)
    for marking, steps in board.steps.items():
        for step in steps:
            before[step.target].append(marking)
    hopeful: set[Marking] = set()
    pending: list[Marking] = [marking for marking, steps in board.steps.items() if not steps]
    while pending:
        marking = pending.pop()
        if marking not in hopeful:
            hopeful.add(marking)
            pending.extend(before[marking])
    return set(board.steps) - hopeful


@FAMILY.rule(
    "runs-twice",
    Text(
        "ขั้นตอนนี้อาจทำงานซ้อนกันสองครั้งในเรื่องเดียว: {path}",
        "This step may run twice at the same time in one case: {path}.",
    ),
    Text(
        "เส้นขนานที่มารวมกันโดยไม่มีเกตเวย์ขนานทำให้ขั้นตอนถัดไปเกิดซ้ำ",
        "Parallel paths that meet without a parallel join make what follows happen twice.",
    ),
    Text("รวมด้วยเกตเวย์ขนานหรือเกตเวย์เลือกหลายทาง", "Join them with a parallel or inclusive gateway."),
    severity="warning",
)
def runs_twice(subject: Subject) -> Iterator[Hit]:
    for _, board in _boards(subject):
        first = next(iter(board.doubled.items()), None)
        if first is not None:
            yield at(first[0], path=_told(board.path_to(first[1])))


@FAMILY.rule(
    "not-explored",
    Text(
        "กระบวนงานมีสถานะที่เป็นไปได้มากเกินกว่าจะตรวจครบ ({count})",
        "The process can be in more states than were examined ({count}).",
    ),
    Text(
        "การตรวจมีขีดจำกัด เพื่อไม่ให้ผู้ติดตั้งต้องรอ",
        "The examination has a budget, so that nobody waits for it.",
    ),
    Text(
        "ไม่ต้องแก้ แต่ควรทดลองเดินเรื่องด้วยตนเอง",
        "Nothing need change, but rehearse the process yourself.",
    ),
    severity="info",
)
def not_explored(subject: Subject) -> Iterator[Hit]:
    for process, board in _boards(subject):
        if not board.complete:
            yield at(process.id, count=f"{len(board.steps):,}")


def paths(process: Process, most: int = MOST_PATHS) -> Iterator[list[str]]:
    """Every path to an end as the ids of its elements; each loop is walked at most once."""
    board = explore(process)
    yield from islice(_walk(board, board.start), most)


def _walk(board: Board, start: Marking) -> Iterator[list[str]]:
    used: set[tuple[Marking, int]] = set()
    trail: list[tuple[Marking, int, Step]] = []
    stack: list[Iterator[tuple[Marking, int, Step]]] = [_ways(board, start)]
    while stack:
        way = next((w for w in stack[-1] if w[:2] not in used), None)
        if way is None:
            stack.pop()
            if trail:
                last = trail.pop()
                used.discard(last[:2])
            continue
        marking, index, step = way
        used.add((marking, index))
        trail.append(way)
        if not step.target:
            yield _elements(trail)
        stack.append(_ways(board, step.target))


def _ways(board: Board, marking: Marking) -> Iterator[tuple[Marking, int, Step]]:
    for index, step in enumerate(board.steps.get(marking, ())):
        yield marking, index, step


def _elements(trail: list[tuple[Marking, int, Step]]) -> list[str]:
    return [name for _, _, step in trail for name in step.passed if not name.startswith("~")]
