"""Where a flare cannot be told: the visits are named on the page, beside other rules, in tables."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, renal, started

from lnmonitor.analysis.build_story import build_story
from lnmonitor.analysis.cohort import cohort
from lnmonitor.analysis.cohort_explain import explain_share
from lnmonitor.analysis.cohort_text import as_json, as_text
from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.explain import answer, explain
from lnmonitor.analysis.side_by_side import other_flares
from lnmonitor.analysis.story_facts import last_response
from lnmonitor.clinical.flare import Undecided
from lnmonitor.study.protocol import load_protocol

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 9, 1)


def remitted(subject: str = "01-047") -> Builder:
    """Complete remission at month 3."""
    b = started(subject)
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    renal(b, b.visit("M3", 91), 91, 0.4, 60)
    return b


def without_protein(b: Builder, code: str, day: int) -> None:
    """A visit at which all of the kidney but protein was measured."""
    visit = b.visit(code, day)
    b.lab(visit, day, "U24P", None, missing="ND")
    b.labs(visit, day, CREAT=60, URBC=2, UWBC=1, ALB=38)
    b.casts(visit, day)


def course_of(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=TODAY)


def test_that_a_visit_without_protein_is_not_read_as_no_flare() -> None:
    b = remitted()
    without_protein(b, "M6", 182)
    renal(b, b.visit("M9", 273), 273, 0.4, 60)
    course = course_of(b)
    assert course.flares == ()
    (open_,) = course.undecided_flares
    assert (open_.day, open_.missing, open_.rule.id) == (182, ("proteinuria",), "flare-renal")
    others = {name: [one.day for one in found] for name, found in course.other_undecided.items()}
    assert others["eular-2012"] == [182]
    assert others["moroni"] == [182]


def test_that_an_open_sample_is_explained_in_both_languages() -> None:
    b = remitted()
    without_protein(b, "M6", 182)
    (open_,) = course_of(b).undecided_flares
    told = explain(open_, "en")
    assert told.title == "Renal flare: not decided"
    assert [(line.text, line.detail) for line in told.missing] == [("24-h protein", "not known")]
    assert explain(open_, "zh").title == "肾脏复发：未能判定"
    assert answer(open_, "zh") == "未能判定"
    reference = Undecided(open_.rule, (), ("egfr_in_remission",), ("nephritic",), 182, "")
    assert explain(reference, "en").missing[0].text == "eGFR in remission"
    assert explain(reference, "zh").missing[0].text.startswith("缓解期的")


def test_that_other_definitions_say_that_they_are_open() -> None:
    b = remitted()
    without_protein(b, "M6", 182)
    said = {one.name: (one.says, [line.text for line in one.why]) for one in
            other_flares(course_of(b), 182, "en")}  # fmt: skip
    assert said["EULAR 2012"] == ("not decided", ["Protein to creatinine ratio"])
    elsewhere = {one.says for one in other_flares(course_of(b), 91, "en")}
    assert elsewhere == {"not met"}


@pytest.mark.parametrize(
    ("codes", "en", "zh"),
    [
        ((), "flare line after CR, 1.0", "CR 后复发线 1.0"),
        (("M6",), "flare line after CR, 1.0 (M6: not decided)", "CR 后复发线 1.0（M6 未能判定）"),
        (
            ("M6", "M9", "M12"),
            "flare line after CR, 1.0 (M6, M9 …: not decided)",
            "CR 后复发线 1.0（M6、M9 … 未能判定）",
        ),
    ],
)
def test_that_the_flare_line_names_visits_that_are_open(
    codes: tuple[str, ...], en: str, zh: str
) -> None:
    b = remitted()
    for code, day in (("M6", 182), ("M9", 273), ("M12", 365)):
        if code in codes:
            without_protein(b, code, day)
        else:
            renal(b, b.visit(code, day), day, 0.4, 60)
    story = build_story(b.data(), course_of(b), PROTOCOL, today=TODAY, synthetic=True)
    (line,) = next(panel for panel in story.panels if panel.key == "protein").lines
    assert (line.label.en, line.label.zh) == (en, zh)


def test_that_the_head_of_the_page_says_that_the_last_visit_is_open() -> None:
    b = remitted()
    assert last_response(course_of(b)).en == "Complete at M3"
    without_protein(b, "M6", 182)
    shown = last_response(course_of(b))
    assert shown.en == "unknown at M6, flare not decided"
    assert shown.zh.endswith("，复发未能判定")
    renal(b, b.visit("M9", 273), 273, 0.4, 60)
    assert last_response(course_of(b)).en == "Complete at M9"


def test_that_tables_name_the_patients_of_whom_a_flare_is_not_decided() -> None:
    steady, open_, flared, waiting, never = (remitted(f"01-00{n}") for n in range(1, 6))
    for b in (steady, open_, flared, waiting):
        renal(b, b.visit("M9", 273), 273, 0.4, 60)
    without_protein(open_, "M6", 182)
    renal(flared, flared.visit("M6", 182), 182, 1.2, 60)
    renal(flared, flared.visit("UNS", 196), 196, 1.5, 60)
    without_protein(flared, "M12", 365)  # counted already, whatever this one was
    renal(waiting, waiting.visit("M12", 365), 365, 1.2, 60)  # nobody saw a second sample
    without_protein(never, "M12", 420)  # after the period
    built = [b.data() for b in (steady, open_, flared, waiting, never)]
    tables = cohort([(data, evaluate(data, PROTOCOL, today=TODAY)) for data in built], PROTOCOL)
    row = tables.proportion("flare_of_remitted")
    assert row.subjects == ("01-003",)
    assert row.undecided == ("01-002", "01-004")
    assert tables.proportion("survival").undecided == ()
    (line,) = [one for one in explain_share(row, tables, "en").facts if one.text == "Not decided"]
    assert line.detail == "2: 01-002, 01-004"
    assert as_json(tables)["proportions"]["flare_of_remitted"]["undecided"] == [
        "01-002", "01-004",
    ]  # fmt: skip
    assert "Renal flare, of those ever in remission (2 not decided)" in as_text(tables)
    assert "（2 例未能判定）" in as_text(tables, "zh")
