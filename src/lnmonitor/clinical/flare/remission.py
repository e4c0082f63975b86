"""Flares after a remission: what four definitions keep of the samples since it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lnmonitor.clinical.criteria import is_at_least, is_at_most
from lnmonitor.clinical.flare.model import Definition, FlareObservation
from lnmonitor.clinical.flare.samples import absent, keep_nadir, times
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.model import RenalState, Response
from lnmonitor.clinical.results import UNKNOWN, Truth

CR, PR = Response.CR, Response.PR


absent_since = partial(absent, reference="in_remission")
"""Names an input that a comparison lacks: of this sample, else of all samples since remission."""


class Remission:
    """The best response and the extremes of the samples since complete or partial remission.

    Creatinine and red cells are the lowest known, eGFR the highest, `nadir` the lowest protein by
    unit. `casts` is False once a sample had none, `sediment` that of the last sample where it is
    known (YES: inactive).
    """

    def __init__(self, best: Response, first: FlareObservation) -> None:
        self.best = best
        self.creatinine: float | None = None
        self.egfr: float | None = None
        self.red_cells: float | None = None
        self.casts: bool | None = None
        self.nadir: dict[str, Proteinuria] = {}
        self.sediment = UNKNOWN
        self.add(first.state)

    def add(self, state: RenalState) -> None:
        """Take a sample into the extremes."""
        creatinine, egfr, cells = state.creatinine_umol_l, state.egfr, state.urine_rbc_hpf
        if creatinine is not None and (self.creatinine is None or creatinine <= self.creatinine):
            self.creatinine = creatinine
        if egfr is not None and (self.egfr is None or egfr >= self.egfr):
            self.egfr = egfr
        if cells is not None and (self.red_cells is None or cells <= self.red_cells):
            self.red_cells = cells
        if state.casts is not None and self.casts is not False:
            self.casts = state.casts
        keep_nadir(self.nadir, state)
        if state.sediment_inactive is not UNKNOWN:
            self.sediment = state.sediment_inactive

    def function_lost(self, state: RenalState, creatinine_times: float, gfr_left: float) -> Truth:
        """Whether creatinine rose to so many times its lowest, or eGFR fell to a share."""
        return Truth.any(
            is_at_least(state.creatinine_umol_l, times(self.creatinine, creatinine_times)),
            is_at_most(state.egfr, times(self.egfr, gfr_left)),
        )

    def function_lacks(
        self, state: RenalState, creatinine_times: float, gfr_left: float
    ) -> Iterator[str]:
        """Name what leaves open whether function was lost."""
        if self.function_lost(state, creatinine_times, gfr_left) is UNKNOWN:
            yield from absent_since("creatinine_umol_l", state.creatinine_umol_l, self.creatinine)
            yield from absent_since("egfr", state.egfr, self.egfr)

    def protein_lacks(self, item: str, protein: Proteinuria | None) -> Iterator[str]:
        """Name the protein of this sample, else the lowest one that would compare with it."""
        yield from absent_since(item, protein, protein and self.nadir.get(protein.unit))


class AfterRemission(Definition[Remission]):
    """A definition of flares after CR or PR, against the best response reached."""

    def begin(self, now: FlareObservation) -> Remission | None:
        """Begin at CR or PR."""
        response = now.response
        return Remission(response, now) if response is CR or response is PR else None

    def extend(self, reference: Remission, now: FlareObservation) -> Remission:
        """Keep the best response."""
        if now.response is CR:
            reference.best = CR
        reference.add(now.state)
        return reference
