"""Dialysis and transplantation: no response from that date on, and what else follows from them."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, renal, started

from lnmonitor.analysis.clinical_grades import propose_at_visit
from lnmonitor.analysis.cohort import cohort
from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.explain import explain
from lnmonitor.analysis.kidney_replacement import on_dialysis, replaced_since
from lnmonitor.clinical.response import Response, ResponseResult
from lnmonitor.study.forms import KidneyReplacement
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import Record

PROTOCOL = load_protocol("ln-msc-01")
DAYS = {"SCR": -7, "M3": 91, "M6": 182, "M9": 273, "M12": 365}


def responding(*codes: str) -> Builder:
    """3.0 g at screening, 0.3 g with a normal sediment and creatinine ever after: CR."""
    b = started()
    for code in ("SCR", *codes):
        renal(b, b.visit(code, DAYS[code]), DAYS[code], 3.0 if code == "SCR" else 0.3, 60)
    return b


def course_of(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=date(2026, 9, 1))


def responses(b: Builder) -> dict[str, Response | None]:
    return {visit.code: visit.response() for visit in course_of(b).visits if visit.code != "SCR"}


@pytest.mark.parametrize("kind", ["HD", "PD", "CRRT", "TRANSPLANT"])
def test_that_no_response_is_left_from_its_date_on(kind: str) -> None:
    b = responding("M3", "M6", "M9")
    b.add(KidneyReplacement(kind=kind, start=b.iso(182)))
    assert responses(b) == {"M3": Response.CR, "M6": Response.NR, "M9": Response.NR}
    assert course_of(b).kidney_replaced_day == 182


def test_that_every_definition_of_response_says_so_with_the_reason_in_both_languages() -> None:
    b = responding("M3")
    b.add(KidneyReplacement(kind="HD", start=b.iso(40)))
    month_3 = course_of(b).visits[-1]
    judged = [one for one in month_3.outcomes.values() if isinstance(one, ResponseResult)]
    assert len(judged) == 1 + len(PROTOCOL.other_response_rules)
    for one in judged:
        assert one.response is Response.NR, one.rule.id
        told = [explain(one, "en"), explain(one, "zh")]
        assert [line.text for line in told[0].met] == ["Died, dialysis or transplantation"]
        assert [line.text for line in told[1].met] == ["死亡、透析或移植"]
        assert not told[0].missing


def test_that_it_stays_when_dialysis_ends() -> None:
    b = responding("M3", "M6")
    b.add(KidneyReplacement(kind="CRRT", start=b.iso(30), stop=b.iso(44)))
    assert responses(b) == {"M3": Response.NR, "M6": Response.NR}


def test_that_a_log_without_a_record_leaves_the_values_to_answer() -> None:
    assert responses(responding("M3", "M6")) == {"M3": Response.CR, "M6": Response.CR}
    assert course_of(responding("M3")).kidney_replaced_day is None


@pytest.mark.parametrize(
    ("start", "stop", "month_3"),
    [
        ("2025-03-01", "2025-03-20", Response.CR),  # over before day 0, 12 June 2025: history
        ("2025-03-01", "2025-06-12", Response.CR),
        ("2025-03-01", "2025-06-13", Response.NR),
        ("2025-03-01", "2025-06", Response.NR),  # may have gone on to the 30th
        ("2025-03-01", None, Response.NR),
        ("2025-09", None, Response.NR),  # month 3 is 11 September: it may have begun before
        ("2025-10", None, Response.CR),
        (None, None, Response.CR),  # the form is refused without a start
    ],
)
def test_that_what_was_over_by_day_0_is_history_and_partial_dates_count_early(
    start: str | None, stop: str | None, month_3: Response
) -> None:
    b = responding("M3")
    b.add(KidneyReplacement(kind="HD", start=start, stop=stop))
    assert responses(b) == {"M3": month_3}


def test_that_the_first_of_several_counts() -> None:
    forms = [
        KidneyReplacement(kind="TRANSPLANT", start="2026-01-10"),
        KidneyReplacement(kind="HD", start="2025-10-02", stop="2026-01-09"),
        KidneyReplacement(kind="CRRT", start="2025-01-02", stop="2025-01-09"),
    ]
    records = [Record(str(n), form, "p") for n, form in enumerate(forms)]
    assert replaced_since(records, date(2025, 6, 12)) == date(2025, 10, 2)
    assert replaced_since(records, None) == date(2025, 1, 2)
    assert replaced_since((), date(2025, 6, 12)) is None
    known = {"2025-10-01": False, "2025-10-02": True, "2026-01-09": True, "2026-01-10": False}
    found = {day: on_dialysis(records, date.fromisoformat(day)) for day in known}
    assert found == known, "a transplanted kidney is no dialysis"


def test_that_no_flare_is_looked_for_in_a_patient_who_never_responded_before_it() -> None:
    """CR at M3, 1.2 and 1.5 g at M6 and two weeks later: a flare, if M3 was a remission."""

    def flares(start: int | None) -> int:
        b = responding("M3")
        for code, day, grams in (("M6", 182, 1.2), ("UNS", 196, 1.5)):
            renal(b, b.visit(code, day), day, grams, 60)
        if start is not None:
            b.add(KidneyReplacement(kind="HD", start=b.iso(start)))
        return len(course_of(b).flares)

    assert (flares(None), flares(100), flares(80)) == (1, 1, 0)


def test_that_the_table_of_responses_counts_no_response_after_it_also_where_not_seen() -> None:
    b = responding("M3", "M6")
    b.add(KidneyReplacement(kind="TRANSPLANT", start=b.iso(200)))
    course = course_of(b)
    rows = {row.visit: row for row in cohort([(b.data(), course)], PROTOCOL).responses}
    one = (b.subject,)
    assert rows["M6"].subjects["CR"] == one
    assert rows["M9"].subjects["NR"] == rows["M12"].subjects["NR"] == one
    assert rows["M9"].count("missing") == 0
    later = responding("M3")
    later.add(KidneyReplacement(kind="HD", start=later.iso(295)))  # M9: day 273 and 21 more
    rows = {r.visit: r for r in cohort([(later.data(), course_of(later))], PROTOCOL).responses}
    assert rows["M9"].subjects["missing"] == one
    assert rows["M12"].subjects["NR"] == one


@pytest.mark.parametrize(("kind", "grade"), [("HD", 4), ("TRANSPLANT", 2)])
def test_that_kidney_disease_on_dialysis_is_proposed_as_grade_4(kind: str, grade: int) -> None:
    b = started()
    b.lab(b.visit("M1", 30), 30, "CREAT", 150)  # CKD-EPI 2021, woman of 31: 42 mL/min
    b.add(KidneyReplacement(kind=kind, start=b.iso(20)))
    course = course_of(b)
    found = propose_at_visit(b.data(), course, course.visits[0])
    assert found["Chronic kidney disease"].grade == grade
