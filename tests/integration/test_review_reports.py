"""The drill of a restore and the review of access are on paper, to be signed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pdf_text import pages_of, squeezed, text_of

from lnmonitor.errors import PermissionDeniedError
from lnmonitor.reports.service import report_access, report_drill
from lnmonitor.services import access_review, accounts, audit, backup, restore, seals
from lnmonitor.services.session import StudySession

Open = Callable[[str], StudySession]
BY_HAND = ("Placeanddate", "Nameinprint", "Signature")


def test_that_a_drill_is_reported_with_what_was_compared_and_who_ran_it(
    open_as: Open, tmp_path: Path
) -> None:
    manager = open_as("datamanager")
    made = backup.back_up(manager)
    found = restore.drill(manager, made.path)
    path = report_drill(manager, found, tmp_path / "d.pdf", recipient="Sponsor")
    text = squeezed(text_of(path))
    assert made.path.name in text
    assert "datamanager,Datamanager" in text
    assert "Thebackupcanberestored." in text
    assert "2026-05-1209:41:52+08:00" in text
    for name, rows in found.backup.items():
        if rows and not name.startswith("form_"):
            assert f"{name}{rows}{found.live[name]}" in text
    assert all(words in text for words in BY_HAND)
    assert seals.verify_document(manager, path).intact
    (entry,) = audit.entries(manager, action="report")
    assert "Sponsor" in entry.new


def test_that_a_backup_that_cannot_be_relied_on_is_called_so(open_as: Open, tmp_path: Path) -> None:
    manager = open_as("datamanager")
    found = restore.drill(manager, backup.back_up(manager).path)
    bad = replace(found, later=0, differing=("account",))
    text = squeezed(text_of(report_drill(manager, bad, tmp_path / "d.pdf")))
    assert "ThebackupcanNOTbereliedon." in text
    assert "butrowsdiffer:account" in text
    assert "differs" in text


def test_that_access_is_reported_with_roles_their_history_and_passwords(
    open_as: Open, tmp_path: Path
) -> None:
    admin = open_as("admin")
    accounts.change_role(admin, "coordinator", "investigator", "Has taken over the site")
    accounts.remove_access(admin, "monitor", "Has left")
    path = report_access(admin, tmp_path / "a.pdf")
    text = squeezed(text_of(path))
    for one in accounts.list_accounts(admin):
        assert squeezed(one.full_name) in text
    assert "5accounts,4withaccess,0locked" in text
    assert "Studynurseorcoordinator→Investigator" in text
    assert "Hastakenoverthesite" in text
    assert "noaccesssince2026-05-12" in text
    assert "Hasleft" in text
    assert "never" in text
    assert "0days" in text
    assert all(words in text for words in BY_HAND)
    assert "Namesthepeoplewhohaveaccounts;nopatient." in text


def test_that_days_of_training_and_earlier_reviews_are_printed(
    open_as: Open, tmp_path: Path
) -> None:
    admin = open_as("admin")
    access_review.record_training(admin, "monitor", "2026-04-01", "Course of the sponsor")
    access_review.record_review(admin, "no change", "All fit")
    path = report_access(admin, tmp_path / "a.pdf")
    text = squeezed(text_of(path))
    assert text.count("2026-04-01") == 2, "beside the account and in its history"
    assert "nochangeAllfit" in text


def test_that_only_who_manages_accounts_gets_the_review(open_as: Open, tmp_path: Path) -> None:
    with pytest.raises(PermissionDeniedError):
        report_access(open_as("datamanager"), tmp_path / "a.pdf")
    assert not list(tmp_path.glob("*.pdf"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_each_page_of_a_report_names_the_zone(
    open_as: Open, tmp_path: Path, language: str
) -> None:
    admin = open_as("admin")
    found = restore.drill(admin, backup.back_up(admin).path)
    for path in (
        report_access(admin, tmp_path / "a.pdf", language=language),
        report_drill(admin, found, tmp_path / "d.pdf", language=language),
    ):
        assert all("+08:00 (Asia/Shanghai)" in page for page in pages_of(path))
