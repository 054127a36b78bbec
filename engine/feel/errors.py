"""What can be wrong with an expression, said with line and column, in Thai and in English."""

from dataclasses import dataclass

from engine.feel.hints import with_hint
from engine.ground.errors import EngineError
from engine.ground.text import Text


def place(source: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset in the source."""
    line = source.count("\n", 0, offset) + 1
    return line, offset - (source.rfind("\n", 0, offset) + 1) + 1


class FeelSyntaxError(EngineError):
    """FEEL line {line}, column {column}: {problem}"""

    thai = "FEEL บรรทัด {line} คอลัมน์ {column}: {problem}"

    def __init__(self, source: str, offset: int, problem: Text, expected: str = "") -> None:
        self.line, self.column = place(source, offset)
        self.offset = offset
        self.expected = expected
        self.problem = problem = with_hint(problem, source, offset)
        super().__init__(line=self.line, column=self.column, problem=problem.en)
        self.text = Text(
            f"FEEL บรรทัด {self.line} คอลัมน์ {self.column}: {problem.th}",
            f"FEEL line {self.line}, column {self.column}: {problem.en}",
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What a static check found in an expression."""

    code: str  # stable id: unknown-name, unknown-function, arity, never, type
    text: Text
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why an evaluation gave null at some place of the expression."""

    code: str
    text: Text
    source: str
    offset: int

    @property
    def line(self) -> int:
        return place(self.source, self.offset)[0]

    @property
    def column(self) -> int:
        return place(self.source, self.offset)[1]

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.text.en}"


class Undefined(Exception):
    """Inside the evaluator only: an operation has no value here, so the answer is null."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class BudgetExceeded(Exception):
    """Inside the evaluator only: the expression wants more time or memory than it is given."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
