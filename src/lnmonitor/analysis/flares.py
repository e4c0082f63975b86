"""Renal flares of a course: by the protocol's rule, and by the other definitions beside it.

Beside each rule's flares stands where it could not tell, so that no flare is not read as none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lnmonitor.analysis.drugs import Steroids, escalated
from lnmonitor.analysis.inputs import PatientInput, VisitInput
from lnmonitor.analysis.kidney import KidneyVisit
from lnmonitor.analysis.model import guarded
from lnmonitor.analysis.responses import parameters_of
from lnmonitor.clinical import flare
from lnmonitor.clinical.flare import FlareObservation, Undecided
from lnmonitor.clinical.response import Parameter, Response, ResponseResult
from lnmonitor.clinical.results import (
    Outcome,
    Rule,
    frozen,
)
from lnmonitor.study.protocol import Protocol


@dataclass(frozen=True)
class Flares:
    """Suspected and confirmed flares by one rule, and the samples at which it cannot tell."""

    found: tuple[Outcome, ...] = ()
    undecided: tuple[Undecided, ...] = ()


def find_flares(
    patient: PatientInput,
    courses: Steroids,
    followed: Sequence[KidneyVisit],
    protocol: Protocol,
) -> dict[str, Flares]:
    """Return suspected and confirmed flares by every flare rule of the protocol, its own first.

    Looked for over all visits after day 0, unscheduled ones too. Remission is the response by the
    protocol's primary response rule for all of them, so that they differ in the flare alone.
    """
    observations = [
        FlareObservation(
            day=one.visit.day,
            date=one.visit.on.isoformat(),
            state=one.state,
            response=_response(one, protocol),
            treatment_escalated=escalated(
                one.visit.on, courses, patient.glucocorticoids, patient.immunosuppressants
            ),
            collection_id=_collection(one.visit),
        )
        for one in followed
        if one.visit.day is not None
    ]
    found: dict[str, Flares] = {}
    for rule_set in (protocol.flare_rule, *protocol.other_flare_rules):
        known = flare.RULE_SETS.get(rule_set)
        rule = known.rule if known else Rule(rule_set, "0")
        given = tuple(sorted(parameters_of(protocol, rule_set).items()))
        found[rule_set] = _detect(rule_set, rule, tuple(observations), given)
    return found


def _detect(
    rule_set: str,
    rule: Rule,
    observations: tuple[FlareObservation, ...],
    parameters: tuple[tuple[str, Parameter], ...],
) -> Flares:
    asked = guarded(rule, lambda: _Found(rule, found=_once(rule_set, observations, parameters)))
    return asked.found if isinstance(asked, _Found) else Flares((asked,))


@frozen
class _Found(Outcome):
    """What one search found, so that an impossible value is refused as for any rule."""

    found: Flares = Flares()


@lru_cache(maxsize=4096)
def _once(
    rule_set: str,
    observations: tuple[FlareObservation, ...],
    parameters: tuple[tuple[str, Parameter], ...],
) -> Flares:
    """Search once: a patient is evaluated after every save, whatever it was about."""
    return Flares(*flare.follow(observations, dict(parameters), rule_set_id=rule_set))


def _response(one: KidneyVisit, protocol: Protocol) -> Response | None:
    found = one.outcomes.get(f"response.{protocol.response_rule}")
    return found.response if isinstance(found, ResponseResult) else None


def _collection(visit: VisitInput) -> str | None:
    """Two visits that show results of one and the same day show one collection."""
    for code in ("U24P", "UPCR"):
        measured = visit.labs.get(code)
        if measured is not None and measured.value is not None:
            return f"{code} {measured.date}" if measured.date else None
    return None
