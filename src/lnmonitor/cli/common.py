"""What every command needs: its options, the sign-in, words on the screen."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lnmonitor.errors import InputError

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

DEMO_USER = "datamanager"
DEMO_PASSWORD = "lupus-demo"  # noqa: S105 - printed on the demo's own sign-in page
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """Add a command; `run` gets its arguments and returns the exit status."""
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def study_options(command: argparse.ArgumentParser) -> None:
    """Add what names a study and who signs in to it."""
    command.add_argument("--study", type=Path, required=True, metavar="DIR")
    user_options(command)


def user_options(command: argparse.ArgumentParser) -> None:
    """Add what names who signs in."""
    command.add_argument("--user", metavar="NAME", help="account to sign in with")
    password_option(command)


def password_option(command: argparse.ArgumentParser) -> None:
    """Add what names the file with the password."""
    command.add_argument("--password-file", type=Path, metavar="FILE")


def _read_password_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise InputError(
            "No password in {path}.", "Name a text file with it.", path=path
        ) from error


def password_for(arguments: argparse.Namespace, prompt: str, *, demo: bool = False) -> str:
    """Return the password from the file, the environment, or the person.

    Raises:
        InputError: there is none, and nobody to ask.
    """
    if arguments.password_file is not None:
        return _read_password_file(arguments.password_file)
    if "LNMONITOR_PASSWORD" in os.environ:
        return os.environ["LNMONITOR_PASSWORD"]
    if demo:
        return DEMO_PASSWORD
    return ask_password(prompt)


def ask_password(prompt: str) -> str:
    """Ask the person at the terminal.

    Raises:
        InputError: there is no terminal.
    """
    if not sys.stdin.isatty():
        raise InputError(
            "A password is needed.", "Set LNMONITOR_PASSWORD or give --password-file FILE."
        )
    return getpass.getpass(prompt)


def signed_in(arguments: argparse.Namespace, *, read_only: bool = False) -> StudySession:
    """Return the study of `--study` with its person signed in; close it when done.

    Raises:
        InputError: nobody is named. RefusedError: the person may not come in.
    """
    from lnmonitor.services.studies import open_study, study_card

    demo = study_card(arguments.study).synthetic
    user = arguments.user or (DEMO_USER if demo else None)
    if user is None:
        raise InputError("Who are you?", "Name your account with --user NAME.")
    # Only the demo's own accounts have the demo's password without asking.
    password = password_for(arguments, f"Password of {user}: ", demo=demo)
    return open_study(
        arguments.study, user=user, password=password, read_only=read_only, progress=show_progress
    )


def holds_demo(directory: Path) -> bool:
    """Return whether a folder holds a synthetic study."""
    from lnmonitor.services.studies import study_card

    return (directory / "keyring.json").exists() and study_card(directory).synthetic


def say(line: str = "") -> None:
    """Write a line for the person."""
    sys.stdout.write(line + "\n")


def show_progress(done: int, total: int, what: str) -> None:
    """Show how far a command is, to a person only."""
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r\033[K{what} {done}/{total}{end}")
        sys.stderr.flush()
