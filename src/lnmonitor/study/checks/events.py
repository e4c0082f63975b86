"""Checks of adverse events and disposition: seriousness and death agree."""

from __future__ import annotations

from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.checks.visits import latest_contact
from lnmonitor.study.dates import latest
from lnmonitor.study.forms import AdverseEvent, Disposition

_CRITERIA = (
    "death",
    "life_threatening",
    "hospitalised",
    "disability",
    "congenital",
    "medically_important",
)


def check_adverse_event(context: Context[AdverseEvent], report: Reporter) -> None:
    """Check one adverse event."""
    _check_ongoing(context.form, report)
    _check_seriousness(context.form, report)
    _check_death(context.form, report)


def _check_ongoing(form: AdverseEvent, report: Reporter) -> None:
    if form.ongoing == "Y" and form.stop:
        report.refuse(
            "ongoing",
            "ae.ongoing",
            "The event is marked as ongoing and has an end, {stop}. Keep one of them.",
            stop=form.stop,
        )


def _check_seriousness(form: AdverseEvent, report: Reporter) -> None:
    met = [name for name in _CRITERIA if form.get(name) == "Y"]
    if form.serious == "N" and met:
        report.refuse(
            "serious",
            "ae.not_serious",
            "Marked as not serious, but {criterion} is yes. Correct one of them.",
            criterion=form.items()[met[0]].item.label,
        )
    if form.serious != "Y":
        return
    if not met:
        report.ask("serious", "ae.criterion", "Marked as serious. Say which criterion is met.")
    if form.hospitalised == "Y" and not form.admitted_on:
        report.inform("admitted_on", "ae.admitted", "Enter the day of admission.")
    for name in ("narrative", "expected"):
        if not form.get(name):
            report.inform(
                name,
                "ae.serious_needs",
                "A serious event needs: {item}.",
                item=form.items()[name].item.label,
            )


def _check_death(form: AdverseEvent, report: Reporter) -> None:
    fatal = {
        "outcome": form.outcome == "FATAL" if form.outcome else None,
        "grade": form.grade == 5 if form.grade is not None else None,
        "death": form.death == "Y" if form.death else None,
    }
    known = {name: value for name, value in fatal.items() if value is not None}
    if True in known.values() and False in known.values():
        names = [name for name, value in known.items() if not value]
        report.refuse(
            names[0],
            "ae.fatal",
            "Outcome fatal, grade 5 and the criterion death belong together. Correct {item}.",
            item=form.items()[names[0]].item.label,
        )


def check_disposition(context: Context[Disposition], report: Reporter) -> None:
    """Check a death: nothing recorded after it, and its cause."""
    form = context.form
    on = latest(form.occurred_on)
    if form.status == "DEATH":
        last = latest_contact(context)
        if on is not None and last is not None and last > on:
            report.refuse(
                "occurred_on",
                "ds.death",
                "Data of {last} are recorded, after the death on {on}. Correct one of the two "
                "dates.",
                last=last,
                on=form.occurred_on or "",
            )
        if not form.cause_of_death and "cause_of_death" not in context.missing:
            report.inform("cause_of_death", "ds.cause", "Enter the cause of death.")
