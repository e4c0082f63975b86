"""The one generated style sheet: Fusion with the tokens' colours and measures.

Widgets say what they are through dynamic properties, never through colours of their own:
labels `role` (type role) and `tone` (colour token); buttons `kind` (primary, plain, quiet, link).
"""

from __future__ import annotations

from string import Template

from lnmonitor.desktop.theme import ROLES, Theme
from lnmonitor.resources import asset

TONES = (
    "text",
    "text-2",
    "text-muted",
    "text-disabled",
    "accent",
    "ok",
    "warn",
    "serious",
    "unknown",
    "accent-on",
)

_SHEET = """
QMainWindow { background: @{bg-window}; }
QDialog { background: @{bg-panel}; }
QWidget#page, QWidget[ground="panel"] { background: @{bg-panel}; }
QWidget[ground="subtle"] { background: @{bg-subtle}; }
QWidget[ground="window"] { background: @{bg-window}; }
QFrame[line="h"] { background: @{line-soft}; border: 0; max-height: 1px; min-height: 1px; }
QFrame[line="v"] { background: @{line-soft}; border: 0; max-width: 1px; min-width: 1px; }
QFrame[line="strong"] { background: @{line-strong}; border: 0; max-height: 1px; min-height: 1px; }
QToolTip { background: @{bg-panel}; color: @{text}; border: 1px solid @{line-strong};
  padding: @{u1}px; }

QPushButton { background: @{bg-panel}; color: @{text}; border: 1px solid @{line-field};
  border-radius: @{u1}px; padding: 0 @{u3}px; min-height: @{button}px; max-height: @{button}px; }
QPushButton[kind="plain"], QPushButton[kind="primary"] { min-width: @{button-min}px; }
QPushButton:hover { background: @{bg-hover}; }
QPushButton:pressed { background: @{bg-selected}; }
QPushButton:focus { border: 2px solid @{accent}; padding: 0 @{u3-1}px;
  min-height: @{button-2}px; max-height: @{button-2}px; }
QPushButton:disabled { color: @{text-disabled}; border-color: @{line-strong}; }
QPushButton[kind="primary"] { background: @{accent}; color: @{accent-on};
  border-color: @{accent}; font-weight: 500; }
QPushButton[kind="primary"]:hover { border-color: @{text}; }
QPushButton[kind="primary"]:focus { border: 2px solid @{text}; }
QPushButton[kind="primary"]:disabled { background: @{bg-hover}; color: @{text-disabled};
  border-color: @{line-strong}; }
QPushButton[kind="quiet"] { border-color: transparent; background: transparent; color: @{text-2}; }
QPushButton[kind="quiet"]:hover { background: @{bg-hover}; }
QPushButton[kind="quiet"]:focus { border: 2px solid @{accent}; }
QPushButton[kind="link"] { border: 1px solid transparent; background: transparent;
  color: @{accent}; padding: 0; text-align: left; min-height: @{small-line}px;
  max-height: @{small-line}px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 1px solid @{accent}; }
QPushButton[size="small"] { min-height: @{button-small}px; max-height: @{button-small}px;
  padding: 0 @{u2}px; }
QPushButton[size="small"]:focus { min-height: @{button-small-2}px; max-height: @{button-small-2}px;
  padding: 0 @{u2-1}px; }

QToolButton { background: transparent; color: @{text-2}; border: 1px solid transparent;
  border-radius: @{u1}px; padding: 0 @{u1}px; min-height: @{button-small}px; }
QToolButton:hover { background: @{bg-hover}; }
QToolButton:focus { border: 1px solid @{accent}; }
QToolButton:checked { background: @{bg-selected}; color: @{accent}; }
QToolButton:disabled { color: @{text-disabled}; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[segment="first"], QToolButton[segment="middle"], QToolButton[segment="last"],
QToolButton[segment="only"] { background: @{bg-panel}; border: 1px solid @{line-field};
  border-radius: 0; padding: 0 @{u2}px; }
QToolButton[segment="middle"], QToolButton[segment="last"] { border-left: 0; }
QToolButton[segment="first"] { border-top-left-radius: @{u1}px;
  border-bottom-left-radius: @{u1}px; }
QToolButton[segment="last"] { border-top-right-radius: @{u1}px;
  border-bottom-right-radius: @{u1}px; }
QToolButton[segment="only"] { border-radius: @{u1}px; }
QToolButton[segment="first"]:checked, QToolButton[segment="middle"]:checked,
QToolButton[segment="last"]:checked, QToolButton[segment="only"]:checked {
  background: @{bg-selected}; color: @{accent}; font-weight: 600; }
QToolButton[segment="first"]:focus, QToolButton[segment="middle"]:focus,
QToolButton[segment="last"]:focus { border: 2px solid @{accent}; }
QToolButton[tab="true"] { border: 0; border-radius: 0; border-bottom: 2px solid transparent;
  padding: 0 @{u2.5}px; color: @{text-2}; min-height: @{lens-tab}px; max-height: @{lens-tab}px; }
QToolButton[tab="true"]:hover { background: transparent; color: @{text}; }
QToolButton[tab="true"]:checked { background: transparent; color: @{text}; font-weight: 600;
  border-bottom: 2px solid @{accent}; }
QToolButton[tab="true"]:focus { color: @{accent}; }

QLineEdit, QPlainTextEdit, QTextEdit { background: @{bg-panel}; color: @{text};
  border: 1px solid @{line-field}; border-radius: @{u1}px; padding: 0 @{u1.5}px;
  selection-background-color: @{accent}; selection-color: @{accent-on}; }
QLineEdit { min-height: @{field}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid @{accent};
  padding: 0 @{u1.5-1}px; }
QLineEdit:focus { min-height: @{field-2}px; }
QLineEdit[state="ask"] { border: 2px solid @{warn-line}; }
QLineEdit[state="refuse"] { border: 2px solid @{serious}; }
QLineEdit[state="missing"] { background: @{unknown-soft}; color: @{unknown}; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: @{text-disabled};
  border-color: @{line-strong}; }
QComboBox { background: @{bg-panel}; color: @{text}; border: 1px solid @{line-field};
  border-radius: @{u1}px; padding: 0 @{u2}px; min-height: @{field}px; }
QComboBox:focus { border: 2px solid @{accent}; padding: 0 @{u2-1}px; min-height: @{field-2}px; }
QComboBox::drop-down { border: 0; width: @{u5}px; }
QComboBox::down-arrow { image: url("@{chevron}"); width: @{u3.5}px; height: @{u3.5}px; }
QComboBox QAbstractItemView { background: @{bg-panel}; border: 1px solid @{line-strong};
  selection-background-color: @{bg-selected}; selection-color: @{text}; outline: 0; }
QCheckBox, QRadioButton { spacing: @{u2}px; color: @{text}; }
QCheckBox::indicator { width: @{u3}px; height: @{u3}px; border: 1px solid @{line-field};
  border-radius: @{u0.75}px; background: @{bg-panel}; }
QCheckBox::indicator:focus { border: 2px solid @{accent}; }
QCheckBox::indicator:checked { background: @{accent}; border-color: @{accent};
  image: url("@{check}"); }
QCheckBox::indicator:disabled { border-color: @{line-strong}; }

QMenuBar { background: @{bg-panel}; border: 0; }
QMenuBar::item { padding: 0 @{u2}px; background: transparent; color: @{text}; }
QMenuBar::item:selected { background: @{bg-hover}; border-radius: @{u1}px; }
QMenuBar::item:pressed { background: @{bg-selected}; }
QMenu { background: @{bg-panel}; border: 1px solid @{line-strong}; padding: @{u1}px 0; }
QMenu::item { padding: @{u1}px @{u6}px @{u1}px @{u3}px; color: @{text}; }
QMenu::item:selected { background: @{bg-selected}; }
QMenu::item:disabled { color: @{text-disabled}; }
QMenu::icon { padding-left: @{u2}px; }
QMenu::separator { height: 1px; background: @{line-soft}; margin: @{u1}px 0; }
QStatusBar { background: @{bg-window}; border-top: 1px solid @{line-soft}; color: @{text-2}; }
QStatusBar::item { border: 0; }

QAbstractItemView { background: @{bg-panel}; border: 0; outline: 0; color: @{text};
  selection-background-color: @{bg-selected}; selection-color: @{text}; }
QHeaderView { background: @{bg-panel}; border: 0; }
QHeaderView::section { background: @{bg-panel}; color: @{text-2}; border: 0;
  border-bottom: 1px solid @{line-strong}; padding: 0 @{u2}px; font-size: @{font-small}px;
  font-weight: 400; }
QHeaderView::section:hover { color: @{text}; }
QHeaderView::up-arrow { image: url("@{chevron-up}"); width: @{u3}px; height: @{u3}px; }
QHeaderView::down-arrow { image: url("@{chevron}"); width: @{u3}px; height: @{u3}px; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: @{u2.5}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: @{u2.5}px; margin: 0; }
QScrollBar::handle { background: @{line-strong}; border-radius: @{u0.5}px; margin: @{u0.5}px; }
QScrollBar::handle:vertical { min-height: @{u6}px; }
QScrollBar::handle:horizontal { min-width: @{u6}px; }
QScrollBar::handle:hover { background: @{line-field}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @{line-soft}; }
QProgressBar { background: @{line-soft}; border: 0; border-radius: @{u0.5}px; max-height: @{u1.5}px;
  min-height: @{u1.5}px; text-align: center; }
QProgressBar::chunk { background: @{accent}; border-radius: @{u0.5}px; }

QFrame#message { border: 1px solid @{line-strong}; border-radius: @{u1}px; }
QFrame#message[kind="ask"] { background: @{warn-soft}; border-color: @{warn-line}; }
QFrame#message[kind="refuse"] { background: @{serious-soft}; border-color: @{serious-line}; }
QFrame#message[kind="reason"] { background: @{accent-soft}; border-color: @{accent}; }
QFrame#message[kind="info"] { background: @{unknown-soft}; border-color: @{line-strong}; }
QFrame#message[kind="ok"] { background: @{ok-soft}; border-color: @{band-line}; }
QLabel[chip="true"] { border-radius: @{u0.75}px; padding: @{u0.5}px @{u1.5}px;
  font-size: @{font-small}px; font-weight: 500; }
QLabel[chip-tone="serious"] { background: @{serious-soft}; color: @{serious}; }
QLabel[chip-tone="warn"] { background: @{warn-soft}; color: @{warn}; }
QLabel[chip-tone="ok"] { background: @{ok-soft}; color: @{ok}; }
QLabel[chip-tone="accent"] { background: @{accent-soft}; color: @{accent}; }
QLabel[chip-tone="unknown"] { background: @{unknown-soft}; color: @{unknown}; }
QLabel[chip-tone="cr"] { background: @{resp-cr}; color: @{resp-cr-on}; }
QLabel[chip-tone="pr"] { background: @{resp-pr}; color: @{resp-pr-on}; }
QLabel[chip-tone="nr"] { background: @{resp-nr}; color: @{resp-nr-on}; }
QLabel#synthetic { background: @{warn-soft}; color: @{warn}; border: 1px solid @{warn-line};
  border-radius: @{u0.75}px; padding: 0 @{u2}px; font-size: @{font-caption}px; font-weight: 600; }
""".replace("@{", "${")


class _Template(Template):
    braceidpattern = r"[a-z0-9.\-]+"


def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet for a theme."""
    values: dict[str, object] = dict(theme.colors)
    for units in (0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 5, 6):
        values[f"u{units:g}"] = theme.px(units)
        values[f"u{units:g}-1"] = theme.px(units) - 1
    for name in ("button", "button-small", "field"):
        # Qt adds the border to min-height; the token is the whole height.
        values[name] = theme.measure(name) - 2
        values[f"{name}-2"] = theme.measure(name) - 4
    values["button-min"] = theme.px(4)
    values["small-line"] = theme.px(4.5)
    values["lens-tab"] = theme.measure("lens-bar") - 3
    for role in ROLES:
        values[f"font-{role}"] = theme.font_px(role)
    # Style sheets cannot colour a picture: these two are grey enough for both schemes.
    values["chevron"] = asset("themes", "chevron-down.svg").as_posix()
    values["check"] = asset("themes", f"check-{theme.scheme}.svg").as_posix()
    values["chevron-up"] = asset("themes", "chevron-up.svg").as_posix()
    return _Template(_SHEET).substitute(values) + _labels(theme)


def _labels(theme: Theme) -> str:
    lines = []
    for role in ROLES:
        font = theme.font(role)
        lines.append(
            f'QLabel[role="{role}"] {{ font-size: {font.pixelSize()}px; '
            f"font-weight: {int(font.weight())}; }}"
        )
    lines += [f'QLabel[weight="{w}"] {{ font-weight: {w}; }}' for w in (400, 500, 600)]
    lines += [f'QLabel[tone="{tone}"] {{ color: {theme.hex(tone)}; }}' for tone in TONES]
    return "\n".join(lines)
