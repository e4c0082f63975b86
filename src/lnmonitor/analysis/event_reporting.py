"""The regulatory standing of an adverse event from its form: serious, related, unexpected, by when.

ICH E2A by `clinical.safety`. The clock is counted from the day on which the site knew, which is
never after the sponsor knew: a date that may be early, never late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lnmonitor.analysis.inputs import yes_no
from lnmonitor.clinical import safety
from lnmonitor.clinical.safety import EventFacts, Reportability
from lnmonitor.study import dates
from lnmonitor.study.forms import AdverseEvent

_CRITERIA: Mapping[str, str] = {
    "death": "death",
    "life_threatening": "life_threatening",
    "hospitalised": "hospitalisation",
    "disability": "disability",
    "congenital": "congenital_anomaly",
    "medically_important": "medically_important",
}
_STRENGTH = ("unrelated", "unlikely", "possible", "probable", "definite", "unassessable")
"""From the weakest; what cannot be assessed counts as related."""


def reporting(event: AdverseEvent) -> Reportability:
    """Return whether an event is a SUSAR and when it is to be reported.

    "Not related" needs the sponsor's judgement too, which the form takes when it is known.

    Serious without any criterion answered leaves the criteria, and so the clock, open.
    """
    return safety.assess(
        EventFacts(
            criteria=_criteria(event),
            investigator_causality=_causality(event),
            sponsor_causality=event.related_by_sponsor and event.related_by_sponsor.lower(),
            expected=yes_no(event.expected),
            awareness=dates.exact((event.aware_at or "")[:10]),
        )
    )


def runs(event: AdverseEvent, on: date | None) -> bool:
    """Whether an event may have been there on a day; partial dates are taken wide."""
    start, stop = dates.earliest(event.start), dates.latest(event.stop)
    return on is not None and start is not None and start <= on and (stop is None or on <= stop)


def _criteria(event: AdverseEvent) -> frozenset[str] | None:
    met = {name for item, name in _CRITERIA.items() if event.get(item) == "Y"}
    if met:
        return frozenset(met)
    return frozenset() if event.serious == "N" else None


def _causality(event: AdverseEvent) -> str | None:
    """Return the strongest relation to the cells or the procedure, None while neither is judged.

    The form asks for the relation to the cells; that to the procedure counts where it is judged.
    """
    given = (event.related_msc, event.related_procedure)
    known = [answer.lower() for answer in given if answer is not None]
    return max(known, key=_STRENGTH.index, default=None)
