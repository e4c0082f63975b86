"""What the lenses beside the story have in common, and how they are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from lnmonitor.desktop.pages.patient.explain_pane import ExplainPane
from lnmonitor.desktop.pages.patient.view import PatientView, Topic
from lnmonitor.desktop.theme import theme

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

    def why_place(self) -> tuple[str, str]:
        """Return the visit of what is chosen, and the result to explain there; empty for none."""
        return "", ""

    def review(self, act: str) -> None:
        """Do an act of review on what is chosen: verify, verify form, query, sign, history."""


class ExplainedLens(Lens):
    """A lens with an explain pane of its own at the right, opened and closed by W."""

    def __init__(self) -> None:
        super().__init__()
        self._view: PatientView | None = None
        self.explain = ExplainPane()
        self.explain.hide()
        self.explain.closed.connect(self.close_explain)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._splitter)

    def set_content(self, content: QWidget) -> None:
        """Take what stands left of the explanation, and the focus."""
        self._splitter.addWidget(content)
        self._splitter.addWidget(self.explain)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)

    def topics_here(self) -> tuple[Sequence[Topic], str]:
        """Return what can be explained of what is chosen, and the key of what comes first."""
        raise NotImplementedError

    @property
    def explain_open(self) -> bool:
        """Return whether the explanation is shown."""
        return self.explain.isVisibleTo(self)

    def toggle_explain(self) -> None:
        """Open or close the explanation."""
        if self.explain_open:
            self.close_explain()
            return
        wide = theme().measure("explain")
        self.explain.show()
        self._splitter.setSizes([max(self.width() - wide, 1), wide])
        self.explain_choice()

    @Slot()
    def close_explain(self) -> None:
        """Hide the explanation; the keys go back to the list."""
        self.explain.hide()
        self.setFocus()

    @Slot()
    def explain_choice(self) -> None:
        """Explain what is chosen now, where the pane is open."""
        if self.explain_open and self._view is not None:
            found, wanted = self.topics_here()
            self.explain.show_topics(self._view, found, wanted)


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
