"""Checks of an infusion: order of events, dose against the protocol, and the product's arithmetic.

The arithmetic is `lnmonitor.clinical.infusion`; here each of its reasons that failed gets its
words. What departs from the protocol but was done is asked about and becomes a deviation: the truth
is never refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.clinical.results import Reason, Truth
from lnmonitor.study.checks.finding import Context, Reporter, Severity
from lnmonitor.study.dose import MILLION, check_dose
from lnmonitor.study.forms import Eligibility, Infusion


class _Words(NamedTuple):
    """How a failed reason of the arithmetic is told; placeholders are items, value and limit."""

    item: str
    check_id: str
    level: Literal["refuse", "ask", "MINOR", "MAJOR"]
    sentence: str
    category: str = "PRODUCT"


_ORDER = "infusion.stop_after_start"
_WORDS: Mapping[str, _Words] = {
    _ORDER: _Words(
        "stopped_at",
        "ex.order",
        "refuse",
        "The infusion stopped at {stopped_at}, not after its start at {started_at}. Correct one of "
        "them.",
    ),
    "infusion.interruption": _Words(
        "interrupted_min",
        "ex.interrupted",
        "refuse",
        "Interrupted for {value} min of {limit} min. Correct one of them.",
    ),
    "infusion.elapsed_low": _Words(
        "stopped_at",
        "ex.duration",
        "ask",
        "Is {value} min from start to stop right? Usual are at least {limit} min.",
    ),
    "infusion.elapsed_high": _Words(
        "stopped_at",
        "ex.duration",
        "ask",
        "Is {value} min from start to stop right? Usual are at most {limit} min.",
    ),
    "infusion.viability_minimum": _Words(
        "viability_percent",
        "ex.viability",
        "MAJOR",
        "Viability {value} % is below the release limit of {limit} %. Say why it was given; a "
        "deviation will be recorded.",
    ),
    "infusion.passage_maximum": _Words(
        "passage",
        "ex.passage",
        "MINOR",
        "Passage {value} is above the limit of {limit}. Say why it was given; a deviation will be "
        "recorded.",
    ),
    "infusion.before_expiry": _Words(
        "expiry",
        "ex.expiry",
        "MAJOR",
        "The product expired at {expiry}, before the infusion ended. Say why it was given; a "
        "deviation will be recorded.",
    ),
    "infusion.weight_recent": _Words(
        "weight_date",
        "ex.weight_age",
        "MINOR",
        "The weight is {value} days old, the limit is {limit} days. Say why; a deviation will be "
        "recorded.",
        "DOSE",
    ),
    "infusion.viable_cells": _Words(
        "total_cells",
        "ex.viable",
        "ask",
        "Total cells {total_cells} ×10⁶ at {viability_percent} % viability make {limit} ×10⁶, not "
        "{value} ×10⁶. Check the three.",
    ),
    "infusion.total_cells": _Words(
        "concentration",
        "ex.concentration",
        "ask",
        "{concentration} ×10⁶/mL in {volume_ml} mL make {limit} ×10⁶, not {value} ×10⁶. Check the "
        "three.",
    ),
    "infusion.rate": _Words(
        "rate_ml_per_h",
        "ex.rate",
        "ask",
        "{volume_ml} mL in this time are {limit} mL/h, not {value} mL/h. Check volume, times and "
        "rate.",
    ),
    "infusion.dmso": _Words(
        "dmso_percent",
        "ex.dmso",
        "ask",
        "Is DMSO {value} g/kg right? Expected at most {limit} g/kg.",
    ),
    "infusion.volume": _Words(
        "volume_ml",
        "ex.volume",
        "ask",
        "Is {value} mL/kg right? Expected at most {limit} mL/kg.",
    ),
}
"""Reasons that are absent here have their own soft limit in the form."""

_DOSE_MINOR = (
    "{dose} ×10⁶/kg differs by {percent} % from the planned {planned} ×10⁶/kg ({cells} ×10⁶ "
    "cells): a minor deviation. Say why, or correct cells or weight."
)
_DOSE_MAJOR = (
    "{dose} ×10⁶/kg differs by {percent} % from the planned {planned} ×10⁶/kg ({cells} ×10⁶ "
    "cells): a major deviation. Say why, or correct cells or weight."
)


def check_infusion(context: Context[Infusion], report: Reporter) -> None:
    """Check one infusion."""
    _check_number(context, report)
    try:
        result = check_dose(context.form, context.protocol)
    except InvalidInput as error:
        report.refuse(
            None,
            "ex.impossible",
            "The infusion cannot be computed: {problem}. Correct it.",
            problem=str(error),
        )
        return
    _check_dose(context, result, report)
    failed = [reason for reason in result.reasons if reason.met is Truth.NO]
    if any(reason.code == _ORDER for reason in failed):
        failed = [reason for reason in failed if reason.code == _ORDER]
    for reason in failed:
        _tell(context.form, reason, report)
    _check_release(context, report)
    if context.form.reaction == "Y" and not context.form.reaction_text:
        report.inform("reaction_text", "ex.reaction", "Say which reaction it was.")


def _tell(form: Infusion, reason: Reason, report: Reporter) -> None:
    words = _WORDS.get(reason.code)
    if words is None:
        return
    shown: dict[str, object] = {name: form.get(name) for name in form.items()}
    shown |= {name: _rounded(reason, name) for name in ("value", "limit")}
    if words.level == "refuse":
        report.refuse(words.item, words.check_id, words.sentence, **shown)
    elif words.level == "ask":
        report.ask(words.item, words.check_id, words.sentence, **shown)
    else:
        report.deviate(
            words.item, words.check_id, words.level, words.category, words.sentence, **shown
        )


def _rounded(reason: Reason, name: str) -> object:
    number = reason.values.get(name)
    if not isinstance(number, int | float):
        return number
    return round(number / MILLION if reason.values.get("unit") == "cells" else number, 2)


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


def _check_dose(context: Context[Infusion], result: InfusionCheck, report: Reporter) -> None:
    if result.deviation_class not in ("minor", "major"):
        return
    major = result.deviation_class == "major"
    severity: Severity = "MAJOR" if major else "MINOR"
    report.deviate(
        "viable_cells",
        "ex.dose",
        severity,
        "DOSE",
        _DOSE_MAJOR if major else _DOSE_MINOR,
        dose=round((result.given_dose_per_kg or 0) / MILLION, 3),
        percent=f"{result.deviation_percent:+.1f}",
        planned=context.protocol.dose_per_kg,
        cells=round((result.planned_cells or 0) / MILLION, 2),
    )


def _check_release(context: Context[Infusion], report: Reporter) -> None:
    if context.form.sterility == "POSITIVE":
        report.deviate(
            "sterility",
            "ex.sterility",
            "MAJOR",
            "PRODUCT",
            "The product's culture is positive. Say what was done; a deviation will be recorded.",
        )
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
