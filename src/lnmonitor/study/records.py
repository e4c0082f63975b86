"""A saved form with its keys, and all of one patient's records: what rules and pages read.

Plain frozen dataclasses: they cross threads and layers, table rows never do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar, cast

from lnmonitor.study.items import Form

F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class Record(Generic[F]):
    """One saved form.

    Attributes:
        id: UUIDv7 text.
        visit_id: id of the Visit record it belongs to (a Visit record has its own id).
        row_version: 1 at creation, +1 with each amendment (optimistic locking).
        missing: item name -> Missing code.
        justified: item name -> why an unexpected value is right.
        source: "typed", "import", "derived", "migration" or "demo".
        entered_at: UTC instant of the last save, ISO text. entered_by: account name.
    """

    id: str
    form: F
    patient_id: str
    visit_id: str | None = None
    row_version: int = 1
    missing: Mapping[str, str] = field(default_factory=dict)
    justified: Mapping[str, str] = field(default_factory=dict)
    voided: bool = False
    source: str = "typed"
    entered_at: str = ""
    entered_by: str = ""


@dataclass(frozen=True)
class PatientData:
    """All records of one patient that are not voided, in order of entry."""

    patient_id: str
    subject_id: str
    site_id: str
    records: tuple[Record[Form], ...] = ()

    def of(self, form: type[F]) -> tuple[Record[F], ...]:
        """Return the records of one form."""
        return cast(tuple[Record[F], ...], self._by_form.get(form, ()))

    @cached_property
    def _by_form(self) -> Mapping[type[Form], tuple[Record[Form], ...]]:
        found: dict[type[Form], list[Record[Form]]] = defaultdict(list)
        for record in self.records:
            found[type(record.form)].append(record)
        return {form: tuple(records) for form, records in found.items()}

    def one(self, form: type[F]) -> Record[F] | None:
        """Return the latest record of a form that occurs once, None if there is none."""
        found = self.of(form)
        return found[-1] if found else None

    def at_visit(self, visit_id: str, form: type[F]) -> tuple[Record[F], ...]:
        """Return the records of one form at one visit."""
        return tuple(r for r in self.of(form) if r.visit_id == visit_id)
