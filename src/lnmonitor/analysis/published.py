"""The numbers that were published on this trial, read from `resources/protocols/gu-2014.toml`.

Shown beside the computed ones, never joined with them. What the paper's abstract and its secondary
sources do not print is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lnmonitor.language import Text
from lnmonitor.resources import read_toml

_FILE = ("protocols", "gu-2014.toml")
_SUBSET = Text("secondary source, subset likely", "二手来源，可能为子集")


@dataclass(frozen=True)
class Published:
    """A published number: mean and SD, or a count with its denominator, or a percentage."""

    source: str
    mean: float | None = None
    sd: float | None = None
    n: int | None = None
    count: int | None = None
    denominator: int | None = None
    percent: float | None = None
    note: Text | None = None


@dataclass(frozen=True)
class PublishedTrial:
    """All published numbers: means by (measure, month), percentages by (response, month)."""

    citation: str
    means: Mapping[tuple[str, int], Published]
    responses: Mapping[tuple[str, int], Published]
    letters: Mapping[int, Mapping[str, int]]
    """Renal BILAG letters by month that reproduce the published mean and SD (derived)."""
    proportions: Mapping[str, Published]
    """Keys: survival, ever_in_remission, flare_of_remitted, flare_of_treated."""


@cache
def published_trial() -> PublishedTrial:
    """Return the published numbers of Gu 2014 (Clin Rheumatol 33:1611)."""
    given = read_toml(*_FILE)
    source = given["source"]
    return PublishedTrial(
        citation=f"{source['authors']}. {source['journal']} {source['year']}, doi {source['doi']}",
        means={(row["key"], row["month"]): _mean(row, source) for row in given["mean"]},
        responses={
            (response, row["month"]): Published(source[row["source"]], percent=row[response])
            for row in given["response"]
            for response in ("CR", "PR")
        },
        letters={
            row["month"]: {key: value for key, value in row.items() if key != "month"}
            for row in given["bilag_letters"]
        },
        proportions=_proportions(given, source),
    )


def _mean(row: Mapping[str, Any], source: Mapping[str, str]) -> Published:
    return Published(
        source=source[row["source"]],
        mean=float(row["mean"]),
        sd=float(row["sd"]),
        n=row.get("n"),
        note=_SUBSET if row.get("subset_likely") else None,
    )


def _proportions(given: Mapping[str, Any], source: Mapping[str, str]) -> dict[str, Published]:
    survival, ever, flare = given["survival"], given["ever_in_remission"], given["flare"]
    remitted, treated = flare["of_remitted"], flare["of_treated"]
    return {
        "survival": _share(survival, survival["alive"], survival["of"], "percent", source),
        "ever_in_remission": _share(ever, ever["count"], ever["of"], "percent", source),
        "flare_of_remitted": _share(flare, flare["count"], remitted, "percent_of_remitted", source),
        "flare_of_treated": _share(flare, flare["count"], treated, "percent_of_treated", source),
    }


def _share(
    row: Mapping[str, Any], count: int, of: int, percent: str, source: Mapping[str, str]
) -> Published:
    return Published(
        source[row["source"]], count=count, denominator=of, percent=float(row[percent])
    )
