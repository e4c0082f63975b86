"""A window for an act that needs a reason and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import WriteOp

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

Act = Callable[["StudySession", str], object]
"""What is done with a session and the reason."""


class ReasonDialog(SmallForm):
    """Says what will happen, asks why, does it; `done` gets what the act returned."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        words: str,
        act: Act,
        done: Callable[[object], object] | None = None,
    ) -> None:
        super().__init__(parent, title, title)
        self._act, self._done = act, done
        self.explain(words)
        self.reason = QLineEdit()
        self.add_inputs()
        self.add(tr("Reason"), self.reason)

    def add_inputs(self) -> None:
        """Add fields before the reason: for a subclass that asks for more."""

    def save(self) -> None:
        """Do it, if there is a reason."""
        reason = self.reason.text().strip()
        if not reason:
            self.strip.say("ask", tr("Say why."))
            self.reason.setFocus()
            return
        self.save_button.setEnabled(False)
        WriteOp(self, partial(_call, self._act, reason), self.saved, self.refused).run()

    def saved(self, result: object) -> None:
        """Close and hand the result on."""
        super().saved(result)
        if self._done is not None:
            self._done(result)


def _call(act: Act, reason: str, session: StudySession) -> object:
    return act(session, reason)
