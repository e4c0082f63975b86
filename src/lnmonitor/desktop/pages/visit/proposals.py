"""Brings live results into the forms: grades after flags, the laboratory's proposals, letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmonitor.desktop.pages.visit.desk import FormDesk
from lnmonitor.desktop.pages.visit.laboratory import LaboratoryView
from lnmonitor.desktop.pages.visit.scored import BilagView, SledaiView

if TYPE_CHECKING:
    from lnmonitor.analysis.model import SledaiLabCheck
    from lnmonitor.services.visits import LiveScores


def lab_check(live: LiveScores | None) -> SledaiLabCheck | None:
    """Return what the laboratory says about the SLEDAI items, None without results."""
    from lnmonitor.analysis.model import SledaiLabCheck

    assessment = live.assessment if live else None
    found = assessment.outcomes.get("sledai.labs") if assessment else None
    return found if isinstance(found, SledaiLabCheck) else None


def show_proposals(desk: FormDesk, live: LiveScores | None) -> None:
    """Show them in the views that are made."""
    from lnmonitor.analysis.laboratory_grades import TERMS, worst_grade
    from lnmonitor.clinical.bilag import BilagGrade

    assessment = live.assessment if live else None
    outcomes = assessment.outcomes if assessment else {}
    sledai, bilag, laboratory = desk.view("SLEDAI"), desk.view("BILAG"), desk.view("LB")
    if isinstance(laboratory, LaboratoryView) and assessment is not None:
        laboratory.show_grades({code: worst_grade(assessment, code) for code in TERMS})
    checked = lab_check(live)
    if isinstance(sledai, SledaiView) and checked is not None:
        sledai.show_proposals(checked.proposals)
    if isinstance(bilag, BilagView):
        bilag.show_letters(
            {
                key.partition(".")[2]: outcome.grade.value
                for key, outcome in outcomes.items()
                if isinstance(outcome, BilagGrade) and outcome.grade is not None
            }
        )
