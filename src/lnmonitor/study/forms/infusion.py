"""The MSC infusion: product, release, administration, reaction (clinical rules, section 7)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope

_PRODUCT = Text("Product", "细胞制品")
_RELEASE = Text("Release", "放行")
_DOSE = Text("Dose", "剂量")
_GIVEN = Text("Administration", "输注")
_PREMED = Text("Premedication and conditioning", "预处理")
_AFTER = Text("Reaction and deviations", "反应与偏离")


class Infusion(Form):
    """One infusion of mesenchymal stem cells."""

    code: ClassVar[str] = "EX"
    title: ClassVar[Text] = Text("MSC infusion", "MSC 输注")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "EX"

    number: Annotated[
        int | None,
        Item(
            "Infusion number",
            "输注序号",
            hard=(1, 20),
            required=True,
            sdtm="EX.EXSEQ",
            group=_PRODUCT,
        ),
    ] = None
    cell_source: Annotated[
        str | None,
        Item(
            "Cell source",
            "细胞来源",
            codes="MSCSRC",
            required=True,
            sdtm="EX.EXTRT",
            group=_PRODUCT,
        ),
    ] = None
    donor_code: Annotated[
        str | None, Item("Donor code", "供者代码", required=True, group=_PRODUCT)
    ] = None
    donor_relation: Annotated[
        str | None, Item("Donor relation", "供者关系", codes="DONREL", group=_PRODUCT)
    ] = None
    lot: Annotated[
        str | None, Item("Lot", "批号", required=True, sdtm="EX.EXLOT", group=_PRODUCT)
    ] = None
    passage: Annotated[
        int | None,
        Item("Passage", "代次", hard=(0, 30), soft=(1, 5), required=True, group=_PRODUCT),
    ] = None
    expiry: Annotated[
        str | None, Item("Expiry", "失效时间", kind=Kind.DATETIME, group=_PRODUCT)
    ] = None
    preservation: Annotated[
        str | None, Item("Fresh or cryopreserved", "新鲜或冻存", codes="PRESERV", group=_PRODUCT)
    ] = None
    thawed_at: Annotated[
        str | None, Item("Thawed at", "复苏时间", kind=Kind.DATETIME, group=_PRODUCT)
    ] = None
    dmso_percent: Annotated[
        float | None,
        Item("DMSO", "DMSO", unit="%", hard=(0, 20), soft=(0, 10), decimals=1, group=_PRODUCT),
    ] = None
    viability_percent: Annotated[
        float | None,
        Item(
            "Viability",
            "活率",
            unit="%",
            hard=(0, 100),
            soft=(90, 100),
            decimals=1,
            required=True,
            group=_RELEASE,
        ),
    ] = None
    positive_markers_percent: Annotated[
        float | None,
        Item(
            "CD73, CD90, CD105 positive (lowest)",
            "CD73、CD90、CD105 阳性率（最低）",
            unit="%",
            hard=(0, 100),
            soft=(95, 100),
            decimals=1,
            group=_RELEASE,
        ),
    ] = None
    negative_markers_percent: Annotated[
        float | None,
        Item(
            "CD34, CD45, HLA-DR positive (highest)",
            "CD34、CD45、HLA-DR 阳性率（最高）",
            unit="%",
            hard=(0, 100),
            soft=(0, 2),
            decimals=1,
            group=_RELEASE,
        ),
    ] = None
    sterility: Annotated[
        str | None, Item("Sterility and mycoplasma", "无菌与支原体", codes="NEGPOS", group=_RELEASE)
    ] = None
    endotoxin_eu_per_kg: Annotated[
        float | None,
        Item(
            "Endotoxin",
            "内毒素",
            unit="EU/kg",
            hard=(0, 1000),
            soft=(0, 5),
            decimals=2,
            group=_RELEASE,
        ),
    ] = None
    weight_kg: Annotated[
        float | None,
        Item(
            "Weight used",
            "计算用体重",
            unit="kg",
            hard=(20, 250),
            soft=(35, 120),
            decimals=1,
            required=True,
            group=_DOSE,
        ),
    ] = None
    weight_date: Annotated[
        str | None, Item("Weighed on", "称重日期", kind=Kind.DATE, group=_DOSE)
    ] = None
    total_cells: Annotated[
        float | None,
        Item(
            "Total nucleated cells",
            "有核细胞总数",
            unit="×10⁶",
            hard=(0, 10000),
            soft=(10, 500),
            decimals=2,
            group=_DOSE,
        ),
    ] = None
    viable_cells: Annotated[
        float | None,
        Item(
            "Viable cells given",
            "输入活细胞数",
            unit="×10⁶",
            hard=(0.01, 10000),
            soft=(10, 500),
            decimals=2,
            required=True,
            sdtm="EX.EXDOSE",
            group=_DOSE,
        ),
    ] = None
    concentration: Annotated[
        float | None,
        Item(
            "Concentration",
            "细胞浓度",
            unit="×10⁶/mL",
            hard=(0, 100),
            soft=(0.5, 10),
            decimals=3,
            group=_DOSE,
        ),
    ] = None
    volume_ml: Annotated[
        float | None,
        Item(
            "Volume",
            "体积",
            unit="mL",
            hard=(0.1, 2000),
            soft=(10, 500),
            decimals=1,
            sdtm="EX.EXVAMT",
            group=_DOSE,
        ),
    ] = None
    started_at: Annotated[
        str | None,
        Item(
            "Started",
            "开始时间",
            kind=Kind.DATETIME,
            required=True,
            sdtm="EX.EXSTDTC",
            group=_GIVEN,
        ),
    ] = None
    stopped_at: Annotated[
        str | None,
        Item(
            "Stopped",
            "结束时间",
            kind=Kind.DATETIME,
            required=True,
            sdtm="EX.EXENDTC",
            group=_GIVEN,
        ),
    ] = None
    interrupted_min: Annotated[
        float | None,
        Item(
            "Interrupted for",
            "中断时间",
            unit="min",
            hard=(0, 1440),
            soft=(0, 60),
            decimals=0,
            group=_GIVEN,
        ),
    ] = None
    interruption_reason: Annotated[
        str | None, Item("Why interrupted", "中断原因", group=_GIVEN)
    ] = None
    rate_ml_per_h: Annotated[
        float | None,
        Item(
            "Rate",
            "输注速度",
            unit="mL/h",
            hard=(1, 2000),
            soft=(20, 300),
            decimals=0,
            group=_GIVEN,
        ),
    ] = None
    line: Annotated[str | None, Item("Line", "静脉通路", codes="IVLINE", group=_GIVEN)] = None
    delivered_percent: Annotated[
        float | None,
        Item(
            "Delivered",
            "实际输入比例",
            unit="%",
            hard=(0, 100),
            soft=(95, 100),
            decimals=0,
            group=_GIVEN,
        ),
    ] = None
    operator: Annotated[str | None, Item("Operator (initials)", "操作者（缩写）", group=_GIVEN)] = (
        None
    )
    checker: Annotated[
        str | None, Item("Second checker (initials)", "核对者（缩写）", group=_GIVEN)
    ] = None
    premedication: Annotated[
        str | None,
        Item(
            "Premedication: drug, dose, route, time",
            "预防用药：药名、剂量、途径、时间",
            group=_PREMED,
        ),
    ] = None
    conditioning_cyc: Annotated[
        str | None,
        Item("Cyclophosphamide conditioning", "环磷酰胺预处理", codes="NY", group=_PREMED),
    ] = None
    conditioning_cyc_g: Annotated[
        float | None,
        Item(
            "Cyclophosphamide",
            "环磷酰胺剂量",
            unit="g",
            hard=(0, 4),
            soft=(0.4, 1.8),
            decimals=2,
            group=_PREMED,
        ),
    ] = None
    conditioning_hours: Annotated[
        float | None,
        Item(
            "Hours before the cells",
            "输注前小时数",
            unit="h",
            hard=(0, 240),
            soft=(12, 48),
            decimals=0,
            group=_PREMED,
        ),
    ] = None
    reaction: Annotated[
        str | None, Item("Infusion reaction", "输注反应", codes="NY", required=True, group=_AFTER)
    ] = None
    reaction_text: Annotated[str | None, Item("Which reaction", "反应描述", group=_AFTER)] = None
    deviation_text: Annotated[str | None, Item("Deviation", "偏离说明", group=_AFTER)] = None
