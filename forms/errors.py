"""What a form can refuse: itself, when it is badly drawn, and answers that do not fit it."""

from collections.abc import Mapping, Sequence

from engine.ground.errors import Refusal
from engine.ground.findings import Finding
from engine.ground.text import Text


class FormError(Refusal):
    """The form cannot do this."""

    thai = "แบบฟอร์มไม่สามารถทำรายการนี้ได้"


class FormRejected(FormError):
    """The form cannot be used: {summary}"""

    thai = "ใช้แบบฟอร์มนี้ไม่ได้: {summary}"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        errors = [finding for finding in findings if finding.severity == "error"][:3]
        super().__init__(summary="")
        self.text = Text(
            "ใช้แบบฟอร์มนี้ไม่ได้: " + "; ".join(finding.line("th") for finding in errors),
            "The form cannot be used: " + "; ".join(finding.line("en") for finding in errors),
        )
        self.args = (self.text.en,)


class FormInvalid(FormError):
    """Some answers need correcting ({count}): {summary}"""

    thai = "โปรดแก้ไขคำตอบ {count} แห่ง: {summary}"

    # Answers may name whom they accuse: a message says what is wrong, never what stood there.
    def __init__(self, errors: Mapping[str, Sequence[Text]]) -> None:
        self.errors = {path: list(texts) for path, texts in errors.items()}
        super().__init__(count=len(self.errors), summary="")
        self.text = self.text.format() if not self.errors else self._sentence()
        self.args = (self.text.en,)

    def _sentence(self) -> Text:
        first = list(self.errors.items())[:5]
        thai = "; ".join(f"{path}: {texts[0].th}" for path, texts in first)
        english = "; ".join(f"{path}: {texts[0].en}" for path, texts in first)
        return Text(
            f"โปรดแก้ไขคำตอบ {len(self.errors)} แห่ง: {thai}",
            f"Some answers need correcting ({len(self.errors)}): {english}",
        )
