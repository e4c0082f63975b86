"""Facts in a row, label above value, so that a missing one is seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label


class FactStrip(QWidget):
    """Label and value pairs; the last ones are left out when the window is narrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(6))
        self._row.addStretch(1)
        self._facts: list[QWidget] = []

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show (label, value) pairs; an empty value is printed as a dash."""
        for old in self._facts:
            self._row.removeWidget(old)
            old.deleteLater()
        self._facts = [self._fact(name, value or "–") for name, value in facts]
        for index, fact in enumerate(self._facts):
            self._row.insertWidget(index, fact)
        self._fit()

    @staticmethod
    def _fact(name: str, value: str) -> QWidget:
        pair = QWidget()
        column = QVBoxLayout(pair)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(0.5))
        column.addWidget(label(name, "small", "text-2"))
        column.addWidget(label(value, weight=500, selectable=True))
        return pair

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        left = self.width()
        for fact in self._facts:
            left -= fact.sizeHint().width()
            fact.setVisible(left >= 0)
            left -= self._row.spacing()

    def sizeHint(self) -> QSize:
        width = sum(f.sizeHint().width() + self._row.spacing() for f in self._facts)
        return QSize(width, theme().px(10))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, theme().px(10))
