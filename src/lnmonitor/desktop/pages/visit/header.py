"""Head of the entry page: patient, visit, window, date, completion, Undo, Save."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from lnmonitor.desktop.entry.factory import make_editor
from lnmonitor.desktop.entry.item_row import ItemRow, RowSetup
from lnmonitor.desktop.entry.row_paint import Beside, Columns, row_width
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.pages.visit.form_view import label_units
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.chip import Chip, ChipTone
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.study.forms import FORMS

DATE = "visit_date"


class VisitHeader(QWidget):
    """The head; the strips of the visit date open in `strips` below it."""

    back_pressed = Signal()
    undo_pressed = Signal()
    save_pressed = Signal()
    date_left = Signal()
    date_done = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        bar = QWidget()
        bar.setFixedHeight(theme().measure("form-header"))
        row = self._row = QHBoxLayout(bar)
        row.setContentsMargins(px(2), 0, px(4), 0)
        row.setSpacing(px(3))
        back = button("", self.back_pressed.emit, kind="quiet", small=True)
        back.setIcon(icon("chevron-left"))
        back.setMinimumWidth(px(6))
        back.setAccessibleName(tr("Back to the patient"))
        back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.patient = label("", "page", selectable=True)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        self.visit = label("", weight=600)
        self.day = label("", "small", "text-2")
        names.addWidget(self.visit)
        names.addWidget(self.day)
        names.addStretch(1)
        self.window_chip = Chip()
        row.addWidget(back)
        row.addWidget(self.patient)
        row.addLayout(names)
        row.addWidget(self.window_chip)
        row.addStretch(1)
        self._date_place = QHBoxLayout()
        row.addLayout(self._date_place)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(px(22))
        self.bar.setTextVisible(False)
        self.percent = label("", "small", "text-2")
        row.addWidget(self.bar)
        row.addWidget(self.percent)
        self.undo = button(tr("Undo"), self.undo_pressed.emit)
        self.save = button("", self.save_pressed.emit, kind="primary")
        for made in (self.undo, self.save):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(made)
        whole.addWidget(bar)
        self.strips = QVBoxLayout()
        self.strips.setContentsMargins(px(4), 0, px(4), 0)
        whole.addLayout(self.strips)
        whole.addWidget(rule("strong"))
        self.date_row: ItemRow | None = None

    def show_binder(self, binder: Binder) -> None:
        """Show another visit or form."""
        self.patient.setText(binder.data.subject_id)
        if self.date_row is not None:
            self.date_row.judge(())
            self._date_place.removeWidget(self.date_row)
            self.date_row.hide()
            self.date_row.deleteLater()
            self.date_row = None
        if binder.planned is not None:
            self.visit.setText(text_of(binder.planned.name))
            self._make_date_row(binder)
        else:
            self.visit.setText(text_of(FORMS[binder.single].title))
        self.save.setText(tr("Save visit  Ctrl+S") if binder.planned else tr("Save  Ctrl+S"))
        self.save.setVisible(binder.loaded.may_edit)
        self.undo.setVisible(binder.loaded.may_edit)
        self.renew(binder)

    def _make_date_row(self, binder: Binder) -> None:
        field = binder.visit.form_type.items()[DATE]

        def today() -> date:
            return binder.loaded.today

        name = tr("Visit date")
        columns = Columns(
            label=label_units([name], least=8),
            editor=26,
            unit=0,
            flag=0,
            previous=0,
            trend=0,
            range=0,
        )
        editor = make_editor(field, today)
        setup = RowSetup(
            binder.visit,
            DATE,
            editor,
            columns,
            binder.undo,
            Beside(label=name),
            host=self.strips,
        )
        self.date_row = ItemRow(setup)
        self.date_row.plain = True
        self.date_row.setFixedSize(row_width(columns), theme().measure("row-dense"))
        self.date_row.left.connect(self.date_left)
        self.date_row.next_wanted.connect(self.date_done)
        if not binder.loaded.may_edit:
            self.date_row.set_read_only()
        self._date_place.addWidget(self.date_row)

    def renew(self, binder: Binder) -> None:
        """Show day, window and completion as they stand."""
        self.day.setText(day_words(binder))
        words, tone = window_words(binder)
        self.window_chip.set(words, tone)
        counts = [binder.progress(key) for key in binder.form_keys]
        done = sum(part for part, total in counts if total)
        total = sum(total for _, total in counts)
        self.bar.setMaximum(max(total, 1))
        self.bar.setValue(done)
        self.percent.setText(f"{100 * done // total} %" if total else "")
        self.bar.setVisible(bool(total))
        self.undo.setEnabled(binder.undo.can_undo)


def day_words(binder: Binder) -> str:
    """Return study day and target of the visit: "day 372, target 365 ± 28"."""
    planned = binder.planned
    if planned is None:
        return ""
    day = binder.study_day()
    parts = [tr("day {day}", day=_signed(day))] if day is not None else []
    if planned.day is not None:
        around = (
            f"{_signed(planned.day)} ± {planned.after}"
            if planned.before == planned.after and planned.after
            else f"{_signed(planned.day - planned.before)} … {_signed(planned.day + planned.after)}"
            if planned.before or planned.after
            else _signed(planned.day)
        )
        parts.append(tr("target {around}", around=around))
    return ", ".join(parts)


def window_words(binder: Binder) -> tuple[str, ChipTone]:
    """Return how the date typed, or today, stands to the visit's window."""
    scheduled = binder.scheduled()
    if scheduled is None or scheduled.opens is None or scheduled.closes is None:
        return "", "unknown"
    return _stand(binder.visit_date, binder.loaded.today, scheduled.opens, scheduled.closes)


def _stand(typed: date | None, today: date, opens: date, closes: date) -> tuple[str, ChipTone]:
    on = typed or today
    if on < opens:
        early = (opens - on).days
        if typed is None:
            return tr("opens in {n} days", n=early), "unknown"
        return tr("{n} days early", n=early), "warn"
    if on > closes:
        late = (on - closes).days
        if typed is None:
            return tr("closed {n} days ago", n=late), "serious"
        return tr("{n} days late", n=late), "warn"
    if typed is None:
        return tr("in window, {n} days left", n=(closes - on).days), "ok"
    return tr("in window"), "ok"


def _signed(day: int) -> str:
    return str(day).replace("-", "−")
