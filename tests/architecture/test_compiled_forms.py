"""The compiled forms are those of `ui/`, and the check sees when they are not."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FORM = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0">
 <class>Small</class>
 <widget class="QWidget" name="Small">
  <widget class="QLabel" name="label">
   <property name="text"><string>{text}</string></property>
  </widget>
 </widget>
</ui>
"""


@pytest.fixture
def compiler(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "compile_ui", checkout / "packaging" / "compile_ui.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_that_the_compiled_forms_are_fresh(
    compiler: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    status = compiler.main(["--check"])
    assert status == 0, capsys.readouterr().out


def test_that_a_changed_added_or_removed_form_is_seen_as_stale(
    compiler: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sources, target = tmp_path / "ui", tmp_path / "generated"
    sources.mkdir()
    monkeypatch.setattr(compiler, "SOURCES", sources)
    monkeypatch.setattr(compiler, "TARGET", target)
    form = sources / "small.ui"
    form.write_text(FORM.format(text="One"))
    assert compiler.main(["--check"]) == 1
    assert compiler.main([]) == 0
    assert compiler.main(["--check"]) == 0
    form.write_text(FORM.format(text="Two"))
    capsys.readouterr()
    assert compiler.main(["--check"]) == 1
    assert "stale: ui_small.py" in capsys.readouterr().out
    form.unlink()
    assert compiler.main([]) == 0
    assert not list(target.glob("ui_*.py"))


def test_that_a_compiled_form_names_its_source_and_no_compiler_version(
    compiler: ModuleType, tmp_path: Path
) -> None:
    form = tmp_path / "small.ui"
    form.write_text(FORM.format(text="One"))
    lines = compiler.compiled(form).splitlines()
    assert lines[0] == "# Compiled from ui/small.ui by packaging/compile_ui.py. Do not edit."
    assert lines[2].startswith("from PySide6")
    assert not any("version" in line for line in lines)
