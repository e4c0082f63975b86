"""A protocol's own parameters reach every rule at a visit, and the explanation tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from patients import Builder, renal, started

from lnmonitor.analysis.course import evaluate
from lnmonitor.analysis.explain import explain, parameters_told
from lnmonitor.clinical.results import Outcome, Rule
from lnmonitor.services.derive import value_of
from lnmonitor.study.forms import Glucocorticoid, Immunosuppressant, PhysicianAssessment
from lnmonitor.study.protocol import load_protocol

PROTOCOL = replace(load_protocol("ln-msc-01"), selena_flare="classic")
TODAY = date(2026, 9, 1)


def _patient(hgb: float = 130, pga: float = 1.3, **skin: int) -> Builder:
    """Screening and month 1, prednisone 5 mg and mycophenolate 2 g a day throughout.

    Screening: arthritis, rash, low complement (8 points), B in the joints, PGA 1, 0.45 g protein.
    Month 1: low complement (2 points), PGA and haemoglobin as given, 0.4 g protein.
    """
    b = started()
    for code, day, items, u24 in (
        ("SCR", -7, "arthritis rash low_complement", 0.45),
        ("M1", 30, "low_complement", 0.4),
    ):
        visit = b.visit(code, day)
        now = code == "M1"
        b.sledai(visit, items)
        b.bilag(visit, **(skin if now else {"arthritis_moderate": 2}))
        b.add(PhysicianAssessment(pga=pga if now else 1.0), visit)
        b.labs(visit, day, HGB=hgb if now else 130, WBC=6, NEUT=4, LYMPH=1.5, PLT=200)
        renal(b, visit, day, u24, 60)
        b.vitals(visit, systolic=120, diastolic=80, weight_kg=50)
    b.add(
        Glucocorticoid(drug="PREDNISONE", dose_mg=5, frequency="QD", route="ORAL", start=b.iso(-60))
    )
    b.add(Immunosuppressant(drug="MMF", dose=1, dose_unit="g", frequency="BID", start=b.iso(-300)))
    return b


def _at_month_1(b: Builder, key: str, parameters: dict[str, Any]) -> Outcome:
    protocol = replace(PROTOCOL, parameters=parameters)
    return evaluate(b.data(), protocol, today=TODAY).visits[-1].outcomes[key]


ANAEMIC, ALMOST = _patient(hgb=84), _patient(pga=0.4)
TWO_MILD = _patient(weight_loss=4, periungual_erythema_chilblains=4)


@pytest.mark.parametrize(
    ("b", "key", "usual", "rule", "own", "other"),
    [
        (ANAEMIC, "bilag.haematological", "B", "bilag-2004-haematological",
         {"haemoglobin_g_l_a": 85}, "A"),
        (_patient(), "bilag.renal", "C", "bilag-2004-renal", {"mild_protein": "not_fallen"}, "D"),
        (TWO_MILD, "bilag_flare.isenberg-2011", "none", "bilag-flare-isenberg-2011",
         {"mild_systems": 2}, "mild"),
        (ANAEMIC, "bilag_band", "mild", "bilag-bsr-band", {"moderate_systems": 1}, "moderate"),
        (_patient(), "sri4", "no", "sri-4", {"pga_operator": "<="}, "yes"),
        (_patient(), "bicla", "yes", "bicla", {"pga_operator": "<"}, "no"),
        (_patient(), "lldas", "no", "lldas", {"pga": 1.5}, "yes"),
        (ALMOST, "doris", "yes", "doris-2021", {"prednisone_operator": "<"}, "no"),
        (_patient(), "sfi", "", "selena-flare-index", {"pga_limit": 1.2}, "severe"),
        # 0.45 to 0.4 g is down by 11 %
        (_patient(), "response.set-a", "CR", "set-a", {"complete_protein_g": 0.3}, "NR"),
    ],
)  # fmt: skip
def test_that_a_parameter_of_the_protocol_reaches_its_rule(
    b: Builder, key: str, usual: str, rule: str, own: dict[str, Any], other: str
) -> None:
    assert value_of(_at_month_1(b, key, {}), "9/3/1/0/0")[0] == usual
    found = _at_month_1(b, key, {rule: own})
    assert value_of(found, "9/3/1/0/0")[0] == other
    assert own.items() <= found.rule.parameters.items()
    assert "default" in explain(found, "en").parameters
    assert "默认" in explain(found, "zh").parameters


def test_that_an_explanation_tells_the_parameters_in_force_and_their_standing() -> None:
    told = explain(_at_month_1(_patient(), "sri4", {"sri-4": {"pga_operator": "<="}}), "en")
    assert told.parameters == (
        "Parameters: SLEDAI fall 4; baseline SLEDAI 4; PGA rise 0.3; "
        "PGA rise must be ≤ the limit (default: <)."
    )
    assert "protocol parameter, published wording not verified" in told.rule_line
    assert told.source == (told.rule_line, told.parameters, told.citation)
    chinese = explain(_at_month_1(_patient(), "lldas", {"lldas": {"pga": 2}}), "zh")
    assert chinese.parameters == "参数：SLEDAI-2K 4；PGA 2（默认：1）；泼尼松 7.5 mg/日。"
    assert "方案参数，未核实已发表原文" in chinese.rule_line
    published = explain(_at_month_1(_patient(), "lldas", {}), "en")
    assert "published rule" in published.rule_line
    assert published.parameters == "Parameters: SLEDAI-2K 4; PGA 1; prednisone 7.5 mg/day."


def test_that_a_rule_without_parameters_says_no_more_than_it_has() -> None:
    classic = replace(PROTOCOL, bilag_renal_rule="bilag-classic-renal")
    found = evaluate(_patient().data(), classic, today=TODAY).visits[-1].outcomes["bilag.renal"]
    told = explain(found, "en")
    assert told.rule_line == "Rule bilag-classic-renal 2, published wording not verified."
    assert told.source == (told.rule_line, told.citation)
    assert parameters_told(Rule("any", "1"), "en") == ""


def test_that_every_parameter_of_a_course_has_a_name() -> None:
    b = _patient(hgb=84)
    course = evaluate(b.data(), PROTOCOL, today=TODAY)
    results = [one for visit in course.visits for one in visit.outcomes.values()]
    results += [given.check for given in course.infusions]
    for one in [*results, *course.flags]:
        for language in ("en", "zh"):
            said = parameters_told(one.rule, language)
            assert bool(said) is bool(one.rule.parameters), one.rule.id
            assert "{" not in said
