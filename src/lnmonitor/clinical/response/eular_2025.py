"""EULAR 2025 response of lupus with kidney involvement (update of 2019).

CR: protein < 0.5 g/g at any time. PR: down by >= 50 %, the milestone of 6 months. GFR at 80 % of
baseline is called desirable and is no condition. Numbers read in quotations of the article.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response import guideline
from lnmonitor.clinical.response.clauses import judging
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Rule

EULAR_2025 = Citation(
    "EULAR task force on SLE with kidney involvement",
    "Ann Rheum Dis",
    2025,
    "10.1016/j.ard.2025.09.007",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"complete_protein_g": 0.5, "partial_fall": 0.5}
)
"""The target of 0.7 g/g by 12 months is another milestone, not the complete response."""
RULE = Rule("response-eular-2025", "1", (EULAR_2025,), verified=False)
RULE_SET = RuleSet("eular-2025", RULE, PARAMETERS, judging(PARAMETERS, guideline.below))
