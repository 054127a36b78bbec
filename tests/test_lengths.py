"""A long file or function was looked at, and stays long only with a reason.

What reads better in two is split; what stands here does not. Whoever adds to these lists says why
a reader is better off with one long piece, and whoever splits one takes it out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "forms", "office", "webhooks", "web", "bench")
FILE, FUNCTION = 350, 40  # lines

RULES = "one rule after the other, each beside its reasons; nothing is shared but two small readers"
FILES = {
    "engine/bpmn/lint/constructs.py": "one table: every construct of BPMN and what becomes of it",
    "engine/bpmn/lint/explain.py": "one teller: a sentence for each kind of element",
    "engine/bpmn/lint/runnable/expressions.py": RULES,
    "engine/bpmn/lint/standard/data.py": RULES,
    "engine/bpmn/lint/standard/flows.py": RULES,
    "engine/bpmn/running/execution.py": "the face of a live case: a short method for each act",
    "engine/bpmn/running/tokens.py": "tokens and the scopes they stand in, each knowing the other",
    "engine/bpmn/running/specs/activities.py": "the kinds of activity, side by side",
    "engine/dmn/pieces/axes.py": "one kind of axis after the other, cut by the same rules",
    "engine/feel/inference/expressions.py": "a case for each kind of node of an expression",
    "engine/feel/grammar/parser.py": "the grammar of FEEL as one recursive descent",
    "engine/store/tables.py": "all tables of the engine, with keys and constraints",
    "engine/verbs/runtime.py": "what people do with cases and tasks; the guards serve all of it",
    "office/audit/case_replay.py": "what there was to see at a step, part by part",
    "office/audit/verification.py": "what a case keeps, table by table, against its record",
    "office/audit/verify_case.py": "one file on the standard library, sent with each case",
    "office/cases/cases.py": "the case file, cut down to a reader, view by view",
    "office/cases/register.py": "a case from the first answer to the started process",
    "office/cases/reveals.py": "texts and identities open by the same rows and rules",
    "office/deadlines/extensions.py": "one request from asking to granting",
    "office/people/access.py": "who sees a case: every rule in one place",
    "web/officer/pages.py": "an officer's pages, a short function each",
    "web/case_view.py": "what a case's page shows, part by part",
    "web/pictures/picture.py": "one painter: a method for each kind of shape",
}

ARGUMENTS = "few statements; what it takes and raises is long"
COLUMNS = "a row or an example, field by field"
FUNCTIONS = {
    "bench/parts/office.py: facts": COLUMNS,
    "engine/turn/turn.py: save_turn": "what a turn writes, in its order",
    "engine/verbs/deployment.py: deploy": ARGUMENTS,
    "engine/verbs/messages.py: correlate_message": ARGUMENTS,
    "engine/verbs/runtime.py: start_instance": ARGUMENTS,
    "office/cases/register.py: file_case": ARGUMENTS,
    "office/deadlines/extensions.py: ask_extension": ARGUMENTS,
    "office/deadlines/rows.py: begin_deadline": COLUMNS,
    "webhooks/api/blueprint.py: writes": ARGUMENTS,
}


def sources() -> Iterator[Path]:
    """Revisions are left out: they are written once, table by table, and never read again."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"node_modules", "revisions"}.intersection(path.parts):
                yield path


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_file_of_more_than_350_lines_says_why() -> None:
    long = {path.relative_to(ROOT).as_posix() for path in sources() if lines(path) > FILE}

    assert long == set(FILES), "split it, or say here why it reads better as it is"


def test_a_function_of_more_than_40_lines_says_why() -> None:
    long = {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in sources()
        for name, length in functions(path)
        if length > FUNCTION
    }

    assert long == set(FUNCTIONS), "split it, or say here why it reads better as it is"
