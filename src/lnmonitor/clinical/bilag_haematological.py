"""BILAG-2004, haematological system (items 90-97).

The cut-offs were not seen in any public source and are protocol parameters.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import Any, NamedTuple

from lnmonitor.clinical.bilag import (
    BETTER,
    ISENBERG_2005,
    LETTERED,
    SCORES,
    BilagGrade,
    Grade,
    active,
    finish,
    highest,
)
from lnmonitor.clinical.bilag_items import HAEMATOLOGICAL
from lnmonitor.clinical.criteria import UNDER, Possible, once
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Choice, Kind, Number, Overrides, Parameters
from lnmonitor.clinical.results import YES, Reason, Rule, Scalar, frozen, later

RULE_HAEMATOLOGICAL = Rule("bilag-2004-haematological", "1", (ISENBERG_2005,), verified=False)


@frozen
class HaematologyInputs:
    """Items 90-97. None = not done; names in `not_due_to_sle` are ignored for grading.

    Haemoglobin g/L, counts 10^9/L, `ttp` scored 0..4, the last two yes or no.
    """

    haemoglobin_g_l: float | None = None
    wbc_10e9_l: float | None = None
    neutrophils_10e9_l: float | None = None
    lymphocytes_10e9_l: float | None = None
    platelets_10e9_l: float | None = None
    ttp: int | None = None
    active_haemolysis: bool | None = None
    isolated_coombs: bool | None = None
    not_due_to_sle: frozenset[str] = frozenset()


_BLOOD_LIMITS: Mapping[str, tuple[str, dict[Grade, float]]] = {
    "haemoglobin_g_l": ("g/L", {Grade.A: 80.0, Grade.B: 90.0, Grade.C: 110.0}),
    "wbc_10e9_l": ("10^9/L", {Grade.A: 1.0, Grade.B: 2.0, Grade.C: 4.0}),
    "neutrophils_10e9_l": ("10^9/L", {Grade.A: 0.5, Grade.B: 1.0, Grade.C: 2.0}),
    "platelets_10e9_l": ("10^9/L", {Grade.A: 25.0, Grade.B: 50.0, Grade.C: 150.0}),
    "lymphocytes_10e9_l": ("10^9/L", {Grade.C: 1.0}),
}
"""The letter of a count below a limit. The cut-offs were not seen in a public source."""
_ANSWERS: Mapping[str, str] = {
    "ttp_active": "A",
    "ttp_improving": "B",
    "active_haemolysis": "B",
    "isolated_coombs": "C",
}
"""The letter of an answer, from knowledge like the cut-offs."""
_BLOOD_ITEMS = (*_BLOOD_LIMITS, "ttp", "active_haemolysis", "isolated_coombs")
"""Counts first."""


def _limit_name(item: str, letter: Grade) -> str:
    """Return the parameter of the limit below which a count gives a letter."""
    return f"{item}_{letter.value.lower()}"


def _kinds() -> Iterator[tuple[str, Kind]]:
    """Give the parameters: a limit for each letter of each count, a letter for each answer."""
    for item, (unit, limits) in _BLOOD_LIMITS.items():
        for letter, limit in limits.items():
            yield _limit_name(item, letter), Number(limit, unit=unit)
    for answer, default in _ANSWERS.items():
        others = [each.value for each in LETTERED if each.value != default]
        yield f"{answer}_letter", Choice((default, *others))


def _ascending(given: Mapping[str, Any]) -> None:
    """Refuse a limit that a graver letter's limit is above: the milder letter could not be."""
    for item, (unit, limits) in _BLOOD_LIMITS.items():
        for graver, milder in pairwise([_limit_name(item, letter) for letter in limits]):
            if given[milder] < given[graver]:
                least = f">= {graver} {given[graver]:g}"
                raise InvalidInput(milder, given[milder], unit, least)


PARAMETERS = Parameters(RULE_HAEMATOLOGICAL.id, dict(_kinds()), _ascending)


class _Blood(NamedTuple):
    """The rule with its parameters in force, and what they make of each item."""

    rule: Rule
    counts: tuple[tuple[str, tuple[float, ...], tuple[Grade, ...]], ...]
    """For `bisect`: ascending limits, and the letter below each."""
    limits: Mapping[tuple[str, Grade], float]
    ttp_active: Grade
    ttp_improving: Grade
    active_haemolysis: Grade
    isolated_coombs: Grade
    worst: Mapping[str, Grade | None]
    """The worst letter that each item can give; None where every limit is 0."""


def _blood_by(given: Mapping[str, Any]) -> _Blood:
    limits = {
        (item, letter): given[_limit_name(item, letter)]
        for item, (_, letters) in _BLOOD_LIMITS.items()
        for letter in letters
    }
    counts = []
    worst: dict[str, Grade | None] = {}
    for item, (_, letters) in _BLOOD_LIMITS.items():
        ascending = tuple([limits[item, letter] * UNDER for letter in letters])
        counts.append((item, ascending, tuple(letters)))
        worst[item] = next((letter for letter in letters if limits[item, letter]), None)
    answers = {answer: Grade(given[f"{answer}_letter"]) for answer in _ANSWERS}
    worst["ttp"] = highest([answers["ttp_active"], answers["ttp_improving"]])
    worst |= {item: answers[item] for item in ("active_haemolysis", "isolated_coombs")}
    rule = PARAMETERS.rule(RULE_HAEMATOLOGICAL, given)
    return _Blood(rule, tuple(counts), limits, **answers, worst=worst)


_blood_in_force = PARAMETERS.prepared(_blood_by)
_BLOOD_NAMES = frozenset(each.name for each in fields(HaematologyInputs))
_blood_values = attrgetter(*_BLOOD_ITEMS)


_POSSIBLE = Possible(*((item, unit, 0, inf) for item, (unit, _) in _BLOOD_LIMITS.items()))


@once
def _check_blood(inputs: HaematologyInputs) -> None:
    unknown = inputs.not_due_to_sle - _BLOOD_NAMES
    if unknown:
        raise InvalidInput("not_due_to_sle", sorted(unknown)[0], None, "an item of this system")
    _POSSIBLE.check(inputs)
    if inputs.ttp not in SCORES:
        raise InvalidInput("ttp", inputs.ttp, None, "0, 1, 2, 3, 4 or not done")


_BloodLetters = tuple[tuple[str, Grade], ...]


def _blood_letters(
    blood: _Blood, inputs: HaematologyInputs, values: tuple[float | None, ...]
) -> _BloodLetters:
    """Return the items that give a letter, each with it; `values` are those of `_BLOOD_ITEMS`."""
    found = [
        (item, letters[bisect(limits, value)])
        for (item, limits, letters), value in zip(blood.counts, values, strict=False)
        if value is not None and value < limits[-1]
    ]
    if inputs.ttp:
        found.append(("ttp", blood.ttp_active if active(inputs.ttp) else blood.ttp_improving))
    if inputs.active_haemolysis:
        found.append(("active_haemolysis", blood.active_haemolysis))
    if inputs.isolated_coombs:
        found.append(("isolated_coombs", blood.isolated_coombs))
    ignored = inputs.not_due_to_sle
    if ignored:
        found = [(item, letter) for item, letter in found if item not in ignored]
    return tuple(found)


def _blood_told(
    blood: _Blood, inputs: HaematologyInputs, letters: _BloodLetters
) -> tuple[Reason, ...]:
    """Tell each item that gives a letter."""
    told = []
    for item, letter in letters:
        values: dict[str, Scalar] = {"item": item, "value": getattr(inputs, item)}
        is_count = item in _BLOOD_LIMITS
        if is_count:
            unit, _ = _BLOOD_LIMITS[item]
            values |= {"limit": blood.limits[item, letter], "unit": unit}
        code = "bilag.blood_count" if is_count else "bilag.item"
        told.append(Reason(code, YES, {**values, "grade": letter.value}))
    return tuple(told)


def grade(
    inputs: HaematologyInputs,
    *,
    ever_involved: bool | None,
    parameters: Overrides | None = None,
) -> BilagGrade:
    """Grade the haematological system (items 90-97), each value due to lupus.

    The cut-offs are from knowledge, not from a source that was read: have them confirmed before a
    trial relies on them. `parameters` overrides those of `PARAMETERS`. Raises
    InvalidInput for impossible values, and for an unknown parameter or an impossible one.
    """
    _check_blood(inputs)
    blood = _blood_in_force(parameters)
    values, ignored = _blood_values(inputs), inputs.not_due_to_sle
    found = _blood_letters(blood, inputs, values)
    letter = highest([given for _, given in found])
    missing, assessed = [], True
    if ignored or None in values:
        asked = [each for each in zip(_BLOOD_ITEMS, values, strict=True) if each[0] not in ignored]
        absent = [item for item, value in asked if value is None]
        missing = [item for item in absent if blood.worst[item] in BETTER[letter]]
        assessed = not asked or len(absent) < len(asked)
    return finish(
        blood.rule,
        HAEMATOLOGICAL,
        letter,
        later(_blood_told, blood, inputs, found),
        missing,
        assessed=assessed,
        ever_involved=ever_involved,
    )
