"""A process that types and saves is killed at random instants; nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.soak.conftest import PASSWORD, Tell, how_many

from lnmonitor.services.journal import drafts
from lnmonitor.services.patients import find_patient, patient_data
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify import verify
from lnmonitor.study.forms import Visit, VitalSigns

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks one process for each kill")
FRESH_AFTER = 25
"""Rounds on one study, which grows; then another copy."""


class Typists:
    """The program that forks a typist for each round."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("typist.py")), PASSWORD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        )

    def round(self, folder: Path, seed: int, enough: int, after: float) -> list[dict[str, Any]]:
        """Let one type until it is killed; return all it said.

        The kill comes `after` seconds from when it has said so many lines and is ready: a busy
        machine, on which little is done in a second, tests as much as an idle one.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder}\t{seed}\n")
        self._process.stdin.flush()
        lines = self._lines()
        pid = next(lines)["pid"]
        killer: threading.Timer | None = None
        said = []
        for line in lines:
            if "ended" in line:
                break
            said.append(line)
            if killer is None and len(said) > enough:
                killer = threading.Timer(after, os.kill, (pid, signal.SIGKILL))
                killer.start()
        assert killer is not None, "the typist ended by itself"
        killer.join()
        return said

    def _lines(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_that_a_kill_at_any_instant_loses_nothing_acknowledged(
    made: Path, tmp_path: Path, tell: Tell
) -> None:
    rounds = how_many(short=50, long=1000)
    chance = random.Random(4711)
    lost = half = lost_drafts = broken = saves = kept = 0
    started = time.monotonic()
    typists = Typists()
    try:
        for number in range(rounds):
            folder = tmp_path / f"study{number // FRESH_AFTER}"
            if not folder.exists():
                shutil.rmtree(tmp_path / f"study{number // FRESH_AFTER - 1}", ignore_errors=True)
                shutil.copytree(made, folder)
            said = typists.round(folder, number, chance.randrange(25), chance.uniform(0.0, 0.01))
            whole = number % 10 == 9 or number == rounds - 1
            found = _compare(folder, said, whole=whole)
            saves += sum("saved" in line for line in said)
            kept += sum("draft" in line for line in said)
            lost, half = lost + found[0], half + found[1]
            lost_drafts, broken = lost_drafts + found[2], broken + found[3]
    finally:
        typists.close()
    tell(
        f"kill test: {rounds} kills, {saves} acknowledged saves, {kept} acknowledged drafts in "
        f"{time.monotonic() - started:.0f} s: values lost {lost}, half-written {half}, "
        f"drafts lost {lost_drafts}, chain broken {broken}"
    )
    assert saves > rounds / 2
    assert (lost, half, lost_drafts, broken) == (0, 0, 0, 0)


def _compare(folder: Path, said: list[dict[str, Any]], *, whole: bool) -> tuple[int, int, int, int]:
    """Return values lost, records half-written, drafts lost, and 1 if the study is not intact."""
    weights: dict[str, float] = {}
    typed: dict[str, list[str | None]] = {}  # what may be found: acknowledged, and under way
    for line in said:
        if "saved" in line:
            weights[line["saved"]] = line["weight"]
            typed.pop(line["saved"], None)
        elif "typing" in line:
            typed.setdefault(line["typing"], [None])[1:] = [line["text"]]
        elif "draft" in line:
            typed[line["draft"]] = [line["text"]]
    unsure = said[-1].get("saving") if said else None
    # Opening verifies all of the audit trail that was added since the last opening.
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        data = patient_data(session, find_patient(session, "SUBJ-4711"))
        lost = half = 0
        for visit in data.of(Visit):
            signs = data.at_visit(visit.id, VitalSigns)
            half += len(signs) != 3
        for visit_id, weight in weights.items():
            signs = data.at_visit(visit_id, VitalSigns)
            stored = signs[0].form.weight_kg if signs else None
            right = {weight, weight + 1} if visit_id == unsure else {weight}
            lost += stored not in right
        known = {one.place.visit: one.values["weight_kg"] for one in drafts(session)}
        lost_drafts = sum(
            known.get(visit_id) not in texts
            and not (visit_id == unsure and data.at_visit(visit_id, VitalSigns))
            for visit_id, texts in typed.items()
        )
        broken = int(whole and not verify(session).intact)
    return lost, half, lost_drafts, broken
