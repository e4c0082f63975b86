"""An archive opens without the program, tells when it was touched, and comes back as a study."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.integration.reviewed import NAME, Open, Reviewed, review
from tests.unit.services.review_study import PASSWORD, stored

from lnmonitor import cli
from lnmonitor.archive.make import make_archive
from lnmonitor.archive.manifest import FILE_NAME
from lnmonitor.archive.reading import check_archive
from lnmonitor.errors import InputError, StorageError
from lnmonitor.exchange.zips import PlainZip
from lnmonitor.progress import Cancelled
from lnmonitor.reports.service import file_names
from lnmonitor.services import backup, patients, queries, seals, signatures
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify import verify
from lnmonitor.study.forms import AdverseEvent

HOSTILE = "<script>alert('x')</script>&<b>"


@pytest.fixture
def reviewed(open_as: Open) -> Reviewed:
    found = review(open_as)
    event = AdverseEvent(term=HOSTILE, start="2026-05-11", serious="N", grade=1)
    save(open_as("coordinator"), [RecordDraft(event, found.place.patient_id)])
    return found


@pytest.fixture
def manager(open_as: Open, reviewed: Reviewed) -> StudySession:
    return open_as("datamanager")


@pytest.fixture
def archive(manager: StudySession, tmp_path: Path) -> Path:
    make_archive(manager, tmp_path / "out" / "a.zip", recipient="Sponsor A")
    return tmp_path / "out" / "a.zip"


class Page(HTMLParser):
    """The texts of a page, and the names of its elements."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: set[str] = set()
        self.texts: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_that_an_archive_holds_everything_and_says_what_it_lacks(archive: Path) -> None:
    with ZipFile(archive) as opened:
        names = set(opened.namelist())
        manifest = json.loads(opened.read(FILE_NAME))
        readme = opened.read("README.txt").decode()
    assert {
        "README.txt", "index.html", "workbook/study.xlsx", "csv/VS.csv", "csv/AUDIT.csv",
        "csv/DICTIONARY.csv", "csv/CODELISTS.csv", "definitions/ln-msc-01.toml",
        "definitions/rules.csv", "summaries/01-001.pdf", "casebooks/01-001.pdf",
        "backup/study.db", "backup/keyring.json", "backup/backup.json", FILE_NAME,
    } <= names  # fmt: skip
    assert {one["path"] for one in manifest["parts"]} == names - {FILE_NAME}
    assert manifest["absent"].keys() == {"ODM", "Dataset-JSON", "SAS XPT"}
    assert all(what in readme for what in manifest["absent"])
    assert manifest["counts"]["VS"] == 1
    assert (manifest["recipient"], manifest["made"]["zone"]) == (
        "Sponsor A", "UTC+08:00 Asia/Shanghai",
    )  # fmt: skip


def test_that_the_reader_is_plain_html_with_everything_escaped(
    archive: Path, reviewed: Reviewed
) -> None:
    with ZipFile(archive) as opened:
        content = opened.read("index.html").decode()
    page = Page(content)
    assert page.elements.isdisjoint({"script", "img", "link", "iframe", "object", "form", "b"})
    assert all(link.startswith("#") for link in page.links), "nothing of a network"
    text = "\n".join(page.texts)
    assert HOSTILE in text
    for said in ("01-001", "=Weight 50 or 55 kg?", "Source corrected", "SHA-256 that binds it"):
        assert said in text
    assert "I have reviewed these data; they are accurate and complete." in text
    assert "2026-05-12T09:41:52+08:00" in text


def test_that_the_identity_is_readable_in_no_part(archive: Path) -> None:
    with ZipFile(archive) as opened:
        for name in opened.namelist():
            assert NAME.encode() not in opened.read(name), name
        with opened.open("workbook/study.xlsx") as book, ZipFile(book) as sheets:
            assert all(NAME.encode() not in sheets.read(name) for name in sheets.namelist())


def test_that_every_part_and_the_whole_are_verified(
    archive: Path, tmp_path: Path, manager: StudySession
) -> None:
    checked = check_archive(archive)
    assert checked.intact
    assert "for Sponsor A" in checked.lines[0]
    assert seals.verify_document(manager, archive).intact
    with ZipFile(archive) as opened:
        for name in ("workbook/study.xlsx", "casebooks/01-001.pdf"):
            single = Path(opened.extract(name, tmp_path / "single"))
            assert seals.verify_document(manager, single).intact, name
    made = {one.item: one for one in seals.made_documents(manager)}
    assert made["archive"].recipient == "Sponsor A"


def changed(archive: Path, *, without: str = "", put: tuple[str, bytes] | None = None) -> Path:
    """Return a copy with a part left out or put in another's place."""
    copy = archive.with_name("changed.zip")
    with ZipFile(archive) as source, PlainZip(copy) as target:
        for name in source.namelist():
            if name not in (without, put[0] if put else ""):
                target.writestr(name, source.read(name))
        if put:
            target.writestr(*put)
    return copy


@pytest.mark.parametrize(
    ("without", "put", "said"),
    [
        ("csv/VS.csv", None, "Missing: csv/VS.csv."),
        ("", ("csv/VS.csv", b"120"), "Altered: csv/VS.csv."),
        ("", ("backup/keyring.json", b"{}"), "Altered: backup/keyring.json."),
        ("", ("more.txt", b"x"), "Not in the manifest: more.txt."),
    ],
)
def test_that_a_touched_archive_is_told_and_never_restored(
    archive: Path, tmp_path: Path, without: str, put: tuple[str, bytes] | None, said: str
) -> None:
    touched = changed(archive, without=without, put=put)
    checked = check_archive(touched)
    assert not checked.intact
    assert said in checked.lines
    assert cli.main(["verify", str(touched)]) == 3
    assert cli.main(["restore", str(touched), "--to", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()


def test_that_a_damaged_byte_is_told(archive: Path) -> None:
    with ZipFile(archive) as opened:
        at = opened.getinfo("backup/study.db").header_offset + 4000
    content = bytearray(archive.read_bytes())
    content[at] ^= 1
    archive.write_bytes(bytes(content))
    assert "Altered: backup/study.db." in check_archive(archive).lines


def test_that_a_file_that_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no zip", encoding="utf-8")
    with PlainZip(tmp_path / "y.zip") as other:
        other.writestr(FILE_NAME, "[]")
    for name in ("x.zip", "y.zip"):
        with pytest.raises(InputError, match="no archive"):
            check_archive(tmp_path / name)


def test_that_a_study_comes_back_from_its_archive_with_its_functions(
    archive: Path, manager: StudySession, reviewed: Reviewed, tmp_path: Path
) -> None:
    manager.close()
    shutil.rmtree(tmp_path / "study")
    back = tmp_path / "back"
    assert cli.main(["restore", str(archive), "--to", str(back)]) == 0
    assert not list(tmp_path.glob(".archive-*")), "nothing unpacked is left"
    place = reviewed.place
    with open_study(back, user="investigator", password=PASSWORD) as session:
        assert verify(session).intact
        assert stored(session, place.patient_id, place.vitals).form.get("weight_kg") == 55
        (signed,) = signatures.signatures(session)
        assert [one.valid for one in signed.records].count(False) == 1
        assert len(queries.thread(session, reviewed.query)) == 4
        event = AdverseEvent(term="Cough", start="2026-05-12", serious="N", grade=1)
        save(session, [RecordDraft(event, place.patient_id)])
        terms = [one.form.term for one in patients.patient_data(session, place.patient_id).of(
            AdverseEvent
        )]  # fmt: skip
    assert terms == [HOSTILE, "Cough"]


def test_that_an_archive_without_the_study_says_so(manager: StudySession, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    make_archive(manager, path, backup=False)
    with ZipFile(path) as opened:
        assert not [name for name in opened.namelist() if name.startswith("backup/")]
        assert "the encrypted study" in json.loads(opened.read(FILE_NAME))["absent"]
    assert check_archive(path).intact
    assert cli.main(["restore", str(path), "--to", str(tmp_path / "new")]) == 2


def test_that_an_archive_is_no_backup_at_hand(manager: StudySession, archive: Path) -> None:
    assert backup.state(manager).latest == ""
    assert backup.list_backups(manager) == ()


def test_that_all_parts_but_documents_and_backup_are_the_same_bytes_again(
    manager: StudySession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lnmonitor.archive.make._DOCUMENTS", ())
    monkeypatch.setattr("lnmonitor.archive.make.report_crf", lambda *_arguments, **_options: None)
    monkeypatch.setattr("lnmonitor.archive.make.record", lambda *_: None)
    one, other = tmp_path / "1.zip", tmp_path / "2.zip"
    for path in (one, other):
        make_archive(manager, path, backup=False)
    assert one.read_bytes() == other.read_bytes()


def test_that_changes_saved_meanwhile_are_counted(
    open_as: Open, reviewed: Reviewed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = open_as("coordinator")

    def disturb(*_arguments: object, **_options: object) -> None:
        event = AdverseEvent(term="Cough", start="2026-05-12", serious="N", grade=1)
        save(nurse, [RecordDraft(event, reviewed.place.patient_id)])

    monkeypatch.setattr("lnmonitor.archive.make._DOCUMENTS", (("summaries", disturb),))
    report = make_archive(nurse, tmp_path / "a.zip")
    assert report.meanwhile == 1
    with ZipFile(tmp_path / "a.zip") as opened:
        assert "1 changes of data were saved" in opened.read("README.txt").decode()
        assert "Cough" not in opened.read("csv/AE.csv").decode()


def test_that_a_stopped_archive_leaves_nothing(manager: StudySession, tmp_path: Path) -> None:
    def stop(_done: int, _total: int, what: str) -> None:
        if what == "casebooks":
            raise Cancelled

    place = tmp_path / "place"
    with pytest.raises(Cancelled):
        make_archive(manager, place / "a.zip", progress=stop)
    assert list(place.iterdir()) == []
    assert not [one for one in seals.made_documents(manager) if one.item == "archive"]


def test_that_a_place_that_cannot_be_written_is_one_sentence(
    manager: StudySession, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be written"):
        make_archive(manager, tmp_path / "file" / "a.zip")
    with pytest.raises(InputError, match="not a zip file's name"):
        make_archive(manager, tmp_path / "a.tar")


def test_that_no_two_patients_share_a_file() -> None:
    assert file_names(["a:b", "a*b", "A_B", "c"]) == ["a_b.pdf", "a_b-2.pdf", "A_B-3.pdf", "c.pdf"]
