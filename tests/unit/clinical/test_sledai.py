"""SLEDAI-2K against published weights, the vector file and hand calculation."""

from __future__ import annotations

import csv
from pathlib import Path
from types import MappingProxyType

import pytest

from lnmonitor.clinical import sledai
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.sledai import ITEM_BY_CODE, ITEMS, SledaiLabs

ALL_ABSENT = dict.fromkeys(ITEM_BY_CODE, False)
NORMAL = SledaiLabs(
    u24_g=0.1,
    urine_rbc_hpf=0,
    urine_wbc_hpf=0,
    casts="none",
    c3_g_l=1.0,
    c3_lln=0.9,
    c4_g_l=0.2,
    c4_lln=0.1,
    dsdna=10,
    dsdna_uln=100,
    temperature_c=36.8,
    platelets=200,
    wbc=6.0,
)


def number(text: str) -> float | None:
    return float(text) if text else None


def labs_of(row: dict[str, str]) -> SledaiLabs:
    return SledaiLabs(
        u24_g=number(row["proteinuria_g_24h"]),
        urine_rbc_hpf=number(row["urine_rbc_hpf"]),
        urine_wbc_hpf=number(row["urine_wbc_hpf"]),
        casts="rbc" if row["rbc_casts"] == "1" else "none",
        c3_g_l=number(row["c3_g_l"]),
        c3_lln=number(row["c3_lln"]),
        c4_g_l=number(row["c4_g_l"]),
        c4_lln=number(row["c4_lln"]),
        ch50=number(row["ch50"]),
        ch50_lln=number(row["ch50_lln"]),
        dsdna=number(row["anti_dsdna_iu_ml"]),
        dsdna_uln=number(row["anti_dsdna_uln"]),
        temperature_c=number(row["temp_c"]),
        platelets=number(row["platelets_10e9_l"]),
        wbc=number(row["wbc_10e9_l"]),
        infection=row["infection"] == "1",
        other_urinary_cause=row["stone_or_other_cause"] == "1",
        drug_cause=row["drug_cause"] == "1",
    )


def codes(names: str) -> set[str]:
    return {sledai.ALIASES.get(name, name) for name in names.split(";") if name}


def test_that_every_vector_is_reproduced(shared_data: Path) -> None:
    with (shared_data / "vectors" / "sledai2k.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        ticked = codes(row["items_ticked"])
        items = {code: code in ticked for code in ITEM_BY_CODE}
        if row["mode"] == "derive":
            for code, proposal in sledai.propose(labs_of(row)).items():
                items[code] = items[code] or proposal.present is Truth.YES
        result = sledai.score(items)
        assert result.score == int(row["expected_score"]), row
        assert set(result.present) == codes(row["expected_items"]), row


def test_that_there_are_24_items_and_105_points() -> None:
    assert len(ITEMS) == 24
    weights = [item.weight for item in ITEMS]
    assert (weights.count(8), weights.count(4), weights.count(2), weights.count(1)) == (8, 6, 7, 3)
    assert sledai.score(dict.fromkeys(ITEM_BY_CODE, True)).score == 105


def test_that_no_item_present_is_zero_with_nothing_missing() -> None:
    result = sledai.score(ALL_ABSENT)
    assert (result.score, result.low, result.high) == (0, 0, 0)
    assert result.missing == ()
    assert result.reasons == ()


def test_that_a_missing_item_gives_a_range_and_no_score() -> None:
    result = sledai.score({**ALL_ABSENT, "proteinuria": True, "arthritis": True, "casts": None})
    assert (result.score, result.low, result.high) == (None, 8, 12)
    assert result.missing == ("casts",)
    open_reason = result.reasons[[r.values["item"] for r in result.reasons].index("casts")]
    assert open_reason.met is Truth.UNKNOWN
    assert open_reason.values["weight"] == 4


def test_that_an_item_left_out_is_missing_too() -> None:
    assert sledai.score({}).high == 105
    assert len(sledai.score({}).missing) == 24


def test_that_renal_sledai_counts_four_items_up_to_16() -> None:
    assert sledai.renal_sledai(dict.fromkeys(ITEM_BY_CODE, True)).score == 16
    assert sledai.renal_sledai({**ALL_ABSENT, "haematuria": True, "seizure": True}).score == 4
    assert sledai.renal_sledai({**ALL_ABSENT, "seizure": None}).score == 0


def test_that_clinical_sledai_leaves_serology_out() -> None:
    assert sledai.clinical_sledai(dict.fromkeys(ITEM_BY_CODE, True)).score == 101
    assert sledai.clinical_sledai({**ALL_ABSENT, "dsdna": True, "low_complement": None}).score == 0


def test_that_the_window_is_stored_and_only_10_or_30_days() -> None:
    assert sledai.score(ALL_ABSENT).window_days == 30
    assert sledai.score(ALL_ABSENT, window_days=10).window_days == 10
    with pytest.raises(InvalidInput, match="10 or 30"):
        sledai.score(ALL_ABSENT, window_days=28)


def test_that_an_unknown_item_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="hematuria"):
        sledai.score({"hematuria": True})


def test_that_an_unknown_item_in_the_place_of_another_is_refused_by_name() -> None:
    misspelt = {code: False for code in ITEM_BY_CODE if code != "haematuria"} | {"hematuria": True}
    assert len(misspelt) == 24
    for rule in (sledai.score, sledai.renal_sledai, sledai.clinical_sledai):
        with pytest.raises(InvalidInput, match="hematuria"):
            rule(misspelt)


def test_that_the_order_of_the_answers_does_not_matter() -> None:
    backwards = {code: code in {"casts", "fever"} for code in reversed(sledai.CODES)}
    for items in (backwards, MappingProxyType(backwards)):
        result = sledai.score(items)
        assert (result.score, result.present) == (5, ("casts", "fever"))


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, "none"), (1, "low"), (4, "low"), (5, "moderate"), (10, "moderate"), (11, "high")],
)
def test_that_activity_bands_have_the_published_edges(points: int, band: str) -> None:
    assert sledai.activity_band(points) == band


def test_that_a_score_above_105_has_no_band() -> None:
    with pytest.raises(InvalidInput, match="0 to 105"):
        sledai.activity_band(106)


@pytest.mark.parametrize(
    ("previous", "now", "band"),
    [(8, 12, "worse"), (8, 11, "persistent"), (12, 8, "improved"), (11, 8, "persistent")],
)
def test_that_a_change_needs_four_points(previous: int, now: int, band: str) -> None:
    assert sledai.change_band(previous, now) == band


def test_that_normal_values_propose_nothing() -> None:
    assert {p.present for p in sledai.propose(NORMAL).values()} == {Truth.NO}


def test_that_no_value_proposes_unknown_for_every_laboratory_item() -> None:
    proposals = sledai.propose(SledaiLabs())
    assert set(proposals) == {item.code for item in ITEMS if item.lab_derived}
    assert {p.present for p in proposals.values()} == {Truth.UNKNOWN}


def test_that_a_24_hour_collection_outranks_a_ratio() -> None:
    both = SledaiLabs(u24_g=0.4, upcr_g_g=0.9)
    assert sledai.propose(both)["proteinuria"].present is Truth.NO


@pytest.mark.parametrize(
    ("labs", "present"),
    [
        (SledaiLabs(u24_g=0.5), Truth.NO),
        (SledaiLabs(upcr_g_g=0.51), Truth.YES),
        (SledaiLabs(upcr_mg_mmol=50), Truth.NO),
        (SledaiLabs(upcr_mg_mmol=51), Truth.YES),
    ],
)
def test_that_a_ratio_is_tested_in_its_own_unit(labs: SledaiLabs, present: Truth) -> None:
    assert sledai.propose(labs)["proteinuria"].present is present


def test_that_normal_c3_alone_leaves_complement_open() -> None:
    assert sledai.propose(SledaiLabs(c3_g_l=1.0, c3_lln=0.9))["low_complement"].present is (
        Truth.UNKNOWN
    )


def test_that_low_ch50_counts_beside_normal_c3_and_c4() -> None:
    labs = SledaiLabs(c3_g_l=1.0, c3_lln=0.9, c4_g_l=0.2, c4_lln=0.1, ch50=20.0, ch50_lln=23.0)
    proposal = sledai.propose(labs)["low_complement"]
    assert proposal.present is Truth.YES
    assert proposal.reason.values["item"] == "ch50"


def test_that_normal_complement_is_told_by_c3() -> None:
    reason = sledai.propose(NORMAL)["low_complement"].reason
    assert (reason.met, reason.values["item"], reason.values["value"]) == (Truth.NO, "c3_g_l", 1.0)


def test_that_only_red_cell_and_haem_granular_casts_count() -> None:
    found = {
        cast: sledai.propose(SledaiLabs(casts=cast))["casts"].present for cast in sledai.CAST_TYPES
    }
    assert {cast for cast, met in found.items() if met is Truth.YES} == {"rbc", "haem_granular"}


def test_that_an_exclusion_says_what_excluded() -> None:
    labs = SledaiLabs(urine_rbc_hpf=50, other_urinary_cause=True)
    proposal = sledai.propose(labs)["haematuria"]
    assert proposal.present is Truth.NO
    assert proposal.reason.values["cause"] == "other_urinary_cause"


@pytest.mark.parametrize(
    "labs",
    [
        SledaiLabs(u24_g=-1),
        SledaiLabs(wbc=float("nan")),
        SledaiLabs(c3_g_l=1, c3_lln=0),
        SledaiLabs(temperature_c=101),
        SledaiLabs(u24_g=float("inf")),
        SledaiLabs(dsdna=40, dsdna_uln=float("inf")),
        SledaiLabs(casts="many"),
    ],
)
def test_that_impossible_laboratory_values_are_refused(labs: SledaiLabs) -> None:
    with pytest.raises(InvalidInput):
        sledai.propose(labs)


def test_that_a_tick_against_the_laboratory_is_a_contradiction() -> None:
    found = sledai.contradictions({"proteinuria": True, "pyuria": False, "casts": None}, NORMAL)
    assert set(found) == {"proteinuria"}


def test_that_a_contradiction_says_what_was_measured() -> None:
    (found,) = sledai.contradictions(
        {"proteinuria": True, "fever": True}, SledaiLabs(u24_g=0.4)
    ).values()
    assert (found.present, found.reason.met) == (Truth.NO, Truth.NO)
    assert (found.reason.values["item"], found.reason.values["value"]) == ("u24_g", 0.4)


@pytest.mark.parametrize(
    ("item", "at_limit", "beyond"),
    [
        ("haematuria", SledaiLabs(urine_rbc_hpf=5), SledaiLabs(urine_rbc_hpf=5.5)),
        ("pyuria", SledaiLabs(urine_wbc_hpf=5), SledaiLabs(urine_wbc_hpf=5.5)),
        ("proteinuria", SledaiLabs(upcr_g_g=0.5), SledaiLabs(upcr_g_g=0.501)),
        ("dsdna", SledaiLabs(dsdna=100, dsdna_uln=100), SledaiLabs(dsdna=101, dsdna_uln=100)),
        ("fever", SledaiLabs(temperature_c=38.0), SledaiLabs(temperature_c=38.1)),
        ("thrombocytopenia", SledaiLabs(platelets=100), SledaiLabs(platelets=99.5)),
        ("leukopenia", SledaiLabs(wbc=3.0), SledaiLabs(wbc=2.99)),
    ],
)
def test_that_every_limit_is_strict(item: str, at_limit: SledaiLabs, beyond: SledaiLabs) -> None:
    assert sledai.propose(at_limit)[item].present is Truth.NO
    assert sledai.propose(beyond)[item].present is Truth.YES


def test_that_renal_and_clinical_scores_keep_the_30_day_window() -> None:
    assert sledai.renal_sledai(ALL_ABSENT).window_days == 30
    assert sledai.clinical_sledai(ALL_ABSENT).window_days == 30


def test_that_other_names_of_items_are_read_as_the_forms_own() -> None:
    assert dict(sledai.ALIASES) == {
        "organic_brain_syndrome": "organic_brain",
        "visual_disturbance": "visual",
        "cranial_nerve_disorder": "cranial_nerve",
        "cerebrovascular_accident": "cva",
        "urinary_casts": "casts",
        "hematuria": "haematuria",
        "mucosal_ulcers": "mucosal",
        "increased_dna_binding": "dsdna",
    }


@pytest.mark.parametrize(
    ("casts", "present"),
    [
        *(("none", Truth.NO), ("hyaline", Truth.NO), ("granular", Truth.NO), ("wbc", Truth.NO)),
        *(("epithelial", Truth.NO), ("waxy", Truth.NO)),
        *(("rbc", Truth.YES), ("haem_granular", Truth.YES)),
    ],
)
def test_that_every_kind_of_cast_is_known_and_two_count(casts: str, present: Truth) -> None:
    assert sledai.propose(SledaiLabs(casts=casts))["casts"].present is present


@pytest.mark.parametrize(
    "name",
    [
        *("u24_g", "upcr_g_g", "upcr_mg_mmol", "urine_rbc_hpf", "urine_wbc_hpf"),
        *("c3_g_l", "c4_g_l", "ch50", "dsdna", "platelets", "wbc"),
    ],
)
def test_that_a_negative_amount_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{name} is -1; it must be"):
        sledai.propose(SledaiLabs(**{name: -1}))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["c3_lln", "c4_lln", "ch50_lln", "dsdna_uln"])
def test_that_a_limit_of_zero_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{name} is 0; it must be"):
        sledai.propose(SledaiLabs(**{name: 0}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("labs", "item", "unit"),
    [
        (SledaiLabs(c3_g_l=0.5, c3_lln=0.9), "c3_g_l", "g/L"),
        (SledaiLabs(c4_g_l=0.05, c4_lln=0.1), "c4_g_l", "g/L"),
        (SledaiLabs(ch50=20, ch50_lln=30), "ch50", "U/mL"),
    ],
)
def test_that_low_complement_tells_which_one_in_its_unit(
    labs: SledaiLabs, item: str, unit: str
) -> None:
    reason = sledai.propose(labs)["low_complement"].reason
    assert (reason.code, reason.met) == ("sledai.complement", Truth.YES)
    assert (reason.values["item"], reason.values["unit"]) == (item, unit)


def test_that_the_four_renal_items_are_casts_red_cells_protein_and_white_cells() -> None:
    for code in ITEM_BY_CODE:
        expected = 4 if code in {"casts", "haematuria", "proteinuria", "pyuria"} else 0
        assert sledai.renal_sledai({**ALL_ABSENT, code: True}).score == expected, code


def test_that_a_change_is_between_scores_that_exist() -> None:
    assert sledai.change_band(0, 105) == "worse"
    assert sledai.change_band(105, 0) == "improved"
    for previous, now in ((106, 50), (50, 106), (-1, 50)):
        with pytest.raises(InvalidInput, match="must be 0 to 105"):
            sledai.change_band(previous, now)
