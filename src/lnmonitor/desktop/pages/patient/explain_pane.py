"""Why the program says what it says: criteria met, not met and missing, the rule and its source."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lnmonitor.analysis.course import Flag
from lnmonitor.analysis.explain import Explanation, explain
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.pages.patient.view import (
    PatientView,
    Topic,
    notes_beside,
    other_rules,
    sources_of,
    topics,
)
from lnmonitor.desktop.plots.crosshair import Stop
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.explanation import (
    add_explanation,
    add_notes,
    add_others,
    add_source,
    add_sources,
)
from lnmonitor.desktop.widgets.link import LinkButton
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.desktop.words import iso_date

_STATE_WORDS = {
    "open": "New: nobody has judged it",
    "acknowledged": "Acknowledged",
    "dismissed": "Dismissed",
    "withdrawn": "Withdrawn: its evidence was corrected",
}


class _ReadingArea(QScrollArea):
    """Scrolls wrapped text, and no further than it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fit(self) -> None:
        """Tell the content its height: it would ask for that of a narrower column."""
        content = self.widget()
        layout = content.layout() if content is not None else None
        if content is not None and layout is not None:
            content.setMinimumHeight(layout.heightForWidth(self.viewport().width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class ExplainPane(QWidget):
    """Explains a flag or a result of the visit under the crosshair.

    Signals: `closed`; `acknowledged(identity)`; `dismissed(identity, reason)`;
    `source_opened(source)`: the record of a number, or the field of a missing one, is wanted.
    """

    closed = Signal()
    acknowledged = Signal(str)
    dismissed = Signal(str, str)
    source_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Explain"))
        self.setMinimumWidth(theme().px(60))
        self._view: PatientView | None = None
        self._topics: tuple[Topic, ...] = ()
        self._topic: Topic | None = None
        self._asked = ""
        px = theme().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(4.5), px(2), px(4), px(3))
        column.setSpacing(px(1.5))
        column.addLayout(self._make_head())
        self._scroll = _ReadingArea()
        column.addWidget(self._scroll, 1)
        column.addWidget(self._make_foot())

    # ------------------------------------------------------------------------------ frame
    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.addWidget(label(tr("Explain"), "small", "text-2"))
        self._chooser = QComboBox()
        self._chooser.setAccessibleName(tr("What is explained"))
        self._chooser.activated.connect(self._choose)
        self._chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._chooser.setMinimumContentsLength(12)
        head.addWidget(self._chooser, 1)
        self._close = close = QToolButton()
        close.setIcon(icon("cross"))
        close.setAccessibleName(tr("Close the explanation"))
        close.setToolTip(tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head.addWidget(close)
        return head

    def _make_foot(self) -> QWidget:
        self._foot = QWidget()
        column = QVBoxLayout(self._foot)
        column.setContentsMargins(0, theme().px(1), 0, 0)
        self._reason_label = label(tr("Why does it not apply?"), "small", "text-2")
        self._reason = QLineEdit()
        self._reason.setAccessibleName(tr("Reason of the dismissal"))
        self._reason.returnPressed.connect(self._confirm_dismissal)
        self._reason_note = label("", "small", "serious", wrap=True)
        for widget in (self._reason_label, self._reason, self._reason_note):
            column.addWidget(widget)
            widget.hide()
        buttons = QHBoxLayout()
        self._acknowledge = button(tr("Acknowledge"), self.acknowledge, kind="primary", small=True)
        self._dismiss = button(tr("Dismiss…"), self.start_dismissal, small=True)
        buttons.addWidget(self._acknowledge)
        buttons.addWidget(self._dismiss)
        buttons.addStretch(1)
        column.addLayout(buttons)
        return self._foot

    # ------------------------------------------------------------------------------ content
    @property
    def topic(self) -> Topic | None:
        """Return what is explained."""
        return self._topic

    def clear(self) -> None:
        """Explain nothing: another patient is about to be shown, and no key may judge the last."""
        self._view, self._topics, self._asked = None, (), ""
        self._offer(None)
        self._show(None)

    def show_stop(self, view: PatientView, stop: Stop | None, wanted: str = "") -> None:
        """Offer what can be explained at a stop; shows `wanted`, else what was asked for last."""
        self.show_topics(view, topics(view, stop), wanted)

    def show_topics(self, view: PatientView, found: Sequence[Topic], wanted: str = "") -> None:
        """Offer these topics; shows `wanted`, else what was asked for last, else the first."""
        self._view = view
        self._topics = tuple(found)
        self._asked = wanted or self._asked
        first = self._topics[0] if self._topics else None
        chosen = next((t for t in self._topics if t.key == self._asked), first)
        self._offer(chosen)
        self._show(chosen)

    def show_flag(self, view: PatientView, flag: Flag) -> None:
        """Explain a flag wherever the crosshair stands."""
        self._view = view
        topic = Topic(f"flag.{flag.identity}", flag.title.in_(language()), flag, flag.visit_id)
        if all(t.key != topic.key for t in self._topics):
            self._topics = (topic, *self._topics)
        self._offer(topic)
        self._show(topic)

    def _offer(self, chosen: Topic | None) -> None:
        self._chooser.clear()
        for topic in self._topics:
            self._chooser.addItem(topic.name, topic.key)
        if chosen is not None:
            self._chooser.setCurrentIndex(self._chooser.findData(chosen.key))
        self._chooser.setVisible(len(self._topics) > 1)

    def _choose(self, index: int) -> None:
        self._asked = self._chooser.itemData(index)
        self._show(next((t for t in self._topics if t.key == self._asked), None))

    def _show(self, topic: Topic | None) -> None:
        self._topic = topic
        self._hide_reason()
        content = QWidget()
        content.setProperty("ground", "panel")
        column = QVBoxLayout(content)
        px = theme().px
        column.setContentsMargins(0, px(1), px(2), 0)
        column.setSpacing(px(1.5))
        if topic is None or self._view is None:
            words = tr("Nothing is computed at this visit yet.")
            column.addWidget(label(words, "body", "text-2", wrap=True))
        else:
            self._fill(column, topic, explain(topic.result, language()))
        column.addStretch(1)
        self._scroll.setWidget(content)
        self._scroll.fit()
        before: QWidget = self._close
        for link in content.findChildren(LinkButton):  # Tab goes on from the head into the text
            QWidget.setTabOrder(before, link)
            before = link
        self._show_actions()

    def _fill(self, column: QVBoxLayout, topic: Topic, found: Explanation) -> None:
        assert self._view is not None  # noqa: S101 - checked by the caller, for the type checker
        column.addWidget(label(found.title, "value", wrap=True, selectable=True))
        column.addWidget(label(found.sentence, "body", "text-2", wrap=True, selectable=True))
        for words in self._judgement():
            column.addWidget(label(words, "small", "accent", wrap=True, selectable=True))
        known, go = sources_of(self._view, topic), self.source_opened.emit
        add_explanation(column, found, titled=False, sources=known, go=go)
        add_notes(column, tr("Beside this grade"), notes_beside(self._view, topic))
        add_others(column, other_rules(self._view, topic))
        add_sources(column, known, go)
        add_source(column, found.source)

    def _judgement(self) -> list[str]:
        """Say what a person decided about the flag; the computed result stays above it."""
        view = self._flag_state()
        if view is None or view[0] == "open":
            return []
        state, by, at, comment = view
        words = ", ".join(p for p in (tr(_STATE_WORDS[state]), by, iso_date(at[:10])) if p)
        return [f"{words}. {comment}".strip()]

    def _flag_state(self) -> tuple[str, str, str, str] | None:
        if self._topic is None or self._view is None or not isinstance(self._topic.result, Flag):
            return None
        found = self._view.flag_view(self._topic.result.identity)
        return None if found is None else (found.state, found.by, found.at, found.comment)

    # ------------------------------------------------------------------------------ judging
    def _show_actions(self) -> None:
        state = self._flag_state()
        judged = state is not None and state[0] == "open"
        view = self._view
        self._acknowledge.setVisible(judged and view is not None and view.may_acknowledge)
        self._dismiss.setVisible(judged and view is not None and view.may_dismiss)
        self._foot.setVisible(judged)

    def acknowledge(self) -> None:
        """Say that the flag was seen and is right."""
        if self._may_judge("may_acknowledge") and self._topic is not None:
            assert isinstance(self._topic.result, Flag)  # noqa: S101 - for the type checker
            self.acknowledged.emit(self._topic.result.identity)

    def start_dismissal(self) -> None:
        """Open the reason field in the foot."""
        if not self._may_judge("may_dismiss"):
            return
        if self._reason.isVisible():
            self._confirm_dismissal()
            return
        for widget in (self._reason_label, self._reason):
            widget.show()
        self._reason.setFocus()

    def _confirm_dismissal(self) -> None:
        reason = self._reason.text().strip()
        if not reason:
            self._reason_note.setText(tr("A flag is dismissed with a reason only."))
            self._reason_note.show()
            return
        if self._topic is not None and isinstance(self._topic.result, Flag):
            self.dismissed.emit(self._topic.result.identity, reason)

    def _may_judge(self, permission: str) -> bool:
        state = self._flag_state()
        return state is not None and state[0] == "open" and bool(getattr(self._view, permission))

    def _hide_reason(self) -> None:
        self._reason.clear()
        for widget in (self._reason_label, self._reason, self._reason_note):
            widget.hide()

    def close_reason(self) -> bool:
        """Close the reason field; return False when it was not open."""
        was_open = self._reason.isVisible()
        self._hide_reason()
        return was_open
