"""Case report and workbook from a study: whole, sealed, readable by other programs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pikepdf
import pytest
from openpyxl import load_workbook

from lnmonitor.errors import InputError, StorageError
from lnmonitor.exchange.excel import KEYS, export_xlsx
from lnmonitor.exchange.sdtm_import import import_sdtm
from lnmonitor.progress import Cancelled
from lnmonitor.reports.service import file_names, report_all, report_patient
from lnmonitor.services import audit, patients, records, seals
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import FORMS, LabResult

T = TypeVar("T")


@pytest.fixture
def imported(manager: StudySession, sdtm_trial: Path) -> StudySession:
    import_sdtm(manager, sdtm_trial)
    return manager


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_a_report_is_sound_with_every_font_embedded(
    imported: StudySession, tmp_path: Path, language: str
) -> None:
    patient_id = patients.find_patient(imported, "T-1")
    path = report_patient(imported, patient_id, tmp_path / "r.pdf", language=language)
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "/FontFile2" in font.FontDescriptor, font.BaseFont
        assert str(pdf.docinfo["/Title"]).startswith("LN-MSC-01 T-1")
        # Vector plots: no page carries an image.
        assert not any(page.get_images() for page in pdf.pages)


def test_that_reports_of_all_patients_are_written_and_sealed(
    imported: StudySession, tmp_path: Path
) -> None:
    written = report_all(imported, tmp_path / "all")
    assert [path.name for path in written] == ["T-1.pdf", "T-2.pdf"]
    for path in written:
        assert seals.verify_document(imported, path).intact


def test_that_one_changed_byte_is_told(imported: StudySession, tmp_path: Path) -> None:
    path = report_patient(imported, patients.find_patient(imported, "T-1"), tmp_path / "r.pdf")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    report = seals.verify_document(imported, path)
    assert not report.intact
    assert "altered" in report.text


def test_that_a_place_that_cannot_be_written_keeps_what_was_there(
    imported: StudySession, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    patient_id = patients.find_patient(imported, "T-1")
    with pytest.raises(StorageError, match="cannot be written"):
        report_patient(imported, patient_id, blocked / "r.pdf")
    with pytest.raises(InputError, match="not a folder"):
        report_all(imported, blocked)
    assert blocked.read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("01-001", "01-001.pdf"),
        ("../../x", "_.._x.pdf"),
        ("a:b*c", "a_b_c.pdf"),
        ("..", "patient.pdf"),
    ],
)
def test_that_a_subject_id_is_never_a_path(subject: str, name: str) -> None:
    assert file_names([subject]) == [name]


def test_that_the_workbook_has_a_sheet_for_each_form_and_the_same_keys_first(
    imported: StudySession, tmp_path: Path
) -> None:
    report = export_xlsx(imported, tmp_path / "e.xlsx")
    book = load_workbook(tmp_path / "e.xlsx", read_only=True)
    forms = [code for code in FORMS if code != "ID"]
    computed = ["SCORES", "FLAGS", "QUERIES", "REVIEW", "SIGNATURES", "LATE"]
    assert book.sheetnames == [
        "README", *forms, *computed, "AUDIT", "DICTIONARY", "CODELISTS",
    ]  # fmt: skip
    for code in forms:
        head = next(book[code].iter_rows(values_only=True))
        assert head[: len(KEYS)] == KEYS
    rows = list(book["LB"].iter_rows(values_only=True))
    assert len(rows) == 4
    first = dict(zip(rows[0], rows[1], strict=False))  # empty cells at the end are not stored
    assert (first["USUBJID"], first["VISIT"], first["VISITDY"]) == ("T-1", "BASE", 1)
    assert (first["ANALYTE"], first["ANALYTE_DEC"]) == ("CREAT", "Creatinine")
    lines = list(book["README"].iter_rows(values_only=True, min_row=2))
    readme = {line[0]: line[1] for line in lines}
    assert readme["Rows of LB"] == 3
    assert readme["Data"] == "study data"
    counted = [line[1] for line in lines if str(line[0]).startswith("Rows of ")]
    assert report.rows == sum(counted) + len(lines)
    book.close()
    assert seals.verify_document(imported, tmp_path / "e.xlsx").intact


def test_that_a_workbook_read_in_turns_is_the_study_at_one_moment(
    imported: StudySession, tmp_path: Path
) -> None:
    first = patients.find_patient(imported, "T-1")
    result = patients.patient_data(imported, first).of(LabResult)[0]
    heads: list[int] = []
    manager = imported.actor

    def turn(work: Callable[[], T]) -> T:
        done = work()
        heads.append(audit.head(imported)[0])
        if len(heads) == 3:  # the list and both patients have been read
            imported.actor = replace(manager, role="investigator")
            records.void(imported, result.id, "entered twice")
            imported.actor = manager
        if len(heads) == 4:  # all is read but the trail
            audit.note(imported, "print")
        return done

    export_xlsx(imported, tmp_path / "e.xlsx", turn=turn)
    book = load_workbook(tmp_path / "e.xlsx", read_only=True)
    results = list(book["LB"].iter_rows(values_only=True, min_row=2))
    trail = [row[0] for row in book["AUDIT"].iter_rows(values_only=True, min_row=2)]
    book.close()
    assert len(results) == 2
    assert trail == list(range(1, heads[3] + 1))
    assert heads[-1] > heads[3]


def test_that_a_stopped_document_leaves_nothing(imported: StudySession, tmp_path: Path) -> None:
    def stop(done: int, _total: int, _what: str) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        export_xlsx(imported, tmp_path / "e.xlsx", progress=stop)
    with pytest.raises(Cancelled):
        report_patient(
            imported, patients.find_patient(imported, "T-1"), tmp_path / "r.pdf", progress=stop
        )
    assert not list(tmp_path.glob("*.xlsx")) + list(tmp_path.glob("*.pdf"))


def test_that_a_cut_off_leaves_later_records_out_and_counts_them(
    imported: StudySession, tmp_path: Path
) -> None:
    report = export_xlsx(imported, tmp_path / "e.xlsx", cutoff="2024-01-31")
    book = load_workbook(tmp_path / "e.xlsx", read_only=True)
    results = list(book["LB"].iter_rows(values_only=True, min_row=2))
    visits = list(book["SV"].iter_rows(values_only=True, min_row=2))
    book.close()
    assert len(results) == len(visits) == 1
    # Two results and two visits of later dates.
    assert report.excluded == 4


def test_that_a_deidentified_workbook_has_no_birth_date_text_or_names(
    imported: StudySession, tmp_path: Path
) -> None:
    export_xlsx(imported, tmp_path / "e.xlsx", deidentified=True)
    book = load_workbook(tmp_path / "e.xlsx", read_only=True)
    rows = list(book["DM"].iter_rows(values_only=True))
    first = dict(zip(rows[0], rows[1], strict=False))  # empty cells at the end are not stored
    assert first["ENTEREDBY"] is None
    assert list(book["AUDIT"].iter_rows(min_row=2)) == []
    book.close()


@pytest.mark.parametrize("cutoff", ["soon", "2024-13-01"])
def test_that_a_cut_off_that_is_no_date_is_refused(
    imported: StudySession, tmp_path: Path, cutoff: str
) -> None:
    with pytest.raises(InputError, match="is not a date"):
        export_xlsx(imported, tmp_path / "e.xlsx", cutoff=cutoff)
    with pytest.raises(InputError, match="not a workbook"):
        export_xlsx(imported, tmp_path / "e.csv")


def test_that_the_workbook_opens_in_libreoffice(imported: StudySession, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    export_xlsx(imported, tmp_path / "e.xlsx")
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,9",
         "--outdir", str(tmp_path / "out"), str(tmp_path / "e.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (written,) = (tmp_path / "out").glob("*.csv")
    assert "T-1" in written.read_text(encoding="utf-8")
