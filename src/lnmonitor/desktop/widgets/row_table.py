"""The table all lists use: rows, hairlines, no grid; Enter opens, columns measured from samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from lnmonitor.desktop.delegates.base import RowDelegate
from lnmonitor.desktop.models.rows import Column, GroupRow, RowsModel
from lnmonitor.desktop.theme import theme

_LEAST_OPEN_U = 26  # a column without a sample is not read when narrower


class _Head(QHeaderView):
    """Column heads; a title with tabs is a scale and is written left, centre and right."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        if "\t" not in title:
            super().paintSection(painter, rect, section)
            return
        look = theme()
        painter.save()
        painter.fillRect(rect, look.color("bg-panel"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, look.color("line-strong"))
        painter.setFont(look.font("caption"))
        painter.setPen(look.color("text-2"))
        inner = rect.adjusted(look.px(2), 0, -look.px(2), 0)
        sides = (
            Qt.AlignmentFlag.AlignLeft,
            Qt.AlignmentFlag.AlignHCenter,
            Qt.AlignmentFlag.AlignRight,
        )
        for side, words in zip(sides, title.split("\t"), strict=False):
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class RowTable(QTableView):
    """Shows a `RowsModel`; a row is opened by Enter, a double click or `opened` from a shortcut."""

    opened = Signal(object)
    """The row object a person opened."""
    chosen = Signal(object)
    """The row object the selection moved to; None for none."""

    def __init__(
        self,
        columns: Sequence[Column],
        delegates: Mapping[int, RowDelegate] | None = None,
        *,
        row_units: float | None = None,
        sortable: bool = False,
        name: str = "",
    ) -> None:
        super().__init__()
        self.rows_model = RowsModel(columns, self)
        self.setHorizontalHeader(_Head(self))
        self.setModel(self.rows_model)
        self.setAccessibleName(name)
        self._row_px = theme().measure("row") if row_units is None else theme().px(row_units)
        self._delegate = RowDelegate(self)
        self.setItemDelegate(self._delegate)
        self._special = dict(delegates or {})
        for number, delegate in self._special.items():
            delegate.setParent(self)
            self.setItemDelegateForColumn(number, delegate)
        self._set_looks()
        self.setSortingEnabled(False)
        head = self.horizontalHeader()
        head.setSectionsClickable(sortable)
        head.setSortIndicatorShown(sortable)
        if sortable:
            head.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
            head.sortIndicatorChanged.connect(self.rows_model.sort)
        self.doubleClicked.connect(self._open_index)
        self.selectionModel().currentRowChanged.connect(self._tell_chosen)
        self._measure()

    def _set_looks(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._row_px)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(theme().px(4))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(theme().px(7.5))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    # --- rows ------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[Any], key: str = "") -> None:
        """Show rows, staying on the row whose attribute `key` is that of the row chosen."""
        before = getattr(self.current, key, None) if key else None
        self.clearSpans()
        self.rows_model.set_rows(rows)
        head = self.horizontalHeader()
        if head.isSortIndicatorShown():
            self.rows_model.sort(head.sortIndicatorSection(), head.sortIndicatorOrder())
        for number, row in enumerate(self.rows_model.rows):
            if isinstance(row, GroupRow):
                self.setSpan(number, 0, 1, len(self.rows_model.columns))
                self.setRowHeight(number, theme().px(10))
        self._go_to(before, key)

    def _go_to(self, wanted: object, key: str) -> None:
        rows = self.rows_model.rows
        places = [n for n, row in enumerate(rows) if not isinstance(row, GroupRow)]
        if not places:
            self.chosen.emit(None)
            return
        same = (n for n in places if wanted is not None and getattr(rows[n], key, None) == wanted)
        self.setCurrentIndex(self.rows_model.index(next(same, places[0]), 0))

    @property
    def current(self) -> Any:
        """The row object chosen, None if there is none."""
        return self.rows_model.row(self.currentIndex())

    @property
    def shown(self) -> list[Any]:
        """The row objects in the order shown."""
        return [row for row in self.rows_model.rows if not isinstance(row, GroupRow)]

    def whole_height(self) -> int:
        """Return the height that shows every row without a scroll bar, in pixels."""
        rows = sum(self.rowHeight(n) for n in range(self.rows_model.rowCount()))
        head = 0 if self.horizontalHeader().isHidden() else self.horizontalHeader().height()
        return rows + head + 2

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        row = self.rows_model.row(index)
        if row is not None:
            self.opened.emit(row)

    @Slot(QModelIndex)
    def _tell_chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(self.rows_model.row(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open_index(self.currentIndex())
            return
        if event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            places = [
                n for n, row in enumerate(self.rows_model.rows) if not isinstance(row, GroupRow)
            ]
            if places:
                end = -1 if event.key() == Qt.Key.Key_End else 0
                self.setCurrentIndex(self.rows_model.index(places[end], 0))
            return
        if event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # letters are the page's keys, not a search in the list
            return
        super().keyPressEvent(event)

    # --- columns ---------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._measure()

    def _measure(self) -> None:
        """Give each column its sample's width; those without share what is left."""
        widths = [self._width(column) for column in self.rows_model.columns]
        least = theme().px(_LEAST_OPEN_U)
        room = self.viewport().width()
        left_out: set[int] = set()
        for number in self._yielding():
            if sum(w or least for n, w in enumerate(widths) if n not in left_out) <= room:
                break
            left_out.add(number)
        shown = [n for n in range(len(widths)) if n not in left_out]
        open_columns = [n for n in shown if widths[n] == 0]
        left = room - sum(widths[n] for n in shown)
        for number, width in enumerate(widths):
            self.setColumnHidden(number, number in left_out)
            if number not in left_out:
                wide = width or max(theme().px(12), left // max(1, len(open_columns)))
                self.setColumnWidth(number, wide)

    def _yielding(self) -> list[int]:
        """Return the columns that may be left out, the first to go first."""
        columns = self.rows_model.columns
        numbers = [n for n, column in enumerate(columns) if column.yields]
        return sorted(numbers, key=lambda n: -columns[n].yields)

    @staticmethod
    def _width(column: Column) -> int:
        px = theme().px
        if column.units:
            return px(column.units)
        if not column.sample:
            return 0
        small = QFontMetrics(theme().font("small"))
        body = QFontMetrics(theme().font("body", max(column.weight, 500)))
        texts = max(body.horizontalAdvance(sample) for sample in column.sample.split("\n"))
        return px(4.5) + max(small.horizontalAdvance(column.title), texts)
