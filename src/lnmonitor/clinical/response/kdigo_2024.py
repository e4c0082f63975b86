"""KDIGO 2024 lupus nephritis response (Kidney Int 105(1S):S1-S69).

CR: protein < 0.5 g/g (50 mg/mmol), function stable or better. PR: down by >= 50 % and < 3 g/g
(300 mg/mmol), function likewise. Expected within 6 to 12 months: when it was reached is for the
caller to show. Read in two agreeing transcriptions of the table, not in the guideline itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response import guideline
from lnmonitor.clinical.response.clauses import judging
from lnmonitor.clinical.response.model import RuleSet
from lnmonitor.clinical.results import Citation, Rule

KDIGO_2024 = Citation(
    "KDIGO Lupus Nephritis Work Group",
    "Kidney Int 105(1S):S1-S69",
    2024,
    "10.1016/j.kint.2023.09.002",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "complete_protein_g": 0.5,
        "partial_fall": 0.5,
        "partial_protein_g": 3.0,
        "function_tolerance": 0.15,
    }
)
"""The guideline says 10-15 % of baseline: 15 % is the permissive reading."""
RULE = Rule("response-kdigo-2024", "1", (KDIGO_2024,), verified=False)
RULE_SET = RuleSet("kdigo-2024", RULE, PARAMETERS, judging(PARAMETERS, guideline.below))
