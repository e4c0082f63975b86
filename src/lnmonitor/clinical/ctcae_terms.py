"""The laboratory terms of CTCAE v5.0 as data (NCI, 27 November 2017).

Read in a published transcription of the criteria. One row per term: what makes each grade, with the
numbers in every unit that the criteria print. Grades that need more than a number (hospital
admission, life-threatening consequences, transfusion) are not here: a person assigns them.
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


@dataclass(frozen=True)
class Term:
    """A CTCAE term; `code` is its MedDRA LLT code where it was read, `rising` its direction."""

    name: str
    rising: bool
    units: tuple[str, ...]
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


_ANY_UNIT = ("U/L", "ukat/L")
_CELLS = ("10^9/L",)
_AMOUNT = ("umol/L", "mg/dL")


def _absolute(
    units: tuple[str, ...],
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
    units: tuple[str, ...],
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
        units=_ANY_UNIT,
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
    _ranged(
        "Anemia", "10002272", rising=False, units=("g/L", "g/dL"), g2=(100, 10.0), g3=(80, 8.0)
    ),
    _ranged(
        "White blood cell decreased",
        "10049182",
        rising=False,
        units=_CELLS,
        g2=(3.0,),
        g3=(2.0,),
        g4=(1.0,),
    ),
    _ranged(
        "Neutrophil count decreased",
        "10029366",
        rising=False,
        units=_CELLS,
        g2=(1.5,),
        g3=(1.0,),
        g4=(0.5,),
    ),
    _ranged(
        "Lymphocyte count decreased",
        "10025256",
        rising=False,
        units=_CELLS,
        g2=(0.8,),
        g3=(0.5,),
        g4=(0.2,),
    ),
    _ranged(
        "Platelet count decreased",
        "10035528",
        rising=False,
        units=_CELLS,
        g2=(75,),
        g3=(50,),
        g4=(25,),
    ),
    _ranged(
        "CD4 lymphocytes decreased",
        None,
        rising=False,
        units=_CELLS,
        g2=(0.5,),
        g3=(0.2,),
        g4=(0.05,),
    ),
    Term("Leukocytosis", True, _CELLS, _absolute(_CELLS, (3, (100,)))),
    Term("Lymphocyte count increased", True, _CELLS, _absolute(_CELLS, (2, (4,)), (3, (20,)))),
    Term(
        "Hemoglobin increased",
        True,
        ("g/L", "g/dL"),
        (
            *_OUT_OF_RANGE,
            Step(2, Basis.ABOVE_NORMAL, limits={"g/L": 20, "g/dL": 2}),
            Step(3, Basis.ABOVE_NORMAL, limits={"g/L": 40, "g/dL": 4}),
        ),
    ),
    Term("Haptoglobin decreased", False, ("g/L", "mg/dL"), _OUT_OF_RANGE),
)

_COAGULATION = (
    Term(
        "Activated partial thromboplastin time prolonged",
        True,
        ("s",),
        _times(Basis.NORMAL, (1, 1.0), (2, 1.5), (3, 2.5)),
    ),
    Term("INR increased", True, ("1",), _absolute(("1",), (1, (1.2,)), (2, (1.5,)), (3, (2.5,)))),
    Term(
        "Fibrinogen decreased",
        False,
        ("g/L", "mg/dL"),
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
            *_absolute(("g/L", "mg/dL"), (4, (0.5, 50))),
        ),
    ),
)

_LIVER_AND_ENZYMES = (
    _liver("Alanine aminotransferase increased", "10001551", 1.5, (1, 3, 5, 20)),
    _liver("Aspartate aminotransferase increased", "10003481", 1.5, (1, 3, 5, 20)),
    _liver("Alkaline phosphatase increased", "10001675", 2.0, (1, 2.5, 5, 20)),
    _liver("GGT increased", "10056910", 2.0, (1, 2.5, 5, 20)),
    replace(_liver("Blood bilirubin increased", "10005364", 1.0, (1, 1.5, 3, 10)), units=_AMOUNT),
    Term("Blood lactate dehydrogenase increased", True, _ANY_UNIT, _OUT_OF_RANGE),
    Term(
        "CPK increased",
        True,
        _ANY_UNIT,
        _times(Basis.NORMAL, (1, 1.0), (2, 2.5), (3, 5.0), (4, 10.0)),
    ),
    Term("Lipase increased", True, _ANY_UNIT, _PANCREAS),
    Term("Serum amylase increased", True, _ANY_UNIT, _PANCREAS),
)

_KIDNEY = (
    Term(
        "Creatinine increased",
        True,
        _AMOUNT,
        (
            *_times(Basis.NORMAL, (1, 1.0), (2, 1.5), (3, 3.0), (4, 6.0)),
            *_times(Basis.BASELINE, (2, 1.5), (3, 3.0)),
        ),
        "10011368",
    ),
    Term(
        "Proteinuria",
        True,
        ("g/24 h",),
        (
            *_times(Basis.NORMAL, (1, 1.0), inclusive=True),
            *_absolute(("g/24 h",), (2, (1.0,)), (3, (3.5,)), inclusive=True),
        ),
        "10037032",
    ),
    _ranged(
        "Chronic kidney disease",
        "10064848",
        rising=False,
        units=("mL/min/1.73 m^2",),
        g2=(60,),
        g3=(30,),
        g4=(15,),
    ),
)

_MMOL = ("mmol/L",)
_MMOL_MG = ("mmol/L", "mg/dL")
_METABOLISM = (
    _ranged(
        "Hypoalbuminemia", "10020943", rising=False, units=("g/L", "g/dL"), g2=(30, 3), g3=(20, 2)
    ),
    _ranged("Hyperkalemia", "10020647", rising=True, units=_MMOL, g2=(5.5,), g3=(6.0,), g4=(7.0,)),
    Term(
        "Hypokalemia",
        False,
        _MMOL,
        (
            *_OUT_OF_RANGE,
            *_times(Basis.NORMAL, (2, 1.0), when=When.SYMPTOMATIC),
            *_absolute(_MMOL, (3, (3.0,)), (4, (2.5,))),
        ),
        "10021018",
    ),
    Term(
        "Hyponatremia",
        False,
        _MMOL,
        (
            *_OUT_OF_RANGE,
            *_absolute(_MMOL, (2, (130,)), (3, (125,)), (4, (120,))),
            *_absolute(_MMOL, (3, (130,)), when=When.SYMPTOMATIC),
        ),
        "10021038",
    ),
    _ranged("Hypernatremia", None, rising=True, units=_MMOL, g2=(150,), g3=(155,), g4=(160,)),
    _ranged(
        "Hypocalcemia",
        None,
        rising=False,
        units=_MMOL_MG,
        g2=(2.0, 8.0),
        g3=(1.75, 7.0),
        g4=(1.5, 6.0),
    ),
    _ranged(
        "Hypercalcemia",
        None,
        rising=True,
        units=_MMOL_MG,
        g2=(2.9, 11.5),
        g3=(3.1, 12.5),
        g4=(3.4, 13.5),
    ),
    _ranged(
        "Hypocalcemia (Ionized)", None, rising=False, units=_MMOL, g2=(1.0,), g3=(0.9,), g4=(0.8,)
    ),
    _ranged(
        "Hypercalcemia (Ionized)", None, rising=True, units=_MMOL, g2=(1.5,), g3=(1.6,), g4=(1.8,)
    ),
    _ranged(
        "Hypomagnesemia",
        None,
        rising=False,
        units=_MMOL_MG,
        g2=(0.5, 1.2),
        g3=(0.4, 0.9),
        g4=(0.3, 0.7),
    ),
    _ranged("Hypermagnesemia", None, rising=True, units=_MMOL_MG, g3=(1.23, 3.0), g4=(3.30, 8.0)),
    _ranged(
        "Hypoglycemia",
        None,
        rising=False,
        units=_MMOL_MG,
        g2=(3.0, 55),
        g3=(2.2, 40),
        g4=(1.7, 30),
    ),
    _ranged(
        "Cholesterol high",
        None,
        rising=True,
        units=_MMOL_MG,
        g2=(7.75, 300),
        g3=(10.34, 400),
        g4=(12.92, 500),
    ),
    Term(
        "Hypertriglyceridemia",
        True,
        _MMOL_MG,
        (
            *_absolute(_MMOL_MG, (1, (1.71, 150)), inclusive=True),
            *_absolute(_MMOL_MG, (2, (3.42, 300)), (3, (5.7, 500)), (4, (11.4, 1000))),
        ),
    ),
    Term(
        "Hyperuricemia",
        True,
        _AMOUNT,
        (*_OUT_OF_RANGE, *_times(Basis.NORMAL, (3, 1.0), when=When.SYMPTOMATIC)),
        "10020907",
    ),
    Term("Acidosis", False, ("pH",), (*_OUT_OF_RANGE, *_absolute(("pH",), (3, (7.3,))))),
    Term("Alkalosis", True, ("pH",), (*_OUT_OF_RANGE, *_absolute(("pH",), (3, (7.5,))))),
)

TERMS: Mapping[str, Term] = {
    term.name: term
    for term in (*_BLOOD, *_COAGULATION, *_LIVER_AND_ENZYMES, *_KIDNEY, *_METABOLISM)
}
