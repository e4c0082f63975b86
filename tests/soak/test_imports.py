"""Malformed files of every kind: none crashes the program, none is taken for what it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.soak.conftest import Tell, how_many

CHECKOUT = Path(__file__).parents[2]
WRONG = ("crashes", "silently wrong", "changed by a refusal")

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="limits a process in the way of Linux"
)


def test_that_malformed_files_are_refused_or_taken_as_they_stand(
    tmp_path: Path, tell: Tell
) -> None:
    count = how_many(short=2_000, long=100_000)
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.importer", str(tmp_path), "20261128", str(count)],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": f"{CHECKOUT / 'src'}{os.pathsep}{CHECKOUT}"},
        timeout=3_600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    told = ", ".join(f"{figures.get(name, 0)} {name}" for name in (*WRONG, "refused", "accepted"))
    tell(
        f"malformed imports: {count}: {told}; {figures['compared']} compared cell by cell with"
        f" another reader, {figures['imported']} into a study; peak {figures['peak MB']} MB,"
        f" {figures['seconds']} s of processor time"
    )
    findings = sorted(path.read_text(encoding="utf-8") for path in tmp_path.glob("finding-*.txt"))
    assert findings == []
    assert not any(figures.get(name) for name in WRONG)
    assert figures["refused"] + figures["accepted"] == count
    assert figures["accepted"] > count / 50, "files too broken to say anything"
    assert figures["refused"] > count / 10
