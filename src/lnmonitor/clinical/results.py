"""What every clinical rule answers with: a value, the reasons as data, and the rule's source.

Rules never write sentences. A reason is a code with the numbers behind it;
`lnmonitor.analysis.explain` turns it into English or Chinese. This module, like the whole package,
needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

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


@dataclass(frozen=True)
class Outcome:
    """Base of every rule's result: subclasses add the value or grade."""

    rule: Rule
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    """Names of inputs that were absent and could still change the result."""
