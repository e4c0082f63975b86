"""The project's own virtual environment: made once, from the lock, and known by a stamp.

Standard library only, because it runs before anything is installed. No package index is named here:
pip uses the one this computer is set up for.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import system_packages
from problems import SetupProblem, say

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "packaging" / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "lnmonitor-stamp"
LOG = VENV / "lnmonitor-setup.log"
SUPPORTED = ((3, 11), (3, 14))
_WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if _WINDOWS else "bin/python")


def check_python() -> None:
    """Refuse a Python that the locked packages do not exist for.

    Raises:
        SetupProblem: this Python is too old or too new.
    """
    lowest, highest = SUPPORTED
    if not lowest <= sys.version_info[:2] <= highest:
        raise SetupProblem(
            f"This is Python {sys.version_info[0]}.{sys.version_info[1]}; lnmonitor runs on "
            f"{lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}.",
            f"Run it with one of these, for example: python3.{highest[1]} packaging/bootstrap.py",
        )


def ensure() -> None:
    """Make the environment fit the lock; do nothing when its stamp says that it does.

    Raises:
        SetupProblem: it could not be made.
    """
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == _fingerprint():
        return
    if not _runs():
        _create()
    count = LOCK.read_text(encoding="utf-8").count("==")
    say(f"installing {count} locked packages (about 300 MB, a few minutes the first time)")
    _pip("install", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(LOCK))
    say("installing lnmonitor itself, editable")
    _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
    STAMP.write_text(_fingerprint(), encoding="utf-8")
    say("environment ready")


def site_packages() -> Path:
    """Return the environment's package folder."""
    if _WINDOWS:
        return VENV / "Lib" / "site-packages"
    return next((VENV / "lib").glob("python3.*")) / "site-packages"


def script(name: str) -> str:
    """Return the path of a program that a package installed."""
    return str(PYTHON.with_name(f"{name}.exe" if _WINDOWS else name))


def _fingerprint() -> str:
    """Return what the environment stands on: lock, project metadata and its Python."""
    digest = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml", VENV / "pyvenv.cfg"):
        digest.update(path.read_bytes() if path.exists() else b"absent")
    return digest.hexdigest()


def _runs() -> bool:
    if not PYTHON.exists():
        return False
    try:
        probe = [str(PYTHON), "-c", "import pip"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _create() -> None:
    say(f"making the virtual environment {VENV.name}/ with Python {sys.version.split()[0]}")
    if importlib.util.find_spec("ensurepip") is None:
        # Debian ships venv apart from Python.
        system_packages.install(["python3-venv"], "Python's virtual environments")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SetupProblem(
            f"The virtual environment {VENV} could not be made.",
            f"Python said:\n  {(made.stderr or made.stdout).strip()[-500:]}",
        )


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    result = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ pip {' '.join(arguments)}\n{result.stdout}\n")
    if result.returncode:
        lines = [line for line in result.stdout.splitlines() if line.startswith("ERROR")]
        tail = "\n  ".join((lines or result.stdout.splitlines())[-4:])
        raise SetupProblem(
            "pip could not install the packages.",
            f"It said:\n  {tail}\nIs there a network, or a pip.conf that names a package mirror? "
            f"Whole output: {LOG}\nThen run this again; what is installed already stays.",
        )
