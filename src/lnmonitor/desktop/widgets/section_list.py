"""A headed list in a side column: icon, title, number, rows that open what they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from lnmonitor.desktop.delegates.base import RowDelegate
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label, rule, set_tone


class SectionList(QWidget):
    """Shows the first rows; "n more" opens the page that has all."""

    opened = Signal(object)
    more = Signal()

    def __init__(
        self,
        title: str,
        icon_name: str,
        columns: Sequence[Column],
        delegates: Mapping[int, RowDelegate] | None = None,
        *,
        row_units: float = 6.75,
        most: int = 6,
    ) -> None:
        super().__init__()
        self._most = most
        mark = QLabel()
        mark.setPixmap(icon(icon_name).pixmap(theme().px(4)))
        self._title = label(title, "section")
        self._count = label("", "small", "text-2", weight=600)
        self.table = RowTable(columns, delegates, row_units=row_units, name=title)
        self.table.horizontalHeader().hide()
        self.table.setStyleSheet("QTableView { background: transparent; }")
        self.table.clicked.connect(self._open_clicked)
        self.table.opened.connect(self.opened)
        self._more = button("", self.more.emit, kind="link")
        self._none = label("", "small", "text-muted")
        self.setLayout(
            column(
                row(mark, self._title, None, self._count, spacing=2),
                theme().px(1.5),
                rule("strong"),
                self.table,
                self._none,
                self._more,
            )
        )

    def show_rows(self, rows: Sequence[Any], words: str, *, tone: str, none: str) -> None:
        """Show rows; `words` stand at the right of the title, `none` when there is no row."""
        self._count.setText(words)
        set_tone(self._count, tone)
        self.table.set_rows(rows[: self._most])
        self.table.clearSelection()
        self.table.setVisible(bool(rows))
        self.table.setFixedHeight(self.table.whole_height())
        self._none.setText("" if rows else none)
        self._none.setVisible(not rows)
        left = len(rows) - self._most
        self._more.setVisible(left > 0)
        self._more.setText(tr("{n} more", n=left))

    def _open_clicked(self, index: Any) -> None:
        found = self.table.rows_model.row(index)
        if found is not None:
            self.opened.emit(found)
