"""Checks of dialysis and transplantation: order of dates, against consent and against the visit."""

from __future__ import annotations

from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.dates import Order, compare, earliest, exact, latest
from lnmonitor.study.forms import KidneyReplacement


def check_kidney_replacement(context: Context[KidneyReplacement], report: Reporter) -> None:
    """Check one course of dialysis, or a transplantation."""
    form = context.form
    if form.start and form.stop and compare(form.stop, form.start) is Order.BEFORE:
        report.refuse(
            "stop",
            "pr.order",
            "The end {stop} is before the start {start}. Correct one of them.",
            start=form.start,
            stop=form.stop,
        )
    consent, last = context.consent, latest(form.start)
    if consent is not None and last is not None and last < consent:
        report.ask(
            "start",
            "pr.consent",
            "It began on {start}, before consent on {consent}. Was the patient to be included?",
            start=form.start or "",
            consent=consent,
        )
    _check_visit(context, report)


def _check_visit(context: Context[KidneyReplacement], report: Reporter) -> None:
    """A course recorded in a visit has begun by then; one that began later may be told there."""
    form = context.form
    seen = exact(context.visit.form.visit_date) if context.visit else None
    first = earliest(form.start)
    if seen is not None and first is not None and first > seen:
        report.ask(
            "start",
            "pr.visit",
            "It began on {start}, after this visit on {visit}. Is the date right?",
            start=form.start or "",
            visit=seen,
        )
