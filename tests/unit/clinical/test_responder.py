"""SRI-4 and BICLA, the responder indices."""

from __future__ import annotations

import pytest

from lnmonitor.clinical import bicla, sledai, sri4
from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.responder import IndexVisit
from lnmonitor.clinical.results import Truth

# 4 + 4 + 2 + 2 = 12 points at most
ORDER = ("haematuria", "proteinuria", "low_complement", "dsdna")


def at(
    points: int, letters: str, pga: float | None = 1.0, *, open_item: bool = False
) -> IndexVisit:
    """A visit with so many points, and letters in the order of SYSTEMS, the rest E."""
    items: dict[str, bool | None] = dict.fromkeys(sledai.ITEM_BY_CODE, False)
    for code in ORDER:
        weight = sledai.ITEM_BY_CODE[code].weight
        if points >= weight:
            items[code] = True
            points -= weight
    if open_item:
        items["rash"] = None
    full = letters.ljust(len(SYSTEMS), "E")
    grades = {
        system: BilagGrade(RULE_BILAG_2004, system=system, grade=Grade(letter))
        for system, letter in zip(SYSTEMS, full, strict=True)
        if letter != "?"
    }
    return IndexVisit(sledai.score(items), grades, pga)


BASE = at(10, "AB")


@pytest.mark.parametrize(
    ("now", "failed", "met"),
    [
        (at(6, "AB"), False, "yes"),
        (at(8, "AB"), False, "no"),
        (at(6, "ABB"), False, "yes"),  # one new B
        (at(6, "ABBB"), False, "no"),  # two
        (at(6, "AA"), False, "no"),
        (at(6, "AB", 1.29), False, "yes"),
        (at(6, "AB", 1.3), False, "no"),
        (at(6, "AB"), True, "no"),
        (at(6, "AB"), None, "unknown"),
        (at(6, "AB", None), False, "unknown"),
        (at(6, "AB?"), False, "unknown"),
        (at(6, "AB", open_item=True), False, "unknown"),  # 6 to 8 points
        (at(4, "AB", open_item=True), False, "yes"),
        (at(8, "AB", None), False, "no"),
    ],
)
def test_that_sri_4_has_these_edges(now: IndexVisit, failed: bool | None, met: str) -> None:
    result = sri4.assess(BASE, now, failed=failed)
    assert result.met is Truth(met)
    assert bool(result.missing) is (met == "unknown")


def test_that_a_fall_of_four_points_is_told_as_four() -> None:
    told = {reason.code: reason.values for reason in sri4.assess(BASE, BASE, failed=False).reasons}
    score = told["index.sledai_fall"]
    assert (score["value"], score["baseline"], score["limit"]) == (10, 10, 4)


def test_that_sri_4_needs_four_points_at_baseline() -> None:
    low = sri4.assess(at(2, "AB"), at(0, "AB"), failed=False)
    assert (low.evaluable, low.met, low.missing) == (Truth.NO, Truth.UNKNOWN, ())
    assert sri4.assess(at(4, "AB"), at(0, "AB"), failed=False).met is Truth.YES
    open_ = sri4.assess(at(2, "AB", open_item=True), at(0, "AB"), failed=False)
    assert (open_.evaluable, open_.met) == (Truth.UNKNOWN, Truth.UNKNOWN)
    lost = sri4.assess(at(2, "AB", open_item=True), at(0, "AB"), failed=True)
    assert lost.met is Truth.NO
    assert low.reasons[0].code == "index.baseline_score"


@pytest.mark.parametrize(
    ("baseline", "now", "failed", "met"),
    [
        (BASE, at(10, "BC"), False, "yes"),
        (BASE, at(10, "AC"), False, "no"),  # A stayed
        (BASE, at(10, "BB"), False, "no"),  # B stayed
        (BASE, at(10, "CA"), False, "no"),  # B became A
        (BASE, at(10, "BCB"), False, "yes"),  # one new B
        (BASE, at(10, "BCBB"), False, "no"),
        (BASE, at(10, "BCA"), False, "no"),
        (BASE, at(12, "BC"), False, "no"),
        (BASE, at(10, "BC", 1.3), False, "yes"),  # 10 % of the scale
        (BASE, at(10, "BC", 1.31), False, "no"),
        (BASE, at(10, "BC"), True, "no"),
        (BASE, at(10, "BC"), None, "unknown"),
        (BASE, at(10, "?C"), False, "unknown"),
        (at(10, "A?"), at(10, "BB"), False, "unknown"),
        (at(10, "A?"), at(10, "BC"), False, "yes"),
        (at(10, "A?"), at(10, "BA"), False, "no"),  # stayed A or new
        (at(10, "AB", None), at(10, "BC"), False, "unknown"),
    ],
)
def test_that_bicla_has_these_edges(
    baseline: IndexVisit, now: IndexVisit, failed: bool | None, met: str
) -> None:
    result = bicla.assess(baseline, now, failed=failed)
    assert result.met is Truth(met)
    assert bool(result.missing) is (met == "unknown")


def test_that_bicla_needs_activity_at_baseline() -> None:
    quiet = bicla.assess(at(10, "CC"), at(4, "CC"), failed=False)
    assert (quiet.evaluable, quiet.met) == (Truth.NO, Truth.UNKNOWN)
    unknown = bicla.assess(at(10, "C?"), at(4, "CC"), failed=False)
    assert (unknown.evaluable, unknown.met, unknown.missing) == (
        Truth.UNKNOWN,
        Truth.UNKNOWN,
        ("bilag",),
    )


def test_that_the_systems_that_stayed_are_named() -> None:
    result = bicla.assess(BASE, at(10, "AB"), failed=False)
    reason = next(r for r in result.reasons if r.code == "index.bilag_improved")
    assert reason.values["item"] == "constitutional, mucocutaneous"
    rise = sri4.assess(BASE, at(6, "ABBB"), failed=False).reasons
    new = next(r for r in rise if r.code == "index.no_new_bilag")
    assert new.values["item"] == "neuropsychiatric, musculoskeletal"


def test_that_an_impossible_pga_is_refused() -> None:
    for index in (sri4, bicla):
        with pytest.raises(InvalidInput, match="pga"):
            index.assess(BASE, at(6, "AB", 3.5), failed=False)
        with pytest.raises(InvalidInput, match="pga"):
            index.assess(at(6, "AB", -1), BASE, failed=False)


@pytest.mark.parametrize(
    ("letter", "met"), [("A", "no"), ("B", "yes"), ("C", "yes"), ("D", "yes"), ("E", "yes")]
)
def test_that_an_a_has_improved_at_every_lower_letter(letter: str, met: str) -> None:
    assert bicla.assess(at(10, "A"), at(10, letter), failed=False).met is Truth(met)


def test_that_a_result_tells_the_letters_that_it_was_judged_by() -> None:
    baseline, now = at(10, "AB"), at(10, "ABA")
    result = bicla.assess(baseline, now, failed=False)
    for visit in (baseline, now):
        dict.clear(visit.bilag)  # type: ignore[arg-type]  # as a caller could do
    told = {reason.code: reason.values["item"] for reason in result.reasons}
    assert told["index.bilag_improved"] == "constitutional, mucocutaneous"
    assert told["index.no_new_bilag"] == "neuropsychiatric"
