"""Where the program keeps what is its own on this computer. Studies lie where people put them.

Nothing here may hold a study value: settings and logs are not encrypted.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("lnmonitor", appauthor=False, roaming=False)


def config_dir() -> Path:
    """Return the folder for settings, made if absent."""
    return _made(_DIRS.user_config_path)


def log_dir() -> Path:
    """Return the folder for logs, made if absent."""
    return _made(_DIRS.user_log_path)


def own_file(path: Path) -> Path:
    """Return the path of a file that is there and for its owner only; made empty if absent.

    Raises:
        OSError: it cannot be made.
    """
    path.touch(0o600, exist_ok=True)
    return path


def _made(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
