"""Whole numbers and measured values fitted to a published mean and standard deviation."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from statistics import fmean, stdev

_STEPS = 200_000


def fit_totals(
    drawn: Sequence[int],
    least: Sequence[int],
    most: Sequence[int],
    *,
    total: int,
    sd: float,
    rng: Random,
) -> list[int]:
    """Return whole scores near the drawn ones with this sum and, to two decimals, this sample SD.

    No score leaves `least` to `most`, both included. Scores move by 1 or 2, mostly by 2 as SLEDAI
    weights do, as long as that brings sum and spread nearer.
    """
    scores = [
        min(max(score, low), high) for score, low, high in zip(drawn, least, most, strict=True)
    ]
    count = len(scores)
    if count < 2:
        return scores
    wanted = (count - 1) * sd**2 + total**2 / count
    slack = (count - 1) * 2 * sd * 0.0045
    now, squares = sum(scores), sum(score**2 for score in scores)
    for _ in range(_STEPS):
        if now == total and abs(squares - wanted) <= slack:
            break
        place, step = rng.randrange(count), rng.choice((-2, -2, -2, -2, -1, 1, 2, 2, 2, 2))
        moved = scores[place] + step
        if not least[place] <= moved <= most[place]:
            continue
        then = squares - scores[place] ** 2 + moved**2
        # A sum that is off counts as much as the squares it would move at the mean.
        heavy = 2 * total / count
        before = abs(now - total) * heavy + abs(squares - wanted)
        after = abs(now + step - total) * heavy + abs(then - wanted)
        if after < before or rng.random() < 0.02:
            scores[place], now, squares = moved, now + step, then
    return scores


def fit_measures(drawn: Sequence[float], *, mean: float, sd: float) -> list[float]:
    """Return values with one decimal, moved and stretched to this mean and sample SD."""
    if len(drawn) < 2:
        return [round(value, 1) for value in drawn]
    centre, spread = fmean(drawn), stdev(drawn)
    values = [round(mean + (value - centre) * sd / spread, 1) for value in drawn]
    # Rounding leaves the sum a few tenths off: spread them over the first values, one tenth each.
    tenths = round((mean * len(values) - sum(values)) * 10)
    for place in range(abs(tenths)):
        values[place] = round(values[place] + (0.1 if tenths > 0 else -0.1), 1)
    return values
