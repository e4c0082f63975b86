"""The statistics behind the cohort's tables: paired changes, times to events, groups compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from lnmonitor.analysis.cohort_explain import (
    explain_comparison,
    explain_curve,
    explain_incidence,
    explain_measure,
    explain_response,
    explain_share,
    median_words,
    p_words,
)
from lnmonitor.analysis.survival import incidence_at
from lnmonitor.analysis.wording import signed, unit_name
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.explain_popover import Explained, ExplainPopover
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import label
from lnmonitor.language import Text

if TYPE_CHECKING:
    from lnmonitor.analysis.cohort import CohortTables, MeasureRow
    from lnmonitor.analysis.explain import Explanation
    from lnmonitor.analysis.survival import KaplanMeier
    from lnmonitor.study.protocol import Protocol

_WIDEST_U = 245
SURVIVAL = Text("Survival", "生存")
FLARE_FREE = Text("Without flare since remission", "缓解后无复发")
REMISSION = Text("First remission, death competing", "首次缓解（死亡为竞争）")


@dataclass(frozen=True)
class _Timed:
    """A row of the times: curves have an interval and a median, the incidence has visits."""

    name: Text
    number: str
    share: str
    median: str
    explain: Callable[[], Explanation]
    subjects: tuple[str, ...] = ()


def end_day(protocol: Protocol) -> int:
    """Return the day at which curves are read: the target of the analysis visit."""
    planned = protocol.visit(protocol.analysis_visit)
    return planned.day if planned is not None and planned.day is not None else 365


def all_explained(tables: CohortTables, protocol: Protocol) -> list[Explained]:
    """Return the explanation of every number of the tables, by name."""
    spoken = language()
    told = [explain_measure(one, tables, spoken) for one in tables.measures]
    told += [explain_response(one, tables, spoken) for one in tables.responses]
    told += [explain_share(one, tables, spoken) for one in tables.proportions]
    told += [one.explain() for one in _times(tables, protocol)]
    told += [explain_comparison(one, _name(one.key), tables, spoken) for one in tables.groups]
    return [Explained(one.title, one) for one in told]


class CohortStatistics(QWidget):
    """Three tables; W explains a row, Enter opens its patients."""

    def __init__(self, open_subjects: Callable[[tuple[str, ...]], None]) -> None:
        super().__init__()
        self._open = open_subjects
        self._tables: CohortTables | None = None
        self._body = column(margins=(5, 3, 5, 3), spacing=2)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(box(self._body, "panel"))
        self.setLayout(column(area))
        self.tables: list[RowTable] = []

    def show_tables(self, tables: CohortTables, protocol: Protocol) -> None:
        """Show what was computed."""
        self._tables = tables
        while self._body.count():
            item = self._body.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.deleteLater()
        self.tables = []
        last = tables.visits[-1]
        self._add(
            tr("Change from baseline to {visit}, the same patients", visit=last),
            tr("paired t test and Wilcoxon signed-rank test, two-sided"),
            _change_columns(),
            [one for one in tables.measures if one.change.n],
        )
        self._add(
            tr("Time to event, day {day}", day=end_day(protocol)),
            tr("Kaplan-Meier with Greenwood and log-log band; incidence with a competing event"),
            _time_columns(),
            _times(tables, protocol),
        )
        if tables.groups:
            self._add(
                tr("By source of cells"),
                tr("log-rank test; the groups were not randomised"),
                _group_columns(),
                list(tables.groups),
            )
        else:
            words = tr("All patients had cells of one source: nothing to compare.")
            self._body.addWidget(label(words, "small", "text-muted"))
        self._body.addStretch(1)

    def _add(self, title: str, remark: str, columns: list[Column], rows: Sequence[object]) -> None:
        head = box(row(label(title, "section"), label(remark, "small", "text-muted"), None))
        table = RowTable(columns, row_units=7, name=title)
        table.set_rows(rows)
        table.clearSelection()
        table.setFixedHeight(table.whole_height())
        table.setMaximumWidth(theme().px(_WIDEST_U))  # numbers stay near their names
        table.opened.connect(self._open_row)
        for widget in (head, table):
            self._body.addWidget(widget)
        self._body.addSpacing(theme().px(3))
        self.tables.append(table)

    def _open_row(self, found: object) -> None:
        subjects: tuple[str, ...] = getattr(found, "subjects", ())
        cells = getattr(found, "cells", ())
        self._open(subjects or (cells[-1].subjects if cells else ()))

    def focused(self) -> Explained | None:
        """Return the explanation of the row in focus, None where no table has it."""
        table = next((one for one in self.tables if one.hasFocus()), None)
        found = table.current if table is not None else None
        if found is None or self._tables is None:
            return None
        if isinstance(found, _Timed):
            said = found.explain()
        elif hasattr(found, "change"):
            said = explain_measure(found, self._tables, language())
        else:
            said = explain_comparison(found, _name(found.key), self._tables, language())
        return Explained(said.title, said)


def open_numbers(found: list[Explained], about: str, over: QWidget, first: int = 0) -> None:
    """Open the explanation of numbers over a page."""
    popover = ExplainPopover(about, found, over.window(), first=first)
    corner = over.mapToGlobal(QPoint(0, 0))
    middle = corner + QPoint((over.width() - popover.width()) // 2, theme().px(18))
    popover.open_at(middle)


def _name(key: str) -> Text:
    return {"survival": SURVIVAL, "flare_free": FLARE_FREE}[key]


def _times(tables: CohortTables, protocol: Protocol) -> list[_Timed]:
    day, spoken = end_day(protocol), language()
    found = [
        _Timed(
            name,
            f"{curve.events} / {curve.n}",
            _share(curve, day),
            text(median_words(curve)),
            lambda name=name, curve=curve: explain_curve(name, curve, day, tables, spoken),  # type: ignore[misc]
        )
        for name, curve in ((SURVIVAL, tables.survival), (FLARE_FREE, tables.flare_free))
    ]
    days = [(v.code, v.day or 0) for v in protocol.scheduled if v.code in tables.visits[1:]]
    rows = tables.remission
    shares = ", ".join(f"{code} {100 * incidence_at(rows, at):.1f} %" for code, at in days)
    number = f"{sum(one.n_event for one in rows)} / {len(tables.subjects)}"
    found.append(
        _Timed(
            REMISSION,
            number,
            shares,
            "",
            lambda: explain_incidence(rows, days, tables, spoken),
            tables.proportion("ever_in_remission").subjects,
        )
    )
    return found


def _share(curve: KaplanMeier, day: int) -> str:
    if not curve.n:
        return "–"
    last = next((one for one in reversed(curve.rows) if one.time <= day), None)
    band = ""
    if last is not None and last.low is not None and last.high is not None:
        band = f" ({100 * last.low:.1f}–{100 * last.high:.1f})"
    return f"{100 * curve.at(day):.1f} %{band}"


def _change_columns() -> list[Column]:
    def spread(one: MeasureRow) -> str:
        change = one.change
        if change.mean is None:
            return "–"
        sd = "" if change.sd is None else f" ± {change.sd:.{one.decimals}f}"
        return f"{signed(change.mean, one.decimals)}{sd}"

    def name(one: MeasureRow) -> str:
        return text(one.name) + (f", {text(unit_name(one.unit))}" if one.unit else "")

    return [
        Column("", name, weight=500),
        Column("n", lambda m: str(m.change.n), sample="1000", right=True),
        Column(tr("Change, mean ± SD"), spread, sample="−1000.00 ± 1000.00", right=True),
        Column("p, t", lambda m: p_words(m.change.p_t), sample="< 0.0010", right=True),
        Column(
            "p, Wilcoxon", lambda m: p_words(m.change.p_wilcoxon), sample="p, Wilcoxon", right=True
        ),
    ]


def _time_columns() -> list[Column]:
    return [
        Column("", lambda one: text(one.name), weight=500, sample=text(REMISSION) + "    "),
        Column(
            tr("Events / patients"), lambda one: one.number, sample="1000 / 1000   ", right=True
        ),
        Column(
            tr("Median, days (95 %)"),
            lambda one: one.median,
            sample=tr("not reached") + " (1000–1000)",
            right=True,
        ),
        Column(tr("Share (95 % band)"), lambda one: one.share, right=True),
    ]


def _group_columns() -> list[Column]:
    def group(side: str) -> Callable[[object], str]:
        def words(found: object) -> str:
            one = getattr(found, side)
            return f"{text(one.name)} {one.curve.events} / {one.curve.n}"

        return words

    def test(found: object) -> str:
        made = getattr(found, "test", None)
        if made is None:
            return tr("no event in either group")
        return f"χ² {made.chi_square:.2f}, p {p_words(made.p)}"

    return [
        Column("", lambda one: text(_name(one.key)), weight=500, sample=text(FLARE_FREE) + "    "),
        Column(tr("Events / patients"), group("one"), sample="Umbilical cord 1000 / 1000"),
        Column("", group("other"), sample="Umbilical cord 1000 / 1000"),
        Column("log-rank", test, right=True),
    ]
