"""Where the files of `resources/` are: inside an installed package, or at the top of a checkout.

They ship as files, not compiled in: reportlab needs a font's path, and rules read their tables
without Qt. See docs/adr/0003.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lnmonitor.errors import UserError

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_assets" / "resources", _PACKAGE.parents[1] / "resources")


def asset(*parts: str) -> Path:
    """Return the path of a shipped file or folder: `asset("fonts", "LNSans-Regular.ttf")`.

    Raises:
        UserError: it is not there, so the installation is damaged.
    """
    for root in _ROOTS:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise UserError(
        "The program's file {name} is missing.",
        "Install the program again; the study is not affected.",
        name="/".join(("resources", *parts)),
    )


@cache
def read_toml(*parts: str) -> Mapping[str, Any]:
    """Return the content of a shipped TOML file, read once. Do not change what it returns."""
    return tomllib.loads(asset(*parts).read_text(encoding="utf-8"))
