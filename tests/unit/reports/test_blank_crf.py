"""The blank form asks what the program asks: every item, every code, from the one definition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from tests.pdf_text import pages_of, squeezed

from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.reports.blank_crf import BlankForms, blank_crf
from lnmonitor.reports.page import Imprint
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import codelist
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Missing
from lnmonitor.study.protocol import load_protocol

IMPRINT = Imprint(
    title="Blank case report form", study="LN-MSC-01", protocol="1.0", site="01", synthetic=False,
    subject="", status="", seal="abc · 1", seal_full="1-abc",
    printed_at="2026-05-12 09:41:52 +08:00 (Asia/Shanghai)", printed_by="Li Wen, Investigator",
    program="lnmonitor", rules="", language="en", corner="Subject number ____",
)  # fmt: skip
ASKED_BY_LINE = {"operator", "value", "text", "unit", "range_low", "range_high", "analyte"}
COMPUTED = {"canonical_value", "canonical_unit", "range_source"}


def write(folder: Path, *, annotated: bool, language: Language = "en") -> Path:
    imprint = replace(IMPRINT, language=language)
    path = folder / f"{annotated}-{language}.pdf"
    path.write_bytes(blank_crf(BlankForms(load_protocol("LN-MSC-01"), annotated, imprint)))
    return path


def form_pages(path: Path, code: str, version: str) -> str:
    place = squeezed(f"({code}), {version}")
    return "".join(page for page in map(squeezed, pages_of(path)) if place in page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_every_item_of_every_form_is_asked_with_its_codes_and_unit(
    tmp_path: Path, language: Language
) -> None:
    path = write(tmp_path, annotated=False, language=language)
    version = "form version 1" if language == "en" else "表单版本 1"
    for code, form in FORMS.items():
        text = form_pages(path, code, version)
        for name, one in form.items().items():
            if code == "LB" and name in ASKED_BY_LINE | COMPUTED:
                continue
            assert squeezed(one.item.label.in_(language)) in text, (code, name)
            unit = translator(language).text(one.item.unit) if one.item.unit else ""
            assert squeezed(unit) in text, (code, name)
            for entry in codelist(one.item.codes).entries if one.item.codes else ():
                assert squeezed(entry.text.in_(language)) in text, (code, name, entry.code)
    laboratory = form_pages(path, "LB", version)
    assert all(squeezed(one.name.in_(language)) in laboratory for one in ANALYTES.values())


def test_that_the_annotated_form_has_each_variable_and_where_it_goes(tmp_path: Path) -> None:
    path = write(tmp_path, annotated=True)
    for code, form in FORMS.items():
        text = form_pages(path, code, "form version 1")
        for name, one in form.items().items():
            target = one.item.sdtm or "NOT SUBMITTED"
            cdash = f"·CDASH{one.item.cdash}" if one.item.cdash else ""
            assert squeezed(f"{name}{cdash}·{target}") in text, (code, name)


def test_that_the_blank_form_has_no_variables(tmp_path: Path) -> None:
    text = "".join(pages_of(write(tmp_path, annotated=False)))
    assert "NOT SUBMITTED" not in text
    assert "CDASH" not in text


def test_that_each_answer_may_be_missing_with_its_reason(tmp_path: Path) -> None:
    text = form_pages(write(tmp_path, annotated=False), "DM", "form version 1")
    for reason in Missing:
        assert text.count(reason.value) >= len(FORMS["DM"].items())


def test_that_each_page_names_form_version_page_and_room_for_the_subject(tmp_path: Path) -> None:
    pages = pages_of(write(tmp_path, annotated=False))
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Subject number" in page
        assert number == 1 or "form version 1" in page
    for words in ("Entered late from paper by", "Reason of the late entry"):
        assert sum(words in page for page in pages) == len(FORMS)


def test_that_a_blank_form_is_sound_with_every_font_embedded(tmp_path: Path) -> None:
    with pikepdf.open(write(tmp_path, annotated=True)) as pdf:
        assert pdf.check_pdf_syntax() == []
        for page in pdf.pages:
            assert all("/FontFile2" in one.FontDescriptor for one in page.Resources.Font.values())
        with pdf.open_outline() as outline:
            assert len(outline.root) == len(FORMS)
