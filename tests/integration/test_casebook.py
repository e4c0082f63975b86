"""The casebook is the whole of a patient's record on paper, and the summary says who signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from tests.pdf_text import pages_of, squeezed, text_of
from tests.unit.services.review_study import (
    PASSWORD,
    Place,
    amend,
    enter_event,
    enter_visit,
    sign_visit,
    verify_all,
)

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError
from lnmonitor.reports.service import (
    report_all_casebooks,
    report_casebook,
    report_patient,
)
from lnmonitor.services import audit, clock, patients, queries, records, seals
from lnmonitor.services.accounts import add_account
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import AdverseEvent, Demographics, Identity
from lnmonitor.study.records import PatientData

PEOPLE = {
    "nurse": ("coordinator", "Li Wen"),
    "doctor": ("investigator", "Zhao Min"),
    "monitor": ("monitor", "Ana Ruiz"),
}
LONG = "word " * 3000
STRANGE = "<b>bold</b> & <para>\nsecond line \U0001f600\U0001f600\u200b"


@dataclass(frozen=True)
class Written:
    """A study with one patient of everything, and what was written about the patient."""

    session: StudySession
    place: Place
    data: PatientData
    entries: tuple[audit.AuditEntry, ...]
    casebook: Path
    summary: Path

    @cached_property
    def pages(self) -> list[str]:
        return pages_of(self.casebook)

    @cached_property
    def text(self) -> str:
        return squeezed("\n".join(self.pages))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    folder = tmp_path_factory.mktemp("paper")
    now = FixedClock(datetime(2026, 5, 12, 9, 41, 52, tzinfo=ZoneInfo("Asia/Shanghai")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
        create_study(
            folder / "study", protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD,
            clock=now,
        )  # fmt: skip

        def as_(user: str) -> StudySession:
            return open_study(folder / "study", user=user, password=PASSWORD, clock=now)

        with as_("admin") as admin:
            for name, (role, full_name) in PEOPLE.items():
                add_account(admin, name, role=role, password=PASSWORD, full_name=full_name)
        place = fill(as_, now)
        session = as_("nurse")
        entries = audit.entries(session, patient_id=place.patient_id, limit=None)
        yield Written(
            session,
            place,
            patients.patient_data(session, place.patient_id),
            entries,
            report_casebook(session, place.patient_id, folder / "c.pdf", recipient="The archive"),
            report_patient(session, place.patient_id, folder / "s.pdf"),
        )
        session.close()


def fill(as_: Callable[[str], StudySession], now: FixedClock) -> Place:
    """Enter a visit, have it verified, signed, corrected and asked about; void an event."""
    with as_("nurse") as nurse:
        born = Demographics(sex="F", birth_date="1991-08", consent_date="2026-01-10")
        name = Identity(full_name="SECRETNAME", phone="5550100")
        added = patients.add_patient(nurse, "01-001", born, name)
        patient_id = added.records[0].patient_id
        place = enter_visit(nurse, patient_id)
        amend(nurse, patient_id, place.creatinine, comment=STRANGE)
        enter_event(nurse, patient_id, term="Long", narrative=LONG)
        late = AdverseEvent(term="Cough", start="2026-03-02")
        records.save(nurse, [records.RecordDraft(late, patient_id, reason="PAPER: sheet 7")])
        gone = enter_event(nurse, patient_id, term="Somebody else's fever")
        records.void(nurse, gone.id, "Entered for another patient")
        queries.ask(
            nurse, "SECRETQUERY", patient_id=patient_id, record_id=added.records[1].id,
            item="full_name",
        )  # fmt: skip
    with as_("monitor") as monitor:
        verify_all(monitor, place)
        asked, _ = queries.ask(
            monitor, "Is the weight right?", patient_id=patient_id, record_id=place.vitals,
            item="weight_kg",
        )  # fmt: skip
    with as_("doctor") as doctor:
        sign_visit(doctor, place)
        queries.answer(doctor, asked, "Weighed again.")
    with as_("nurse") as nurse:
        amend(nurse, patient_id, place.creatinine, value=85.0, canonical_value=85.0)
        now.instant -= timedelta(hours=1)
        audit.note(nurse, "export")
        clock.acknowledge(nurse, "Battery replaced")
    return place


def test_that_every_entry_of_the_trail_is_printed_but_those_about_the_identity(
    written: Written,
) -> None:
    pages = "\n".join(page for page in written.pages if "Audit trail · " in page)
    printed = {int(line) for line in pages.splitlines() if line.isdecimal()}
    ours = {one.sequence for one in written.entries if one.form != "ID"}
    hidden = {one.sequence for one in written.entries if one.form == "ID"}
    assert ours <= printed
    assert hidden
    assert not hidden & printed
    assert f"theaudittrailofthepatient({len(ours)}entries)" in written.text
    assert "Value:80→85" in written.text
    assert "Sourcecorrected" in written.text
    assert "nolaterentry" in written.text


def test_that_every_item_of_every_record_is_printed(written: Written) -> None:
    shown = [one for one in written.data.records if not isinstance(one.form, Identity)]
    assert f"({len(shown)}records)" in written.text
    for record in shown:
        if record.form.code == "LB":
            continue
        for field in type(record.form).items().values():
            assert squeezed(field.item.en) in written.text, field.name
    for value in ("1991-08", "2026-01-10", "50kg", "120mmHg", "Creatinine", "85µmol/L"):
        assert value in written.text


def test_that_a_signature_has_printed_name_meaning_and_instant_with_zone(
    written: Written,
) -> None:
    for path in (written.casebook, written.summary):
        text = squeezed(text_of(path))
        assert "ZhaoMin,Investigator" in text
        assert "Ihavereviewedthesedata;theyareaccurateandcomplete." in text
        assert "2026-05-1209:41:52+08:00Asia/Shanghai" in text


def test_that_a_fallen_signature_is_struck_with_what_changed(written: Written) -> None:
    for path in (written.casebook, written.summary):
        text = squeezed(text_of(path))
        assert "Nolongervalid:changedsince." in text
        assert "Laboratory,Creatinine:Value80→85(LiWen,2026-05-1209:41:52+08:00)" in text


def test_that_the_identity_is_never_printed(written: Written) -> None:
    for path in (written.casebook, written.summary):
        text = text_of(path)
        assert "SECRET" not in text
        assert "5550100" not in text
    assert any("SECRETQUERY" in one.reason for one in written.entries), "who prints may see it"


def test_that_a_query_is_printed_with_its_whole_thread(written: Written) -> None:
    for words in ("Istheweightright?", "Weighedagain.", "queryraised", "queryanswered"):
        assert words in written.text
    assert "50kg[Q" in written.text, "the value is marked"


def test_that_a_voided_record_is_marked_and_keeps_what_it_held(written: Written) -> None:
    assert "VOIDED:void(LiWen," in written.text
    assert "Enteredforanotherpatient" in written.text
    assert "Event,asreported:Somebodyelse'sfever" in written.text


def test_that_a_change_of_the_clock_is_told_with_its_reason(written: Written) -> None:
    for path in (written.casebook, written.summary):
        text = squeezed(text_of(path))
        assert "clockwentbackby1:00:00,from2026-05-1209:41:52+08:00" in text
        assert "LiWen,Studynurseorcoordinator:Batteryreplaced" in text


def test_that_free_text_keeps_its_lines_and_tags_and_loses_no_character(
    written: Written,
) -> None:
    lines = [line for page in written.pages for line in page.splitlines()]
    assert any(line.endswith("<b>bold</b> & <para>") for line in lines)
    assert any(line.startswith("second line [U+1F600][U+1F600][U+200B]") for line in lines)
    last = written.pages[-1]
    (told,) = re.findall(r"printed as their code, \[U\+…\]: (\d+)", last)
    assert int(told) == written.text.count("[U+1F600]") + written.text.count("[U+200B]")


def test_that_a_text_of_many_pages_is_printed_whole(written: Written) -> None:
    words = sum(page.split().count("word") for page in written.pages)
    assert words >= 2 * 3000, "once in the form, once in the trail"


def test_that_every_page_says_what_it_is_a_page_of(written: Written) -> None:
    pages = written.pages
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Printed 2026-05-12 08:41:52 +08:00 (Asia/Shanghai) by Li Wen" in page
        assert "protocol 1.0 · Site 01" in page
        assert "01-001 · Screening" in page
        assert "Seal" in page
    assert any("UNS 2026-02-12 · Laboratory" in page for page in pages)


def test_that_contents_and_bookmarks_lead_to_their_pages(written: Written) -> None:
    with pikepdf.open(written.casebook) as pdf:
        assert pdf.check_pdf_syntax() == []
        places = {page.objgen: number for number, page in enumerate(pdf.pages)}
        links = [
            (note, places[note.Dest[0].objgen])
            for page in pdf.pages
            for note in page.get("/Annots", [])
        ]
        with pdf.open_outline() as outline:
            titles = [str(one.title) for one in outline.root]
            deep = [str(two.title) for one in outline.root for two in one.children]
    chapters = ["Settings and summary", "Contents", "The patient", "By visit", "By form",
                "Queries", "Signatures", "Audit trail"]  # fmt: skip
    assert titles == chapters
    assert {"UNS 2026-02-12", "Laboratory", "Vital signs"} <= set(deep)
    pages = written.pages
    for note, page in links:
        title = squeezed(str(note.Contents))
        if title not in ("Byvisit", "Byform"):  # they lead to the first of them
            assert title in squeezed(pages[page]), title
    assert len(links) > len(chapters) + len(deep) - 1


def test_that_every_font_of_a_casebook_is_embedded(written: Written) -> None:
    with pikepdf.open(written.casebook) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                assert "/FontFile2" in font.FontDescriptor


def test_that_the_copy_is_in_the_trail_with_its_recipient(written: Written) -> None:
    assert seals.verify_document(written.session, written.casebook).intact
    made = {one.name: one for one in seals.made_documents(written.session)}
    assert (made["c.pdf"].recipient, made["c.pdf"].options) == ("The archive", "casebook")
    assert "Thearchive" in written.text


def test_that_what_there_is_none_of_is_said(
    open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    nurse = open_as("coordinator")
    added = patients.add_patient(nurse, "02", Demographics(sex="M", consent_date="2026-01-10"))
    path = report_casebook(nurse, added.records[0].patient_id, tmp_path / "c.pdf", language="zh")
    text = squeezed(text_of(path))
    assert "无质疑。" in text
    assert "尚无签名。" in text
    assert "无工作站时钟变更记录。" in text


def test_that_the_casebooks_of_all_patients_are_written(
    open_as: Callable[[str], StudySession], tmp_path: Path
) -> None:
    nurse = open_as("coordinator")
    with pytest.raises(InputError, match="no patients"):
        report_all_casebooks(nurse, tmp_path / "all")
    for subject in ("01", "02"):
        patients.add_patient(nurse, subject, Demographics(sex="M", consent_date="2026-01-10"))
    names = [path.name for path in report_all_casebooks(nurse, tmp_path / "all")]
    assert names == ["01-casebook.pdf", "02-casebook.pdf"]


def test_that_the_trail_of_the_casebook_tells_why_a_record_came_late(written: Written) -> None:
    assert squeezed("On paper first, program not at hand: sheet 7") in written.text
