"""Rows of the forms' own sheets and of what the program computed, one patient at a time.

Row 1 holds machine names, the same keys come first on every sheet, and a code stands beside its
decode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from lnmonitor.analysis.course import Course, VisitAssessment
from lnmonitor.analysis.explain import explain
from lnmonitor.clinical.bilag import SYSTEMS
from lnmonitor.exchange.options import Options
from lnmonitor.exchange.sheets import Cell
from lnmonitor.study.codelists import decode
from lnmonitor.study.event_dates import event_date, visits_of
from lnmonitor.study.forms.subject import Demographics
from lnmonitor.study.forms.visit import Visit
from lnmonitor.study.items import Form, ItemField, Kind
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record
from lnmonitor.study.schedule import day0, day_number

Row = Sequence[Cell]
SUBJECT_KEYS = ("STUDYID", "SITEID", "USUBJID")
VISIT_KEYS = (*SUBJECT_KEYS, "VISITNUM", "VISIT", "VISITDTC", "VISITDY")
KEYS = (*VISIT_KEYS, "FORM", "FORMVER", "RECID")
AFTER = ("ROWVER", "SOURCE", "ENTEREDBY", "ENTEREDDTC", "MISSING", "JUSTIFIED")
ZONE = "TIMEZONE"
SCORE_COLUMNS = (
    *SUBJECT_KEYS, "VISIT", "VISITDTC", "DAY", "SLEDAI", "SLEDAI_MIN", "SLEDAI_MAX",
    "SLEDAI_MISSING", "SLEDAI_RECORDED", *(f"BILAG_{system.upper()}" for system in SYSTEMS),
    "BILAG_RENAL_PROVISIONAL", "EGFR", "EGFR_METHOD", "GFR_MEASURED", "PREDNISONE_MG",
    "RESPONSE", "RESPONSE_RULE", "RESPONSE_KDIGO2024", "CTCAE_WORST",
)  # fmt: skip
FLAG_COLUMNS = (
    *SUBJECT_KEYS, "KIND", "TITLE", "SEVERITY", "DATE", "DAY", "EVIDENCE", "RULE", "RULE_VERSION",
    "FLAGID",
)  # fmt: skip


class Keys:
    """The key columns of one patient's rows."""

    def __init__(self, study: str, protocol: Protocol, data: PatientData) -> None:
        self.subject: tuple[Cell, ...] = (study, data.site_id, data.subject_id)
        self._start = day0(data)
        self._order = {visit.code: n for n, visit in enumerate(protocol.visits, start=1)}
        self._visits = {one: self._of(visit) for one, visit in visits_of(data).items()}

    def visit(self, visit_id: str | None) -> tuple[Cell, ...]:
        """Return study, site and subject, and the visit where there is one."""
        return self._visits.get(visit_id or "") or (*self.subject, None, None, None, None)

    def record(self, record: Record[Form]) -> tuple[Cell, ...]:
        """Return all keys of a record."""
        form = record.form
        return (*self.visit(record.visit_id), form.code, form.version, record.id)

    def _of(self, visit: Visit) -> tuple[Cell, ...]:
        code, on = visit.visit_code, visit.visit_date
        study_day = None
        if self._start is not None and on is not None:
            # The sponsor's study day has no day 0: the infusion is day 1.
            since = day_number(self._start, date.fromisoformat(on))
            study_day = since + 1 if since >= 0 else since
        return (*self.subject, self._order.get(code or ""), code, on, study_day)


def has_instants(form: type[Form]) -> bool:
    """Return whether a form has items that are instants on the site's clock."""
    return any(one.kind is Kind.DATETIME for one in form.items().values())


def form_columns(form: type[Form]) -> tuple[str, ...]:
    """Return the columns of a form's sheet."""
    columns = list(KEYS)
    for name, field in form.items().items():
        columns.append(name.upper())
        if field.item.codes:
            columns.append(f"{name.upper()}_DEC")
    return (*columns, *AFTER, *((ZONE,) if has_instants(form) else ()))


def form_rows(
    form: type[Form], data: PatientData, keys: Keys, options: Options, zone: str
) -> tuple[list[Row], int]:
    """Return the rows of a form, and how many records the cut-off leaves out."""
    visits = visits_of(data)
    rows: list[Row] = []
    excluded = 0
    for record in data.of(form):
        if options.after(event_date(record, visits)):
            excluded += 1
        else:
            rows.append(_row(record, keys.record(record), options, zone))
    return rows, excluded


def _row(record: Record[Form], keys: tuple[Cell, ...], options: Options, zone: str) -> Row:
    form = record.form
    cells: list[Cell] = list(keys)
    for name, field in form.items().items():
        value = _value(record, name, field, options)
        cells.append(value)
        if field.item.codes:
            cells.append(decode(field.item.codes, value, options.language) or None)
    return [
        *cells,
        record.row_version,
        record.source,
        options.person(record.entered_by),
        record.entered_at,
        _listed(record.missing),
        "" if options.deidentified else _listed(record.justified),
        *((zone,) if has_instants(type(form)) else ()),
    ]


def _value(record: Record[Form], name: str, field: ItemField, options: Options) -> Cell:
    value = record.form.get(name)
    if not options.deidentified or value is None:
        return value
    if type(record.form) is Demographics and name == "birth_date":
        return str(value)[:4]
    is_text = field.kind is Kind.TEXT and type(record.form) is not Visit
    return options.free_text(value) if is_text else value


def _listed(reasons: Mapping[str, str]) -> str:
    return "; ".join(f"{name.upper()}={why}" for name, why in sorted(reasons.items()))


# --- what the program computed ---------------------------------------------------------------


def score_rows(course: Course, keys: Keys, options: Options) -> Iterator[Row]:
    """Give a row for each visit with results."""
    for visit in course.visits:
        if not options.after(visit.date):
            yield [*keys.subject, *_score_cells(visit, course)]


def flag_rows(course: Course, keys: Keys, options: Options) -> Iterator[Row]:
    """Give a row for each flag."""
    language = options.language
    for flag in course.flags:
        if not options.after(flag.date):
            yield [
                *keys.subject, flag.kind, flag.title.in_(language), flag.severity, flag.date,
                flag.day, explain(flag, language).sentence, flag.rule.id, flag.rule.version,
                flag.identity,
            ]  # fmt: skip


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
