"""The keys of a page and of the whole program (`?`), and what program this is."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

import lnmonitor
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.text import button, label


class _Sheet(QDialog):
    """A page to read; Esc or the button closes it."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme().px(2))
        close = button(tr("Close"), self.close, kind="primary")
        close.setDefault(True)
        self.setLayout(
            column(
                label(title, "page"),
                self.body,
                None,
                row(None, close),
                margins=(6, 5, 6, 5),
                spacing=4,
            )
        )


class KeysDialog(_Sheet):
    """Two columns: this page, everywhere."""

    def __init__(
        self,
        parent: QWidget,
        here: Sequence[tuple[str, str]],
        everywhere: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(parent, tr("Keys"))
        columns = row(spacing=10)
        if here:
            columns.addWidget(self._list(tr("On this page"), here))
        columns.addWidget(self._list(tr("Everywhere"), everywhere))
        self.body.addLayout(columns)

    @staticmethod
    def _list(title: str, keys: Sequence[tuple[str, str]]) -> QWidget:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(4))
        grid.setVerticalSpacing(theme().px(1))
        for line, (key, does) in enumerate(keys):
            grid.addWidget(label(key, "body", weight=600), line, 0)
            grid.addWidget(label(does, "body", "text-2"), line, 1)
        return box(column(label(title, "section"), grid, None, spacing=2))


class AboutDialog(_Sheet):
    """Version, licence, and the libraries whose licences ask to be named."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, f"lnmonitor {lnmonitor.__version__}")
        lines = (
            tr("Follow-up of MSC infusion in refractory lupus nephritis."),
            tr("MIT licence. Uses Qt and PySide6 under the LGPL 3, and other free libraries."),
            f"Python {sys.version.split()[0]}, PySide6 {PySide6.__version__}",
        )
        for line in lines:
            self.body.addWidget(label(line, "body", "text-2", wrap=True))
        self.setMinimumWidth(theme().px(110))
