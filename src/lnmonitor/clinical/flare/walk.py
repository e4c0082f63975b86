"""How every flare definition walks a course: a reference, exceeding samples, confirmation.

A definition says what a flare is measured against (`follow`) and what exceeds it (`tests`); what is
an episode, when it is confirmed and when it ends is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lnmonitor.clinical.flare.model import (
    GRADES,
    FlareFinding,
    FlareGrade,
    FlareKind,
    FlareObservation,
)
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.model import Response
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Rule, Truth


class Reference:
    """What a flare is measured against: the samples since it could first be called, summed up.

    `best` is the best response in them, where the definition asks for a response. Kept as running
    extremes, so that a course takes time in proportion to its length.
    """

    def __init__(self, best: Response, *observations: FlareObservation) -> None:
        self.best = best
        self._lowest: dict[str, float] = {}
        self._highest: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._nadir: dict[str, Proteinuria] = {}
        self._last_protein: dict[str, Proteinuria] = {}
        self._sediment = UNKNOWN
        for observation in observations:
            self.add(observation)

    def add(self, observation: FlareObservation) -> None:
        """Take a sample into the reference."""
        lowest, highest, last = self._lowest, self._highest, self._last
        for name, value in observation.tracked:
            if name not in lowest or value <= lowest[name]:
                lowest[name] = value
            if name not in highest or value >= highest[name]:
                highest[name] = value
            last[name] = value
        state, nadir = observation.state, self._nadir
        for protein in (state.proteinuria, state.upcr):
            if protein is not None:
                unit = protein.unit
                if unit not in nadir or protein.value < nadir[unit].value:
                    nadir[unit] = protein
                self._last_protein[unit] = protein
        sediment = state.sediment_inactive
        if sediment is not UNKNOWN:
            self._sediment = sediment

    def nadir(self, unit: str) -> Proteinuria | None:
        """Return the lowest protein in `unit`."""
        return self._nadir.get(unit)

    def last_protein(self, unit: str) -> Proteinuria | None:
        """Return the last protein in `unit`."""
        return self._last_protein.get(unit)

    def lowest(self, name: str) -> float | None:
        """Return the lowest known value of a tracked field of the state."""
        return self._lowest.get(name)

    def highest(self, name: str) -> float | None:
        """Return the highest known value of a tracked field of the state."""
        return self._highest.get(name)

    def last(self, name: str) -> float | None:
        """Return the last known value of a tracked field of the state."""
        return self._last.get(name)

    def sediment_was_inactive(self) -> Truth:
        """Return the state of the sediment at the last observation where it is known."""
        return self._sediment


class Test(NamedTuple):
    """One way to exceed, with its reason where it is met: what is not is never told.

    `grade` is the grade that a definition gives it, None where it has none.
    """

    kind: FlareKind
    met: Truth
    reason: Reason | None = None
    grade: FlareGrade | None = None


@dataclass
class _Episode:
    """Consecutive exceeding observations: one suspected or confirmed flare."""

    observations: list[FlareObservation] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    confirmed: FlareObservation | None = None

    @property
    def kind(self) -> FlareKind:
        """Nephritic as soon as one sample was."""
        return "nephritic" if any(t.kind == "nephritic" for t in self.tests) else "proteinuric"

    @property
    def grade(self) -> FlareGrade | None:
        """The highest grade of any sample."""
        grades = [test.grade for test in self.tests if test.grade is not None]
        return max(grades, key=GRADES.index, default=None)


Follow = Callable[[Reference | None, FlareObservation, Mapping[str, Parameter]], Reference | None]
"""(reference so far, a sample that does not exceed, parameters) -> reference from now on."""
Tests = Callable[[Reference, FlareObservation, Mapping[str, Parameter]], Sequence[Test]]


def follow_remission(
    reference: Reference | None, now: FlareObservation, _: Mapping[str, Parameter]
) -> Reference | None:
    """Begin at CR or PR, keep the best response reached."""
    if reference is None:
        if now.response not in {Response.CR, Response.PR}:
            return None
        return Reference(now.response, now)
    if now.response is Response.CR:
        reference.best = Response.CR
    reference.add(now)
    return reference


def follow_always(
    reference: Reference | None, now: FlareObservation, _: Mapping[str, Parameter]
) -> Reference | None:
    """Begin at the first sample: a definition that asks for no response."""
    if reference is None:
        return Reference(Response.UNKNOWN, now)
    reference.add(now)
    return reference


def _confirms(
    first: FlareObservation, second: FlareObservation, parameters: Mapping[str, Parameter]
) -> bool:
    """Whether two exceeding samples are two collections, far enough apart and not too far."""
    same = first.collection_id is not None and first.collection_id == second.collection_id
    apart = second.day - first.day
    return not same and parameters["confirm_min_days"] <= apart <= parameters["confirm_max_days"]


def _extend(
    episode: _Episode,
    now: FlareObservation,
    exceeded: Sequence[Test],
    parameters: Mapping[str, Parameter],
) -> None:
    """Add an exceeding observation; the first that confirms the episode dates its confirmation.

    A definition without `confirm_min_days` asks for no second sample.
    """
    confirmed = (
        now.treatment_escalated is True
        or "confirm_min_days" not in parameters
        or any(_confirms(earlier, now, parameters) for earlier in episode.observations)
    )
    episode.observations.append(now)
    episode.tests.extend(exceeded)
    if confirmed and episode.confirmed is None:
        episode.confirmed = now


def _finding(rule: Rule, episode: _Episode, resolved_day: int | None) -> FlareFinding:
    first, confirmed = episode.observations[0], episode.confirmed
    return FlareFinding(
        rule=rule,
        reasons=tuple(test.reason for test in episode.tests if test.reason is not None),
        missing=() if confirmed or resolved_day is not None else ("confirmation",),
        kind=episode.kind,
        status="confirmed" if confirmed else "suspected",
        onset_day=first.day,
        onset_date=first.date,
        confirmed_day=confirmed.day if confirmed else None,
        confirmed_date=confirmed.date if confirmed else None,
        evidence_days=tuple(observation.day for observation in episode.observations),
        resolved_day=resolved_day,
        grade=episode.grade,
    )


def _ended(episode: _Episode, tests: Sequence[Test]) -> bool:
    """Whether the tests of the kind that raised the episode are known not to be met any more."""
    return all(test.met is NO for test in tests if test.kind == episode.kind)


def walk(
    rule: Rule,
    observations: Sequence[FlareObservation],
    parameters: Mapping[str, Parameter],
    *,
    follow: Follow,
    tests: Tests,
) -> list[FlareFinding]:
    """Walk the observations in order of day.

    While an episode lasts, its limits stay those of the reference it broke. It ends at the first
    observation that is known not to exceed; after a confirmed flare a reference begins anew.
    """
    findings: list[FlareFinding] = []
    reference: Reference | None = None
    episode: _Episode | None = None
    for now in observations:
        if reference is None:
            reference = follow(None, now, parameters)
            continue
        asked = tests(reference, now, parameters)
        exceeded = [test for test in asked if test.met is YES]
        if exceeded:
            episode = episode or _Episode()
            _extend(episode, now, exceeded, parameters)
            continue
        if episode is None:
            reference = follow(reference, now, parameters)
        elif _ended(episode, asked):
            findings.append(_finding(rule, episode, now.day))
            reference = follow(None if episode.confirmed else reference, now, parameters)
            episode = None
        elif now.treatment_escalated and episode.confirmed is None:
            episode.confirmed = now
    if episode is not None:
        findings.append(_finding(rule, episode, None))
    return findings
