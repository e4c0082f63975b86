"""SLEDAI-2K: the trial's activity score, as a range whenever an item was not assessed.

Gladman 2002 (J Rheumatol 29:288), items and weights; 30-day window Touma 2010 (Lupus 19:49).
A laboratory value only proposes an item: the investigator attributes it to lupus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from math import inf
from operator import attrgetter, gt, itemgetter, lt
from typing import Protocol

from lnmonitor.clinical.criteria import OVER, UNDER, Possible, once, require_range
from lnmonitor.clinical.errors import InvalidInput
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
    kept,
    later,
)

GLADMAN_2002 = Citation("Gladman DD, Ibanez D, Urowitz MB", "J Rheumatol 29:288-91", 2002)
BOMBARDIER_1992 = Citation(
    "Bombardier C, et al.", "Arthritis Rheum 35:630-40", 1992, "10.1002/art.1780350606"
)
TOUMA_2010 = Citation("Touma Z, Urowitz MB, et al.", "Lupus 19:49-51", 2010)

WINDOWS_DAYS = (10, 30)


@dataclass(frozen=True)
class SledaiItem:
    """One of the 24 descriptors; `lab_derived` when a laboratory value or sign can propose it."""

    code: str
    weight: int
    organ: str
    lab_derived: bool


ITEMS: tuple[SledaiItem, ...] = (
    SledaiItem("seizure", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("psychosis", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("organic_brain", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("visual", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("cranial_nerve", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("lupus_headache", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("cva", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("vasculitis", 8, "vascular", lab_derived=False),
    SledaiItem("arthritis", 4, "musculoskeletal", lab_derived=False),
    SledaiItem("myositis", 4, "musculoskeletal", lab_derived=False),
    SledaiItem("casts", 4, "renal", lab_derived=True),
    SledaiItem("haematuria", 4, "renal", lab_derived=True),
    SledaiItem("proteinuria", 4, "renal", lab_derived=True),
    SledaiItem("pyuria", 4, "renal", lab_derived=True),
    SledaiItem("rash", 2, "mucocutaneous", lab_derived=False),
    SledaiItem("alopecia", 2, "mucocutaneous", lab_derived=False),
    SledaiItem("mucosal", 2, "mucocutaneous", lab_derived=False),
    SledaiItem("pleurisy", 2, "serosal", lab_derived=False),
    SledaiItem("pericarditis", 2, "serosal", lab_derived=False),
    SledaiItem("low_complement", 2, "immunological", lab_derived=True),
    SledaiItem("dsdna", 2, "immunological", lab_derived=True),
    SledaiItem("fever", 1, "constitutional", lab_derived=True),
    SledaiItem("thrombocytopenia", 1, "haematological", lab_derived=True),
    SledaiItem("leukopenia", 1, "haematological", lab_derived=True),
)
CODES = tuple(item.code for item in ITEMS)
ITEM_BY_CODE: Mapping[str, SledaiItem] = {item.code: item for item in ITEMS}
WEIGHTS: Mapping[str, int] = {item.code: item.weight for item in ITEMS}
RENAL_CODES = ("casts", "haematuria", "proteinuria", "pyuria")
SEROLOGICAL_CODES = ("low_complement", "dsdna")
CLINICAL_CODES = tuple(code for code in CODES if code not in SEROLOGICAL_CODES)
_weight_of, _answers_of = WEIGHTS.__getitem__, itemgetter(*CODES)
Answers = tuple[bool | None, ...]
"""Whether each item is present, in the order of the form; None = not assessed."""

ALIASES: Mapping[str, str] = {
    "organic_brain_syndrome": "organic_brain",
    "visual_disturbance": "visual",
    "cranial_nerve_disorder": "cranial_nerve",
    "cerebrovascular_accident": "cva",
    "urinary_casts": "casts",
    "hematuria": "haematuria",
    "mucosal_ulcers": "mucosal",
    "increased_dna_binding": "dsdna",
}
"""Other names of items met in data files."""

CAST_TYPES = ("none", "hyaline", "granular", "wbc", "epithelial", "waxy", "rbc", "haem_granular")
SLE_CAST_TYPES = ("rbc", "haem_granular")

RULE_SLEDAI_2K = Rule("sledai-2k", "1", (GLADMAN_2002, BOMBARDIER_1992, TOUMA_2010), verified=True)
RULE_RENAL_SLEDAI = Rule("renal-sledai", "1", (GLADMAN_2002,), verified=True)
RULE_CLINICAL_SLEDAI = Rule("clinical-sledai", "1", (GLADMAN_2002,), verified=True)


@frozen
class SledaiScore(Outcome):
    """`score` is None unless exact; the truth lies in `low`..`high` (points, 0..105)."""

    score: int | None = None
    low: int = 0
    high: int = 0
    present: tuple[str, ...] = ()
    window_days: int = 30


@frozen
class SledaiLabs:
    """What proposes the laboratory items; None = not measured. Counts are per high-power field,
    blood cells 10^9/L, complement g/L (CH50 U/mL), limits in the unit of their value.

    `casts` is one of CAST_TYPES. The last three fields are the exclusions: an infection (fever,
    haematuria, pyuria), a stone or other urinary cause such as menses (haematuria), a drug
    (thrombocytopenia, leukopenia); None leaves the attribution to the investigator.
    """

    u24_g: float | None = None
    upcr_g_g: float | None = None
    upcr_mg_mmol: float | None = None
    urine_rbc_hpf: float | None = None
    urine_wbc_hpf: float | None = None
    casts: str | None = None
    c3_g_l: float | None = None
    c3_lln: float | None = None
    c4_g_l: float | None = None
    c4_lln: float | None = None
    ch50: float | None = None
    ch50_lln: float | None = None
    dsdna: float | None = None
    dsdna_uln: float | None = None
    temperature_c: float | None = None
    platelets: float | None = None
    wbc: float | None = None
    infection: bool | None = None
    other_urinary_cause: bool | None = None
    drug_cause: bool | None = None


@frozen
class Proposal:
    """What the laboratory says about one item, for an investigator to attribute or refuse."""

    present: Truth
    sign: Sign
    labs: SledaiLabs

    @kept
    def reason(self) -> Reason:
        """The answer with the numbers behind it."""
        return self.sign.reason(self.labs, self.present)


def in_order(items: Mapping[str, bool | None]) -> Answers:
    """Return the 24 answers in the order of the form, None for a code left out.

    Raises InvalidInput for an unknown code.
    """
    if type(items) is dict and len(items) == len(CODES):
        try:
            answers: Answers = _answers_of(items)
        except KeyError:  # one of the codes is unknown
            pass
        else:
            return answers
    if not items.keys() <= ITEM_BY_CODE.keys():
        name = sorted(items.keys() - ITEM_BY_CODE.keys())[0]
        raise InvalidInput("SLEDAI item", name, None, "one of the 24 item codes")
    return tuple(map(items.get, CODES))


class ItemSum:
    """The weights of some of the 24 items, added up under a rule."""

    def __init__(self, rule: Rule, codes: Sequence[str] = CODES) -> None:
        self._rule, self._codes = rule, tuple(codes)
        self._pick = tuple if codes is CODES else itemgetter(*map(CODES.index, codes))

    def score(self, items: Mapping[str, bool | None], window_days: int) -> SledaiScore:
        """Return the sum of the items that are present; inputs as for the function `score`."""
        every = in_order(items)
        if window_days not in WINDOWS_DAYS:
            raise InvalidInput("SLEDAI window", window_days, "days", "10 or 30")
        codes, found = self._codes, self._pick(every)
        present = tuple(compress(codes, found))
        low = high = sum(map(_weight_of, present))
        missing: tuple[str, ...] = ()
        if None in found:
            missing = tuple([c for c, a in zip(codes, found, strict=True) if a is None])
            high += sum(map(_weight_of, missing))
        told = later(_told, present, missing)
        exact = None if missing else low
        return SledaiScore(self._rule, told, missing, exact, low, high, present, window_days)


def _told(present: tuple[str, ...], missing: tuple[str, ...]) -> tuple[Reason, ...]:
    """Tell the items that count or may count, in the order of the form."""
    met = {**dict.fromkeys(present, YES), **dict.fromkeys(missing, UNKNOWN)}
    return tuple(
        Reason("sledai.item", met[item.code], {"item": item.code, "weight": item.weight})
        for item in ITEMS
        if item.code in met
    )


_ALL = ItemSum(RULE_SLEDAI_2K)
_RENAL = ItemSum(RULE_RENAL_SLEDAI, RENAL_CODES)
_CLINICAL = ItemSum(RULE_CLINICAL_SLEDAI, CLINICAL_CODES)


def score(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return the SLEDAI-2K (0..105 points) of items attributed to active lupus.

    `items` maps item codes to present, absent, or None for not assessed; a code left out is not
    assessed either. `window_days` (10 or 30) is stored, not computed with.
    Raises InvalidInput for an unknown code or window.
    """
    return _ALL.score(items, window_days)


def renal_sledai(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return the sum of the four renal items, 0..16 points; inputs as for `score`."""
    return _RENAL.score(items, window_days)


def clinical_sledai(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return SLEDAI-2K without complement and anti-dsDNA, 0..101 points; inputs as for `score`."""
    return _CLINICAL.score(items, window_days)


def activity_band(points: int) -> str:
    """Return "none" (0), "low" (1-4), "moderate" (5-10) or "high" (> 10)."""
    require_range("SLEDAI-2K", points, None, 0, 105)
    if points == 0:
        return "none"
    if points <= 4:
        return "low"
    return "moderate" if points <= 10 else "high"


def change_band(previous: int, now: int) -> str:
    """Return "worse" (rise >= 4), "improved" (fall >= 4) or "persistent" for exact scores.

    Raises InvalidInput for a score outside 0 to 105.
    """
    require_range("SLEDAI-2K", previous, None, 0, 105)
    require_range("SLEDAI-2K", now, None, 0, 105)
    change = now - previous
    if abs(change) < 4:
        return "persistent"
    return "worse" if change > 0 else "improved"


_AMOUNTS = (
    *("u24_g", "upcr_g_g", "upcr_mg_mmol", "urine_rbc_hpf", "urine_wbc_hpf"),
    *("c3_g_l", "c4_g_l", "ch50", "dsdna", "platelets", "wbc"),
)
_LIMITS = ("c3_lln", "c4_lln", "ch50_lln", "dsdna_uln")
_POSSIBLE = Possible(
    *((name, None, 0, inf) for name in _AMOUNTS),
    *((name, None, None, inf) for name in _LIMITS),
    ("temperature_c", "°C", 25, 45),
)


@once
def _check(labs: SledaiLabs) -> None:
    _POSSIBLE.check(labs)
    if labs.casts is not None and labs.casts not in CAST_TYPES:
        raise InvalidInput("casts", labs.casts, None, " or ".join(CAST_TYPES))


class Sign(Protocol):
    """What the laboratory says about an item: whether it is present and, when asked, why."""

    def met(self, labs: SledaiLabs) -> Truth:
        """Return whether the values propose the item."""

    def reason(self, labs: SledaiLabs, met: Truth) -> Reason:
        """Tell the answer of `met` with the numbers behind it."""


_PASSES = {">": (gt, OVER), "<": (lt, UNDER)}
"""How a value passes a limit > 0 by more than the tolerance."""


class _Reading:
    """A value and on which side of its limit it proposes an item."""

    def __init__(self, code: str, item: str, operator: str, unit: str | None) -> None:
        self._code, self._item, self._operator, self._unit = code, item, operator, unit
        self._value = attrgetter(item)
        self._passes, self._tolerance = _PASSES[operator]

    def _told(self, labs: SledaiLabs, met: Truth, limit: float | None) -> Reason:
        values: dict[str, Scalar] = {
            "item": self._item,
            "value": self._value(labs),
            "operator": self._operator,
            "limit": limit,
            "unit": self._unit,
        }
        return Reason(self._code, met, values)


class _Beyond(_Reading):
    """A value beyond a number, which does not count where one of the causes (name, field) is known.

    `excluded` is the item that such a cause excludes.
    """

    def __init__(
        self,
        code: str,
        item: str,
        operator: str,
        limit: float,
        unit: str,
        excluded: str | None = None,
        causes: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(code, item, operator, unit)
        self._limit, self._edge = limit, limit * self._tolerance
        self._excluded, self._causes = excluded, causes

    def _cause(self, labs: SledaiLabs) -> str | None:
        for cause, field in self._causes:
            if getattr(labs, field):
                return cause
        return None

    def met(self, labs: SledaiLabs) -> Truth:
        """Compare, and exclude what has another cause."""
        value = self._value(labs)
        if value is None:
            return UNKNOWN
        if not self._passes(value, self._edge):
            return NO
        return NO if self._causes and self._cause(labs) else YES

    def reason(self, labs: SledaiLabs, met: Truth) -> Reason:
        """Tell value and limit, or what excludes the item."""
        reason = self._told(labs, met, self._limit)
        if met is not NO or not self._passes(self._value(labs), self._edge):
            return reason
        more = {"item": self._excluded, "cause": self._cause(labs)}
        return Reason("sledai.excluded", NO, {**reason.values, **more})


class _OutOfRange(_Reading):
    """A value beyond the laboratory's own limit, which is a field of the labs."""

    def __init__(
        self, code: str, item: str, operator: str, limit: str, unit: str | None = None
    ) -> None:
        super().__init__(code, item, operator, unit)
        self._limit = attrgetter(limit)

    def met(self, labs: SledaiLabs) -> Truth:
        """Compare."""
        value, limit = self._value(labs), self._limit(labs)
        if value is None or limit is None:
            return UNKNOWN
        return YES if self._passes(value, limit * self._tolerance) else NO

    def reason(self, labs: SledaiLabs, met: Truth) -> Reason:
        """Tell value and limit."""
        return self._told(labs, met, self._limit(labs))


class _Casts:
    """Casts of red cells or haem."""

    def met(self, labs: SledaiLabs) -> Truth:
        """Look the casts up."""
        if labs.casts is None:
            return UNKNOWN
        return YES if labs.casts in SLE_CAST_TYPES else NO

    def reason(self, labs: SledaiLabs, met: Truth) -> Reason:
        """Tell which casts were seen."""
        return Reason("sledai.casts", met, {"item": "casts", "value": labs.casts})


class _Proteinuria:
    """A 24-hour collection outranks a ratio; a ratio is tested in the unit it was reported in."""

    collection = _Beyond("sledai.u24", "u24_g", ">", 0.5, "g/24 h")
    g_g = _Beyond("sledai.upcr", "upcr_g_g", ">", 0.5, "g/g")
    mg_mmol = _Beyond("sledai.upcr", "upcr_mg_mmol", ">", 50, "mg/mmol")

    def _measure(self, labs: SledaiLabs) -> _Beyond:
        if labs.u24_g is None and labs.upcr_g_g is not None:
            return self.g_g
        if labs.u24_g is None and labs.upcr_mg_mmol is not None:
            return self.mg_mmol
        return self.collection

    def met(self, labs: SledaiLabs) -> Truth:
        """Compare the measure at hand."""
        return self._measure(labs).met(labs)

    def reason(self, labs: SledaiLabs, met: Truth) -> Reason:
        """Tell the measure at hand and its limit."""
        return self._measure(labs).reason(labs, met)


class _LowComplement:
    """Any of three below its limit; normal C3 and C4 decide without CH50, which few measure."""

    usual = (
        _OutOfRange("sledai.complement", "c3_g_l", "<", "c3_lln", "g/L"),
        _OutOfRange("sledai.complement", "c4_g_l", "<", "c4_lln", "g/L"),
    )
    every = (*usual, _OutOfRange("sledai.complement", "ch50", "<", "ch50_lln", "U/mL"))

    def _decide(self, labs: SledaiLabs) -> tuple[Truth, _OutOfRange]:
        """Return the answer and the first that decides: one is low, or open, or none is."""
        tests = self.usual if labs.ch50 is None else self.every
        met, deciding = NO, tests[0]
        for test in tests:
            found = test.met(labs)
            if found is YES:
                return YES, test
            if found is UNKNOWN and met is NO:
                met, deciding = UNKNOWN, test
        return met, deciding

    def met(self, labs: SledaiLabs) -> Truth:
        """Compare each until one is low."""
        return self._decide(labs)[0]

    def reason(self, labs: SledaiLabs, met: Truth) -> Reason:
        """Tell the first that decides."""
        return self._decide(labs)[1].reason(labs, met)


_INFECTION = ("infection", "infection")
_URINARY = (_INFECTION, ("other_urinary_cause", "other_urinary_cause"))
_DRUG = (("drug", "drug_cause"),)
_SIGNS: Mapping[str, Sign] = {
    "casts": _Casts(),
    "haematuria": _Beyond(
        "sledai.urine_rbc", "urine_rbc_hpf", ">", 5, "/hpf", "haematuria", _URINARY
    ),
    "proteinuria": _Proteinuria(),
    "pyuria": _Beyond("sledai.urine_wbc", "urine_wbc_hpf", ">", 5, "/hpf", "pyuria", (_INFECTION,)),
    "low_complement": _LowComplement(),
    "dsdna": _OutOfRange("sledai.dsdna", "dsdna", ">", "dsdna_uln"),
    "fever": _Beyond(
        "sledai.temperature", "temperature_c", ">", 38.0, "°C", "fever", (_INFECTION,)
    ),
    "thrombocytopenia": _Beyond(
        "sledai.platelets", "platelets", "<", 100, "10^9/L", "thrombocytopenia", _DRUG
    ),
    "leukopenia": _Beyond("sledai.wbc", "wbc", "<", 3.0, "10^9/L", "leukopenia", _DRUG),
}
"""The nine items that laboratory values or signs can propose; all limits are strict."""


def propose(labs: SledaiLabs) -> dict[str, Proposal]:
    """Return what the laboratory values propose for the nine laboratory items.

    All limits are strict (RBC > 5, proteinuria > 0.5 g, platelets < 100). An item without its value
    is UNKNOWN. Raises InvalidInput for impossible values.
    """
    _check(labs)
    return {code: Proposal(sign.met(labs), sign, labs) for code, sign in _SIGNS.items()}


def contradictions(items: Mapping[str, bool | None], labs: SledaiLabs) -> dict[str, Proposal]:
    """Return the proposals that a tick contradicts: ticked absent but measured, or the reverse.

    A ticked absence is only a contradiction to query: the finding may have another cause.
    """
    _check(labs)
    return {
        code: Proposal(met, sign, labs)
        for code, sign in _SIGNS.items()
        if (answer := items.get(code)) is not None
        and (met := sign.met(labs)) is (NO if answer else YES)
    }
