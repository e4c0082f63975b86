"""Glucocorticoids and immunosuppressants as dose intervals."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope


class Glucocorticoid(Form):
    """One interval of one glucocorticoid at one dose; no stop date means it goes on."""

    code: ClassVar[str] = "CMG"
    title: ClassVar[Text] = Text("Glucocorticoids", "糖皮质激素")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "CM"

    drug: Annotated[
        str | None,
        Item("Drug", "药名", codes="GCDRUG", required=True, cdash="CMTRT", sdtm="CM.CMTRT"),
    ] = None
    dose_mg: Annotated[
        float | None,
        Item(
            "Dose",
            "单次剂量",
            unit="mg",
            hard=(0, 2000),
            soft=(0, 100),
            decimals=2,
            required=True,
            sdtm="CM.CMDOSE",
        ),
    ] = None
    frequency: Annotated[
        str | None, Item("Frequency", "频次", codes="FREQ", required=True, sdtm="CM.CMDOSFRQ")
    ] = None
    route: Annotated[
        str | None, Item("Route", "途径", codes="ROUTE", required=True, sdtm="CM.CMROUTE")
    ] = None
    start: Annotated[
        str | None,
        Item("Start", "开始日期", kind=Kind.PARTIAL_DATE, required=True, sdtm="CM.CMSTDTC"),
    ] = None
    stop: Annotated[
        str | None, Item("Stop", "停止日期", kind=Kind.PARTIAL_DATE, sdtm="CM.CMENDTC")
    ] = None
    indication: Annotated[
        str | None, Item("Given for", "用药原因", codes="DRUGIND", sdtm="CM.CMINDC")
    ] = None
    change_reason: Annotated[
        str | None, Item("Reason of the change", "调整原因", sdtm="CM.CMADJ")
    ] = None


class Immunosuppressant(Form):
    """One interval of one immunosuppressant, antimalarial or biologic at one dose."""

    code: ClassVar[str] = "CMI"
    title: ClassVar[Text] = Text("Immunosuppressants and other drugs", "免疫抑制剂及其他药物")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "CM"

    drug: Annotated[
        str | None,
        Item("Drug", "药名", codes="ISDRUG", required=True, cdash="CMTRT", sdtm="CM.CMTRT"),
    ] = None
    drug_text: Annotated[str | None, Item("Which, if other", "其他药名", sdtm="CM.CMTRT")] = None
    dose: Annotated[
        float | None,
        Item("Dose", "单次剂量", hard=(0, 100000), decimals=3, required=True, sdtm="CM.CMDOSE"),
    ] = None
    dose_unit: Annotated[
        str | None, Item("Unit", "单位", codes="DOSEUNIT", required=True, sdtm="CM.CMDOSU")
    ] = None
    frequency: Annotated[
        str | None, Item("Frequency", "频次", codes="FREQ", required=True, sdtm="CM.CMDOSFRQ")
    ] = None
    route: Annotated[str | None, Item("Route", "途径", codes="ROUTE", sdtm="CM.CMROUTE")] = None
    start: Annotated[
        str | None,
        Item("Start", "开始日期", kind=Kind.PARTIAL_DATE, required=True, sdtm="CM.CMSTDTC"),
    ] = None
    stop: Annotated[
        str | None, Item("Stop", "停止日期", kind=Kind.PARTIAL_DATE, sdtm="CM.CMENDTC")
    ] = None
    indication: Annotated[
        str | None, Item("Given for", "用药原因", codes="DRUGIND", sdtm="CM.CMINDC")
    ] = None
    change_reason: Annotated[
        str | None, Item("Reason of the change", "调整原因", sdtm="CM.CMADJ")
    ] = None
