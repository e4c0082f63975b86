"""Criteria that several response definitions share, and how they make a response.

A response is decided from plain comparisons, as few as decide it; the reasons of all its criteria
are made when somebody asks. Each criterion serves both, see `Criterion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from lnmonitor.clinical.criteria import (
    OPERATORS,
    compare,
    once,
    require_positive,
    require_range,
    truth,
)
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import UNITS, Proteinuria, limit_in, times_baseline
from lnmonitor.clinical.response.model import Judge, RenalState, Response, ResponseResult
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Rule, Scalar, Truth, later

U24 = "proteinuria"
UPCR = "upcr"


Inputs = Mapping[str, object]
"""What a criterion reads, by name; None where it is absent."""


class Compared(NamedTuple):
    """The visit that is judged beside the baseline."""

    baseline: RenalState
    now: RenalState


class Criterion(Protocol):
    """One condition of a definition: whether it is met; when asked, why, and what it reads.

    The outcome in `reason` is that of `met`: a threshold stands in one place. A criterion is made
    once for the parameters in force and holds nothing of a patient.
    """

    def met(self, visit: Compared) -> Truth:
        """Return whether the condition is met at a visit."""

    def reason(self, visit: Compared) -> Reason:
        """Return the outcome with the numbers behind it."""

    def inputs(self, visit: Compared) -> Inputs:
        """Return what could be absent, by the names that a result lists as missing."""


class Definition(NamedTuple):
    """The criteria of CR and PR; None where a definition has no such grade."""

    complete: tuple[Criterion, ...] | None
    partial: tuple[Criterion, ...] | None


def percent_of(fraction: float) -> float:
    """Return a parameter's fraction as the percentage that a sentence prints."""
    return round(100 * fraction, 6)


@once
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


def first_protein(state: RenalState, order: tuple[str, str]) -> tuple[str, Proteinuria] | None:
    """Return the first protein result of `order` (U24 and UPCR by preference), with its name."""
    for name in order:
        found = protein(state, name)
        if found is not None:
            return name, found
    return None


class ProteinLevel:
    """The first protein result of `order` at hand against the guideline's number for its unit.

    `grams` is the limit per 24 h or per g creatinine.
    """

    def __init__(self, code: str, order: tuple[str, str], operator: str, grams: float) -> None:
        self.code, self.order, self.operator, self.grams = code, order, operator, grams
        self._passes = OPERATORS[operator]
        self._limits = {unit: limit_in(unit, grams) for unit in UNITS}

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        first = first_protein(visit.now, self.order)
        if first is None:
            return UNKNOWN
        _, found = first
        return YES if self._passes(found.value, self._limits[found.unit]) else NO

    def reason(self, visit: Compared) -> Reason:
        """Tell the value and the limit in its unit."""
        first = first_protein(visit.now, self.order)
        if first is None:
            return compare(self.code, self.order[0], None, self.operator, self.grams)
        name, found = first
        limit = self._limits[found.unit]
        return compare(self.code, name, found.value, self.operator, limit, found.unit)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the preferred measure."""
        return {self.order[0]: protein(visit.now, self.order[0])}


class ProteinFall:
    """A fall by >= `fraction` of the baseline in the first measure known at both visits.

    A 24-hour collection is never compared with a ratio; a baseline of 0 cannot fall.
    """

    def __init__(self, order: tuple[str, str], fraction: float) -> None:
        self.order, self.left, self.percent = order, 1 - fraction, percent_of(fraction)

    def _pair(self, visit: Compared) -> tuple[str, Proteinuria, Proteinuria] | None:
        for name in self.order:
            before, after = protein(visit.baseline, name), protein(visit.now, name)
            if before is not None and after is not None:
                return name, before, after
        return None

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        pair = self._pair(visit)
        if pair is None:
            return UNKNOWN
        _, before, after = pair
        return NO if before.value == 0 else truth(times_baseline(after, before), "<=", self.left)

    def reason(self, visit: Compared) -> Reason:
        """Tell both values, or the measure that should have been known at both visits."""
        code, pair, met = "response.protein_fall", self._pair(visit), UNKNOWN
        if pair is None:
            name = next((each for each in self.order if protein(visit.now, each)), self.order[0])
            return Reason(code, met, {"item": name, "percent": self.percent})
        name, before, after = pair
        values: dict[str, Scalar] = {
            "item": name,
            "value": after.value,
            "baseline": before.value,
            "unit": after.unit,
            "percent": self.percent,
        }
        return Reason(code, self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the measure at both visits, or the one whose units do not compare."""
        pair = self._pair(visit)
        if pair is not None:
            return {pair[0]: None}
        name = next((each for each in self.order if protein(visit.now, each)), self.order[0])
        return {name: protein(visit.now, name), f"{name}_baseline": protein(visit.baseline, name)}


class SedimentInactive:
    """An inactive sediment (`RenalState.sediment_inactive`)."""

    def met(self, visit: Compared) -> Truth:
        """Judge the sediment of the visit."""
        return visit.now.sediment_inactive

    def reason(self, visit: Compared) -> Reason:
        """Tell cells and casts."""
        values: dict[str, Scalar] = {
            "item": "sediment",
            "urine_rbc_hpf": visit.now.urine_rbc_hpf,
            "urine_wbc_hpf": visit.now.urine_wbc_hpf,
            "casts": visit.now.casts,
        }
        return Reason("response.sediment_inactive", self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name cells and casts."""
        return {
            "urine_rbc_hpf": visit.now.urine_rbc_hpf,
            "urine_wbc_hpf": visit.now.urine_wbc_hpf,
            "casts": visit.now.casts,
        }


def upper_limit(baseline: RenalState, now: RenalState) -> float | None:
    """Return the upper limit of normal of creatinine in force now, else that of the baseline."""
    return now.creatinine_uln if now.creatinine_uln is not None else baseline.creatinine_uln


class CreatinineStable:
    """Creatinine at most `factor` times its baseline."""

    def __init__(self, factor: float) -> None:
        self.factor, self.percent = factor, percent_of(factor)

    def _limit(self, visit: Compared) -> float | None:
        before = visit.baseline.creatinine_umol_l
        return None if before is None else before * self.factor

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        return truth(visit.now.creatinine_umol_l, "<=", self._limit(visit))

    def reason(self, visit: Compared) -> Reason:
        """Tell the value, its baseline and the limit."""
        return compare(
            "response.creatinine_stable",
            "creatinine_umol_l",
            visit.now.creatinine_umol_l,
            "<=",
            self._limit(visit),
            "µmol/L",
            baseline=visit.baseline.creatinine_umol_l,
            percent=self.percent,
        )

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value and its baseline."""
        before = visit.baseline.creatinine_umol_l
        return {
            "creatinine_umol_l": visit.now.creatinine_umol_l,
            "creatinine_umol_l_baseline": before,
        }


class CreatinineNormalOrStable:
    """Creatinine at most its upper limit of normal, or `stable`."""

    def __init__(self, stable: CreatinineStable) -> None:
        self.stable = stable

    def met(self, visit: Compared) -> Truth:
        """Compare with both limits."""
        normal = truth(visit.now.creatinine_umol_l, "<=", upper_limit(visit.baseline, visit.now))
        return normal if normal is YES else Truth.any(normal, self.stable.met(visit))

    def reason(self, visit: Compared) -> Reason:
        """Tell the value, its baseline and the upper limit of normal."""
        values = {
            **self.stable.reason(visit).values,
            "limit": upper_limit(visit.baseline, visit.now),
        }
        return Reason("response.creatinine_normal_or_stable", self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value, the upper limit and the baseline."""
        return {
            "creatinine_umol_l": visit.now.creatinine_umol_l,
            "creatinine_uln": upper_limit(visit.baseline, visit.now),
            "creatinine_umol_l_baseline": visit.baseline.creatinine_umol_l,
        }


class CreatinineRecovered:
    """Asked only of creatinine above normal at baseline: down by >= `fraction`, or normal."""

    def __init__(self, fraction: float) -> None:
        self.left, self.percent = 1 - fraction, percent_of(fraction)

    def met(self, visit: Compared) -> Truth:
        """Compare baseline and value with the upper limit, and the value with the baseline."""
        value, before = visit.now.creatinine_umol_l, visit.baseline.creatinine_umol_l
        uln = upper_limit(visit.baseline, visit.now)
        return Truth.any(
            truth(before, "<=", visit.baseline.creatinine_uln or uln),
            truth(value, "<=", None if before is None else before * self.left),
            truth(value, "<=", uln),
        )

    def reason(self, visit: Compared) -> Reason:
        """Tell the value, its baseline and the upper limit of normal."""
        values: dict[str, Scalar] = {
            "item": "creatinine_umol_l",
            "value": visit.now.creatinine_umol_l,
            "baseline": visit.baseline.creatinine_umol_l,
            "limit": upper_limit(visit.baseline, visit.now),
            "unit": "µmol/L",
            "percent": self.percent,
        }
        return Reason("response.creatinine_recovered", self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value, its baseline and the upper limit."""
        return {
            "creatinine_umol_l": visit.now.creatinine_umol_l,
            "creatinine_umol_l_baseline": visit.baseline.creatinine_umol_l,
            "creatinine_uln": upper_limit(visit.baseline, visit.now),
        }


class FunctionPreserved:
    """eGFR at least (1 - tolerance) of its baseline; creatinine in the same way without eGFR."""

    def __init__(self, tolerance: float) -> None:
        self.left, self.stable = 1 - tolerance, CreatinineStable(1 + tolerance)
        self.percent = percent_of(self.left)

    def _by_creatinine(self, visit: Compared) -> bool:
        if visit.now.egfr is not None and visit.baseline.egfr is not None:
            return False
        return self.stable.met(visit) is not UNKNOWN

    def _limit(self, visit: Compared) -> float | None:
        return None if visit.baseline.egfr is None else visit.baseline.egfr * self.left

    def met(self, visit: Compared) -> Truth:
        """Compare eGFR, or creatinine."""
        if self._by_creatinine(visit):
            return self.stable.met(visit)
        return truth(visit.now.egfr, ">=", self._limit(visit))

    def reason(self, visit: Compared) -> Reason:
        """Tell the value, its baseline and the limit."""
        if self._by_creatinine(visit):
            return self.stable.reason(visit)
        return compare(
            "response.egfr_stable",
            "egfr",
            visit.now.egfr,
            ">=",
            self._limit(visit),
            "mL/min/1.73 m²",
            baseline=visit.baseline.egfr,
            percent=self.percent,
        )

    def inputs(self, visit: Compared) -> Inputs:
        """Name eGFR and its baseline."""
        return {"egfr": visit.now.egfr, "egfr_baseline": visit.baseline.egfr}


class AlbuminAtLeast:
    """Serum albumin >= the limit (g/L)."""

    def __init__(self, limit_g_l: float) -> None:
        self.limit_g_l = limit_g_l

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        return truth(visit.now.albumin_g_l, ">=", self.limit_g_l)

    def reason(self, visit: Compared) -> Reason:
        """Tell value and limit."""
        value = visit.now.albumin_g_l
        return compare("response.albumin", "albumin_g_l", value, ">=", self.limit_g_l, "g/L")

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value."""
        return {"albumin_g_l": visit.now.albumin_g_l}


class Answered:
    """A question answered yes or no at the visit (`item` of the state); not asked leaves it open.

    `wanted` is the answer that meets the criterion.
    """

    def __init__(self, code: str, item: str, *, wanted: bool) -> None:
        self.code, self.item, self.wanted = code, item, wanted

    def met(self, visit: Compared) -> Truth:
        """Compare the answer with the wanted one."""
        answer: bool | None = getattr(visit.now, self.item)
        return Truth.of(answer) if self.wanted else Truth.of(answer).negated

    def reason(self, visit: Compared) -> Reason:
        """Tell the answer."""
        values = {"item": self.item, "value": getattr(visit.now, self.item)}
        return Reason(self.code, self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the answer."""
        return {self.item: getattr(visit.now, self.item)}


NO_RESCUE = Answered("response.no_rescue", "on_rescue", wanted=False)
"""No rescue therapy so far."""


def _lost(rule: Rule) -> ResponseResult:
    """Return no response, after death, dialysis or transplantation."""
    reason = Reason("response.dead_or_dialysis", YES, {"item": "dead_or_dialysis"})
    return ResponseResult(rule=rule, reasons=(reason,), response=Response.NR)


def _all_met(criteria: tuple[Criterion, ...] | None, visit: Compared) -> Truth:
    """Kleene AND; a grade that the definition does not have is not met."""
    if criteria is None:
        return NO
    found = YES
    for each in criteria:
        met = each.met(visit)
        if met is NO:
            return NO
        if met is UNKNOWN:
            found = UNKNOWN
    return found


def _missing(criteria: Iterable[Criterion], visit: Compared) -> Iterator[str]:
    """Name the absent inputs of the criteria that are open."""
    for each in criteria:
        if each.met(visit) is UNKNOWN:
            inputs = each.inputs(visit)
            yield from (name for name, value in inputs.items() if value is None)


def _reasons(definition: Definition, visit: Compared) -> tuple[Reason, ...]:
    """Tell every criterion, one that both grades ask for once."""
    criteria = (*(definition.complete or ()), *(definition.partial or ()))
    told = (each.reason(visit) for each in criteria)
    return tuple({(reason.code, reason.values.get("item")): reason for reason in told}.values())


def _conclude(rule: Rule, definition: Definition, visit: Compared) -> ResponseResult:
    """Turn the criteria of CR and PR into a response.

    CR when all of `complete` hold; PR when CR is excluded and all of `partial` hold; NR when both
    are excluded; UNKNOWN while a missing input could change which. Death or dialysis is NR.
    """
    if visit.now.dead_or_dialysis:
        return _lost(rule)
    complete, partial = definition
    reasons = later(_reasons, definition, visit)
    is_complete = _all_met(complete, visit)
    if is_complete is YES:
        return ResponseResult(rule=rule, reasons=reasons, response=Response.CR)
    is_partial = _all_met(partial, visit)
    if is_complete is NO and is_partial is not UNKNOWN:
        response = Response.PR if is_partial is YES else Response.NR
        return ResponseResult(rule=rule, reasons=reasons, response=response)
    undecided = [*((complete or ()) if is_complete is UNKNOWN else ())]
    undecided += (partial or ()) if is_partial is UNKNOWN else ()
    missing = tuple(dict.fromkeys(_missing(undecided, visit)))
    return ResponseResult(rule=rule, reasons=reasons, missing=missing, response=Response.UNKNOWN)


def judging(
    defaults: Mapping[str, Parameter], define: Callable[[Mapping[str, Parameter]], Definition]
) -> Judge:
    """Return a judge by the criteria that `define` makes of parameters, of the defaults once."""
    usual = define(defaults)

    def judge(
        rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
    ) -> ResponseResult:
        definition = usual if parameters is defaults else define(parameters)
        return _conclude(rule, definition, Compared(baseline, now))

    return judge
