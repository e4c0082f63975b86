"""The laboratory lens: analytes down, visits across, with H or L, CTCAE digit, range, trend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from lnmonitor.analysis.clinical_grades import PROPOSED, propose_at_visit, raised_by_event
from lnmonitor.analysis.course import Measured, VisitAssessment
from lnmonitor.analysis.laboratory_grades import TERMS, worst_grade
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.pages.monitoring.line_table import paint_dot
from lnmonitor.desktop.pages.patient.grid import FrozenGrid, Index
from lnmonitor.desktop.pages.patient.lens import ExplainedLens
from lnmonitor.desktop.pages.patient.view import (
    PatientView,
    Topic,
    short_visit,
    topics_of_visit,
)
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import iso_date
from lnmonitor.study.analytes import ANALYTES, Analyte
from lnmonitor.study.codelists import decode

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.monitoring.reading import PatientReviews

FROZEN = 3  # analyte, unit, range
_GROUPS = {
    "kidney": "Kidney function",
    "urine": "Urine",
    "immunology": "Immunology",
    "chemistry": "Chemistry",
    "haematology": "Haematology",
}
_PROTEIN, _PROTEIN_RESULTS = "Proteinuria", ("U24P", "UDIP")
_RESULTS = {
    **dict.fromkeys(("U24P", "UPCR", "UACR"), ("kdigo_a", "protein")),
    **dict.fromkeys(("UCREAT", "U24V"), ("urine.collection",)),
    **dict.fromkeys(("C3", "C4", "CH50", "DSDNA", "URBC", "UWBC", "UCASTS"), ("sledai.labs",)),
    **dict.fromkeys(("CYSC", "GFRM"), ("egfr",)),
    "UDIP": ("bilag.renal",),
}
"""What is explained first of an analyte that has no grade of its own."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class LabCell:
    """One result as the grid writes it."""

    measured: Measured
    grade: int | None
    visit_id: str
    decimals: int | None
    codes: str = ""
    """Code list of a result given in words."""
    proposed: int | None = None
    """A higher grade that is only proposed: by an event, or for a term without laboratory grade."""

    @property
    def value(self) -> str:
        """Return the value in the canonical unit with its operator; a missing reason; or words."""
        measured = self.measured
        if measured.missing:
            return measured.missing
        if measured.value is None or self.codes:
            words = decode(self.codes, measured.text, language()) if self.codes else measured.text
            return words or measured.reported
        digits = self.decimals
        number = f"{measured.value:g}" if digits is None else f"{measured.value:.{digits}f}"
        return f"{measured.operator} {number}".strip()

    @property
    def spoken(self) -> str:
        """Return the cell as it is read aloud."""
        parts = [f"{self.value} {self.measured.unit}".strip()]
        parts += {"H": [tr("High")], "L": [tr("Low")]}.get(self.measured.flag, [])
        if self.grade:
            parts.append(tr("CTCAE grade {grade}", grade=self.grade))
        if self.proposed:
            parts.append(tr("proposed grade {grade}", grade=self.proposed))
        return ", ".join(parts)


@dataclass(frozen=True)
class LabRow:
    """One analyte over all visits, or the heading of a group."""

    title: str
    analyte: Analyte | None = None
    cells: tuple[LabCell | None, ...] = ()

    @property
    def reference(self) -> str:
        """Return the range in force at the last result."""
        last = next((c.measured for c in reversed(self.cells) if c is not None), None)
        if last is None:
            return ""
        low, high = last.low, last.high
        if low is not None and high is not None:
            return f"{low:g}–{high:g}"
        if high is not None:
            return f"≤ {high:g}"
        return f"≥ {low:g}" if low is not None else ""


def lab_rows(
    visits: tuple[VisitAssessment, ...], proposed: Mapping[tuple[str, str], int] | None = None
) -> tuple[LabRow, ...]:
    """Return a row for every analyte that has a result or a missing reason, by group.

    `proposed`: grades that are only proposed, by visit id and analyte.
    """
    found: list[LabRow] = []
    for group, heading in _GROUPS.items():
        rows = [
            LabRow(analyte.name.in_(language()), analyte, cells)
            for code, analyte in ANALYTES.items()
            if analyte.group == group
            and any(cells := _cells(visits, code, analyte, proposed or {}))
        ]
        if rows:
            found += [LabRow(tr(heading)), *rows]
    return tuple(found)


def proposed_grades(view: PatientView) -> dict[tuple[str, str], int]:
    """Return the proposed grades of all visits: an event's over the laboratory's, and protein's."""
    found: dict[tuple[str, str], int] = {}
    for visit in view.course.visits:
        for code in visit.labs:
            raised = raised_by_event(view.data, visit, code)
            if raised is not None:
                found[visit.visit_id, code] = raised
        protein = propose_at_visit(view.data, view.course, visit).get(_PROTEIN)
        shown = next((one for one in _PROTEIN_RESULTS if visit.lab(one) is not None), None)
        if protein is not None and protein.grade and shown is not None:
            found[visit.visit_id, shown] = protein.grade
    return found


def _cells(
    visits: tuple[VisitAssessment, ...],
    code: str,
    analyte: Analyte,
    proposed: Mapping[tuple[str, str], int],
) -> tuple[LabCell | None, ...]:
    return tuple(
        LabCell(
            visit.labs[code],
            worst_grade(visit, code),
            visit.visit_id,
            analyte.decimals,
            analyte.codes,
            proposed.get((visit.visit_id, code)),
        )
        if code in visit.labs
        else None
        for visit in visits
    )


def _results_of(cell: LabCell) -> Iterator[str]:
    """Give the keys of the results that rest on an analyte, the nearest first."""
    code = cell.measured.analyte
    exact = [f"ctcae.{term}" for term in TERMS.get(code, ())]
    yield from exact
    if cell.proposed:
        yield PROPOSED + _PROTEIN
    yield from _RESULTS.get(code, ())


class LabModel(QAbstractTableModel):
    """Analyte, unit, range, one column for each visit, and the trend."""

    def __init__(self) -> None:
        super().__init__()
        self.visits: tuple[VisitAssessment, ...] = ()
        self.rows: tuple[LabRow, ...] = ()
        self.fresh: frozenset[str] = frozenset()

    def set_visits(
        self,
        visits: tuple[VisitAssessment, ...],
        proposed: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        """Show the results of other visits."""
        self.beginResetModel()
        self.visits = tuple(visit for visit in visits if visit.labs)
        self.rows = lab_rows(self.visits, proposed)
        self.endResetModel()

    def set_fresh(self, fresh: frozenset[str]) -> None:
        """Take the records that changed since this person looked."""
        if fresh != self.fresh:
            self.fresh = fresh
            self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        return 0 if parent.isValid() else FROZEN + len(self.visits) + 1

    def cell(self, index: Index) -> LabCell | None:
        """Return the result of a cell, None for other columns and where there is none."""
        cells = self.rows[index.row()].cells
        column = index.column() - FROZEN
        return cells[column] if 0 <= column < len(cells) else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._heads()[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if section in {0, 1, self.columnCount() - 1} else _RIGHT
        return None

    def _heads(self) -> list[str]:
        visits = [f"{short_visit(visit.code)}\n{iso_date(visit.date)}" for visit in self.visits]
        return [tr("Analyte"), tr("Unit"), tr("Range"), *visits, tr("Trend")]

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.rows[index.row()].analyte is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, cell = self.rows[index.row()], self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            unit = row.analyte.unit if row.analyte is not None else ""
            frozen = (row.title, unit, row.reference)
            return frozen[index.column()] if index.column() < FROZEN else cell and cell.value
        if role == Qt.ItemDataRole.ToolTipRole and cell is not None:
            return self._origin(cell)
        if role == Qt.ItemDataRole.AccessibleTextRole and cell is not None:
            return f"{row.title}, {cell.spoken}"
        return None

    @staticmethod
    def _origin(cell: LabCell) -> str:
        """Say where the value comes from: as reported, date, laboratory, method."""
        measured = cell.measured
        parts = (measured.reported, iso_date(measured.date), measured.laboratory, measured.method)
        return " · ".join(part for part in parts if part)


class LabDelegate(QStyledItemDelegate):
    """Paints the value, the letter H or L and the CTCAE digit, each in a column of its own."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, LabModel)  # noqa: S101 - for the type checker
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row = model.rows[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, area, row, bool(state & QStyle.StateFlag.State_Selected))
        if index.column() < FROZEN:
            self._words(painter, area, index, row)
        elif index.column() == model.columnCount() - 1:
            self._trend(painter, area, row)
        else:
            cell = model.cell(index)
            if cell is not None:
                self._value(painter, area, cell)
                if cell.measured.record_id in model.fresh:
                    paint_dot(painter, QPointF(area.left() + theme().px(1), area.center().y()))
        painter.restore()

    @staticmethod
    def _ground(painter: QPainter, area: QRect, row: LabRow, selected: bool) -> None:
        look = theme()
        if selected:
            painter.fillRect(area, look.color("bg-selected"))
        line = "line-soft" if row.analyte is not None else "line-strong"
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), look.color(line))

    @staticmethod
    def _words(painter: QPainter, area: QRect, index: Index, row: LabRow) -> None:
        look = theme()
        heading = row.analyte is None
        first = index.column() == 0
        painter.setFont(look.font("small", 600 if heading else 400))
        painter.setPen(look.color("text" if first else "text-muted"))
        inner = area.adjusted(look.px(2), 0, -look.px(2), 0)
        words = str(index.data() or "")
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _RIGHT if index.column() == 2 else _LEFT, shown)

    @staticmethod
    def _value(painter: QPainter, area: QRect, cell: LabCell) -> None:
        look, px = theme(), theme().px
        digit, letter = px(4), px(3)
        right = area.right() - px(1)
        measured = cell.measured
        box = QRectF(right - digit, area.center().y() - px(1.75), px(3.5), px(3.5))
        if cell.proposed:
            outline = box.adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(look.color("text-2"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(outline, 2, 2)
            painter.setFont(look.font("caption", 600))
            painter.setPen(look.color("text-2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(cell.proposed))
        if cell.proposed and cell.grade:
            right -= digit
            box.translate(-digit, 0)
        if cell.grade:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color(f"grade-{cell.grade}"))
            painter.drawRoundedRect(box, 2, 2)
            painter.setFont(look.font("caption", 600))
            painter.setPen(look.color(f"grade-{cell.grade}-on"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(cell.grade))
        if measured.flag:
            painter.setFont(look.font("caption", 600))
            painter.setPen(look.color("warn"))
            spot = QRect(right - digit - letter, area.top(), letter, area.height())
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, measured.flag)
        painter.setFont(look.font("small", 600 if measured.flag else 400))
        painter.setPen(look.color("unknown" if measured.missing else "text"))
        inner = area.adjusted(px(1), 0, right - area.right() - digit - letter - px(0.5), 0)
        words = cell.value
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _RIGHT, shown)

    @staticmethod
    def _trend(painter: QPainter, area: QRect, row: LabRow) -> None:
        look, px = theme(), theme().px
        points = [
            (c.measured.day, c.measured.value)
            for c in row.cells
            if c is not None and c.measured.value is not None and c.measured.day is not None
        ]
        if len(points) < 2:
            return
        field = QRectF(area.adjusted(px(2), px(1.25), -px(3), -px(1.5)))
        days, values = [float(d) for d, _ in points], [v for _, v in points]
        width, height = max(days[-1] - days[0], 1.0), (max(values) - min(values)) or 1.0
        curve = QPolygonF(
            [
                QPointF(
                    field.left() + (day - days[0]) / width * field.width(),
                    field.bottom() - (value - min(values)) / height * field.height(),
                )
                for day, value in zip(days, values, strict=True)
            ]
        )
        painter.setPen(QPen(look.color("series-1"), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("series-1"))
        painter.drawEllipse(curve.last(), 2.4, 2.4)


class LaboratoryLens(ExplainedLens):
    """The grid; Enter opens the visit of a result, W explains what follows from it."""

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self.model = LabModel()
        self.grid = FrozenGrid(self.model, FROZEN, tr("Laboratory results"))
        delegate = LabDelegate(self)
        self.grid.set_delegates(delegate, delegate)
        self.grid.set_widths((px(42), px(21), px(22)), px(26), px(34))
        self.grid.opened.connect(self._open)
        self._empty = label(tr("No laboratory result yet."), "body", "text-2")
        self._empty.setContentsMargins(px(4), px(4), 0, 0)
        self._legend = label(
            tr("A digit is the CTCAE grade of the value; dotted: only proposed. W says why."),
            "small",
            "text-muted",
        )
        self._legend.setContentsMargins(px(4), px(1), 0, px(2))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.grid, 1)
        column.addWidget(self._legend)
        self.set_content(content)
        self.grid.left.selectionModel().currentChanged.connect(self.explain_choice)
        self.setFocusProxy(self.grid)

    def show_view(self, view: PatientView) -> None:
        """Show a patient's results; the last visit is in sight."""
        self._view = view
        self.model.set_visits(view.course.visits, proposed_grades(view))
        self._empty.setVisible(not self.model.rows)
        for part in (self.grid, self._legend):
            part.setVisible(bool(self.model.rows))
        self.grid.select_in(self.model.columnCount() - 2)
        self.explain_choice()

    def toggle_explain(self) -> None:
        """Open or close the explanation; what it is about stays in sight."""
        super().toggle_explain()
        QTimer.singleShot(0, self._show_choice)

    @Slot()
    def _show_choice(self) -> None:
        self.grid.right.scrollTo(self.grid.right.currentIndex())

    def topics_here(self) -> tuple[Sequence[Topic], str]:
        """Offer the results of the visit of the cell, first what rests on its analyte."""
        index = self.grid.right.currentIndex()
        cell = self.model.cell(index) if index.isValid() else None
        if cell is None or self._view is None:
            return (), ""
        found = topics_of_visit(self._view, cell.visit_id)
        keys = {topic.key for topic in found}
        return found, next((k for k in _results_of(cell) if k in keys), "")

    def show_reviews(self, _reviews: PatientReviews, fresh: frozenset[str]) -> None:
        """Put a dot on every result that changed since this person looked."""
        self.model.set_fresh(fresh)

    def review(self, act: str) -> None:
        """F2 opens the history of a result; the rest is done in the binder."""
        cell = self.model.cell(self.grid.right.currentIndex())
        if cell is not None and act == "history":
            self.history_wanted.emit(cell.measured.record_id, "")

    def _open(self, index: QModelIndex) -> None:
        cell = self.model.cell(index)
        if cell is not None:
            self.visit_wanted.emit(cell.visit_id)
