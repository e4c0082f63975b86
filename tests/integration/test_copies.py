"""What a copy tells of a study that was reviewed, and what it never tells."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from tests.integration.reviewed import NAME, Open, Reviewed, review

from lnmonitor.exchange import csv_files
from lnmonitor.exchange.csv_files import export_csv
from lnmonitor.exchange.excel import export_xlsx, write_workbook
from lnmonitor.exchange.listing import sheets
from lnmonitor.exchange.options import Options
from lnmonitor.exchange.snapshot import read
from lnmonitor.services import locks, seals
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent

AT = "2026-05-12T09:41:52+08:00"
Book = dict[str, list[dict[str, Any]]]


@pytest.fixture
def reviewed(open_as: Open) -> Reviewed:
    return review(open_as)


@pytest.fixture
def manager(open_as: Open, reviewed: Reviewed) -> StudySession:
    return open_as("datamanager")


def book_of(path: Path) -> Book:
    """Return the rows of each sheet by the names in row 1."""
    book = load_workbook(path)
    found = {}
    for sheet in book.worksheets:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def exported(session: StudySession, folder: Path, **options: Any) -> Book:
    export_xlsx(session, folder / "e.xlsx", **options)
    return book_of(folder / "e.xlsx")


def value(book: Book, what: str) -> Any:
    return next(row["VALUE"] for row in book["README"] if row["WHAT"] == what)


def row_of(book: Book, sheet: str, record_id: str) -> dict[str, Any]:
    (found,) = [row for row in book[sheet] if row["RECID"] == record_id]
    return found


def test_that_a_query_is_told_with_its_whole_thread(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    row = row_of(exported(manager, tmp_path), "QUERIES", reviewed.place.vitals)
    assert (row["QUERYID"], row["ITEM"], row["TYPE"], row["STATE"]) == (
        reviewed.query, "WEIGHT_KG", "Query", "closed",
    )  # fmt: skip
    assert (row["USUBJID"], row["VISIT"], row["VISITDTC"]) == ("01-001", "UNS", "2026-02-12")
    assert (row["OPENEDDTC"], row["ANSWEREDDTC"], row["CLOSEDDTC"]) == (AT, AT, AT)
    assert (row["OPENEDBY"], row["DAYSOPEN"], row["STEPS"]) == ("monitor", 0, 4)
    assert row["QUESTION"] == "=Weight 50 or 55 kg?"
    assert row["THREAD"].splitlines()[1] == (
        f"[{AT}] coordinator (coordinator): answered, answered: 55 kg, the source says so."
    )


def test_that_a_signature_is_told_with_name_instant_zone_and_meaning(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    book = exported(manager, tmp_path)
    row = row_of(book, "REVIEW", reviewed.place.creatinine)
    assert (row["COMPLETE"], row["VERIFIED"], row["VERIFIEDBY"]) == ("Y", "Y", "monitor")
    assert (row["SIGNED"], row["SIGNEDBY"], row["SIGNEDROLE"]) == (
        "Y", "investigator", "investigator",
    )  # fmt: skip
    assert (row["SIGNEDDTC"], row["SIGNEDZONE"]) == (AT, "Asia/Shanghai")
    assert row["MEANING"] == "I have reviewed these data; they are accurate and complete."
    assert (row["STATE"], row["FROZEN"], row["LOCKED"]) == ("frozen", "Y", "N")
    assert (row["HELDSCOPE"], row["HELDBY"]) == ("record", "monitor")


def test_that_a_fallen_signature_tells_what_changed(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    book = exported(manager, tmp_path)
    row = row_of(book, "REVIEW", reviewed.place.vitals)
    assert (row["SIGNED"], row["SIGNEDBY"], row["FALLENSIGN"]) == ("N", None, 1)
    assert "WEIGHT_KG: 50 → 55" in row["FALLENWHY"].replace("50.0", "50").replace("55.0", "55")
    assert "Source corrected" in row["FALLENWHY"]
    assert (row["VERIFIED"], row["FROZEN"]) == ("PART", "N")
    signed = row_of(book, "SIGNATURES", reviewed.place.vitals)
    assert (signed["VALID"], signed["FALLENDTC"], signed["SIGNEDVER"]) == ("N", AT, 1)
    assert row_of(book, "SIGNATURES", reviewed.place.visit)["VALID"] == "Y"


def test_that_a_lock_of_the_study_is_told_on_every_record(
    open_as: Open, reviewed: Reviewed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "require_step", lambda *_: None)
    monkeypatch.setattr(locks, "_require_no_query", lambda *_: None)
    manager = open_as("datamanager")
    locks.lock(manager, "study")
    book = exported(manager, tmp_path)
    assert {(row["LOCKED"], row["HELDSCOPE"], row["STATE"]) for row in book["REVIEW"]} == {
        ("Y", "study", "locked")
    }


def test_that_late_entries_are_listed_with_their_delay(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    row = row_of(exported(manager, tmp_path), "LATE", reviewed.place.vitals)
    assert (row["EVENTDTC"], row["ENTEREDDTC"], row["DAYS"], row["TOLERANCE"]) == (
        "2026-02-12", AT, 89, 7,
    )  # fmt: skip


def test_that_late_entries_tell_why_and_a_deidentified_copy_the_code_alone(
    open_as: Open, reviewed: Reviewed, tmp_path: Path
) -> None:
    nurse = open_as("coordinator")
    reasons = ("OTHER: Wang Fang called", "PAPER", "her ward was closed")
    drafts = [
        RecordDraft(AdverseEvent(term="Fever", start="2026-04-01"), reviewed.place.patient_id,
                    reason=why)
        for why in reasons
    ]  # fmt: skip
    saved = [one.id for one in save(nurse, drafts).records]
    manager = open_as("datamanager")
    book = exported(manager, tmp_path)
    paper = "On paper first, program not at hand"
    assert [row_of(book, "LATE", one)["REASON"] for one in saved] == [
        "Other: Wang Fang called", paper, "her ward was closed",
    ]  # fmt: skip
    assert row_of(book, "LATE", reviewed.place.vitals)["REASON"] == "no reason given"
    bare = exported(manager, tmp_path, deidentified=True)["LATE"]
    told = {row["REASON"] for row in bare}
    assert told == {"Other", paper, "[withheld]", "no reason given"}


def test_that_the_first_page_tells_moment_zone_people_and_versions(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    book = exported(manager, tmp_path, recipient="Sponsor A", cutoff="2026-04-30")
    assert value(book, "Written at (UTC)") == "2026-05-12T01:41:52Z"
    assert value(book, "Written at (local)") == f"{AT} (UTC+08:00 Asia/Shanghai)"
    assert value(book, "Written by") == "datamanager, datamanager"
    assert value(book, "Recipient") == "Sponsor A"
    assert value(book, "Data cut-off").startswith("2026-04-30 (UTC+08:00 Asia/Shanghai)")
    assert value(book, "Schema of the study") == manager.schema
    assert "sledai" in value(book, "All rules")
    assert value(book, "Signature, approval") == "I approve these data for analysis."
    assert value(book, "Clock of the workstation") == "nothing unusual on record"
    for name, rows in book.items():
        if name != "README":
            assert value(book, f"Rows of {name}") == len(rows)


def test_that_the_clocks_anomalies_are_on_the_first_page(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    from datetime import timedelta

    from lnmonitor.services import audit, clock

    manager.clock.instant -= timedelta(hours=1)  # type: ignore[attr-defined]
    audit.note(manager, "print")
    book = exported(manager, tmp_path)
    assert "NOT acknowledged" in value(book, "Clock of the workstation")
    clock.acknowledge(manager, "battery changed")
    told = value(exported(manager, tmp_path), "Clock of the workstation")
    assert told.startswith("clock went back at 2026-05-12T00:41:52")
    assert "acknowledged by datamanager (datamanager): battery changed" in told


def test_that_every_instant_names_its_zone(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    book = exported(manager, tmp_path)
    for sheet, rows in book.items():
        for row in rows:
            for column, cell in row.items():
                if column in ("ENTEREDDTC", "SIGNEDDTC", "OPENEDDTC", "HELDDTC") and cell:
                    assert cell.endswith(("Z", "+08:00")), (sheet, column, cell)
    assert {row["TIMEZONE"] for row in book["VS"]} == {"UTC+08:00 Asia/Shanghai"}
    assert book["AUDIT"][0]["LOCAL"] == AT
    loaded = load_workbook(tmp_path / "e.xlsx")
    for sheet in loaded.worksheets:
        assert "UTC+08:00 Asia/Shanghai" in sheet.oddFooter.left.text


@pytest.mark.parametrize("role", ["coordinator", "datamanager"])
def test_that_the_identity_is_in_no_copy_whoever_makes_it(
    open_as: Open, reviewed: Reviewed, tmp_path: Path, role: str
) -> None:
    session = open_as(role)
    assert NAME not in str(exported(session, tmp_path))
    export_csv(session, tmp_path / "c.zip")
    with ZipFile(tmp_path / "c.zip") as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert NAME not in "".join(texts)
    assert any(reviewed.query in text for text in texts)


def test_that_a_deidentified_copy_names_nobody(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    book = exported(manager, tmp_path, deidentified=True)
    row = row_of(book, "QUERIES", reviewed.place.vitals)
    assert (row["QUESTION"], row["OPENEDBY"]) == ("[withheld]", None)
    assert "source says so" not in str(book["QUERIES"])
    signed = row_of(book, "SIGNATURES", reviewed.place.vitals)
    assert (signed["SIGNEDBY"], signed["ACCOUNT"], signed["ROLE"]) == (None, None, "investigator")
    assert "Source corrected" not in str(book["SIGNATURES"])


def test_that_the_cut_off_leaves_out_steps_and_signatures_after_it(
    manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    book = exported(manager, tmp_path, cutoff="2026-04-30")
    assert book["QUERIES"] == book["SIGNATURES"] == book["AUDIT"] == []
    assert row_of(book, "REVIEW", reviewed.place.vitals)["STATE"] == "complete"
    assert exported(manager, tmp_path, cutoff="2026-02-11")["LB"] == []


def test_that_every_column_is_in_the_dictionary_with_words(
    manager: StudySession, tmp_path: Path
) -> None:
    snapshot = read(manager, Options())
    book = exported(manager, tmp_path)
    told = {(row["SHEET"], row["VARIABLE"]): row for row in book["DICTIONARY"]}
    for sheet in sheets(snapshot):
        for column in sheet.columns if sheet.name not in ("DICTIONARY", "CODELISTS") else ():
            row = told[sheet.name, column]
            assert None not in (row["LABEL_EN"], row["LABEL_ZH"]), (sheet.name, column)


def test_that_the_same_snapshot_makes_the_same_bytes(manager: StudySession, tmp_path: Path) -> None:
    snapshot = read(manager, Options())
    one, other = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_workbook(snapshot, one)
    write_workbook(snapshot, other)
    assert one.read_bytes() == other.read_bytes()


# --- CSV -----------------------------------------------------------------------------------------


def test_that_the_csv_files_hold_what_the_workbook_holds(
    manager: StudySession, tmp_path: Path
) -> None:
    snapshot = read(manager, Options())
    write_workbook(snapshot, tmp_path / "e.xlsx")
    book = load_workbook(tmp_path / "e.xlsx")
    export_csv(manager, tmp_path / "c.zip", recipient="Sponsor A")
    with ZipFile(tmp_path / "c.zip") as archive:
        assert archive.testzip() is None
        for sheet in sheets(snapshot):
            content = archive.read(f"{sheet.name}.csv")
            assert content.startswith(b"\xef\xbb\xbf")
            assert content.count(b"\r\n") > 0
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            ours = [
                ["" if cell is None else str(csv_files.safe(cell)) for cell in row]
                for row in book[sheet.name].iter_rows(values_only=True)
            ]
            if sheet.name == "AUDIT":  # the copies themselves are entries
                ours, rows = ours[:5], rows[:5]
            assert rows == ours, sheet.name
    (made,) = [one for one in seals.made_documents(manager) if one.name == "c.zip"]
    assert (made.recipient, made.item) == ("Sponsor A", "CSV files")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-1", "-1"),
        ("+1.5e-3", "+1.5e-3"),
        ("-1+cmd", "'-1+cmd"),
        ("<0.5", "<0.5"),
        ("", ""),
        (-1.5, -1.5),
        (55.0, 55),
        (None, None),
    ],
)
def test_that_a_csv_cell_is_never_a_formula(text: Any, written: Any) -> None:
    assert csv_files.safe(text) == written
