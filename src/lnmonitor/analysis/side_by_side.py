"""The other definitions on the same data: what each says, and what decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lnmonitor.analysis.explain import Line, answer, decisive, explain
from lnmonitor.analysis.model import Course, VisitAssessment
from lnmonitor.analysis.wording import rule_set_name
from lnmonitor.clinical.flare import FlareFinding, Undecided
from lnmonitor.clinical.results import Outcome
from lnmonitor.language import Language

_RESPONSE, _BILAG_FLARE = "response.", "bilag_flare."


@dataclass(frozen=True)
class OtherRule:
    """One definition: its name, its answer, and the criteria that decided it (none if not met)."""

    name: str
    says: str
    why: tuple[Line, ...] = ()


def other_responses(
    visit: VisitAssessment, shown: str, language: Language
) -> tuple[OtherRule, ...]:
    """Return the responses at a visit by all rule sets but the one of the key `shown`."""
    return _others(visit, _RESPONSE, shown, language)


def other_bilag_flares(
    visit: VisitAssessment, shown: str, language: Language
) -> tuple[OtherRule, ...]:
    """Return the BILAG flares at a visit by all rules but the one of the key `shown`."""
    return _others(visit, _BILAG_FLARE, shown, language)


def _others(
    visit: VisitAssessment, family: str, shown: str, language: Language
) -> tuple[OtherRule, ...]:
    return tuple(
        OtherRule(
            rule_set_name(key.removeprefix(family)).in_(language),
            answer(outcome, language),
            decisive(explain(outcome, language), 1),
        )
        for key, outcome in visit.outcomes.items()
        if key.startswith(family) and key != shown
    )


def other_flares(course: Course, day: int | None, language: Language) -> tuple[OtherRule, ...]:
    """Return what the other flare definitions say of a day: their episode, not met, or open."""
    found = []
    for rule_set, outcomes in course.other_flares.items():
        name = rule_set_name(rule_set).in_(language)
        here = _episode(outcomes, day) or _undecided(course.other_undecided.get(rule_set, ()), day)
        why: tuple[Line, ...] = ()
        if here is not None:
            told = explain(here, language)
            why = told.met[:1] or told.missing[:1]
        found.append(OtherRule(name, answer(here, language), why))
    return tuple(found)


def _undecided(samples: Iterable[Undecided], day: int | None) -> Undecided | None:
    return next((one for one in samples if one.day == day), None)


def _episode(outcomes: Iterable[Outcome], day: int | None) -> Outcome | None:
    """Return the episode with an exceeding sample on the day; a refusal is for all days."""
    for one in outcomes:
        if not isinstance(one, FlareFinding) or day in one.evidence_days:
            return one
    return None
