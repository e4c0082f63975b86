"""Checks of visits against the protocol and its schedule."""

from __future__ import annotations

from datetime import date, timedelta

from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.dates import earliest, exact
from lnmonitor.study.forms import Infusion, LabResult, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import PlannedVisit
from lnmonitor.study.schedule import day0


def check_visit(context: Context[Visit], report: Reporter) -> None:
    """Check a visit: known code, known consent, once only, inside its window."""
    form = context.form
    planned = context.protocol.visit(form.visit_code)
    if form.visit_code and planned is None:
        report.refuse(
            "visit_code",
            "sv.code",
            "The protocol has no visit {code}. Choose one of: {codes}.",
            code=form.visit_code,
            codes=", ".join(visit.code for visit in context.protocol.visits),
        )
        return
    on = exact(form.visit_date)
    if planned is None or on is None:
        return
    _check_consent(context, report)
    _check_once(context, report, planned)
    if form.status == "MISSED":
        _check_missed(report, planned)
        return
    _check_window(context, report, planned, on)


def _check_consent(context: Context[Visit], report: Reporter) -> None:
    if context.consent is None and context.data is not None:
        report.inform(
            "visit_date",
            "sv.consent_unknown",
            "No date of consent is recorded for this patient. Enter it in demographics.",
        )


def _check_once(context: Context[Visit], report: Reporter, planned: PlannedVisit) -> None:
    if not planned.scheduled:
        if not context.form.reason:
            report.inform(
                "reason", "sv.reason", "Say why the patient came outside the planned visits."
            )
        return
    for record in context.others(Visit):
        if record.form.visit_code == planned.code:
            report.refuse(
                "visit_code",
                "sv.twice",
                "{visit} is recorded already, on {on}. Open that visit, or enter an unscheduled "
                "one.",
                visit=planned.name,
                on=record.form.visit_date or "",
            )
            return


def _check_missed(report: Reporter, planned: PlannedVisit) -> None:
    if planned.scheduled and not planned.optional:
        report.deviate(
            "status",
            "sv.missed",
            "MINOR",
            "VISIT",
            "{visit} was missed. Say why; a deviation will be recorded.",
            visit=planned.name,
        )


def _check_window(
    context: Context[Visit], report: Reporter, planned: PlannedVisit, on: date
) -> None:
    zero = day0(context.data) if context.data else None
    if zero is None or planned.day is None:
        return
    target = zero + timedelta(days=planned.day)
    opens, closes = target - timedelta(days=planned.before), target + timedelta(days=planned.after)
    facts = {"visit": planned.name, "opens": opens, "closes": closes}
    if on > closes:
        report.deviate(
            "visit_date",
            "sv.late",
            "MINOR",
            "VISIT",
            "{visit} is {days} days late: its window was {opens} to {closes}. Say why; a deviation "
            "will be recorded.",
            days=(on - closes).days,
            **facts,
        )
    elif on < opens:
        report.deviate(
            "visit_date",
            "sv.early",
            "MINOR",
            "VISIT",
            "{visit} is {days} days early: its window is {opens} to {closes}. Say why; a deviation "
            "will be recorded.",
            days=(opens - on).days,
            **facts,
        )


def latest_contact(context: Context[Form]) -> date | None:
    """Return the latest day of which anything was recorded in clinic, None without data."""
    if context.data is None:
        return None
    days = [earliest(record.form.visit_date) for record in context.data.of(Visit)]
    days += [earliest(record.form.started_at) for record in context.data.of(Infusion)]
    days += [earliest(record.form.collected_on) for record in context.data.of(LabResult)]
    return max((day for day in days if day is not None), default=None)
