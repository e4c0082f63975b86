"""Lupus low disease activity state (LLDAS) and DORIS remission at a visit.

Franklyn 2016 (doi 10.1136/annrheumdis-2015-207726), van Vollenhoven 2021 (Lupus Sci Med,
PMC8614136). DORIS is quoted with prednisone <= 5 and < 5 mg/day; <= 5 is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lnmonitor.clinical import sledai
from lnmonitor.clinical.criteria import compared, require_range
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Citation,
    Outcome,
    Row,
    Rule,
    Scalar,
    Truth,
    all_met,
    frozen,
    later,
    open_items,
    reasons_of,
)

FRANKLYN_2016 = Citation(
    "Franklyn K, Lau CS, Navarra SV, et al.",
    "Ann Rheum Dis 75:1615-21",
    2016,
    "10.1136/annrheumdis-2015-207726",
)
DORIS_2021 = Citation("van Vollenhoven RF, Bertsias G, Doria A, et al.", "Lupus Sci Med 8", 2021)
RULE_LLDAS = Rule("lldas", "1", (FRANKLYN_2016,), verified=True)
RULE_DORIS = Rule("doris-2021", "1", (DORIS_2021,), verified=True)

MAJOR_ORGAN_CODES = (
    "seizure",
    "psychosis",
    "organic_brain",
    "visual",
    "cranial_nerve",
    "lupus_headache",
    "cva",
    "vasculitis",
    *sledai.RENAL_CODES,
    "pleurisy",
    "pericarditis",
    "fever",
)
"""SLEDAI-2K items that exclude LLDAS: nervous system, vasculitis, kidney, heart and lung, fever."""


@frozen
class ActivityFacts:
    """One visit; None = not assessed. `pga` 0..3, prednisone equivalent in mg/day.

    `items` and `previous_items` are SLEDAI-2K answers of this and the last visit.
    `other_major_activity`: haemolytic anaemia or gastrointestinal activity. `standard_treatment`:
    immunosuppressants at tolerated standard maintenance doses, unchanged.
    """

    items: Mapping[str, bool | None]
    previous_items: Mapping[str, bool | None]
    pga: float | None = None
    prednisone_mg_day: float | None = None
    other_major_activity: bool | None = None
    standard_treatment: bool | None = None


@frozen
class ActivityState(Outcome):
    """Whether the state is reached; UNKNOWN while a missing answer could decide."""

    met: Truth = Truth.UNKNOWN


def _check(facts: ActivityFacts) -> None:
    require_range("pga", facts.pga, None, 0, 3)
    require_range("prednisone_mg_day", facts.prednisone_mg_day, "mg/day", 0)


def _score_within(code: str, score: sledai.SledaiScore, limit: int) -> Row:
    """Compare a score, or its range while items are missing, with a limit."""
    met = UNKNOWN
    if score.high <= limit:
        met = YES
    elif score.low > limit:
        met = NO
    values: dict[str, Scalar] = {"item": "sledai", "value": score.score, "limit": limit}
    return code, met, {**values, "low": score.low, "high": score.high}


def _absent(code: str, items: Mapping[str, bool | None], codes: Sequence[str]) -> Row:
    present = [item for item in codes if items.get(item)]
    unanswered = not present and None in map(items.get, codes)
    met = Truth.of(None if unanswered else not present)
    return code, met, {"item": ", ".join(present) or "sledai"}


def _no_new_item(facts: ActivityFacts) -> Row:
    """No item present now that was absent at the last visit."""
    found, unknown = [], False
    answer, answer_before = facts.items.get, facts.previous_items.get
    for code in sledai.ITEM_BY_CODE:
        now = answer(code)
        if now is not None and not now:
            continue
        before = answer_before(code)
        if before:
            continue
        if now and before is not None:
            found.append(code)
        else:
            unknown = True
    met = Truth.of(None if unknown and not found else not found)
    return "state.no_new_item", met, {"item": ", ".join(found) or "previous_sledai"}


def _conclude(rule: Rule, rows: tuple[Row, ...]) -> ActivityState:
    met = all_met(rows)
    return ActivityState(
        rule=rule,
        reasons=later(reasons_of, rows),
        missing=open_items(rows) if met is UNKNOWN else (),
        met=met,
    )


def _yes(code: str, item: str, answer: bool | None, *, wanted: bool) -> Row:
    met = Truth.of(answer) if wanted else Truth.of(answer).negated
    return code, met, {"item": item, "value": answer}


def lldas(facts: ActivityFacts) -> ActivityState:
    """LLDAS as first published.

    SLEDAI-2K <= 4 without major organ activity, no new item, PGA <= 1, prednisone <= 7.5 mg/day,
    standard maintenance treatment. Raises InvalidInput for an impossible value.
    """
    _check(facts)
    dose = facts.prednisone_mg_day
    return _conclude(
        RULE_LLDAS,
        (
            _score_within("state.sledai", sledai.score(facts.items), 4),
            _absent("state.no_major_organ", facts.items, MAJOR_ORGAN_CODES),
            _yes(
                "state.no_other_major",
                "other_major_activity",
                facts.other_major_activity,
                wanted=False,
            ),
            _no_new_item(facts),
            compared("state.pga", "pga", facts.pga, "<=", 1.0),
            compared("state.prednisone", "prednisone_mg_day", dose, "<=", 7.5, "mg/day"),
            _yes(
                "state.standard_treatment",
                "standard_treatment",
                facts.standard_treatment,
                wanted=True,
            ),
        ),
    )


def doris_2021(facts: ActivityFacts) -> ActivityState:
    """DORIS remission: clinical SLEDAI 0, PGA < 0.5, prednisone <= 5 mg/day, stable treatment.

    Serology is ignored. Raises InvalidInput for an impossible value.
    """
    _check(facts)
    dose = facts.prednisone_mg_day
    return _conclude(
        RULE_DORIS,
        (
            _score_within("state.clinical_sledai", sledai.clinical_sledai(facts.items), 0),
            compared("state.pga", "pga", facts.pga, "<", 0.5),
            compared("state.prednisone", "prednisone_mg_day", dose, "<=", 5.0, "mg/day"),
            _yes(
                "state.standard_treatment",
                "standard_treatment",
                facts.standard_treatment,
                wanted=True,
            ),
        ),
    )
