"""A table of visits, taken in by a mapping: SLEDAI items, recorded totals and laboratory results.

One row is one visit. A cell that cannot be read leaves its whole row out, with the reason: half a
row would look complete. Subjects already in the study get further visits; an item that the table
does not have stays missing, never No.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from lnmonitor.analysis import changes
from lnmonitor.clinical import sledai
from lnmonitor.errors import InputError, UserError
from lnmonitor.exchange import values
from lnmonitor.exchange.import_report import ImportReport, SourceCount
from lnmonitor.exchange.limits import shown
from lnmonitor.exchange.readers import read_tables
from lnmonitor.exchange.table import Row, Table
from lnmonitor.exchange.table_mapping import ResultColumn, TableMapping, read_mapping
from lnmonitor.exchange.values import NotStoredError
from lnmonitor.progress import Progress, silent
from lnmonitor.services import patients
from lnmonitor.services.drafts import subject_number
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.records import ImportBatch, NewPatient, RecordDraft, import_records
from lnmonitor.services.session import StudySession
from lnmonitor.study import analytes
from lnmonitor.study.forms.laboratory import LabResult
from lnmonitor.study.forms.sledai import Sledai2K
from lnmonitor.study.forms.subject import Demographics
from lnmonitor.study.forms.visit import Visit
from lnmonitor.study.items import Form

_RISE, _WORSE, _HIGH = 3, 4, 12
"""SLEDAI steps reported: a rise of 3 or more, of 4 or more, and of 3 or more to above 12."""


def import_table(
    session: StudySession,
    source: Path,
    mapping: Path,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Take a table of visits into the study; with `dry_run` only count.

    Raises:
        PermissionDeniedError: the role may not import.
        InputError: the table or the mapping cannot be taken; nothing is stored.
    """
    require(session, Action.IMPORT)
    started = time.monotonic()
    chosen = read_mapping(mapping)
    table = _chosen(read_tables(source, chosen.reading), source, chosen)
    table.require(*chosen.columns)
    name = shown(source.name)
    report = ImportReport(name, dry_run)
    reading = _Reading(session, chosen, SourceCount(name, read=len(table.rows)))
    for row in _in_order(table, chosen):
        reading.take(row)
    if not dry_run:
        import_records(
            session, [reading.batch()], reason=f"table import of {name}", progress=progress
        )
    report.sources.append(reading.count)
    report.patients = len(reading.subjects)
    report.notes = [*reading.notes(), *table.notes]
    if table.untaken:
        left = ", ".join(shown(column) for column in table.untaken)
        report.notes.append(f"Columns that the mapping does not name: {left}.")
    report.seconds = time.monotonic() - started
    return report


def _chosen(tables: tuple[Table, ...], source: Path, mapping: TableMapping) -> Table:
    """Return the table that the mapping means."""
    names = ", ".join(shown(table.name) for table in tables)
    if mapping.table is not None:
        found = [table for table in tables if table.name == mapping.table]
        if len(found) == 1:
            return found[0]
        raise InputError(
            "{file} has no table {table}.",
            "It has {tables}; correct the mapping.",
            file=shown(source.name),
            table=shown(mapping.table),
            tables=names,
        )
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise InputError(
            "{file} is empty.", "Nothing was imported; check the file.", file=shown(source.name)
        )
    raise InputError(
        "{file} holds several tables: {tables}.",
        'Say in the mapping which one: [file] table = "...".',
        file=shown(source.name),
        tables=names,
    )


@dataclass
class _Scores:
    """What the table says of SLEDAI, for the report: totals by subject, totals against items."""

    totals: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)


@dataclass
class _Reading:
    session: StudySession
    mapping: TableMapping
    count: SourceCount
    subjects: dict[str, str] = field(default_factory=dict)
    """Subject -> patient id."""
    new: list[NewPatient] = field(default_factory=list)
    drafts: list[RecordDraft] = field(default_factory=list)
    visits: set[tuple[str, str, str]] = field(default_factory=set)
    """(subject, visit code, date) of this table and of the study."""
    last_day: dict[str, float] = field(default_factory=dict)
    """Subject -> day of the visit read last."""
    scores: _Scores = field(default_factory=_Scores)

    def __post_init__(self) -> None:
        """Note what the study has already, so that no visit is taken twice."""
        self._known = {one.subject_id: one for one in patients.list_patients(self.session)}

    def take(self, row: Row) -> None:
        """Read one row into drafts, or count why not."""
        try:
            subject, forms = self._read(row)
        except NotStoredError as error:
            self.count.refuse(str(error), row.line)
            return
        patient_id = self._patient(subject, row)
        visit_id = self.session.new_id()
        self.drafts += [
            RecordDraft(
                form, patient_id, visit_id=visit_id,
                record_id=visit_id if isinstance(form, Visit) else None,
            )
            for form in forms
        ]  # fmt: skip
        self.count.stored += 1
        self.count.records += len(forms)
        self._note_sex(row)

    def batch(self) -> ImportBatch:
        """Return everything read, in one batch."""
        return ImportBatch(self.new, self.drafts)

    def _read(self, row: Row) -> tuple[str, list[Form]]:
        mapping = self.mapping
        number_ = row.present(mapping.subject)
        if number_ is None:
            raise NotStoredError(f"{mapping.subject} is empty")
        try:
            subject = subject_number(f"{mapping.prefix}{number_}")
        except UserError:
            raise NotStoredError(
                f"{mapping.subject} is no subject number: {shown(number_)}"
            ) from None
        visit, day = self._visit(subject, row)
        items = self._sledai(row)
        results = [self._result(row, column, str(visit.visit_date)) for column in mapping.results]
        key = (subject, str(visit.visit_code), str(visit.visit_date))
        if key in self.visits or self._stored(*key):
            raise NotStoredError("the subject has this visit already")
        self.visits.add(key)
        self._note_scores(subject, day, items)
        forms: list[Form] = [visit]
        if items is not None:
            forms.append(items)
        return subject, [*forms, *(result for result in results if result is not None)]

    def _stored(self, subject: str, code: str, on: str) -> bool:
        if subject not in self._known:
            return False
        data = patients.patient_data(self.session, self._known[subject].patient_id)
        return any((v.form.visit_code, v.form.visit_date) == (code, on) for v in data.of(Visit))

    def _patient(self, subject: str, row: Row) -> str:
        if subject in self.subjects:
            return self.subjects[subject]
        if subject in self._known:
            patient_id = self._known[subject].patient_id
        else:
            patient_id = self.session.new_id()
            self.new.append(NewPatient(patient_id, subject))
            form = Demographics(sex=self._sex(row))
            missing = {"consent_date": "UNK"} | ({} if form.sex else {"sex": "UNK"})
            self.drafts.append(RecordDraft(form, patient_id, missing=missing))
        self.subjects[subject] = patient_id
        return patient_id

    def _sex(self, row: Row) -> str | None:
        column = self.mapping.sex
        return column.codes.get(row.get(column.column)) if column else None

    def _note_sex(self, row: Row) -> None:
        column = self.mapping.sex
        text = row.present(column.column) if column else None
        if column and text is not None and text not in column.codes:
            self.count.left_out[f"{column.column} is neither F nor M: {shown(text)}"] += 1

    def _visit(self, subject: str, row: Row) -> tuple[Visit, float]:
        mapping = self.mapping
        day, reason = self._day(row), None
        if day is None:
            if mapping.visit_order is None:
                raise NotStoredError(f"{mapping.visit_date or mapping.visit_day} is empty")
            day = self.last_day.get(subject, -1) + 1
            reason = "Date unknown: a stand-in after the visit before"
        elif mapping.visit_day is not None:
            reason = f"Dated by {mapping.visit_day}, counted from {mapping.reference_date}"
        self.last_day[subject] = day
        try:
            on = mapping.reference_date + timedelta(days=round(day))
        except OverflowError:
            raise NotStoredError(f"{mapping.visit_day} is no day of the calendar") from None
        code = row.present(mapping.visit_code) if mapping.visit_code else None
        visit = Visit(
            visit_code=code or f"day {day:g}",
            visit_date=on.isoformat(),
            status="DONE",
            reason=reason,
        )
        return visit, day

    def _day(self, row: Row) -> float | None:
        """Return the day after the reference date, None where the row has neither date nor day."""
        mapping = self.mapping
        if mapping.visit_date is not None:
            text = values.day(row, mapping.visit_date)
            if text is None:
                return None
            return float((date.fromisoformat(text) - mapping.reference_date).days)
        return None if mapping.visit_day is None else self._number(row, mapping.visit_day)

    def _number(self, row: Row, column: str) -> float | None:
        return values.number(row, column, decimal_comma=self.mapping.decimal_comma)

    def _sledai(self, row: Row) -> Sledai2K | None:
        mapping = self.mapping
        answers: dict[str, str] = {}
        for column, code in mapping.sledai_items.items():
            text = row.present(column)
            if text is None:
                continue
            if text not in (mapping.sledai_yes, mapping.sledai_no):
                raise NotStoredError(
                    f"{column} is neither {mapping.sledai_yes} nor {mapping.sledai_no}"
                )
            answers[code] = "Y" if text == mapping.sledai_yes else "N"
        total = self._number(row, mapping.sledai_total) if mapping.sledai_total else None
        if total is not None and (total != int(total) or not 0 <= total <= 105):
            raise NotStoredError(f"{mapping.sledai_total} is not a total from 0 to 105")
        if not answers and total is None:
            return None
        return Sledai2K.model_validate(
            {**answers, "recorded_total": None if total is None else int(total)}
        )

    def _result(self, row: Row, column: ResultColumn, on: str) -> LabResult | None:
        operator, value, text = values.split_result(
            row.exact(column.column), decimal_comma=self.mapping.decimal_comma
        )
        if value is None and text is None:
            return None
        if value is None and not analytes.analyte(column.analyte).codes:
            raise NotStoredError(f"{column.column} is not a number: {shown(text)}")
        result = LabResult(
            analyte=column.analyte, collected_on=on, operator=operator, value=value, text=text,
            unit=column.unit,
        )  # fmt: skip
        try:
            return analytes.complete(result, sex=self._sex(row), age=None)
        except UserError as error:
            raise NotStoredError(error.text) from error

    # --- what the report says of the scores ---

    def _note_scores(self, subject: str, day: float, form: Sledai2K | None) -> None:
        if form is None or form.recorded_total is None:
            return
        self.scores.totals.setdefault(subject, []).append((day, form.recorded_total))
        answered = {item.code: form.get(item.code) for item in sledai.ITEMS}
        if any(answered.values()):
            known = {c: None if a is None else a == "Y" for c, a in answered.items()}
            low = sledai.score(known).low
            total = form.recorded_total
            self.scores.compared[
                "equal" if low == total else "lower" if low < total else "higher"
            ] += 1

    def notes(self) -> list[str]:
        """Return sentences on the scores that were read."""
        notes = []
        compared = self.scores.compared
        if compared:
            notes.append(
                f"SLEDAI items against recorded totals at {compared.total()} visits: the sum of the"
                f" items equals the total in {compared['equal']}, is lower in {compared['lower']},"
                f" higher in {compared['higher']}."
            )
        if any(len(points) > 1 for points in self.scores.totals.values()):
            notes.append(self._steps())
        return notes

    def _steps(self) -> str:
        found = changes.steps(self.scores.totals)
        kinds = (
            ("rise of 3 or more", changes.count(found, rise=_RISE)),
            ("rise of 4 or more", changes.count(found, rise=_WORSE)),
            ("rise of 3 or more to above 12", changes.count(found, rise=_RISE, above=_HIGH)),
            ("fall of 4 or more", changes.count(found, fall=_WORSE)),
        )
        told = (f"{name} in {c.steps} ({c.subjects} patients)" for name, c in kinds)
        return f"Recorded SLEDAI, {len(found)} steps from visit to visit: {', '.join(told)}."


def _in_order(table: Table, mapping: TableMapping) -> list[Row]:
    """Return the rows in their order, so that a stand-in date can follow the visit before.

    A row whose order is no number keeps its place at the end of the table.
    """
    column = mapping.visit_order
    if column is None:
        return list(table.rows)

    def key(row: Row) -> float:
        try:
            found = values.number(row, column, decimal_comma=mapping.decimal_comma)
        except NotStoredError:
            found = None
        return math.inf if found is None else found

    return sorted(table.rows, key=key)
