"""The same data in every kind of file come to the same records; a refusal changes nothing."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.integration.conftest import DM, LB, SV, VS
from tests.unit.exchange.files import (
    csv_bytes,
    dataset,
    json_bytes,
    ndjson_bytes,
    odm_bytes,
    row_xml,
    sheet_xml,
    xlsx_bytes,
    xlsx_parts,
    xpt_bytes,
    xpt_member,
    zip_bytes,
)

from lnmonitor import cli
from lnmonitor.errors import InputError
from lnmonitor.exchange import sdtm_import
from lnmonitor.exchange.import_report import ImportReport
from lnmonitor.exchange.limits import Limits
from lnmonitor.exchange.readers import Reading
from lnmonitor.exchange.sdtm_import import import_sdtm
from lnmonitor.exchange.table_import import import_table
from lnmonitor.services import patients
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent, LabResult, Visit

Domain = tuple[list[str], list[list[str]]]
NUMERIC = ("SEQ", "DY", "NUM", "STRESN", "AGE", "EXDOSE")
MAPPING = (
    '[subject]\ncolumn = "id"\n[visit]\ndate = "on"\n'
    '[results.CREAT]\ncolumn = "crea"\nunit = "mg/dL"\n'
)


def split(text: str) -> Domain:
    columns, *rows = list(csv.reader(text.splitlines()))
    return columns, rows


def domains() -> dict[str, Domain]:
    return {"DM": split(DM), "SV": split(SV), "LB": split(LB), "VS": split(VS)}


def typed(domain: Domain) -> tuple[list[str], list[list[str | float | None]], list[str]]:
    """Columns, rows and Dataset-JSON types, with numbers where SDTM has numbers."""
    columns, rows = domain
    numeric = [column.endswith(NUMERIC) for column in columns]
    cells = [
        [
            _number(text) if is_number else _text(text)
            for text, is_number in zip(row, numeric, strict=True)
        ]
        for row in rows
    ]
    return columns, cells, ["double" if one else "string" for one in numeric]


def _number(text: str) -> float | None:
    return None if text in ("", "NA") else float(text)


def _text(text: str) -> str:
    return "" if text == "NA" else text


def write(folder: Path, kind: str, found: Mapping[str, Domain]) -> Path:
    """Write SDTM domains as one kind of file; return the source to import."""
    source = folder / kind
    if kind == "odm":
        source = folder / "all.xml"
        source.write_bytes(odm_bytes(found))
        return source
    if kind == "xpt of all":
        source = folder / "all.xpt"
        parts = [(name, *typed(domain)[:2]) for name, domain in found.items()]
        members = b"".join(xpt_member(*part) for part in parts[1:])
        source.write_bytes(xpt_bytes(*parts[0]) + members)
        return source
    if kind == "workbook":
        source = folder / "all.xlsx"
        sheets = {
            name: sheet_xml("".join(row_xml(n, row) for n, row in enumerate((columns, *rows), 1)))
            for name, (columns, rows) in found.items()
        }
        source.write_bytes(zip_bytes(xlsx_parts(sheets)))
        return source
    if kind == "zip":
        source = folder / "all.zip"
        members = {f"sdtm/{n.lower()}.csv": csv_bytes(*domain) for n, domain in found.items()}
        source.write_bytes(zip_bytes(members))
        return source
    source.mkdir()
    for name, domain in found.items():
        columns, cells, types = typed(domain)
        content = {
            "csv": lambda d=domain: csv_bytes(*d),
            "csv.gz": lambda d=domain: gzip.compress(csv_bytes(*d)),
            "xpt": lambda n=name, c=columns, r=cells: xpt_bytes(n, c, r),
            "json": lambda n=name, c=columns, r=cells, t=types: json_bytes(dataset(n, c, r, t)),
            "ndjson": lambda n=name, c=columns, r=cells, t=types: ndjson_bytes(dataset(n, c, r, t)),
        }[kind]()
        (source / f"{name.lower()}.{kind}").write_bytes(content)
    return source


class Taken:
    """What an import would store: forms with their subject and visit, without the new ids."""

    def __init__(self, report: ImportReport, forms: Sequence[tuple[object, ...]]) -> None:
        self.counts = [
            (c.name, c.read, c.stored, c.records, dict(c.not_stored), dict(c.left_out))
            for c in sorted(report.sources, key=lambda count: count.name)
        ]
        self.forms = forms


def take(session: StudySession, source: Path, monkeypatch: pytest.MonkeyPatch) -> Taken:
    """Go the whole way to the store, and keep what would be stored there."""
    kept: list[tuple[object, ...]] = []

    def keep(_session: StudySession, batches: Sequence[object], **_more: object) -> None:
        for batch in batches:
            subject = {p.patient_id: (p.subject_id, p.site_id) for p in batch.patients}  # type: ignore[attr-defined]
            visits = {d.record_id: d.form.visit_code for d in batch.records if d.record_id}  # type: ignore[attr-defined]
            kept.extend(
                (*subject[d.patient_id], visits.get(d.visit_id), d.form, dict(d.missing))
                for d in batch.records  # type: ignore[attr-defined]
            )

    with monkeypatch.context() as patch:
        patch.setattr(sdtm_import, "import_records", keep)
        return Taken(import_sdtm(session, source), kept)


def test_that_every_kind_of_file_comes_to_the_same_records(
    manager: StudySession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = take(manager, write(tmp_path, "csv", domains()), monkeypatch)
    assert len(expected.forms) == 11
    kinds = ("csv.gz", "xpt", "xpt of all", "json", "ndjson", "odm", "workbook", "zip")
    for kind in kinds:
        found = take(manager, write(tmp_path, kind, domains()), monkeypatch)
        assert found.counts == expected.counts, kind
        assert found.forms == expected.forms, kind


def test_that_the_whole_real_trial_is_the_same_as_xpt_and_as_dataset_json(
    manager: StudySession, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shared_data / "sdtm-trial"
    found: dict[str, Domain] = {}
    for path in sorted(source.iterdir()):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        columns, *rows = list(csv.reader(raw.decode().splitlines()))
        found[path.name.split(".")[0].upper()] = (columns, rows)
    expected = take(manager, source, monkeypatch)
    assert (
        sum(count[2] for count in expected.counts)
        == 306 + 59_580 + 29_643 + 1_191 + 591 + 3_559 + 306
    )
    for kind in ("xpt", "json"):
        other = take(manager, write(tmp_path, kind, found), monkeypatch)
        assert other.counts == expected.counts, kind
        assert other.forms == expected.forms, kind


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.xpt", "t.json", "t.ndjson", "t.xml"])
def test_that_a_mapped_table_of_every_kind_is_stored_as_it_stands(
    manager: StudySession, tmp_path: Path, name: str
) -> None:
    columns = ["id", "on", "crea"]
    rows = [["1", "2024-01-02", "<1.05"], ["=2", "2024-01-03", "> 800"]]
    content = {
        "csv": lambda: csv_bytes(columns, rows),
        "xlsx": lambda: xlsx_bytes(columns, rows),
        "xpt": lambda: xpt_bytes("T", columns, rows),
        "json": lambda: json_bytes(dataset("T", columns, rows)),
        "ndjson": lambda: ndjson_bytes(dataset("T", columns, rows)),
        "xml": lambda: odm_bytes({"T": (columns, rows)}),
    }[name.split(".")[1]]()
    (tmp_path / name).write_bytes(content)
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    report = import_table(manager, tmp_path / name, tmp_path / "m.toml")
    assert (report.sources[0].read, report.sources[0].stored) == (2, 2)
    results = []
    for subject in ("1", "=2"):
        data = patients.patient_data(manager, patients.find_patient(manager, subject))
        (result,) = (record.form for record in data.of(LabResult))
        results.append((result.collected_on, result.operator, result.value, result.unit))
    assert results == [("2024-01-02", "<", 1.05, "mg/dL"), ("2024-01-03", ">", 800.0, "mg/dL")]


def fingerprint(folder: Path) -> str:
    """Hash every file of the study, as it lies on the disk."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def test_that_a_refusal_at_any_point_leaves_the_store_as_it_was(
    manager: StudySession, sdtm_trial: Path, tmp_path: Path
) -> None:
    import_sdtm(manager, sdtm_trial)
    before = fingerprint(tmp_path / "study")
    (sdtm_trial / "dm.csv").write_text(DM.replace("T-1", "N-1").replace("T-2", "N-2"))
    for name, content in (
        ("ae.csv", b"USUBJID,AETERM,AESTDTC,AESER\nN-1,x,2024-01-01\n"),
        ("ae.csv", b"USUBJID,AETERM\n"),
        ("ae.xpt", b"no xpt"),
        ("lb.json", b"{}"),
        ("lb.json", json_bytes(dataset("DM", *split(DM)))),
    ):
        (sdtm_trial / name).write_bytes(content)
        with pytest.raises(InputError):
            import_sdtm(manager, sdtm_trial)
        (sdtm_trial / name).unlink()
        assert fingerprint(tmp_path / "study") == before


AE = "USUBJID,AETERM,AEDECOD,AESTDTC,AEENDTC,AESER,AEOUT,AEREL,AETOXGR\n"


def test_that_rows_and_cells_without_a_place_are_named_and_not_half_stored(
    manager: StudySession, sdtm_trial: Path
) -> None:
    (sdtm_trial / "ae.csv").write_text(
        AE + "T-1, =1+1 ,D,2024-01-05T10:00,,N,SOMETHING,ALIEN,2\n"
        "T-1,b,D,44927,,N,,,\nT-1,c,D,2024-01-05,,YES,,,\nT-1,d,D,2024-01-05,,N,,,2.5\n",
        encoding="utf-8",
    )
    (sdtm_trial / "readme.txt").write_text("x")
    report = import_sdtm(manager, sdtm_trial)
    count = next(one for one in report.sources if one.name == "AE")
    assert dict(count.not_stored) == {
        "AESTDTC is not an ISO date: 44927": 1,
        "AESER is no code of the study: YES": 1,
        "AETOXGR is no code of the study: 2.5": 1,
    }
    assert count.lines["AESER is no code of the study: YES"] == [4]
    assert dict(count.left_out) == {
        "AEOUT has no code in the study: SOMETHING": 1,
        "AEREL has no code in the study: ALIEN": 1,
        "AESTDTC has a time of day, and the study only a date": 1,
    }
    data = patients.patient_data(manager, patients.find_patient(manager, "T-1"))
    (event,) = (record.form for record in data.of(AdverseEvent))
    assert (event.term, event.start, event.grade) == (" =1+1 ", "2024-01-05", 2)
    assert "Not read, as another kind of file: readme.txt." in report.notes
    assert "DM: columns without a place here: STUDYID." in report.notes
    assert "1 not stored: AESER is no code of the study: YES (row 4)" in report.text
    assert "1 left out: AEREL has no code in the study: ALIEN" in report.text


def test_that_a_visit_number_that_is_none_is_counted_in_every_domain(
    manager: StudySession, sdtm_trial: Path
) -> None:
    for name in ("lb", "vs", "sv"):
        path = sdtm_trial / f"{name}.csv"
        path.write_text(
            path.read_text().replace("1.0,BASE", "x,BASE").replace(",1,2024", ",x,2024")
        )
    report = import_sdtm(manager, sdtm_trial)
    assert all(count.complete for count in report.sources)
    assert "VISITNUM is not a number: x" in " ".join(
        reason for count in report.sources for reason in count.not_stored
    )


def test_that_visits_of_long_numbers_stay_apart(manager: StudySession, sdtm_trial: Path) -> None:
    (sdtm_trial / "sv.csv").write_text(
        "USUBJID,VISITNUM,VISIT,SVSTDTC\nT-1,1000001,A,2024-01-10\nT-1,1000002,B,2024-02-07\n"
    )
    import_sdtm(manager, sdtm_trial)
    data = patients.patient_data(manager, patients.find_patient(manager, "T-1"))
    assert {"A", "B"} <= {record.form.visit_code for record in data.of(Visit)}


@pytest.mark.parametrize("subject", ["", "a\nb", "x" * 41, "a\u202eb"])
def test_that_a_subject_number_that_is_none_is_refused_by_row(
    manager: StudySession, sdtm_trial: Path, subject: str
) -> None:
    (sdtm_trial / "dm.csv").write_bytes(
        csv_bytes(["USUBJID", "SITEID", "AGE", "SEX"], [[subject, "01", "30", "F"]])
    )
    report = import_sdtm(manager, sdtm_trial)
    count = next(one for one in report.sources if one.name == "DM")
    assert (count.stored, list(count.lines.values())) == (0, [[2 + subject.count("\n")]])
    assert patients.list_patients(manager) == ()


def test_that_the_mapping_says_what_the_file_does_not(
    manager: StudySession, tmp_path: Path
) -> None:
    file = '[file]\nencoding = "gb18030"\ndelimiter = ";"\ndecimal = ","\n'
    (tmp_path / "m.toml").write_text(MAPPING.replace('"crea"', '"肌酐"') + file, encoding="utf-8")
    (tmp_path / "t.csv").write_bytes(
        "id;on;肌酐\n王1;2024-01-02;1,05\n王1;2024-01-03;1.05\n".encode("gb18030")
    )
    report = import_table(manager, tmp_path / "t.csv", tmp_path / "m.toml")
    assert dict(report.sources[0].not_stored) == {"肌酐 is not a number: 1.05": 1}
    data = patients.patient_data(manager, patients.find_patient(manager, "王1"))
    assert [record.form.value for record in data.of(LabResult)] == [1.05]


def test_that_a_workbook_of_several_sheets_needs_the_name_of_one(
    manager: StudySession, tmp_path: Path
) -> None:
    cells = row_xml(1, ["id", "on", "crea"]) + row_xml(2, ["1", "2024-01-02", "1"])
    sheets = {"Old": sheet_xml(row_xml(1, ["x"])), "New": sheet_xml(cells)}
    (tmp_path / "t.xlsx").write_bytes(zip_bytes(xlsx_parts(sheets, hidden=["New"])))
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(InputError, match="several tables: Old, New"):
        import_table(manager, tmp_path / "t.xlsx", tmp_path / "m.toml")
    (tmp_path / "m.toml").write_text(MAPPING + '[file]\ntable = "New"\n', encoding="utf-8")
    report = import_table(manager, tmp_path / "t.xlsx", tmp_path / "m.toml")
    assert report.sources[0].stored == 1
    assert "The sheet New is hidden in the workbook." in report.notes
    (tmp_path / "m.toml").write_text(MAPPING + '[file]\ntable = "No"\n', encoding="utf-8")
    with pytest.raises(InputError, match="has no table No"):
        import_table(manager, tmp_path / "t.xlsx", tmp_path / "m.toml")


def test_that_two_files_of_one_domain_and_an_unknown_encoding_are_refused(
    manager: StudySession, sdtm_trial: Path
) -> None:
    (sdtm_trial / "x.json").write_bytes(json_bytes(dataset("dm", *split(DM))))
    with pytest.raises(InputError, match=r"The domain dm stands twice, in x\.json and in dm\.csv"):
        import_sdtm(manager, sdtm_trial)
    (sdtm_trial / "x.json").unlink()
    few = Reading(limits=Limits(all_cells=100))
    with pytest.raises(InputError, match="more than 100 cells in all its tables"):
        import_sdtm(manager, sdtm_trial, reading=few)
    with pytest.raises(InputError, match="no encoding klingon"):
        import_sdtm(manager, sdtm_trial, reading=Reading(encoding="klingon"))


def test_that_the_command_line_tells_a_refusal_in_one_line(
    manager: StudySession, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "study"
    manager.close()
    monkeypatch.setenv("LNMONITOR_PASSWORD", "cells per kg 1e6")
    (tmp_path / "a\nb.xml").write_bytes(b"<!DOCTYPE a><a/>")
    command = ["import", "sdtm", str(tmp_path / "a\nb.xml"), "--study", str(folder)]
    assert cli.main([*command, "--user", "datamanager"]) == 2
    told = capsys.readouterr().err
    assert told == (
        "lnmonitor: a[U+000A]b.xml holds a document type or an entity, which may read other"
        " files. Nothing was imported; save it without them.\n"
    )
