"""The facts at the head of a patient's page, and the status that lists show too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lnmonitor.analysis.course import Course, VisitAssessment
from lnmonitor.analysis.inputs import PatientInput
from lnmonitor.analysis.story import Fact
from lnmonitor.analysis.story_lanes import RESPONSE_WORDS
from lnmonitor.analysis.wording import days, number, printed_date, rule_set_name, same
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.language import Text
from lnmonitor.study import dates
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import Disposition, Infusion
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData
from lnmonitor.study.schedule import ScheduledVisit, VisitState, day0, next_visit

_STATUS = {
    "COMPLETED": Text("Completed", "已完成"),
    "SCREEN FAILURE": Text("Screen failure", "筛选失败"),
    "DEATH": Text("Died", "死亡"),
    "LOST TO FOLLOW-UP": Text("Lost to follow-up", "失访"),
}
_WITHDRAWN = Text("Withdrawn", "已退出")
_DAYS_IN_WEEK = 7


def patient_status(data: PatientData) -> Text:
    """Return where a patient stands: screening, on study, or how the study was left."""
    stated = [record.form.status for record in data.of(Disposition) if record.form.status]
    if "DEATH" in stated:
        return _STATUS["DEATH"]
    if stated:
        return _STATUS.get(stated[-1], _WITHDRAWN)
    if day0(data) is None:
        return Text("Screening", "筛选中")
    return Text("On study", "在研")


def build_facts(
    patient: PatientInput,
    course: Course,
    scheduled: Sequence[ScheduledVisit],
    protocol: Protocol,
    today: date,
) -> tuple[Fact, ...]:
    """Return the six facts of the header; an empty value means that it is not known."""
    rule = rule_set_name(protocol.response_rule)
    return (
        Fact(Text("Sex, age", "性别、年龄"), _sex_age(patient, today)),
        Fact(Text("Class, biopsy", "病理分型、活检"), _biopsy(patient)),
        Fact(Text("Infused", "输注"), _infused(patient, course)),
        Fact(Text("Since infusion", "输注后"), _since(patient, course, today)),
        Fact(Text(f"Response, {rule.en}", f"疗效（{rule.zh}）"), last_response(course)),
        Fact(Text("Next visit", "下次访视"), _next(scheduled)),
    )


def _sex_age(patient: PatientInput, today: date) -> Text:
    """Sex with the age at consent, today's where consent is not dated."""
    on = dates.exact(patient.demographics.consent_date) or today
    age = patient.age(on)
    zh = decode("SEX", patient.sex, "zh")
    return Text(
        ", ".join(part for part in (patient.sex or "", "" if age is None else f"{age}") if part),
        "，".join(part for part in (zh, "" if age is None else f"{age} 岁") if part),
    )


def _biopsy(patient: PatientInput) -> Text:
    history = patient.history
    if history is None or history.isn_rps_class is None:
        return same("")
    activity = f" ({history.isn_rps_activity})" if history.isn_rps_activity else ""
    year = f", {history.biopsy_date[:4]}" if history.biopsy_date else ""
    return same(f"{history.isn_rps_class}{activity}{year}")


def _infused(patient: PatientInput, course: Course) -> Text:
    if not patient.infusions:
        return printed_date(course.day0)
    first, given = patient.infusions[0].form, course.infusions[0]
    dose = ""
    if isinstance(given.check, InfusionCheck) and given.check.given_dose_per_kg is not None:
        dose = f"{number(given.check.given_dose_per_kg / 1e6, 2)} ×10⁶/kg"
    on, source = printed_date(given.date), _source(first)
    return Text(
        " · ".join(part for part in (on.en, source.en, dose) if part),
        " · ".join(part for part in (on.zh, source.zh, dose) if part),
    )


def _source(form: Infusion) -> Text:
    """Return the short name of the cell source: BM, UC."""
    return same(form.cell_source or "")


def _since(patient: PatientInput, course: Course, today: date) -> Text:
    if course.death_day is not None:
        return Text(f"died on day {course.death_day}", f"第 {course.death_day} 天死亡")
    day = patient.day(today)
    if day is None or day < 0:
        return same("")
    week = day // _DAYS_IN_WEEK
    return Text(f"day {day} · wk {week}", f"{day} 天 · {week} 周")


def open_flare(course: Course) -> FlareFinding | None:
    """Return the flare that lasts: not resolved yet."""
    lasting = [
        flare
        for flare in course.flares
        if isinstance(flare, FlareFinding) and flare.resolved_day is None
    ]
    return lasting[-1] if lasting else None


def judged_visits(course: Course) -> list[VisitAssessment]:
    """Return the visits with a response by the primary rule set."""
    return [visit for visit in course.visits if visit.response(course.primary_rule) is not None]


def last_response(course: Course) -> Text:
    """Return the last response with its visit, the one before a flare that lasts.

    Where it cannot be told whether that visit began a flare, it says so.
    """
    judged, flare = judged_visits(course), open_flare(course)
    if flare is not None:
        judged = [v for v in judged if v.day is not None and v.day < flare.onset_day]
    if not judged:
        return same("")
    last = judged[-1]
    response = last.response(course.primary_rule)
    assert response is not None  # noqa: S101 - judged visits have one
    word = RESPONSE_WORDS[response.name]
    more = Text("", "")
    if flare is not None:
        sure = flare.status == "confirmed"
        more = Text(", flare" if sure else ", flare ?", "，复发" if sure else "，复发？")
    elif any(one.day == last.day for one in course.undecided_flares):
        more = Text(", flare not decided", "，复发未能判定")
    return Text(f"{word.en} at {last.code}{more.en}", f"{last.code} {word.zh}{more.zh}")


def _next(scheduled: Sequence[ScheduledVisit]) -> Text:
    coming = next_visit(tuple(scheduled))
    if coming is None:
        return Text("none", "无")
    code, count = coming.planned.code, days(coming.days)
    words = {
        VisitState.OVERDUE: Text(f"{count.en} overdue", f"逾期 {count.zh}"),
        VisitState.DUE: Text(f"due, closes in {count.en}", f"应访，{count.zh}后关闭"),
        VisitState.OPENING: Text(f"opens in {count.en}", f"{count.zh}后开放"),
        VisitState.FUTURE: Text(f"opens in {count.en}", f"{count.zh}后开放"),
    }[coming.state]
    if coming.target is None:
        return same(code)
    return Text(f"{code}, {words.en}", f"{code}，{words.zh}")
