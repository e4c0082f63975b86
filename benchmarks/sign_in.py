"""From the start of the process to a painted sign-in window, against a bare PySide6 window.

Both run from compiled bytecode, as an installed program does; it lies in the run's own folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from measure import Measured, Times, medians

# Runs until the first window has been painted and can be typed into, then tells the time.
_PROBE = """
import os, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

class Painted(QObject):
    seen = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            Painted.seen = True
        return False

def until_painted(*_):
    application = QApplication.instance()
    painted = Painted()
    application.installEventFilter(painted)
    while not Painted.seen:
        application.processEvents()
    application.processEvents()
    print(f"painted {time.time()} {time.process_time()}", flush=True)
    os._exit(0)

QApplication.exec = staticmethod(until_painted)
"""
_OURS = """
from pathlib import Path
from lnmonitor.desktop.app import run
import sys
run(Path(sys.argv[1]))
"""
_FLOOR = """
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
application = QApplication([])
window = QWidget()
layout = QVBoxLayout(window)
for widget in (QLineEdit(), QLineEdit(), QPushButton("Sign in")):
    layout.addWidget(widget)
window.resize(1280, 800)
window.show()
QApplication.exec()
"""


def measure(study: Path) -> Measured:
    """Start each program some times by turns."""
    taken: dict[str, list[Times]] = {_OURS: [], _FLOOR: []}
    for turn in range(13):
        for program, times in taken.items():
            elapsed = _start(program, study)
            if turn:  # the first compiles, and fills the disk's cache
                times.append(elapsed)
    return Measured(
        "start to a painted sign-in window",
        "bare PySide6 window",
        *medians(taken[_OURS], taken[_FLOOR]),
    )


def _start(program: str, study: Path) -> Times:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPYCACHEPREFIX": str(study.parent / "bytecode"),
        "XDG_CONFIG_HOME": str(study.parent),  # a person's own list of studies stays as it is
    }
    started = time.time()
    result = subprocess.run(
        [sys.executable, "-c", _PROBE + program, str(study)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("painted ")]
    if not lines:
        raise RuntimeError(f"no window was painted: {result.stderr[-2000:]}")
    painted, cpu = (float(number) for number in lines[0].split()[1:])
    return (painted - started) * 1000, cpu * 1000
