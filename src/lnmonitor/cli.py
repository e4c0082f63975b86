"""The command line: the same services as the desktop, for automation and for tests from outside.

Errors are one line on standard error with exit status 2 (input) or 3 (refused). Heavy imports
happen inside the command that needs them, so that the desktop's window is not kept waiting.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lnmonitor import __version__, paths
from lnmonitor.errors import InputError, RefusedError, UserError
from lnmonitor.progress import Cancelled

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

DEMO_USER = "datamanager"
DEMO_PASSWORD = "lupus-demo"  # noqa: S105 - printed on the demo's own sign-in page
PUBLISHED_PATIENTS = 81
SCORE_KINDS = (
    "egfr-ckdepi-2021",
    "egfr-ckdepi-2009",
    "egfr-mdrd",
    "egfr-cmdrd",
    "crcl-cockcroft-gault",
    "sledai2k",
    "ctcae5",
    "bilag-renal",
    "kaplan-meier",
)


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
    parser.set_defaults(run=_open_picker)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_study_commands(commands)
    _add_backup_commands(commands)
    _add_exchange_commands(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _add_study_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "open", _open, "Open a study in the desktop.")
    command.add_argument("directory", type=Path)

    command = _command(commands, "new", _new, "Create a study with its administrator.")
    command.add_argument("directory", type=Path)
    command.add_argument("--protocol", default="ln-msc-01")
    command.add_argument("--site", required=True, help="site number, such as 01")
    command.add_argument("--admin", required=True, help="account name of the administrator")
    command.add_argument("--admin-name", default="", help="the administrator's full name")
    _password_option(command)

    command = _command(commands, "user", _user_add, "Manage accounts: user add NAME --role ROLE.")
    command.add_argument("verb", choices=["add"])
    command.add_argument("name")
    command.add_argument("--role", required=True)
    command.add_argument("--full-name", default="")
    _study_options(command)

    command = _command(commands, "demo", _demo, "Create a synthetic study and open it.")
    command.add_argument("directory", type=Path)
    command.add_argument("--patients", type=int, default=81)
    command.add_argument("--seed", type=int, default=2014)
    command.add_argument("--no-window", action="store_true")
    command.add_argument(
        "--output", type=Path, help="also write PDFs, workbook and trend images here"
    )

    command = _command(commands, "cohort", _cohort, "Print the trial's tables.")
    _study_options(command)
    command.add_argument("--json", action="store_true")

    command = _command(
        commands, "recompute", _recompute, "Compute every result anew; say what changed for whom."
    )
    _study_options(command)
    command.add_argument("--json", action="store_true")

    command = _command(commands, "verify", _verify, "Verify a study folder, a PDF or a workbook.")
    command.add_argument("path", type=Path)
    _user_options(command)
    command.add_argument("--study", type=Path, help="the study a document is said to come from")


def _add_backup_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "backup", _backup, "Make and verify a backup of a study.")
    _study_options(command)
    command.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="PATH",
        help="the backup's new folder, or a folder that is there, in which it gets a name",
    )

    command = _command(commands, "restore", _restore, "Bring a study back from a backup.")
    command.add_argument("path", type=Path, help="the backup, or a folder of them: the latest")
    command.add_argument("--to", type=Path, required=True, metavar="DIR")
    _user_options(command)


def _add_exchange_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "import", _import, "Import SDTM data or a mapped table.")
    command.add_argument("kind", choices=["sdtm", "table"])
    command.add_argument("source", type=Path)
    command.add_argument("--mapping", type=Path, help="mapping file of a table")
    command.add_argument("--encoding", help="of SDTM files in CSV or XPT that are not UTF-8")
    command.add_argument("--dry-run", action="store_true")
    command.add_argument("--json", action="store_true")
    _study_options(command)

    command = _command(commands, "report", _report, "Write a patient's PDF case report.")
    command.add_argument("kind", choices=["patient"])
    _study_options(command)
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--subject", help="subject id")
    which.add_argument("--all", action="store_true")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--lang", choices=["en", "zh"], default="en")

    command = _command(commands, "export", _export, "Export the study as an Excel workbook.")
    command.add_argument("kind", choices=["xlsx"])
    _study_options(command)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--cutoff", help="ISO date; later visits and events are left out")
    command.add_argument("--deidentified", action="store_true")
    command.add_argument("--lang", choices=["en", "zh"], default="en")

    command = _command(commands, "score", _score, "Score the rows of a CSV file.")
    command.add_argument("kind", choices=SCORE_KINDS)
    command.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE.csv")
    command.add_argument("--out", type=Path, required=True, metavar="FILE.csv")


def _study_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--study", type=Path, required=True, metavar="DIR")
    _user_options(command)


def _user_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--user", metavar="NAME", help="account to sign in with")
    _password_option(command)


def _password_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--password-file", type=Path, metavar="FILE")


# --- passwords and sign-in -------------------------------------------------------------------


def _read_password_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise InputError(
            "No password in {path}.", "Name a text file with it.", path=path
        ) from error


def _password(arguments: argparse.Namespace, prompt: str, *, demo: bool = False) -> str:
    if arguments.password_file is not None:
        return _read_password_file(arguments.password_file)
    if "LNMONITOR_PASSWORD" in os.environ:
        return os.environ["LNMONITOR_PASSWORD"]
    if demo:
        return DEMO_PASSWORD
    return _ask(prompt)


def _ask(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise InputError(
            "A password is needed.", "Set LNMONITOR_PASSWORD or give --password-file FILE."
        )
    return getpass.getpass(prompt)


def _session(arguments: argparse.Namespace, *, read_only: bool = False) -> StudySession:
    from lnmonitor.services.studies import open_study, study_card

    demo = study_card(arguments.study).synthetic
    user = arguments.user or (DEMO_USER if demo else None)
    if user is None:
        raise InputError("Who are you?", "Name your account with --user NAME.")
    # Only the demo's own accounts have the demo's password without asking.
    password = _password(arguments, f"Password of {user}: ", demo=demo)
    return open_study(
        arguments.study, user=user, password=password, read_only=read_only, progress=_progress
    )


def _say(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def _progress(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r\033[K{what} {done}/{total}{end}")
        sys.stderr.flush()


# --- commands ----------------------------------------------------------------------------------


def _open_picker(_arguments: argparse.Namespace) -> int:
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
        password=_password(arguments, f"Password for {arguments.admin}: "),
    )
    _say(f"Study created in {created.path}.")
    _say(f"Recovery key, shown once, keep it on paper: {created.recovery_key}")
    return 0


def _user_add(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.accounts import add_account

    with _session(arguments) as session:
        given = os.environ.get("LNMONITOR_NEW_PASSWORD")  # by the person's own automation
        password = given or _ask(f"First password of {arguments.name}: ")
        add_account(
            session,
            arguments.name,
            role=arguments.role,
            full_name=arguments.full_name or arguments.name,
            password=password,
            temporary=not given,
        )
    _say(f"Account {arguments.name} added as {arguments.role}.")
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.patients < 1:
        raise InputError("--patients must be 1 or more.")
    if _holds_demo(arguments.directory):
        _say(f"{arguments.directory} holds a synthetic study already, used as it is; delete it to")
        _say("have another made.")
    else:
        _make_demo(arguments.directory, arguments.patients, arguments.seed)
        _say(
            f"Synthetic study in {arguments.directory}: {arguments.patients} patients who finished,"
        )
        _say("and some who are running.")
        if arguments.patients != PUBLISHED_PATIENTS:
            _say("The published numbers are met exactly with 81 patients only.")
    _say(f"Accounts nurse, investigator, monitor, datamanager, admin; password {DEMO_PASSWORD}.")
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
    if _holds_demo(part):
        shutil.rmtree(part)
    build_demo(part, patients=patients, seed=seed, progress=_progress)
    if directory.exists():
        directory.rmdir()
    part.rename(directory)


def _holds_demo(directory: Path) -> bool:
    from lnmonitor.services.studies import study_card

    return (directory / "keyring.json").exists() and study_card(directory).synthetic


def _demo_documents(study: Path, output: Path) -> None:
    """Write what the desktop would show, for a machine without a display."""
    from lnmonitor.desktop.trend_images import save_trend_png
    from lnmonitor.exchange.excel import export_xlsx
    from lnmonitor.reports.service import file_name, report_all
    from lnmonitor.services import patients
    from lnmonitor.services.studies import open_study

    output.mkdir(parents=True, exist_ok=True)
    with open_study(study, user=DEMO_USER, password=DEMO_PASSWORD) as session:
        reports = report_all(session, output / "patients", progress=_progress)
        workbook = export_xlsx(session, output / "listing.xlsx", progress=_progress)
        people = patients.list_patients(session)
        (output / "trends").mkdir(exist_ok=True)
        for number, person in enumerate(people, start=1):
            name = Path(file_name(person.subject_id)).with_suffix(".png")
            save_trend_png(patients.story(session, person.patient_id), output / "trends" / name)
            _progress(number, len(people), "images")
    _say(f"{len(reports)} PDFs, a workbook of {workbook.rows} rows, {len(people)} images:")
    _say(str(output))


def _cohort(arguments: argparse.Namespace) -> int:
    from lnmonitor.analysis.cohort_text import as_json, as_text
    from lnmonitor.services.cohort import cohort

    with _session(arguments) as session:
        tables = cohort(session)
    _say(
        json.dumps(as_json(tables), ensure_ascii=False, indent=2)
        if arguments.json
        else as_text(tables)
    )
    return 0


def _recompute(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.recompute import recompute_all
    from lnmonitor.services.recompute_text import as_json, as_text

    with _session(arguments) as session:
        # Opening has renewed what changed rules made; without any, everything is looked at.
        report = session.recomputed or recompute_all(session, progress=_progress)
    _say(
        json.dumps(as_json(report), ensure_ascii=False, indent=2)
        if arguments.json
        else as_text(report)
    )
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
    with _session(arguments) as session:
        report = verify_document(session, arguments.path)
    _say(report.text)
    return 0 if report.intact else RefusedError.exit_status


def _verify_study(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.studies import BrokenTrailError
    from lnmonitor.services.verify import verify

    try:
        session = _session(arguments)
    except BrokenTrailError:
        session = _session(arguments, read_only=True)  # it is what is asked for
    with session:
        report = verify(session)
    for line in report.lines:
        _say(line)
    return 0 if report.intact else RefusedError.exit_status


def _backup(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.backup import back_up

    with _session(arguments) as session:
        report = back_up(session, arguments.to, progress=_progress)
    _say(f"Backup made and verified: {report.path}")
    _say(f"{report.size} bytes, {report.entries} audit entries, head {report.head[:12]}.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.restore import restore

    user = password = ""
    if (arguments.to / "keyring.json").exists():  # only then a person must be allowed to
        demo = _holds_demo(arguments.to)
        user = arguments.user or (DEMO_USER if demo else "")
        password = _password(arguments, f"Password of {user}: ", demo=demo) if user else ""
    report = restore(arguments.path, arguments.to, user=user, password=password)
    _say(f"Restored to {report.path}, as it was at {report.made_at} (UTC).")
    _say("What was entered after that is not in it.")
    if report.saved is not None:
        _say(f"The study that was there is kept in {report.saved}.")
    if report.lost_entries:
        _say(f"{report.lost_entries} later entries of its audit trail are only there.")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from lnmonitor.exchange.readers import Reading
    from lnmonitor.exchange.sdtm_import import import_sdtm
    from lnmonitor.exchange.table_import import import_table

    with _session(arguments) as session:
        if arguments.kind == "sdtm":
            report = import_sdtm(
                session,
                arguments.source,
                reading=Reading(encoding=arguments.encoding),
                dry_run=arguments.dry_run,
                progress=_progress,
            )
        elif arguments.mapping is None:
            raise InputError(
                "A table needs a mapping.", "Give --mapping FILE that ties its columns to items."
            )
        else:
            report = import_table(
                session,
                arguments.source,
                arguments.mapping,
                dry_run=arguments.dry_run,
                progress=_progress,
            )
    if arguments.json:
        _say(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _say(report.text)
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from lnmonitor.reports.service import report_all, report_patient
    from lnmonitor.services.patients import find_patient

    with _session(arguments) as session:
        if arguments.all:
            files = report_all(session, arguments.out, language=arguments.lang, progress=_progress)
            _say(f"{len(files)} PDFs in {arguments.out}.")
        else:
            patient_id = find_patient(session, arguments.subject)
            written = report_patient(session, patient_id, arguments.out, language=arguments.lang)
            _say(f"{written} written.")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from lnmonitor.exchange.excel import export_xlsx

    with _session(arguments) as session:
        report = export_xlsx(
            session,
            arguments.out,
            cutoff=arguments.cutoff,
            deidentified=arguments.deidentified,
            language=arguments.lang,
            progress=_progress,
        )
    _say(f"{arguments.out} written: {report.sheets} sheets, {report.rows} rows.")
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from lnmonitor.exchange.score import score

    counts = score(arguments.kind, arguments.source, arguments.out)
    _say(f"{counts.scored} rows scored, {counts.problems} with a problem, in {arguments.out}.")
    return 0
