"""SELENA-SLEDAI flare index (SFI): severe, mild or moderate, or none, against the visit before.

Petri 2005 / Buyon 2005 (doi 10.7326/0003-4819-142-12_Part_1-200506210-00004). Criteria read in
public descriptions. They differ on PGA: a rise of >= 1.0 is taken. The modified index drops a
severe call that rests on the score alone (from knowledge). The numbers are protocol parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

from lnmonitor.clinical.criteria import (
    Possible,
    is_above,
    is_at_least,
    is_at_most,
)
from lnmonitor.clinical.parameters import Number, Overrides, Parameters, Whole
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    later,
)
from lnmonitor.clinical.selena_sledai import BUYON_2005

RULE_SFI = Rule("selena-flare-index", "2", (BUYON_2005,), verified=False)
PARAMETERS = Parameters(
    RULE_SFI.id,
    {
        "score_limit": Whole(12),
        "score_rise": Whole(3, least=1),
        "pga_limit": Number(2.5, most=3),
        "pga_rise": Number(1.0, most=3),
        "prednisone_mg_kg": Number(0.5, unit="mg/kg/day"),
        "prednisone_times": Number(2.0, least=1),
    },
)
"""Score and PGA that are severe when passed, and rises that are mild or moderate up to there; the
dose that is severe when raised above it; how many times the dose before is "doubled"."""
SEVERE, MILD_MODERATE, NONE = "severe", "mild_moderate", "none"


@frozen
class SfiFacts:
    """This visit against the one before; None = not known. Scores are SELENA-SLEDAI, PGA 0..3.

    `worse_major`: new or worse nervous system lupus, vasculitis, nephritis, myositis, platelets
    < 60 x 10^9/L, or haemolytic anaemia (haemoglobin < 70 g/L or down by > 30 g/L). `worse_mild`:
    new or worse rash, nasopharyngeal ulcers, pleuritis, pericarditis, arthritis or lupus fever.
    `worse_other`: any other manifestation new or worse. `new_immunosuppressant` and
    `new_nsaid_or_antimalarial`: begun for activity. Doses are prednisone equivalents in mg/day.
    """

    sledai: int | None = None
    sledai_previous: int | None = None
    pga: float | None = None
    pga_previous: float | None = None
    prednisone_mg_day: float | None = None
    prednisone_previous_mg_day: float | None = None
    weight_kg: float | None = None
    worse_major: bool | None = None
    worse_mild: bool | None = None
    worse_other: bool | None = None
    new_immunosuppressant: bool | None = None
    new_nsaid_or_antimalarial: bool | None = None
    hospitalised_for_lupus: bool | None = None


@frozen
class SfiFlare(Outcome):
    """`severity` "severe", "mild_moderate", "none", or None while a missing fact could decide."""

    severity: str | None = None


_POSSIBLE = Possible(
    ("sledai", None, 0, 105),
    ("sledai_previous", None, 0, 105),
    ("pga", None, 0, 3),
    ("pga_previous", None, 0, 3),
    ("prednisone_mg_day", "mg/day", 0, inf),
    ("prednisone_previous_mg_day", "mg/day", 0, inf),
    ("weight_kg", "kg", None, inf),
)


class _Index(NamedTuple):
    """The rules of the classic and the modified index, and the parameters in force."""

    classic: Rule
    modified: Rule
    score_limit: int
    score_rise: int
    pga_limit: float
    pga_rise: float
    prednisone_mg_kg: float
    prednisone_times: float


def _index(given: Mapping[str, Any]) -> _Index:
    classic, modified = [
        replace(RULE_SFI, parameters={"modified": each, **given}) for each in (False, True)
    ]
    return _Index(classic, modified, **given)


_index_by = PARAMETERS.prepared(_index)

_Asked = tuple[str, str, tuple[str, ...]]
"""How a criterion is told, of which fact, and with which parameters."""
_Doses = tuple[Truth, Truth, Truth]


def _doses(index: _Index, facts: SfiFacts) -> _Doses:
    """Return: raised to above 0.5 mg/kg/day; raised to no more than that; at least doubled."""
    now, before, weight = (
        facts.prednisone_mg_day,
        facts.prednisone_previous_mg_day,
        facts.weight_kg,
    )
    raised = NO if now == 0 else is_above(now, before)
    if raised is NO:
        return NO, NO, NO
    high = is_above(now, None if weight is None else index.prednisone_mg_kg * weight)
    doubled = is_at_least(now, None if before is None else index.prednisone_times * before)
    return Truth.all(raised, high), Truth.all(raised, high.negated), Truth.all(raised, doubled)


def _crossed(now: float | None, before: float | None, limit: float) -> Truth:
    """Above a limit now and not at the visit before."""
    above = is_above(now, limit)
    return NO if above is NO else Truth.all(above, is_at_most(before, limit))


def _risen(now: float | None, before: float | None, least: float, limit: float) -> Truth:
    """Up by `least` or more, to a limit at most."""
    rise = UNKNOWN if now is None or before is None else is_at_least(now - before, least)
    if rise is NO:
        return NO
    # The third term follows from the other two: it decides where only the visit before is known.
    return Truth.all(rise, is_at_most(now, limit), is_at_most(before, limit - least))


_SCORE, _PGA, _DOSE = ("score_limit",), ("pga_limit",), ("prednisone_mg_kg",)
_TREATED = ("prednisone_mg_kg", "prednisone_times")
_SEVERE: tuple[_Asked, ...] = (
    ("sfi.score_above", "sledai", _SCORE),
    ("sfi.major_treated", "worse_major", _TREATED),
    ("sfi.any_treated", "worse_other", _TREATED),
    ("sfi.prednisone_high", "prednisone_mg_day", _DOSE),
    ("sfi.new_immunosuppressant", "new_immunosuppressant", ()),
    ("sfi.hospitalised", "hospitalised_for_lupus", ()),
    ("sfi.pga_above", "pga", _PGA),
)
"""S1 to S7."""


def _severe(index: _Index, facts: SfiFacts, doses: _Doses) -> tuple[Truth, ...]:
    """Answer S1 to S7; the score comes first."""
    high, _, doubled = doses
    admitted = Truth.of(facts.hospitalised_for_lupus)
    major = Truth.of(facts.worse_major)
    worse = Truth.any(major, Truth.of(facts.worse_mild), Truth.of(facts.worse_other))
    if worse is not NO:
        treated = Truth.any(doubled, high, admitted)
        major, worse = Truth.all(major, treated), Truth.all(worse, treated)
    return (
        _crossed(facts.sledai, facts.sledai_previous, index.score_limit),
        major,
        worse,
        high,
        Truth.of(facts.new_immunosuppressant),
        admitted,
        _crossed(facts.pga, facts.pga_previous, index.pga_limit),
    )


_MILD: tuple[_Asked, ...] = (
    ("sfi.score_rise", "sledai", (*_SCORE, "score_rise")),
    ("sfi.mild_manifestation", "worse_mild", ()),
    ("sfi.prednisone_raised", "prednisone_mg_day", _DOSE),
    ("sfi.new_nsaid_or_antimalarial", "new_nsaid_or_antimalarial", ()),
    ("sfi.pga_rise", "pga", (*_PGA, "pga_rise")),
)
"""M1 to M5."""


def _mild(index: _Index, facts: SfiFacts, doses: _Doses) -> tuple[Truth, ...]:
    """Answer M1 to M5."""
    _, raised, _ = doses
    return (
        _risen(facts.sledai, facts.sledai_previous, index.score_rise, index.score_limit),
        Truth.of(facts.worse_mild),
        raised,
        Truth.of(facts.new_nsaid_or_antimalarial),
        _risen(facts.pga, facts.pga_previous, index.pga_rise, index.pga_limit),
    )


_CRITERIA = {
    False: (*_SEVERE, *_MILD),
    True: (*_SEVERE[1:], *_MILD, ("sfi.score_only", "sledai", _SCORE)),
}
"""All criteria of the index, by whether it is the modified one."""


def _answers(
    index: _Index, facts: SfiFacts, *, modified: bool
) -> tuple[tuple[Truth, ...], tuple[Truth, ...]]:
    """Answer what is severe and what is mild or moderate, in the order of `_CRITERIA`."""
    doses = _doses(index, facts)
    severe, mild = _severe(index, facts, doses), _mild(index, facts, doses)
    if not modified:
        return severe, mild
    score, *others = severe
    score_only = Truth.all(score, Truth.any(*others).negated)
    return severe[1:], (*mild, score_only)


_BEFORE = {
    "sledai": "sledai_previous",
    "pga": "pga_previous",
    "prednisone_mg_day": "prednisone_previous_mg_day",
}


def _told(
    index: _Index, facts: SfiFacts, modified: bool, answers: tuple[Truth, ...]
) -> tuple[Reason, ...]:
    told = []
    for (code, item, limits), met in zip(_CRITERIA[modified], answers, strict=True):
        values: dict[str, Scalar] = {"item": item, "value": getattr(facts, item)}
        values |= {limit: getattr(index, limit) for limit in limits}
        if item in _BEFORE:
            values["previous"] = getattr(facts, _BEFORE[item])
        told.append(Reason(code, met, values))
    return tuple(told)


def assess(
    facts: SfiFacts, *, modified: bool = False, parameters: Overrides | None = None
) -> SfiFlare:
    """Return the flare; any one criterion suffices and severe outranks mild or moderate.

    `modified`: a severe flare that rests on the score alone is reported as mild or moderate, with
    the reason `sfi.score_only`. `parameters` overrides those of `PARAMETERS`. Raises InvalidInput
    for impossible values, and for an unknown parameter or an impossible one.
    """
    _POSSIBLE.check(facts)
    index = _index_by(parameters)
    severe, mild = _answers(index, facts, modified=modified)
    answers = (*severe, *mild)
    severity: str | None = None
    missing: tuple[str, ...] = ()
    if YES in severe:
        severity = SEVERE
    elif UNKNOWN not in severe and YES in mild:
        severity = MILD_MODERATE
    elif UNKNOWN not in answers:
        severity = NONE
    else:
        asked = zip(_CRITERIA[modified], answers, strict=True)
        missing = tuple(dict.fromkeys([item for (_, item, _), met in asked if met is UNKNOWN]))
    rule = index.modified if modified else index.classic
    return SfiFlare(rule, later(_told, index, facts, modified, answers), missing, severity)
