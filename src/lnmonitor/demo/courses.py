"""Which course each synthetic patient takes: the counts of Gu 2014, laid out patient by patient.

The published aggregates fix how many patients respond, flare and die, and the renal BILAG letters
at both ends (4.48 +/- 2.60 and 1.09 +/- 0.83 have one solution each on the scale 9/3/1/0/0). Only
the course is chosen here; laboratory values are then drawn so that the program's own rules find it.

Gu F, et al. Clin Rheumatol 33:1611-9, 2014, doi 10.1007/s10067-014-2754-4 and the meeting abstract
of the same cohort. Percentages of 81: 18 and 23 at 3 months are 15 and 18 patients, 18 and 27 at 6
months 15 and 22, 23 and 21 at 12 months 19 and 17.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

TRIAL_SIZE = 81
FOLLOW_UP = ("M1", "M3", "M6", "M9", "M12")


@dataclass(frozen=True)
class Death:
    """When and of what a synthetic patient dies."""

    day: int
    cause: str


@dataclass(frozen=True)
class Course:
    """What the rules are to find.

    Attributes:
        responses: C, P or N at M1, M3, M6, M9, M12 in this order.
        flare: "" or the visit in whose interval a confirmed renal flare begins ("M6", "M9").
        end: renal BILAG letter at 12 months, empty for a death.
        start: renal BILAG letter at baseline; how it comes about is in `sediment` (criterion 4) and
            `nephrotic` (criterion 6).
        function: "recovers" (creatinine down by a quarter), "fails" (it does not), "lapses" (it
            does and rises again).
        mild: less than 1 g of protein at baseline. rescue: rescue therapy after month 6.
    """

    responses: str
    end: str
    flare: str = ""
    start: str = "B"
    sediment: bool = False
    nephrotic: bool = False
    function: str = "recovers"
    mild: bool = False
    rescue: bool = False
    death: Death | None = None

    def response(self, visit: str) -> str:
        """Return C, P or N at a follow-up visit, empty after death."""
        index = FOLLOW_UP.index(visit)
        return self.responses[index] if index < len(self.responses) else ""

    @property
    def remits(self) -> bool:
        """Whether complete or partial remission is ever reached."""
        return bool(set(self.responses) & {"C", "P"})


def _end(letters: str, course: Course) -> list[Course]:
    return [replace(course, end=letter) for letter in letters]


def _trial() -> Iterator[Course]:
    """Yield the 81 courses; the letters name the renal BILAG at 12 months."""
    # Complete remission at 12 months: 19, of them 13 without any renal activity.
    yield from _end("DDDDC", Course("PCCCC", ""))
    yield from _end("DDDC", Course("NCCCC", ""))
    yield from _end("DDDC", Course("NPCCC", ""))
    yield from _end("DDC", Course("NPPCC", ""))
    yield Course("NPPPC", "D")
    yield from _end("CC", Course("NNPPC", ""))
    # Partial remission at 12 months: 17, of them 3 after an early flare.
    yield from _end("CCCB", Course("NPPPP", ""))
    yield from _end("CCCCB", Course("NNPPP", ""))
    yield from _end("CCC", Course("NNNPP", ""))
    yield from _end("CC", Course("NNNNP", ""))
    yield from _end("CCC", Course("PCNNP", "", flare="M6"))
    # Remission lost by 12 months: 8 flares, 4 without a flare, and 1 death.
    yield from _end("CB", Course("PCCNN", "", flare="M9"))
    yield Course("PCPNN", "C", flare="M9")
    yield from _end("CCB", Course("NPPNN", "", flare="M9"))
    yield from _end("CB", Course("NNPNN", "", flare="M9"))
    yield from _end("CCB", Course("NPNNN", "", function="lapses"))
    yield Course("NNPNN", "C", function="lapses")
    yield Course("PN", "", function="lapses", death=Death(152, "Pneumonia with sepsis"))
    # Never in remission: 29 survivors and 3 deaths.
    yield from _end("C" * 23, Course("NNNNN", "", function="fails"))
    yield from _end("CC", Course("NNNNN", "", function="fails", rescue=True))
    yield from _end("BBBB", Course("NNNNN", "", function="fails"))
    yield Course("N", "", function="fails", death=Death(61, "Cerebral haemorrhage"))
    yield Course("NNN", "", function="fails", death=Death(214, "Sepsis"))
    yield Course("NNN", "", function="fails", death=Death(246, "Heart failure in uraemia"))


def trial_courses() -> tuple[Course, ...]:
    """Return the 81 courses in a fixed order, with the baseline letters given out: 20 A, 61 B."""
    courses = list(_trial())
    courses.sort(key=lambda course: course.remits)
    given = []
    for number, course in enumerate(courses):
        # Every fourth patient starts with A: two in three by sediment, the third nephrotic.
        severe = number % 4 == 1 and number < TRIAL_SIZE - 1
        nephrotic = severe and number % 12 == 5
        # Some of the others have an active sediment and little protein.
        mild = not severe and number % 13 == 6 and "P" not in course.responses and not course.flare
        given.append(
            replace(
                course,
                start="A" if severe else "B",
                sediment=(severe and not nephrotic) or mild,
                nephrotic=nephrotic,
                mild=mild,
            )
        )
    return tuple(given)


def draw_courses(patients: int, rng: Random) -> tuple[Course, ...]:
    """Return the courses of so many patients in random order: the trial's, repeated or sampled."""
    whole, rest = divmod(patients, TRIAL_SIZE)
    courses = list(trial_courses()) * whole + rng.sample(trial_courses(), rest)
    rng.shuffle(courses)
    return tuple(courses)
