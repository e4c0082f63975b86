"""Checks of laboratory results: unit, limits of the analyte, date, and the results beside it."""

from __future__ import annotations

from datetime import timedelta

from lnmonitor.clinical.criteria import above
from lnmonitor.errors import InputError
from lnmonitor.study.analytes import Analyte, analyte, convert
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.checks.items import sentence_hard, sentence_soft
from lnmonitor.study.codelists import codelist
from lnmonitor.study.dates import earliest, exact
from lnmonitor.study.forms import LabResult

DAYS_AROUND_VISIT = 7
_READ_TOGETHER = ("WBC", "NEUT", "LYMPH", "U24P", "UPCR", "ALB")
JUMP = 0.5
"""A creatinine that changed by more than half is measured again."""


def check_laboratory(context: Context[LabResult], report: Reporter) -> None:
    """Check one result."""
    form = context.form
    if form.analyte is None or codelist("ANALYTE").get(form.analyte) is None:
        return
    entry = analyte(form.analyte)
    _check_result(context, report, entry)
    low, high = form.range_low, form.range_high
    if low is not None and high is not None and low > high:
        report.refuse(
            "range_low",
            "lb.range",
            "The lower limit {low} is above the upper limit {high}. Correct one of them.",
            low=low,
            high=high,
        )
    canonical = _check_unit_and_limits(context, report, entry)
    _check_collected(context, report)
    _check_duplicate(context, report, entry)
    if canonical is not None:
        _check_beside(context, report, entry.code, canonical)


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


def _check_unit_and_limits(
    context: Context[LabResult], report: Reporter, entry: Analyte
) -> float | None:
    """Return the value in the canonical unit, None where there is none to go on with."""
    form = context.form
    if form.value is None:
        return None
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
        return None
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
            return None
        report.ask("value", "lb.soft", sentence_soft(below), limit=limit, **facts)
        break
    return canonical


def _other_unit(entry: Analyte, value: float) -> str:
    """Return a unit in which the number would be usual, empty if there is none."""
    low, high = entry.soft
    for unit, conversion in entry.units.items():
        canonical = conversion.apply(value)
        if (low is None or canonical >= low) and (high is None or canonical <= high):
            return unit
    return ""


def _check_collected(context: Context[LabResult], report: Reporter) -> None:
    collected = exact(context.form.collected_on)
    visit_day = exact(context.visit.form.visit_date) if context.visit else None
    if collected is None or visit_day is None:
        return
    if abs(collected - visit_day) > timedelta(days=DAYS_AROUND_VISIT):
        report.ask(
            "collected_on",
            "lb.window",
            "Collected on {collected}, {days} days from the visit on {visit}. Does it belong to "
            "this visit?",
            collected=collected,
            days=abs((collected - visit_day).days),
            visit=visit_day,
        )


def _check_duplicate(context: Context[LabResult], report: Reporter, entry: Analyte) -> None:
    form = context.form
    if not form.collected_on:
        return
    for record in context.others(LabResult):
        other = record.form
        if other.analyte != form.analyte or other.collected_on != form.collected_on:
            continue
        if (other.unit, other.method) != (form.unit, form.method):
            continue
        report.ask(
            "value",
            "lb.duplicate",
            "{analyte} of {collected} is recorded already: {value} {unit}. Is this a second "
            "result?",
            analyte=entry.name,
            collected=form.collected_on,
            value=other.value if other.value is not None else (other.text or "ND"),
            unit=other.unit or "",
        )
        return


def _check_beside(
    context: Context[LabResult], report: Reporter, code: str, canonical: float
) -> None:
    if code == "CREAT":
        _check_jump(context, report, canonical)
    if code not in _READ_TOGETHER:
        return
    beside = _at_same_visit(context)
    if code in ("WBC", "NEUT", "LYMPH"):
        cells = {**beside, code: canonical}
        parts = cells.get("NEUT", 0) + cells.get("LYMPH", 0)
        if "WBC" in cells and above(parts, cells["WBC"] * 1.05):
            report.ask(
                "value",
                "lb.differential",
                "Neutrophils and lymphocytes add up to {parts}, white cells are {wbc}. Check all "
                "three.",
                parts=parts,
                wbc=cells["WBC"],
            )
    if code in ("U24P", "UPCR"):
        both = {**beside, code: canonical}
        _check_collection(report, both)
    if code in ("U24P", "ALB"):
        both = {**beside, code: canonical}
        if both.get("ALB", 99) < 25 and both.get("U24P", 99) < 1:
            report.inform(
                "value",
                "lb.albumin_protein",
                "Albumin {albumin} g/L with 24-h protein {protein} g is unusual. Check both.",
                albumin=both["ALB"],
                protein=both["U24P"],
            )


def _check_collection(report: Reporter, values: dict[str, float]) -> None:
    protein, ratio = values.get("U24P"), values.get("UPCR")
    if not protein or not ratio:
        return
    if not 0.5 <= protein / ratio <= 2:
        report.inform(
            "value",
            "lb.collection",
            "24-h protein {protein} g and protein/creatinine {ratio} g/g disagree. Was the "
            "collection complete?",
            protein=protein,
            ratio=ratio,
        )


def _check_jump(context: Context[LabResult], report: Reporter, canonical: float) -> None:
    collected = earliest(context.form.collected_on)
    if collected is None:
        return
    earlier: list[tuple[str, float]] = []
    for record in context.others(LabResult):
        other = record.form
        day = earliest(other.collected_on)
        if other.analyte == "CREAT" and other.canonical_value and day and day < collected:
            earlier.append((day.isoformat(), other.canonical_value))
    if not earlier:
        return
    day_text, previous = max(earlier)
    if above(abs(canonical / previous - 1), JUMP):
        report.ask(
            "value",
            "lb.jump",
            "Is creatinine {value} µmol/L right? It was {previous} on {day}.",
            value=canonical,
            previous=previous,
            day=day_text,
        )


def _at_same_visit(context: Context[LabResult]) -> dict[str, float]:
    """Return the canonical values of the other results of this collection day and visit."""
    found: dict[str, float] = {}
    visit_id = context.visit.id if context.visit else None
    for record in context.others(LabResult):
        other = record.form
        together = record.visit_id == visit_id and other.collected_on == context.form.collected_on
        if together and other.analyte and other.canonical_value is not None:
            found[other.analyte] = other.canonical_value
    return found
