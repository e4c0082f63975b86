"""Forms with many records: drugs, events, deviations, vital signs of an infusion.

One line for each record; the chosen one opens below its line as a form. Everything typed in any of
them is kept until the visit is saved.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.row_paint import paint_text
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import paint_icon
from lnmonitor.desktop.pages.visit.binder import INFUSION_SIGNS, Binder
from lnmonitor.desktop.pages.visit.event_note import EventNote
from lnmonitor.desktop.pages.visit.form_view import FormView
from lnmonitor.desktop.pages.visit.generic import add_items, summary
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.study.forms import FORMS, AdverseEvent

SUMMARIES: Mapping[str, tuple[str, ...]] = {
    "CMG": ("drug", "dose_mg", "frequency", "route"),
    "CMI": ("drug", "dose", "dose_unit", "frequency"),
    "PR": ("kind", "indication"),
    "AE": ("term", "grade", "outcome"),
    "DV": ("category", "severity", "description"),
    "DS": ("status",),
    INFUSION_SIGNS: ("systolic", "diastolic", "heart_rate", "temperature_c", "spo2"),
}
_NOTES = {"PR": "From the start on every response counts as no response, also after dialysis ends."}
"""What a record in a log means beyond the log, in English."""
_REGIMEN = ("CMG", "CMI")
_TIMES = ("start", "stop", "occurred_on", "measured_at")


class LogLine(QWidget):
    """One record as a line: Enter or a click opens it."""

    opened = Signal()

    def __init__(self, entry: FormEntry, key: str, name: str) -> None:
        super().__init__()
        self.entry, self._key, self._name = entry, key, name
        self.is_open = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(theme().measure("row"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        entry.changed.connect(self._renew)
        self._renew("")

    @property
    def text(self) -> str:
        """What the line says."""
        return self._text

    @Slot(str)
    def _renew(self, _name: str) -> None:
        words = summary(self.entry, SUMMARIES.get(self._key, ()))
        nothing = tr("not measured") if self._name else tr("New record")
        self._text = words or ("" if self._name and not self.entry.blank else nothing)
        names = [name for name in _TIMES if name in self.entry.form_type.items()]
        self._dates = summary(self.entry, names)
        if "stop" in names and self._dates and self.entry.answer("stop").empty:
            self._dates += "  " + tr("ongoing")
        self.setAccessibleName(" ".join(filter(None, (self._name, self._text, self._dates))))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        px, area = look.px, self.rect()
        if self.hasFocus() or self.is_open:
            painter.fillRect(area, look.color("bg-selected"))
        if self.entry.recovered and self.entry.unsaved:
            painter.fillRect(0, 0, 3, area.height(), look.color("warn-line"))
        painter.setPen(look.color("line-soft"))
        painter.drawLine(0, area.bottom(), area.right(), area.bottom())
        mark = "chevron-down" if self.is_open else "chevron-right"
        side = px(3.5)
        top = (area.height() - side) // 2
        chevron = area.adjusted(px(1), top, 0, 0)
        chevron.setSize(chevron.size().scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio))
        paint_icon(painter, mark, chevron, look.color("text-2"))
        left = px(7)
        if self._name:
            named = area.adjusted(left, 0, 0, 0)
            paint_text(painter, named, self._name, "text", look.font("body", 500))
            left += px(30)
        dates_width = px(62)
        words = area.adjusted(left, 0, -dates_width, 0)
        unsaved = self.entry.unsaved
        paint_text(painter, words, self._text, "text", look.font("body", 500 if unsaved else 400))
        dates = area.adjusted(area.width() - dates_width, 0, -px(2), 0)
        tone = "accent" if unsaved else "text-2"
        shown = self._dates or (tr("not saved") if unsaved else "")
        paint_text(painter, dates, shown, tone, look.font("small"), Qt.AlignmentFlag.AlignRight)


class LogView(FormView):
    """The records of one log form."""

    def __init__(self, binder: Binder, key: str) -> None:
        self.lines: list[LogLine] = []
        self._open: LogLine | None = None
        self._body: QWidget | None = None
        super().__init__(binder, key)

    def build(self) -> None:
        """Add a line for each record and the button for a new one."""
        form = FORMS[self.key.partition(".")[0]]
        signs = self.key == INFUSION_SIGNS
        title = tr("Vital signs of the infusion") if signs else text_of(form.title)
        self.title_bar(title, "" if signs else tr("all records of the patient"))
        if self.key in _NOTES:
            note = label(tr(_NOTES[self.key]), "small", "text-2", wrap=True)
            note.setContentsMargins(theme().px(1.5), 0, 0, theme().px(2))
            self.column.addWidget(note)
        self.binder.rows_changed.connect(self._renew_lines)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.column.addLayout(self._list)
        for entry in self.binder.entries(self.key):
            self._add_line(entry)
        if not self.lines:
            self._none = label(tr("None recorded."), tone="text-muted")
            self._none.setContentsMargins(theme().px(1.5), theme().px(2), 0, theme().px(2))
            self._list.addWidget(self._none)
        self._add_buttons(signs=signs)

    def _add_buttons(self, *, signs: bool) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(theme().px(1.5), theme().px(2), 0, 0)
        row.setSpacing(theme().px(2))
        self.add_button = button(tr("Add  Ins"), self.add, icon_name="plus", small=True)
        self.copy_button = button(tr("Copy regimen  ="), self.copy_regimen, small=True)
        self.remove_button = button(tr("Take out  Del"), self.take_out, small=True)
        self.remove_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.remove_button.setToolTip(tr("A record that was never saved; undo brings it back."))
        for made in (self.add_button, self.copy_button, self.remove_button):
            row.addWidget(made)
        row.addStretch(1)
        self.column.addLayout(row)
        self.add_button.setVisible(not signs and self.binder.loaded.may_edit)
        self.remove_button.setVisible(False)
        self.copy_button.setVisible(self.key in _REGIMEN and self.binder.loaded.may_edit)

    def _add_line(self, entry: FormEntry, place: int | None = None) -> LogLine:
        points = {p.code: text_of(p.name) for p in self.binder.protocol.timepoints}
        name = ""
        if self.key == INFUSION_SIGNS:
            code = str(entry.value("timepoint"))
            name = points.get(code, code)
        line = LogLine(entry, self.key, name)
        line.opened.connect(self._toggle)
        at = len(self.lines) if place is None else place
        before = self.lines[at] if at < len(self.lines) else None
        if before is None:
            self._list.addWidget(line)
        else:
            self._list.insertWidget(self._list.indexOf(before), line)
        self.lines.insert(at, line)
        return line

    @Slot()
    def add(self) -> None:
        """Add a record and open it."""
        if self.key == INFUSION_SIGNS:
            return
        self._hide_none()
        self.binder.undo.commit()
        entry = self.binder.add(self.key)
        self.binder.undo.commit()
        self.open(self._add_line(entry))

    @Slot()
    def take_out(self) -> None:
        """Take the line in focus, or the open one, out of the log if it was never saved."""
        line = next((line for line in self.lines if line.hasFocus()), self._open)
        if line is None or line.entry.record is not None or self.key == INFUSION_SIGNS:
            return
        self.binder.undo.commit()
        self.binder.take_out(self.key, line.entry)

    @Slot(str)
    def _renew_lines(self, key: str) -> None:
        """Follow records that were taken out or brought back."""
        if key != self.key:
            return
        entries = self.binder.entries(key)
        for line in [line for line in self.lines if line.entry not in entries]:
            if line is self._open:
                self._close()
            self.lines.remove(line)
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        shown = {line.entry for line in self.lines}
        for place, entry in enumerate(entries):
            if entry not in shown:
                self._add_line(entry, place)
        self._offer_take_out()
        self.focus_first()

    def _offer_take_out(self) -> None:
        fresh = self._open is not None and self._open.entry.record is None
        may = self.binder.loaded.may_edit and self.key != INFUSION_SIGNS
        self.remove_button.setVisible(fresh and may)

    @Slot()
    def copy_regimen(self) -> None:
        """Start a new record with drug, dose, frequency and route of the line in focus."""
        source = next((line for line in self.lines if line.hasFocus()), self._open)
        if source is None or self.key not in _REGIMEN:
            return
        self.binder.undo.commit()
        entry = self.binder.add(self.key)
        for name in ("drug", "drug_text", "dose_mg", "dose", "dose_unit", "frequency", "route"):
            if name in entry.form_type.items():
                entry.set(name, Answer(source.entry.answer(name).value))
        entry.remarks.append("regimen copied from the previous record")
        self.binder.undo.commit()
        self.open(self._add_line(entry))

    def open(self, line: LogLine) -> None:
        """Open one record below its line; another one closes."""
        self._close()
        body = QWidget()
        place = QVBoxLayout(body)
        place.setContentsMargins(theme().px(5), theme().px(1), 0, theme().px(3))
        place.setSpacing(0)
        self._list.insertWidget(self._list.indexOf(line) + 1, body)
        add_items(self, line.entry, place, head=False)
        if line.entry.form_type is AdverseEvent:
            place.addWidget(EventNote(line.entry, self.binder.loaded.course))
        self._open, self._body = line, body
        line.is_open = True
        line.update()
        self.judge(line.entry)
        self._offer_take_out()
        self.rows[0].focus_editor()

    def _close(self) -> None:
        if self._open is None or self._body is None:
            return
        self.rows.clear()
        self._list.removeWidget(self._body)
        self._body.hide()
        self._body.deleteLater()
        self._open.is_open = False
        self._open.update()
        self._open = self._body = None
        self._offer_take_out()

    @Slot()
    def _toggle(self) -> None:
        line = self.sender()
        if not isinstance(line, LogLine):
            return
        if line is self._open:
            self._close()
            line.setFocus()
        else:
            self.open(line)

    def _hide_none(self) -> None:
        if not self.lines:
            self._none.hide()

    def focus_first(self) -> None:
        """Put the focus on the open record, the last line, or the Add button."""
        if self.rows:
            super().focus_first()
        elif self.lines:
            self.lines[-1].setFocus()
        else:
            self.add_button.setFocus()

    def focus_item(self, entry: FormEntry, name: str | None) -> bool:
        """Open the record of an entry and put the cursor into an item."""
        line = next((one for one in self.lines if one.entry is entry), None)
        if line is None:
            return False
        if line is not self._open:
            self.open(line)
        return super().focus_item(entry, name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = next((i for i, line in enumerate(self.lines) if line.hasFocus()), None)
        key = event.key()
        if key == Qt.Key.Key_Insert and self.add_button.isVisible():
            self.add()
        elif key == Qt.Key.Key_Delete and here is not None:
            self.take_out()
        elif event.text() == "=" and here is not None:
            self.copy_regimen()
        elif here is not None and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            self.lines[max(0, min(here + step, len(self.lines) - 1))].setFocus()
        else:
            super().keyPressEvent(event)
