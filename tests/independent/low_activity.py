"""LLDAS and DORIS 2021 a second time, over complete accounts of a visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.independent.exact import q
from tests.independent.sledai import RENAL, SEROLOGY, WEIGHT

# No activity of kidney, nervous system, heart and lungs, vessels, and no fever.
NERVES = set(list(WEIGHT)[:7])
MAJOR = RENAL | NERVES | {"vasculitis", "pleurisy", "pericarditis", "fever"}

Items = Mapping[str, bool]


def score(items: Items) -> int:
    return sum(WEIGHT[code] for code, present in items.items() if present)


def lldas(now: Items, before: Items, fact: Mapping[str, Any]) -> bool:
    new = {code for code in WEIGHT if now[code] and not before[code]}
    return (
        score(now) <= 4
        and not any(now[code] for code in MAJOR)
        and not fact["other_major_activity"]
        and not new
        and q(fact["pga"]) <= 1
        and q(fact["prednisone_mg_day"]) <= q(7.5)
        and fact["standard_treatment"]
    )


def doris(now: Items, fact: Mapping[str, Any]) -> bool:
    return (
        not any(now[code] for code in WEIGHT if code not in SEROLOGY)
        and q(fact["pga"]) < q(0.5)
        and q(fact["prednisone_mg_day"]) <= 5
        and fact["standard_treatment"]
    )
