"""The empty case report form, for paper when there is no computer, and annotated for reviewers.

Printed from the one definition of each form, so that it asks what the screen asks. Annotated, each
item has its variable and its place in CDASH and SDTM, "NOT SUBMITTED" where it has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer

from lnmonitor.i18n import Translator, translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.answer_boxes import Drawing, Question, answer, result, writing
from lnmonitor.reports.contents import contents
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.page import Bookmark, Imprint, Mark, build
from lnmonitor.reports.palette import size
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import FORMS, Identity, LabResult, Visit
from lnmonitor.study.items import Form, ItemField, Scope
from lnmonitor.study.protocol import Protocol

_OF_RESULT = ("analyte", "operator", "value", "text", "unit", "range_low", "range_high")
"""Items of a laboratory result that its line has; the other ones are asked once for all."""
_COMPUTED = ("canonical_value", "canonical_unit", "range_source")
_LOGS = (Scope.SUBJECT_LOG, Scope.VISIT_LOG)
_AT_VISIT = (Scope.VISIT, Scope.VISIT_LOG)
_HEAD_WITH_QUESTION = 60.0


@dataclass(frozen=True)
class BlankForms:
    """What the empty forms are printed from."""

    protocol: Protocol
    annotated: bool
    imprint: Imprint


def blank_crf(blank: BlankForms) -> bytes:
    """Return the finished PDF."""
    pages = _Pages(blank)
    return build(pages.parts, blank.imprint, pages.outline)


class _Pages:
    """Makes the parts, and the table of contents on the way."""

    def __init__(self, blank: BlankForms) -> None:
        self._blank = blank
        self._tr: Translator = translator(blank.imprint.language)
        self.outline: list[Bookmark] = []

    def parts(self) -> list[Flowable]:
        """Return everything in order: how to use it, visits, each form on pages of its own."""
        forms = [part for form in FORMS.values() for part in self._form(form)]
        return [*self._front(), *forms]

    def _front(self) -> list[Flowable]:
        tr, protocol = self._tr, self._blank.protocol
        language = self._blank.imprint.language
        rows = [
            (visit.code, visit.name.in_(language), _window(visit.day, visit.before, visit.after),
             ", ".join(visit.forms))
            for visit in protocol.visits
        ]  # fmt: skip
        head = (tr.text("Visit"), "", tr.text("Day"), tr.text("Forms"))
        return [
            flow.title(self._blank.imprint.title, protocol.name.in_(language)),
            *flow.section(tr.text("How to use it")),
            *(flow.text(line) for line in self._instructions()),
            *flow.section(tr.text("Visits of the protocol")),
            flow.table(head, rows, (0.8, 1.6, 1.0, 4.0)),
            *flow.section(tr.text("Contents")),
            *contents(self.outline, above=470),
        ]

    def _instructions(self) -> tuple[str, ...]:
        tr = self._tr
        lines = (
            tr.text("Write the subject's number on each sheet, never the name. Use a pen that"
                    " cannot be erased; strike a mistake once, write the right value beside it,"
                    " date and initials."),
            tr.text("* required. ND not done, UNK unknown, NA not applicable: tick one where there"
                    " is no answer."),
            tr.text("Enter the sheet into the program as soon as it can be used, say there that it"
                    " is a late entry from paper and why, and keep the sheet: it is the source."),
        )  # fmt: skip
        if not self._blank.annotated:
            return lines
        note = tr.text("Annotated: variable of the form, CDASH variable, SDTM target, code list.")
        return (*lines, note)

    # --- a form -----------------------------------------------------------------------------

    def _form(self, form: type[Form]) -> list[Flowable]:
        tr = self._tr
        title = form.title.in_(tr.language)
        version = tr.text("form version {n}", n=form.version)
        self.outline.append(Bookmark(0, f"{title} ({form.code})", form.code))
        facts = f"{form.code} · {version} · {tr.text(form.scope.value)}"
        if self._blank.annotated:
            facts += f" · {form.domain or tr.text('NOT SUBMITTED')}"
        mark = Mark((form.code,), f"{title} ({form.code}), {version}")
        asked = self._results() if form is LabResult else self._questions(form, list(form.items()))
        return [
            PageBreak(),
            *flow.section(title, mark),
            flow.text(facts, points=size("small"), tone="text-2"),
            Spacer(0, 4),
            *self._whose(form),
            *asked,
            *self._signed(),
        ]

    def _whose(self, form: type[Form]) -> list[Flowable]:
        """Return where the sheet says whose it is."""
        tr = self._tr
        labels = [tr.text("Subject number")]
        if form.scope in _AT_VISIT:
            labels.append(tr.text("Visit and its date"))
        if form.scope in _LOGS and form is not Visit:
            labels.append(tr.text("Sheet number"))
        parts: list[Flowable] = [Question(one, writing(), reasons=False) for one in labels]
        if form is Identity:
            words = tr.text("This sheet stays at the site and is copied for nobody.")
            parts.insert(0, flow.message(words, tone="warn"))
        return parts

    def _questions(self, form: type[Form], names: list[str]) -> list[Flowable]:
        fields = form.items()
        parts: list[Flowable] = []
        for group, members in groupby(names, key=lambda name: fields[name].item.group):
            if group:
                head = flow.text(group.in_(self._tr.language), weight=Weight.SEMIBOLD)
                parts += [CondPageBreak(_HEAD_WITH_QUESTION), Spacer(0, 6), head, Spacer(0, 2)]
            parts += [self._question(form, fields[name]) for name in members]
        return parts

    def _question(
        self, form: type[Form], one: ItemField, drawing: Drawing | None = None
    ) -> Question:
        label = form.label(one.name, self._tr.language) + (" *" if one.item.required else "")
        annotated = self._blank.annotated
        made = drawing or answer(one, self._tr, codes=annotated)
        return Question(label, made, [self._note(one)] if annotated else ())

    def _note(self, one: ItemField) -> str:
        """Return variable, CDASH and SDTM names, and the code list."""
        item = one.item
        names = [one.name]
        if item.cdash:
            names.append(f"CDASH {item.cdash}")
        names.append(item.sdtm or self._tr.text("NOT SUBMITTED"))
        if item.codes:
            names.append(f"({item.codes})")
        return " · ".join(names)

    def _results(self) -> list[Flowable]:
        """Return the laboratory's sheet: what is asked once, then a line for each analyte."""
        tr, language, fields = self._tr, self._tr.language, LabResult.items()
        once = [name for name in fields if name not in (*_OF_RESULT, *_COMPUTED)]
        parts = self._questions(LabResult, once)
        head = flow.text(
            tr.text("Result with its sign (<, >) · unit, another one if it is reported so ·"
                    " laboratory's range"),
            weight=Weight.SEMIBOLD,
        )  # fmt: skip
        parts += [CondPageBreak(_HEAD_WITH_QUESTION), Spacer(0, 6), head, Spacer(0, 2)]
        if self._blank.annotated:
            parts += [
                flow.text(self._note(fields[name]), points=size("small"), tone="serious")
                for name in (*_OF_RESULT, *_COMPUTED)
            ]
        for code, analyte in ANALYTES.items():
            note = [f"analyte = {code}"] if self._blank.annotated else ()
            parts.append(Question(analyte.name.in_(language), result(analyte.unit), note))
        return parts

    def _signed(self) -> list[Flowable]:
        tr = self._tr
        filled = (tr.text("Filled in by, name in print"), tr.text("Date"), tr.text("Signature"))
        late = (
            tr.text("Entered late from paper by"), tr.text("Date and time"),
            tr.text("Reason of the late entry"),
        )  # fmt: skip
        return [flow.together(flow.signing_lines(filled), flow.signing_lines(late))]


def _window(day: int | None, before: int, after: int) -> str:
    if day is None:
        return "–"
    if not before and not after:
        return str(day).replace("-", "−")
    return f"{day} (−{before}, +{after})".replace("-", "−")
