"""Shows what a pasted block of laboratory results would fill in, before anything is filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from lnmonitor.desktop.entry.paste import PastedLine
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.study.analytes import ANALYTES


@dataclass(frozen=True)
class PasteRow:
    """A pasted line beside what stands in its field; `present` is "" for an empty field."""

    line: PastedLine
    present: str

    @property
    def taken(self) -> bool:
        """Whether the value is filled in: into an empty field only."""
        return not self.line.problem and not self.present

    @property
    def words(self) -> str:
        """What happens with the line."""
        if self.line.problem:
            reasons = {
                "name": tr("no analyte of this name"),
                "value": tr("the value cannot be read"),
                "unit": tr("not reported in this unit"),
                "twice": tr("stands in the block twice"),
            }
            return reasons[self.line.problem]
        if self.present:
            return tr("the field has {value}: change it there", value=self.present)
        return tr("is filled in")


class PasteDialog(QDialog):
    """The lines with what happens to each; Enter fills in."""

    def __init__(
        self, parent: QWidget, rows: Sequence[PasteRow], take: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Paste laboratory results")
        self.setWindowTitle(title)
        self._take = take
        self.table = self._table(title)
        self.table.set_rows(rows)
        number = sum(one.taken for one in rows)
        self.take_button = button(tr("Fill in {n} values", n=number), self.take, kind="primary")
        self.take_button.setEnabled(bool(number))
        self.take_button.setDefault(True)
        cancel = button(tr("Cancel"), self.reject)
        note = tr("{n} of {all} lines are not taken.", n=len(rows) - number, all=len(rows))
        layout = column(
            label(title, "page"),
            self.table,
            row(
                label(note if number < len(rows) else "", "small", "text-2"),
                None,
                cancel,
                self.take_button,
            ),
            margins=(6, 5, 6, 5),
            spacing=4,
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)
        height = min(self.table.whole_height() + theme().px(36), theme().px(160))
        self.resize(theme().px(224), max(height, theme().px(80)))

    @staticmethod
    def _table(title: str) -> RowTable:
        columns = [
            Column(
                tr("Pasted"),
                lambda r: r.line.name,
                tone="text-2",
                tip=lambda r: r.line.name,
                sample="Urine albumin/crea",
            ),
            Column(
                tr("Analyte"), lambda r: _analyte(r.line), weight=500, sample="Urine albumin/crea"
            ),
            Column(tr("Value"), lambda r: r.line.value, right=True, sample="> 1 000 000"),
            Column(tr("Unit"), _unit, tone=_unit_tone, sample="mL/min/1.73 m², " + tr("assumed")),
            Column(
                tr("What happens"),
                lambda r: r.words,
                tone=lambda r: "ok" if r.taken else "warn",
                tip=lambda r: r.words,
            ),
        ]
        units = theme().measure("row-dense") / theme().u
        return RowTable(columns, row_units=units, name=title)

    def take(self) -> None:
        """Fill in."""
        self.accept()
        self._take()


def _analyte(line: PastedLine) -> str:
    return text(ANALYTES[line.code].name) if line.code else "–"


def _unit(one: PasteRow) -> str:
    line = one.line
    if not line.unit or line.unit_given:
        return line.unit
    return f"{line.unit}, {tr('assumed')}"


def _unit_tone(one: PasteRow) -> str:
    return "text-2" if one.line.unit_given or not one.line.unit else "warn"
