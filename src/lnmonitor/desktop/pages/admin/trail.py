"""The audit trail under a filter, and its verification."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from lnmonitor.clock import today
from lnmonitor.desktop.dialogs.trail_copy import TrailCopyDialog
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.admin.trail_acts import TrailReviewDialog, export_job
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.trail_words import change_words, form_words, item_words
from lnmonitor.desktop.widgets.filter_line import FilterLine
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.errors import InputError, UserError
from lnmonitor.services.audit import AuditFilter, AuditPage
from lnmonitor.study import dates
from lnmonitor.study.reasons import reason_words

if TYPE_CHECKING:
    from lnmonitor.services.audit import AuditEntry
    from lnmonitor.services.session import StudySession
    from lnmonitor.services.verify import VerifyReport

_PAUSE_MS = 300
_PARTS = {"who": "account", "what": "action", "form": "form", "item": "item"}


class TrailSection(QWidget):
    """Entries, latest first; `who:` `what:` `form:` `item:` `patient:` `from:` `to:` choose."""

    def __init__(self) -> None:
        super().__init__()
        self.strip = MessageStrip()
        self.verify_button = button(
            tr("Verify now"), self.verify, kind="primary", icon_name="verify", small=True
        )
        self.filter = FilterLine(
            "who:nurse what:amend form:LB patient:01-001 from:2026-05 to:2026-06"
        )
        self.filter.changed.connect(self._wait)
        self.table = self._table()
        self.filter.left.connect(self.table.setFocus)
        self.older = button(tr("Older entries"), self.read_older, kind="quiet", small=True)
        self.export_button = button(tr("Export…"), self.export, small=True)
        self.review_button = button(tr("Record review…"), self.record_review, small=True)
        self._jobs = column()
        self._page = AuditPage((), 0, None)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.read)
        layout = column(
            row(
                label(tr("Audit trail"), "section"),
                None,
                self.review_button,
                self.export_button,
                self.verify_button,
            ),
            self.strip,
            self.filter,
            self.table,
            row(self.older, None),
            self._jobs,
            spacing=2,
        )
        layout.setStretch(3, 1)
        self.setLayout(layout)

    @staticmethod
    def _table() -> RowTable:
        columns = [
            Column(tr("When"), lambda e: local(e.at), tone="text-2", sample="2026-05-12 09:42:11"),
            Column(tr("Who"), lambda e: e.account, sample="investigator\ndatamanager"),
            Column(tr("What"), lambda e: tr(e.action), weight=500, sample="results recomputed"),
            Column(tr("On"), _about, tone="text-2", tip=_about),
            Column(tr("Value"), change_words, tip=change_words),
            Column(tr("Reason"), _reason, tone="text-2", tip=_reason, yields=1),
        ]
        units = theme().measure("row-dense") / theme().u
        return RowTable(columns, row_units=units, name=tr("Audit trail"))

    @Slot(str)
    def _wait(self, _typed: str) -> None:
        self._timer.start()

    @Slot()
    def read(self) -> None:
        """Read the latest entries that the filter chooses."""
        from lnmonitor.services.permissions import Action

        session = hub().session
        if session is not None:
            may_review = session.may(Action.REVIEW_AUDIT) and not session.read_only
            self.export_button.setVisible(session.may(Action.EXPORT))
            self.review_button.setVisible(may_review)
        ReadOp(self, partial(_read, typed=self.filter.text), self._show, self._refused).run()

    @Slot()
    def read_older(self) -> None:
        """Add the entries before those shown."""
        before = self._page.before
        if before is not None:
            work = partial(_read, typed=self.filter.text, before=before)
            ReadOp(self, work, self._add, self._refused).run()

    def _show(self, found: AuditPage) -> None:
        self._page = found
        if self.strip.property("kind") == "ask":
            self.strip.clear()
        self.table.set_rows(found.entries, "sequence")
        shown = tr("{n} of {total}", n=len(found.entries), total=f"{found.total:,}")
        self.filter.say_shown(shown)
        self.older.setVisible(found.before is not None)

    def _add(self, found: AuditPage) -> None:
        self._show(replace(found, entries=(*self._page.entries, *found.entries)))

    def _refused(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self.strip.say("ask", sentence(problem))
        else:
            hub().problem.emit(problem)

    # ---- taken away, reviewed
    @Slot()
    def export(self) -> None:
        """Ask for whom and where to the entries go that the filter chooses."""
        ReadOp(self, partial(filter_of, typed=self.filter.text), self._export, self._refused).run()

    def _export(self, wanted: AuditFilter) -> None:
        name = f"audit-trail-{today(hub().clock)}.xlsx"
        dialog = TrailCopyDialog(self.window(), name, self._page.total)
        dialog.chosen.connect(partial(self._write, wanted))
        dialog.open()

    def _write(self, wanted: AuditFilter, place: Path, recipient: str) -> None:
        session = hub().session
        if session is not None:
            self._jobs.addWidget(export_job(session, place, recipient, wanted))

    @Slot()
    def record_review(self) -> None:
        """Ask with which result the entries that the filter chooses were looked at."""
        ReadOp(self, partial(filter_of, typed=self.filter.text), self._review, self._refused).run()

    def _review(self, wanted: AuditFilter) -> None:
        TrailReviewDialog(self.window(), wanted, self._page.total).open()

    # ---- verification
    @Slot()
    def verify(self) -> None:
        """Walk the audit chain and compare the stored values with it."""
        from lnmonitor.services.verify import verify

        self.verify_button.setEnabled(False)
        self.strip.say("info", tr("Verifying…"))
        ReadOp(self, verify, self._verified, self._not_verified).run()

    def _verified(self, found: VerifyReport) -> None:
        self.verify_button.setEnabled(True)
        if found.intact:
            words = tr(
                "Intact: {n} entries, head {head}; all values of {records} records agree.",
                n=f"{found.entries:,}",
                head=found.head[:12],
                records=f"{found.records:,}",
            )
            self.strip.say("ok", words)
        else:
            self.strip.say("refuse", "\n".join(one.in_(language()) for one in found.problems))

    def _not_verified(self, problem: Exception) -> None:
        self.verify_button.setEnabled(True)
        self.strip.clear()
        hub().problem.emit(problem)


def local(instant: str) -> str:
    """Return an audit instant on the workstation's clock, to the second."""
    zone = hub().clock.now().tzinfo
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _about(entry: AuditEntry) -> str:
    parts = (entry.subject, form_words(entry), item_words(entry))
    return " · ".join(part for part in parts if part)


def _read(session: StudySession, *, typed: str, before: int | None = None) -> AuditPage:
    from lnmonitor.services.audit import page

    return page(session, filter_of(session, typed), before=before)


def filter_of(session: StudySession, typed: str) -> AuditFilter:
    """Return what a filter line asks for.

    Raises:
        InputError: a word is not understood. DateError: a date cannot be read.
    """
    from lnmonitor.services.patients import find_patient

    found = AuditFilter()
    try:
        words = shlex.split(typed)
    except ValueError:  # a quotation mark that is still open while typing
        words = typed.replace('"', " ").split()
    for word in words:
        name, colon, value = word.partition(":")
        if not colon or not value:
            continue  # half typed
        if name in _PARTS:
            found = replace(found, **{_PARTS[name]: value})
        elif name == "patient":
            found = replace(found, patient_id=find_patient(session, value))
        elif name in {"from", "to"}:
            found = _period(session, found, name, value)
        else:
            raise InputError(
                "The filter does not know {word}.",
                "Use who: what: form: item: patient: from: to:",
                word=f"{name}:",
            )
    return found


def _period(session: StudySession, found: AuditFilter, name: str, value: str) -> AuditFilter:
    """Return the filter with one end of the period: days on the workstation's clock."""
    iso = dates.typed(value, today=session.today, partial=True)
    first, last = dates.earliest(iso), dates.latest(iso)
    assert first is not None  # noqa: S101 - a typed date has both ends
    assert last is not None  # noqa: S101 - as above
    zone = session.clock.now().tzinfo
    if name == "from":
        return replace(found, since=_utc(datetime.combine(first, time.min, zone)))
    after = datetime.combine(last + timedelta(days=1), time.min, zone)
    return replace(found, until=_utc(after - timedelta(milliseconds=1)))


def _reason(entry: AuditEntry) -> str:
    return reason_words(entry.reason, language())


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
