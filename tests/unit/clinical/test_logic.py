"""The shared ground of the rules: three-valued logic, tolerant comparison, refusals."""

from __future__ import annotations

import math

import pytest

from lnmonitor.clinical import criteria
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth, frozen

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def test_that_and_or_not_follow_kleene() -> None:
    assert [Truth.all(YES, x) for x in (YES, NO, UNKNOWN)] == [YES, NO, UNKNOWN]
    assert Truth.all(NO, UNKNOWN) is NO
    assert [Truth.any(NO, x) for x in (YES, NO, UNKNOWN)] == [YES, NO, UNKNOWN]
    assert Truth.any(YES, UNKNOWN) is YES
    assert [x.negated for x in (YES, NO, UNKNOWN)] == [NO, YES, UNKNOWN]
    assert [Truth.of(x) for x in (True, False, None)] == [YES, NO, UNKNOWN]


def test_that_a_25_percent_fall_is_exact_within_the_tolerance() -> None:
    product = 0.75 * 1.6
    assert product != 1.2
    assert criteria.at_most(1.2, product)
    assert criteria.at_least(1.2, product)
    assert not criteria.below(1.2, product)
    assert not criteria.above(1.2, product)


def test_that_tolerance_does_not_blur_real_differences() -> None:
    assert criteria.above(1.0001, 1.0)
    assert criteria.below(0.9999, 1.0)


def test_that_a_missing_side_of_a_comparison_is_unknown() -> None:
    assert criteria.truth(None, ">", 1) is UNKNOWN
    assert criteria.truth(1, ">", None) is UNKNOWN
    assert criteria.truth(2, ">", 1) is YES


def test_that_a_comparison_is_a_reason_with_its_numbers() -> None:
    reason = criteria.compare("x.code", "x", 3, ">=", 2, "g", baseline=1)
    assert reason.met is YES
    assert dict(reason.values) == {
        "item": "x",
        "value": 3,
        "operator": ">=",
        "limit": 2,
        "unit": "g",
        "baseline": 1,
    }


def test_that_a_refusal_names_item_value_unit_and_limit() -> None:
    with pytest.raises(InvalidInput) as caught:
        criteria.require_positive("creatinine", 0, "µmol/L")
    refusal = caught.value
    assert (refusal.item, refusal.value, refusal.unit, refusal.limit) == (
        "creatinine",
        0,
        "µmol/L",
        "> 0",
    )
    assert str(refusal) == "creatinine is 0 µmol/L; it must be > 0"
    assert str(InvalidInput("sex", "X", None, "F or M")) == "sex is X; it must be F or M"


def test_that_ranges_are_closed_and_none_passes() -> None:
    criteria.require_range("x", None, None, 0, 1)
    criteria.require_range("x", 1, None, 0, 1)
    with pytest.raises(InvalidInput, match=">= 0"):
        criteria.require_range("x", -1, None, 0)
    with pytest.raises(InvalidInput, match="0 to 1"):
        criteria.require_range("x", 2, None, 0, 1)
    with pytest.raises(InvalidInput, match="finite"):
        criteria.require_range("x", float("nan"), None, 0)


def test_that_citations_and_rules_have_a_line() -> None:
    assert Citation("A", "J 1:2", 2000).text == "A. J 1:2 2000"
    assert Citation("A", "J 1:2", 2000, "10.1/x").text == "A. J 1:2 2000, doi 10.1/x"
    assert Citation("Li X", "J 1:2", 2000).text == "Li X. J 1:2 2000"
    assert Citation("A, et al.", "J 1:2", 2000).text == "A, et al. J 1:2 2000"
    assert Rule("sledai-2k", "1").label == "sledai-2k 1"


@pytest.mark.parametrize(
    ("a", "b", "above", "below", "at_least", "at_most"),
    [
        (2.0, 1.0, True, False, True, False),
        (1.0, 2.0, False, True, False, True),
        (1.0, 1.0, False, False, True, True),
        (1.0, 1.0 + 1e-12, False, False, True, True),
        (1.0 + 1e-12, 1.0, False, False, True, True),
        (1.0 + 1e-8, 1.0, True, False, True, False),
    ],
)
def test_that_every_comparison_has_its_table(
    a: float, b: float, above: bool, below: bool, at_least: bool, at_most: bool
) -> None:
    for operator, expected in ((">", above), ("<", below), (">=", at_least), ("<=", at_most)):
        assert criteria.truth(a, operator, b) is Truth.of(expected)
        assert criteria.OPERATORS[operator](a, b) is expected


def test_that_a_table_of_possible_numbers_refuses_the_first_that_cannot_be() -> None:
    @frozen
    class Inputs:
        amount: float | None = None
        ratio: float | None = None

    possible = criteria.Possible(("amount", "g", None, math.inf), ("ratio", None, 0, 3))
    for good in (Inputs(), Inputs(5e-324, 0), Inputs(1e300, 3)):
        possible.check(good)
    refused = {
        (0, -1): "amount is 0 g; it must be > 0",
        (-1, None): "amount is -1 g; it must be > 0",
        (None, 3.5): "ratio is 3.5; it must be 0 to 3",
        (math.inf, None): "amount is inf g; it must be a finite number",
        (1, math.nan): "ratio is nan; it must be a finite number",
    }
    for numbers, words in refused.items():
        with pytest.raises(InvalidInput) as caught:
            possible.check(Inputs(*numbers))
        assert str(caught.value) == words


def test_that_positive_means_above_zero_and_none_passes() -> None:
    criteria.require_positive("x", 0.5, None)
    criteria.require_positive("x", None, None)
    criteria.require_range("x", 0, None, 0, 1)
    with pytest.raises(InvalidInput):
        criteria.require_positive("x", -1, None)


def test_that_a_check_passed_once_does_not_stand_for_another() -> None:
    @criteria.once
    def has_code(reason: Reason) -> None:
        asked.append("code")

    @criteria.once
    def has_item(reason: Reason) -> None:
        asked.append("item")

    asked: list[str] = []
    reason = Reason("x", YES)
    for _ in range(2):
        has_code(reason)
        has_item(reason)
    assert asked == ["code", "item"]
