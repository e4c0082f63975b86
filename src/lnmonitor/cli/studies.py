"""Commands about a study: open it, create it, its accounts, the demo, its tables and results."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from lnmonitor.cli.common import (
    DEMO_PASSWORD,
    DEMO_USER,
    Commands,
    add_command,
    ask_password,
    holds_demo,
    password_for,
    password_option,
    say,
    show_progress,
    signed_in,
    study_options,
)
from lnmonitor.errors import InputError

PUBLISHED_PATIENTS = 81


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "open", _open, "Open a study in the desktop.")
    command.add_argument("directory", type=Path)

    command = add_command(commands, "new", _new, "Create a study with its administrator.")
    command.add_argument("directory", type=Path)
    command.add_argument("--protocol", default="ln-msc-01")
    command.add_argument("--site", required=True, help="site number, such as 01")
    command.add_argument("--admin", required=True, help="account name of the administrator")
    command.add_argument("--admin-name", default="", help="the administrator's full name")
    password_option(command)

    command = add_command(
        commands, "user", _user_add, "Manage accounts: user add NAME --role ROLE."
    )
    command.add_argument("verb", choices=["add"])
    command.add_argument("name")
    command.add_argument("--role", required=True)
    command.add_argument("--full-name", default="")
    study_options(command)

    command = add_command(commands, "demo", _demo, "Create a synthetic study and open it.")
    command.add_argument("directory", type=Path)
    command.add_argument("--patients", type=int, default=81)
    command.add_argument("--seed", type=int, default=2014)
    command.add_argument("--no-window", action="store_true")
    command.add_argument(
        "--output", type=Path, help="also write PDFs, workbook and trend images here"
    )

    command = add_command(commands, "cohort", _cohort, "Print the trial's tables.")
    study_options(command)
    command.add_argument("--json", action="store_true")

    command = add_command(
        commands, "recompute", _recompute, "Compute every result anew; say what changed for whom."
    )
    study_options(command)
    command.add_argument("--json", action="store_true")


def open_picker(_arguments: argparse.Namespace) -> int:
    """Open the desktop where a study is chosen."""
    return _window(None)


def _window(study: Path | None) -> int:
    """Open the desktop.

    Raises:
        InputError: there is no display; Qt itself would abort without a word to a person.
    """
    named = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"} & os.environ.keys()
    if sys.platform.startswith("linux") and not any(os.environ[name] for name in named):
        raise InputError(
            "There is no display to open a window on.",
            "Start it from a desktop, or use the commands that lnmonitor --help lists.",
        )
    from lnmonitor.desktop.app import run

    return run(study)


def _open(arguments: argparse.Namespace) -> int:
    return _window(arguments.directory)


def _new(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.studies import create_study

    created = create_study(
        arguments.directory,
        protocol=arguments.protocol,
        site=arguments.site,
        admin=arguments.admin,
        admin_name=arguments.admin_name or arguments.admin,
        password=password_for(arguments, f"Password for {arguments.admin}: "),
    )
    say(f"Study created in {created.path}.")
    say(f"Recovery key, shown once, keep it on paper: {created.recovery_key}")
    return 0


def _user_add(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.accounts import add_account

    with signed_in(arguments) as session:
        given = os.environ.get("LNMONITOR_NEW_PASSWORD")  # by the person's own automation
        password = given or ask_password(f"First password of {arguments.name}: ")
        add_account(
            session,
            arguments.name,
            role=arguments.role,
            full_name=arguments.full_name or arguments.name,
            password=password,
            temporary=not given,
        )
    say(f"Account {arguments.name} added as {arguments.role}.")
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.patients < 1:
        raise InputError("--patients must be 1 or more.")
    if holds_demo(arguments.directory):
        say(f"{arguments.directory} holds a synthetic study already, used as it is; delete it to")
        say("have another made.")
    else:
        _make_demo(arguments.directory, arguments.patients, arguments.seed)
        say(
            f"Synthetic study in {arguments.directory}: {arguments.patients} patients who finished,"
        )
        say("and some who are running.")
        if arguments.patients != PUBLISHED_PATIENTS:
            say("The published numbers are met exactly with 81 patients only.")
    say(f"Accounts nurse, investigator, monitor, datamanager, admin; password {DEMO_PASSWORD}.")
    if arguments.no_window:  # a display may be named and gone
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments.output is not None:
        _demo_documents(arguments.directory, arguments.output)
    if arguments.no_window:
        return 0
    return _window(arguments.directory)


def _make_demo(directory: Path, patients: int, seed: int) -> None:
    """Build beside the folder and move there, so that a stopped build leaves no half study."""
    from lnmonitor.demo.build import build_demo

    directory = directory.resolve()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(
            "The folder {path} is not empty.", "Choose a new folder for the study.", path=directory
        )
    part = directory.with_name(f"{directory.name}.part")
    if holds_demo(part):
        shutil.rmtree(part)
    build_demo(part, patients=patients, seed=seed, progress=show_progress)
    if directory.exists():
        directory.rmdir()
    part.rename(directory)


def _demo_documents(study: Path, output: Path) -> None:
    """Write what the desktop would show, for a machine without a display."""
    from lnmonitor.desktop.trend_images import save_trend_png
    from lnmonitor.exchange.excel import export_xlsx
    from lnmonitor.reports.service import file_names, report_all
    from lnmonitor.services import patients
    from lnmonitor.services.studies import open_study

    output.mkdir(parents=True, exist_ok=True)
    with open_study(study, user=DEMO_USER, password=DEMO_PASSWORD) as session:
        reports = report_all(session, output / "patients", progress=show_progress)
        workbook = export_xlsx(session, output / "listing.xlsx", progress=show_progress)
        people = patients.list_patients(session)
        (output / "trends").mkdir(exist_ok=True)
        names = file_names((one.subject_id for one in people), ".png")
        for number, (person, name) in enumerate(zip(people, names, strict=True), start=1):
            save_trend_png(patients.story(session, person.patient_id), output / "trends" / name)
            show_progress(number, len(people), "images")
    say(f"{len(reports)} PDFs, a workbook of {workbook.rows} rows, {len(people)} images:")
    say(str(output))


def _cohort(arguments: argparse.Namespace) -> int:
    from lnmonitor.analysis.cohort_text import as_json, as_text
    from lnmonitor.services.cohort import cohort

    with signed_in(arguments) as session:
        tables = cohort(session)
    say(
        json.dumps(as_json(tables), ensure_ascii=False, indent=2)
        if arguments.json
        else as_text(tables)
    )
    return 0


def _recompute(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.recompute import recompute_all
    from lnmonitor.services.recompute_text import as_json, as_text

    with signed_in(arguments) as session:
        # Opening has renewed what changed rules made; without any, everything is looked at.
        report = session.recomputed or recompute_all(session, progress=show_progress)
    say(
        json.dumps(as_json(report), ensure_ascii=False, indent=2)
        if arguments.json
        else as_text(report)
    )
    return 0
