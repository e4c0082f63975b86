"""What evaluation answers with: one visit's results, flags, and the whole course.

Plain frozen dataclasses, imported by everybody as `lnmonitor.analysis.course`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lnmonitor.clinical.bilag import BilagGrade
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.flare import Undecided
from lnmonitor.clinical.gfr import EgfrResult
from lnmonitor.clinical.response import Response, ResponseResult
from lnmonitor.clinical.results import (
    Outcome,
    Reason,
    Rule,
    Truth,
    frozen,
)
from lnmonitor.clinical.sledai import Proposal, SledaiScore
from lnmonitor.language import Text


@dataclass(frozen=True)
class Measured:
    """A laboratory value in the canonical unit, with what was reported and the range in force."""

    analyte: str
    value: float | None
    unit: str
    reported: str
    """As reported, operator and unit included ("> 800 IU/mL"); "ND" with a missing reason."""
    operator: str = ""
    low: float | None = None
    high: float | None = None
    flag: str = ""
    date: str = ""
    day: int | None = None
    record_id: str = ""
    missing: str = ""
    """Missing code (ND, UNK, NA) or empty."""
    method: str = ""
    laboratory: str = ""
    reported_value: float | None = None
    reported_unit: str = ""
    text: str = ""
    """Result in words, such as the kind of casts."""
    complete: bool | None = None
    """Whether a 24-hour collection was complete."""
    due_to_sle: bool | None = None
    problem: str = ""
    """Why there is no canonical value although one was reported."""


@frozen
class Refused(Outcome):
    """A rule could not be applied because a stored value is impossible; the reason says which."""


@frozen
class Undetermined(Outcome):
    """A rule could not be applied because an input is missing or not clear: `missing` names it."""


@dataclass(frozen=True)
class SledaiLabCheck(Outcome):
    """What the laboratory proposes for the SLEDAI items, and which of the answers it contradicts.

    `reasons` are those of the contradictions. A proposal never scores: the investigator does.
    """

    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    contradictions: tuple[str, ...] = ()


@frozen
class SledaiBand(Outcome):
    """Band of a SLEDAI-2K ("none", "low", "moderate", "high") and its change since the last one.

    `change`: "worse", "improved" or "persistent". Each None where the range leaves it open, and
    `change` without a score before.
    """

    band: str | None = None
    change: str | None = None


@frozen
class GfrStage(Outcome):
    """KDIGO G stage ("G1".."G5") of the estimated GFR, None without one."""

    stage: str | None = None


@frozen
class ProteinStage(Outcome):
    """KDIGO A stage ("A1".."A3") of urine albumin or protein, tested in the unit reported."""

    stage: str | None = None


@frozen
class KidneyRisk(Outcome):
    """KDIGO risk of G and A stage: "low", "moderate", "high", "very high"; None without both."""

    risk: str | None = None


@frozen
class ProteinReading(Outcome):
    """Urine protein as reported; `reasons` tell the same ratio in the other units in use."""

    value: float | None = None
    unit: str = ""


def guarded(rule: Rule, compute: Callable[[], Outcome]) -> Outcome:
    """Return a rule's result, or `Refused` where an impossible value was stored."""
    try:
        return compute()
    except InvalidInput as error:
        shown = error.value if isinstance(error.value, str | int | float) else str(error.value)
        values = {"item": error.item, "value": shown, "unit": error.unit, "limit": error.limit}
        reason = Reason("input.refused", Truth.UNKNOWN, values)
        return Refused(rule=rule, reasons=(reason,), missing=(error.item,))


@dataclass(frozen=True)
class VisitAssessment:
    """All results of one visit.

    `outcomes` by key, each an `Outcome` subclass (`Refused` for an impossible stored value,
    `Undetermined` without its inputs): "sledai", "sledai.renal", "sledai.clinical", "sledai.labs",
    "sledai.band", "selena", "sfi", "bilag_flare.<rule>", "bilag_band",
    "bilag.<system>", "bilag.total", "egfr", "kdigo_g", "kdigo_a", "kdigo_risk", "protein",
    "urine.collection", "response.<rule set id>", "lldas", "doris", "sri4", "bicla", "mcr_pcr",
    "ctcae.<CTCAE term>", "steroids", "steroids.taper", "infusion". `labs` by analyte code.
    `prednisone_mg`: prednisone equivalent mg/day, pulses apart; None before the first drug record.
    """

    visit_id: str
    code: str
    name: Text
    date: str
    day: int | None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    labs: Mapping[str, Measured] = field(default_factory=dict)
    prednisone_mg: float | None = None
    recorded_sledai: int | None = None
    took_place: bool = True
    """False for a visit recorded as missed; it has no results."""
    pga: float | None = None
    weight_kg: float | None = None

    def sledai(self) -> SledaiScore | None:
        """Return the investigator's SLEDAI-2K, None when the form was not filled in."""
        found = self.outcomes.get("sledai")
        return found if isinstance(found, SledaiScore) else None

    def bilag(self, system: str = "renal") -> BilagGrade | None:
        """Return one system's BILAG-2004 letter, None when the system was not assessed."""
        found = self.outcomes.get(f"bilag.{system}")
        return found if isinstance(found, BilagGrade) else None

    def response(self, rule_set: str = "set-a") -> Response | None:
        """Return the renal response by a rule set, None where no response is due."""
        found = self.outcomes.get(f"response.{rule_set}")
        return found.response if isinstance(found, ResponseResult) else None

    def egfr(self) -> float | None:
        """Return the estimated GFR by the protocol's equation, mL/min/1.73 m²."""
        found = self.outcomes.get("egfr")
        return found.value if isinstance(found, EgfrResult) else None

    def lab(self, analyte: str) -> float | None:
        """Return a laboratory value in the canonical unit, None when missing."""
        found = self.labs.get(analyte)
        return None if found is None else found.value


@dataclass(frozen=True)
class Flag:
    """Something a person must look at, with its evidence.

    `identity` is made of rule, patient and evidence: it stays over recomputation, so that an
    acknowledgement survives. `severity`: "serious", "warn" or "info".
    """

    identity: str
    kind: str
    title: Text
    rule: Rule
    reasons: tuple[Reason, ...]
    severity: str
    date: str
    day: int | None
    visit_id: str | None = None
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class InfusionGiven:
    """One infusion with its recomputed dose; `check` is an `InfusionCheck` or `Refused`."""

    record_id: str
    date: str
    day: int | None
    check: Outcome


@dataclass(frozen=True)
class Course:
    """The whole of one patient's results, visits in order of date."""

    patient_id: str
    subject_id: str
    day0: str | None
    visits: tuple[VisitAssessment, ...] = ()
    flags: tuple[Flag, ...] = ()
    flares: tuple[Outcome, ...] = ()
    """By the protocol's rule: these alone raise flags and count in tables."""
    undecided_flares: tuple[Undecided, ...] = ()
    """The samples at which that rule can neither tell a flare nor deny it."""
    other_flares: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    """By the other definitions of the protocol on the same data; empty where none was found."""
    other_undecided: Mapping[str, tuple[Undecided, ...]] = field(default_factory=dict)
    ever_in_remission: bool | None = None
    """Cumulative: CR or PR by the primary rule set at any visit after day 0; None while open."""
    first_remission_day: int | None = None
    death_day: int | None = None
    kidney_replaced_day: int | None = None
    """From this day on every response is NR: dialysis or a transplantation."""
    last_contact_day: int | None = None
    withdrawn_day: int | None = None
    infusions: tuple[InfusionGiven, ...] = ()
    primary_rule: str = "set-a"
    bilag_scale: str = "9/3/1/0/0"
    evaluated_on: str = ""
    """ISO date of the evaluation."""
