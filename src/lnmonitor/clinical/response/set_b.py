"""Set B: response as Ginzler 2005 worded it (N Engl J Med 353:2219-28).

Complete: creatinine, protein and sediment each back to within 10 % of normal. Partial: every
abnormal renal measure better by >= 50 %, none worse by > 10 %. Written from knowledge of the
definition, not from the article; what is normal for protein (0.15 g) and cells (5 per field) is
this set's own choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from lnmonitor.clinical.criteria import OVER, is_at_most
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import UNITS, limit_in, times_baseline
from lnmonitor.clinical.response.clauses import (
    NO_RESCUE,
    U24,
    UPCR,
    Answered,
    CreatinineStable,
    Definition,
    Inputs,
    judging,
    percent_of,
    protein,
    upper_limit,
)
from lnmonitor.clinical.response.model import RenalState, RuleSet
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Reason, Rule, Scalar, Truth

GINZLER_2005 = Citation(
    "Ginzler EM, Dooley MA, Aranow C, et al.",
    "N Engl J Med 353:2219-28",
    2005,
    "10.1056/NEJMoa043731",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "normal_protein_g": 0.15,
        "normal_cells_hpf": 5.0,
        "tolerance": 0.1,
        "partial_improvement": 0.5,
    }
)
RULE = Rule("response-set-b", "2", (GINZLER_2005,), verified=False)


Found = tuple[str, float | None, float | None, str, float | None]
"""A measure as it is told: item, value, value at baseline, unit, and the limit of near normal."""


class _Measure(Protocol):
    """One renal measure: whether it is near normal, whether it was halved, and its numbers."""

    def near(self, baseline: RenalState, now: RenalState) -> Truth:
        """Return whether the value is within the tolerance of normal."""

    def halved(self, baseline: RenalState, now: RenalState) -> Truth:
        """Return whether the value is down to the share of its baseline that counts as better."""

    def found(self, baseline: RenalState, now: RenalState) -> Found:
        """Return the numbers that both answers stand on."""


class _Creatinine:
    """Serum creatinine; its upper limit of normal is the one in force."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.times, self.left = 1 + parameters["tolerance"], 1 - parameters["partial_improvement"]

    def near(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with the upper limit of normal."""
        value, normal = now.creatinine_umol_l, upper_limit(baseline, now)
        if value is None or normal is None:
            return UNKNOWN
        return YES if value <= normal * self.times * OVER else NO

    def halved(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with the baseline."""
        value, before = now.creatinine_umol_l, baseline.creatinine_umol_l
        if value is None or before is None:
            return UNKNOWN
        return YES if value <= before * self.left * OVER else NO

    def found(self, baseline: RenalState, now: RenalState) -> Found:
        """Return the numbers."""
        value, before = now.creatinine_umol_l, baseline.creatinine_umol_l
        normal = upper_limit(baseline, now)
        limit = None if normal is None else normal * self.times
        return "creatinine_umol_l", value, before, "µmol/L", limit


class _Cells:
    """Urine cells per field, `item` of the state."""

    def __init__(self, item: str, parameters: Mapping[str, Parameter]) -> None:
        self.item, self.left = item, 1 - parameters["partial_improvement"]
        self.limit = parameters["normal_cells_hpf"] * (1 + parameters["tolerance"])

    def near(self, _: RenalState, now: RenalState) -> Truth:
        """Compare with the limit."""
        return is_at_most(getattr(now, self.item), self.limit)

    def halved(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with the baseline."""
        before: float | None = getattr(baseline, self.item)
        return is_at_most(getattr(now, self.item), None if before is None else before * self.left)

    def found(self, baseline: RenalState, now: RenalState) -> Found:
        """Return the numbers."""
        value, before = getattr(now, self.item), getattr(baseline, self.item)
        return self.item, value, before, "/hpf", self.limit


class _Protein:
    """Urine protein; a ratio counts only without a 24-hour collection."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        times, grams = 1 + parameters["tolerance"], parameters["normal_protein_g"]
        self.limits = {unit: limit_in(unit, grams) * times for unit in UNITS}
        self.left = 1 - parameters["partial_improvement"]

    def near(self, _: RenalState, now: RenalState) -> Truth:
        """Compare with the limit in the unit of the value."""
        after = now.proteinuria or now.upcr
        return UNKNOWN if after is None else is_at_most(after.value, self.limits[after.unit])

    def halved(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with the same measure at baseline; what was 0 cannot be halved."""
        after, before = now.proteinuria, baseline.proteinuria
        if after is None and now.upcr is not None:
            after, before = now.upcr, baseline.upcr
        if before is not None and before.value == 0:
            return NO
        return is_at_most(times_baseline(after, before), self.left)

    def found(self, baseline: RenalState, now: RenalState) -> Found:
        """Return the numbers."""
        name = UPCR if now.proteinuria is None and now.upcr is not None else U24
        after, before = protein(now, name), protein(baseline, name)
        unit = after.unit if after else "g/24 h"
        value = after.value if after else None
        return name, value, before.value if before else None, unit, self.limits[unit]


def _told(found: Found) -> dict[str, Scalar]:
    return dict(zip(("item", "value", "baseline", "unit", "limit"), found, strict=True))


class _NearNormal:
    """A measure within the tolerance of normal."""

    def __init__(self, measure: _Measure) -> None:
        self.measure, self.met = measure, measure.near

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value and its limit."""
        values = _told(self.measure.found(baseline, now))
        return Reason("response.near_normal", self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value and the limit that only creatinine can lack."""
        item, value, _, _, limit = self.measure.found(baseline, now)
        return {item: value, "creatinine_uln": limit}


class _NearOrImproved:
    """A measure near normal or at half of its baseline.

    This covers both halves of a partial response: what is neither near normal nor halved was
    abnormal and did not improve, or is worse.
    """

    def __init__(self, measure: _Measure, improvement: float) -> None:
        self.measure, self.percent = measure, percent_of(improvement)
        self._near, self._halved = measure.near, measure.halved

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with both."""
        near = self._near(baseline, now)
        if near is YES:
            return YES
        halved = self._halved(baseline, now)
        return halved if near is NO else Truth.any(near, halved)

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, its baseline and its limit."""
        values = _told(self.measure.found(baseline, now)) | {"percent": self.percent}
        return Reason("response.improved", self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value, the limit and the baseline."""
        item, value, before, _, limit = self.measure.found(baseline, now)
        return {item: value, "creatinine_uln": limit, f"{item}_baseline": before}


_NO_CASTS = Answered("response.no_casts", "casts", wanted=False)
"""Casts cannot be halved: complete and partial response both ask for none."""


def define(parameters: Mapping[str, Parameter]) -> Definition:
    """Return the criteria: rescue therapy, death, dialysis or transplantation is NR."""
    improvement = parameters["partial_improvement"]
    measures: tuple[_Measure, ...] = (
        _Creatinine(parameters),
        _Protein(parameters),
        _Cells("urine_rbc_hpf", parameters),
        _Cells("urine_wbc_hpf", parameters),
    )
    both = (_NO_CASTS, NO_RESCUE)
    # Counts and protein that stay near normal are not worse; creatinine can rise within its range.
    not_worse = CreatinineStable(1 + parameters["tolerance"])
    return Definition(
        (*(_NearNormal(each) for each in measures), *both),
        (*(_NearOrImproved(each, improvement) for each in measures), not_worse, *both),
    )


RULE_SET = RuleSet("set-b", RULE, PARAMETERS, judging(PARAMETERS, define))
