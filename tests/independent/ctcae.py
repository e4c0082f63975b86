"""CTCAE v5.0 laboratory terms of the trial a second time: tables of interval ends, read upwards.

Each grade of a term is one interval end; the grade of a value is the number of ends it has passed.
Where the criteria print two references the higher grade counts. A grade is a set when the answer
that would decide it (symptoms) is not known.

Open in the specification, read as the program reads it: a limit of normal on the wrong side of a
printed number (LLN 2.5 for white cells, ULN 5.8 for potassium) is not asked about.
"""

from __future__ import annotations

from typing import Any

from tests.independent.exact import q

# Ends below which grades 1 to 4 begin; "LLN" is the laboratory's.
FALLING: dict[str, tuple[Any, ...]] = {
    "White blood cell decreased": ("LLN", 3, 2, 1),
    "Neutrophil count decreased": ("LLN", 1.5, 1, 0.5),
    "Lymphocyte count decreased": ("LLN", 0.8, 0.5, 0.2),
    "Platelet count decreased": ("LLN", 75, 50, 25),
    "Anemia": ("LLN", 100, 80),
    "Hypoalbuminemia": ("LLN", 30, 20),
    "Hyponatremia": ("LLN", 130, 125, 120),
    "Hypokalemia": ("LLN", 3, 3, 2.5),
}
# Ends above which grades 1 to 4 begin, times ULN and, with an abnormal baseline, times baseline.
LIVER = {
    "Alanine aminotransferase increased": ((1, 3, 5, 20), (1.5, 3, 5, 20)),
    "Aspartate aminotransferase increased": ((1, 3, 5, 20), (1.5, 3, 5, 20)),
    "Alkaline phosphatase increased": ((1, 2.5, 5, 20), (2, 2.5, 5, 20)),
    "GGT increased": ((1, 2.5, 5, 20), (2, 2.5, 5, 20)),
    "Blood bilirubin increased": ((1, 1.5, 3, 10), (1, 1.5, 3, 10)),
}


def falling(term: str, value: float, lln: float, symptomatic: bool | None = None) -> set[int]:
    """Return the grades that a falling value may have."""
    ends = [q(lln) if end == "LLN" else q(end) for end in FALLING[term]]
    passed = max((n for n, end in enumerate(ends, 1) if q(value) < end), default=0)
    told = {passed}
    # Between the limit of normal and 3.0 symptoms make hypokalaemia grade 2; sodium of 125 to
    # below 130 is grade 2, with symptoms 3; below 125 always 3.
    if term == "Hypokalemia":
        told = {3} if passed == 3 else {passed}
        if passed == 1:
            told = {1, 2} if symptomatic is None else {2 if symptomatic else 1}
    if term == "Hyponatremia" and passed == 2:
        told = {2, 3} if symptomatic is None else {3 if symptomatic else 2}
    return told


def liver(term: str, value: float, uln: float, baseline: float | None) -> int:
    """Return the grade by ULN, or by the baseline where that was above ULN."""
    normal, abnormal = LIVER[term]
    if baseline is None or baseline <= uln:
        return sum(q(value) > q(times) * q(uln) for times in normal)
    ratio = q(value) / q(baseline)
    first, *rest = abnormal
    begins = ratio > q(first) if "bilirubin" in term else ratio >= q(first)
    return begins + sum(ratio > q(times) for times in rest)


def creatinine(value: float, uln: float, baseline: float | None) -> int:
    """Return the higher of the grade by ULN and the one by baseline, which knows 2 and 3 only."""
    by_normal = sum(q(value) > q(times) * q(uln) for times in (1, 1.5, 3, 6))
    if baseline is None:
        return by_normal
    by_baseline = (q(value) > q(1.5) * q(baseline)) + (q(value) > 3 * q(baseline))
    return max(by_normal, by_baseline + 1 if by_baseline else 0)


def potassium_high(value: float, uln: float) -> int:
    return sum(q(value) > q(end) for end in (uln, 5.5, 6, 7))


def proteinuria(u24: float | None, uln: float, stick: float | None) -> int | None:
    if u24 is not None:
        return 3 if q(u24) >= q(3.5) else 2 if u24 >= 1 else 1 if q(u24) >= q(uln) else 0
    return None if stick is None else (0, 1, 2, 2, 3)[int(stick)]


def kidney_disease(egfr: float, lln: float) -> int:
    """Return the grade of an eGFR; whole numbers in print, half-open here."""
    return sum(q(egfr) < q(end) for end in (lln, 60, 30, 15))


def fever(celsius: float, hours: float | None) -> set[int]:
    above = q(celsius)
    if above > 40:
        return {3, 4} if hours is None else {4 if hours > 24 else 3}
    return {2 if above > 39 else 1 if above >= 38 else 0}


def hypertension(sbp: float, dbp: float, drugs: int, intensified: bool, crisis: bool) -> int:
    by_pressure = max(
        sum(sbp >= end for end in (120, 140, 160)), sum(dbp >= end for end in (80, 90, 100))
    )
    treated = 3 if drugs > 1 or intensified else 2 if drugs == 1 else 0
    return 4 if crisis else max(by_pressure, treated)
