"""History of lupus and nephritis with the biopsy; eligibility with what makes it refractory."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope

_BIOPSY = Text("Kidney biopsy", "肾活检")
_INVOLVED = Text("Ever involved before consent (BILAG systems)", "知情同意前曾受累（BILAG 系统）")
_CRITERIA = Text("Criteria", "入选标准")
_FAILED = Text("Treatment that failed", "既往治疗失败")
_EXCLUSION = Text("Exclusions", "排除标准")


class DiseaseHistory(Form):
    """Lupus and nephritis before the trial."""

    code: ClassVar[str] = "MH"
    title: ClassVar[Text] = Text("Lupus and nephritis history", "狼疮与肾炎病史")
    scope: ClassVar[Scope] = Scope.SUBJECT
    domain: ClassVar[str] = "MH"

    sle_diagnosed: Annotated[
        str | None,
        Item(
            "SLE diagnosed",
            "SLE 确诊日期",
            kind=Kind.PARTIAL_DATE,
            required=True,
            sdtm="MH.MHSTDTC",
        ),
    ] = None
    ln_diagnosed: Annotated[
        str | None,
        Item(
            "Lupus nephritis diagnosed",
            "狼疮肾炎确诊日期",
            kind=Kind.PARTIAL_DATE,
            required=True,
            sdtm="MH.MHSTDTC",
        ),
    ] = None
    previous_flares: Annotated[
        int | None,
        Item(
            "Renal flares before", "既往肾脏复发次数", hard=(0, 50), soft=(0, 10), sdtm="MH.MHTERM"
        ),
    ] = None
    pre_flare_egfr: Annotated[
        float | None,
        Item(
            "eGFR before this flare",
            "本次复发前 eGFR",
            unit="mL/min/1.73 m²",
            hard=(1, 250),
            soft=(5, 150),
            decimals=0,
        ),
    ] = None
    biopsy_date: Annotated[
        str | None,
        Item("Biopsy", "肾活检日期", kind=Kind.PARTIAL_DATE, sdtm="MI.MIDTC", group=_BIOPSY),
    ] = None
    isn_rps_class: Annotated[
        str | None,
        Item("ISN/RPS class", "ISN/RPS 分型", codes="ISNRPS", sdtm="MI.MISTRESC", group=_BIOPSY),
    ] = None
    isn_rps_activity: Annotated[
        str | None,
        Item("Active or chronic lesions", "活动性或慢性病变", codes="ISNRPSAC", group=_BIOPSY),
    ] = None
    activity_index: Annotated[
        int | None,
        Item("Activity index (NIH, 0-24)", "活动指数（NIH，0-24）", hard=(0, 24), group=_BIOPSY),
    ] = None
    chronicity_index: Annotated[
        int | None,
        Item("Chronicity index (NIH, 0-12)", "慢性指数（NIH，0-12）", hard=(0, 12), group=_BIOPSY),
    ] = None
    ever_constitutional: Annotated[
        str | None, Item("Constitutional", "全身", codes="NY", group=_INVOLVED)
    ] = None
    ever_mucocutaneous: Annotated[
        str | None, Item("Mucocutaneous", "皮肤黏膜", codes="NY", group=_INVOLVED)
    ] = None
    ever_neuropsychiatric: Annotated[
        str | None, Item("Neuropsychiatric", "神经精神", codes="NY", group=_INVOLVED)
    ] = None
    ever_musculoskeletal: Annotated[
        str | None, Item("Musculoskeletal", "肌肉骨骼", codes="NY", group=_INVOLVED)
    ] = None
    ever_cardiorespiratory: Annotated[
        str | None, Item("Cardiorespiratory", "心肺", codes="NY", group=_INVOLVED)
    ] = None
    ever_gastrointestinal: Annotated[
        str | None, Item("Gastrointestinal", "胃肠", codes="NY", group=_INVOLVED)
    ] = None
    ever_ophthalmic: Annotated[
        str | None, Item("Ophthalmic", "眼", codes="NY", group=_INVOLVED)
    ] = None
    ever_renal: Annotated[str | None, Item("Renal", "肾脏", codes="NY", group=_INVOLVED)] = None
    ever_haematological: Annotated[
        str | None, Item("Haematological", "血液", codes="NY", group=_INVOLVED)
    ] = None


class Eligibility(Form):
    """Entry criteria with what makes the nephritis refractory.

    The published eligibility text of Gu 2014 was not seen; the criteria follow the group's
    registration NCT01741857 and are protocol parameters.
    """

    code: ClassVar[str] = "IE"
    title: ClassVar[Text] = Text("Eligibility", "入选资格")
    scope: ClassVar[Scope] = Scope.SUBJECT
    domain: ClassVar[str] = "IE"

    assessed_on: Annotated[
        str | None, Item("Assessed on", "评估日期", kind=Kind.DATE, required=True, sdtm="IE.IEDTC")
    ] = None
    sle_criteria: Annotated[
        str | None,
        Item(
            "SLE criteria met", "符合 SLE 分类标准", codes="SLECRIT", required=True, group=_CRITERIA
        ),
    ] = None
    active_disease: Annotated[
        str | None,
        Item(
            "Active: SLEDAI 8 or more, BILAG A, or two B",
            "活动：SLEDAI≥8、BILAG A 或两个 B",
            codes="NY",
            required=True,
            group=_CRITERIA,
        ),
    ] = None
    active_nephritis: Annotated[
        str | None,
        Item(
            "Nephritis: 24-h protein 1 g or more, or class III, IV, V",
            "肾炎：24 h 尿蛋白≥1 g 或 III、IV、V 型",
            codes="NY",
            required=True,
            group=_CRITERIA,
        ),
    ] = None
    prednisone_mg: Annotated[
        float | None,
        Item(
            "Prednisone at entry",
            "入组时泼尼松剂量",
            unit="mg/d",
            hard=(0, 200),
            soft=(5, 80),
            decimals=1,
            group=_FAILED,
        ),
    ] = None
    failed_cyc: Annotated[
        str | None, Item("Cyclophosphamide failed", "环磷酰胺治疗失败", codes="NY", group=_FAILED)
    ] = None
    cyc_cumulative_g: Annotated[
        float | None,
        Item(
            "Cyclophosphamide, cumulative",
            "环磷酰胺累积量",
            unit="g",
            hard=(0, 100),
            soft=(0, 36),
            decimals=1,
            group=_FAILED,
        ),
    ] = None
    cyc_months: Annotated[
        float | None,
        Item(
            "Cyclophosphamide for",
            "环磷酰胺疗程",
            unit="months",
            hard=(0, 120),
            soft=(0, 36),
            decimals=0,
            group=_FAILED,
        ),
    ] = None
    failed_mmf: Annotated[
        str | None, Item("Mycophenolate failed", "吗替麦考酚酯治疗失败", codes="NY", group=_FAILED)
    ] = None
    mmf_g_per_day: Annotated[
        float | None,
        Item(
            "Mycophenolate dose",
            "吗替麦考酚酯剂量",
            unit="g/d",
            hard=(0, 4),
            soft=(0, 3),
            decimals=2,
            group=_FAILED,
        ),
    ] = None
    mmf_months: Annotated[
        float | None,
        Item(
            "Mycophenolate for",
            "吗替麦考酚酯疗程",
            unit="months",
            hard=(0, 120),
            soft=(0, 60),
            decimals=0,
            group=_FAILED,
        ),
    ] = None
    failed_other: Annotated[
        str | None,
        Item("Other immunosuppressant failed", "其他免疫抑制剂治疗失败", codes="NY", group=_FAILED),
    ] = None
    failed_other_text: Annotated[
        str | None, Item("Which, dose and duration", "药名、剂量与疗程", group=_FAILED)
    ] = None
    infection: Annotated[
        str | None,
        Item("Uncontrolled infection", "未控制的感染", codes="NY", required=True, group=_EXCLUSION),
    ] = None
    organ_failure: Annotated[
        str | None,
        Item(
            "Severe heart, lung or liver failure",
            "严重心、肺或肝功能衰竭",
            codes="NY",
            required=True,
            group=_EXCLUSION,
        ),
    ] = None
    pregnancy: Annotated[
        str | None,
        Item(
            "Pregnant or breast-feeding",
            "妊娠或哺乳",
            codes="NYNA",
            required=True,
            group=_EXCLUSION,
        ),
    ] = None
    malignancy: Annotated[
        str | None, Item("Malignancy", "恶性肿瘤", codes="NY", required=True, group=_EXCLUSION)
    ] = None
    dialysis: Annotated[
        str | None,
        Item(
            "Dialysis, or eGFR under 15",
            "透析或 eGFR<15",
            codes="NY",
            required=True,
            group=_EXCLUSION,
        ),
    ] = None
    viral: Annotated[
        str | None,
        Item(
            "Active HBV, HCV, HIV or tuberculosis",
            "活动性乙肝、丙肝、HIV 或结核",
            codes="NY",
            required=True,
            group=_EXCLUSION,
        ),
    ] = None
    eligible: Annotated[
        str | None,
        Item(
            "Eligible in the investigator's judgement", "研究者判定合格", codes="NY", required=True
        ),
    ] = None
