"""Batch scoring reproduces published vectors to the printed precision."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lnmonitor.errors import InputError
from lnmonitor.exchange.delimited import read_csv
from lnmonitor.exchange.score import KINDS, score

EQUATIONS = {
    "egfr-ckdepi-2021": ("egfr_ckdepi2021", "expected_ml_min_173"),
    "egfr-ckdepi-2009": ("egfr_ckdepi2009", "expected_ml_min_173"),
    "egfr-mdrd": ("egfr_mdrd", "expected_ml_min_173"),
    "egfr-cmdrd": ("egfr_cmdrd_ma2006", "expected_ml_min_173"),
    "crcl-cockcroft-gault": ("cockcroft_gault", "expected_ml_min"),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def scored(folder: Path, kind: str, content: str) -> list[dict[str, str]]:
    source, out = folder / "in.csv", folder / "out.csv"
    source.write_text(content, encoding="utf-8")
    score(kind, source, out)
    return rows_of(out)


@pytest.mark.parametrize("kind", EQUATIONS)
def test_that_kidney_function_agrees_with_every_vector(
    tmp_path: Path, shared_data: Path, kind: str
) -> None:
    name, expected = EQUATIONS[kind]
    score(kind, shared_data / "vectors" / f"{name}.csv", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert len(rows) > 20
    for row in rows:
        assert f"{float(row['result']):.4f}" == row[expected], row["id"]


def test_that_sledai_agrees_with_every_vector(tmp_path: Path, shared_data: Path) -> None:
    score("sledai2k", shared_data / "vectors" / "sledai2k.csv", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert len(rows) > 30
    for row in rows:
        assert row["result"] == row["expected_score"], row["id"]
        assert set(row["items"].split(";")) == set(row["expected_items"].split(";")), row["id"]
        assert row["result_min"] == row["result_max"] == row["result"]


def test_that_ctcae_agrees_with_every_vector(tmp_path: Path, shared_data: Path) -> None:
    score("ctcae5", shared_data / "vectors" / "ctcae5_labs.csv", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert len(rows) > 140
    for row in rows:
        assert row["grade"] == row["expected_grade"], (row["id"], row["problem"])


def test_that_kaplan_meier_agrees_with_every_vector(tmp_path: Path, shared_data: Path) -> None:
    vectors = shared_data / "vectors"
    score("kaplan-meier", vectors / "km_data.csv", tmp_path / "out.csv")
    ours, theirs = rows_of(tmp_path / "out.csv"), rows_of(vectors / "km.csv")
    assert len(ours) == len(theirs) > 20
    for mine, expected in zip(ours, theirs, strict=True):
        for column in ("set", "time", "n_at_risk", "n_event", "n_censored"):
            assert mine[column] == expected[column]
        assert mine["survival"] == expected["survival"]
        assert mine["greenwood_se"] == expected["greenwood_se"]


def test_that_a_row_that_cannot_be_scored_says_why_and_the_others_are_scored(
    tmp_path: Path,
) -> None:
    rows = scored(
        tmp_path,
        "egfr-ckdepi-2021",
        "id,sex,age_years,creatinine,creatinine_unit\n"
        "1,F,30,0,mg/dL\n2,F,-1,0.7,mg/dL\n3,F,30,nan,mg/dL\n4,X,30,0.7,mg/dL\n"
        "5,F,30,0.7,stone\n6,F,,0.7,mg/dL\n7,F,30,61.88,umol/L\n",
    )
    assert [bool(row["problem"]) for row in rows] == [True] * 6 + [False]
    assert [row["result"] for row in rows[:6]] == [""] * 6
    # 0.7 mg/dL, woman of 30: 119.24 in the specification's table.
    assert f"{float(rows[6]['result']):.2f}" == "119.24"


HEADS = {
    "egfr": "sex,age_years,creatinine,creatinine_unit,weight_kg\n",
    "ctcae": "term,unit,value,lln,uln,baseline\n",
    "sledai": "mode,items_ticked,proteinuria_g_24h,c3_g_l,platelets_10e9_l,wbc_10e9_l,temp_c\n",
    "renal": "u24_g,dipstick,creatinine_umol_l,sbp,dbp,u24_g_previous,ever_involved\n",
}


@pytest.mark.parametrize(
    ("kind", "head", "row", "problem"),
    [
        # The limits are those of the catalogue of analytes and of the vital signs form.
        ("egfr-mdrd", "egfr", "F,30,0.9,umol/L,60", "creatinine is 0.9 umol/L; it must be 5 to"),
        ("egfr-mdrd", "egfr", "F,30,88.4,mg/dL,60", "it must be 0.0566 to 33.937"),
        ("egfr-mdrd", "egfr", "F,30,1e-300,mg/dL,60", "creatinine is 1e-300 mg/dL"),
        ("egfr-cmdrd", "egfr", "F,30,-5,mg/dL,60", "creatinine is -5 mg/dL"),
        ("egfr-mdrd", "egfr", "F,30,1_000,umol/L,60", "'1_000' is not a number"),
        ("crcl-cockcroft-gault", "egfr", "F,30,70,umol/L,9999", "it must be 20 to 250"),
        ("ctcae5", "ctcae", "Creatinine increased,umol/L,0,,97,90", "value is 0 umol/L"),
        ("ctcae5", "ctcae", "Creatinine increased,mg/dL,150,,97,90", "value is 150 mg/dL"),
        ("ctcae5", "ctcae", "Creatinine increased,umol/L,150,,1.1,90", "uln is 1.1 umol/L"),
        ("ctcae5", "ctcae", "Anemia,g/dL,110,120,,", "it must be 2 to 25"),
        ("sledai2k", "sledai", "derive,,600,0.9,200,5,37", "it must be 0 to 40"),
        ("sledai2k", "sledai", "derive,,0.6,90,200,5,37", "c3_g_l is 90 g/L"),
        ("sledai2k", "sledai", "derive,,0.6,0.9,99900,5,37", "platelets_10e9_l is 99900"),
        ("sledai2k", "sledai", "derive,,0.6,0.9,200,5,98.6", "it must be 32 to 43"),
        ("bilag-renal", "renal", ",7+,80,,,,Y", "dipstick is 7+; it must be neg, ±, 1+"),
        ("bilag-renal", "renal", "3200,,80,,,,Y", "u24_g is 3200 g/24 h"),
        ("bilag-renal", "renal", ",,1.6,,,,Y", "creatinine_umol_l is 1.6 µmol/L"),
        ("bilag-renal", "renal", "1,,80,,,-2,Y", "u24_g_previous is -2 g/24 h"),
        ("bilag-renal", "renal", "1,,80,80,150,,Y", "dbp is 150 mmHg; it must be below sbp 80"),
    ],
)
def test_that_an_impossible_value_or_another_unit_is_refused_with_its_limit(
    tmp_path: Path, kind: str, head: str, row: str, problem: str
) -> None:
    sound = {
        "egfr": ("F,30,61.88,umol/L,60", "result"),
        "ctcae": ("Anemia,g/L,99.9,120,,", "grade"),
        "sledai": ("items,rash,,,,,", "result"),
        "renal": ("3.2,3+,80,120,80,3.3,Y", "grade"),
    }
    other, result = sound[head]
    refused, scored_row = scored(tmp_path, kind, f"{HEADS[head]}{row}\n{other}\n")
    assert problem in refused["problem"]
    assert refused[result] == ""
    assert scored_row[result]
    assert not scored_row["problem"]


def test_that_a_dipstick_is_read_as_a_strip_is_written(tmp_path: Path) -> None:
    rows = scored(
        tmp_path,
        "bilag-renal",
        "dipstick,dipstick_previous,ever_involved\n2+,1+,Y\n2,1.0,Y\n1+,±,Y\nneg,2+,Y\n",
    )
    # A rise of one level to 2+ gives B, 1+ gives C, a negative strip D (renal vectors).
    assert [row["grade"] for row in rows] == ["B", "B", "C", "D"]


def test_that_a_negative_time_is_refused_and_the_others_are_counted(tmp_path: Path) -> None:
    rows = scored(tmp_path, "kaplan-meier", "set,time,event\na,-1,1\na,2,1\na,3,0\n")
    assert [(row["n_at_risk"], row["problem"]) for row in rows if row["time"] != "-1"] == [
        ("2", ""),
        ("1", ""),
    ]
    assert rows[-1]["problem"] == "time is -1; it must be >= 0"


def test_that_a_missing_laboratory_input_gives_a_range_not_a_score(tmp_path: Path) -> None:
    head = (
        "id,mode,items_ticked,proteinuria_g_24h,urine_rbc_hpf,urine_wbc_hpf,rbc_casts,c3_g_l,c3_lln,"
        "c4_g_l,c4_lln,anti_dsdna_iu_ml,anti_dsdna_uln,temp_c,platelets_10e9_l,wbc_10e9_l\n"
    )
    rows = scored(tmp_path, "sledai2k", head + "1,derive,rash,0.6,0,0,0,,,,,,,36.8,200,6\n")
    assert (rows[0]["result"], rows[0]["result_min"], rows[0]["result_max"]) == ("", "6", "10")
    assert "low_complement" in rows[0]["problem"]


def test_that_renal_bilag_is_graded_with_its_criteria(tmp_path: Path) -> None:
    rows = scored(
        tmp_path,
        "bilag-renal",
        "id,u24_g,creatinine_umol_l,active_sediment,u24_g_previous,creatinine_umol_l_previous,"
        "ever_involved\n"
        "1,3.2,,Y,,,Y\n2,1.2,,N,3.2,,Y\n3,,180,Y,,120,Y\n4,1.5,90,N,1.6,88,Y\n5,,,,,,\n",
    )
    # The vectors printed in the specification.
    assert [(row["grade"], row["criteria"]) for row in rows[:4]] == [
        ("A", "1;4"),
        ("C", ""),
        ("A", "3;4"),
        ("B", "1"),
    ]
    assert rows[4]["grade"] == ""
    assert "missing" in rows[4]["problem"]


def test_that_a_file_without_its_columns_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,x\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column"):
        score("ctcae5", source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_that_a_result_column_of_the_file_is_not_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("items_ticked,result\nrash,9\n", encoding="utf-8")
    with pytest.raises(InputError, match="already has a column result"):
        score("sledai2k", source, tmp_path / "out.csv")


RAGGED = "id,sex,age_years,creatinine,creatinine_unit\n"


def test_that_a_row_with_too_many_or_too_few_cells_is_told_and_the_others_are_scored(
    tmp_path: Path,
) -> None:
    rows = scored(
        tmp_path,
        "egfr-ckdepi-2021",
        RAGGED + "1,F,30,0.7,mg/dL\n2,F,30,0.7\n\n3,F,30,0,7,mg/dL\n4,F,30,0.7,mg/dL\n",
    )
    assert [(row["id"], row["problem"]) for row in rows] == [
        ("1", ""),
        ("2", "row 3: there are 4 cells under 5 columns"),
        ("3", "row 5: there are 6 cells under 5 columns"),
        ("4", ""),
    ]
    assert [row["result"] for row in rows[1:3]] == ["", ""]
    # 0.7 mg/dL, woman of 30: 119.24 in the specification's table.
    assert {f"{float(row['result']):.2f}" for row in (rows[0], rows[3])} == {"119.24"}
    assert [row["creatinine_unit"] for row in rows[1:3]] == ["", "7"]


def test_that_a_ragged_row_of_event_times_is_not_counted(tmp_path: Path) -> None:
    rows = scored(tmp_path, "kaplan-meier", "set,time,event\na,2,1\na,1\na,3,0,9\n")
    assert [row["n_at_risk"] for row in rows] == ["1", "", ""]
    assert [row["problem"] for row in rows[1:]] == [
        "row 3: there are 2 cells under 3 columns",
        "row 4: there are 4 cells under 3 columns",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_column_that_is_read_is_known(tmp_path: Path, kind: str) -> None:
    one = KINDS[kind]
    values = {
        "mode": "derive",
        "sex": "F",
        "age_years": "30",
        "creatinine": "70",
        "creatinine_unit": "umol/L",
        "weight_kg": "60",
        "term": "Anemia",
        "value": "110",
        "unit": "g/L",
        "lln": "120",
    }
    known = (*one.needs, *one.takes)
    assert len(set(known)) == len(known)
    source = tmp_path / "in.csv"
    cells = ",".join(values.get(column, "") for column in known)
    source.write_text(f"{','.join(known)}\n{cells}\n", encoding="utf-8")
    table = read_csv(source)
    one.scorer(table.rows[0])
    assert table.asked == set(known)


@pytest.mark.parametrize(
    ("kind", "columns", "told"),
    [
        ("bilag-renal", "id,u24_g,creatinin_umol_l", [("creatinin_umol_l", "creatinine_umol_l")]),
        ("bilag-renal", "u24,sbp_prev", [("u24", "u24_g"), ("sbp_prev", "sbp_previous")]),
        ("bilag-renal", "SBP,U24 g,Note", [("SBP", "sbp"), ("U24 g", "u24_g")]),
        ("sledai2k", "items_ticked,c3,wbc", [("c3", "c3_g_l"), ("wbc", "wbc_10e9_l")]),
        ("sledai2k", "items_ticked,expected_items,id,note,c3_g_l,c3", []),
        ("kaplan-meier", "id,sets,time,event", [("sets", "set")]),
        ("bilag-renal", "id,patient,comment,creatinine_umol_l,creatinine_unit", []),
    ],
)
def test_that_a_misspelt_column_is_told_with_the_one_that_was_meant(
    tmp_path: Path, kind: str, columns: str, told: list[tuple[str, str]]
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"{columns}\n{columns.count(',') * ','}\n", encoding="utf-8")
    counts = score(kind, source, tmp_path / "out.csv")
    assert [(one.column, one.meant) for one in counts.misspelt] == told


def test_that_no_column_of_the_vectors_is_taken_for_a_misspelt_one(
    tmp_path: Path, shared_data: Path
) -> None:
    files = {**{kind: name for kind, (name, _) in EQUATIONS.items()}, "sledai2k": "sledai2k"}
    files |= {"ctcae5": "ctcae5_labs", "kaplan-meier": "km_data"}
    for kind, name in files.items():
        counts = score(kind, shared_data / "vectors" / f"{name}.csv", tmp_path / "out.csv")
        assert counts.misspelt == (), kind


def test_that_every_kind_of_the_command_line_is_there() -> None:
    from lnmonitor.cli import SCORE_KINDS

    assert {*KINDS, "kaplan-meier"} == set(SCORE_KINDS)
