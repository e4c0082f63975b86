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
    command = add_command(
        commands, "export", _export, "Export the study: workbook, CSV files, or the whole archive."
    )
    command.add_argument("kind", choices=["xlsx", "csv", "archive"])
    study_options(command)
    command.add_argument("--out", type=Path, required=True, help="FILE.xlsx, or FILE.zip")
    command.add_argument("--recipient", default="", help="who the copy is for, told in the trail")
    command.add_argument("--cutoff", help="ISO date; later visits and events are left out")
    command.add_argument("--deidentified", action="store_true")
    command.add_argument(
        "--without-study",
        action="store_true",
        help="leave the encrypted study, which holds the persons' identities, out of the archive",
    )
    command.add_argument("--lang", choices=["en", "zh"], default="en")

    command = add_command(
        commands, "verify", _verify, "Verify a study folder, a document, or an archive."
    )
    command.add_argument("path", type=Path)
    user_options(command)
    command.add_argument("--study", type=Path, help="the study a document is said to come from")


def _export(arguments: argparse.Namespace) -> int:
    if arguments.kind == "archive":
        return _export_archive(arguments)
    from lnmonitor.exchange.csv_files import export_csv
    from lnmonitor.exchange.excel import export_xlsx

    if arguments.without_study:
        raise InputError("Only an archive holds the study.", "Leave --without-study out.")
    export = export_csv if arguments.kind == "csv" else export_xlsx
    with signed_in(arguments) as session:
        report = export(
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


def _export_archive(arguments: argparse.Namespace) -> int:
    from lnmonitor.archive.make import make_archive

    if arguments.cutoff or arguments.deidentified:
        raise InputError(
            "An archive is whole: it has no cut-off and is not de-identified.",
            "Export a workbook or CSV files with these options.",
        )
    with signed_in(arguments) as session:
        report = make_archive(
            session,
            arguments.out,
            language=arguments.lang,
            recipient=arguments.recipient,
            backup=not arguments.without_study,
            progress=show_progress,
        )
    say(f"{report.path} written: {report.patients} patients, {report.parts} parts.")
    if report.meanwhile:
        say(
            f"{report.meanwhile} changes of data were saved meanwhile; README.txt in it tells more."
        )
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    if not arguments.path.exists():
        raise InputError("There is no {path}.", "Check the path.", path=arguments.path)
    if arguments.path.is_dir():
        arguments.study = arguments.path
        return _verify_study(arguments)
    from lnmonitor.archive.reading import is_archive

    if is_archive(arguments.path):
        return _verify_archive(arguments)
    if arguments.study is None:
        raise InputError(
            "A document is verified against its study.", "Name the study folder with --study DIR."
        )
    return _verify_seal(arguments)


def _verify_archive(arguments: argparse.Namespace) -> int:
    """Check the parts; the seal too where the study is named."""
    from lnmonitor.archive.reading import check_archive

    checked = check_archive(arguments.path)
    for line in checked.lines:
        say(line)
    status = 0 if checked.intact else RefusedError.exit_status
    if arguments.study is None:
        say("Whether a study made it is not checked: name the study with --study DIR.")
        return status
    return _verify_seal(arguments) or status


def _verify_seal(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.seals import verify_document

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
