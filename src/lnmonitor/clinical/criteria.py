"""Comparing numbers the way every rule here does: with a tolerance, and with "unknown" for None.

Published cut-offs are decimal numbers, computed values binary ones: 1.6 x 0.75 is a hair above
1.2. A relative tolerance of 1e-9 makes 1.6 to 1.2 an exact 25 % fall, as a reader would say.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from operator import attrgetter
from typing import TypeVar

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Row, Scalar, Truth

RELATIVE_TOLERANCE = 1e-9
OVER, UNDER = 1 + RELATIVE_TOLERANCE, 1 - RELATIVE_TOLERANCE
"""A limit x OVER is passed by more than the tolerance; limits are >= 0, as all published ones are.
With a limit below 0 the comparisons here have no tolerance."""


def above(a: float, b: float) -> bool:
    """Whether a > b by more than the tolerance."""
    return a > b and a > b * OVER


def below(a: float, b: float) -> bool:
    """Whether a < b by more than the tolerance."""
    return a < b and a < b * UNDER


def at_least(a: float, b: float) -> bool:
    """Whether a >= b, equality within the tolerance."""
    return a >= b or a >= b * UNDER


def at_most(a: float, b: float) -> bool:
    """Whether a <= b, equality within the tolerance."""
    return a <= b or a <= b * OVER


def is_above(value: float | None, limit: float | None) -> Truth:
    """Answer `above`; UNKNOWN when either side is missing."""
    if value is None or limit is None:
        return UNKNOWN
    return YES if value > limit and value > limit * OVER else NO


def is_below(value: float | None, limit: float | None) -> Truth:
    """Answer `below`; UNKNOWN when either side is missing."""
    if value is None or limit is None:
        return UNKNOWN
    return YES if value < limit and value < limit * UNDER else NO


def is_at_least(value: float | None, limit: float | None) -> Truth:
    """Answer `at_least`; UNKNOWN when either side is missing."""
    if value is None or limit is None:
        return UNKNOWN
    return YES if value >= limit or value >= limit * UNDER else NO


def is_at_most(value: float | None, limit: float | None) -> Truth:
    """Answer `at_most`; UNKNOWN when either side is missing."""
    if value is None or limit is None:
        return UNKNOWN
    return YES if value <= limit or value <= limit * OVER else NO


OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">": above,
    "<": below,
    ">=": at_least,
    "<=": at_most,
}
_ANSWERS = {">": is_above, "<": is_below, ">=": is_at_least, "<=": is_at_most}


def truth(value: float | None, operator: str, limit: float | None) -> Truth:
    """Compare by `operator` (">", "<", ">=", "<="); UNKNOWN when either side is missing."""
    return _ANSWERS[operator](value, limit)


def compared(
    code: str,
    item: str,
    value: float | None,
    operator: str,
    limit: float | None,
    unit: str | None = None,
    **more: Scalar,
) -> Row:
    """Return the comparison as a row with keys item, value, operator, limit, unit and `more`."""
    values: dict[str, Scalar] = {
        "item": item,
        "value": value,
        "operator": operator,
        "limit": limit,
        "unit": unit,
    }
    if more:
        values.update(more)
    return code, truth(value, operator, limit), values


def compare(
    code: str,
    item: str,
    value: float | None,
    operator: str,
    limit: float | None,
    unit: str | None = None,
    **more: Scalar,
) -> Reason:
    """Return the comparison as a reason (see `compared`)."""
    return Reason(*compared(code, item, value, operator, limit, unit, **more))


class Possible:
    """The numbers of an input that can exist: a table of item, unit, least and most (None: > 0).

    A table and not a call for each number, because nearly all pass and a visit has fifty.
    """

    def __init__(self, *rows: tuple[str, str | None, float | None, float]) -> None:
        self._values = attrgetter(*[item for item, _, _, _ in rows])
        self._rows = [
            (
                _LEAST_POSITIVE if low is None else low,
                min(high, sys.float_info.max),
                (item, unit, low, high),
            )
            for item, unit, low, high in rows
        ]

    def check(self, inputs: object) -> None:
        """Refuse the first number that cannot exist; None passes."""
        for (low, high, row), value in zip(self._rows, self._values(inputs), strict=False):
            if value is not None and not low <= value <= high:
                item, unit, least, most = row
                if least is None:
                    require_positive(item, value, unit)
                else:
                    require_range(item, value, unit, least, most)


_LEAST_POSITIVE = math.nextafter(0.0, 1.0)
T = TypeVar("T")


def once(check: Callable[[T], None]) -> Callable[[T], None]:
    """Make a check of frozen inputs that an object passes once: it cannot change afterwards."""
    passed = f"_{check.__name__}_passed"

    @wraps(check)
    def checked(inputs: T) -> None:
        known = inputs.__dict__
        if passed not in known:
            check(inputs)
            known[passed] = True

    return checked


def require_finite(item: str, value: float | None, unit: str | None) -> None:
    """Refuse NaN and infinity; None passes."""
    if value is not None and not math.isfinite(value):
        raise InvalidInput(item, value, unit, "a finite number")


def require_positive(item: str, value: float | None, unit: str | None) -> None:
    """Refuse anything that is not finite and > 0; None passes."""
    if value is None or 0 < value < math.inf:
        return
    require_finite(item, value, unit)
    raise InvalidInput(item, value, unit, "> 0")


def require_range(
    item: str, value: float | None, unit: str | None, low: float, high: float = math.inf
) -> None:
    """Refuse anything not finite or outside low..high (both included); None passes."""
    if value is None or (low <= value <= high and value < math.inf):
        return
    require_finite(item, value, unit)
    limit = f">= {low:g}" if high == math.inf else f"{low:g} to {high:g}"
    raise InvalidInput(item, value, unit, limit)
