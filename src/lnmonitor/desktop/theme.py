"""Colours, measures and fonts by token name, in light and dark; the one place widgets ask.

The tokens are `resources/themes/tokens.toml`. Nothing in the desktop writes a colour or a pixel
constant of its own: `theme().color("accent")`, `theme().px(8)`, `theme().font("section")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from lnmonitor.desktop.fonts import load_fonts
from lnmonitor.language import Language
from lnmonitor.resources import read_toml

Scheme = Literal["light", "dark"]
SchemeChoice = Literal["light", "dark", "system"]
Role = Literal["caption", "small", "body", "section", "value", "page", "score"]

ROLES: tuple[Role, ...] = ("caption", "small", "body", "section", "value", "page", "score")
_SMALLEST_CHINESE_PX = 12  # strokes of smaller Chinese text run together


@dataclass(frozen=True)
class Theme:
    """One scheme's tokens. `u` is the base unit in pixels: a quarter of the body's line height."""

    scheme: Scheme
    colors: Mapping[str, str]
    families: tuple[str, ...]
    body_px: int
    u: int
    language: Language

    def hex(self, name: str) -> str:
        """Return a colour token as "#RRGGBB"."""
        return self.colors[name]

    def color(self, name: str) -> QColor:
        """Return a colour token."""
        return QColor(self.colors[name])

    def px(self, units: float) -> int:
        """Return a measure of `units` base units in whole pixels."""
        return round(units * self.u)

    def measure(self, name: str) -> int:
        """Return a token of `[measure]` in pixels ("row", "nav-open", ...)."""
        value = read_toml("themes", "tokens.toml")["measure"][name]
        return int(value) if name.endswith("-px") else self.px(value)

    def font_px(self, role: Role) -> int:
        """Return the pixel size of a type role."""
        size = round(self.body_px * float(_type(role)["ratio"]))
        return max(size, _SMALLEST_CHINESE_PX) if self.language == "zh" else size

    def font(self, role: Role = "body", weight: int | None = None) -> QFont:
        """Return the font of a type role; `weight` 400, 500 or 600 overrides the role's own."""
        font = QFont()
        font.setFamilies(list(self.families))
        font.setPixelSize(self.font_px(role))
        font.setWeight(QFont.Weight(weight or int(_type(role)["weight"])))
        return font


def _type(role: Role) -> Mapping[str, float]:
    found: Mapping[str, float] = read_toml("themes", "tokens.toml")["type"][role]
    return found


def make_theme(scheme: Scheme, language: Language = "en") -> Theme:
    """Return the theme of a scheme, measured with the bundled fonts."""
    tokens = read_toml("themes", "tokens.toml")
    known = load_fonts()
    families = tuple(name for name in tokens["type"]["family"] if name in known)
    body_px = int(tokens["type"]["body-px"])
    probe = QFont()
    probe.setFamilies(list(families))
    probe.setPixelSize(body_px)
    u = max(1, round(QFontMetrics(probe).height() / 4))
    return Theme(scheme, tokens["color"][scheme], families, body_px, u, language)


class ThemeManager(QObject):
    """Keeps the theme in force; `changed` tells painted widgets and plots to take it anew."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choice: SchemeChoice = "system"
        self._language: Language = "en"
        self.theme = make_theme(self._system_scheme())
        QApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def choice(self) -> SchemeChoice:
        """What the person chose; "system" follows the desktop."""
        return self._choice

    def set_scheme(self, choice: SchemeChoice) -> None:
        """Take a scheme, at once, everywhere."""
        self._choice = choice
        self._renew()

    def set_language(self, language: Language) -> None:
        """Chinese has a larger smallest size."""
        if language != self._language:
            self._language = language
            self._renew()

    def apply(self) -> None:
        """Give the application style, palette, font and style sheet of the theme."""
        from lnmonitor.desktop.style_sheet import style_sheet

        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        application.setStyle("Fusion")
        application.setFont(self.theme.font("body"))
        application.setPalette(palette(self.theme))
        application.setStyleSheet(style_sheet(self.theme))

    def _renew(self) -> None:
        scheme = self._system_scheme() if self._choice == "system" else self._choice
        self.theme = make_theme(scheme, self._language)
        self.apply()
        self.changed.emit()

    @Slot()
    def _follow_system(self) -> None:
        if self._choice == "system":
            self._renew()

    @staticmethod
    def _system_scheme() -> Scheme:
        dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"


@cache
def theme_manager() -> ThemeManager:
    """Return the application's theme manager. Needs a QApplication."""
    return ThemeManager()


def theme() -> Theme:
    """Return the theme in force."""
    return theme_manager().theme


def palette(of: Theme) -> QPalette:
    """Return Qt's palette in the theme's colours."""
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    made = QPalette()
    for where, token in {
        role.Window: "bg-window",
        role.WindowText: "text",
        role.Base: "bg-panel",
        role.AlternateBase: "bg-subtle",
        role.Text: "text",
        role.Button: "bg-panel",
        role.ButtonText: "text",
        role.BrightText: "accent-on",
        role.ToolTipBase: "bg-panel",
        role.ToolTipText: "text",
        role.PlaceholderText: "text-muted",
        role.Highlight: "accent",
        role.HighlightedText: "accent-on",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Accent: "accent",
        role.Light: "bg-panel",
        role.Midlight: "bg-hover",
        role.Mid: "line-strong",
        role.Dark: "line-field",
        role.Shadow: "line-strong",
    }.items():
        made.setColor(where, of.color(token))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(group.Disabled, where, of.color("text-disabled"))
    return made
