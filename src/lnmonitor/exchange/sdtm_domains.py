"""How a row of each SDTM domain becomes a form of the study (variable names of SDTM IG 3.2 on).

A row that has no place here raises `NotStoredError` with the reason, which the import counts, and
so is a cell of a stored row for which the study has no code: nothing is left out silently. Values
stay as reported; standard units come from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lnmonitor.errors import UserError
from lnmonitor.exchange.limits import shown
from lnmonitor.exchange.table import Row
from lnmonitor.exchange.values import (
    NotStoredError,
    code,
    day,
    number,
    split_instant,
    split_result,
)
from lnmonitor.services.drafts import subject_number
from lnmonitor.study import analytes
from lnmonitor.study.codelists import codelist
from lnmonitor.study.forms.drugs import Immunosuppressant
from lnmonitor.study.forms.events import AdverseEvent, Disposition
from lnmonitor.study.forms.laboratory import LabResult
from lnmonitor.study.forms.procedures import KidneyReplacement
from lnmonitor.study.forms.subject import Demographics
from lnmonitor.study.forms.visit import Visit, VitalSigns
from lnmonitor.study.items import Form


@dataclass(frozen=True)
class Incoming:
    """One form to store: for which subject, at which visit (None: not tied to a visit).

    `rows` is the number of source rows it holds, `left_out` the cells without a place.
    """

    subject: str
    form: Form
    visit: str | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    rows: int = 1
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Sex and age at consent of a subject, which choose reference ranges."""

    sex: str | None
    age: float | None


_VITAL_SIGNS = {
    "WEIGHT": ("weight_kg", "kg"),
    "HEIGHT": ("height_cm", "cm"),
    "TEMP": ("temperature_c", "C"),
    "PULSE": ("heart_rate", "BEATS/MIN"),
    "HR": ("heart_rate", "BEATS/MIN"),
    "SYSBP": ("systolic", "mmHg"),
    "DIABP": ("diastolic", "mmHg"),
    "RESP": ("respiratory_rate", "BREATHS/MIN"),
    "OXYSAT": ("spo2", "%"),
}
_CAUSALITY = {
    "NONE": "UNRELATED",
    "NOT RELATED": "UNRELATED",
    "REMOTE": "UNLIKELY",
    "UNLIKELY RELATED": "UNLIKELY",
    "POSSIBLE": "POSSIBLE",
    "POSSIBLY RELATED": "POSSIBLE",
    "PROBABLE": "PROBABLE",
    "RELATED": "DEFINITE",
}
_OUTCOME = {
    "RECOVERED/RESOLVED": "RECOVERED",
    "RECOVERING/RESOLVING": "RECOVERING",
    "NOT RECOVERED/NOT RESOLVED": "NOTRECOVERED",
    "RECOVERED/RESOLVED WITH SEQUELAE": "SEQUELAE",
    "FATAL": "FATAL",
    "UNKNOWN": "UNKNOWN",
}
_KIDNEY_REPLACEMENTS = {
    "HEMODIALYSIS": "HD",
    "HAEMODIALYSIS": "HD",
    "PERITONEAL DIALYSIS": "PD",
    "CONTINUOUS RENAL REPLACEMENT THERAPY": "CRRT",
    "KIDNEY TRANSPLANT": "TRANSPLANT",
    "KIDNEY TRANSPLANTATION": "TRANSPLANT",
    "RENAL TRANSPLANT": "TRANSPLANT",
    "RENAL TRANSPLANTATION": "TRANSPLANT",
}
_NO_UNIT = "NO UNITS"
_LONGEST_SITE = 40
_ROUTES = {
    "ORAL": "ORAL",
    "INTRAVENOUS": "IV",
    "SUBCUTANEOUS": "SC",
    "INTRAMUSCULAR": "IM",
    "TOPICAL": "TOPICAL",
    "TRANSDERMAL": "TRANSDERMAL",
}


def visit_key(row: Row) -> str | None:
    """Return the visit number as a key that is the same text in every domain (`1.0` is `1`).

    Raises:
        NotStoredError: it is not a number, or too large to be one of a visit.
    """
    value = number(row, "VISITNUM")
    if value is None:
        return None
    if not abs(value) < 1e9:
        raise NotStoredError(f"VISITNUM is not the number of a visit: {value:g}")
    return f"{value:.10g}"  # 9.299999999999999 is 9.3 from another program


def subject(row: Row) -> str:
    """Return the subject number.

    Raises:
        NotStoredError: there is none, or it can be none.
    """
    try:
        return subject_number(row["USUBJID"])
    except UserError:
        raise NotStoredError(f"USUBJID is no subject number: {shown(row['USUBJID'])}") from None


def site(row: Row) -> str:
    """Return the site, empty for the study's own.

    Raises:
        NotStoredError: it can be none.
    """
    found = row["SITEID"]
    if found and (len(found) > _LONGEST_SITE or not found.isprintable()):
        raise NotStoredError(f"SITEID is no site: {shown(found)}")
    return found


class _Left:
    """Collects the cells of a row for which the study has no place."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.cells: list[str] = []

    def mapped(self, column: str, known: Mapping[str, str], list_id: str) -> str | None:
        """Return the study's code for a cell: by the table, or the code itself."""
        text = self.row.present(column)
        if text is None:
            return None
        found = known.get(text.upper(), text)
        if codelist(list_id).get(found) is None:
            self.cells.append(f"{column} has no code in the study: {shown(text)}")
            return None
        return found

    def date(self, column: str, *, whole: bool = False) -> str | None:
        """Return a date; its time of day has no place."""
        found = split_instant(self.row, column)
        if found is None:
            return None
        if found[1]:
            self.cells.append(f"{column} has a time of day, and the study only a date")
        return day(self.row, column) if whole else found[0]


def demographics(row: Row) -> Incoming:
    """DM: one subject."""
    left = _Left(row)
    ethnic = [text for text in (row.exact("RACE"), row.exact("ETHNIC")) if text]
    form = Demographics(
        birth_date=left.date("BRTHDTC"),
        age_at_consent=_years(row),
        sex=left.mapped("SEX", {}, "SEX"),
        ethnicity=", ".join(ethnic) or None,
        consent_date=left.date("RFICDTC", whole=True),
        reference_date=left.date("RFSTDTC", whole=True),
    )
    missing = {} if form.consent_date else {"consent_date": "UNK"}
    return Incoming(subject(row), form, missing=missing, left_out=tuple(left.cells))


def _years(row: Row) -> float | None:
    unit = row.present("AGEU")
    if unit is not None and unit.upper() != "YEARS":
        raise NotStoredError(f"AGE in {shown(unit)}, not in years")
    return number(row, "AGE")


def visit(row: Row) -> Incoming:
    """SV: one visit."""
    return _visit(row, "SVSTDTC", None, 1)


def visit_of_result(row: Row, date_column: str) -> Incoming:
    """A visit that SV does not list but a result names: its date is the result's."""
    return _visit(row, date_column, "Not listed in SV; dated by its results", 0)


def _visit(row: Row, date_column: str, reason: str | None, rows: int) -> Incoming:
    left, key = _Left(row), visit_key(row)
    form = Visit(
        visit_code=row.exact("VISIT") or f"VISIT {key}",
        visit_date=left.date(date_column, whole=True),
        status="DONE",
        reason=reason,
    )
    return Incoming(subject(row), form, key, rows=rows, left_out=tuple(left.cells) if rows else ())


def laboratory(row: Row, person: Person) -> Incoming:
    """LB: one result, as reported and in the catalogue's unit."""
    testcd = row["LBTESTCD"]
    analyte = analytes.from_sdtm(testcd)
    if analyte is None:
        raise NotStoredError(f"LBTESTCD {shown(testcd)} is not in the catalogue of analytes")
    collected = split_instant(row, "LBDTC")
    if collected is None:
        raise NotStoredError("no date of collection")
    operator, value, text = split_result(row.exact("LBORRES"))
    unit = row.present("LBORRESU")
    unit = None if unit == _NO_UNIT else unit
    missing = {"value": "ND"} if value is None and text is None else {}
    try:
        low = _limit(analyte.code, number(row, "LBORNRLO"), unit)
        high = _limit(analyte.code, number(row, "LBORNRHI"), unit)
        form = analytes.complete(
            LabResult(
                analyte=analyte.code,
                collected_on=collected[0],
                collected_time=collected[1] or None,
                operator=operator,
                value=value,
                text=text,
                unit=unit,
                range_low=low,
                range_high=high,
                range_source=None if low is None and high is None else "LAB",
                method=row.present("LBMETHOD"),
                laboratory=row.present("LBNAM"),
            ),
            sex=person.sex,
            age=person.age,
        )
    except UserError as error:
        raise NotStoredError(error.text) from error
    return Incoming(row["USUBJID"], form, visit_key(row), missing)


def _limit(code: str, reported: float | None, unit: str | None) -> float | None:
    return None if reported is None else analytes.convert(code, reported, unit)


def vital_signs(rows: Iterable[Row]) -> Iterator[Incoming]:
    """VS: the rows of one subject, visit, instant and position make one set, in standard units.

    A test that stands twice in a set opens a second set, so that no row is lost.

    Raises:
        NotStoredError: never; rows that cannot be stored are for the caller to sort out before.
    """
    sets: list[tuple[dict[str, float | None], dict[str, str], list[Row]]] = []
    for row in rows:
        name, _unit = _VITAL_SIGNS[row["VSTESTCD"]]
        place = next((s for s in sets if name not in s[0]), None)
        if place is None:
            place = ({}, {}, [])
            sets.append(place)
        values, missing, members = place
        values[name] = number(row, "VSSTRESN")
        if values[name] is None:
            missing[name] = "ND"
        members.append(row)
    for values, missing, members in sets:
        first = members[0]
        form = VitalSigns(
            measured_at=first.present("VSDTC"),  # checked before, as the others are
            timepoint=first.present("VSTPT"),
            position=first.present("VSPOS"),
            **values,
        )
        yield Incoming(first["USUBJID"], form, visit_key(first), missing, len(members))


def check_vital_sign(row: Row) -> None:
    """Refuse a vital sign that has no item here, another unit or no number.

    Raises:
        NotStoredError: with the reason.
    """
    visit_key(row)
    split_instant(row, "VSDTC")
    code(row, "VSPOS", "POSITION")
    testcd = row["VSTESTCD"]
    if testcd not in _VITAL_SIGNS:
        raise NotStoredError(f"VSTESTCD {shown(testcd)} has no item in the vital signs form")
    if number(row, "VSSTRESN") is None and row.present("VSSTAT") != "NOT DONE":
        raise NotStoredError("neither a number nor marked NOT DONE")
    unit = row.present("VSSTRESU")
    expected = _VITAL_SIGNS[testcd][1]
    if unit is not None and unit.upper() != expected.upper():
        raise NotStoredError(f"{testcd} in {shown(unit)}, not in {expected}")


def adverse_event(row: Row) -> Incoming:
    """AE: one event; severity as given, since a CTCAE grade is not in the data set."""
    left = _Left(row)
    stop, outcome = left.date("AEENDTC"), left.mapped("AEOUT", _OUTCOME, "AEOUT")
    grade = code(row, "AETOXGR", "GRADE")
    form = AdverseEvent(
        term=row.exact("AETERM"),
        ctcae_term=row.exact("AEDECOD"),
        start=left.date("AESTDTC"),
        stop=stop,
        ongoing="Y" if stop is None and outcome in {"NOTRECOVERED", "RECOVERING"} else None,
        grade=None if grade is None else int(grade),
        severity=code(row, "AESEV", "AESEV"),
        serious=code(row, "AESER", "NY"),
        death=code(row, "AESDTH", "NY"),
        life_threatening=code(row, "AESLIFE", "NY"),
        hospitalised=code(row, "AESHOSP", "NY"),
        disability=code(row, "AESDISAB", "NY"),
        congenital=code(row, "AESCONG", "NY"),
        medically_important=code(row, "AESMIE", "NY"),
        related_other=left.mapped("AEREL", _CAUSALITY, "CAUSAL"),
        outcome=outcome,
    )
    return Incoming(row["USUBJID"], form, left_out=tuple(left.cells))


def exposure(row: Row) -> Incoming:
    """EX: treatment other than cells is kept as a drug interval, named as in the data set."""
    left = _Left(row)
    form = Immunosuppressant(
        drug="OTHER",
        drug_text=row.exact("EXTRT"),
        dose=number(row, "EXDOSE"),
        dose_unit=left.mapped("EXDOSU", {}, "DOSEUNIT"),
        frequency=left.mapped("EXDOSFRQ", {}, "FREQ"),
        route=left.mapped("EXROUTE", _ROUTES, "ROUTE"),
        start=left.date("EXSTDTC"),
        stop=left.date("EXENDTC"),
        indication="STUDY",
        change_reason=row.exact("VISIT"),
    )
    return Incoming(row["USUBJID"], form, left_out=tuple(left.cells))


def kidney_replacement(row: Row) -> Incoming:
    """PR: dialysis or a kidney transplantation; other procedures have no form."""
    names = [row.present("PRDECOD"), row.present("PRTRT")]
    known = (_KIDNEY_REPLACEMENTS.get(name.upper(), name) for name in names if name)
    kind = next((one for one in known if codelist("KRT").get(one) is not None), None)
    if kind is None:
        raise NotStoredError(f"neither dialysis nor kidney transplantation: {shown(row['PRTRT'])}")
    left = _Left(row)
    form = KidneyReplacement(
        kind=kind,
        start=left.date("PRSTDTC"),
        stop=left.date("PRENDTC"),
        indication=row.exact("PRINDC"),
    )
    return Incoming(row["USUBJID"], form, left_out=tuple(left.cells))


def disposition(row: Row) -> Incoming:
    """DS: how the subject left; milestones and other events are not dispositions."""
    category, decoded = row.get("DSCAT"), row.get("DSDECOD")
    if category != "DISPOSITION EVENT":
        named = shown(category.capitalize()) or "no category"
        raise NotStoredError(f"{named}, not a disposition")
    left = _Left(row)
    known = codelist("DSDECOD").get(decoded) is not None
    words = [row.exact("DSTERM")] if known else [decoded, row.exact("DSTERM")]
    form = Disposition(
        status=decoded if known else "OTHER",
        occurred_on=left.date("DSSTDTC"),
        comment=": ".join(dict.fromkeys(text for text in words if text)) or None,
    )
    return Incoming(row["USUBJID"], form, left_out=tuple(left.cells))
