"""All that is typed for one visit, or one form outside a visit, until it is saved.

A binder outlives the page's visit to it: leaving and coming back shows every value again. It knows
no widget and writes nothing; `drafts` is what a save takes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from lnmonitor.desktop.entry.model import FormEntry, ResultEntry
from lnmonitor.desktop.entry.undo import RowChange, UndoStack
from lnmonitor.desktop.entry.values import Answer, Value
from lnmonitor.study.analytes import ANALYTES, analyte
from lnmonitor.study.checks import Finding, check_form
from lnmonitor.study.dates import exact
from lnmonitor.study.forms import FORMS, LabResult, Sledai2K, Visit, VitalSigns
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.protocol import PlannedVisit, Protocol
from lnmonitor.study.records import PatientData, Record
from lnmonitor.study.schedule import ScheduledVisit, day0, day_number, schedule

if TYPE_CHECKING:
    from lnmonitor.analysis.course import Course
    from lnmonitor.services.journal import DraftView
    from lnmonitor.services.records import RecordDraft

VISIT = Visit.code
INFUSION_SIGNS = "VS.EX"
"""Key of the vital signs during an infusion, apart from the visit's own set."""
LOGS = ("CMG", "CMI", "PR", "AE", "DV", "DS")
ALWAYS = ("CMG", "CMI", "PR", "AE")
"""Logs of the patient that are looked at in every visit."""
NEEDED = frozenset({"item.needed", "item.required"})


@dataclass(frozen=True)
class Loaded:
    """What the page reads before it can show a form."""

    data: PatientData
    protocol: Protocol
    today: date
    may_edit: bool = True
    new_visit_id: str = ""
    """The id that a visit not saved yet will have, so that its forms can refer to it."""
    drafts: tuple[DraftView, ...] = ()
    """What the signed-in person typed for the patient and did not save, in any form."""
    course: Course | None = None
    """The results of what is saved."""


class Binder(QObject):
    """The entries of one visit (`planned` given) or of one form of the patient."""

    changed = Signal()
    """Something was typed, confirmed or restored."""
    rows_changed = Signal(str)
    """Records came into a form or went out of it; carries its key."""

    def __init__(
        self,
        loaded: Loaded,
        planned: PlannedVisit | None,
        visit: Record[Visit] | None = None,
        single: str = "",
    ) -> None:
        super().__init__()
        self.loaded = loaded
        self.planned = planned
        self.single = single
        self.undo = UndoStack(self)
        self.undo.grew.connect(self.changed)
        self.undo.row_wanted.connect(self._move_row)
        self.tried = False
        """Whether a save was tried: only then an empty needed item is a mistake."""
        self.late_reason = ""
        """Why what is new here comes late, once it was asked; one for all records of a save."""
        self._entries: dict[str, list[FormEntry]] = {}
        self.visit = self._visit_entry(visit)
        self._fill()

    # ---- what it holds
    @property
    def data(self) -> PatientData:
        """The patient's saved records."""
        return self.loaded.data

    @property
    def protocol(self) -> Protocol:
        """The protocol in force."""
        return self.loaded.protocol

    @property
    def visit_record(self) -> Record[Visit] | None:
        """The saved visit, None while it is new."""
        return self.visit.record

    @property
    def visit_date(self) -> date | None:
        """The day of the visit as typed, None while there is none."""
        value = self.visit.value("visit_date") if self.planned else None
        return exact(str(value)) if value else None

    @property
    def reference_date(self) -> date:
        """The day that a typed time and a new result belong to."""
        return self.visit_date or self.loaded.today

    def today(self) -> date:
        """Return what "t" means in a date field of a form."""
        return self.reference_date

    @property
    def form_keys(self) -> tuple[str, ...]:
        """Keys of the forms in the order of the list."""
        return tuple(self._entries)

    def entries(self, key: str) -> list[FormEntry]:
        """Return the entries of a form: one, or the rows of a log or of the laboratory."""
        return self._entries[key]

    def all_entries(self) -> Iterable[FormEntry]:
        """Return every entry, the visit first."""
        if self.planned is not None:
            yield self.visit
        for key, entries in self._entries.items():
            if key != VISIT:
                yield from entries

    def progress(self, key: str) -> tuple[int, int]:
        """Return answered and asked items of a form; a log counts its records."""
        entries = self._entries[key]
        if key in LOGS:
            return sum(not entry.blank for entry in entries), 0
        counts = [entry.progress() for entry in entries]
        return sum(done for done, _ in counts), sum(total for _, total in counts)

    # ---- making
    def _visit_entry(self, record: Record[Visit] | None) -> FormEntry:
        fixed: dict[str, Value] = {}
        if self.planned is not None and record is None:
            fixed = {"visit_code": self.planned.code, "status": "DONE"}
        return self._adopt(FormEntry(Visit, record, fixed))

    def _adopt(self, entry: FormEntry) -> FormEntry:
        entry.setParent(self)
        entry.changed.connect(self._tell)
        self.undo.watch(entry)
        return entry

    @Slot(str)
    def _tell(self, _name: str) -> None:
        self.changed.emit()

    def _fill(self) -> None:
        if self.planned is None:
            self._entries[self.single] = []
            self._fill_subject_form(self.single)
            return
        for code in dict.fromkeys((*self.planned.forms, *ALWAYS)):
            if code == VISIT:
                self._entries[code] = [self.visit]
            elif code == LabResult.code:
                self._entries[code] = self._results()
            elif FORMS[code].scope in (Scope.SUBJECT, Scope.SUBJECT_LOG):
                self._fill_subject_form(code)
            else:
                self._entries[code] = [self._at_visit(FORMS[code])]
        if "EX" in self._entries:
            self._entries[INFUSION_SIGNS] = self._infusion_signs()

    def _fill_subject_form(self, code: str) -> None:
        form = FORMS[code]
        records = self.data.of(form)
        made = [self._adopt(FormEntry(form, record)) for record in records]
        if code not in LOGS and not made:
            made = [self._adopt(FormEntry(form))]
        self._entries[code] = made

    def _saved_at_visit(self, form: type[Form]) -> tuple[Record[Form], ...]:
        if self.visit_record is None:
            return ()
        return self.data.at_visit(self.visit_record.id, form)

    def _at_visit(self, form: type[Form]) -> FormEntry:
        saved = self._saved_at_visit(form)
        if form is VitalSigns:
            saved = tuple(r for r in saved if not r.form.get("timepoint"))
        fixed: dict[str, Value] = {}
        if form is Sledai2K and not saved:
            fixed = {"window_days": self.protocol.sledai_window_days}
        return self._adopt(FormEntry(form, saved[-1] if saved else None, fixed))

    def _results(self) -> list[FormEntry]:
        saved = {str(r.form.get("analyte")): r for r in self._saved_at_visit(LabResult)}
        wanted = dict.fromkeys((*(self.planned.analytes if self.planned else ()), *saved))
        codes = [code for code in ANALYTES if code in wanted]
        return [self.result(code, saved.get(code)) for code in codes]

    def result(self, code: str, record: Record[Form] | None = None) -> ResultEntry:
        """Return a new entry for one analyte; the caller adds it to the laboratory's entries."""
        fixed: dict[str, Value] = {}
        if record is None:
            fixed = {"analyte": code, "unit": analyte(code).unit}
        entry = ResultEntry(LabResult, record, fixed)
        entry.draft_key = code
        self._adopt(entry)
        return entry

    def _infusion_signs(self) -> list[FormEntry]:
        saved = {r.form.get("timepoint"): r for r in self._saved_at_visit(VitalSigns)}
        made = []
        for point in self.protocol.timepoints:
            record = saved.get(point.code)
            fixed: dict[str, Value] = {} if record else {"timepoint": point.code}
            entry = self._adopt(FormEntry(VitalSigns, record, fixed))
            entry.draft_key = point.code
            made.append(entry)
        return made

    def add(self, key: str, draft_key: str = "") -> FormEntry:
        """Add an empty record to a log; `draft_key` is that of the draft it comes from, if any."""
        entry = self._adopt(FormEntry(FORMS[key]))
        entry.draft_key = draft_key or uuid.uuid4().hex
        self._append(key, entry)
        return entry

    def add_result(self, code: str) -> FormEntry:
        """Add an analyte that the protocol does not ask for at this visit."""
        entry = self.result(code)
        self._append(LabResult.code, entry)
        return entry

    def _append(self, key: str, entry: FormEntry) -> None:
        change = RowChange(key, entry, len(self._entries[key]), came=True)
        self._entries[key].append(entry)
        self.undo.row_moved(change)
        self.changed.emit()

    def take_out(self, key: str, entry: FormEntry) -> None:
        """Take a record that was never saved out of a log; undo brings it back."""
        if entry.record is None:
            change = RowChange(key, entry, self._entries[key].index(entry), came=False)
            self.undo.row_moved(change)
            self._move_row(change, there=False)
            self.undo.commit()

    @Slot(object, bool)
    def _move_row(self, change: RowChange, there: bool) -> None:
        entries = self._entries[change.key]
        if there:
            entries.insert(change.place, change.entry)
        else:
            entries.remove(change.entry)
        self.rows_changed.emit(change.key)
        self.changed.emit()

    # ---- checks and saving
    def check(self, entry: FormEntry) -> tuple[Finding, ...]:
        """Return what the checks say about one entry as it stands."""
        new_and_blank = entry.record is None and entry.blank and entry is not self.visit
        if entry.unreadable or new_and_blank:
            return ()
        findings = check_form(
            self.prepared(entry),
            data=self.data,
            visit=self.visit_as_typed() if entry is not self.visit else None,
            protocol=self.protocol,
            record_id=entry.record.id if entry.record else None,
            missing=entry.missing,
            today=self.loaded.today,
        )
        if self.tried:
            return tuple(findings)
        return tuple(found for found in findings if found.check_id not in NEEDED)

    def prepared(self, entry: FormEntry) -> Form:
        """Return an entry's form with what follows from its visit filled in."""
        form = entry.form()
        if isinstance(form, LabResult) and not form.collected_on and self.visit_date:
            return form.model_copy(update={"collected_on": self.visit_date.isoformat()})
        return form

    def visit_as_typed(self) -> Record[Visit] | None:
        """Return the visit as it stands, saved or not, for checks against its date."""
        if self.planned is None or self.visit.unreadable:
            return None
        form = self.visit.form()
        assert isinstance(form, Visit)  # noqa: S101 - narrows for the type checker
        record = self.visit_record
        return Record(record.id if record else "", form, self.data.patient_id)

    @property
    def unsaved(self) -> list[FormEntry]:
        """Entries that hold something not saved."""
        return [entry for entry in self.all_entries() if entry.unsaved]

    @property
    def unsaved_values(self) -> int:
        """How many values would be lost."""
        return sum(
            max(1, len(entry.changed_names) + len(entry.unreadable)) for entry in self.unsaved
        )

    @property
    def to_save(self) -> list[FormEntry]:
        """Entries that a save writes; a new visit is written with the first of its forms."""
        entries = [entry for entry in self.unsaved if entry.record is not None or not entry.blank]
        if self.planned is not None and self.visit_record is None and self.visit not in entries:
            entries.insert(0, self.visit)
        return entries if self.unsaved else []

    @property
    def unscored(self) -> bool:
        """Whether the visit has a SLEDAI form without any answer."""
        return any(entry.blank for entry in self._entries.get(Sledai2K.code, ()))

    @property
    def to_show(self) -> list[FormEntry]:
        """Entries that the live results are made from: what is typed, and an empty SLEDAI form
        for which the laboratory makes its proposals.
        """
        entries = self.to_save
        if self.planned is not None and self.visit_record is None and self.visit not in entries:
            entries = [self.visit, *entries]
        blank = [e for e in self._entries.get(Sledai2K.code, ()) if e.blank and e.record is None]
        return [*entries, *blank]

    def drafts(self, entries: Sequence[FormEntry] | None = None) -> list[RecordDraft]:
        """Return what a save writes, the visit first."""
        from lnmonitor.services.records import RecordDraft

        chosen = self.to_save if entries is None else entries
        return [
            RecordDraft(
                form=self.prepared(entry),
                patient_id=self.data.patient_id,
                visit_id=self.visit_id if self.belongs_to_visit(entry) else None,
                record_id=self._record_id(entry),
                row_version=entry.record.row_version if entry.record else 0,
                missing=entry.missing,
                justified=dict(entry.justified),
                reason=entry.reason,
            )
            for entry in chosen
        ]

    @property
    def visit_id(self) -> str | None:
        """The id of the visit, saved or to be; None for a form outside visits."""
        if self.planned is None:
            return None
        return self.visit_record.id if self.visit_record else self.loaded.new_visit_id

    def _record_id(self, entry: FormEntry) -> str | None:
        if entry.record is not None:
            return entry.record.id
        return self.visit_id if entry is self.visit else None

    def take_saved(
        self,
        entries: Mapping[FormEntry, Mapping[str, Answer]],
        records: Sequence[Record[Form]],
        loaded: Loaded,
    ) -> None:
        """Start anew from what was saved; undo ends here.

        `entries` are the saved ones with the answers they had: what was typed since stays.
        """
        self.loaded = loaded
        self.tried = False
        self.late_reason = ""
        for (entry, sent), record in zip(entries.items(), records, strict=False):
            entry.take(record, sent)
        self.undo.clear()

    def belongs_to_visit(self, entry: FormEntry) -> bool:
        """Whether an entry's record hangs on the visit."""
        scopes = (Scope.VISIT, Scope.VISIT_LOG)
        return entry is self.visit or entry.form_type.scope in scopes

    # ---- beside the fields
    @property
    def previous_visit(self) -> Record[Visit] | None:
        """The visit before this one by date, None if there is none."""
        before = (self.visit_date or self.loaded.today).isoformat()
        own = self.visit_record.id if self.visit_record else ""
        earlier = [
            record
            for record in self.data.of(Visit)
            if record.id != own and record.form.visit_date and record.form.visit_date < before
        ]
        return max(earlier, key=lambda r: r.form.visit_date or "", default=None)

    def previous(self, form: type[Form]) -> Record[Form] | None:
        """Return the form's record at the previous visit, None if there is none."""
        visit = self.previous_visit
        found = self.data.at_visit(visit.id, form) if visit else ()
        if form is VitalSigns:
            found = tuple(r for r in found if not r.form.get("timepoint"))
        return found[-1] if found else None

    def earlier_results(self, code: str) -> list[Record[LabResult]]:
        """Return the analyte's results at other visits before this one, oldest first."""
        own = self.visit_record.id if self.visit_record else ""
        before = self.reference_date.isoformat()
        found = [
            r
            for r in self.data.of(LabResult)
            if r.form.analyte == code
            and r.visit_id != own
            and (r.form.collected_on or "") <= before
        ]
        return sorted(found, key=lambda r: r.form.collected_on or "")

    def scheduled(self) -> ScheduledVisit | None:
        """Return where the visit stands on the patient's calendar, None outside the schedule."""
        code = self.planned.code if self.planned else ""
        calendar = schedule(self.protocol, self.data, self.loaded.today)
        return next((one for one in calendar if one.planned.code == code), None)

    def study_day(self) -> int | None:
        """Return the study day of the date typed, None while it is not known."""
        zero = day0(self.data)
        if zero is None or self.visit_date is None:
            return None
        return day_number(zero, self.visit_date)
