"""What goes wrong, said to a person: a mistake as a sentence, a bug as a reference with a report.

A report holds no study value: types, places in the program and versions, never an exception's text.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from dataclasses import dataclass
from types import TracebackType

import PySide6

import lnmonitor
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.session_hub import hub
from lnmonitor.errors import UserError
from lnmonitor.paths import log_dir, own_file

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """A bug's reference, as shown, and the text that can be copied and sent."""

    reference: str
    text: str


def sentence(problem: Exception) -> str:
    """Return what to tell a person about a mistake of theirs or of the world."""
    if isinstance(problem, UserError):
        parts = [tr(problem.message, **problem.params) if problem.params else tr(problem.message)]
        if problem.remedy:
            parts.append(
                tr(problem.remedy, **problem.params) if problem.params else tr(problem.remedy)
            )
        return " ".join(parts)
    return tr("The program met a fault of its own.")


def report(problem: BaseException) -> Report:
    """Return the report of a bug and keep it in the log folder."""
    import platform  # needed for a report only: the first window does not wait for it
    import secrets

    reference = secrets.token_hex(3).upper()
    lines = [
        f"lnmonitor {lnmonitor.__version__}, report {reference}",
        f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, {platform.platform()}",
        "",
    ]
    for one in _chain(problem):
        lines.append(f"{type(one).__module__}.{type(one).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(one.__traceback__)
        ]
    made = Report(reference, "\n".join(lines) + "\n")
    _keep(made)
    return made


def _chain(problem: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = problem
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found


def _keep(made: Report) -> None:
    try:
        path = log_dir() / f"report-{made.reference}.txt"
        own_file(path).write_text(made.text, encoding="utf-8")
    except OSError as problem:
        _log.warning("report not kept: %s", problem)


def tell(problem: BaseException | None) -> None:
    """Log that something broke, without its text, and bring it to whichever window listens."""
    if problem is not None:
        where = traceback.extract_tb(problem.__traceback__)
        place = f"{where[-1].filename}:{where[-1].lineno}" if where else "?"
        _log.error("%s at %s", type(problem).__qualname__, place)
        hub().problem.emit(problem)


def install_hooks() -> None:
    """Bring exceptions nobody caught to the shell; the program stays up."""

    def from_python(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, problem, trace)
            return
        tell(problem)

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            tell(args.exc_value)

    sys.excepthook = from_python
    threading.excepthook = from_thread
    sys.unraisablehook = lambda args: tell(args.exc_value)
