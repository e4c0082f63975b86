"""The form that guideline definitions share: a protein limit, a fall from baseline, kept function.

Guidelines differ in the numbers and in which of the clauses they ask for; a parameter a definition
does not have switches its clause off.
"""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    Clause,
    conclude,
    function_preserved,
    lost,
    protein_fall,
    protein_level,
)
from lnmonitor.clinical.response.model import RenalState, ResponseResult
from lnmonitor.clinical.results import Rule

_ORDER = (UPCR, U24)
"""Guidelines word their limits for the ratio."""


def judge_below(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """Judge with a protein limit for CR that must be undercut."""
    return _judge(rule, baseline, now, parameters, "<")


def judge_at_most(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """Judge with a protein limit for CR that may be reached."""
    return _judge(rule, baseline, now, parameters, "<=")


def _judge(
    rule: Rule,
    baseline: RenalState,
    now: RenalState,
    parameters: Mapping[str, Parameter],
    operator: str,
) -> ResponseResult:
    """Judge one visit by the parameters at hand.

    CR: protein below `complete_protein_g`. PR: protein down by >= `partial_fall` and, with
    `partial_protein_g`, below that. With `function_tolerance` both ask for eGFR at no less than
    (1 - tolerance) of baseline, or creatinine in the same way where eGFR is not known at both
    visits. Death or dialysis is NR.
    """
    if now.dead_or_dialysis:
        return lost(rule)
    function: list[Clause] = []
    if "function_tolerance" in parameters:
        function.append(function_preserved(baseline, now, parameters["function_tolerance"]))
    limit = parameters["complete_protein_g"]
    complete = [protein_level("response.protein_complete", now, _ORDER, operator, limit)]
    partial = [protein_fall(baseline, now, _ORDER, parameters["partial_fall"])]
    if "partial_protein_g" in parameters:
        limit = parameters["partial_protein_g"]
        partial.append(protein_level("response.protein_partial", now, _ORDER, "<", limit))
    return conclude(rule, complete + function, partial + function)
