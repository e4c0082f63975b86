"""The visit itself, the physician's global assessment and vital signs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope


class Visit(Form):
    """One visit of a patient; the other forms of the visit refer to its record."""

    code: ClassVar[str] = "SV"
    title: ClassVar[Text] = Text("Visit", "访视")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "SV"

    visit_code: Annotated[
        str | None, Item("Visit", "访视", required=True, cdash="VISIT", sdtm="SV.VISIT")
    ] = None
    visit_date: Annotated[
        str | None,
        Item("Date", "日期", kind=Kind.DATE, required=True, cdash="VISDAT", sdtm="SV.SVSTDTC"),
    ] = None
    status: Annotated[
        str | None,
        Item("Took place", "访视状态", codes="VISITST", required=True, sdtm="SV.SVOCCUR"),
    ] = None
    contact: Annotated[
        str | None, Item("Kind of contact", "访视方式", codes="CONTACT", sdtm="SV.SVCNTMOD")
    ] = None
    reason: Annotated[
        str | None,
        Item(
            "Reason, if missed, late or unscheduled", "缺失、超窗或计划外的原因", sdtm="SV.SVREASOC"
        ),
    ] = None


class PhysicianAssessment(Form):
    """The physician's global assessment on a scale of 0 (none) to 3 (severe)."""

    code: ClassVar[str] = "PGA"
    title: ClassVar[Text] = Text("Physician's global assessment", "医师总体评估")
    domain: ClassVar[str] = "QS"

    pga: Annotated[
        float | None,
        Item(
            "PGA, 0 to 3", "PGA，0 至 3", hard=(0, 3), decimals=1, required=True, sdtm="QS.QSSTRESN"
        ),
    ] = None


class VitalSigns(Form):
    """One set of vital signs; `timepoint` names when during an infusion, else it is the visit's."""

    code: ClassVar[str] = "VS"
    title: ClassVar[Text] = Text("Vital signs", "生命体征")
    scope: ClassVar[Scope] = Scope.VISIT_LOG
    domain: ClassVar[str] = "VS"

    measured_at: Annotated[
        str | None, Item("Measured", "测量时间", kind=Kind.DATETIME, cdash="VSDAT", sdtm="VS.VSDTC")
    ] = None
    timepoint: Annotated[str | None, Item("Time point", "时间点", sdtm="VS.VSTPT")] = None
    position: Annotated[str | None, Item("Position", "体位", codes="POSITION", sdtm="VS.VSPOS")] = (
        None
    )
    weight_kg: Annotated[
        float | None,
        Item(
            "Weight",
            "体重",
            unit="kg",
            hard=(20, 250),
            soft=(35, 120),
            decimals=1,
            sdtm="VS.WEIGHT",
        ),
    ] = None
    height_cm: Annotated[
        float | None,
        Item(
            "Height",
            "身高",
            unit="cm",
            hard=(100, 220),
            soft=(140, 190),
            decimals=0,
            sdtm="VS.HEIGHT",
        ),
    ] = None
    temperature_c: Annotated[
        float | None,
        Item(
            "Temperature",
            "体温",
            unit="°C",
            hard=(32, 43),
            soft=(35, 39.5),
            decimals=1,
            sdtm="VS.TEMP",
        ),
    ] = None
    heart_rate: Annotated[
        float | None,
        Item(
            "Heart rate",
            "心率",
            unit="/min",
            hard=(20, 250),
            soft=(45, 140),
            decimals=0,
            sdtm="VS.PULSE",
        ),
    ] = None
    systolic: Annotated[
        float | None,
        Item(
            "Systolic pressure",
            "收缩压",
            unit="mmHg",
            hard=(50, 300),
            soft=(80, 200),
            decimals=0,
            sdtm="VS.SYSBP",
        ),
    ] = None
    diastolic: Annotated[
        float | None,
        Item(
            "Diastolic pressure",
            "舒张压",
            unit="mmHg",
            hard=(20, 200),
            soft=(40, 120),
            decimals=0,
            sdtm="VS.DIABP",
        ),
    ] = None
    respiratory_rate: Annotated[
        float | None,
        Item(
            "Respiratory rate",
            "呼吸频率",
            unit="/min",
            hard=(4, 80),
            soft=(8, 30),
            decimals=0,
            sdtm="VS.RESP",
        ),
    ] = None
    spo2: Annotated[
        float | None,
        Item(
            "Oxygen saturation",
            "血氧饱和度",
            unit="%",
            hard=(50, 100),
            soft=(88, 100),
            decimals=0,
            sdtm="VS.OXYSAT",
        ),
    ] = None
