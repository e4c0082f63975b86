"""SELENA flare index a second time: two lists of triggers over a complete account of a visit.

Open in the specification, read as the program reads it: a dose from none at all counts as doubled
(twice nothing is exceeded by any dose); a manifestation "needs" the dose that is in force when that
dose is above the one before; an unknown number may be any number, the ends of a scale are
not argued from (hence the candidates beyond them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.independent.exact import q

GRID: dict[str, tuple[Any, ...]] = {
    "sledai": (-50, 0, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 16, 30, 150),
    "sledai_previous": (-50, 0, 2, 3, 4, 6, 8, 9, 10, 12, 13, 16, 30, 150),
    "pga": (-5.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 2.6, 3.0, 9.0),
    "pga_previous": (-5.0, 0.0, 0.5, 1.0, 1.4, 1.5, 1.6, 2.5, 2.6, 3.0, 9.0),
    "prednisone_mg_day": (0.0, 5.0, 10.0, 20.0, 25.0, 30.0, 80.0, 500.0),
    "prednisone_previous_mg_day": (0.0, 2.5, 5.0, 10.0, 12.5, 20.0, 25.0, 30.0, 60.0, 900.0),
    "weight_kg": (0.5, 25.0, 40.0, 50.0, 60.0, 150.0, 5000.0),
    **dict.fromkeys(
        (
            "worse_major",
            "worse_mild",
            "worse_other",
            "new_immunosuppressant",
            "new_nsaid_or_antimalarial",
            "hospitalised_for_lupus",
        ),
        (True, False),
    ),
}


def severity(fact: Mapping[str, Any], *, modified: bool) -> str:
    dose, before = q(fact["prednisone_mg_day"]), q(fact["prednisone_previous_mg_day"])
    raised, heavy = dose > before, dose > q(fact["weight_kg"]) / 2
    worse = fact["worse_major"] or fact["worse_mild"] or fact["worse_other"]
    now, earlier = fact["sledai"], fact["sledai_previous"]
    pga, pga_before = q(fact["pga"]), q(fact["pga_previous"])
    crossed = now > 12 and earlier <= 12
    severe = [
        worse and raised and (dose >= 2 * before or heavy),
        worse and fact["hospitalised_for_lupus"],
        raised and heavy,
        fact["new_immunosuppressant"],
        fact["hospitalised_for_lupus"],
        pga > q(2.5) >= pga_before,
    ]
    if any(severe) or (crossed and not modified):
        return "severe"
    mild = [
        crossed,  # only the modified index comes here with it
        now - earlier >= 3 and now <= 12,
        fact["worse_mild"],
        raised,
        fact["new_nsaid_or_antimalarial"],
        pga - pga_before >= 1 and pga <= q(2.5),
    ]
    return "mild_moderate" if any(mild) else "none"
