"""SLEDAI-2K at a visit, with what the laboratory proposes and where the two contradict."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import cast

from lnmonitor.analysis.inputs import VisitInput, yes_no
from lnmonitor.analysis.kidney import protein
from lnmonitor.analysis.model import Measured, SledaiLabCheck, guarded
from lnmonitor.analysis.same import Same
from lnmonitor.clinical import sledai
from lnmonitor.clinical.proteinuria import Proteinuria, convert_ratio
from lnmonitor.clinical.results import Outcome, Rule
from lnmonitor.study.forms import Sledai2K
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import Record

RULE_SLEDAI_LABS = Rule("sledai-laboratory-check", "2", sledai.RULE_SLEDAI_2K.citations)

_CASTS = {"NONE": "none", "RBC": "rbc", "HAEMGRAN": "haem_granular", "WBC": "wbc"}
SEDIMENT_LIMIT_HPF = 5
NOTHING: Mapping[str, bool | None] = MappingProxyType({})
"""The answers of a form that was not filled in."""


def decided(
    measured: Measured | None, limit: float | None, *, attributed: bool = False
) -> float | None:
    """Return a value fit for comparison with `limit`, None where its operator leaves it open.

    "< 10" is surely not above 100, "> 800" surely is; "< 200" leaves it open. With `attributed` a
    result that the investigator put down to another cause than lupus is left out.
    """
    if measured is None or measured.value is None:
        return None
    if attributed and measured.due_to_sle is False:
        return None
    value = measured.value
    if not measured.operator or limit is None:
        return value
    below = measured.operator.startswith("<")
    if value == limit and len(measured.operator) == 1:
        return value * (1 - 1e-6 if below else 1 + 1e-6)  # "> 100" lies above 100
    return value if (value <= limit if below else value >= limit) else None


def score_sledai(visit: VisitInput, protocol: Protocol) -> dict[str, Outcome]:
    """Return the investigator's SLEDAI-2K, its renal and clinical parts, the laboratory's check.

    Nothing when the form was not filled in: that is a missing score, not 0.
    """
    if visit.sledai is None:
        return {}
    scores = _scores(Same((visit.sledai,)), protocol.sledai_window_days)
    return {**scores, "sledai.labs": _lab_check(visit)}


def answers(visit: VisitInput) -> Mapping[str, bool | None]:
    """Return the investigator's answers of a visit by item code, none without the form."""
    return NOTHING if visit.sledai is None else _answers(Same((visit.sledai,)))


@lru_cache(maxsize=512)
def _answers(one: Same) -> Mapping[str, bool | None]:
    form = cast(Record[Sledai2K], one[0]).form
    return MappingProxyType({code: yes_no(form.get(code)) for code in sledai.CODES})


@lru_cache(maxsize=512)
def _scores(one: Same, usual_window: int) -> Mapping[str, Outcome]:
    """Score a form; remembered by its record, which stays when others of the visit change."""
    items, form = _answers(one), cast(Record[Sledai2K], one[0]).form
    window = form.window_days or usual_window
    return {
        "sledai": guarded(sledai.RULE_SLEDAI_2K, lambda: sledai.score(items, window_days=window)),
        "sledai.renal": guarded(
            sledai.RULE_RENAL_SLEDAI, lambda: sledai.renal_sledai(items, window_days=window)
        ),
        "sledai.clinical": guarded(
            sledai.RULE_CLINICAL_SLEDAI, lambda: sledai.clinical_sledai(items, window_days=window)
        ),
    }


def sledai_labs(visit: VisitInput) -> sledai.SledaiLabs:
    """Return the laboratory values and signs of a visit as the SLEDAI-2K proposals read them."""
    labs = visit.labs

    def value(code: str, limit: float | None) -> float | None:
        return decided(labs.get(code), limit, attributed=True)

    def low(code: str) -> float | None:
        return labs[code].low if code in labs else None

    u24, ratio = (protein(_of_lupus(labs.get(code))) for code in ("U24P", "UPCR"))
    dsdna = labs.get("DSDNA")
    casts = labs.get("UCASTS")
    return sledai.SledaiLabs(
        u24_g=u24.value if u24 else None,
        upcr_g_g=_in_grams(ratio),
        upcr_mg_mmol=ratio.value if ratio and ratio.unit == "mg/mmol" else None,
        urine_rbc_hpf=value("URBC", SEDIMENT_LIMIT_HPF),
        urine_wbc_hpf=value("UWBC", SEDIMENT_LIMIT_HPF),
        casts=_CASTS.get(casts.text) if casts else None,
        c3_g_l=value("C3", low("C3")),
        c3_lln=low("C3"),
        c4_g_l=value("C4", low("C4")),
        c4_lln=low("C4"),
        ch50=value("CH50", low("CH50")),
        ch50_lln=low("CH50"),
        dsdna=value("DSDNA", dsdna.high if dsdna else None),
        dsdna_uln=dsdna.high if dsdna else None,
        temperature_c=visit.vital("temperature_c"),
        platelets=value("PLT", 100),
        wbc=value("WBC", 3.0),
    )


def _of_lupus(measured: Measured | None) -> Measured | None:
    """Return a result, None where the investigator put it down to another cause."""
    return None if measured is not None and measured.due_to_sle is False else measured


def _in_grams(ratio: Proteinuria | None) -> float | None:
    if ratio is None or ratio.unit == "mg/mmol":
        return None
    return convert_ratio(ratio, "g/g").value


def _lab_check(visit: VisitInput) -> Outcome:
    return guarded(RULE_SLEDAI_LABS, lambda: _checked(answers(visit), sledai_labs(visit)))


def _checked(items: Mapping[str, bool | None], labs: sledai.SledaiLabs) -> SledaiLabCheck:
    wrong = sledai.contradictions(items, labs)
    return SledaiLabCheck(
        rule=RULE_SLEDAI_LABS,
        reasons=tuple(proposal.reason for proposal in wrong.values()),
        proposals=sledai.propose(labs),
        contradictions=tuple(wrong),
    )
