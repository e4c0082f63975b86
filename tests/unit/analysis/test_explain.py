"""Every reason that a rule or a flag can give has a sentence in both languages, and reads well."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from patients import story_047

from lnmonitor.analysis.course import evaluate
from lnmonitor.analysis.explain import (
    ctcae_term,
    explain,
    item_name,
    printed_number,
    reason_text,
)
from lnmonitor.analysis.laboratory_grades import TERMS
from lnmonitor.analysis.story_lanes import event_name
from lnmonitor.analysis.wording import dose_name, unit_name
from lnmonitor.clinical.bilag_haematological import HaematologyInputs
from lnmonitor.clinical.bilag_renal import RenalInputs
from lnmonitor.clinical.ctcae import grade
from lnmonitor.clinical.ctcae_clinical import CLINICAL_STEPS
from lnmonitor.clinical.ctcae_terms import Basis
from lnmonitor.clinical.response import RenalState
from lnmonitor.clinical.results import Reason, Truth
from lnmonitor.clinical.sledai import ITEMS, SledaiLabs
from lnmonitor.resources import read_toml
from lnmonitor.study.forms import AdverseEvent
from lnmonitor.study.protocol import load_protocol

YES_NO_BILAG = (
    "accelerated_hypertension",
    "active_sediment",
    "active_histology_3mo",
    "nephrotic_syndrome",
)
CODE = re.compile(
    r"^(sledai|bilag|bilag_flare|gfr|kdigo|response|flare|ctcae|infusion|steroids|safety|input|flag"
    r"|urine|protein|state|index|sfi|course)\.[a-z0-9_]+$"
)
OUTCOME_KEYS = {
    "sledai.renal",
    "sledai.clinical",
    "sledai.labs",
    "bilag.renal",
    "bilag.haematological",
    "bilag.total",
    "sledai.contradiction",
    "bilag.gastrointestinal",
    "steroids.taper",
    "urine.collection",
    "urine.incomplete",
}
PROTOCOL = load_protocol("ln-msc-01")


def _literals(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _codes(checkout: Path) -> set[str]:
    """Codes written out in the source, and those that the source puts together."""
    package = checkout / "src" / "lnmonitor"
    written = {*_literals(package / "clinical"), *_literals(package / "analysis")}
    found = {text for text in written if CODE.match(text)} - OUTCOME_KEYS
    found |= {f"ctcae.{basis.value}" for basis in Basis}
    found |= {f"bilag.{item}" for item in YES_NO_BILAG}
    found |= {f"flag.{kind}" for kind in ("fever", "hypotension", "hypoxia")}
    return found


def test_that_every_reason_code_has_sentences_in_both_languages(checkout: Path) -> None:
    wordings = read_toml("i18n", "reasons.toml")["reason"]
    missing = sorted(_codes(checkout) - set(wordings))
    assert not missing, f"no sentence in resources/i18n/reasons.toml for {missing}"


def test_that_both_languages_use_the_same_placeholders() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for code, wording in read_toml("i18n", "reasons.toml")["reason"].items():
        assert names(wording["en"]) == names(wording["zh"]), code
        assert names(wording.get("detail_en", "")) == names(wording.get("detail_zh", "")), code


@pytest.mark.parametrize("form", [RenalInputs, RenalState, SledaiLabs, HaematologyInputs])
def test_that_every_input_of_a_rule_has_a_name(form: type) -> None:
    unnamed = {"infection", "other_urinary_cause", "drug_cause", "not_due_to_sle", "casts"}
    for field in fields(form):
        if field.name not in unnamed:
            assert item_name(field.name, "en") != field.name or field.name == "gfr", field.name
            assert item_name(field.name, "zh"), field.name


def test_that_every_sledai_item_is_named_as_on_the_form() -> None:
    assert [item_name(i.code, "en") for i in ITEMS if i.code == "cva"] == ["Stroke"]
    assert item_name("creatinine_umol_l_baseline", "en") == "Creatinine at baseline"
    assert item_name("u24_g_previous", "zh") == "此前访视的24 h 尿蛋白"


def test_that_the_suspected_flare_explains_itself_as_in_the_design() -> None:
    course = evaluate(story_047(), PROTOCOL, today=date(2026, 5, 12))
    told = explain(course.flags[0], "en")
    assert told.title == "Renal flare: suspected"
    assert [line.text for line in told.met] == [
        "Earlier remission",
        "After CR: 24-h protein 1 g/24 h or more",
    ]
    assert told.met[0].detail == "CR at M9, 10 Mar 2026: 0.41 g/24 h"
    assert told.met[1].detail == "1.38 g/24 h on 7 May 2026, lowest before 0.41"
    assert [line.text for line in told.not_met] == ["Treatment escalated since"]
    assert told.missing[0].detail == "14 May 2026 to 2 Jul 2026, or treatment escalated"
    assert "flare-renal" in told.rule_line
    assert "protocol parameter" in told.rule_line
    assert "10.1136/annrheumdis-2012-201940" in told.citation


def test_that_every_outcome_of_a_patient_can_be_explained_in_both_languages() -> None:
    course = evaluate(story_047(), PROTOCOL, today=date(2026, 5, 12))
    results = [o for visit in course.visits for o in visit.outcomes.values()]
    assert len(results) > 60
    for result in [*results, *course.flags, *course.flares, course.infusions[0].check]:
        english, chinese = explain(result, "en"), explain(result, "zh")
        assert english.title
        assert "{" not in english.title + english.sentence + english.rule_line
        assert re.search(r"[\u4e00-\u9fff]", chinese.title + chinese.sentence)
        assert len(english.met) == len(chinese.met)


def test_that_a_missing_input_is_named() -> None:
    course = evaluate(story_047(), PROTOCOL, today=date(2026, 5, 12))
    month_1 = next(visit for visit in course.visits if visit.code == "M1")
    told = explain(month_1.outcomes["sledai"], "en")
    assert told.title == "SLEDAI-2K: 12–14"
    assert [line.text for line in told.missing] == ["Raised anti-dsDNA"]


def test_that_a_number_not_known_is_said_not_left_out() -> None:
    values = {
        "item": "u24_g",
        "value": 1.2,
        "previous": None,
        "operator": ">",
        "limit": 1.0,
        "unit": "g/24 h",
    }
    text = reason_text(Reason("bilag.protein", Truth.YES, values), "en")
    assert text == "24-h protein > 1 g/24 h and not down by 25 %: 1.2 g/24 h, before not known"


def test_that_large_counts_are_printed_in_millions() -> None:
    assert printed_number(55_000_000.0) == "55 ×10⁶"
    assert printed_number(69.9637) == "69.96"
    assert printed_number(1325.0) == "1325"
    assert printed_number(-4.5) == "−4.5"


@pytest.mark.parametrize(("operator", "printed"), [(">=", "≥"), ("<=", "≤"), (">", ">")])
def test_that_a_comparison_is_printed_with_its_sign(operator: str, printed: str) -> None:
    values = {"item": "creatinine", "value": 90, "operator": operator, "limit": 88, "unit": None}
    text = reason_text(Reason("ctcae.reading", Truth.YES, values), "en")
    assert f"{printed} 88" in text


def test_that_the_limit_of_a_refused_value_is_printed_with_its_sign() -> None:
    values = {"item": "creatinine", "value": -1, "unit": "umol/L", "limit": ">= 0"}
    assert "must be ≥ 0" in reason_text(Reason("input.refused", Truth.NO, values), "en")


def test_that_a_graded_term_has_its_chinese_name() -> None:
    graded = [term for terms in TERMS.values() for term in terms]
    assert graded
    for term in (*graded, *CLINICAL_STEPS):
        assert ctcae_term(term).zh != term
    low = grade("Hypoalbuminemia", 36, unit="g/L", lln=40)
    assert explain(low, "zh").title == "低白蛋白血症：1 级"
    assert explain(low, "en").title == "Hypoalbuminemia: grade 1"


def test_that_units_that_are_words_and_doses_follow_the_language() -> None:
    dose = Reason("response.prednisone", Truth.YES, {
        "item": "prednisone_mg_day", "value": 5, "operator": "<=", "limit": 10, "unit": "mg/day",
    })  # fmt: skip
    assert reason_text(dose, "en") == "Prednisone at most 10 mg/day: 5 mg/day"
    assert reason_text(dose, "zh") == "泼尼松≤10 mg/日：5 mg/日"
    assert unit_name("umol/L").zh == "µmol/L"
    assert [dose_name(one).zh for one in ("2 g/d", "0.8 g/4 wk", "+32 mg/d", "C → B")] == [
        "2 g/日",
        "0.8 g/4 周",
        "+32 mg/日",
        "C → B",
    ]
    assert dose_name("0.8 g/4 wk").en == "0.8 g/4 wk"


def test_that_a_coded_term_is_translated_and_an_event_stays_as_typed() -> None:
    assert item_name("Creatinine increased", "zh") == "肌酐升高"
    assert event_name(AdverseEvent(term="Pneumonia", ctcae_term="Lung infection")).zh == "Pneumonia"
    assert event_name(AdverseEvent(ctcae_term="Lung infection")).zh == "肺部感染"
    assert event_name(AdverseEvent(ctcae_term="Lung infection")).en == "Lung infection"
