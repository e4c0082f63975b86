"""What follows from an event as it is typed: the grade proposed, and by when it is to be reported.

Both stand under the event's form and change with its answers. The grade is proposed only: nothing
here writes into a field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.explain_popover import Explained, ExplainPopover
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.text import button, label, rule, set_tone
from lnmonitor.study.forms import AdverseEvent

if TYPE_CHECKING:
    from lnmonitor.analysis.course import Course
    from lnmonitor.clinical.results import Outcome


class EventNote(QWidget):
    """Two lines under an event, each with its reason."""

    def __init__(self, entry: FormEntry, course: Course | None) -> None:
        super().__init__()
        self._entry, self._course = entry, course
        self._found: list[Outcome] = []
        self.grade = label("", "small", wrap=True, selectable=True)
        self.reporting = label("", "small", wrap=True, selectable=True)
        self._why = button(tr("Why?"), self._explain, kind="link", small=True)
        heading = label(tr("From these answers"), "small", "text-2", weight=600)
        self.setLayout(
            column(
                theme().px(2),
                rule(),
                theme().px(1),
                heading,
                self.grade,
                self.reporting,
                row(self._why, None),
                margins=(1.5, 0, 1.5, 0),
                spacing=1,
            )
        )
        entry.changed.connect(self.renew)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Say what follows from what is typed now."""
        from lnmonitor.analysis.clinical_grades import laboratory_grade, propose_for_event
        from lnmonitor.analysis.event_reporting import reporting
        from lnmonitor.analysis.explain import explain, reason_text
        from lnmonitor.analysis.wording import span
        from lnmonitor.clinical.results import Truth

        event = self._entry.form()
        assert isinstance(event, AdverseEvent)  # noqa: S101 - made for this form alone
        measured = laboratory_grade(self._course, event) if self._course is not None else 0
        proposed = propose_for_event(event, measured)
        self._found = [reporting(event)]
        if proposed is None:
            words, tone = tr("No grade is proposed by the answers."), "text-muted"
        else:
            self._found.insert(0, proposed)
            met = [r for r in proposed.reasons if r.met is Truth.YES]
            why = [reason_text(reason, language()) for reason in met]
            why += [tr("laboratory grade {grade}", grade=measured)] if measured else []
            shown = span(proposed.low, proposed.high)
            shown = shown if proposed.grade is None else str(proposed.grade)
            words = tr(
                "Proposed grade {grade}, by: {why}. The grade above is the investigator's.",
                grade=shown,
                why="; ".join(why),
            )
            tone = "warn" if proposed.low > (event.grade or 0) else "text-2"
        self.grade.setText(words)
        set_tone(self.grade, tone)
        told = explain(self._found[-1], language())
        open_now = [line.text for line in told.missing]
        missing = tr("open: {items}", items=", ".join(open_now)) if open_now else ""
        self.reporting.setText(". ".join(part for part in (told.title, missing) if part))

    def _explain(self) -> None:
        from lnmonitor.analysis.explain import explain

        names = {True: tr("Seriousness and reporting"), False: tr("Proposed grade")}
        told = [
            Explained(names[one is self._found[-1]], explain(one, language()))
            for one in self._found
        ]
        popover = ExplainPopover(tr("From these answers"), told, self.window())
        corner = self._why.mapToGlobal(QPoint(0, 0))
        popover.open_at(QPoint(corner.x(), corner.y() - popover.height()))
