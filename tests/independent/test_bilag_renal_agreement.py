"""Renal BILAG, 2004 and classic, with an earlier assessment and without: implementations agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.independent import bilag_renal as second
from tests.independent.exact import AGREED, ANSWER, or_none

from lnmonitor.clinical import bilag_renal, bilag_renal_classic
from lnmonitor.clinical.renal_assessment import RenalInputs

RARE = st.sampled_from((False, False, False, True, None))
STICK = st.sampled_from((0, 0.5, 1, 2, 3, 4))
EARLIER = {
    "u24_g": or_none(st.sampled_from((0.0, 0.1, 0.2, 0.19, 0.4, 0.5, 0.6, 1.0, 1.2, 1.6, 3.2))),
    "upcr_mg_mmol": or_none(st.sampled_from((20, 40, 60, 70, 90, 120, 160, 400))),
    "uacr_mg_mmol": or_none(st.sampled_from((20, 40, 60, 70, 90, 120, 160, 400))),
    "dipstick": or_none(STICK),
    "creatinine_umol_l": or_none(st.sampled_from((70, 100, 110, 113, 120, 125, 140, 200))),
    "gfr": or_none(st.sampled_from((30, 49.9, 50, 50.1, 60, 75, 80, 100, 120))),
    "sbp": or_none(st.sampled_from((105, 110, 111, 118, 120))),
    "dbp": or_none(st.sampled_from((70, 75, 76, 78, 85))),
}
# Falls to exactly 75 %, rises to exactly 115, 130, 150 and 200 %, and a hair beside.
FACTORS = (0.5, 0.67, 0.6699, 0.6701, 0.75, 0.7499, 0.7501, 0.9, 1, 1.1499, 1.15, 1.1501)
FACTORS += (1.2999, 1.3, 1.3001, 1.4999, 1.5, 1.5001, 1.9999, 2, 2.0001, 3)
FIXED = {
    "u24_g": (0.0, 0.2, 0.25, 0.2501, 0.4999, 0.5, 0.9, 1.0, 1.001, 1.2, 2.0, 4.0),
    "upcr_mg_mmol": (10, 25, 25.1, 49.9, 50, 60, 100, 100.1, 150),
    "uacr_mg_mmol": (10, 25, 25.1, 49.9, 50, 60, 100, 100.1, 150),
    "creatinine_umol_l": (80, 130, 130.1, 143, 150, 180, 300),
    "gfr": (25, 49.9, 50, 67, 79.9, 80, 90, 110),
}
PRESSURE = {"sbp": (118, 140, 141, 145, 150), "dbp": (78, 88, 90, 91, 93, 95)}


@st.composite
def two_visits(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Draw an assessment whose values lie at the limits or at a limit of the value before."""
    before = {name: draw(values) for name, values in EARLIER.items()}
    first = draw(st.sampled_from((False, False, False, True)))
    now: dict[str, Any] = dict.fromkeys(second.INPUTS)
    for name, values in FIXED.items():
        kind = draw(st.integers(0, 4))
        if kind == 1 and before[name] is not None and before[name] > 0:
            now[name] = round(before[name] * draw(st.sampled_from(FACTORS)), 6)
        elif kind:
            now[name] = draw(st.sampled_from(values))
    if draw(st.booleans()):  # a dipstick counts only without the others
        now |= dict.fromkeys(second.METHODS)
    now["dipstick"] = draw(or_none(STICK))
    for name, values in PRESSURE.items():
        now[name] = draw(or_none(st.sampled_from(values)))
    for name in second.INPUTS[8:]:
        now[name] = draw(RARE)
    return now, None if first else {**second.NOTHING, **before}


def inputs(case: dict[str, Any] | None) -> RenalInputs | None:
    return None if case is None else RenalInputs(**case)


def with_history(letter: str, case: dict[str, Any], ever: bool | None) -> str | None:
    """Return the letter, D or E where nothing is active, None where nothing was assessed."""
    if letter != "-":
        return letter
    if ever is None or all(value is None for value in case.values()):
        return None
    return "D" if ever else "E"


@AGREED
@given(two_visits(), ANSWER, st.booleans())
def test_that_the_2004_letter_agrees(visits: Any, ever: bool | None, presume: bool) -> None:
    now, before = visits
    told = bilag_renal.grade(
        RenalInputs(**now),
        inputs(before),
        ever_involved=ever,
        first_visit="assume_deterioration" if presume else "conservative",
    )
    letter, criteria = second.letter_2004(now, before, presume_worse=presume)
    expected = with_history(letter, now, ever)
    assert (told.grade.value if told.grade else None) == expected
    assert told.criteria == criteria
    if not presume:
        methods = (*second.METHODS, "dipstick")
        assert told.provisional == second.could_rise(second.letter_2004, now, before, methods)


@AGREED
@given(two_visits(), ANSWER)
def test_that_the_classic_letter_agrees(visits: Any, ever: bool | None) -> None:
    now, before = visits
    told = bilag_renal_classic.grade(RenalInputs(**now), inputs(before), ever_involved=ever)
    letter, criteria = second.letter_classic(now, before)
    expected = with_history(letter, now, ever)
    assert (told.grade.value if told.grade else None) == expected
    assert told.criteria == criteria
    methods = ("u24_g", "dipstick")
    assert told.provisional == second.could_rise(second.letter_classic, now, before, methods)


# -- Every limit alone -----------------------------------------------------------------------------

QUIET: dict[str, Any] = {
    **second.NOTHING,
    **{"u24_g": 0.1, "creatinine_umol_l": 60, "gfr": 110, "sbp": 120, "dbp": 70},
    **dict.fromkeys(second.INPUTS[8:], False),
}
BEFORE = {
    "u24_g": (None, 0.1, 0.19, 0.2, 0.5, 0.6, 1.0, 1.2, 1.6, 3.2),
    "upcr_mg_mmol": (None, 20, 60, 90, 120, 160),
    "uacr_mg_mmol": (None, 20, 60, 90, 120, 160),
    "creatinine_umol_l": (None, 100, 110, 113, 120, 140, 200),
    "gfr": (None, 49.9, 50, 50.1, 75, 80, 120),
}
STICKS = (None, 0, 0.5, 1, 2, 3, 4)


def alone() -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield quiet assessments in which one measure alone is at its limits, now and before."""
    for name, earlier in BEFORE.items():
        bare = QUIET | ({"u24_g": None} if name in second.METHODS else {})
        for before in earlier:
            beside = () if before is None else (round(before * times, 6) for times in FACTORS)
            for value in (*FIXED[name], *beside):
                now = bare | {name: value}
                yield now, bare | {name: before}
                yield now, None
    no_protein = QUIET | {"u24_g": None}
    for before, now in product(STICKS, STICKS):
        yield no_protein | {"dipstick": now}, no_protein | {"dipstick": before}
        yield QUIET | {"dipstick": now}, QUIET | {"dipstick": before}
    systolic, diastolic = (110, 111, 120), (70, 75, 76)
    for sbp, dbp, sbp_before, dbp_before in product(*PRESSURE.values(), systolic, diastolic):
        yield QUIET | {"sbp": sbp, "dbp": dbp}, QUIET | {"sbp": sbp_before, "dbp": dbp_before}
    for answers in product((False, True), repeat=4):
        yield QUIET | dict(zip(second.INPUTS[8:], answers, strict=True)), QUIET


def test_that_every_limit_alone_gives_the_same_letter() -> None:
    for now, before in alone():
        here, earlier = RenalInputs(**now), inputs(before)
        for presume in ("conservative", "assume_deterioration"):
            told = bilag_renal.grade(here, earlier, ever_involved=True, first_visit=presume)
            letter, criteria = second.letter_2004(
                now, before, presume_worse=presume == "assume_deterioration"
            )
            assert (told.grade.value, told.criteria) == (letter.replace("-", "D"), criteria)
        classic = bilag_renal_classic.grade(here, earlier, ever_involved=True)
        letter, criteria = second.letter_classic(now, before)
        assert (classic.grade.value, classic.criteria) == (letter.replace("-", "D"), criteria)
