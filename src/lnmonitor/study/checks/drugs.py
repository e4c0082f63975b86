"""Checks of glucocorticoids and other drugs: overlaps, doses a day, methotrexate never daily."""

from __future__ import annotations

from typing import Any

from lnmonitor.clinical.criteria import above
from lnmonitor.clinical.drugs import (
    HCQ_MG_KG_DAY,
    DoseLimit,
    hydroxychloroquine_mg_kg,
    judge_dose,
    too_often,
)
from lnmonitor.resources import read_toml
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.checks.items import sentence_hard, sentence_soft
from lnmonitor.study.codelists import codelist
from lnmonitor.study.dates import earliest, latest
from lnmonitor.study.forms import Glucocorticoid, Immunosuppressant, VitalSigns

PER_DAY = {"QD": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0, "QOD": 0.5, "QW": 1 / 7, "Q2W": 1 / 14}
"""Doses a day by frequency; a frequency that is not here is not turned into a daily dose."""


def check_glucocorticoid(context: Context[Glucocorticoid], report: Reporter) -> None:
    """Ask about two intervals of one oral glucocorticoid on the same days."""
    form = context.form
    if form.route not in ("ORAL", None) or form.start is None:
        return
    for record in context.others(Glucocorticoid):
        other = record.form
        if other.route != "ORAL" or other.drug != form.drug or other.start is None:
            continue
        if _overlap(form, other):
            report.ask(
                "start",
                "cmg.overlap",
                "{drug} from {start} overlaps with the dose from {other}. Were both taken?",
                drug=_drug_name("GCDRUG", form.drug),
                start=form.start,
                other=other.start,
            )
            return


def check_immunosuppressant(context: Context[Immunosuppressant], report: Reporter) -> None:
    """Check one interval of another drug."""
    form = context.form
    if form.drug == "OTHER" and not form.drug_text:
        report.inform("drug_text", "cmi.which", "Say which drug it is.")
    if too_often(form.drug or "", PER_DAY.get(form.frequency or "")):
        report.refuse(
            "frequency",
            "cmi.mtx_daily",
            "Methotrexate is given once a week, not {frequency}. Correct the frequency.",
            frequency=codelist("FREQ").get(form.frequency).text,  # type: ignore[union-attr]
        )
        return
    _check_dose(form, report)
    if form.drug == "HCQ":
        _check_hydroxychloroquine(context, report)


def _overlap(form: Glucocorticoid, other: Glucocorticoid) -> bool:
    """Whether two intervals certainly share more than a day of change."""
    start, stop = latest(form.start), earliest(form.stop)
    other_start, other_stop = latest(other.start), earliest(other.stop)
    if start is None or other_start is None:
        return False
    begins = max(start, other_start)
    ends = min((day for day in (stop, other_stop) if day is not None), default=None)
    return ends is None or begins < ends


def _check_dose(form: Immunosuppressant, report: Reporter) -> None:
    row: dict[str, Any] | None = read_toml("codelists", "drugs.toml").get(form.drug or "")
    if row is None or form.dose is None or form.dose < 0:
        return
    limit = DoseLimit(**row)
    judged = judge_dose(form.dose, form.dose_unit or "", PER_DAY.get(form.frequency or ""), limit)
    if judged is None or judged.level is None:
        return
    facts = {
        "item": _drug_name("ISDRUG", form.drug),
        "value": round(judged.total, 3),
        "unit": f"{limit.unit}/{limit.per}",
        "limit": limit.hard if judged.level == "hard" else limit.soft,
    }
    if judged.level == "hard":
        report.refuse("dose", "cmi.hard", sentence_hard(below=False), **facts)
    else:
        report.ask("dose", "cmi.soft", sentence_soft(below=False), **facts)


def _check_hydroxychloroquine(context: Context[Immunosuppressant], report: Reporter) -> None:
    form = context.form
    per_day = PER_DAY.get(form.frequency or "")
    weights = [record.form.weight_kg for record in context.others(VitalSigns)]
    weight = next((kg for kg in reversed(weights) if kg), None)
    if not form.dose or form.dose < 0 or per_day is None or weight is None:
        return
    if form.dose_unit != "mg":
        return
    per_kg = hydroxychloroquine_mg_kg(form.dose, per_day, weight)
    if above(per_kg, HCQ_MG_KG_DAY):
        report.inform(
            "dose",
            "cmi.hcq_weight",
            "Hydroxychloroquine {dose} mg/kg a day; the usual limit is {limit} mg/kg of real "
            "weight.",
            dose=round(per_kg, 2),
            limit=HCQ_MG_KG_DAY,
        )


def _drug_name(list_id: str, code: str | None) -> object:
    entry = codelist(list_id).get(code)
    return entry.text if entry else str(code)
