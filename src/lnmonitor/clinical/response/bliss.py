"""BLISS-LN endpoints: PERR and CRR (Furie 2020, N Engl J Med 383:1117-28).

Read in the label and the trial register, not in the article. PERR, the primary efficacy renal
response, has no complete grade of its own: a responder is reported as PR; the CRR set reports CR.
The trial judged week 104 and asked for two consecutive visits: showing both is for the caller. The
eGFR reference is the value before the flare (the open-label extension took its own baseline).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    Criterion,
    Definition,
    ProteinLevel,
    judging,
)
from lnmonitor.clinical.response.endpoint import EgfrKept, NoFailure, PrednisoneAtMost
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Rule

FURIE_2020 = Citation(
    "Furie R, Rovin BH, Houssiau F, et al.",
    "N Engl J Med 383:1117-28",
    2020,
    "10.1056/NEJMoa2001180",
)
PERR_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"protein_g": 0.7, "egfr_floor": 60.0, "egfr_loss": 0.2, "prednisone_mg_day": 10.0}
)
CRR_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"protein_g": 0.5, "egfr_floor": 90.0, "egfr_loss": 0.1, "prednisone_mg_day": 10.0}
)
"""Prednisone <= 10 mg/day was asked for from week 24 on; here at every visit that is judged."""
RULE_PERR = Rule("response-bliss-perr", "1", (FURIE_2020,), verified=False)
RULE_CRR = Rule("response-bliss-crr", "1", (FURIE_2020,), verified=False)

_ORDER = (UPCR, U24)


def _criteria(operator: str, parameters: Mapping[str, Parameter]) -> tuple[Criterion, ...]:
    return (
        ProteinLevel("response.protein_endpoint", _ORDER, operator, parameters["protein_g"]),
        EgfrKept(parameters["egfr_floor"], parameters["egfr_loss"]),
        NoFailure(),
        PrednisoneAtMost(parameters["prednisone_mg_day"]),
    )


def define_perr(parameters: Mapping[str, Parameter]) -> Definition:
    """UPCR <= 0.7, eGFR >= 60 or <= 20 % below pre-flare, no failure, prednisone <= 10 mg/day."""
    return Definition(complete=None, partial=_criteria("<=", parameters))


def define_crr(parameters: Mapping[str, Parameter]) -> Definition:
    """UPCR < 0.5, eGFR >= 90 or <= 10 % below pre-flare, no failure, prednisone <= 10 mg/day."""
    return Definition(complete=_criteria("<", parameters), partial=None)


PERR = RuleSet("bliss-perr", RULE_PERR, PERR_PARAMETERS, judging(PERR_PARAMETERS, define_perr))
CRR = RuleSet("bliss-crr", RULE_CRR, CRR_PARAMETERS, judging(CRR_PARAMETERS, define_crr))
