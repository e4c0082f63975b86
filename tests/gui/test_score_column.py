"""What the score column says where a result cannot be given."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

from dataclasses import replace

from tests.gui.entry_nurse import Nurse, built, month_12, nurse

from lnmonitor.analysis.course import Course, VisitAssessment
from lnmonitor.analysis.model import Measured
from lnmonitor.clinical.flare import Undecided
from lnmonitor.clinical.response import Response, ResponseResult
from lnmonitor.clinical.results import Outcome, Rule
from lnmonitor.desktop.pages.visit.score_column import flare_words
from lnmonitor.language import Text

NAME = Text("Month", "月")
RULE = Rule("response-set-a", "1")


def seen(day: int, response: Response, **labs: float | str) -> VisitAssessment:
    outcomes: dict[str, Outcome] = {"response.set-a": ResponseResult(rule=RULE, response=response)}
    return VisitAssessment(
        visit_id=f"v{day}",
        code=f"M{day // 30}",
        name=NAME,
        date="2026-01-01",
        day=day,
        outcomes=outcomes,
        labs={code: measured(code, value) for code, value in labs.items()},
    )


def measured(code: str, value: float | str) -> Measured:
    text = value if isinstance(value, str) else ""
    number = None if isinstance(value, str) else value
    return Measured(analyte=code, value=number, unit="", reported=f"{value}", text=text)


def words(*visits: VisitAssessment, undecided: tuple[Undecided, ...] = ()) -> str:
    course = Course("p", "01-001", "2026-01-01", visits, undecided_flares=undecided)
    return flare_words(course, visits[-1])[0]


def test_that_after_a_remission_an_unknown_protein_is_no_answer() -> None:
    remitted, now = seen(90, Response.CR, U24P=0.3), seen(180, Response.UNKNOWN)
    rule = Rule("flare-renal", "1")
    names = ("proteinuria", "creatinine_umol_l_in_remission")
    open_ = Undecided(rule, (), names, ("proteinuric",), 180, "2026-07-01")
    assert words(remitted, now, undecided=(open_,)) == (
        "Not met by what is known. Not known: 24-h protein, Creatinine in remission."
    )
    earlier = replace(open_, day=90)
    assert words(remitted, now, undecided=(earlier,)) == "Not met at this visit."


def test_that_without_a_remission_there_is_no_flare_whatever_is_unknown() -> None:
    assert words(seen(90, Response.NR, U24P=3.0), seen(180, Response.UNKNOWN)) == (
        "Not met at this visit."
    )


def test_that_a_refused_value_is_named_where_the_response_would_stand(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    nurse.type("CREAT", "0")
    nurse.settle()
    refusal = "Creatinine cannot be 0 µmol/L; it must be > 0"
    assert nurse.page.scores.response_why.text() == refusal
    assert nurse.page.scores.flare.text() == refusal
