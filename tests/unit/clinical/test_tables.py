"""Words and factors that are kept with results or decide them, written out a second time."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import pytest

import lnmonitor.clinical
from lnmonitor.clinical import gfr, safety, steroids, units, urine_collection
from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.bilag_haematological import HaematologyInputs
from lnmonitor.clinical.bilag_haematological import grade as grade_haematological
from lnmonitor.clinical.criteria import OVER, UNDER
from lnmonitor.clinical.response import Response
from lnmonitor.clinical.response_course import ClinicalResponse
from lnmonitor.clinical.results import Rule, Truth
from lnmonitor.clinical.safety import EventFacts
from lnmonitor.clinical.steroids import DoseInterval

RULES = """
sledai-2k renal-sledai clinical-sledai selena-sledai selena-flare-index
bilag-2004 bilag-2004-haematological bilag-2004-renal bilag-2004-total bilag-classic-renal
bilag-flare-gordon-2003 bilag-flare-isenberg-2011 bilag-flare-trial bilag-bsr-band
response-set-a response-set-b response-kdigo-2024 response-eular-2019 response-eular-2025
response-acr-2024 response-bliss-perr response-bliss-crr response-aurora-1 response-mcr-pcr
relapse-mcr-pcr
flare-renal flare-aurora-2 flare-eular-2012 flare-moroni flare-kdigo-2012 flare-childhood
lldas doris-2021 sri-4 bicla
egfr-ckdepi-2021 egfr-ckdepi-2021-cr-cys egfr-ckdepi-2009 egfr-ckdepi-2012-cys
egfr-ckdepi-2012-cr-cys egfr-mdrd egfr-mdrd6 egfr-cmdrd egfr-mdrd-1.233 egfr-cockcroft-gault
egfr-schwartz-bedside
ctcae susar infusion prednisone-equivalent urine-collection
""".split()
"""The names under which results are stored, as docs/validation/clinical-rules.md lists them."""


def test_that_answers_keep_the_words_under_which_they_are_stored() -> None:
    assert [each.value for each in Truth] == ["yes", "no", "unknown"]
    assert [each.value for each in Response] == ["CR", "PR", "NR", "unknown"]
    assert [each.value for each in ClinicalResponse] == ["MCR", "PCR", "NCR", "unknown"]
    assert [each.value for each in Grade] == ["A", "B", "C", "D", "E"]


def test_that_creatinine_is_converted_by_its_molar_mass() -> None:
    """C4H7N3O weighs 113.12 g/mol: 1 mg/dL is 88.4 µmol/L, 1 g/g is 113.12 mg/mmol."""
    assert units.creatinine_umol_l(1) == pytest.approx(88.4)
    assert units.creatinine_mg_dl(176.8) == pytest.approx(2)
    assert units.ratio_mg_mmol(0.5) == pytest.approx(56.56)
    assert units.ratio_g_g(226.24) == pytest.approx(2)


@pytest.mark.parametrize(
    ("sex", "excreted", "complete", "excessive"),
    [  # women 133 to 177, men 177 to 221 µmol/kg a day, a quarter less and more allowed
        ("F", 99.7, "no", "no"),
        ("F", 99.8, "yes", "no"),
        ("F", 221.2, "yes", "no"),
        ("F", 221.3, "yes", "yes"),
        ("M", 132.7, "no", "no"),
        ("M", 132.8, "yes", "no"),
        ("M", 276.2, "yes", "no"),
        ("M", 276.3, "yes", "yes"),
    ],
)
def test_that_a_collection_is_judged_by_creatinine_per_kilogram(
    sex: str, excreted: float, complete: str, excessive: str
) -> None:
    """15 to 20 mg/kg in women, 20 to 25 in men, at 8.84 µmol a milligram."""
    found = urine_collection.check(
        urine_creatinine_umol_l=excreted * 50, urine_volume_ml=1000, weight_kg=50, sex=sex
    )
    assert (found.complete.value, found.excessive.value) == (complete, excessive)
    assert found.rule.verified is False


def test_that_equal_numbers_are_neither_over_nor_under_a_limit() -> None:
    """0.1 + 0.2 is 0.30000000000000004 in floating point, 0.3 - 0.2 0.09999999999999998."""
    above, below = 0.1 + 0.2, 0.3 - 0.2
    assert 0.3 < above <= 0.3 * OVER
    assert 0.1 > below >= 0.1 * UNDER
    assert 0.3 * OVER < 0.3001
    assert 0.1 * UNDER > 0.0999


def test_that_every_rule_keeps_the_name_under_which_its_results_are_stored() -> None:
    names = (
        m.name for m in pkgutil.walk_packages(lnmonitor.clinical.__path__, "lnmonitor.clinical.")
    )
    modules = [importlib.import_module(name) for name in names]
    found = {v.id for module in modules for v in vars(module).values() if isinstance(v, Rule)}
    assert found | {each.rule.id for each in gfr.EQUATIONS.values()} == set(RULES)


def test_that_an_equation_is_asked_for_by_the_name_of_its_rule() -> None:
    for name, equation in gfr.EQUATIONS.items():
        assert equation.rule.id == f"egfr-{name}"
        assert equation.unit == ("mL/min" if name == "cockcroft-gault" else "mL/min/1.73 m²")


@pytest.mark.parametrize(
    ("g_stage", "risks"),
    [  # A1, A2, A3: KDIGO's heat map, green, yellow, orange, red
        ("G1", ("low", "moderate", "high")),
        ("G2", ("low", "moderate", "high")),
        ("G3a", ("moderate", "high", "very high")),
        ("G3b", ("high", "very high", "very high")),
        ("G4", ("very high", "very high", "very high")),
        ("G5", ("very high", "very high", "very high")),
    ],
)
def test_that_the_risk_of_each_stage_is_that_of_the_map(
    g_stage: str, risks: tuple[str, str, str]
) -> None:
    assert tuple(gfr.kdigo_risk(g_stage, stage) for stage in ("A1", "A2", "A3")) == risks


@pytest.mark.parametrize(
    ("measure", "unit", "values"),
    [  # just below A2, its ends, just above it: KDIGO, albumin 30 and 300 mg/g, protein 150 and 500
        ("albumin", "mg/g", (29.9, 30, 300, 300.1)),
        ("albumin", "mg/mmol", (2.99, 3, 30, 30.1)),
        ("protein", "mg/g", (149.9, 150, 500, 500.1)),
        ("protein", "g/g", (0.149, 0.15, 0.5, 0.501)),
        ("protein", "mg/mmol", (14.9, 15, 50, 50.1)),
        ("protein", "g/24 h", (0.149, 0.15, 0.5, 0.501)),
    ],
)
def test_that_the_stage_of_albuminuria_begins_and_ends_at_its_limits(
    measure: str, unit: str, values: tuple[float, ...]
) -> None:
    stages = [gfr.kdigo_a_stage(value, unit, measure=measure) for value in values]  # type: ignore[arg-type]
    assert stages == ["A1", "A2", "A2", "A3"]


@pytest.mark.parametrize(
    ("causality", "related"),
    [  # WHO-UMC's words, then NCI's own; what cannot be judged counts as related
        *(("certain", "yes"), ("probable", "yes"), ("possible", "yes"), ("unlikely", "no")),
        *(("conditional", "yes"), ("unassessable", "yes")),
        *(("definite", "yes"), ("unrelated", "no")),
    ],
)
def test_that_each_word_for_causality_is_related_or_not(causality: str, related: str) -> None:
    facts = EventFacts(investigator_causality=causality, sponsor_causality="unrelated")
    assert safety.assess(facts).related.value == related


def test_that_there_are_no_other_words_for_causality() -> None:
    assert len(safety.CAUSALITY) == 8


@pytest.mark.parametrize(
    ("criterion", "days"),
    [  # ICH E2A: fatal or life-threatening by day 7, other serious events by day 15
        *(("death", 7), ("life_threatening", 7), ("hospitalisation", 15), ("disability", 15)),
        *(("congenital_anomaly", 15), ("medically_important", 15)),
    ],
)
def test_that_each_criterion_of_seriousness_has_its_term(criterion: str, days: int) -> None:
    facts = EventFacts(
        criteria=frozenset({criterion}),
        investigator_causality="certain",
        expected=False,
        awareness=date(2026, 3, 1),
    )
    found = safety.assess(facts)
    assert found.serious is Truth.YES
    assert found.report_due == date(2026, 3, 1 + days)
    assert found.follow_up_due == (date(2026, 3, 16) if days == 7 else None)


def test_that_there_are_six_criteria_of_seriousness() -> None:
    assert len(safety.SERIOUS_CRITERIA) == 6


@pytest.mark.parametrize(
    ("route", "mg"),
    [("oral", 8), ("iv", 8), ("topical", 0), ("inhaled", 0), ("intra-articular", 0)],
)
def test_that_a_local_route_adds_nothing_to_the_dose(route: str, mg: float) -> None:
    on = date(2026, 3, 1)
    assert steroids.dose_on(on, [DoseInterval("prednisone", 8, on, route=route)]).mg_per_day == mg


def test_that_blood_counts_are_told_in_their_units() -> None:
    low = HaematologyInputs(
        haemoglobin_g_l=70,
        wbc_10e9_l=0.9,
        neutrophils_10e9_l=0.4,
        platelets_10e9_l=20,
        lymphocytes_10e9_l=0.9,
    )
    told = grade_haematological(low, ever_involved=True).reasons
    assert {reason.values["item"]: reason.values["unit"] for reason in told} == {
        "haemoglobin_g_l": "g/L",
        "wbc_10e9_l": "10^9/L",
        "neutrophils_10e9_l": "10^9/L",
        "platelets_10e9_l": "10^9/L",
        "lymphocytes_10e9_l": "10^9/L",
    }
