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
from lnmonitor.analysis.explain import item_name
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.resources import read_toml

OPERATORS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
SENTENCES = read_toml("i18n", "reasons.toml")["reason"]
SAME = {"gfr", "egfr", "GFR"}
"""Names that are the same in both languages."""
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
    """Whether each of "a, b" has a name in Chinese: one without shows the reader its code."""
    return all(item_name(item, "zh") != item or item in SAME for item in items.split(", "))


def hold_reason(reason: Reason) -> None:
    """Check that a reason fills its sentence, and that a comparison is as it says."""
    assert reason.code in SENTENCES
    assert isinstance(reason.met, Truth), reason
    keys = asked_for(reason.code)
    if reason.met is not Truth.UNKNOWN:
        assert keys <= {*reason.values, "unit"}, reason
    if "item" in keys and reason.values["item"] != "":
        assert named(str(reason.values["item"])), reason
    if "operator" in reason.values and reason.met is Truth.YES and "_or_" not in reason.code:
        assert agree(dict(reason.values)), reason


def hold(result: Outcome) -> None:
    """Check rule, reasons and missing inputs of a result."""
    assert isinstance(result.rule, Rule)
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
