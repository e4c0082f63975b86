"""The command line as a script uses it: one sentence and an exit status for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lnmonitor import cli

PASSWORD = "cells per kg 1e6"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LNMONITOR_PASSWORD", PASSWORD)
    folder = tmp_path / "study"
    assert cli.main(["new", str(folder), "--site", "01", "--admin", "chen"]) == 0
    return folder


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what went to standard error: one line."""
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    assert "Traceback" not in error
    return error


def test_that_a_study_is_made_filled_reported_exported_and_verified(
    study: Path, sdtm_trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--study", str(study), "--user", "chen"]
    assert cli.main(["import", "sdtm", str(sdtm_trial), *at, "--json"]) == 0
    printed = capsys.readouterr().out
    report = json.loads(printed[printed.index("{") :])
    assert {one["name"]: one["stored"] for one in report["sources"]}["LB"] == 3
    pdf, workbook = tmp_path / "one.pdf", tmp_path / "all.xlsx"
    assert cli.main(["report", "patient", *at, "--subject", "T-1", "--out", str(pdf)]) == 0
    assert cli.main(["export", "xlsx", *at, "--out", str(workbook)]) == 0
    for path in (pdf, workbook):
        assert cli.main(["verify", str(path), *at]) == 0
    assert cli.main(["verify", str(study), "--user", "chen"]) == 0
    assert "intact" in capsys.readouterr().out
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    assert cli.main(["verify", str(pdf), *at]) == 3


def test_that_casebooks_and_blank_forms_are_written(
    study: Path, sdtm_trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--study", str(study), "--user", "chen"]
    assert cli.main(["import", "sdtm", str(sdtm_trial), *at]) == 0
    said = ["--recipient", "The archive", "--lang", "zh"]
    one, every = tmp_path / "one.pdf", tmp_path / "all"
    book = ["report", "casebook", *at, *said]
    assert cli.main([*book, "--subject", "T-1", "--out", str(one)]) == 0
    assert cli.main([*book, "--all", "--out", str(every)]) == 0
    assert cli.main(["report", "crf", *at, *said, "--annotated", "--out", str(tmp_path)]) == 0
    names = sorted(path.name for path in every.iterdir())
    assert names == ["T-1-casebook.pdf", "T-2-casebook.pdf"]
    for path in (one, tmp_path / "acrf.pdf"):
        assert cli.main(["verify", str(path), *at]) == 0
    assert "The archive" in capsys.readouterr().out


def test_that_accounts_are_added_with_a_role(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--study", str(study), "--user", "chen"]
    monkeypatch.setenv("LNMONITOR_NEW_PASSWORD", "another long phrase")
    assert cli.main(["user", "add", "李文", "--role", "coordinator", *at]) == 0
    capsys.readouterr()
    assert cli.main(["user", "add", "ana", "--role", "king", *at]) == 2
    assert "There is no role king" in told(capsys)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["report", "patient", "--subject", "X-9", "--out", "x.pdf"], 2, "no patient X-9"),
        (["report", "casebook", "--out", "x.pdf"], 2, "Whose document?"),
        (["import", "sdtm", "/nowhere"], 2, "no folder /nowhere"),
        (["import", "table", "/nowhere.csv"], 2, "A table needs a mapping"),
        (["export", "xlsx", "--out", "x.csv"], 2, "not a workbook's name"),
        (["export", "xlsx", "--out", "x.xlsx", "--cutoff", "soon"], 2, "is not a date"),
    ],
)
def test_that_a_mistake_is_one_sentence_with_its_status(
    study: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    says: str,
) -> None:
    capsys.readouterr()
    assert cli.main([*arguments, "--study", str(study), "--user", "chen"]) == status
    assert says in told(capsys)


def test_that_a_wrong_password_opens_nothing(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    monkeypatch.setenv("LNMONITOR_PASSWORD", "not the password")
    assert cli.main(["cohort", "--study", str(study), "--user", "chen"]) in (2, 3)
    assert "assword" in told(capsys)


def test_that_a_folder_that_is_no_study_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["cohort", "--study", str(tmp_path), "--user", "x"]) in (2, 3)
    assert "study" in told(capsys)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
def test_that_a_missing_display_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main([]) == 2
    assert "no display" in told(capsys)


def test_that_a_bug_is_one_sentence_and_its_trace_goes_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_path: Path, **_more: object) -> None:
        value = 80 + 8
        raise RuntimeError(f"creatinine of T-1 is {value}")

    monkeypatch.setattr("lnmonitor.exchange.score.read_csv", broken)
    monkeypatch.setattr("lnmonitor.paths.log_dir", lambda: tmp_path)
    source = tmp_path / "in.csv"
    source.write_text("term,value,unit\n", encoding="utf-8")
    arguments = ["score", "ctcae5", "--from", str(source), "--out", str(tmp_path / "o.csv")]
    assert cli.main(arguments) == 1
    assert "RuntimeError" in told(capsys)
    log = (tmp_path / "errors.log").read_text(encoding="utf-8")
    assert "in score" in log
    assert "88" not in log, "a message might quote a study value"


def test_that_a_misspelt_column_is_told_once_and_the_rows_are_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,u24_g,sbp_prev,ever_involved\n1,3.2,120,Y\n2,3.2\n", encoding="utf-8")
    assert cli.main(["score", "bilag-renal", "--from", str(source), "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.err == (
        "lnmonitor: in.csv has a column sbp_prev, which is not read. Did you mean sbp_previous? "
        "Its values count as missing.\n"
    )
    assert printed.out.startswith("1 rows scored, 1 with a problem")
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3


def test_that_a_missing_column_that_is_needed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("term,values,unit\nAnemia,110,g/L\n", encoding="utf-8")
    assert cli.main(["score", "ctcae5", "--from", str(source), "--out", str(out)]) == 2
    assert "no column value" in told(capsys)
    assert not out.exists()


def test_that_the_command_starts_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lnmonitor", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert done.stdout.startswith("lnmonitor ")
