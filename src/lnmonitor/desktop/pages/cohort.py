"""The trial's tables and curves beside the published numbers; every number opens its patients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedWidget, QWidget

from lnmonitor.analysis.cohort_explain import explain_measure, explain_share
from lnmonitor.analysis.wording import unit_name
from lnmonitor.desktop.charts.mean_plot import MeanPlot
from lnmonitor.desktop.charts.response_bars import ResponseBars
from lnmonitor.desktop.charts.survival_plot import SurvivalPlot
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.cohort_statistics import (
    CohortStatistics,
    all_explained,
    open_numbers,
)
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.explain_popover import Explained
from lnmonitor.desktop.widgets.key_line import KeyLine
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.widgets.text import label, rule
from lnmonitor.desktop.words import count, iso_date

if TYPE_CHECKING:
    from lnmonitor.analysis.cohort import (
        CohortTables,
        MeanCell,
        MeasureRow,
        Proportion,
        Published,
    )
    from lnmonitor.services.changes import ChangeSet

_PLOTTED = (
    ("sledai", "SLEDAI-2K"),
    ("bilag_renal", "BILAG"),
    ("gfr_measured", "GFR"),
    ("protein", "Protein"),
)
_TABLED = ("sledai", "bilag_renal", "gfr_measured", "protein", "prednisone")
_DECIMALS = 1  # two would not fit the columns and say nothing more
_VISITS_TABLED = 3
_MINUS = "−"


@dataclass(frozen=True)
class _Line:
    """A row of the table: a measure with the cells shown."""

    measure: MeasureRow
    cells: tuple[MeanCell, ...]


class CohortPage(Page):
    """Four areas of equal weight, divided by hairlines."""

    def __init__(self) -> None:
        super().__init__()
        self._tables: CohortTables | None = None
        self._shown_tables: tuple[RowTable, ...] = ()
        self.part = Segmented([("overview", tr("Overview")), ("statistics", tr("Statistics"))])
        self.part.chosen.connect(self._show_part)
        self.head = PageHead(tr("Cohort"), self.part)
        self.statistics = CohortStatistics(self._open_subjects)
        self.command(tr("Why: explain the numbers"), "W", self.why, "review")
        self.bars = ResponseBars()
        self.means = MeanPlot()
        self.choice = Segmented([(key, tr(words)) for key, words in _PLOTTED])
        self.choice.chosen.connect(self._show_mean)
        self.survival = SurvivalPlot(tr("Survival"), tr("infusion"))
        self.flare_free = SurvivalPlot(tr("Flare-free"), tr("first remission"))
        self._tables_area = column(spacing=2)
        for chart in (self.bars, self.means):
            chart.chosen.connect(self._open_subjects)
        self._arrange()

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        quiet = tr("hatched: not seen or unknown")
        self._curves_note = label("", "small", "text-muted")
        curves = row(self.survival, self.flare_free, spacing=6)
        self._tables_box = box(self._tables_area)
        grid.addWidget(self._area(tr("Renal response by visit"), quiet, self.bars), 0, 0)
        grid.addWidget(rule("v"), 0, 1)
        grid.addWidget(self._area(tr("Mean ± SD by visit"), self.choice, self.means), 0, 2)
        grid.addWidget(rule(), 1, 0, 1, 3)
        grid.addWidget(self._area(tr("Time to event"), self._curves_note, curves), 2, 0)
        grid.addWidget(rule("v"), 2, 1)
        grid.addWidget(
            self._area(
                tr("Scores by visit"),
                tr("mean ± SD of patients seen; * secondary source"),
                self._tables_box,
            ),
            2,
            2,
        )
        for line in (0, 2):
            grid.setRowStretch(line, 10 + line)  # the tables below are a little higher
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(2, 3)  # the table needs its columns
        self._areas = box(grid)
        areas = QStackedWidget()
        areas.addWidget(self._areas)
        areas.addWidget(self.statistics)
        areas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._parts = areas
        top = column(self.head, margins=(5, 4, 5, 2))
        keys = [("W", tr("why: how a number was computed")), ("Enter", tr("open its patients"))]
        foot = column(KeyLine(keys), margins=(5, 0.5, 5, 0.5))
        whole = column(top, rule(), areas, rule(), foot)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    @staticmethod
    def _area(title: str, remark: str | QWidget, content: Any) -> QWidget:
        beside = label(remark, "small", "text-muted") if isinstance(remark, str) else remark
        made = column(
            row(label(title, "section"), None, beside), content, margins=(5, 2.5, 4, 1), spacing=1.5
        )
        made.setStretch(1, 1)
        holder = box(made)
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        return holder

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Cohort")

    def activate(self, _argument: object) -> None:
        if self._tables is None:
            self.head.say(tr("Computing the tables…"))
        self._read()

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    def _read(self) -> None:
        from lnmonitor.services.cohort import cohort

        ReadOp(self, cohort, self.show_tables).run()

    def show_tables(self, tables: CohortTables) -> None:
        """Show what was computed."""
        self._tables = tables
        n, left = len(tables.subjects), len(tables.excluded)
        self.head.say(
            count(n, "1 patient", "{n} patients")
            + tr(", {m} not yet in the tables. ", m=left)
            + tr("Cut-off {date}. ", date=iso_date(tables.cutoff))
            + text(tables.rule)
        )
        self.bars.show_rows(tables.responses)
        self.survival.show_curve(tables.survival)
        self.flare_free.show_curve(tables.flare_free)
        note = tr("Kaplan-Meier, 95 % band")
        if self.survival.bottom:
            note += tr("; survival axis from {n} %", n=f"{100 * self.survival.bottom:g}")
        self._curves_note.setText(note)
        self._show_mean()
        self._show_table(tables)
        session = hub().session
        if session is not None:
            self.statistics.show_tables(tables, session.protocol)

    def _show_part(self, key: str) -> None:
        self._parts.setCurrentWidget(self.statistics if key == "statistics" else self._areas)

    def why(self) -> None:
        """Explain the number of the row in focus, else offer every number."""
        session = hub().session
        if self._tables is None or session is None:
            return
        found = all_explained(self._tables, session.protocol)
        chosen = self.statistics.focused() or self._focused()
        names = [one.name for one in found]
        first = names.index(chosen.name) if chosen is not None and chosen.name in names else 0
        open_numbers(
            found, tr("Cohort, cut-off {date}", date=iso_date(self._tables.cutoff)), self, first
        )

    def _focused(self) -> Explained | None:
        """Return the explanation of the row in focus in the tables of the overview."""
        table = next((one for one in self._shown_tables if one.hasFocus()), None)
        found = table.current if table is not None else None
        if found is None or self._tables is None:
            return None
        if isinstance(found, _Line):
            said = explain_measure(found.measure, self._tables, language())
        else:
            said = explain_share(found, self._tables, language())
        return Explained(said.title, said)

    def _show_mean(self, _key: str = "") -> None:
        session = hub().session
        if self._tables is None or session is None:
            return
        days = {visit.code: visit.day or 0 for visit in session.protocol.scheduled}
        self.means.show_row(self._tables.measure(self.choice.key), days)

    # --- tables ----------------------------------------------------------------------------

    def _show_table(self, tables: CohortTables) -> None:
        while self._tables_area.count():
            item = self._tables_area.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.deleteLater()
        visits = self._visits(tables)
        known = {m.key for m in tables.measures}
        measures = [tables.measure(key) for key in _TABLED if key in known]
        lines = [_Line(m, tuple(c for c in m.cells if c.visit in visits)) for m in measures]
        table = RowTable(self._columns(visits, tables), row_units=6, name=tr("Scores by visit"))
        table.opened.connect(self._open_line)
        table.set_rows(lines)
        table.clearSelection()
        table.horizontalHeader().setFixedHeight(theme().px(6))
        table.setFixedHeight(table.whole_height())
        shares = RowTable(self._share_columns(), row_units=6, name=tr("Proportions"))
        shares.opened.connect(self._open_share)
        shares.set_rows(tables.proportions)
        shares.clearSelection()
        shares.horizontalHeader().setFixedHeight(theme().px(6))
        shares.setFixedHeight(shares.whole_height())
        self._shown_tables = (table, shares)
        self._tables_area.addWidget(table)
        self._tables_area.addWidget(shares)
        self._tables_area.addStretch(1)

    @staticmethod
    def _visits(tables: CohortTables) -> tuple[str, ...]:
        session = hub().session
        optional = (
            {v.code for v in session.protocol.visits if v.optional}
            if session is not None
            else set()
        )
        needed = [code for code in tables.visits[1:] if code not in optional]
        return (tables.visits[0], *needed[-_VISITS_TABLED:])

    def _columns(self, visits: tuple[str, ...], tables: CohortTables) -> list[Column]:
        made = [Column("", _measure_name, weight=500, tip=_measure_name)]
        for place, code in enumerate(visits):
            made.append(
                Column(
                    tr("Baseline") if place == 0 else code,
                    partial(_mean_at, place=place),
                    sample="99.9 ± 99.9",
                    right=True,
                )
            )
        made.append(
            Column(tr("Change"), _change, weight=600, sample="−99.9", right=True, tip=_change_tip)
        )
        made.append(
            Column(
                tr("Gu 2014, {visit}", visit=tables.visits[-1]),
                lambda li: published_mean(li.cells[-1].published),
                tone="series-2",
                sample="69.51 ± 27.93*",
                right=True,
            )
        )
        return made

    @staticmethod
    def _share_columns() -> list[Column]:
        return [
            Column("", _share_name, weight=500),
            Column(tr("here"), _share, sample="81 of 81, 100.0 %", right=True),
            Column(
                tr("95 % interval"), _interval, tone="text-2", sample="88.0–100.0 %", right=True
            ),
            Column(
                "Gu 2014",
                lambda p: _published_share(p.published),
                tone="series-2",
                sample="77 of 81, 95.1 %",
                right=True,
            ),
        ]

    # --- opening ---------------------------------------------------------------------------

    @staticmethod
    def _open_line(line: _Line) -> None:
        CohortPage._open_subjects(line.cells[-1].subjects)

    @staticmethod
    def _open_share(share: Proportion) -> None:
        CohortPage._open_subjects(share.subjects)

    @staticmethod
    def _open_subjects(subjects: tuple[str, ...]) -> None:
        if subjects:
            hub().open_page.emit("patients", "id:" + ",".join(subjects))


def _measure_name(line: _Line) -> str:
    unit = text(unit_name(line.measure.unit))
    return text(line.measure.name) + (f", {unit}" if unit else "")


def _mean_at(line: _Line, *, place: int) -> str:
    cell = line.cells[place]
    decimals = min(line.measure.decimals, _DECIMALS)
    if cell.mean is None:
        return "–"
    spread = "" if cell.sd is None else f" ± {cell.sd:.{decimals}f}"
    return f"{cell.mean:.{decimals}f}{spread}"


def _change(line: _Line) -> str:
    change = line.measure.change.mean
    if change is None:
        return "–"
    return f"{change:+.{min(line.measure.decimals, _DECIMALS)}f}".replace("-", _MINUS)


def _change_tip(line: _Line) -> str:
    change = line.measure.change
    parts = [f"n {change.n}"]
    if change.p_t is not None:
        parts.append(tr("paired t p {p}", p=f"{change.p_t:.2g}"))
    if change.p_wilcoxon is not None:
        parts.append(tr("Wilcoxon p {p}", p=f"{change.p_wilcoxon:.2g}"))
    return ", ".join(parts)


def published_mean(found: Published | None) -> str:
    """Return a published mean and SD with the same digits, marked where a note qualifies them."""
    if found is None or found.mean is None:
        return tr("not published")
    numbers = [f"{one:g}" for one in (found.mean, found.sd) if one is not None]
    digits = max(len(number.partition(".")[2]) for number in numbers)
    shown = " ± ".join(f"{float(number):.{digits}f}" for number in numbers)
    return f"{shown}*" if found.note else shown


def _share_name(share: Proportion) -> str:
    name = text(share.name)
    open_ = len(share.undecided)
    return tr("{name}, {n} open", name=name, n=open_) if open_ else name


def _share(share: Proportion) -> str:
    return _count_of(share.count, share.denominator)


def _count_of(part: int, whole: int) -> str:
    if not whole:
        return "–"
    return tr("{n} of {all}", n=part, all=whole) + f", {100 * part / whole:.1f} %"


def _interval(share: Proportion) -> str:
    if share.low is None or share.high is None:
        return "–"
    return f"{100 * share.low:.1f}–{100 * share.high:.1f} %"


def _published_share(found: Published | None) -> str:
    if found is None:
        return tr("not published")
    if found.count is not None and found.denominator is not None:
        return _count_of(found.count, found.denominator)
    return tr("not published") if found.percent is None else f"{found.percent:g} %"
