"""Live results beside the form, so that a surprising score is met with the patient in the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lnmonitor.analysis.source_records import Source
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.response import Response
from lnmonitor.clinical.sledai import ITEM_BY_CODE, SledaiScore
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.score_box import ScoreBox
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.pages.patient.view import short_visit
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.chip import Chip, ChipTone
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.link import LinkButton
from lnmonitor.desktop.widgets.text import button, label, rule, set_property
from lnmonitor.study.forms import Sledai2K

if TYPE_CHECKING:
    from lnmonitor.analysis.course import Course, VisitAssessment
    from lnmonitor.analysis.explain import Explanation
    from lnmonitor.services.visits import LiveScores
    from lnmonitor.study.protocol import Protocol

_CHIPS: dict[Response, tuple[str, ChipTone]] = {
    Response.CR: ("Complete", "cr"),
    Response.PR: ("Partial", "pr"),
    Response.NR: ("No response", "nr"),
    Response.UNKNOWN: ("Unknown", "unknown"),
}
_MARKS = {
    "refuse": ("cross", "serious"),
    "ask": ("warning", "warn"),
    "reason": ("history", "accent"),
    "remark": ("flag", "unknown"),
}

_OTHERS = (
    *("sledai.renal", "sledai.clinical", "selena", "sfi"),
    *("lldas", "doris", "sri4", "bicla", "mcr_pcr", "kdigo_risk", "urine.collection"),
)
"""Results that are said in one line each, in this order; the first BILAG flare follows."""


@dataclass(frozen=True)
class OpenCheck:
    """Something to be settled before or with the save: where it is, and what in words."""

    kind: str
    words: str
    key: str
    entry: FormEntry
    item: str | None


class Block(QWidget):
    """A named part of the column."""

    def __init__(self, name: str) -> None:
        super().__init__()
        px = theme().px
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, px(2.5), 0, px(2.5))
        self.column.setSpacing(px(1))
        self.name = label(name, "small", "text-2", weight=600)
        self.column.addWidget(self.name)
        self.words = label("", "small", "text-2", wrap=True, selectable=True)


class CheckLine(QWidget):
    """One open check; a click goes to its field."""

    chosen = Signal(object)

    def __init__(self, check: OpenCheck) -> None:
        super().__init__()
        self._check = check
        px = theme().px
        line = QHBoxLayout(self)
        line.setContentsMargins(0, px(0.5), 0, px(0.5))
        line.setSpacing(px(1.5))
        mark = QLabel()
        mark.setPixmap(icon(*_MARKS[check.kind]).pixmap(px(3.5)))
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(check.words, tone="accent", wrap=True), 1)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(check.words)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.chosen.emit(self._check)


class ScoreColumn(QWidget):
    """SLEDAI with its range, renal BILAG, eGFR, response, flare, open checks."""

    why_wanted = Signal(str)
    """The reason of a result is wanted: its key, or "" for the first."""
    source_wanted = Signal(object)
    """The field of an item of this visit is wanted: a `Source`."""
    check_chosen = Signal(object)
    """An `OpenCheck` was pressed."""
    shown = Signal()
    """Something else is said now."""

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self.setProperty("ground", "subtle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(4), px(3), px(4), px(3))
        self._column.setSpacing(0)
        self.sledai = ScoreBox("SLEDAI-2K")
        self._why = QVBoxLayout()
        self._why.setSpacing(px(0.5))
        self.counted = label("", "small", "text-2", wrap=True, selectable=True)
        self.note = label("", "small", "text-muted", wrap=True)
        self._reasons: list[QPushButton] = []
        self._column.addWidget(self.sledai)
        self.band = label("", "small", "text-2", wrap=True)
        self._column.addWidget(self.band)
        self._column.addLayout(self._why)
        self._column.addWidget(self.counted)
        self._column.addWidget(self.note)
        self._column.addLayout(row(self._reason("sledai"), None))
        self._add_kidney()
        self._add_response()
        self._add_checks()
        self._column.addStretch(1)

    # ---- making
    def _add_kidney(self) -> None:
        self._line()
        grid = QGridLayout()
        grid.setContentsMargins(0, theme().px(2.5), 0, theme().px(2.5))
        grid.setVerticalSpacing(0)
        self.bilag, self.egfr = label("–", "page"), label("–", "page")
        self.bilag_note = label("", "small", "text-muted", wrap=True)
        self.egfr_note = label("", "small", "text-muted", wrap=True)
        for place, (name, value, note) in enumerate(
            (
                (tr("Renal BILAG"), self.bilag, self.bilag_note),
                (tr("eGFR"), self.egfr, self.egfr_note),
            )
        ):
            grid.addWidget(label(name, "small", "text-2", weight=600), 0, place)
            grid.addWidget(value, 1, place)
            grid.addWidget(note, 2, place, Qt.AlignmentFlag.AlignTop)
            reason = self._reason(("bilag.renal", "egfr")[place])
            grid.addWidget(reason, 3, place, Qt.AlignmentFlag.AlignLeft)
            grid.setColumnStretch(place, 1)
        self._column.addLayout(grid)

    def _add_response(self) -> None:
        self._line()
        block = self._response = Block(tr("Response"))
        line = QHBoxLayout()
        self.response = Chip()
        self.response_before = label("", "small", "text-2")
        line.addWidget(self.response)
        line.addWidget(self.response_before)
        line.addStretch(1)
        block.column.addLayout(line)
        self.response_why = block.words
        self.response_other = label("", "small", "text-muted", wrap=True)
        block.column.addWidget(self.response_why)
        block.column.addWidget(self.response_other)
        block.column.addLayout(row(self._reason("response."), None))
        self._column.addWidget(block)
        self._line()
        flare = Block(tr("Renal flare"))
        self.flare = flare.words
        flare.column.addWidget(self.flare)
        flare.column.addLayout(row(self._reason("flare"), None))
        self._column.addWidget(flare)
        self._line()
        others = Block(tr("Other results"))
        self.others = others.words
        others.column.addWidget(self.others)
        others.column.addLayout(row(self._reason(""), None))
        self._column.addWidget(others)

    def _add_checks(self) -> None:
        self._line()
        block = Block(tr("Checks"))
        self._checks = QVBoxLayout()
        self._checks.setSpacing(0)
        block.column.addLayout(self._checks)
        self.empty = label("", "small", "text-muted", wrap=True)
        block.column.addWidget(self.empty)
        self._column.addWidget(block)
        self.checks: tuple[OpenCheck, ...] = ()

    def _reason(self, key: str) -> QPushButton:
        """Return the button that asks why; it shows once there is a result to ask about."""
        words = tr("Why?") if key else tr("All results, with reasons  Ctrl+E")
        made = button(words, partial(self.why_wanted.emit, key), kind="link", small=True)
        made.setProperty("result", key)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes on in the form
        made.hide()
        self._reasons.append(made)
        return made

    def _show_reasons(self, live: LiveScores | None) -> None:
        outcomes = live.assessment.outcomes if live is not None and live.assessment else {}
        course = live.course if live is not None else None
        flares = (*course.flares, *course.undecided_flares) if course is not None else ()
        for one in self._reasons:
            key = str(one.property("result"))
            known = any(name.startswith(key) for name in outcomes)
            one.setVisible(bool(flares) if key == "flare" else known)

    def _show_others(self, now: VisitAssessment | None) -> None:
        """Say the states and indices of the visit in a word each."""
        from lnmonitor.analysis.explain import explain

        outcomes = now.outcomes if now is not None else {}
        flares = [key for key in outcomes if key.startswith("bilag_flare.")]
        shown = [key for key in (*_OTHERS, *flares[:1]) if key in outcomes]
        said = dict.fromkeys(explain(outcomes[key], language()).title for key in shown)
        say(self.others, "\n".join(said) or tr("None at this visit."))

    def _line(self) -> None:
        self._column.addSpacing(theme().px(1))
        self._column.addWidget(rule())

    # ---- showing
    def show_scores(self, live: LiveScores, protocol: Protocol, *, scored: bool) -> None:
        """Show the results as they would be with what is typed.

        `scored` False: no SLEDAI item is answered, so there is no score, not one of 0 to 105.
        """
        say(self.note, "")
        self._show_sledai(live.assessment if scored else None, live.previous)
        self._show_kidney(live.assessment, live.previous)
        self._show_response(live.assessment, live.previous, protocol)
        self._show_flare(live)
        self._show_others(live.assessment)
        self._show_reasons(live)
        self.shown.emit()

    def say_waiting(self, words: str) -> None:
        """Say why there are no results, under the score."""
        say(self.note, words)
        self.shown.emit()

    def summary(self) -> str:
        """Return the results in one line; why there are none, where there are none."""
        if self.note.text():
            return self.note.text()
        response = self.response.text() if not self.response.isHidden() else ""
        parts = (
            ("SLEDAI", self.sledai.value.text()),
            (tr("Renal BILAG"), self.bilag.text()),
            (tr("eGFR"), self.egfr.text()),
            (tr("Response"), response),
        )
        return "   ".join(f"{name} {value}" for name, value in parts if value)

    def clear(self) -> None:
        """Show no result."""
        self.sledai.clear()
        self._show_missing(None)
        say(self.counted, "")
        for one in (self.bilag, self.egfr):
            one.setText("–")
        for note in (self.bilag_note, self.egfr_note, self.response_why):
            note.clear()
        say(self.response_other, "")
        self.response.hide()
        say(self.response_before, "")
        self.flare.clear()
        say(self.band, "")
        say(self.others, "")
        self._show_reasons(None)
        self.shown.emit()

    def _show_sledai(self, now: VisitAssessment | None, before: VisitAssessment | None) -> None:
        from lnmonitor.analysis.explain import explain

        found = now.sledai() if now else None
        earlier = before.sledai() if before else None
        band = now.outcomes.get("sledai.band") if now else None
        say(self.band, explain(band, language()).title if band is not None else "")
        if found is None:
            self.sledai.clear()
            self._show_missing(None)
            say(self.counted, tr("No SLEDAI item answered."))
            return
        previous = earlier.score if earlier else None
        name = short_visit(before.code) if before else ""
        self.sledai.show_score(found.low, found.high, previous=previous, previous_name=name)
        self._show_missing(found)
        counted = ", ".join(f"{_item(code)} {ITEM_BY_CODE[code].weight}" for code in found.present)
        say(self.counted, tr("Counted: {items}", items=counted) if counted else "")

    def _show_missing(self, found: SledaiScore | None) -> None:
        while self._why.count():
            item = self._why.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if found is None or not found.missing:
            return
        words = tr("A range, because {n} items are not answered:", n=len(found.missing))
        self._why.addWidget(label(words, "small", "text-2", wrap=True))
        shown = found.missing if len(found.missing) <= 4 else found.missing[:3]
        for code in shown:
            self._why.addWidget(self._missing_line(code))
        if len(shown) < len(found.missing):
            rest = tr("and {n} more", n=len(found.missing) - len(shown))
            self._why.addWidget(label(rest, "small", "text-muted"))

    def _missing_line(self, code: str) -> QWidget:
        """Return the line of an item not answered: a link to it, and what it could add."""
        line = QWidget()
        line.setObjectName("message")
        px, name, weight = theme().px, _item(code), ITEM_BY_CODE[code].weight
        inner = QHBoxLayout(line)
        inner.setContentsMargins(px(1.5), 0, px(1.5), 0)
        link = LinkButton(name, "small")
        link.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # as "Why?": Tab goes on in the form
        link.setToolTip(tr("Go to {place}", place=name))
        link.clicked.connect(partial(self._want, Sledai2K.code, code))
        inner.addWidget(link, 1)
        worth = tr("0 or {weight}", weight=weight)
        inner.addWidget(label(worth, "small", "text", weight=600))
        return line

    def _want(self, form: str, item: str, _checked: bool = False) -> None:
        self.source_wanted.emit(Source("", form, item))

    def _show_kidney(self, now: VisitAssessment | None, before: VisitAssessment | None) -> None:
        grade = now.bilag() if now else None
        earlier = before.bilag() if before else None
        self.bilag.setText(grade.grade.value if grade and grade.grade else "–")
        notes = []
        if earlier is not None and earlier.grade is not None:
            notes.append(tr("was {value}", value=earlier.grade.value))
        if grade is not None and grade.grade is not None and grade.provisional:
            notes.append(tr("may rise: input missing"))
        self.bilag_note.setText(" · ".join(notes))
        value = now.egfr() if now else None
        was = before.egfr() if before else None
        self.egfr.setText("–" if value is None else f"{value:.0f}")
        unit = "mL/min/1.73 m²"
        self.egfr_note.setText(
            f"{tr('was {value}', value=f'{was:.0f}')}\n{unit}" if was is not None else unit
        )

    def _show_response(
        self,
        now: VisitAssessment | None,
        before: VisitAssessment | None,
        protocol: Protocol,
    ) -> None:
        from lnmonitor.analysis.explain import explain

        rule_set = protocol.response_rule
        found = now.response(rule_set) if now else None
        self._response.name.setText(tr("Response, {rule}", rule=_rule_name(rule_set)))
        self.response.setVisible(found is not None)
        if now is None or found is None:
            self.response_why.setText(_unjudged(now, rule_set))
            say(self.response_before, "")
            say(self.response_other, "")
            return
        words, tone = _CHIPS[found]
        self.response.set(tr(words), tone)
        was = before.response(rule_set) if before else None
        say(
            self.response_before,
            tr("was {value} at {visit}", value=tr(_CHIPS[was][0]), visit=short_visit(before.code))
            if was is not None and before is not None
            else "",
        )
        outcome = now.outcomes[f"response.{rule_set}"]
        self.response_why.setText(_why(explain(outcome, language())))
        others: dict[str, list[str]] = {}
        for name in protocol.other_response_rules:
            other = now.response(name)
            if other is not None:
                others.setdefault(tr(_CHIPS[other][0]), []).append(_rule_name(name))
        said = [f"{answer}: {', '.join(names)}" for answer, names in others.items()]
        say(self.response_other, "\n".join(said))

    def _show_flare(self, live: LiveScores) -> None:
        words, here = flare_words(live.course, live.assessment)
        self.flare.setText(words)
        set_property(self.flare, "tone", "serious" if here else "text-2")

    def show_checks(self, checks: Sequence[OpenCheck], empty: int) -> None:
        """List what is open; `empty` counts unanswered required items."""
        self.checks = tuple(checks)
        while self._checks.count():
            item = self._checks.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for check in self.checks:
            line = CheckLine(check)
            line.chosen.connect(self.check_chosen)
            self._checks.addWidget(line)
        say(self.empty, tr("{n} items without an answer", n=empty) if empty else "")
        if not checks and not empty:
            say(self.empty, tr("Nothing open."))
        self.shown.emit()


def say(where: QLabel, words: str) -> None:
    """Show words; a label without any takes no room."""
    where.setText(words)
    where.setVisible(bool(words))


def _rule_name(rule_set: str) -> str:
    from lnmonitor.analysis.wording import rule_set_name

    return text(rule_set_name(rule_set))


def _why(explanation: Explanation) -> str:
    """Return what decided a result: first what is not met or missing, else what is met."""
    lines = (*explanation.not_met, *explanation.missing) or explanation.met
    said = [": ".join(filter(None, (line.text, line.detail))) for line in lines[:2]]
    return "\n".join(said) or explanation.sentence


def _unjudged(now: VisitAssessment | None, rule_set: str) -> str:
    """Say why a visit has no response: a refused value, no urine protein asked for, day 0."""
    from lnmonitor.analysis.explain import explain

    outcome = now.outcomes.get(f"response.{rule_set}") if now else None
    if outcome is not None:
        return _why(explain(outcome, language()))
    if now is None or now.day is None or now.day <= 0:
        return tr("Judged after the infusion.")
    return tr("Not judged: this visit asks for no urine protein.")


def flare_words(course: Course, now: VisitAssessment | None) -> tuple[str, bool]:
    """Return what there is to say of a renal flare at a visit, and whether there is one.

    After a remission a value that is not known may hide a flare, and is named.
    """
    from lnmonitor.analysis.explain import explain, item_name

    if now is None or now.day is None or now.day <= 0:
        return tr("Judged after the infusion."), False
    here = [f for f in course.flares if isinstance(f, FlareFinding) and now.day in f.evidence_days]
    if here:
        told = explain(here[-1], language())
        return f"{told.title}. {told.sentence}", True
    refused = [one for one in course.flares if not isinstance(one, FlareFinding)]
    if refused:
        return _why(explain(refused[0], language())), False
    open_here = next((one for one in course.undecided_flares if one.day == now.day), None)
    if open_here is not None:
        items = ", ".join(item_name(name, language()) for name in open_here.missing)
        return tr("Not met by what is known. Not known: {items}.", items=items), False
    return tr("Not met at this visit."), False


def _item(code: str) -> str:
    return Sledai2K.label(code, language())
