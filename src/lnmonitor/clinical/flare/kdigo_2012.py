"""KDIGO 2012 relapse of lupus nephritis: mild, moderate, severe (Kidney Int Suppl 2:139, table 29).

Read in PMC4089588. Mild: red cells from < 5 to > 15 per field with >= 2 acanthocytes, or new
cellular casts. Moderate and severe: by the rise of creatinine and of protein from their lowest
values in remission. The table grades a doubled ratio moderate while its absolute value stays below
5 g/g and severe from a rise of more than 5 g/g; what lies between is graded moderate here.
KDIGO 2024 keeps no grades. One sample suffices: the table asks for no second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lnmonitor.clinical.criteria import above, at_least, below, is_above, is_at_least, is_below
from lnmonitor.clinical.flare.model import (
    NEPHRITIC_OPEN,
    PROTEINURIC_OPEN,
    FlareGrade,
    FlareObservation,
    FlareRuleSet,
    Test,
)
from lnmonitor.clinical.flare.remission import AfterRemission, Remission, absent_since
from lnmonitor.clinical.flare.samples import (
    creatinine_reason,
    limits,
    protein_reason,
    ratio_first,
)
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.clauses import UPCR
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Reason, Rule, Truth

KDIGO_2012 = Citation(
    "KDIGO Glomerulonephritis Work Group",
    "Kidney Int Suppl 2:139-274",
    2012,
    "10.1038/kisup.2012.25",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "rbc_before_hpf": 5.0,
        "rbc_now_hpf": 15.0,
        "acanthocytes_hpf": 2.0,
        "creatinine_high_umol_l": 177.0,
        "rise_low_moderate": 17.7,
        "rise_low_severe": 88.4,
        "rise_high_moderate": 35.4,
        "rise_high_severe": 132.6,
        "protein_low_g": 0.5,
        "protein_middle_g": 1.0,
        "after_low_g": 1.0,
        "after_middle_g": 2.0,
        "after_high_times": 2.0,
        "severe_rise_g": 5.0,
    }
)
RULE = Rule("flare-kdigo-2012", "1", (KDIGO_2012,), verified=False)


class Kdigo2012(AfterRemission):
    """Graded relapses after a complete or partial response."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self._rbc_before = parameters["rbc_before_hpf"]
        self._rbc_now = parameters["rbc_now_hpf"]
        self._acanthocytes = parameters["acanthocytes_hpf"]
        self._creatinine_high = parameters["creatinine_high_umol_l"]
        self._rises_low = parameters["rise_low_severe"], parameters["rise_low_moderate"]
        self._rises_high = parameters["rise_high_severe"], parameters["rise_high_moderate"]
        self._protein_low = limits(parameters["protein_low_g"])
        self._protein_middle = limits(parameters["protein_middle_g"])
        self._after_low = limits(parameters["after_low_g"])
        self._after_middle = limits(parameters["after_middle_g"])
        self._after_high_times = parameters["after_high_times"]
        self._severe_rise = limits(parameters["severe_rise_g"])

    def tests(
        self, reference: Remission, now: FlareObservation
    ) -> tuple[Test | None, Test | None, Test | None]:
        """Ask the tests of all grades."""
        return (
            self._mild(reference, now),
            self._creatinine(reference, now),
            self._protein(reference, now),
        )

    def _mild(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Red cells from < 5 to > 15 per field with >= 2 acanthocytes, or new cellular casts."""
        state = now.state
        met = Truth.any(
            self._new_cells(remission.red_cells, state), _new_casts(remission.casts, state.casts)
        )
        if met is not YES:
            return NEPHRITIC_OPEN if met is UNKNOWN else None
        reason = partial(_sediment_reason, now, remission.red_cells, self._rbc_now)
        return Test("nephritic", reason, "mild")

    def _new_cells(self, before: float | None, state: RenalState) -> Truth:
        many = is_above(state.urine_rbc_hpf, self._rbc_now)
        if many is NO:
            return NO
        return Truth.all(
            is_below(before, self._rbc_before),
            many,
            is_at_least(state.acanthocytes_hpf, self._acanthocytes),
        )

    def _creatinine(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Moderate from a rise of 17.7 µmol/L on (35.4 above 177), severe above 88.4 (132.6)."""
        before, value = remission.creatinine, now.state.creatinine_umol_l
        if before is None or value is None:
            return NEPHRITIC_OPEN
        severe, moderate = (
            self._rises_low if below(before, self._creatinine_high) else self._rises_high
        )
        found = _grade(value, before + severe, before + moderate)
        if found is None:
            return None
        grade, limit = found
        reason = partial(creatinine_reason, _CREATININE[grade], now, before, limit)
        return Test("nephritic", reason, grade)

    def _protein(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Moderate by the band of the lowest ratio before, severe by a rise of more than 5 g/g."""
        protein = ratio_first(now.state)
        before = None if protein is None else remission.nadir.get(protein.unit)
        if protein is None or before is None:
            return PROTEINURIC_OPEN
        severe = before.value + self._severe_rise[protein.unit]
        found = _grade(protein.value, severe, self._moderate_from(before))
        if found is None:
            return None
        grade, limit = found
        reason = partial(protein_reason, _PROTEIN[grade], now, protein, limit, before)
        return Test("proteinuric", reason, grade)

    def lacks(self, reference: Remission, now: FlareObservation) -> Iterator[str]:
        """Name red cells, acanthocytes and casts; creatinine and the ratio, now and before."""
        state = now.state
        if self._mild(reference, now) is NEPHRITIC_OPEN:
            if self._new_cells(reference.red_cells, state) is UNKNOWN:
                yield from _absent_cells(reference.red_cells, state)
            if _new_casts(reference.casts, state.casts) is UNKNOWN:
                yield from absent_since("casts", state.casts, reference.casts)
        yield from absent_since("creatinine_umol_l", state.creatinine_umol_l, reference.creatinine)
        yield from reference.protein_lacks(UPCR, ratio_first(state))

    def _moderate_from(self, before: Proteinuria) -> float:
        value, unit = before.value, before.unit
        if below(value, self._protein_low[unit]):
            return self._after_low[unit]
        if above(value, self._protein_middle[unit]):
            return value * self._after_high_times
        return self._after_middle[unit]


def _absent_cells(before: float | None, state: RenalState) -> Iterator[str]:
    yield from absent_since("urine_rbc_hpf", state.urine_rbc_hpf, before)
    if state.acanthocytes_hpf is None:
        yield "acanthocytes_hpf"


def _new_casts(before: bool | None, now: bool | None) -> Truth:
    if now is False or before is True:
        return NO
    return UNKNOWN if now is None or before is None else YES


def _grade(value: float, severe: float, moderate: float) -> tuple[FlareGrade, float] | None:
    """Return severe above its limit, else moderate from its own on, with that limit."""
    if above(value, severe):
        return "severe", severe
    return ("moderate", moderate) if at_least(value, moderate) else None


_CREATININE = {"moderate": "flare.creatinine_moderate", "severe": "flare.creatinine_severe"}
_PROTEIN = {"moderate": "flare.protein_moderate", "severe": "flare.protein_severe"}


def _sediment_reason(now: FlareObservation, before: float | None, limit: float) -> Reason:
    return Reason(
        "flare.sediment_mild",
        YES,
        {
            "item": "urine_rbc_hpf",
            "value": now.state.urine_rbc_hpf,
            "previous": before,
            "limit": limit,
            "casts": now.state.casts,
            "day": now.day,
            "date": now.date,
        },
    )


RULE_SET = FlareRuleSet("kdigo-2012", RULE, PARAMETERS, Kdigo2012)
