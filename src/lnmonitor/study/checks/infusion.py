"""Checks of an infusion: order of events, dose against the protocol, and the product's arithmetic.

Limits are those of clinical rules, section 7; tolerances are the protocol's. What departs from the
protocol but was done is asked about and becomes a deviation: the truth is never refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lnmonitor.clinical.criteria import above
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.dates import DateError, exact, instant
from lnmonitor.study.forms import Eligibility, Infusion

TYPICAL_MINUTES = (10, 120)
CELL_TOLERANCE = 0.02
RATE_TOLERANCE = 0.1


def check_infusion(context: Context[Infusion], report: Reporter) -> None:
    """Check one infusion."""
    _check_times(context, report)
    _check_number(context, report)
    _check_dose(context, report)
    _check_product(context, report)
    _check_arithmetic(context, report)
    _check_entry(context, report)
    if context.form.reaction == "Y" and not context.form.reaction_text:
        report.inform("reaction_text", "ex.reaction", "Say which reaction it was.")


def _check_times(context: Context[Infusion], report: Reporter) -> None:
    form = context.form
    minutes = elapsed_minutes(form)
    if minutes is not None and minutes <= 0:
        report.refuse(
            "stopped_at",
            "ex.order",
            "The infusion stopped at {stop}, not after its start at {start}. Correct one of them.",
            start=form.started_at or "",
            stop=form.stopped_at or "",
        )
    elif minutes is not None and not TYPICAL_MINUTES[0] <= minutes <= TYPICAL_MINUTES[1]:
        report.ask(
            "stopped_at",
            "ex.duration",
            "Is {minutes} min from start to stop right? Usual are {low} to {high} min.",
            minutes=minutes,
            low=TYPICAL_MINUTES[0],
            high=TYPICAL_MINUTES[1],
        )
    consent, start = context.consent, exact(form.started_at)
    if consent is not None and start is not None and start < consent:
        report.refuse(
            "started_at",
            "ex.consent",
            "The infusion on {start} is before consent was signed on {consent}. Correct one of "
            "the two dates.",
            start=start,
            consent=consent,
        )


def _check_number(context: Context[Infusion], report: Reporter) -> None:
    for record in context.others(Infusion):
        if record.form.number == context.form.number and context.form.number is not None:
            report.refuse(
                "number",
                "ex.twice",
                "Infusion {number} is recorded already, started {start}. Give this one its own "
                "number.",
                number=context.form.number,
                start=record.form.started_at or "",
            )


def _check_dose(context: Context[Infusion], report: Reporter) -> None:
    form, protocol = context.form, context.protocol
    if not form.weight_kg or not form.viable_cells or form.viable_cells <= 0:
        return
    per_kg = form.viable_cells / form.weight_kg
    percent = (per_kg / protocol.dose_per_kg - 1) * 100
    # Compared as doses: 10 % more than 1.0 is 1.1, whatever the binary rounding of the per cent.
    off = abs(per_kg - protocol.dose_per_kg) / protocol.dose_per_kg
    facts = {
        "dose": round(per_kg, 3),
        "percent": f"{percent:+.1f}",
        "planned": protocol.dose_per_kg,
        "cells": round(protocol.dose_per_kg * form.weight_kg, 2),
    }
    if above(off, protocol.dose_major_percent / 100):
        report.deviate("viable_cells", "ex.dose", "MAJOR", "DOSE", _DOSE_MAJOR, **facts)
    elif above(off, protocol.dose_minor_percent / 100):
        report.deviate("viable_cells", "ex.dose", "MINOR", "DOSE", _DOSE_MINOR, **facts)


_DOSE_MINOR = (
    "{dose} ×10⁶/kg differs by {percent} % from the planned {planned} ×10⁶/kg ({cells} ×10⁶ "
    "cells): a minor deviation. Say why, or correct cells or weight."
)
_DOSE_MAJOR = (
    "{dose} ×10⁶/kg differs by {percent} % from the planned {planned} ×10⁶/kg ({cells} ×10⁶ "
    "cells): a major deviation. Say why, or correct cells or weight."
)


def _check_product(context: Context[Infusion], report: Reporter) -> None:
    form, protocol = context.form, context.protocol
    viability = form.viability_percent
    if viability is not None and viability < protocol.viability_limit_percent:
        report.deviate(
            "viability_percent",
            "ex.viability",
            "MAJOR",
            "PRODUCT",
            "Viability {viability} % is below the release limit of {limit} %. Say why it was "
            "given; a deviation will be recorded.",
            viability=viability,
            limit=protocol.viability_limit_percent,
        )
    if form.passage is not None and form.passage > protocol.passage_limit:
        report.deviate(
            "passage",
            "ex.passage",
            "MINOR",
            "PRODUCT",
            "Passage {passage} is above the limit of {limit}. Say why it was given; a deviation "
            "will be recorded.",
            passage=form.passage,
            limit=protocol.passage_limit,
        )
    if form.sterility == "POSITIVE":
        report.deviate(
            "sterility",
            "ex.sterility",
            "MAJOR",
            "PRODUCT",
            "The product's culture is positive. Say what was done; a deviation will be recorded.",
        )
    _check_product_dates(context, report)


def _check_product_dates(context: Context[Infusion], report: Reporter) -> None:
    form = context.form
    stopped, expiry = _when(form.stopped_at), _when(form.expiry)
    if stopped is not None and expiry is not None and stopped > expiry:
        report.deviate(
            "expiry",
            "ex.expiry",
            "MAJOR",
            "PRODUCT",
            "The product expired at {expiry}, before the infusion ended. Say why it was given; a "
            "deviation will be recorded.",
            expiry=form.expiry or "",
        )
    weighed, start = exact(form.weight_date), exact(form.started_at)
    if weighed is None or start is None:
        return
    age = (start - weighed).days
    if age < 0:
        report.refuse(
            "weight_date",
            "ex.weight_after",
            "The weight of {weighed} is later than the infusion. Give the weight that the dose was "
            "planned with.",
            weighed=weighed,
        )
    elif age > context.protocol.weight_max_age_days:
        report.deviate(
            "weight_date",
            "ex.weight_age",
            "MINOR",
            "DOSE",
            "The weight is {age} days old, the limit is {limit} days. Say why; a deviation will be "
            "recorded.",
            age=age,
            limit=context.protocol.weight_max_age_days,
        )


def _check_arithmetic(context: Context[Infusion], report: Reporter) -> None:
    form = context.form
    if form.total_cells and form.viability_percent and form.viable_cells:
        expected = form.total_cells * form.viability_percent / 100
        if above(abs(form.viable_cells / expected - 1), CELL_TOLERANCE):
            report.ask(
                "total_cells",
                "ex.viable",
                "Total cells {total} ×10⁶ at {viability} % viability make {expected} ×10⁶, not "
                "{viable} ×10⁶. Check the three.",
                total=form.total_cells,
                viability=form.viability_percent,
                expected=round(expected, 2),
                viable=form.viable_cells,
            )
    if form.total_cells and form.concentration and form.volume_ml:
        expected = form.concentration * form.volume_ml
        if above(abs(form.total_cells / expected - 1), CELL_TOLERANCE):
            report.ask(
                "concentration",
                "ex.concentration",
                "{concentration} ×10⁶/mL in {volume} mL make {expected} ×10⁶, not {total} ×10⁶. "
                "Check the three.",
                concentration=form.concentration,
                volume=form.volume_ml,
                expected=round(expected, 2),
                total=form.total_cells,
            )
    _check_rate(context, report)


def _check_rate(context: Context[Infusion], report: Reporter) -> None:
    form = context.form
    minutes = elapsed_minutes(form)
    if minutes is None or not form.volume_ml or not form.rate_ml_per_h:
        return
    running = minutes - (form.interrupted_min or 0)
    if running <= 0:
        report.refuse(
            "interrupted_min",
            "ex.interrupted",
            "Interrupted for {interrupted} min of {minutes} min. Correct one of them.",
            interrupted=form.interrupted_min or 0,
            minutes=minutes,
        )
        return
    expected = form.volume_ml / (running / 60)
    if above(abs(form.rate_ml_per_h / expected - 1), RATE_TOLERANCE):
        report.ask(
            "rate_ml_per_h",
            "ex.rate",
            "{volume} mL in {minutes} min are {expected} mL/h, not {rate} mL/h. Check the three.",
            volume=form.volume_ml,
            minutes=running,
            expected=round(expected),
            rate=form.rate_ml_per_h,
        )


def _check_entry(context: Context[Infusion], report: Reporter) -> None:
    record = context.data.one(Eligibility) if context.data else None
    if record is not None and record.form.eligible == "N":
        report.deviate(
            None,
            "ex.eligible",
            "MAJOR",
            "ELIGIBILITY",
            "The patient was judged not eligible. Say why the cells were given; a deviation will "
            "be recorded.",
        )


def elapsed_minutes(form: Infusion) -> float | None:
    """Return the minutes from start to stop, None where one is absent or unreadable."""
    start, stop = _when(form.started_at), _when(form.stopped_at)
    if start is None or stop is None:
        return None
    return (stop - start) / timedelta(minutes=1)


def _when(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return instant(text)
    except DateError:
        return None
