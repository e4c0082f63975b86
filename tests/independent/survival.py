"""Kaplan-Meier, Greenwood, Wilson and cumulative incidence a second time, from their formulas.

Survival is the product of 1 - d/n over the times up to t; Greenwood's variance is its square times
the sum of d/(n(n - d)); who is censored at a time is still at risk at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

Z = 1.959963984540054


def at_risk(times: Sequence[int], t: int) -> int:
    return sum(time >= t for time in times)


def survival(times: Sequence[int], events: Sequence[bool], t: int) -> Fraction:
    result = Fraction(1)
    for moment in sorted(set(times)):
        if moment <= t:
            died = sum(e for time, e in zip(times, events, strict=True) if time == moment)
            result *= 1 - Fraction(died, at_risk(times, moment))
    return result


def greenwood(times: Sequence[int], events: Sequence[bool], t: int) -> float | None:
    total = Fraction(0)
    for moment in sorted(set(times)):
        if moment <= t:
            n = at_risk(times, moment)
            died = sum(e for time, e in zip(times, events, strict=True) if time == moment)
            if died == n:
                return None
            total += Fraction(died, n * (n - died))
    return float(survival(times, events, t)) * sqrt(total)


def median(times: Sequence[int], events: Sequence[bool]) -> int | None:
    reached = (t for t in sorted(set(times)) if survival(times, events, t) <= Fraction(1, 2))
    return next(reached, None)


def incidence(times: Sequence[int], causes: Sequence[int], t: int) -> Fraction:
    """Return the share with cause 1 by t, where any other cause takes a subject away."""
    free, result = Fraction(1), Fraction(0)
    for moment in sorted(set(times)):
        if moment > t:
            break
        here = [cause for time, cause in zip(times, causes, strict=True) if time == moment]
        n = at_risk(times, moment)
        result += free * Fraction(here.count(1), n)
        free *= 1 - Fraction(len(here) - here.count(0), n)
    return result


def wilson(count: int, n: int) -> tuple[float, float]:
    """Return the two shares p with |count/n - p| = z sqrt(p(1 - p)/n), by solving the square."""
    a, b, c = 1 + Z * Z / n, -(2 * count + Z * Z) / n, (count / n) ** 2
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)
