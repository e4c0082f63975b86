"""SELENA-SLEDAI and its flare index at a visit, against the visit before at which it was scored.

The facts come from the forms of the visit, the drug logs and the events since the visit before.
What they cannot decide is asked on the SLEDAI form, and an answer there outranks what was derived:
whether a finding that was there before is worse now, no other form tells. Computed where the
protocol asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import product

from lnmonitor.analysis.drugs import FOR_ACTIVITY, Steroids, span
from lnmonitor.analysis.inputs import PatientInput, VisitInput, yes_no
from lnmonitor.analysis.kidney import protein
from lnmonitor.analysis.model import guarded
from lnmonitor.analysis.sledai_scores import decided
from lnmonitor.analysis.treatment import NOT_IMMUNOSUPPRESSIVE
from lnmonitor.clinical import selena_flare, selena_sledai, sledai
from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.proteinuria import convert_ratio
from lnmonitor.clinical.results import Outcome, Truth
from lnmonitor.clinical.selena_flare import SfiFacts, SfiFlare
from lnmonitor.clinical.selena_sledai import SelenaFacts
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.study import dates
from lnmonitor.study.forms import AdverseEvent, Immunosuppressant, Sledai2K
from lnmonitor.study.protocol import SELENA_MODIFIED, Protocol
from lnmonitor.study.records import Record

MAJOR = (
    *("seizure", "psychosis", "organic_brain", "visual", "cranial_nerve", "lupus_headache", "cva"),
    *("vasculitis", "myositis", *sledai.RENAL_CODES),
)
"""SLEDAI items of the manifestations that the severe criterion names."""
MILD = ("rash", "mucosal", "pleurisy", "pericarditis", "arthritis", "fever")
OTHER = ("alopecia",)
LOW_PLATELETS = 60
LOW_HAEMOGLOBIN, HAEMOGLOBIN_FALL = 70, 30
_EYE = ("episcleritis", "scleritis_severe", "scleritis_mild")
_LUPUS_FLARE = "FLARE"
_ANTIMALARIAL, _NSAID = "HCQ", "NSAID"


@dataclass(frozen=True)
class _Scored:
    """What the next visit compares with."""

    visit: VisitInput
    score: Outcome


@dataclass
class SelenaHistory:
    """The last visit at which SELENA-SLEDAI was scored."""

    last: _Scored | None = None


def judge_selena(
    patient: PatientInput,
    visit: VisitInput,
    courses: Steroids,
    before: SelenaHistory,
    protocol: Protocol,
) -> dict[str, Outcome]:
    """Return "selena", and "sfi" from the second scored visit on; nothing unless the protocol asks.

    A visit without a SLEDAI form is passed over: the next one is compared with the one before it.
    """
    if not protocol.uses_selena or visit.sledai is None:
        return {}
    form, earlier = visit.sledai.form, before.last
    items = {item.code: yes_no(form.get(item.code)) for item in sledai.ITEMS}
    facts = _differences(visit, earlier.visit if earlier else None)
    window = form.window_days or protocol.sledai_window_days
    rule = selena_sledai.RULE_SELENA_SLEDAI
    found: dict[str, Outcome] = {
        "selena": guarded(
            rule,
            lambda: selena_sledai.score(selena_sledai.derive(items, facts), window_days=window),
        )
    }
    now = _Scored(visit, found["selena"])
    before.last = now
    if earlier is not None:
        facts_of_both = _facts(patient, earlier, now, courses)
        found["sfi"] = guarded(
            selena_flare.RULE_SFI,
            lambda: _assess(facts_of_both, earlier.score, now.score, protocol),
        )
    return found


def _assess(facts: SfiFacts, before: Outcome, now: Outcome, protocol: Protocol) -> SfiFlare:
    """Assess; a score that is a range decides where both of its ends give the same answer.

    Each criterion on the score moves one way with either score, so that its ends hold the rest.
    """
    modified = protocol.selena_flare == SELENA_MODIFIED
    given = protocol.parameters.get(selena_flare.RULE_SFI.id)
    ask = partial(selena_flare.assess, modified=modified, parameters=given)
    tried = [
        ask(replace(facts, sledai=one, sledai_previous=other))
        for one, other in product(_ends(now), _ends(before))
    ]
    agreed = {one.severity for one in tried}
    exact = len(tried) == 1
    if exact or (len(agreed) == 1 and None not in agreed):
        return tried[0]
    return ask(facts)


def _ends(score: Outcome) -> tuple[int | None, ...]:
    if not isinstance(score, SledaiScore):
        return (None,)
    return tuple(dict.fromkeys((score.low, score.high)))


# --- the score ---------------------------------------------------------------------------------


def _differences(visit: VisitInput, before: VisitInput | None) -> SelenaFacts:
    """Return what SELENA asks beyond the items."""
    form = visit.sledai.form if visit.sledai else Sledai2K()
    amounts = _protein_pair(visit, before)
    return SelenaFacts(
        joints=form.joints,
        u24_g=amounts[0],
        u24_previous_g=amounts[1],
        hypertensive_stroke=yes_no(form.hypertensive_stroke),
        scleritis_or_episcleritis=_eye(visit),
        lupus_vertigo=yes_no(form.lupus_vertigo),
        typical_pleuritic_pain=yes_no(form.pleuritic_pain),
        typical_pericardial_pain=yes_no(form.pericardial_pain),
    )


def _eye(visit: VisitInput) -> bool | None:
    """Whether the BILAG form scores scleritis or episcleritis; None while it leaves it open."""
    if visit.bilag is None:
        return None
    scores = [visit.bilag.form.get(code) for code in _EYE]
    met = Truth.any(*(Truth.of(None if s is None else int(s) > 0) for s in scores))
    return None if met is Truth.UNKNOWN else met is Truth.YES


def _protein_pair(
    visit: VisitInput, before: VisitInput | None
) -> tuple[float | None, float | None]:
    """Return protein now and before, both of one kind; a value alone is of the kind at hand."""
    kinds = [
        (_grams(visit, code), _grams(before, code) if before else None) for code in ("U24P", "UPCR")
    ]
    both = [pair for pair in kinds if None not in pair]
    return both[0] if both else next((p for p in kinds if p[0] is not None), (None, None))


def _grams(visit: VisitInput, code: str) -> float | None:
    found = protein(visit.labs.get(code))
    if found is None:
        return None
    return convert_ratio(found, "g/g").value if found.is_ratio else found.value


# --- the flare index ---------------------------------------------------------------------------


def _facts(patient: PatientInput, before: _Scored, now: _Scored, courses: Steroids) -> SfiFacts:
    """Return the facts without the two scores."""
    visit, earlier = now.visit, before.visit
    drugs = patient.immunosuppressants
    logged = bool(drugs or patient.glucocorticoids)
    between = (earlier.on, visit.on)
    dose = courses.on(earlier.on)
    suppressive = NOT_IMMUNOSUPPRESSIVE | {_ANTIMALARIAL}
    return SfiFacts(
        pga=visit.pga,
        pga_previous=earlier.pga,
        prednisone_mg_day=_highest_dose(courses, *between),
        prednisone_previous_mg_day=None if dose is None else dose.mg_per_day,
        weight_kg=visit.vital("weight_kg"),
        worse_major=_answer(visit, "worse_major", _major(visit, earlier)),
        worse_mild=_answer(visit, "worse_mild", _worse(visit, earlier, MILD)),
        worse_other=_answer(visit, "worse_other", _any_other(visit, earlier)),
        new_immunosuppressant=_begun(
            [r for r in drugs if r.form.drug not in suppressive], *between, logged=logged
        ),
        new_nsaid_or_antimalarial=_begun(
            [r for r in drugs if r.form.drug in {_ANTIMALARIAL, _NSAID}], *between, logged=logged
        ),
        hospitalised_for_lupus=_admitted(patient.events, *between),
    )


def _answer(visit: VisitInput, item: str, derived: Truth) -> bool | None:
    """Return the investigator's answer, else what was derived."""
    given = yes_no(visit.sledai.form.get(item)) if visit.sledai else None
    if given is not None:
        return given
    return None if derived is Truth.UNKNOWN else derived is Truth.YES


def _worse(visit: VisitInput, before: VisitInput, codes: Iterable[str]) -> Truth:
    """Whether an item is new since the visit before; open where it was there already."""
    found = []
    for code in codes:
        now, earlier = _item(visit, code), _item(before, code)
        if now is False:
            found.append(Truth.NO)
        else:
            found.append(Truth.of(True if now and earlier is False else None))
    return Truth.any(*found)


def _any_other(visit: VisitInput, before: VisitInput) -> Truth:
    """As `_worse`; but nothing that SLEDAI lists stands for all that there may be."""
    listed = _worse(visit, before, OTHER)
    return Truth.YES if listed is Truth.YES else Truth.UNKNOWN


def _item(visit: VisitInput, code: str) -> bool | None:
    return yes_no(visit.sledai.form.get(code)) if visit.sledai else None


def _major(visit: VisitInput, before: VisitInput) -> Truth:
    return Truth.any(
        _worse(visit, before, MAJOR), _platelets(visit, before), _anaemia(visit, before)
    )


def _platelets(visit: VisitInput, before: VisitInput) -> Truth:
    """Newly under 60; open where they were under 60 before: they may be worse."""
    low, was_low = (
        truth(decided(v.labs.get("PLT"), LOW_PLATELETS, attributed=True), "<", LOW_PLATELETS)
        for v in (visit, before)
    )
    if low is Truth.YES and was_low is Truth.YES:
        return Truth.UNKNOWN
    return Truth.all(low, was_low.negated)


def _anaemia(visit: VisitInput, before: VisitInput) -> Truth:
    """Haemolysis by the BILAG form, with haemoglobin under 70 g/L or down by more than 30."""
    haemolysis = Truth.of(None if visit.bilag is None else yes_no(visit.bilag.form.haemolysis))
    now, was = visit.exact("HGB"), before.exact("HGB")
    fall = None if now is None or was is None else was - now
    low = Truth.any(truth(now, "<", LOW_HAEMOGLOBIN), truth(fall, ">", HAEMOGLOBIN_FALL))
    return Truth.all(haemolysis, low)


def _highest_dose(courses: Steroids, since: date, until: date) -> float | None:
    """Return the highest prednisone equivalent after one visit up to the next, pulses included.

    A dose that was raised and lowered again between two visits was raised all the same.
    """
    if not courses.known(since, until):
        return None
    starts = {i.start for i in courses.intervals if since < i.start <= until}
    doses = [courses.on(day) for day in {*starts, until}]
    return max((d.mg_per_day + d.pulse_mg for d in doses if d is not None), default=None)


def _begun(
    drugs: Sequence[Record[Immunosuppressant]], since: date, until: date, *, logged: bool
) -> bool | None:
    """Whether one of the drugs was begun for activity after one visit up to the next.

    The index names cyclophosphamide, azathioprine and methotrexate, later mycophenolate too; any
    immunosuppressant counts here. A new drug without an indication, or no log at all, is open.
    """
    if not logged:
        return None
    found = Truth.NO
    for record in drugs:
        when = span(record.form)
        if when is None or not since < when[0] <= until or _taken_before(record, when[0], drugs):
            continue
        known = None if record.form.indication is None else record.form.indication in FOR_ACTIVITY
        found = Truth.any(found, Truth.of(known))
    return None if found is Truth.UNKNOWN else found is Truth.YES


def _taken_before(
    record: Record[Immunosuppressant], start: date, drugs: Sequence[Record[Immunosuppressant]]
) -> bool:
    """Whether the drug was in force the day before, at whatever dose: a new dose is no new drug."""
    form, day = record.form, start - timedelta(days=1)
    for other in drugs:
        when = span(other.form)
        same = (other.form.drug, other.form.drug_text) == (form.drug, form.drug_text)
        if same and when is not None and when[0] <= day and (when[1] is None or when[1] >= day):
            return True
    return False


def _admitted(events: Sequence[Record[AdverseEvent]], since: date, until: date) -> bool | None:
    """Whether an admission for lupus is recorded after one visit up to the next.

    An admission that nobody attributed, or whose day is not clear, is open; none recorded is none.
    """
    found = [Truth.NO]
    for record in events:
        event = record.form
        if event.serious == "N" or event.hospitalised == "N":
            continue
        stated = event.admitted_on or event.start
        first, last = dates.earliest(stated), dates.latest(stated)
        if first is None or last is None or last <= since or first > until:
            continue
        within = Truth.of(True if since < first and last <= until else None)
        found.append(Truth.all(within, Truth.of(yes_no(event.hospitalised)), _lupus(event)))
    met = Truth.any(*found)
    return None if met is Truth.UNKNOWN else met is Truth.YES


def _lupus(event: AdverseEvent) -> Truth:
    """Whether an event is lupus itself: as answered, or as marked of special interest."""
    if (given := yes_no(event.due_to_sle)) is not None:
        return Truth.of(given)
    return Truth.of(True if event.special_interest == _LUPUS_FLARE else None)
