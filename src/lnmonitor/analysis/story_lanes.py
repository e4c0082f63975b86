"""What lies above and below the panels: visit strip, response ribbon, event and drug bars."""

from __future__ import annotations

from collections.abc import Sequence

from lnmonitor.analysis.course import Course, VisitAssessment
from lnmonitor.analysis.drugs import PER_DAY, daily, span
from lnmonitor.analysis.explain import ctcae_term
from lnmonitor.analysis.inputs import PatientInput
from lnmonitor.analysis.story import NO_TEXT, Interval, RibbonSpan, VisitMark
from lnmonitor.analysis.story_axis import Axis
from lnmonitor.analysis.wording import days, same
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.response import Response
from lnmonitor.language import Text
from lnmonitor.study import dates
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import AdverseEvent, Immunosuppressant
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.schedule import ScheduledVisit, VisitState

RESPONSE_WORDS = {
    "CR": Text("Complete", "完全缓解"),
    "PR": Text("Partial remission", "部分缓解"),
    "NR": Text("No response", "未缓解"),
    "UNKNOWN": Text("unknown", "不详"),
    "FLARE?": Text("flare ?", "复发？"),
    "FLARE": Text("flare", "复发"),
}
_LABEL_DAYS = 70
"""About the room a bar's label takes beside it at the width of a year."""
_RATES = {"QW": "/wk", "Q2W": "/2 wk", "Q4W": "/4 wk", "QM": "/mo", "Q3M": "/3 mo", "Q6M": "/6 mo"}


def visit_marks(
    course: Course, scheduled: Sequence[ScheduledVisit], axis: Axis
) -> tuple[VisitMark, ...]:
    """Return planned visits with their windows, then unscheduled ones, in order of day."""
    marks = [_planned(one, axis) for one in scheduled]
    known = {one.visit.id for one in scheduled if one.visit is not None}
    others = [visit for visit in course.visits if visit.visit_id not in known]
    marks += [_unscheduled(visit, number, axis) for number, visit in enumerate(others, start=1)]
    return tuple(sorted(marks, key=_place))


def _place(mark: VisitMark) -> float:
    if mark.day is not None:
        return mark.day
    return mark.target_day if mark.target_day is not None else float("inf")


def _planned(one: ScheduledVisit, axis: Axis) -> VisitMark:
    took_place = one.visit is not None and one.state is not VisitState.MISSED
    on = dates.exact(one.visit.form.visit_date) if one.visit is not None and took_place else None
    return VisitMark(
        code=one.planned.code,
        name=one.planned.name,
        target_day=None if one.target is None else axis.of(one.target),
        window_start=None if one.opens is None else axis.of(one.opens),
        window_end=None if one.closes is None else axis.of(one.closes),
        day=None if on is None else axis.of(on),
        date=on.isoformat() if on else "",
        state=one.state.value,
        note=_state_note(one),
        visit_id=one.visit.id if one.visit is not None else None,
    )


def _state_note(one: ScheduledVisit) -> Text:
    """Say how a visit stands to its window, empty where it is as planned."""
    count = one.days
    return {
        VisitState.LATE: Text(f"+{count} d late", f"晚 {count} 天"),
        VisitState.EARLY: Text(f"{count} d early", f"早 {count} 天"),
        VisitState.MISSED: Text("missed", "未访"),
        VisitState.OVERDUE: Text(f"{count} d overdue", f"逾期 {count} 天"),
        VisitState.DUE: Text("due", "应访"),
        VisitState.OPENING: Text(f"opens in {days(count).en}", f"{count} 天后开放"),
    }.get(one.state, NO_TEXT)


def _unscheduled(visit: VisitAssessment, number: int, axis: Axis) -> VisitMark:
    day = axis.day(visit.date) if visit.took_place else None
    repeated = visit.code not in {"", "UNS"}
    name = visit.name if repeated else Text(f"Unscheduled {number}", f"计划外访视 {number}")
    return VisitMark(
        code=visit.code or "UNS",
        name=name,
        target_day=None,
        window_start=None,
        window_end=None,
        day=day,
        date=visit.date,
        state=VisitState.DONE.value if visit.took_place else VisitState.MISSED.value,
        visit_id=visit.visit_id,
    )


def ribbon(course: Course, protocol: Protocol, axis: Axis, end: float) -> tuple[RibbonSpan, ...]:
    """Return the responses that hold from visit to visit up to `end`, flares over them.

    Before the first judged visit there is no response if that visit finds none, else nothing is
    said. A suspected flare that a later sample did not bear out is not shown.
    """
    judged = [
        (axis.day(visit.date), response.name)
        for visit in course.visits
        if (response := visit.response(protocol.response_rule)) is not None
    ]
    if judged and judged[0][1] == Response.NR.name and course.day0:
        judged.insert(0, (axis.day(course.day0), Response.NR.name))
    steps = judged
    for start, stop, word in _flare_spans(course, axis, end):
        after = [name for day, name in judged if day <= stop]
        kept = [step for step in steps if not start <= step[0] < stop]
        resumed = [(stop, after[-1])] if stop < end and after else []
        steps = sorted([*kept, (start, word), *resumed], key=lambda step: step[0])
    return _merged(steps, end)


def _flare_spans(course: Course, axis: Axis, end: float) -> list[tuple[float, float, str]]:
    found = []
    for flare in course.flares:
        if not isinstance(flare, FlareFinding):
            continue
        confirmed = flare.status == "confirmed"
        if flare.resolved_day is not None and not confirmed:
            continue
        start = axis.day(flare.onset_date)
        lasted = None if flare.resolved_day is None else flare.resolved_day - flare.onset_day
        stop = end if lasted is None else start + lasted
        found.append((start, stop, "FLARE" if confirmed else "FLARE?"))
    return found


def _merged(steps: Sequence[tuple[float, str]], end: float) -> tuple[RibbonSpan, ...]:
    spans: list[RibbonSpan] = []
    for index, (start, word) in enumerate(steps):
        stop = steps[index + 1][0] if index + 1 < len(steps) else end
        if stop <= start:
            continue
        if spans and spans[-1].response == word:
            start = spans.pop().start  # noqa: PLW2901 - the same response goes on
        spans.append(RibbonSpan(start, stop, word, RESPONSE_WORDS[word]))
    return tuple(spans)


def event_bars(patient: PatientInput, axis: Axis) -> tuple[Interval, ...]:
    """Return adverse events in lanes, wide enough apart for their labels."""
    starts = [(dates.earliest(record.form.start), record) for record in patient.events]
    dated = sorted(
        ((axis.of(on), record) for on, record in starts if on is not None), key=lambda row: row[0]
    )
    lanes: list[float] = []
    bars = []
    for start, record in dated:
        event, end = record.form, _end(record.form.stop, axis)
        bars.append(
            Interval(
                start=start,
                end=None if event.ongoing == "Y" else end,
                label=event_name(event),
                lane=_lane(lanes, start, end),
                grade=event.grade,
                serious=event.serious == "Y",
                record_id=record.id,
            )
        )
    return tuple(bars)


def event_name(event: AdverseEvent) -> Text:
    """Return an event as it was typed; the coded term where nothing was."""
    return same(event.term) if event.term else ctcae_term(event.ctcae_term or "?")


def _end(stop: str | None, axis: Axis) -> float | None:
    on = dates.latest(stop)
    return None if on is None else axis.of(on)


def _lane(lanes: list[float], start: float, end: float | None) -> int:
    """Take the first lane that is free at `start`, and occupy it past the bar and its label."""
    busy_until = max(start + _LABEL_DAYS, start if end is None else end + _LABEL_DAYS / 2)
    for lane, free_from in enumerate(lanes):
        if start >= free_from:
            lanes[lane] = busy_until
            return lane
    lanes.append(busy_until)
    return len(lanes) - 1


def drug_bars(patient: PatientInput, axis: Axis) -> tuple[Interval, ...]:
    """Return immunosuppressants and other drugs, one lane for each drug, in order of first use."""
    spans = [(span(record.form), record) for record in patient.immunosuppressants]
    dated = sorted(
        ((when, record) for when, record in spans if when is not None), key=lambda row: row[0][0]
    )
    lanes: dict[tuple[str | None, str | None], int] = {}
    bars = []
    for (start, stop), record in dated:
        key = (record.form.drug, record.form.drug_text)
        bars.append(
            Interval(
                start=axis.of(start),
                end=None if stop is None else axis.of(stop),
                label=drug_name(record.form),
                lane=lanes.setdefault(key, len(lanes)),
                dose=dose_text(record.form),
                record_id=record.id,
            )
        )
    return tuple(bars)


def drug_name(form: Immunosuppressant) -> Text:
    """Return the drug's name, as typed where it is not in the list."""
    if form.drug_text:
        return same(form.drug_text)
    return Text(decode("ISDRUG", form.drug, "en").lower(), decode("ISDRUG", form.drug, "zh"))


def dose_text(form: Immunosuppressant) -> str:
    """Return "2 g/d" for daily drugs, "0.8 g/4 wk" for spaced ones, empty without a dose."""
    if form.dose is None:
        return ""
    unit = form.dose_unit or ""
    if form.frequency in _RATES:
        return f"{form.dose:g} {unit}{_RATES[form.frequency]}"
    if form.frequency == "ONCE" or form.frequency not in PER_DAY:
        return f"{form.dose:g} {unit}"
    return f"{daily(form):g} {unit}/d"
