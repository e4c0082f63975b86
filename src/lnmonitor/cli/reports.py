"""Commands that write PDF documents."""

from __future__ import annotations

import argparse
from pathlib import Path

from lnmonitor.cli.common import (
    Commands,
    add_command,
    say,
    show_progress,
    signed_in,
    study_options,
)


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "report", _report, "Write a patient's PDF case report.")
    command.add_argument("kind", choices=["patient"])
    study_options(command)
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--subject", help="subject id")
    which.add_argument("--all", action="store_true")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--lang", choices=["en", "zh"], default="en")


def _report(arguments: argparse.Namespace) -> int:
    from lnmonitor.reports.service import report_all, report_patient
    from lnmonitor.services.patients import find_patient

    with signed_in(arguments) as session:
        if arguments.all:
            files = report_all(
                session, arguments.out, language=arguments.lang, progress=show_progress
            )
            say(f"{len(files)} PDFs in {arguments.out}.")
        else:
            patient_id = find_patient(session, arguments.subject)
            written = report_patient(session, patient_id, arguments.out, language=arguments.lang)
            say(f"{written} written.")
    return 0
