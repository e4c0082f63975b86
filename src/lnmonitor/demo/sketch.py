"""The first half of a synthetic patient: person, visits and kidney, tried until the rules agree.

A sketch is turned into a small set of records and judged by the program's own evaluation. Only a
sketch whose responses, flares and renal letters are those of its course goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from lnmonitor.analysis.course import Course as Evaluated
from lnmonitor.analysis.course import VisitAssessment, evaluate
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.demo.courses import FOLLOW_UP, Course
from lnmonitor.demo.kidney import Kidney, draw_kidney
from lnmonitor.demo.people import Person, draw_person
from lnmonitor.demo.timeline import Moment, draw_moments, on_weekday
from lnmonitor.study.forms import (
    Bilag2004,
    Demographics,
    DiseaseHistory,
    Infusion,
    LabResult,
    Visit,
)
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record

_ATTEMPTS = 400
_LETTERS = {"C": "CR", "P": "PR", "N": "NR"}


class NoSketchError(RuntimeError):
    """No draw followed the course: the ranges of the generator contradict the rules."""


@dataclass(frozen=True)
class Sketch:
    """A synthetic patient's course as drawn; `kidneys` by study day."""

    number: int
    course: Course
    person: Person
    moments: tuple[Moment, ...]
    kidneys: Mapping[int, Kidney]

    @property
    def subject_id(self) -> str:
        """The subject's number, such as 01-007."""
        return self.person.subject_id

    @property
    def scored(self) -> tuple[Moment, ...]:
        """The visits with SLEDAI and BILAG from day 0 on, in order."""
        return tuple(
            m for m in self.moments if m.day >= 0 and not m.missed and m.code not in ("D1", "UNS")
        )

    def on(self, moment: Moment) -> date:
        """Return the date of a visit."""
        return on_weekday(self.person.infused, moment.day)

    def at(self, code: str) -> Kidney | None:
        """Return the kidney at a planned visit, None if it did not take place."""
        return next((self.kidneys.get(m.day) for m in self.moments if m.code == code), None)

    @property
    def nephrotic(self) -> bool:
        """Whether the baseline shows a nephrotic syndrome."""
        return self.course.nephrotic


def draw_sketch(
    number: int, course: Course, subject_id: str, infused: date, protocol: Protocol, seed: int
) -> Sketch:
    """Return a patient whose kidney follows the course.

    Raises:
        NoSketchError: after many attempts none did.
    """
    for attempt in range(_ATTEMPTS):
        rng = Random(f"{seed}/{number}/{attempt}")
        moments = draw_moments(course, protocol, rng)
        person = draw_person(subject_id, infused, moments[0].day, rng)
        kidneys = draw_kidney(course, moments, person.age, person.sex, rng)
        sketch = Sketch(number, course, person, moments, kidneys)
        if follows(course, evaluate(_skeleton(sketch), protocol, today=infused)):
            return sketch
    raise NoSketchError(f"patient {number}: no draw follows {course}")


def follows(course: Course, found: Evaluated) -> bool:
    """Whether the rules find what the course says."""
    by_code = {visit.code: visit for visit in found.visits if visit.took_place}
    for code in FOLLOW_UP:
        visit = by_code.get(code)
        response = visit.response(found.primary_rule) if visit else None
        if visit and (response is None or response.value != _LETTERS[course.response(code)]):
            return False
    flares = [flare for flare in found.flares if isinstance(flare, FlareFinding)]
    statuses = [flare.status for flare in flares]
    if statuses != (["confirmed"] if course.flare else []):
        return False
    if _letter(by_code["D0"]) != course.start:
        return False
    return not course.end or _letter(by_code["M12"]) == course.end


def _letter(visit: VisitAssessment) -> str:
    found = visit.bilag()
    return found.grade.value if found and found.grade else ""


def _skeleton(sketch: Sketch) -> PatientData:
    """Return just the records that the kidney's rules read."""
    person = sketch.person
    forms: list[tuple[Form, str | None]] = [
        (Demographics(sex=person.sex, birth_date=person.born.isoformat()), None),
        (DiseaseHistory(ln_diagnosed="2000", ever_renal="Y"), None),
        (Infusion(number=1, started_at=f"{person.infused.isoformat()}T10:00"), None),
    ]
    for number, moment in enumerate(sketch.moments):
        on = sketch.on(moment).isoformat()
        status = "MISSED" if moment.missed else "DONE"
        forms.append((Visit(visit_code=moment.code, visit_date=on, status=status), f"v{number}"))
        if not moment.kidney:
            continue
        kidney = sketch.kidneys[moment.day]
        results = {
            "U24P": kidney.u24,
            "CREAT": kidney.creatinine,
            "URBC": kidney.rbc,
            "UWBC": kidney.wbc,
        }
        labs = [
            LabResult(analyte=code, value=value, collected_on=on) for code, value in results.items()
        ]
        labs.append(LabResult(analyte="UCASTS", text=kidney.casts, collected_on=on))
        nephrotic = sketch.nephrotic and moment.day <= 0
        asked = Bilag2004(
            accelerated_hypertension="N",
            nephrotic_syndrome="Y" if nephrotic else "N",
            active_sediment="Y" if kidney.active_sediment else "N",
            active_nephritis="N",
        )
        forms += [(form, f"v{number}") for form in (*labs, asked)]
    return PatientData(sketch.subject_id, sketch.subject_id, "01", _records(forms))


def _records(forms: Sequence[tuple[Form, str | None]]) -> tuple[Record[Form], ...]:
    return tuple(
        Record(visit or "" if isinstance(form, Visit) else f"r{number}", form, "p", visit)
        for number, (form, visit) in enumerate(forms)
    )
