"""SELENA-SLEDAI flare index (SFI): severe, mild or moderate, or none, against the visit before.

Petri 2005 / Buyon 2005 (doi 10.7326/0003-4819-142-12_Part_1-200506210-00004). Criteria read in
public descriptions. They differ on PGA: a rise of >= 1.0 is taken. The modified index drops a
severe call that rests on the score alone (from knowledge).
"""

from __future__ import annotations

from dataclasses import replace

from lnmonitor.clinical.criteria import once, require_positive, require_range, truth
from lnmonitor.clinical.results import (
    Outcome,
    Row,
    Rule,
    Scalar,
    Truth,
    any_met,
    frozen,
    later,
    open_items,
    reasons_of,
)
from lnmonitor.clinical.selena_sledai import BUYON_2005

RULE_SFI = Rule("selena-flare-index", "2", (BUYON_2005,), verified=False)
_RULES = {each: replace(RULE_SFI, parameters={"modified": each}) for each in (False, True)}

SCORE_LIMIT = 12
PREDNISONE_MG_KG = 0.5
SEVERE, MILD_MODERATE, NONE = "severe", "mild_moderate", "none"


@frozen
class SfiFacts:
    """This visit against the one before; None = not known. Scores are SELENA-SLEDAI, PGA 0..3.

    `worse_major`: new or worse nervous system lupus, vasculitis, nephritis, myositis, platelets
    < 60 x 10^9/L, or haemolytic anaemia (haemoglobin < 70 g/L or down by > 30 g/L). `worse_mild`:
    new or worse rash, nasopharyngeal ulcers, pleuritis, pericarditis, arthritis or lupus fever.
    `worse_other`: any other manifestation new or worse. `new_immunosuppressant` and
    `new_nsaid_or_antimalarial`: begun for activity. Doses are prednisone equivalents in mg/day.
    """

    sledai: int | None = None
    sledai_previous: int | None = None
    pga: float | None = None
    pga_previous: float | None = None
    prednisone_mg_day: float | None = None
    prednisone_previous_mg_day: float | None = None
    weight_kg: float | None = None
    worse_major: bool | None = None
    worse_mild: bool | None = None
    worse_other: bool | None = None
    new_immunosuppressant: bool | None = None
    new_nsaid_or_antimalarial: bool | None = None
    hospitalised_for_lupus: bool | None = None


@frozen
class SfiFlare(Outcome):
    """`severity` "severe", "mild_moderate", "none", or None while a missing fact could decide."""

    severity: str | None = None


@once
def _check(facts: SfiFacts) -> None:
    for item in ("sledai", "sledai_previous"):
        require_range(item, getattr(facts, item), None, 0, 105)
    for item in ("pga", "pga_previous"):
        require_range(item, getattr(facts, item), None, 0, 3)
    for item in ("prednisone_mg_day", "prednisone_previous_mg_day"):
        require_range(item, getattr(facts, item), "mg/day", 0)
    require_positive("weight_kg", facts.weight_kg, "kg")


def _difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def _doses(facts: SfiFacts) -> tuple[Truth, Truth, Truth]:
    """Return: raised; above 0.5 mg/kg/day; at least doubled."""
    now, before, weight = (
        facts.prednisone_mg_day,
        facts.prednisone_previous_mg_day,
        facts.weight_kg,
    )
    raised = Truth.NO if now == 0 else truth(now, ">", before)
    high = truth(now, ">", None if weight is None else PREDNISONE_MG_KG * weight)
    doubled = Truth.all(raised, truth(now, ">=", None if before is None else 2 * before))
    return raised, high, doubled


_BEFORE = {
    "sledai": "sledai_previous",
    "pga": "pga_previous",
    "prednisone_mg_day": "prednisone_previous_mg_day",
}


def _row(code: str, met: Truth, facts: SfiFacts, item: str) -> Row:
    values: dict[str, Scalar] = {"item": item, "value": getattr(facts, item)}
    if item in _BEFORE:
        values["previous"] = getattr(facts, _BEFORE[item])
    return code, met, values


def _severe(facts: SfiFacts) -> list[Row]:
    """S1 to S7; the score comes first."""
    raised, high, doubled = _doses(facts)
    admitted = Truth.of(facts.hospitalised_for_lupus)
    worse = Truth.any(
        Truth.of(facts.worse_major), Truth.of(facts.worse_mild), Truth.of(facts.worse_other)
    )
    treated = Truth.any(doubled, Truth.all(raised, high), admitted)
    score = Truth.all(
        truth(facts.sledai, ">", SCORE_LIMIT), truth(facts.sledai_previous, "<=", SCORE_LIMIT)
    )
    pga = Truth.all(truth(facts.pga, ">", 2.5), truth(facts.pga_previous, "<=", 2.5))
    major = Truth.all(Truth.of(facts.worse_major), treated)
    return [
        _row("sfi.score_above_12", score, facts, "sledai"),
        _row("sfi.major_treated", major, facts, "worse_major"),
        _row("sfi.any_treated", Truth.all(worse, treated), facts, "worse_other"),
        _row("sfi.prednisone_high", Truth.all(raised, high), facts, "prednisone_mg_day"),
        _row(
            "sfi.new_immunosuppressant",
            Truth.of(facts.new_immunosuppressant),
            facts,
            "new_immunosuppressant",
        ),
        _row("sfi.hospitalised", admitted, facts, "hospitalised_for_lupus"),
        _row("sfi.pga_above_2_5", pga, facts, "pga"),
    ]


def _mild(facts: SfiFacts) -> list[Row]:
    """M1 to M5."""
    raised, high, _ = _doses(facts)
    rise = _difference(facts.sledai, facts.sledai_previous)
    pga = _difference(facts.pga, facts.pga_previous)
    # The third term follows from the other two: it decides where only the visit before is known.
    score = Truth.all(
        truth(rise, ">=", 3),
        truth(facts.sledai, "<=", SCORE_LIMIT),
        truth(facts.sledai_previous, "<=", SCORE_LIMIT - 3),
    )
    assessed = Truth.all(
        truth(pga, ">=", 1.0), truth(facts.pga, "<=", 2.5), truth(facts.pga_previous, "<=", 1.5)
    )
    return [
        _row("sfi.score_rise", score, facts, "sledai"),
        _row("sfi.mild_manifestation", Truth.of(facts.worse_mild), facts, "worse_mild"),
        _row("sfi.prednisone_raised", Truth.all(raised, high.negated), facts, "prednisone_mg_day"),
        _row(
            "sfi.new_nsaid_or_antimalarial",
            Truth.of(facts.new_nsaid_or_antimalarial),
            facts,
            "new_nsaid_or_antimalarial",
        ),
        _row("sfi.pga_rise", assessed, facts, "pga"),
    ]


def assess(facts: SfiFacts, *, modified: bool = False) -> SfiFlare:
    """Return the flare; any one criterion suffices and severe outranks mild or moderate.

    `modified`: a severe flare that rests on the score alone is reported as mild or moderate, with
    the reason `sfi.score_only`. Raises InvalidInput for impossible values.
    """
    _check(facts)
    severe, mild = _severe(facts), _mild(facts)
    note: list[Row] = []
    if modified:
        (_, by_score, values), severe = severe[0], severe[1:]
        met = Truth.all(by_score, any_met(severe).negated)
        note = [("sfi.score_only", met, values)]
    is_severe, is_mild = any_met(severe), any_met((*mild, *note))
    severity = None
    if is_severe is Truth.YES:
        severity = SEVERE
    elif is_severe is Truth.NO and is_mild is not Truth.UNKNOWN:
        severity = MILD_MODERATE if is_mild is Truth.YES else NONE
    rows = (*severe, *mild, *note)
    return SfiFlare(
        rule=_RULES[modified],
        reasons=later(reasons_of, rows),
        missing=open_items(rows) if severity is None else (),
        severity=severity,
    )
