"""Which pages there are, how each is made, and the way back and forward through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from lnmonitor.desktop.pages.base import Page


@dataclass(frozen=True)
class PageSpec:
    """A page by name; its module is imported when the page is first opened.

    `listed` pages stand in the side list, in this order; the others are reached from them.
    `under` names the entry that is marked while an unlisted page is shown.
    """

    name: str
    title: str
    icon: str
    module: str
    class_name: str
    listed: bool = True
    under: str = ""

    def make(self) -> Page:
        """Import and build the page."""
        page_class: Callable[[], Page] = getattr(import_module(self.module), self.class_name)
        return page_class()


_PAGES = "lnmonitor.desktop.pages"
_ALL = (
    PageSpec("worklist", "Worklist", "worklist", f"{_PAGES}.worklist", "WorklistPage"),
    PageSpec("patients", "Patients", "patients", f"{_PAGES}.patients", "PatientsPage"),
    PageSpec("safety", "Safety", "safety", f"{_PAGES}.safety", "SafetyPage"),
    PageSpec("cohort", "Cohort", "cohort", f"{_PAGES}.cohort", "CohortPage"),
    PageSpec(
        "monitoring",
        "Monitoring",
        "monitoring",
        f"{_PAGES}.monitoring.page",
        "MonitoringPage",
    ),
    PageSpec("documents", "Documents", "documents", f"{_PAGES}.documents", "DocumentsPage"),
    PageSpec(
        "administration",
        "Administration",
        "administration",
        f"{_PAGES}.administration",
        "AdministrationPage",
    ),
    PageSpec(
        "patient",
        "Patient",
        "person",
        f"{_PAGES}.patient.page",
        "PatientPage",
        listed=False,
        under="patients",
    ),
    PageSpec(
        "visit",
        "Visit",
        "edit",
        f"{_PAGES}.visit.page",
        "VisitPage",
        listed=False,
        under="patients",
    ),
    PageSpec(
        "form",
        "Form",
        "edit",
        f"{_PAGES}.visit.form_page",
        "FormPage",
        listed=False,
        under="patients",
    ),
)


def available_pages() -> dict[str, PageSpec]:
    """Return the pages of this build by name, in the order of the side list."""
    return {spec.name: spec for spec in _ALL if _exists(spec.module)}


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package on the way is absent
        return False


@dataclass(frozen=True)
class Place:
    """A page with its argument: what back and forward return to."""

    page: str
    argument: object = None


class History:
    """The places visited, with a position; going somewhere new forgets what lay ahead."""

    def __init__(self, most: int = 100) -> None:
        self._places: list[Place] = []
        self._at = -1
        self._most = most

    @property
    def current(self) -> Place | None:
        """The place one is at."""
        return self._places[self._at] if self._places else None

    def visit(self, place: Place) -> None:
        """Note a place newly gone to."""
        if place == self.current:
            return
        self._places = [*self._places[: self._at + 1], place][-self._most :]
        self._at = len(self._places) - 1

    def back(self) -> Place | None:
        """Step back; None at the beginning."""
        return self._step(-1)

    def forward(self) -> Place | None:
        """Step forward; None at the end."""
        return self._step(1)

    def can_step(self, by: int) -> bool:
        """Return whether there is a place `by` steps away."""
        return 0 <= self._at + by < len(self._places)

    def _step(self, by: int) -> Place | None:
        if not self.can_step(by):
            return None
        self._at += by
        return self._places[self._at]
