"""Checks of visits, vital signs and what happens around consent and death."""

from __future__ import annotations

from datetime import date, timedelta

from lnmonitor.clinical.criteria import above
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.dates import earliest, exact, latest
from lnmonitor.study.forms import Infusion, LabResult, Visit, VitalSigns
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import PlannedVisit
from lnmonitor.study.schedule import day0, death_date

WEIGHT_CHANGE = 0.1
_EVENT_DATE = {
    "SV": "visit_date",
    "EX": "started_at",
    "LB": "collected_on",
    "VS": "measured_at",
    "AE": "start",
    "CMG": "start",
    "CMI": "start",
    "PR": "start",
}
"""The date of a form that cannot lie after death."""


def check_death(context: Context[Form], report: Reporter) -> None:
    """Nothing is recorded of a day after death."""
    name = _EVENT_DATE.get(context.form.code)
    died = death_date(context.data) if context.data else None
    if name is None or died is None:
        return
    first, last = earliest(str(context.form.get(name) or "")), latest(died)
    if first is not None and last is not None and first > last:
        report.refuse(
            name,
            "death.after",
            "{day} lies after the death on {died}. Correct one of the two dates.",
            day=first,
            died=died,
        )


def check_visit(context: Context[Visit], report: Reporter) -> None:
    """Check a visit: known code, once only, after consent, inside its window."""
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
    _check_consent(context, report, on)
    _check_once(context, report, planned)
    if form.status == "MISSED":
        _check_missed(report, planned)
        return
    _check_window(context, report, planned, on)


def _check_consent(context: Context[Visit], report: Reporter, on: date) -> None:
    consent = context.consent
    if consent is not None and on < consent:
        report.refuse(
            "visit_date",
            "sv.consent",
            "The visit on {on} is before consent was signed on {consent}. Correct one of the two "
            "dates.",
            on=on,
            consent=consent,
        )
    elif consent is None and context.data is not None:
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


def check_vital_signs(context: Context[VitalSigns], report: Reporter) -> None:
    """Check one set of vital signs: pressures in order, weight near the last one."""
    form = context.form
    if form.systolic is not None and form.diastolic is not None and form.diastolic >= form.systolic:
        report.refuse(
            "diastolic",
            "vs.pressure",
            "Diastolic pressure {diastolic} mmHg is not below systolic {systolic} mmHg. Correct "
            "one of them.",
            diastolic=form.diastolic,
            systolic=form.systolic,
        )
    _check_weight(context, report)


def _check_weight(context: Context[VitalSigns], report: Reporter) -> None:
    weight, measured = context.form.weight_kg, earliest(context.form.measured_at)
    if weight is None or measured is None:
        return
    weighed = [
        (record.form.measured_at, record.form.weight_kg)
        for record in context.others(VitalSigns)
        if record.form.weight_kg and (earliest(record.form.measured_at) or measured) < measured
    ]
    if not weighed:
        return
    when, previous = max((str(at), kg or 0.0) for at, kg in weighed)
    if above(abs(weight / previous - 1), WEIGHT_CHANGE):
        report.ask(
            "weight_kg",
            "vs.weight",
            "Is weight {weight} kg right? It was {previous} kg on {day}.",
            weight=weight,
            previous=previous,
            day=when[:10],
        )


def latest_contact(context: Context[Form]) -> date | None:
    """Return the latest day of which anything was recorded in clinic, None without data."""
    if context.data is None:
        return None
    days = [earliest(record.form.visit_date) for record in context.data.of(Visit)]
    days += [earliest(record.form.started_at) for record in context.data.of(Infusion)]
    days += [earliest(record.form.collected_on) for record in context.data.of(LabResult)]
    return max((day for day in days if day is not None), default=None)
