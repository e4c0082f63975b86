"""BILAG flares between two assessments; four rules are in use, a report names the one applied.

Gordon 2003 (doi 10.1093/rheumatology/keg382): a new A, or a new B after C, D or E, in any system.
Trials ask for one new A or two new B (TULIP flare analysis, doi 10.1177/09612033211014267).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.clinical.results import Citation, Outcome, Reason, Rule, Truth

GORDON_2003 = Citation(
    "Gordon C, Sutcliffe N, Skan J, et al.",
    "Rheumatology 42:1372-9",
    2003,
    "10.1093/rheumatology/keg382",
)
TULIP_FLARES = Citation("TULIP flare analysis", "Lupus", 2021, "10.1177/09612033211014267")
RULE_GORDON_2003 = Rule("bilag-flare-gordon-2003", "1", (GORDON_2003,), verified=True)
RULE_TRIAL = Rule("bilag-flare-trial", "1", (TULIP_FLARES,), verified=True)

_INACTIVE = (Grade.C, Grade.D, Grade.E)


@dataclass(frozen=True)
class BilagFlare(Outcome):
    """`flare` by the rule; `severity` "severe" (a new A), "moderate" (a new B), "none", or None.

    `new_a` and `new_b` are the systems that rose. `missing` names systems without both letters.
    """

    flare: Truth = Truth.UNKNOWN
    severity: str | None = None
    new_a: tuple[str, ...] = ()
    new_b: tuple[str, ...] = ()


def rises(
    previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]
) -> tuple[list[str], list[str], list[str]]:
    """Return the systems with a new A, with a new B, and those that cannot be compared."""
    new_a, new_b, unknown = [], [], []
    for system in SYSTEMS:
        before = previous[system].grade if system in previous else None
        after = now[system].grade if system in now else None
        if after in _INACTIVE or (after is not None and after is before):
            continue
        if before is None or after is None:
            unknown.append(system)
        elif after is Grade.A:
            new_a.append(system)
        elif before in _INACTIVE:
            new_b.append(system)
    return new_a, new_b, unknown


def _judge(
    rule: Rule,
    needed_b: int,
    previous: Mapping[str, BilagGrade],
    now: Mapping[str, BilagGrade],
) -> BilagFlare:
    new_a, new_b, unknown = rises(previous, now)
    flare = Truth.of(bool(new_a) or len(new_b) >= needed_b)
    if flare is Truth.NO and unknown:
        flare = Truth.UNKNOWN
    severity = {Truth.YES: "severe" if new_a else "moderate", Truth.NO: "none"}.get(flare)
    if severity == "moderate" and unknown:
        severity = None
    return BilagFlare(
        rule=rule,
        reasons=tuple(
            Reason(
                f"bilag_flare.{letter}",
                Truth.YES,
                {
                    "item": system,
                    "value": letter.removeprefix("new_").upper(),
                    "previous": before.value if (before := previous[system].grade) else None,
                },
            )
            for letter, systems in (("new_a", new_a), ("new_b", new_b))
            for system in systems
        ),
        missing=tuple(unknown) if severity is None else (),
        flare=flare,
        severity=severity,
        new_a=tuple(new_a),
        new_b=tuple(new_b),
    )


def gordon_2003(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Flare: a new A (severe), or a new B after C, D or E (moderate), in at least one system.

    Both arguments map systems to their grades; a system left out or without a letter is unknown.
    """
    return _judge(RULE_GORDON_2003, 1, previous, now)


def trial(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Flare: at least one new A or two new B against the previous visit."""
    return _judge(RULE_TRIAL, 2, previous, now)
