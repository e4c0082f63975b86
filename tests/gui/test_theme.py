"""Tokens on screen: contrast holds, the style sheet is whole, fonts are ours."""

from __future__ import annotations

import tomllib
from typing import cast

import pytest
from PySide6.QtGui import QColor, QFontInfo

from lnmonitor.desktop.fonts import load_fonts
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.style_sheet import style_sheet
from lnmonitor.desktop.theme import ROLES, Scheme, make_theme, theme, theme_manager
from lnmonitor.resources import asset

TOKENS = tomllib.loads(asset("themes", "tokens.toml").read_text(encoding="utf-8"))
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def luminance(color: QColor) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", sorted(TOKENS["contrast"]))
def test_that_every_pair_keeps_its_contrast(pair: str, scheme: Scheme) -> None:
    ink, ground = pair.split(" on ")
    look = make_theme(scheme)
    found = contrast(look.color(ink), look.color(ground))
    assert found >= TOKENS["contrast"][pair]["min"]
    assert found == pytest.approx(TOKENS["contrast"][pair][scheme], abs=0.02)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_that_the_style_sheet_has_no_unfilled_place(scheme: Scheme) -> None:
    sheet = style_sheet(make_theme(scheme))
    assert "@{" not in sheet
    assert "${" not in sheet


def test_that_both_schemes_name_the_same_colours() -> None:
    assert set(TOKENS["color"]["light"]) == set(TOKENS["color"]["dark"])


def test_that_the_base_unit_is_four_pixels_at_the_body_size() -> None:
    assert (theme().u, theme().body_px) == (4, 13)
    assert theme().px(8) == 32


def test_that_text_is_set_in_the_bundled_fonts() -> None:
    assert {"LN Sans", "Noto Sans SC"} <= set(load_fonts())
    assert QFontInfo(theme().font("body")).family() == "LN Sans"


def test_that_chinese_text_is_never_under_twelve_pixels() -> None:
    sizes = [make_theme("light", "zh").font_px(role) for role in ROLES]
    assert min(sizes) == 12
    assert make_theme("light", "en").font_px("caption") == 11


def test_that_an_icon_takes_the_colour_of_the_scheme_in_force() -> None:
    made = icon("check", "accent")
    colours = []
    for scheme in ("light", "dark"):
        theme_manager().set_scheme(cast("Scheme", scheme))
        picture = made.pixmap(32, 32).toImage()
        pixels = [
            picture.pixelColor(x, y)
            for x in range(32)
            for y in range(32)
            if picture.pixelColor(x, y).alpha() == 255
        ]
        assert pixels
        colours.append(pixels[0].name())
    assert colours == [make_theme(s).color("accent").name() for s in SCHEMES]
