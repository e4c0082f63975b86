"""What the lenses beside the story have in common, and how they are made."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.pages.patient.view import PatientView


class Lens(QWidget):
    """Another look at the same patient.

    Signals: `visit_wanted(visit id or planned code)`, `form_wanted(form code, record id or None)`.
    """

    visit_wanted = Signal(str)
    form_wanted = Signal(str, object)

    def show_view(self, view: PatientView) -> None:
        """Show a patient, or the same one after a change."""
        raise NotImplementedError


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
