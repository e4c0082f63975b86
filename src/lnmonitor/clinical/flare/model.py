"""What every flare definition reads and answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.model import RenalState, Response
from lnmonitor.clinical.results import (
    Outcome,
    Rule,
    frozen,
)

FlareStatus = Literal["suspected", "confirmed"]
FlareKind = Literal["proteinuric", "nephritic"]
FlareGrade = Literal["mild", "moderate", "severe"]
TRACKED = ("creatinine_umol_l", "egfr", "urine_rbc_hpf", "casts")
"""Fields of a state whose lowest, highest and last values a flare can be measured against."""
GRADES: tuple[FlareGrade, ...] = ("mild", "moderate", "severe")
Denominator = Literal["remitted", "adequate_response", "all_treated"]
"""Of whom a flare rate is a share: those ever in complete or partial remission, those with the
definition's own adequate response, or everybody treated."""


@frozen
class FlareObservation:
    """One sample or visit: `day` counts from the first infusion (day 0), `date` is ISO text.

    `response` is the response at this observation, None or UNKNOWN where not assessed.
    `treatment_escalated`: immunosuppression raised for the kidney because of this observation.
    `collection_id` tells two results of one urine collection from two collections.
    """

    day: int
    date: str
    state: RenalState
    response: Response | None = None
    treatment_escalated: bool | None = None
    collection_id: str | None = None

    @cached_property
    def tracked(self) -> tuple[tuple[str, float], ...]:
        """The known numbers whose extremes a reference keeps, read once for all definitions."""
        found = ((name, getattr(self.state, name)) for name in TRACKED)
        return tuple((name, value) for name, value in found if value is not None)


@frozen
class FlareFinding(Outcome):
    """One episode. Days count from the first infusion; onset is the first exceeding sample.

    `evidence_days` are all exceeding samples of the episode, `resolved_day` the first sample after
    them below the limits (None while it lasts). A suspected episode that resolved was never
    confirmed. `grade` is the highest of the episode, by the one definition that has grades.
    """

    kind: FlareKind = "proteinuric"
    status: FlareStatus = "suspected"
    onset_day: int = 0
    onset_date: str = ""
    confirmed_day: int | None = None
    confirmed_date: str | None = None
    evidence_days: tuple[int, ...] = ()
    resolved_day: int | None = None
    grade: FlareGrade | None = None


@dataclass(frozen=True)
class FlareRuleSet:
    """One definition of renal flare with its parameters' defaults."""

    id: str
    rule: Rule
    parameters: Mapping[str, Parameter]
    find: Callable[[Rule, Sequence[FlareObservation], Mapping[str, Parameter]], list[FlareFinding]]
    """(rule with the parameters in force, observations in order of day, parameters) -> findings."""
    denominator: Denominator = "remitted"
