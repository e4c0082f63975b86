"""Major and partial clinical response and relapse over a year: two implementations agree."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.independent import response_course as second
from tests.independent.exact import AGREED

from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.clinical.response_course import CourseVisit, relapse, respond

DAYS = (0, 30, 91, 182, 238, 294, 365)
BASELINE = st.text("ABBCCDE", min_size=9, max_size=9)


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Draw a baseline and six visits that mostly keep or lower the letters."""
    letters = draw(BASELINE)
    course = [(0, letters)]
    calm = draw(st.booleans())
    for day in DAYS[1:]:
        letters = "".join("D" if x == "E" else "C" if calm else x for x in letters)
        changed = list(letters)
        for place in draw(st.sets(st.integers(0, 8), max_size=2)):
            changed[place] = draw(st.sampled_from("ABBCCD"))
        letters = "".join(changed)
        course.append((day, letters))
    return course


def visit(day: int, letters: str) -> CourseVisit:
    return CourseVisit(
        day=day,
        grades={
            system: BilagGrade(RULE_BILAG_2004, system=system, grade=Grade(letter))
            for system, letter in zip(SYSTEMS, letters, strict=True)
        },
    )


@AGREED
@given(courses())
def test_that_the_response_of_the_year_agrees(course: list[tuple[int, str]]) -> None:
    told = respond([visit(*each) for each in course])
    assert told.response.value == second.respond(course, 182, 365)
    strict = respond([visit(*each) for each in course], {"new_b_allowed": False})
    assert strict.response.value == second.respond(course, 182, 365, most_new_b=0)


def test_that_every_baseline_gives_the_same_response() -> None:
    for a, b, later in product(range(4), range(6), ("BCCCCCCCC", "BBCCCCCCC", "BBBCCCCCC")):
        start = "A" * a + "B" * b + "C" * (9 - a - b)
        course = [(day, later) for day in DAYS[1:]]
        course.insert(0, (0, start))
        told = respond([visit(*each) for each in course])
        assert told.response.value == second.respond(course, 182, 365), (start, later)


@AGREED
@given(courses())
def test_that_relapse_agrees(course: list[tuple[int, str]]) -> None:
    told = relapse([visit(*each) for each in course])
    day = second.relapse(course)
    assert (told.met.value, told.day) == ("no" if day is None else "yes", day)
