"""Whatever a test of the rules asks for, every result it makes must be one a person can be told.

A rule names its reasons by codes and keys; the sentences lie in `resources/i18n/reasons.toml`. A
wrong key leaves a hole in a sentence, a wrong name shows the reader a code: so each result made by
any test of this folder is held against the sentences, and each comparison against its own numbers.
"""

from __future__ import annotations

import importlib
import operator
import pkgutil
import string
from collections.abc import Iterator

import pytest

import lnmonitor.clinical
from lnmonitor.clinical.bilag_items import ITEMS
from lnmonitor.clinical.ctcae_terms import TERMS
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.sledai import ITEM_BY_CODE
from lnmonitor.clinical.steroids import MG_EQUAL_TO_PREDNISONE_5
from lnmonitor.resources import read_toml

OPERATORS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
SENTENCES = read_toml("i18n", "reasons.toml")["reason"]
UNITS = {
    "u24_g": "g/24 h",
    "upcr_g_g": "g/g",
    "upcr_mg_mmol": "mg/mmol",
    "uacr_mg_mmol": "mg/mmol",
    "creatinine_umol_l": "µmol/L",
    "albumin_g_l": "g/L",
    "prednisone_mg_day": "mg/day",
    "sbp": "mmHg",
    "temperature_c": "°C",
    "hours_above_40": "h",
    "spo2_percent": "%",
    "weight_kg": "kg",
    "viability_percent": "%",
    "viable_cells_given": "cells",
    "total_cells": "cells",
    "concentration_cells_per_ml": "cells/mL",
    "rate_ml_per_h": "mL/h",
    "volume_ml": "mL/kg",
    "dmso_g_per_kg": "g/kg",
    "stop": "min",
    "elapsed_min": "min",
    "interruption_min": "min",
    "product_expiry": "min",
    "thawed_at": "min",
    "weight_age_days": "days",
}
"""How the number of an item must be printed."""
NAMED = {
    *read_toml("i18n", "reasons.toml")["item"],
    *ITEM_BY_CODE,
    *(item.code for item in ITEMS),
    *MG_EQUAL_TO_PREDNISONE_5,
    *TERMS,
    *UNITS,
}
"""Inputs that have a name: their own, or that of the form, where a test holds it to be there."""
BARE = {"dipstick", "drugs"}
"""Items whose numbers are plain."""
ALWAYS = {"item", "operator", "grade", "percent", "weight", "rise", "stage", "equation"}
"""Keys that come from the rule itself: a value of the patient may be absent, these cannot."""
MANY = 400
"""Results of one test that are looked at: a few tests make thousands of a kind."""


def asked_for(code: str) -> set[str]:
    """Return the keys that the sentence of a reason asks for; a unit may be left out."""
    texts = (SENTENCES[code][part] for part in ("en", "detail_en") if part in SENTENCES[code])
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def agree(values: dict[str, Scalar]) -> bool:
    """Whether the numbers of a comparison that is met agree with it, by a hair's tolerance."""
    value, sign, limit = (values.get(key) for key in ("value", "operator", "limit"))
    if not isinstance(value, int | float) or not isinstance(limit, int | float):
        return False
    hair = 1e-6 * max(1.0, abs(limit))
    return OPERATORS[str(sign)](value, limit) or abs(value - limit) < hair


def named(items: str) -> bool:
    """Whether each of "a, b" has a name: the reader would see the code of one without."""
    inputs = (
        item.removesuffix("_previous").removesuffix("_baseline").removesuffix("_in_remission")
        for item in items.split(", ")
    )
    return NAMED.issuperset(inputs)


def hold_reason(reason: Reason) -> None:
    """Check that a reason fills its sentence, and that a comparison is as it says."""
    assert reason.code in SENTENCES
    assert isinstance(reason.met, Truth), reason
    keys = asked_for(reason.code)
    if reason.code.startswith("gfr."):  # tells its inputs by name, all of them
        assert keys - {"equation"} == set(reason.values) - {"equation"}, reason
    else:
        assert reason.values["item"] == "" or named(str(reason.values["item"])), reason
    if reason.met is not Truth.UNKNOWN:
        assert keys <= {*reason.values, "unit"}, reason
        assert all(reason.values[key] is not None for key in keys & ALWAYS), reason
    if "operator" in reason.values and reason.values["item"] in UNITS:
        assert reason.values["unit"] == UNITS[str(reason.values["item"])], reason
    if "unit" in keys and reason.met is not Truth.UNKNOWN and reason.values.get("item") not in BARE:
        item, unit = reason.values.get("item"), reason.values.get("unit")
        assert unit == UNITS[str(item)] if item in UNITS else unit is not None, reason
    if "operator" in reason.values and reason.met is Truth.YES and "_or_" not in reason.code:
        assert agree(dict(reason.values)), reason


def hold(result: Outcome) -> None:
    """Check rule, reasons and missing inputs of a result."""
    assert isinstance(result.rule, Rule)
    assert result.rule.version[0].isdigit()
    for reason in result.reasons:
        hold_reason(reason)
    assert isinstance(result.missing, tuple)
    for name in result.missing:
        assert named(name), name


def kinds() -> Iterator[type[Outcome]]:
    for found in pkgutil.walk_packages(lnmonitor.clinical.__path__, "lnmonitor.clinical."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Outcome):
                yield value


KINDS = tuple(dict.fromkeys(kinds()))


@pytest.fixture(autouse=True)
def every_result_can_be_told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at what a test made after it: reading the reasons must not disturb it."""
    made: list[Outcome] = []

    def watch(kind: type[Outcome]) -> None:
        make = kind.__init__

        def made_by(self: Outcome, *given: object, **named: object) -> None:
            make(self, *given, **named)  # type: ignore[arg-type]
            if len(made) < MANY:
                made.append(self)

        monkeypatch.setattr(kind, "__init__", made_by)

    for kind in KINDS:
        watch(kind)
    yield
    for result in made:
        hold(result)
