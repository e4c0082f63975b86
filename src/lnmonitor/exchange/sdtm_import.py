"""A whole trial in SDTM form, taken in: every row is stored, or counted with the reason why not.

The source is a folder or a zip archive of files, each with one domain: CSV named after it
(`dm.csv`, `lb.csv.gz`), XPT, Dataset-JSON; or one file that holds all domains: ODM whose item
groups are domains, XPT, a workbook of them. All of it is stored in one transaction, or none of it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lnmonitor.errors import InputError
from lnmonitor.exchange import sdtm_domains as domains
from lnmonitor.exchange.import_report import ImportReport, SourceCount
from lnmonitor.exchange.limits import shown
from lnmonitor.exchange.readers import KINDS, Reading, ending, opened_members, read_tables
from lnmonitor.exchange.sdtm_domains import Incoming, Person
from lnmonitor.exchange.table import Row, Table, together
from lnmonitor.exchange.values import NotStoredError
from lnmonitor.progress import Progress, silent
from lnmonitor.services import patients
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.records import ImportBatch, NewPatient, RecordDraft, import_records
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms.subject import Demographics

_TAKEN = {
    "dm": ("USUBJID", "SITEID", "AGE", "SEX"),
    "sv": ("USUBJID", "VISITNUM", "VISIT", "SVSTDTC"),
    "lb": ("USUBJID", "LBTESTCD", "LBORRES", "LBORRESU", "VISITNUM", "LBDTC"),
    "vs": ("USUBJID", "VSTESTCD", "VSSTRESN", "VSSTRESU", "VISITNUM", "VSDTC"),
    "ae": ("USUBJID", "AETERM", "AESTDTC", "AESER"),
    "ex": ("USUBJID", "EXTRT", "EXDOSE", "EXSTDTC"),
    "pr": ("USUBJID", "PRTRT", "PRSTDTC"),
    "ds": ("USUBJID", "DSDECOD", "DSCAT", "DSSTDTC"),
}
"""Domains with a place in the study, and the columns each needs."""


def import_sdtm(
    session: StudySession,
    source: Path,
    *,
    reading: Reading | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Take SDTM domains into the study; with `dry_run` only count.

    Raises:
        PermissionDeniedError: the role may not import.
        InputError: no source, no DM, a broken file, a subject already there: nothing is stored.
    """
    require(session, Action.IMPORT)
    started = time.monotonic()
    report = ImportReport(str(source), dry_run)
    tables = _read(source, reading or Reading(), report, progress)
    taking = _Taking(session, tables, report)
    batches = taking.batches()
    if not dry_run:
        reason = f"SDTM import of {shown(source.name)}"
        import_records(session, batches, reason=reason, progress=progress)
    report.patients = len(taking.subjects)
    report.notes += [
        f"{name.upper()}: columns without a place here: {', '.join(map(shown, table.untaken))}."
        for name, table in sorted(tables.items())
        if name in _TAKEN and table.untaken
    ]
    report.seconds = time.monotonic() - started
    return report


def _read(
    source: Path, reading: Reading, report: ImportReport, progress: Progress
) -> dict[str, Table]:
    """Return the table of each domain; note what else there is."""
    tables: dict[str, Table] = {}
    others: list[str] = []

    def read() -> Iterator[Table]:
        for number, (name, found) in enumerate(_files(source, reading), start=1):
            if ending(name) is None:
                others.append(shown(name))
            yield from found
            progress(number, 0, "files read")

    for table in together(read(), source, reading.limits):
        domain = table.name.lower()
        if domain in tables:
            raise InputError(
                "The domain {domain} stands twice, in {file} and in {other}.",
                "Leave one of them; nothing was imported.",
                domain=shown(table.name),
                file=shown(table.path.name),
                other=shown(tables[domain].path.name),
            )
        table.require(*_TAKEN.get(domain, ()))
        tables[domain] = table
        report.notes += table.notes
    if "dm" not in tables:
        raise InputError(
            "{path} holds no domain DM, the list of subjects.",
            "Name the folder of the SDTM files, a zip of them or an ODM file; kinds: {kinds}.",
            path=shown(source),
            kinds=KINDS,
        )
    if others:
        report.notes.append(f"Not read, as another kind of file: {', '.join(others)}.")
    for domain in sorted(set(tables) - set(_TAKEN)):
        count = SourceCount(shown(domain.upper()), read=len(tables[domain].rows))
        count.not_stored["this domain has no form in the study"] = count.read
        report.sources.append(count)
    return tables


def _files(source: Path, reading: Reading) -> Iterator[tuple[str, tuple[Table, ...]]]:
    """Give each file of a source with its tables; none for a file of another kind."""
    if not source.exists():
        raise InputError(
            "There is no folder {path}.",
            "Name a folder with SDTM files, a zip of them or an ODM file.",
            path=shown(source),
        )
    if source.is_dir():
        for path in sorted(source.iterdir()):
            yield path.name, read_tables(path, reading) if ending(path.name) else ()
    elif source.suffix.lower() == ".zip":
        with opened_members(source, reading) as members:
            yield from members
    else:
        yield source.name, read_tables(source, reading)


class _Taking:
    """Turns the tables into drafts, counting as it goes."""

    def __init__(
        self, session: StudySession, tables: dict[str, Table], report: ImportReport
    ) -> None:
        self.session, self.tables, self.report = session, tables, report
        self.subjects: dict[str, NewPatient] = {}
        self.people: dict[str, Person] = {}
        self.visit_ids: dict[tuple[str, str], str] = {}
        self.drafts: dict[str, list[RecordDraft]] = defaultdict(list)

    def batches(self) -> list[ImportBatch]:
        """Return one batch a patient."""
        self._subjects()
        self._simple("sv", domains.visit)
        self._visits_of_results("lb", "LBDTC")
        self._visits_of_results("vs", "VSDTC")
        self._simple("lb", lambda row: domains.laboratory(row, self.people[row["USUBJID"]]))
        self._vital_signs()
        self._simple("ae", domains.adverse_event)
        self._simple("ex", domains.exposure)
        self._simple("pr", domains.kidney_replacement)
        self._simple("ds", domains.disposition)
        self.report.sources.sort(key=lambda count: count.name)
        return [
            ImportBatch([patient], self.drafts[subject])
            for subject, patient in self.subjects.items()
        ]

    def _subjects(self) -> None:
        taken = {one.subject_id for one in patients.list_patients(self.session)}
        count = self._count("dm")
        for row in self.tables["dm"].rows:
            with _Counting(count, row):
                subject = domains.subject(row)
                if subject in taken or subject in self.subjects:
                    raise _there_already(subject)
                incoming = domains.demographics(row)
                site = domains.site(row)
                self.subjects[subject] = NewPatient(self.session.new_id(), subject, site)
                form = incoming.form
                if isinstance(form, Demographics):
                    self.people[subject] = Person(form.sex, form.age_at_consent)
                self._keep(incoming, count)

    def _simple(self, domain: str, build: Callable[[Row], Incoming]) -> None:
        """Store a domain in which each row is one record."""
        count = self._count(domain)
        for row in self._known(domain, count):
            with _Counting(count, row):
                self._keep(build(row), count)

    def _vital_signs(self) -> None:
        count = self._count("vs")
        sets: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in self._known("vs", count):
            with _Counting(count, row):
                domains.check_vital_sign(row)
                names = ("USUBJID", "VISITNUM", "VSDTC", "VSTPT", "VSPOS")
                sets[tuple(row.get(name) for name in names)].append(row)
        for rows in sets.values():
            for incoming in domains.vital_signs(rows):
                self._keep(incoming, count)

    def _visits_of_results(self, domain: str, date_column: str) -> None:
        """Make the visits that results name but SV does not list; they get a note."""
        made = SourceCount(f"{domain.upper()} visits")
        for row in self.tables[domain].rows if domain in self.tables else ():
            with _Counting(made, row):
                key = domains.visit_key(row)
                subject = row["USUBJID"]
                known = key is None or (subject, key) in self.visit_ids
                if not known and subject in self.subjects and row.present(date_column):
                    self._keep(domains.visit_of_result(row, date_column), made)
        if made.records:
            self.report.notes.append(
                f"{made.records} visits are named in {domain.upper()} but not listed in SV;"
                " they were made with the date of their first result."
            )

    def _count(self, domain: str) -> SourceCount:
        rows = self.tables[domain].rows if domain in self.tables else ()
        count = SourceCount(domain.upper(), read=len(rows))
        self.report.sources.append(count)
        return count

    def _known(self, domain: str, count: SourceCount) -> Iterator[Row]:
        """Give the rows of subjects that DM lists; count the others."""
        rows: Iterable[Row] = self.tables[domain].rows if domain in self.tables else ()
        for row in rows:
            if row["USUBJID"] in self.subjects:
                yield row
            else:
                count.refuse("the subject is not stored from DM", row.line)

    def _keep(self, incoming: Incoming, count: SourceCount) -> None:
        subject, key = incoming.subject, incoming.visit
        record_id = None
        if incoming.form.code == "SV" and key is not None:
            if (subject, key) in self.visit_ids:
                raise NotStoredError("the visit number stands twice for the subject")
            record_id = self.visit_ids[subject, key] = self.session.new_id()
        visit_id = self.visit_ids.get((subject, key)) if key is not None else None
        self.drafts[subject].append(
            RecordDraft(
                incoming.form,
                self.subjects[subject].patient_id,
                visit_id=visit_id,
                record_id=record_id,
                missing=incoming.missing,
            )
        )
        count.stored += incoming.rows
        count.records += 1
        count.left_out.update(incoming.left_out)


def _there_already(subject: str) -> InputError:
    return InputError(
        "Subject {subject} is already in the study, or stands twice in DM.",
        "Nothing was imported. Import into a new study, or leave the subject out.",
        subject=shown(subject),
    )


class _Counting:
    """Counts a row that turns out not to be storable, with its reason."""

    def __init__(self, count: SourceCount, row: Row) -> None:
        self.count, self.row = count, row

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, NotStoredError):
            self.count.refuse(str(error), self.row.line)
            return True
        return False
