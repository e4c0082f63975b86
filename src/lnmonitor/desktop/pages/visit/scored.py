"""Forms that are answered item by item with one key: SLEDAI-2K and BILAG-2004.

`Shift+0` answers what is still open in a section No, after it has said how many; an item that the
laboratory proposes, or could not decide, is left for the investigator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent

from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.sledai import ITEM_BY_CODE, Proposal
from lnmonitor.clinical.sledai import ITEMS as SLEDAI_ITEMS
from lnmonitor.desktop.entry.answer_strip import AnswerStrip
from lnmonitor.desktop.entry.factory import make_editor
from lnmonitor.desktop.entry.item_row import ItemRow, RowSetup
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.row_paint import Beside, Columns
from lnmonitor.desktop.entry.strips import RestStrip
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.visit.form_view import FormView, Heading, group_title, label_units
from lnmonitor.desktop.pages.visit.generic import item_setup
from lnmonitor.study.forms import Bilag2004, Sledai2K
from lnmonitor.study.forms.sledai import SELENA

_ZERO_KEYS = (Qt.Key.Key_0, Qt.Key.Key_ParenRight, Qt.Key.Key_Equal)
"""What Shift+0 arrives as on English and German keyboards."""


@dataclass
class Section:
    """Rows under one heading, answered together by Shift+0."""

    title: str
    rows: list[ItemRow]
    heading: Heading | None = None


class ScoredView(FormView):
    """Base: sections of answer strips."""

    def build(self) -> None:
        """Set up what the subclass fills."""
        self.sections: list[Section] = []
        self._asked: Section | None = None
        self._strip = RestStrip()
        self._strip.accepted.connect(self.rest_no)

    def add_section(self, title: str, *, heading: Heading | None = None) -> Section:
        """Add a section; its strip stands over its rows."""
        section = Section(title, [], heading)
        self.sections.append(section)
        return section

    def leaves_open(self, row: ItemRow) -> bool:
        """Whether an item is not to be answered together with others."""
        del row
        return False

    def none_answer(self, row: ItemRow) -> Answer | None:
        """Return what "No" is for an item."""
        codes = row.entry.form_type.items()[row.name].item.codes
        return {"NY": Answer("N"), "BILAGSCORE": Answer(0)}.get(codes or "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if shift and event.key() in _ZERO_KEYS:
            self.rest_no()
        elif event.key() == Qt.Key.Key_Escape and not self._strip.isHidden():
            self._stop_asking()
        else:
            super().keyPressEvent(event)

    @Slot()
    def rest_no(self) -> None:
        """Ask, and at the second call answer, the rest of the current section No."""
        row = self.current_row()
        section = next((s for s in self.sections if row in s.rows), self._asked)
        if section is None or not self.binder.loaded.may_edit:
            return
        rest = self._rest(section)
        if self._asked is section:
            self._answer_rest(section, rest)
            return
        self._stop_asking()
        waiting = [r for r in section.rows if self._open(r) and self.leaves_open(r)]
        words = tr("{n} open items become No: Shift+0 again. Esc: not.", n=len(rest))
        if not rest:
            words = tr("Nothing to answer together here.")
        if waiting:
            words += " " + tr("{n} laboratory items stay open.", n=len(waiting))
        self._asked = section if rest else None
        self.column.insertWidget(self.column.indexOf(row or section.rows[0]) + 1, self._strip)
        self._strip.say(words, possible=bool(rest))

    @Slot()
    def _stop_asking(self) -> None:
        self._strip.hide()
        self._asked = None

    @staticmethod
    def _open(row: ItemRow) -> bool:
        return row.entry.answer(row.name).empty and not row.entry.typed(row.name)

    def _rest(self, section: Section) -> list[ItemRow]:
        return [
            row
            for row in section.rows
            if self._open(row) and not self.leaves_open(row) and self.none_answer(row) is not None
        ]

    def _answer_rest(self, section: Section, rest: list[ItemRow]) -> None:
        self._stop_asking()
        self.binder.undo.commit()
        for row in rest:
            answer = self.none_answer(row)
            if answer is not None:
                row.entry.set(row.name, answer)
        if rest:
            remark = f"{len(rest)} items of {section.title} answered No together"
            rest[0].entry.remarks.append(remark)
            self.binder.undo.commit()
            self.judge(rest[0].entry)
        open_rows = [row for row in self.rows if self._open(row)]
        if open_rows:
            open_rows[0].focus_editor()


class SledaiView(ScoredView):
    """The 24 items, with what the laboratory proposes."""

    def build(self) -> None:
        """Add the items in the published order."""
        super().build()
        entry = self.binder.entries(self.key)[0]
        days = self.binder.protocol.sledai_window_days
        self.title_bar(text_of(Sledai2K.title), tr("last {days} days", days=days))
        fields = entry.form_type.items()
        names = [text_of(fields[item.code].item.label) for item in SLEDAI_ITEMS]
        columns = Columns(
            number=4,
            label=label_units(names, most=44),
            mark=label_units([tr("lab")], least=5),
            editor=23,
            unit=0,
            flag=6,
            gap=1.5,
            previous=0,
            trend=0,
            range=0,
        )
        section = self.add_section(text_of(Sledai2K.title))
        for place, item in enumerate(SLEDAI_ITEMS, start=1):
            field = fields[item.code]
            editor = make_editor(field, self.binder.today)
            beside = Beside(
                number=str(place),
                label=text_of(field.item.label),
                mark=tr("lab") if item.lab_derived else "",
                tone="text",
            )
            setup = RowSetup(entry, item.code, editor, columns, self.binder.undo, beside)
            section.rows.append(self.row(setup))
        self.scored = tuple(section.rows)
        if self.binder.protocol.uses_selena:
            self._add_selena(entry)
        self._proposals: Mapping[str, Proposal] = {}
        entry.changed.connect(self._show_weights)
        self._show_weights("")

    def _add_selena(self, entry: FormEntry) -> None:
        """Add what SELENA-SLEDAI and its flare index ask beyond the 24 items."""
        note = tr("not answered stays open")
        section = self.add_section(text_of(SELENA), heading=self.heading(text_of(SELENA), note))
        asked = {n: f for n, f in entry.form_type.items().items() if f.item.group == SELENA}
        width = label_units([text_of(field.item.label) for field in asked.values()], most=100)
        base = Columns(label=width)
        section.rows += [self.row(item_setup(self, entry, name, base)) for name in asked]

    def leaves_open(self, row: ItemRow) -> bool:
        """Laboratory items are left unless the laboratory says No."""
        if row not in self.scored:
            return False
        item = ITEM_BY_CODE[row.name]
        proposal = self._proposals.get(row.name)
        return item.lab_derived and (proposal is None or proposal.present is not Truth.NO)

    def show_proposals(self, proposals: Mapping[str, Proposal]) -> None:
        """Mark what the laboratory values of the visit propose."""
        self._proposals = proposals
        for row in self.scored:
            proposal = proposals.get(row.name)
            answers = {Truth.YES: Answer("Y"), Truth.NO: Answer("N")}
            answer = answers.get(proposal.present) if proposal else None
            if isinstance(row.editor, AnswerStrip):
                row.editor.propose(answer)
        self._show_weights("")

    @Slot(str)
    def _show_weights(self, _name: str) -> None:
        for row in self.scored:
            weight = ITEM_BY_CODE[row.name].weight
            answer = row.entry.answer(row.name)
            counted = answer.value == "Y"
            unknown = answer.value is None
            flag = str(weight) if counted else f"0–{weight}" if unknown else ""
            row.show_beside(flag=flag, strong=counted, tone="text" if counted else "text-muted")


class BilagView(ScoredView):
    """The items of BILAG-2004 by system: 0 absent, 1 improving, 2 same, 3 worse, 4 new."""

    def build(self) -> None:
        """Add the nine systems."""
        super().build()
        entry = self.binder.entries(self.key)[0]
        self.title_bar(
            text_of(Bilag2004.title),
            tr("last 4 weeks: 0 absent, 1 improving, 2 same, 3 worse, 4 new"),
        )
        fields = entry.form_type.items()
        names = [text_of(field.item.label) for field in fields.values()]
        columns = Columns(
            label=label_units(names), editor=40, unit=0, flag=0, previous=10, trend=0, range=0
        )
        previous = self.binder.previous(Bilag2004)
        section: Section | None = None
        for name, field in fields.items():
            title = group_title(field)
            if section is None or section.title != title:
                section = self.add_section(title, heading=self.heading(title))
            editor = make_editor(field, self.binder.today)
            before = previous.form.get(name) if previous else None
            beside = Beside(
                label=text_of(field.item.label), previous="" if before is None else str(before)
            )
            setup = RowSetup(entry, name, editor, columns, self.binder.undo, beside)
            section.rows.append(self.row(setup))
        entry.changed.connect(self._count)
        self._count("")

    def show_letters(self, letters: Mapping[str, str]) -> None:
        """Show each system's grade beside its name; keys are the English names of the systems."""
        self._letters = letters
        self._count("")

    _letters: Mapping[str, str] = {}

    @Slot(str)
    def _count(self, _name: str) -> None:
        for section in self.sections:
            if section.heading is None:
                continue
            field = section.rows[0].entry.form_type.items()[section.rows[0].name]
            system = field.item.group.en.lower() if field.item.group else ""
            done = sum(not self._open(row) for row in section.rows)
            letter = self._letters.get(system, "")
            grade = tr("grade {letter}", letter=letter) if letter else ""
            count = tr("{done} of {total}", done=done, total=len(section.rows))
            section.heading.note.setText("   ".join(filter(None, (count, grade))))
