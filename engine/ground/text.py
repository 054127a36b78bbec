"""A sentence for a person, in Thai and in English side by side, so that neither is ever missing."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["th", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages of the product; Thai comes first."""

    th: str
    en: str

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.th

    def __str__(self) -> str:
        return self.th

    def format(self, **facts: object) -> "Text":
        """The sentence with its facts; one that is a Text itself is said in each language."""
        thai = {name: v.th if isinstance(v, Text) else v for name, v in facts.items()}
        english = {name: v.en if isinstance(v, Text) else v for name, v in facts.items()}
        return Text(self.th.format(**thai), self.en.format(**english))
