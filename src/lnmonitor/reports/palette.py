"""Colours and sizes of printed pages: the design tokens, light, with their print changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from reportlab.lib.colors import Color, HexColor

from lnmonitor.resources import read_toml


@cache
def _tokens() -> Mapping[str, Any]:
    return read_toml("themes", "tokens.toml")


@cache
def colour(name: str) -> Color:
    """Return a colour by its token name."""
    colours = _tokens()["color"]
    return HexColor(colours["print"].get(name) or colours["light"][name])


@cache
def size(name: str) -> float:
    """Return a print measure in points: margin, title, section, body, table, small, rule, ..."""
    return float(_tokens()["print"][name])
