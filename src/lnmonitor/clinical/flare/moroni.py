"""Milan definition of renal flares (Moroni), against the sample before.

Proteinuric: 24-hour protein up by >= 2 g if it was < 3.5 g, doubled if it was more, creatinine
unchanged. Nephritic: creatinine >= 30 % above its last value with nephritic sediment. Read in a
review's table (PMC9386217). It asks for no response before and for no second sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lnmonitor.clinical.criteria import at_least, below, is_at_least
from lnmonitor.clinical.flare.model import (
    NEPHRITIC_OPEN,
    PROTEINURIC_OPEN,
    Definition,
    FlareObservation,
    FlareRuleSet,
    Test,
)
from lnmonitor.clinical.flare.samples import (
    absent,
    absent_sediment,
    creatinine_reason,
    protein_reason,
    times,
)
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.clauses import U24, percent_of
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Rule, Truth

MORONI = Citation("Moroni G, Quaglini S, Maccario M, et al.", "Kidney Int 50:2047-53", 1996)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "rise_g": 2.0,
        "nephrotic_g": 3.5,
        "protein_times": 2.0,
        "creatinine_times": 1.3,
    }
)
RULE = Rule("flare-moroni", "1", (MORONI,), verified=False)


class LastKnown:
    """The last known creatinine and the last known protein in g/24 h."""

    def __init__(self, first: RenalState) -> None:
        self.creatinine: float | None = None
        self.protein: Proteinuria | None = None
        self.add(first)

    def add(self, state: RenalState) -> None:
        """Take what a sample measured."""
        if state.creatinine_umol_l is not None:
            self.creatinine = state.creatinine_umol_l
        for protein in (state.proteinuria, state.upcr):
            if protein is not None and protein.unit == "g/24 h":
                self.protein = protein


class Moroni(Definition[LastKnown]):
    """Flares of everybody treated, from the second sample on."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self._rise = parameters["rise_g"]
        self._nephrotic = parameters["nephrotic_g"]
        self._protein_times = parameters["protein_times"]
        self._creatinine_times = parameters["creatinine_times"]

    def begin(self, now: FlareObservation) -> LastKnown:
        """Begin at any sample."""
        return LastKnown(now.state)

    def extend(self, reference: LastKnown, now: FlareObservation) -> LastKnown:
        """Compare the next sample with this one."""
        reference.add(now.state)
        return reference

    def tests(self, reference: LastKnown, now: FlareObservation) -> tuple[Test | None, Test | None]:
        """Ask both ways to exceed: creatinine at >= 130 % of its last value decides which."""
        limit = times(reference.creatinine, self._creatinine_times)
        rose = is_at_least(now.state.creatinine_umol_l, limit)
        return (
            self._proteinuric(reference, now, rose),
            self._nephritic(reference, now, rose, limit),
        )

    def _proteinuric(self, reference: LastKnown, now: FlareObservation, rose: Truth) -> Test | None:
        protein, before = now.state.proteinuria, reference.protein
        if protein is None or before is None:
            return PROTEINURIC_OPEN
        limit = before.value * self._protein_times
        if below(before.value, self._nephrotic):
            limit = before.value + self._rise
        if rose is YES or not at_least(protein.value, limit):
            return None
        if rose is UNKNOWN:
            return PROTEINURIC_OPEN
        reason = partial(protein_reason, "flare.protein_step", now, protein, limit, before)
        return Test("proteinuric", reason)

    def _nephritic(
        self, reference: LastKnown, now: FlareObservation, rose: Truth, limit: float | None
    ) -> Test | None:
        inactive = now.state.sediment_inactive
        if rose is NO or inactive is YES:
            return None
        if rose is UNKNOWN or inactive is UNKNOWN:
            return NEPHRITIC_OPEN
        reason = partial(
            creatinine_reason,
            "flare.nephritic_step",
            now,
            reference.creatinine,
            limit,
            percent=percent_of(self._creatinine_times),
        )
        return Test("nephritic", reason)

    def lacks(self, reference: LastKnown, now: FlareObservation) -> Iterator[str]:
        """Name the collection now and before; creatinine now and before, and the sediment."""
        state = now.state
        proteinuric, nephritic = self.tests(reference, now)
        if proteinuric is PROTEINURIC_OPEN:
            yield from absent(U24, state.proteinuria, reference.protein)
        yield from absent("creatinine_umol_l", state.creatinine_umol_l, reference.creatinine)
        if nephritic is NEPHRITIC_OPEN:
            yield from absent_sediment(state)


RULE_SET = FlareRuleSet("moroni", RULE, PARAMETERS, Moroni, "all_treated")
