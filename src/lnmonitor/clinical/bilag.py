"""BILAG-2004 letters A to E for the seven item-scored systems, and the numbers of all nine.

Isenberg 2005 (Rheumatology 44:902) and Yee 2010; the letter logic of the seven systems was read in
a published scoring implementation. Kidney and blood have modules of their own, `bilag_renal` and
`bilag_haematological`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from enum import Enum
from functools import lru_cache, partial
from operator import itemgetter
from typing import NoReturn

from lnmonitor.clinical.bilag_items import (
    CARDIORESPIRATORY,
    CONSTITUTIONAL,
    GASTROINTESTINAL,
    ITEM_BY_NUMBER,
    ITEMS,
    MUCOCUTANEOUS,
    MUSCULOSKELETAL,
    NEUROPSYCHIATRIC,
    OPHTHALMIC,
    SYSTEMS,
    BilagItem,
    codes_of,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    YES,
    Citation,
    Outcome,
    Reason,
    Reasons,
    Rule,
    frozen,
    kept,
    later,
)

__all__ = [
    "ITEMS",
    "NUMERIC_9311",
    "NUMERIC_12811",
    "RULE_BILAG_2004",
    "SYSTEMS",
    "Assessment",
    "BilagGrade",
    "BilagItem",
    "BilagTotal",
    "Grade",
    "Letters",
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

    @kept
    def item_scores(self) -> tuple[tuple[str, int], ...]:
        """The items that are present with their scores, of a system that is graded by items."""
        told = self.__dict__["reasons"]
        if isinstance(told, partial) and told.func is _items_told:  # so that none is made for this
            return _present(*told.args)
        told = [reason.values for reason in self.reasons if reason.code == "bilag.item"]
        return tuple([(str(values["item"]), int(values["value"] or 0)) for values in told])


@frozen
class BilagTotal(Outcome):
    """Sum of the nine systems; `total` None while a system has no letter."""

    total: int | None = None


_ItemLetters = Mapping[int, Grade]
"""The letter that an item gives by its score: 1 is improving; 2, 3 and 4 are active."""

_SEVERE: _ItemLetters = {1: Grade.B, 2: Grade.A, 3: Grade.A, 4: Grade.A}
_MODERATE: _ItemLetters = {1: Grade.C, 2: Grade.B, 3: Grade.B, 4: Grade.B}
_MILD: _ItemLetters = {1: Grade.C, 2: Grade.C, 3: Grade.C, 4: Grade.C}
_WORST_SCORE = 4


def _items(
    severe: Iterable[int], moderate: Iterable[int], mild: Iterable[int] = ()
) -> Mapping[str, _ItemLetters]:
    """Return what each item of a system gives, by its code, in the form's order."""
    groups = ((severe, _SEVERE), (moderate, _MODERATE), (mild, _MILD))
    numbered = {number: letters for numbers, letters in groups for number in numbers}
    return {ITEM_BY_NUMBER[number].code: numbered[number] for number in sorted(numbered)}


_ITEMS: Mapping[str, Mapping[str, _ItemLetters]] = {
    MUCOCUTANEOUS: _items((5, 7, 9, 11, 13), (6, 12, 14, 15), (8, 10, 16, 17, 18)),
    NEUROPSYCHIATRIC: _items((*range(19, 30), 31, 36), (30, 32, 33, 34, 35, 37, 38)),
    MUSCULOSKELETAL: _items((39, 41), (40, 42), (43,)),
    CARDIORESPIRATORY: _items((45, 46, 47, *range(49, 56)), (44, 48)),
    GASTROINTESTINAL: _items((56, 58, 61, 63, 64), (57, 59, 60, 62)),
    OPHTHALMIC: _items((65, 66, 69, 72, 74, 76, 77), (67, 68, 70, 73), (71, 75)),
}
"""Six of the seven item-scored systems; the constitutional one counts items together."""
_LETTERS = {system: tuple(items.values()) for system, items in _ITEMS.items()}
_CODES = {
    CONSTITUTIONAL: codes_of(1, 2, 3, 4),
    **{system: tuple(items) for system, items in _ITEMS.items()},
}
"""The item codes of a system, in the form's order."""
_scores_in = {system: itemgetter(*codes) for system, codes in _CODES.items()}
"""Reads the scores of a system, in the form's order, where all its codes are given."""
SCORES = frozenset({None, 0, 1, 2, 3, 4})
LETTERED = (Grade.A, Grade.B, Grade.C)
BETTER: Mapping[Grade | None, tuple[Grade, ...]] = {
    Grade.A: (),
    Grade.B: (Grade.A,),
    Grade.C: (Grade.A, Grade.B),
    None: LETTERED,
}
"""What a letter, or none, could be raised to."""

Scores = tuple[int | None, ...]


def highest(letters: Collection[Grade]) -> Grade | None:
    """Return the letter that counts among those that items give."""
    for letter in LETTERED:
        if letter in letters:
            return letter
    return None


def active(score: int | None) -> bool:
    """Same, worse or new; 1 is improving."""
    return score is not None and score >= 2


def _constitutional_letter(scores: Scores) -> Grade | None:
    pyrexia, *others = scores
    two_others = sum(map(active, others)) >= 2
    if active(pyrexia) and two_others:
        return Grade.A
    if active(pyrexia) or two_others:
        return Grade.B
    return Grade.C if any(scores) else None


def _letter(system: str, scores: Scores) -> Grade | None:
    """Return A, B or C by the items present, None when nothing is.

    The highest letter that an item gives counts: one A item improving and another new is A.
    """
    if system == CONSTITUTIONAL:
        return _constitutional_letter(scores)
    answered = zip(_LETTERS[system], scores, strict=True)
    return highest([letters[score] for letters, score in answered if score])


def letter_of(system: str, scores: Mapping[str, int]) -> Grade | None:
    """Return A, B or C of an item-scored system by the items present, None when nothing is."""
    return _letter(system, tuple(map(scores.get, _CODES[system])))


def _constitutional_could(scores: Scores, letter: Grade | None) -> list[str]:
    """Return the items not done that could raise the letter, also by two together.

    Pyrexia could raise any but A. Another could where nothing is present, or where those not done
    could make two that are active.
    """
    pyrexia, *others = scores
    present = sum(map(active, others))
    all_count = letter is None or present < 2 <= present + others.count(None)
    counting = scores if all_count else (pyrexia,)
    items = zip(_CODES[CONSTITUTIONAL], counting, strict=False)
    return [code for code, score in items if score is None]


def _could_raise(system: str, scores: Scores, letter: Grade | None) -> list[str]:
    """Return the items not done that could raise the letter."""
    if system == CONSTITUTIONAL:
        return _constitutional_could(scores, letter)
    better = BETTER[letter]
    return [
        code
        for (code, letters), score in zip(_ITEMS[system].items(), scores, strict=True)
        if score is None and letters[_WORST_SCORE] in better
    ]


def _dormant(ever_involved: bool | None) -> Grade | None:
    if ever_involved is None:
        return None
    return Grade.D if ever_involved else Grade.E


def finish(
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
    return BilagGrade(rule, reasons, tuple(missing), system, letter, provisional)


def grade_system(
    system: str, items: Mapping[str, int | None], *, ever_involved: bool | None
) -> BilagGrade:
    """Grade one of the seven item-scored systems.

    `items` maps item codes to 0 absent, 1 improving, 2 same, 3 worse, 4 new, or None for not done
    (a code left out is not done). `ever_involved` tells D from E. Items not done are graded as
    absent and make the grade provisional where they could raise it; the index has no rule for them.
    Raises InvalidInput for an unknown system or code, or a score outside 0..4.
    """
    given = items if type(items) is dict else dict(items)  # a Counter has 0 for what is left out
    try:
        scores = _scores_in[system](given)
    except KeyError:  # something was left out, or there is no such system
        scores = _scores_partly_in(system, given)
    graded = _grade_scores(system, scores, ever_involved)
    if graded is None or len(given) > len(scores):
        _refuse(system, given)
    return graded


def _scores_partly_in(system: str, items: Mapping[str, int | None]) -> Scores:
    """Return the scores with None for what was left out; refuse an unknown system or code."""
    codes = _CODES.get(system)
    if codes is None:
        raise InvalidInput("BILAG system", system, None, "one of the seven item-scored systems")
    if not items.keys() <= set(codes):
        _refuse(system, items)
    return tuple(map(items.get, codes))


def _refuse(system: str, items: Mapping[str, int | None]) -> NoReturn:
    """Name the first code or score that a system does not have."""
    codes = _CODES[system]
    code = next(code for code in items if code not in codes or items[code] not in SCORES)
    if code not in codes:
        raise InvalidInput("BILAG item", code, None, f"an item of the {system} system")
    raise InvalidInput(code, items[code], None, "0, 1, 2, 3, 4 or not done")


@lru_cache(maxsize=8192)
def _grade_scores(system: str, scores: Scores, ever_involved: bool | None) -> BilagGrade | None:
    """Grade scores in the form's order, None for impossible ones; most patterns recur."""
    if not SCORES.issuperset(scores):
        return None
    letter = _letter(system, scores)
    missing = _could_raise(system, scores, letter) if None in scores else []
    return finish(
        RULE_BILAG_2004,
        system,
        letter,
        later(_items_told, system, scores),
        missing,
        assessed=len(missing) < len(scores),  # where nothing was done, everything could raise
        ever_involved=ever_involved,
    )


def _present(system: str, scores: Scores) -> tuple[tuple[str, int], ...]:
    return tuple([(code, n) for code, n in zip(_CODES[system], scores, strict=True) if n])


def _items_told(system: str, scores: Scores) -> tuple[Reason, ...]:
    """Tell each item that is present."""
    return tuple(
        Reason("bilag.item", YES, {"item": code, "value": score})
        for code, score in _present(system, scores)
    )


RULE_TOTAL = replace(RULE_BILAG_2004, id="bilag-2004-total")
_TOTAL_RULES = {name: replace(RULE_TOTAL, parameters={"scale": name}) for name in SCALES}


Letters = tuple[Grade | None, ...]
"""The letters of the nine systems in the order of SYSTEMS; None for a system without one."""


class Assessment(dict[str, BilagGrade]):
    """The grades of one assessment by system, which are not changed any more.

    A dozen rules ask for its letters: they are kept.
    """

    @kept
    def letters(self) -> Letters:
        """The letters of the nine systems."""
        return letters_of(dict(self))

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the grades of an assessment are not changed")

    __setitem__ = __delitem__ = pop = popitem = clear = update = setdefault = _refuse


def letters_of(grades: Mapping[str, BilagGrade]) -> Letters:
    """Return the letters of one assessment."""
    if type(grades) is Assessment:
        return grades.letters
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
    return tuple([s for s, letter in zip(SYSTEMS, letters, strict=True) if letter is None])


def total(grades: Iterable[BilagGrade], scale: Mapping[Grade, int] = NUMERIC_9311) -> BilagTotal:
    """Return the sum over the nine systems (0..81 on 9/3/1, 0..108 on 12/8/1).

    `missing` names the systems without a letter; `total` is None while there is one.
    """
    return _total(RULE_TOTAL, letters_of({grade.system: grade for grade in grades}), dict(scale))


def totals(grades: Iterable[BilagGrade]) -> dict[str, BilagTotal]:
    """Return the total on each of SCALES, by the scale's name, which its rule stores too."""
    letters = letters_of({grade.system: grade for grade in grades})
    return {name: _total(_TOTAL_RULES[name], letters, scale) for name, scale in SCALES.items()}


def _total(rule: Rule, letters: Letters, scale: Mapping[Grade, int]) -> BilagTotal:
    told = later(_counted, letters, scale)
    if None in letters:
        return BilagTotal(rule, told, without_letter(letters))
    return BilagTotal(rule, told, (), sum([scale[letter] for letter in letters if letter]))


def _counted(letters: Letters, scale: Mapping[Grade, int]) -> tuple[Reason, ...]:
    """Tell each system that counts: without a letter, D and E count nothing."""
    return tuple(
        Reason("bilag.system", YES, {"item": system, "value": scale[letter]})
        for system, letter in zip(SYSTEMS, letters, strict=True)
        if letter and scale[letter]
    )
