"""The command line: the same services as the desktop, for automation and for tests from outside.

One module for each group of commands. Errors are one line on standard error with exit status 2
(input) or 3 (refused). Heavy imports happen inside the command that needs them, so that the
desktop's window is not kept waiting.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from lnmonitor import __version__, paths
from lnmonitor.cli import backups, exports, imports, reports, studies
from lnmonitor.cli.imports import SCORE_KINDS
from lnmonitor.errors import RefusedError, UserError
from lnmonitor.progress import Cancelled

__all__ = ["SCORE_KINDS", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        result: int = arguments.run(arguments)
    except UserError as error:
        sys.stderr.write(f"lnmonitor: {error.text}\n")
        return error.exit_status
    except (Cancelled, KeyboardInterrupt):
        sys.stderr.write("lnmonitor: Stopped. Nothing of the unfinished work was kept.\n")
        return RefusedError.exit_status
    except BrokenPipeError:
        # The reader of our output went away; silence the interpreter's own complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last boundary: a bug is told, not thrown
        return _told_bug(error)
    return result


def _told_bug(error: Exception) -> int:
    """Keep the trace for a report, without the message: it might quote a study value."""
    log = paths.log_dir() / "errors.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    frames = "".join(traceback.format_tb(error.__traceback__))
    with log.open("a", encoding="utf-8") as opened:
        opened.write(f"lnmonitor {__version__}\n{frames}{type(error).__name__}\n\n")
    sys.stderr.write(
        f"lnmonitor: This is the program's fault ({type(error).__name__}). Nothing unfinished was"
        f" kept; please report it with {log}.\n"
    )
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lnmonitor",
        description="MSC infusion trials in lupus nephritis: record, score, follow, report.",
    )
    parser.add_argument("--version", action="version", version=f"lnmonitor {__version__}")
    parser.set_defaults(run=studies.open_picker)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for group in (studies, exports, backups, imports, reports):
        group.add_commands(commands)
    return parser
