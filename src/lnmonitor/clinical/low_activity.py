"""Lupus low disease activity state (LLDAS) and DORIS remission at a visit.

Franklyn 2016 (doi 10.1136/annrheumdis-2015-207726), van Vollenhoven 2021 (Lupus Sci Med,
PMC8614136). DORIS is quoted with prednisone <= 5 and < 5 mg/day; <= 5 is taken. A protocol may
set its own ceilings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from operator import attrgetter, itemgetter
from typing import Any, Protocol

from lnmonitor.clinical import sledai
from lnmonitor.clinical.criteria import OPERATORS, require_range
from lnmonitor.clinical.parameters import Choice, Number, Overrides, Parameters, Whole
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Citation,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    kept,
    later,
)
from lnmonitor.clinical.sledai import CLINICAL_CODES, CODES, WEIGHTS, Answers

FRANKLYN_2016 = Citation(
    "Franklyn K, Lau CS, Navarra SV, et al.",
    "Ann Rheum Dis 75:1615-21",
    2016,
    "10.1136/annrheumdis-2015-207726",
)
DORIS_2021 = Citation("van Vollenhoven RF, Bertsias G, Doria A, et al.", "Lupus Sci Med 8", 2021)
RULE_LLDAS = Rule("lldas", "1", (FRANKLYN_2016,), verified=True)
RULE_DORIS = Rule("doris-2021", "1", (DORIS_2021,), verified=True)

LLDAS_PARAMETERS = Parameters(
    RULE_LLDAS.id,
    {
        "sledai": Whole(4),
        "pga": Number(1.0, most=3),
        "prednisone_mg_day": Number(7.5, unit="mg/day"),
    },
)
DORIS_PARAMETERS = Parameters(
    RULE_DORIS.id,
    {
        "prednisone_mg_day": Number(5.0, unit="mg/day"),
        "prednisone_operator": Choice(("<=", "<")),
    },
)

MAJOR_ORGAN_CODES = (
    "seizure",
    "psychosis",
    "organic_brain",
    "visual",
    "cranial_nerve",
    "lupus_headache",
    "cva",
    "vasculitis",
    *sledai.RENAL_CODES,
    "pleurisy",
    "pericarditis",
    "fever",
)
"""SLEDAI-2K items that exclude LLDAS: nervous system, vasculitis, kidney, heart and lung, fever."""


@frozen
class ActivityFacts:
    """One visit; None = not assessed. `pga` 0..3, prednisone equivalent in mg/day.

    `items` and `previous_items` are SLEDAI-2K answers of this and the last visit.
    `other_major_activity`: haemolytic anaemia or gastrointestinal activity. `standard_treatment`:
    immunosuppressants at tolerated standard maintenance doses, unchanged.
    """

    items: Mapping[str, bool | None]
    previous_items: Mapping[str, bool | None]
    pga: float | None = None
    prednisone_mg_day: float | None = None
    other_major_activity: bool | None = None
    standard_treatment: bool | None = None

    @kept
    def judged(self) -> _Visit:
        """The facts as they were when first judged. Raises InvalidInput for impossible values."""
        require_range("pga", self.pga, None, 0, 3)
        require_range("prednisone_mg_day", self.prednisone_mg_day, "mg/day", 0)
        return _Visit(
            sledai.in_order(self.items),
            dict(self.previous_items),
            self.pga,
            self.prednisone_mg_day,
            self.other_major_activity,
            self.standard_treatment,
        )


@frozen
class ActivityState(Outcome):
    """Whether the state is reached; UNKNOWN while a missing answer could decide."""

    met: Truth = Truth.UNKNOWN


@frozen
class _Visit:
    """The facts as they were judged: a caller's answers can change afterwards, these cannot."""

    now: Answers
    before: Mapping[str, bool | None]
    pga: float | None
    prednisone_mg_day: float | None
    other_major_activity: bool | None
    standard_treatment: bool | None


class _Criterion(Protocol):
    """One condition of a state: whether it is met and, when asked, by what."""

    code: str

    def met(self, visit: _Visit) -> Truth:
        """Return whether the condition is met."""

    def values(self, visit: _Visit) -> Mapping[str, Scalar]:
        """Return what it stood on; `item` names the input."""


class _Number:
    """A number within a limit."""

    def __init__(
        self, code: str, item: str, operator: str, limit: float, unit: str | None = None
    ) -> None:
        self.code, self._item, self._operator, self._unit = code, item, operator, unit
        self._limit, self._value, self._within = limit, attrgetter(item), OPERATORS[operator]

    def met(self, visit: _Visit) -> Truth:
        """Compare."""
        value = self._value(visit)
        if value is None:
            return UNKNOWN
        return YES if self._within(value, self._limit) else NO

    def values(self, visit: _Visit) -> Mapping[str, Scalar]:
        """Return number and limit."""
        return {
            "item": self._item,
            "value": self._value(visit),
            "operator": self._operator,
            "limit": self._limit,
            "unit": self._unit,
        }


class _Answer:
    """A question that must be answered as wanted."""

    def __init__(self, code: str, item: str, *, wanted: bool) -> None:
        self.code, self._item, self._wanted = code, item, wanted
        self._answer = attrgetter(item)

    def met(self, visit: _Visit) -> Truth:
        """Compare."""
        answer = self._answer(visit)
        if answer is None:
            return UNKNOWN
        return YES if bool(answer) is self._wanted else NO

    def values(self, visit: _Visit) -> Mapping[str, Scalar]:
        """Return the answer."""
        return {"item": self._item, "value": self._answer(visit)}


class _Score:
    """A score, or its range while items are missing, that is not above a limit."""

    def __init__(self, code: str, codes: Sequence[str], limit: int) -> None:
        self.code, self._limit = code, limit
        self._weights = [WEIGHTS[code] if code in codes else 0 for code in CODES]

    def _range(self, visit: _Visit) -> tuple[int, int]:
        low = high = sum(compress(self._weights, visit.now))
        if None in visit.now:
            high += sum([w for w, a in zip(self._weights, visit.now, strict=True) if a is None])
        return low, high

    def met(self, visit: _Visit) -> Truth:
        """Compare both ends of the range."""
        low, high = self._range(visit)
        if high <= self._limit:
            return YES
        return NO if low > self._limit else UNKNOWN

    def values(self, visit: _Visit) -> Mapping[str, Scalar]:
        """Return score, range and limit."""
        low, high = self._range(visit)
        exact = low if low == high else None
        return {"item": "sledai", "value": exact, "limit": self._limit, "low": low, "high": high}


class _NoMajorOrgan:
    """No item present that stands for a major organ."""

    code = "state.no_major_organ"
    _answers = itemgetter(*map(CODES.index, MAJOR_ORGAN_CODES))

    def met(self, visit: _Visit) -> Truth:
        """Look for one that is present, then for one that may be."""
        answers = self._answers(visit.now)
        if any(answers):
            return NO
        return UNKNOWN if None in answers else YES

    def values(self, visit: _Visit) -> Mapping[str, Scalar]:
        """Return those that are present."""
        present = compress(MAJOR_ORGAN_CODES, self._answers(visit.now))
        return {"item": ", ".join(present) or "sledai"}


class _NoNewItem:
    """No item present now that was absent at the last visit."""

    code = "state.no_new_item"

    def _new(self, visit: _Visit) -> list[str]:
        before = visit.before.get
        present = compress(CODES, visit.now)
        return [code for code in present if before(code) is not None and not before(code)]

    def met(self, visit: _Visit) -> Truth:
        """Look for one that is new, then for one that may be."""
        if self._new(visit):
            return NO
        before = visit.before.get
        for code, present in zip(CODES, visit.now, strict=True):
            if (present or present is None) and not before(code):
                return UNKNOWN
        return YES

    def values(self, visit: _Visit) -> Mapping[str, Scalar]:
        """Return those that are new."""
        return {"item": ", ".join(self._new(visit)) or "previous_sledai"}


_STANDARD_TREATMENT = _Answer("state.standard_treatment", "standard_treatment", wanted=True)
_State = tuple[Rule, tuple[_Criterion, ...]]
"""The rule with the parameters in force, and all that must be met."""


def _prednisone(operator: str, limit: float) -> _Number:
    return _Number("state.prednisone", "prednisone_mg_day", operator, limit, "mg/day")


def _lldas(given: Mapping[str, Any]) -> _State:
    return LLDAS_PARAMETERS.rule(RULE_LLDAS, given), (
        _Score("state.sledai", CODES, given["sledai"]),
        _NoMajorOrgan(),
        _Answer("state.no_other_major", "other_major_activity", wanted=False),
        _NoNewItem(),
        _Number("state.pga", "pga", "<=", given["pga"]),
        _prednisone("<=", given["prednisone_mg_day"]),
        _STANDARD_TREATMENT,
    )


def _doris(given: Mapping[str, Any]) -> _State:
    return DORIS_PARAMETERS.rule(RULE_DORIS, given), (
        _Score("state.clinical_sledai", CLINICAL_CODES, 0),
        _Number("state.pga", "pga", "<", 0.5),
        _prednisone(given["prednisone_operator"], given["prednisone_mg_day"]),
        _STANDARD_TREATMENT,
    )


_lldas_by = LLDAS_PARAMETERS.prepared(_lldas)
_doris_by = DORIS_PARAMETERS.prepared(_doris)


def _judge(rule: Rule, criteria: tuple[_Criterion, ...], facts: ActivityFacts) -> ActivityState:
    """Ask the criteria until one is not met: from the last, for single facts are soonest asked."""
    visit = facts.judged
    met = YES
    for criterion in reversed(criteria):
        found = criterion.met(visit)
        if found is NO:
            met = NO
            break
        if found is UNKNOWN:
            met = UNKNOWN
    missing = _open(criteria, visit) if met is UNKNOWN else ()
    return ActivityState(rule, later(_told, criteria, visit), missing, met)


def _open(criteria: tuple[_Criterion, ...], visit: _Visit) -> tuple[str, ...]:
    """Name the inputs of the criteria that are open."""
    items = [str(each.values(visit)["item"]) for each in criteria if each.met(visit) is UNKNOWN]
    return tuple(dict.fromkeys(items))


def _told(criteria: tuple[_Criterion, ...], visit: _Visit) -> tuple[Reason, ...]:
    return tuple([Reason(each.code, each.met(visit), each.values(visit)) for each in criteria])


def lldas(facts: ActivityFacts, *, parameters: Overrides | None = None) -> ActivityState:
    """LLDAS as first published.

    SLEDAI-2K <= 4 without major organ activity, no new item, PGA <= 1, prednisone <= 7.5 mg/day,
    standard maintenance treatment. `parameters` overrides those of `LLDAS_PARAMETERS`. Raises
    InvalidInput for an impossible value, and for an unknown parameter or an impossible one.
    """
    return _judge(*_lldas_by(parameters), facts)


def doris_2021(facts: ActivityFacts, *, parameters: Overrides | None = None) -> ActivityState:
    """DORIS remission: clinical SLEDAI 0, PGA < 0.5, prednisone <= 5 mg/day, stable treatment.

    Serology is ignored. `parameters` overrides those of `DORIS_PARAMETERS`. Raises as `lldas`.
    """
    return _judge(*_doris_by(parameters), facts)
