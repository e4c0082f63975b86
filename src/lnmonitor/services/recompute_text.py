"""A recomputation's report as lines and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lnmonitor.services.recompute import PatientChanges, RecomputeReport, ResultChange

_NONE = "(none)"


def as_text(report: RecomputeReport) -> str:
    """Return what changed for whom: a line for each rule, patient and result."""
    count = len(report.patients)
    lines = [f"{report.evaluated} patients evaluated, something changed for {count}."]
    lines += [f"rule {one.rule}: {one.old or _NONE} -> {one.new or _NONE}" for one in report.rules]
    lines += ["the protocol's rules, parameters or visits changed"] * report.protocol_changed
    for patient in report.patients:
        lines += _patient(patient)
    return "\n".join(lines)


def _patient(one: PatientChanges) -> list[str]:
    lines = [f"{one.subject_id}: {len(one.results)} results changed, {one.renewed} renewed"]
    lines += [f"  {_result(result)}" for result in one.results]
    counts = [len(one.flags_raised), len(one.flags_withdrawn), len(one.flags_changed)]
    if any(counts):
        raised, withdrawn, changed = counts
        lines.append(f"  flags: {raised} raised, {withdrawn} withdrawn, {changed} changed")
    return lines


def _result(one: ResultChange) -> str:
    old, new = (_NONE if value is None else value or "open" for value in (one.old, one.new))
    return f"{one.visit_code} {one.visit_date} {one.key}: {old} -> {new}"


def as_json(report: RecomputeReport) -> dict[str, Any]:
    """Return the report as plain data."""
    return asdict(report)
