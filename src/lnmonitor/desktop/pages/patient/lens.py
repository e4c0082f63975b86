"""What the lenses beside the story have in common, and how they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.pages.patient.view import PatientView

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.monitoring.reading import PatientReviews
    from lnmonitor.desktop.pages.patient.place import PatientPlace


class Lens(QWidget):
    """Another look at the same patient.

    Signals: `visit_wanted(visit id or planned code)`, `form_wanted(form code, record id or None)`,
    `history_wanted(record id, item or empty)`.
    """

    visit_wanted = Signal(str)
    form_wanted = Signal(str, object)
    history_wanted = Signal(str, str)

    def show_view(self, view: PatientView) -> None:
        """Show a patient, or the same one after a change."""
        raise NotImplementedError

    def show_reviews(self, reviews: PatientReviews, fresh: frozenset[str]) -> None:
        """Take what was verified, signed and asked; `fresh`: records changed since one looked."""

    def go_to(self, place: PatientPlace) -> None:
        """Stand where another page sent one."""

    def review(self, act: str) -> None:
        """Do an act of review on what is chosen: verify, verify form, query, sign, history."""


def make_lens(key: str) -> Lens:
    """Return a lens by its key; modules are imported when first needed."""
    if key == "laboratory":
        from lnmonitor.desktop.pages.patient.laboratory import LaboratoryLens

        return LaboratoryLens()
    if key == "binder":
        from lnmonitor.desktop.pages.patient.binder import BinderLens

        return BinderLens()
    if key == "events":
        from lnmonitor.desktop.pages.patient.events import EventsLens

        return EventsLens()
    if key == "history":
        from lnmonitor.desktop.pages.patient.history import HistoryLens

        return HistoryLens()
    raise KeyError(key)
