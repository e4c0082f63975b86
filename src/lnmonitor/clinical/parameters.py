"""Protocol parameters of a rule: what a protocol may change, the defaults, and what is possible.

A published number that was verified has a default and may be changed all the same; one that was not
must be: the protocol's team stands for it. A rule makes what it needs of its parameters once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

from lnmonitor.clinical.criteria import require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Rule

Parameter = float | bool
"""A number, or a yes or no."""
Option = Parameter | str
"""The same, or one of the words that a rule knows."""
Overrides = Mapping[str, Option]
"""What a protocol changes, by name."""
T = TypeVar("T")


class Kind(Protocol):
    """What a parameter is by default, and which values it can have."""

    @property
    def default(self) -> Option:
        """Return what holds where the protocol does not say."""

    def checked(self, name: str, value: object) -> Option:
        """Return a protocol's value. Raises InvalidInput for an impossible one."""


@dataclass(frozen=True)
class Number:
    """A finite number from `least` to `most`, both included."""

    default: float
    least: float = 0.0
    most: float = math.inf
    unit: str | None = None

    def checked(self, name: str, value: object) -> float:
        """Return the number. Raises InvalidInput for anything else or one out of range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidInput(name, value, None, "a number")
        require_range(name, value, self.unit, self.least, self.most)
        return float(value)


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` to `most`, both included: points, or systems."""

    default: int
    least: int = 0
    most: int = 105

    def checked(self, name: str, value: object) -> int:
        """Return the number. Raises InvalidInput for anything else or one out of range."""
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
            raise InvalidInput(name, value, None, "a whole number")
        require_range(name, value, None, self.least, self.most)
        return int(value)


@dataclass(frozen=True)
class Switch:
    """Yes or no."""

    default: bool

    def checked(self, name: str, value: object) -> bool:
        """Return the answer. Raises InvalidInput for anything else."""
        if not isinstance(value, bool):
            raise InvalidInput(name, value, None, "true or false")
        return value


@dataclass(frozen=True)
class Choice:
    """One of some words; the first is the default."""

    words: tuple[str, ...]

    @property
    def default(self) -> str:
        """Return the first word."""
        return self.words[0]

    def checked(self, name: str, value: object) -> str:
        """Return the word. Raises InvalidInput for another one."""
        if not isinstance(value, str) or value not in self.words:
            raise InvalidInput(name, value, None, " or ".join(self.words))
        return value


def _consistent(_values: Mapping[str, Any]) -> None:
    """Most parameters allow each other."""


class Parameters(Mapping[str, Option]):
    """The parameters of a rule: a mapping of their names to the defaults.

    `consistent` refuses values that contradict each other with InvalidInput.
    """

    def __init__(
        self,
        rule_id: str,
        kinds: Mapping[str, Kind],
        consistent: Callable[[Mapping[str, Any]], None] = _consistent,
    ) -> None:
        self.rule_id, self._kinds, self._consistent = rule_id, dict(kinds), consistent
        self._defaults = {name: kind.default for name, kind in kinds.items()}

    def __getitem__(self, name: str) -> Option:
        return self._defaults[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._defaults)

    def __len__(self) -> int:
        return len(self._defaults)

    def in_force(self, overrides: Overrides | None) -> dict[str, Option]:
        """Return the defaults with a protocol's changes.

        Raises InvalidInput for a name the rule does not know, with those it knows (a misspelt
        parameter must not pass as the default), and for an impossible value.
        """
        values = dict(self._defaults)
        for name, value in (overrides or {}).items():
            if name not in values:
                known = "one of " + ", ".join(values)
                raise InvalidInput(f"parameter of {self.rule_id}", name, None, known)
            values[name] = self._kinds[name].checked(name, value)
        self._consistent(values)
        return values

    def rule(self, rule: Rule, values: Mapping[str, Any]) -> Rule:
        """Return the rule with the parameters in force: not verified by a protocol's own."""
        unchanged = values == self._defaults
        return replace(rule, parameters=dict(values), verified=rule.verified and unchanged)

    def prepared(self, make: Callable[[Mapping[str, Any]], T]) -> Callable[[Overrides | None], T]:
        """Return what gives that which a rule makes of its parameters.

        Of the defaults it is made now, of others when they are first given, and kept.
        """
        usual = make(dict(self._defaults))

        @lru_cache(maxsize=64)
        def made(values: tuple[Option, ...]) -> T:
            return make(dict(zip(self._defaults, values, strict=True)))

        def by(overrides: Overrides | None) -> T:
            if not overrides:
                return usual
            # Each value is of its parameter's type, so that 1 is never taken for true.
            return made(tuple(self.in_force(overrides).values()))

        return by


def plain(rule_id: str, defaults: Mapping[str, Parameter]) -> Parameters:
    """Return the parameters of a rule that gives defaults alone: yes or no, or numbers >= 0."""
    kinds: dict[str, Kind] = {
        name: Switch(value) if isinstance(value, bool) else Number(value)
        for name, value in defaults.items()
    }
    return Parameters(rule_id, kinds)


def with_overrides(
    rule_set_id: str, defaults: Mapping[str, Parameter], overrides: Overrides | None
) -> dict[str, Parameter]:
    """Return the defaults with the protocol's changes; raises as `Parameters.in_force` does."""
    if not overrides:
        return dict(defaults)
    return cast(dict[str, Parameter], plain(rule_set_id, defaults).in_force(overrides))
