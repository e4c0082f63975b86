"""Answers to the edit checks: why an unexpected value is right, and the deviations that follow.

The generated study is checked like a typed one; here somebody has given the reasons.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from lnmonitor.demo.entry import Entry
from lnmonitor.demo.sketch import Sketch
from lnmonitor.resources import read_toml
from lnmonitor.study.checks import Finding, check_form
from lnmonitor.study.forms import Infusion, ProtocolDeviation, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record

_WHOLE_FORM = ""
_COMPARED = ("DM", "IE", "EX", "SV")
"""Forms that the checks of visits and infusions compare with."""
CHECKED_WITH_OTHERS = (Infusion, Visit)


def with_deviations(
    sketch: Sketch, entries: list[Entry], protocol: Protocol, rng: Random
) -> list[Entry]:
    """Return the entries with their questions answered, each deviation after its record."""
    found: list[Entry] = []
    stored: list[Record[Form]] = []
    for entry in entries:
        together = isinstance(entry.form, CHECKED_WITH_OTHERS)
        data = PatientData("p", sketch.subject_id, "01", tuple(stored)) if together else None
        findings = check_form(
            entry.form, data=data, visit=None, protocol=protocol, missing=entry.missing
        )
        asked = [finding for finding in findings if finding.level == "ask"]
        reasons = {finding.item or _WHOLE_FORM: _reason(finding, entry, rng) for finding in asked}
        found.append(replace(entry, justified={**reasons, **entry.justified}))
        found += [_deviation(entry, finding) for finding in asked if finding.deviation]
        if entry.form.code in _COMPARED:
            stored.append(Record(f"e{len(stored)}", entry.form, "p"))
    return found


def _reason(finding: Finding, entry: Entry, rng: Random) -> str:
    if isinstance(entry.form, Visit):
        return entry.form.reason or "Patient could not come earlier"
    if finding.check_id == "ex.dose":
        reasons: list[str] = read_toml("demo", "events.toml")["deviations"][
            finding.severity.lower()
        ]
        return rng.choice(reasons)
    return "Checked against the source"


def _deviation(entry: Entry, finding: Finding) -> Entry:
    form = entry.form
    on = form.visit_date if isinstance(form, Visit) else str(form.get("started_at") or "")[:10]
    return Entry(
        ProtocolDeviation(
            occurred_on=on,
            category=finding.category,
            severity=finding.severity,
            description=finding.message.en,
            check=finding.check_id,
            action="Ethics committee informed" if finding.severity == "MAJOR" else None,
        )
    )
