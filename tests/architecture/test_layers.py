"""The import contracts of pyproject.toml hold, and each of them can break."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# contract id -> module that must not import -> import it must not have
VIOLATIONS = {
    "layers": ("study/wrong.py", "import lnmonitor.services"),
    "no-qt-below-desktop": ("reports/wrong.py", "import PySide6.QtCore"),
    "pure-clinical": ("clinical/wrong.py", "import numpy"),
    "study-does-no-io": ("analysis/wrong.py", "import sqlite3"),
    "views-read-through-services": ("desktop/wrong.py", "import lnmonitor.storage"),
}


def lint_imports(root: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    options = [part for name in contracts for part in ("--contract", name)]
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *options],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_that_the_contracts_hold(checkout: Path) -> None:
    result = lint_imports(checkout)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_that_a_contract_can_break(contract: str, checkout: Path, tmp_path: Path) -> None:
    module, line = VIOLATIONS[contract]
    shutil.copytree(
        checkout / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "lnmonitor" / module).write_text(line + "\n")
    result = lint_imports(tmp_path, contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert module.replace("/", ".").removesuffix(".py") in result.stdout


@pytest.mark.parametrize(
    ("package", "banned"),
    [
        ("lnmonitor", {"PySide6", "numpy", "openpyxl", "reportlab", "sqlmodel"}),
        ("lnmonitor.cli", {"PySide6", "openpyxl", "reportlab", "sqlmodel"}),
        ("lnmonitor.clinical", {"PySide6", "numpy", "pydantic", "sqlmodel"}),
        ("lnmonitor.reports", {"PySide6", "pyqtgraph"}),
        ("lnmonitor.exchange", {"PySide6", "pyqtgraph"}),
        ("lnmonitor.services", {"PySide6", "pyqtgraph"}),
    ],
)
def test_that_importing_a_package_pulls_in_nothing_it_must_not(
    package: str, banned: set[str]
) -> None:
    program = f"""
import importlib, pkgutil, sys
package = importlib.import_module({package!r})
if {package!r} != "lnmonitor":
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), {package!r} + "."):
        importlib.import_module(module.name)
print(*sorted(set(sys.modules) & {banned!r}))
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout.strip()) == (0, ""), result.stderr
