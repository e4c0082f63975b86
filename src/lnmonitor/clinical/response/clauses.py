"""Criteria that several response definitions share, and how they make a response.

A response is decided from plain comparisons, as few as decide it; the reasons of all its criteria
are made when somebody asks. Each criterion serves both, see `Criterion`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Protocol

from lnmonitor.clinical.criteria import (
    OVER,
    UNDER,
    Possible,
    compare,
    is_at_least,
    is_at_most,
    once,
)
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import UNITS, Proteinuria, limit_in, times_baseline
from lnmonitor.clinical.response.model import Judge, RenalState, Response, ResponseResult
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Reasons, Rule, Scalar, Truth, later

U24 = "proteinuria"
UPCR = "upcr"

CR, PR, NR = Response.CR, Response.PR, Response.NR

Inputs = Mapping[str, object]
"""What a criterion reads, by name; None where it is absent."""


class Criterion(Protocol):
    """One condition of a definition: whether it is met; when asked, why, and what it reads.

    The outcome in `reason` is that of `met`: a threshold stands in one place. A criterion is made
    once for the parameters in force and holds nothing of a patient.
    """

    def met(self, baseline: RenalState, now: RenalState, /) -> Truth:
        """Return whether the condition is met at a visit."""

    def reason(self, baseline: RenalState, now: RenalState, /) -> Reason:
        """Return the outcome with the numbers behind it."""

    def inputs(self, baseline: RenalState, now: RenalState, /) -> Inputs:
        """Return what could be absent, by the names that a result lists as missing."""


Criteria = tuple[Criterion, ...]
Test = Callable[[RenalState, RenalState], Truth]
"""`Criterion.met`, looked up once and not at each visit."""


class Definition:
    """The criteria of CR and PR; None where a definition has no such grade."""

    def __init__(self, complete: Criteria | None, partial: Criteria | None) -> None:
        both = ((CR, complete), (PR, partial))
        self.grades = tuple((grade, asked) for grade, asked in both if asked is not None)
        """The grades that there are, the better one first, each with its criteria."""
        self.tests: tuple[tuple[Response, tuple[Test, ...]], ...] = tuple(
            (grade, tuple(each.met for each in criteria)) for grade, criteria in self.grades
        )


def percent_of(fraction: float) -> float:
    """Return a parameter's fraction as the percentage that a sentence prints."""
    return round(100 * fraction, 6)


_POSSIBLE = Possible(
    ("creatinine_umol_l", "µmol/L", None, inf),
    ("creatinine_uln", "µmol/L", None, inf),
    ("egfr", "mL/min/1.73 m²", None, inf),
    ("albumin_g_l", "g/L", 0, inf),
    ("urine_rbc_hpf", "/hpf", 0, inf),
    ("urine_wbc_hpf", "/hpf", 0, inf),
    ("pre_flare_egfr", "mL/min/1.73 m²", None, inf),
    ("prednisone_mg_day", "mg/day", 0, inf),
    ("acanthocytes_hpf", "/hpf", 0, inf),
)


@once
def check_state(state: RenalState) -> None:
    """Refuse impossible values; proteinuria checks itself."""
    _POSSIBLE.check(state)


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

    `grams` is the limit per 24 h or per g creatinine, to be undercut ("<") or reached ("<=").
    """

    def __init__(self, code: str, order: tuple[str, str], operator: str, grams: float) -> None:
        self.code, self.order, self.operator, self.grams = code, order, operator, grams
        self._ratio_first, self._reached_counts = order[0] == UPCR, operator == "<="
        self._limits = {unit: limit_in(unit, grams) for unit in UNITS}
        tolerance = OVER if self._reached_counts else UNDER
        self._most = {unit: limit * tolerance for unit, limit in self._limits.items()}

    def met(self, _: RenalState, now: RenalState) -> Truth:
        """Compare."""
        collected = now.proteinuria
        found = (now.upcr or collected) if self._ratio_first else (collected or now.upcr)
        if found is None:
            return UNKNOWN
        value, most = found.value, self._most[found.unit]
        return YES if (value <= most if self._reached_counts else value < most) else NO

    def reason(self, _: RenalState, now: RenalState) -> Reason:
        """Tell the value and the limit in its unit."""
        first = first_protein(now, self.order)
        if first is None:
            return compare(self.code, self.order[0], None, self.operator, self.grams)
        name, found = first
        limit = self._limits[found.unit]
        return compare(self.code, name, found.value, self.operator, limit, found.unit)

    def inputs(self, _: RenalState, now: RenalState) -> Inputs:
        """Name the preferred measure."""
        return {self.order[0]: protein(now, self.order[0])}


class ProteinFall:
    """A fall by >= `fraction` of the baseline in the first measure known at both visits.

    A 24-hour collection is never compared with a ratio; a baseline of 0 cannot fall.
    """

    def __init__(self, order: tuple[str, str], fraction: float) -> None:
        self.order, self.left, self.percent = order, 1 - fraction, percent_of(fraction)
        self._ratio_first, self._most = order[0] == UPCR, self.left * OVER

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare."""
        if self._ratio_first:
            before, after = baseline.upcr, now.upcr
        else:
            before, after = baseline.proteinuria, now.proteinuria
        if before is None or after is None:
            _, other = self.order
            before, after = protein(baseline, other), protein(now, other)
            if before is None or after is None:
                return UNKNOWN
        was = before.value
        if was == 0:
            return NO
        if before.unit == after.unit:
            return YES if after.value / was <= self._most else NO
        return is_at_most(times_baseline(after, before), self.left)

    def _pair(
        self, baseline: RenalState, now: RenalState
    ) -> tuple[str, Proteinuria, Proteinuria] | None:
        """Return what is compared, with its name."""
        for name in self.order:
            before, after = protein(baseline, name), protein(now, name)
            if before is not None and after is not None:
                return name, before, after
        return None

    def _wanted(self, now: RenalState) -> str:
        """Return the measure that should have been known at both visits."""
        return next((name for name in self.order if protein(now, name)), self.order[0])

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell both values, or the measure that should have been known at both visits."""
        code, pair = "response.protein_fall", self._pair(baseline, now)
        if pair is None:
            return Reason(code, UNKNOWN, {"item": self._wanted(now), "percent": self.percent})
        name, before, after = pair
        values: dict[str, Scalar] = {
            "item": name,
            "value": after.value,
            "baseline": before.value,
            "unit": after.unit,
            "percent": self.percent,
        }
        return Reason(code, self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the measure at both visits, or the one whose units do not compare."""
        pair = self._pair(baseline, now)
        if pair is not None:
            return {pair[0]: None}
        name = self._wanted(now)
        return {name: protein(now, name), f"{name}_baseline": protein(baseline, name)}


class SedimentInactive:
    """An inactive sediment (`RenalState.sediment_inactive`)."""

    def met(self, _: RenalState, now: RenalState) -> Truth:
        """Judge the sediment of the visit."""
        return now.sediment_inactive

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell cells and casts."""
        values: dict[str, Scalar] = {
            "item": "sediment",
            "urine_rbc_hpf": now.urine_rbc_hpf,
            "urine_wbc_hpf": now.urine_wbc_hpf,
            "casts": now.casts,
        }
        return Reason("response.sediment_inactive", self.met(baseline, now), values)

    def inputs(self, _: RenalState, now: RenalState) -> Inputs:
        """Name cells and casts."""
        return {
            "urine_rbc_hpf": now.urine_rbc_hpf,
            "urine_wbc_hpf": now.urine_wbc_hpf,
            "casts": now.casts,
        }


def upper_limit(baseline: RenalState, now: RenalState) -> float | None:
    """Return the upper limit of normal of creatinine in force now, else that of the baseline."""
    return now.creatinine_uln if now.creatinine_uln is not None else baseline.creatinine_uln


class CreatinineStable:
    """Creatinine at most `factor` times its baseline."""

    def __init__(self, factor: float) -> None:
        self.factor, self.percent = factor, percent_of(factor)

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare."""
        value, before = now.creatinine_umol_l, baseline.creatinine_umol_l
        if value is None or before is None:
            return UNKNOWN
        return YES if value <= before * self.factor * OVER else NO

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, its baseline and the limit."""
        before = baseline.creatinine_umol_l
        return compare(
            "response.creatinine_stable",
            "creatinine_umol_l",
            now.creatinine_umol_l,
            "<=",
            None if before is None else before * self.factor,
            "µmol/L",
            baseline=before,
            percent=self.percent,
        )

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value and its baseline."""
        return {
            "creatinine_umol_l": now.creatinine_umol_l,
            "creatinine_umol_l_baseline": baseline.creatinine_umol_l,
        }


class CreatinineNormalOrStable:
    """Creatinine at most its upper limit of normal, or `stable`."""

    def __init__(self, stable: CreatinineStable) -> None:
        self.stable = stable

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with both limits."""
        normal = is_at_most(now.creatinine_umol_l, upper_limit(baseline, now))
        return normal if normal is YES else Truth.any(normal, self.stable.met(baseline, now))

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, its baseline and the upper limit of normal."""
        values = {
            **self.stable.reason(baseline, now).values,
            "limit": upper_limit(baseline, now),
        }
        return Reason("response.creatinine_normal_or_stable", self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value, the upper limit and the baseline."""
        return {
            "creatinine_umol_l": now.creatinine_umol_l,
            "creatinine_uln": upper_limit(baseline, now),
            "creatinine_umol_l_baseline": baseline.creatinine_umol_l,
        }


class CreatinineRecovered:
    """Asked only of creatinine above normal at baseline: down by >= `fraction`, or normal."""

    def __init__(self, fraction: float) -> None:
        self.left, self.percent = 1 - fraction, percent_of(fraction)

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare baseline and value with the upper limit, and the value with the baseline."""
        value, before = now.creatinine_umol_l, baseline.creatinine_umol_l
        uln = upper_limit(baseline, now)
        was_normal = is_at_most(before, baseline.creatinine_uln or uln)
        if was_normal is YES:
            return YES
        return Truth.any(
            was_normal,
            is_at_most(value, None if before is None else before * self.left),
            is_at_most(value, uln),
        )

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, its baseline and the upper limit of normal."""
        values: dict[str, Scalar] = {
            "item": "creatinine_umol_l",
            "value": now.creatinine_umol_l,
            "baseline": baseline.creatinine_umol_l,
            "limit": upper_limit(baseline, now),
            "unit": "µmol/L",
            "percent": self.percent,
        }
        return Reason("response.creatinine_recovered", self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value, its baseline and the upper limit."""
        return {
            "creatinine_umol_l": now.creatinine_umol_l,
            "creatinine_umol_l_baseline": baseline.creatinine_umol_l,
            "creatinine_uln": upper_limit(baseline, now),
        }


class FunctionPreserved:
    """eGFR at least (1 - tolerance) of its baseline; creatinine in the same way without eGFR."""

    def __init__(self, tolerance: float) -> None:
        self.left, self.stable = 1 - tolerance, CreatinineStable(1 + tolerance)
        self.percent = percent_of(self.left)

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare eGFR, or creatinine."""
        value, before = now.egfr, baseline.egfr
        if value is None or before is None:
            return self.stable.met(baseline, now)
        return YES if value >= before * self.left * UNDER else NO

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, its baseline and the limit; of creatinine where that was compared."""
        value, before = now.egfr, baseline.egfr
        if value is None or before is None:
            by_creatinine = self.stable.reason(baseline, now)
            if by_creatinine.met is not UNKNOWN:
                return by_creatinine
        return compare(
            "response.egfr_stable",
            "egfr",
            value,
            ">=",
            None if before is None else before * self.left,
            "mL/min/1.73 m²",
            baseline=before,
            percent=self.percent,
        )

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name eGFR and its baseline."""
        return {"egfr": now.egfr, "egfr_baseline": baseline.egfr}


class AlbuminAtLeast:
    """Serum albumin >= the limit (g/L)."""

    def __init__(self, limit_g_l: float) -> None:
        self.limit_g_l = limit_g_l

    def met(self, _: RenalState, now: RenalState) -> Truth:
        """Compare."""
        return is_at_least(now.albumin_g_l, self.limit_g_l)

    def reason(self, _: RenalState, now: RenalState) -> Reason:
        """Tell value and limit."""
        value = now.albumin_g_l
        return compare("response.albumin", "albumin_g_l", value, ">=", self.limit_g_l, "g/L")

    def inputs(self, _: RenalState, now: RenalState) -> Inputs:
        """Name the value."""
        return {"albumin_g_l": now.albumin_g_l}


class Answered:
    """A question answered yes or no at the visit (`item` of the state); not asked leaves it open.

    `wanted` is the answer that meets the criterion.
    """

    def __init__(self, code: str, item: str, *, wanted: bool) -> None:
        self.code, self.item = code, item
        self._if_yes, self._if_no = (YES, NO) if wanted else (NO, YES)

    def met(self, _: RenalState, now: RenalState) -> Truth:
        """Compare the answer with the wanted one."""
        answer: bool | None = getattr(now, self.item)
        if answer is None:
            return UNKNOWN
        return self._if_yes if answer else self._if_no

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the answer."""
        values = {"item": self.item, "value": getattr(now, self.item)}
        return Reason(self.code, self.met(baseline, now), values)

    def inputs(self, _: RenalState, now: RenalState) -> Inputs:
        """Name the answer."""
        return {self.item: getattr(now, self.item)}


NO_RESCUE = Answered("response.no_rescue", "on_rescue", wanted=False)
"""No rescue therapy so far."""


def _lost(rule: Rule) -> ResponseResult:
    """Return no response, after death, dialysis or transplantation."""
    reason = Reason("response.dead_or_dialysis", YES, {"item": "dead_or_dialysis"})
    return ResponseResult(rule, (reason,), response=NR)


def _reasons(definition: Definition, baseline: RenalState, now: RenalState) -> Reasons:
    """Tell every criterion, one that both grades ask for once."""
    told = (each.reason(baseline, now) for _, criteria in definition.grades for each in criteria)
    return tuple({(reason.code, reason.values.get("item")): reason for reason in told}.values())


def _despite_gaps(
    rule: Rule, definition: Definition, baseline: RenalState, now: RenalState, reasons: Reasons
) -> ResponseResult:
    """Respond where a criterion is open: UNKNOWN while what is missing could change the answer."""
    undecided: Criteria = ()
    for grade, criteria in definition.grades:
        all_met = Truth.all(*[each.met(baseline, now) for each in criteria])
        if all_met is YES and not undecided:
            return ResponseResult(rule, reasons, (), grade)
        if all_met is UNKNOWN:
            undecided += criteria
    if not undecided:
        return ResponseResult(rule, reasons, (), NR)
    missing = dict.fromkeys(
        name
        for each in undecided
        if each.met(baseline, now) is UNKNOWN
        for name, value in each.inputs(baseline, now).items()
        if value is None
    )
    return ResponseResult(rule, reasons, tuple(missing), Response.UNKNOWN)


def judging(
    defaults: Mapping[str, Parameter], define: Callable[[Mapping[str, Parameter]], Definition]
) -> Judge:
    """Return a judge by the criteria that `define` makes of parameters, of the defaults once.

    CR when all of `complete` hold; PR when CR is excluded and all of `partial` hold; NR when both
    are excluded; UNKNOWN while a missing input could change which. Death or dialysis is NR.
    """
    usual = define(defaults)

    def judge(
        rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
    ) -> ResponseResult:
        if now.dead_or_dialysis:
            return _lost(rule)
        definition = usual if parameters is defaults else define(parameters)
        reasons = later(_reasons, definition, baseline, now)
        for grade, tests in definition.tests:
            for test in tests:
                met = test(baseline, now)
                if met is not YES:
                    break
            else:
                return ResponseResult(rule, reasons, (), grade)
            if met is UNKNOWN:
                return _despite_gaps(rule, definition, baseline, now, reasons)
        return ResponseResult(rule, reasons, (), NR)

    return judge
