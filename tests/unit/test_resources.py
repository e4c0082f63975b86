"""Shipped files are found in a checkout, and a missing one is said so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lnmonitor import resources
from lnmonitor.errors import UserError
from lnmonitor.resources import asset, read_toml


def test_that_a_resource_of_the_checkout_is_found(checkout: Path) -> None:
    assert asset("themes", "tokens.toml") == checkout / "resources" / "themes" / "tokens.toml"


def test_that_the_installed_package_wins_over_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed, checkout = tmp_path / "installed", tmp_path / "checkout"
    for root in (installed, checkout):
        root.mkdir()
        (root / "a.txt").write_text(root.name)
    monkeypatch.setattr(resources, "_ROOTS", (installed, checkout))
    assert asset("a.txt").read_text() == "installed"
    shutil.rmtree(installed)
    assert asset("a.txt").read_text() == "checkout"


def test_that_a_missing_resource_is_named_with_a_remedy() -> None:
    with pytest.raises(UserError, match=r"resources/fonts/none\.ttf is missing.*Install"):
        asset("fonts", "none.ttf")


def test_that_a_toml_file_is_read_once() -> None:
    first = read_toml("themes", "tokens.toml")
    assert first["color"]["light"]["accent"] == "#1F5BB5"
    assert read_toml("themes", "tokens.toml") is first
