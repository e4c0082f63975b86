"""Checks of the score forms: what SLEDAI-2K, BILAG-2004 and the laboratory of a visit say together.

That a SLEDAI item and the laboratory disagree is a flag of the analysis, which knows the proposals.
"""

from __future__ import annotations

from typing import TypeVar

from lnmonitor.clinical.sledai import WINDOWS_DAYS
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.forms import Bilag2004, LabResult, Sledai2K
from lnmonitor.study.items import Form

_SEDIMENT = ("casts", "haematuria", "pyuria")
_NEPHROTIC = (("U24P", 3.5), ("UPCR", 350 / 113.12))
"""Lowest protein of a nephrotic syndrome, g/24 h; BILAG prints 350 mg/mmol, here in g/g."""
F = TypeVar("F", bound=Form)


def check_sledai(context: Context[Sledai2K], report: Reporter) -> None:
    """Check the window, and the sediment against the BILAG form of the visit."""
    form = context.form
    if form.window_days is not None and form.window_days not in WINDOWS_DAYS:
        report.refuse(
            "window_days",
            "sledai.window",
            "SLEDAI-2K looks back 10 or 30 days, not {days}. Enter one of them.",
            days=form.window_days,
        )
    other = _beside(context, Bilag2004)
    if other is not None:
        _check_sediment(form, other, report, "haematuria")


def check_bilag(context: Context[Bilag2004], report: Reporter) -> None:
    """Check nephrotic syndrome against the protein, the sediment against the SLEDAI-2K form."""
    form = context.form
    if form.nephrotic_syndrome == "Y":
        _check_nephrotic(context, report)
    other = _beside(context, Sledai2K)
    if other is not None:
        _check_sediment(other, form, report, "active_sediment")


def _beside(context: Context[Form], form: type[F]) -> F | None:
    """Return the other form of the same visit."""
    visit_id = context.visit.id if context.visit else None
    if visit_id is None:
        return None
    return next((r.form for r in context.others(form) if r.visit_id == visit_id), None)


def _check_nephrotic(context: Context[Bilag2004], report: Reporter) -> None:
    visit_id = context.visit.id if context.visit else None
    values = {
        record.form.analyte: record.form.canonical_value
        for record in context.others(LabResult)
        if visit_id is not None and record.visit_id == visit_id
    }
    known = [(value, least) for code, least in _NEPHROTIC if (value := values.get(code))]
    if known and all(value < least for value, least in known):
        report.inform(
            "nephrotic_syndrome",
            "bilag.nephrotic",
            "Nephrotic syndrome is ticked, urine protein is {protein} g. Check both.",
            protein=known[0][0],
        )


def _check_sediment(sledai: Sledai2K, bilag: Bilag2004, report: Reporter, item: str) -> None:
    answers = [sledai.get(code) for code in _SEDIMENT]
    by_bilag = bilag.active_sediment
    if (by_bilag == "Y" and answers == ["N"] * 3) or (by_bilag == "N" and "Y" in answers):
        report.inform(
            item,
            "sledai.bilag_sediment",
            "SLEDAI-2K and BILAG-2004 disagree on the urinary sediment. Check both.",
        )
