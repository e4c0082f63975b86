"""Failure tests: the short form runs with all tests, the long form with `bootstrap.py soak`.

Each test tells its figures; they are printed at the end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lnmonitor.services.accounts import add_account
from lnmonitor.services.patients import add_patient
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import Demographics, Identity

PASSWORD = "cells per kg 1e6"
LONG = os.environ.get("LNMONITOR_SOAK") == "long"
FIGURES: list[str] = []
Tell = Callable[[str], None]


def how_many(*, short: int, long: int) -> int:
    """Return how often to do something in this run."""
    return long if LONG else short


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))


@pytest.fixture
def tell() -> Tell:
    """Keep a sentence with figures for the end of the run."""
    return FIGURES.append


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed study with accounts admin and nurse and one patient; copy it."""
    path = tmp_path_factory.mktemp("soak") / "study"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
        create_study(path, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
        with open_study(path, user="admin", password=PASSWORD) as session:
            add_account(session, "nurse", role="coordinator", password=PASSWORD, full_name="Li")
        with open_study(path, user="nurse", password=PASSWORD) as session:
            add_patient(
                session,
                "SUBJ-4711",
                Demographics(sex="F", birth_date="1991-08-17", consent_date="2026-01-10"),
                Identity(full_name="Wang Xiaofang", phone="+86-25-5555-0147"),
            )
    return path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A fresh copy of the study."""
    shutil.copytree(made, tmp_path / "study")
    return tmp_path / "study"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("figures of the failure tests")
        for line in FIGURES:
            terminalreporter.write_line(line)
