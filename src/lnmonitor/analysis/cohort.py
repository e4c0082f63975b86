"""The trial's tables over all patients, each number beside the published one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmonitor.analysis.model import Course
from lnmonitor.analysis.survival import KaplanMeier
from lnmonitor.language import Text
from lnmonitor.study.records import PatientData

if TYPE_CHECKING:
    from lnmonitor.study.protocol import Protocol


@dataclass(frozen=True)
class Published:
    """A published number: mean and SD, or a count with its denominator, or a percentage."""

    source: str
    mean: float | None = None
    sd: float | None = None
    n: int | None = None
    count: int | None = None
    denominator: int | None = None
    percent: float | None = None
    note: Text | None = None


@dataclass(frozen=True)
class MeanCell:
    """Mean and sample SD over the `n` patients with a value; `subjects` are these patients."""

    visit: str
    n: int
    not_seen: int
    mean: float | None
    sd: float | None
    subjects: tuple[str, ...] = ()
    published: Published | None = None


@dataclass(frozen=True)
class PairedChange:
    """Change from baseline in the patients with both values; p by paired t and Wilcoxon tests."""

    n: int
    mean: float | None
    sd: float | None
    p_t: float | None
    p_wilcoxon: float | None


@dataclass(frozen=True)
class MeasureRow:
    """One measure at baseline and the visits of the table."""

    key: str
    name: Text
    unit: str
    decimals: int
    cells: tuple[MeanCell, ...]
    change: PairedChange
    """Baseline to the last visit of the table."""


@dataclass(frozen=True)
class ResponseRow:
    """Point prevalence at one visit: patient lists by CR, PR, NR, unknown, missing, died.

    Percentages are of all patients of the analysis set and of those seen (CR + PR + NR).
    """

    visit: str
    subjects: Mapping[str, tuple[str, ...]]
    published_cr: Published | None = None
    published_pr: Published | None = None

    def count(self, category: str) -> int:
        """Number of patients in a category ("CR", "PR", "NR", "unknown", "missing", "died")."""
        return len(self.subjects.get(category, ()))

    @property
    def total(self) -> int:
        """All patients of the analysis set."""
        return sum(len(ids) for ids in self.subjects.values())

    @property
    def seen(self) -> int:
        """Patients whose response is known at this visit."""
        return self.count("CR") + self.count("PR") + self.count("NR")


@dataclass(frozen=True)
class Proportion:
    """A count with its denominator and the Wilson 95 % interval (fractions)."""

    key: str
    name: Text
    count: int
    denominator: int
    low: float | None
    high: float | None
    subjects: tuple[str, ...] = ()
    published: Published | None = None

    @property
    def fraction(self) -> float | None:
        """count / denominator, None without a denominator."""
        return self.count / self.denominator if self.denominator else None


@dataclass(frozen=True)
class CohortTables:
    """All tables; `rule` says in words whom they cover, `cutoff` is an ISO date."""

    cutoff: str
    rule: Text
    subjects: tuple[str, ...]
    excluded: tuple[str, ...]
    visits: tuple[str, ...]
    measures: tuple[MeasureRow, ...]
    responses: tuple[ResponseRow, ...]
    response_rule: str
    proportions: tuple[Proportion, ...]
    """Keys: survival, ever_in_remission, flare_of_remitted, flare_of_treated."""
    survival: KaplanMeier
    flare_free: KaplanMeier
    """From the first remission, in the patients ever in remission."""
    bilag_grades: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Renal BILAG letters counted by visit."""
    published_source: str = ""


def cohort(courses: Sequence[tuple[PatientData, Course]], protocol: Protocol) -> CohortTables:
    """Return the trial's tables from evaluated courses."""
    raise NotImplementedError
