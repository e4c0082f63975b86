"""Set B: response as Ginzler 2005 worded it (N Engl J Med 353:2219-28).

Complete: creatinine, protein and sediment each back to within 10 % of normal. Partial: every
abnormal renal measure better by >= 50 %, none worse by > 10 %. Written from knowledge of the
definition, not from the article; what is normal for protein (0.15 g) and cells (5 per field) is
this set's own choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import UNITS, limit_in, times_baseline
from lnmonitor.clinical.response.clauses import (
    NO_RESCUE,
    U24,
    UPCR,
    Answered,
    Compared,
    CreatinineStable,
    Definition,
    Inputs,
    judging,
    percent_of,
    protein,
    upper_limit,
)
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Reason, Rule, Scalar, Truth

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


class _Measure(NamedTuple):
    """One renal measure at both visits: what is normal for it, and whether it was halved."""

    item: str
    unit: str
    value: float | None
    before: float | None
    limit: float | None
    halved: Truth

    @property
    def near(self) -> Truth:
        """Whether the value is within the tolerance of normal."""
        return truth(self.value, "<=", self.limit)

    def values(self, **more: Scalar) -> dict[str, Scalar]:
        """Return the numbers behind the answer."""
        return {
            "item": self.item,
            "value": self.value,
            "baseline": self.before,
            "unit": self.unit,
            "limit": self.limit,
            **more,
        }


class _Number:
    """A number of the state; `normal` its upper limit, None: that of creatinine in force."""

    def __init__(
        self, item: str, unit: str, normal: float | None, parameters: Mapping[str, Parameter]
    ) -> None:
        self.item, self.unit, self.normal = item, unit, normal
        self.times, self.left = 1 + parameters["tolerance"], 1 - parameters["partial_improvement"]

    def read(self, visit: Compared) -> _Measure:
        """Read the measure at both visits."""
        value: float | None = getattr(visit.now, self.item)
        before: float | None = getattr(visit.baseline, self.item)
        normal = upper_limit(visit.baseline, visit.now) if self.normal is None else self.normal
        limit = None if normal is None else normal * self.times
        halved = truth(value, "<=", None if before is None else before * self.left)
        return _Measure(self.item, self.unit, value, before, limit, halved)


class _Protein:
    """Urine protein; a ratio counts only without a 24-hour collection."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        times, grams = 1 + parameters["tolerance"], parameters["normal_protein_g"]
        self.limits = {unit: limit_in(unit, grams) * times for unit in UNITS}
        self.left = 1 - parameters["partial_improvement"]

    def read(self, visit: Compared) -> _Measure:
        """Read the measure at both visits."""
        name = UPCR if visit.now.proteinuria is None and visit.now.upcr is not None else U24
        after, before = protein(visit.now, name), protein(visit.baseline, name)
        unit = after.unit if after else "g/24 h"
        halved = Truth.NO
        if before is None or before.value != 0:
            halved = truth(times_baseline(after, before), "<=", self.left)
        return _Measure(
            name,
            unit,
            after.value if after else None,
            before.value if before else None,
            self.limits[unit],
            halved,
        )


class _NearNormal:
    """A measure within the tolerance of normal."""

    def __init__(self, measure: _Number | _Protein) -> None:
        self.measure = measure

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        return self.measure.read(visit).near

    def reason(self, visit: Compared) -> Reason:
        """Tell the value and its limit."""
        found = self.measure.read(visit)
        return Reason("response.near_normal", found.near, found.values())

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value and the limit that only creatinine can lack."""
        found = self.measure.read(visit)
        return {found.item: found.value, "creatinine_uln": found.limit}


class _NearOrImproved:
    """A measure near normal or at half of its baseline.

    This covers both halves of a partial response: what is neither near normal nor halved was
    abnormal and did not improve, or is worse.
    """

    def __init__(self, measure: _Number | _Protein, improvement: float) -> None:
        self.measure, self.percent = measure, percent_of(improvement)

    def met(self, visit: Compared) -> Truth:
        """Compare with both."""
        found = self.measure.read(visit)
        return Truth.any(found.near, found.halved)

    def reason(self, visit: Compared) -> Reason:
        """Tell the value, its baseline and its limit."""
        values = self.measure.read(visit).values(percent=self.percent)
        return Reason("response.improved", self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value, the limit and the baseline."""
        found = self.measure.read(visit)
        return {
            found.item: found.value,
            "creatinine_uln": found.limit,
            f"{found.item}_baseline": found.before,
        }


_NO_CASTS = Answered("response.no_casts", "casts", wanted=False)
"""Casts cannot be halved: complete and partial response both ask for none."""


def define(parameters: Mapping[str, Parameter]) -> Definition:
    """Return the criteria: rescue therapy, death, dialysis or transplantation is NR."""
    cells, improvement = parameters["normal_cells_hpf"], parameters["partial_improvement"]
    measures = (
        _Number("creatinine_umol_l", "µmol/L", None, parameters),
        _Protein(parameters),
        _Number("urine_rbc_hpf", "/hpf", cells, parameters),
        _Number("urine_wbc_hpf", "/hpf", cells, parameters),
    )
    both = (_NO_CASTS, NO_RESCUE)
    # Counts and protein that stay near normal are not worse; creatinine can rise within its range.
    not_worse = CreatinineStable(1 + parameters["tolerance"])
    return Definition(
        (*(_NearNormal(each) for each in measures), *both),
        (*(_NearOrImproved(each, improvement) for each in measures), not_worse, *both),
    )


RULE_SET = RuleSet("set-b", RULE, PARAMETERS, judging(PARAMETERS, define))
