"""BILAG flares between two assessments; several rules are in use, a report names the one applied.

Gordon 2003 (doi 10.1093/rheumatology/keg382): a new A, or a new B after C, D or E, in any system.
Trials ask for one new A or two new B (TULIP flare analysis, doi 10.1177/09612033211014267).
Isenberg 2011 (doi 10.1136/ard.2010.132068): severe, moderate, mild, resting on items scored new or
worse; the levels were read in an abstract, their exact wording is from knowledge. The severity
bands of the British guideline (2018) describe one assessment, no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from lnmonitor.clinical.bilag import BilagGrade, Grade, Letters, letter_of, letters_of
from lnmonitor.clinical.bilag_items import HAEMATOLOGICAL, RENAL, SYSTEMS
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    later,
)

GORDON_2003 = Citation(
    "Gordon C, Sutcliffe N, Skan J, et al.",
    "Rheumatology 42:1372-9",
    2003,
    "10.1093/rheumatology/keg382",
)
TULIP_FLARES = Citation("TULIP flare analysis", "Lupus", 2021, "10.1177/09612033211014267")
ISENBERG_2011 = Citation(
    "Isenberg DA, Allen E, Farewell V, et al.",
    "Ann Rheum Dis 70:54-9",
    2011,
    "10.1136/ard.2010.132068",
)
BSR_2018 = Citation(
    "Gordon C, Amissah-Arthur MB, Gayed M, et al.",
    "Rheumatology 57:e1-e45",
    2018,
    "10.1093/rheumatology/kex286",
)
RULE_GORDON_2003 = Rule("bilag-flare-gordon-2003", "2", (GORDON_2003,), verified=True)
RULE_TRIAL = Rule("bilag-flare-trial", "2", (TULIP_FLARES,), verified=True)
_RULES = {1: RULE_GORDON_2003, 2: RULE_TRIAL}
"""The rules that differ in how many new B make a flare, by that number."""

RULE_ISENBERG_2011 = Rule("bilag-flare-isenberg-2011", "2", (ISENBERG_2011,), verified=False)
RULE_BSR_BAND = Rule("bilag-bsr-band", "1", (BSR_2018,), verified=False)

MILD_SYSTEMS = 3
"""How many systems must newly be C for a mild flare."""
_VALUE_SYSTEMS = (RENAL, HAEMATOLOGICAL)
_NEW_OR_WORSE = 3
_INACTIVE = frozenset({Grade.C, Grade.D, Grade.E})
_QUIET = frozenset({None, Grade.D, Grade.E})


@frozen
class BilagFlare(Outcome):
    """`flare` by the rule; `severity` "severe" (a new A), "moderate" (a new B), "none", or None.

    `new_a` and `new_b` are the systems that rose. `missing` names systems without both letters.
    One rule also knows "mild", by the systems in `new_c`.
    """

    flare: Truth = Truth.UNKNOWN
    severity: str | None = None
    new_a: tuple[str, ...] = ()
    new_b: tuple[str, ...] = ()
    new_c: tuple[str, ...] = ()


class Rises(NamedTuple):
    """The systems with a new A, with a new B, and those that cannot be compared."""

    new_a: tuple[str, ...]
    new_b: tuple[str, ...]
    unknown: tuple[str, ...]


def rises(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> Rises:
    """Compare the letters of two assessments."""
    return _rises(letters_of(previous), letters_of(now))


@lru_cache(maxsize=8192)
def _rises(previous: Letters, now: Letters) -> Rises:
    """Compare; remembered, because several rules ask the same of two assessments."""
    new_a, new_b, unknown = [], [], []
    for system, before, after in zip(SYSTEMS, previous, now, strict=True):
        if after in _INACTIVE or before is Grade.A or (after is not None and after is before):
            continue
        if before is None or after is None:
            unknown.append(system)
        elif after is Grade.A:
            new_a.append(system)
        elif before in _INACTIVE:
            new_b.append(system)
    return Rises(tuple(new_a), tuple(new_b), tuple(unknown))


def _could_rise(
    previous: Letters, now: Letters, unknown: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return which of the systems that cannot be compared could have a new A, and which a new B."""
    could_a, could_b = [], []
    for system, before, after in zip(SYSTEMS, previous, now, strict=True):
        if system in unknown:
            could_a += [system] if after in {None, Grade.A} else []
            could_b += [system] if after in {None, Grade.B} and before is not Grade.B else []
    return could_a, could_b


_CODES = {"A": "bilag_flare.new_a", "B": "bilag_flare.new_b", "C": "bilag_flare.new_c"}


def _told(previous: Letters, risen: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Reason, ...]:
    """Return one reason for each system that rose, with its letter and the one before."""
    letters, found = dict(zip(SYSTEMS, previous, strict=True)), []
    for letter, systems in risen:
        for system in systems:
            before = letters[system]
            values: dict[str, Scalar] = {"item": system, "value": letter}
            values["previous"] = before.value if before else None
            found.append(Reason(_CODES[letter], Truth.YES, values))
    return tuple(found)


@lru_cache(maxsize=8192)
def _judge(needed_b: int, previous: Letters, now: Letters) -> BilagFlare:
    """Judge by how many new B make a flare; remembered, for both responder indices ask it too."""
    new_a, new_b, unknown = _rises(previous, now)
    could_a, could_b = _could_rise(previous, now, unknown)
    flare = Truth.of(bool(new_a) or len(new_b) >= needed_b)
    if flare is Truth.NO and (could_a or len(new_b) + len(could_b) >= needed_b):
        flare = Truth.UNKNOWN
    severity = {Truth.YES: "severe" if new_a else "moderate", Truth.NO: "none"}.get(flare)
    if severity == "moderate" and could_a:
        severity = None
    return BilagFlare(
        rule=_RULES[needed_b],
        reasons=later(_told, previous, (("A", new_a), ("B", new_b))),
        missing=unknown if severity is None else (),
        flare=flare,
        severity=severity,
        new_a=new_a,
        new_b=new_b,
    )


def gordon_2003(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Flare: a new A (severe), or a new B after C, D or E (moderate), in at least one system.

    Both arguments map systems to their grades; a system left out or without a letter is unknown.
    """
    return _judge(1, letters_of(previous), letters_of(now))


def trial(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Flare: at least one new A or two new B against the previous visit."""
    return _judge(2, letters_of(previous), letters_of(now))


def _rests_on_new_or_worse(graded: BilagGrade) -> bool:
    """Whether the letter needs items scored 3 (worse) or 4 (new), or is made by them alone.

    Value systems (kidney, blood) always count; so does a letter given without its items.
    """
    if graded.system in _VALUE_SYSTEMS:
        return True
    scores = {
        str(reason.values["item"]): int(reason.values["value"] or 0)
        for reason in graded.reasons
        if reason.code == "bilag.item"
    }
    fresh = {item: score for item, score in scores.items() if score >= _NEW_OR_WORSE}
    rest = {item: score for item, score in scores.items() if score < _NEW_OR_WORSE}
    alone, without = letter_of(graded.system, fresh), letter_of(graded.system, rest)
    return alone is graded.grade or without is not graded.grade


def _in_order(*systems: str) -> tuple[str, ...]:
    return tuple(system for system in SYSTEMS if system in systems)


def isenberg_2011(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Severe: a new A; moderate: a new B after C, D or E; mild: three or more systems newly C.

    Each must rest on items scored new or worse, or on values. A system left out or without a letter
    is unknown. `flare` counts all three levels.
    """
    letters, letters_now = letters_of(previous), letters_of(now)
    risen_a, risen_b, unlike = _rises(letters, letters_now)
    # A system without a letter now could have one that rests on such items.
    unknown = [s for s in unlike if s not in now or _rests_on_new_or_worse(now[s])]
    could_a, could_b = _could_rise(letters, letters_now, unknown)
    new_a = tuple([system for system in risen_a if _rests_on_new_or_worse(now[system])])
    new_b = tuple([system for system in risen_b if _rests_on_new_or_worse(now[system])])
    new_c, open_c = [], []
    for system, before, after in zip(SYSTEMS, letters, letters_now, strict=True):
        if before not in _QUIET:
            continue
        if after is Grade.C and before is not None:
            new_c += [system] if _rests_on_new_or_worse(now[system]) else []
        elif after is None or after is Grade.C:
            stale = system in now and not _rests_on_new_or_worse(now[system])
            open_c += [] if stale else [system]
    severity: str | None = "none"
    if new_a:
        severity = "severe"
    elif could_a:
        severity = None
    elif new_b:
        severity = "moderate"
    elif could_b:
        severity = None
    elif len(new_c) >= MILD_SYSTEMS:
        severity = "mild"
    elif len(new_c) + len(open_c) >= MILD_SYSTEMS:
        severity = None
    certain = bool(new_a or new_b or len(new_c) >= MILD_SYSTEMS)
    return BilagFlare(
        rule=RULE_ISENBERG_2011,
        reasons=later(_told, letters, (("A", new_a), ("B", new_b), ("C", tuple(new_c)))),
        missing=_in_order(*unknown, *open_c) if severity is None else (),
        flare=Truth.YES if certain else Truth.of(None if severity is None else False),
        severity=severity,
        new_a=new_a,
        new_b=new_b,
        new_c=tuple(new_c),
    )


@frozen
class BsrBand(Outcome):
    """`band` "severe", "moderate", "mild", "none", or None while a missing letter could decide."""

    band: str | None = None


_BANDS = ("none", "mild", "moderate", "severe")


def _band(letters: Letters) -> int:
    if Grade.A in letters:
        return 3
    b = letters.count(Grade.B)
    return 2 if b >= 2 else int(b == 1 or Grade.C in letters)


def bsr_band(grades: Mapping[str, BilagGrade]) -> BsrBand:
    """Return the severity band of one assessment: a state, no flare.

    Severe: at least one A; moderate: B in two or more systems; mild: C only, or a single B. The
    guideline words the severe band for disease outside the kidney; here every system counts.
    """
    letters = letters_of(grades)
    band = _band(letters)
    if None in letters and band < len(_BANDS) - 1:
        missing = tuple(s for s, letter in zip(SYSTEMS, letters, strict=True) if letter is None)
        return BsrBand(RULE_BSR_BAND, missing=missing)
    return BsrBand(RULE_BSR_BAND, later(_letters_told, letters), band=_BANDS[band])


def _letters_told(letters: Letters) -> tuple[Reason, ...]:
    return tuple(
        Reason("bilag.letter", Truth.YES, {"item": system, "value": letter.value})
        for system, letter in zip(SYSTEMS, letters, strict=True)
        if letter is not None and letter not in {Grade.D, Grade.E}
    )
