"""EULAR/ERA-EDTA 2019 lupus nephritis response (Ann Rheum Dis 79:713).

CR as its narrative words it: protein < 0.5 g/24 h with kidney function within 10 % of baseline; the
target at 12 months is 0.5-0.7 g. PR: the milestone of 6 months, down by >= 50 %, function
likewise. Read in the abstract and secondary quotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response import guideline
from lnmonitor.clinical.response.clauses import judging
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Rule

EULAR_2019 = Citation(
    "Fanouriakis A, Kostopoulou M, Cheema K, et al.",
    "Ann Rheum Dis 79:713-23",
    2020,
    "10.1136/annrheumdis-2020-216924",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"complete_protein_g": 0.5, "partial_fall": 0.5, "function_tolerance": 0.1}
)
"""0.7 g is the permissive reading of the 12-month target."""
RULE = Rule("response-eular-2019", "1", (EULAR_2019,), verified=False)
RULE_SET = RuleSet("eular-2019", RULE, PARAMETERS, judging(PARAMETERS, guideline.below))
