"""SELENA-SLEDAI: the 24 weighted items of SLEDAI-2K, read by somewhat other definitions.

Petri 2005 / Buyon 2005 (Ann Intern Med 142:953-62). Proteinuria must be new or risen by more than
0.5 g; arthritis more than two joints (both read on forms and in PMC4411763). That eye, cranial
nerve, stroke and serositis items differ is from knowledge. Ongoing rash, alopecia and ulcers count,
as in SLEDAI-2K; some forms print "new or recurrent". Needed only where the flare index is used.
"""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.clinical import sledai
from lnmonitor.clinical.criteria import require_range, truth
from lnmonitor.clinical.results import Citation, Rule, Truth, frozen
from lnmonitor.clinical.sledai import ItemSum, SledaiScore

BUYON_2005 = Citation(
    "Buyon JP, Petri MA, Kim MY, et al.",
    "Ann Intern Med 142:953-62",
    2005,
    "10.7326/0003-4819-142-12_Part_1-200506210-00004",
)
RULE_SELENA_SLEDAI = Rule("selena-sledai", "1", (BUYON_2005,), verified=False)

_ALL = ItemSum(RULE_SELENA_SLEDAI)

MORE_THAN_JOINTS = 2
RISE_G = 0.5


@frozen
class SelenaFacts:
    """What SELENA asks beyond the SLEDAI-2K answers; None = not asked.

    `u24_g` and `u24_previous_g` are 24-hour protein (or g/g, both of one kind). The last four are
    the findings that SELENA counts and SLEDAI-2K does not; `hypertensive_stroke` is the reverse.
    """

    joints: int | None = None
    u24_g: float | None = None
    u24_previous_g: float | None = None
    hypertensive_stroke: bool | None = None
    scleritis_or_episcleritis: bool | None = None
    lupus_vertigo: bool | None = None
    typical_pleuritic_pain: bool | None = None
    typical_pericardial_pain: bool | None = None


def _answer(met: Truth) -> bool | None:
    return None if met is Truth.UNKNOWN else met is Truth.YES


def _proteinuria(facts: SelenaFacts) -> Truth:
    """New (not above 0.5 g before) or risen by more than 0.5 g."""
    rise = None
    if facts.u24_g is not None and facts.u24_previous_g is not None:
        rise = facts.u24_g - facts.u24_previous_g
    return Truth.any(truth(facts.u24_previous_g, "<=", RISE_G), truth(rise, ">", RISE_G))


def derive(items: Mapping[str, bool | None], facts: SelenaFacts) -> dict[str, bool | None]:
    """Return the 24 answers as SELENA reads them, from SLEDAI-2K answers and `facts`.

    An answer that could be either stays None. Raises InvalidInput for impossible values.
    """
    require_range("joints", facts.joints, "joints", 0)
    require_range("u24_g", facts.u24_g, "g/24 h", 0)
    require_range("u24_previous_g", facts.u24_previous_g, "g/24 h", 0)
    answered = {code: Truth.of(items.get(code)) for code in sledai.ITEM_BY_CODE}
    stricter = {
        "arthritis": truth(facts.joints, ">", MORE_THAN_JOINTS),
        "proteinuria": _proteinuria(facts),
        "cva": Truth.of(facts.hypertensive_stroke).negated,
    }
    wider = {
        "visual": facts.scleritis_or_episcleritis,
        "cranial_nerve": facts.lupus_vertigo,
        "pleurisy": facts.typical_pleuritic_pain,
        "pericarditis": facts.typical_pericardial_pain,
    }
    for code, met in stricter.items():
        answered[code] = Truth.all(answered[code], met)
    for code, also in wider.items():
        answered[code] = Truth.any(answered[code], Truth.of(also))
    return {code: _answer(met) for code, met in answered.items()}


def score(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return the SELENA-SLEDAI (0..105) of answers given by its own definitions, or `derive`d.

    Raises InvalidInput for an unknown code or window.
    """
    return _ALL.score(items, window_days)
