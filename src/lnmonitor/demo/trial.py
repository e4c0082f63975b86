"""The synthetic trial in memory: 81 patients whose raw data give the published aggregates.

Nothing here is stored as an answer. Scores, responses, flares and means come out when the program
evaluates the raw records; here totals and measured values are only spread over the patients so that
sums and spreads agree with Gu 2014 (doi 10.1007/s10067-014-2754-4). Everything is made up and says
so. Other numbers of patients use the same courses; the aggregates are then near, not exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from lnmonitor.demo.activity import renal_items, weight
from lnmonitor.demo.blood import Blood
from lnmonitor.demo.courses import TRIAL_SIZE, draw_courses
from lnmonitor.demo.entry import Entry
from lnmonitor.demo.fit import fit_measures, fit_totals
from lnmonitor.demo.patient import Chart, Targets
from lnmonitor.demo.running import running_charts
from lnmonitor.demo.sketch import Sketch, draw_sketch
from lnmonitor.demo.timeline import infusion_day
from lnmonitor.progress import Progress, silent
from lnmonitor.study.forms import Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol, load_protocol
from lnmonitor.study.records import PatientData, Record

PROTOCOL = "ln-msc-01"
SITE, RUNNING_SITE = "01", "02"
ENROLMENT_DAYS = 913
_MARGIN_DAYS = 16
"""The last patient's last visit may be late by some days and still lies in the past."""

_SLEDAI = {"D0": (1062, TRIAL_SIZE, 4.20), "M12": (422, 77, 2.77)}
"""Sum over so many patients, and sample SD: 1062/81 = 13.11 and 422/77 = 5.48 as printed."""
_GFR = {"D0": (58.55, 19.16), "M12": (69.51, 27.93)}
_LEAST_ACTIVE, _MOST_ACTIVE = 8, 28
_LOWEST_GFR = 6.0


@dataclass(frozen=True)
class SyntheticPatient:
    """One generated patient: entries refer to their visit by its place among the visits."""

    subject_id: str
    site_id: str
    entries: tuple[Entry, ...]

    def data(self) -> PatientData:
        """Return the records in memory, with readable ids made of the subject's number."""
        records: list[Record[Form]] = []
        for number, entry in enumerate(self.entries):
            visit = None if entry.visit is None else f"{self.subject_id}/v{entry.visit}"
            own = visit if isinstance(entry.form, Visit) else None
            records.append(
                Record(
                    id=own or f"{self.subject_id}/{number:04d}",
                    form=entry.form,
                    patient_id=self.subject_id,
                    visit_id=visit,
                    missing=entry.missing,
                    justified=entry.justified,
                    source="demo",
                )
            )
        return PatientData(self.subject_id, self.subject_id, self.site_id, tuple(records))


def generate(
    *, patients: int = TRIAL_SIZE, seed: int = 2014, today: date, progress: Progress = silent
) -> Iterator[SyntheticPatient]:
    """Yield the patients of the trial in order of enrolment, then ten more still in follow-up.

    The same seed, number and day give the same study. All dates lie before `today`; the trial's
    patients have finished their 12 months, so that the analysis set is theirs alone.
    """
    protocol = load_protocol(PROTOCOL)
    sketches = _sketches(patients, seed, today, protocol, progress)
    targets = _targets(sketches, seed)
    for done, (sketch, target) in enumerate(zip(sketches, targets, strict=True), start=1):
        chart = Chart(sketch, target, protocol, seed)
        yield _patient(chart, SITE, today)
        progress(patients + done, 2 * patients, "Patients written")
    for chart, more in running_charts(protocol, seed, today):
        yield _patient(chart, RUNNING_SITE, today, more)


def _patient(chart: Chart, site: str, today: date, more: Sequence[Entry] = ()) -> SyntheticPatient:
    entries = (*chart.entries(today), *more)
    return SyntheticPatient(chart.sketch.subject_id, site, entries)


def _sketches(
    patients: int, seed: int, today: date, protocol: Protocol, progress: Progress
) -> list[Sketch]:
    rng = Random(f"{seed}/enrolment")
    courses = draw_courses(patients, rng)
    last = today - timedelta(days=protocol.analysis_days + _MARGIN_DAYS)
    days = sorted((rng.randint(0, ENROLMENT_DAYS) for _ in courses), reverse=True)
    found = []
    for number, (course, before) in enumerate(zip(courses, days, strict=True)):
        infused = infusion_day(last - timedelta(days=before))
        subject = f"{SITE}-{number + 1:03d}"
        found.append(draw_sketch(number, course, subject, infused, protocol, seed))
        progress(number + 1, 2 * patients, "Courses drawn")
    return found


def _targets(sketches: Sequence[Sketch], seed: int) -> list[Targets]:
    rng = Random(f"{seed}/targets")
    targets = [Targets({}, {}) for _ in sketches]
    for code in ("D0", "M12"):
        places = [place for place, sketch in enumerate(sketches) if sketch.at(code)]
        starts = [targets[place].sledai.get("D0") for place in places]
        totals = _totals(code, [sketches[place] for place in places], starts, rng)
        for place, total in zip(places, totals, strict=True):
            targets[place].sledai[code] = total
        raw = [_measured(sketches[place], code, seed) for place in places]
        for place, value in zip(places, _fitted(raw, *_GFR[code]), strict=True):
            targets[place].gfr[code] = value
    return targets


def _totals(
    code: str, sketches: Sequence[Sketch], starts: Sequence[int | None], rng: Random
) -> list[int]:
    """Return SLEDAI totals; nobody ends the year above where he or she started."""
    renal = [weight(renal_items(kidney)) for s in sketches if (kidney := s.at(code))]
    if code == "D0":
        least = [max(_LEAST_ACTIVE, own) for own in renal]
        drawn = [a + 2 * round(rng.gammavariate(1.55, 1.5)) for a in least]
    else:
        least = renal
        drawn = [own + rng.choice((0, 2, 2, 2, 2, 2, 3, 4, 4)) for own in renal]
    most = [
        _MOST_ACTIVE if start is None else max(start, low)
        for start, low in zip(starts, least, strict=True)
    ]
    total, of, sd = _SLEDAI[code]
    wanted = round(total * len(sketches) / of)
    return fit_totals(drawn, least, most, total=wanted, sd=sd, rng=rng)


def _measured(sketch: Sketch, code: str, seed: int) -> float:
    """Return a measured clearance that goes with the visit's creatinine."""
    blood = Blood(
        sketch.person.sex, sketch.person.weight_kg, Random(f"{seed}/{sketch.number}/clearance")
    )
    first = sketch.at("D0")
    assert first is not None  # noqa: S101 - every patient was infused
    value = blood.measured_gfr(first)
    later = sketch.at(code)
    return value if code == "D0" or later is None else blood.measured_gfr(later)


def _fitted(raw: Sequence[float], mean: float, sd: float) -> list[float]:
    return [max(value, _LOWEST_GFR) for value in fit_measures(raw, mean=mean, sd=sd)]
