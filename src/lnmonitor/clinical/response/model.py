"""What every response definition reads and answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from lnmonitor.clinical.criteria import is_at_most
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Outcome, Rule, Truth, frozen, kept


class Response(Enum):
    """Complete, partial, no response; UNKNOWN while a missing input could change the answer."""

    CR = "CR"
    PR = "PR"
    NR = "NR"
    UNKNOWN = "unknown"


@frozen
class RenalState:
    """The kidney at one visit; None = not measured or not asked.

    `proteinuria` is a 24-hour collection, `upcr` a ratio in the unit reported; eGFR in
    mL/min/1.73 m²; urine cells per high-power field; `casts` cellular casts seen; `on_rescue`
    rescue therapy begun at or before this visit.

    Trial endpoints and some flare definitions also ask for: `pre_flare_egfr`, eGFR before the flare
    that led to treatment; `prednisone_mg_day`, prednisone equivalent in force;
    `treatment_failure`, a medication the endpoint forbids was taken; `steroid_allowance_kept`,
    prednisone stayed within the endpoint's allowance in the weeks before the visit
    (`taper.within_allowance`); `egfr_fall_confirmed`, a second sample repeated an eGFR below the
    endpoint's limits; `acanthocytes_hpf` per high-power field; `egfr_related_event`, an adverse
    event related to treatment or disease affects eGFR.
    """

    proteinuria: Proteinuria | None = None
    upcr: Proteinuria | None = None
    creatinine_umol_l: float | None = None
    creatinine_uln: float | None = None
    egfr: float | None = None
    albumin_g_l: float | None = None
    urine_rbc_hpf: float | None = None
    urine_wbc_hpf: float | None = None
    casts: bool | None = None
    on_rescue: bool | None = None
    dead_or_dialysis: bool = False
    pre_flare_egfr: float | None = None
    prednisone_mg_day: float | None = None
    treatment_failure: bool | None = None
    steroid_allowance_kept: bool | None = None
    egfr_fall_confirmed: bool | None = None
    acanthocytes_hpf: float | None = None
    egfr_related_event: bool | None = None

    @kept
    def sediment_inactive(self) -> Truth:
        """Whether there are <= 5 red and <= 5 white cells per field and no cellular casts."""
        if self.casts:
            return NO
        return Truth.all(
            UNKNOWN if self.casts is None else YES,
            is_at_most(self.urine_rbc_hpf, 5),
            is_at_most(self.urine_wbc_hpf, 5),
        )


@frozen
class ResponseResult(Outcome):
    """The response by the rule set named in `rule.id`."""

    response: Response = Response.UNKNOWN


Judge = Callable[[Rule, RenalState, RenalState, Mapping[str, Parameter]], ResponseResult]
"""(rule with the parameters in force, baseline, now, those parameters) -> result."""


@dataclass(frozen=True)
class RuleSet:
    """One published or protocol definition of response with its parameters' defaults."""

    id: str
    rule: Rule
    parameters: Mapping[str, Parameter]
    judge: Judge
