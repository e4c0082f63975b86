"""Laboratory results: one record per result, as reported and in the canonical unit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope


class LabResult(Form):
    """One laboratory result.

    `value` and `unit` are as reported; `canonical_value` is in the catalogue's unit of the analyte
    (`lnmonitor.study.analytes`); `range_low` and `range_high` are the range then in force in
    that unit.
    """

    code: ClassVar[str] = "LB"
    title: ClassVar[Text] = Text("Laboratory", "实验室检查")
    scope: ClassVar[Scope] = Scope.VISIT_LOG
    domain: ClassVar[str] = "LB"

    analyte: Annotated[
        str | None,
        Item(
            "Analyte",
            "检测项目",
            codes="ANALYTE",
            required=True,
            cdash="LBTESTCD",
            sdtm="LB.LBTESTCD",
        ),
    ] = None
    collected_on: Annotated[
        str | None,
        Item(
            "Collected",
            "采样日期",
            kind=Kind.PARTIAL_DATE,
            required=True,
            cdash="LBDAT",
            sdtm="LB.LBDTC",
        ),
    ] = None
    collected_time: Annotated[str | None, Item("Time of day", "采样时刻", sdtm="LB.LBDTC")] = None
    operator: Annotated[
        str | None, Item("Operator", "符号", codes="OPERATOR", sdtm="LB.LBORRES")
    ] = None
    value: Annotated[float | None, Item("Value", "数值", cdash="LBORRES", sdtm="LB.LBORRES")] = None
    text: Annotated[str | None, Item("Result in words", "文字结果", sdtm="LB.LBORRES")] = None
    unit: Annotated[str | None, Item("Unit", "单位", cdash="LBORRESU", sdtm="LB.LBORRESU")] = None
    canonical_value: Annotated[
        float | None, Item("Value, standard unit", "标准单位数值", sdtm="LB.LBSTRESN")
    ] = None
    canonical_unit: Annotated[str | None, Item("Standard unit", "标准单位", sdtm="LB.LBSTRESU")] = (
        None
    )
    range_low: Annotated[float | None, Item("Lower limit", "参考下限", sdtm="LB.LBSTNRLO")] = None
    range_high: Annotated[float | None, Item("Upper limit", "参考上限", sdtm="LB.LBSTNRHI")] = None
    range_source: Annotated[
        str | None, Item("Source of the range", "参考范围来源", codes="RANGESRC")
    ] = None
    laboratory: Annotated[str | None, Item("Laboratory", "实验室", sdtm="LB.LBNAM")] = None
    method: Annotated[str | None, Item("Method", "方法", sdtm="LB.LBMETHOD")] = None
    complete_collection: Annotated[
        str | None, Item("24-h collection complete", "24 h 尿收集完整", codes="NY")
    ] = None
    due_to_sle: Annotated[str | None, Item("Due to SLE", "由 SLE 引起", codes="NYU")] = None
    comment: Annotated[str | None, Item("Comment", "备注", sdtm="CO.COVAL")] = None
