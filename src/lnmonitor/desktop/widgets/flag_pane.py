"""One flag explained beside the list of flags: evidence, rule, source, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from lnmonitor.analysis.explain import Line, explain
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import iso_date

if TYPE_CHECKING:
    from lnmonitor.services.flags import FlagView

STATE_WORDS = {
    "open": "to judge",
    "acknowledged": "acknowledged",
    "dismissed": "dismissed",
    "withdrawn": "withdrawn",
}


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
        self._view = view
        self._strip.clear()
        self._reason_box.hide()
        self._reason.clear()
        content = self._nothing() if view is None else self._content(view)
        content.setProperty("ground", "subtle")
        self._area.setWidget(content)
        self._show_actions(view)

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
        return box(column(label(tr("Choose a flag to see why it stands."), tone="text-2"), None))

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
        for title, icon_name, tone, part in (
            (tr("Met"), "check", "text", found.met),
            (tr("Not met"), "dash", "text-muted", found.not_met),
            (tr("Missing"), "question", "warn", found.missing),
        ):
            if part:
                lines.addWidget(self._section(title, icon_name, tone, part))
        lines.addSpacing(theme().px(3))
        for words in (found.rule_line, found.citation):
            if words:
                lines.addWidget(label(words, "small", "text-muted", wrap=True, selectable=True))
        if view.state != "open":
            lines.addSpacing(theme().px(2))
            lines.addWidget(label(self._judgement(view), "small", "accent", wrap=True))
        lines.addStretch(1)
        return box(lines)

    @staticmethod
    def _section(title: str, icon_name: str, tone: str, part: Sequence[Line]) -> QWidget:
        made = column(theme().px(2), label(title, "small", weight=600), rule(), spacing=1)
        for line in part:
            mark = QLabel()
            mark.setPixmap(icon(icon_name, tone).pixmap(theme().px(3.5)))
            mark.setFixedWidth(theme().px(5))
            mark.setAlignment(Qt.AlignmentFlag.AlignTop)
            words = column(label(line.text, wrap=True, selectable=True), spacing=0)
            if line.detail:
                words.addWidget(label(line.detail, "small", "text-2", wrap=True, selectable=True))
            pair = row(mark, words, spacing=0)
            pair.setStretch(1, 1)
            made.addLayout(pair)
        return box(made)

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
        if self._view is not None:
            self.patient_opened.emit(self._view)
