"""Measure lnmonitor against the bare libraries in the same run, and print the ratios.

    python benchmarks/run.py            print the table
    python benchmarks/run.py --record   and write it into docs/benchmarks.md

Ratios hold on any machine, milliseconds do not. Each work runs in a process of its own, on a
synthetic study made for the run.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from measure import Measured

WORKS = ("sign_in", "trends", "save_form", "workbook", "pdf_summary")
RECORD = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
MARK = "<!-- measured -->"
LIBRARIES = ("PySide6-Essentials", "pyqtgraph", "sqlcipher3", "openpyxl", "reportlab")


def main(arguments: list[str]) -> int:
    """Run all works, or one with its result as JSON (that is how each gets its own process)."""
    if arguments[:1] == ["--one"]:
        module = importlib.import_module(arguments[1])
        print("measured " + json.dumps(asdict(module.measure(Path(arguments[2])))))
        return 0
    with tempfile.TemporaryDirectory(prefix="lnmonitor-bench-") as folder:
        study = Path(folder) / "study"
        print("making a synthetic study of 81 patients", flush=True)
        _lnmonitor("demo", str(study), "--no-window")
        results = [result for name in WORKS if (result := _in_own_process(name, study))]
    table = _table(results)
    print(table)
    if "--record" in arguments:
        _record(table)
    return 0 if len(results) == len(WORKS) else 1


def _lnmonitor(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "lnmonitor", *arguments], check=True, stdout=subprocess.DEVNULL
    )


def _in_own_process(name: str, study: Path) -> Measured | None:
    print(f"{name} ...", flush=True)
    result = subprocess.run(
        [sys.executable, __file__, "--one", name, str(study)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("measured ")]
    if not lines:
        print(f"{name} could not be measured:\n{result.stderr[-1500:]}", file=sys.stderr)
        return None
    return Measured(**json.loads(lines[0].removeprefix("measured ")))


def _table(results: list[Measured]) -> str:
    rows = [("work", "ours, ms", "floor, ms", "ratio", "CPU ratio", "floor")]
    rows += [
        (
            r.work,
            f"{r.ours_ms:.1f}",
            f"{r.floor_ms:.1f}",
            f"{r.ratio:.2f}",
            f"{r.cpu_ratio:.2f}",
            r.floor,
        )
        for r in results
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def _record(table: str) -> None:
    """Put the table and what it was measured with between the two marks of the page."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    measured = f"""{MARK}

{table}

Measured with Python {platform.python_version()} on {platform.system()} {platform.machine()},
{os.cpu_count()} cores; {libraries}.

{MARK}"""
    page = RECORD.read_text(encoding="utf-8")
    before, _, rest = page.partition(MARK)
    RECORD.write_text(before + measured + rest.partition(MARK)[2], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
