"""The catalogue of laboratory analytes: units, conversions, limits and starting reference ranges.

Ranges are those of a site and laboratory. The catalogue's own are starting values in the style of
the Chinese WS/T 404 and 405 adult tables, whose text was not seen; a range that the laboratory
printed with a result always goes first. Conversion factors are conventional ones (clinical rules,
section 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lnmonitor.errors import InputError
from lnmonitor.language import Text
from lnmonitor.resources import read_toml
from lnmonitor.study.dates import earliest
from lnmonitor.study.forms.laboratory import LabResult
from lnmonitor.study.items import Limits

_FILE = ("codelists", "analytes.toml")
_SPELLINGS = "unit_spellings"


class UnitError(InputError):
    """The unit is not one in which this analyte is reported."""


class UnknownAnalyteError(InputError):
    """No such code in the catalogue."""


@dataclass(frozen=True)
class Conversion:
    """canonical = reported x factor + offset."""

    factor: float = 1.0
    offset: float = 0.0

    def apply(self, value: float) -> float:
        """Return a reported value in the canonical unit."""
        return value if (self.factor, self.offset) == (1.0, 0.0) else self._scaled(value)

    def _scaled(self, value: float) -> float:
        # A factor such as 0.001 is inexact in binary; a division by 1000 gives 3.5 for 3500.
        inverse = 1 / self.factor
        whole = round(inverse)
        if self.factor < 1 and whole > 1 and abs(inverse - whole) < whole * 1e-12:
            return value / whole + self.offset
        return value * self.factor + self.offset


@dataclass(frozen=True)
class Range:
    """A reference range, canonical unit; None is an open side. `source`: see list RANGESRC."""

    low: float | None = None
    high: float | None = None
    source: str = ""

    def flag(self, value: float) -> str:
        """Return "L" below the range, "H" above it, else empty."""
        if self.low is not None and value < self.low:
            return "L"
        return "H" if self.high is not None and value > self.high else ""


@dataclass(frozen=True)
class _RangeEntry:
    low: float | None
    high: float | None
    sex: str | None
    age: tuple[float, float] | None
    laboratory: str | None
    valid_from: str
    valid_to: str

    def fits(self, sex: str | None, age: float | None, on_date: str, laboratory: str) -> bool:
        """Whether the entry is for such a person, day and laboratory; unknown never fits."""
        if self.sex is not None and self.sex != sex:
            return False
        if self.age is not None and (age is None or not self.age[0] <= age < self.age[1]):
            return False
        if self.laboratory is not None and self.laboratory != laboratory:
            return False
        return (not self.valid_from or on_date >= self.valid_from) and (
            not self.valid_to or on_date <= self.valid_to
        )


@dataclass(frozen=True)
class Analyte:
    """One analyte.

    Attributes:
        unit: canonical unit. units: further units with their conversion into it.
        soft, hard: limits in the canonical unit, both included; None is open.
        allowed: the only values there are (dipstick levels); empty for a continuous scale.
        codes: code list of results given in words; empty for numbers.
        sdtm: LBTESTCD first, then other spellings found in data sets.
    """

    code: str
    name: Text
    unit: str
    units: Mapping[str, Conversion]
    group: str
    decimals: int | None
    soft: Limits
    hard: Limits
    allowed: tuple[float, ...]
    codes: str
    sdtm: tuple[str, ...]
    ranges: tuple[_RangeEntry, ...] = field(repr=False, default=())

    @property
    def all_units(self) -> tuple[str, ...]:
        """The canonical unit and every other one that converts into it."""
        return (self.unit, *self.units)


def analyte(code: str) -> Analyte:
    """Return an analyte of the catalogue.

    Raises:
        UnknownAnalyteError: no such code.
    """
    found = ANALYTES.get(code)
    if found is None:
        raise UnknownAnalyteError(
            "There is no analyte {code}.",
            "Take a code from the catalogue of analytes.",
            code=code,
        )
    return found


def from_sdtm(testcd: str) -> Analyte | None:
    """Return the analyte of a CDISC LBTESTCD (or other known spelling), None if there is none."""
    return _BY_SDTM.get(testcd.upper())


def spell_unit(code: str, unit: str | None) -> str:
    """Return the unit as the catalogue spells it ("umol/L" is "µmol/L"); no unit is the canonical.

    Raises:
        UnknownAnalyteError, UnitError: the analyte is unknown, or never reported in such a unit.
    """
    entry = analyte(code)
    if unit is None or not unit.strip():
        return entry.unit
    typed = unit.strip()
    folded = {known.casefold(): known for known in entry.all_units}
    for candidate in (typed, _UNIT_SPELLINGS.get(typed.casefold(), typed)):
        if candidate in entry.all_units:
            return candidate
        if candidate.casefold() in folded:
            return folded[candidate.casefold()]
    raise UnitError(
        "{analyte} is not reported in {unit}.",
        "Choose one of: {units}.",
        analyte=entry.name.en,
        unit=typed,
        units=", ".join(known or "no unit" for known in entry.all_units),
    )


def convert(code: str, value: float, unit: str | None) -> float:
    """Return a value reported in `unit` in the analyte's canonical unit.

    Raises:
        UnknownAnalyteError, UnitError: as `spell_unit`.
    """
    entry = analyte(code)
    spelled = spell_unit(code, unit)
    return value if spelled == entry.unit else entry.units[spelled].apply(value)


def reference_range(
    code: str,
    sex: str | None,
    age: float | None,
    on_date: str,
    laboratory: str | None = None,
) -> Range:
    """Return the range in force, canonical unit; both sides open where none fits.

    Args:
        sex: "F" or "M". age: completed years. on_date: ISO date. laboratory: as recorded.
    """
    fitting = [
        entry
        for entry in analyte(code).ranges
        if entry.fits(sex, age, on_date, (laboratory or "").strip())
    ]
    # A laboratory's own entry goes before the general one.
    fitting.sort(key=lambda entry: entry.laboratory is None)
    if not fitting:
        return Range()
    best = fitting[0]
    return Range(best.low, best.high, "CATALOGUE" if best.laboratory is None else "SITE")


def complete(result: LabResult, *, sex: str | None, age: float | None) -> LabResult:
    """Return the result with canonical value, unit and range filled in where they are absent.

    What the laboratory reported is kept: value, unit and operator never change, and a range that
    came with the result stays (its source is then "LAB"). A range already there is taken to be in
    the canonical unit.

    Raises:
        UnknownAnalyteError, UnitError: the analyte or its unit is not in the catalogue.
    """
    if result.analyte is None:
        return result
    entry = analyte(result.analyte)
    update: dict[str, Any] = {}
    if result.canonical_unit is None:
        update["canonical_unit"] = entry.unit
    if result.value is not None and result.canonical_value is None:
        update["canonical_value"] = convert(entry.code, result.value, result.unit)
    if result.range_low is None and result.range_high is None:
        day = earliest(result.collected_on)
        found = reference_range(
            entry.code, sex, age, day.isoformat() if day else "", result.laboratory
        )
        if found.source:
            update |= {
                "range_low": found.low,
                "range_high": found.high,
                "range_source": found.source,
            }
    elif result.range_source is None:
        update["range_source"] = "LAB"
    return result.model_copy(update=update)


def _limits(pair: list[float | str] | None) -> Limits:
    if pair is None:
        return (None, None)
    low, high = (None if side == "" else float(side) for side in pair)
    return (low, high)


def _conversion(given: float | list[float]) -> Conversion:
    return Conversion(*given) if isinstance(given, list) else Conversion(given)


def _range_entry(given: Mapping[str, Any]) -> _RangeEntry:
    age = given.get("age")
    return _RangeEntry(
        low=given.get("low"),
        high=given.get("high"),
        sex=given.get("sex"),
        age=(age[0], age[1]) if age else None,
        laboratory=given.get("laboratory"),
        valid_from=given.get("from", ""),
        valid_to=given.get("to", ""),
    )


def _analyte(code: str, given: Mapping[str, Any]) -> Analyte:
    return Analyte(
        code=code,
        name=Text(*given["name"]),
        unit=given["unit"],
        units={unit: _conversion(how) for unit, how in given.get("units", {}).items()},
        group=given["group"],
        decimals=given.get("decimals"),
        soft=_limits(given.get("soft")),
        hard=_limits(given.get("hard")),
        allowed=tuple(float(level) for level in given.get("allowed", ())),
        codes=given.get("codes", ""),
        sdtm=tuple(given["sdtm"]),
        ranges=tuple(_range_entry(entry) for entry in given.get("ranges", ())),
    )


_CONTENT = read_toml(*_FILE)
_UNIT_SPELLINGS: Mapping[str, str] = {
    spelling.casefold(): unit for spelling, unit in _CONTENT[_SPELLINGS].items()
}
ANALYTES: Mapping[str, Analyte] = {
    code: _analyte(code, given) for code, given in _CONTENT.items() if code != _SPELLINGS
}
"""All analytes by code, in the order of the catalogue."""
_BY_SDTM: Mapping[str, Analyte] = {
    name: entry for entry in ANALYTES.values() for name in (entry.code, *entry.sdtm)
} | {entry.sdtm[0]: entry for entry in ANALYTES.values()}
