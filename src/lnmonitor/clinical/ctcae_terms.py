"""The laboratory terms of CTCAE v5.0 as data (NCI, 27 November 2017).

Read in a published transcription of the criteria. One row per term: what makes each grade, with the
numbers in every unit that the criteria print. Grades that need more than a number (hospital
admission, life-threatening consequences, transfusion) are not here: a person assigns them.

Which values can exist is not of the criteria: limits beyond which a number is a slip of the hand or
of the unit, from knowledge, as wide as those of this program's catalogue of analytes or wider. 0 is
taken where a patient can have it: blood counts, enzymes, bilirubin, haptoglobin, fibrinogen, urine
protein, a GFR without kidneys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property


class Basis(Enum):
    """What a limit is counted from."""

    ABSOLUTE = "absolute"
    NORMAL = "normal"
    """Times the upper (term rising) or lower (term falling) limit of normal."""
    ABOVE_NORMAL = "above_normal"
    """A number added to the upper limit of normal."""
    BASELINE = "baseline"
    """Times the baseline value."""


class When(Enum):
    """On what else a step depends."""

    ALWAYS = "always"
    BASELINE_NORMAL = "baseline_normal"
    BASELINE_ABNORMAL = "baseline_abnormal"
    SYMPTOMATIC = "symptomatic"
    ASYMPTOMATIC = "asymptomatic"
    BELOW_NORMAL = "below_normal"


@dataclass(frozen=True)
class Step:
    """A value beyond `limits[unit]` (or `factor` times something) reaches `grade`.

    "Beyond" is > for a rising term and < for a falling one, >= and <= with `inclusive`.
    """

    grade: int
    basis: Basis
    factor: float = 1.0
    limits: Mapping[str, float] | None = None
    inclusive: bool = False
    when: When = When.ALWAYS


Units = Mapping[str, tuple[float, float]]
"""The least and the greatest value that can exist, by unit."""


@dataclass(frozen=True)
class Term:
    """A CTCAE term; `code` is its MedDRA LLT code where it was read, `rising` its direction."""

    name: str
    rising: bool
    units: Units
    steps: tuple[Step, ...]
    code: str | None = None

    @cached_property
    def uses_baseline(self) -> bool:
        """Whether any step counts from the baseline."""
        return any(step.basis is Basis.BASELINE for step in self.steps)

    @cached_property
    def uses_normal_baseline(self) -> bool:
        """Whether a step counts from the baseline even where that was normal."""
        return any(
            step.basis is Basis.BASELINE and step.when is not When.BASELINE_ABNORMAL
            for step in self.steps
        )

    @cached_property
    def baseline_name(self) -> str:
        """How a refusal names the baseline."""
        return f"{self.name}, baseline"

    @cached_property
    def lln_name(self) -> str:
        """How a refusal names the lower limit of normal."""
        return f"{self.name}, lln"

    @cached_property
    def uln_name(self) -> str:
        """How a refusal names the upper limit of normal."""
        return f"{self.name}, uln"


_MMOL, _CELLS = "mmol/L", "10^9/L"
_HAEMOGLOBIN: Units = {"g/L": (20, 250), "g/dL": (2, 25)}
_WHITE_CELLS: Units = {_CELLS: (0, 200)}
_DIFFERENTIAL: Units = {_CELLS: (0, 150)}
_PLATELETS: Units = {_CELLS: (0, 2500)}
_CD4: Units = {_CELLS: (0, 10)}
_HAPTOGLOBIN: Units = {"g/L": (0, 10), "mg/dL": (0, 1000)}
_APTT: Units = {"s": (10, 400)}
_INR: Units = {"1": (0.4, 30)}
_FIBRINOGEN: Units = {"g/L": (0, 20), "mg/dL": (0, 2000)}
_ENZYME: Units = {"U/L": (0, 200_000), "ukat/L": (0, 3400)}
_BILIRUBIN: Units = {"umol/L": (0, 1000), "mg/dL": (0, 58.5)}
_CREATININE: Units = {"umol/L": (5, 3000), "mg/dL": (0.05, 34)}
_URINE_PROTEIN: Units = {"g/24 h": (0, 40)}
_GFR: Units = {"mL/min/1.73 m^2": (0, 500)}
_ALBUMIN: Units = {"g/L": (5, 80), "g/dL": (0.5, 8)}
_POTASSIUM: Units = {_MMOL: (1.5, 10)}
_SODIUM: Units = {_MMOL: (95, 190)}
_CALCIUM: Units = {_MMOL: (0.8, 5), "mg/dL": (3.2, 20.1)}
_IONIZED_CALCIUM: Units = {_MMOL: (0.3, 3.5)}
_MAGNESIUM: Units = {_MMOL: (0.1, 10), "mg/dL": (0.2, 25)}
_GLUCOSE: Units = {_MMOL: (0.5, 60), "mg/dL": (9, 1082)}
_CHOLESTEROL: Units = {_MMOL: (0.5, 40), "mg/dL": (19, 1547)}
_TRIGLYCERIDES: Units = {_MMOL: (0.1, 100), "mg/dL": (8, 8900)}
_URIC_ACID: Units = {"umol/L": (10, 2000), "mg/dL": (0.16, 34)}
_PH: Units = {"pH": (6, 8.5)}


def _absolute(
    units: Units,
    *grades: tuple[int, tuple[float, ...]],
    inclusive: bool = False,
    when: When = When.ALWAYS,
) -> tuple[Step, ...]:
    """Return one absolute step per grade; its numbers stand in the order of `units`."""
    return tuple(
        Step(
            grade,
            Basis.ABSOLUTE,
            limits=dict(zip(units, numbers, strict=True)),
            inclusive=inclusive,
            when=when,
        )
        for grade, numbers in grades
    )


def _times(
    basis: Basis, *grades: tuple[int, float], when: When = When.ALWAYS, inclusive: bool = False
) -> tuple[Step, ...]:
    return tuple(
        Step(grade, basis, factor, when=when, inclusive=inclusive) for grade, factor in grades
    )


_OUT_OF_RANGE = _times(Basis.NORMAL, (1, 1.0))


def _ranged(
    name: str,
    code: str | None,
    *,
    rising: bool,
    units: Units,
    **numbers: tuple[float, ...],
) -> Term:
    """Return a term with grade 1 outside the range and absolute limits g2, g3, g4 beyond."""
    grades = tuple((int(grade[1]), limits) for grade, limits in numbers.items())
    return Term(name, rising, units, _OUT_OF_RANGE + _absolute(units, *grades), code)


def _liver(name: str, code: str, first: float, times: tuple[float, float, float, float]) -> Term:
    """Return a liver test: times ULN with a normal baseline, times baseline with an abnormal one.

    `first` is where grade 1 begins with an abnormal baseline (the criteria print it inclusive).
    """
    one, two, three, four = times
    normal = ((1, 1.0), (2, two), (3, three), (4, four))
    return Term(
        name,
        rising=True,
        units=_ENZYME,
        steps=(
            *_times(Basis.NORMAL, *normal, when=When.BASELINE_NORMAL),
            *_times(Basis.BASELINE, (1, first), when=When.BASELINE_ABNORMAL, inclusive=first > one),
            *_times(Basis.BASELINE, *normal[1:], when=When.BASELINE_ABNORMAL),
        ),
        code=code,
    )


_PANCREAS = (
    *_times(Basis.NORMAL, (1, 1.0), (2, 1.5)),
    *_times(Basis.NORMAL, (3, 2.0), (4, 5.0), when=When.SYMPTOMATIC),
    *_times(Basis.NORMAL, (3, 5.0), when=When.ASYMPTOMATIC),
)

_BLOOD = (
    _ranged("Anemia", "10002272", rising=False, units=_HAEMOGLOBIN, g2=(100, 10.0), g3=(80, 8.0)),
    _ranged(
        "White blood cell decreased",
        "10049182",
        rising=False,
        units=_WHITE_CELLS,
        g2=(3.0,),
        g3=(2.0,),
        g4=(1.0,),
    ),
    _ranged(
        "Neutrophil count decreased",
        "10029366",
        rising=False,
        units=_DIFFERENTIAL,
        g2=(1.5,),
        g3=(1.0,),
        g4=(0.5,),
    ),
    _ranged(
        "Lymphocyte count decreased",
        "10025256",
        rising=False,
        units=_DIFFERENTIAL,
        g2=(0.8,),
        g3=(0.5,),
        g4=(0.2,),
    ),
    _ranged(
        "Platelet count decreased",
        "10035528",
        rising=False,
        units=_PLATELETS,
        g2=(75,),
        g3=(50,),
        g4=(25,),
    ),
    _ranged(
        "CD4 lymphocytes decreased",
        None,
        rising=False,
        units=_CD4,
        g2=(0.5,),
        g3=(0.2,),
        g4=(0.05,),
    ),
    Term("Leukocytosis", True, _WHITE_CELLS, _absolute(_WHITE_CELLS, (3, (100,)))),
    Term(
        "Lymphocyte count increased",
        True,
        _DIFFERENTIAL,
        _absolute(_DIFFERENTIAL, (2, (4,)), (3, (20,))),
    ),
    Term(
        "Hemoglobin increased",
        True,
        _HAEMOGLOBIN,
        (
            *_OUT_OF_RANGE,
            Step(2, Basis.ABOVE_NORMAL, limits={"g/L": 20, "g/dL": 2}),
            Step(3, Basis.ABOVE_NORMAL, limits={"g/L": 40, "g/dL": 4}),
        ),
    ),
    Term("Haptoglobin decreased", False, _HAPTOGLOBIN, _OUT_OF_RANGE),
)

_COAGULATION = (
    Term(
        "Activated partial thromboplastin time prolonged",
        True,
        _APTT,
        _times(Basis.NORMAL, (1, 1.0), (2, 1.5), (3, 2.5)),
    ),
    Term("INR increased", True, _INR, _absolute(_INR, (1, (1.2,)), (2, (1.5,)), (3, (2.5,)))),
    Term(
        "Fibrinogen decreased",
        False,
        _FIBRINOGEN,
        (
            *_times(Basis.NORMAL, (1, 1.0), (2, 0.75), (3, 0.5), (4, 0.25)),
            *_times(
                Basis.BASELINE,
                (2, 0.75),
                (3, 0.5),
                (4, 0.25),
                when=When.BELOW_NORMAL,
                inclusive=True,
            ),
            *_absolute(_FIBRINOGEN, (4, (0.5, 50))),
        ),
    ),
)

_LIVER_AND_ENZYMES = (
    _liver("Alanine aminotransferase increased", "10001551", 1.5, (1, 3, 5, 20)),
    _liver("Aspartate aminotransferase increased", "10003481", 1.5, (1, 3, 5, 20)),
    _liver("Alkaline phosphatase increased", "10001675", 2.0, (1, 2.5, 5, 20)),
    _liver("GGT increased", "10056910", 2.0, (1, 2.5, 5, 20)),
    replace(
        _liver("Blood bilirubin increased", "10005364", 1.0, (1, 1.5, 3, 10)), units=_BILIRUBIN
    ),
    Term("Blood lactate dehydrogenase increased", True, _ENZYME, _OUT_OF_RANGE),
    Term(
        "CPK increased",
        True,
        _ENZYME,
        _times(Basis.NORMAL, (1, 1.0), (2, 2.5), (3, 5.0), (4, 10.0)),
    ),
    Term("Lipase increased", True, _ENZYME, _PANCREAS),
    Term("Serum amylase increased", True, _ENZYME, _PANCREAS),
)

_KIDNEY = (
    Term(
        "Creatinine increased",
        True,
        _CREATININE,
        (
            *_times(Basis.NORMAL, (1, 1.0), (2, 1.5), (3, 3.0), (4, 6.0)),
            *_times(Basis.BASELINE, (2, 1.5), (3, 3.0)),
        ),
        "10011368",
    ),
    Term(
        "Proteinuria",
        True,
        _URINE_PROTEIN,
        (
            *_times(Basis.NORMAL, (1, 1.0), inclusive=True),
            *_absolute(_URINE_PROTEIN, (2, (1.0,)), (3, (3.5,)), inclusive=True),
        ),
        "10037032",
    ),
    _ranged(
        "Chronic kidney disease",
        "10064848",
        rising=False,
        units=_GFR,
        g2=(60,),
        g3=(30,),
        g4=(15,),
    ),
)

_METABOLISM = (
    _ranged("Hypoalbuminemia", "10020943", rising=False, units=_ALBUMIN, g2=(30, 3), g3=(20, 2)),
    _ranged(
        "Hyperkalemia", "10020647", rising=True, units=_POTASSIUM, g2=(5.5,), g3=(6.0,), g4=(7.0,)
    ),
    Term(
        "Hypokalemia",
        False,
        _POTASSIUM,
        (
            *_OUT_OF_RANGE,
            *_times(Basis.NORMAL, (2, 1.0), when=When.SYMPTOMATIC),
            *_absolute(_POTASSIUM, (3, (3.0,)), (4, (2.5,))),
        ),
        "10021018",
    ),
    Term(
        "Hyponatremia",
        False,
        _SODIUM,
        (
            *_OUT_OF_RANGE,
            *_absolute(_SODIUM, (2, (130,)), (3, (125,)), (4, (120,))),
            *_absolute(_SODIUM, (3, (130,)), when=When.SYMPTOMATIC),
        ),
        "10021038",
    ),
    _ranged("Hypernatremia", None, rising=True, units=_SODIUM, g2=(150,), g3=(155,), g4=(160,)),
    _ranged(
        "Hypocalcemia",
        None,
        rising=False,
        units=_CALCIUM,
        g2=(2.0, 8.0),
        g3=(1.75, 7.0),
        g4=(1.5, 6.0),
    ),
    _ranged(
        "Hypercalcemia",
        None,
        rising=True,
        units=_CALCIUM,
        g2=(2.9, 11.5),
        g3=(3.1, 12.5),
        g4=(3.4, 13.5),
    ),
    _ranged(
        "Hypocalcemia (Ionized)",
        None,
        rising=False,
        units=_IONIZED_CALCIUM,
        g2=(1.0,),
        g3=(0.9,),
        g4=(0.8,),
    ),
    _ranged(
        "Hypercalcemia (Ionized)",
        None,
        rising=True,
        units=_IONIZED_CALCIUM,
        g2=(1.5,),
        g3=(1.6,),
        g4=(1.8,),
    ),
    _ranged(
        "Hypomagnesemia",
        None,
        rising=False,
        units=_MAGNESIUM,
        g2=(0.5, 1.2),
        g3=(0.4, 0.9),
        g4=(0.3, 0.7),
    ),
    _ranged("Hypermagnesemia", None, rising=True, units=_MAGNESIUM, g3=(1.23, 3.0), g4=(3.30, 8.0)),
    _ranged(
        "Hypoglycemia",
        None,
        rising=False,
        units=_GLUCOSE,
        g2=(3.0, 55),
        g3=(2.2, 40),
        g4=(1.7, 30),
    ),
    _ranged(
        "Cholesterol high",
        None,
        rising=True,
        units=_CHOLESTEROL,
        g2=(7.75, 300),
        g3=(10.34, 400),
        g4=(12.92, 500),
    ),
    Term(
        "Hypertriglyceridemia",
        True,
        _TRIGLYCERIDES,
        (
            *_absolute(_TRIGLYCERIDES, (1, (1.71, 150)), inclusive=True),
            *_absolute(_TRIGLYCERIDES, (2, (3.42, 300)), (3, (5.7, 500)), (4, (11.4, 1000))),
        ),
    ),
    Term(
        "Hyperuricemia",
        True,
        _URIC_ACID,
        (*_OUT_OF_RANGE, *_times(Basis.NORMAL, (3, 1.0), when=When.SYMPTOMATIC)),
        "10020907",
    ),
    Term("Acidosis", False, _PH, (*_OUT_OF_RANGE, *_absolute(_PH, (3, (7.3,))))),
    Term("Alkalosis", True, _PH, (*_OUT_OF_RANGE, *_absolute(_PH, (3, (7.5,))))),
)

TERMS: Mapping[str, Term] = {
    term.name: term
    for term in (*_BLOOD, *_COAGULATION, *_LIVER_AND_ENZYMES, *_KIDNEY, *_METABOLISM)
}
