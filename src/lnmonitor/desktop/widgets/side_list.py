"""The side list of pages: icon, word, number of waiting things; or the narrow rail of icons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lnmonitor.desktop.icons import icon, paint_icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.text import label, set_tone

Index = QModelIndex | QPersistentModelIndex
_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class NavEntry:
    """One line of the list; `urgent` writes the number in red: a clock is running."""

    name: str
    title: str
    icon: str
    count: int | None = None
    urgent: bool = False


class NavModel(QAbstractListModel):
    """The entries; flat."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[NavEntry] = []

    def set_entries(self, entries: Sequence[NavEntry]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def set_count(self, name: str, count: int | None, *, urgent: bool) -> None:
        """Change the number beside one entry."""
        for number, entry in enumerate(self.entries):
            if entry.name == name:
                self.entries[number] = replace(entry, count=count, urgent=urgent)
                at = self.index(number)
                self.dataChanged.emit(at, at)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == _ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return entry.title if entry.count is None else f"{entry.title}, {entry.count}"
        return None


class NavDelegate(QStyledItemDelegate):
    """Paints an entry; without words when the list is the rail."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rail = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        px = theme().px
        return QSize(px(9), px(9)) if self.rail else QSize(px(20), theme().measure("nav-item"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, px = theme(), theme().px
        entry: NavEntry = index.data(_ENTRY)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        current = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if current or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(look.color("bg-selected" if current else "bg-hover"))
            painter.drawRoundedRect(area, px(1), px(1))
        if state & QStyle.StateFlag.State_HasFocus and current:
            painter.setPen(look.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), px(1), px(1))
        ink = look.color("accent" if current else "text-2")
        side = 18 if self.rail else 16
        left = area.left() + (area.width() - side) // 2 if self.rail else area.left() + px(2)
        square = QRect(left, area.top() + (area.height() - side) // 2, side, side)
        paint_icon(painter, entry.icon, square, ink)
        self._words(painter, area, entry, current=current)
        painter.restore()

    def _words(self, painter: QPainter, area: QRect, entry: NavEntry, *, current: bool) -> None:
        look, px = theme(), theme().px
        middle = Qt.AlignmentFlag.AlignVCenter
        tone = "serious" if entry.urgent else "accent" if current else "text-2"
        if self.rail:
            if entry.count and entry.urgent:
                painter.setFont(look.font("caption", 600))
                painter.setPen(look.color("serious"))
                painter.drawText(
                    area.adjusted(0, px(0.5), -px(0.5), 0),
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop,
                    str(entry.count),
                )
            return
        painter.setFont(look.font("body", 600 if current else 500))
        painter.setPen(look.color("accent" if current else "text-2"))
        words = area.adjusted(px(8), 0, -px(8), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | middle, entry.title)
        if entry.count is not None:
            painter.setFont(look.font("small", 600 if entry.urgent else 400))
            painter.setPen(look.color(tone))
            numbers = area.adjusted(0, 0, -px(2), 0)
            painter.drawText(numbers, Qt.AlignmentFlag.AlignRight | middle, str(entry.count))


class FootLine(QWidget):
    """An icon and two short lines; a click opens that section of the administration."""

    pressed = Signal(str)

    _ICONS: ClassVar[dict[str, str]] = {"backup": "backup", "audit": "seal"}

    def __init__(self, section: str) -> None:
        super().__init__()
        self._section = section
        self._mark = QLabel()
        self._words = label("", "small", "text-muted", wrap=True)
        line = row(self._mark, self._words, margins=(2, 0, 0, 0))
        line.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def text(self) -> str:
        """What the line says."""
        return self._words.text()

    def say(self, words: str, tone: str) -> None:
        """Say something in a colour token; empty hides the line."""
        self._words.setText(words)
        set_tone(self._words, tone)
        self._mark.setPixmap(icon(self._ICONS[self._section], tone).pixmap(theme().px(4)))
        self.setAccessibleName(words.replace("\n", ", "))
        self.setVisible(bool(words))

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit(self._section)


class SideList(QFrame):
    """Study's name, pages, and at the foot what keeps the data safe."""

    chosen = Signal(str)
    foot_pressed = Signal(str)
    """Section of the administration: "backup" or "audit"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "window")
        self._study = label("", "body", weight=600)
        self._site = label("", "small", "text-muted", wrap=True)
        self._model = NavModel(self)
        self._delegate = NavDelegate(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setStyleSheet("QListView { background: transparent; }")
        self.view.clicked.connect(self._tell)
        self.view.activated.connect(self._tell)
        self._head = QWidget()
        self._head.setLayout(column(self._study, self._site, margins=(2, 0, 0, 2), spacing=0.5))
        self._backup = FootLine("backup")
        self._chain = FootLine("audit")
        self._foot = QWidget()
        self._foot.setLayout(column(self._backup, self._chain, margins=(0, 1, 0, 1), spacing=1))
        for line in (self._backup, self._chain):
            line.pressed.connect(self.foot_pressed)
        layout = column(self._head, self.view, self._foot, margins=(2, 3, 2, 2))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.set_rail(rail=False)
        self._foot.hide()

    def set_study(self, name: str, site: str) -> None:
        """Say which study this is."""
        self._study.setText(name)
        self._site.setText(site)

    def set_foot(self, backup: str, chain: str, *, warn: bool) -> None:
        """Say how the data are kept: backup and audit chain; `warn` asks for a backup."""
        self._backup.say(backup, "warn" if warn else "text-muted")
        self._chain.say(chain, "text-muted")
        self._foot.setVisible(not self._delegate.rail)

    def set_entries(self, entries: Sequence[NavEntry]) -> None:
        """Show the pages of this role."""
        self._model.set_entries(entries)

    def set_count(self, name: str, count: int | None, *, urgent: bool = False) -> None:
        """Write how much waits on a page."""
        self._model.set_count(name, count, urgent=urgent)

    def set_current(self, name: str) -> None:
        """Mark the page that is shown."""
        for number, entry in enumerate(self._model.entries):
            if entry.name == name:
                self.view.setCurrentIndex(self._model.index(number))
                return
        self.view.clearSelection()

    @property
    def rail(self) -> bool:
        """Whether only the icons are shown."""
        return self._delegate.rail

    def set_rail(self, *, rail: bool) -> None:
        """Fold to the rail or open."""
        self._delegate.rail = rail
        self.setFixedWidth(theme().measure("nav-rail" if rail else "nav-open"))
        self._head.setVisible(not rail)
        self._foot.setVisible(not rail and bool(self._chain.text))
        self.view.scheduleDelayedItemsLayout()

    def _tell(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.entries[index.row()].name)
