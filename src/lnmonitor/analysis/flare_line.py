"""The line in the protein panel above which a renal flare would be raised."""

from __future__ import annotations

from collections.abc import Sequence

from lnmonitor.analysis.model import Course, VisitAssessment
from lnmonitor.analysis.story import LimitLine
from lnmonitor.analysis.story_axis import Axis
from lnmonitor.clinical import flare
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.response import Response
from lnmonitor.language import Text
from lnmonitor.study.protocol import Protocol

_MOST_NAMED = 2
_REMISSION = frozenset({Response.CR, Response.PR})


def flare_line(
    seen: Sequence[VisitAssessment], course: Course, code: str, protocol: Protocol, axis: Axis
) -> tuple[LimitLine, ...]:
    """Return the limit of the last remission, up to the end of a flare that broke it.

    After CR the protocol's limit; after PR its limit, or a multiple of the lowest value since the
    remission began if that is higher. No line before any remission, and none for another flare
    rule than the default: their limits hang on more than one value. The label names the visits at
    which nobody can say whether a flare began.
    """
    if protocol.flare_rule != flare.DEFAULT:
        return ()
    confirmed = [
        found
        for found in course.flares
        if isinstance(found, FlareFinding) and found.status == "confirmed"
    ]
    open_days = {one.day for one in course.undecided_flares}
    calm = [
        (visit.day, visit)
        for visit in seen
        if visit.day is not None and visit.day > 0 and not _during(visit.day, confirmed)
    ]
    remitted = [day for day, v in calm if v.response(protocol.response_rule) in _REMISSION]
    if not remitted:
        return ()
    over = [f.resolved_day or 0 for f in confirmed if f.onset_day < remitted[-1]]
    broken_by = next((f for f in confirmed if f.onset_day > remitted[-1]), None)
    first = min(day for day in remitted if day >= max(over, default=0))
    last = broken_by.onset_day if broken_by else calm[-1][0]
    span = [(d, v) for d, v in calm if first <= d <= last]
    value, label, start = _limit(span, code, protocol)
    label = _with_open(label, [v.code for d, v in span if d in open_days])
    zero = axis.day(calm[0][1].date) - calm[0][0]
    resolved = broken_by.resolved_day if broken_by else None
    return (LimitLine(value, label, start + zero, None if resolved is None else resolved + zero),)


def _with_open(label: Text, codes: Sequence[str]) -> Text:
    """Return the label with the first visits that are not decided: a long one finds no place."""
    if not codes:
        return label
    more = " …" if len(codes) > _MOST_NAMED else ""
    named = codes[:_MOST_NAMED]
    en, zh = f"{', '.join(named)}{more}", f"{'、'.join(named)}{more}"
    return Text(f"{label.en} ({en}: not decided)", f"{label.zh}（{zh} 未能判定）")


def _during(day: int, flares: Sequence[FlareFinding]) -> bool:
    """Whether a day lies in a flare: a sample there may be half of baseline and still exceed."""
    return any(
        f.onset_day <= day and (f.resolved_day is None or day < f.resolved_day) for f in flares
    )


def _limit(
    span: Sequence[tuple[int, VisitAssessment]], code: str, protocol: Protocol
) -> tuple[float, Text, int]:
    """Return the limit of a remission's visits with its label and first day."""
    given = _parameters(protocol)
    complete = [day for day, v in span if v.response(protocol.response_rule) is Response.CR]
    if complete:
        limit = given["after_complete_g"]
        label = Text(f"flare line after CR, {limit:.1f}", f"CR 后复发线 {limit:.1f}")
        return (limit, label, complete[0])
    values = [value for _, visit in span if (value := visit.lab(code)) is not None]
    lowest = given["after_partial_times_nadir"] * min(values, default=0.0)
    limit = max(given["after_partial_g"], lowest)
    label = Text(f"flare line after PR, {limit:.1f}", f"PR 后复发线 {limit:.1f}")
    return (limit, label, span[0][0])


def _parameters(protocol: Protocol) -> dict[str, float]:
    """Return the default flare rule's limits with the protocol's changes."""
    overrides = protocol.parameters.get(protocol.flare_rule, {})
    merged = {**flare.RULE_SETS[flare.DEFAULT].parameters, **overrides}
    return {name: float(value) for name, value in merged.items()}
