"""An explanation as widgets: title, sentence, criteria with their marks, rule and source.

The explain pane, the pane of flags and the popover write it the same way, so that a mark means the
same everywhere: it says whether a criterion holds, not whether that is good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lnmonitor.analysis.explain import Explanation, Line, reason_line
from lnmonitor.analysis.side_by_side import OtherRule
from lnmonitor.analysis.source_records import Source
from lnmonitor.analysis.sources import Sources
from lnmonitor.clinical.results import Reason, Truth
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.source_links import spoken, where
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.link import LinkButton
from lnmonitor.desktop.widgets.text import label, rule

_MARKS = {
    Truth.YES: ("check", "text"),
    Truth.NO: ("dash", "text-muted"),
    Truth.UNKNOWN: ("question", "warn"),
}


Go = Callable[[Source], object]
"""Opens the record of a source."""


class CriterionRow(QWidget):
    """A criterion: a mark that says whether it holds, what it asks, and its numbers.

    One with an input missing is a link to where that would be entered.
    """

    def __init__(
        self, line: Line, met: Truth, source: Source | None = None, go: Go | None = None
    ) -> None:
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
        if source is not None and go is not None:
            words.addWidget(_link(line.text, source, go))
        else:
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


def add_explanation(
    column: QVBoxLayout,
    found: Explanation,
    *,
    titled: bool = True,
    sources: Sources | None = None,
    go: Go | None = None,
) -> None:
    """Add title and sentence, and the criteria as met, not met and missing.

    `go` opens where a missing input would be entered, as `sources` knows.
    """
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
                missing = met is Truth.UNKNOWN and sources is not None
                source = sources.of_missing(line.item) if missing and sources else None
                column.addWidget(CriterionRow(line, met, source, go))


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


def add_sources(column: QVBoxLayout, sources: Sources, go: Go) -> None:
    """Add the records behind the numbers; each is a link, with visit and day beside it."""
    if not sources.values:
        return
    add_head(column, tr("Source values"))
    for source in sources.values:
        row = QHBoxLayout()
        row.setSpacing(theme().px(2))
        row.addWidget(_link(source.words, source, go), 1, Qt.AlignmentFlag.AlignTop)
        place = label(where(source), "small", "text-2")
        place.setContentsMargins(0, theme().px(0.5), 0, 0)  # on the line of the larger letters
        row.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
    column.addSpacing(theme().px(2))


def _link(words: str, source: Source, go: Go) -> LinkButton:
    made = LinkButton(words, unbroken=source.value)
    place = tr("Go to {place}", place=spoken(source))
    made.setAccessibleDescription(place)
    made.setToolTip(place)
    made.clicked.connect(partial(_pressed, go, source))
    return made


def _pressed(go: Go, source: Source, _checked: bool = False) -> None:
    go(source)


def add_source(column: QVBoxLayout, lines: Iterable[str]) -> None:
    """Add the rule with its version, and where it was published."""
    for words in lines:
        if words:
            column.addWidget(label(words, "small", "text-2", wrap=True, selectable=True))
