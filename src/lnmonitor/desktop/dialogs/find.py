"""Find (Ctrl+K): patients, pages and actions by what one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import paint_icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column
from lnmonitor.desktop.widgets.text import label

Index = QModelIndex | QPersistentModelIndex
_HIT = Qt.ItemDataRole.UserRole
_MOST = 12


@dataclass(frozen=True)
class Hit:
    """Something that can be opened: what it is, more about it, its key, and how to open it."""

    text: str
    hint: str
    icon: str
    open: Callable[[], object]
    key: str = ""


def matching(hits: Sequence[Hit], typed: str, most: int = _MOST) -> list[Hit]:
    """Return the hits whose text or hint holds every typed word; "47" also finds "01-047"."""
    words = typed.casefold().split()
    found = [hit for hit in hits if all(w in f"{hit.text} {hit.hint}".casefold() for w in words)]
    if words:
        first = words[0]
        found.sort(key=lambda hit: _rank(hit.text.casefold(), first))
    return found[:most]


def _rank(text: str, word: str) -> int:
    if text == word or (word.isdigit() and text.rpartition("-")[2].lstrip("0") == word):
        return 0
    return 1 if text.startswith(word) else 2


class _HitModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def show(self, hits: list[Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        hit = self.hits[index.row()]
        if role == _HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.text
        return f"{hit.text}, {hit.hint}" if role == Qt.ItemDataRole.AccessibleTextRole else None


class _HitDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(theme().px(60), theme().px(7.5))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, px = theme(), theme().px
        hit: Hit = index.data(_HIT)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.color("bg-selected"))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), look.color("accent"))
        side = px(4)
        square = QRect(area.left() + px(3), area.top() + (area.height() - side) // 2, side, side)
        paint_icon(painter, hit.icon, square, look.color("text-2"))
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        words = area.adjusted(px(9), 0, -px(3), 0)
        painter.setFont(look.font("body", 500))
        painter.setPen(look.color("text"))
        painter.drawText(words, left | middle, hit.text)
        taken = painter.fontMetrics().horizontalAdvance(hit.text) + px(3)
        painter.setFont(look.font("small"))
        painter.setPen(look.color("text-muted"))
        painter.drawText(words.adjusted(taken, 0, 0, 0), left | middle, hit.hint)
        if hit.key:
            painter.drawText(words, right | middle, hit.key)
        painter.restore()


class FindDialog(QDialog):
    """A frameless window at the top third; Enter opens, Esc closes."""

    def __init__(self, parent: QWidget, hits: Sequence[Hit]) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._over = parent
        self._hits = hits
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Patient, page, action"))
        self.field.setAccessibleName(tr("Find"))
        self.field.installEventFilter(self)
        self._model = _HitModel(self)
        self._view = QListView()
        self._view.setModel(self._model)
        self._view.setItemDelegate(_HitDelegate(self))
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = label("", "small", "text-muted")
        layout = column(self.field, self._nothing, self._view, margins=(2, 2, 2, 2), spacing=2)
        self.setLayout(layout)
        px = theme().px
        self.setStyleSheet(f"FindDialog {{ border: 1px solid {theme().hex('line-strong')}; }}")
        self.setFixedSize(px(140), px(13) + px(7.5) * _MOST)
        self.field.textChanged.connect(self._search)
        self._view.clicked.connect(self._open_index)
        self._search("")

    def show_at_top(self) -> None:
        """Open, centred over the window at its top third."""
        parent = self._over
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(
            corner.x() + (parent.width() - self.width()) // 2, corner.y() + parent.height() // 8
        )
        self.open()
        self.field.setFocus()

    @Slot(str)
    def _search(self, typed: str) -> None:
        self._model.show(matching(self._hits, typed))
        self._nothing.setText("" if self._model.hits else tr("Nothing has these words."))
        self._nothing.setVisible(not self._model.hits)
        if self._model.hits:
            self._view.setCurrentIndex(self._model.index(0))

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        hit = self._model.hits[index.row()]
        self.close()
        hit.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self.field and pressed and self._steer(event.key()):  # type: ignore[attr-defined]
            return True
        return super().eventFilter(watched, event)

    def _steer(self, key: int) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key))
        if step is not None:
            at = self._view.currentIndex().row() + step
            if 0 <= at < len(self._model.hits):
                self._view.setCurrentIndex(self._model.index(at))
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._view.currentIndex().isValid():
                self._open_index(self._view.currentIndex())
            return True
        return False
