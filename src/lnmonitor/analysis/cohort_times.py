"""Times of the cohort's tables: survival, first remission, flare after it, compared by source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lnmonitor.analysis.model import Course, VisitAssessment
from lnmonitor.analysis.survival import (
    IncidenceRow,
    KaplanMeier,
    LogRank,
    cumulative_incidence,
    kaplan_meier,
    log_rank,
)
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.language import Text
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import Infusion
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData


@dataclass(frozen=True)
class Group:
    """One group of a comparison with its curve and patients."""

    name: Text
    curve: KaplanMeier
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class GroupComparison:
    """Two groups by log-rank; `test` None where no patient of either had the event.

    `key`: "survival" or "flare_free". Not randomised: a comparison, no effect.
    """

    key: str
    one: Group
    other: Group
    test: LogRank | None


def remission_day(course: Course, protocol: Protocol) -> int | None:
    """Return the day of the first remission within the analysis period, None without one."""
    day = course.first_remission_day
    return day if day is not None and day <= protocol.analysis_days else None


def flare_onset(course: Course, protocol: Protocol) -> int | None:
    """Return the onset of the first confirmed flare that began within the analysis period."""
    onsets = [
        flare.onset_day
        for flare in course.flares
        if isinstance(flare, FlareFinding)
        and flare.status == "confirmed"
        and flare.onset_day <= protocol.analysis_days
    ]
    return min(onsets, default=None)


def flare_undecided(course: Course, protocol: Protocol) -> bool:
    """Whether a confirmed flare is neither found nor excluded within the analysis period.

    A sample that lacks what would decide leaves it open, and so does a suspected flare that no
    later sample confirmed or ended.
    """
    if flare_onset(course, protocol) is not None:
        return False
    waiting = [
        flare.onset_day
        for flare in course.flares
        if isinstance(flare, FlareFinding) and flare.resolved_day is None
    ]
    days = (*waiting, *(one.day for one in course.undecided_flares))
    return any(day <= protocol.analysis_days for day in days)


def _end(course: Course, protocol: Protocol) -> int:
    """Return the last day observed, at most the target of the analysis visit (day 365)."""
    planned = protocol.visit(protocol.analysis_visit)
    target = planned.day if planned is not None and planned.day is not None else 365
    last = course.last_contact_day if course.last_contact_day is not None else 0
    if course.death_day is not None:
        last = min(last, course.death_day)
    return max(0, min(last, target))


def _died(course: Course, protocol: Protocol) -> bool:
    return course.death_day is not None and course.death_day <= _end(course, protocol)


Times = tuple[list[float], list[bool]]


def survival(courses: Sequence[Course], protocol: Protocol) -> KaplanMeier:
    """Estimate survival from the first infusion."""
    return kaplan_meier(*_survival_times(courses, protocol))


def _survival_times(courses: Sequence[Course], protocol: Protocol) -> Times:
    """From the first infusion to death; censored at the last contact or day 365."""
    times = [float(_end(course, protocol)) for course in courses]
    return times, [_died(course, protocol) for course in courses]


def flare_free(
    courses: Sequence[Course], protocol: Protocol, flared: Mapping[str, int]
) -> KaplanMeier:
    """Estimate the time without a confirmed flare, from the first remission."""
    return kaplan_meier(*_flare_times(courses, protocol, flared))


def _flare_times(courses: Sequence[Course], protocol: Protocol, flared: Mapping[str, int]) -> Times:
    """From the first remission to a confirmed flare, of those ever in remission."""
    times: list[float] = []
    events: list[bool] = []
    for course in courses:
        start = remission_day(course, protocol)
        if start is None:
            continue
        onset = flared.get(course.subject_id)
        end = _end(course, protocol) if onset is None else onset
        times.append(float(max(0, end - start)))
        events.append(onset is not None)
    return times, events


def source_of_cells(data: PatientData) -> str | None:
    """Return the source of the cells of the first infusion."""
    given = sorted(data.of(Infusion), key=lambda record: record.form.started_at or "")
    return given[0].form.cell_source if given else None


def compare_sources(
    courses: Sequence[Course],
    sources: Mapping[str, str | None],
    protocol: Protocol,
    flared: Mapping[str, int],
) -> tuple[GroupComparison, ...]:
    """Compare the source that most patients had with all others, those without one left out."""
    by_source: dict[str, list[Course]] = {}
    for course in courses:
        source = sources.get(course.patient_id)
        if source is not None:
            by_source.setdefault(source, []).append(course)
    if len(by_source) < 2:
        return ()
    ordered = sorted(by_source, key=lambda source: (-len(by_source[source]), source))
    first, others = ordered[0], ordered[1:]
    rest = [course for source in others for course in by_source[source]]
    name = _source_name(others[0]) if len(others) == 1 else Text("Other sources", "其他来源")
    pairs = ((_source_name(first), by_source[first]), (name, rest))
    return (
        _compared("survival", pairs, lambda found: _survival_times(found, protocol)),
        _compared("flare_free", pairs, lambda found: _flare_times(found, protocol, flared)),
    )


def _source_name(source: str) -> Text:
    return Text(decode("MSCSRC", source, "en"), decode("MSCSRC", source, "zh"))


def _compared(
    key: str,
    pairs: Sequence[tuple[Text, Sequence[Course]]],
    times: Callable[[Sequence[Course]], Times],
) -> GroupComparison:
    found = [times(courses) for _, courses in pairs]
    groups = [
        Group(name, kaplan_meier(*one), tuple(course.subject_id for course in courses))
        for (name, courses), one in zip(pairs, found, strict=True)
    ]
    comparable = all(one[0] for one in found) and any(any(one[1]) for one in found)
    test = log_rank(found[0], found[1]) if comparable else None
    return GroupComparison(key, groups[0], groups[1], test)


def remission_incidence(courses: Sequence[Course], protocol: Protocol) -> tuple[IncidenceRow, ...]:
    """First remission with death competing, in the planned days of the visits.

    Remission is seen at visits only. By the days of the visits themselves a patient seen early for
    month 12 would be censored before one seen late is judged, and the last curve step be too high.
    """
    times: list[float] = []
    causes: list[int] = []
    for course in courses:
        reached, died = remission_day(course, protocol) is not None, _died(course, protocol)
        until = course.first_remission_day if reached else None
        judged = [
            _planned_day(visit, protocol)
            for visit in course.visits
            if visit.response(protocol.response_rule) is not None
            and (until is None or (visit.day or 0) <= until)
        ]
        last = max(judged, default=0)
        times.append(float(last if reached or not died else _end(course, protocol)))
        causes.append(1 if reached else 2 if died else 0)
    return cumulative_incidence(times, causes)


def _planned_day(visit: VisitAssessment, protocol: Protocol) -> int:
    """Return the target of a planned visit, the actual day of another one."""
    planned = protocol.visit(visit.code)
    day = planned.day if planned is not None and planned.day is not None else visit.day
    return max(0, day or 0)
