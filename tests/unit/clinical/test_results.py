"""Results: reasons made when they are first read, and still plain frozen values."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from lnmonitor.clinical import sledai
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import NO, YES, Outcome, Reason, Reasons, Rule, frozen, kept, later

RULE = Rule("test", "1")
REASON = Reason("test.one", YES, {"item": "a", "value": 1})


@frozen
class Scored(Outcome):
    score: int = 0


@dataclass(frozen=True)
class Listed(Outcome):
    """Written by `dataclass` itself, as results with a default factory are."""

    names: list[str] = field(default_factory=list)


def counting(made: list[str]) -> Reasons:
    made.append("told")
    return (REASON,)


def test_that_reasons_are_made_at_the_first_reading_and_once() -> None:
    made: list[str] = []
    found = Scored(RULE, later(counting, made), score=3)
    assert found.score == 3
    assert made == []
    assert found.reasons == (REASON,)
    assert found.reasons is found.reasons
    assert made == ["told"]


def test_that_a_result_told_later_equals_one_told_at_once() -> None:
    assert Scored(RULE, later(counting, []), score=3) == Scored(RULE, (REASON,), score=3)
    assert Scored(RULE, later(counting, []), score=3) != Scored(RULE, (), score=3)
    assert replace(Scored(RULE, later(counting, [])), score=4).reasons == (REASON,)
    assert repr(REASON) in repr(Scored(RULE, later(counting, [])))


def test_that_a_result_is_pickled_and_copied_with_its_reasons() -> None:
    found = Scored(RULE, later(lambda: (REASON,)), score=3)
    copied = pickle.loads(pickle.dumps(found))  # noqa: S301 - what this test wrote itself
    assert copied == Scored(RULE, (REASON,), score=3)
    assert copy.deepcopy(Scored(RULE, later(lambda: (REASON,)), score=3)) == found


def test_that_a_result_has_defaults_and_cannot_be_changed() -> None:
    found = Scored(RULE)
    assert (found.reasons, found.missing, found.score) == ((), (), 0)
    for name in ("reasons", "score"):
        with pytest.raises(FrozenInstanceError):
            setattr(found, name, ())
    with pytest.raises(TypeError):
        Scored(RULE, points=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Scored()  # type: ignore[call-arg]


def test_that_a_result_of_a_plain_dataclass_tells_its_reasons_too() -> None:
    found = Listed(RULE, later(counting, []), names=["a"])
    assert found.reasons == (REASON,)
    assert Listed(RULE).names == []


def test_that_a_default_factory_is_refused_where_fields_are_written_directly() -> None:
    with pytest.raises(TypeError, match="default factory"):

        @frozen
        class Wrong(Outcome):
            names: list[str] = field(default_factory=list)


def test_that_answers_changed_after_scoring_do_not_change_the_reasons() -> None:
    answers: dict[str, bool | None] = {**dict.fromkeys(sledai.CODES, False), "rash": True}
    scored = sledai.score(answers)
    answers["rash"], answers["seizure"] = False, True
    assert scored.score == 2
    assert [(reason.values["item"], reason.met) for reason in scored.reasons] == [("rash", YES)]
    assert NO not in {reason.met for reason in scored.reasons}


def test_that_a_reason_without_numbers_has_an_empty_mapping() -> None:
    assert dict(Reason("test.one", YES).values) == {}


def test_that_what_is_told_later_takes_named_arguments() -> None:
    def telling(first: str, *, second: int) -> Reasons:
        return (Reason("test.one", YES, {"item": first, "value": second}),)

    (reason,) = Scored(RULE, later(telling, "a", second=2)).reasons
    assert dict(reason.values) == {"item": "a", "value": 2}


def test_that_a_kept_property_is_worked_out_once_and_compares_nothing() -> None:
    asked: list[int] = []

    @frozen
    class Input:
        number: int

        @kept
        def doubled(self) -> int:
            """Twice the number."""
            asked.append(self.number)
            return 2 * self.number

    one, other = Input(3), Input(3)
    assert (one.doubled, one.doubled) == (6, 6)
    assert asked == [3]
    assert one == other
    assert repr(one) == repr(other)
    assert Input.doubled.__doc__ == "Twice the number."


def test_that_an_input_cannot_be_changed_and_runs_its_own_check() -> None:
    @frozen
    class Input:
        number: int = 0

        def __post_init__(self) -> None:
            if self.number < 0:
                raise InvalidInput("number", self.number, None, ">= 0")

    assert Input() == Input(0)
    assert replace(Input(1), number=2) == Input(2)
    with pytest.raises(InvalidInput):
        Input(-1)
    with pytest.raises(FrozenInstanceError):
        Input().number = 1  # type: ignore[misc]
