"""The set-up script: standard library only, a trusted lock, clear words when it cannot go on."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

LDD = """\
\tlinux-vdso.so.1 (0x00007ffd)
\tlibGL.so.1 => /lib/x86_64-linux-gnu/libGL.so.1 (0x00007f)
\tlibxcb-cursor.so.0 => not found
\tlibxcb-icccm.so.4 => not found
\tlibstrange.so.9 => not found
"""


@pytest.fixture
def set_up(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """Return the set-up's modules, imported as the script itself imports them."""
    monkeypatch.syspath_prepend(str(checkout / "packaging"))
    names = ("problems", "system_packages", "environment", "bootstrap")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    return {name: importlib.import_module(name) for name in names}


def test_that_the_set_up_needs_the_standard_library_only(checkout: Path) -> None:
    own = {"bootstrap", "environment", "problems", "system_packages"}
    imported = set()
    for name in own:
        tree = ast.parse((checkout / "packaging" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    assert imported - own <= sys.stdlib_module_names


def test_that_the_lock_pins_every_dependency_with_hashes_and_names_no_index(checkout: Path) -> None:
    lock = (checkout / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", lock.strip())
    locked = {block.partition("==")[0] for block in blocks}
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"--(?:extra-)?index-url|--find-links|://", lock)
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=!~\[; ]", text)[0].lower().replace("_", "-") for text in wanted}
    assert names <= locked


def test_that_qt_stays_below_the_version_that_aborts(checkout: Path) -> None:
    lock = (checkout / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    version = re.search(r"^pyside6-essentials==(\d+)\.(\d+)", lock, flags=re.MULTILINE)
    assert version is not None
    assert (6, 8) <= (int(version[1]), int(version[2])) < (6, 12)


def test_that_missing_libraries_are_read_from_ldd_and_named_as_packages(
    set_up: dict[str, ModuleType],
) -> None:
    system = set_up["system_packages"]
    missing = system.missing_objects(LDD)
    assert missing == {"libxcb-cursor.so.0", "libxcb-icccm.so.4", "libstrange.so.9"}
    assert system.packages_for(missing) == (
        ["libxcb-cursor0", "libxcb-icccm4"],
        ["libstrange.so.9"],
    )


def test_that_the_packages_named_in_the_requirement_are_known(
    set_up: dict[str, ModuleType],
) -> None:
    known = set(set_up["system_packages"].DEBIAN_PACKAGES.values())
    assert {
        "libegl1",
        "libgl1",
        "libxcb-cursor0",
        "libxcb-icccm4",
        "libxcb-image0",
        "libxcb-keysyms1",
        "libxcb-render-util0",
        "libxkbcommon-x11-0",
    } <= known


def test_that_without_root_the_one_command_is_named(
    set_up: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(set_up["problems"].SetupProblem) as raised:
        set_up["system_packages"].install(["libxcb-cursor0", "libegl1"], "Qt")
    command = "sudo apt-get install -y --no-install-recommends libxcb-cursor0 libegl1"
    assert command in raised.value.remedy


@pytest.mark.parametrize(("window", "stops"), [(True, True), (False, False)])
def test_that_what_only_a_window_needs_stops_only_a_window(
    window: bool,
    stops: bool,
    set_up: dict[str, ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    system = set_up["system_packages"]
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(system.platform, "system", lambda: "Linux")
    monkeypatch.setattr(system.shutil, "which", lambda name: name)
    monkeypatch.setattr(
        system,
        "_missing",
        lambda _folder, part: {"libxcb-cursor.so.0"} if part == system.WINDOW_BINARIES else set(),
    )
    if stops:
        with pytest.raises(set_up["problems"].SetupProblem, match="missing for Qt"):
            system.ensure_qt_libraries(tmp_path, window=window)
    else:
        system.ensure_qt_libraries(tmp_path, window=window)
        assert "libxcb-cursor0" in capsys.readouterr().out


def test_that_a_stamped_environment_is_left_alone(
    set_up: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment = set_up["environment"]
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp")
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(environment, "_runs", lambda: True)
    monkeypatch.setattr(environment, "_pip", lambda *arguments: calls.append(arguments))
    environment.ensure()
    assert [call[0] for call in calls] == ["install", "install"]
    assert "--require-hashes" in calls[0]
    environment.ensure()
    assert len(calls) == 2


def test_that_a_python_without_locked_packages_is_refused(
    set_up: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = set_up["environment"]
    for version in ((3, 10, 0), (3, 15, 0)):
        monkeypatch.setattr(environment.sys, "version_info", version)
        with pytest.raises(set_up["problems"].SetupProblem, match=r"runs on 3\.11 to 3\.14"):
            environment.check_python()


def test_that_an_unknown_command_shows_the_usage(checkout: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(checkout / "packaging" / "bootstrap.py"), "launch"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "bootstrap.py demo" in result.stdout


def test_that_continuous_integration_calls_the_test_command_and_nothing_else(
    checkout: Path,
) -> None:
    lines = (checkout / ".ci" / "run").read_text().splitlines()
    assert lines == ["#!/bin/sh", "exec python3 packaging/bootstrap.py test"]


def test_that_the_readme_names_both_commands_on_its_first_screen(checkout: Path) -> None:
    first_screen = (checkout / "README.md").read_text(encoding="utf-8").splitlines()[:25]
    for command in ("demo", "test"):
        assert any(f"python3 packaging/bootstrap.py {command}" in line for line in first_screen)
