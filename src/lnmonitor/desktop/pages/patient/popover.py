"""Where one value of a panel comes from: as reported, converted, range, laboratory, by whom."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from lnmonitor.analysis.story import Panel, TrendPoint
from lnmonitor.analysis.wording import unit_name
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.pages.patient.view import PatientView, describe
from lnmonitor.desktop.plots.crosshair import Stop, point_at
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.desktop.words import instant, iso_date
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import LabResult
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

Fact = tuple[str, str]


def facts_of(record: Record[Form]) -> tuple[Fact, ...]:
    """Return what is known of a record's origin as (label, value); what is unknown is left out."""
    facts: list[Fact] = []
    form = record.form
    if isinstance(form, LabResult):
        reported = f"{form.operator or ''}{_number(form.value)} {form.unit or ''}".strip()
        facts.append((tr("As reported"), reported or "ND"))
        if form.canonical_value is not None and form.canonical_unit != form.unit:
            converted = f"{_number(form.canonical_value)} {form.canonical_unit or ''}".strip()
            facts.append((tr("Converted"), converted))
        facts += [
            (tr("Range then"), _range(form)),
            (tr("Source of the range"), decode("RANGESRC", form.range_source, language())),
            (tr("Collected"), iso_date(form.collected_on)),
            (tr("Laboratory"), form.laboratory or ""),
            (tr("Method"), form.method or ""),
        ]
    else:
        facts.append((tr("Form"), describe(record)))
    facts.append((tr("Entered"), _entered(record)))
    facts += [(tr("Explained"), reason) for reason in record.justified.values()]
    return tuple((name, value) for name, value in facts if value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _range(form: LabResult) -> str:
    low, high = _number(form.range_low), _number(form.range_high)
    if low and high:
        return f"{low}–{high}"
    return f"≤ {high}" if high else f"≥ {low}" if low else ""


def _entered(record: Record[Form]) -> str:
    when = ""
    if record.entered_at:
        when = instant(datetime.fromisoformat(record.entered_at).astimezone())
    return ", ".join(part for part in (record.entered_by, when, tr(record.source)) if part)


class ValuePopover(QFrame):
    """Opens beside the plot and closes with Esc or a click elsewhere."""

    record_opened = Signal(str)
    history_wanted = Signal(str, str)

    def __init__(self, view: PatientView, panel: Panel, stop: Stop, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._records: list[str] = []
        self.setObjectName("message")  # the style sheet's name of a framed strip
        self.setProperty("ground", "panel")
        px = theme().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(3), px(2.5), px(3), px(2.5))
        column.setSpacing(px(1.5))
        for series in panel.series:
            point = point_at(series, stop)
            if point is not None:
                self._add_point(
                    column, view, text(series.name), text(unit_name(series.unit)), point
                )
        if column.isEmpty():
            words = f"{text(panel.name)}: {tr('no value at this visit')}"
            column.addWidget(label(words, "body", "text-2"))

    def _add_point(
        self, column: QVBoxLayout, view: PatientView, name: str, unit: str, point: TrendPoint
    ) -> None:
        column.addWidget(label(f"{name}  {point.label} {unit}".strip(), "section"))
        records = [r for i in point.record_ids if (r := view.record(i)) is not None]
        for record in records:
            rows = QFormLayout()
            rows.setHorizontalSpacing(theme().px(3))
            rows.setVerticalSpacing(theme().px(0.5))
            for head, value in facts_of(record):
                rows.addRow(label(head, "small", "text-2"), label(value, "small", selectable=True))
            column.addLayout(rows)
            links = QHBoxLayout()
            links.addWidget(button(tr("Open form"), partial(self._open, record.id), kind="link"))
            past = partial(self._open_history, record.id)
            links.addWidget(button(tr("History (F2)"), past, kind="link"))
            links.addStretch(1)
            column.addLayout(links)
            self._records.append(record.id)

    def _open_history(self, record_id: str) -> None:
        self.history_wanted.emit(record_id, "")
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take F2; Qt calls this."""
        if event.key() == Qt.Key.Key_F2 and self._records:
            self._open_history(self._records[0])
        else:
            super().keyPressEvent(event)

    def _open(self, record_id: str) -> None:
        self.record_opened.emit(record_id)
        self.close()

    def open_at(self, place: QPoint) -> None:
        """Show it with its lower left corner near a place of the screen, wholly in sight."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = min(place.x(), screen.right() - self.width())
        y = max(place.y() - self.height(), screen.top())
        self.move(x, y)
        self.show()
        self.setFocus()
