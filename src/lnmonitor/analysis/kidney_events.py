"""Whether a related adverse event affects eGFR, as AURORA-1 asks; from the log of adverse events.

The trial's wording was read in the posted results: "related" to what is not said there. Here to
treatment or to disease, so that the kidney lost to lupus disqualifies. What counts as an event of
eGFR is this program's reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lnmonitor.analysis.event_reporting import reporting, runs
from lnmonitor.analysis.inputs import yes_no
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.safety import CAUSALITY
from lnmonitor.study.forms import AdverseEvent
from lnmonitor.study.records import Record

Events = tuple[Record[AdverseEvent], ...]

KIDNEY_TERMS = frozenset(
    {
        "acute kidney injury",
        "blood creatinine increased",
        "chronic kidney disease",
        "creatinine increased",
        "glomerular filtration rate decreased",
        "renal failure",
        "renal impairment",
    }
)
"""Names of a fall of kidney function, of CTCAE and of MedDRA."""


def kidney_events(events: Iterable[Record[AdverseEvent]]) -> Events:
    """Return the events of kidney function, and those that may be: without a CTCAE term."""
    return tuple(record for record in events if _of_kidney(record.form) is not Truth.NO)


def egfr_related_event(events: Iterable[Record[AdverseEvent]], on: date) -> bool | None:
    """Whether a related event of kidney function ran on a day; None while the log leaves it open.

    An event that is not recorded is none, one without a CTCAE term may be one, and one whose
    relation nobody judged may be related.
    """
    answers = [
        Truth.all(_of_kidney(record.form), _related(record.form))
        for record in events
        if runs(record.form, on)
    ]
    met = Truth.any(*answers)
    return None if met is Truth.UNKNOWN else met is Truth.YES


def _of_kidney(event: AdverseEvent) -> Truth:
    for name in (event.ctcae_term, event.term):
        if name is not None and name.strip().casefold() in KIDNEY_TERMS:
            return Truth.YES
    return Truth.NO if event.ctcae_term else Truth.UNKNOWN


def _related(event: AdverseEvent) -> Truth:
    """To cells or procedure (investigator and sponsor), to other treatment, or to lupus."""
    other = event.related_other
    return Truth.any(
        reporting(event).related,
        Truth.UNKNOWN if other is None else CAUSALITY[other.lower()],
        Truth.of(yes_no(event.due_to_sle)),
    )
