"""An explanation as widgets: title, sentence, criteria with their marks, rule and source.

The explain pane, the pane of flags and the popover write it the same way, so that a mark means the
same everywhere: it says whether a criterion holds, not whether that is good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lnmonitor.analysis.explain import Explanation, Line, reason_line
from lnmonitor.analysis.side_by_side import OtherRule
from lnmonitor.clinical.results import Reason, Truth
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label, rule

_MARKS = {
    Truth.YES: ("check", "text"),
    Truth.NO: ("dash", "text-muted"),
    Truth.UNKNOWN: ("question", "warn"),
}


class CriterionRow(QWidget):
    """A criterion: a mark that says whether it holds, what it asks, and its numbers."""

    def __init__(self, line: Line, met: Truth) -> None:
        super().__init__()
        px = theme().px
        row = QHBoxLayout(self)
        row.setContentsMargins(0, px(1), 0, px(1))
        row.setSpacing(px(2))
        mark = QLabel()
        mark.setPixmap(icon(*_MARKS[met]).pixmap(px(3.5)))
        mark.setFixedWidth(px(4))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(px(0.25))
        words.addWidget(label(line.text, "body", "text", wrap=True, selectable=True))
        if line.detail:
            words.addWidget(label(line.detail, "small", "text-2", wrap=True, selectable=True))
        row.addLayout(words, 1)
        self.setAccessibleName(f"{line.text}. {line.detail}")


def add_head(column: QVBoxLayout, title: str) -> None:
    """Add the heading of a section with its hairline."""
    column.addSpacing(theme().px(1))
    column.addWidget(label(title, "small", weight=600))
    column.addWidget(rule())


def add_explanation(column: QVBoxLayout, found: Explanation, *, titled: bool = True) -> None:
    """Add title and sentence, and the criteria as met, not met and missing."""
    if titled:
        column.addWidget(label(found.title, "value", wrap=True, selectable=True))
        column.addWidget(label(found.sentence, "body", "text-2", wrap=True, selectable=True))
    if found.facts:
        add_head(column, tr("Numbers"))
        for fact in found.facts:
            pair = QHBoxLayout()
            pair.setSpacing(theme().px(3))
            pair.addWidget(label(fact.text, "small", "text-2", wrap=True), 2)
            told = label(fact.detail, "small", wrap=True, selectable=True)
            pair.addWidget(told, 3, Qt.AlignmentFlag.AlignTop)
            column.addLayout(pair)
    for title, met, lines in (
        (tr("Met"), Truth.YES, found.met),
        (tr("Not met"), Truth.NO, found.not_met),
        (tr("Missing"), Truth.UNKNOWN, found.missing),
    ):
        if lines:
            add_head(column, title)
            for line in lines:
                column.addWidget(CriterionRow(line, met))


def add_notes(column: QVBoxLayout, title: str, notes: Sequence[Reason]) -> None:
    """Add what a reader must know beside a result, each with its own mark."""
    if notes:
        add_head(column, title)
        for note in notes:
            column.addWidget(CriterionRow(reason_line(note, language()), note.met))


def add_others(column: QVBoxLayout, others: Sequence[OtherRule]) -> None:
    """Add what the other definitions say of the same data."""
    if not others:
        return
    add_head(column, tr("Other rule sets, same data"))
    for other in others:
        row = QHBoxLayout()
        row.addWidget(label(other.name, "small", wrap=True), 1)
        row.addWidget(label(other.says, "small", weight=500))
        column.addLayout(row)
        for line in other.why:
            words = ": ".join(filter(None, (line.text, line.detail)))
            column.addWidget(label(words, "small", "text-2", wrap=True, selectable=True))


def add_source(column: QVBoxLayout, lines: Iterable[str]) -> None:
    """Add the rule with its version, and where it was published."""
    for words in lines:
        if words:
            column.addWidget(label(words, "small", "text-2", wrap=True, selectable=True))
