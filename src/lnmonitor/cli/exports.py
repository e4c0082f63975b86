"""Commands about copies of the data: make one, verify one or the study itself."""

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
    user_options,
)
from lnmonitor.errors import InputError, RefusedError


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "export", _export, "Export the study as an Excel workbook.")
    command.add_argument("kind", choices=["xlsx"])
    study_options(command)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--recipient", default="", help="who the copy is for, told in the trail")
    command.add_argument("--cutoff", help="ISO date; later visits and events are left out")
    command.add_argument("--deidentified", action="store_true")
    command.add_argument("--lang", choices=["en", "zh"], default="en")

    command = add_command(
        commands, "verify", _verify, "Verify a study folder, a PDF or a workbook."
    )
    command.add_argument("path", type=Path)
    user_options(command)
    command.add_argument("--study", type=Path, help="the study a document is said to come from")


def _export(arguments: argparse.Namespace) -> int:
    from lnmonitor.exchange.excel import export_xlsx

    with signed_in(arguments) as session:
        report = export_xlsx(
            session,
            arguments.out,
            cutoff=arguments.cutoff,
            deidentified=arguments.deidentified,
            language=arguments.lang,
            recipient=arguments.recipient,
            progress=show_progress,
        )
    say(f"{arguments.out} written: {report.sheets} sheets, {report.rows} rows.")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    if not arguments.path.exists():
        raise InputError("There is no {path}.", "Check the path.", path=arguments.path)
    if arguments.path.is_dir():
        arguments.study = arguments.path
        return _verify_study(arguments)
    from lnmonitor.services.seals import verify_document

    if arguments.study is None:
        raise InputError(
            "A document is verified against its study.", "Name the study folder with --study DIR."
        )
    with signed_in(arguments) as session:
        report = verify_document(session, arguments.path)
    say(report.text)
    return 0 if report.intact else RefusedError.exit_status


def _verify_study(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.studies import BrokenTrailError
    from lnmonitor.services.verify import verify

    try:
        session = signed_in(arguments)
    except BrokenTrailError:
        session = signed_in(arguments, read_only=True)  # it is what is asked for
    with session:
        report = verify(session)
    for line in report.lines:
        say(line)
    return 0 if report.intact else RefusedError.exit_status
