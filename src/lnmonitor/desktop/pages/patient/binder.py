"""The binder: forms down, visits across, one square with a state letter for each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout

from lnmonitor.analysis.story import VisitMark
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.pages.patient.grid import FrozenGrid, Index
from lnmonitor.desktop.pages.patient.lens import Lens
from lnmonitor.desktop.pages.patient.view import PatientView, short_visit
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import iso_date
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.records import Record

FROZEN = 2  # form, and the patient's own records of it
_WHOLE = (Scope.SUBJECT, Scope.SUBJECT_LOG)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_LOOKS = {"C": ("ok-soft", "ok"), "B": ("warn-soft", "warn"), "E": ("bg-panel", "text-muted")}


@dataclass(frozen=True)
class BinderCell:
    """State of one form at one visit: C complete, B begun, E empty; `number` of its records."""

    form: type[Form]
    state: str
    number: int
    visit: VisitMark | None = None
    record_id: str | None = None

    @property
    def spoken(self) -> str:
        """Return the state in words."""
        words = {"C": tr("complete"), "B": tr("begun"), "E": tr("empty")}[self.state]
        if self.number > 1:
            return tr("{state}, {n} records", state=words, n=self.number)
        return words


def is_complete(record: Record[Form]) -> bool:
    """Return whether every required item has a value or a reason for having none."""
    return all(
        record.form.get(name) is not None or name in record.missing
        for name, field in type(record.form).items().items()
        if field.item.required
    )


def state_of(records: tuple[Record[Form], ...]) -> str:
    """Return the state letter of a form's records."""
    if not records:
        return "E"
    return "C" if all(is_complete(record) for record in records) else "B"


class BinderModel(QAbstractTableModel):
    """Forms by visits; forms of the patient as a whole have their square in the second column."""

    def __init__(self) -> None:
        super().__init__()
        self._view: PatientView | None = None
        self.forms: tuple[type[Form], ...] = ()
        self.visits: tuple[VisitMark, ...] = ()

    def set_view(self, view: PatientView) -> None:
        """Show another patient."""
        self.beginResetModel()
        self._view = view
        whole = [f for f in FORMS.values() if f.scope in _WHOLE and f.code not in {"SV", "ID"}]
        at_visits = [f for f in FORMS.values() if f.scope not in _WHOLE]
        self.forms = (*whole, *at_visits)
        self.visits = view.story.visits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.forms)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        return 0 if parent.isValid() else FROZEN + len(self.visits)

    def cell(self, index: Index) -> BinderCell | None:
        """Return a square, None where the protocol expects no such form."""
        if self._view is None or index.column() == 0:
            return None
        form = self.forms[index.row()]
        if index.column() == 1:
            if form.scope not in _WHOLE:
                return None
            records = self._view.data.of(form)
            only = records[0].id if len(records) == 1 else None
            return BinderCell(form, state_of(records), len(records), None, only)
        visit = self.visits[index.column() - FROZEN]
        at_visit = self._view.data.at_visit(visit.visit_id, form) if visit.visit_id else ()
        planned = self._view.protocol.visit(visit.code)
        expected = planned is not None and form.code in planned.forms
        if form.scope in _WHOLE or not (expected or at_visit):
            return None
        return BinderCell(form, state_of(at_visit), len(at_visit), visit)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section < FROZEN:
            return (tr("Form"), tr("Patient"))[section]
        visit = self.visits[section - FROZEN]
        return f"{short_visit(visit.code)}\n{iso_date(visit.date) or tr(visit.state)}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.cell(index) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        form = self.forms[index.row()]
        if index.column() == 0:
            return text(form.title) if role == Qt.ItemDataRole.DisplayRole else None
        cell = self.cell(index)
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.state
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            where = text(cell.visit.name) if cell.visit is not None else ""
            return ", ".join(p for p in (text(form.title), where, cell.spoken) if p)
        return None


class BinderDelegate(QStyledItemDelegate):
    """Paints the squares; the letter says the state, the colour repeats it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, BinderModel)  # noqa: S101 - for the type checker
        look, px = theme(), theme().px
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(
            QRect(area.left(), area.bottom(), area.width(), 1), look.color("line-soft")
        )
        cell = model.cell(index)
        if index.column() == 0:
            painter.setFont(look.font("body"))
            painter.setPen(look.color("text"))
            painter.drawText(area.adjusted(px(4), 0, 0, 0), _LEFT, str(index.data()))
        elif cell is not None:
            selected = bool(state & QStyle.StateFlag.State_Selected)
            self._square(painter, area, cell, selected=selected)
        painter.restore()

    @staticmethod
    def _square(painter: QPainter, area: QRect, cell: BinderCell, *, selected: bool) -> None:
        look, px = theme(), theme().px
        ground, ink = _LOOKS[cell.state]
        side = px(5)
        box = QRectF(area.left() + px(2), area.center().y() - side / 2 + 1, side, side)
        painter.setPen(look.color("accent" if selected else "line-strong"))
        painter.setBrush(look.color(ground))
        painter.drawRoundedRect(box, 2, 2)
        if selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 3, 3)
        painter.setFont(look.font("small", 600))
        painter.setPen(look.color(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cell.state)
        if cell.number > 1:
            painter.setFont(look.font("caption"))
            painter.setPen(look.color("text-muted"))
            rest = QRectF(box.right() + px(1), box.top(), px(8), side)
            painter.drawText(rest, _LEFT, f"×{cell.number}")


class BinderLens(Lens):
    """The squares; Enter opens the form."""

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self.model = BinderModel()
        self.grid = FrozenGrid(self.model, FROZEN, tr("Visits × forms"), row_units=7.5)
        delegate = BinderDelegate(self)
        self.grid.set_delegates(delegate, delegate)
        self.grid.set_widths((px(62), px(18)), px(24))
        self.grid.left.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grid.opened.connect(self._open)
        legend = label(
            tr("C complete · B begun, a required item is missing · E empty. Enter opens."),
            "small",
            "text-muted",
        )
        legend.setContentsMargins(px(4), px(1), 0, px(2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid, 1)
        column.addWidget(legend)
        self.setFocusProxy(self.grid)

    def show_view(self, view: PatientView) -> None:
        """Show a patient's squares; the last visit that has a record is in sight."""
        self.model.set_view(view)
        done = [n for n, visit in enumerate(self.model.visits) if visit.visit_id]
        self.grid.select_in(FROZEN + done[-1] if done else 1)

    def _open(self, index: QModelIndex) -> None:
        cell = self.model.cell(index)
        if cell is None:
            return
        if cell.visit is not None:
            self.visit_wanted.emit(cell.visit.visit_id or cell.visit.code)
        else:
            self.form_wanted.emit(cell.form.code, cell.record_id)
