"""SRI-4 and BICLA a second time, over exact scores and known letters of nine systems.

An E after an A or B cannot be (the system was involved); it is read as the D that was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.independent.bilag_letters import trial


def sri_4(
    score: tuple[int, int],
    before: Sequence[str],
    now: Sequence[str],
    pga: tuple[Fraction, Fraction],
    failed: bool,
) -> bool | None:
    """Return the answer, None where the baseline score is below 4."""
    if score[0] < 4:
        return None
    return (
        score[1] <= score[0] - 4
        and not trial(before, now)
        and pga[1] - pga[0] < Fraction(3, 10)
        and not failed
    )


def bicla(
    score: tuple[int, int],
    before: Sequence[str],
    now: Sequence[str],
    pga: tuple[Fraction, Fraction],
    failed: bool,
) -> bool | None:
    """Return the answer, None without an A or B at baseline."""
    if not {"A", "B"} & set(before):
        return None
    improved = all(
        letter_now in {"A": "BCDE", "B": "CDE"}[letter]
        for letter, letter_now in zip(before, now, strict=True)
        if letter in {"A", "B"}
    )
    return (
        improved
        and not trial(before, now)
        and score[1] <= score[0]
        and pga[1] - pga[0] <= Fraction(3, 10)
        and not failed
    )
