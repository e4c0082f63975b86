"""SELENA-SLEDAI flare index (SFI): severe, mild or moderate, or none, against the visit before.

Petri 2005 / Buyon 2005 (doi 10.7326/0003-4819-142-12_Part_1-200506210-00004). Criteria read in
public descriptions. They differ on PGA: a rise of >= 1.0 is taken. The modified index drops a
severe call that rests on the score alone (from knowledge).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lnmonitor.clinical.criteria import require_positive, require_range, truth
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.selena_sledai import BUYON_2005

RULE_SFI = Rule("selena-flare-index", "1", (BUYON_2005,), verified=False)

SCORE_LIMIT = 12
PREDNISONE_MG_KG = 0.5
SEVERE, MILD_MODERATE, NONE = "severe", "mild_moderate", "none"


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class SfiFlare(Outcome):
    """`severity` "severe", "mild_moderate", "none", or None while a missing fact could decide."""

    severity: str | None = None


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


def _reason(code: str, met: Truth, facts: SfiFacts, item: str) -> Reason:
    values: dict[str, Scalar] = {"item": item, "value": getattr(facts, item)}
    if item in {"sledai", "pga"}:
        values["previous"] = getattr(facts, f"{item}_previous")
    if item == "prednisone_mg_day":
        values["previous"] = facts.prednisone_previous_mg_day
    return Reason(code, met, values)


def _severe(facts: SfiFacts) -> list[Reason]:
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
        _reason("sfi.score_above_12", score, facts, "sledai"),
        _reason("sfi.major_treated", major, facts, "worse_major"),
        _reason("sfi.any_treated", Truth.all(worse, treated), facts, "worse_other"),
        _reason("sfi.prednisone_high", Truth.all(raised, high), facts, "prednisone_mg_day"),
        _reason(
            "sfi.new_immunosuppressant",
            Truth.of(facts.new_immunosuppressant),
            facts,
            "new_immunosuppressant",
        ),
        _reason("sfi.hospitalised", admitted, facts, "hospitalised_for_lupus"),
        _reason("sfi.pga_above_2_5", pga, facts, "pga"),
    ]


def _mild(facts: SfiFacts) -> list[Reason]:
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
        _reason("sfi.score_rise", score, facts, "sledai"),
        _reason("sfi.mild_manifestation", Truth.of(facts.worse_mild), facts, "worse_mild"),
        _reason(
            "sfi.prednisone_raised", Truth.all(raised, high.negated), facts, "prednisone_mg_day"
        ),
        _reason(
            "sfi.new_nsaid_or_antimalarial",
            Truth.of(facts.new_nsaid_or_antimalarial),
            facts,
            "new_nsaid_or_antimalarial",
        ),
        _reason("sfi.pga_rise", assessed, facts, "pga"),
    ]


def assess(facts: SfiFacts, *, modified: bool = False) -> SfiFlare:
    """Return the flare; any one criterion suffices and severe outranks mild or moderate.

    `modified`: a severe flare that rests on the score alone is reported as mild or moderate, with
    the reason `sfi.score_only`. Raises InvalidInput for impossible values.
    """
    _check(facts)
    severe, mild = _severe(facts), _mild(facts)
    note: list[Reason] = []
    if modified:
        by_score, severe = severe[0], severe[1:]
        others = Truth.any(*(reason.met for reason in severe))
        note = [Reason("sfi.score_only", Truth.all(by_score.met, others.negated), by_score.values)]
    is_severe = Truth.any(*(reason.met for reason in severe))
    is_mild = Truth.any(*(reason.met for reason in (*mild, *note)))
    severity = None
    if is_severe is Truth.YES:
        severity = SEVERE
    elif is_severe is Truth.NO and is_mild is not Truth.UNKNOWN:
        severity = MILD_MODERATE if is_mild is Truth.YES else NONE
    reasons = (*severe, *mild, *note)
    open_items = (str(r.values["item"]) for r in reasons if r.met is Truth.UNKNOWN)
    return SfiFlare(
        rule=replace(RULE_SFI, parameters={"modified": modified}),
        reasons=reasons,
        missing=tuple(dict.fromkeys(open_items)) if severity is None else (),
        severity=severity,
    )
