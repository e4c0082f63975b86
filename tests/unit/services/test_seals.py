"""Copies that left are known: who got what, when, with which options, and what changed since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lnmonitor.errors import PermissionDeniedError
from lnmonitor.services import audit, seals
from lnmonitor.services.patients import add_patient
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import Demographics

Open = Callable[..., StudySession]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "listing.xlsx"
    path.write_bytes(b"listing")
    return path


def test_that_a_copy_is_an_entry_with_recipient_and_options(
    nurse: StudySession, copy: Path
) -> None:
    seals.record_document(
        nurse, "export", copy, item="workbook", recipient=" Li Wen,\n sponsor ", options="all data"
    )
    (made,) = seals.made_documents(nurse)
    assert (made.name, made.item, made.recipient) == ("listing.xlsx", "workbook", "Li Wen, sponsor")
    assert (made.options, made.account, made.later_changes) == ("all data", "nurse", 0)
    assert (made.at[:16], made.utc_offset, made.zone) == (
        "2026-05-12T01:41", "+08:00", "Asia/Shanghai",
    )  # fmt: skip
    told = seals.verify_document(nurse, copy).text
    assert "for Li Wen, sponsor" in told
    assert "Options: all data." in told


def test_that_changes_after_a_copy_are_counted_for_each(nurse: StudySession, copy: Path) -> None:
    seals.record_document(nurse, "export", copy, recipient="first")
    add_patient(nurse, "01-001", Demographics(sex="F", consent_date="2026-01-10"))
    seals.record_document(nurse, "report", copy, recipient="second")
    add_patient(nurse, "01-002", Demographics(sex="F", consent_date="2026-01-10"))
    add_patient(nurse, "01-003", Demographics(sex="F", consent_date="2026-01-10"))
    made = seals.made_documents(nurse)
    assert [(one.recipient, one.later_changes) for one in made] == [("second", 2), ("first", 3)]
    assert [one.recipient for one in seals.made_documents(nurse, limit=1)] == ["second"]
    assert seals.verify_document(nurse, copy).later_changes == 3


def test_that_the_name_of_a_fingerprint_proves_nothing(
    nurse: StudySession, copy: Path, tmp_path: Path
) -> None:
    seals.record_document(nurse, "export", copy)
    forged = tmp_path / "forged.xlsx"
    forged.write_bytes(b"forged")
    fingerprint = seals._sha256(forged)
    seals.record_document(nurse, "export", copy, recipient=fingerprint, options=fingerprint)
    assert not seals.verify_document(nurse, forged).intact


def test_that_a_hidden_entry_tells_no_recipient(open_as: Open, copy: Path) -> None:
    manager = open_as("manager")
    seals.record_document(manager, "export", copy, recipient="named by mistake")
    (made,) = seals.made_documents(manager)
    audit.redact(manager, made.sequence, "names a person")
    assert seals.made_documents(manager) == ()
    assert "named by mistake" not in seals.verify_document(manager, copy).text


def test_that_who_may_not_export_records_no_copy(nurse: StudySession, copy: Path) -> None:
    nurse.must_change_password = True
    with pytest.raises(PermissionDeniedError):
        seals.record_document(nurse, "export", copy)
