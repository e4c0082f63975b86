"""How every flare definition walks a course: a reference, exceeding samples, confirmation.

A definition says what a flare is measured against and what exceeds it (`model.Definition`); what is
an episode, when it is confirmed and when it ends is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from lnmonitor.clinical.flare.model import (
    GRADES,
    Definition,
    FlareFinding,
    FlareGrade,
    FlareKind,
    FlareObservation,
    Test,
    Undecided,
)
from lnmonitor.clinical.results import Reason, Rule, later

R = TypeVar("R")


@dataclass
class _Episode:
    """Consecutive exceeding observations: one suspected or confirmed flare."""

    observations: list[FlareObservation]
    tests: list[Test]
    confirmed: FlareObservation | None = None

    @property
    def kind(self) -> FlareKind:
        """Nephritic as soon as one sample was."""
        return "nephritic" if "nephritic" in [test.kind for test in self.tests] else "proteinuric"

    @property
    def grade(self) -> FlareGrade | None:
        """The highest grade of any sample."""
        grades = [test.grade for test in self.tests if test.grade is not None]
        return max(grades, key=GRADES.index) if grades else None

    def ended(self, asked: Sequence[Test | None]) -> bool:
        """Whether the tests of the kind that raised it are known not to be met any more."""
        return self.kind not in [test.kind for test in asked if test is not None]


def _confirms(first: FlareObservation, second: FlareObservation, days: tuple[float, float]) -> bool:
    """Whether two exceeding samples are two collections, far enough apart and not too far."""
    same = first.collection_id is not None and first.collection_id == second.collection_id
    least, most = days
    return not same and least <= second.day - first.day <= most


def _extend(
    episode: _Episode,
    now: FlareObservation,
    exceeded: Sequence[Test],
    confirm_days: tuple[float, float] | None,
) -> None:
    """Add an exceeding observation; the first that confirms the episode dates its confirmation."""
    if episode.confirmed is None and (
        now.treatment_escalated is True
        or confirm_days is None
        or any(_confirms(earlier, now, confirm_days) for earlier in episode.observations)
    ):
        episode.confirmed = now
    episode.observations.append(now)
    episode.tests.extend(exceeded)


def _reasons(tests: tuple[Test, ...]) -> tuple[Reason, ...]:
    return tuple(test.tell() for test in tests if test.tell is not None)


def _finding(rule: Rule, episode: _Episode, resolved_day: int | None) -> FlareFinding:
    first, confirmed = episode.observations[0], episode.confirmed
    return FlareFinding(
        rule=rule,
        reasons=later(_reasons, tuple(episode.tests)),
        missing=() if confirmed or resolved_day is not None else ("confirmation",),
        kind=episode.kind,
        status="confirmed" if confirmed else "suspected",
        onset_day=first.day,
        onset_date=first.date,
        confirmed_day=confirmed.day if confirmed else None,
        confirmed_date=confirmed.date if confirmed else None,
        evidence_days=tuple([observation.day for observation in episode.observations]),
        resolved_day=resolved_day,
        grade=episode.grade,
    )


def _undecided(
    rule: Rule,
    definition: Definition[R],
    reference: R,
    now: FlareObservation,
    asked: Sequence[Test | None],
) -> Undecided | None:
    """Return what an observation leaves open, None if it is known not to exceed."""
    kinds = tuple(dict.fromkeys([test.kind for test in asked if test is not None]))
    if not kinds:
        return None
    lacks = tuple(dict.fromkeys(definition.lacks(reference, now)))
    return Undecided(rule, (), lacks, kinds, now.day, now.date)


def walk(
    rule: Rule,
    observations: Sequence[FlareObservation],
    definition: Definition[R],
    undecided: list[Undecided] | None = None,
) -> list[FlareFinding]:
    """Walk the observations in order of day.

    While an episode lasts, its limits stay those of the reference it broke. It ends at the first
    observation that is known not to exceed; after a confirmed flare a reference begins anew.
    `undecided` takes the observations that leave open whether they exceed.
    """
    begin, extend, tests = definition.begin, definition.extend, definition.tests
    findings: list[FlareFinding] = []
    reference: R | None = None
    episode: _Episode | None = None
    for now in observations:
        if reference is None:
            reference = begin(now)
            continue
        asked = tests(reference, now)
        exceeded = [test for test in asked if test is not None and test.tell is not None]
        if exceeded:
            episode = episode or _Episode([], [])
            _extend(episode, now, exceeded, definition.confirm_days)
        elif episode is None:
            if undecided is not None:
                left = _undecided(rule, definition, reference, now, asked)
                undecided += () if left is None else (left,)
            reference = extend(reference, now)
        elif episode.ended(asked):
            findings.append(_finding(rule, episode, now.day))
            reference = begin(now) if episode.confirmed else extend(reference, now)
            episode = None
        elif now.treatment_escalated and episode.confirmed is None:
            episode.confirmed = now
    if episode is not None:
        findings.append(_finding(rule, episode, None))
    return findings
