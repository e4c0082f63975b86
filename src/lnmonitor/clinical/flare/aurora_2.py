"""AURORA-2 renal flare: keyed to the protein reached after an adequate response.

Lupus Sci Med 2024;11(Suppl 2):A85 (seen): adequate response is a sustained UPCR <= 0.7 mg/mg; a
flare is > 1.0 where UPCR had come below 0.2, > 2.0 where it had come to 0.2-1.0. A blinded
committee decided; "sustained" as two samples in a row and confirmation by a second sample are
protocol parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lnmonitor.clinical.criteria import above, at_most, below
from lnmonitor.clinical.flare.model import (
    PROTEINURIC_OPEN,
    Definition,
    FlareObservation,
    FlareRuleSet,
    Test,
)
from lnmonitor.clinical.flare.samples import keep_nadir, limits, protein_reason, ratio_first
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.clauses import UPCR
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import Citation, Rule

AURORA_2 = Citation("AURORA 2 investigators", "Lupus Sci Med 11(Suppl 2):A85", 2024)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "adequate_g": 0.7,
        "low_g": 0.2,
        "after_low_g": 1.0,
        "after_other_g": 2.0,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-aurora-2", "1", (AURORA_2,), verified=False)


class AdequateResponse:
    """The lowest protein by unit since the first adequate sample.

    A response is `sustained` as soon as two samples in a row were adequate.
    """

    def __init__(self, first: RenalState) -> None:
        self.sustained = False
        self.nadir: dict[str, Proteinuria] = {}
        keep_nadir(self.nadir, first)


class Aurora2(Definition[AdequateResponse]):
    """Flares after an adequate response."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self._adequate = limits(parameters["adequate_g"])
        self._low = limits(parameters["low_g"])
        self._after_low = limits(parameters["after_low_g"])
        self._after_other = limits(parameters["after_other_g"])

    def begin(self, now: FlareObservation) -> AdequateResponse | None:
        """Begin at the first adequate sample."""
        protein = ratio_first(now.state)
        if protein is None or not at_most(protein.value, self._adequate[protein.unit]):
            return None
        return AdequateResponse(now.state)

    def extend(self, reference: AdequateResponse, now: FlareObservation) -> AdequateResponse | None:
        """Keep a sustained response; one that is not ends at a sample that is not adequate.

        A sample without protein changes nothing.
        """
        protein = ratio_first(now.state)
        if protein is None:
            return reference
        if not reference.sustained:
            if not at_most(protein.value, self._adequate[protein.unit]):
                return None
            reference.sustained = True
        keep_nadir(reference.nadir, now.state)
        return reference

    def tests(self, reference: AdequateResponse, now: FlareObservation) -> tuple[Test | None]:
        """Above 1.0 g/g after a UPCR below 0.2, else above 2.0; none before it is sustained."""
        if not reference.sustained:
            return (None,)
        protein = ratio_first(now.state)
        if protein is None:
            return (PROTEINURIC_OPEN,)
        unit = protein.unit
        nadir = reference.nadir.get(unit)
        reached_low = nadir is not None and below(nadir.value, self._low[unit])
        limit = (self._after_low if reached_low else self._after_other)[unit]
        if not above(protein.value, limit):
            return (None,)
        reason = partial(protein_reason, "flare.protein_after_adequate", now, protein, limit, nadir)
        return (Test("proteinuric", reason),)

    def lacks(self, _reference: AdequateResponse, _now: FlareObservation) -> Iterator[str]:
        """Name the ratio: nothing else leaves it open."""
        yield UPCR


RULE_SET = FlareRuleSet("aurora-2", RULE, PARAMETERS, Aurora2, "adequate_response")
