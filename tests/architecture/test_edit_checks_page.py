"""The page of all edit checks is complete and current, and the check sees when it is not."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from lnmonitor.study.cross_checks import CROSS_CHECKS

NAMED = re.compile(r'"((?:item|dm|mh|ie|sv|vs|ex|lb|sledai|bilag|cm|cmg|cmi|pr|ae|ds|death)\.\w+)"')
"""What looks like the id of a check, found without knowing how the code reports it."""


@pytest.fixture
def maker(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = checkout / "packaging" / "edit_checks.py"
    spec = importlib.util.spec_from_file_location("edit_checks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "edit_checks", module)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec.loader.exec_module(module)
    return module


def test_that_the_page_of_edit_checks_is_current(
    maker: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    status = maker.main(["--check"])
    assert status == 0, capsys.readouterr().out


def test_that_every_check_of_data_and_code_stands_on_the_page_once(checkout: Path) -> None:
    code = checkout / "src" / "lnmonitor" / "study" / "checks"
    texts = [path.read_text(encoding="utf-8") for path in code.glob("*.py")]
    ids = [name for text in texts for name in NAMED.findall(text)]
    page = (checkout / "docs" / "validation" / "edit-checks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE)
    assert len(ids) > 50
    assert sorted(rows) == sorted({*ids, *(check.id for check in CROSS_CHECKS)})


def test_that_a_page_of_yesterday_is_seen_and_written_anew(
    maker: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(maker, "PAGE", tmp_path / "edit-checks.md")
    assert maker.main(["--check"]) == 1
    assert maker.main([]) == 0
    assert maker.main(["--check"]) == 0
    maker.PAGE.write_text(maker.page().replace("limit 0.5", "limit 0.6"), encoding="utf-8")
    assert maker.main(["--check"]) == 1
    assert "stale: edit-checks.md" in capsys.readouterr().out


def test_that_a_check_without_a_source_stops_the_page(
    maker: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {name: source for name, source in maker.SOURCES.items() if name != "sv.late"}
    monkeypatch.setattr(maker, "SOURCES", lacking)
    with pytest.raises(SystemExit, match=r"sv\.late"):
        maker.page()
