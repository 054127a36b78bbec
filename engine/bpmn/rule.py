"""What a rule of the deploy gate is: an id, what it says, why it exists and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.ground.errors import EngineError
from engine.ground.findings import Finding, Severity
from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `says` and `fix` may name {facts}, which become words of the finding."""

    id: str
    group: str  # source, standard, runnable, soundness, guideline or style
    family: str
    severity: Severity
    says: Text
    why: Text
    fix: Text

    def finding(
        self,
        file: str,
        element: str = "",
        *,
        row: object = None,
        column: int | None = None,
        facts: Mapping[str, object] | None = None,
        **more: object,
    ) -> Finding:
        """`row` may be what lxml gives as a source line: no number for made-up elements."""
        words = {**(facts or {}), **more}
        line = row if isinstance(row, int) else None
        text = Text(self._told("th", words), self._told("en", words))
        return Finding(file, element, self.severity, self.id, text, line, column)

    def _told(self, language: str, facts: Mapping[str, object]) -> str:
        words = {
            key: value.of(language) if isinstance(value, Text) else value
            for key, value in facts.items()
        }
        sentence = f"{self.says.of(language)} {self.fix.of(language)}"
        return sentence.format(**words)


class SourceRejected(EngineError):
    """The file cannot be read: {summary}"""

    thai = "อ่านแฟ้มไม่ได้: {summary}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(summary="; ".join(finding.line("en") for finding in findings[:3]))
        told = "; ".join(finding.line("th") for finding in findings[:3])
        self.text = Text(self.thai.format(summary=told), self.text.en)

    def __reduce__(self) -> tuple[type["SourceRejected"], tuple[list[Finding]]]:
        return SourceRejected, (self.findings,)
