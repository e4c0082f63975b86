"""The trial's default renal flare: suspected at the first exceeding sample, confirmed by a second.

Built from the wording of EULAR 2012 (doi 10.1136/annrheumdis-2012-201940); the > 1 and > 2 g/g
limits equal those AURORA-2 published. Gu 2014's own wording was not seen, so every number is a
protocol parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareKind, FlareObservation, FlareRuleSet
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import Proteinuria, limit_in, times_baseline
from lnmonitor.clinical.response.clauses import sediment_inactive
from lnmonitor.clinical.response.model import Response
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth

EULAR_2012 = Citation(
    "Bertsias GK, Tektonidou M, Amoura Z, et al.",
    "Ann Rheum Dis 71:1771-82",
    2012,
    "10.1136/annrheumdis-2012-201940",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "after_complete_g": 1.0,
        "after_partial_g": 2.0,
        "after_partial_times_nadir": 2.0,
        "creatinine_times_nadir": 1.3,
        "gfr_fall": 0.1,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-renal", "1", (EULAR_2012,), verified=False)


@dataclass
class _Remission:
    """What a remission has been like so far: the best response and the lowest values in it."""

    best: Response
    observations: list[FlareObservation] = field(default_factory=list)

    def nadir(self, unit: str) -> Proteinuria | None:
        """Return the lowest protein in `unit` since the remission began."""
        values = [
            protein
            for observation in self.observations
            for protein in (observation.state.proteinuria, observation.state.upcr)
            if protein is not None and protein.unit == unit
        ]
        return min(values, key=lambda protein: protein.value, default=None)

    def lowest_creatinine(self) -> float | None:
        """Return the lowest creatinine (µmol/L) since the remission began."""
        values = [o.state.creatinine_umol_l for o in self.observations]
        return min((value for value in values if value is not None), default=None)

    def highest_gfr(self) -> float | None:
        """Return the highest eGFR since the remission began."""
        values = [o.state.egfr for o in self.observations]
        return max((value for value in values if value is not None), default=None)

    def sediment_was_inactive(self) -> Truth:
        """Return the state of the sediment at the last observation where it is known."""
        known = [sediment_inactive(o.state).met for o in reversed(self.observations)]
        return next((met for met in known if met is not Truth.UNKNOWN), Truth.UNKNOWN)


@dataclass
class _Episode:
    """Consecutive exceeding observations: one suspected or confirmed flare."""

    observations: list[FlareObservation] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    confirmed: FlareObservation | None = None

    @property
    def kind(self) -> FlareKind:
        """Nephritic as soon as one sample was."""
        nephritic = any(reason.code == "flare.nephritic" for reason in self.reasons)
        return "nephritic" if nephritic else "proteinuric"


def _proteinuric(
    remission: _Remission, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Reason:
    """After CR: protein >= 1 g. After PR: >= 2 g and at least doubled from the lowest value.

    A ratio counts only without a 24-hour collection.
    """
    protein = now.state.proteinuria or now.state.upcr
    code = "flare.protein_after_complete"
    grams = parameters["after_complete_g"]
    if remission.best is Response.PR:
        code, grams = "flare.protein_after_partial", parameters["after_partial_g"]
    if protein is None:
        return Reason(code, Truth.UNKNOWN, {"item": "proteinuria", "day": now.day})
    limit = limit_in(protein.unit, grams)
    met = truth(protein.value, ">=", limit)
    nadir = remission.nadir(protein.unit)
    if remission.best is Response.PR:
        doubled = truth(
            times_baseline(protein, nadir), ">=", parameters["after_partial_times_nadir"]
        )
        met = Truth.all(met, doubled)
    return Reason(
        code,
        met,
        {
            "item": "proteinuria" if now.state.proteinuria else "upcr",
            "value": protein.value,
            "unit": protein.unit,
            "limit": limit,
            "previous": None if nadir is None else nadir.value,
            "day": now.day,
            "date": now.date,
        },
    )


def _nephritic(
    remission: _Remission, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Reason:
    """Creatinine >= 130 % of its lowest, or GFR down by >= 10 %, with newly active sediment."""
    creatinine, lowest = now.state.creatinine_umol_l, remission.lowest_creatinine()
    gfr, highest = now.state.egfr, remission.highest_gfr()
    factor, fall = parameters["creatinine_times_nadir"], parameters["gfr_fall"]
    function_lost = Truth.any(
        truth(creatinine, ">=", None if lowest is None else lowest * factor),
        truth(gfr, "<=", None if highest is None else highest * (1 - fall)),
    )
    sediment = Truth.all(
        sediment_inactive(now.state).met.negated, remission.sediment_was_inactive()
    )
    return Reason(
        "flare.nephritic",
        Truth.all(function_lost, sediment),
        {
            "item": "creatinine_umol_l",
            "value": creatinine,
            "unit": "µmol/L",
            "previous": lowest,
            "percent": round(100 * factor, 6),
            "gfr": gfr,
            "gfr_previous": highest,
            "day": now.day,
            "date": now.date,
        },
    )


def _confirms(
    first: FlareObservation, second: FlareObservation, parameters: Mapping[str, Parameter]
) -> bool:
    """Whether two exceeding samples are two collections, far enough apart and not too far."""
    same = first.collection_id is not None and first.collection_id == second.collection_id
    apart = second.day - first.day
    return not same and parameters["confirm_min_days"] <= apart <= parameters["confirm_max_days"]


def _extend(
    episode: _Episode,
    now: FlareObservation,
    exceeded: Sequence[Reason],
    parameters: Mapping[str, Parameter],
) -> None:
    """Add an exceeding observation; the first that confirms the episode dates its confirmation."""
    confirmed = now.treatment_escalated is True or any(
        _confirms(earlier, now, parameters) for earlier in episode.observations
    )
    episode.observations.append(now)
    episode.reasons.extend(exceeded)
    if confirmed and episode.confirmed is None:
        episode.confirmed = now


def _finding(rule: Rule, episode: _Episode, resolved_day: int | None) -> FlareFinding:
    first, confirmed = episode.observations[0], episode.confirmed
    return FlareFinding(
        rule=rule,
        reasons=tuple(episode.reasons),
        missing=() if confirmed or resolved_day is not None else ("confirmation",),
        kind=episode.kind,
        status="confirmed" if confirmed else "suspected",
        onset_day=first.day,
        onset_date=first.date,
        confirmed_day=confirmed.day if confirmed else None,
        confirmed_date=confirmed.date if confirmed else None,
        evidence_days=tuple(observation.day for observation in episode.observations),
        resolved_day=resolved_day,
    )


def _ended(episode: _Episode, proteinuric: Reason, nephritic: Reason) -> bool:
    """Whether the test that raised the episode is known not to be met any more."""
    test = nephritic if episode.kind == "nephritic" else proteinuric
    return test.met is Truth.NO


def _continue(remission: _Remission | None, now: FlareObservation) -> _Remission | None:
    """Begin a remission at CR or PR, or add an observation to the one that lasts."""
    if remission is None:
        if now.response not in {Response.CR, Response.PR}:
            return None
        return _Remission(now.response, [now])
    if now.response is Response.CR:
        remission.best = Response.CR
    remission.observations.append(now)
    return remission


def find(
    rule: Rule, observations: Sequence[FlareObservation], parameters: Mapping[str, Parameter]
) -> list[FlareFinding]:
    """Walk the observations in order of day.

    A remission begins at an observation with CR or PR and keeps the best response reached. While an
    episode lasts, its limits stay those of the remission it broke. It ends at the first observation
    that is known not to exceed; after a confirmed flare a new remission is needed for a next one.
    """
    findings: list[FlareFinding] = []
    remission: _Remission | None = None
    episode: _Episode | None = None
    for now in observations:
        if remission is None:
            remission = _continue(None, now)
            continue
        tests = (_proteinuric(remission, now, parameters), _nephritic(remission, now, parameters))
        exceeded = [reason for reason in tests if reason.met is Truth.YES]
        if exceeded:
            episode = episode or _Episode()
            _extend(episode, now, exceeded, parameters)
            continue
        if episode is None:
            remission = _continue(remission, now)
        elif _ended(episode, *tests):
            findings.append(_finding(rule, episode, now.day))
            remission = _continue(None if episode.confirmed else remission, now)
            episode = None
        elif now.treatment_escalated and episode.confirmed is None:
            episode.confirmed = now
    if episode is not None:
        findings.append(_finding(rule, episode, None))
    return findings


RULE_SET = FlareRuleSet("flare-renal", RULE, PARAMETERS, find)
