"""The menus: every action with its shortcut, the page's own among them while it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from lnmonitor.desktop.dialogs.find import Hit
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import theme_manager
from lnmonitor.i18n import LANGUAGE_NAMES, LANGUAGES

if TYPE_CHECKING:
    from lnmonitor.desktop.navigation import History
    from lnmonitor.desktop.pages.base import Page
    from lnmonitor.desktop.shell import MainWindow

_MENUS = {
    "study": "Study",
    "patient": "Patient",
    "visit": "Visit",
    "review": "Review",
    "reports": "Reports",
    "view": "View",
    "help": "Help",
}
_SCHEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))


@dataclass(frozen=True)
class _Command:
    menu: str
    text: str
    key: str
    call: Callable[[], object]
    icon: str = ""


class Menus:
    """Builds the window's menus and keeps them true to the page shown."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._page: Page | None = None
        self._menus: dict[str, QMenu] = {}
        self._own: list[QAction] = []
        self._back: QAction | None = None
        self._forward: QAction | None = None
        self.build()

    def build(self) -> None:
        """Make all menus in the language in force."""
        bar = self._window.top.menus
        for action in self._own:
            self._window.removeAction(action)
            action.deleteLater()
        bar.clear()
        self._own = []
        self._menus = {name: bar.addMenu(tr(title)) for name, title in _MENUS.items()}
        for command in self._commands():
            self._add(command)
        self._add_view_choices()
        self._window.top.menus.setMinimumWidth(bar.sizeHint().width())
        if self._page is not None:
            page, self._page = self._page, None
            self.show_page(page)

    def _commands(self) -> list[_Command]:
        window = self._window
        pages = [
            _Command("view", spec.title, f"Ctrl+{number}", partial(window.open_page, spec.name))
            for number, spec in enumerate(window.listed(), start=1)
        ]
        return [
            _Command("study", "Lock now", "Ctrl+L", window.lock_now, "lock"),
            _Command("study", "Close study", "Ctrl+W", window.close_study),
            _Command("study", "Quit", "Ctrl+Q", window.close),
            _Command("patient", "Find patient", "Ctrl+K", window.open_find, "search"),
            _Command("patient", "Previous patient", "[", partial(window.step_patient, -1)),
            _Command("patient", "Next patient", "]", partial(window.step_patient, 1)),
            _Command("reports", "Documents", "", partial(window.open_page, "documents"), "pdf"),
            *pages,
            _Command("view", "", "", window.back),
            _Command("view", "Back", "Alt+Left", window.back),
            _Command("view", "Forward", "Alt+Right", window.forward),
            _Command("view", "Side list or rail", "Ctrl+B", window.toggle_side),
            _Command("view", "Side list or page", "F6", window.next_region),
            _Command("help", "Keys of this page", "?", window.show_keys),
            _Command("help", "About lnmonitor", "", window.show_about),
        ]

    def _add(self, command: _Command) -> None:
        menu = self._menus[command.menu]
        if not command.text:
            menu.addSeparator()
            return
        action = QAction(tr(command.text), self._window)
        if command.key:
            action.setShortcut(QKeySequence(command.key))
        if command.icon:
            action.setIcon(icon(command.icon))
        action.triggered.connect(lambda _checked=False, call=command.call: call())
        menu.addAction(action)
        self._window.addAction(action)  # keeps its key even while the bar is hidden
        self._own.append(action)
        if command.text == "Back":
            self._back = action
        elif command.text == "Forward":
            self._forward = action

    def _add_view_choices(self) -> None:
        view = self._menus["view"]
        view.addSeparator()
        looks = view.addMenu(tr("Colours"))
        group = QActionGroup(looks)
        for key, words in _SCHEMES:
            action = self._choice(looks, group, tr(words), theme_manager().choice == key)
            action.triggered.connect(partial(self._scheme, key))
        tongue = view.addMenu(tr("Language"))
        group = QActionGroup(tongue)
        for code in LANGUAGES:
            action = self._choice(tongue, group, LANGUAGE_NAMES[code], language() == code)
            action.triggered.connect(partial(self._language, code))

    def _choice(self, menu: QMenu, group: QActionGroup, words: str, on: bool) -> QAction:
        action = QAction(words, menu)
        action.setCheckable(True)
        action.setChecked(on)
        group.addAction(action)
        menu.addAction(action)
        return action

    def _scheme(self, key: str, _checked: bool = False) -> None:
        self._window.choose_scheme(key)  # type: ignore[arg-type]

    def _language(self, code: str, _checked: bool = False) -> None:
        self._window.choose_language(code)  # type: ignore[arg-type]

    def show_page(self, page: Page) -> None:
        """List the page's own actions; those of the page before go."""
        if self._page is page:
            return
        if self._page is not None:
            for action in self._page.actions():
                for menu in self._menus.values():
                    menu.removeAction(action)
        self._page = page
        for action in page.actions():
            wanted = self._menus.get(str(action.property("menu")))
            if wanted is not None:
                before = wanted.actions()
                wanted.insertAction(before[0] if before else None, action)  # type: ignore[arg-type]
        for name, menu in self._menus.items():
            menu.menuAction().setVisible(bool(menu.actions()) or name == "study")

    def update_history(self, history: History) -> None:
        """Let Back and Forward be pressed only where they lead somewhere."""
        if self._back is not None and self._forward is not None:
            self._back.setEnabled(history.can_step(-1))
            self._forward.setEnabled(history.can_step(1))

    def set_enabled(self, *, enabled: bool) -> None:
        """Let no key act while the screen is locked."""
        for action in self._own:
            action.setEnabled(enabled)

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys valid everywhere."""
        return [
            (a.shortcut().toString(), a.text()) for a in self._own if not a.shortcut().isEmpty()
        ]

    def hits(self) -> list[Hit]:
        """Return all actions for the find window."""
        actions = [*self._own, *(self._page.actions() if self._page else [])]
        return [
            Hit(
                a.text(),
                tr("action"),
                "chevron-right",
                a.trigger,
                str(a.property("key") or a.shortcut().toString()),
            )
            for a in actions
            if a.text() and a.isEnabled()
        ]
