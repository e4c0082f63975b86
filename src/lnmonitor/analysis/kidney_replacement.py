"""Dialysis and transplantation: from which day a kidney no longer answers for itself.

The log is taken to be complete, as that of the drugs: where nothing is recorded, no replacement is
known and the values are judged. An unanswered log never leaves a response open; a question nobody
was asked would otherwise do so at every visit of an older study.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lnmonitor.study.dates import earliest, latest
from lnmonitor.study.forms import KidneyReplacement
from lnmonitor.study.records import Record

_DIALYSIS = frozenset({"HD", "PD", "CRRT"})


def replaced_since(records: Sequence[Record[KidneyReplacement]], day0: date | None) -> date | None:
    """Return the day from which every response is NR, None while there is none.

    "Death, dialysis, transplantation: no response from that date on" (the protocol's set A; the
    other definitions are judged alike). So it stays when dialysis ends, as rescue therapy does. A
    course that was over by day 0 belongs to the history. Of a partial date the earliest day counts.
    """
    starts = [
        start
        for record in records
        if (start := earliest(record.form.start)) is not None and not _over_by(record.form, day0)
    ]
    return min(starts, default=None)


def _over_by(form: KidneyReplacement, day0: date | None) -> bool:
    stop = latest(form.stop)
    return stop is not None and day0 is not None and stop <= day0


def on_dialysis(records: Sequence[Record[KidneyReplacement]], day: date) -> bool:
    """Whether a course of dialysis was going on on a day, partial dates taken wide."""
    return any(
        record.form.kind in _DIALYSIS
        and (start := earliest(record.form.start)) is not None
        and start <= day
        and ((stop := latest(record.form.stop)) is None or day <= stop)
        for record in records
    )
