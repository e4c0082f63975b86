"""Set A: response as the Nanjing trials of the time reported it, the trial's primary definition.

Gu 2014 (doi 10.1007/s10067-014-2754-4) names complete and partial remission; its own wording was
not seen. 0.5 g and the 50 % fall are shared with KDIGO 2024 and Ranjbar 2022, the other numbers are
protocol parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    NO_RESCUE,
    U24,
    UPCR,
    AlbuminAtLeast,
    CreatinineNormalOrStable,
    CreatinineRecovered,
    CreatinineStable,
    Criterion,
    Definition,
    ProteinFall,
    ProteinLevel,
    SedimentInactive,
    judging,
)
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Rule

GU_2014 = Citation(
    "Gu F, Wang D, Zhang H, et al.",
    "Clin Rheumatol 33:1611-9",
    2014,
    "10.1007/s10067-014-2754-4",
)
RANJBAR_2022 = Citation("Ranjbar A, et al.", "Curr Res Transl Med 70:103324", 2022)

PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "complete_protein_g": 0.5,
        "creatinine_times_baseline": 1.15,
        "complete_needs_albumin": False,
        "albumin_g_l": 35.0,
        "partial_fall": 0.5,
        "partial_protein_g": 3.5,
        "partial_creatinine_times_baseline": 1.15,
        "partial_needs_creatinine_recovery": True,
        "creatinine_recovery_fall": 0.25,
    }
)
RULE = Rule("response-set-a", "1", (GU_2014, RANJBAR_2022), verified=False)

_ORDER = (U24, UPCR)
"""A ratio counts only without a 24-hour collection."""


def define(parameters: Mapping[str, Parameter]) -> Definition:
    """Return the criteria.

    CR: protein < 0.5 g, inactive sediment, creatinine normal or <= 115 % of baseline, albumin
    >= 35 g/L if asked for. PR: protein down by >= 50 % and < 3.5 g, creatinine <= 115 % of
    baseline (125 % in some reports), and, where it was raised at baseline, down by >= 25 % or
    normal. Rescue therapy, death, dialysis or transplantation is NR.
    """
    limit, partial_limit = parameters["complete_protein_g"], parameters["partial_protein_g"]
    complete: list[Criterion] = [
        ProteinLevel("response.protein_complete", _ORDER, "<", limit),
        SedimentInactive(),
        CreatinineNormalOrStable(CreatinineStable(parameters["creatinine_times_baseline"])),
        NO_RESCUE,
    ]
    if parameters["complete_needs_albumin"]:
        complete.append(AlbuminAtLeast(parameters["albumin_g_l"]))
    partial: list[Criterion] = [
        ProteinFall(_ORDER, parameters["partial_fall"]),
        ProteinLevel("response.protein_partial", _ORDER, "<", partial_limit),
        CreatinineStable(parameters["partial_creatinine_times_baseline"]),
        NO_RESCUE,
    ]
    if parameters["partial_needs_creatinine_recovery"]:
        partial.append(CreatinineRecovered(parameters["creatinine_recovery_fall"]))
    return Definition(tuple(complete), tuple(partial))


RULE_SET = RuleSet("set-a", RULE, PARAMETERS, judging(PARAMETERS, define))
