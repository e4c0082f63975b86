"""BILAG flares between two assessments; several rules are in use, a report names the one applied.

Gordon 2003 (doi 10.1093/rheumatology/keg382): a new A, or a new B after C, D or E, in any system.
Trials ask for one new A or two new B (TULIP flare analysis, doi 10.1177/09612033211014267).
Isenberg 2011 (doi 10.1136/ard.2010.132068): severe, moderate, mild, resting on items scored new or
worse; the levels were read in an abstract, their exact wording is from knowledge, so that the
number of systems for a mild flare is a protocol parameter. The severity bands of the British
guideline (2018) describe one assessment, no change; read second hand, so here too the number of
systems is a parameter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from lnmonitor.clinical.bilag import (
    BilagGrade,
    Grade,
    Letters,
    letter_of,
    letters_of,
    without_letter,
)
from lnmonitor.clinical.bilag_items import HAEMATOLOGICAL, RENAL, SYSTEMS
from lnmonitor.clinical.parameters import Overrides, Parameters, Whole
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
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
RULE_ISENBERG_2011 = Rule("bilag-flare-isenberg-2011", "2", (ISENBERG_2011,), verified=False)
RULE_BSR_BAND = Rule("bilag-bsr-band", "1", (BSR_2018,), verified=False)

GORDON_B, TRIAL_B = 1, 2
"""How many new B make a flare without a new A."""
ISENBERG_PARAMETERS = Parameters(
    RULE_ISENBERG_2011.id, {"mild_systems": Whole(3, least=1, most=len(SYSTEMS))}
)
"""How many systems must newly be C for a mild flare."""
BSR_PARAMETERS = Parameters(
    RULE_BSR_BAND.id, {"moderate_systems": Whole(2, least=1, most=len(SYSTEMS))}
)
"""How many systems with B make the moderate band."""
_VALUE_SYSTEMS = (RENAL, HAEMATOLOGICAL)
_NEW_OR_WORSE = 3
A, B, C, D, E = Grade
_INACTIVE = frozenset({D, E})
_NO_RISE_FROM, _NO_RISE_TO = frozenset({A, None}), frozenset({D, E, None})
"""Letters before and after that are no rise whatever the other is; None may be one."""


@frozen
class BilagFlare(Outcome):
    """`flare` by the rule; `severity` "severe" (a new A), "moderate" (a new B), "none", or None.

    `new_a` and `new_b` are the systems that rose. `missing` names systems without both letters.
    One rule also knows "mild", by the systems in `new_c`.
    """

    flare: Truth = UNKNOWN
    severity: str | None = None
    new_a: tuple[str, ...] = ()
    new_b: tuple[str, ...] = ()
    new_c: tuple[str, ...] = ()


class Rises(NamedTuple):
    """The systems that rose to A, to B after C, D or E, or to C after D or E.

    Where a letter is missing a system may have risen: `could_a`, `could_b` and `could_c` name the
    systems whose known letter allows it. Each is in the order of SYSTEMS.
    """

    new_a: tuple[str, ...]
    new_b: tuple[str, ...]
    new_c: tuple[str, ...]
    could_a: tuple[str, ...] = ()
    could_b: tuple[str, ...] = ()
    could_c: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the systems that may have risen to A or B."""
        if not (self.could_a or self.could_b):
            return ()
        return _in_order({*self.could_a, *self.could_b})


def _in_order(systems: Collection[str]) -> tuple[str, ...]:
    return tuple([system for system in SYSTEMS if system in systems])


@lru_cache(maxsize=8192)
def rises(previous: Letters, now: Letters) -> Rises:
    """Compare two assessments; remembered, because several rules ask the same of them."""
    new_a, new_b, new_c = [], [], []
    for system, before, after in zip(SYSTEMS, previous, now, strict=True):
        if after is before or after in _NO_RISE_TO or before in _NO_RISE_FROM:
            continue
        if after is A:
            new_a.append(system)
        elif after is B:  # it was C, D or E
            new_b.append(system)
        elif before is not B:  # it was D or E, and is C
            new_c.append(system)
    found = Rises(tuple(new_a), tuple(new_b), tuple(new_c))
    return _with_open(found, previous, now) if None in previous or None in now else found


def _with_open(found: Rises, previous: Letters, now: Letters) -> Rises:
    """Add the systems of which a letter is missing and that may have risen."""
    could: dict[Grade, list[str]] = {A: [], B: [], C: []}
    for system, before, after in zip(SYSTEMS, previous, now, strict=True):
        if before is not None and after is not None:
            continue
        for letter, systems in could.items():
            # From a milder letter, which is one that comes later in the alphabet.
            if after in {None, letter} and (before is None or before.value > letter.value):
                systems.append(system)
    return Rises(*found[:3], *map(tuple, could.values()))


def _told(
    previous: Letters, new_a: tuple[str, ...], new_b: tuple[str, ...], new_c: tuple[str, ...] = ()
) -> tuple[Reason, ...]:
    """Return one reason for each system that rose, with its letter and the one before."""
    letters, found = dict(zip(SYSTEMS, previous, strict=True)), []
    risen = (
        ("bilag_flare.new_a", "A", new_a),
        ("bilag_flare.new_b", "B", new_b),
        ("bilag_flare.new_c", "C", new_c),
    )
    for code, letter, systems in risen:
        for system in systems:
            before = letters[system]
            values: dict[str, Scalar] = {"item": system, "value": letter}
            values["previous"] = before.value if before else None
            found.append(Reason(code, YES, values))
    return tuple(found)


def flares(risen: Rises, needed_b: int) -> Truth:
    """Whether there is a new A or so many new B; UNKNOWN while a missing letter could decide."""
    if risen.new_a or len(risen.new_b) >= needed_b:
        return YES
    if risen.could_a or len(risen.new_b) + len(risen.could_b) >= needed_b:
        return UNKNOWN
    return NO


def _judge(rule: Rule, needed_b: int, previous: Letters, now: Letters) -> BilagFlare:
    """Judge by how many new B make a flare."""
    risen = rises(previous, now)
    flare = flares(risen, needed_b)
    severity: str | None = "none"
    if risen.new_a:
        severity = "severe"
    elif flare is UNKNOWN or (flare is YES and risen.could_a):
        severity = None
    elif flare is YES:
        severity = "moderate"
    return BilagFlare(
        rule,
        later(_told, previous, risen.new_a, risen.new_b),
        risen.unknown if severity is None else (),
        flare,
        severity,
        risen.new_a,
        risen.new_b,
    )


def gordon_2003(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Flare: a new A (severe), or a new B after C, D or E (moderate), in at least one system.

    Both arguments map systems to their grades; a system left out or without a letter is unknown.
    """
    return _judge(RULE_GORDON_2003, GORDON_B, letters_of(previous), letters_of(now))


def trial(previous: Mapping[str, BilagGrade], now: Mapping[str, BilagGrade]) -> BilagFlare:
    """Flare: at least one new A or two new B against the previous visit."""
    return _judge(RULE_TRIAL, TRIAL_B, letters_of(previous), letters_of(now))


def _rests_on_new_or_worse(graded: BilagGrade) -> bool:
    """Whether the letter needs items scored 3 (worse) or 4 (new), or is made by them alone.

    Value systems (kidney, blood) always count; so does a letter given without its items.
    """
    if graded.system in _VALUE_SYSTEMS:
        return True
    return _needs_new_or_worse(graded.system, graded.grade, graded.item_scores)


@lru_cache(maxsize=8192)
def _needs_new_or_worse(
    system: str, letter: Grade | None, scores: tuple[tuple[str, int], ...]
) -> bool:
    """Take the items new or worse alone, then the others; remembered, for most patterns recur."""
    fresh = {item: score for item, score in scores if score >= _NEW_OR_WORSE}
    rest = {item: score for item, score in scores if score < _NEW_OR_WORSE}
    return letter_of(system, fresh) is letter or letter_of(system, rest) is not letter


def _resting(systems: tuple[str, ...], now: Mapping[str, BilagGrade]) -> tuple[str, ...]:
    """Return the systems whose letter rests on items new or worse.

    A system that was left out now could have a letter that does.
    """
    return tuple([s for s in systems if s not in now or _rests_on_new_or_worse(now[s])])


def _isenberg(given: Mapping[str, Any]) -> tuple[Rule, int]:
    return ISENBERG_PARAMETERS.rule(RULE_ISENBERG_2011, given), given["mild_systems"]


_isenberg_by = ISENBERG_PARAMETERS.prepared(_isenberg)


def isenberg_2011(
    previous: Mapping[str, BilagGrade],
    now: Mapping[str, BilagGrade],
    *,
    parameters: Overrides | None = None,
) -> BilagFlare:
    """Severe: a new A; moderate: a new B after C, D or E; mild: three or more systems newly C.

    Each must rest on items scored new or worse, or on values. A system left out or without a letter
    is unknown. `flare` counts all three levels. `parameters` overrides `ISENBERG_PARAMETERS`;
    raises InvalidInput for an unknown one or an impossible value.
    """
    rule, mild_systems = _isenberg_by(parameters)
    letters = letters_of(previous)
    compared = rises(letters, letters_of(now))
    risen = Rises(*[_resting(systems, now) if systems else () for systems in compared])
    mild = len(risen.new_c)
    severity: str | None = "none"
    if risen.new_a:
        severity = "severe"
    elif risen.could_a:
        severity = None
    elif risen.new_b:
        severity = "moderate"
    elif risen.could_b:
        severity = None
    elif mild >= mild_systems:
        severity = "mild"
    elif mild + len(risen.could_c) >= mild_systems:
        severity = None
    flare = NO if severity == "none" else UNKNOWN
    if risen.new_a or risen.new_b or mild >= mild_systems:
        flare = YES
    return BilagFlare(
        rule,
        later(_told, letters, risen.new_a, risen.new_b, risen.new_c),
        _in_order({*risen.unknown, *risen.could_c}) if severity is None else (),
        flare,
        severity,
        risen.new_a,
        risen.new_b,
        risen.new_c,
    )


@frozen
class BsrBand(Outcome):
    """`band` "severe", "moderate", "mild", "none", or None while a missing letter could decide."""

    band: str | None = None


_BANDS = ("none", "mild", "moderate", "severe")


def _bsr(given: Mapping[str, Any]) -> tuple[Rule, int]:
    return BSR_PARAMETERS.rule(RULE_BSR_BAND, given), given["moderate_systems"]


_bsr_by = BSR_PARAMETERS.prepared(_bsr)


def _band(letters: Letters, moderate_systems: int) -> int:
    if A in letters:
        return 3
    b = letters.count(B)
    return 2 if b >= moderate_systems else int(b > 0 or C in letters)


def bsr_band(grades: Mapping[str, BilagGrade], *, parameters: Overrides | None = None) -> BsrBand:
    """Return the severity band of one assessment: a state, no flare.

    Severe: at least one A; moderate: B in two or more systems; mild: C only, or a single B. The
    guideline words the severe band for disease outside the kidney; here every system counts.
    `parameters` overrides `BSR_PARAMETERS`; raises InvalidInput for an unknown one or an
    impossible value.
    """
    rule, moderate_systems = _bsr_by(parameters)
    letters = letters_of(grades)
    band = _band(letters, moderate_systems)
    if None in letters and band < len(_BANDS) - 1:
        return BsrBand(rule, missing=without_letter(letters))
    return BsrBand(rule, later(_letters_told, letters), (), _BANDS[band])


def _letters_told(letters: Letters) -> tuple[Reason, ...]:
    return tuple(
        Reason("bilag.letter", YES, {"item": system, "value": letter.value})
        for system, letter in zip(SYSTEMS, letters, strict=True)
        if letter is not None and letter not in _INACTIVE
    )
