"""A form on the page: headings and rows, moved through by Enter, judged when a field is left."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lnmonitor.desktop.entry.item_row import ItemRow, RowSetup
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.row_paint import Beside, Columns, paint_cells, row_width
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.study.items import ItemField, Kind


class HeadRow(QWidget):
    """The names of the columns over a grid of rows."""

    def __init__(self, columns: Columns, texts: Beside, value: str) -> None:
        super().__init__()
        self._columns, self._texts, self._value = columns, texts, value
        self.setFixedHeight(theme().measure("row-dense"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setPen(look.color("line-strong"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        paint_cells(painter, self._columns, self._texts, with_unit=True, head=self._value)


class Heading(QWidget):
    """The name of a group of rows with a quiet remark."""

    def __init__(self, title: str, note: str = "", *, top: float = 3) -> None:
        super().__init__()
        px = theme().px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(1.5), px(top), px(1.5), px(1))
        row.setSpacing(px(2))
        self.title = label(title, weight=600)
        self.note = label(note, "small", "text-muted")
        row.addWidget(self.title)
        row.addWidget(self.note)
        row.addStretch(1)
        self.row = row


class FormView(QWidget):
    """Base of all form views; a subclass fills it in `build`."""

    finished = Signal()
    """Enter in the last field: the next form is wanted."""

    def __init__(self, binder: Binder, key: str) -> None:
        super().__init__()
        self.binder, self.key = binder, key
        self.rows: list[ItemRow] = []
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px = theme().px
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(3), px(2.5), px(3), px(5))
        self.column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setMaximumWidth(px(220))
        self.build()
        self.column.addStretch(1)
        for entry in {id(row.entry): row.entry for row in self.rows}.values():
            self.judge(entry)

    def build(self) -> None:
        """Add headings and rows."""
        raise NotImplementedError

    # ---- making
    def title_bar(self, title: str, note: str = "") -> None:
        """Add the form's name."""
        line = QHBoxLayout()
        line.setContentsMargins(theme().px(1.5), 0, 0, theme().px(1))
        line.setSpacing(theme().px(2.5))
        line.addWidget(label(title, "section"))
        line.addWidget(label(note, "small", "text-muted"))
        line.addStretch(1)
        self.column.addLayout(line)

    def heading(self, title: str, note: str = "") -> Heading:
        """Add the heading of a group."""
        made = Heading(title, note)
        self.column.addWidget(made)
        return made

    def row(self, setup: RowSetup, into: QVBoxLayout | None = None) -> ItemRow:
        """Add a row for an item."""
        made = ItemRow(setup)
        (into or self.column).addWidget(made)
        made.left.connect(self._left)
        made.next_wanted.connect(self._next_wanted)
        made.focused.connect(self._show_row)
        self.rows.append(made)
        if not self.binder.loaded.may_edit:
            made.set_read_only()
        return made

    def width_hint(self) -> int:
        """Return the width that shows all cells of all rows, in pixels."""
        widths = [row_width(row.columns) for row in self.rows]
        return max(widths, default=0) + theme().px(6)

    # ---- moving
    def focus_first(self) -> None:
        """Put the cursor into the first field without an answer, else into the first."""
        open_rows = [row for row in self.rows if row.entry.answer(row.name).empty]
        for row in (*open_rows, *self.rows):
            row.focus_editor()
            return

    def focus_item(self, entry: FormEntry, name: str | None) -> bool:
        """Put the cursor into an item's field; False if it is not here."""
        for row in self.rows_of(entry):
            if name is None or row.name == name:
                row.focus_editor()
                return True
        return False

    def rows_of(self, entry: FormEntry) -> list[ItemRow]:
        """Return the rows of an entry."""
        return [row for row in self.rows if row.entry is entry]

    @Slot()
    def _next_wanted(self) -> None:
        row = self._sender_row()
        if row is None:
            return
        place = self.rows.index(row) + 1
        if place < len(self.rows):
            self.rows[place].focus_editor()
        else:
            self.finished.emit()

    @Slot()
    def _show_row(self) -> None:
        row = self._sender_row()
        if row is not None:
            self._scroll_to(row)

    def _scroll_to(self, row: ItemRow) -> None:
        area = self._scroll_area()
        if area is not None:
            area.ensureWidgetVisible(row, 0, theme().px(8))

    @Slot()
    def _show_current(self) -> None:
        row = self.current_row()
        if row is not None:
            self._scroll_to(row)

    def _sender_row(self) -> ItemRow | None:
        sender: QObject | None = self.sender()
        return sender if isinstance(sender, ItemRow) else None

    def _scroll_area(self) -> QScrollArea | None:
        parent = self.parent()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parent()
        return parent

    # ---- judging
    @Slot()
    def _left(self) -> None:
        row = self._sender_row()
        if row is not None:
            self.judge(row.entry)
            if row.strip is not None:
                QTimer.singleShot(0, self._show_current)  # when the strip has its place

    def judge(self, entry: FormEntry) -> None:
        """Check an entry and let its rows show what was found."""
        findings = self.binder.check(entry)
        for row in self.rows_of(entry):
            row.judge(findings)

    def judge_all(self) -> None:
        """Check every entry of the form: after a save was tried."""
        for entry in {id(row.entry): row.entry for row in self.rows}.values():
            self.judge(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        row = self.current_row()
        if control and event.key() == Qt.Key.Key_U and row is not None and row.unit is not None:
            row.unit.cycle()
        else:
            super().keyPressEvent(event)

    def current_row(self) -> ItemRow | None:
        """Return the row that has the cursor, None if none has."""
        here = QApplication.focusWidget()
        return next((row for row in self.rows if row.isAncestorOf(here)), None) if here else None


def label_units(texts: Iterable[str], *, least: float = 24, most: float = 76) -> float:
    """Return the width in base units that the longest of some labels needs."""
    metrics = QFontMetrics(theme().font("body", 600))
    longest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
    return min(most, max(least, longest / theme().u + 1))


def limits_text(field: ItemField) -> str:
    """Return an item's expected range as read beside the field, "" if it has none."""
    limits = field.item.soft or field.item.hard
    if limits is None or field.kind is Kind.CODE:
        return ""
    low, high = limits
    if low is None or high is None:
        return f"≤ {high:g}" if high is not None else f"≥ {low:g}"
    return f"{low:g}–{high:g}"


def group_title(field: ItemField) -> str:
    """Return the heading under which an item stands, "" for none."""
    return text_of(field.item.group) if field.item.group else ""
