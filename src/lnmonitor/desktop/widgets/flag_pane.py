"""One flag or serious event explained beside its list: evidence, rule, source, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from lnmonitor.analysis.explain import Explanation, explain
from lnmonitor.clinical.results import Reason
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.explanation import add_explanation, add_notes, add_source
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.desktop.words import iso_date

if TYPE_CHECKING:
    from lnmonitor.services.flags import FlagView

STATE_WORDS = {
    "open": "to judge",
    "acknowledged": "acknowledged",
    "dismissed": "dismissed",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class EventView:
    """A serious event as the pane explains it.

    `grade` and `grade_notes`: the grade that its answers propose, in words, and by which of them.
    """

    patient_id: str
    subject_id: str
    title: str
    standing: Explanation
    grade: str = ""
    grade_notes: tuple[Reason, ...] = ()


class FlagPane(QWidget):
    """Title, sentence, met, not met, missing, rule; acknowledge, or dismiss with a reason."""

    acknowledged = Signal(object)
    dismissed = Signal(object, str)
    patient_opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "subtle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._view: FlagView | None = None
        self._event: EventView | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._reason = QLineEdit()
        self._reason.setAccessibleName(tr("Reason"))
        self._reason_label = label(tr("Why does this flag not apply?"), "small", "text-2")
        self._reason.returnPressed.connect(self.dismiss)
        self._reason_box = box(column(self._reason_label, self._reason, spacing=1))
        self._strip = MessageStrip()
        self._accept = button(tr("Acknowledge"), self.acknowledge, kind="primary")
        self._dismiss = button(tr("Dismiss…"), self.dismiss)
        self._foot = box(row(self._accept, self._dismiss, None))
        body = column(
            self._area,
            self._strip,
            self._reason_box,
            self._foot,
            margins=(4.5, 4, 4.5, 4),
            spacing=2,
        )
        body.setStretch(0, 1)
        self.setLayout(body)
        self.show_flag(None)

    def show_flag(self, view: FlagView | None) -> None:
        """Explain a flag; None empties the pane."""
        self._view, self._event = view, None
        self._strip.clear()
        self._reason_box.hide()
        self._reason.clear()
        content = self._nothing() if view is None else self._content(view)
        content.setProperty("ground", "subtle")
        self._area.setWidget(content)
        self._show_actions(view)

    def show_event(self, event: EventView) -> None:
        """Explain an event's reporting and the grade its answers propose."""
        self.show_flag(None)
        self._event = event
        lines: QVBoxLayout = column(
            label(tr("Explain"), "small", "text-2"),
            label(event.title, "value", wrap=True, selectable=True),
            row(button(event.subject_id, self._open_patient, kind="link"), None),
            theme().px(1),
            spacing=1,
        )
        lines.addWidget(label(event.standing.title, weight=600, wrap=True, selectable=True))
        lines.addWidget(label(event.standing.sentence, tone="text-2", wrap=True, selectable=True))
        add_explanation(lines, event.standing, titled=False)
        add_notes(lines, event.grade, event.grade_notes)
        lines.addSpacing(theme().px(3))
        add_source(lines, event.standing.source)
        lines.addStretch(1)
        content = box(lines)
        content.setProperty("ground", "subtle")
        self._area.setWidget(content)

    def _show_actions(self, view: FlagView | None) -> None:
        from lnmonitor.services.permissions import Action

        session = hub().session
        judge = view is not None and view.state == "open" and session is not None
        self._foot.setVisible(judge)
        self._accept.setVisible(
            judge and session is not None and session.may(Action.ACKNOWLEDGE_FLAG)
        )
        self._dismiss.setVisible(judge and session is not None and session.may(Action.DISMISS_FLAG))

    @staticmethod
    def _nothing() -> QWidget:
        return box(
            column(
                label(
                    tr("Choose a flag or an event to see why it stands."), tone="text-2", wrap=True
                ),
                None,
            )
        )

    def _content(self, view: FlagView) -> QWidget:
        found = explain(view.flag, language())
        lines: QVBoxLayout = column(
            label(tr("Explain"), "small", "text-2"),
            label(found.title, "value", wrap=True, selectable=True),
            row(
                button(view.subject_id, self._open_patient, kind="link"),
                label(iso_date(view.flag.date), "small", "text-2"),
                None,
            ),
            theme().px(1),
            label(found.sentence, wrap=True, tone="text-2", selectable=True),
            spacing=1,
        )
        add_explanation(lines, found, titled=False)
        lines.addSpacing(theme().px(3))
        add_source(lines, found.source)
        if view.state != "open":
            lines.addSpacing(theme().px(2))
            lines.addWidget(label(self._judgement(view), "small", "accent", wrap=True))
        lines.addStretch(1)
        return box(lines)

    @staticmethod
    def _judgement(view: FlagView) -> str:
        parts = [tr(STATE_WORDS[view.state]), view.by, iso_date(view.at[:10])]
        return ", ".join(part for part in parts if part) + (
            f": {view.comment}" if view.comment else ""
        )

    # --- judging ---------------------------------------------------------------------------

    def acknowledge(self) -> None:
        """Say that the flag was seen and is right."""
        if self._view is not None and not self._accept.isHidden():
            self.acknowledged.emit(self._view)

    def dismiss(self) -> None:
        """Ask for the reason in the foot; with one, say that the flag does not apply."""
        if self._view is None or self._dismiss.isHidden():
            return
        reason = self._reason.text().strip()
        if self._reason_box.isHidden():
            self._reason_box.show()
            self._reason.setFocus()
        elif not reason:
            self._strip.say("ask", tr("A flag is dismissed with a reason only."))
            self._reason.setFocus()
        else:
            self.dismissed.emit(self._view, reason)

    def say(self, words: str) -> None:
        """Show why a judgement was not taken."""
        self._strip.say("refuse", words)

    def _open_patient(self) -> None:
        shown = self._view or self._event
        if shown is not None:
            self.patient_opened.emit(shown)
