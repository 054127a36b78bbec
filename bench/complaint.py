"""The complaint on which the engine's numbers are taken, the same for us and for stock.

Twelve steps by people and a reply for each round of clarification; gateways, three timers, a called
process, two decision tables, Thai answers. `diagrams/ours` and `diagrams/stock` hold the same
drawing: only the expression language and the attributes of the two dialects differ.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Step = tuple[str, dict[str, Any]]  # the element, and what its officer answers

PROCESS = "complaint_bench"
REPLY = "clarification_reply"  # the one step that is a message, not a task
_FOLDER = Path(__file__).parent / "diagrams"
_FACTS = "ผู้ร้องเรียนแจ้งว่าหน่วยงานไม่ดำเนินการตามกำหนดเวลาและไม่ได้รับการติดต่อกลับ " * 3


def files() -> dict[str, bytes]:
    """As a process owner deploys it here."""
    return {path.name: path.read_bytes() for path in sorted((_FOLDER / "ours").iterdir())}


def stock_files() -> dict[str, bytes]:
    """As stock SpiffWorkflow reads it: Python expressions, Camunda 7 attributes."""
    drawn = {path.name: path.read_bytes() for path in sorted((_FOLDER / "stock").iterdir())}
    return drawn | {name: it for name, it in files().items() if name.endswith(".dmn")}


def steps(rounds: int) -> Iterator[Step]:
    """A whole complaint with so many rounds of clarification."""
    subject = {"subject": "ร้องเรียนการให้บริการ", "detail": _FACTS, "province": "เชียงใหม่"}
    yield "intake", {"channel": "web", "severity": 5, "complaint": subject}
    yield "screening", {"accepted": True, "screening_note": "รับเรื่อง"}
    yield "pick_unit", {"unit": "กองตรวจสอบ"}
    yield "accept_assignment", {"officer": "officer-1"}
    for number in range(1, rounds + 1):
        yield "investigate", {"unclear": True, "note": f"รอบ {number}"}
        yield "ask", {"question": f"คำถาม {number}"}
        yield REPLY, {"reply": f"คำตอบ {number}"}
        yield "record_reply", {"reply_note": f"รับคำตอบ {number}"}
    yield "investigate", {"unclear": False, "note": "จบ"}
    yield "legal", {"legal": "ถูกต้อง"}
    yield "finance", {"finance": "ถูกต้อง"}
    yield "decide", {"decision": "มีมูล"}
    yield "approve", {"approved": True}
    yield "notify", {"notified": "หนังสือ"}


BLOCKS = "blocks"


def block_files(count: int) -> dict[str, bytes]:
    """So many parallel blocks of two tasks, one behind the other; both engines read the same."""
    nodes, way = ['<startEvent id="start"/>'], ["start"]
    flows: list[tuple[str, str]] = []
    for number in range(count):
        fork, join, left, right = (f"{kind}{number}" for kind in ("fork", "join", "left", "right"))
        nodes += [f'<parallelGateway id="{each}"/>' for each in (fork, join)]
        nodes += [_task(left), _task(right)]
        flows += [(fork, left), (fork, right), (left, join), (right, join), (way[-1], fork)]
        way.append(join)
    nodes.append('<endEvent id="end"/>')
    flows.append((way[-1], "end"))
    ids = itertools.count()
    drawn = "".join(nodes) + "".join(
        f'<sequenceFlow id="f{next(ids)}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows
    )
    head = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench">'
    )
    process = f'<process id="{BLOCKS}" name="{BLOCKS}" isExecutable="true">{drawn}</process>'
    return {
        "blocks.bpmn": f"{head}{process}</definitions>".encode(),
        "any.form": files()["any.form"],
    }


def _task(id: str) -> str:
    offered = (
        '<zeebe:formDefinition formId="any"/>'
        '<zeebe:assignmentDefinition candidateGroups="officer"/>'
    )
    inner = f"<extensionElements>{offered}</extensionElements>"
    return f'<userTask id="{id}" name="{id}">{inner}</userTask>'


def block_steps(count: int) -> Iterator[Step]:
    for number in range(count):
        yield f"left{number}", {f"left{number}": "ครบ"}
        yield f"right{number}", {f"right{number}": "ครบ"}
