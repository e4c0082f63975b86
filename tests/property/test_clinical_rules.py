"""What must hold for every patient: bounds, monotony, and that not knowing never informs."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnmonitor.clinical import bilag, bilag_renal, ctcae, flare, gfr, sledai, steroids
from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.bilag_items import ITEMS
from lnmonitor.clinical.bilag_renal import RenalInputs
from lnmonitor.clinical.ctcae_terms import TERMS
from lnmonitor.clinical.flare import FlareObservation
from lnmonitor.clinical.gfr import Sex
from lnmonitor.clinical.proteinuria import Proteinuria, convert_ratio
from lnmonitor.clinical.response import RULE_SETS, RenalState, Response, assess
from lnmonitor.clinical.steroids import DoseInterval

CODES = tuple(sledai.ITEM_BY_CODE)
ANSWERS = st.sampled_from((True, False, None))
SLEDAI_ITEMS = st.fixed_dictionaries(dict.fromkeys(CODES, ANSWERS))
RANK = {Grade.A: 4, Grade.B: 3, Grade.C: 2, Grade.D: 1, Grade.E: 1, None: 0}


def amount(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


# -- SLEDAI-2K -------------------------------------------------------------------------------------


@given(SLEDAI_ITEMS)
def test_that_sledai_stays_in_its_bounds(items: dict[str, bool | None]) -> None:
    for rule, top in (
        (sledai.score, 105),
        (sledai.renal_sledai, 16),
        (sledai.clinical_sledai, 101),
    ):
        result = rule(items)
        assert 0 <= result.low <= result.high <= top
        assert (result.score is None) is bool(result.missing)


@given(SLEDAI_ITEMS, st.sampled_from(CODES))
def test_that_adding_an_item_never_lowers_sledai(items: dict[str, bool | None], code: str) -> None:
    before, after = sledai.score(items), sledai.score({**items, code: True})
    assert after.low >= before.low
    assert after.high >= before.high if items[code] is False else after.high == before.high


@given(SLEDAI_ITEMS, st.sampled_from(CODES))
def test_that_a_missing_item_only_widens_sledai(items: dict[str, bool | None], code: str) -> None:
    known, unknown = sledai.score(items), sledai.score({**items, code: None})
    assert unknown.low <= known.low
    assert unknown.high >= known.high


# -- GFR -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("equation", [e for e in gfr.EQUATIONS if e != "ckdepi-2012-cys"])
@given(
    creatinine=amount(20, 600),
    factor=amount(1.0, 5.0),
    age=amount(18, 100),
    sex=st.sampled_from(("F", "M")),
)
def test_that_raising_creatinine_never_raises_gfr(
    equation: str, creatinine: float, factor: float, age: float, sex: Sex
) -> None:
    def of(value: float) -> float:
        result = gfr.estimate(
            equation,
            creatinine_umol_l=value,
            age_years=10 if equation == "schwartz-bedside" else age,
            sex=sex,
            weight_kg=60,
            height_cm=150,
            cystatin_c_mg_l=1.0,
            urea_mmol_l=7.0,
            albumin_g_l=30.0,
        )
        assert result.value is not None
        return result.value

    assert 0 < of(creatinine * factor) <= of(creatinine) * (1 + 1e-12)


@given(amount(0, 300), amount(0, 300))
def test_that_a_better_gfr_never_has_a_worse_stage(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert gfr.kdigo_g_stage(high) <= gfr.kdigo_g_stage(low)


# -- BILAG-2004 ------------------------------------------------------------------------------------

SYSTEM_ITEMS = {
    system: [item.code for item in ITEMS if item.system == system]
    for system in bilag.SYSTEMS
    if system not in {"renal", "haematological"}
}


@st.composite
def bilag_answers(draw: st.DrawFn) -> tuple[str, dict[str, int | None], dict[str, int]]:
    """Return a system, its answers with gaps, and the same answers with the gaps filled."""
    system = draw(st.sampled_from(sorted(SYSTEM_ITEMS)))
    full = {code: draw(st.sampled_from((0, 0, 0, 1, 2, 4))) for code in SYSTEM_ITEMS[system]}
    gaps = draw(st.sets(st.sampled_from(SYSTEM_ITEMS[system])))
    return system, {code: None if code in gaps else full[code] for code in full}, full


@given(bilag_answers())
def test_that_an_item_not_done_never_raises_a_letter(
    case: tuple[str, dict[str, int | None], dict[str, int]],
) -> None:
    system, partial, full = case
    known = bilag.grade_system(system, full, ever_involved=True)
    open_grade = bilag.grade_system(system, partial, ever_involved=True)
    assert RANK[open_grade.grade] <= RANK[known.grade]
    if not open_grade.provisional:
        assert open_grade.grade is known.grade


@st.composite
def renal_inputs(draw: st.DrawFn) -> RenalInputs:
    sbp = draw(amount(90, 200))
    return RenalInputs(
        u24_g=draw(amount(0, 8)),
        creatinine_umol_l=draw(amount(30, 600)),
        gfr=draw(amount(5, 140)),
        sbp=sbp,
        dbp=draw(amount(50, min(120, sbp - 1))),
        accelerated_hypertension=draw(st.booleans()),
        nephrotic_syndrome=draw(st.booleans()),
        active_sediment=draw(st.booleans()),
        active_histology_3mo=draw(st.booleans()),
    )


OPTIONAL = [f.name for f in fields(RenalInputs) if f.name not in {"u24_g", "dipstick"}]


@given(renal_inputs(), st.none() | renal_inputs(), st.sets(st.sampled_from(OPTIONAL)))
def test_that_a_missing_renal_input_never_raises_the_grade(
    now: RenalInputs, previous: RenalInputs | None, gaps: set[str]
) -> None:
    """Protein apart: one method stands for another, by the rule's own precedence."""
    known = bilag_renal.grade(now, previous, ever_involved=True)
    partial = replace(now, **dict.fromkeys(gaps))
    open_grade = bilag_renal.grade(partial, previous, ever_involved=True)
    assert RANK[open_grade.grade] <= RANK[known.grade]
    if not open_grade.provisional:
        assert open_grade.grade is known.grade


@given(renal_inputs(), renal_inputs(), amount(1, 3))
def test_that_more_protein_never_lowers_the_renal_grade(
    now: RenalInputs, previous: RenalInputs, factor: float
) -> None:
    assert now.u24_g is not None
    worse = replace(now, u24_g=now.u24_g * factor)
    before = bilag_renal.grade(now, previous, ever_involved=True)
    after = bilag_renal.grade(worse, previous, ever_involved=True)
    assert RANK[after.grade] >= RANK[before.grade]


# -- Response --------------------------------------------------------------------------------------


@st.composite
def renal_state(draw: st.DrawFn) -> RenalState:
    return RenalState(
        proteinuria=Proteinuria(draw(amount(0.05, 8)), "g/24 h"),
        creatinine_umol_l=draw(amount(40, 400)),
        creatinine_uln=90,
        egfr=draw(amount(5, 140)),
        albumin_g_l=draw(amount(10, 50)),
        urine_rbc_hpf=draw(st.integers(0, 60)),
        urine_wbc_hpf=draw(st.integers(0, 60)),
        casts=draw(st.booleans()),
        on_rescue=draw(st.booleans()),
        pre_flare_egfr=draw(amount(20, 140)),
        prednisone_mg_day=draw(amount(0, 60)),
        treatment_failure=draw(st.booleans()),
        steroid_allowance_kept=draw(st.booleans()),
        egfr_fall_confirmed=draw(st.booleans()),
        egfr_related_event=draw(st.booleans()),
    )


MEASURED = (  # without eGFR, for which creatinine stands in
    "proteinuria",
    "creatinine_umol_l",
    "urine_rbc_hpf",
    "urine_wbc_hpf",
    "casts",
    "on_rescue",
    "prednisone_mg_day",
    "treatment_failure",
    "steroid_allowance_kept",
    "egfr_fall_confirmed",
    "egfr_related_event",
)


@given(renal_state(), renal_state(), st.sets(st.sampled_from(MEASURED), min_size=1))
def test_that_a_missing_input_gives_the_same_response_or_unknown(
    baseline: RenalState, now: RenalState, gaps: set[str]
) -> None:
    for rule_set in RULE_SETS:
        known = assess(rule_set, baseline=baseline, now=now)
        assert known.response is not Response.UNKNOWN
        partial = assess(rule_set, baseline=baseline, now=replace(now, **dict.fromkeys(gaps)))
        assert partial.response in {known.response, Response.UNKNOWN}
        assert (partial.response is Response.UNKNOWN) is bool(partial.missing)


@given(renal_state(), renal_state(), amount(0.05, 1))
def test_that_less_protein_never_worsens_the_response(
    baseline: RenalState, now: RenalState, factor: float
) -> None:
    rank = {Response.NR: 0, Response.PR: 1, Response.CR: 2}
    assert now.proteinuria is not None
    less = replace(now, proteinuria=Proteinuria(now.proteinuria.value * factor, "g/24 h"))
    for rule_set in RULE_SETS:
        before = assess(rule_set, baseline=baseline, now=now).response
        after = assess(rule_set, baseline=baseline, now=less).response
        assert rank[after] >= rank[before]


# -- Flare -----------------------------------------------------------------------------------------


@st.composite
def course(draw: st.DrawFn) -> list[FlareObservation]:
    days = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=12)))
    return [
        FlareObservation(
            day,
            f"D{day}",
            RenalState(proteinuria=Proteinuria(draw(amount(0.05, 5)), "g/24 h")),
            draw(st.sampled_from((None, *Response))),
            draw(st.sampled_from((None, False, True))),
        )
        for day in days
    ]


@given(course())
def test_that_flares_stand_on_samples_and_do_not_overlap(
    observations: list[FlareObservation],
) -> None:
    days = {observation.day for observation in observations}
    findings = flare.detect(observations)
    remitted = [o.day for o in observations if o.response in {Response.CR, Response.PR}]
    for finding in findings:
        assert finding.onset_day == finding.evidence_days[0] > remitted[0]
        assert set(finding.evidence_days) <= days
        assert (finding.status == "confirmed") is (finding.confirmed_day is not None)
    for first, second in pairwise(findings):
        assert first.resolved_day is not None
        assert first.evidence_days[-1] < first.resolved_day < second.onset_day


# -- CTCAE, protein, steroids ----------------------------------------------------------------------


@pytest.mark.parametrize("term", TERMS)
@given(st.data(), ANSWERS)
def test_that_a_more_abnormal_value_never_has_a_lower_grade(
    term: str, data: st.DataObject, symptomatic: bool | None
) -> None:
    rising, (unit, (least, most)) = TERMS[term].rising, next(iter(TERMS[term].units.items()))
    possible = amount(least, most)
    mild, severe = sorted((data.draw(possible), data.draw(possible)), reverse=not rising)
    limits = [data.draw(amount(least or most / 1e4, most)) for _ in range(3)]

    def of(value: float | None) -> ctcae.CtcaeGrade:
        lln, uln, baseline = limits
        return ctcae.grade(
            term, value, unit=unit, lln=lln, uln=uln, baseline=baseline, symptomatic=symptomatic
        )

    assert of(severe).low >= of(mild).low
    assert of(severe).high >= of(mild).high


@pytest.mark.parametrize("term", TERMS)
@given(st.data())
def test_that_a_missing_range_or_symptom_only_widens_the_grade(
    term: str, data: st.DataObject
) -> None:
    unit, possible = next(iter(TERMS[term].units.items()))
    value, lln, uln = (data.draw(amount(*possible)) for _ in range(3))
    known = ctcae.grade(term, value, unit=unit, lln=lln, uln=uln, symptomatic=True)
    partial = ctcae.grade(term, value, unit=unit)
    assert partial.low <= known.low <= known.high <= partial.high


@given(amount(0, 50), st.sampled_from(("g/g", "mg/g", "mg/mmol")))
def test_that_ratio_units_make_the_round_trip(value: float, unit: str) -> None:
    back = convert_ratio(convert_ratio(Proteinuria(value, "g/g"), unit), "g/g")
    assert back.value == pytest.approx(value)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(steroids.MG_EQUAL_TO_PREDNISONE_5)),
            amount(0, 60),
            st.integers(0, 60),
            st.integers(0, 60),
        ),
        max_size=6,
    )
)
def test_that_the_cumulative_dose_is_the_sum_of_its_days(
    rows: list[tuple[str, float, int, int]],
) -> None:
    start = date(2026, 1, 1)
    intervals = [
        DoseInterval(drug, mg, start + timedelta(days=a), start + timedelta(days=a + b))
        for drug, mg, a, b in rows
    ]
    end = start + timedelta(days=120)
    by_hand = sum(mg * steroids.factor(drug) * (b + 1) for drug, mg, _, b in rows) / 1000
    assert steroids.cumulative_g(start, end, intervals) == pytest.approx(by_hand)
