"""The trial's tables as lines for a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lnmonitor.analysis.cohort import (
    CATEGORIES,
    CohortTables,
    MeanCell,
    MeasureRow,
    Proportion,
    ResponseRow,
)
from lnmonitor.analysis.published import Published
from lnmonitor.analysis.survival import KaplanMeier

_ABSENT = "not published"


def as_text(tables: CohortTables) -> str:
    """Return the tables, every computed number beside the published one."""
    lines = [
        f"Cohort of {len(tables.subjects)} patients, cut-off {tables.cutoff}.",
        tables.rule.en,
        f"Published: {tables.published_source}",
    ]
    if tables.excluded:
        lines.append(f"Not in the tables: {', '.join(tables.excluded)}")
    lines += ["", "Mean ± SD (n), computed / published"]
    lines += [line for row in tables.measures for line in _measure_lines(row)]
    lines += ["", "Renal BILAG letters, computed"]
    lines += [f"  {visit:<10}{_letters(letters)}" for visit, letters in tables.bilag_grades.items()]
    lines += ["", f"Renal response at a visit ({tables.response_rule}), % of all treated"]
    lines += [_response_line(row) for row in tables.responses]
    lines += ["", "Proportions, 95 % Wilson interval, computed / published"]
    lines += [_proportion_line(row) for row in tables.proportions]
    lines += ["", f"Survival at the end {_last(tables.survival)}, Kaplan-Meier"]
    lines += [f"Free of flare after the first remission {_last(tables.flare_free)}, Kaplan-Meier"]
    return "\n".join(lines)


def as_json(tables: CohortTables) -> dict[str, Any]:
    """Return the tables as plain data; percentages are of all treated, fractions are 0 to 1."""
    return {
        "cutoff": tables.cutoff,
        "rule": tables.rule.en,
        "published_source": tables.published_source,
        "patients": len(tables.subjects),
        "excluded": list(tables.excluded),
        "means": [
            {"measure": row.key, "unit": row.unit, "cells": [_cell_json(c) for c in row.cells]}
            for row in tables.measures
        ],
        "bilag_renal_letters": {v: dict(found) for v, found in tables.bilag_grades.items()},
        "response_rule": tables.response_rule,
        "responses": [_response_json(row) for row in tables.responses],
        "proportions": [_proportion_json(row) for row in tables.proportions],
    }


def _measure_lines(row: MeasureRow) -> list[str]:
    unit = f", {row.unit}" if row.unit else ""
    lines = [f"{row.name.en}{unit}"]
    for cell in row.cells:
        computed = _mean(cell.mean, cell.sd, max(2, row.decimals))
        line = f"  {cell.visit:<10}{computed:>16}  (n {cell.n}, not seen {cell.not_seen})"
        lines.append(f"{line}   / {_published_mean(cell.published)}")
    return lines


def _mean(mean: float | None, sd: float | None, decimals: int) -> str:
    if mean is None:
        return "–"
    spread = "–" if sd is None else f"{sd:.{decimals}f}"
    return f"{mean:.{decimals}f} ± {spread}"


def _published_mean(published: Published | None) -> str:
    if published is None or published.mean is None:
        return _ABSENT
    note = f" ({published.note.en})" if published.note.en else ""
    return f"{_mean(published.mean, published.sd, 2)}{note}"


def _letters(letters: Mapping[str, int]) -> str:
    return "  ".join(f"{letter} {count}" for letter, count in sorted(letters.items()))


def _response_line(row: ResponseRow) -> str:
    counts = "  ".join(f"{name} {row.count(name)}" for name in CATEGORIES)
    computed = "/".join(_percent(row.percent(name)) for name in ("CR", "PR"))
    published = "/".join(
        "–" if one is None or one.percent is None else f"{one.percent:g}"
        for one in (row.published_cr, row.published_pr)
    )
    told = _ABSENT if published == "–/–" else f"{published} %"
    return f"  {row.visit:<10}{counts}   CR/PR {computed} % / {told}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _proportion_line(row: Proportion) -> str:
    interval = "–"
    if row.low is not None and row.high is not None:
        interval = f"{100 * row.low:.1f} to {100 * row.high:.1f}"
    share = _percent(None if row.fraction is None else 100 * row.fraction)
    published = _ABSENT
    if row.published is not None and row.published.count is not None:
        published = f"{row.published.count}/{row.published.denominator}"
    computed = f"{row.count}/{row.denominator} = {share} % ({interval})"
    return f"  {row.name.en:<44}{computed:<34}/ {published}"


def _last(curve: KaplanMeier) -> str:
    if not curve.rows:
        return "–"
    return f"{100 * curve.rows[-1].survival:.1f} % ({curve.events} events of {curve.n})"


def _cell_json(cell: MeanCell) -> dict[str, Any]:
    published = cell.published
    return {
        "visit": cell.visit,
        "n": cell.n,
        "not_seen": cell.not_seen,
        "mean": cell.mean,
        "sd": cell.sd,
        "published_mean": published.mean if published else None,
        "published_sd": published.sd if published else None,
    }


def _response_json(row: ResponseRow) -> dict[str, Any]:
    published = (row.published_cr, row.published_pr)
    return {
        "visit": row.visit,
        "counts": {name: row.count(name) for name in CATEGORIES},
        "percent_cr": row.percent("CR"),
        "percent_pr": row.percent("PR"),
        "published_percent_cr": published[0].percent if published[0] else None,
        "published_percent_pr": published[1].percent if published[1] else None,
    }


def _proportion_json(row: Proportion) -> dict[str, Any]:
    return {
        "key": row.key,
        "count": row.count,
        "denominator": row.denominator,
        "fraction": row.fraction,
        "low": row.low,
        "high": row.high,
        "published_count": row.published.count if row.published else None,
        "published_denominator": row.published.denominator if row.published else None,
    }
