"""ACR 2024 lupus nephritis response (Arthritis Care Res).

CR: protein <= 0.5 g/g and kidney function within 20 % of baseline, by 6 to 12 months. PR: down by
>= 50 %, function likewise; this number is from knowledge. Read in the guideline's summary figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response import guideline
from lnmonitor.clinical.response.clauses import judging
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Rule

ACR_2024 = Citation(
    "Sammaritano LR, Askanase A, Bermas BL, et al.",
    "Arthritis Care Res",
    2025,
    "10.1002/acr.25528",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"complete_protein_g": 0.5, "partial_fall": 0.5, "function_tolerance": 0.2}
)
"""A better function always counts as kept."""
RULE = Rule("response-acr-2024", "1", (ACR_2024,), verified=False)
RULE_SET = RuleSet("acr-2024", RULE, PARAMETERS, judging(PARAMETERS, guideline.at_most))
