"""Checks of demographics and eligibility."""

from __future__ import annotations

from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.dates import earliest, latest, years_between
from lnmonitor.study.forms import Demographics, Eligibility

_MUST_BE_YES = ("active_disease", "active_nephritis")
_MUST_BE_NO = ("infection", "organ_failure", "pregnancy", "malignancy", "dialysis", "viral")


def check_demographics(context: Context[Demographics], report: Reporter) -> None:
    """Check that birth, age and consent agree."""
    form = context.form
    if form.birth_date and form.consent_date and form.age_at_consent is not None:
        _check_age(form, report)


def _check_age(form: Demographics, report: Reporter) -> None:
    first, last = earliest(form.birth_date), latest(form.birth_date)
    signed_first, signed_last = earliest(form.consent_date), latest(form.consent_date)
    if None in (first, last, signed_first, signed_last) or form.age_at_consent is None:
        return
    assert first and last and signed_first and signed_last  # noqa: S101, PT018 - tested above
    youngest, oldest = years_between(last, signed_first), years_between(first, signed_last)
    if oldest < 0:
        return  # born after consent: the catalogue's check says so
    if not youngest <= int(form.age_at_consent) <= oldest:
        report.ask(
            "age_at_consent",
            "dm.age",
            "Age {age} does not fit the date of birth {born}, which gives {expected}. Check both.",
            age=form.age_at_consent,
            born=form.birth_date or "",
            expected=str(oldest) if youngest == oldest else f"{youngest}-{oldest}",
        )


def check_eligibility(context: Context[Eligibility], report: Reporter) -> None:
    """Check that the judgement agrees with the criteria."""
    form = context.form
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
