"""Adverse events, protocol deviations and disposition."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope

_SERIOUS = Text("Seriousness", "严重性")
_CAUSE = Text("Relation", "相关性")
_REPORT = Text("Reporting", "报告")


class AdverseEvent(Form):
    """One adverse event; grade and seriousness are different questions."""

    code: ClassVar[str] = "AE"
    title: ClassVar[Text] = Text("Adverse event", "不良事件")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "AE"

    term: Annotated[
        str | None,
        Item(
            "Event, as reported",
            "事件（原始描述）",
            required=True,
            cdash="AETERM",
            sdtm="AE.AETERM",
        ),
    ] = None
    ctcae_term: Annotated[str | None, Item("CTCAE term", "CTCAE 术语", sdtm="AE.AEDECOD")] = None
    ctcae_version: Annotated[str | None, Item("CTCAE version", "CTCAE 版本")] = None
    start: Annotated[
        str | None,
        Item("Start", "开始日期", kind=Kind.PARTIAL_DATE, required=True, sdtm="AE.AESTDTC"),
    ] = None
    stop: Annotated[
        str | None, Item("End", "结束日期", kind=Kind.PARTIAL_DATE, sdtm="AE.AEENDTC")
    ] = None
    ongoing: Annotated[str | None, Item("Ongoing", "持续中", codes="NY", sdtm="AE.AEENRTPT")] = None
    grade: Annotated[
        int | None,
        Item("CTCAE grade", "CTCAE 分级", codes="GRADE", required=True, sdtm="AE.AETOXGR"),
    ] = None
    severity: Annotated[
        str | None,
        Item("Severity, if not graded", "严重程度（未分级时）", codes="AESEV", sdtm="AE.AESEV"),
    ] = None
    serious: Annotated[
        str | None,
        Item("Serious", "严重不良事件", codes="NY", required=True, sdtm="AE.AESER", group=_SERIOUS),
    ] = None
    death: Annotated[
        str | None, Item("Death", "死亡", codes="NY", sdtm="AE.AESDTH", group=_SERIOUS)
    ] = None
    life_threatening: Annotated[
        str | None,
        Item("Life-threatening", "危及生命", codes="NY", sdtm="AE.AESLIFE", group=_SERIOUS),
    ] = None
    hospitalised: Annotated[
        str | None,
        Item(
            "In hospital, or longer there",
            "住院或住院延长",
            codes="NY",
            sdtm="AE.AESHOSP",
            group=_SERIOUS,
        ),
    ] = None
    disability: Annotated[
        str | None, Item("Disability", "残疾", codes="NY", sdtm="AE.AESDISAB", group=_SERIOUS)
    ] = None
    congenital: Annotated[
        str | None,
        Item("Congenital anomaly", "先天异常", codes="NY", sdtm="AE.AESCONG", group=_SERIOUS),
    ] = None
    medically_important: Annotated[
        str | None,
        Item(
            "Otherwise important", "其他重要医学事件", codes="NY", sdtm="AE.AESMIE", group=_SERIOUS
        ),
    ] = None
    admitted_on: Annotated[
        str | None, Item("Admitted", "入院日期", kind=Kind.PARTIAL_DATE, group=_SERIOUS)
    ] = None
    discharged_on: Annotated[
        str | None, Item("Discharged", "出院日期", kind=Kind.PARTIAL_DATE, group=_SERIOUS)
    ] = None
    related_msc: Annotated[
        str | None,
        Item(
            "Related to the cells",
            "与细胞相关",
            codes="CAUSAL",
            required=True,
            sdtm="AE.AEREL",
            group=_CAUSE,
        ),
    ] = None
    related_procedure: Annotated[
        str | None, Item("Related to the procedure", "与操作相关", codes="CAUSAL", group=_CAUSE)
    ] = None
    related_other: Annotated[
        str | None,
        Item(
            "Related to other treatment or disease",
            "与其他治疗或疾病相关",
            codes="CAUSAL",
            group=_CAUSE,
        ),
    ] = None
    related_by_sponsor: Annotated[
        str | None,
        Item(
            "Related, by the sponsor's judgement",
            "申办者判断的相关性",
            codes="CAUSAL",
            group=_CAUSE,
        ),
    ] = None
    due_to_sle: Annotated[
        str | None, Item("Due to active lupus", "由狼疮活动引起", codes="NYU", group=_CAUSE)
    ] = None
    expected: Annotated[str | None, Item("Expected", "预期", codes="NY", group=_CAUSE)] = None
    action: Annotated[
        str | None, Item("Action taken", "采取措施", codes="AEACN", sdtm="AE.AEACN", group=_CAUSE)
    ] = None
    outcome: Annotated[
        str | None,
        Item("Outcome", "转归", codes="AEOUT", required=True, sdtm="AE.AEOUT", group=_CAUSE),
    ] = None
    special_interest: Annotated[
        str | None, Item("Of special interest", "特别关注事件", codes="AESI", group=_REPORT)
    ] = None
    aware_at: Annotated[
        str | None, Item("Site became aware", "获知时间", kind=Kind.DATETIME, group=_REPORT)
    ] = None
    reported_at: Annotated[
        str | None,
        Item("Reported to the sponsor", "报告申办者时间", kind=Kind.DATETIME, group=_REPORT),
    ] = None
    narrative: Annotated[str | None, Item("Narrative", "事件描述", group=_REPORT)] = None


class ProtocolDeviation(Form):
    """What departed from the protocol; raised by a check or entered by a person."""

    code: ClassVar[str] = "DV"
    title: ClassVar[Text] = Text("Protocol deviation", "方案偏离")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "DV"

    occurred_on: Annotated[
        str | None, Item("Date", "日期", kind=Kind.PARTIAL_DATE, required=True, sdtm="DV.DVSTDTC")
    ] = None
    category: Annotated[
        str | None, Item("Category", "类别", codes="DVCAT", required=True, sdtm="DV.DVCAT")
    ] = None
    severity: Annotated[
        str | None, Item("Minor or major", "轻微或重大", codes="DVSEV", required=True)
    ] = None
    description: Annotated[
        str | None, Item("What happened", "说明", required=True, sdtm="DV.DVTERM")
    ] = None
    check: Annotated[str | None, Item("Raised by check", "触发的检查")] = None
    action: Annotated[str | None, Item("Action", "处理措施")] = None


class Disposition(Form):
    """How the patient left the study."""

    code: ClassVar[str] = "DS"
    title: ClassVar[Text] = Text("Disposition", "研究结局")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "DS"

    status: Annotated[
        str | None,
        Item("Status", "状态", codes="DSDECOD", required=True, cdash="DSDECOD", sdtm="DS.DSDECOD"),
    ] = None
    occurred_on: Annotated[
        str | None, Item("Date", "日期", kind=Kind.PARTIAL_DATE, required=True, sdtm="DS.DSSTDTC")
    ] = None
    last_contact: Annotated[
        str | None, Item("Last contact", "末次联系日期", kind=Kind.PARTIAL_DATE)
    ] = None
    cause_of_death: Annotated[str | None, Item("Cause of death", "死亡原因", sdtm="DD.DDORRES")] = (
        None
    )
    comment: Annotated[str | None, Item("Comment", "备注", sdtm="DS.DSTERM")] = None
