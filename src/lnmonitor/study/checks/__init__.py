"""Edit checks: what is impossible is refused, what is unexpected is asked about, both in words.

A form is checked with the patient's other records. Nothing is ever changed here. What compares
values across fields is data (`study.cross_checks`); `comparisons` evaluates it and says what stays
code, and why. docs/validation/edit-checks.md lists every check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from lnmonitor.study.checks.comparisons import compare_values
from lnmonitor.study.checks.drugs import check_glucocorticoid, check_immunosuppressant
from lnmonitor.study.checks.events import check_adverse_event, check_disposition
from lnmonitor.study.checks.finding import Context, Finding, Reporter, age_on, say
from lnmonitor.study.checks.infusion import check_infusion
from lnmonitor.study.checks.items import check_items
from lnmonitor.study.checks.laboratory import check_laboratory
from lnmonitor.study.checks.scores import check_sledai
from lnmonitor.study.checks.subject import check_demographics, check_eligibility
from lnmonitor.study.checks.visits import check_visit
from lnmonitor.study.cross_checks import Level
from lnmonitor.study.forms import Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record

__all__ = ["Finding", "Level", "age_on", "check_form", "say"]

_BY_FORM: Mapping[str, Callable[[Context[Any], Reporter], None]] = {
    "DM": check_demographics,
    "IE": check_eligibility,
    "EX": check_infusion,
    "SV": check_visit,
    "LB": check_laboratory,
    "SLEDAI": check_sledai,
    "CMG": check_glucocorticoid,
    "CMI": check_immunosuppressant,
    "AE": check_adverse_event,
    "DS": check_disposition,
}


def check_form(
    form: Form,
    *,
    data: PatientData | None,
    visit: Record[Visit] | None,
    protocol: Protocol,
    record_id: str | None = None,
    missing: Mapping[str, str] | None = None,
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Check a form as it would be stored.

    Args:
        form: the values. data: the patient's stored records, None for a new patient.
        visit: the visit it belongs to. record_id: its own id if it is stored already.
        missing: missing-value reasons by item. today: without it dates in the future pass.

    Returns:
        Findings in the order of the form, one for an item and check. Comparisons with other items
        and forms are left out while a value itself is refused.
    """
    context = Context(form, data, visit, protocol, record_id, missing or {}, today)
    report = Reporter(form)
    check_items(context, report)
    if not any(finding.level == "refuse" for finding in report.findings):
        specific = _BY_FORM.get(form.code)
        if specific is not None:
            specific(context, report)
        compare_values(context, report)
    return tuple(report.findings)
