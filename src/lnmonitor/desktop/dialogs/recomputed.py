"""What a changed rule changed for whom: shown after a study was opened by a newer program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from lnmonitor.analysis.explain import stored_word
from lnmonitor.analysis.result_names import result_names
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.desktop.words import iso_date
from lnmonitor.language import Text

if TYPE_CHECKING:
    from lnmonitor.services.recompute import (
        PatientChanges,
        RecomputeReport,
        ResultChange,
        RuleChange,
    )
    from lnmonitor.services.session import StudySession

_MOST = 2000
_FLAGS = ("flags_raised", "flags_withdrawn", "flags_changed")
_FLAG_WORDS = {
    "flags_raised": "raised",
    "flags_withdrawn": "withdrawn",
    "flags_changed": "says something else",
}


@dataclass(frozen=True)
class Change:
    """One line: a result of a visit, or a flag, before and now."""

    subject_id: str
    where: str
    old: str
    new: str


@dataclass
class Kind:
    """All changes of one kind of result; `name` as it is read."""

    name: str
    changes: list[Change] = field(default_factory=list)

    @property
    def patients(self) -> int:
        """Of how many patients something changed."""
        return len({one.subject_id for one in self.changes})

    def count(self, *, old: bool, new: bool) -> int:
        """Return how many have (or have not) a value before and now."""
        return sum(bool(one.old) is old and bool(one.new) is new for one in self.changes)


def kinds_of(report: RecomputeReport, titles: Mapping[str, Text]) -> list[Kind]:
    """Return the changes by result, the most changed first, then the flags.

    `titles`: of the flags, by identity.
    """
    found: dict[str, Kind] = {}
    flags: dict[str, Kind] = {}
    for patient in report.patients:
        for result in patient.results:
            kind = found.setdefault(result.key, Kind(_name(result.key)))
            kind.changes.append(_result(patient, result))
        for what in _FLAGS:
            for change in _flags(patient, what, titles):
                title = tr("Flags: {what}", what=tr(_FLAG_WORDS[what]))
                flags.setdefault(what, Kind(title)).changes.append(change)
    ordered = sorted(found.values(), key=lambda kind: -len(kind.changes))
    return [*ordered, *flags.values()]


def _name(key: str) -> str:
    named = result_names({key: None}, "")
    return text(named[key]) if key in named else key


def _result(patient: PatientChanges, result: ResultChange) -> Change:
    where = f"{result.visit_code}, {iso_date(result.visit_date)}"
    old, new = (
        "" if value is None else stored_word(value, language()) or tr("open")
        for value in (result.old, result.new)
    )
    return Change(patient.subject_id, where, old, new)


def _flags(patient: PatientChanges, what: str, titles: Mapping[str, Text]) -> Iterator[Change]:
    for identity in getattr(patient, what):
        title = text(titles[identity]) if identity in titles else identity
        state = tr(_FLAG_WORDS[what])
        gone = what == "flags_withdrawn"
        yield Change(patient.subject_id, title, state if gone else "", "" if gone else state)


class RecomputedDialog(QDialog):
    """Rules that changed; which results changed, of how many patients; and each of them."""

    def __init__(self, parent: QWidget, report: RecomputeReport) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Results computed anew")
        self.setWindowTitle(title)
        self._report = report
        self.rules = label(_rules(report), "small", "text-2", wrap=True, selectable=True)
        self.kinds = RowTable(
            [
                Column(tr("Result"), lambda k: k.name, weight=500),
                Column(tr("Of patients"), lambda k: str(k.patients), sample="100000", right=True),
                Column(
                    tr("New"),
                    lambda k: str(k.count(old=False, new=True)),
                    sample="100000",
                    right=True,
                ),
                Column(
                    tr("Changed"),
                    lambda k: str(k.count(old=True, new=True)),
                    sample="100000",
                    right=True,
                ),
                Column(
                    tr("Gone"),
                    lambda k: str(k.count(old=True, new=False)),
                    sample="100000",
                    right=True,
                ),
            ],
            row_units=theme().measure("row-dense") / theme().u,
            name=tr("Results that changed"),
        )
        self.changes = RowTable(
            [
                Column(tr("Patient"), lambda c: c.subject_id, weight=500, sample="01-0470"),
                Column(tr("Visit or flag"), lambda c: c.where, tip=lambda c: c.where),
                Column(
                    tr("Before"), lambda c: c.old or "–", tone="text-2", sample="not reached 00"
                ),
                Column(tr("Now"), lambda c: c.new or "–", weight=600, sample="not reached 00"),
            ],
            row_units=theme().measure("row-dense") / theme().u,
            name=tr("Each change"),
        )
        self.more = label("", "small", "text-muted", wrap=True)
        self.kinds.chosen.connect(self.show_changes)
        close = button(tr("Close"), self.close, kind="primary")
        close.setDefault(True)
        layout = column(
            label(title, "page"),
            label(_sentence(report), "body", "text-2", wrap=True),
            self.rules,
            self.kinds,
            self.changes,
            self.more,
            row(None, close),
            margins=(6, 5, 6, 5),
            spacing=3,
        )
        layout.setStretch(3, 2)
        layout.setStretch(4, 3)
        self.setLayout(layout)
        self.resize(theme().px(200), theme().px(170))
        ReadOp(self, _titles, self.show_titles).run()

    def show_titles(self, titles: Mapping[str, Text]) -> None:
        """Show the report, flags by their titles."""
        kinds = kinds_of(self._report, titles)
        self.kinds.set_rows(kinds)
        if kinds:
            self.kinds.setCurrentIndex(self.kinds.rows_model.index(0, 0))
            self.show_changes(kinds[0])
        else:
            self.more.setText(tr("No result reads otherwise than before."))

    def show_changes(self, kind: Kind | None) -> None:
        """Show each change of a result."""
        found = kind.changes if kind is not None else []
        self.changes.set_rows(found[:_MOST])
        self.changes.clearSelection()
        rest = len(found) - _MOST
        self.more.setText(
            tr("{n} more; the audit trail has every one, for each patient.", n=rest)
            if rest > 0
            else tr("The audit trail has every change, for each patient.")
        )


def _sentence(report: RecomputeReport) -> str:
    words = "{all} patients computed anew; something changed for {n}."
    return tr(words, all=report.evaluated, n=len(report.patients))


def _rule(one: RuleChange) -> str:
    if one.old and one.new:
        return tr("rule {rule} {old} → {new}", rule=one.rule, old=one.old, new=one.new)
    if one.new:
        return tr("rule {rule} is new", rule=one.rule)
    return tr("rule {rule} is gone", rule=one.rule)


def _rules(report: RecomputeReport) -> str:
    """Name the rules that changed, with both versions."""
    told = [_rule(one) for one in report.rules]
    if report.protocol_changed:
        told.insert(0, tr("the protocol's rules, parameters or visits changed"))
    return "; ".join(told)


def _titles(session: StudySession) -> dict[str, Text]:
    from lnmonitor.services.flags import flags

    return {one.flag.identity: one.flag.title for one in flags(session, include_closed=True)}
