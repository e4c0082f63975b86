"""The binder: forms down, visits across, a square with a state letter for each, and what it holds.

Beside the squares stands the form chosen, with its values, ticks, signatures and queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPointF, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QSplitter,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from lnmonitor.analysis.story import VisitMark
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.pages.monitoring.line_table import paint_dot
from lnmonitor.desktop.pages.monitoring.record_pane import RecordPane
from lnmonitor.desktop.pages.monitoring.words import LETTERS
from lnmonitor.desktop.pages.patient.grid import FrozenGrid, Index
from lnmonitor.desktop.pages.patient.lens import Lens
from lnmonitor.desktop.pages.patient.view import PatientView, short_visit
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import count, iso_date
from lnmonitor.services.form_state import FormState, roll_up, unanswered_items
from lnmonitor.study.forms import FORMS, Visit
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.records import Record

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.monitoring.reading import PatientReviews
    from lnmonitor.desktop.pages.patient.place import PatientPlace

FROZEN = 2  # form, and the patient's own records of it
_WHOLE = (Scope.SUBJECT, Scope.SUBJECT_LOG)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RESULT_OF = {
    "SLEDAI": "sledai",
    "BILAG": "bilag.renal",
    "PGA": "lldas",
    "LB": "egfr",
    "EX": "infusion",
    "VS": "proposed.Hypertension",
}
"""What is explained of a visit from the square of a form."""
_LOOKS = {
    FormState.EMPTY: ("bg-panel", "text-muted"),
    FormState.DRAFT: ("warn-soft", "warn"),
    FormState.COMPLETE: ("unknown-soft", "text"),
    FormState.VERIFIED: ("accent-soft", "accent"),
    FormState.SIGNED: ("ok-soft", "ok"),
    FormState.FROZEN: ("ok-soft", "ok"),
    FormState.LOCKED: ("ok-soft", "ok"),
}


@dataclass(frozen=True)
class BinderCell:
    """State of one form at one visit, `number` of its records, and what is open about them."""

    form: type[Form]
    state: FormState
    number: int
    visit: VisitMark | None = None
    record_id: str | None = None
    queries: int = 0
    changed: bool = False

    @property
    def spoken(self) -> str:
        """Return the state in words."""
        words = text(self.state.title)
        parts = [words]
        if self.number > 1:
            parts = [tr("{state}, {n} records", state=words, n=self.number)]
        if self.queries:
            parts.append(count(self.queries, "1 query open", "{n} queries open"))
        if self.changed:
            parts.append(tr("changed since you looked"))
        return ", ".join(parts)


def state_of(records: tuple[Record[Form], ...], reviews: PatientReviews | None = None) -> FormState:
    """Return the state of a form's records together; without reviews only what they hold counts."""
    known = reviews.by_record if reviews is not None else {}
    return roll_up(
        known[one.id].state
        if one.id in known
        else FormState.DRAFT
        if unanswered_items(one)
        else FormState.COMPLETE
        for one in records
    )


class BinderModel(QAbstractTableModel):
    """Forms by visits; forms of the patient as a whole have their square in the second column."""

    def __init__(self) -> None:
        super().__init__()
        self._view: PatientView | None = None
        self._reviews: PatientReviews | None = None
        self._fresh: frozenset[str] = frozenset()
        self.forms: tuple[type[Form], ...] = ()
        self.visits: tuple[VisitMark, ...] = ()

    def set_view(self, view: PatientView) -> None:
        """Show another patient, or the same one after a change."""
        self.beginResetModel()
        if self._view is None or self._view.story.patient_id != view.story.patient_id:
            self._reviews = None
        self._view = view
        whole = [f for f in FORMS.values() if f.scope in _WHOLE and f.code not in {"SV", "ID"}]
        at_visits = [f for f in FORMS.values() if f.scope not in _WHOLE]
        self.forms = (*whole, Visit, *at_visits)
        self.visits = view.story.visits
        self.endResetModel()

    def set_reviews(self, reviews: PatientReviews, fresh: frozenset[str]) -> None:
        """Take what was said about the records; the squares stay where they are."""
        self._reviews, self._fresh = reviews, fresh
        if self.forms:
            last = self.index(len(self.forms) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

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
            if form.scope not in _WHOLE or form is Visit:
                return None
            records = self._view.data.of(form)
            only = records[0].id if len(records) == 1 else None
            return self._cell(form, records, None, only)
        visit = self.visits[index.column() - FROZEN]
        at_visit = self._view.data.at_visit(visit.visit_id, form) if visit.visit_id else ()
        planned = self._view.protocol.visit(visit.code)
        expected = form is Visit or (planned is not None and form.code in planned.forms)
        if (form.scope in _WHOLE and form is not Visit) or not (expected or at_visit):
            return None
        return self._cell(form, at_visit, visit, None)

    def _cell(
        self,
        form: type[Form],
        records: tuple[Record[Form], ...],
        visit: VisitMark | None,
        record_id: str | None,
    ) -> BinderCell:
        known = self._reviews.by_record if self._reviews is not None else {}
        return BinderCell(
            form,
            state_of(records, self._reviews),
            len(records),
            visit,
            record_id,
            queries=sum(known[one.id].open_queries for one in records if one.id in known),
            changed=any(one.id in self._fresh for one in records),
        )

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
            return LETTERS[cell.state]
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
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, LETTERS[cell.state])
        if cell.changed:
            paint_dot(painter, QPointF(box.left() - px(0.25), box.top()))
        painter.setFont(look.font("caption"))
        right = box.right() + px(1)
        if cell.number > 1:
            painter.setPen(look.color("text-muted"))
            words = f"×{cell.number}"
            painter.drawText(QRectF(right, box.top(), px(8), side), _LEFT, words)
            right += painter.fontMetrics().horizontalAdvance(words) + px(1)
        if cell.queries:
            painter.setFont(look.font("caption", 600))
            painter.setPen(look.color("warn"))
            painter.drawText(QRectF(right, box.top(), px(8), side), _LEFT, f"Q{cell.queries}")


class BinderLens(Lens):
    """The squares, and the form chosen; Enter opens the form."""

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self._patient_id = ""
        self._place: PatientPlace | None = None
        self.model = BinderModel()
        self.grid = FrozenGrid(self.model, FROZEN, tr("Visits × forms"), row_units=7.5)
        delegate = BinderDelegate(self)
        self.grid.set_delegates(delegate, delegate)
        self.grid.set_widths((px(62), px(18)), px(24))
        self.grid.left.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grid.opened.connect(self._open)
        self.grid.left.selectionModel().currentChanged.connect(self._chosen)
        self.pane = RecordPane()
        self.pane.setMinimumWidth(px(104))
        legend = label(
            tr(
                "E empty · D draft, a required item is missing · C complete · V verified · "
                "S signed · F frozen · L locked. Q: open queries. Enter opens, W explains results."
            ),
            "small",
            "text-muted",
            wrap=True,
        )
        legend.setContentsMargins(px(4), px(1), 0, px(2))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid, 1)
        column.addWidget(legend)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.pane)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([px(180), px(118)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)
        self.setFocusProxy(self.grid)

    def show_view(self, view: PatientView) -> None:
        """Show a patient's squares; the last visit that has a record is in sight."""
        same = self._patient_id == view.story.patient_id
        here = self.grid.right.currentIndex()
        place = (here.row(), here.column()) if same and here.isValid() else None
        self._patient_id = view.story.patient_id
        if not same:
            self.pane.clear()
        self.model.set_view(view)
        if self._place is not None:
            self._go()
        elif place is not None:
            self.grid.right.setCurrentIndex(self.model.index(*place))
        else:
            done = [n for n, visit in enumerate(self.model.visits) if visit.visit_id]
            self.grid.select_in(FROZEN + done[-1] if done else 1)

    def show_reviews(self, reviews: PatientReviews, fresh: frozenset[str]) -> None:
        """Write the states, open queries and dots into the squares."""
        self.model.set_reviews(reviews, fresh)

    def go_to(self, place: PatientPlace) -> None:
        """Stand on a form's square."""
        self._place = place
        if self._patient_id == place.patient_id:
            self._go()

    def _go(self) -> None:
        place, self._place = self._place, None
        codes = [form.code for form in self.model.forms]
        if place is None or place.form not in codes:
            return
        visits = [visit.visit_id for visit in self.model.visits]
        column = FROZEN + visits.index(place.visit_id) if place.visit_id in visits else 1
        index = self.model.index(codes.index(place.form), column)
        self.grid.right.setCurrentIndex(index)
        self.grid.right.scrollTo(index)

    def why_place(self) -> tuple[str, str]:
        """Return the visit of the square chosen, and what its form is scored as."""
        index = self.grid.right.currentIndex()
        cell = self.model.cell(index) if index.isValid() else None
        if cell is None or cell.visit is None or not cell.visit.visit_id:
            return "", ""
        return cell.visit.visit_id, _RESULT_OF.get(cell.form.code, "")

    def review(self, act: str) -> None:
        """Do an act of review on the form chosen."""
        pane = self.pane
        acts = {
            "verify": pane.verify_line,
            "verify form": pane.verify_form,
            "query": pane.start_query,
            "sign": pane.sign,
            "history": pane.open_history,
        }
        acts[act]()

    @Slot(QModelIndex, QModelIndex)
    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        """Show the form of a square; an empty one holds nothing to show."""
        cell = self.model.cell(index) if index.isValid() else None
        if cell is None or not cell.number:
            self.pane.clear()
            return
        visit = (cell.visit.visit_id or "") if cell.visit is not None else ""
        self.pane.show_form(self._patient_id, cell.form.code, visit)

    def _open(self, index: QModelIndex) -> None:
        cell = self.model.cell(index)
        if cell is None:
            return
        if cell.visit is not None:
            self.visit_wanted.emit(cell.visit.visit_id or cell.visit.code)
        else:
            self.form_wanted.emit(cell.form.code, cell.record_id)
