"""What every clinical rule answers with: a value, the reasons as data, and the rule's source.

Rules never write sentences. A reason is a code with the numbers behind it;
`lnmonitor.analysis.explain` turns it into English or Chinese. This module, like the whole package,
needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from functools import partial
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    ParamSpec,
    TypeVar,
    cast,
    dataclass_transform,
    overload,
)

Scalar = str | int | float | bool | None


class Truth(Enum):
    """Three-valued logic: a missing input gives UNKNOWN, never a silent NO."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @staticmethod
    def of(value: bool | None) -> Truth:
        """Return YES or NO for a known answer, UNKNOWN for None."""
        if value is None:
            return UNKNOWN
        return YES if value else NO

    @staticmethod
    def all(*terms: Truth) -> Truth:
        """Kleene AND: one NO decides; else one UNKNOWN leaves it open."""
        if NO in terms:
            return NO
        return UNKNOWN if UNKNOWN in terms else YES

    @staticmethod
    def any(*terms: Truth) -> Truth:
        """Kleene OR: one YES decides; else one UNKNOWN leaves it open."""
        if YES in terms:
            return YES
        return UNKNOWN if UNKNOWN in terms else NO

    @property
    def negated(self) -> Truth:
        """Kleene NOT."""
        if self is UNKNOWN:
            return self
        return NO if self is YES else YES

    __hash__ = object.__hash__  # members are singletons; Enum hashes the name, in Python


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
"""The members by short names: finding one in its class takes longer than a comparison of numbers,
and a visit asks for a thousand."""


@dataclass(frozen=True)
class Citation:
    """Where a rule was published; `wording_seen` is False if only a secondary source was read."""

    authors: str
    journal: str
    year: int
    doi: str | None = None
    wording_seen: bool = False

    @property
    def text(self) -> str:
        """One line for a screen or a page."""
        line = f"{self.authors.rstrip('.')}. {self.journal} {self.year}"
        return f"{line}, doi {self.doi}" if self.doi else line


@dataclass(frozen=True)
class Rule:
    """A rule's name and version as stored with every result; `parameters` are protocol choices."""

    id: str
    version: str
    citations: tuple[Citation, ...] = ()
    verified: bool = False
    """False where thresholds come from the protocol or from memory, not from the published text."""
    parameters: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The rule's id and version, as a record names it."""
        return f"{self.id} {self.version}"


@dataclass(frozen=True, init=False)
class Reason:
    """One criterion with its outcome: `code` names the sentence, `values` are the numbers in it.

    Conventional keys of `values`: `item`, `value`, `operator`, `limit`, `unit`, `baseline`,
    `previous`, `percent`, `weight`, `date`.
    """

    code: str
    met: Truth
    values: Mapping[str, Scalar]

    def __init__(self, code: str, met: Truth, values: Mapping[str, Scalar] | None = None) -> None:
        """Write the fields directly: a visit makes hundreds of reasons."""
        fields = self.__dict__
        fields["code"] = code
        fields["met"] = met
        fields["values"] = {} if values is None else values


Reasons = tuple[Reason, ...]
P = ParamSpec("P")
R = TypeVar("R")


if TYPE_CHECKING:

    def later(tell: Callable[P, Reasons], *given: P.args, **named: P.kwargs) -> Reasons:
        """Return what stands for a result's reasons until somebody reads them: `tell` makes them.

        A course gives thousands of results and is asked why of a few. What is given must be what
        the decision itself stood on and cannot change after it: frozen inputs, results and tuples,
        never a mapping or list of the caller.
        """

else:
    later = partial  # `_Told` calls it

Row = tuple[str, Truth, Mapping[str, Scalar]]
"""A criterion as a decision leaves it: what a `Reason` is made of, at a fraction of its cost."""


def reasons_of(rows: Iterable[Row]) -> Reasons:
    """Return the reasons that rows stand for."""
    return tuple(Reason(*row) for row in rows)


def open_items(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the items of the rows that are open, each once."""
    return tuple(dict.fromkeys(str(values["item"]) for _, met, values in rows if met is UNKNOWN))


class _Told:
    """The field of a result's reasons: makes them at the first reading where they came `later`."""

    def __get__(self, outcome: Outcome | None, kind: type) -> Reasons:
        if outcome is None:
            return ()  # the field's default
        told: Reasons | Callable[[], Reasons] = outcome.__dict__["reasons"]
        if not isinstance(told, tuple):
            told = outcome.__dict__["reasons"] = told()
        return told

    def __set__(self, outcome: Outcome, told: Reasons) -> None:
        """Take what a constructor gives: nobody else can set a field of a frozen class."""
        outcome.__dict__["reasons"] = told


_TOLD = cast(Reasons, _Told())


@dataclass_transform(frozen_default=True)
def frozen(kind: type[R]) -> type[R]:
    """Make a frozen dataclass whose constructor writes its fields directly.

    For what a visit makes dozens of, inputs and results: the constructor that `dataclass` writes
    for a frozen class takes twice as long. Defaults are plain values; a default factory is refused.
    """
    made = dataclass(frozen=True)(kind)
    arguments: list[str] = []
    names: dict[str, Any] = {"_set": object.__setattr__}
    for each in fields(made):  # type: ignore[arg-type]  # it is one now
        if each.default_factory is not MISSING:
            raise TypeError(f"{kind.__name__}.{each.name}: no default factory here")
        names[f"_{each.name}"] = each.default
        arguments.append(each.name if each.default is MISSING else f"{each.name}=_{each.name}")
    written = [each.name for each in fields(made)]  # type: ignore[arg-type]  # as above
    if "reasons" in written:  # a result: made often, read little
        lines = ["fields = self.__dict__", *(f"fields[{name!r}] = {name}" for name in written)]
    else:  # an input: this takes a little longer, and every reading half of the time
        entries = ", ".join(f"{name!r}: {name}" for name in written)
        lines = [f"_set(self, '__dict__', {{{entries}}})"]
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    source = f"def __init__(self, {', '.join(arguments)}):\n    " + "\n    ".join(lines)
    exec(source, names)  # noqa: S102 - as `dataclass` itself writes it
    setattr(made, "__init__", names["__init__"])  # noqa: B010 - a method cannot be assigned
    return made


class kept(Generic[R]):  # noqa: N801 - used as `property` is
    """A property of a frozen object that is worked out at the first reading.

    `functools.cached_property` takes a lock each time before Python 3.12.
    """

    def __init__(self, make: Callable[[Any], R]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> kept[R]: ...
    @overload
    def __get__(self, owner: object, kind: type) -> R: ...
    def __get__(self, owner: object | None, kind: type) -> kept[R] | R:
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._make(owner)
        return value


@frozen
class Outcome:
    """Base of every rule's result: subclasses add the value or grade."""

    rule: Rule
    reasons: Reasons = _TOLD
    missing: tuple[str, ...] = ()
    """Names of inputs that were absent and could still change the result."""

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields with the reasons told, for pickling and copying."""
        return {**self.__dict__, "reasons": self.reasons}
