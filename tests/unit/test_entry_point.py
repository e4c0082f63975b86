"""A fault of the program reaches a person as one sentence and a report without study values."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmonitor import __main__, cli


def test_that_a_fault_is_one_sentence_and_a_report_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail() -> int:
        raise RuntimeError("creatinine 81 of 01-047")

    monkeypatch.setattr(cli, "main", fail)
    monkeypatch.setattr("lnmonitor.paths.log_dir", lambda: tmp_path)
    assert __main__.main() == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "fault of its own (RuntimeError)" in shown
    report = (tmp_path / "fault.txt").read_text(encoding="utf-8")
    assert "builtins.RuntimeError" in report
    assert "test_entry_point.py" in report
    assert "01-047" not in shown + report


def test_that_a_report_is_kept_when_the_log_folder_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail() -> int:
        raise RuntimeError

    monkeypatch.setattr(cli, "main", fail)
    monkeypatch.setattr("lnmonitor.paths.log_dir", lambda: tmp_path / "absent")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert __main__.main() == 1
    kept = Path(capsys.readouterr().err.strip().rpartition(": ")[2])
    assert kept.read_text(encoding="utf-8").startswith("lnmonitor ")
