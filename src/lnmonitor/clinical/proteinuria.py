"""Urine protein in the unit the laboratory reported, tested against the guideline's number for it.

Guidelines print one limit in several units that are only nominally equal (0.5 g/g beside
50 mg/mmol, while exactly it would be 56.6). A value is tested in its own unit; converting is for
plotting and pooling alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lnmonitor.clinical.criteria import require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.units import CREATININE_MG_PER_MMOL

UNITS = ("g/24 h", "g/g", "mg/mmol", "mg/g")

_NOMINAL_PER_GRAM: Mapping[str, float] = {
    "g/24 h": 1.0,
    "g/g": 1.0,
    "mg/mmol": 100.0,
    "mg/g": 1000.0,
}
_G_PER_G: Mapping[str, float] = {
    "g/g": 1.0,
    "mg/g": 0.001,
    "mg/mmol": 1 / CREATININE_MG_PER_MMOL,
}

DIPSTICK_LEVELS: Mapping[str, float] = {
    "neg": 0.0,
    "negative": 0.0,
    "-": 0.0,
    "0": 0.0,
    "±": 0.5,
    "+-": 0.5,
    "+/-": 0.5,
    "trace": 0.5,
    "0.5": 0.5,
    "+": 1.0,
    "1+": 1.0,
    "1": 1.0,
    "++": 2.0,
    "2+": 2.0,
    "2": 2.0,
    "+++": 3.0,
    "3+": 3.0,
    "3": 3.0,
    "++++": 4.0,
    "4+": 4.0,
    "4": 4.0,
}


_LEVELS = frozenset(DIPSTICK_LEVELS.values())


@dataclass(frozen=True, slots=True)
class Proteinuria:
    """A quantity of urine protein as reported; `unit` is one of UNITS.

    A visit reads one fifty times, slots are read in a third of the time of a `frozen` object.
    """

    value: float
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise InvalidInput("proteinuria unit", self.unit, None, " or ".join(UNITS))
        require_range("proteinuria", self.value, self.unit, 0)

    @property
    def is_ratio(self) -> bool:
        """True for a protein to creatinine ratio, False for a 24-hour collection."""
        return self.unit != "g/24 h"


def limit_in(unit: str, grams: float) -> float:
    """Return the guideline's number in `unit` for `grams` per 24 h or per g creatinine.

    0.5 gives 0.5 g/24 h, 0.5 g/g, 50 mg/mmol, 500 mg/g: the numbers that guidelines print.
    """
    if unit not in _NOMINAL_PER_GRAM:
        raise InvalidInput("proteinuria unit", unit, None, " or ".join(UNITS))
    return grams * _NOMINAL_PER_GRAM[unit]


def convert_ratio(ratio: Proteinuria, unit: str) -> Proteinuria:
    """Convert a ratio to another ratio unit by molar mass, for plotting and pooling only.

    A 24-hour collection and a ratio are different measurements: converting between them is refused.
    """
    if unit not in _G_PER_G or ratio.unit not in _G_PER_G:
        raise InvalidInput(
            "proteinuria", f"{ratio.unit} to {unit}", None, "a ratio to a ratio unit"
        )
    return Proteinuria(ratio.value * _G_PER_G[ratio.unit] / _G_PER_G[unit], unit)


def times_baseline(now: Proteinuria | None, baseline: Proteinuria | None) -> float | None:
    """Return now / baseline; None when either is missing, the baseline 0, or they do not compare.

    Values in the same unit are divided as reported; two ratios in other units are converted first.
    """
    if now is None or baseline is None or baseline.value == 0:
        return None
    if now.unit == baseline.unit:
        return now.value / baseline.value
    if now.is_ratio and baseline.is_ratio:
        return convert_ratio(now, baseline.unit).value / baseline.value
    return None


def parse_dipstick(text: str) -> float:
    """Return the level of a dipstick reading: neg 0, ± 0.5, 1+ to 4+ 1.0 to 4.0.

    Raises InvalidInput for anything else, such as 7+.
    """
    level = DIPSTICK_LEVELS.get(text.strip().lower())
    if level is None:
        raise InvalidInput("dipstick", text, None, "neg, ±, 1+, 2+, 3+ or 4+")
    return level


def require_dipstick(level: float | None) -> None:
    """Refuse what is no level of a dipstick, such as 2.5; None passes."""
    if level is not None and level not in _LEVELS:
        raise InvalidInput("dipstick", level, None, "0, 0.5, 1, 2, 3 or 4")
