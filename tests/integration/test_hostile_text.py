"""Text of any kind, typed in any field, comes back as it was and is never anything but text."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lnmonitor.errors import InputError, UserError
from lnmonitor.exchange.csv_cells import neutral
from lnmonitor.exchange.excel import export_xlsx
from lnmonitor.exchange.trail import export_trail
from lnmonitor.reports.service import report_all, report_patient
from lnmonitor.services import patients
from lnmonitor.services.records import RecordDraft, history, save
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent, Demographics

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", "＋1",
    "－1", "＠SUM(1)", "'=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://127.0.0.1","x")',
    "#N/A", "-5.2",
]  # fmt: skip
MARKUP = [
    "<b>bold</b>", "<para>", "</font>", "<img src='/etc/passwd'/>", "&lt;&amp;&#65;&nbsp;",
    "<a href='x'>", "<br/>", "<![CDATA[x]]>", "<!-- c -->", "{0} {name} %s %d $x", "a < 5 & b > 3",
]  # fmt: skip
QUERIES = [
    "'; DROP TABLE patient; --",
    "' OR '1'='1",
    '"; DELETE FROM audit;',
    "NULL",
    "None",
    "%_",
]
PATHS = ["../../etc/passwd", "C:\\Windows\\x", "/dev/null", "a\\..\\b", "~root", "$HOME", "CON"]
UNICODE = [
    "患者诉头痛", "é", "e\u0301", "\u202eright to left\u202c", "\u200bzero\u200d", "😀👩‍⚕️", "ﬃ Å Å",
    "İıß", "\ufeffbom", "\u2028line\u2029", "Ω≤≥×10⁹/L", "ก็่้", "العربية",
]  # fmt: skip
SPACES = ["two\nlines", "two\r\nlines", "a\tb", "  surrounded  ", "a\u00a0b"]
CONTROL = ["a\x00b", "a\x07b\x1b[31mc", "\x7f\x85"]
LONG = ["x" * 40_000, "长" * 33_000]
CORPUS = [*FORMULAS, *MARKUP, *QUERIES, *PATHS, *UNICODE, *SPACES, *CONTROL, *LONG]


def stored(session: StudySession, patient_id: str) -> list[AdverseEvent]:
    return [record.form for record in patients.patient_data(session, patient_id).of(AdverseEvent)]


@pytest.fixture
def typed(open_as: Callable[[str], StudySession]) -> tuple[StudySession, str]:
    """A patient with an adverse event for each text, typed by a coordinator as a correction."""
    session = open_as("coordinator")
    demographics = Demographics(sex="F", birth_date="1991-08-17", consent_date="2026-01-10")
    add = patients.add_patient(session, "01-001", demographics)
    patient_id = add.records[0].patient_id
    drafts = [
        RecordDraft(
            AdverseEvent(
                term=f"event {number}", start="2026-02-01", grade=1, serious="N",
                related_msc="UNRELATED", outcome="RECOVERED", narrative="as typed first",
            ),
            patient_id,
        )
        for number in range(len(CORPUS))
    ]  # fmt: skip
    made = save(session, drafts).records
    corrected = [
        RecordDraft(
            record.form.model_copy(update={"narrative": text}),
            patient_id,
            record_id=record.id,
            row_version=record.row_version,
            reason=text[:200] if text.strip() else "none",
        )
        for record, text in zip(made, CORPUS, strict=True)
    ]
    save(session, corrected)
    return session, patient_id


def test_that_the_store_and_the_history_give_back_each_text(
    typed: tuple[StudySession, str], open_as: Callable[[str], StudySession]
) -> None:
    session, patient_id = typed
    assert [one.narrative for one in stored(session, patient_id)] == CORPUS
    again = open_as("coordinator")
    assert [one.narrative for one in stored(again, patient_id)] == CORPUS
    records = patients.patient_data(again, patient_id).of(AdverseEvent)
    for record, text in zip(records, CORPUS, strict=True):
        told = {entry.item: entry.new for entry in history(again, record.id)}
        assert told["narrative"] == text
    assert len(patients.list_patients(again)) == 1, "no text was SQL"


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_that_half_a_character_is_refused_and_nothing_is_saved(
    typed: tuple[StudySession, str], text: str
) -> None:
    session, patient_id = typed
    with pytest.raises(InputError, match="cannot be stored"):
        save(session, [RecordDraft(AdverseEvent(term=text), patient_id)])
    assert len(stored(session, patient_id)) == len(CORPUS)


def test_that_the_workbook_holds_each_text_as_a_text(
    typed: tuple[StudySession, str], open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    export_xlsx(open_as("datamanager"), tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    head, *rows = list(book["AE"].iter_rows())
    place = next(i for i, cell in enumerate(head) if cell.value in ("NARRATIVE", "narrative"))
    texts = {row[place].row: row[place] for row in rows if row[place].value is not None}
    whole: dict[str, str] = {}
    if "LONGTEXT" in book.sheetnames:
        for part in list(book["LONGTEXT"].iter_rows(values_only=True))[1:]:
            *_, sheet, row_number, _column, _part, text = part
            if sheet == "AE":
                whole[str(row_number)] = whole.get(str(row_number), "") + str(text)
    found = [whole.get(str(number), str(cell.value)) for number, cell in sorted(texts.items())]
    shown = [_as_shown_in_a_cell(text) for text in CORPUS]
    assert sorted(found) == sorted(shown)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title} {cell.coordinate} is a formula"
                risky = isinstance(cell.value, str) and cell.value[:1] in tuple("=+-@\t＝＋－＠")
                assert not risky or cell.quotePrefix, f"{sheet.title} {cell.coordinate}"
                assert cell.hyperlink is None


def _as_shown_in_a_cell(text: str) -> str:
    """What the format cannot hold stands there as its code point."""
    return "".join(
        f"[U+{ord(c):04X}]" if (ord(c) < 32 and c not in "\t\n") or c in "\ufffe\uffff" else c
        for c in text
    )


def test_that_the_trail_as_csv_holds_each_text_and_no_formula(
    typed: tuple[StudySession, str], open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    export_trail(open_as("datamanager"), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    csv.field_size_limit(131_072)
    texts = [row["NEW"] for row in rows if row["ITEM"] == "narrative"]
    assert texts == [neutral(text) for text in CORPUS]
    for row in rows:
        for cell in row.values():
            bare = cell.lstrip(' ;"\t\r\n\ufeff\u200b')
            starts = bare[:1] in tuple("=+-@＝＋－＠") and not cell.startswith("'")
            assert not starts or cell.lstrip("+-").replace(".", "").isdecimal(), repr(cell[:40])


def test_that_a_subject_number_is_never_a_path(
    open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    session = open_as("coordinator")
    tricks = ["../../up", "/abs", "..", "a\\b", "C:x", "=1+1", "<b>", "CON.", "'; DROP"]
    for number, subject in enumerate(tricks):
        demographics = Demographics(
            sex="F", birth_date=f"1991-08-{number + 1:02d}", consent_date="2026-01-10"
        )
        patients.add_patient(session, subject, demographics)
    assert sorted(one.subject_id for one in patients.list_patients(session)) == sorted(tricks)
    out = tmp_path / "all" / "reports"
    written = report_all(open_as("datamanager"), out)
    assert len(set(written)) == len(tricks)
    assert {path.parent for path in written} == {out}
    assert {path.resolve().parent for path in written} == {out.resolve()}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_that_markup_in_a_report_is_printed_and_not_obeyed(
    open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    session = open_as("coordinator")
    demographics = Demographics(sex="F", birth_date="1991-08-17", consent_date="2026-01-10")
    patient_id = patients.add_patient(session, "01-001", demographics).records[0].patient_id
    texts = [*MARKUP, *QUERIES, *FORMULAS[:4], "患者诉头痛"]
    drafts = [
        RecordDraft(
            AdverseEvent(
                term=text, start="2026-02-01", grade=3, serious="N", related_msc="UNRELATED",
                outcome="RECOVERED",
            ),
            patient_id,
        )
        for text in texts
    ]  # fmt: skip
    save(session, drafts)
    path = report_patient(open_as("datamanager"), patient_id, tmp_path / "r.pdf")
    done = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60
    )
    printed = " ".join(done.stdout.decode().split())
    absent = [text for text in texts if " ".join(text.split()) not in printed]
    assert absent == []


def test_that_a_file_name_is_shown_and_not_obeyed(
    open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    from lnmonitor.exchange.sdtm_import import import_sdtm

    for name in ("{0}.xml", "=1+1.xml", "<b>.xml", "%s.xml"):
        (tmp_path / name).write_bytes(b"no xml")
        with pytest.raises(UserError) as refused:
            import_sdtm(open_as("datamanager"), tmp_path / name)
        assert name in refused.value.text
