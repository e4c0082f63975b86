"""The front door: set lnmonitor up and do one thing with it.

    python3 packaging/bootstrap.py demo     open the synthetic study (or write its documents)
    python3 packaging/bootstrap.py test     formatting, lint, types, import contracts, all tests
    python3 packaging/bootstrap.py run ...  the program itself, with its own arguments
    python3 packaging/bootstrap.py bench    measure against the bare libraries
    python3 packaging/bootstrap.py soak     the long forms of the failure tests, with their figures

Standard library only. Set-up happens once: an environment that fits the lock is left alone.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time

import environment
from problems import SetupProblem, say
from system_packages import ensure_qt_libraries

ROOT = environment.ROOT
DEMO_STUDY = ROOT / "demo-study"
DEMO_OUTPUT = ROOT / "demo-output"


def main(arguments: list[str]) -> int:
    """Run a command and return its exit status."""
    commands = {"demo": demo, "test": test, "run": run, "bench": bench, "soak": soak}
    name, *rest = arguments or [""]
    if name not in commands or (rest and name != "run"):
        print(__doc__)
        return 0 if name in {"-h", "--help", "help"} else 2
    try:
        environment.check_python()
        environment.ensure()
        return commands[name](rest)
    except SetupProblem as problem:
        print(f"error: {problem.message}\n{problem.remedy}", file=sys.stderr)
    except OSError as error:
        print(
            f"error: {error.strerror}: {error.filename}\n"
            "Check that the disk has room and that this folder may be written, then run again.",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("\nstopped; run this again to go on", file=sys.stderr)
        return 130
    return 1


def demo(_arguments: list[str]) -> int:
    """Make the synthetic study and open it; without a display, write what a window would show."""
    ensure_qt_libraries(environment.site_packages(), window=_has_display_variable())
    if _can_show_a_window():
        say(f"opening {DEMO_STUDY.name}/, a study of 81 synthetic patients (made first if absent)")
        return _lnmonitor("demo", str(DEMO_STUDY))
    say("there is no display, so no window: the same study goes into documents")
    command = ("demo", str(DEMO_STUDY), "--no-window", "--output", str(DEMO_OUTPUT))
    status = _lnmonitor(*command, offscreen=True)
    if status == 0:
        say(f"done: study in {DEMO_STUDY.name}/, PDF, workbook and plots in {DEMO_OUTPUT.name}/")
    return status


def run(arguments: list[str]) -> int:
    """Run lnmonitor with the given arguments."""
    ensure_qt_libraries(environment.site_packages(), window=not arguments)
    return _lnmonitor(*arguments)


def bench(_arguments: list[str]) -> int:
    """Measure against the bare libraries and print the ratios."""
    ensure_qt_libraries(environment.site_packages(), window=False)
    return _call([str(environment.PYTHON), str(ROOT / "benchmarks" / "run.py")], offscreen=True)


def soak(_arguments: list[str]) -> int:
    """Kill, fill, cut and alter studies many times over; prints what was lost."""
    ensure_qt_libraries(environment.site_packages(), window=False)
    say("the long forms of the failure tests; this takes a quarter of an hour or more")
    options = ["-q", "-p", "no:xdist", "-o", "faulthandler_timeout=0"]  # one test takes minutes
    command = [str(environment.PYTHON), "-m", "pytest", *options, "tests/soak"]
    variables = _environment(offscreen=True) | {"LNMONITOR_SOAK": "long"}
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


def test(_arguments: list[str]) -> int:
    """Run every check; all of them, so that one run shows all that is wrong."""
    ensure_qt_libraries(environment.site_packages(), window=False)
    python = str(environment.PYTHON)
    steps = {
        "formatting": [environment.script("ruff"), "format", "--check", "."],
        "lint": [environment.script("ruff"), "check", "."],
        "types": [environment.script("mypy")],
        "import contracts": [environment.script("lint-imports"), "--no-cache"],
        "compiled forms": [python, str(ROOT / "packaging" / "compile_ui.py"), "--check"],
        "tests": [python, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"],
    }
    outcomes = {name: _check(name, command) for name, command in steps.items()}
    failed = [name for name, passed in outcomes.items() if not passed]
    say("all checks passed" if not failed else f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def _check(name: str, command: list[str]) -> bool:
    """Run one check, show its output if it fails or is the tests, and say how it went."""
    say(f"{name} ...")
    started = time.monotonic()
    shown = name == "tests"
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(offscreen=True),
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if result.returncode and not shown:
        say(result.stdout)
    verdict = "FAILED" if result.returncode else "ok"
    say(f"{name} {verdict}, {time.monotonic() - started:.1f} s")
    return result.returncode == 0


def _lnmonitor(*arguments: str, offscreen: bool = False) -> int:
    return _call([str(environment.PYTHON), "-m", "lnmonitor", *arguments], offscreen=offscreen)


def _call(command: list[str], *, offscreen: bool) -> int:
    return subprocess.run(command, env=_environment(offscreen=offscreen), check=False).returncode


def _environment(*, offscreen: bool) -> dict[str, str]:
    """Return the variables for a child: the project's environment alone, no foreign modules."""
    variables = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    variables["PYTHONUTF8"] = "1"
    if offscreen:
        variables["QT_QPA_PLATFORM"] = "offscreen"
    return variables


def _has_display_variable() -> bool:
    return platform.system() != "Linux" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _can_show_a_window() -> bool:
    """Ask Qt itself: a DISPLAY variable may point to a server that is gone."""
    if not _has_display_variable():
        return False
    probe = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    try:
        result = subprocess.run(
            [str(environment.PYTHON), "-c", probe],
            env=_environment(offscreen=False),
            capture_output=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
