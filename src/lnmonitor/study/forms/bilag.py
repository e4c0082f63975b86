"""BILAG-2004 as scored in clinic: items 1 to 77, and what no other form of the visit holds.

Isenberg 2005 (Rheumatology 44:902, doi 10.1093/rheumatology/keh624), 2009 revision; labels are
our own short words, the glossary decides. Blood pressure, urine protein, creatinine, GFR and blood
counts come from the visit's vital signs and laboratory and are not asked again. Item names are
those of `lnmonitor.clinical.bilag.ITEMS`; no answer is not done, never 0.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item

_CON = Text("Constitutional", "全身")
_MUC = Text("Mucocutaneous", "皮肤黏膜")
_NPS = Text("Neuropsychiatric", "神经精神")
_MSK = Text("Musculoskeletal", "肌肉骨骼")
_CAR = Text("Cardiorespiratory", "心肺")
_GAS = Text("Gastrointestinal", "胃肠")
_OPH = Text("Ophthalmic", "眼")
_REN = Text("Renal", "肾脏")
_HAE = Text("Haematological", "血液")


def _score(en: str, zh: str, group: Text) -> Item:
    """An item scored 0 absent, 1 improving, 2 same, 3 worse, 4 new."""
    return Item(en, zh, codes="BILAGSCORE", hard=(0, 4), required=True, group=group)


def _yes_no(en: str, zh: str, group: Text) -> Item:
    """A question answered Y or N."""
    return Item(en, zh, codes="NY", required=True, group=group)


class Bilag2004(Form):
    """The last four weeks compared with the four before; only what is due to active lupus."""

    code: ClassVar[str] = "BILAG"
    title: ClassVar[Text] = Text("BILAG-2004", "BILAG-2004")
    domain: ClassVar[str] = "QS"

    pyrexia: Annotated[
        int | None, _score("Fever, documented over 37.5 °C", "发热（记录>37.5 °C）", _CON)
    ] = None
    weight_loss: Annotated[
        int | None, _score("Weight loss over 5 %, not intended", "非自愿体重下降>5 %", _CON)
    ] = None
    lymphadenopathy_splenomegaly: Annotated[
        int | None, _score("Lymph nodes or spleen enlarged", "淋巴结或脾肿大", _CON)
    ] = None
    anorexia: Annotated[int | None, _score("Loss of appetite", "食欲减退", _CON)] = None
    skin_eruption_severe: Annotated[
        int | None, _score("Skin eruption, over 18 % of the body", "皮疹，>18 % 体表面积", _MUC)
    ] = None
    skin_eruption_mild: Annotated[
        int | None, _score("Skin eruption, up to 18 % of the body", "皮疹，≤18 % 体表面积", _MUC)
    ] = None
    angio_oedema_severe: Annotated[
        int | None, _score("Angio-oedema, severe", "血管性水肿，重度", _MUC)
    ] = None
    angio_oedema_mild: Annotated[
        int | None, _score("Angio-oedema, mild", "血管性水肿，轻度", _MUC)
    ] = None
    mucosal_ulceration_severe: Annotated[
        int | None, _score("Mucosal ulcers, severe", "黏膜溃疡，重度", _MUC)
    ] = None
    mucosal_ulceration_mild: Annotated[
        int | None, _score("Mucosal ulcers, mild", "黏膜溃疡，轻度", _MUC)
    ] = None
    panniculitis_bullous_severe: Annotated[
        int | None,
        _score("Panniculitis or bullous lupus, severe", "脂膜炎或大疱性狼疮，重度", _MUC),
    ] = None
    panniculitis_bullous_mild: Annotated[
        int | None, _score("Panniculitis or bullous lupus, mild", "脂膜炎或大疱性狼疮，轻度", _MUC)
    ] = None
    major_cutaneous_vasculitis: Annotated[
        int | None, _score("Skin vasculitis or thrombosis, major", "皮肤血管炎或血栓，重度", _MUC)
    ] = None
    digital_infarcts_nodular_vasculitis: Annotated[
        int | None, _score("Finger infarcts, nodular vasculitis", "指端梗死或结节性血管炎", _MUC)
    ] = None
    alopecia_severe: Annotated[int | None, _score("Hair loss, severe", "脱发，重度", _MUC)] = None
    alopecia_mild: Annotated[int | None, _score("Hair loss, mild", "脱发，轻度", _MUC)] = None
    periungual_erythema_chilblains: Annotated[
        int | None, _score("Nail-fold erythema or chilblains", "甲周红斑或冻疮样皮损", _MUC)
    ] = None
    splinter_haemorrhages: Annotated[
        int | None, _score("Splinter haemorrhages", "甲下线状出血", _MUC)
    ] = None
    aseptic_meningitis: Annotated[
        int | None, _score("Meningitis, aseptic", "无菌性脑膜炎", _NPS)
    ] = None
    cerebral_vasculitis: Annotated[int | None, _score("Cerebral vasculitis", "脑血管炎", _NPS)] = (
        None
    )
    demyelinating_syndrome: Annotated[int | None, _score("Demyelination", "脱髓鞘综合征", _NPS)] = (
        None
    )
    myelopathy: Annotated[int | None, _score("Myelopathy", "脊髓病", _NPS)] = None
    acute_confusional_state: Annotated[
        int | None, _score("Acute confusion", "急性意识错乱", _NPS)
    ] = None
    psychosis: Annotated[int | None, _score("Psychosis", "精神病", _NPS)] = None
    aidp: Annotated[
        int | None,
        _score("Acute demyelinating polyneuropathy", "急性炎性脱髓鞘性多发神经根神经病", _NPS),
    ] = None
    mononeuropathy: Annotated[
        int | None, _score("Mononeuropathy, single or multiple", "单神经病（单发或多发）", _NPS)
    ] = None
    cranial_neuropathy: Annotated[int | None, _score("Cranial neuropathy", "颅神经病", _NPS)] = None
    plexopathy: Annotated[int | None, _score("Plexopathy", "神经丛病", _NPS)] = None
    polyneuropathy: Annotated[int | None, _score("Polyneuropathy", "多发性神经病", _NPS)] = None
    seizure_disorder: Annotated[int | None, _score("Seizures", "癫痫发作", _NPS)] = None
    status_epilepticus: Annotated[
        int | None, _score("Status epilepticus", "癫痫持续状态", _NPS)
    ] = None
    cerebrovascular_disease: Annotated[
        int | None, _score("Stroke, not from vasculitis", "脑血管病（非血管炎）", _NPS)
    ] = None
    cognitive_dysfunction: Annotated[
        int | None, _score("Cognitive decline", "认知功能障碍", _NPS)
    ] = None
    movement_disorder: Annotated[int | None, _score("Movement disorder", "运动障碍", _NPS)] = None
    autonomic_disorder: Annotated[
        int | None, _score("Autonomic disorder", "自主神经病变", _NPS)
    ] = None
    cerebellar_ataxia: Annotated[
        int | None, _score("Cerebellar ataxia, isolated", "小脑性共济失调（孤立）", _NPS)
    ] = None
    lupus_headache: Annotated[
        int | None,
        _score("Lupus headache, severe and unremitting", "狼疮性头痛（剧烈、持续）", _NPS),
    ] = None
    intracranial_hypertension_headache: Annotated[
        int | None, _score("Headache of raised pressure", "颅内高压性头痛", _NPS)
    ] = None
    myositis_severe: Annotated[int | None, _score("Myositis, severe", "肌炎，重度", _MSK)] = None
    myositis_mild: Annotated[int | None, _score("Myositis, mild", "肌炎，轻度", _MSK)] = None
    arthritis_severe: Annotated[int | None, _score("Arthritis, severe", "关节炎，重度", _MSK)] = (
        None
    )
    arthritis_moderate: Annotated[
        int | None, _score("Arthritis, moderate; tendon sheaths", "关节炎，中度；腱鞘炎", _MSK)
    ] = None
    arthritis_mild: Annotated[
        int | None,
        _score("Arthritis, mild; joint or muscle pain", "关节炎，轻度；关节痛或肌痛", _MSK),
    ] = None
    myocarditis_mild: Annotated[int | None, _score("Myocarditis, mild", "心肌炎，轻度", _CAR)] = (
        None
    )
    myocarditis_cardiac_failure: Annotated[
        int | None,
        _score("Myo- or endocarditis with heart failure", "心肌炎或心内膜炎伴心力衰竭", _CAR),
    ] = None
    arrhythmia: Annotated[int | None, _score("Arrhythmia", "心律失常", _CAR)] = None
    valvular_dysfunction: Annotated[
        int | None, _score("Valve dysfunction, new", "瓣膜功能障碍（新发）", _CAR)
    ] = None
    pleurisy_pericarditis: Annotated[
        int | None, _score("Pleurisy or pericarditis", "胸膜炎或心包炎", _CAR)
    ] = None
    cardiac_tamponade: Annotated[int | None, _score("Tamponade", "心脏压塞", _CAR)] = None
    pleural_effusion_dyspnoea: Annotated[
        int | None, _score("Pleural effusion with dyspnoea", "胸腔积液伴呼吸困难", _CAR)
    ] = None
    pulmonary_haemorrhage_vasculitis: Annotated[
        int | None, _score("Lung haemorrhage or vasculitis", "肺出血或肺血管炎", _CAR)
    ] = None
    interstitial_alveolitis_pneumonitis: Annotated[
        int | None, _score("Alveolitis or pneumonitis", "间质性肺泡炎或肺炎", _CAR)
    ] = None
    shrinking_lung: Annotated[int | None, _score("Shrinking lung", "萎缩肺综合征", _CAR)] = None
    aortitis: Annotated[int | None, _score("Aortitis", "主动脉炎", _CAR)] = None
    coronary_vasculitis: Annotated[
        int | None, _score("Coronary vasculitis", "冠状动脉炎", _CAR)
    ] = None
    lupus_peritonitis: Annotated[int | None, _score("Peritonitis", "狼疮性腹膜炎", _GAS)] = None
    abdominal_serositis_ascites: Annotated[
        int | None, _score("Abdominal serositis or ascites", "腹部浆膜炎或腹水", _GAS)
    ] = None
    enteritis_colitis: Annotated[
        int | None, _score("Enteritis or colitis", "肠炎或结肠炎", _GAS)
    ] = None
    malabsorption: Annotated[int | None, _score("Malabsorption", "吸收不良", _GAS)] = None
    protein_losing_enteropathy: Annotated[
        int | None, _score("Protein-losing enteropathy", "蛋白丢失性肠病", _GAS)
    ] = None
    intestinal_pseudo_obstruction: Annotated[
        int | None, _score("Intestinal pseudo-obstruction", "假性肠梗阻", _GAS)
    ] = None
    hepatitis: Annotated[int | None, _score("Hepatitis", "肝炎", _GAS)] = None
    acute_cholecystitis: Annotated[
        int | None, _score("Cholecystitis, acute", "急性胆囊炎", _GAS)
    ] = None
    acute_pancreatitis: Annotated[int | None, _score("Pancreatitis, acute", "急性胰腺炎", _GAS)] = (
        None
    )
    orbital_inflammation: Annotated[
        int | None, _score("Orbital inflammation", "眼眶炎症", _OPH)
    ] = None
    keratitis_severe: Annotated[int | None, _score("Keratitis, severe", "角膜炎，重度", _OPH)] = (
        None
    )
    keratitis_mild: Annotated[int | None, _score("Keratitis, mild", "角膜炎，轻度", _OPH)] = None
    anterior_uveitis: Annotated[int | None, _score("Anterior uveitis", "前葡萄膜炎", _OPH)] = None
    posterior_uveitis_severe: Annotated[
        int | None, _score("Posterior uveitis, severe", "后葡萄膜炎或视网膜血管炎，重度", _OPH)
    ] = None
    posterior_uveitis_mild: Annotated[
        int | None, _score("Posterior uveitis, mild", "后葡萄膜炎或视网膜血管炎，轻度", _OPH)
    ] = None
    episcleritis: Annotated[int | None, _score("Episcleritis", "表层巩膜炎", _OPH)] = None
    scleritis_severe: Annotated[int | None, _score("Scleritis, severe", "巩膜炎，重度", _OPH)] = (
        None
    )
    scleritis_mild: Annotated[int | None, _score("Scleritis, mild", "巩膜炎，轻度", _OPH)] = None
    retinal_choroidal_vaso_occlusive: Annotated[
        int | None, _score("Retinal or choroidal occlusion", "视网膜或脉络膜血管阻塞", _OPH)
    ] = None
    cotton_wool_spots: Annotated[
        int | None, _score("Cotton-wool spots, isolated", "孤立棉絮斑", _OPH)
    ] = None
    optic_neuritis: Annotated[int | None, _score("Optic neuritis", "视神经炎", _OPH)] = None
    anterior_ischaemic_optic_neuropathy: Annotated[
        int | None, _score("Ischaemic optic neuropathy", "前部缺血性视神经病变", _OPH)
    ] = None
    accelerated_hypertension: Annotated[
        str | None, _yes_no("Accelerated hypertension", "急进性高血压", _REN)
    ] = None
    nephrotic_syndrome: Annotated[str | None, _yes_no("Nephrotic syndrome", "肾病综合征", _REN)] = (
        None
    )
    active_sediment: Annotated[
        str | None, _yes_no("Active urinary sediment", "活动性尿沉渣", _REN)
    ] = None
    active_nephritis: Annotated[
        str | None,
        _yes_no("Active nephritis on biopsy, last 3 months", "近 3 个月活检示活动性肾炎", _REN),
    ] = None
    ttp: Annotated[
        int | None, _score("Thrombotic thrombocytopenic purpura", "血栓性血小板减少性紫癜", _HAE)
    ] = None
    haemolysis: Annotated[str | None, _yes_no("Active haemolysis", "活动性溶血", _HAE)] = None
    coombs: Annotated[
        str | None, _yes_no("Coombs test positive, isolated", "孤立 Coombs 试验阳性", _HAE)
    ] = None
