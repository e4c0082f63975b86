"""Why a number or word is as it is, opened where it stands on a page without an explain pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from lnmonitor.analysis.explain import Explanation
from lnmonitor.analysis.side_by_side import OtherRule
from lnmonitor.analysis.source_records import Source
from lnmonitor.analysis.sources import Sources
from lnmonitor.clinical.results import Reason
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.explanation import (
    Go,
    add_explanation,
    add_notes,
    add_others,
    add_source,
    add_sources,
)
from lnmonitor.desktop.widgets.text import button, label

_WIDE_U, _HIGH_U = 100, 120


@dataclass(frozen=True)
class Explained:
    """One thing that can be chosen: its name and what is said of it."""

    name: str
    said: Explanation
    others: tuple[OtherRule, ...] = ()
    notes: tuple[Reason, ...] = ()
    """What stands beside a grade."""
    sources: Sources | None = None
    """Where its numbers come from."""


class ExplainPopover(QFrame):
    """Shows one explanation; with several, which one is chosen above it. Esc closes it.

    `go` opens the record of a number, or the field of a missing one; the popover closes before.
    """

    def __init__(
        self,
        about: str,
        found: Sequence[Explained],
        parent: QWidget,
        *,
        first: int = 0,
        action: tuple[str, Callable[[], object]] | None = None,
        go: Go | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("message")  # the style sheet's name of a framed strip
        self.setProperty("ground", "panel")
        self.setAccessibleName(tr("Explain"))
        self._found, self._action, self._go = tuple(found), action, go
        px = theme().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(3.5), px(2.5), px(1.5), px(2.5))
        column.setSpacing(px(1.5))
        column.addWidget(label(about, "small", "text-2"))
        self._chooser = QComboBox()
        self._chooser.setAccessibleName(tr("What is explained"))
        self._chooser.addItems([one.name for one in self._found])
        self._chooser.setCurrentIndex(first)
        self._chooser.setVisible(len(self._found) > 1)
        self._chooser.activated.connect(self._show)
        column.addWidget(self._chooser)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._area, 1)
        if action is not None:
            column.addWidget(button(action[0], self._act, kind="link"))
        self.setFixedWidth(px(_WIDE_U))
        self._show(first)

    def _show(self, number: int) -> None:
        content = QWidget()
        content.setProperty("ground", "panel")
        column = QVBoxLayout(content)
        px = theme().px
        column.setContentsMargins(0, 0, px(2), 0)
        column.setSpacing(px(1.5))
        if self._found:
            one = self._found[number]
            go = self._leave if self._go is not None else None
            add_explanation(column, one.said, sources=one.sources, go=go)
            add_notes(column, tr("Beside this grade"), one.notes)
            add_others(column, one.others)
            if go is not None and one.sources is not None:
                add_sources(column, one.sources, go)
            add_source(column, one.said.source)
        else:
            words = tr("Nothing is computed at this visit yet.")
            column.addWidget(label(words, "body", "text-2", wrap=True))
        column.addStretch(1)
        # Wrapped lines ask for the height of a narrow column unless they are told the real one.
        high = column.heightForWidth(px(_WIDE_U - 8))
        content.setMinimumHeight(high)
        self._area.setWidget(content)
        frame = px(26 if self._action is not None else 19)
        self.setFixedHeight(min(px(_HIGH_U), high + frame))

    def _act(self) -> None:
        if self._action is not None:
            self._action[1]()
        self.close()

    def _leave(self, source: Source) -> None:
        self.close()
        if self._go is not None:
            self._go(source)

    @property
    def title(self) -> str:
        """What is explained now."""
        return self._found[self._chooser.currentIndex()].said.title if self._found else ""

    def choose(self, number: int) -> None:
        """Explain another one."""
        self._chooser.setCurrentIndex(number)
        self._show(number)

    def open_at(self, place: QPoint) -> None:
        """Show it at a place of the screen, within the window, with the keys in it."""
        window = (self.parentWidget() or self).window()
        within = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
        screen = within.intersected(self.screen().availableGeometry())
        x = max(screen.left(), min(place.x(), screen.right() - self.width()))
        y = max(screen.top(), min(place.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()
        (self._chooser if len(self._found) > 1 else self._area).setFocus()
