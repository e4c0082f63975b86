"""Major and partial clinical response over a year a second time, over letters known at every visit.

A course is a list of (day, letters of the nine systems), the first the baseline. Open in the
specification, read as the program reads it: month 6 and 12 are the visits nearest to days 182 and
365 within the window; "kept" means no new A and never two new B between two visits in a row; "held
for 16 weeks" means C, D or E at every visit from month 6 to 112 days later, with a visit then.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Course = Sequence[tuple[int, str]]


def new(before: str, now: str) -> tuple[int, int]:
    """Return how many systems are newly A, and how many newly B after C, D or E."""
    pairs = list(zip(before, now, strict=True))
    new_a = sum(n == "A" != b for b, n in pairs)
    return new_a, sum(n == "B" and b in "CDE" for b, n in pairs)


def quiet(letters: str) -> bool:
    return not {"A", "B"} & set(letters)


def _flares(course: Course, first: int, last: int) -> list[tuple[int, int]]:
    return [new(a[1], b[1]) for a, b in pairwise(course) if first < b[0] <= last]


def respond(
    course: Course, month_6: int, month_12: int, held_days: int = 112, *, most_new_b: int = 1
) -> str:
    letters = dict(course)
    at_6, start = letters[month_6], course[0][1]
    early, late = _flares(course, course[0][0], month_6), _flares(course, month_6, month_12)
    if (
        quiet(at_6)
        and not any(a for a, _ in early)
        and not any(a or b > most_new_b for a, b in late)
    ):
        return "MCR"
    end = month_6 + held_days
    held = [(day, text) for day, text in course if month_6 <= day <= end]
    kept = all(quiet(text) for _, text in held) and any(day >= end for day, _ in course)
    calm = not any(a or b for a, b in late)
    severe = start.count("A") >= 2 or (start.count("A") == 1 and start.count("B") >= 2)
    severe |= start.count("B") >= 4
    allowed = 2 if severe else 1
    few = "A" not in at_6 and at_6.count("B") <= 1 and calm
    if severe:
        few |= "A" not in at_6 and at_6.count("B") <= allowed
    return "PCR" if kept or few else "NCR"


def relapse(course: Course) -> int | None:
    """Return the day of the first visit with a new A or B."""
    found = (b[0] for a, b in pairwise(course) if any(new(a[1], b[1])))
    return next(found, None)
