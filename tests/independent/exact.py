"""What the second implementation shares: exact decimals, and unknown inputs tried out in full.

A decimal typed by a person is the decimal it looks like, so 1.2 is exactly 75 % of 1.6 and no
tolerance is needed. An unknown input is answered by trying every value of a small grid that lies
below, at and above each limit: what all of them agree on is known, the rest is unknown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

UNKNOWN = "unknown"

EXAMPLES = int(os.environ.get("AGREEMENT_EXAMPLES", "100"))
AGREED = settings(derandomize=True, database=None, deadline=None, max_examples=EXAMPLES)
"""The same bounded examples on every machine; AGREEMENT_EXAMPLES asks for a longer search."""


def q(value: float | None) -> Fraction | None:
    """Return the decimal that is printed for a number, exactly."""
    return None if value is None else Fraction(str(value))


def completions(
    given: Mapping[str, Any], grid: Mapping[str, Sequence[Any]]
) -> Iterable[dict[str, Any]]:
    """Yield `given` with every combination of grid values in place of its unknown entries."""
    open_names = [name for name, value in given.items() if value is None and name in grid]
    for values in product(*(grid[name] for name in open_names)):
        yield {**given, **dict(zip(open_names, values, strict=True))}


def outcomes(
    decide: Callable[[dict[str, Any]], Any],
    given: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
) -> set[Any]:
    """Return every answer that some completion gives."""
    return {decide(case) for case in completions(given, grid)}


def settle(
    decide: Callable[[dict[str, Any]], Any],
    given: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
) -> Any:
    """Return the answer on which all completions agree, else UNKNOWN."""
    seen: set[Any] = set()
    for case in completions(given, grid):
        seen.add(decide(case))
        if len(seen) > 1:
            return UNKNOWN
    return seen.pop()


def around(*limits: float, low: float = 0.0, high: float | None = None) -> list[float]:
    """Return each limit with a near and a far neighbour on both sides, and the ends."""
    found = {low} if high is None else {low, high}
    for limit in limits:
        for step in (-0.25, -0.001, 0.0, 0.001, 0.25):
            value = round(limit * (1 + step), 6)
            if value > low and (high is None or value <= high):
                found.add(value)
    return sorted(found)


def near(*limits: float, low: float = 0.0, high: float | None = None) -> st.SearchStrategy[float]:
    """Draw a value at, a hair beside, or at some distance from one of the limits."""
    return st.sampled_from(around(*limits, low=low, high=high))


def or_none(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a value, and one time in four None."""
    return st.integers(0, 3).flatmap(lambda n: st.none() if n == 0 else values)


ANSWER = st.sampled_from((True, False, None))
