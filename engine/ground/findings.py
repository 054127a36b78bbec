"""What a check has to say about a deployed file: where, what, why and the way out."""

from dataclasses import dataclass
from typing import Any, Literal

from engine.ground.text import Text

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one element of one file; an `error` stops the deployment."""

    file: str
    element: str  # id of an element, of a rule or of a form field; "" for the file
    severity: Severity
    rule: str  # stable id of the rule, as in docs/reference/lint.md
    text: Text  # what is wrong and what to do about it
    row: int | None = None  # line in the file, from 1
    column: int | None = None  # column in an expression, from 1

    def line(self, language: str = "th") -> str:
        place = ":".join(str(part) for part in (self.file, self.element) if part)
        return f"{place}: {self.text.of(language)} [{self.rule}]"

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "element": self.element,
            "severity": self.severity,
            "rule": self.rule,
            "th": self.text.th,
            "en": self.text.en,
            "row": self.row,
            "column": self.column,
        }


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
