"""A patient's course: every rule of the protocol applied to every visit, from stored records only.

`evaluate` is the single road from records to results: live scores, stored assessments, flags, plots,
tables and the generated study all take it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lnmonitor.clinical.results import Outcome, Reason, Rule
from lnmonitor.language import Text


@dataclass(frozen=True)
class Measured:
    """A laboratory value at a visit in the canonical unit, with what was reported and the range then in force."""

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


@dataclass(frozen=True)
class VisitAssessment:
    """All results of one visit.

    `outcomes` by key: "sledai", "bilag.<system>", "egfr", "response.<rule set id>", "ctcae.<term>", ... each an
    `Outcome` subclass of `lnmonitor.clinical`. `labs` by analyte code. `prednisone_mg`: prednisone equivalent
    mg/day, pulses apart; None when no drug record covers the day.
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
class Course:
    """The whole of one patient's results, visits in order of date."""

    patient_id: str
    subject_id: str
    day0: str | None
    visits: tuple[VisitAssessment, ...] = ()
    flags: tuple[Flag, ...] = ()
    flares: tuple[Outcome, ...] = ()
    ever_in_remission: bool | None = None
    first_remission_day: int | None = None
    death_day: int | None = None
    last_contact_day: int | None = None
