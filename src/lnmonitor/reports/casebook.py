"""The casebook of one patient: every form as it is, what was said about it, and its whole trail.

A complete copy that a person reads without the program (21 CFR 11.10(b)): settings and counts in
front, forms by visit and, by links and bookmarks, by form, then queries, signatures, audit trail.
The person's identity is never in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from reportlab.platypus import Flowable, PageBreak, Spacer

from lnmonitor.analysis.story import Story
from lnmonitor.i18n import Translator, translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.casebook_forms import FormPages, Voided, records_of, voided_of
from lnmonitor.reports.clock_notes import clock_lines
from lnmonitor.reports.contents import contents
from lnmonitor.reports.instants import zone_words
from lnmonitor.reports.page import Bookmark, Imprint, Mark, build
from lnmonitor.reports.palette import size
from lnmonitor.reports.query_pages import Thread, query_table
from lnmonitor.reports.signature_pages import signature_table
from lnmonitor.reports.trail_pages import trail_table, zones
from lnmonitor.reports.wording import form_title, visit_words
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.clock import ClockAnomaly
from lnmonitor.services.form_state import FormState
from lnmonitor.services.queries import OPEN_STATES
from lnmonitor.services.review_states import PatientReview, RecordReview
from lnmonitor.services.signatures import SignatureView
from lnmonitor.study.forms import FORMS, Identity, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

_PATIENT = ""
"""Stands for no visit among the ids of visits."""


@dataclass(frozen=True)
class Casebook:
    """All that a casebook is made of, read at one moment; nothing of the form Identity.

    Attributes:
        entries: the patient's entries of the trail, in order. now: of this workstation's clock.
    """

    data: PatientData
    story: Story
    review: PatientReview
    threads: tuple[Thread, ...]
    signatures: tuple[SignatureView, ...]
    entries: tuple[AuditEntry, ...]
    clock: tuple[ClockAnomaly, ...]
    recipient: str
    now: datetime
    imprint: Imprint

    @cached_property
    def voided(self) -> tuple[Voided, ...]:
        """Voided records, as the trail keeps them."""
        return voided_of(self.entries)

    @cached_property
    def records(self) -> Mapping[str, Record[Form]]:
        """All records by id, the voided ones too."""
        return records_of(self.data, self.voided)

    @cached_property
    def visits(self) -> Mapping[str, str]:
        """The words of each visit by its id, in order of date; the voided ones too."""
        found = [
            (one.form.visit_date or "9999", one.id, visit_words(one.form))
            for one in self.records.values()
            if isinstance(one.form, Visit)
        ]
        return {record_id: words for _, record_id, words in sorted(found)}


def casebook(book: Casebook) -> bytes:
    """Return the finished PDF."""
    pages = _Pages(book)
    return build(pages.parts, book.imprint, pages.outline)


class _Pages:
    """Makes the parts of one casebook and, on the way, its table of contents."""

    def __init__(self, book: Casebook) -> None:
        self._book = book
        self._tr: Translator = translator(book.imprint.language)
        self.outline: list[Bookmark] = []
        self._by_form: dict[str, list[tuple[str, str]]] = defaultdict(list)
        changes: dict[str, list[AuditEntry]] = defaultdict(list)
        for entry in book.entries:
            if entry.action == "amend":
                changes[entry.record_id].append(entry)
        queries = defaultdict(list)
        for one in book.threads:
            queries[one.query.record_id].append((one.number, one.query))
        reviews = {one.record_id: one for one in book.review.all_records()}
        self._forms = FormPages(reviews, changes, queries, book.now.tzinfo, self._tr)
        self._records: dict[tuple[str, str], list[Record[Form]]] = defaultdict(list)
        for record in book.data.records:
            self._records[record.visit_id or _PATIENT, record.form.code].append(record)
        self._gone: dict[tuple[str, str], list[Voided]] = defaultdict(list)
        for void in book.voided:
            self._gone[void.record.visit_id or _PATIENT, void.record.form.code].append(void)

    def parts(self) -> list[Flowable]:
        """Return everything in order; the front needs the table of contents and is made last."""
        body = [*self._patient(), *self._all_visits()]
        self._list_by_form()
        body += [*self._queries(), *self._signatures(), *self._trail()]
        return [*self._front(), PageBreak(), *body]

    # --- front ------------------------------------------------------------------------------

    def _front(self) -> list[Flowable]:
        tr, story, language = self._tr, self._book.story, self._book.imprint.language
        settings = Bookmark(0, tr.text("Settings and summary"), "settings")
        listing = Bookmark(0, tr.text("Contents"), "contents")
        self.outline[:0] = [settings, listing]
        title = f"{story.subject_id}, {story.status.in_(language)}"
        return [
            flow.title(self._book.imprint.title, title),
            Spacer(0, 6),
            flow.facts([(one.label.in_(language), one.value.in_(language)) for one in story.facts]),
            *flow.section(tr.text("Settings"), Mark((settings.key,), settings.title)),
            flow.table((), self._settings(), (1, 4.6), quiet=(0,)),
            *flow.section(tr.text("Legend")),
            *(flow.text(line, points=size("table")) for line in self._legend()),
            *flow.section(tr.text("Forms, reviews and queries")),
            self._counts(),
            PageBreak(),
            *flow.section(listing.title, Mark((listing.key,), listing.title)),
            Spacer(0, 4),
            *contents(self.outline, above=40),
        ]

    def _settings(self) -> list[tuple[str, str]]:
        tr, book = self._tr, self._book
        imprint = book.imprint
        open_queries = sum(one.query.state in OPEN_STATES for one in book.threads)
        return [
            (tr.text("In it"), tr.text(
                "All forms of all visits as they are now ({records} records), corrections, voided"
                " records ({voided}), queries with their threads ({queries}, {open} open),"
                " signatures ({signatures}), the audit trail of the patient ({entries} entries).",
                records=len(book.data.records), voided=len(book.voided),
                queries=len(book.threads), open=open_queries,
                signatures=len(book.signatures), entries=len(book.entries))),
            (tr.text("Left out"), tr.text(
                "The form Identity (name, hospital number, telephone), queries and entries about"
                " it. Computed results: they are in the patient summary.")),
            (tr.text("As of"), f"{imprint.printed_at}, {tr.text('Seal')} {imprint.seal}"),
            (tr.text("For"), book.recipient or tr.text("not named")),
            (tr.text("Instants"), tr.text(
                "On the clock of the workstation that wrote them, with its offset from UTC; this"
                " one's: {zone}.", zone=zone_words(book.now))),
            (tr.text("Clock"), "\n".join(clock_lines(book.clock, book.now.tzinfo, tr))),
        ]  # fmt: skip

    def _legend(self) -> tuple[str, ...]:
        tr = self._tr
        return (
            tr.text("[v2] second version of a value: what changed, who, when and why stand below"
                    " the form and in the audit trail."),
            tr.text("[Q3] query 3 asks about it. [!] unexpected, kept and justified."),
            tr.text("H, L above, below the range in force at the laboratory that day. – nothing"
                    " was entered."),
            tr.text("ND not done, UNK unknown, NA not applicable: the reason why there is no"
                    " value."),
            tr.text("Entered is complete, or draft while a required item lacks an answer; then"
                    " verified, signed, frozen, locked."),
        )  # fmt: skip

    def _counts(self) -> Flowable:
        tr, review = self._tr, self._book.review
        head = (
            tr.text("Visit"), tr.text("Forms entered"), tr.text("Records"),
            tr.text("Records verified"), tr.text("Signed"),
            tr.text("Open queries"), tr.text("Expected, not entered"),
        )  # fmt: skip
        asked = Counter(
            one.query.visit_id for one in self._book.threads if one.query.state in OPEN_STATES
        )
        rows = [
            self._count(tr.text("The patient"), review.records, asked[_PATIENT], review.lacking)
        ]
        by_id = {one.visit_id: one for one in review.visits}
        for visit_id, words in self._book.visits.items():
            if visit_id in by_id:
                one = by_id[visit_id]
                rows.append(self._count(words, one.records, asked[visit_id], one.lacking))
        rows.append(self._count(tr.text("All"), review.all_records(), asked.total(), ()))
        return flow.table(head, rows, (1.6, 0.8, 0.8, 0.8, 0.8, 0.8, 2.6), numbers=range(1, 6))

    def _count(
        self, name: str, records: Sequence[RecordReview], asked: int, lacking: Iterable[str]
    ) -> tuple[str, ...]:
        verified, signed = (
            sum(one.state >= least for one in records)
            for least in (FormState.VERIFIED, FormState.SIGNED)
        )
        return (
            name,
            str(len({one.form for one in records})),
            str(len(records)),
            str(verified),
            str(signed),
            str(asked),
            ", ".join(form_title(code, self._tr.language) for code in lacking),
        )

    # --- forms ------------------------------------------------------------------------------

    def _patient(self) -> list[Flowable]:
        tr = self._tr
        chapter = self._chapter(tr.text("The patient"), "patient")
        keys = (chapter.key, "forms") if self._book.visits else (chapter.key, "forms", "visits")
        parts = flow.section(chapter.title, Mark(keys))
        codes = [code for code in FORMS if code not in (Identity.code, Visit.code)]
        parts += self._of(_PATIENT, chapter.title, codes, level=1)
        return parts + self._lacking(self._book.review.lacking)

    def _all_visits(self) -> list[Flowable]:
        self._chapter(self._tr.text("By visit"), "visits")
        lacking = {one.visit_id: one.lacking for one in self._book.review.visits}
        parts: list[Flowable] = []
        for number, (visit_id, words) in enumerate(self._book.visits.items()):
            key = f"visit:{visit_id}"
            self.outline.append(Bookmark(1, words, key))
            visit = self._tr.text("Visit {visit}", visit=words)
            parts += flow.section(visit, Mark((key,) if number else (key, "visits")))
            parts += self._of(visit_id, words, list(FORMS), level=2)
            parts += self._lacking(lacking.get(visit_id, ()))
        return parts

    def _of(self, visit_id: str, place: str, codes: Iterable[str], level: int) -> list[Flowable]:
        """Return the forms of a visit, or of the patient, that hold something or did."""
        parts: list[Flowable] = []
        for code in codes:
            records = self._records.get((visit_id, code), [])
            voided = self._gone.get((visit_id, code), [])
            if not records and not voided:
                continue
            title = form_title(code, self._tr.language)
            key, other = f"{visit_id}/{code}", f"{code}/{visit_id}"
            self.outline.append(Bookmark(level, title, key))
            first = () if self._by_form[code] else (f"form:{code}",)
            self._by_form[code].append((place, other))
            mark = Mark((key, other, *first), f"{place} · {title}")
            parts += self._forms.parts(FORMS[code], records, voided, mark)
        return parts

    def _lacking(self, codes: Sequence[str]) -> list[Flowable]:
        if not codes:
            return []
        names = ", ".join(form_title(code, self._tr.language) for code in codes)
        words = self._tr.text("Expected, not entered: {forms}.", forms=names)
        return [Spacer(0, 5), flow.text(words, points=size("small"), tone="text-2")]

    def _list_by_form(self) -> None:
        """Put the same places into the table of contents once more, in the order of the forms.

        Each line has a key of its own, which a viewer's bookmarks need.
        """
        self._chapter(self._tr.text("By form"), "forms")
        for code in FORMS:
            places = self._by_form[code]
            if places:
                title = form_title(code, self._tr.language)
                self.outline.append(Bookmark(1, title, f"form:{code}"))
                self.outline += [Bookmark(2, place, key) for place, key in places]

    # --- reviews and trail ------------------------------------------------------------------

    def _queries(self) -> list[Flowable]:
        chapter = self._chapter(self._tr.text("Queries"), "queries")
        head = flow.section(chapter.title, Mark((chapter.key,), chapter.title))
        table = query_table(self._book.threads, self._book.visits, self._tr)
        return flow.headed(head, [table])

    def _signatures(self) -> list[Flowable]:
        chapter = self._chapter(self._tr.text("Signatures"), "signatures")
        head = flow.section(chapter.title, Mark((chapter.key,), chapter.title))
        book = self._book
        table = signature_table(book.signatures, book.visits, book.records, self._tr)
        return flow.headed(head, [table])

    def _trail(self) -> list[Flowable]:
        tr, book = self._tr, self._book
        chapter = self._chapter(tr.text("Audit trail"), "trail")
        parts = flow.section(chapter.title, Mark((chapter.key,), chapter.title))
        groups: dict[tuple[str, str], list[AuditEntry]] = defaultdict(list)
        for entry in book.entries:
            groups[entry.visit_id, entry.form].append(entry)
        order = {visit_id: number for number, visit_id in enumerate((_PATIENT, *book.visits))}
        forms = {code: number for number, code in enumerate(("", *FORMS))}
        last = -1
        for visit_id, code in sorted(groups, key=lambda one: (order.get(one[0], len(order)),
                                                              forms.get(one[1], 0))):  # fmt: skip
            place = book.visits.get(visit_id, tr.text("The patient"))
            title = form_title(code, tr.language) if code else tr.text("as a whole")
            key = f"trail/{visit_id}/{code}"
            number = order.get(visit_id, len(order))
            if number != last:
                self.outline.append(Bookmark(1, place, key))
            last = number
            where = f"{place} · {title}"
            mark = Mark((key,), f"{chapter.title} · {where}")
            entries = groups[visit_id, code]
            one = len(entries) == 1
            count = tr.text("1 entry") if one else tr.text("{n} entries", n=len(entries))
            head = flow.subsection(where, f"{count} · {zones(entries)}", mark)
            parts += flow.headed(head, [trail_table(entries, book.records, tr)])
        return parts

    def _chapter(self, title: str, key: str) -> Bookmark:
        self.outline.append(Bookmark(0, title, key))
        return self.outline[-1]
