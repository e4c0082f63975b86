"""EULAR/ERA-EDTA 2012 renal flares, nephritic and proteinuric (after Gordon 2009).

Nephritic: reproducible rise of creatinine by >= 30 % (or fall of GFR by >= 10 %) with active
sediment and >= 10 red cells per field more. Proteinuric: reproducible doubling to more than
100 mg/mmol after complete, 200 mg/mmol after partial response. From knowledge, not from the
article; what "reproducible" means in days is a protocol parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lnmonitor.clinical.criteria import above, at_least, is_at_least
from lnmonitor.clinical.flare.flare_renal import EULAR_2012
from lnmonitor.clinical.flare.model import (
    NEPHRITIC_OPEN,
    PROTEINURIC_OPEN,
    FlareObservation,
    FlareRuleSet,
    Test,
)
from lnmonitor.clinical.flare.remission import PR, AfterRemission, Remission, absent_since
from lnmonitor.clinical.flare.samples import (
    absent_sediment,
    creatinine_reason,
    limits,
    protein_reason,
    ratio_first,
    times,
)
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import UPCR, percent_of
from lnmonitor.clinical.results import UNKNOWN, YES, Citation, Rule, Truth

GORDON_2009 = Citation("Gordon C, Jayne D, Pusey C, et al.", "Lupus 18:257-63", 2009)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "after_complete_g": 1.0,
        "after_partial_g": 2.0,
        "protein_times": 2.0,
        "creatinine_times": 1.3,
        "gfr_fall": 0.1,
        "rbc_rise_hpf": 10.0,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-eular-2012", "1", (EULAR_2012, GORDON_2009), verified=False)


class Eular2012(AfterRemission):
    """Proteinuric and nephritic flares after a complete or partial response."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self._after_complete = limits(parameters["after_complete_g"])
        self._after_partial = limits(parameters["after_partial_g"])
        self._protein_times = parameters["protein_times"]
        self._creatinine_times = parameters["creatinine_times"]
        self._gfr_left = 1 - parameters["gfr_fall"]
        self._rbc_rise = parameters["rbc_rise_hpf"]

    def tests(self, reference: Remission, now: FlareObservation) -> tuple[Test | None, Test | None]:
        """Ask both ways to exceed."""
        return self._proteinuric(reference, now), self._nephritic(reference, now)

    def _proteinuric(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Doubled from the lowest value, and > 1 g after complete, > 2 g after partial response."""
        protein = ratio_first(now.state)
        if protein is None:
            return PROTEINURIC_OPEN
        after_partial = remission.best is PR
        limit = (self._after_partial if after_partial else self._after_complete)[protein.unit]
        if not above(protein.value, limit):
            return None
        nadir = remission.nadir.get(protein.unit)
        if nadir is None:
            return PROTEINURIC_OPEN
        if not at_least(protein.value, nadir.value * self._protein_times):
            return None
        code = "flare.doubled_after_partial" if after_partial else "flare.doubled_after_complete"
        return Test("proteinuric", partial(protein_reason, code, now, protein, limit, nadir))

    def _nephritic(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Function lost with active sediment and >= 10 red cells per field more."""
        state, fewest = now.state, remission.red_cells
        if state.sediment_inactive is YES:
            return None
        met = Truth.all(
            remission.function_lost(state, self._creatinine_times, self._gfr_left),
            state.sediment_inactive.negated,
            is_at_least(state.urine_rbc_hpf, None if fewest is None else fewest + self._rbc_rise),
        )
        if met is not YES:
            return NEPHRITIC_OPEN if met is UNKNOWN else None
        reason = partial(
            creatinine_reason,
            "flare.nephritic_rbc_rise",
            now,
            remission.creatinine,
            times(remission.creatinine, self._creatinine_times),
            gfr=state.egfr,
            gfr_previous=remission.egfr,
            rbc=state.urine_rbc_hpf,
            rbc_previous=fewest,
            rise=self._rbc_rise,
            percent=percent_of(self._creatinine_times),
        )
        return Test("nephritic", reason)

    def lacks(self, reference: Remission, now: FlareObservation) -> Iterator[str]:
        """Name the ratio; sediment, creatinine and eGFR, red cells now and before."""
        state = now.state
        if self._proteinuric(reference, now) is PROTEINURIC_OPEN:
            yield from reference.protein_lacks(UPCR, ratio_first(state))
        if self._nephritic(reference, now) is NEPHRITIC_OPEN:
            yield from reference.function_lacks(state, self._creatinine_times, self._gfr_left)
            yield from absent_sediment(state)
            yield from absent_since("urine_rbc_hpf", state.urine_rbc_hpf, reference.red_cells)


RULE_SET = FlareRuleSet("eular-2012", RULE, PARAMETERS, Eular2012)
