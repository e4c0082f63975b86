"""The results of a visit that a person can ask about, by name and in the order of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lnmonitor.analysis.explain import ctcae_term, item_name
from lnmonitor.analysis.laboratory_grades import TERMS
from lnmonitor.analysis.wording import rule_set_name, same
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.language import Text

_BILAG_FLARE = "bilag_flare."
_NAMES: Mapping[str, Text] = {
    "sledai": same("SLEDAI-2K"),
    "bilag.renal": Text("Renal BILAG", "肾脏 BILAG"),
    "egfr": Text("Estimated GFR", "估算 GFR"),
    "kdigo_g": Text("KDIGO G stage", "KDIGO G 分期"),
    "kdigo_a": Text("KDIGO A stage", "KDIGO A 分期"),
    "kdigo_risk": Text("KDIGO risk", "KDIGO 风险"),
    "protein": Text("Urine protein, units", "尿蛋白单位"),
    "urine.collection": Text("24-h collection", "24 h 尿收集"),
    "steroids": Text("Prednisone equivalent", "泼尼松等效剂量"),
    "steroids.taper": Text("Taper since day 0", "第 0 天以来减量"),
    "infusion": Text("Infusion", "细胞输注"),
    "lldas": same("LLDAS"),
    "doris": Text("DORIS remission", "DORIS 缓解"),
    "sri4": same("SRI-4"),
    "bicla": same("BICLA"),
    "mcr_pcr": Text("BILAG response of the year", "全年 BILAG 应答"),
    "sledai.renal": Text("Renal SLEDAI", "肾脏 SLEDAI"),
    "sledai.clinical": Text("Clinical SLEDAI", "临床 SLEDAI"),
    "sledai.labs": Text("SLEDAI and laboratory", "SLEDAI 与化验"),
    "sledai.band": Text("SLEDAI, band and change", "SLEDAI 分层与变化"),
    "selena": same("SELENA-SLEDAI"),
    "sfi": Text("SELENA flare index", "SELENA 复发指数"),
    "bilag_band": Text("BILAG, severity of letters", "BILAG 严重程度"),
    "bilag.total": Text("BILAG, total", "BILAG 总分"),
}


def _systems() -> Iterator[tuple[str, Text]]:
    for system in SYSTEMS:
        if system != "renal":
            names = (item_name(system, "en"), item_name(system, "zh"))
            yield f"bilag.{system}", Text(f"BILAG, {names[0]}", f"BILAG {names[1]}")


def _grades() -> Iterator[tuple[str, Text]]:
    for terms in TERMS.values():
        for term in map(ctcae_term, terms):
            yield f"ctcae.{term.en}", Text(f"CTCAE, {term.en}", f"CTCAE {term.zh}")


def result_names(outcomes: Mapping[str, object], primary_response: str) -> dict[str, Text]:
    """Return a name for each key of a visit's outcomes: the primary response first, grades last."""
    responses = [key for key in outcomes if key.startswith("response.")]
    responses.sort(key=lambda key: key != f"response.{primary_response}")
    named = {key: _response(key) for key in responses}
    first, others = dict(list(named.items())[:1]), dict(list(named.items())[1:])
    flares = {key: _bilag_flare(key) for key in outcomes if key.startswith(_BILAG_FLARE)}
    ordered = {**first, **_NAMES, **flares, **others, **dict(_systems()), **dict(_grades())}
    return {key: name for key, name in ordered.items() if key in outcomes}


def _response(key: str) -> Text:
    name = rule_set_name(key.removeprefix("response."))
    return Text(f"Response, {name.en}", f"疗效，{name.zh}")


def _bilag_flare(key: str) -> Text:
    name = rule_set_name(key.removeprefix(_BILAG_FLARE))
    return Text(f"BILAG flare, {name.en}", f"BILAG 复发，{name.zh}")
