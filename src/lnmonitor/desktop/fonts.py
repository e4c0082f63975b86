"""Loads the bundled fonts, so that screens and screenshots look the same on every machine."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFontDatabase

from lnmonitor.errors import UserError
from lnmonitor.resources import asset

FILES = (
    "LNSans-Regular.ttf",
    "LNSans-Medium.ttf",
    "LNSans-SemiBold.ttf",
    "NotoSansSC-Regular.ttf",
    "NotoSansSC-Bold.ttf",
)


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the fonts with Qt once and return their families. Needs a QGuiApplication.

    Raises:
        UserError: a font file is missing or damaged.
    """
    families: list[str] = []
    for name in FILES:
        number = QFontDatabase.addApplicationFont(str(asset("fonts", name)))
        if number < 0:
            raise UserError(
                "The font file {name} cannot be read.",
                "Install the program again; the study is not affected.",
                name=name,
            )
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))
