"""One record of a synthetic patient before it has an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lnmonitor.study.items import Form


@dataclass(frozen=True)
class Entry:
    """A form with the place of its visit in the patient's list of visits (None outside visits)."""

    form: Form
    visit: int | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    justified: Mapping[str, str] = field(default_factory=dict)
