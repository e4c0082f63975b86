"""A table of cells with a frozen left part: analytes or forms down, visits across."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QWidget

from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import rule

Index = QModelIndex | QPersistentModelIndex


class CellTable(QTableView):
    """One part of a grid: cells are moved through with the arrow keys, Enter opens one."""

    opened = Signal(QModelIndex)

    def __init__(self, name: str, row_units: float) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(theme().px(row_units))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(theme().px(4))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(theme().px(10))
        self.doubleClicked.connect(self.opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter; leave letters to the page; Qt calls this."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex())
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)


class FrozenGrid(QWidget):
    """Two views of one model: the first `frozen` columns stay, the others scroll."""

    opened = Signal(QModelIndex)

    def __init__(
        self, model: QAbstractItemModel, frozen: int, name: str, row_units: float = 6.5
    ) -> None:
        super().__init__()
        self._frozen = frozen
        self._widths: tuple[tuple[int, ...], int, int] = ((), 0, 0)
        self.left = CellTable(name, row_units)
        self.right = CellTable(name, row_units)
        for table in (self.left, self.right):
            table.setModel(model)
            table.opened.connect(self.opened)
        self.right.setSelectionModel(self.left.selectionModel())
        self.left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.left.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.left.verticalScrollBar().valueChanged.connect(self.right.verticalScrollBar().setValue)
        self.right.verticalScrollBar().valueChanged.connect(self.left.verticalScrollBar().setValue)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.left)
        row.addWidget(rule("v"))
        row.addWidget(self.right, 1)
        self.setFocusProxy(self.right)
        model.modelReset.connect(self.measure)

    def set_delegates(self, frozen: Any, cells: Any) -> None:
        """Take a delegate for the frozen columns and one for the others."""
        self.left.setItemDelegate(frozen)
        self.right.setItemDelegate(cells)

    def set_widths(self, frozen: tuple[int, ...], cell: int, last: int = 0) -> None:
        """Take the widths in pixels: of each frozen column, of every other, and of the last."""
        self._widths = (frozen, cell, last)
        self.measure()

    @Slot()
    def measure(self) -> None:
        """Give every column its width and hide in each view what the other shows."""
        frozen, cell, last = self._widths
        model = self.right.model()
        count = model.columnCount()
        for column in range(count):
            is_frozen = column < self._frozen
            self.left.setColumnHidden(column, not is_frozen)
            self.right.setColumnHidden(column, is_frozen)
            if is_frozen and column < len(frozen):
                self.left.setColumnWidth(column, frozen[column])
            elif not is_frozen and cell:
                wide = last if last and column == count - 1 else cell
                self.right.setColumnWidth(column, wide)
        self.left.setFixedWidth(sum(frozen))

    def select_in(self, column: int) -> None:
        """Choose the first cell with content of a column and bring it in sight."""
        model = self.right.model()
        for row in range(model.rowCount()):
            index = model.index(row, column)
            if model.flags(index) & Qt.ItemFlag.ItemIsSelectable and index.data():
                self.right.setCurrentIndex(index)
                self.right.scrollTo(index)
                return
