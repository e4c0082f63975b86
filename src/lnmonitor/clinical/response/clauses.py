"""Clauses that several response definitions share, each a reason with the inputs it still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from lnmonitor.clinical.criteria import compare, require_positive, require_range, truth
from lnmonitor.clinical.proteinuria import Proteinuria, limit_in, times_baseline
from lnmonitor.clinical.response.model import RenalState, Response, ResponseResult
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Rule, Scalar, Truth

U24 = "proteinuria"
UPCR = "upcr"


class Clause(NamedTuple):
    """One condition with its outcome; `missing` names the inputs that leave it open."""

    reason: Reason
    missing: tuple[str, ...] = ()

    @property
    def met(self) -> Truth:
        """The outcome of the condition."""
        return self.reason.met


@lru_cache(maxsize=64)
def percent_of(fraction: float) -> float:
    """Return a parameter's fraction as the percentage that a sentence prints."""
    return round(100 * fraction, 6)


def clause(reason: Reason, **inputs: object) -> Clause:
    """Attach the names of absent inputs to a reason that is open."""
    if reason.met is not UNKNOWN:
        return Clause(reason)
    return Clause(reason, tuple(name for name, value in inputs.items() if value is None))


def check_state(state: RenalState) -> None:
    """Refuse impossible values; proteinuria checks itself."""
    require_positive("creatinine_umol_l", state.creatinine_umol_l, "µmol/L")
    require_positive("creatinine_uln", state.creatinine_uln, "µmol/L")
    require_positive("egfr", state.egfr, "mL/min/1.73 m²")
    require_range("albumin_g_l", state.albumin_g_l, "g/L", 0)
    require_range("urine_rbc_hpf", state.urine_rbc_hpf, "/hpf", 0)
    require_range("urine_wbc_hpf", state.urine_wbc_hpf, "/hpf", 0)
    require_positive("pre_flare_egfr", state.pre_flare_egfr, "mL/min/1.73 m²")
    require_range("prednisone_mg_day", state.prednisone_mg_day, "mg/day", 0)
    require_range("acanthocytes_hpf", state.acanthocytes_hpf, "/hpf", 0)


def protein(state: RenalState, name: str) -> Proteinuria | None:
    """Return the collection (U24) or the ratio (UPCR) of a visit."""
    return state.proteinuria if name == U24 else state.upcr


def protein_level(
    code: str, state: RenalState, order: Sequence[str], operator: str, grams: float
) -> Clause:
    """Compare the first protein result of `order` at hand with the guideline's number for its unit.

    `order` holds U24 and UPCR by preference, `grams` is the limit per 24 h or per g creatinine.
    """
    for name in order:
        found = protein(state, name)
        if found is not None:
            limit = limit_in(found.unit, grams)
            return Clause(compare(code, name, found.value, operator, limit, found.unit))
    return clause(compare(code, order[0], None, operator, grams), **{order[0]: None})


def protein_fall(
    baseline: RenalState, now: RenalState, order: Sequence[str], fraction: float
) -> Clause:
    """Ask for a fall by >= `fraction` of the baseline in the first measure known at both visits.

    A 24-hour collection is never compared with a ratio; a baseline of 0 cannot fall.
    """
    code, percent = "response.protein_fall", percent_of(fraction)
    for name in order:
        before, after = protein(baseline, name), protein(now, name)
        if before is None or after is None:
            continue
        ratio = times_baseline(after, before)
        met = NO if before.value == 0 else truth(ratio, "<=", 1 - fraction)
        values: dict[str, Scalar] = {
            "item": name,
            "value": after.value,
            "baseline": before.value,
            "unit": after.unit,
            "percent": percent,
        }
        return clause(Reason(code, met, values), **{name: ratio})
    name = next((name for name in order if protein(now, name) is not None), order[0])
    after = protein(now, name)
    reason = Reason(code, UNKNOWN, {"item": name, "percent": percent})
    return clause(reason, **{name: after, f"{name}_baseline": protein(baseline, name)})


def sediment_inactive(state: RenalState) -> Clause:
    """RBC <= 5/hpf, WBC <= 5/hpf and no cellular casts."""
    met = Truth.all(
        truth(state.urine_rbc_hpf, "<=", 5),
        truth(state.urine_wbc_hpf, "<=", 5),
        Truth.of(state.casts).negated,
    )
    values = {
        "urine_rbc_hpf": state.urine_rbc_hpf,
        "urine_wbc_hpf": state.urine_wbc_hpf,
        "casts": state.casts,
    }
    reason = Reason("response.sediment_inactive", met, {"item": "sediment", **values})
    return clause(reason, **values)


def upper_limit(baseline: RenalState, now: RenalState) -> float | None:
    """Return the upper limit of normal of creatinine in force now, else that of the baseline."""
    return now.creatinine_uln if now.creatinine_uln is not None else baseline.creatinine_uln


def creatinine_stable(baseline: RenalState, now: RenalState, factor: float) -> Clause:
    """Creatinine at most `factor` times its baseline."""
    value, before = now.creatinine_umol_l, baseline.creatinine_umol_l
    limit = None if before is None else before * factor
    reason = compare(
        "response.creatinine_stable",
        "creatinine_umol_l",
        value,
        "<=",
        limit,
        "µmol/L",
        baseline=before,
        percent=percent_of(factor),
    )
    return clause(reason, creatinine_umol_l=value, creatinine_umol_l_baseline=before)


def creatinine_normal_or_stable(baseline: RenalState, now: RenalState, stable: Clause) -> Clause:
    """Creatinine at most its upper limit of normal, or `stable` (`creatinine_stable`)."""
    value, uln = now.creatinine_umol_l, upper_limit(baseline, now)
    reason = Reason(
        "response.creatinine_normal_or_stable",
        Truth.any(truth(value, "<=", uln), stable.met),
        {**stable.reason.values, "limit": uln},
    )
    before = baseline.creatinine_umol_l
    return clause(
        reason, creatinine_umol_l=value, creatinine_uln=uln, creatinine_umol_l_baseline=before
    )


def creatinine_recovered(baseline: RenalState, now: RenalState, fraction: float) -> Clause:
    """Asked only of creatinine above normal at baseline: down by >= `fraction`, or normal."""
    value, before = now.creatinine_umol_l, baseline.creatinine_umol_l
    uln = upper_limit(baseline, now)
    not_raised = truth(before, "<=", baseline.creatinine_uln or uln)
    fell = truth(value, "<=", None if before is None else before * (1 - fraction))
    reason = Reason(
        "response.creatinine_recovered",
        Truth.any(not_raised, fell, truth(value, "<=", uln)),
        {
            "item": "creatinine_umol_l",
            "value": value,
            "baseline": before,
            "limit": uln,
            "unit": "µmol/L",
            "percent": percent_of(fraction),
        },
    )
    return clause(
        reason, creatinine_umol_l=value, creatinine_umol_l_baseline=before, creatinine_uln=uln
    )


def function_preserved(baseline: RenalState, now: RenalState, tolerance: float) -> Clause:
    """eGFR at least (1 - tolerance) of its baseline; creatinine in the same way without eGFR."""
    if now.egfr is None or baseline.egfr is None:
        stable = creatinine_stable(baseline, now, 1 + tolerance)
        if stable.met is not UNKNOWN:
            return stable
    reason = compare(
        "response.egfr_stable",
        "egfr",
        now.egfr,
        ">=",
        None if baseline.egfr is None else baseline.egfr * (1 - tolerance),
        "mL/min/1.73 m²",
        baseline=baseline.egfr,
        percent=percent_of(1 - tolerance),
    )
    return clause(reason, egfr=now.egfr, egfr_baseline=baseline.egfr)


def albumin_at_least(state: RenalState, limit_g_l: float) -> Clause:
    """Serum albumin >= the limit."""
    value = state.albumin_g_l
    reason = compare("response.albumin", "albumin_g_l", value, ">=", limit_g_l, "g/L")
    return clause(reason, albumin_g_l=value)


def no_rescue(state: RenalState) -> Clause:
    """No rescue therapy so far; not asked leaves it open."""
    met = Truth.of(state.on_rescue).negated
    reason = Reason("response.no_rescue", met, {"item": "on_rescue", "value": state.on_rescue})
    return clause(reason, on_rescue=state.on_rescue)


def lost(rule: Rule) -> ResponseResult:
    """Return no response, after death, dialysis or transplantation."""
    reason = Reason("response.dead_or_dialysis", YES, {"item": "dead_or_dialysis"})
    return ResponseResult(rule=rule, reasons=(reason,), response=Response.NR)


def _all(clauses: Sequence[Clause] | None) -> Truth:
    if clauses is None:
        return NO
    found = YES
    for each in clauses:
        met = each.reason.met
        if met is NO:
            return met
        if met is UNKNOWN:
            found = met
    return found


def conclude(
    rule: Rule, complete: Sequence[Clause] | None, partial: Sequence[Clause] | None
) -> ResponseResult:
    """Turn the clauses of CR and PR into a response; None where a definition has no such grade.

    CR when all of `complete` hold; PR when CR is excluded and all of `partial` hold; NR when both
    are excluded; UNKNOWN while a missing input could change which.
    """
    is_complete, is_partial = _all(complete), _all(partial)
    response = Response.UNKNOWN
    if is_complete is YES:
        response = Response.CR
    elif is_complete is NO and is_partial is not UNKNOWN:
        response = Response.PR if is_partial is YES else Response.NR
    missing: dict[str, None] = {}
    if response is Response.UNKNOWN:
        undecided = [*((complete or ()) if is_complete is UNKNOWN else ())]
        undecided += (partial or ()) if is_partial is UNKNOWN else ()
        missing = dict.fromkeys(name for each in undecided for name in each.missing)
    reasons = {
        (reason.code, reason.values.get("item")): reason
        for reason, _ in (*(complete or ()), *(partial or ()))
    }
    return ResponseResult(
        rule=rule, reasons=tuple(reasons.values()), missing=tuple(missing), response=response
    )
