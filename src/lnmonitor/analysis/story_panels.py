"""The panels of a patient's story: series, bands and lines over days since the first infusion.

The y ranges are fixed, so that two patients can be compared, and widened where data need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from lnmonitor.analysis.course import Course, Measured, VisitAssessment
from lnmonitor.analysis.drugs import Steroids
from lnmonitor.analysis.flare_line import flare_line
from lnmonitor.analysis.story import (
    NO_TEXT,
    Band,
    Mark,
    Panel,
    SeriesStyle,
    TrendPoint,
    TrendSeries,
)
from lnmonitor.analysis.story_axis import Axis
from lnmonitor.analysis.wording import EQUATION_NAMES, number, same, signed, span
from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.gfr import EgfrResult
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.language import Text
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.protocol import Protocol

Range = tuple[float, float]
_ND = {
    "ND": Text("not done", "未做"),
    "UNK": Text("unknown", "不详"),
    "NA": Text("not applicable", "不适用"),
}
_LETTERS = {Grade.A: 4.0, Grade.B: 3.0, Grade.C: 2.0, Grade.D: 1.0, Grade.E: 0.0}
_WORST_SLEDAI = 105
_NOTABLE_RATIO = 1.5
_PROTEIN_RANGE = (0.1, 8.0)
_COMPLEMENT_RANGE = (0.03, 2.5)
_DSDNA_RANGE = (5.0, 1000.0)


def build_panels(
    course: Course, protocol: Protocol, axis: Axis, courses: Steroids, end: float
) -> tuple[Panel, ...]:
    """Return the eight panels in the order of the page; `end` is the last day with a known dose."""
    seen = [visit for visit in course.visits if visit.took_place]
    return (
        _sledai(seen, axis),
        _bilag(seen, axis),
        _gfr(seen, axis, protocol),
        _protein(seen, axis, course, protocol),
        _prednisone(axis, courses, end),
        _complement(seen, axis),
        _dsdna(seen, axis),
        _albumin(seen, axis),
    )


def _widened(fixed: Range, series: Iterable[TrendSeries]) -> Range:
    """Return the fixed range, opened to hold every value of the series."""
    values = [
        value
        for one in series
        for point in one.points
        for value in (point.value, point.low, point.high)
        if value is not None
    ]
    return (min([fixed[0], *values]), max([fixed[1], *values]))


def _ticks(values: Iterable[float]) -> tuple[tuple[float, str], ...]:
    return tuple((value, f"{value:g}") for value in values)


# --- scores ---------------------------------------------------------------------------------------


def _sledai(seen: Sequence[VisitAssessment], axis: Axis) -> Panel:
    points: list[TrendPoint] = []
    recorded: list[TrendPoint] = []
    before: tuple[VisitAssessment, SledaiScore] | None = None
    for visit in seen:
        score = visit.sledai()
        if score is None:
            continue
        if visit.recorded_sledai is not None and score.score is None:
            recorded.append(_recorded(visit, axis))
        if score.present or score.score is not None or score.high < _WORST_SLEDAI:
            points.append(_sledai_point(visit, score, before, axis))
            before = (visit, score)
    name = same("SLEDAI-2K")
    series = [TrendSeries(name, "", tuple(points))]
    if recorded:
        total = Text("recorded total", "外部记录总分")
        series.append(TrendSeries(total, "", tuple(recorded), SeriesStyle.SECONDARY))
    return Panel(
        "sledai",
        name,
        "0–105",
        tuple(series),
        y_range=_widened((0, 20), series),
        ticks=_ticks((0, 5, 10, 15, 20)),
        explain_key="sledai",
    )


def _recorded(visit: VisitAssessment, axis: Axis) -> TrendPoint:
    total = float(visit.recorded_sledai or 0)
    note = Text("total as recorded elsewhere", "外部记录的总分")
    return TrendPoint(axis.day(visit.date), total, f"{total:g}", visit_id=visit.visit_id, note=note)


def _sledai_point(
    visit: VisitAssessment,
    score: SledaiScore,
    before: tuple[VisitAssessment, SledaiScore] | None,
    axis: Axis,
) -> TrendPoint:
    change = ""
    if before and before[1].score is not None and score.score is not None:
        step = score.score - before[1].score
        change = f"{signed(step, 0)} vs {before[0].code}"
    exact = score.score is not None
    missing = len(score.missing)
    short = Text(f"{missing} input{'s' if missing > 1 else ''} missing", f"缺 {missing} 项")
    return TrendPoint(
        day=axis.day(visit.date),
        value=float(score.low),
        label=f"{score.score}" if exact else span(score.low, score.high),
        mark=Mark.MEASURED if exact else Mark.RANGE,
        low=None if exact else float(score.low),
        high=None if exact else float(score.high),
        visit_id=visit.visit_id,
        change=change,
        note=NO_TEXT if exact else short,
    )


def _bilag(seen: Sequence[VisitAssessment], axis: Axis) -> Panel:
    points: list[TrendPoint] = []
    before: BilagGrade | None = None
    for visit in seen:
        found = visit.bilag()
        if found is None or found.grade is None:
            continue
        points.append(
            TrendPoint(
                day=axis.day(visit.date),
                value=_LETTERS[found.grade],
                label=found.grade.value,
                visit_id=visit.visit_id,
                change=_letter_change(before, found),
                note=_bilag_note(found),
            )
        )
        before = found
    name = Text("Renal BILAG", "肾脏 BILAG")
    return Panel(
        "bilag_renal",
        name,
        "2004",
        (TrendSeries(name, "", tuple(points), SeriesStyle.STEP),),
        y_range=(0, 4),
        ticks=tuple((y, grade.value) for grade, y in _LETTERS.items()),
        explain_key="bilag.renal",
    )


def _letter_change(before: BilagGrade | None, now: BilagGrade) -> str:
    if before is None or before.grade is None or now.grade is None or before.grade is now.grade:
        return ""
    return f"{before.grade.value} → {now.grade.value}"


def _bilag_note(found: BilagGrade) -> Text:
    shown = number(found.number() or 0, 0)
    if found.provisional:
        missing = len(found.missing)
        return Text(
            f"{shown} on 9/3/1, provisional: {missing} missing",
            f"{shown} 分，暂定：缺 {missing} 项",
        )
    return Text(f"{shown} on 9/3/1", f"{shown} 分（9/3/1）")


# --- laboratory -----------------------------------------------------------------------------------


def lab_points(
    seen: Sequence[VisitAssessment], axis: Axis, code: str, *, ratio: bool = False
) -> tuple[TrendPoint, ...]:
    """Return the points of one analyte; `ratio` prints a notable change as a multiple."""
    points: list[TrendPoint] = []
    before: tuple[VisitAssessment, Measured] | None = None
    for visit in seen:
        measured = visit.labs.get(code)
        if measured is None:
            continue
        if measured.value is None:
            if measured.missing:
                points.append(_not_done(visit, measured, axis))
            continue
        points.append(_lab_point(visit, measured, before, axis, ratio=ratio))
        before = (visit, measured)
    return tuple(points)


def _not_done(visit: VisitAssessment, measured: Measured, axis: Axis) -> TrendPoint:
    return TrendPoint(
        axis.day(visit.date),
        None,
        measured.missing,
        Mark.NOT_DONE,
        visit_id=visit.visit_id,
        record_ids=(measured.record_id,),
        note=_ND.get(measured.missing, same(measured.missing)),
    )


def _lab_point(
    visit: VisitAssessment,
    measured: Measured,
    before: tuple[VisitAssessment, Measured] | None,
    axis: Axis,
    *,
    ratio: bool,
) -> TrendPoint:
    mark = Mark.MEASURED
    if measured.operator.startswith("<"):
        mark = Mark.BELOW_LIMIT
    elif measured.operator.startswith(">"):
        mark = Mark.ABOVE_LIMIT
    value = measured.value or 0.0
    shown = number(value, _decimals(measured.analyte))
    return TrendPoint(
        day=axis.day(visit.date),
        value=value,
        label=f"{measured.operator} {shown}" if measured.operator else shown,
        mark=mark,
        visit_id=visit.visit_id,
        record_ids=(measured.record_id,),
        change=_change(measured, before, ratio=ratio),
        note=_limit_note(measured),
        flag=measured.flag,
    )


def _decimals(code: str) -> int | None:
    known = ANALYTES.get(code)
    return None if known is None else known.decimals


def _change(now: Measured, before: tuple[VisitAssessment, Measured] | None, *, ratio: bool) -> str:
    """Return the change against the previous value; none to or from a censored one."""
    if before is None or now.value is None or not before[1].value:
        return ""
    visit, old = before
    if now.operator or old.operator or old.value is None:
        return ""
    times = now.value / old.value
    if ratio and times >= _NOTABLE_RATIO:
        return f"×{times:.1f} vs {visit.code}"
    return f"{signed(now.value - old.value, _decimals(now.analyte))} vs {visit.code}"


def _limit_note(measured: Measured) -> Text:
    decimals = _decimals(measured.analyte)
    if measured.complete is False:
        return Text("collection incomplete", "收集不完整")
    if measured.flag == "H" and measured.high is not None:
        return Text(
            f"limit {number(measured.high, decimals)}", f"上限 {number(measured.high, decimals)}"
        )
    if measured.flag == "L" and measured.low is not None:
        return Text(
            f"limit {number(measured.low, decimals)}", f"下限 {number(measured.low, decimals)}"
        )
    return NO_TEXT


def reference_bands(
    seen: Sequence[VisitAssessment], axis: Axis, code: str, label: Callable[[Range], Text]
) -> tuple[Band, ...]:
    """Return the ranges in force over time: a new band where the range changes."""
    known = [
        (axis.day(visit.date), (visit.labs[code].low, visit.labs[code].high))
        for visit in seen
        if code in visit.labs
    ]
    steps = [(day, limits) for day, limits in known if limits != (None, None)]
    runs: list[tuple[float, tuple[float | None, float | None]]] = []
    for day, limits in steps:
        if not runs or runs[-1][1] != limits:
            runs.append((day, limits))
    bands = []
    for index, (day, (low, high)) in enumerate(runs):
        bands.append(
            Band(
                low=low,
                high=high,
                label=label((low or 0.0, high or 0.0)) if index == 0 else NO_TEXT,
                start=None if index == 0 else day,
                end=runs[index + 1][0] if index + 1 < len(runs) else None,
            )
        )
    return tuple(bands)


def _gfr(seen: Sequence[VisitAssessment], axis: Axis, protocol: Protocol) -> Panel:
    estimates: list[TrendPoint] = []
    before: tuple[VisitAssessment, float] | None = None
    for visit in seen:
        found = visit.outcomes.get("egfr")
        if not isinstance(found, EgfrResult) or found.value is None:
            continue
        change = ""
        if before:
            change = f"{signed(round(found.value) - round(before[1]), 0)} vs {before[0].code}"
        creatinine = visit.labs.get("CREAT")
        estimates.append(
            TrendPoint(
                day=axis.day(visit.date),
                value=found.value,
                label=number(found.value, 0),
                visit_id=visit.visit_id,
                record_ids=(creatinine.record_id,) if creatinine else (),
                change=change,
            )
        )
        before = (visit, found.value)
    equation = EQUATION_NAMES.get(protocol.egfr_equation, protocol.egfr_equation)
    series = (
        TrendSeries(
            same(f"eGFR {equation}"), "mL/min/1.73 m²", tuple(estimates), SeriesStyle.ESTIMATE
        ),
        TrendSeries(
            _measured_name(seen),
            "mL/min",
            lab_points(seen, axis, "GFRM"),
            SeriesStyle.UNJOINED,
        ),
    )
    return Panel(
        "gfr",
        same("GFR"),
        "mL/min/1.73 m²",
        series,
        bands=(Band(90, None, same("≥ 90")),),
        y_range=_widened((0, 120), series),
        ticks=_ticks((0, 30, 60, 90, 120)),
        explain_key="egfr",
    )


def _measured_name(seen: Sequence[VisitAssessment]) -> Text:
    methods = {v.labs["GFRM"].method for v in seen if "GFRM" in v.labs and v.labs["GFRM"].method}
    method = f" ({methods.pop()})" if len(methods) == 1 else ""
    return Text(f"measured{method}, mL/min", f"实测{method}，mL/min")


def _protein(
    seen: Sequence[VisitAssessment], axis: Axis, course: Course, protocol: Protocol
) -> Panel:
    """24-hour protein, or the ratio where no 24-hour value was ever measured."""
    collected = any(v.lab("U24P") is not None for v in seen)
    code = "U24P" if collected or not any(v.lab("UPCR") is not None for v in seen) else "UPCR"
    name = Text("24-h protein", "24 h 尿蛋白") if code == "U24P" else same("UPCR")
    unit = ANALYTES[code].unit
    points = _flares_marked(lab_points(seen, axis, code, ratio=True), course)
    series = (TrendSeries(name, unit, _on_log(points, _PROTEIN_RANGE[0])),)
    return Panel(
        "protein",
        name,
        unit,
        series,
        log=True,
        bands=(Band(None, 0.5, Text("target < 0.5", "目标 < 0.5")),),
        lines=flare_line(seen, course, code, protocol, axis),
        y_range=_widened(_PROTEIN_RANGE, series),
        ticks=_ticks((0.25, 0.5, 1, 2, 4)),
        explain_key="flare",
    )


def _on_log(points: Sequence[TrendPoint], foot: float) -> tuple[TrendPoint, ...]:
    """Put values of 0 at the foot of a log axis as "below"; their label keeps the 0."""
    return tuple(
        replace(point, value=foot, mark=Mark.BELOW_LIMIT) if point.value == 0 else point
        for point in points
    )


def _flares_marked(points: Sequence[TrendPoint], course: Course) -> tuple[TrendPoint, ...]:
    days = {
        visit.visit_id
        for found in course.flares
        if isinstance(found, FlareFinding) and found.kind == "proteinuric"
        for visit in course.visits
        if visit.day in found.evidence_days
    }
    return tuple(
        replace(point, mark=Mark.FLARE) if point.visit_id in days else point for point in points
    )


def _prednisone(axis: Axis, courses: Steroids, end: float) -> Panel:
    """The dose at each change, up to `end`; a day of unclear dose breaks the area."""
    borders = {i.start for i in courses.intervals}
    borders |= {i.stop + timedelta(days=1) for i in courses.intervals if i.stop}
    borders |= {start for start, _ in courses.unclear}
    points: list[TrendPoint] = []
    for border in sorted(borders):
        day = axis.of(border)
        dose = courses.on(border)
        if day > end:
            continue
        value = None if dose is None else dose.mg_per_day
        if points and points[-1].value == value:
            continue
        points.append(_dose_point(day, value, points[-1] if points else None))
    name = Text("Prednisone", "泼尼松")
    series = (TrendSeries(name, "mg/day", tuple(points), SeriesStyle.DOSE),)
    return Panel(
        "prednisone",
        name,
        "mg/day",
        series,
        y_range=_widened((0, 50), series),
        ticks=_ticks((0, 20, 40)),
        explain_key="steroids",
    )


def _dose_point(day: float, value: float | None, before: TrendPoint | None) -> TrendPoint:
    if value is None:
        note = Text("dose not known", "剂量不详")
        return TrendPoint(day, None, "?", Mark.NOT_DONE, note=note)
    change = ""
    if before is not None and before.value is not None:
        change = f"{signed(value - before.value, None if value % 1 else 0)} mg/d"
    return TrendPoint(day, value, f"{value:g}", change=change)


def _complement(seen: Sequence[VisitAssessment], axis: Axis) -> Panel:
    series = (
        TrendSeries(same("C3"), "g/L", _on_log(lab_points(seen, axis, "C3"), _COMPLEMENT_RANGE[0])),
        TrendSeries(
            same("C4"),
            "g/L",
            _on_log(lab_points(seen, axis, "C4"), _COMPLEMENT_RANGE[0]),
            SeriesStyle.SECONDARY,
        ),
    )
    bands = (
        *reference_bands(seen, axis, "C3", lambda _: NO_TEXT),
        *reference_bands(seen, axis, "C4", lambda _: NO_TEXT),
    )
    return Panel(
        "complement",
        same("C3, C4"),
        "g/L",
        series,
        log=True,
        bands=bands,
        y_range=_widened(_COMPLEMENT_RANGE, series),
        ticks=_ticks((0.05, 0.2, 1)),
    )


def _dsdna(seen: Sequence[VisitAssessment], axis: Axis) -> Panel:
    name = Text("Anti-dsDNA", "抗 dsDNA")
    points = _on_log(lab_points(seen, axis, "DSDNA", ratio=True), _DSDNA_RANGE[0])
    series = (TrendSeries(name, "IU/mL", points),)
    return Panel(
        "dsdna",
        name,
        "IU/mL",
        series,
        log=True,
        bands=reference_bands(
            seen,
            axis,
            "DSDNA",
            lambda limits: Text(f"normal < {limits[1]:g}", f"正常 < {limits[1]:g}"),
        ),
        y_range=_widened(_DSDNA_RANGE, series),
        ticks=_ticks((10, 100, 800)),
    )


def _albumin(seen: Sequence[VisitAssessment], axis: Axis) -> Panel:
    name = Text("Albumin", "白蛋白")
    series = (TrendSeries(name, "g/L", lab_points(seen, axis, "ALB")),)
    return Panel(
        "albumin",
        name,
        "g/L",
        series,
        bands=reference_bands(
            seen,
            axis,
            "ALB",
            lambda limits: Text(f"normal ≥ {limits[0]:g}", f"正常 ≥ {limits[0]:g}"),
        ),
        y_range=_widened((10, 55), series),
        ticks=_ticks((10, 20, 30, 40, 50)),
    )
