"""What the shell asks of every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.session_hub import hub

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet

MenuName = Literal["study", "patient", "visit", "review", "reports", "view"]


class Page(QWidget):
    """A page of the main window. Made lazily; kept; told when it is shown and when data change.

    A page that holds nothing typed is made anew when the language changes and gets its last
    argument again. One that does sets `keeps_input` and overrides `retranslate`.
    """

    keeps_input: ClassVar[bool] = False
    rail: ClassVar[bool] = False
    """Whether the side list folds to the rail here unless the person chose otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def title(self) -> str:
        """Return what the window title says: the page, or the patient's id."""
        raise NotImplementedError

    def activate(self, _argument: object) -> None:
        """Be shown, with the argument of `hub().open_page`; take the initial focus."""

    def refresh(self, _changes: ChangeSet) -> None:
        """Read again what `changes` touches. Called only while the page is shown."""

    def retranslate(self) -> None:
        """Take the texts of the new language, keeping what was typed."""

    def may_leave(self) -> bool:
        """Return whether the page can be left; a page that says no shows why itself."""
        return True

    def command(
        self,
        text: str,
        key: str,
        call: Callable[[], object],
        menu: MenuName,
        *,
        shortcut: bool = True,
    ) -> QAction:
        """Add an action with a key valid on this page; the shell lists it in `menu` meanwhile.

        A single letter acts only outside text fields: Qt lets a focused field take it first.
        With `shortcut=False` the page handles the key itself and the menu only shows it.
        """
        action = QAction(text, self)
        action.setProperty("menu", menu)
        action.setProperty("key", key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if shortcut:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _checked=False: call())
        self.addAction(action)
        return action

    @staticmethod
    def may_enter() -> bool:
        """Return whether the signed-in person may enter data: buttons for it are absent if not.

        The role decides: a password that is still to be changed holds services back, not buttons.
        """
        from lnmonitor.services.permissions import Action, allowed

        session = hub().session
        if session is None or session.read_only:
            return False
        return allowed(session.actor.role, Action.ENTER)

    def may_close(self) -> bool:
        """Return whether the study may be closed; a page with unsaved values shows them instead."""
        return True

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys valid here as (key, what it does), for `?` and the key line."""
        return [
            (str(action.property("key")), action.text())
            for action in self.actions()
            if action.property("key")
        ]
