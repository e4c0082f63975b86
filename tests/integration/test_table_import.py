"""Real lupus visits by a mapping: scores from real items, counts as published beside the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmonitor.errors import InputError
from lnmonitor.exchange.table_import import import_table
from lnmonitor.services import patients
from lnmonitor.services.session import StudySession

MAPPINGS = Path(__file__).parent / "mappings"


def test_that_recorded_totals_give_the_published_counts(
    manager: StudySession, shared_data: Path
) -> None:
    source = shared_data / "sle-visits" / "gse65391_subset_sledai_longitudinal_long.csv"
    report = import_table(manager, source, MAPPINGS / "gse65391_totals.toml")
    assert report.sources[0].stored == 154
    assert report.patients == 22
    # The counts in the data folder's own description.
    assert report.notes[0] == (
        "Recorded SLEDAI, 132 steps from visit to visit: rise of 3 or more in 22 (12 patients),"
        " rise of 4 or more in 21 (12 patients), rise of 3 or more to above 12 in 9 (5 patients),"
        " fall of 4 or more in 22 (13 patients)."
    )
    assert report.notes[1].startswith("Columns that the mapping does not name: days_since_prev")


def test_that_real_items_are_scored_and_absent_items_are_missing(
    manager: StudySession, shared_data: Path
) -> None:
    source = shared_data / "sle-visits" / "gse65391_linked_total_vs_items.csv"
    report = import_table(manager, source, MAPPINGS / "gse65391_linked.toml")
    assert "at 46 visits" in report.notes[0]
    assert "equals the total in 44, is lower in 2, higher in 0" in report.notes[0]
    visits = [
        visit
        for one in patients.list_patients(manager)
        for visit in patients.course(manager, one.patient_id).visits
    ]
    assert len(visits) == 46
    for visit in visits:
        score = visit.sledai()
        assert score is not None
        assert score.score is None, "14 items are missing, so no exact score exists"
        assert len(score.missing) == 14
        # The 14 absent items: 8 of weight 8, myositis 4, alopecia, pleurisy and pericarditis 2,
        # fever and platelets 1.
        assert score.high - score.low == 64 + 4 + 6 + 2
        assert visit.recorded_sledai is not None
        assert score.low <= visit.recorded_sledai <= score.high


def test_that_ten_of_24_items_go_in_whole(manager: StudySession, shared_data: Path) -> None:
    source = shared_data / "sle-visits" / "gse65391_subset_10of24_sledai_items.csv"
    report = import_table(manager, source, MAPPINGS / "gse65391_items.toml")
    assert (report.patients, report.sources[0].stored) == (125, 353)
    assert not report.sources[0].not_stored


def mapped(folder: Path, table: str, mapping: str) -> tuple[Path, Path]:
    (folder / "t.csv").write_text(table, encoding="utf-8")
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    return folder / "t.csv", folder / "m.toml"


MAPPING = (
    '[subject]\ncolumn = "id"\n[visit]\ndate = "on"\n'
    '[results.CREAT]\ncolumn = "crea"\nunit = "mg/dL"\n'
)


def test_that_a_row_with_a_cell_that_cannot_be_read_is_left_out_with_the_reason(
    manager: StudySession, tmp_path: Path
) -> None:
    table = "id,on,crea\n1,2024-01-02,1.0\n1,2024-02-30,1.0\n1,2024-03-01,1+\n,2024-03-01,1\n2,,1\n"
    report = import_table(manager, *mapped(tmp_path, table, MAPPING))
    count = report.sources[0]
    assert (count.read, count.stored) == (5, 1)
    assert dict(count.not_stored) == {
        "on is not an ISO date: 2024-02-30": 1,
        "crea is not a number: 1+": 1,
        "id is empty": 1,
        "on is empty": 1,
    }
    assert count.lines["crea is not a number: 1+"] == [4], "the row is named"


def test_that_a_sex_that_is_none_is_told_and_many_reasons_are_cut_in_words_only(
    manager: StudySession, tmp_path: Path
) -> None:
    mapping = MAPPING.replace("[visit]", 'sex = { column = "sex", F = "1", M = "0" }\n[visit]')
    bad = "".join(f"{n},2024-01-02,x{n},1\n" for n in range(30))
    table = "id,on,crea,sex\na,2024-01-02,1,1\nb,2024-01-02,1,F\n" + bad
    report = import_table(manager, *mapped(tmp_path, table, mapping))
    count = report.sources[0]
    assert count.left_out == {"sex is neither F nor M: F": 1}
    assert "and 5 more reasons; --json names all" in report.text
    told = report.as_json()["sources"]
    assert isinstance(told, list)
    assert len(told[0]["not_stored"]) == 30


def test_that_a_visit_is_not_taken_twice(manager: StudySession, tmp_path: Path) -> None:
    table, mapping = mapped(tmp_path, "id,on,crea\n1,2024-01-02,1.0\n", MAPPING)
    import_table(manager, table, mapping)
    again = import_table(manager, table, mapping)
    assert again.sources[0].not_stored == {"the subject has this visit already": 1}
    table.write_text("id,on,crea\n1,2024-02-02,1.1\n", encoding="utf-8")
    further = import_table(manager, table, mapping)
    assert further.sources[0].stored == 1
    assert len(patients.list_patients(manager)) == 1


def test_that_a_table_without_the_mapped_columns_is_refused(
    manager: StudySession, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no column crea"):
        import_table(manager, *mapped(tmp_path, "id,on\n1,2024-01-02\n", MAPPING))
    assert patients.list_patients(manager) == ()
