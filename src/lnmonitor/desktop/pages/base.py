"""What the shell asks of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet


class Page(QWidget):
    """A page of the main window. Made lazily; kept; told when it is shown and when data change.

    A page that holds nothing typed is made anew when the language changes and gets its last
    argument again. One that does sets `keeps_input` and overrides `retranslate`.
    """

    keeps_input: ClassVar[bool] = False
    rail: ClassVar[bool] = False
    """Whether the side list folds to the rail here unless the person chose otherwise."""

    def title(self) -> str:
        """Return what the window title says: the page, or the patient's id."""
        raise NotImplementedError

    def activate(self, argument: object) -> None:
        """Be shown, with the argument of `hub().open_page`; take the initial focus."""

    def refresh(self, changes: ChangeSet) -> None:
        """Read again what `changes` touches. Called only while the page is shown."""

    def retranslate(self) -> None:
        """Take the texts of the new language, keeping what was typed."""

    def may_leave(self) -> bool:
        """Return whether the page can be left; a page that says no shows why itself."""
        return True

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys valid here as (key, what it does), for `?` and the key line."""
        return []
