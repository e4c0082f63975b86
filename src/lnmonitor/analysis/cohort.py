"""The trial's tables over all patients, each number beside the published one.

Who is in them: every patient infused so long before the cut-off that the window of the protocol's
analysis visit (12 months) has closed, and everyone who died or left the study after an infusion.
Running patients would make early visits look better filled than late ones. "Response at a visit"
(point prevalence) and "ever in remission" (cumulative) are different results with different names;
flares have both denominators in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lnmonitor.analysis.cohort_times import (
    Group,
    GroupComparison,
    compare_sources,
    flare_free,
    flare_onset,
    flare_undecided,
    remission_day,
    remission_incidence,
    source_of_cells,
    survival,
)
from lnmonitor.analysis.model import Course, VisitAssessment
from lnmonitor.analysis.published import Published, PublishedTrial, published_trial
from lnmonitor.analysis.statistics import PairedChange, mean_sd, paired_change, wilson
from lnmonitor.analysis.survival import IncidenceRow, KaplanMeier
from lnmonitor.clinical.bilag import SCALES
from lnmonitor.clinical.response import Response
from lnmonitor.language import Text
from lnmonitor.study.protocol import PlannedVisit, Protocol
from lnmonitor.study.records import PatientData

__all__ = [
    "BASELINE",
    "CATEGORIES",
    "CohortTables",
    "Group",
    "GroupComparison",
    "MeanCell",
    "MeasureRow",
    "PairedChange",
    "Proportion",
    "Published",
    "ResponseRow",
    "cohort",
]

BASELINE = "Baseline"
CATEGORIES = ("CR", "PR", "NR", "unknown", "missing", "died")
_DAYS_IN_MONTH = 30.4
_FIRST_TABLE_DAY = 8
"""Visits of the first week (the day after the infusion) have no column."""


@dataclass(frozen=True)
class MeanCell:
    """Mean and sample SD over the `n` patients with a value; `subjects` are these patients.

    `not_seen` counts the patients of the analysis set without a value here.
    """

    visit: str
    n: int
    not_seen: int
    mean: float | None
    sd: float | None
    subjects: tuple[str, ...] = ()
    published: Published | None = None


@dataclass(frozen=True)
class MeasureRow:
    """One measure at baseline and the visits of the table; `change` is baseline to the last."""

    key: str
    name: Text
    unit: str
    decimals: int
    cells: tuple[MeanCell, ...]
    change: PairedChange


@dataclass(frozen=True)
class ResponseRow:
    """Point prevalence at one visit: patients by category.

    CR, PR, NR (after dialysis or transplantation also where not seen); "unknown" seen but an input
    was missing; "missing" not seen; "died" before it.
    """

    visit: str
    subjects: Mapping[str, tuple[str, ...]]
    published_cr: Published | None = None
    published_pr: Published | None = None

    def count(self, category: str) -> int:
        """Return the number of patients in a category."""
        return len(self.subjects.get(category, ()))

    @property
    def total(self) -> int:
        """All patients of the analysis set."""
        return sum(len(ids) for ids in self.subjects.values())

    @property
    def seen(self) -> int:
        """Patients whose response is known at this visit."""
        return self.count("CR") + self.count("PR") + self.count("NR")

    def percent(self, category: str, *, of_seen: bool = False) -> float | None:
        """Return the percentage of all patients, or of those whose response is known."""
        denominator = self.seen if of_seen else self.total
        return 100 * self.count(category) / denominator if denominator else None


@dataclass(frozen=True)
class Proportion:
    """A count with its denominator and the Wilson 95 % interval (fractions)."""

    key: str
    name: Text
    count: int
    denominator: int
    low: float | None
    high: float | None
    subjects: tuple[str, ...] = ()
    published: Published | None = None
    undecided: tuple[str, ...] = ()
    """Patients of the denominator who are not counted, and of whom it cannot be told."""

    @property
    def fraction(self) -> float | None:
        """count / denominator, None without a denominator."""
        return self.count / self.denominator if self.denominator else None


@dataclass(frozen=True)
class CohortTables:
    """All tables; `rule` says in words whom they cover, `cutoff` is an ISO date.

    `visits` are the codes of the columns, BASELINE first. `remission` is the cumulative incidence
    of the first remission with death competing; all times in days.
    """

    cutoff: str
    rule: Text
    subjects: tuple[str, ...]
    excluded: tuple[str, ...]
    visits: tuple[str, ...]
    measures: tuple[MeasureRow, ...]
    responses: tuple[ResponseRow, ...]
    response_rule: str
    proportions: tuple[Proportion, ...]
    survival: KaplanMeier
    flare_free: KaplanMeier
    """From the first remission to a confirmed flare, in the patients ever in remission."""
    remission: tuple[IncidenceRow, ...] = ()
    groups: tuple[GroupComparison, ...] = ()
    """Curves compared between sources of cells; empty where all patients had one source."""
    bilag_grades: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Renal BILAG letters counted by visit."""
    published_source: str = ""

    def measure(self, key: str) -> MeasureRow:
        """Return a measure's row: sledai, bilag_renal, gfr_measured, egfr, protein, ..."""
        return next(row for row in self.measures if row.key == key)

    def proportion(self, key: str) -> Proportion:
        """Return survival, ever_in_remission, flare_of_remitted or flare_of_treated."""
        return next(row for row in self.proportions if row.key == key)


Read = Callable[[VisitAssessment], float | None]


@dataclass(frozen=True)
class _Measure:
    key: str
    name: Text
    unit: str
    decimals: int
    read: Read


@dataclass(frozen=True)
class _Set:
    """The patients of the analysis set with what every table needs."""

    courses: tuple[Course, ...]
    protocol: Protocol
    planned: tuple[PlannedVisit, ...]
    trial: PublishedTrial

    @property
    def size(self) -> int:
        return len(self.courses)


def cohort(
    courses: Sequence[tuple[PatientData, Course]],
    protocol: Protocol,
    *,
    cutoff: date | None = None,
) -> CohortTables:
    """Return the trial's tables from evaluated courses.

    `cutoff` defaults to the latest day for which a course was evaluated. A censored laboratory
    value counts as its limit.
    """
    all_courses = [course for _, course in courses]
    day = cutoff or _latest(all_courses)
    included = tuple(c for c in all_courses if _belongs(c, protocol, day))
    sources = {data.patient_id: source_of_cells(data) for data, _ in courses}
    planned = tuple(v for v in protocol.scheduled if (v.day or 0) >= _FIRST_TABLE_DAY)
    chosen = _Set(included, protocol, planned, published_trial())
    flared = {
        c.subject_id: onset for c in included if (onset := flare_onset(c, protocol)) is not None
    }
    return CohortTables(
        cutoff=day.isoformat(),
        rule=_rule(protocol),
        subjects=tuple(course.subject_id for course in included),
        excluded=tuple(c.subject_id for c in all_courses if c not in included),
        visits=(BASELINE, *(visit.code for visit in planned)),
        measures=tuple(_measure_row(measure, chosen) for measure in _measures(protocol)),
        responses=tuple(_response_row(visit, chosen) for visit in planned),
        response_rule=protocol.response_rule,
        proportions=_proportions(chosen, flared),
        survival=survival(included, protocol),
        flare_free=flare_free(included, protocol, flared),
        remission=remission_incidence(included, protocol),
        groups=compare_sources(included, sources, protocol, flared),
        bilag_grades=_letters(chosen),
        published_source=chosen.trial.citation,
    )


def _latest(courses: Sequence[Course]) -> date:
    days = [date.fromisoformat(c.evaluated_on) for c in courses if c.evaluated_on]
    return max(days, default=date.min)


def _belongs(course: Course, protocol: Protocol, cutoff: date) -> bool:
    if course.day0 is None:
        return False
    left = course.death_day is not None or course.withdrawn_day is not None
    day = (cutoff - date.fromisoformat(course.day0)).days
    return day >= 0 and (left or day >= protocol.analysis_days)


def _rule(protocol: Protocol) -> Text:
    visit, days = protocol.analysis_visit, protocol.analysis_days
    return Text(
        f"Patients infused at least {days} days before the cut-off (window of {visit} closed), "
        "and all who died or left the study after an infusion.",
        f"截止日前至少 {days} 天接受输注（{visit} 访视窗已关闭）的患者，以及输注后死亡或退出者。",
    )


# --- means ----------------------------------------------------------------------------------------


def _measures(protocol: Protocol) -> tuple[_Measure, ...]:
    scale = SCALES[protocol.bilag_scale]

    def sledai(visit: VisitAssessment) -> float | None:
        score = visit.sledai()
        return None if score is None else score.score

    def bilag(visit: VisitAssessment) -> float | None:
        grade = visit.bilag()
        return None if grade is None else grade.number(scale)

    def lab(code: str) -> Read:
        return lambda visit: visit.lab(code)

    return (
        _Measure("sledai", Text("SLEDAI-2K", "SLEDAI-2K"), "", 2, sledai),
        _Measure("bilag_renal", _bilag_name(protocol), "", 2, bilag),
        _Measure("gfr_measured", Text("GFR, measured", "实测 GFR"), "mL/min", 2, lab("GFRM")),
        _Measure("egfr", Text("GFR, estimated", "估算 GFR"), "mL/min/1.73 m²", 1, _egfr),
        _Measure("protein", Text("24-h protein", "24 h 尿蛋白"), "g/24 h", 2, lab("U24P")),
        _Measure("creatinine", Text("Creatinine", "肌酐"), "µmol/L", 0, lab("CREAT")),
        _Measure("albumin", Text("Albumin", "白蛋白"), "g/L", 1, lab("ALB")),
        _Measure("c3", Text("C3", "C3"), "g/L", 2, lab("C3")),
        _Measure("prednisone", Text("Prednisone", "泼尼松"), "mg/day", 1, _prednisone),
    )


def _bilag_name(protocol: Protocol) -> Text:
    scale = protocol.bilag_scale
    return Text(f"Renal BILAG, {scale}", f"肾脏 BILAG，{scale}")


def _egfr(visit: VisitAssessment) -> float | None:
    return visit.egfr()


def _prednisone(visit: VisitAssessment) -> float | None:
    return visit.prednisone_mg


def _at_baseline(course: Course, read: Read) -> float | None:
    """Return the last value on or before day 0."""
    before = [read(visit) for visit in course.visits if visit.day is not None and visit.day <= 0]
    return next((value for value in reversed(before) if value is not None), None)


def _at_visit(course: Course, code: str, read: Read) -> float | None:
    """Return the value at a planned visit, the first record of it that has one."""
    values = [read(visit) for visit in course.visits if visit.code == code and visit.took_place]
    return next((value for value in values if value is not None), None)


def _month(planned: PlannedVisit) -> int:
    return round((planned.day or 0) / _DAYS_IN_MONTH)


def _measure_row(measure: _Measure, chosen: _Set) -> MeasureRow:
    start = {c.subject_id: _at_baseline(c, measure.read) for c in chosen.courses}
    cells = [_cell(BASELINE, start, chosen.trial.means.get((measure.key, 0)))]
    last = start
    for planned in chosen.planned:
        last = {c.subject_id: _at_visit(c, planned.code, measure.read) for c in chosen.courses}
        known = chosen.trial.means.get((measure.key, _month(planned)))
        cells.append(_cell(planned.code, last, known))
    pairs = [
        (before, after)
        for subject, before in start.items()
        if before is not None and (after := last[subject]) is not None
    ]
    return MeasureRow(
        measure.key,
        measure.name,
        measure.unit,
        measure.decimals,
        tuple(cells),
        paired_change(pairs),
    )


def _cell(code: str, values: Mapping[str, float | None], published: Published | None) -> MeanCell:
    known = {subject: value for subject, value in values.items() if value is not None}
    mean, sd = mean_sd(list(known.values()))
    return MeanCell(
        visit=code,
        n=len(known),
        not_seen=len(values) - len(known),
        mean=mean,
        sd=sd,
        subjects=tuple(known),
        published=published,
    )


def _letters(chosen: _Set) -> dict[str, dict[str, int]]:
    """Count renal BILAG letters at baseline and at each visit."""

    def letter(visit: VisitAssessment) -> str | None:
        grade = visit.bilag()
        return None if grade is None or grade.grade is None else str(grade.grade.value)

    found: dict[str, dict[str, int]] = {}
    for code in (BASELINE, *(planned.code for planned in chosen.planned)):
        counted: Counter[str] = Counter()
        for course in chosen.courses:
            visits = [
                visit
                for visit in course.visits
                if (
                    (visit.day is not None and visit.day <= 0)
                    if code == BASELINE
                    else visit.code == code
                )
            ]
            letters = [one for visit in visits if (one := letter(visit)) is not None]
            if letters:
                counted[letters[-1] if code == BASELINE else letters[0]] += 1
        found[code] = {grade: counted[grade] for grade in "ABCDE"}
    return found


# --- response -------------------------------------------------------------------------------------


def _response_row(planned: PlannedVisit, chosen: _Set) -> ResponseRow:
    subjects: dict[str, list[str]] = {category: [] for category in CATEGORIES}
    for course in chosen.courses:
        subjects[_category(course, planned, chosen.protocol)].append(course.subject_id)
    month = _month(planned)
    return ResponseRow(
        planned.code,
        {category: tuple(ids) for category, ids in subjects.items()},
        chosen.trial.responses.get(("CR", month)),
        chosen.trial.responses.get(("PR", month)),
    )


def _category(course: Course, planned: PlannedVisit, protocol: Protocol) -> str:
    seen = [v for v in course.visits if v.code == planned.code and v.took_place]
    known = [v.response(protocol.response_rule) for v in seen]
    judged = [one for one in known if one is not None and one is not Response.UNKNOWN]
    if judged:
        return str(judged[0].value)
    if seen:
        return "unknown"
    closes = (planned.day or 0) + planned.after
    if course.death_day is not None and course.death_day <= closes:
        return "died"
    replaced = course.kidney_replaced_day
    return "NR" if replaced is not None and replaced <= closes else "missing"


def _proportions(chosen: _Set, flared: Mapping[str, int]) -> tuple[Proportion, ...]:
    everyone = [course.subject_id for course in chosen.courses]
    limit = chosen.protocol.analysis_days
    alive = [c.subject_id for c in chosen.courses if c.death_day is None or c.death_day > limit]
    remitted = [
        c.subject_id for c in chosen.courses if remission_day(c, chosen.protocol) is not None
    ]
    flares_remitted = [subject for subject in remitted if subject in flared]
    left_open = {c.subject_id for c in chosen.courses if flare_undecided(c, chosen.protocol)}
    rows = (
        ("survival", Text("Alive at 12 months", "12 个月生存"), alive, everyone),
        (
            "ever_in_remission",
            Text("Ever in remission within 12 months", "12 个月内曾缓解"),
            remitted,
            everyone,
        ),
        (
            "flare_of_remitted",
            Text("Renal flare, of those ever in remission", "肾脏复发（曾缓解者）"),
            flares_remitted,
            remitted,
        ),
        (
            "flare_of_treated",
            Text("Renal flare, of all treated", "肾脏复发（全部受试者）"),
            list(flared),
            everyone,
        ),
    )
    return tuple(
        Proportion(
            key,
            name,
            len(counted),
            len(of),
            *wilson(len(counted), len(of)),
            subjects=tuple(counted),
            published=chosen.trial.proportions.get(key),
            undecided=tuple(s for s in of if s in left_open) if key.startswith("flare_") else (),
        )
        for key, name, counted, of in rows
    )
