"""BILAG-2004 letters A to E for the seven item-scored systems and the blood, and their numbers.

Isenberg 2005 (Rheumatology 44:902) and Yee 2010; the letter logic of the seven systems was read in
a published scoring implementation, the haematological cut-offs were not seen in any public source.
The renal system has a module of its own, `bilag_renal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import NoReturn

from lnmonitor.clinical.bilag_items import (
    CARDIORESPIRATORY,
    CONSTITUTIONAL,
    GASTROINTESTINAL,
    HAEMATOLOGICAL,
    ITEMS,
    MUCOCUTANEOUS,
    MUSCULOSKELETAL,
    NEUROPSYCHIATRIC,
    OPHTHALMIC,
    SYSTEMS,
    BilagItem,
    codes_of,
)
from lnmonitor.clinical.criteria import below, once, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    YES,
    Citation,
    Outcome,
    Reason,
    Reasons,
    Rule,
    Scalar,
    frozen,
    later,
)

__all__ = [
    "ITEMS",
    "NUMERIC_9311",
    "NUMERIC_12811",
    "RULE_BILAG_2004",
    "RULE_HAEMATOLOGICAL",
    "SYSTEMS",
    "BilagGrade",
    "BilagItem",
    "BilagTotal",
    "Grade",
    "HaematologyInputs",
    "Letters",
    "grade_haematological",
    "grade_system",
    "letter_of",
    "letters_of",
    "total",
    "totals",
    "without_letter",
]

ISENBERG_2005 = Citation(
    "Isenberg DA, Rahman A, Allen E, et al.",
    "Rheumatology 44:902-6",
    2005,
    "10.1093/rheumatology/keh624",
)
YEE_2010 = Citation(
    "Yee CS, Cresswell L, Farewell V, et al.",
    "Rheumatology 49:1665-9",
    2010,
    "10.1093/rheumatology/keq026",
)
RULE_BILAG_2004 = Rule("bilag-2004", "1", (ISENBERG_2005, YEE_2010), verified=True)
RULE_HAEMATOLOGICAL = Rule("bilag-2004-haematological", "1", (ISENBERG_2005,), verified=False)


class Grade(Enum):
    """A severe, B moderate, C mild, D inactive but involved before, E never involved."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    __hash__ = object.__hash__  # members are singletons; Enum hashes the name, in Python


NUMERIC_9311: Mapping[Grade, int] = {Grade.A: 9, Grade.B: 3, Grade.C: 1, Grade.D: 0, Grade.E: 0}
"""Classic numbers; the only scale that reproduces the renal BILAG means of Gu 2014."""
NUMERIC_12811: Mapping[Grade, int] = {Grade.A: 12, Grade.B: 8, Grade.C: 1, Grade.D: 0, Grade.E: 0}
"""Yee 2010, doi 10.1093/rheumatology/keq026."""


SCALES: Mapping[str, Mapping[Grade, int]] = {
    "9/3/1/0/0": NUMERIC_9311,
    "12/8/1/0/0": NUMERIC_12811,
}
"""Both scales under the names that a protocol and an axis print."""


@frozen
class BilagGrade(Outcome):
    """One system's letter; `grade` None when nothing was assessed or D and E cannot be told apart.

    `provisional` when an item not done could raise the grade.
    """

    system: str = ""
    grade: Grade | None = None
    provisional: bool = False

    def number(self, scale: Mapping[Grade, int] = NUMERIC_9311) -> int | None:
        """Return the letter's number on `scale`, None without a letter."""
        return None if self.grade is None else scale[self.grade]


@frozen
class BilagTotal(Outcome):
    """Sum of the nine systems; `total` None while a system has no letter."""

    total: int | None = None


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


@dataclass(frozen=True)
class _Letters:
    """Items of a system that decide A, B and C; the C group counts when merely present."""

    severe: tuple[str, ...]
    moderate: tuple[str, ...]
    mild: tuple[str, ...] = ()


_LETTERS: Mapping[str, _Letters] = {
    MUCOCUTANEOUS: _Letters(
        codes_of(5, 7, 9, 11, 13), codes_of(6, 12, 14, 15), codes_of(8, 10, 16, 17, 18)
    ),
    NEUROPSYCHIATRIC: _Letters(
        codes_of(*range(19, 30), 31, 36), codes_of(30, 32, 33, 34, 35, 37, 38)
    ),
    MUSCULOSKELETAL: _Letters(codes_of(39, 41), codes_of(40, 42), codes_of(43)),
    CARDIORESPIRATORY: _Letters(codes_of(45, 46, 47, *range(49, 56)), codes_of(44, 48)),
    GASTROINTESTINAL: _Letters(codes_of(56, 58, 61, 63, 64), codes_of(57, 59, 60, 62)),
    OPHTHALMIC: _Letters(
        codes_of(65, 66, 69, 72, 74, 76, 77), codes_of(67, 68, 70, 73), codes_of(71, 75)
    ),
}
_PYREXIA, *_OTHER_CONSTITUTIONAL = codes_of(1, 2, 3, 4)
_CODES: Mapping[str, dict[str, None]] = {
    system: dict.fromkeys(item.code for item in ITEMS if item.system == system)
    for system in (CONSTITUTIONAL, *_LETTERS)
}
"""The item codes of a system, in the form's order; a dict, to look one up."""
_SCORES = frozenset({None, 0, 1, 2, 3, 4})
_ORDER = (Grade.A, Grade.B, Grade.C)


def _active(score: int) -> bool:
    """Same, worse or new; 1 is improving."""
    return score >= 2


def _constitutional_letter(scores: Mapping[str, int]) -> Grade | None:
    pyrexia = scores.get(_PYREXIA, 0)
    others = [scores.get(code, 0) for code in _OTHER_CONSTITUTIONAL]
    two_others = sum(map(_active, others)) >= 2
    if _active(pyrexia) and two_others:
        return Grade.A
    if _active(pyrexia) or two_others:
        return Grade.B
    return Grade.C if pyrexia == 1 or any(others) else None


def letter_of(system: str, scores: Mapping[str, int]) -> Grade | None:
    """Return A, B or C of an item-scored system by the items present, None when nothing is.

    All A items are tested for "active" before any for "improving": one improving and another new
    is A.
    """
    if system == CONSTITUTIONAL:
        return _constitutional_letter(scores)
    letters = _LETTERS[system]
    severe = max([scores.get(code, 0) for code in letters.severe])
    if _active(severe):
        return Grade.A
    moderate = max([scores.get(code, 0) for code in letters.moderate])
    if severe or _active(moderate):
        return Grade.B
    if moderate or any(scores.get(code, 0) for code in letters.mild):
        return Grade.C
    return None


def _could_raise(system: str, scores: Mapping[str, int], not_done: Iterable[str]) -> list[str]:
    """Return the items not done that could change the letter.

    Alone in most systems; in the constitutional one, which counts two items together, also with one
    other that was not done.
    """
    absent = list(not_done)
    if not absent:
        return []
    now = letter_of(system, scores)
    if now is Grade.A:
        return []

    def matters(code: str) -> bool:
        if letter_of(system, {**scores, code: 4}) is not now:
            return True
        others = absent if system == CONSTITUTIONAL else []
        partners = ({**scores, other: 4} for other in others if other != code)
        return any(letter_of(system, {**p, code: 4}) is not letter_of(system, p) for p in partners)

    return [code for code in absent if matters(code)]


def _dormant(ever_involved: bool | None) -> Grade | None:
    if ever_involved is None:
        return None
    return Grade.D if ever_involved else Grade.E


def _finish(
    rule: Rule,
    system: str,
    letter: Grade | None,
    reasons: Reasons,
    missing: list[str],
    *,
    assessed: bool,
    ever_involved: bool | None,
) -> BilagGrade:
    """Add D, E or no letter, and the mark of a grade that an item not done could raise."""
    provisional = bool(missing)
    if letter is None and assessed:
        letter = _dormant(ever_involved)
        missing = missing if letter else [*missing, "ever_involved"]
    return BilagGrade(
        rule=rule,
        reasons=reasons,
        missing=tuple(missing),
        system=system,
        grade=letter,
        provisional=provisional,
    )


def grade_system(
    system: str, items: Mapping[str, int | None], *, ever_involved: bool | None
) -> BilagGrade:
    """Grade one of the seven item-scored systems.

    `items` maps item codes to 0 absent, 1 improving, 2 same, 3 worse, 4 new, or None for not done
    (a code left out is not done). `ever_involved` tells D from E. Items not done are graded as
    absent and make the grade provisional where they could raise it; the index has no rule for them.
    Raises InvalidInput for an unknown system or code, or a score outside 0..4.
    """
    codes = _CODES.get(system)
    if codes is None:
        raise InvalidInput("BILAG system", system, None, "one of the seven item-scored systems")
    if not (items.keys() <= codes.keys() and _SCORES.issuperset(items.values())):
        _refuse(system, items)
    return _grade_scores(system, tuple(map(items.get, codes)), ever_involved)


def _refuse(system: str, items: Mapping[str, int | None]) -> NoReturn:
    """Name the first code or score that a system does not have."""
    codes = _CODES[system]
    code = next(code for code in items if code not in codes or items[code] not in _SCORES)
    if code not in codes:
        raise InvalidInput("BILAG item", code, None, f"an item of the {system} system")
    raise InvalidInput(code, items[code], None, "0, 1, 2, 3, 4 or not done")


@lru_cache(maxsize=8192)
def _grade_scores(
    system: str, values: tuple[int | None, ...], ever_involved: bool | None
) -> BilagGrade:
    """Grade the scores of a system in the form's order; remembered, for most patterns recur."""
    codes = _CODES[system]
    scores = {code: value for code, value in zip(codes, values, strict=True) if value is not None}
    not_done = [code for code in codes if code not in scores]
    return _finish(
        RULE_BILAG_2004,
        system,
        letter_of(system, scores),
        later(_items_told, system, values),
        _could_raise(system, scores, not_done),
        assessed=bool(scores),
        ever_involved=ever_involved,
    )


def _items_told(system: str, values: tuple[int | None, ...]) -> tuple[Reason, ...]:
    """Tell each item that is present."""
    return tuple(
        Reason("bilag.item", YES, {"item": code, "value": value})
        for code, value in zip(_CODES[system], values, strict=True)
        if value
    )


_BLOOD_LIMITS: Mapping[str, tuple[str, dict[Grade, float]]] = {
    "haemoglobin_g_l": ("g/L", {Grade.A: 80, Grade.B: 90, Grade.C: 110}),
    "wbc_10e9_l": ("10^9/L", {Grade.A: 1.0, Grade.B: 2.0, Grade.C: 4.0}),
    "neutrophils_10e9_l": ("10^9/L", {Grade.A: 0.5, Grade.B: 1.0, Grade.C: 2.0}),
    "platelets_10e9_l": ("10^9/L", {Grade.A: 25, Grade.B: 50, Grade.C: 150}),
    "lymphocytes_10e9_l": ("10^9/L", {Grade.C: 1.0}),
}
"""The letter of a count below a limit. The cut-offs were not seen in a public source."""
_BLOOD_NAMES = frozenset(each.name for each in fields(HaematologyInputs))


def _letter_of_count(item: str, value: float) -> Grade | None:
    """Return the letter of a blood count, None for a normal one."""
    for letter, limit in _BLOOD_LIMITS[item][1].items():
        if below(value, limit):
            return letter
    return None


def _letter_of_ttp(score: int) -> Grade | None:
    if _active(score):
        return Grade.A
    return Grade.B if score else None


@once
def _check_blood(inputs: HaematologyInputs) -> None:
    unknown = inputs.not_due_to_sle - _BLOOD_NAMES
    if unknown:
        raise InvalidInput("not_due_to_sle", sorted(unknown)[0], None, "an item of this system")
    for item, (unit, _) in _BLOOD_LIMITS.items():
        require_range(item, getattr(inputs, item), unit, 0)
    if inputs.ttp not in _SCORES:
        raise InvalidInput("ttp", inputs.ttp, None, "0, 1, 2, 3, 4 or not done")


def _blood_letters(inputs: HaematologyInputs) -> dict[str, Grade | None]:
    """Return the letter of each item that was done, None where it is normal or absent."""
    found: dict[str, Grade | None] = {}
    for item in _BLOOD_LIMITS:
        value = getattr(inputs, item)
        if value is not None:
            found[item] = _letter_of_count(item, value)
    if inputs.ttp is not None:
        found["ttp"] = _letter_of_ttp(inputs.ttp)
    if inputs.active_haemolysis is not None:
        found["active_haemolysis"] = Grade.B if inputs.active_haemolysis else None
    if inputs.isolated_coombs is not None:
        found["isolated_coombs"] = Grade.C if inputs.isolated_coombs else None
    return found


_WORST: Mapping[str, Grade] = {
    **{item: next(iter(limits)) for item, (_, limits) in _BLOOD_LIMITS.items()},
    "ttp": Grade.A,
    "active_haemolysis": Grade.B,
    "isolated_coombs": Grade.C,
}
"""The worst letter that each item can give."""


def _blood_told(
    inputs: HaematologyInputs, letters: tuple[tuple[str, Grade], ...]
) -> tuple[Reason, ...]:
    """Tell each item that gives a letter."""
    told = []
    for item, letter in letters:
        values: dict[str, Scalar] = {"item": item, "value": getattr(inputs, item)}
        is_count = item in _BLOOD_LIMITS
        if is_count:
            unit, limits = _BLOOD_LIMITS[item]
            values |= {"limit": limits[letter], "unit": unit}
        code = "bilag.blood_count" if is_count else "bilag.item"
        told.append(Reason(code, YES, {**values, "grade": letter.value}))
    return tuple(told)


def grade_haematological(inputs: HaematologyInputs, *, ever_involved: bool | None) -> BilagGrade:
    """Grade the haematological system (items 90-97), each value due to lupus.

    The cut-offs are from knowledge, not from a source that was read: have them confirmed before a
    trial relies on them. Raises InvalidInput for impossible values.
    """
    _check_blood(inputs)
    ignored = inputs.not_due_to_sle
    letters = _blood_letters(inputs)
    counted = [(item, letters[item]) for item in letters if item not in ignored]
    found = tuple([(item, letter) for item, letter in counted if letter is not None])
    given = {letter for _, letter in found}
    letter = next((grade for grade in _ORDER if grade in given), None)
    better = _ORDER[: _ORDER.index(letter)] if letter else _ORDER
    missing = [
        item
        for item, worst in _WORST.items()
        if item not in letters and worst in better and item not in ignored
    ]
    return _finish(
        RULE_HAEMATOLOGICAL,
        HAEMATOLOGICAL,
        letter,
        later(_blood_told, inputs, found),
        missing,
        assessed=bool(counted) or ignored >= _WORST.keys(),
        ever_involved=ever_involved,
    )


RULE_TOTAL = replace(RULE_BILAG_2004, id="bilag-2004-total")
_TOTAL_RULES = {name: replace(RULE_TOTAL, parameters={"scale": name}) for name in SCALES}


Letters = tuple[Grade | None, ...]
"""The letters of the nine systems in the order of SYSTEMS; None for a system without one."""


def letters_of(grades: Mapping[str, BilagGrade]) -> Letters:
    """Return the letters of one assessment."""
    try:
        a, b, c, d, e, f, g, h, i = _all_systems(grades)
    except KeyError:  # systems were left out
        graded = map(grades.get, SYSTEMS)
        return tuple([None if one is None else one.grade for one in graded])
    # Spelt out: every rule that compares assessments starts here, and a loop takes twice as long.
    return a.grade, b.grade, c.grade, d.grade, e.grade, f.grade, g.grade, h.grade, i.grade


_all_systems = itemgetter(*SYSTEMS)


def without_letter(letters: Letters) -> tuple[str, ...]:
    """Return the systems that have no letter."""
    if None not in letters:
        return ()
    return tuple([s for s, letter in zip(SYSTEMS, letters, strict=True) if letter is None])


def total(grades: Iterable[BilagGrade], scale: Mapping[Grade, int] = NUMERIC_9311) -> BilagTotal:
    """Return the sum over the nine systems (0..81 on 9/3/1, 0..108 on 12/8/1).

    `missing` names the systems without a letter; `total` is None while there is one.
    """
    return _total(RULE_TOTAL, letters_of({grade.system: grade for grade in grades}), scale)


def totals(grades: Iterable[BilagGrade]) -> dict[str, BilagTotal]:
    """Return the total on each of SCALES, by the scale's name, which its rule stores too."""
    letters = letters_of({grade.system: grade for grade in grades})
    return {name: _total(_TOTAL_RULES[name], letters, scale) for name, scale in SCALES.items()}


def _total(rule: Rule, letters: Letters, scale: Mapping[Grade, int]) -> BilagTotal:
    missing = without_letter(letters)
    numbers = tuple([scale[letter] if letter else 0 for letter in letters])
    return BilagTotal(rule, later(_counted, numbers), missing, None if missing else sum(numbers))


def _counted(numbers: tuple[int, ...]) -> tuple[Reason, ...]:
    """Tell each system that counts: without a letter, D and E count nothing."""
    return tuple(
        Reason("bilag.system", YES, {"item": system, "value": number})
        for system, number in zip(SYSTEMS, numbers, strict=True)
        if number
    )
