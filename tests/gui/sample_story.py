"""A story made by hand: synthetic patient 01-047 with a suspected renal flare."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lnmonitor.analysis.course import Course, Flag, Measured, VisitAssessment
from lnmonitor.analysis.story import (
    Band,
    Fact,
    Interval,
    LimitLine,
    Mark,
    Panel,
    RibbonSpan,
    SeriesStyle,
    Story,
    TrendPoint,
    TrendSeries,
    VisitMark,
)
from lnmonitor.clinical.response import Response, ResponseResult
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth
from lnmonitor.desktop.pages.patient.view import PatientView
from lnmonitor.language import Text
from lnmonitor.services.flags import FlagView
from lnmonitor.study.forms import AdverseEvent, LabResult, Visit
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import PatientData, Record

__all__ = ["date", "empty_story", "other_story", "replace", "story", "view"]

DAYS = {"scr": -9, "d0": 0, "m1": 29, "m3": 95, "m6": 199, "m9": 271, "u1": 329}
TODAY = 334.0
NO_TEXT = Text("", "")
INFUSED = Text("12 Jun 2025 · UC · 1.02 ×10⁶/kg", "2025-06-12 · 脐带 · 1.02 ×10⁶/kg")
MMF = Text("mycophenolate", "吗替麦考酚酯")
HCQ = Text("hydroxychloroquine", "羟氯喹")


def same(words: str) -> Text:
    return Text(words, words)


def point(visit: str, value: float | None, label: str = "", **more: object) -> TrendPoint:
    return TrendPoint(
        DAYS[visit],
        value,
        label or f"{value:g}",
        visit_id=visit,
        record_ids=(f"r-{visit}",),
        **more,
    )


def visits() -> tuple[VisitMark, ...]:
    def done(
        code: str,
        key: str,
        target: float | None,
        early: float | None,
        late: float | None,
        name: Text,
        date: str,
        state: str = "done",
        note: Text = NO_TEXT,
    ) -> VisitMark:
        return VisitMark(code, name, target, early, late, DAYS[key], date, state, note, key)

    return (
        done("SCR", "scr", None, None, None, Text("Screening", "筛选"), "2025-06-03"),
        done("D0", "d0", 0, 0, 0, Text("Infusion", "输注"), "2025-06-12"),
        done("M1", "m1", 30, 23, 37, Text("Month 1", "第 1 月"), "2025-07-11"),
        done("M3", "m3", 91, 77, 105, Text("Month 3", "第 3 月"), "2025-09-15"),
        done("M6", "m6", 182, 168, 196, Text("Month 6", "第 6 月"), "2025-12-28", "late",
             Text("+3 d late", "晚 3 天")),
        done("M9", "m9", 273, 252, 294, Text("Month 9", "第 9 月"), "2026-03-10"),
        done("UNS", "u1", None, None, None, Text("Unscheduled 1", "计划外访视 1"), "2026-05-07"),
        VisitMark("M12", Text("Month 12", "第 12 月"), 365, 337, 393, None, "", "opening",
                  Text("due", "应访")),
    )  # fmt: skip


def panels() -> tuple[Panel, ...]:
    sledai = TrendSeries(
        same("SLEDAI-2K"),
        "",
        (
            point("scr", 16),
            point("m1", 12, "12–14", mark=Mark.RANGE, low=12, high=14,
                  note=Text("1 input missing", "缺 1 项")),
            point("m3", 8, change="−4 vs M1"),
            point("m6", 6, change="−2 vs M3"),
            point("m9", 2, change="−4 vs M6"),
            point("u1", 8, change="+6 vs M9",
                  note=Text("protein 4, complement 2, DNA 2", "蛋白尿 4 低补体 2 抗 DNA 2")),
        ),
    )  # fmt: skip
    bilag = TrendSeries(
        Text("Renal BILAG", "肾脏 BILAG"),
        "",
        (
            point("scr", 4, "A"),
            point("m1", 3, "B"),
            point("m3", 2, "C"),
            point("m6", 2, "C"),
            point("m9", 2, "C"),
            point(
                "u1",
                3,
                "B",
                change="was C",
                note=Text("protein > 1.0 g, not improved", "蛋白 > 1.0 g，未改善"),
            ),
        ),
        SeriesStyle.STEP,
    )
    egfr = TrendSeries(
        same("eGFR CKD-EPI 2021"),
        "mL/min/1.73 m²",
        (
            *tuple(
                point(v, n)
                for v, n in (("scr", 58), ("m1", 59), ("m3", 82), ("m6", 84), ("m9", 88))
            ),
            point("u1", 70, change="−18 vs M9"),
        ),
        SeriesStyle.ESTIMATE,
    )
    measured = TrendSeries(
        Text("measured (DTPA)", "实测 (DTPA)"),
        "mL/min/1.73 m²",
        (point("scr", 66), point("m6", 72)),
        SeriesStyle.UNJOINED,
    )
    protein = TrendSeries(
        Text("24-h protein", "24 h 尿蛋白"),
        "g/24 h",
        (
            point("scr", 4.12, flag="H"),
            point("m3", 1.30, flag="H"),
            point("m6", 0.62, flag="H"),
            point("m9", 0.41, flag="H"),
            point("u1", 1.38, mark=Mark.FLARE, change="×3.4 vs M9", flag="H",
                  note=Text("limit 0.15", "上限 0.15")),
        ),
    )  # fmt: skip
    dose = TrendSeries(
        Text("Prednisone", "泼尼松"),
        "mg/day",
        tuple(
            TrendPoint(d, v, f"{v:g}")
            for d, v in ((-60, 40), (14, 30), (45, 20), (91, 15), (182, 10), (273, 7.5))
        ),
        SeriesStyle.DOSE,
    )
    c3 = TrendSeries(
        same("C3"),
        "g/L",
        (
            *tuple(
                point(v, n)
                for v, n in (("scr", 0.45), ("m1", 0.52), ("m3", 0.71), ("m6", 0.9), ("m9", 0.92))
            ),
            point("u1", 0.68, change="−0.24 vs M9", flag="L", note=Text("limit 0.80", "下限 0.80")),
        ),
    )
    c4 = TrendSeries(
        same("C4"),
        "g/L",
        (
            *tuple(
                point(v, n)
                for v, n in (("scr", 0.06), ("m1", 0.08), ("m3", 0.11), ("m6", 0.15), ("m9", 0.16))
            ),
            point("u1", 0.09, flag="L", note=Text("limit 0.10", "下限 0.10")),
        ),
        SeriesStyle.SECONDARY,
    )
    dna = TrendSeries(
        Text("Anti-dsDNA", "抗 dsDNA"),
        "IU/mL",
        (
            point("scr", 800, "> 800", mark=Mark.ABOVE_LIMIT, flag="H"),
            point("m1", None, "ND", mark=Mark.NOT_DONE),
            point("m3", 300, flag="H"),
            point("m6", 150, flag="H"),
            point("m9", 10, "< 10", mark=Mark.BELOW_LIMIT),
            point("u1", 226, flag="H", note=Text("limit 100", "上限 100")),
        ),
    )
    return (
        Panel("sledai", same("SLEDAI-2K"), "0–105", (sledai,), y_range=(0, 18),
              ticks=((0, "0"), (5, "5"), (10, "10"), (15, "15")), explain_key="sledai"),
        Panel("bilag_renal", Text("Renal BILAG", "肾脏 BILAG"), "", (bilag,), y_range=(0, 4),
              ticks=((4, "A"), (3, "B"), (2, "C"), (1, "D"), (0, "E")), explain_key="bilag.renal"),
        Panel("gfr", same("GFR"), "mL/min/1.73 m²", (egfr, measured), y_range=(45, 100),
              bands=(Band(90, None, same("≥ 90")),), ticks=((50, "50"), (70, "70"), (90, "90")),
              explain_key="egfr"),
        Panel("protein", Text("24-h protein", "24 h 尿蛋白"), "g/24 h", (protein,), log=True,
              bands=(Band(None, 0.5, Text("target < 0.5", "目标 < 0.5")),),
              lines=(LimitLine(1.0, Text("flare line after CR, 1.0", "CR 后复发线 1.0"), 271),),
              y_range=(0.2, 6), ticks=((0.25, "0.25"), (0.5, "0.5"), (1, "1"), (2, "2"), (4, "4")),
              explain_key="flare"),
        Panel("prednisone", Text("Prednisone", "泼尼松"), "mg/day", (dose,), y_range=(0, 45),
              ticks=((0, "0"), (20, "20"), (40, "40"))),
        Panel("complement", same("C3, C4"), "g/L", (c3, c4), log=True,
              bands=(Band(0.8, 1.6, same("")), Band(0.1, 0.4, same(""))), y_range=(0.04, 2),
              ticks=((0.05, "0.05"), (0.2, "0.2"), (1, "1"))),
        Panel("dsdna", Text("Anti-dsDNA", "抗 dsDNA"), "IU/mL", (dna,), log=True,
              bands=(Band(None, 100, Text("normal < 100", "正常 < 100")),), y_range=(6, 1000),
              ticks=((10, "10"), (100, "100"), (800, "800"))),
    )  # fmt: skip


def flare_flag() -> Flag:
    rule = Rule(
        "flare-renal",
        "1",
        (
            Citation(
                "Bertsias GK, et al.", "Ann Rheum Dis", 2012, "10.1136/annrheumdis-2012-201940"
            ),
        ),
    )
    return Flag(
        "flag-1",
        "flare.suspected",
        Text("Renal flare: suspected", "肾脏复发：疑似"),
        rule,
        (
            Reason(
                "flare.after_complete", Truth.YES, {"value": 1.38, "unit": "g/24 h", "limit": 1.0}
            ),
            Reason("flare.second_sample", Truth.UNKNOWN, {}),
        ),
        "serious",
        "2026-05-07",
        329,
        "u1",
        ("r-u1",),
    )


def story() -> Story:
    """Patient 01-047 of the design's pictures."""
    return Story(
        patient_id="p-047",
        subject_id="01-047",
        status=Text("On study", "在研"),
        facts=(
            Fact(Text("Sex, age", "性别、年龄"), Text("F, 31", "女，31 岁")),
            Fact(Text("Class, biopsy", "病理分型"), same("IV-S (A/C), 2023")),
            Fact(Text("Infused", "输注"), INFUSED),
            Fact(Text("Since infusion", "输注后"), Text("day 334 · wk 47", "334 天 · 47 周")),
            Fact(Text("Response, set A", "疗效（A 组）"), Text("Complete at M9", "M9 完全缓解")),
            Fact(Text("Next visit", "下次访视"), Text("M12, opens in 3 days", "M12，3 天后开放")),
        ),
        day0="2025-06-12",
        today=TODAY,
        first_day=-35,
        last_day=402,
        visits=visits(),
        ribbon=(
            RibbonSpan(0, 95, "NR", Text("No response", "未缓解")),
            RibbonSpan(95, 271, "PR", Text("Partial remission", "部分缓解 PR")),
            RibbonSpan(271, 329, "CR", Text("Complete", "完全缓解")),
            RibbonSpan(329, 348, "FLARE?", Text("flare ?", "复发？")),
        ),
        panels=panels(),
        infusions=(0.0,),
        events=(
            Interval(0, 2, Text("infusion reaction", "输注反应"), 0, 1, record_id="ae-1"),
            Interval(25, 51, Text("leucopenia", "白细胞减少"), 1, 2, record_id="ae-2"),
            Interval(118, 130, Text("pneumonia", "肺炎"), 0, 3, serious=True, record_id="ae-3"),
            Interval(150, 155, Text("cold", "上感"), 1, 1, record_id="ae-4"),
            Interval(300, None, Text("hypertension", "高血压"), 0, 2, record_id="ae-5"),
        ),
        drugs=(
            Interval(-60, 182, MMF, 0, dose="2.0 g/d", record_id="cm-1"),
            Interval(183, None, MMF, 0, dose="1.5 g/d", record_id="cm-2"),
            Interval(-60, None, HCQ, 1, dose="0.2 g twice daily", record_id="cm-3"),
        ),
        flags=(flare_flag(),),
        synthetic=True,
    )  # fmt: skip


def other_story() -> Story:
    """Another patient with the same panels and fewer points."""
    first = story()
    shorter = tuple(
        replace(p, series=tuple(replace(s, points=s.points[:3]) for s in p.series))
        for p in first.panels
    )
    return replace(
        first, patient_id="p-048", subject_id="01-048", panels=shorter, flags=(), events=()
    )


def empty_story() -> Story:
    """A patient of whom nothing is known yet."""
    first = story()
    return replace(
        first,
        patient_id="p-099",
        subject_id="01-099",
        day0=None,
        visits=(),
        ribbon=(),
        panels=tuple(
            replace(p, series=tuple(replace(s, points=()) for s in p.series)) for p in first.panels
        ),
        infusions=(),
        events=(),
        drugs=(),
        flags=(),
        facts=(Fact(Text("Infused", "输注"), Text("", "")),),
    )


def course() -> Course:
    """Results of the visits that the tests look at; a real course is computed by the analysis."""
    rule = Rule("set-a", "1")
    response = ResponseResult(
        rule,
        (Reason("response.protein", Truth.NO, {"value": 1.38, "limit": 0.5, "unit": "g/24 h"}),),
        response=Response.PR,
    )
    labs = {
        "C3": Measured("C3", 0.68, "g/L", "0.68 g/L", low=0.8, high=1.6, flag="L", day=329),
        "U24P": Measured("U24P", 1.38, "g/24 h", "1.38 g/24 h", high=0.15, flag="H", day=329),
        "DSDNA": Measured("DSDNA", None, "IU/mL", "ND", missing="ND", day=329),
    }
    return Course(
        "p-047",
        "01-047",
        "2025-06-12",
        visits=(
            VisitAssessment(
                "m9", "M9", Text("Month 9", "第 9 月"), "2026-03-10", 271,
                labs={"C3": Measured("C3", 0.92, "g/L", "0.92 g/L", low=0.8, high=1.6, day=271)},
            ),
            VisitAssessment(
                "u1", "UNS", Text("Unscheduled 1", "计划外访视 1"), "2026-05-07", 329,
                outcomes={"response.set-a": response}, labs=labs,
            ),
        ),
        flags=(flare_flag(),),
    )  # fmt: skip


def view(of: Story | None = None) -> PatientView:
    """What the page reads, for the sample story or another one."""
    shown = of if of is not None else story()
    flags = tuple(
        FlagView(flag, shown.subject_id, shown.patient_id, "open", "", "", "")
        for flag in shown.flags
    )
    source = LabResult(analyte="U24P", value=1.38, unit="g/24 h", collected_on="2026-05-07")
    data = PatientData(
        shown.patient_id,
        shown.subject_id,
        "01",
        (
            Record("u1", Visit(visit_code="UNS", visit_date="2026-05-07"), shown.patient_id, "u1"),
            Record("r-u1", source, shown.patient_id, "u1"),
            Record("ae-3", AdverseEvent(term="pneumonia", start="2025-10-08"), shown.patient_id),
        ),
    )
    results = course() if shown.visits else Course(shown.patient_id, shown.subject_id, None)
    return PatientView(
        story=shown,
        course=results,
        data=data,
        flags=flags,
        protocol=load_protocol("ln-msc-01"),
        may_enter=True,
        may_acknowledge=True,
        may_dismiss=True,
        may_report=True,
    )
