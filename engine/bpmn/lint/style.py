"""How a diagram reads well: bpmnlint's advice, as remarks that stop nothing.

The rules are those of the library bpmn-io, which carries bpmnlint over to Python. What its other
rules say is said by the groups `standard`, `runnable` and `soundness`: that flows meet and do not
wait (fake-join) only matters where a step then runs twice, and there it is a warning.
"""

from __future__ import annotations

import copy
import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.lint.registry import Check, Family, Hit, Subject, at
from engine.bpmn.lint.tree import MODEL, PICTURE, Element, Tree, children, id_of, text_of
from engine.bpmn.lint.words import FLOW_NODES
from engine.ground.text import Text

FAMILY = Family("style", "style", Text("การวาดให้อ่านง่าย", "Style"))
FAMILIES = [FAMILY]


@dataclass(frozen=True, slots=True)
class Advice:
    """A rule of bpmnlint: what it says in Thai for each of its English sentences, why and how."""

    name: str
    says: dict[str, str]
    why: Text
    fix: Text


ADVICE = [
    Advice(
        "label-required",
        {"Element is missing label/name": "ไม่มีชื่อ"},
        Text("ผู้อ่านเข้าใจแผนผังจากชื่อ", "People understand a diagram by its names."),
        Text("ตั้งชื่อสั้น ๆ เช่น กริยากับกรรม", "Give it a short name, such as a verb and its object."),
    ),
    Advice(
        "no-implicit-split",
        {"Flow splits implicitly": "แยกหลายทางโดยไม่มีเกตเวย์"},
        Text(
            "ผู้อ่านไม่รู้ว่าไปทุกทางหรือเลือกทาง",
            "Readers cannot see whether all ways or one are taken.",
        ),
        Text("วางเกตเวย์ให้เห็น", "Draw the gateway."),
    ),
    Advice(
        "no-gateway-join-fork",
        {"Gateway forks and joins": "เกตเวย์เดียวทั้งรวมและแยกเส้น"},
        Text(
            "แยกเป็นสองเกตเวย์อ่านง่ายกว่า",
            "Two gateways read more easily than one that does both.",
        ),
        Text("ใช้เกตเวย์รวมตามด้วยเกตเวย์แยก", "Use a joining gateway followed by a splitting one."),
    ),
    Advice(
        "superfluous-gateway",
        {
            "Gateway is superfluous. It only has one source and target.": (
                "เกตเวย์มีเส้นเข้าและออกอย่างละเส้น จึงไม่จำเป็น"
            )
        },
        Text("สัญลักษณ์ที่ไม่ทำอะไรทำให้อ่านช้า", "A shape that does nothing slows its readers."),
        Text("ลบเกตเวย์แล้วต่อเส้นตรง", "Remove it and connect the flow."),
    ),
    Advice(
        "superfluous-termination",
        {"Termination is superfluous.": "จุดยุติทันทีไม่จำเป็น"},
        Text("ไม่มีทางอื่นที่ยังเดินอยู่ให้ยุติ", "No other path goes on that it could end."),
        Text("ใช้จุดสิ้นสุดธรรมดา", "Use a plain end event."),
    ),
    Advice(
        "superfluous-label",
        {"Sequence flow has superfluous label": "ชื่อของเส้นไม่จำเป็น"},
        Text("เส้นเดียวไม่ต้องบอกว่าเป็นเส้นใด", "A single flow need not say which it is."),
        Text("ลบชื่อของเส้น", "Remove the flow's name."),
    ),
    Advice(
        "no-duplicate-sequence-flows",
        {
            "SequenceFlow is a duplicate": "เส้นซ้ำกับเส้นอื่น",
            "Duplicate outgoing sequence flows": "มีเส้นออกซ้ำกัน",
            "Duplicate incoming sequence flows": "มีเส้นเข้าซ้ำกัน",
        },
        Text("เส้นซ้ำทำให้ขั้นตอนถัดไปเกิดสองครั้ง", "A second flow makes the next step happen twice."),
        Text("เหลือเส้นเดียว", "Keep one of them."),
    ),
    Advice(
        "no-implicit-start",
        {"Element is an implicit start": "เริ่มที่นี่โดยไม่มีเหตุการณ์เริ่มต้น"},
        Text("ผู้อ่านมองหาจุดเริ่ม", "Readers look for the start."),
        Text("เพิ่มเหตุการณ์เริ่มต้น", "Add a start event."),
    ),
    Advice(
        "no-implicit-end",
        {"Element is an implicit end": "จบที่นี่โดยไม่มีเหตุการณ์สิ้นสุด"},
        Text("ผู้อ่านมองหาจุดจบ", "Readers look for the end."),
        Text("เพิ่มเหตุการณ์สิ้นสุด", "Add an end event."),
    ),
    Advice(
        "no-disconnected",
        {"Element is not connected": "ไม่มีเส้นเชื่อมกับสิ่งใด"},
        Text("ขั้นตอนที่ลอยอยู่ไม่มีใครรู้ว่าทำเมื่อใด", "Nobody knows when a loose step is done."),
        Text("ต่อเส้นหรือลบ", "Connect it or remove it."),
    ),
    Advice(
        "no-bpmndi",
        {"Element is missing bpmndi": "ไม่มีรูปในภาพ"},
        Text(
            "ขั้นตอนที่ไม่เห็นในภาพไม่มีใครรู้ว่ามี",
            "Nobody knows of a step that the picture does not show.",
        ),
        Text("เปิดในโปรแกรมวาดผังแล้ววาดให้ครบ", "Open it in the modeler and draw it."),
    ),
    Advice(
        "no-overlapping-elements",
        {
            "Element overlaps with other element": "ทับกับสัญลักษณ์อื่น",
            "Element is outside of parent boundary": "อยู่นอกกรอบที่มันสังกัด",
        },
        Text("ภาพที่ทับกันอ่านไม่ออก", "Overlapping shapes cannot be read."),
        Text("จัดวางใหม่", "Move it."),
    ),
    Advice(
        "global",
        {
            "Element is missing name": "ไม่มีชื่อ",
            "Element is unused": "ไม่มีผู้ใดใช้",
            "Element name is not unique": "ชื่อซ้ำกับรายการอื่น",
        },
        Text(
            "ข้อความ สัญญาณ และข้อผิดพลาดจับคู่กันด้วยชื่อ",
            "Messages, signals and errors are matched by their names.",
        ),
        Text("ตั้งชื่อที่ไม่ซ้ำ หรือลบรายการที่ไม่ใช้", "Name it apart from others, or remove it."),
    ),
]


class _Rules:
    """Gives the library's linter its rules; its own resolver searches the whole environment."""

    def resolve_rule(self, _: str, name: str) -> Callable[..., dict[str, Any]]:
        module = {"global": "global_"}.get(name, name.replace("-", "_"))
        found = importlib.import_module(f"bpmn_io.lint.rules.{module}")
        factory: Callable[..., dict[str, Any]] = found.factory
        return factory

    def resolve_config(self, *_: str) -> None:
        return None


def _advised(subject: Subject) -> dict[str, list[tuple[str, str]]]:
    """For each rule the elements and sentences that bpmnlint reports, found once for a file."""
    known = subject.memory.get("bpmnlint")
    if isinstance(known, dict):
        return known
    found = subject.memory["bpmnlint"] = _lint(subject)
    return found


def _lint(subject: Subject) -> dict[str, list[tuple[str, str]]]:
    # Loaded here: only a file that is checked needs them.
    from bpmn_io.bpmn_moddle.simple import create_moddle
    from bpmn_io.lint import Linter
    from bpmn_io.moddle.base import ModdleElement
    from bpmn_io.moddle_xml.read import ParseError

    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    try:
        text = etree.tostring(_with_ends(subject.tree), encoding="unicode")
        root = create_moddle().from_xml(text).root_element
    except ParseError:
        return found  # what is wrong with the file is told by the other groups
    if not isinstance(root, ModdleElement) or not subject.tree.elements[1:]:
        return found
    # A linter of its own for each file: the library's linter keeps what it has seen.
    config = {"rules": dict.fromkeys(_fitting(subject.tree), "info")}
    for name, reports in Linter(config=config, resolver=_Rules()).lint(root).items():
        for report in reports:
            if report["category"] == "info" and report["id"] in subject.tree.by_id:
                found[name].append((report["id"], report["message"]))
    return found


def _fitting(tree: Tree) -> Iterator[str]:
    """The rules that have something to look at: a file without a picture lacks no shape of it."""
    drawn = next(tree.root.iter(f"{{{PICTURE}}}BPMNShape"), None) is not None
    yield from (advice.name for advice in ADVICE if drawn or advice.name != "no-bpmndi")


def _with_ends(tree: Tree) -> Element:
    """The file with `incoming` and `outgoing` in every node: some tools write only the flows, and
    the rules would take each step for a loose one."""
    root = copy.deepcopy(tree.root)
    nodes = {id_of(node): node for node in root.iter(*(f"{{{MODEL}}}{t}" for t in FLOW_NODES))}
    for flow in root.iter(f"{{{MODEL}}}sequenceFlow"):
        for slot, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            node = nodes.get(flow.get(end) or "")
            if node is not None and id_of(flow) not in map(text_of, children(node, slot)):
                etree.SubElement(node, f"{{{MODEL}}}{slot}").text = id_of(flow)
    return root


def _check(advice: Advice) -> Check:
    def check(subject: Subject) -> Iterator[Hit]:
        for element, message in _advised(subject).get(advice.name, ()):
            said = Text(advice.says.get(message, message), message.rstrip("."))
            yield at(subject.tree.by_id[element], said=said)

    return check


for _advice in ADVICE:
    FAMILY.rule(
        f"style-{_advice.name}",
        Text("{said}", "{said}."),
        _advice.why,
        _advice.fix,
        severity="info",
    )(_check(_advice))
