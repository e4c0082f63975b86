"""The trial's default renal flare: suspected at the first exceeding sample, confirmed by a second.

Built from the wording of EULAR 2012 (doi 10.1136/annrheumdis-2012-201940); the > 1 and > 2 g/g
limits equal those AURORA-2 published. Gu 2014's own wording was not seen, so every number is a
protocol parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lnmonitor.clinical.criteria import at_least, is_at_least
from lnmonitor.clinical.flare.model import (
    NEPHRITIC_OPEN,
    PROTEINURIC_OPEN,
    FlareObservation,
    FlareRuleSet,
    Test,
)
from lnmonitor.clinical.flare.remission import PR, AfterRemission, Remission
from lnmonitor.clinical.flare.samples import absent_sediment, limits, protein_reason
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import times_baseline
from lnmonitor.clinical.response.clauses import U24, percent_of
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Reason, Rule, Truth

EULAR_2012 = Citation(
    "Bertsias GK, Tektonidou M, Amoura Z, et al.",
    "Ann Rheum Dis 71:1771-82",
    2012,
    "10.1136/annrheumdis-2012-201940",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "after_complete_g": 1.0,
        "after_partial_g": 2.0,
        "after_partial_times_nadir": 2.0,
        "creatinine_times_nadir": 1.3,
        "gfr_fall": 0.1,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-renal", "1", (EULAR_2012,), verified=False)


class FlareRenal(AfterRemission):
    """Proteinuric and nephritic flares after a remission."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self._after_complete = limits(parameters["after_complete_g"])
        self._after_partial = limits(parameters["after_partial_g"])
        self._times_nadir = parameters["after_partial_times_nadir"]
        self._creatinine_times = parameters["creatinine_times_nadir"]
        self._gfr_left = 1 - parameters["gfr_fall"]

    def tests(self, reference: Remission, now: FlareObservation) -> tuple[Test | None, Test | None]:
        """Ask both ways to exceed."""
        return self._proteinuric(reference, now), self._nephritic(reference, now)

    def _proteinuric(self, remission: Remission, now: FlareObservation) -> Test | None:
        """After CR: protein >= 1 g. After PR: >= 2 g and at least doubled from the lowest value.

        A ratio counts only without a 24-hour collection.
        """
        protein = now.state.proteinuria or now.state.upcr
        if protein is None:
            return PROTEINURIC_OPEN
        after_partial = remission.best is PR
        limit = (self._after_partial if after_partial else self._after_complete)[protein.unit]
        if not at_least(protein.value, limit):
            return None
        nadir = remission.nadir.get(protein.unit)
        if after_partial:
            doubled = is_at_least(times_baseline(protein, nadir), self._times_nadir)
            if doubled is not YES:
                return PROTEINURIC_OPEN if doubled is UNKNOWN else None
        code = "flare.protein_after_partial" if after_partial else "flare.protein_after_complete"
        return Test("proteinuric", partial(protein_reason, code, now, protein, limit, nadir))

    def _nephritic(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Creatinine >= 130 % of its lowest, or GFR down by >= 10 %, with newly active sediment."""
        state, was_inactive = now.state, remission.sediment
        inactive = state.sediment_inactive
        if inactive is YES or was_inactive is NO:
            return None
        lost = remission.function_lost(state, self._creatinine_times, self._gfr_left)
        met = Truth.all(inactive.negated, was_inactive, lost)
        if met is not YES:
            return NEPHRITIC_OPEN if met is UNKNOWN else None
        lowest, highest = remission.creatinine, remission.egfr
        percent = percent_of(self._creatinine_times)
        return Test("nephritic", partial(_nephritic_reason, now, lowest, highest, percent))

    def lacks(self, reference: Remission, now: FlareObservation) -> Iterator[str]:
        """Name protein; sediment now and before, creatinine and eGFR."""
        state = now.state
        if self._proteinuric(reference, now) is PROTEINURIC_OPEN:
            yield from reference.protein_lacks(U24, state.proteinuria or state.upcr)
        if self._nephritic(reference, now) is NEPHRITIC_OPEN:
            yield from absent_sediment(state)
            if reference.sediment is UNKNOWN:
                yield "active_sediment_in_remission"
            yield from reference.function_lacks(state, self._creatinine_times, self._gfr_left)


def _nephritic_reason(
    now: FlareObservation, lowest: float | None, highest: float | None, percent: float
) -> Reason:
    return Reason(
        "flare.nephritic",
        YES,
        {
            "item": "creatinine_umol_l",
            "value": now.state.creatinine_umol_l,
            "unit": "µmol/L",
            "previous": lowest,
            "percent": percent,
            "gfr": now.state.egfr,
            "gfr_previous": highest,
            "day": now.day,
            "date": now.date,
        },
    )


RULE_SET = FlareRuleSet("flare-renal", RULE, PARAMETERS, FlareRenal)
