"""Names and values in two columns, and sections that consist of them: study, clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from lnmonitor.desktop.dialogs.reason import ReasonDialog
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import iso_date, weekday_instant

if TYPE_CHECKING:
    from lnmonitor.services.clock import ClockNotice
    from lnmonitor.services.session import StudySession


class FactGrid(QWidget):
    """Lines of name and value."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().px(6))
        self._grid.setVerticalSpacing(theme().px(1.5))
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show other lines."""
        while self._grid.count():
            item = self._grid.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        for line, (name, value) in enumerate(facts):
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(label(name, "small", "text-2"), line, 0, top)
            self._grid.addWidget(label(value, wrap=True, selectable=True), line, 1)


class StudySection(QWidget):
    """What the study is, and the rules of its protocol; nothing can be changed here."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactGrid()
        parts = (label(tr("Study"), "section"), rule("strong"), self.facts, None)
        self.setLayout(column(*parts, spacing=2))

    def read(self) -> None:
        """Show the open study."""
        session = hub().session
        if session is None:
            return
        study, protocol = session.study, session.protocol
        self.facts.show_facts(
            (
                (tr("Study"), study.name),
                (tr("Protocol"), text(protocol.name)),
                (tr("Version"), protocol.version),
                (tr("Site"), study.site),
                (tr("Made"), iso_date(study.created_at[:10])),
                (tr("Data"), tr("synthetic") if study.synthetic else tr("of patients")),
                (tr("Dose"), tr("{n} × 10⁶ cells/kg", n=protocol.dose_per_kg)),
                (tr("Response rule"), protocol.response_rule),
                (tr("Flare rule"), protocol.flare_rule),
                (tr("GFR equation"), protocol.egfr_equation),
            )
        )


class ClockSection(QWidget):
    """What the workstation's clock says, and what was noticed about it."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactGrid()
        self.strip = MessageStrip()
        self.acknowledge_button = button(
            tr("Acknowledge…"), self.acknowledge, kind="primary", icon_name="check"
        )
        self.setLayout(
            column(
                label(tr("Clock"), "section"),
                rule("strong"),
                self.facts,
                self.strip,
                row(self.acknowledge_button, None),
                None,
                spacing=2,
            )
        )

    def read(self) -> None:
        """Show the notices that nobody acknowledged yet."""
        from lnmonitor.services.permissions import Action

        session = hub().session
        if session is None:
            return
        now = session.clock.now()
        self.facts.show_facts(
            ((tr("Now"), weekday_instant(now)), (tr("Time zone"), str(now.tzinfo)))
        )
        notices = session.clock_notices
        if notices:
            self.strip.say("refuse", "\n".join(notice_words(one) for one in notices))
        else:
            self.strip.say("ok", tr("Nothing was noticed about the clock."))
        may = session.may(Action.ACKNOWLEDGE_CLOCK) and not session.read_only
        self.acknowledge_button.setVisible(bool(notices) and may)

    @Slot()
    def acknowledge(self) -> None:
        """Ask for the reason."""
        open_acknowledge(self.window())


def open_acknowledge(parent: QWidget) -> None:
    """Ask why the clock changed; signatures are possible again then."""
    words = tr("Signatures wait until somebody says why the clock changed.")
    ReasonDialog(parent, tr("Acknowledge"), words, _acknowledge).open()


def notice_words(notice: ClockNotice) -> str:
    """Return a notice as a sentence."""
    from lnmonitor.services.clock import WENT_BACK

    if notice.kind == WENT_BACK:
        return tr(
            "The clock went back from {before} to {after}.",
            before=_local(notice.before),
            after=_local(notice.after),
        )
    return tr(
        "The time zone changed from {before} to {after}.",
        before=notice.before,
        after=notice.after,
    )


def _local(instant: str) -> str:
    return weekday_instant(datetime.fromisoformat(instant).astimezone(hub().clock.now().tzinfo))


def _acknowledge(session: StudySession, reason: str) -> object:
    from lnmonitor.services.clock import acknowledge

    return acknowledge(session, reason)
