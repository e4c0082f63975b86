"""Whether a trial's responder index is met: what SRI-4 and BICLA share.

Both weigh SLEDAI, BILAG and the physician's global assessment (PGA, 0..3) against baseline, and
both make a drop-out or rescued patient a non-responder. An index is a list of criteria that must
all be met, and one for a baseline that allows the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from lnmonitor.clinical.bilag import BilagGrade, Letters, letters_of
from lnmonitor.clinical.bilag_flare import TRIAL_B, flares, rises
from lnmonitor.clinical.criteria import OPERATORS, require_range
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Outcome,
    Reasons,
    Row,
    Rule,
    Truth,
    frozen,
    kept,
    later,
    open_items,
    reasons_of,
)
from lnmonitor.clinical.sledai import SledaiScore


@frozen
class IndexVisit:
    """One visit: SLEDAI (exact or a range), BILAG by system, PGA 0..3 (None = not assessed)."""

    sledai: SledaiScore
    bilag: Mapping[str, BilagGrade]
    pga: float | None = None

    @kept
    def letters(self) -> Letters:
        """The letters of the nine systems, as they were when the visit was first judged."""
        return letters_of(self.bilag)


@frozen
class Responder(Outcome):
    """`met` is the answer; `evaluable` NO where the baseline does not allow the question."""

    met: Truth = UNKNOWN
    evaluable: Truth = YES


def check(*visits: IndexVisit) -> None:
    """Refuse impossible values."""
    for visit in visits:
        require_range("pga", visit.pga, None, 0, 3)


class Compared(NamedTuple):
    """A visit beside the baseline, each with the BILAG letters that it had when it was judged."""

    baseline: IndexVisit
    before: Letters
    now: IndexVisit
    letters: Letters
    failed: bool | None


class Criterion(Protocol):
    """One condition of an index: whether it is met and, when asked, with what numbers.

    The outcome in `row` is that of `met`: a threshold stands in one place.
    """

    def met(self, visit: Compared) -> Truth:
        """Return whether the condition is met at a visit."""

    def row(self, visit: Compared) -> Row:
        """Return the outcome with the numbers behind it."""


@dataclass(frozen=True)
class SledaiChange:
    """SLEDAI changes by <= `at_most`, whatever the missing items are."""

    code: str
    at_most: int

    def met(self, visit: Compared) -> Truth:
        """Compare the ends of both ranges."""
        before, now = visit.baseline.sledai, visit.now.sledai
        if now.high - before.low <= self.at_most:
            return YES
        return NO if now.low - before.high > self.at_most else UNKNOWN

    def row(self, visit: Compared) -> Row:
        """Tell both scores."""
        before, now = visit.baseline.sledai.score, visit.now.sledai.score
        limit = abs(self.at_most)
        values = {"item": "sledai", "value": now, "baseline": before, "limit": limit}
        return self.code, self.met(visit), values


class NoNewActivity:
    """No new BILAG A and at most one new B against baseline: no flare as trials count it."""

    def met(self, visit: Compared) -> Truth:
        """Compare the letters."""
        return flares(rises(visit.before, visit.letters), TRIAL_B).negated

    def row(self, visit: Compared) -> Row:
        """Tell the systems that rose."""
        risen = rises(visit.before, visit.letters)
        found = ", ".join((*risen.new_a, *risen.new_b))
        return "index.no_new_bilag", self.met(visit), {"item": found or "bilag"}


_PGA_CODES = {"<": "index.pga", "<=": "index.pga_at_most"}


@dataclass(frozen=True)
class PgaRise:
    """PGA rises by less ("<") than the limit, or by no more ("<=")."""

    operator: str
    limit: float

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        before, now = visit.baseline.pga, visit.now.pga
        if before is None or now is None:
            return UNKNOWN
        return YES if OPERATORS[self.operator](now - before, self.limit) else NO

    def row(self, visit: Compared) -> Row:
        """Tell both assessments."""
        before, now = visit.baseline.pga, visit.now.pga
        values = {"item": "pga", "value": now, "baseline": before, "limit": self.limit}
        return _PGA_CODES[self.operator], self.met(visit), values


class NoFailure:
    """No drop-out, rescue or treatment outside the protocol."""

    def met(self, visit: Compared) -> Truth:
        """Return what is known."""
        return Truth.of(visit.failed).negated

    def row(self, visit: Compared) -> Row:
        """Tell the outcome."""
        return "index.no_failure", self.met(visit), {"item": "treatment_failure"}


class Index(NamedTuple):
    """A responder index: its rule, what makes a baseline evaluable, and all that must be met."""

    rule: Rule
    evaluable: Criterion
    criteria: tuple[Criterion, ...]

    def assess(self, baseline: IndexVisit, now: IndexVisit, failed: bool | None) -> Responder:
        """Judge one visit. Raises InvalidInput for a PGA outside 0..3."""
        check(baseline, now)
        before, letters = baseline.letters, now.letters
        visit = Compared(baseline, before, now, letters, failed)
        evaluable = self.evaluable.met(visit)
        met = self._met(visit) if evaluable is not NO else UNKNOWN
        if evaluable is UNKNOWN and met is YES:
            met = UNKNOWN
        told = later(self._told, visit)
        missing: tuple[str, ...] = ()
        if met is UNKNOWN and evaluable is not NO:
            missing = open_items(self._rows(visit))
        return Responder(self.rule, told, missing, met, evaluable)

    def _met(self, visit: Compared) -> Truth:
        """Kleene AND over the criteria, up to the first that is not met."""
        met = YES
        for criterion in self.criteria:
            answer = criterion.met(visit)
            if answer is NO:
                return NO
            if answer is UNKNOWN:
                met = UNKNOWN
        return met

    def _rows(self, visit: Compared) -> list[Row]:
        return [each.row(visit) for each in (self.evaluable, *self.criteria)]

    def _told(self, visit: Compared) -> Reasons:
        return reasons_of(self._rows(visit))
