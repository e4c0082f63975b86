"""A flat table of read models: columns say how a row is written, sorted and coloured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
"""Role under which a cell gives its whole row object."""
TONE = Qt.ItemDataRole.UserRole + 1
"""Role of the colour token of a cell's text."""
WEIGHT = Qt.ItemDataRole.UserRole + 2
"""Role of the font weight of a cell's text."""


@dataclass(frozen=True)
class GroupRow:
    """A heading between rows: title, number of rows below, and a remark."""

    title: str
    count: int
    remark: str = ""


def _empty(_row: Any) -> str:
    return ""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: head. text: what the cell says, also to a screen reader when the cell is painted.
        order: sorting key; None sorts by the text. tone: colour token of the text.
        sample: the longest text expected, or several on a line each, to measure the width; empty
            takes what is left.
        units: width in base units, for painted cells. right: right-aligned.
        tip: text of the tool tip.
        yields: in a narrow window columns with the highest number are left out first; 0 never.
    """

    title: str
    text: Callable[[Any], str]
    order: Callable[[Any], Any] | None = None
    tone: Callable[[Any], str] | str = "text"
    weight: int = 400
    sample: str = ""
    units: float = 0
    right: bool = False
    tip: Callable[[Any], str] = field(default=_empty)
    yields: int = 0


class RowsModel(QAbstractTableModel):
    """Rows of one kind, with group rows between them if wanted."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.rows: list[Any] = []

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def row(self, index: Index) -> Any:
        """Return the row object of an index, None for a group row or no index."""
        if not index.isValid():
            return None
        found = self.rows[index.row()]
        return None if isinstance(found, GroupRow) else found

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.rows[index.row()], GroupRow):
            return Qt.ItemFlag.NoItemFlags  # arrow keys pass over a heading
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == ROW:
            return row
        if isinstance(row, GroupRow):
            return row.title if role == Qt.ItemDataRole.DisplayRole else None
        answer = _ANSWERS.get(role)
        return None if answer is None else answer(column, row)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows without a value stand last either way."""
        chosen = self.columns[column]
        key = chosen.order or chosen.text
        known = [row for row in self.rows if key(row) not in {None, ""}]
        unknown = [row for row in self.rows if key(row) in {None, ""}]
        known.sort(key=key, reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutAboutToBeChanged.emit()
        self.rows = [*known, *unknown]
        self.layoutChanged.emit()


def _tone(column: Column, row: Any) -> str:
    return column.tone if isinstance(column.tone, str) else column.tone(row)


def _alignment(column: Column, _row: Any = None) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_ANSWERS: dict[int, Callable[[Column, Any], object]] = {
    Qt.ItemDataRole.DisplayRole: lambda column, row: column.text(row),
    Qt.ItemDataRole.AccessibleTextRole: lambda column, row: column.text(row),
    TONE: _tone,
    WEIGHT: lambda column, _row: column.weight,
    Qt.ItemDataRole.TextAlignmentRole: _alignment,
    Qt.ItemDataRole.ToolTipRole: lambda column, row: column.tip(row) or None,
}
