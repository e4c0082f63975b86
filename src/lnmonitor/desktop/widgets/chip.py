"""A word on a soft ground: status, response, state of a flag."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QLabel, QSizePolicy

from lnmonitor.desktop.widgets.text import set_property

ChipTone = Literal["serious", "warn", "ok", "accent", "unknown", "cr", "pr", "nr"]


class Chip(QLabel):
    """A chip; the word says it, the colour repeats it."""

    def __init__(self, text: str = "", tone: ChipTone = "unknown") -> None:
        super().__init__(text)
        self.setProperty("chip", "true")
        self.setProperty("chip-tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, text: str, tone: ChipTone) -> None:
        """Show another word."""
        self.setText(text)
        set_property(self, "chip-tone", tone)
        if not text:
            self.hide()
        elif self.parentWidget() is not None:  # without a parent it would be a window
            self.show()
