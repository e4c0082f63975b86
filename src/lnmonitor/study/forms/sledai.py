"""SLEDAI-2K: the 24 items as the investigator answers; weights in `lnmonitor.clinical.sledai`.

The last group is what SELENA-SLEDAI and its flare index ask beyond them and no other form holds; it
is shown where the protocol computes them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item

SELENA = Text("SELENA-SLEDAI and flare index", "SELENA-SLEDAI 与复发指数")


class Sledai2K(Form):
    """Each item Y or N; no answer is missing, never No."""

    code: ClassVar[str] = "SLEDAI"
    title: ClassVar[Text] = Text("SLEDAI-2K", "SLEDAI-2K")
    domain: ClassVar[str] = "QS"

    window_days: Annotated[
        int | None, Item("Days looked back", "回顾天数", hard=(10, 30), unit="d")
    ] = None
    seizure: Annotated[str | None, Item("Seizure", "癫痫发作", codes="NY", required=True)] = None
    psychosis: Annotated[
        str | None, Item("Psychosis", "精神病性症状", codes="NY", required=True)
    ] = None
    organic_brain: Annotated[
        str | None, Item("Organic brain syndrome", "器质性脑病综合征", codes="NY", required=True)
    ] = None
    visual: Annotated[
        str | None, Item("Visual disturbance", "视觉障碍", codes="NY", required=True)
    ] = None
    cranial_nerve: Annotated[
        str | None, Item("Cranial nerve disorder", "颅神经病变", codes="NY", required=True)
    ] = None
    lupus_headache: Annotated[
        str | None, Item("Lupus headache", "狼疮性头痛", codes="NY", required=True)
    ] = None
    cva: Annotated[str | None, Item("Stroke", "脑血管意外", codes="NY", required=True)] = None
    vasculitis: Annotated[str | None, Item("Vasculitis", "血管炎", codes="NY", required=True)] = (
        None
    )
    arthritis: Annotated[
        str | None,
        Item("Arthritis, 2 joints or more", "关节炎（≥2 个关节）", codes="NY", required=True),
    ] = None
    myositis: Annotated[str | None, Item("Myositis", "肌炎", codes="NY", required=True)] = None
    casts: Annotated[str | None, Item("Urinary casts", "管型尿", codes="NY", required=True)] = None
    haematuria: Annotated[
        str | None, Item("Haematuria, over 5/hpf", "血尿（>5/HP）", codes="NY", required=True)
    ] = None
    proteinuria: Annotated[
        str | None,
        Item("Proteinuria, over 0.5 g/24 h", "蛋白尿（>0.5 g/24 h）", codes="NY", required=True),
    ] = None
    pyuria: Annotated[
        str | None, Item("Pyuria, over 5/hpf", "脓尿（>5/HP）", codes="NY", required=True)
    ] = None
    rash: Annotated[str | None, Item("Rash", "皮疹", codes="NY", required=True)] = None
    alopecia: Annotated[str | None, Item("Alopecia", "脱发", codes="NY", required=True)] = None
    mucosal: Annotated[
        str | None, Item("Mucosal ulcers", "黏膜溃疡", codes="NY", required=True)
    ] = None
    pleurisy: Annotated[str | None, Item("Pleurisy", "胸膜炎", codes="NY", required=True)] = None
    pericarditis: Annotated[
        str | None, Item("Pericarditis", "心包炎", codes="NY", required=True)
    ] = None
    low_complement: Annotated[
        str | None, Item("Low complement", "低补体", codes="NY", required=True)
    ] = None
    dsdna: Annotated[
        str | None, Item("Raised anti-dsDNA", "抗 dsDNA 升高", codes="NY", required=True)
    ] = None
    fever: Annotated[
        str | None, Item("Fever, over 38 °C", "发热（>38 °C）", codes="NY", required=True)
    ] = None
    thrombocytopenia: Annotated[
        str | None, Item("Platelets under 100", "血小板<100", codes="NY", required=True)
    ] = None
    leukopenia: Annotated[
        str | None, Item("Leucocytes under 3.0", "白细胞<3.0", codes="NY", required=True)
    ] = None
    recorded_total: Annotated[
        int | None,
        Item(
            "Total as recorded elsewhere",
            "外部记录的总分",
            hard=(0, 105),
            soft=(0, 40),
            sdtm="QS.QSSTRESN",
        ),
    ] = None
    joints: Annotated[
        int | None, Item("Joints with arthritis", "关节炎关节数", hard=(0, 68), group=SELENA)
    ] = None
    hypertensive_stroke: Annotated[
        str | None, Item("Stroke due to hypertension", "高血压性卒中", codes="NY", group=SELENA)
    ] = None
    lupus_vertigo: Annotated[
        str | None, Item("Vertigo due to lupus", "狼疮所致眩晕", codes="NY", group=SELENA)
    ] = None
    pleuritic_pain: Annotated[
        str | None,
        Item("Pleuritic pain, typical and severe", "典型剧烈胸膜性疼痛", codes="NY", group=SELENA),
    ] = None
    pericardial_pain: Annotated[
        str | None,
        Item(
            "Pericardial pain, typical and severe", "典型剧烈心包性疼痛", codes="NY", group=SELENA
        ),
    ] = None
    worse_major: Annotated[
        str | None,
        Item(
            "New or worse since last visit: nervous system, vasculitis, nephritis, myositis, blood",
            "较上次新发或加重：神经系统、血管炎、肾炎、肌炎、血液",
            codes="NY",
            group=SELENA,
        ),
    ] = None
    worse_mild: Annotated[
        str | None,
        Item(
            "New or worse since last visit: skin, ulcers, serositis, arthritis, fever",
            "较上次新发或加重：皮肤、溃疡、浆膜炎、关节炎、发热",
            codes="NY",
            group=SELENA,
        ),
    ] = None
    worse_other: Annotated[
        str | None,
        Item(
            "New or worse since last visit: anything else",
            "较上次新发或加重：其他表现",
            codes="NY",
            group=SELENA,
        ),
    ] = None
