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
    Criterion,
    Definition,
    FunctionPreserved,
    ProteinFall,
    ProteinLevel,
)

_ORDER = (UPCR, U24)
"""Guidelines word their limits for the ratio."""


def below(parameters: Mapping[str, Parameter]) -> Definition:
    """Define with a protein limit for CR that must be undercut."""
    return _define(parameters, "<")


def at_most(parameters: Mapping[str, Parameter]) -> Definition:
    """Define with a protein limit for CR that may be reached."""
    return _define(parameters, "<=")


def _define(parameters: Mapping[str, Parameter], operator: str) -> Definition:
    """Return the criteria by the parameters at hand.

    CR: protein below `complete_protein_g`. PR: protein down by >= `partial_fall` and, with
    `partial_protein_g`, below that. With `function_tolerance` both ask for eGFR at no less than
    (1 - tolerance) of baseline, or creatinine in the same way where eGFR is not known at both
    visits.
    """
    function: list[Criterion] = []
    if "function_tolerance" in parameters:
        function.append(FunctionPreserved(parameters["function_tolerance"]))
    limit = parameters["complete_protein_g"]
    partial: list[Criterion] = [ProteinFall(_ORDER, parameters["partial_fall"])]
    if "partial_protein_g" in parameters:
        grams = parameters["partial_protein_g"]
        partial.append(ProteinLevel("response.protein_partial", _ORDER, "<", grams))
    return Definition(
        (ProteinLevel("response.protein_complete", _ORDER, operator, limit), *function),
        (*partial, *function),
    )
