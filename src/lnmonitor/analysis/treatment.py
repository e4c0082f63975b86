"""What a patient takes, as the endpoints of trials ask for it: failure, allowance, standard, taper.

The drug log is taken to be complete as soon as it has one record; an empty one says nothing, and
the answers stay open. What counts as failure or as a standard dose is worded by no source that was
read for the drugs of this trial: both are this protocol's own reading and say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from lnmonitor.analysis.drugs import FOR_ACTIVITY, PER_DAY, Steroids, is_raised, span
from lnmonitor.analysis.inputs import PatientInput
from lnmonitor.analysis.model import Undetermined, guarded
from lnmonitor.clinical import taper as tapers
from lnmonitor.clinical.drugs import GRAMS
from lnmonitor.clinical.results import Outcome, Reason, Scalar, Truth
from lnmonitor.clinical.steroids import RULE_PREDNISONE_EQUIVALENT, DoseInterval, SteroidDose
from lnmonitor.study.forms import Immunosuppressant
from lnmonitor.study.records import Record

ALLOWANCE_DAYS = 56
"""AURORA-1 looked at weeks 44 to 52: the eight weeks that end with the visit stand for them."""
MEAN_DAYS = 28
NOT_IMMUNOSUPPRESSIVE = frozenset({"ACEI", "ARB", "SGLT2I", "STATIN", "NSAID"})
"""Drugs of the list that protect the kidney or ease pain, and fail no endpoint."""
STANDARD_CEILINGS_G: Mapping[str, tuple[float, int]] = {
    "HCQ": (0.4, 1),
    "AZA": (0.2, 1),
    "MMF": (3.0, 1),
    "MPA": (2.16, 1),
    "LEF": (0.02, 1),
    "MTX": (0.03, 7),
}
"""Highest standard maintenance dose in g for so many days (Arthritis Res Ther 2016, table 3, read;
doi 10.1186/s13075-016-1163-2). A drug without one leaves the question open."""


@dataclass(frozen=True)
class Treatment:
    """One visit's treatment. None: not known.

    `failed`: an immunosuppressant for lupus activity, or a rescue, was begun or raised after day 0.
    `allowance_kept`: prednisone stayed within AURORA-1's allowance in the eight weeks before.
    `standard`: every immunosuppressant in force is at a standard maintenance dose.
    """

    dose: SteroidDose | None = None
    failed: bool | None = None
    allowance_kept: bool | None = None
    standard: bool | None = None

    @property
    def prednisone_mg_day(self) -> float | None:
        """Prednisone equivalent in force, pulses apart."""
        return None if self.dose is None else self.dose.mg_per_day


def treatment(patient: PatientInput, courses: Steroids, on: date) -> Treatment:
    """Return the treatment on a day."""
    drugs = tuple(r for r in patient.immunosuppressants if r.form.drug not in NOT_IMMUNOSUPPRESSIVE)
    logged = bool(patient.immunosuppressants or patient.glucocorticoids)
    return Treatment(
        dose=courses.on(on),
        failed=_failed(drugs, patient.day0, on) if logged else None,
        allowance_kept=_allowance_kept(courses, on),
        standard=_standard(drugs, on) if logged else None,
    )


def _failed(drugs: Sequence[Record[Immunosuppressant]], day0: date | None, on: date) -> bool | None:
    """Whether treatment for activity was begun or raised after day 0, up to and with `on`.

    A new or raised drug without an indication may have been for activity: open.
    """
    if day0 is None:
        return None
    found = Truth.NO
    for record in drugs:
        when = span(record.form)
        if when is None or not day0 < when[0] <= on:
            continue
        known = None if record.form.indication is None else record.form.indication in FOR_ACTIVITY
        if known is not False and is_raised(record.form, when[0], drugs):
            found = Truth.any(found, Truth.of(known))
    return None if found is Truth.UNKNOWN else found is Truth.YES


def _allowance_kept(courses: Steroids, on: date) -> bool | None:
    first = on - timedelta(days=ALLOWANCE_DAYS - 1)
    if not courses.known(first, on):
        return None
    near = tuple(i for i in courses.intervals if i.start <= on and (i.stop or on) >= first)
    return _within(first, on, near)


_within = lru_cache(maxsize=4096)(tapers.within_allowance)


def _standard(drugs: Sequence[Record[Immunosuppressant]], on: date) -> bool | None:
    met = [Truth.YES]
    for record in drugs:
        when = span(record.form)
        if when is not None and when[0] <= on and (when[1] is None or on <= when[1]):
            met.append(_at_standard_dose(record.form))
    found = Truth.all(*met)
    return None if found is Truth.UNKNOWN else found is Truth.YES


def _at_standard_dose(form: Immunosuppressant) -> Truth:
    ceiling = STANDARD_CEILINGS_G.get(form.drug or "")
    grams, rate = GRAMS.get(form.dose_unit or ""), PER_DAY.get(form.frequency or "")
    if ceiling is None or grams is None or rate is None or form.dose is None:
        return Truth.UNKNOWN
    limit, days = ceiling
    return Truth.of(form.dose * grams * rate * days <= limit * (1 + 1e-9))


def describe_taper(patient: PatientInput, courses: Steroids, on: date) -> Outcome | None:
    """Return the steroid course from day 0 to a day, None before day 0 or without any record.

    Open (`Undetermined`) where the log begins after day 0 or a dose in the span is not clear: a sum
    with a gap would be too low without showing it.
    """
    zero = patient.day0
    if zero is None or on < zero or courses.first is None:
        return None
    if not courses.known(zero, on):
        reason = Reason("steroids.unclear", Truth.UNKNOWN, {"item": "prednisone_mg_day"})
        return Undetermined(RULE_PREDNISONE_EQUIVALENT, (reason,), ("prednisone_mg_day",))
    mean_known = courses.known(on - timedelta(days=MEAN_DAYS - 1), on)
    return guarded(
        RULE_PREDNISONE_EQUIVALENT,
        lambda: _told(zero, on, courses.intervals, mean_known=mean_known),
    )


@lru_cache(maxsize=8192)
def _told(
    zero: date, on: date, intervals: tuple[DoseInterval, ...], *, mean_known: bool
) -> tapers.Taper:
    """Describe the taper and tell its numbers as reasons too, before the milestones."""
    found = tapers.taper(zero, on, intervals)

    def told(code: str, **values: Scalar) -> Reason:
        known = all(value is not None for value in values.values())
        named: dict[str, Scalar] = {"item": "prednisone_mg_day", **values}
        return Reason(code, Truth.of(True if known else None), named)

    reasons = (
        told("steroids.since_day_0", previous=found.dose_day_0, value=found.dose),
        told("steroids.mean_28_days", value=found.mean_28_days if mean_known else None),
        told("steroids.cumulative", value=found.cumulative_g, pulse=found.pulse_g),
        *(
            told("steroids.increase", previous=one.before, value=one.after, date=f"{one.day}")
            for one in found.increases
        ),
    )
    milestones = (
        one
        if one.met is Truth.YES
        else Reason("steroids.milestone_not_reached", one.met, one.values)
        for one in found.reasons
    )
    return replace(found, reasons=(*reasons, *milestones))
