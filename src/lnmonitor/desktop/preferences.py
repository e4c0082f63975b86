"""What a person chose about the program's looks and where studies lie; never a study value.

Kept in a small JSON file of this computer's account. A damaged or missing file means defaults: the
program must open.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from lnmonitor.paths import config_dir, own_file

_log = logging.getLogger(__name__)
_MOST_STUDIES = 12


@dataclass
class Preferences:
    """Values a person chose. `studies` are folders, the last opened first."""

    scheme: str = "system"
    language: str = "en"
    studies: list[str] = field(default_factory=list)
    last_opened: dict[str, str] = field(default_factory=dict)
    last_user: dict[str, str] = field(default_factory=dict)
    rail: dict[str, bool] = field(default_factory=dict)
    sort: dict[str, list[int]] = field(default_factory=dict)
    window: list[int] = field(default_factory=list)

    def remember_study(self, folder: Path, user: str, instant: str) -> None:
        """Put a study at the head of the list, with who opened it when."""
        name = str(folder.resolve())
        self.studies = [name, *(s for s in self.studies if s != name)][:_MOST_STUDIES]
        self.last_opened[name] = instant
        self.last_user[name] = user
        self.save()

    def forget_study(self, folder: Path) -> None:
        """Take a folder off the list; the folder itself stays as it is."""
        name = str(folder)
        self.studies = [study for study in self.studies if study != name]
        self.last_opened.pop(name, None)
        self.last_user.pop(name, None)
        self.save()

    def save(self) -> None:
        """Write the file; a full disk must not stop work, so it is only logged."""
        path = _path()
        try:
            draft = path.with_suffix(".new")
            own_file(draft).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
            os.replace(draft, path)  # noqa: PTH105 - atomic on every system
        except OSError as problem:
            _log.warning("preferences not kept: %s", problem)


@cache
def preferences() -> Preferences:
    """Return this account's preferences, read once."""
    known = {f.name: f for f in fields(Preferences)}
    made = Preferences()
    for name, value in _read().items():
        if name in known and type(value) is type(getattr(made, name)):
            setattr(made, name, value)
    return made


def _path() -> Path:
    return config_dir() / "preferences.json"


def _read() -> dict[str, Any]:
    try:
        content = json.loads(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        _log.warning("preferences not read: %s", problem)
        return {}
    return content if isinstance(content, dict) else {}
