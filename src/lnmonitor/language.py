"""Text in the program's two languages, written side by side where it belongs to a definition."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["en", "zh"]


class Text(NamedTuple):
    """An English text with its Simplified Chinese twin."""

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        """Return the text in the wanted language."""
        return self.zh if language == "zh" else self.en
