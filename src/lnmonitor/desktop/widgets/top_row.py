"""The row at the top: menus, mark of a synthetic study, find field, the person, the lock."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenuBar, QSizePolicy, QToolButton, QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import icon, paint_icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.text import label


class FindField(QAbstractButton):
    """Looks like a field, opens the find window: typing happens there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the language in force."""
        self.setText(tr("Patient, page, action"))
        self.setAccessibleName(tr("Find"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(72), theme().measure("field"))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(46), theme().measure("field"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, px = theme(), theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.color("line-field"))
        painter.setBrush(look.color("bg-panel"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), px(1), px(1))
        side = px(3.5)
        square = QRect(px(2), (self.height() - side) // 2, side, side)
        paint_icon(painter, "search", square, look.color("text-muted"))
        painter.setFont(look.font("small"))
        painter.setPen(look.color("text-muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        words = self.rect().adjusted(px(7), 0, -px(2), 0)
        room = words.width() - painter.fontMetrics().horizontalAdvance("Ctrl+K") - px(2)
        hint = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | middle, hint)
        painter.setPen(look.color("text-2"))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | middle, "Ctrl+K")


class TopRow(QWidget):
    """Stands where the menu bar would."""

    find_pressed = Signal()
    lock_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme().measure("menu-row"))
        self.menus = QMenuBar()
        self.menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.synthetic = QLabel()
        self.synthetic.setObjectName("synthetic")
        self.synthetic.setFixedHeight(theme().px(5))
        self.find_field = FindField()
        self._person_icon = QLabel()
        self._person_icon.setPixmap(icon("person", "text-2").pixmap(theme().px(4)))
        self._person = label("", "small", "text-2")
        self._lock = QToolButton()
        self._lock.setIcon(icon("lock"))
        self._lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(
            row(
                self.menus,
                self.synthetic,
                None,
                self.find_field,
                theme().px(1),
                self._person_icon,
                self._person,
                self._lock,
                margins=(2, 0, 2, 0),
                spacing=1.5,
            )
        )
        self.find_field.clicked.connect(self.find_pressed)
        self._lock.clicked.connect(self.lock_pressed)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the language in force."""
        mark = tr("SYNTHETIC DATA")
        self.synthetic.setText(mark if "SYNTHETIC" in mark else f"{mark} SYNTHETIC")
        self._lock.setToolTip(tr("Lock now (Ctrl+L)"))
        self._lock.setAccessibleName(tr("Lock now"))
        self.find_field.retranslate()
        # Qt keeps the bar's old width when titles change, and folds the last menus away.
        self.menus.setMinimumWidth(self.menus.sizeHint().width())

    def set_person(self, words: str, *, synthetic: bool) -> None:
        """Say who is signed in, and mark a demo study."""
        self._person.setText(words)
        self.synthetic.setVisible(synthetic)
