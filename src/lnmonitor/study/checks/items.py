"""Checks that every item's own definition asks for: type, code, date, limits, presence."""

from __future__ import annotations

import math

from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.codelists import codelist
from lnmonitor.study.dates import DateError, earliest, instant, parse_partial
from lnmonitor.study.items import Form, ItemField, Kind, Missing

_KEYS = {
    "SV": ("visit_code", "visit_date", "status"),
    "EX": ("weight_kg", "viable_cells", "started_at"),
    "LB": ("analyte",),
    "CMG": ("drug", "dose_mg", "start"),
    "CMI": ("drug", "start"),
    "PR": ("kind", "start"),
    "AE": ("term",),
    "DV": ("description",),
    "DS": ("status",),
}
"""Without these a record says nothing that could be used; a missing-value reason does not help."""
_NEEDED_OR_REASON = {"DM": ("consent_date",)}


def check_items(context: Context[Form], report: Reporter) -> None:
    """Check each item by its definition."""
    for name, field in context.form.items().items():
        value = context.form.get(name)
        reason = context.missing.get(name)
        if reason is not None:
            _check_reason(report, field, value, reason)
        if value is None or value == "":
            _check_presence(context, report, field, reason)
        else:
            _check_value(context, report, field, value)


def _check_reason(report: Reporter, field: ItemField, value: object, reason: str) -> None:
    label = field.item.label
    if reason not in {known.value for known in Missing}:
        report.refuse(
            field.name,
            "item.reason",
            "{item}: {reason} is no reason for a missing value. Take ND, UNK or NA.",
            item=label,
            reason=reason,
        )
    elif value is not None:
        report.refuse(
            field.name,
            "item.value_and_reason",
            "{item} has a value and a reason why it is missing. Keep one of them.",
            item=label,
        )


def _check_presence(
    context: Context[Form], report: Reporter, field: ItemField, reason: str | None
) -> None:
    code = context.form.code
    key = field.name in _KEYS.get(code, ())
    needed = field.name in _NEEDED_OR_REASON.get(code, ()) and reason is None
    if key or needed:
        report.refuse(
            field.name,
            "item.needed",
            "{item} is empty. The record cannot be kept without it.",
            item=field.item.label,
        )
    elif field.item.required and reason is None:
        report.inform(
            field.name,
            "item.required",
            "{item} is empty. Enter it, or say why it is missing.",
            item=field.item.label,
        )


def _check_value(
    context: Context[Form], report: Reporter, field: ItemField, value: str | float
) -> None:
    if not _right_type(field, value):
        report.refuse(
            field.name,
            "item.type",
            "{item}: {value} is not a number. Enter digits with a decimal point.",
            item=field.item.label,
            value=str(value),
        )
    elif field.kind is Kind.CODE:
        _check_code(report, field, value)
    elif field.kind in (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME):
        _check_date(context, report, field, str(value))
    if isinstance(value, int | float) and math.isfinite(value):
        _check_limits(report, field, value)


def _right_type(field: ItemField, value: str | float) -> bool:
    if field.python_type is str:
        return isinstance(value, str)
    if isinstance(value, str | bool) or not math.isfinite(value):
        return False
    return field.python_type is float or float(value).is_integer()


def _check_code(report: Reporter, field: ItemField, value: str | float) -> None:
    codes = codelist(field.item.codes or "")
    if codes.get(value) is None:
        report.refuse(
            field.name,
            "item.code",
            "{item}: {value} is not in the list. Choose one of: {codes}.",
            item=field.item.label,
            value=str(value),
            codes=", ".join(codes.codes[:12]) + (" ..." if len(codes.codes) > 12 else ""),
        )


def _check_date(context: Context[Form], report: Reporter, field: ItemField, value: str) -> None:
    label = field.item.label
    try:
        if field.kind is Kind.DATETIME:
            instant(value)
        complete = parse_partial(value).complete
    except DateError:
        report.refuse(
            field.name,
            "item.date",
            "{item}: {value} is not a date. Enter it as 2024-07-03.",
            item=label,
            value=value,
        )
        return
    if not complete and field.kind is Kind.DATE:
        report.refuse(
            field.name,
            "item.date_partial",
            "{item}: {value} does not say the day. This date must be complete.",
            item=label,
            value=value,
        )
    first = earliest(value)
    planned = context.form.code == "EX" and field.name == "expiry"
    if context.today is not None and first is not None and first > context.today and not planned:
        report.refuse(
            field.name,
            "item.future",
            "{item}: {value} lies in the future. Today is {today}.",
            item=label,
            value=value,
            today=context.today,
        )


def _check_limits(report: Reporter, field: ItemField, value: float) -> None:
    limits = (field.item.hard, field.item.soft)
    for level, pair in zip(("hard", "soft"), limits, strict=True):
        low, high = pair or (None, None)
        below = low is not None and value < low
        if not below and not (high is not None and value > high):
            continue
        facts = {"item": field.item.label, "value": value, "unit": field.item.unit}
        limit = low if below else high
        if level == "hard":
            report.refuse(field.name, "item.hard", sentence_hard(below), limit=limit, **facts)
        else:
            report.ask(field.name, "item.soft", sentence_soft(below), limit=limit, **facts)
        return


def sentence_hard(below: bool) -> str:
    """Return the sentence for a value that no patient can have."""
    if below:
        return "{item} {value} {unit} is not possible: the lowest is {limit} {unit}. Correct it."
    return "{item} {value} {unit} is not possible: the highest is {limit} {unit}. Correct it."


def sentence_soft(below: bool) -> str:
    """Return the sentence for a value that is rare."""
    if below:
        return (
            "Is {item} {value} {unit} right? Expected at least {limit} {unit}. Say why, or correct "
            "it."
        )
    return (
        "Is {item} {value} {unit} right? Expected at most {limit} {unit}. Say why, or correct it."
    )
