"""What every flare definition reads and answers with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.model import RenalState, Response
from lnmonitor.clinical.results import (
    Outcome,
    Reason,
    Rule,
    frozen,
)

FlareStatus = Literal["suspected", "confirmed"]
FlareKind = Literal["proteinuric", "nephritic"]
FlareGrade = Literal["mild", "moderate", "severe"]
GRADES: tuple[FlareGrade, ...] = ("mild", "moderate", "severe")
Denominator = Literal["remitted", "adequate_response", "all_treated"]
"""Of whom a flare rate is a share: those ever in complete or partial remission, those with the
definition's own adequate response, or everybody treated."""


@frozen
class FlareObservation:
    """One sample or visit: `day` counts from the first infusion (day 0), `date` is ISO text.

    `response` is the response at this observation, None or UNKNOWN where not assessed.
    `treatment_escalated`: immunosuppression raised for the kidney because of this observation.
    `collection_id` tells two results of one urine collection from two collections.
    """

    day: int
    date: str
    state: RenalState
    response: Response | None = None
    treatment_escalated: bool | None = None
    collection_id: str | None = None


@frozen
class FlareFinding(Outcome):
    """One episode. Days count from the first infusion; onset is the first exceeding sample.

    `evidence_days` are all exceeding samples of the episode, `resolved_day` the first sample after
    them below the limits (None while it lasts). A suspected episode that resolved was never
    confirmed. `grade` is the highest of the episode, by the one definition that has grades.
    """

    kind: FlareKind = "proteinuric"
    status: FlareStatus = "suspected"
    onset_day: int = 0
    onset_date: str = ""
    confirmed_day: int | None = None
    confirmed_date: str | None = None
    evidence_days: tuple[int, ...] = ()
    resolved_day: int | None = None
    grade: FlareGrade | None = None


@frozen
class Undecided(Outcome):
    """A sample that may have exceeded: `missing` names what would have said whether it did.

    `kinds` are the kinds of flare that stay open. Only of samples after a reference and outside an
    episode: before one there is no flare, and an episode lasts until it is known to be over.
    """

    kinds: tuple[FlareKind, ...] = ()
    day: int = 0
    date: str = ""


class Followed(NamedTuple):
    """What a definition finds in a course, and where it cannot say."""

    findings: tuple[FlareFinding, ...]
    undecided: tuple[Undecided, ...]


class Test(NamedTuple):
    """One way to exceed that a sample met, or that it leaves open because a value is missing.

    `tell` makes the reason of one that is met, None where it is open. `grade` is the grade that a
    definition gives it, None where it has none.
    """

    kind: FlareKind
    tell: Callable[[], Reason] | None = None
    grade: FlareGrade | None = None


PROTEINURIC_OPEN, NEPHRITIC_OPEN = Test("proteinuric"), Test("nephritic")

R = TypeVar("R")


class Definition(ABC, Generic[R]):
    """One definition of flare for the parameters in force; it holds nothing of a patient.

    R is what it measures a flare against: the samples since it could first be called, summed up in
    the few numbers that the definition reads, so that a course takes time in proportion to its
    length.
    """

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.confirm_days: tuple[float, float] | None = None
        """How long after a sample a second one confirms it; None where one suffices."""
        if "confirm_min_days" in parameters:
            self.confirm_days = parameters["confirm_min_days"], parameters["confirm_max_days"]

    @abstractmethod
    def begin(self, now: FlareObservation) -> R | None:
        """Return the reference that a sample begins, None where it begins none."""

    @abstractmethod
    def extend(self, reference: R, now: FlareObservation) -> R | None:
        """Return the reference with a sample that does not exceed it, None where it ends there."""

    @abstractmethod
    def tests(self, reference: R, now: FlareObservation) -> tuple[Test | None, ...]:
        """Return the ways to exceed; None for each that a sample is known not to meet."""

    @abstractmethod
    def lacks(self, reference: R, now: FlareObservation) -> Iterator[str]:
        """Name the absent inputs of the tests that a sample leaves open, as they are asked."""


@dataclass(frozen=True)
class FlareRuleSet:
    """One definition of renal flare with its parameters' defaults."""

    id: str
    rule: Rule
    parameters: Mapping[str, Parameter]
    define: Callable[[Mapping[str, Parameter]], Definition[Any]]
    """Makes the definition for the parameters in force."""
    denominator: Denominator = "remitted"
