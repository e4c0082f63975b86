"""What both renal BILAG rules share: an assessment, its predecessor, and how a letter is made.

Criteria 1, 4 and 5 (protein, sediment, histology) are the ones without which there is no A.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from math import inf
from typing import Literal, NamedTuple

from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_items import RENAL
from lnmonitor.clinical.criteria import (
    Possible,
    is_above,
    is_at_least,
    is_below,
    once,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import require_dipstick
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    later,
)

FirstVisit = Literal["conservative", "assume_deterioration"]


@frozen
class RenalInputs:
    """Items 78-89 of one assessment; None = not done, or the value is not due to lupus.

    `dipstick` is the level (0, 0.5 for ±, 1..4), ratios mg/mmol, blood pressure mmHg, `gfr`
    mL/min/1.73 m² by the same method at both assessments. `active_histology_3mo`: a biopsy with
    active nephritis dated within the three calendar months up to this visit (False without one).
    """

    u24_g: float | None = None
    upcr_mg_mmol: float | None = None
    uacr_mg_mmol: float | None = None
    dipstick: float | None = None
    creatinine_umol_l: float | None = None
    gfr: float | None = None
    sbp: float | None = None
    dbp: float | None = None
    accelerated_hypertension: bool | None = None
    nephrotic_syndrome: bool | None = None
    active_sediment: bool | None = None
    active_histology_3mo: bool | None = None


_NO_INPUTS = RenalInputs()


@frozen
class RenalGrade(BilagGrade):
    """`criteria` are the numbers 1..6 of the severe criteria met; they decide A, and mostly B."""

    criteria: tuple[int, ...] = ()


Test = Callable[[RenalInputs, RenalInputs], Truth]
"""Asks this assessment and the one before (empty without one) whether a sign is there."""


class Sign:
    """One way to meet a criterion: when it is there, and how it is told.

    It is told by the first of `items` and its value before. `instead` is the item that tells it
    where that one was not done, `beside` another told with it. The others are numbers that the
    sentence prints.
    """

    def __init__(
        self,
        met: Test,
        code: str,
        items: tuple[str, ...],
        *,
        instead: str | None = None,
        beside: str | None = None,
        **more: Scalar,
    ) -> None:
        self.met, self.code, self.items, self.beside, self.more = met, code, items, beside, more
        self._instead = items if instead is None else (instead,)

    def by(self, met: Test) -> Sign:
        """Return a sign that is told as this one, but found by another test."""
        other = copy(self)
        other.met = met
        return other

    def _asked(self, now: RenalInputs) -> tuple[str, ...]:
        done = getattr(now, self.items[0]) is not None
        return self.items if done else self._instead

    def reason(self, now: RenalInputs, before: RenalInputs, met: Truth, **more: Scalar) -> Reason:
        """Tell the sign with the numbers of two assessments."""
        item, beside = self._asked(now)[0], {}
        if self.beside is not None:
            beside = {
                self.beside: getattr(now, self.beside),
                f"{self.beside}_previous": getattr(before, self.beside),
            }
        values: dict[str, Scalar] = {
            "item": item,
            "value": getattr(now, item),
            "previous": getattr(before, item),
            **beside,
            **self.more,
            **more,
        }
        return Reason(self.code, met, values)

    def missing(self, now: RenalInputs, before: RenalInputs) -> list[str]:
        """Name the absent inputs that leave it open: of this assessment, else of the one before."""
        items = self._asked(now)
        absent = [item for item in items if getattr(now, item) is None]
        if absent:
            return absent
        return [f"{item}_previous" for item in items if getattr(before, item) is None]


Signs = tuple[Sign, ...]
"""The ways to meet a criterion: one is enough."""


def told(
    code: str,
    *items: str,
    instead: str | None = None,
    beside: str | None = None,
    **more: Scalar,
) -> Callable[[Test], Sign]:
    """Make a test the sign that is told so (see `Sign`)."""
    return lambda met: Sign(met, code, items, instead=instead, beside=beside, **more)


def answered(item: str) -> Sign:
    """Return the sign that is answered yes or no."""

    @told(f"bilag.{item}", item)
    def answer(now: RenalInputs, _before: RenalInputs) -> Truth:
        given = getattr(now, item)
        if given is None:
            return UNKNOWN
        return YES if given else NO

    return answer


def times(value: float | None, factor: float) -> float | None:
    """Return the multiple of an earlier value, None without one."""
    return None if value is None else value * factor


@told("bilag.creatinine_rise", "creatinine_umol_l", limit=130, unit="µmol/L", percent=130)
def creatinine_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Creatinine above 130 µmol/L and above 130 % of the previous one; exactly 130 % is not."""
    value = now.creatinine_umol_l
    high = is_above(value, 130)
    return is_above(value, times(before.creatinine_umol_l, 1.3)) if high is YES else high


def gfr_below_50(now: RenalInputs, before: RenalInputs) -> Truth:
    """GFR now below 50, and above it before where that is known."""
    low = is_below(now.gfr, 50)
    if low is NO or before.gfr is None:
        return low
    return Truth.all(low, is_above(before.gfr, 50))


def risen_30_15(now: RenalInputs, before: RenalInputs) -> Truth:
    """Blood pressure up by 30/15 mmHg."""
    return Truth.all(
        is_at_least(now.sbp, None if before.sbp is None else before.sbp + 30),
        is_at_least(now.dbp, None if before.dbp is None else before.dbp + 15),
    )


class RenalIndex(NamedTuple):
    """What an index asks. `improved` are signs that do not count, told as the reason why not."""

    criteria: tuple[tuple[int, Signs], ...]
    """The severe criteria with their numbers."""
    moderate: Signs
    mild: Signs
    improved: Signs = ()


def _met(signs: Signs, now: RenalInputs, before: RenalInputs) -> Truth:
    """Return whether any of the signs is there."""
    found = NO
    for sign in signs:
        met = sign.met(now, before)
        if met is YES:
            return YES
        if met is UNKNOWN:
            found = UNKNOWN
    return found


_NEEDED_FOR_A = frozenset({1, 4, 5})


def _letter(criteria: Sequence[int], *, moderate: bool, mild: bool) -> Grade | None:
    """A: two criteria, one of them 1, 4 or 5. B: any, or a moderate sign. C: a mild one."""
    if len(criteria) >= 2 and not _NEEDED_FOR_A.isdisjoint(criteria):
        return Grade.A
    if criteria or moderate:
        return Grade.B
    return Grade.C if mild else None


def _found(signs: Signs, now: RenalInputs, before: RenalInputs, met: Truth) -> list[Sign]:
    """Return the signs with this outcome."""
    return [sign for sign in signs if sign.met(now, before) is met]


def _undecided(
    index: RenalIndex, now: RenalInputs, before: RenalInputs, letter: Grade | None
) -> Signs:
    """Return the signs that absent inputs leave open, of those that could raise the letter."""
    asked = [each for _, signs in index.criteria for each in signs]
    asked += index.moderate if letter in {Grade.C, None} else ()
    asked += index.mild if letter is None else ()
    return tuple(_found(tuple(asked), now, before, UNKNOWN))


def _told(
    index: RenalIndex,
    now: RenalInputs,
    before: RenalInputs,
    letter: Grade | None,
    met: Sequence[int],
    undecided: Signs,
) -> tuple[Reason, ...]:
    """Tell what made the letter with the criterion it meets, what improved, and what is open.

    Heavy protein that did not count because it improved is told once per method.
    """
    if met:
        decisive = [(f"{number}", signs) for number, signs in index.criteria if number in met]
    else:
        decisive = [("B", index.moderate) if letter is Grade.B else ("C", index.mild)]
    improved = {sign.items[0]: sign for sign in _found(index.improved, now, before, YES)}
    return (
        *[
            sign.reason(now, before, YES, criterion=criterion)
            for criterion, signs in decisive
            for sign in _found(signs, now, before, YES)
        ],
        *[sign.reason(now, before, NO) for sign in improved.values()],
        *[sign.reason(now, before, UNKNOWN) for sign in undecided],
    )


_POSSIBLE = Possible(
    ("u24_g", "g/24 h", 0, inf),
    ("upcr_mg_mmol", "mg/mmol", 0, inf),
    ("uacr_mg_mmol", "mg/mmol", 0, inf),
    ("creatinine_umol_l", "µmol/L", None, inf),
    ("gfr", "mL/min/1.73 m²", None, inf),
    ("sbp", "mmHg", None, inf),
    ("dbp", "mmHg", None, inf),
)


@once
def _check(inputs: RenalInputs) -> None:
    """Refuse impossible values of one assessment."""
    _POSSIBLE.check(inputs)
    if inputs.sbp is not None and inputs.dbp is not None and inputs.dbp >= inputs.sbp:
        raise InvalidInput("dbp", inputs.dbp, "mmHg", f"below sbp {inputs.sbp:g}")
    require_dipstick(inputs.dipstick)


def conclude(
    rule: Rule,
    index: RenalIndex,
    now: RenalInputs,
    previous: RenalInputs | None,
    *,
    ever_involved: bool | None,
) -> RenalGrade:
    """Return the letter of an index, provisional where an absent input could raise it.

    Raises InvalidInput for impossible values of either assessment.
    """
    _check(now)
    before = _NO_INPUTS if previous is None else previous
    _check(before)
    met, unknown = [], []
    for number, signs in index.criteria:
        found = _met(signs, now, before)
        if found is YES:
            met.append(number)
        elif found is UNKNOWN:
            unknown.append(number)
    moderate = mild = NO
    if not met:  # else it is A or B by the criteria alone
        moderate = _met(index.moderate, now, before)
        if moderate is not YES:
            mild = _met(index.mild, now, before)
    certain = letter = _letter(met, moderate=moderate is YES, mild=mild is YES)
    undecided: Signs = ()
    if unknown or moderate is UNKNOWN or mild is UNKNOWN:
        possible = met + unknown
        could_be = _letter(possible, moderate=moderate is not NO, mild=mild is not NO)
        if could_be is not certain:
            undecided = _undecided(index, now, before, certain)
    missing = [name for sign in undecided for name in sign.missing(now, before)]
    if letter is None and now != _NO_INPUTS:
        letter = None if ever_involved is None else (Grade.D if ever_involved else Grade.E)
        missing += ["ever_involved"] if ever_involved is None else []
    criteria = tuple(met)
    return RenalGrade(
        rule,
        later(_told, index, now, before, certain, criteria, undecided),
        tuple(dict.fromkeys(missing)),
        RENAL,
        letter,
        bool(undecided),
        criteria,
    )
