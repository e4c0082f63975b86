"""States and indices of the whole disease: LLDAS, DORIS remission, SRI-4, BICLA, MCR and PCR.

They weigh SLEDAI-2K, BILAG, the physician's global assessment and treatment. A state is judged
wherever SLEDAI-2K was assessed, an index after day 0 where SLEDAI-2K and BILAG were assessed at
baseline too; what else is missing leaves the answer open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import cast

from lnmonitor.analysis.inputs import VisitInput, yes_no
from lnmonitor.analysis.model import guarded
from lnmonitor.analysis.responses import Given, given_of, parameters_of
from lnmonitor.analysis.same import Same
from lnmonitor.analysis.sledai_scores import NOTHING, answers
from lnmonitor.analysis.treatment import Treatment
from lnmonitor.clinical import bicla, sri4
from lnmonitor.clinical.bilag import RULE_BILAG_2004, Assessment, BilagGrade, Grade
from lnmonitor.clinical.bilag_items import HAEMATOLOGICAL, RENAL
from lnmonitor.clinical.low_activity import (
    RULE_DORIS,
    RULE_LLDAS,
    ActivityFacts,
    doris_2021,
    lldas,
)
from lnmonitor.clinical.responder import IndexVisit, Responder
from lnmonitor.clinical.response_course import RULE_MCR_PCR, CourseVisit, respond
from lnmonitor.clinical.results import Outcome, Rule, Truth
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.study.protocol import Protocol

Items = Mapping[str, bool | None]


@dataclass
class ActivityHistory:
    """What later visits need: the SLEDAI answers before, and the baseline of the indices."""

    items: Items = field(default_factory=lambda: NOTHING)
    baseline: IndexVisit | None = None
    assessments: list[CourseVisit] = field(default_factory=list)
    """BILAG letters of the last assessment up to day 0 and of all after it."""


def judge_activity(
    visit: VisitInput,
    outcomes: Mapping[str, Outcome],
    treatment: Treatment,
    before: ActivityHistory,
    protocol: Protocol,
) -> dict[str, Outcome]:
    """Return "lldas", "doris", "sri4" and "bicla" of a visit and remember it for the next one.

    Args:
        outcomes: the visit's SLEDAI and BILAG results.
    """
    if visit.sledai is None:
        return {}
    items = answers(visit)
    found = _states(visit, items, outcomes, treatment, before.items, protocol)
    before.items = items
    now = _index_visit(visit, outcomes)
    if now is None or visit.day is None:
        return found
    if visit.day <= 0:
        before.baseline = now
    elif before.baseline is not None:
        found |= _indices(before.baseline, now, treatment, protocol)
    return found


def judge_year(
    visit: VisitInput,
    outcomes: Mapping[str, Outcome],
    before: ActivityHistory,
    protocol: Protocol,
) -> dict[str, Outcome]:
    """Return "mcr_pcr" at the protocol's analysis visit: the response of the year by BILAG.

    Nothing at other visits; the letters of each are remembered.
    """
    if visit.bilag is None or visit.day is None:
        return {}
    now = CourseVisit(visit.day, settled_letters(outcomes))
    before.assessments = [*([] if visit.day <= 0 else before.assessments), now]
    course = tuple(before.assessments)
    due = visit.record.form.visit_code == protocol.analysis_visit
    if not due or course[0].day > 0 or len(course) == 1:
        return {}
    numbers = parameters_of(protocol, RULE_MCR_PCR.id)
    return {"mcr_pcr": guarded(RULE_MCR_PCR, lambda: respond(course, numbers))}


def _states(
    visit: VisitInput,
    items: Items,
    outcomes: Mapping[str, Outcome],
    treatment: Treatment,
    previous: Items,
    protocol: Protocol,
) -> dict[str, Outcome]:
    other = _other_major(visit, outcomes)
    facts = treatment.prednisone_mg_day, other, treatment.standard
    own = given_of(protocol, RULE_LLDAS.id), given_of(protocol, RULE_DORIS.id)
    return dict(_judged(tuple(items.items()), tuple(previous.items()), visit.pga, *facts, *own))


@lru_cache(maxsize=1024)
def _judged(
    items: tuple[tuple[str, bool | None], ...],
    previous: tuple[tuple[str, bool | None], ...],
    pga: float | None,
    prednisone_mg_day: float | None,
    other_major: bool | None,
    standard: bool | None,
    for_lldas: Given,
    for_doris: Given,
) -> dict[str, Outcome]:
    """Judge both states; remembered, for a save changes one visit of many."""
    facts = ActivityFacts(
        items=dict(items),
        previous_items=dict(previous),
        pga=pga,
        prednisone_mg_day=prednisone_mg_day,
        other_major_activity=other_major,
        standard_treatment=standard,
    )
    return {
        "lldas": guarded(RULE_LLDAS, lambda: lldas(facts, parameters=dict(for_lldas))),
        "doris": guarded(RULE_DORIS, lambda: doris_2021(facts, parameters=dict(for_doris))),
    }


def _indices(
    baseline: IndexVisit, now: IndexVisit, treatment: Treatment, protocol: Protocol
) -> dict[str, Outcome]:
    """Judge both indices; whoever is seen has not dropped out, so rescue alone is failure."""
    own = protocol.parameters

    def judged(assess: Callable[..., Responder], rule: Rule) -> Outcome:
        ask = partial(assess, baseline, now, failed=treatment.failed, parameters=own.get(rule.id))
        return guarded(rule, ask)

    return {
        "sri4": judged(sri4.assess, sri4.RULE_SRI_4),
        "bicla": judged(bicla.assess, bicla.RULE_BICLA),
    }


def _index_visit(visit: VisitInput, outcomes: Mapping[str, Outcome]) -> IndexVisit | None:
    score = outcomes.get("sledai")
    if visit.bilag is None or not isinstance(score, SledaiScore):
        return None
    return IndexVisit(score, settled_letters(outcomes), visit.pga)


def settled_letters(outcomes: Mapping[str, Outcome]) -> Assessment:
    """Return the BILAG letters of a visit by system, D where only the history tells D from E."""
    graded = (one for one in outcomes.values() if isinstance(one, BilagGrade))
    return Assessment({one.system: _settled(one) for one in graded})


def _settled(graded: BilagGrade) -> BilagGrade:
    """Return D where only the history could tell D from E: quiet now, whichever it is."""
    quiet = graded.grade is None and graded.missing == ("ever_involved",)
    letter = Grade.D if quiet else graded.grade
    if graded.system in _BY_VALUES:
        return _bare(graded.system, letter, graded.missing, provisional=graded.provisional)
    return _as_d(Same((graded,))) if quiet else graded


_BY_VALUES = (RENAL, HAEMATOLOGICAL)
"""Systems graded by values. Later visits read their letters and never the values behind them, and
so get them without: while the letter is the same, what rests on it is too."""


@lru_cache(maxsize=512)
def _bare(
    system: str, grade: Grade | None, missing: tuple[str, ...], *, provisional: bool
) -> BilagGrade:
    return BilagGrade(RULE_BILAG_2004, (), missing, system, grade, provisional)


@lru_cache(maxsize=512)
def _as_d(one: Same) -> BilagGrade:
    return replace(cast(BilagGrade, one[0]), grade=Grade.D)


def _other_major(visit: VisitInput, outcomes: Mapping[str, Outcome]) -> bool | None:
    """Whether haemolysis or gastrointestinal activity is present, by the BILAG form."""
    gut = outcomes.get("bilag.gastrointestinal")
    active = None
    if isinstance(gut, BilagGrade) and not gut.provisional:
        letter = _settled(gut).grade
        active = None if letter is None else letter in {Grade.A, Grade.B, Grade.C}
    haemolysis = None if visit.bilag is None else yes_no(visit.bilag.form.haemolysis)
    met = Truth.any(Truth.of(active), Truth.of(haemolysis))
    return None if met is Truth.UNKNOWN else met is Truth.YES
