"""Set B: response as Ginzler 2005 worded it (N Engl J Med 353:2219-28).

Complete: creatinine, protein and sediment each back to within 10 % of normal. Partial: every
abnormal renal measure better by >= 50 %, none worse by > 10 %. Written from knowledge of the
definition, not from the article; what is normal for protein (0.15 g) and cells (5 per field) is
this set's own choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in, times_baseline
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    Clause,
    clause,
    conclude,
    creatinine_stable,
    lost,
    no_rescue,
    protein,
    upper_limit,
)
from lnmonitor.clinical.response.model import RenalState, ResponseResult, RuleSet
from lnmonitor.clinical.results import Citation, Reason, Rule, Scalar, Truth

GINZLER_2005 = Citation(
    "Ginzler EM, Dooley MA, Aranow C, et al.",
    "N Engl J Med 353:2219-28",
    2005,
    "10.1056/NEJMoa043731",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "normal_protein_g": 0.15,
        "normal_cells_hpf": 5.0,
        "tolerance": 0.1,
        "partial_improvement": 0.5,
    }
)
RULE = Rule("response-set-b", "1", (GINZLER_2005,), verified=False)


def _measure(
    values: Mapping[str, Scalar],
    halved: Truth,
    normal: float | None,
    parameters: Mapping[str, Parameter],
) -> tuple[Clause, Clause]:
    """Return "near normal", and "near normal or half of the baseline", of one measure.

    The second covers both halves of a partial response: what is neither near normal nor halved was
    abnormal and did not improve, or is worse.
    """
    item, value, before = str(values["item"]), values["value"], values["baseline"]
    limit = None if normal is None else normal * (1 + parameters["tolerance"])
    near = truth(None if value is None else float(value), "<=", limit)
    known = {**values, "limit": limit}
    percent = round(100 * parameters["partial_improvement"], 6)
    improved = Reason("response.improved", Truth.any(near, halved), {**known, "percent": percent})
    inputs = {item: value, "creatinine_uln": limit}
    return (
        clause(Reason("response.near_normal", near, known), **inputs),
        clause(improved, **inputs, **{f"{item}_baseline": before}),
    )


def _number(
    item: str,
    unit: str,
    states: tuple[RenalState, RenalState],
    normal: float | None,
    parameters: Mapping[str, Parameter],
) -> tuple[Clause, Clause]:
    before, now = (getattr(state, item) for state in states)
    values = {"item": item, "value": now, "baseline": before, "unit": unit}
    half = None if before is None else before * (1 - parameters["partial_improvement"])
    return _measure(values, truth(now, "<=", half), normal, parameters)


def _protein(
    baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> tuple[Clause, Clause]:
    """Judge urine protein; a ratio counts only without a 24-hour collection."""
    name = UPCR if now.proteinuria is None and now.upcr is not None else U24
    after, before = protein(now, name), protein(baseline, name)
    unit = after.unit if after else "g/24 h"
    values = {
        "item": name,
        "value": after.value if after else None,
        "baseline": before.value if before else None,
        "unit": unit,
    }
    normal = limit_in(unit, parameters["normal_protein_g"])
    fraction = 1 - parameters["partial_improvement"]
    halved = truth(times_baseline(after, before), "<=", fraction)
    return _measure(
        values, Truth.NO if before and before.value == 0 else halved, normal, parameters
    )


def _no_casts(now: RenalState) -> Clause:
    """Casts cannot be halved: complete and partial response both ask for none."""
    reason = Reason(
        "response.no_casts", Truth.of(now.casts).negated, {"item": "casts", "value": now.casts}
    )
    return clause(reason, casts=now.casts)


def judge(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """Judge one visit: rescue therapy, death, dialysis or transplantation is NR."""
    if now.dead_or_dialysis:
        return lost(rule)
    states, cells = (baseline, now), parameters["normal_cells_hpf"]
    measures = (
        _number("creatinine_umol_l", "µmol/L", states, upper_limit(baseline, now), parameters),
        _protein(baseline, now, parameters),
        _number("urine_rbc_hpf", "/hpf", states, cells, parameters),
        _number("urine_wbc_hpf", "/hpf", states, cells, parameters),
    )
    both = [_no_casts(now), no_rescue(now)]
    # Counts and protein that stay near normal are not worse; creatinine can rise within its range.
    not_worse = creatinine_stable(baseline, now, 1 + parameters["tolerance"])
    return conclude(
        rule,
        [near for near, _ in measures] + both,
        [better for _, better in measures] + [not_worse, *both],
    )


RULE_SET = RuleSet("set-b", RULE, PARAMETERS, judge)
