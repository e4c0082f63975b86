"""A link that wraps: a flat button whose words may be longer than its column is wide."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from lnmonitor.desktop.theme import Role, theme

_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_ENDLESS = 1 << 20
_NO_BREAK, _JOINED = "\u00a0", "/\u2060"
"""A space and a solidus at which a line is not broken."""


class LinkButton(QAbstractButton):
    """Reached by Tab, pressed by Space, Enter or a click; underlined while the mouse is over it."""

    def __init__(self, words: str, role: Role = "body", *, unbroken: str = "") -> None:
        """Make a link; `unbroken` ends the words and stays on one line: a number and its unit."""
        super().__init__()
        self._role: Role = role
        self.setText(words)
        held = unbroken.replace(" ", _NO_BREAK).replace("/", _JOINED)
        self._words = words.removesuffix(unbroken) + held
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(theme().font(self._role))

    def _box(self, width: int) -> QRect:
        return self._metrics().boundingRect(
            QRect(0, 0, width, _ENDLESS), int(_WRAPPED), self._words
        )

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._box(max(width - 2, 1)).height() + 2

    def sizeHint(self) -> QSize:
        wide = self._metrics().horizontalAdvance(self._words) + 3
        return QSize(wide, self._metrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the size of the longest word: a wrapped line is never cut."""
        longest = max(map(self._metrics().horizontalAdvance, self._words.split(" ")), default=0)
        return QSize(min(longest + 3, theme().px(30)), self._metrics().height() + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as any link does; Space is the button's own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), QPainter(self)
        font = look.font(self._role)
        font.setUnderline(self.underMouse())
        painter.setFont(font)
        painter.setPen(look.color("accent"))
        area = self.rect().adjusted(1, 1, -1, -1)
        painter.drawText(area, int(_WRAPPED), self._words)
        if self.hasFocus():
            box = self._box(area.width()).translated(area.topLeft())
            painter.drawRect(
                box.adjusted(-1, -1, 0, 0).intersected(self.rect().adjusted(0, 0, -1, -1))
            )
