"""Checks of one laboratory result: unit and limits of its analyte, recorded once only."""

from __future__ import annotations

from lnmonitor.errors import InputError
from lnmonitor.study.analytes import ANALYTES, Analyte, convert
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.checks.items import sentence_hard, sentence_soft
from lnmonitor.study.codelists import codelist
from lnmonitor.study.forms import LabResult


def check_laboratory(context: Context[LabResult], report: Reporter) -> None:
    """Check one result."""
    form = context.form
    entry = ANALYTES.get(form.analyte or "")
    if entry is None:
        return
    _check_result(context, report, entry)
    _check_unit_and_limits(context, report, entry)
    _check_duplicate(context, report, entry)


def _check_result(context: Context[LabResult], report: Reporter, entry: Analyte) -> None:
    form = context.form
    has_result = form.value is not None or bool(form.text)
    if not has_result and not context.missing:
        report.refuse(
            "value",
            "lb.empty",
            "{analyte} has no result. Enter it, or mark it as not done.",
            analyte=entry.name,
        )
    if form.operator and form.value is None:
        report.refuse(
            "operator",
            "lb.operator",
            "{analyte}: the sign {operator} needs a number after it.",
            analyte=entry.name,
            operator=form.operator,
        )
    if entry.codes and form.text and codelist(entry.codes).get(form.text) is None:
        report.refuse(
            "text",
            "lb.code",
            "{analyte}: {value} is not in the list. Choose one of: {codes}.",
            analyte=entry.name,
            value=form.text,
            codes=", ".join(codelist(entry.codes).codes),
        )
    if entry.allowed and form.value is not None and form.value not in entry.allowed:
        report.refuse(
            "value",
            "lb.allowed",
            "{analyte}: {value} is not a level. Choose one of: {codes}.",
            analyte=entry.name,
            value=form.value,
            codes=", ".join(f"{level:g}" for level in entry.allowed),
        )


def _check_unit_and_limits(context: Context[LabResult], report: Reporter, entry: Analyte) -> None:
    form = context.form
    if form.value is None:
        return
    try:
        canonical = convert(entry.code, form.value, form.unit)
    except InputError:
        report.refuse(
            "unit",
            "lb.unit",
            "{analyte} is not reported in {unit}. Choose one of: {units}.",
            analyte=entry.name,
            unit=form.unit or "",
            units=", ".join(unit for unit in entry.all_units if unit),
        )
        return
    for level, (low, high) in (("hard", entry.hard), ("soft", entry.soft)):
        below = low is not None and canonical < low
        if not below and not (high is not None and canonical > high):
            continue
        other = _other_unit(entry, form.value)
        facts = {"item": entry.name, "value": canonical, "unit": entry.unit}
        limit = low if below else high
        if level == "hard":
            sentence = sentence_hard(below)
            if other:
                sentence = (
                    "{item} {value} {unit} is not possible. Is the unit {other}? Correct the unit."
                )
            report.refuse("value", "lb.hard", sentence, limit=limit, other=other, **facts)
        else:
            report.ask("value", "lb.soft", sentence_soft(below), limit=limit, **facts)
        return


def _other_unit(entry: Analyte, value: float) -> str:
    """Return a unit in which the number would be usual, empty if there is none."""
    low, high = entry.soft
    for unit, conversion in entry.units.items():
        canonical = conversion.apply(value)
        if (low is None or canonical >= low) and (high is None or canonical <= high):
            return unit
    return ""


def _check_duplicate(context: Context[LabResult], report: Reporter, entry: Analyte) -> None:
    form = context.form
    collected = form.collected_on
    if not collected:
        return
    for record in context.others(LabResult):
        other = record.form
        if other.analyte != entry.code or other.collected_on != collected:
            continue
        if (other.unit, other.method) != (form.unit, form.method):
            continue
        report.ask(
            "value",
            "lb.duplicate",
            "{analyte} of {collected} is recorded already: {value} {unit}. Is this a second "
            "result?",
            analyte=entry.name,
            collected=collected,
            value=other.value if other.value is not None else (other.text or "ND"),
            unit=other.unit or "",
        )
        return
