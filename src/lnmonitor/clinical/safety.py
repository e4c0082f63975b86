"""Regulatory standing of an adverse event: serious, related, unexpected, and when to report it.

ICH E2A (1994) for the definitions and the clocks of 7 and 15 calendar days. Grade is not
seriousness: nothing here reads a CTCAE grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Truth,
    frozen,
)

ICH_E2A = Citation("International Conference on Harmonisation", "ICH E2A", 1994)
RULE_SUSAR = Rule("susar", "2", (ICH_E2A,), verified=False)

SERIOUS_CRITERIA = (
    "death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)
URGENT_CRITERIA = ("death", "life_threatening")

CAUSALITY: Mapping[str, Truth] = {
    # WHO-UMC; what cannot be assessed counts as related, the conservative reading
    "certain": Truth.YES,
    "probable": Truth.YES,
    "possible": Truth.YES,
    "unlikely": Truth.NO,
    "conditional": Truth.YES,
    "unassessable": Truth.YES,
    # NCI, where it differs
    "definite": Truth.YES,
    "unrelated": Truth.NO,
}

URGENT_DAYS = 7
FOLLOW_UP_DAYS = 8
OTHER_DAYS = 15


@dataclass(frozen=True)
class EventFacts:
    """What decides. None = not answered yet.

    `criteria` are the SERIOUS_CRITERIA that apply (empty: assessed, not serious). The two causality
    fields are keys of CAUSALITY, each the strongest of that person's answers about any study
    treatment. `awareness` is day 0: the sponsor has patient, reporter, product and event.
    `urgent_since` is the day a later upgrade to fatal or life-threatening was learnt.
    """

    criteria: frozenset[str] | None = None
    investigator_causality: str | None = None
    sponsor_causality: str | None = None
    expected: bool | None = None
    awareness: date | None = None
    urgent_since: date | None = None


@frozen
class Reportability(Outcome):
    """`susar` as far as it is known, and the due dates where it is YES and day 0 is known.

    `report_due` is the initial report, `follow_up_due` the complete one of an urgent event.
    """

    serious: Truth = Truth.UNKNOWN
    related: Truth = Truth.UNKNOWN
    susar: Truth = Truth.UNKNOWN
    urgent: bool = False
    report_due: date | None = None
    follow_up_due: date | None = None


_CAUSALITY_ITEMS = ("investigator_causality", "sponsor_causality")


def _related(facts: EventFacts) -> Truth:
    """Take the more conservative of both; one "related" decides, "not related" needs both."""
    answers = []
    for item in _CAUSALITY_ITEMS:
        answer: str | None = getattr(facts, item)
        if answer is not None and answer not in CAUSALITY:
            raise InvalidInput(item, answer, None, " or ".join(CAUSALITY))
        answers.append(Truth.UNKNOWN if answer is None else CAUSALITY[answer])
    return Truth.any(*answers)


def assess(facts: EventFacts) -> Reportability:
    """Decide on serious, related and SUSAR, and compute the dates.

    SUSAR = serious and related and unexpected. Fatal or life-threatening: due by day 0 + 7,
    complete follow-up within 8 more days; other: day 0 + 15. An upgrade restarts the 7 days.
    Raises InvalidInput for an unknown criterion or causality or an upgrade before day 0.
    """
    unknown = (facts.criteria or frozenset()) - set(SERIOUS_CRITERIA)
    if unknown:
        known = " or ".join(SERIOUS_CRITERIA)
        raise InvalidInput("seriousness criterion", sorted(unknown)[0], None, known)
    if facts.awareness and facts.urgent_since and facts.urgent_since < facts.awareness:
        limit = f"on or after {facts.awareness.isoformat()}"
        raise InvalidInput("urgent_since", facts.urgent_since.isoformat(), None, limit)
    serious = Truth.of(None if facts.criteria is None else bool(facts.criteria))
    related = _related(facts)
    unexpected = Truth.of(facts.expected).negated
    susar = Truth.all(serious, related, unexpected)
    urgent = bool(facts.criteria and facts.criteria & set(URGENT_CRITERIA))
    day_0 = facts.urgent_since if urgent and facts.urgent_since else facts.awareness
    report = follow_up = None
    if susar is Truth.YES and day_0 is not None:
        report = day_0 + timedelta(days=URGENT_DAYS if urgent else OTHER_DAYS)
        follow_up = report + timedelta(days=FOLLOW_UP_DAYS) if urgent else None
    reasons = (
        Reason("safety.serious", serious, {"item": ", ".join(sorted(facts.criteria or ()))}),
        Reason("safety.related", related, {"item": "causality"}),
        Reason("safety.unexpected", unexpected, {"item": "expected", "value": facts.expected}),
    )
    asked = (("criteria",), _CAUSALITY_ITEMS, ("expected",))
    missing = [
        name
        for names, reason in zip(asked, reasons, strict=True)
        for name in names
        if reason.met is Truth.UNKNOWN and getattr(facts, name) is None
    ]
    missing = [] if susar is Truth.NO else missing
    if susar is not Truth.NO and facts.awareness is None:
        missing.append("awareness")
    return Reportability(
        rule=RULE_SUSAR,
        reasons=reasons,
        missing=tuple(missing),
        serious=serious,
        related=related,
        susar=susar,
        urgent=urgent,
        report_due=report,
        follow_up_due=follow_up,
    )
