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
from lnmonitor.errors import InputError


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "report", _report, "Write PDF documents.")
    command.add_argument(
        "kind",
        choices=["patient", "casebook", "crf"],
        help="patient: the summary; casebook: every form with its audit trail; crf: empty forms",
    )
    study_options(command)
    which = command.add_mutually_exclusive_group()
    which.add_argument("--subject", help="subject id")
    which.add_argument("--all", action="store_true", help="every patient, into a folder")
    command.add_argument("--annotated", action="store_true", help="empty forms with variables")
    command.add_argument("--recipient", default="", help="for whom it is made")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--lang", choices=["en", "zh"], default="en")


def _report(arguments: argparse.Namespace) -> int:
    from lnmonitor.reports.service import report_crf

    if arguments.kind != "crf":
        return _of_patients(arguments)
    with signed_in(arguments) as session:
        written = report_crf(
            session,
            arguments.out,
            language=arguments.lang,
            annotated=arguments.annotated,
            recipient=arguments.recipient,
        )
    say(f"{written} written.")
    return 0


def _of_patients(arguments: argparse.Namespace) -> int:
    from lnmonitor.reports import service
    from lnmonitor.services.patients import find_patient

    if not arguments.all and not arguments.subject:
        raise InputError("Whose document?", "Give --subject or --all.")
    is_casebook = arguments.kind == "casebook"
    options = {"language": arguments.lang, "recipient": arguments.recipient}
    with signed_in(arguments) as session:
        if arguments.all:
            every = service.report_all_casebooks if is_casebook else service.report_all
            files = every(session, arguments.out, progress=show_progress, **options)
            say(f"{len(files)} PDFs in {arguments.out}.")
        else:
            one = service.report_casebook if is_casebook else service.report_patient
            patient_id = find_patient(session, arguments.subject)
            say(f"{one(session, patient_id, arguments.out, **options)} written.")
    return 0
