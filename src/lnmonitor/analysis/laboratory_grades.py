"""CTCAE v5 grades of laboratory results at a visit, each with the baseline it is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from lnmonitor.analysis.inputs import VisitInput
from lnmonitor.analysis.model import Measured, VisitAssessment, guarded
from lnmonitor.clinical import ctcae
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.results import Outcome

TERMS: Mapping[str, tuple[str, ...]] = {
    "CREAT": ("Creatinine increased",),
    "WBC": ("White blood cell decreased",),
    "NEUT": ("Neutrophil count decreased",),
    "LYMPH": ("Lymphocyte count decreased",),
    "PLT": ("Platelet count decreased",),
    "HGB": ("Anemia",),
    "ALT": ("Alanine aminotransferase increased",),
    "AST": ("Aspartate aminotransferase increased",),
    "ALP": ("Alkaline phosphatase increased",),
    "GGT": ("GGT increased",),
    "BILI": ("Blood bilirubin increased",),
    "ALB": ("Hypoalbuminemia",),
    "K": ("Hyperkalemia", "Hypokalemia"),
    "NA": ("Hypernatremia", "Hyponatremia"),
    "CHOL": ("Cholesterol high",),
    "CK": ("CPK increased",),
}
"""CTCAE terms of each analyte that is graded; the unit given is the catalogue's."""

_grade_once = lru_cache(maxsize=16384)(ctcae.grade)
"""Remembered: a patient is evaluated after every save, and nearly all results are as before."""


@dataclass(frozen=True)
class Baseline:
    """The last result on or before day 0 of each analyte."""

    labs: Mapping[str, Measured]


def baseline_labs(visits: tuple[VisitInput, ...]) -> Baseline:
    """Return the last value on or before day 0 of each analyte; none before an infusion."""
    found: dict[str, Measured] = {}
    for visit in visits:
        if visit.day is not None and visit.day <= 0:
            found |= {code: one for code, one in visit.labs.items() if one.value is not None}
    return Baseline(found)


def grade_labs(visit: VisitInput, baseline: Baseline) -> dict[str, Outcome]:
    """Return the grade of every gradable result of a visit by "ctcae.<term>"."""
    found: dict[str, Outcome] = {}
    for code, terms in TERMS.items():
        measured = visit.labs.get(code)
        if measured is None or measured.value is None:
            continue
        for term in terms:
            found[f"ctcae.{term}"] = _grade(term, measured, baseline.labs.get(code))
    return found


def worst_grade(visit: VisitAssessment, analyte: str) -> int | None:
    """Return the highest grade of an analyte's terms at a visit, None when none is exact."""
    grades = [visit.outcomes.get(f"ctcae.{term}") for term in TERMS.get(analyte, ())]
    exact = [one.grade for one in grades if isinstance(one, CtcaeGrade) and one.grade is not None]
    return max(exact, default=None)


def _grade(term: str, measured: Measured, before: Measured | None) -> Outcome:
    """Grade a result; one with an operator at both ends of what it may be."""
    value = measured.value or 0.0
    exact = _at(term, value, measured, before)
    if not measured.operator or not isinstance(exact, CtcaeGrade):
        return exact
    least, most = ctcae.possible(term, measured.unit)
    end = least if measured.operator.startswith("<") else most
    other = _at(term, end, measured, before)
    if not isinstance(other, CtcaeGrade):
        return exact
    low, high = min(exact.low, other.low), max(exact.high, other.high)
    return replace(exact, grade=low if low == high else None, low=low, high=high)


def _at(term: str, value: float, measured: Measured, before: Measured | None) -> Outcome:
    start = before.value or None if before else None
    abnormal = None
    if before is not None and start is not None and before.high is not None:
        abnormal = start > before.high
    return guarded(
        ctcae.RULE_CTCAE_5,
        lambda: _grade_once(
            term,
            value,
            unit=measured.unit,
            lln=measured.low,
            uln=measured.high,
            baseline=start,
            baseline_abnormal=abnormal,
        ),
    )
