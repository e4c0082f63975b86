"""Means, paired changes and proportions of the trial's tables; SciPy does the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

_LEAST_FOR_SD = 2


@dataclass(frozen=True)
class PairedChange:
    """Change from baseline in the patients with both values; p of paired t and Wilcoxon tests.

    `sd` needs two patients, the tests two that differ; else None.
    """

    n: int
    mean: float | None
    sd: float | None
    p_t: float | None
    p_wilcoxon: float | None


def mean_sd(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return mean and sample standard deviation (n - 1), None where not defined."""
    if not values:
        return (None, None)
    return (fmean(values), stdev(values) if len(values) >= _LEAST_FOR_SD else None)


def paired_change(pairs: Sequence[tuple[float, float]]) -> PairedChange:
    """Compare (before, after) of the same patients, two-sided."""
    differences = [after - before for before, after in pairs]
    mean, sd = mean_sd(differences)
    if sd is None or sd == 0:
        return PairedChange(len(pairs), mean, sd, None, None)
    from scipy.stats import ttest_rel, wilcoxon

    before, after = zip(*pairs, strict=True)
    return PairedChange(
        n=len(pairs),
        mean=mean,
        sd=sd,
        p_t=float(ttest_rel(after, before).pvalue),
        p_wilcoxon=float(wilcoxon(differences).pvalue),
    )


def wilson(count: int, denominator: int) -> tuple[float | None, float | None]:
    """Return the Wilson 95 % interval of a proportion (fractions), None without a denominator.

    Wilson EB, J Am Stat Assoc 22:209, 1927 (wording not read).
    """
    if denominator == 0:
        return (None, None)
    from scipy.stats import binomtest

    interval = binomtest(count, denominator).proportion_ci(0.95, method="wilson")
    return (float(interval.low), float(interval.high))
