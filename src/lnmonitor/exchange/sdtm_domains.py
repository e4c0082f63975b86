"""How a row of each SDTM domain becomes a form of the study (variable names of SDTM IG 3.2 on).

A row that has no place here raises `NotStoredError` with the reason, which the import counts:
nothing is left out silently. Values stay as reported; standard units come from the catalogue.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lnmonitor.errors import UserError
from lnmonitor.exchange.delimited import Row
from lnmonitor.study import analytes
from lnmonitor.study.forms.drugs import Immunosuppressant
from lnmonitor.study.forms.events import AdverseEvent, Disposition
from lnmonitor.study.forms.laboratory import LabResult
from lnmonitor.study.forms.subject import Demographics
from lnmonitor.study.forms.visit import Visit, VitalSigns
from lnmonitor.study.items import Form


class NotStoredError(Exception):
    """Why one row is not stored."""


@dataclass(frozen=True)
class Incoming:
    """One form to store: for which subject, at which visit (None: not tied to a visit).

    `rows` is the number of source rows it holds.
    """

    subject: str
    form: Form
    visit: str | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    rows: int = 1


@dataclass(frozen=True)
class Person:
    """Sex and age at consent of a subject, which choose reference ranges."""

    sex: str | None
    age: float | None


_OPERATOR = re.compile(r"^(<=|>=|<|>)\s*(.+)$")
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
_DISPOSITION = frozenset(
    {
        "COMPLETED",
        "SCREEN FAILURE",
        "WITHDRAWAL BY SUBJECT",
        "PHYSICIAN DECISION",
        "ADVERSE EVENT",
        "LOST TO FOLLOW-UP",
        "DEATH",
    }
)
_FREQUENCIES = frozenset({"QD", "BID", "TID", "QID", "QOD", "ONCE", "PRN"})
_ROUTES = {
    "ORAL": "ORAL",
    "INTRAVENOUS": "IV",
    "SUBCUTANEOUS": "SC",
    "INTRAMUSCULAR": "IM",
    "TOPICAL": "TOPICAL",
    "TRANSDERMAL": "TRANSDERMAL",
}


def number(row: Row, column: str) -> float | None:
    """Return a cell as a number; None when absent.

    Raises:
        NotStoredError: the cell is not a number.
    """
    text = row.present(column)
    if text is None:
        return None
    value = _finite(text)
    if value is None:
        raise NotStoredError(f"{column} is not a number")
    return value


def _finite(text: str) -> float | None:
    """Return a number, None for what is none; `nan` and `inf` are words, not results."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def visit_key(row: Row) -> str | None:
    """Return the visit number as a key that is the same text in every domain (`1.0` is `1`)."""
    value = number(row, "VISITNUM")
    return None if value is None else f"{value:g}"


def demographics(row: Row) -> Incoming:
    """DM: one subject."""
    sex = row.present("SEX")
    ethnic = [text for text in (row.present("RACE"), row.present("ETHNIC")) if text]
    form = Demographics(
        birth_date=row.present("BRTHDTC"),
        age_at_consent=number(row, "AGE"),
        sex=sex if sex in {"F", "M"} else None,
        ethnicity=", ".join(ethnic) or None,
        consent_date=row.present("RFICDTC"),
        reference_date=_date(row, "RFSTDTC"),
    )
    missing = {} if form.consent_date else {"consent_date": "UNK"}
    return Incoming(row["USUBJID"], form, missing=missing)


def visit(row: Row) -> Incoming:
    """SV: one visit."""
    form = Visit(
        visit_code=row.present("VISIT") or f"VISIT {visit_key(row)}",
        visit_date=_date(row, "SVSTDTC"),
        status="DONE",
    )
    return Incoming(row["USUBJID"], form, visit_key(row))


def visit_of_result(row: Row, date_column: str) -> Incoming:
    """A visit that SV does not list but a result names: its date is the result's."""
    form = Visit(
        visit_code=row.present("VISIT") or f"VISIT {visit_key(row)}",
        visit_date=_date(row, date_column),
        status="DONE",
        reason="Not listed in SV; dated by its results",
    )
    return Incoming(row["USUBJID"], form, visit_key(row), rows=0)


def laboratory(row: Row, person: Person) -> Incoming:
    """LB: one result, as reported and in the catalogue's unit."""
    testcd = row["LBTESTCD"]
    analyte = analytes.from_sdtm(testcd)
    if analyte is None:
        raise NotStoredError(f"LBTESTCD {testcd} is not in the catalogue of analytes")
    collected = row.present("LBDTC")
    if collected is None:
        raise NotStoredError("no date of collection")
    operator, value, text = split_result(row.present("LBORRES"))
    unit = row.present("LBORRESU")
    unit = None if unit == "NO UNITS" else unit
    missing = {"value": "ND"} if value is None and text is None else {}
    try:
        low = _limit(analyte.code, number(row, "LBORNRLO"), unit)
        high = _limit(analyte.code, number(row, "LBORNRHI"), unit)
        form = analytes.complete(
            LabResult(
                analyte=analyte.code,
                collected_on=collected[:10],
                collected_time=collected[11:] or None,
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


def split_result(reported: str | None) -> tuple[str | None, float | None, str | None]:
    """Split a reported result into operator, number and text; one of the last two is None."""
    if reported is None:
        return None, None, None
    found = _OPERATOR.match(reported)
    operator, rest = (found[1], found[2]) if found else (None, reported)
    value = _finite(rest)
    return (None, None, reported) if value is None else (operator, value, None)


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
            measured_at=first.present("VSDTC"),
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
    testcd = row["VSTESTCD"]
    if testcd not in _VITAL_SIGNS:
        raise NotStoredError(f"VSTESTCD {testcd} has no item in the vital signs form")
    if number(row, "VSSTRESN") is None and row.present("VSSTAT") != "NOT DONE":
        raise NotStoredError("neither a number nor marked NOT DONE")
    unit = row.present("VSSTRESU")
    expected = _VITAL_SIGNS[testcd][1]
    if unit is not None and unit.upper() != expected.upper():
        raise NotStoredError(f"{testcd} in {unit}, not in {expected}")


def adverse_event(row: Row) -> Incoming:
    """AE: one event; severity as given, since a CTCAE grade is not in the data set."""
    stop, outcome = _date(row, "AEENDTC"), _OUTCOME.get(row.get("AEOUT"))
    grade = number(row, "AETOXGR")
    form = AdverseEvent(
        term=row.present("AETERM"),
        ctcae_term=row.present("AEDECOD"),
        start=_date(row, "AESTDTC"),
        stop=stop,
        ongoing="Y" if stop is None and outcome in {"NOTRECOVERED", "RECOVERING"} else None,
        grade=None if grade is None else int(grade),
        severity=row.present("AESEV"),
        serious=row.present("AESER"),
        death=row.present("AESDTH"),
        life_threatening=row.present("AESLIFE"),
        hospitalised=row.present("AESHOSP"),
        disability=row.present("AESDISAB"),
        congenital=row.present("AESCONG"),
        medically_important=row.present("AESMIE"),
        related_other=_CAUSALITY.get(row.get("AEREL")),
        outcome=outcome,
    )
    return Incoming(row["USUBJID"], form)


def exposure(row: Row) -> Incoming:
    """EX: treatment other than cells is kept as a drug interval, named as in the data set."""
    frequency = row.present("EXDOSFRQ")
    form = Immunosuppressant(
        drug="OTHER",
        drug_text=row.present("EXTRT"),
        dose=number(row, "EXDOSE"),
        dose_unit=row.present("EXDOSU"),
        frequency=frequency if frequency in _FREQUENCIES else None,
        route=_ROUTES.get(row.get("EXROUTE")),
        start=_date(row, "EXSTDTC"),
        stop=_date(row, "EXENDTC"),
        indication="STUDY",
        change_reason=row.present("VISIT"),
    )
    return Incoming(row["USUBJID"], form)


def disposition(row: Row) -> Incoming:
    """DS: how the subject left; milestones and other events are not dispositions."""
    category, decoded = row.get("DSCAT"), row.get("DSDECOD")
    if category != "DISPOSITION EVENT":
        raise NotStoredError(f"{category.capitalize() or 'no category'}, not a disposition")
    form = Disposition(
        status=decoded if decoded in _DISPOSITION else "OTHER",
        occurred_on=_date(row, "DSSTDTC"),
        comment=row.present("DSTERM") if decoded in _DISPOSITION else decoded,
    )
    return Incoming(row["USUBJID"], form)


def _date(row: Row, column: str) -> str | None:
    text = row.present(column)
    return None if text is None else text[:10]
