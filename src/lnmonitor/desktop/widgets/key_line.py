"""The keys valid on a page, in one quiet line at its foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label


class KeyLine(QWidget):
    """Pairs of key and what it does, then an optional remark."""

    def __init__(self, keys: Sequence[tuple[str, str]] = (), remark: str = "") -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme().px(2), 0, 0, 0)
        self._row.setSpacing(theme().px(1))
        self.set_keys(keys, remark)

    def set_keys(self, keys: Sequence[tuple[str, str]], remark: str = "") -> None:
        """Show other keys."""
        while self._row.count():
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for key, does in keys:
            self._row.addWidget(label(key, "small", "text-2", weight=500))
            self._row.addWidget(label(does, "small", "text-muted"))
            self._row.addSpacing(theme().px(2))
        if remark:
            self._row.addWidget(label(remark, "small", "text-muted"))
        self._row.addStretch(1)
