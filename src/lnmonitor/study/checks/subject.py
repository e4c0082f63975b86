"""Checks of demographics, history and eligibility."""

from __future__ import annotations

from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.dates import Order, compare, earliest, latest, years_between
from lnmonitor.study.forms import Demographics, DiseaseHistory, Eligibility

_MUST_BE_YES = ("active_disease", "active_nephritis")
_MUST_BE_NO = ("infection", "organ_failure", "pregnancy", "malignancy", "dialysis", "viral")


def check_demographics(context: Context[Demographics], report: Reporter) -> None:
    """Check that birth, age and consent agree, and questions that men are not asked."""
    form = context.form
    born, consent = form.birth_date, form.consent_date
    if born and consent and compare(born, consent) is Order.AFTER:
        report.refuse(
            "birth_date",
            "dm.birth",
            "The date of birth {born} is after consent on {consent}. Correct one of the two dates.",
            born=born,
            consent=consent,
        )
    elif born and consent and form.age_at_consent is not None:
        _check_age(form, report)
    if form.sex == "M" and form.childbearing == "Y":
        report.refuse(
            "childbearing",
            "dm.childbearing",
            "A man is not of childbearing potential. Correct sex, or answer No.",
        )


def _check_age(form: Demographics, report: Reporter) -> None:
    first, last = earliest(form.birth_date), latest(form.birth_date)
    signed_first, signed_last = earliest(form.consent_date), latest(form.consent_date)
    if None in (first, last, signed_first, signed_last) or form.age_at_consent is None:
        return
    assert first and last and signed_first and signed_last  # noqa: S101, PT018 - tested above
    youngest, oldest = years_between(last, signed_first), years_between(first, signed_last)
    if not youngest <= int(form.age_at_consent) <= oldest:
        report.ask(
            "age_at_consent",
            "dm.age",
            "Age {age} does not fit the date of birth {born}, which gives {expected}. Check both.",
            age=form.age_at_consent,
            born=form.birth_date or "",
            expected=str(oldest) if youngest == oldest else f"{youngest}-{oldest}",
        )


def check_history(context: Context[DiseaseHistory], report: Reporter) -> None:
    """Check that birth, lupus and nephritis follow one another."""
    form = context.form
    lupus, nephritis = form.sle_diagnosed, form.ln_diagnosed
    if lupus and nephritis and compare(nephritis, lupus) is Order.BEFORE:
        report.ask(
            "ln_diagnosed",
            "mh.order",
            "Nephritis in {ln} is before lupus in {sle}. Check both.",
            ln=nephritis,
            sle=lupus,
        )
    born = context.demographics.birth_date if context.demographics else None
    for name in ("sle_diagnosed", "ln_diagnosed", "biopsy_date"):
        value = form.get(name)
        if born and isinstance(value, str) and compare(value, born) is Order.BEFORE:
            report.refuse(
                name,
                "mh.birth",
                "{item} {value} is before the date of birth {born}. Correct one of the two dates.",
                item=form.items()[name].item.label,
                value=value,
                born=born,
            )


def check_eligibility(context: Context[Eligibility], report: Reporter) -> None:
    """Check that the judgement agrees with the criteria; a man is not asked about pregnancy."""
    form = context.form
    if context.demographics and context.demographics.sex == "M" and form.pregnancy == "Y":
        report.refuse("pregnancy", "ie.pregnancy", "The patient is a man. Answer Not applicable.")
    if form.eligible != "Y":
        return
    failed = [name for name in _MUST_BE_YES if form.get(name) == "N"]
    failed += [name for name in _MUST_BE_NO if form.get(name) == "Y"]
    if form.sle_criteria == "NONE":
        failed.insert(0, "sle_criteria")
    if failed:
        report.deviate(
            "eligible",
            "ie.criteria",
            "MAJOR",
            "ELIGIBILITY",
            "Judged eligible although this is not met: {item}. Say why; a deviation will be "
            "recorded.",
            item=form.items()[failed[0]].item.label,
        )
