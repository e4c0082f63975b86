"""The sponsor's workbook: a sheet for each form at the grain of its records, results and trail.

Row 1 holds machine names, the same keys come first on every sheet, a code stands beside its decode,
and what the program computed is on sheets of its own. DICTIONARY and CODELISTS explain the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from lnmonitor import __version__
from lnmonitor.analysis.course import Course, VisitAssessment
from lnmonitor.analysis.explain import explain
from lnmonitor.clinical.bilag import SYSTEMS
from lnmonitor.errors import InputError
from lnmonitor.exchange.sheets import Book, Cell
from lnmonitor.language import Language
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.services import audit, patients, seals
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.study.codelists import codelist, codelist_ids, decode
from lnmonitor.study.forms import FORMS
from lnmonitor.study.forms.subject import Demographics, Identity
from lnmonitor.study.forms.visit import Visit
from lnmonitor.study.items import Form, ItemField, Kind
from lnmonitor.study.records import PatientData, Record
from lnmonitor.study.schedule import day0, day_number

KEYS = ("STUDYID", "SITEID", "USUBJID", "VISIT", "VISITDTC", "VISITDY", "FORM", "FORMVER", "RECID")
_AFTER = ("ROWVER", "SOURCE", "ENTEREDBY", "ENTEREDDTC", "MISSING", "JUSTIFIED")
_FROZEN = 3
_COMPUTED_SHEETS = 3
_ENTRIES_AT_ONCE = 4000
"""Of the trail in one portion, a fraction of a second."""
_DATED_BY = {
    "DM": "consent_date",
    "IE": "assessed_on",
    "EX": "started_at",
    "LB": "collected_on",
    "AE": "start",
    "DV": "occurred_on",
    "DS": "occurred_on",
    "CMG": "start",
    "CMI": "start",
}
"""The item that dates a record of a form which has no visit, for the cut-off."""


@dataclass(frozen=True)
class Options:
    """What is left out or changed. `cutoff` is the last date that is in."""

    cutoff: str | None = None
    deidentified: bool = False
    language: Language = "en"
    recipient: str = ""

    def described(self) -> str:
        """Return what was chosen, as the audit trail tells it."""
        chosen = [
            f"data up to {self.cutoff}" if self.cutoff else "all data",
            "de-identified" if self.deidentified else "",
            f"decodes in {'Chinese' if self.language == 'zh' else 'English'}",
        ]
        return ", ".join(one for one in chosen if one)


@dataclass(frozen=True)
class ExportReport:
    """What the workbook holds; `excluded` counts records after the cut-off."""

    path: Path
    sheets: int
    rows: int
    excluded: int


@dataclass(frozen=True)
class _Patient:
    data: PatientData
    course: Course


@dataclass(frozen=True)
class _Snapshot:
    """The study at one moment: its patients, the trail up to then and its head's short hash."""

    people: Sequence[_Patient]
    trail: Sequence[audit.AuditEntry]
    seal: str


def export_xlsx(
    session: StudySession,
    out: Path,
    *,
    cutoff: str | None = None,
    deidentified: bool = False,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> ExportReport:
    """Write the whole study, as it stands at one moment, as one workbook.

    Args:
        turn: runs each portion that needs the study; others may use the study in between.

    Raises:
        PermissionDeniedError: the role may not export.
        InputError: the cut-off is not an ISO date, or the name does not end in .xlsx.
        StorageError: the place cannot be written.
    """
    require(session, Action.EXPORT)
    if out.suffix.lower() != ".xlsx":
        raise InputError("{path} is not a workbook's name.", "Let it end in .xlsx.", path=out)
    options = Options(_checked_date(cutoff), deidentified, language, recipient)
    snapshot = _read(session, options, progress, turn)
    report = _Export(session, options, snapshot, progress).write(out)
    turn(
        partial(
            seals.record_document,
            session,
            "export",
            out,
            item="workbook",
            recipient=recipient,
            options=options.described(),
        )
    )
    return report


def _checked_date(cutoff: str | None) -> str | None:
    if cutoff is None:
        return None
    try:
        return date.fromisoformat(cutoff).isoformat()
    except ValueError as error:
        raise InputError(
            "The cut-off {date} is not a date.", "Write it as 2026-05-12.", date=cutoff
        ) from error


def _read(session: StudySession, options: Options, progress: Progress, turn: Turn) -> _Snapshot:
    """Read in portions; the last of them reads again what was changed between the others."""
    people: dict[str, tuple[int, _Patient]] = {}
    wanted = turn(partial(patients.versions, session))
    for number, (patient_id, version) in enumerate(wanted.items(), start=1):
        people[patient_id] = version, turn(partial(_patient, session, patient_id))
        progress(number, len(wanted), "patients")

    def catch_up() -> tuple[list[_Patient], tuple[int, str]]:
        current: list[_Patient] = []
        for patient_id, version in patients.versions(session).items():
            read, person = people.get(patient_id, (None, None))
            if person is None or read != version:
                person = _patient(session, patient_id)
            current.append(person)
        return current, audit.head(session)

    current, (last, seal) = turn(catch_up)
    return _Snapshot(current, _read_trail(session, options, last, turn), seal)


def _patient(session: StudySession, patient_id: str) -> _Patient:
    data = patients.patient_data(session, patient_id)
    return _Patient(data, patients.course(session, patient_id))


def _read_trail(
    session: StudySession, options: Options, last: int, turn: Turn
) -> Sequence[audit.AuditEntry]:
    """Return the entries up to `last`, first entry first; none for who may not have them."""
    if not session.may(Action.VIEW_AUDIT) or options.deidentified:
        return ()
    latest_first: list[audit.AuditEntry] = []
    before: int | None = last + 1
    while before is not None:
        page = turn(partial(audit.page, session, before=before, size=_ENTRIES_AT_ONCE))
        latest_first += page.entries
        before = page.before
    return latest_first[::-1]


class _Export:
    def __init__(
        self, session: StudySession, options: Options, snapshot: _Snapshot, progress: Progress
    ) -> None:
        self.session, self.options, self.snapshot = session, options, snapshot
        self.progress = progress
        self.people = snapshot.people
        self.book = Book(mark="SYNTHETIC" if session.study.synthetic else "")
        self.excluded = 0

    def write(self, out: Path) -> ExportReport:
        for code, form in FORMS.items():
            if form is not Identity:
                self._add(code, self._columns(form), self._rows(form))
        self._add("SCORES", _SCORE_COLUMNS, self._scores())
        self._add("FLAGS", _FLAG_COLUMNS, self._flags())
        self._add("AUDIT", _AUDIT_COLUMNS, self._trail(), frozen_columns=1)
        self.book.add("DICTIONARY", _DICTIONARY_COLUMNS, _dictionary())
        self.book.add("CODELISTS", _CODELIST_COLUMNS, _codelists())
        self._readme()
        self.book.save(out)
        return ExportReport(out, len(self.book.rows), sum(self.book.rows.values()), self.excluded)

    def _add(
        self,
        name: str,
        columns: Sequence[str],
        rows: Iterator[Sequence[Cell]],
        frozen_columns: int = _FROZEN,
    ) -> None:
        self.progress(len(self.book.rows), len(FORMS) + _COMPUTED_SHEETS - 1, name)
        self.book.add(name, columns, rows, frozen_columns=frozen_columns)

    # --- forms ---

    def _columns(self, form: type[Form]) -> tuple[str, ...]:
        columns = list(KEYS)
        for name, field in form.items().items():
            columns.append(name.upper())
            if field.item.codes:
                columns.append(f"{name.upper()}_DEC")
        return (*columns, *_AFTER)

    def _rows(self, form: type[Form]) -> Iterator[Sequence[Cell]]:
        for person in self.people:
            visits = {record.id: record.form for record in person.data.of(Visit)}
            keys = {visit_id: self._visit_keys(person, visit) for visit_id, visit in visits.items()}
            for record in person.data.of(form):
                visit_id = record.visit_id or ""
                if self._after_cutoff(record, visits.get(visit_id)):
                    self.excluded += 1
                    continue
                yield self._row(record, keys.get(visit_id) or self._visit_keys(person, None))

    def _after_cutoff(self, record: Record[Form], visit: Visit | None) -> bool:
        if self.options.cutoff is None:
            return False
        dated = visit.visit_date if visit else record.form.get(_DATED_BY.get(record.form.code, ""))
        return dated is not None and str(dated)[:10] > self.options.cutoff

    def _row(self, record: Record[Form], keys: tuple[Cell, ...]) -> Sequence[Cell]:
        form = record.form
        cells: list[Cell] = [
            *keys,
            form.code,
            form.version,
            record.id,
        ]
        for name, field in form.items().items():
            value = self._value(record, name, field)
            cells.append(value)
            if field.item.codes:
                cells.append(decode(field.item.codes, value, self.options.language) or None)
        entered_by = "" if self.options.deidentified else record.entered_by
        return [
            *cells,
            record.row_version,
            record.source,
            entered_by,
            record.entered_at,
            _listed(record.missing),
            "" if self.options.deidentified else _listed(record.justified),
        ]

    def _keys(self, data: PatientData) -> tuple[Cell, ...]:
        return self.session.study.name, data.site_id, data.subject_id

    def _visit_keys(self, person: _Patient, visit: Visit | None) -> tuple[Cell, ...]:
        keys = self._keys(person.data)
        if visit is None or visit.visit_date is None:
            return *keys, (visit.visit_code if visit else None), None, None
        start = day0(person.data)
        study_day = None
        if start is not None:
            # The sponsor's study day has no day 0: the infusion is day 1.
            since = day_number(start, date.fromisoformat(visit.visit_date))
            study_day = since + 1 if since >= 0 else since
        return *keys, visit.visit_code, visit.visit_date, study_day

    def _value(self, record: Record[Form], name: str, field: ItemField) -> Cell:
        value = record.form.get(name)
        if not self.options.deidentified or value is None:
            return value
        if type(record.form) is Demographics and name == "birth_date":
            return str(value)[:4]
        free_text = field.kind is Kind.TEXT and type(record.form) is not Visit
        return "[withheld]" if free_text else value

    # --- what the program computed ---

    def _scores(self) -> Iterator[Sequence[Cell]]:
        for person in self.people:
            for visit in person.course.visits:
                if self.options.cutoff is None or visit.date <= self.options.cutoff:
                    yield [*self._keys(person.data), *_score_cells(visit, person.course)]

    def _flags(self) -> Iterator[Sequence[Cell]]:
        language = self.options.language
        for person in self.people:
            for flag in person.course.flags:
                if self.options.cutoff is not None and flag.date > self.options.cutoff:
                    continue
                explanation = explain(flag, language)
                yield [
                    *self._keys(person.data), flag.kind, flag.title.in_(language), flag.severity,
                    flag.date, flag.day, explanation.sentence, flag.rule.id, flag.rule.version,
                    flag.identity,
                ]  # fmt: skip

    def _trail(self) -> Iterator[Sequence[Cell]]:
        # The identity of a person is in no export, its entries included.
        for entry in self.snapshot.trail:
            after = self.options.cutoff is not None and entry.at[:10] > self.options.cutoff
            if entry.form != Identity.code and not after:
                yield _audit_cells(entry)

    # --- front page ---

    def _readme(self) -> None:
        """Written last, since it counts the other sheets; it stands first."""
        study, options, session = self.session.study, self.options, self.session
        now = session.clock.now()
        lines: list[tuple[str, Cell]] = [
            ("Study", study.name),
            ("Data", "SYNTHETIC, no real person" if study.synthetic else "study data"),
            ("Site", study.site),
            ("Protocol", f"{session.protocol.id} version {session.protocol.version}"),
            ("Written at", now.isoformat(timespec="seconds")),
            ("Time zone of times", f"UTC{now:%z} ({now.tzname()}); ENTEREDDTC and AUDIT in UTC"),
            ("Written by", f"{session.actor.account} ({session.actor.role})"),
            ("Program", f"lnmonitor {__version__}"),
            ("Seal (audit trail's head)", self.snapshot.seal),
            ("Data cut-off", options.cutoff or "none: everything stored"),
            ("Records after the cut-off, left out", self.excluded),
            ("De-identified", _DEIDENTIFIED if options.deidentified else "no"),
            ("Identity (name, telephone, number)", "never exported"),
            ("Decodes", "Simplified Chinese" if options.language == "zh" else "English"),
            ("VISITDY", "study day: the infusion is day 1, there is no day 0"),
            ("Empty cell", "not collected; MISSING names items not done (ND), unknown (UNK), NA"),
            ("Text cells", "control characters appear as [U+000B]; very long text is in LONGTEXT"),
            ("Verify", "lnmonitor verify THIS-FILE --study DIR"),
        ]
        lines += [(f"Rows of {name}", rows) for name, rows in self.book.rows.items()]
        self.book.add("README", ("WHAT", "VALUE"), lines, widths=(38, 90))
        self.book.bring_to_front("README")


_DEIDENTIFIED = (
    "yes: birth year only, free text, account names, justifications and audit trail withheld"
)
_SCORE_COLUMNS = (
    "STUDYID", "SITEID", "USUBJID", "VISIT", "VISITDTC", "DAY", "SLEDAI", "SLEDAI_MIN",
    "SLEDAI_MAX",
    "SLEDAI_MISSING", "SLEDAI_RECORDED", *(f"BILAG_{system.upper()}" for system in SYSTEMS),
    "BILAG_RENAL_PROVISIONAL", "EGFR", "EGFR_METHOD", "GFR_MEASURED", "PREDNISONE_MG",
    "RESPONSE", "RESPONSE_RULE", "RESPONSE_KDIGO2024", "CTCAE_WORST",
)  # fmt: skip
_FLAG_COLUMNS = (
    "STUDYID", "SITEID", "USUBJID", "KIND", "TITLE", "SEVERITY", "DATE", "DAY", "EVIDENCE",
    "RULE", "RULE_VERSION", "FLAGID",
)  # fmt: skip
_AUDIT_FIELDS = (
    "sequence", "at", "utc_offset", "zone", "account", "full_name", "role", "workstation",
    "program", "action", "source", "patient_id", "visit_id", "form", "record_id", "item",
)  # fmt: skip
_AUDIT_COLUMNS = (
    *(name.upper() for name in _AUDIT_FIELDS), "OLD", "NEW", "JUSTIFIED", "REASON", "HASH",
)  # fmt: skip
_CODELIST_COLUMNS = ("LIST", "CODE", "DECODE_EN", "DECODE_ZH", "ORDER")
_DICTIONARY_COLUMNS = (
    "SHEET", "VARIABLE", "LABEL_EN", "LABEL_ZH", "TYPE", "UNIT", "DECIMALS", "CODELIST",
    "MANDATORY", "HARD_MIN", "HARD_MAX", "SOFT_MIN", "SOFT_MAX", "CDASH", "SDTM", "FORM_VERSION",
)  # fmt: skip


def _listed(reasons: Mapping[str, str]) -> str:
    return "; ".join(f"{name.upper()}={why}" for name, why in sorted(reasons.items()))


def _score_cells(visit: VisitAssessment, course: Course) -> list[Cell]:
    sledai, renal, response = (
        visit.sledai(),
        visit.bilag("renal"),
        visit.response(course.primary_rule),
    )
    kdigo = visit.response("kdigo-2024")
    grades = [
        getattr(outcome, "grade", None)
        for key, outcome in visit.outcomes.items()
        if key.startswith("ctcae.")
    ]
    letters = [visit.bilag(system) for system in SYSTEMS]
    egfr = visit.egfr()
    return [
        visit.code,
        visit.date,
        visit.day,
        sledai.score if sledai else None,
        sledai.low if sledai else None,
        sledai.high if sledai else None,
        "; ".join(sledai.missing) if sledai else None,
        visit.recorded_sledai,
        *(letter.grade.value if letter and letter.grade else None for letter in letters),
        None if renal is None else ("Y" if renal.provisional else "N"),
        None if egfr is None else round(egfr, 2),
        None if egfr is None else visit.outcomes["egfr"].rule.label,
        visit.lab("GFRM"),
        visit.prednisone_mg,
        response.value.upper() if response else None,
        visit.outcomes[f"response.{course.primary_rule}"].rule.label if response else None,
        kdigo.value.upper() if kdigo else None,
        max((grade for grade in grades if grade is not None), default=None),
    ]


def _audit_cells(entry: audit.AuditEntry) -> list[Cell]:
    values = json.dumps(dict(entry.values), ensure_ascii=False) if entry.values else entry.new
    return [
        *(getattr(entry, name) for name in _AUDIT_FIELDS),
        entry.old,
        values,
        entry.justified,
        entry.reason,
        entry.hash,
    ]


def _dictionary() -> Iterator[Sequence[Cell]]:
    for code, form in FORMS.items():
        if form is Identity:
            continue
        for name, field in form.items().items():
            item = field.item
            hard, soft = item.hard or (None, None), item.soft or (None, None)
            yield [
                code, name.upper(), item.en, item.zh, field.kind.value, item.unit, item.decimals,
                item.codes, "Y" if item.required else "N", *hard, *soft, item.cdash, item.sdtm,
                form.version,
            ]  # fmt: skip


def _codelists() -> Iterator[Sequence[Cell]]:
    for list_id in codelist_ids():
        for entry in codelist(list_id).entries:
            yield list_id, entry.code, entry.text.en, entry.text.zh, entry.order
