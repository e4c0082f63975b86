"""The head of a page: title, one sentence under it, buttons on the right."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.text import label


class PageHead(QWidget):
    """Title and sentence on the left, actions on the right."""

    def __init__(self, title: str, *actions: QWidget) -> None:
        super().__init__()
        self.title = label(title, "page")
        self.sentence = label("", "body", "text-2", wrap=True)
        words = column(self.title, self.sentence, spacing=0.5)
        line = row(words, *actions, spacing=2)
        line.setStretch(0, 1)
        self.setLayout(line)

    def say(self, sentence: str) -> None:
        """Show the sentence under the title."""
        self.sentence.setText(sentence)
